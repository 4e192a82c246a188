"""Optimisers with a rate for every parameter, from the size of its gradients so far.

AdaGrad, RMSProp, Adam and AdamW, each step for step as in PyTorch.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .base import Array, Optimizer, Parameters
from .options import Checks, flag, number, optional, pair, positive, rate


class AdaGrad(Optimizer):
    """Rates that fall with the gradients so far: s ← s + ∇²; W ← W − η ∇ / (√s + ε).

    Parameters
    ----------
    params : iterable of Node or of dict, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    lr_decay : float
        At step t the rate is η / (1 + (t − 1) lr_decay).
    weight_decay : float
        λ: add λ W to the gradient.
    initial_accumulator_value : float
        s at first.
    eps : float
        ε.
    max_norm : float, optional
        Limit of the norm of each unit's incoming weights; see ``nn.max_norm``.

    References
    ----------
    Duchi, Hazan and Singer, Adaptive subgradient methods, 2011.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 100.0]))
    >>> optimizer = nn.AdaGrad([w], lr=0.5)
    >>> np.sum(w**2).backward()
    >>> optimizer.step()
    >>> w.value
    array([ 0.5, 99.5])
    """

    checks: ClassVar[Checks] = {
        "lr": number(0.0),
        "lr_decay": number(0.0),
        "weight_decay": number(0.0),
        "initial_accumulator_value": number(0.0),
        "eps": positive,
        "max_norm": optional(number(0.0)),
    }
    entrywise = True
    fixed = ("initial_accumulator_value",)
    initial_accumulator_value: float

    def __init__(
        self,
        params: Parameters | None = None,
        lr: float = 0.01,
        *,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        max_norm: float | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            max_norm=max_norm,
        )

    def slots(self) -> dict[str, float]:
        """The sum of squared gradients s."""
        return {"squares": self.initial_accumulator_value}

    def update(
        self, options: Any, count: int, value: Array, gradient: Array, scratch: Array, *state: Array
    ) -> None:
        """One step, in place."""
        (squares,) = state
        squares += np.multiply(gradient, gradient, out=scratch)
        np.sqrt(squares, out=scratch)
        scratch += options.eps
        np.divide(gradient, scratch, out=scratch)
        scratch *= rate(options) / (1 + (count - 1) * options.lr_decay)
        value -= scratch


class RMSProp(Optimizer):
    """Rates from a running mean of squared gradients: s ← α s + (1 − α) ∇²; W ← W − η ∇ / (√s + ε).

    Parameters
    ----------
    params : iterable of Node or of dict, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    alpha : float
        α, at least 0 and below 1.
    eps : float
        ε.
    momentum : float
        m: gather b ← m b + ∇ / (√s + ε) and subtract η b.
    centered : bool
        Divide by the deviation of the gradient, √(s − (running mean of ∇)²), instead.
    weight_decay : float
        λ: add λ W to the gradient.
    max_norm : float, optional
        Limit of the norm of each unit's incoming weights; see ``nn.max_norm``.

    References
    ----------
    Tieleman and Hinton, Neural networks for machine learning, lecture 6.5, 2012; centred: Graves,
    Generating sequences with recurrent neural networks, 2013.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 100.0]))
    >>> optimizer = nn.RMSProp([w], lr=0.05)
    >>> np.sum(w**2).backward()
    >>> optimizer.step()
    >>> w.value.round(6)
    array([ 0.5, 99.5])
    """

    checks: ClassVar[Checks] = {
        "lr": number(0.0),
        "alpha": number(0.0, 1.0),
        "eps": positive,
        "momentum": number(0.0, 1.0),
        "centered": flag,
        "weight_decay": number(0.0),
        "max_norm": optional(number(0.0)),
    }
    entrywise = True
    fixed = ("centered",)
    centered: bool

    def __init__(
        self,
        params: Parameters | None = None,
        lr: float = 0.01,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        momentum: float = 0.0,
        centered: bool = False,
        weight_decay: float = 0.0,
        max_norm: float | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            momentum=momentum,
            centered=centered,
            weight_decay=weight_decay,
            max_norm=max_norm,
        )

    def slots(self) -> dict[str, float]:
        """The mean square s, the velocity b and, centred, the mean gradient."""
        return {"squares": 0.0, "velocity": 0.0} | ({"mean": 0.0} if self.centered else {})

    def update(
        self, options: Any, count: int, value: Array, gradient: Array, scratch: Array, *state: Array
    ) -> None:
        """One step, in place."""
        squares, velocity, *mean = state
        np.multiply(gradient, gradient, out=scratch)
        drawn(squares, scratch, options.alpha)
        if self.centered:
            np.copyto(scratch, gradient)
            drawn(mean[0], scratch, options.alpha)
            np.multiply(mean[0], mean[0], out=scratch)
            np.subtract(squares, scratch, out=scratch)
            np.maximum(scratch, 0, out=scratch)  # rounding can leave it a little below
            np.sqrt(scratch, out=scratch)
        else:
            np.sqrt(squares, out=scratch)
        scratch += options.eps
        moved = np.divide(gradient, scratch, out=scratch)
        if options.momentum:
            velocity *= options.momentum
            velocity += moved
            moved = np.multiply(velocity, rate(options), out=scratch)
        else:
            moved *= rate(options)
        value -= moved


class Adam(Optimizer):
    """Running means of the gradient and of its square, each divided by the weight it has so far.

    m ← β₁ m + (1 − β₁) ∇; v ← β₂ v + (1 − β₂) ∇²; W ← W − η m̂ / (√v̂ + ε), where at step t
    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ).

    Parameters
    ----------
    params : iterable of Node or of dict, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    betas : (float, float)
        β₁ and β₂, at least 0 and below 1.
    eps : float
        ε.
    weight_decay : float
        λ: add λ W to the gradient; ``AdamW`` shrinks the weights instead.
    amsgrad : bool
        Use the largest v so far (Reddi et al., 2018).
    max_norm : float, optional
        Limit of the norm of each unit's incoming weights; see ``nn.max_norm``.

    References
    ----------
    Kingma and Ba, Adam: a method for stochastic optimization, 2015, algorithm 1.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 100.0]))
    >>> optimizer = nn.Adam([w], lr=0.5)
    >>> np.sum(w**2).backward()
    >>> optimizer.step()
    >>> w.value
    array([ 0.5, 99.5])
    """

    checks: ClassVar[Checks] = {
        "lr": number(0.0),
        "betas": pair,
        "eps": positive,
        "weight_decay": number(0.0),
        "amsgrad": flag,
        "max_norm": optional(number(0.0)),
    }
    entrywise = True
    fixed = ("amsgrad",)
    amsgrad: bool

    def __init__(
        self,
        params: Parameters | None = None,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        max_norm: float | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            max_norm=max_norm,
        )

    def slots(self) -> dict[str, float]:
        """The means m and v and, with amsgrad, the largest v so far."""
        return {"mean": 0.0, "squares": 0.0} | ({"largest": 0.0} if self.amsgrad else {})

    def update(
        self, options: Any, count: int, value: Array, gradient: Array, scratch: Array, *state: Array
    ) -> None:
        """One step, in place."""
        mean, squares, *largest = state
        first, second = options.betas
        if options.weight_decay and not self.coupled:
            value *= 1 - rate(options) * options.weight_decay
        drawn(mean, np.multiply(gradient, 1.0, out=scratch), first)
        drawn(squares, np.multiply(gradient, gradient, out=scratch), second)
        if self.amsgrad:
            squares = np.maximum(largest[0], squares, out=largest[0])
        np.sqrt(squares, out=scratch)
        scratch /= (1 - second**count) ** 0.5
        scratch += options.eps
        np.divide(mean, scratch, out=scratch)
        scratch *= rate(options) / (1 - first**count)
        value -= scratch


class AdamW(Adam):
    """Adam with weights that shrink by η λ at each step, apart from the gradient.

    Parameters
    ----------
    params : iterable of Node or of dict, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    betas : (float, float)
    eps : float
    weight_decay : float
        λ: W ← (1 − η λ) W before Adam's step.
    amsgrad : bool
    max_norm : float, optional
        As for ``Adam``.

    References
    ----------
    Loshchilov and Hutter, Decoupled weight decay regularization, 2019.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 100.0]))
    >>> optimizer = nn.AdamW([w], lr=0.5, weight_decay=0.1)
    >>> np.sum(w**2).backward()
    >>> optimizer.step()
    >>> w.value
    array([ 0.45, 94.5 ])
    """

    coupled = False

    def __init__(
        self,
        params: Parameters | None = None,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
        max_norm: float | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            max_norm=max_norm,
        )


def drawn(mean: Array, news: Array, inertia: float) -> None:
    """Move a running mean towards ``news``, which is free afterwards."""
    mean *= inertia
    news *= 1 - inertia
    mean += news
