"""How training moves: the optimiser, as options and as an object."""

from __future__ import annotations

import argparse

from ..errors import ArgumentError, expected
from ..optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from .parsing import Parser, amount, choice, fraction, positive

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


def add_options(parser: Parser) -> None:
    """How to move."""
    add = parser.add_argument_group("steps").add_argument
    add("--optimizer", type=choice(OPTIMIZERS), default="sgd", help=", ".join(OPTIMIZERS))
    rates = ", ".join(f"{rate:g} for {name}" for name, (_, rate, _) in OPTIMIZERS.items())
    add("--lr", type=positive, help=f"learning rate; if not given {rates}")
    add(
        "--momentum",
        type=fraction,
        help=f"part of the last step that is kept; {MOMENTUM} for sgd if not given",
    )
    add("--nesterov", action="store_true", help="look ahead along the momentum")
    add("--weight-decay", type=amount, default=0.0, help="pull of all parameters towards zero")
    add("--max-norm", type=positive, help="limit of the norm of each unit's incoming weights")


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
    told = [name if v is True else f"{name.replace('_', ' ')} {v:g}" for name, v in options.items()]
    return kind(**options), f"{kind.__name__} with {', '.join(told)}"
