"""Stochastic gradient descent, with momentum in the lecture's form or in PyTorch's."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..errors import ArgumentError, expected
from .base import Array, Optimizer, Parameters
from .options import Checks, flag, number, one_of, optional, rate


class SGD(Optimizer):
    """Gradient descent on mini-batches, with momentum: a ← m a + η ∇; W ← W − a.

    Parameters
    ----------
    params : iterable of Node or of dict, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    momentum : float
        m, at least 0 and below 1.
    nesterov : bool
        Take the step that momentum would take next: W ← W − (m a + η ∇). It needs momentum.
    weight_decay : float
        λ: add λ W to the gradient, as a penalty of λ/2 ‖W‖² would.
    form : {"lecture", "pytorch"}
        PyTorch keeps a ← m a + ∇ and subtracts η a: the same while η is constant. In the lecture's
        form a change of the rate counts from the step in which it happens, in PyTorch's also for
        what momentum has gathered.
    max_norm : float, optional
        Limit of the norm of each unit's incoming weights; see ``nn.max_norm``.

    References
    ----------
    Polyak, 1964; Nesterov, 1983; Sutskever et al., On the importance of initialization and momentum
    in deep learning, 2013.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 2.0]))
    >>> optimizer = nn.SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     np.sum(w**2).backward()
    ...     optimizer.step()
    >>> w.value
    array([0.46, 0.92])
    """

    checks: ClassVar[Checks] = {
        "lr": number(0.0),
        "momentum": number(0.0, 1.0),
        "nesterov": flag,
        "weight_decay": number(0.0),
        "form": one_of("lecture", "pytorch"),
        "max_norm": optional(number(0.0)),
    }
    entrywise = True
    momentum: float
    nesterov: bool
    form: str

    def __init__(
        self,
        params: Parameters | None = None,
        lr: float = 0.01,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        form: str = "lecture",
        max_norm: float | None = None,
    ) -> None:
        if nesterov and not momentum:
            wanted, cure = "momentum > 0 with nesterov=True", "Pass for instance momentum=0.9."
            raise ArgumentError(expected("SGD", wanted, repr(momentum), cure))
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            nesterov=nesterov,
            weight_decay=weight_decay,
            form=form,
            max_norm=max_norm,
        )

    def slots(self) -> dict[str, float]:
        """The velocity a."""
        return {"velocity": 0.0}

    def update(
        self, options: Any, count: int, value: Array, gradient: Array, scratch: Array, *state: Array
    ) -> None:
        """One step, in place."""
        lr, momentum = rate(options), options.momentum
        early = options.form == "lecture"  # whether the rate goes into the velocity
        changed = early or options.nesterov
        moved = np.multiply(gradient, lr if early else 1.0, out=scratch) if changed else gradient
        if momentum:
            (velocity,) = state
            velocity *= momentum
            velocity += moved
            if options.nesterov:
                scratch += momentum * velocity
            else:
                moved = velocity
        if not early:
            moved = np.multiply(moved, lr, out=scratch)
        value -= moved
