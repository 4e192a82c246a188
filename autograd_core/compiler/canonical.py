"""How each NumPy call is written down: in few forms, so that passes and backends know few.

Ufuncs and their reductions, ``where``, ``dot``, ``matmul``, ``concatenate`` and views have forms of
their own; every other function is written down as it was called.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .program import put
from .tracer import Tracer, dtype_of, value_of

FORMS: dict[Any, Callable[..., Any]] = {}
"""What a NumPy function becomes: called with the trace and the function's own arguments."""

ABOUT = {
    np.shape,
    np.ndim,
    np.size,
    np.result_type,
    np.can_cast,
    np.iscomplexobj,
    np.isrealobj,
    np.common_type,
    np.min_scalar_type,
    np.may_share_memory,
    np.shares_memory,
}
"""Functions that ask for shape or dtype: answered at once."""

IN_PLACE = {np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis}
"""Functions that change their first argument."""

REDUCTIONS = {np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or}


def form(*functions: Any) -> Callable[[Any], Any]:
    """Decorator: what these functions are written down as."""

    def register(handler: Any) -> Any:
        FORMS.update(dict.fromkeys(functions, handler))
        return handler

    return register


def function_call(trace: Any, function: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """A call of a NumPy function with a Tracer among its arguments."""
    if function in ABOUT:
        return function(*valued(args), **valued(params))
    if function in IN_PLACE:
        target, *rest = args
        if not isinstance(target, Tracer):
            trace.refuse(f"np.{function.__name__} changed an array that the program does not know")
        changed = trace.call(changed_by, (function, target, *rest), params)
        target.write(changed)
        return None
    out = params.pop("out", None)
    out = out[0] if isinstance(out, tuple) else out
    handler = FORMS.get(function)
    if handler is None:
        result = trace.call(function, args, params)
    else:
        result = handler(trace, *args, **params)
    return written(trace, result, out, function)


def changed_by(function: Any, target: Any, *args: Any, **params: Any) -> Any:
    """What a function that changes its first argument makes of a copy."""
    target = np.array(target)
    function(target, *args, **params)
    return target


def valued(x: Any) -> Any:
    """Arguments with the values of this once."""
    from .program import mapped

    return mapped(x, value_of)


def written(trace: Any, result: Any, out: Any, function: Any) -> Any:
    """The result, written to ``out=`` if that was given."""
    if out is None:
        return result
    if not isinstance(out, Tracer):
        name = getattr(function, "__name__", function)
        trace.refuse(f"{name} was given out= an array that the program does not know (ag.mutable)")
        out[...] = value_of(result)
        return out
    out.write(result)
    return out


# ufuncs


def ufunc_call(
    trace: Any, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], params: dict[str, Any]
) -> Any:
    """A ufunc, or a method of one, with a Tracer among its arguments."""
    if method == "at":
        target, index, *value = inputs
        if ufunc is np.add and isinstance(target, Tracer):
            return target.add_at(index, value[0])
        trace.refuse(f"np.{ufunc.__name__}.at changed an array")
    out = params.pop("out", None)
    out = out[0] if isinstance(out, tuple) and len(out) == 1 else out
    if method == "reduce":
        result = reduction(trace, ufunc, *inputs, **params)
    elif method != "__call__":
        result = trace.call(getattr(ufunc, method), inputs, params)
    elif ufunc.signature is not None:
        handler = FORMS.get(ufunc)
        result = handler(trace, *inputs) if handler and not params else None
        if result is None:
            result = trace.call(ufunc, inputs, params)
    else:
        result = elementwise(trace, ufunc, inputs, params, out)
    if isinstance(out, tuple):
        return tuple(written(trace, r, o, ufunc) for r, o in zip(result, out, strict=True))
    return written(trace, result, out, ufunc)


def elementwise(
    trace: Any, ufunc: np.ufunc, inputs: tuple[Any, ...], params: dict[str, Any], out: Any
) -> Any:
    """A ufunc entry by entry."""
    if "where" in params and out is not None and isinstance(out, Tracer):
        where = params.pop("where")
        result = elementwise(trace, ufunc, inputs, params, None)
        return result if where is True else np.where(where, result, out)
    dtype = params.get("dtype")
    if dtype is not None and len(params) == 1:
        plain = ufunc(*(np.zeros((1,) * np.ndim(value_of(x)), dtype_of(x)) for x in inputs))
        if not isinstance(plain, tuple) and plain.dtype == np.dtype(dtype):
            params = {}
    if ufunc is np.power and not params and type(inputs[1]) in (int, float):
        if inputs[1] == 2:
            ufunc, inputs = np.square, inputs[:1]
        elif inputs[1] == 0.5:
            ufunc, inputs = np.sqrt, inputs[:1]
    return trace.call(ufunc, inputs, params)


def reduction(
    trace: Any,
    ufunc: np.ufunc,
    x: Any,
    axis: Any = 0,
    dtype: Any = None,
    keepdims: Any = False,
    **rest: Any,
) -> Any:
    """``ufunc.reduce``: axes as a tuple counted from the front."""
    keepdims = bool(keepdims) and keepdims is not np._NoValue
    rest = {
        key: value
        for key, value in rest.items()
        if value is not np._NoValue
        and not (key == "where" and value is True)
        and not (key == "initial" and value is None)
    }
    if rest or ufunc not in REDUCTIONS or (dtype is not None and np.dtype(dtype) != dtype_of(x)):
        params = {"axis": axis, "keepdims": keepdims, **rest}
        if dtype is not None:
            params["dtype"] = dtype
        return trace.call(ufunc.reduce, (x,), params)
    axes = range(np.ndim(x)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(sorted(int(a) % max(np.ndim(x), 1) for a in axes))
    if not np.ndim(x):
        return x
    return trace.call(ufunc.reduce, (x,), {"axis": axes, "keepdims": keepdims})


def reducing(ufunc: np.ufunc) -> Any:
    """The form of ``np.sum`` and its kin."""

    def handler(trace: Any, a: Any, axis: Any = None, *, keepdims: Any = False, **rest: Any) -> Any:
        return reduction(trace, ufunc, a, axis=axis, keepdims=keepdims, **rest)

    return handler


for _function, _ufunc in (
    (np.sum, np.add),
    (np.prod, np.multiply),
    (np.max, np.maximum),
    (np.amax, np.maximum),
    (np.min, np.minimum),
    (np.amin, np.minimum),
    (np.any, np.logical_or),
    (np.all, np.logical_and),
):
    form(_function)(reducing(_ufunc))


@form(np.mean)
def mean(
    trace: Any, a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False, **rest: Any
) -> Any:
    """A sum divided by a count, in dtypes whose sum NumPy does not widen."""
    rest = {key: value for key, value in rest.items() if value is not np._NoValue}
    if rest or dtype is not None or dtype_of(a) == np.float16 or dtype_of(a).kind not in "fc":
        keepdims = keepdims is not np._NoValue and keepdims
        return trace.call(np.mean, (a,), {"axis": axis, "dtype": dtype, "keepdims": keepdims})
    total = reduction(trace, np.add, a, axis=axis, keepdims=keepdims)
    return np.true_divide(total, np.size(a) // max(np.size(total), 1))


@form(np.clip)
def clip(trace: Any, a: Any, a_min: Any = None, a_max: Any = None, **rest: Any) -> Any:
    """The larger of it and one bound, the smaller of that and the other."""
    rest = {key: value for key, value in rest.items() if value is not np._NoValue}
    low = rest.pop("min", a_min)
    high = rest.pop("max", a_max)
    low, high = (None if b is np._NoValue else b for b in (low, high))
    if rest:
        return trace.call(np.clip, (a, low, high), rest)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


# products


@form(np.dot)
def dot(trace: Any, a: Any, b: Any) -> Any:
    """Of vectors and matrices."""
    if not np.ndim(a) or not np.ndim(b):
        return np.multiply(a, b)
    return trace.call(np.dot, (a, b), {})


@form(np.matmul)
def matmul(trace: Any, a: Any, b: Any) -> Any:
    """``dot`` where that is the same."""
    small = np.ndim(a) < 3 and np.ndim(b) < 3
    return trace.call(np.dot if small else np.matmul, (a, b), {})


if hasattr(np, "vecdot"):

    @form(np.vecdot)
    def vecdot(trace: Any, a: Any, b: Any) -> Any:
        """Of real vectors: a product and a sum."""
        if "c" in (dtype_of(a).kind, dtype_of(b).kind) or not np.ndim(a):
            return None
        return np.add.reduce(np.multiply(a, b), axis=-1)


if hasattr(np, "matvec"):

    @form(np.matvec)
    def matvec(trace: Any, x: Any, y: Any) -> Any:
        """A product of matrices, of which the second has one column."""
        return np.matmul(x, y[..., None])[..., 0]

    @form(np.vecmat)
    def vecmat(trace: Any, x: Any, y: Any) -> Any:
        """A product of matrices, of which the first has one row; complex ones are conjugated."""
        if dtype_of(x).kind == "c":
            return None
        return np.matmul(x[..., None, :], y)[..., 0, :]


@form(np.einsum)
def einsum(trace: Any, subscripts: Any, *operands: Any, **params: Any) -> Any:
    """Products of entries that are summed, where all operands have the same axes."""
    if isinstance(subscripts, str) and not params and "->" in subscripts:
        left, right = subscripts.replace(" ", "").split("->")
        terms = left.split(",")
        same = len(set(terms)) == 1 and len(set(terms[0])) == len(terms[0])
        if same and len(terms) == 2 and right == "".join(c for c in terms[0] if c in right):
            axes = tuple(i for i, c in enumerate(terms[0]) if c not in right)
            product = np.multiply(*operands)
            return np.add.reduce(product, axis=axes) if axes else product
    return trace.call(np.einsum, (subscripts, *operands), params)


# choosing and joining


@form(np.where)
def where(trace: Any, condition: Any, x: Any = None, y: Any = None) -> Any:
    """With three arguments."""
    if x is None and y is None:
        return trace.call(np.where, (condition,), {})
    return trace.call(np.where, (condition, x, y), {})


@form(np.concatenate)
def concatenate(trace: Any, arrays: Any, axis: Any = 0, **params: Any) -> Any:
    """Along an axis counted from the front."""
    arrays = tuple(arrays)
    if axis is None:
        arrays, axis = tuple(np.ravel(a) for a in arrays), 0
    axis = int(axis) % np.ndim(arrays[0])
    return trace.call(np.concatenate, (arrays,), {"axis": axis, **params})


@form(np.stack)
def stack(trace: Any, arrays: Any, axis: Any = 0, **params: Any) -> Any:
    """``concatenate`` of arrays with an axis more."""
    arrays = tuple(arrays)
    axis = int(axis) % (np.ndim(arrays[0]) + 1)
    return np.concatenate([np.expand_dims(a, axis) for a in arrays], axis, **params)


def place_of(function: Any) -> Any:
    """The form of ``np.argmax`` and ``np.argmin``."""

    def handler(trace: Any, a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
        keepdims = keepdims is not np._NoValue and bool(keepdims)
        if axis is None or keepdims:
            return trace.call(function, (a,), {"axis": axis, "keepdims": keepdims})
        return trace.call(function, (a,), {"axis": int(axis) % np.ndim(a)})

    return handler


for _place in (np.argmax, np.argmin):
    form(_place)(place_of(_place))


@form(np.copy)
def copy(trace: Any, a: Any, order: Any = "K", subok: Any = False) -> Any:
    """Another array of the same entries."""
    return trace.call(np.copy, (a,), {})


@form(np.copyto)
def copyto(trace: Any, dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> Any:
    """The target changed in place."""
    if not isinstance(dst, Tracer):
        return trace.refuse("np.copyto changed an array that the program does not know")
    if where is not True:
        src = np.where(where, src, dst)
    if dst.size == np.size(src) == 0:
        return None
    if isinstance(src, Tracer) or np.ndim(src):
        dst.write(src)
    else:
        dst.write(np.full(dst.shape, src, dst.dtype))
    return None


# arrays made like others


def made_like(fill: Any) -> Any:
    """The form of ``np.zeros_like`` and its kin."""

    def handler(trace: Any, a: Any, *args: Any, **params: Any) -> Any:
        return trace.fixed(fill(value_of(a), *valued(args), **valued(params)))

    return handler


form(np.zeros_like)(made_like(np.zeros_like))
form(np.ones_like)(made_like(np.ones_like))
form(np.empty_like)(made_like(np.zeros_like))


@form(np.full_like)
def full_like(trace: Any, a: Any, fill_value: Any, dtype: Any = None, **params: Any) -> Any:
    """A number in every entry."""
    kind = dtype_of(a) if dtype is None else np.dtype(dtype)
    shape = params.get("shape")
    shape = np.shape(a) if shape is None else shape
    if isinstance(fill_value, Tracer):
        return np.copy(np.broadcast_to(fill_value.astype(kind), shape))
    return trace.fixed(np.full(shape, fill_value, kind))


# views


@form(np.reshape)
def reshape(trace: Any, a: Any, *args: Any, **params: Any) -> Any:
    """To a shape without -1."""
    result = np.reshape(value_of(a), *args, **params)
    if params.get("order", "C") != "C":
        return trace.call(np.reshape, (a, *args), params)
    return reshaped(trace, a, result.shape)


def reshaped(trace: Any, a: Any, shape: tuple[int, ...]) -> Any:
    """``a`` itself if that is its shape."""
    if np.shape(a) == shape:
        return a
    return trace.call(np.reshape, (a, shape), {})


@form(np.ravel)
def ravel(trace: Any, a: Any, order: Any = "C") -> Any:
    """In one dimension."""
    if order not in ("C", "K", "A"):
        return trace.call(np.ravel, (a,), {"order": order})
    return reshaped(trace, a, (np.size(a),))


@form(np.expand_dims)
def expand_dims(trace: Any, a: Any, axis: Any) -> Any:
    """With axes of length one."""
    return reshaped(trace, a, np.expand_dims(value_of(a), axis).shape)


@form(np.squeeze)
def squeeze(trace: Any, a: Any, axis: Any = None) -> Any:
    """Without axes of length one."""
    return reshaped(trace, a, np.squeeze(value_of(a), axis).shape)


@form(np.transpose)
def transpose(trace: Any, a: Any, axes: Any = None) -> Any:
    """By axes counted from the front."""
    n = np.ndim(a)
    axes = tuple(range(n))[::-1] if axes is None else tuple(int(i) % n for i in axes)
    if axes == tuple(range(n)):
        return a
    return trace.call(np.transpose, (a, axes), {})


@form(np.swapaxes)
def swapaxes(trace: Any, a: Any, axis1: Any, axis2: Any) -> Any:
    """A transpose."""
    axes = list(range(np.ndim(a)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return np.transpose(a, axes)


@form(np.moveaxis)
def moveaxis(trace: Any, a: Any, source: Any, destination: Any) -> Any:
    """A transpose."""
    n = np.ndim(a)
    sources, places = ([int(i) % n for i in np.ravel(x)] for x in (source, destination))
    axes = [i for i in range(n) if i not in sources]
    for place, i in sorted(zip(places, sources, strict=True)):
        axes.insert(place, i)
    return np.transpose(a, axes)


@form(np.broadcast_to)
def broadcast_to(trace: Any, array: Any, shape: Any, subok: Any = False) -> Any:
    """To another shape."""
    shape = (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)
    return array if np.shape(array) == shape else trace.call(np.broadcast_to, (array, shape), {})


VIEWS = {np.reshape, np.transpose, np.broadcast_to, operator.getitem}
"""Functions of lines whose result may be the same memory."""

PURE_COPIES = {np.copy, put}
"""Functions of lines that only copy."""
