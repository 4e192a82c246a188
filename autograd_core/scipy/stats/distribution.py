"""What all distributions share: their parameters, and what is SciPy's.

``densities.py`` and ``masses.py`` have the methods, ``continuous.py`` and ``discrete.py`` the
tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import stats

from ...docstrings import sections
from ...forwarding import refusing

Function = Callable[..., Any]

DOCUMENTATION = """{summary}

{differentiable};
other methods are SciPy's, and refuse Nodes.
Call it with its parameters to fix them: ``{name}({parameters}).{density}(x)``.

Parameters
----------
{parameters} : array_like or Node
    As in ``scipy.stats.{name}``, whose formulas these are.

Returns
-------
Frozen
    A distribution with these parameters; its methods take the argument alone.

Examples
--------
{example}
"""


class Distribution:
    """The arguments of a distribution's methods, and what is SciPy's."""

    places: tuple[str, ...] = ("loc",)

    def __init__(self, name: str, shapes: str) -> None:
        self.name, self.shapes = name, tuple(shapes.split())
        self.scipys: Any = getattr(stats, name)
        self.__doc__ = self.documentation()

    def documentation(self) -> str | None:
        """Its docstring: SciPy's first words, and this package's of what is differentiated."""
        return self.scipys.__doc__  # type: ignore[no-any-return]

    def documented(self, density: str, differentiable: str, example: str) -> str:
        """The docstring of a family, from its methods and an example."""
        return DOCUMENTATION.format(
            summary=sections(self.scipys.__doc__)[""].partition("\n")[0],
            name=self.name,
            parameters=", ".join([*self.shapes, *self.places]),
            density=density,
            differentiable=differentiable,
            example="\n".join(
                [">>> from autograd_core.scipy import stats", f">>> {example}", "True"]
            ),
        )

    def __repr__(self) -> str:
        return f"<distribution {self.name}>"

    def __call__(self, *args: Any, **keywords: Any) -> Frozen:
        """The distribution with its parameters given: ``norm(loc, scale).logpdf(x)``."""
        return Frozen(self, args, keywords)

    def __getattr__(self, name: str) -> Any:
        if name == "scipys":
            raise AttributeError(name)
        return refusing(getattr(self.scipys, name), f"scipy.stats.{self.name}.{name}")

    def bound(self, args: Sequence[Any], keywords: dict[str, Any]) -> list[Any]:
        """The shapes, the location and the scale, from whichever way they were passed."""
        names = (*self.shapes, *self.places)
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or set(keywords) - set(names) or set(keywords) & set(given):
            raise TypeError(f"{self.name} takes {', '.join(names)}, each once")
        given = {"loc": 0, "scale": 1} | given | keywords
        missing = [name for name in self.shapes if name not in given]
        if missing:
            raise TypeError(f"{self.name} is missing {', '.join(missing)}")
        return [x if hasattr(x := given[name], "dtype") else np.asarray(x) for name in names]


class Refusing(Distribution):
    """A distribution of SciPy's as it is, but that its methods refuse live Nodes by name."""

    __module__ = "scipy.stats"

    def __init__(self, name: str) -> None:
        super().__init__(name, "")


class Frozen:
    """A distribution whose parameters are given; its methods are the distribution's."""

    def __init__(self, of: Distribution, args: Sequence[Any], keywords: dict[str, Any]) -> None:
        self.of, self.args, self.keywords = of, args, keywords

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.of, name)
        if not callable(method):
            return method
        return lambda *x, **more: method(*x, *self.args, **self.keywords, **more)
