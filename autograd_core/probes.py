"""Arguments with which every function of the catalogue can be called, for tests and the docs.

Where none are given by hand, the first of the usual ones that NumPy accepts are taken. Float arrays
among them are what derivatives are taken of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .catalogue import Entry
from .node import Node
from .tree import flatten

X = np.array([0.31, 0.73, 0.58])
Y = np.array([0.45, 0.22, 0.84])
M = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.7, 0.2, 1.2]])
N = np.array([[0.6, -0.3, 0.1], [0.8, 0.5, -0.2], [0.4, 0.9, 0.7]])
S = M @ M.T + np.eye(3)
P = np.array([1.0, -3.0, 0.5])  # a polynomial with real roots
I = np.array([0, 2, 1])
T = np.arange(8.0).reshape(2, 2, 2) ** 1.5 + 1
B = np.array([True, False, True])
BAND = np.array([[0.0, 0.3, 0.2], [3.0, 3.5, 4.0], [0.1, 0.2, 0.0]])  # of a matrix, by diagonals


class Call(NamedTuple):
    """Arguments of one call."""

    args: tuple[Any, ...]
    params: dict[str, Any]


def call(*args: Any, **params: Any) -> Call:
    """Arguments, as one writes them."""
    return Call(args, params)


BY_HAND: dict[str, Call] = {
    "np.acosh": call(X + 1),
    "np.arccosh": call(X + 1),
    "np.append": call(X, Y),
    "np.apply_along_axis": call(lambda v: v * 2, 0, M),
    "np.apply_over_axes": call(np.sum, M, [0]),
    "np.array_split": call(X, 2),
    "np.average": call(X, None, Y),
    "np.bincount": call(I, X),
    "np.block": call([[X, Y]]),
    "np.broadcast_arrays": call(X, M),
    "np.broadcast_to": call(X, (2, 3)),
    "np.astype": call(X, np.float64),
    "np.busday_count": call(X, Y),
    "np.busday_offset": call(X, Y),
    "np.copyto": call(X.copy(), Y),
    "np.fill_diagonal": call(M.copy(), X),
    "np.putmask": call(X.copy(), B, Y),
    "np.can_cast": call(np.float64, np.float32),
    "np.choose": call(I % 2, [X, Y]),
    "np.clip": call(X, 0.4 * np.ones(3), 0.6 * np.ones(3)),
    "np.column_stack": call([X, Y]),
    "np.compress": call(B, X),
    "np.concat": call([X, Y]),
    "np.concatenate": call([X, Y]),
    "np.copysign": call(X, -Y),
    "np.corrcoef": call(X, Y),
    "np.cov": call(X, Y),
    "np.delete": call(X, 1),
    "np.digitize": call(X, np.sort(Y)),
    "np.dsplit": call(T, 2),
    "np.dstack": call([X, Y]),
    "np.einsum": call("ij,j->i", M, X),
    "np.einsum_path": call("ij,j->i", M, X),
    "np.extract": call(B, X),
    "np.fix": call(X * 7.3),
    "np.float_power": call(X, Y),
    "np.floor_divide": call(X * 7.3, Y),
    "np.full_like": call(X, Y),
    "np.geomspace": call(X, Y + 1, 4),
    "np.hsplit": call(M, 3),
    "np.hstack": call([X, Y]),
    "np.insert": call(X, 1, 9.5),
    "np.interp": call(Y, np.sort(X) * 1.3, Y**2),
    "np.isin": call(X, Y),
    "np.in1d": call(X, Y),
    "np.kron": call(X, Y),
    "np.ldexp": call(X, I),
    "np.lexsort": call((X, Y)),
    "np.linspace": call(X, Y, 4),
    "np.logspace": call(X, Y, 4),
    "np.moveaxis": call(M, 0, 1),
    "np.nan_to_num": call(X),
    "np.outer": call(X, Y),
    # of two: NumPy's own power.reduce and arctan2.reduce leave out entries of longer vectors
    "np.power.reduce": call(X[:2]),
    "np.arctan2.reduce": call(X[:2]),
    "np.pad": call(X, 1),
    "np.piecewise": call(X, [X > 0.4], [np.sin, np.cos]),
    "np.place": call(X.copy(), B, Y),
    "np.poly": call(P),
    "np.polydiv": call(P, P[:2]),
    "np.polyfit": call(X, Y, 1),
    "np.polyval": call(P, X),
    "np.put": call(X.copy(), 0, 1.0),
    "np.put_along_axis": call(X.copy(), I, Y, 0),
    "np.ravel_multi_index": call((I, I), (3, 3)),
    "np.repeat": call(X, 2),
    "np.reshape": call(M, (9,)),
    "np.resize": call(X, (5,)),
    "np.roots": call(P),
    "np.save": call("unused.npy", X),
    "np.savetxt": call("unused.txt", X),
    "np.savez": call("unused.npz", X),
    "np.savez_compressed": call("unused.npz", X),
    "np.searchsorted": call(np.sort(X), Y),
    "np.select": call([B, ~B], [X, Y]),
    "np.split": call(X, 3),
    "np.stack": call([X, Y]),
    "np.take": call(X, I),
    "np.take_along_axis": call(X, I, 0),
    "np.tensordot": call(M, N, 1),
    "np.tile": call(X, 2),
    "np.trapz": call(X, np.cumsum(Y)),
    "np.trapezoid": call(X, np.cumsum(Y)),
    "np.unravel_index": call(I, (3, 3)),
    "np.vander": call(X),
    "np.vsplit": call(M, 3),
    "np.vstack": call([X, Y]),
    "np.where": call(B, X, Y),
    "np.roll": call(X, 1),
    "np.rollaxis": call(M, 1),
    "np.swapaxes": call(M, 0, 1),
    "np.quantile": call(X, 0.3),
    "np.percentile": call(X, 30.0),
    "np.nanquantile": call(X, 0.3),
    "np.nanpercentile": call(X, 30.0),
    "np.histogram": call(X, 4, (0.0, 1.0), weights=Y),
    "np.histogram2d": call(X, Y, 2, ((0.0, 1.0), (0.0, 1.0)), weights=Y),
    "np.histogramdd": call(np.stack([X, Y], 1), 2, ((0.0, 1.0), (0.0, 1.0)), weights=Y),
    "np.cross": call(X, Y),
    "np.linalg.cross": call(X, Y),
    "np.linalg.cholesky": call(S),
    "np.linalg.cond": call(M, 1),
    "np.linalg.eigh": call(S),
    "np.linalg.eigvalsh": call(S),
    "np.linalg.lstsq": call(M, X, None),
    "np.linalg.matrix_norm": call(M),
    "np.linalg.matrix_power": call(M, 3),
    "np.linalg.multi_dot": call([M, N, X]),
    "np.linalg.outer": call(X, Y),
    "np.linalg.solve": call(M, X),
    "np.linalg.tensorinv": call(M[:2, :2].reshape(2, 1, 2), ind=2),
    "np.linalg.tensorsolve": call(M, X),
    "np.linalg.vecdot": call(X, Y),
    "np.linalg.vector_norm": call(X),
    "np.fft.fft2": call(M),
    "np.fft.irfft": call(X + 0j),
    **{
        f"scipy.special.{name}": call(1, X)
        for name in "iv ive jn jv jve kv kve yv yve hankel1 hankel1e hankel2 hankel2e".split()
    },
    **{
        f"scipy.special.{name}": call(X, Y, np.array([0.3, 0.6, 0.2]))
        for name in "betainc betaincc betainccinv betaincinv".split()
    },
    "scipy.special.expn": call(2, X),
    "scipy.special.kn": call(2, X),
    "scipy.special.yn": call(2, X),
    "scipy.special.hyp0f1": call(2, X),
    "scipy.special.hyp1f1": call(1, 2, X),
    "scipy.special.hyp2f1": call(1, 2, 3, X),
    "scipy.special.ndtri_exp": call(-X),
}

MATRIX_FIRST = ("np.linalg.", "np.tri", "np.trace", "np.diag", "np.matrix_transpose", "np.matmul")


UFUNCS = [
    (X, Y, X + 1, Y + 1, X + 2),
    (X + 2, Y + 1, X, Y),
    (I + 1, X, Y, X),
    (I + 2, I + 1, X, Y),
    (I + 3, I, I + 1, X),
]
MATRICES: list[Any] = [(M,), (M, N), (M, X), (X, M), (M, 1), (M, 0)]
VECTORS: list[Any] = [(X,), (X, Y), (X, 1), (X, 0, 1)]
OTHERS: list[Any] = [([X, Y],), (T,)]


def probe(entry: Entry) -> Call | None:
    """Arguments for a function, None if none of the usual ones fit.

    For what refuses Nodes, also of integers, they need not fit: float arrays.
    """
    if entry.name in BY_HAND:
        return BY_HAND[entry.name]
    if entry.kind == "refused":
        return next(usual(entry))
    for arguments in usual(entry):
        if accepted(entry.function, arguments):
            return arguments
    return None


def usual(entry: Entry) -> Iterator[Call]:
    """Arguments of the usual forms, the likelier first."""
    method = entry.name.rsplit(".", 1)[-1]
    if method in ("reduce", "accumulate", "reduceat", "outer", "at"):
        by_method = {"reduceat": (X, [0, 2]), "outer": (X, Y)}
        binary = entry.function.__self__.nin == 2
        at = (X.copy(), [0], X[:1]) if binary else (X.copy(), [0])
        yield call(*(at if method == "at" else by_method.get(method, (X,))))
    elif isinstance(entry.function, np.ufunc) and not entry.function.signature:
        n = entry.function.nin
        for args in UFUNCS:
            yield call(*args[:n])
    else:
        matrices = entry.name.startswith(MATRIX_FIRST)
        for args in [*(MATRICES + VECTORS if matrices else VECTORS + MATRICES), *OTHERS]:
            yield call(*args)


def accepted(function: Callable[..., Any], arguments: Call) -> bool:
    """Whether NumPy takes these arguments."""
    try:
        with np.errstate(all="ignore"):
            function(*arguments.args, **arguments.params)
    except Exception:
        return False
    return True


def on_nodes(arguments: Call) -> tuple[Call, list[Node]]:
    """The same arguments with a leaf for every float array, and the leaves."""
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    full = [Node(x) if is_real_array(x) else x for x in flat]
    args, params = rebuild(full)
    return Call(tuple(args), params), [x for x in full if isinstance(x, Node)]


def is_real_array(x: Any) -> bool:
    """Whether a derivative can be taken of ``x``."""
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"
