"""What training leaves behind: one row of figures per epoch, as arrays and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, expected, missing
from .plotting import axes_for, finished

Array = npt.NDArray[Any]
VALIDATION = "val_"


class History(Mapping[str, Array]):
    """Figures by epoch: a mapping from names to arrays, one entry per completed epoch.

    Parameters
    ----------
    names : sequence of str
        Of the figures, in the order of printing.

    Attributes
    ----------
    interrupted : bool
        Whether training was ended by Ctrl-C.
    stopped : str or None
        Why training ended early, if early stopping or another callback ended it.
    best_epoch : int or None
        The best epoch, counted from 1, if early stopping looked for it.

    Examples
    --------
    >>> history = nn.History(["epoch", "loss"])
    >>> history.add({"epoch": 1, "loss": 0.5})
    >>> history["loss"], len(history), history.epochs
    (array([0.5]), 2, 1)
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.rows: list[dict[str, float]] = []
        self.interrupted = False
        self.stopped: str | None = None
        self.best_epoch: int | None = None

    def add(self, row: dict[str, float]) -> None:
        """Append the figures of an epoch."""
        if lacking := [name for name in self.names if name not in row]:
            cure = "Pass a figure for each column."
            wanted = f"the columns {', '.join(self.names)}"
            raise ArgumentError(expected("History.add", wanted, f"none of {lacking}", cure))
        self.rows.append({name: row[name] for name in self.names})

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.rows)

    def __getitem__(self, name: str) -> Array:
        if name not in self.names:
            raise KeyError(f"{name!r}: there are {', '.join(self.names)}")
        return np.array([row[name] for row in self.rows], dtype=int if name == "epoch" else float)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        state = ", interrupted" if self.interrupted else ""
        state += f", stopped: {self.stopped}" if self.stopped else ""
        last = self.rows[-1] if self.rows else {}
        figures = "".join(
            f", {name} {last[name]:.4g}" for name in self.names if name in last and name != "epoch"
        )
        return f"History({self.epochs} epochs{state}{figures})"

    def to_dataframe(self) -> Any:
        """The figures as a pandas DataFrame, one row per epoch, which is the index.

        Raises
        ------
        MissingPackageError
            pandas is not installed.

        Examples
        --------
        >>> history = nn.History(["epoch", "loss"])
        >>> history.add({"epoch": 1, "loss": 0.5})
        >>> history.to_dataframe()
               loss
        epoch
        1       0.5
        """
        try:
            import pandas
        except ImportError:
            raise missing("pandas", "pandas", "A table of a training history") from None
        return pandas.DataFrame(dict(self)).set_index("epoch")

    def plot(self, where: Any = None) -> Any:
        """Draw loss and metrics over the epochs, one panel each, training and validation together.

        The learning rate has a panel if it changed.

        Parameters
        ----------
        where : str, path-like, matplotlib.axes.Axes or sequence of them, optional
            A file to write, in the format that its ending names, or axes to draw into, one for each
            panel (those left over are not drawn). By default a new figure, which a notebook shows.

        Returns
        -------
        ndarray of matplotlib.axes.Axes

        Raises
        ------
        MissingPackageError
            matplotlib is not installed.

        Examples
        --------
        >>> history = nn.History(["epoch", "loss"])
        >>> history.add({"epoch": 1, "loss": 0.5})
        >>> [ax.get_ylabel() for ax in history.plot("training.svg")]
        ['loss']
        """
        panels = self._panels()
        axes = axes_for(where, len(panels), purpose="Drawing a training history")
        for panel, ax in zip(panels, axes, strict=False):
            self._draw(panel, ax)
        return finished(axes, where)

    def _panels(self) -> list[str]:
        """What has a panel of its own; the learning rate if it was not always the same."""
        hidden = {"epoch", "seconds"}
        if "lr" in self.names and len(set(self["lr"].tolist())) < 2:
            hidden.add("lr")
        return [n for n in self.names if n not in hidden and not n.startswith(VALIDATION)]

    def _draw(self, panel: str, ax: Any) -> None:
        """One figure's course, and under it that of the validation set."""
        for name, label in ((panel, "training"), (VALIDATION + panel, "validation")):
            if name in self.names:
                ax.plot(
                    self["epoch"], self[name], label=label, marker="." if self.epochs < 20 else None
                )
        ax.set_xlabel("epoch")
        ax.set_ylabel(panel)
        ax.grid(alpha=0.3)
        if VALIDATION + panel in self.names:
            ax.legend()
        if not self.rows:
            ax.text(0.5, 0.5, "no epoch completed", ha="center", transform=ax.transAxes)
