"""NumPy's functions that make arrays, of Nodes too: those that NumPy cannot dispatch.

``array`` and its relations join Nodes into one, ``full`` spreads one. The memory layout and
subclasses that their keywords speak of mean nothing to a Node.
"""

from __future__ import annotations

from typing import Any

import numpy

from ..building import array as joined
from ..building import holds_node
from ..errors import ArgumentError, expected, unsupported
from ..node import value_of

np: Any = numpy  # NumPy's stubs do not know Nodes


def array(object: Any, dtype: Any = None, *, ndmin: int = 0, **layout: Any) -> Any:
    """``np.array``, of Nodes, of nested lists with Nodes in them, and of anything else.

    Parameters
    ----------
    object : array_like, Node, or nested lists and tuples of numbers, arrays and Nodes
    dtype : dtype_like, optional
    ndmin : int
        Least number of axes; missing ones are put in front.
    **layout
        ``copy``, ``order``, ``subok`` and ``like``, as in NumPy; without effect on Nodes.

    Returns
    -------
    Node
        An ndarray, if no entry is a Node.

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> x = ag.Node(2.0)
    >>> anp.array([x, x * x]).value
    array([2., 4.])
    >>> anp.array([1, 2], ndmin=2)
    array([[1, 2]])
    """
    if not holds_node(object):
        return np.array(object, dtype, ndmin=ndmin, **layout)
    check_layout("np.array", layout, {"copy", "order", "subok", "like"})
    result = joined(object, dtype)
    ones = (1,) * (ndmin - np.ndim(value_of(result)))
    return np.reshape(result, ones + np.shape(value_of(result))) if ones else result


def asarray(a: Any, dtype: Any = None, order: Any = None, **layout: Any) -> Any:
    """``np.asarray``; a Node is returned as it is, nested lists with Nodes become one.

    Parameters
    ----------
    a : array_like, Node or nested lists with Nodes
    dtype : dtype, optional
    order, **layout
        NumPy's ``order``, ``copy``, ``device``, ``like``, where they mean something to a Node.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> x = ag.Node([1.0, 2.0])
    >>> anp.asarray(x) is x
    True
    """
    if not holds_node(a):
        return np.asarray(a, dtype, order, **layout)
    return as_node("np.asarray", a, dtype, layout)


def asanyarray(a: Any, dtype: Any = None, order: Any = None, **layout: Any) -> Any:
    """``np.asanyarray``; Nodes as in ``asarray``.

    Parameters
    ----------
    a, dtype, order, **layout
        As of ``asarray``.

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.asanyarray([ag.Node(1.0), 2.0]).value
    array([1., 2.])
    """
    if not holds_node(a):
        return np.asanyarray(a, dtype, order, **layout)
    return as_node("np.asanyarray", a, dtype, layout)


def ascontiguousarray(a: Any, dtype: Any = None, **layout: Any) -> Any:
    """``np.ascontiguousarray``; Nodes as in ``asarray``, with at least one axis.

    Parameters
    ----------
    a, dtype, **layout
        As of ``asarray``.

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.ascontiguousarray(ag.Node(1.0)).value
    array([1.])
    """
    if not holds_node(a):
        return np.ascontiguousarray(a, dtype, **layout)
    return np.atleast_1d(as_node("np.ascontiguousarray", a, dtype, layout))


def asfortranarray(a: Any, dtype: Any = None, **layout: Any) -> Any:
    """``np.asfortranarray``; Nodes as in ``ascontiguousarray``.

    Parameters
    ----------
    a, dtype, **layout
        As of ``asarray``.

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.asfortranarray([ag.Node(1.0), 2.0]).value
    array([1., 2.])
    """
    if not holds_node(a):
        return np.asfortranarray(a, dtype, **layout)
    return np.atleast_1d(as_node("np.asfortranarray", a, dtype, layout))


def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """``np.asarray_chkfinite``: an error where an entry is infinite or NaN.

    Parameters
    ----------
    a, dtype, order
        As of ``asarray``.

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.asarray_chkfinite(ag.Node([1.0, 2.0])).shape
    (2,)
    """
    if not holds_node(a):
        return np.asarray_chkfinite(a, dtype, order)
    result = as_node("np.asarray_chkfinite", a, dtype, {})
    if not np.all(np.isfinite(value_of(result))):
        cure = "Remove infs and NaNs before, or use np.asarray."
        raise ArgumentError(expected("np.asarray_chkfinite", "finite numbers", "others", cure))
    return result


def as_node(name: str, a: Any, dtype: Any, layout: dict[str, Any]) -> Any:
    """A Node as it is, in the ``dtype`` asked for; nested lists of Nodes joined."""
    check_layout(name, layout, {"copy", "device", "like"})
    result = a if hasattr(a, "at") else joined(a)
    return result if dtype is None or result.dtype == dtype else result.astype(dtype)


def check_layout(name: str, layout: dict[str, Any], known: set[str]) -> None:
    """Keywords that NumPy has, in the forms that mean nothing to a Node."""
    for keyword, got in layout.items():
        if keyword not in known:
            raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}")
        if keyword == "copy" and got is False and name == "np.array":
            raise unsupported(name, keyword, got, "Use np.asarray, which returns a Node itself.")
        if keyword == "device" and got not in (None, "cpu"):
            raise unsupported(name, keyword, got, "Leave it out: NumPy's arrays are on the CPU.")


def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", **layout: Any) -> Any:
    """``np.full``, filled with a Node too.

    Parameters
    ----------
    shape : int or tuple of int
    fill_value : array_like or Node
    dtype : dtype, optional
    order, **layout
        NumPy's ``order``, ``device``, ``like``.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> ag.grad(lambda x: np.sum(anp.full((2, 3), x)))(1.0)
    6.0
    """
    if not holds_node(fill_value):
        return np.full(shape, fill_value, dtype, order, **layout)
    check_layout("np.full", layout, {"device", "like"})
    fill = as_node("np.full", fill_value, dtype, {})
    return np.broadcast_to(fill, shape)


def isscalar(element: Any) -> bool:
    """``np.isscalar``, of a Node's value.

    Parameters
    ----------
    element : object

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.isscalar(ag.Node(2.0)), anp.isscalar(ag.Node([2.0]))
    (True, False)
    """
    return bool(np.isscalar(value_of(element)))


def iterable(y: Any) -> bool:
    """``np.iterable``, of a Node's value.

    Parameters
    ----------
    y : object

    Examples
    --------
    >>> from autograd_core import numpy as anp
    >>> anp.iterable(ag.Node([2.0])), anp.iterable(ag.Node(2.0))
    (True, False)
    """
    return bool(np.iterable(value_of(y)))
