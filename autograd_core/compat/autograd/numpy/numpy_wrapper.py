"""autograd's wrapped functions, under the name of the file it keeps them in."""

from __future__ import annotations

from typing import Any

from ....numpy import array
from ..forwarding import first_of
from .entries import c_, r_

__all__ = ["array", "array_from_args", "c_", "r_"]

__getattr__ = first_of(__name__, ["autograd_core.compat.autograd.numpy"])


def array_from_args(array_args: Any, array_kwargs: Any, *args: Any) -> Any:
    """``np.array(args, ...)`` of Nodes.

    Parameters
    ----------
    array_args, array_kwargs
        Further arguments of ``np.array``.
    *args : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.compat.autograd.numpy.numpy_wrapper import array_from_args
    >>> array_from_args((), {}, ag.Node(1.0), 2.0).value
    array([1., 2.])
    """
    return array(list(args), *array_args, **array_kwargs)
