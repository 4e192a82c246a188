"""``python -m nn``: train a classifier, or use one that was trained; results in files.

Everything that can be wrong with the input is looked for before any work starts and said in one
line. What trains is ``train.py``; what uses a model, ``use.py``; a new option goes where its kind
is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

import autograd_core as ag

from ..errors import NNError
from ..job import INTERRUPTED
from ..training.ranks import PATIENCE, launched_as
from . import train, use
from .parsing import Parser

__all__ = ["COMMANDS", "main"]

FAILED, BAD_INPUT = 1, 2
Work = Callable[[], int]

COMMANDS: dict[str, tuple[Callable[[Parser], None], Callable[[argparse.Namespace], Work], str]] = {
    "train": (train.add_options, train.prepared, train.ABOUT),
    "evaluate": (use.add_evaluate_options, use.evaluation, use.ABOUT_EVALUATE),
    "predict": (use.add_predict_options, use.prediction, use.ABOUT_PREDICT),
    "export": (use.add_export_options, use.exporting, use.ABOUT_EXPORT),
}
"""Each command: what adds its options, what prepares its work, and what it is for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 2 for bad input, 130 after Ctrl-C.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``python -m nn``; the process's own arguments by default. The first may be a
        command in ``COMMANDS``; it is ``train`` otherwise.

    Examples
    --------
    >>> nn.cli.main(["--epochs", "1", "--hidden", "16", "--output", "first", "--quiet"])
    test accuracy ... % after 1 epoch; results in first
    0
    >>> nn.cli.main(["evaluate", "first/model.safetensors", "--quiet"])
    accuracy ... % of 1,797 samples; loss ...
    0
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = given.pop(0) if given and given[0] in COMMANDS else "train"
    failure = BAD_INPUT
    try:
        work = prepared(command, given)
        failure = FAILED
        return work()
    except (NNError, ag.AutogradError, OSError, MemoryError) as error:
        if command == "train" and launched_as() and "--alone" not in given:
            time.sleep(PATIENCE)  # the first one says it: mpiexec ends all when one has ended
        else:
            print(f"nn: {' '.join(str(error).split())}", file=sys.stderr)
        return failure
    except KeyboardInterrupt:
        print("nn: interrupted before the end; nothing was written.", file=sys.stderr)
        return INTERRUPTED


def prepared(command: str, arguments: Sequence[str]) -> Work:
    """The work that a command asks for, its input checked."""
    add_options, prepare, about = COMMANDS[command]
    called = "python -m nn" if command == "train" else f"python -m nn {command}"
    others = [f"{name:<10}{COMMANDS[name][2]}" for name in COMMANDS if name != command]
    parser = Parser(
        prog=called,
        description=about,
        epilog="\n".join(["other commands, python -m nn COMMAND --help:", *others]),
        formatter_class=Help,
        allow_abbrev=False,
    )
    add_options(parser)
    return prepare(parser.parse_args(arguments))


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Defaults of all options that have one; lines as they are written."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return super()._get_help_string(action) if action.default else action.help
