"""Cross-entropy of two classes, for one logit per sample: yes or no."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, ShapeError, expected
from ..functional.sigmoids import sigmoid, softplus
from ..placement import near
from .reduction import (
    Array,
    Loss,
    check_same,
    each,
    like,
    numbers,
    of_values,
    per_example,
    reduced,
    reduced_tangent,
    scores,
    value_of,
    weighted,
)


def _binary_loss(z: Any, y: Any, *positive: Any, reduction: str) -> Any:
    rest = np.log1p(np.exp(-np.abs(z)))
    if not positive:
        return reduced(np.maximum(z, 0) - z * y + rest, reduction)
    surprise = np.maximum(-z, 0) + rest  # softplus(-z)
    return reduced((1 - y) * z + (1 + (positive[0] - 1) * y) * surprise, reduction)


def _by_logits(z: Any, y: Any, *positive: Any) -> Any:
    """The slope of each entry's loss by its logit."""
    if not positive:
        return sigmoid(z) - y
    return (1 - y) - (1 + (positive[0] - 1) * y) * sigmoid(-z)


def _by_target(z: Any, y: Any, *positive: Any) -> Any:
    """The slope of each entry's loss by its target."""
    return (positive[0] - 1) * softplus(-z) - z if positive else -z


def _both(g: Any, out: Any, z: Any, y: Any, *positive: Any, reduction: str) -> list[Any]:
    """The cotangents of logits and targets; weights of positive targets are constants."""
    share = each(g, z.size, reduction)
    pulled = [_by_logits(z, y, *positive) * share, _by_target(z, y, *positive) * share]
    return [*pulled, *(None for _ in positive)]


def _binary_push(ts: Any, out: Any, z: Any, y: Any, *positive: Any, reduction: str) -> Any:
    slopes = (_by_logits, _by_target)
    terms = [
        slope(z, y, *positive) * t for slope, t in zip(slopes, ts, strict=False) if t is not None
    ]
    return reduced_tangent(terms[0] + terms[1] if len(terms) > 1 else terms[0], reduction)


_binary_op = ag.Primitive(
    _binary_loss, _both, _binary_push, batch=per_example, name="binary_cross_entropy", finite=True
)


def binary_cross_entropy_with_logits(
    logits: Any,
    target: Any,
    reduction: str = "mean",
    *,
    pos_weight: Any = None,
    sample_weight: Any = None,
) -> Any:
    """−y log σ(z) − (1 − y) log(1 − σ(z)) for a logit z and the probability y of yes.

    Parameters
    ----------
    logits, target : array_like or Node
        Of one shape: nothing is broadcast. Targets are from 0 to 1; boolean ones are taken for 0
        and 1.
    reduction : {"mean", "sum", "none"}
        Over entries.
    pos_weight : array_like, optional
        How much yes counts, as a number or one per column: multiplies −y log σ(z).
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array
        A scalar; of the shape of ``logits`` with "none".

    Notes
    -----
    The gradient is (σ(z) − y) / n.

    Examples
    --------
    >>> z = ag.Node([0.0, np.log(3.0)])
    >>> loss = nn.binary_cross_entropy_with_logits(z, np.array([1.0, 0.0]), "sum")
    >>> loss.backward()
    >>> round(loss.item(), 4), z.grad.tolist()
    (2.0794, [-0.5, 0.75])
    """
    what = "binary_cross_entropy_with_logits"
    z = scores(logits)
    y = like(target, z)
    check_shares(what, np.shape(value_of(z)), value_of(y))
    weights = [] if pos_weight is None else [_of_yes(what, pos_weight, z)]
    if sample_weight is None and reduction in ("mean", "sum", "none"):
        return _binary_op(z, y, *weights, reduction=reduction)
    losses = _binary_op(z, y, *weights, reduction="none")
    return weighted(what, losses, reduction, sample_weight)


@of_values
def check_shares(what: str, shape: tuple[int, ...], target: Any) -> None:
    """Refuse targets of another shape, or that are not from 0 to 1."""
    check_same(what, shape, np.shape(target))
    target = np.asarray(numbers(target))
    if target.dtype.kind not in "fiub" or not (
        target.size == 0 or (target.min() >= 0 and target.max() <= 1)
    ):
        cure = "Pass the probability of yes, or 0 and 1."
        raise ArgumentError(expected(what, "targets from 0 to 1", "others", cure))


def _of_yes(what: str, weight: Any, z: Any) -> Array:
    """How much positive targets count, checked."""
    array = np.asarray(weight)
    if array.shape not in ((), z.shape[-1:], z.shape):
        cure = "Pass a number, or one per column."
        raise ShapeError(
            expected(what, f"pos_weight of shape {z.shape[-1:]}", str(array.shape), cure)
        )
    if array.dtype.kind not in "fiu" or not np.all((array >= 0) & np.isfinite(array)):
        cure = "Pass for instance the number of no's by that of yes's."
        raise ArgumentError(expected(what, "pos_weight >= 0", "others", cure))
    weights: Array = near(array.astype(z.dtype), z)
    return weights


class BCEWithLogitsLoss(Loss):
    """``binary_cross_entropy_with_logits`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    pos_weight : array_like, optional

    Examples
    --------
    >>> print(f"{nn.BCEWithLogitsLoss()(np.zeros(2), np.array([0.0, 1.0])):.4f}")
    0.6931
    """

    function = staticmethod(binary_cross_entropy_with_logits)
    options = ("pos_weight",)

    def __init__(self, reduction: str = "mean", *, pos_weight: Any = None) -> None:
        super().__init__(reduction)
        self.pos_weight = pos_weight

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_shares("BCEWithLogitsLoss", shape, target)
