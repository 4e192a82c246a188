"""Pictures of graphs, ``draw``, and their backward pass in words, ``explain``.

``survey`` finds what there is, ``folding`` what shares a box, ``picture`` states the facts,
``dot`` and ``text`` write them down, ``layout`` and ``svg`` make the DOT a drawing. Graphviz is
imported when a layout is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import ArgumentError, expected
from ..node import Node
from .drawing import Drawing
from .explain import explain
from .explanation import Explanation
from .picture import picture
from .targets import is_program, targets

__all__ = ["Drawing", "Explanation", "draw", "explain"]


def draw(
    target: Node | Sequence[Node] | Callable[..., Any],
    *args: Any,
    grads: bool = True,
    depth: int | None = None,
    fold: bool | None = None,
    roll: bool = False,
    heat: bool = False,
    dtypes: bool | None = None,
    style: str = "auto",
    direction: str = "auto",
    legend: bool | None = None,
    format: str | None = None,
    names: Mapping[str, Any] | None = None,
) -> Drawing:
    """A picture of the graph that made a Node.

    Every operation is a card: its sign and name, its shape, its value (mean ± standard deviation
    of an array) and its gradient ∇ (the 2-norm of an array's). Inputs are blue pills, parameters
    ochre and square, the result is inverted, constants are dashed. An arrow is dashed where no
    gradient flows and labelled where broadcasting stretches an operand; what ran inside
    ``ag.scope`` is framed, and what a derivative computed is framed as its backward pass. The
    first operation that made NaN or infinity is filled red, with how many and why; what it spoilt
    is outlined.

    Parameters
    ----------
    target : Node, sequence of Node, callable or Program
        What to draw; of several Nodes, the gradients shown are those of their sum. A function or
        model is called with ``args``. Of a compiled program (``step.program``) every line is a
        card, with the values of the run that was traced; lines that share a loop are framed.
    *args : array_like, Node or container
        Arguments of a function; floating ones are drawn as inputs and get gradients.
    grads : bool, default True
        Show the gradients of the result. They are computed for the picture: no ``.grad`` is read
        or touched. Where there are none (the result is not a real scalar), ``∇ –`` is shown.
    depth : int, optional
        Levels of modules to draw open; deeper ones become one box each. By default all, or as
        many as fit.
    fold : bool, optional
        Draw blocks of operations that repeat once, with ×N and the course of their gradients; by
        default only where the picture would be too large without.
    roll : bool, default False
        Draw what repeats as a loop: the steps of an unrolled recurrence lie on top of each other.
    heat : bool, default False
        Weigh arrows by the norm of the gradient along them, on a logarithmic scale: gradients
        that vanish or explode show at a glance.
    dtypes : bool, optional
        Show every dtype; by default only where floating ones are mixed.
    style : {"auto", "light", "dark"}
        Colours; "auto" follows the page an SVG is shown in.
    direction : {"auto", "TB", "LR"}
        Top to bottom or left to right.
    legend : bool, optional
        Explain the colours in a line below; by default only in saved files.
    format : {"svg", "png", "text"}, optional
        What a notebook shows; an SVG by default.
    names : mapping of str to Node or array, optional
        Names for Nodes and arrays, ``{"x": x}``; ``names=locals()`` takes your variables' names.

    Returns
    -------
    Drawing
        Shows itself in a notebook; ``print`` it for text; ``.save("g.svg")`` (or ``.png .pdf
        .dot .txt``) writes it, ``.save("g.html")`` as an interactive page that replays the
        forward and the backward pass.

    Raises
    ------
    ArgumentTypeError
        The target is neither a Node nor a function that returns one.
    ArgumentError
        An option has a value that it cannot have.

    Examples
    --------
    >>> x, w = ag.Node(2.0, name="x"), ag.Node(-0.5, name="w")
    >>> print(ag.draw(np.tanh(x * w)))
    tanh = −0.762 · 4 nodes
    ○ x                     2.00    ∇ −0.210
    ○ w                     −0.500  ∇ 0.840
      n2 × multiply (x, w)  −1.00   ∇ 0.420
    ● n3 tanh (n2)          −0.762  ∇ 1.00

    >>> print(ag.draw(lambda height: np.log(height).sum(), np.array([1.0, 0.5])))
    sum = −0.693 · 3 nodes
    ○ height              2  0.75 ± 0.25   ∇ 2.2
      n1 ln log (height)  2  −0.35 ± 0.35  ∇ 1.4
    ● n2 Σ sum (n1)          −0.693        ∇ 1.00
    """
    for name, got, choices in (
        ("style", style, ("auto", "light", "dark")),
        ("direction", direction, ("auto", "TB", "LR")),
        ("format", format, (None, "svg", "png", "text")),
    ):
        if got not in choices:
            wanted = ", ".join(map(repr, choices))
            raise ArgumentError(
                expected("draw", f"{name} one of {wanted}", repr(got), "Choose one of them.")
            )
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ArgumentError(
            expected("draw", "depth of 0 or more", repr(depth), "Leave it out to open all.")
        )
    found = targets("draw", target, args, names)
    grads = grads and not is_program(target)
    redraw = partial(
        picture,
        found.ends,
        grads=grads,
        names=found.names,
        inputs=found.inputs,
        fold=fold,
        roll=roll,
        heat=heat and grads,
        dtypes=dtypes,
    )
    return Drawing(
        redraw(depth=depth),
        style=style,
        direction=direction,
        legend=legend,
        format=format,
        found=found,
        redraw=lambda depth: redraw(depth=depth),
    )
