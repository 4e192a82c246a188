"""Functions in, functions out: grad, vjp, jvp, jacobian, hessian, hvp and what goes with them.

Each runs the user's function once on fresh leaves and sweeps the graph it left. A result is handed
out as plain arrays unless it depends on a Node of the caller's, which an enclosing transform may be
differentiating.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .broadcasting import conform, zeros_like
from .errors import ArgumentError, ArgumentTypeError, describe, expected
from .forward import push
from .graph import Ancestry, ancestry, descendants
from .node import MODE, Mode, Node, next_birth, value_of
from .primitive import constants
from .reverse import owned, seed_like, sweep
from .rows import linear
from .sampling import normal
from .tree import flatten, tree_map

Function = Callable[..., Any]

identity = linear(lambda x: x, lambda g, x: g, sample=normal((3, 2)), name="identity")
"""A node of its own with the value of another.

A leaf for an inner transform that an outer one sees through.
"""


class Recording:
    """One run of a function: the leaves that stand for its arguments, and what it returned.

    Parameters
    ----------
    function : callable
    args : sequence
        Positional arguments, containers allowed.
    argnums : tuple of int
        Those to differentiate with respect to.
    keywords : dict
    """

    def __init__(
        self, function: Function, args: Sequence[Any], argnums: tuple[int, ...], keywords: Any
    ) -> None:
        self.outer = MODE.get()
        self.name = getattr(function, "__name__", type(function).__name__)
        flat = [flatten(args[i]) for i in argnums]
        self.counts = [len(leaves) for leaves, _ in flat]
        self.rebuilders = [rebuild for _, rebuild in flat]
        self.since = next_birth()
        self.leaves = [self.fresh(x) for leaves, _ in flat for x in leaves]
        call = list(args)
        for i, argument in zip(argnums, self.like_arguments(self.leaves), strict=True):
            call[i] = argument
        token = MODE.set(Mode(self.outer.scope, self.outer.watch) if self.outer else Mode())
        try:
            self.out = function(*call, **keywords)
        finally:
            MODE.reset(token)

    def fresh(self, x: Any) -> Node:
        """A leaf of this recording for one array of an argument."""
        if isinstance(x, Node):
            if self.outer is not None and x.requires_grad:
                node: Node = identity(x)
                return node
            x = x.value
        try:
            return Node(x)
        except ArgumentTypeError as error:
            error.add_note(
                f"in an argument of {self.name} that is differentiated; choose others with argnums"
            )
            raise

    def like_arguments(self, flat: Sequence[Any]) -> list[Any]:
        """One entry per leaf, arranged as the differentiated arguments are."""
        rest = list(flat)
        arranged = []
        for count, rebuild in zip(self.counts, self.rebuilders, strict=True):
            arranged.append(rebuild(rest[:count]))
            rest = rest[count:]
        return arranged

    def graph(self, ends: Sequence[Node]) -> Ancestry:
        """What made ``ends`` since this recording began."""
        return ancestry(ends, stop=self.leaves, since=self.since)

    def enclosed(self, found: Ancestry) -> bool:
        """Whether a result must stay a Node, because it depends on Nodes of the caller's."""
        if self.outer is None:
            return False
        return bool(found.strangers) or any(leaf.op is not None for leaf in self.leaves)

    def pull(self, ends: Sequence[Node], seeds: Sequence[Any], found: Ancestry) -> list[Any]:
        """Cotangents of the leaves."""
        only = (
            descendants(found.order, self.leaves)
            if found.strangers or self.more_leaves(found)
            else None
        )
        recorded = self.enclosed(found)
        grads = sweep(found.order, self.leaves, ends, seeds, recorded=recorded, only=only)
        return owned(grads, *seeds)

    def more_leaves(self, found: Ancestry) -> bool:
        """Whether the function made leaves of its own."""
        return len(found.leaves) > len(self.leaves)

    def push(self, tangents: Sequence[Any], ends: Sequence[Node], found: Ancestry) -> list[Any]:
        """Tangents of the ends."""
        return push(found.order, self.leaves, tangents, ends, recorded=self.enclosed(found))

    def released(self, tree: Any) -> Any:
        """A result with Nodes replaced by their values, unless the caller's Nodes are in them."""

        def release(x: Any) -> Any:
            if not isinstance(x, Node):
                return x
            return x if x.requires_grad and self.enclosed(self.graph([x])) else x.value

        return tree_map(release, tree)


def positions(argnums: int | Sequence[int], args: Sequence[Any], name: str) -> tuple[int, ...]:
    """``argnums`` as indices of the arguments that were passed."""
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for i in numbers:
        if not -len(args) <= i < len(args):
            cure = "Pass what is differentiated by position, and choose it with argnums."
            raise ArgumentError(
                expected(f"{name}: argnums", f"{len(args)} positional arguments", i, cure)
            )
    unique = tuple(dict.fromkeys(i % len(args) for i in numbers))
    if len(unique) < len(numbers):
        cure = "Name every argument once."
        raise ArgumentError(expected(f"{name}: argnums", "different arguments", argnums, cure))
    return unique


def pick(argnums: int | Sequence[int], results: list[Any]) -> Any:
    """The results of one argument, or a tuple of those of several."""
    return results[0] if isinstance(argnums, int) else tuple(results)


def scalar_end(recording: Recording, out: Any) -> Any:
    """The real scalar a gradient is taken of."""
    value = value_of(out)
    if (
        not isinstance(value, dict | list | tuple)
        and np.ndim(value) == 0
        and np.asarray(value).dtype.kind in "fiub"
    ):
        return out
    got = describe(value)
    cure = (
        "Sum the result or take its real part, or use ag.jacobian, ag.vjp or ag.elementwise_grad."
    )
    raise ArgumentTypeError(
        expected(f"grad of {recording.name}", "a real scalar result", got, cure)
    )


def value_and_grad(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Function:
    """A function that returns ``f``'s value and gradient.

    Parameters
    ----------
    f : callable
        Returns a real scalar; with ``has_aux``, a pair of it and anything else.
    argnums : int or sequence of int
        Which positional arguments to differentiate; several give a tuple of gradients.
    has_aux : bool
        Whether ``f`` returns ``(value, aux)``.

    Returns
    -------
    callable
        ``(*args, **keywords) -> (value, gradient)``, or ``((value, aux), gradient)``. A gradient
        has the structure, shape and dtype of its argument.

    Raises
    ------
    ArgumentTypeError
        If the result is not a real scalar, or an argument is not of a floating or complex dtype.

    Examples
    --------
    >>> value, gradient = value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    >>> print(value, gradient)
    5.0 [2. 4.]
    """

    @functools.wraps(f)
    def differentiated(*args: Any, **keywords: Any) -> Any:
        run = Recording(f, args, positions(argnums, args, "grad"), keywords)
        out, aux = run.out if has_aux else (run.out, None)
        end = scalar_end(run, out)
        if isinstance(end, Node) and end.requires_grad:
            grads = run.pull([end], [seed_like(end, None)], run.graph([end]))
        else:
            grads = [zeros_like(leaf.value) for leaf in run.leaves]
        value = run.released((out, aux)) if has_aux else run.released(out)
        return value, pick(argnums, run.like_arguments(grads))

    return differentiated


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """A function that returns the gradient of ``f``; with ``has_aux``, ``(gradient, aux)``.

    Parameters, errors and conventions are those of `value_and_grad`. For complex z the gradient is
    dL/d(Re z) + i dL/d(Im z), the direction of steepest ascent.

    Examples
    --------
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["w"] * p["b"])({"w": 2.0, "b": 3.0})
    {'w': 3.0, 'b': 2.0}
    """
    both = value_and_grad(f, argnums, has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **keywords: Any) -> Any:
        value, result = both(*args, **keywords)
        return (result, value[1]) if has_aux else result

    return gradient


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """``f(*primals)`` and the function that pulls cotangents of the result back to the primals.

    Parameters
    ----------
    f : callable
        Returns an array or a container of arrays.
    *primals : array or container

    Returns
    -------
    value : as ``f`` returns it
    pullback : callable
        ``pullback(cotangent) -> tuple`` with one entry per primal. It can be called again and
        again.

    Examples
    --------
    >>> y, pullback = vjp(np.sin, np.zeros(2))
    >>> pullback(np.array([1.0, 2.0]))
    (array([1., 2.]),)
    """
    run = Recording(f, primals, tuple(range(len(primals))), {})
    outs, _ = flatten(run.out)
    ends = [x for x in outs if isinstance(x, Node) and x.requires_grad]

    def pullback(cotangent: Any) -> Any:
        seeds, _ = flatten(cotangent)
        if len(seeds) != len(outs):
            cure = "Pass a cotangent of the result's structure."
            raise ArgumentError(expected("pullback", f"{len(outs)} cotangents", len(seeds), cure))
        pairs = [
            (x, g)
            for x, g in zip(outs, seeds, strict=True)
            if isinstance(x, Node) and x.requires_grad
        ]
        given = [seed_like(x, g) for x, g in pairs]
        return tuple(run.like_arguments(run.pull(ends, given, run.graph(ends))))

    return run.released(run.out), pullback


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)`` and its directional derivative along ``tangents``.

    Parameters
    ----------
    f : callable
        Returns an array or a container of arrays.
    primals, tangents : sequence
        One tangent per primal, of its structure and shape.

    Returns
    -------
    value, tangent : as ``f`` returns its value

    Examples
    --------
    >>> jvp(lambda x: x**2, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    if len(primals) != len(tangents):
        cure = "Pass one tangent per primal."
        raise ArgumentError(expected("jvp", f"{len(primals)} tangents", len(tangents), cure))
    run = Recording(f, primals, tuple(range(len(primals))), {})
    flat = [t for tangent in tangents for t in flatten(tangent)[0]]
    if len(flat) != len(run.leaves):
        cure = "Give the tangents the structure of the primals."
        raise ArgumentError(expected("jvp", f"{len(run.leaves)} tangents", len(flat), cure))
    directions = [seed_like(leaf, t) for leaf, t in zip(run.leaves, flat, strict=True)]
    outs, rebuild = flatten(run.out)
    ends = [x for x in outs if isinstance(x, Node) and x.requires_grad]
    pushed = iter(run.push(directions, ends, run.graph(ends)))
    moved = [next(pushed) if isinstance(x, Node) and x.requires_grad else still(x) for x in outs]
    return run.released(run.out), rebuild(moved)


def still(x: Any) -> Any:
    """The tangent of a result that does not depend on the primals."""
    value = value_of(x)
    return (
        zeros_like(value) if np.asarray(value).dtype.kind in "fc" else np.zeros(np.shape(value))[()]
    )


def elementwise_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """A function that returns the derivative of each entry, for ``f`` that acts entry by entry.

    It is the gradient of ``sum(f(x))``: right where entry i of the result depends on entry i of the
    argument alone.

    Examples
    --------
    >>> elementwise_grad(np.sin)(np.zeros(3))
    array([1., 1., 1.])
    """
    summed = functools.wraps(f)(lambda *args, **keywords: np.sum(f(*args, **keywords)))
    return grad(summed, argnums)


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """A function that returns the derivative of every entry of the result by every argument entry.

    Parameters
    ----------
    f : callable
        Returns an array.
    argnums : int or sequence of int
        Arguments to differentiate; several (or a container) give one Jacobian each, in the same
        structure.
    mode : {"auto", "reverse", "forward"}
        Sweeps per entry of the result, or of the arguments; "auto" takes the fewer.

    Returns
    -------
    callable
        Result of shape ``f(x).shape + x.shape``.

    Examples
    --------
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if mode not in ("auto", "reverse", "forward"):
        raise ArgumentError(
            expected("jacobian: mode", "'auto', 'reverse' or 'forward'", repr(mode), "Choose one.")
        )

    @functools.wraps(f)
    def differentiated(*args: Any, **keywords: Any) -> Any:
        run = Recording(f, args, positions(argnums, args, "jacobian"), keywords)
        outs, rebuild = flatten(run.out)
        blocks = [pick(argnums, run.like_arguments(jacobian_of(run, out, mode))) for out in outs]
        return rebuild(blocks)

    return differentiated


def jacobian_of(run: Recording, out: Any, mode: str) -> list[Any]:
    """The Jacobian of one result, a block for each leaf."""
    value = value_of(out)
    if np.asarray(value).dtype.kind not in "fcbiu":
        cure = "Return arrays or numbers."
        raise ArgumentTypeError(
            expected(f"jacobian of {run.name}", "an array", describe(value), cure)
        )
    if not isinstance(out, Node) or not out.requires_grad:
        return [np.zeros(np.shape(value) + leaf.shape, leaf.dtype)[()] for leaf in run.leaves]
    wanted = sum(leaf.size for leaf in run.leaves)
    holomorphic = np.iscomplexobj(value)
    if mode == "reverse" and holomorphic:
        cure = "Use mode='forward', or differentiate the real and imaginary parts."
        raise ArgumentTypeError(
            expected("jacobian in reverse mode", "a real result", describe(value), cure)
        )
    real_of_complex = not holomorphic and any(np.iscomplexobj(leaf.value) for leaf in run.leaves)
    fewer = wanted < out.size and not real_of_complex
    return (
        columns(run, out)
        if mode == "forward" or holomorphic or (mode == "auto" and fewer)
        else rows(run, out)
    )


def rows(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by reverse sweeps, one per entry of the result."""
    found = run.graph([out])
    swept = [run.pull([out], [seed], found) for seed in basis(out)]
    return [
        arranged([s[i] for s in swept], 0, out, leaf, (len(swept), *leaf.shape))
        for i, leaf in enumerate(run.leaves)
    ]


def columns(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by forward sweeps, one per entry of the arguments."""
    found = run.graph([out])
    still = [zeros_like(leaf.value) for leaf in run.leaves]
    blocks = []
    for i, leaf in enumerate(run.leaves):
        pushed = [run.push([*still[:i], t, *still[i + 1 :]], [out], found)[0] for t in basis(leaf)]
        blocks.append(arranged(pushed, -1, out, leaf, (*out.shape, leaf.size)))
    return blocks


def arranged(parts: list[Any], axis: int, out: Node, leaf: Node, shape: tuple[int, ...]) -> Any:
    """Rows or columns put together as an array of shape ``out.shape + leaf.shape``."""
    if out.shape == () and leaf.shape == ():
        return parts[0]
    stacked = np.stack(parts, axis=axis) if parts else np.zeros(shape, leaf.dtype)
    if stacked.dtype != leaf.dtype and stacked.dtype.kind == leaf.dtype.kind:
        stacked = stacked.astype(leaf.dtype)
    return np.reshape(stacked, out.shape + leaf.shape)


def basis(node: Node) -> list[Any]:
    """One array of the node's shape for each entry, 1 there and 0 elsewhere."""
    if type(node.value) in (float, complex):
        return [conform(1.0, node.value)]
    eye = np.eye(node.size, dtype=node.dtype)
    return [row.reshape(node.shape)[()] for row in eye]


def hessian(f: Function, argnums: int = 0) -> Function:
    """A function that returns the second derivatives of a scalar ``f``: forward over reverse.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums, mode="forward")


def hvp(f: Function, argnums: int = 0) -> Function:
    """A function ``(*args, v)`` that returns the Hessian of ``f`` times ``v`` for a few gradients' work.

    Examples
    --------
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    gradient = grad(f, argnums)

    @functools.wraps(f)
    def product(*args: Any) -> Any:
        *primals, v = args
        (i,) = positions(argnums, primals, "hvp")
        return jvp(lambda x: gradient(*primals[:i], x, *primals[i + 1 :]), (primals[i],), (v,))[1]

    return product


def stop_gradient(x: Any) -> Any:
    """``x`` as a constant: its value, with no gradient; containers are mapped.

    Examples
    --------
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return tree_map(lambda leaf: constants(leaf.value) if isinstance(leaf, Node) else leaf, x)
