"""``explain``: a computation and its backward pass, line by line, from a Node or a function.

The lines are made in ``explanation.py``; pictures of the same graph are ``draw``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..node import Node
from .explanation import Explanation
from .targets import targets


def explain(
    target: Node | Sequence[Node] | Callable[..., Any],
    *args: Any,
    names: Mapping[str, Any] | None = None,
) -> Explanation:
    """A computation and its backward pass, line by line, as mathematics with shapes and values.

    Every line of the backward pass is what the op's own rule did when run on the values at hand.

    Parameters
    ----------
    target : Node, sequence of Node or callable
        A result; or a function, which is called with ``args``.
    *args : array_like or container
        Differentiated arguments of the function.
    names : mapping of str to Node or array, optional
        Names for Nodes and arrays; ``names=locals()`` takes your variables' names.

    Returns
    -------
    Explanation
        Text when printed, LaTeX in a notebook; ``.source`` is runnable NumPy.

    Raises
    ------
    ArgumentTypeError
        The target is neither a Node nor a function that returns one.
    ArgumentError
        The graph has more than 2,000 operations.

    Examples
    --------
    >>> print(ag.explain(lambda x, w: np.tanh(x * w), 2.0, -0.5))
    given
    x                   2.00
    w                   −0.500
    forward
      1  v₁ = x · w     −1.00
      2  v₂ = tanh(v₁)  −0.762
    backward
      3  δ₂ = 1         1.00
      4  δ₁ = 1 − v₂²   0.420
      5  ∇x = δ₁ · w    −0.210
      6  ∇w = δ₁ · x    0.840
    """
    found = targets("explain", target, args, names)
    return Explanation(found.ends, found.names)
