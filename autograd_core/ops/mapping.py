"""Your function of one line, or along one axis, for a whole array: apply_along_axis and its kin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..node import as_array, value_of
from ..rows import implements
from .gathering import as_dtype
from .reductions import axes_of
from .shaping import shape_of


@implements(np.apply_along_axis)
def apply_along_axis(
    func1d: Callable[..., Any], axis: Any, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    """``np.apply_along_axis`` of a Node: what the function answers for every line, in its place."""
    from ..building import array

    (axis,) = axes_of(arr, axis)
    view = np.moveaxis(arr, axis, -1)
    lead = shape_of(view)[:-1]
    results = [array(func1d(view[index], *args, **kwargs)) for index in np.ndindex(lead)]
    if not results:
        cure = "Call the function itself, or leave such arrays out."
        raise ArgumentError(
            expected("apply_along_axis", "other axes not empty", f"shape {shape_of(arr)}", cure)
        )
    first = as_array(value_of(results[0]))
    dtype, shape = first.dtype, np.shape(first)
    joined = np.stack([as_dtype(r, dtype) for r in results])
    ends = range(len(lead), len(lead) + len(shape))
    places = range(axis, axis + len(shape))
    return np.moveaxis(np.reshape(joined, lead + shape), tuple(ends), tuple(places))


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """``np.apply_over_axes`` of a Node."""
    ndim = np.ndim(value_of(a))
    for given in (axes,) if np.ndim(axes) == 0 else axes:
        axis = given + ndim if given < 0 else given
        result = func(a, axis)
        a = result if np.ndim(value_of(result)) == ndim else np.expand_dims(result, axis)
        if np.ndim(value_of(a)) != ndim:
            cure = "Return an array with that axis reduced."
            got = f"shape {shape_of(result)}"
            raise ArgumentError(expected("apply_over_axes: func", f"{ndim} axes", got, cure))
    return a
