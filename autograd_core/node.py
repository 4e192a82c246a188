"""A value and how it was made: ``value = op(*parents, **params)``; a leaf has no op.

Here are the graph's only data structure and NumPy's two dispatch protocols. No mathematics:
``ops/`` holds the rules, which ``registry.py`` finds, ``operators.py`` and ``methods.py`` give a
Node what an ndarray has, ``reverse.py`` and ``forward.py`` differentiate.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, final

import numpy as np

from .arrays import lazy, library_of, to_numpy
from .batching.batched import Batched, call_function, call_ufunc, each_batched, one_by_one
from .details import CONSTANT, MODE, NO_PARAMS, Details
from .errors import (
    ArgumentError,
    BatchedValueError,
    NotDifferentiableError,
    endless,
    expected,
    no_rule,
    would_detach,
)
from .leaf import leaf_value
from .methods import Methods
from .operators import Operators
from .registry import RULES, rule_for, similar_names, ufunc_name

if TYPE_CHECKING:
    from .building import At
    from .primitive import Primitive

next_birth = itertools.count().__next__


ABSENT: Any = type("Absent", (), {"__slots__": (), "__repr__": lambda self: "absent"})()
"""Stands where a node has no second parent."""

MANY: Any = type("Many", (), {"__slots__": (), "__repr__": lambda self: "many"})()
"""Stands where a node's second parent would be if its first is the tuple of all of them."""


@final
class Node(Operators, Methods):
    """A scalar or array that remembers how it was computed.

    Parameters
    ----------
    value : float, complex, array_like
        A Python number stays one (and is weak in NumPy's type promotion, as NEP 50 says); an array
        keeps its floating dtype and is not copied, unless its bytes are in another order than the
        machine's. Python ints and lists of ints become float64.
    name : str, optional
        Label in pictures and messages.
    requires_grad : bool, default True
        Whether gradients flow to it. Integer and boolean arrays need ``requires_grad=False``.
    dtype : dtype_like, optional
        Convert to this dtype.

    Attributes
    ----------
    value : float, complex, numpy.generic or numpy.ndarray
    grad : same as ``value``, or None
        Where ``backward()`` adds the gradient; kept for leaves only.
    op : Primitive or None
    parents : tuple
        What ``op`` was applied to: Nodes and constants.
    params : dict
        The keywords ``op`` was applied with.
    scope : tuple of str
        Names of the modules in which it was computed; pictures group by it.

    Examples
    --------
    >>> x = Node(2.0, name="x")
    >>> y = np.sin(x) * x**2
    >>> y.backward()
    >>> print(f"{x.grad:.4f}")
    1.9726
    """

    __slots__ = (
        "__weakref__",
        "bar",
        "birth",
        "details",
        "first",
        "keywords",
        "mark",
        "op",
        "second",
        "value",
    )

    value: Any
    op: Primitive | None
    first: Any
    second: Any
    keywords: dict[str, Any]
    details: Details
    birth: int
    mark: int
    bar: Any

    def __init__(
        self, value: Any, *, name: str | None = None, requires_grad: bool = True, dtype: Any = None
    ) -> None:
        self.value = leaf_value(value, requires_grad, dtype)
        self.op, self.first, self.second = None, (), MANY
        self.details = Details(name=name, live=requires_grad)
        self.birth, self.mark, self.bar = next_birth(), -1, None

    # what a Node is

    shape = property(lambda self: np.shape(self.value), doc="Tuple of axis lengths, as in NumPy.")
    ndim = property(lambda self: np.ndim(self.value), doc="Number of axes.")
    size = property(lambda self: size_of(self.value), doc="Number of entries.")
    dtype = property(lambda self: dtype_of(self.value), doc="NumPy dtype of the value.")

    @property
    def parents(self) -> tuple[Any, ...]:
        """What the op was applied to: Nodes and constants.

        One or two are kept as ``first`` and ``second``: a tuple for every node would be a second
        object for Python's garbage collector to look at.
        """
        first, second = self.first, self.second
        if second is MANY:
            return first  # type: ignore[no-any-return]
        return (first,) if second is ABSENT else (first, second)

    is_leaf = property(lambda self: self.op is None, doc="Whether no operation made it.")
    scope = property(
        lambda self: self.details.scope, doc="Names of the modules in which it was computed."
    )

    @property
    def params(self) -> dict[str, Any]:
        """The keywords the op was applied with; those that act entry by entry keep none."""
        return NO_PARAMS if self.op is None or self.op.entrywise else self.keywords

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to it."""
        return self.details.live

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        self.own_details().live = requires_grad

    @property
    def name(self) -> str | None:
        """Label in pictures and messages."""
        return self.details.name

    @name.setter
    def name(self, name: str | None) -> None:
        self.own_details().name = name

    @property
    def grad(self) -> Any:
        """Where ``backward()`` adds the gradient; kept for leaves only."""
        return self.details.grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self.own_details().grad = grad

    def own_details(self) -> Details:
        """Details that no other node shares."""
        if self.details.shared:
            self.details = Details(self.details.scope, live=self.details.live)
        return self.details

    def __repr__(self) -> str:
        made = f", op={self.op.name!r}" if self.op else "" if self.requires_grad else ", constant"
        name = f", name={self.name!r}" if self.name else ""
        value = written(self.value)
        return f"Node({value}, shape={self.shape}, dtype={self.dtype}{made}{name})"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        return format(self.item() if library_of(type(self.value)) else self.value, spec)

    __hash__ = object.__hash__

    # leaving the graph on purpose

    def item(self, *index: int) -> Any:
        """The value (or one entry of it) as a Python number, without its derivative."""
        return to_numpy(self.value).item(*index)

    def detach(self) -> Node:
        """A constant Node with the same value: gradients stop here."""
        return constant_node(self.value)

    def plain(self, call: str, cure: str) -> Any:
        """The bare value, unless that would drop a derivative that is being recorded."""
        if self.requires_grad and MODE.get() is not None:
            raise would_detach(call, cure)
        return self.value

    # leaves

    def assign(self, value: Any) -> None:
        """Give a leaf a new value of the same shape and dtype (the array is kept, not copied).

        Graphs that read the old value can no longer be differentiated: that raises
        ``AssignedError``.
        """
        if self.op is not None:
            raise ArgumentError(
                expected("assign", "a leaf", repr(self), "Only leaves can be assigned.")
            )
        if value is not self.value:
            value = self._fitting(value)
        self.value = value
        self.birth = next_birth()

    def _fitting(self, value: Any) -> Any:
        """``value`` in the dtype of this leaf, if it has its shape."""
        plain = hasattr(value, "__array_function__") and not isinstance(value, Node)
        if not plain or value.dtype != self.dtype:
            weak = type(self.value) in (float, complex)
            value = leaf_value(value, self.requires_grad, None if weak else self.dtype)
        value = value[()] if isinstance(self.value, np.generic) else value
        if np.shape(value) != self.shape:
            cure = "Assign an array of the leaf's own shape."
            raise ArgumentError(expected("assign", f"shape {self.shape}", np.shape(value), cure))
        return value

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def backward(self, seed: Any = None) -> None:
        """Add the gradient of this node to ``.grad`` of every leaf it depends on.

        Parameters
        ----------
        seed : array_like, optional
            Cotangent of this node, of its shape; needed unless it is a real scalar.
        """
        RULES["backward"](self, seed)

    @property
    def at(self) -> At:
        """Functional updates: ``x.at[i].set(v)`` is a new Node with those entries replaced.

        Likewise ``add``, ``multiply``, ``minimum`` and ``maximum``.
        """
        from .building import At

        return At(self)

    def draw(self, **options: Any) -> Any:
        """A picture of the graph that made this node; see ``autograd_core.draw``."""
        from .viz import draw

        return draw(self, **options)

    def explain(self, **options: Any) -> Any:
        """The computation and its backward pass in words; see ``autograd_core.explain``."""
        from .viz import explain

        return explain(self, **options)

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **params: Any) -> Any:
        if method == "__call__" and not params:
            rule = RULES.get(ufunc)
            if rule is not None:
                try:
                    return rule(*inputs)
                except BatchedValueError:
                    return call_ufunc(ufunc, method, inputs, params)
        if any(type(x) is Batched for x in inputs):
            return call_ufunc(ufunc, method, inputs, params)
        if method != "__call__" or params:
            general: Any = rule_for("ufunc keywords")
            return general(ufunc, method, inputs, params)
        rule = rule_for(ufunc)
        if rule is None:
            return without_rule(ufunc, ufunc_name(ufunc, method), inputs, params)
        return rule(*inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: Any, params: Any
    ) -> Any:
        rule = RULES.get(func) or rule_for(func)
        if rule is None:
            return without_rule(func, f"{func.__module__}.{func.__name__}", args, params)
        try:
            return rule(*args, **params)
        except BatchedValueError:  # something else among the arguments is Batched
            return call_function(func, args, params)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        cure = (
            "Use node.value to drop it on purpose, ag.array([...]) to build an array of Nodes, "
            "and x.at[...].set(...) or ag.buffer(...) to store a Node into an array."
        )
        value = self.plain("Converting to a NumPy array", cure)
        return np.array(value, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        return float(
            self.plain("float(node) (or a math function)", "Use node.item() or NumPy's function.")
        )

    def __int__(self) -> int:
        return int(self.plain("int(node)", "Use int(node.item())."))

    def __complex__(self) -> complex:
        return complex(self.plain("complex(node)", "Use node.item()."))

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise NotDifferentiableError(
            "Assigning to entries of a Node expected no Node on the left, got node[...] = value. "
            "Use x = x.at[index].set(value), or fill an ag.buffer(...)."
        )

    def __reduce__(self) -> Any:
        if self.op is not None:
            cure = "Copy or pickle node.value, or node.detach()."
            raise ArgumentError(expected("Copying or pickling a Node", "a leaf", repr(self), cure))
        return _restore, (self.value, self.name, self.requires_grad, self.grad)


def _restore(value: Any, name: str | None, requires_grad: bool, grad: Any) -> Node:
    node = Node(value, name=name, requires_grad=requires_grad)
    node.grad = grad
    return node


def size_of(value: Any) -> Any:
    """How many entries a value has; of another library's, by its own word."""
    return value.size if library_of(type(value)) else np.size(value)


def written(value: Any) -> str:
    """A value as `repr` shows it; nothing is computed for that."""
    if lazy(value):
        return f"not computed, {library_of(type(value))}"
    return np.array2string(to_numpy(value), precision=6, threshold=8, separator=", ")


def constant_node(value: Any) -> Node:
    """A Node through which no gradient flows."""
    node = Node.__new__(Node)
    node.value, node.op, node.first, node.second, node.details = value, None, (), MANY, CONSTANT
    node.birth, node.mark, node.bar = next_birth(), -1, None
    return node


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype of an array or number."""
    dtype: np.dtype[Any] = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    return dtype


def as_array(x: Any) -> Any:
    """An array of whatever kind as it is, a number or a list as NumPy's."""
    return x if hasattr(x, "__array_function__") else np.asarray(x)


def value_of(x: Any) -> Any:
    """The value of a Node, and what is Batched without its Nodes; anything else as it is."""
    kind = type(x)
    return x.value if kind is Node or kind is Batched else x


def values_of(x: Any) -> Any:
    """``x`` with every Node inside lists, tuples and dicts replaced by its value."""
    if type(x) is Node or type(x) is Batched:
        return x.value
    try:
        if type(x) in (list, tuple):
            return type(x)(map(values_of, x))
        return {k: values_of(v) for k, v in x.items()} if type(x) is dict else x
    except RecursionError:
        raise endless("An operation") from None


def live(x: Any) -> bool:
    """Whether ``x`` is, or holds, a Node that carries a gradient."""
    if type(x) is Node:
        return x.details.live
    if type(x) is Batched:
        return bool(x.requires_grad)
    try:
        if type(x) in (list, tuple):
            return any(map(live, x))
        return type(x) is dict and any(map(live, x.values()))
    except RecursionError:
        raise endless("An operation") from None


def without_rule(func: Callable[..., Any], name: str, args: Any, params: Any) -> Any:
    """NumPy's own result where no gradient is at stake; an error that says so otherwise."""
    if each_batched([*args, *params.values()]):
        return one_by_one(func, args, params)
    if MODE.get() is None or not live([*args, *params.values()]):
        return func(*values_of(tuple(args)), **values_of(params))
    raise no_rule(name, similar_names(name))


by_birth = attrgetter("birth")
