"""Every row on Dask's chunked arrays: nothing is computed early, and what Dask lacks is named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from tests.autograd_core.arrays.rows import ROWS, Call, names

dask = pytest.importorskip("dask", reason="the extra dask is not installed")
da = pytest.importorskip("dask.array", reason="the extra dask is not installed")

COMPUTED = "Dask was asked for numbers while a graph was recorded or swept"
IN_FULL = {"vecdot", "matvec", "vecmat", "reshape", "fft", "ifft", "rfft", "irfft", "inv", "svd"}
"""Rows for which Dask wants the axes that they work along in one chunk."""
LACKS = {
    *("convolve", "linspace", "geomspace", "roots", "i0", "psi", "lambertw", "convolve_nd"),
    *("solve", "inv", "pinv", "lstsq", "adjugate", "det", "slogdet", "cholesky", "qr"),
    *("eigh", "eigvalsh", "eig", "eigvals", "svd", "svdvals", "norm", "polar", "nuclear_norm"),
    *("subtract_reduce", "subtract_accumulate", "hypot_reduce", "logaddexp2_reduce"),
    *("maximum_accumulate", "minimum_accumulate", "fmax_accumulate", "fmin_accumulate"),
    *("logaddexp_accumulate", "logaddexp2_accumulate"),
    *("solve_triangular", "solve_banded", "solve_sylvester", "solve_discrete_lyapunov", "lu"),
    *("expm", "logm", "sqrtm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"),
}
"""Rows that Dask has no function for, or no such form of it, at one sample at least."""

LONG = {
    *("betainc", "betaincc", "betaincinv", "betainccinv", "stdtr", "stdtrit"),
    *("gammainc", "gammaincc", "gammaincinv", "gammainccinv", "zeta", "zetac"),
}
"""Rows whose slopes are so many operations that Dask takes seconds to plan them."""


def late(row):
    """Whether a row waits for the night: a long one, or one more sample of an ordinary one."""
    op, k = row
    return op.name in LONG or k > (0 if op.entrywise else 1)


CHOSEN = [
    pytest.param(row, marks=pytest.mark.nightly if late(row) else pytest.mark.slow) for row in ROWS
]


def chunked(pieces, whole=()):
    """A maker of Dask arrays of so many pieces along an axis."""

    def wrap(x):
        chunks = [
            max(1, n) if axis in whole else max(1, -(-n // pieces))
            for axis, n in enumerate(np.shape(x))
        ]
        return da.from_array(x, chunks=tuple(chunks))

    return wrap


@pytest.fixture
def unasked():
    """Dask raises where numbers are asked for."""

    def refuse(graph, keys, **options):
        raise AssertionError(COMPUTED)

    with dask.config.set(scheduler=refuse):
        yield


def outcome(row, wrap):
    """Derivatives on Dask's arrays, or the error that says what is lacking."""
    call = Call(row, wrap)
    try:
        return call.derivatives()
    except (ag.errors.ArrayLibraryError, ag.errors.OperationError) as error:
        return error


@pytest.mark.parametrize("row", CHOSEN, ids=names)
@pytest.mark.filterwarnings("ignore::dask.array.core.PerformanceWarning")
def test_rows(row, unasked):
    op, _ = row
    found = outcome(row, chunked(2))
    if isinstance(found, Exception) and op.name in IN_FULL:
        found = outcome(row, chunked(1))
    if isinstance(found, Exception):
        assert op.name in LACKS
        assert "dask" in str(found)
        return
    with dask.config.set(scheduler="synchronous"), np.errstate(all="ignore"):
        for x, y in zip(found, Call(row).derivatives(), strict=True):
            assert isinstance(x, da.Array)
            assert x.dtype == np.asarray(y).dtype
            np.testing.assert_allclose(x.compute(), y, rtol=1e-11, atol=1e-12)


def test_structural_zeros_without_looking(unasked):
    f = lambda x: np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 0.0)), 0.0))
    found = ag.grad(f)(da.from_array(np.array([0.0, 2.0, -1.0]), chunks=2))
    with dask.config.set(scheduler="synchronous"), np.errstate(all="ignore"):
        np.testing.assert_array_equal(found.compute(), [0.0, 0.5, 0.0])


def test_backward_hvp_and_jvp_without_looking(unasked, rng):
    X, w, v = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=3)
    f = lambda X, w: np.mean(np.log1p(np.exp(-(X @ w)))) + np.sum(w**2)
    chunks = da.from_array(X, chunks=(2, 3))
    leaf = ag.Node(da.from_array(w, chunks=3))
    f(chunks, leaf).backward()
    twice = ag.hvp(lambda w: f(chunks, w))(da.from_array(w, chunks=3), da.from_array(v, chunks=3))
    with dask.config.set(scheduler="synchronous"):
        np.testing.assert_allclose(leaf.grad.compute(), ag.grad(f, 1)(X, w), rtol=1e-12)
        expected = ag.hvp(lambda w: f(X, w))(w, v)
        np.testing.assert_allclose(twice.compute(), expected, rtol=1e-12)


def test_a_node_of_an_array_is_shown_without_looking(unasked):
    x = ag.Node(da.ones((4, 2), chunks=2), name="x")
    assert repr(x) == "Node(not computed, dask, shape=(4, 2), dtype=float64, name='x')"
    assert (x.size, x.shape) == (8, (4, 2))


def test_numpys_parameters_with_dasks_data(rng):
    X, w = rng.normal(size=(6, 3)), rng.normal(size=3)
    f = lambda w, X: np.sum(np.tanh(X @ w) ** 2)
    found = ag.grad(f)(w, da.from_array(X, chunks=(2, 3)))
    np.testing.assert_allclose(np.asarray(found), ag.grad(f)(w, X), rtol=1e-12)


def test_vmap_jacobian_and_pictures_without_a_warning(rng):
    X = rng.normal(size=(4, 2))
    f = lambda x: np.sum(np.tanh(x) ** 3)
    chunks = da.from_array(X, chunks=(2, 2))
    for transform in (
        lambda: ag.vmap(ag.grad(f)),
        lambda: ag.jacobian(np.tanh),
        lambda: ag.hessian(f),
    ):
        np.testing.assert_allclose(np.asarray(transform()(chunks)), transform()(X), rtol=1e-12)
    assert "tanh" in ag.draw(f(ag.Node(chunks))).source
    assert "tanh" in str(ag.explain(f(ag.Node(chunks))))


def test_what_dask_lacks_is_named_with_the_cure():
    x = ag.Node(da.ones((2, 2), chunks=1))
    message = r"det\(dask float64\[2, 2\]\) expected arrays whose library has numpy\.linalg\.det"
    with pytest.raises(ag.errors.ArrayLibraryError, match=message) as caught:
        np.linalg.det(x)
    assert "x.compute()" in str(caught.value)


PAGE = (Path(ag.__file__).parent / "docs" / "arrays.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "rows"), [("lacking", LACKS), ("in one chunk", IN_FULL)], ids=["lacks", "chunks"]
)
def test_the_page_lists_what_is_found_here(words, rows):
    (line,) = re.findall(rf"^{words}: (.*)$", PAGE, re.MULTILINE)
    assert line.split() == sorted(rows)


def test_the_page_says_what_its_program_prints(capsys):
    space = {"np": np, "ag": ag}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, space)
    assert f"prints `{capsys.readouterr().out.strip()}`" in PAGE
    X, y = da.ones((4, 2), chunks=2), da.zeros(4, chunks=2)
    np.testing.assert_allclose(np.asarray(ag.grad(space["loss"])(np.zeros(2), X, y)), 0.5)
