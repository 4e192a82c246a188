"""Losses of numbers: squared, absolute, and Huber's, squared near zero and absolute far off."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, expected
from ..functional.real import real_only
from .reduction import (
    Loss,
    check_reduction,
    check_same,
    each,
    like,
    per_example,
    reduced,
    reduced_tangent,
    scores,
    value_of,
    weighted,
)


def _squared_loss(x: Any, y: Any, *, reduction: str) -> Any:
    if x.shape != y.shape:
        raise ValueError("targets do not fit")
    difference = x - y
    return reduced(difference * difference, reduction)


_squared_op = ag.Primitive(
    _squared_loss,
    [
        lambda g, out, x, y, *, reduction: (x - y) * each(2 * g, x.size, reduction),
        lambda g, out, x, y, *, reduction: (y - x) * each(2 * g, x.size, reduction),
    ],
    [
        lambda t, out, x, y, *, reduction: reduced_tangent(2 * (x - y) * t, reduction),
        lambda t, out, x, y, *, reduction: reduced_tangent(2 * (y - x) * t, reduction),
    ],
    batch=per_example,
    name="mse_loss",
    finite=True,
)


def mse_loss(
    output: Any, target: Any, reduction: str = "mean", *, sample_weight: Any = None
) -> Any:
    """The squared error, averaged over all entries.

    Parameters
    ----------
    output, target : array_like or Node
        Of one shape: nothing is broadcast.
    reduction : {"mean", "sum", "none"}
        Over entries.
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array
        A scalar; of the shape of ``output`` with "none".

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> x = ag.Node([1.0, 2.0])
    >>> loss = nn.mse_loss(x, np.array([1.0, 4.0]))
    >>> loss.backward()
    >>> loss.item(), x.grad.tolist()
    (2.0, [0.0, -2.0])
    """
    x = scores(output)
    y = like(target, x)
    try:
        if sample_weight is not None:
            losses = _squared_op(x, y, reduction="none")
            return weighted("mse_loss", losses, reduction, sample_weight)
        return _squared_op(x, y, reduction=reduction)
    except ag.AutogradError:
        check_reduction("mse_loss", reduction)
        check_same("mse_loss", x.shape, y.shape)
        raise


class MSELoss(Loss):
    """``mse_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> float(nn.MSELoss()(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    2.5
    """

    function = staticmethod(mse_loss)


def l1_loss(output: Any, target: Any, reduction: str = "mean", *, sample_weight: Any = None) -> Any:
    """The absolute error, averaged over all entries; its slope is 0 where it is zero.

    Parameters
    ----------
    output, target : array_like or Node
        Of one shape: nothing is broadcast.
    reduction : {"mean", "sum", "none"}
        Over entries.
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array

    Examples
    --------
    >>> float(nn.l1_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    1.0
    """
    difference = _difference("l1_loss", output, target)
    return weighted("l1_loss", np.abs(difference), reduction, sample_weight)


class L1Loss(Loss):
    """``l1_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> float(nn.L1Loss("sum")(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    3.0
    """

    function = staticmethod(l1_loss)


@real_only
def _huber(x: Any, delta: Any) -> Any:
    size = np.abs(x)
    inner = np.minimum(size, delta)
    return inner * (size - 0.5 * inner)


_huber_op = ag.elementwise(
    _huber,
    lambda out, x, delta: np.clip(x, -delta, delta),
    lambda out, x, delta: np.maximum(np.abs(x) - delta, 0),
    sample=lambda rng: (
        (rng.permutation([-2.0, -1.5, -0.3, 0.2, 0.4, 3.0]).reshape(3, 2), 1.0),
        {},
    ),
)


def huber_loss(
    output: Any,
    target: Any,
    reduction: str = "mean",
    *,
    delta: float = 1.0,
    sample_weight: Any = None,
) -> Any:
    """Half the squared error up to ``delta``, from there on ``delta (|error| - delta / 2)``.

    Parameters
    ----------
    output, target : array_like or Node
        Of one shape: nothing is broadcast.
    reduction : {"mean", "sum", "none"}
        Over entries.
    delta : float
        Above 0: the largest slope.
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array

    References
    ----------
    Huber, Robust estimation of a location parameter, 1964.

    Examples
    --------
    >>> nn.huber_loss(np.array([0.5, 3.0]), np.zeros(2), "none")
    array([0.125, 2.5  ])
    """
    losses = _huber_op(
        _difference("huber_loss", output, target), positive("huber_loss", "delta", delta)
    )
    return weighted("huber_loss", losses, reduction, sample_weight)


class HuberLoss(Loss):
    """``huber_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    delta : float

    Examples
    --------
    >>> float(nn.HuberLoss(delta=2.0)(np.array([3.0]), np.array([0.0])))
    4.0
    """

    function = staticmethod(huber_loss)
    options = ("delta",)

    def __init__(self, reduction: str = "mean", *, delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = positive("HuberLoss", "delta", delta)


def smooth_l1_loss(
    output: Any,
    target: Any,
    reduction: str = "mean",
    *,
    beta: float = 1.0,
    sample_weight: Any = None,
) -> Any:
    """``huber_loss`` divided by its delta, here called beta: slopes are ±1 from there on.

    Parameters
    ----------
    output, target : array_like or Node
        Of one shape.
    reduction : {"mean", "sum", "none"}
    beta : float
        Above 0; towards 0 it becomes ``l1_loss``.
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array

    Examples
    --------
    >>> nn.smooth_l1_loss(np.array([0.5, 3.0]), np.zeros(2), "none", beta=0.5)
    array([0.25, 2.75])
    """
    beta = positive("smooth_l1_loss", "beta", beta)
    losses = _huber_op(_difference("smooth_l1_loss", output, target), beta) / beta
    return weighted("smooth_l1_loss", losses, reduction, sample_weight)


class SmoothL1Loss(Loss):
    """``smooth_l1_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    beta : float

    Examples
    --------
    >>> float(nn.SmoothL1Loss(beta=0.5)(np.array([3.0]), np.array([0.0])))
    2.75
    """

    function = staticmethod(smooth_l1_loss)
    options = ("beta",)

    def __init__(self, reduction: str = "mean", *, beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = positive("SmoothL1Loss", "beta", beta)


def positive(what: str, name: str, value: Any) -> float:
    """A number above 0."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 < value < np.inf:
        raise ArgumentError(expected(what, f"{name} > 0", repr(value), "Pass for instance 1.0."))
    return float(value)


def _difference(what: str, output: Any, target: Any) -> Any:
    """Output less target, of one shape."""
    x = scores(output)
    y = like(target, x)
    check_same(what, np.shape(value_of(x)), np.shape(value_of(y)))
    return x - y
