"""``explain``: a computation and its backward pass, line by line, from a Node or a function.

The lines are made in ``explanation.py``; pictures of the same graph are ``draw``'s.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ArgumentTypeError, describe, expected
from ..node import MODE, Mode, Node
from ..tree import flatten
from .explanation import Explanation


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
    found: list[Any]
    if callable(target) and not isinstance(target, Node):
        found, names = run(target, args, names or {})
    else:
        found = list(target) if isinstance(target, list | tuple) else [target]
    wrong = [x for x in found if not isinstance(x, Node)]
    if wrong or not found:
        got = describe(wrong[0]) if wrong else "none"
        cure = "Pass a result that was computed from ag.Node(...), or a function and its arguments."
        raise ArgumentTypeError(expected("explain", "a Node or a function", got, cure))
    return Explanation(found, names or {})


def run(function: Any, args: Sequence[Any], names: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What a function returns for Nodes of its arguments, and what these are called."""
    called: dict[str, Any] = dict(names)
    given = []
    try:
        parameters = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        parameters = []
    for i, argument in enumerate(args):
        leaves, rebuild = flatten(argument)
        nodes = [x if isinstance(x, Node) else Node(x) for x in leaves]
        title = parameters[i] if i < len(parameters) else f"x{i + 1}"
        for k, node in enumerate(nodes):
            called[title if len(nodes) == 1 else f"{title}{k + 1}"] = node
        given.append(rebuild(nodes))
    token = MODE.set(Mode())
    try:
        out = function(*given)
    finally:
        MODE.reset(token)
    ends, _ = flatten(out)
    return ends, called
