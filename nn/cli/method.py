"""How training moves: the optimiser and its rate, as options and as objects."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, expected
from ..optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from ..penalties import elastic
from ..schedules import Cosine, Exponential, InverseTime, Linear, Schedule, Step, WarmUp
from .parsing import Parser, amount, choice, fraction, positive, whole

OPTIMIZERS: dict[str, tuple[type[Optimizer], float, tuple[str, ...]]] = {
    "sgd": (SGD, 0.1, ("momentum", "nesterov")),
    "adagrad": (AdaGrad, 0.05, ()),
    "rmsprop": (RMSProp, 0.001, ("momentum",)),
    "adam": (Adam, 0.001, ()),
    "adamw": (AdamW, 0.001, ()),
}
"""Each optimiser with its usual rate, and the options that mean something to it."""
OPTIONS = ("lr", "momentum", "nesterov", "weight_decay", "max_norm")
MOMENTUM = 0.9
"""The usual momentum of sgd."""
SCHEDULES: dict[str, Callable[[float, int], Schedule] | None] = {
    "constant": None,
    "inverse-time": lambda lr, steps: InverseTime(lr, lr * steps / 4),
    "step": lambda lr, steps: Step(lr, max(1, -(-steps // 3))),
    "exponential": lambda lr, steps: Exponential(lr, 0.01 ** (1 / steps)),
    "linear": lambda lr, steps: Linear(lr, 0.0, steps),
    "cosine": lambda lr, steps: Cosine(lr, steps),
}
"""How the rate falls over so many steps: from a quarter of them on as 1/t, to a tenth after each
third, to a hundredth, to zero in a line or along a cosine."""


def add_options(parser: Parser) -> None:
    """How to move."""
    add = parser.add_argument_group("steps").add_argument
    add("--optimizer", type=choice(OPTIMIZERS), default="sgd", help=", ".join(OPTIMIZERS))
    rates = ", ".join(f"{rate:g} for {name}" for name, (_, rate, _) in OPTIMIZERS.items())
    add("--lr", type=positive, help=f"learning rate; if not given {rates}")
    add("--schedule", type=choice(SCHEDULES), default="constant", help=", ".join(SCHEDULES))
    add("--warmup", type=whole, help="epochs over which the rate rises to --lr")
    add(
        "--momentum",
        type=fraction,
        help=f"part of the last step that is kept; {MOMENTUM} for sgd if not given",
    )
    add("--nesterov", action="store_true", help="look ahead along the momentum")
    add("--weight-decay", type=amount, default=0.0, help="pull of all parameters towards zero")
    add("--max-norm", type=positive, help="limit of the norm of each unit's incoming weights")
    add("--clip-norm", type=positive, help="limit of the norm of each batch's gradients")
    add("--l1", type=amount, default=0.0, help="penalty on the sum of the weights' sizes")
    add("--l2", type=amount, default=0.0, help="penalty on the sum of the weights' squares")
    add("--replacement", action="store_true", help="draw samples anew for every batch")


def optimizer(asked: argparse.Namespace) -> tuple[Optimizer, str]:
    """The optimiser asked for, and what to say of it; its usual rate and momentum if none are."""
    kind, usual, known = OPTIMIZERS[asked.optimizer]
    asked.lr = usual if asked.lr is None else asked.lr
    if asked.momentum is None and asked.optimizer == "sgd":
        asked.momentum = MOMENTUM
    given = {name: getattr(asked, name) for name in OPTIONS}
    options = {name: value for name, value in given.items() if value}
    for name in ("momentum", "nesterov"):
        if name in options and name not in known:
            able = " or ".join(o for o, (_, _, names) in OPTIMIZERS.items() if name in names)
            cure = f"Leave --{name} out."
            raise ArgumentError(expected(f"--{name}", f"--optimizer {able}", asked.optimizer, cure))
    if asked.nesterov and not asked.momentum:
        cure = "Leave --nesterov out."
        raise ArgumentError(expected("--nesterov", "--momentum above 0", "0", cure))
    told = _told(asked, options)
    return kind(**options), f"{kind.__name__} with {', '.join(told)}"


def _told(asked: argparse.Namespace, options: dict[str, Any]) -> list[str]:
    """What to say of the optimiser's options, of the schedule and of clipping."""
    told = [name if v is True else f"{name.replace('_', ' ')} {v:g}" for name, v in options.items()]
    told += [f"schedule {asked.schedule}"] * (asked.schedule != "constant")
    more = {"warmup": asked.warmup, "clip norm": asked.clip_norm, "l1": asked.l1, "l2": asked.l2}
    told += [f"{name} {value:g}" for name, value in more.items() if value]
    return told + ["samples drawn with replacement"] * asked.replacement


def penalty(asked: argparse.Namespace) -> Callable[[Any], Any] | None:
    """What is added to the loss; None if nothing is."""
    if not asked.l1 and not asked.l2:
        return None
    whole = asked.l1 + asked.l2
    return lambda model: elastic(model, whole, asked.l1 / whole)


def schedule(asked: argparse.Namespace, rows: int) -> Schedule | None:
    """The rate of each step; None if it is always the same."""
    steps_per_epoch = -(-rows // asked.batch_size)
    rise = (asked.warmup or 0) * steps_per_epoch
    steps = asked.epochs * steps_per_epoch - rise
    if steps <= 0:
        wanted, cure = f"fewer epochs than --epochs {asked.epochs}", "Pass fewer."
        raise ArgumentError(expected("--warmup", wanted, str(asked.warmup), cure))
    fall = SCHEDULES[asked.schedule]
    then = fall(asked.lr, steps) if fall else None
    return WarmUp(rise, then=then or asked.lr) if rise else then
