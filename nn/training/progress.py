"""What training shows on its way: a bar with rate and time left, and a warning when it diverges."""

from __future__ import annotations

import math
import warnings
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..history import History

QUIET = ("epoch", "seconds", "lr")


def bar(steps: int, done: int, progress: bool) -> AbstractContextManager[Any]:
    """A progress bar of so many steps, or None."""
    if not progress:
        return nullcontext(None)
    from tqdm.auto import tqdm

    shown: AbstractContextManager[Any] = tqdm(
        total=steps, initial=done, unit="batch", dynamic_ncols=True
    )
    return shown


def tell(history: History, shown: Any) -> None:
    """Show the figures of the last epoch; warn when they are no numbers any more."""
    last = history.rows[-1]
    if shown is not None:
        shown.set_description(f"epoch {last['epoch']:.0f}", refresh=False)
        figures = {n: f"{v:.4f}" for n, v in last.items() if n not in QUIET}
        shown.set_postfix(figures, refresh=False)
    if not math.isfinite(last["loss"]) and all(
        math.isfinite(row["loss"]) for row in history.rows[:-1]
    ):
        warnings.warn(
            f"The loss became {last['loss']} in epoch {last['epoch']:.0f}. "
            "Lower the learning rate.",
            RuntimeWarning,
            stacklevel=5,
        )
