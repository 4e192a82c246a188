"""Every row on arrays that have NumPy's protocols and nothing else, and what they cannot do."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from tests.autograd_core.arrays.protocol import ProtocolArray
from tests.autograd_core.arrays.rows import ROWS, Call, flat, names

CONVERTS = {
    *("lambertw", "convolve_nd", "lu", "solve_triangular", "solve_banded"),
    *("solve_sylvester", "solve_discrete_lyapunov", "expm", "logm", "sqrtm"),
    *("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"),
}
"""Functions of SciPy's that are no ufuncs: they make NumPy arrays of whatever they are handed."""


def converts(row):
    op, k = row
    complex_psi = op.name == "psi" and k == 2  # its slope is a polygamma of complex numbers
    return op.name in CONVERTS or complex_psi


@pytest.mark.parametrize("row", [r for r in ROWS if not converts(r)], ids=names)
def test_results_and_derivatives_are_arrays_of_the_library_and_numpys_numbers(row):
    found, expected = Call(row, ProtocolArray), Call(row)
    for x, y in zip(found.derivatives(), expected.derivatives(), strict=True):
        assert type(x) is ProtocolArray
        assert x.dtype == np.asarray(y).dtype
        np.testing.assert_allclose(x.get(), y, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("row", [r for r in ROWS if not converts(r)], ids=names)
def test_recorded_derivatives(row):
    found, expected = Call(row, ProtocolArray), Call(row)
    for x, y in zip(found.recorded(), expected.recorded(), strict=True):
        assert type(x) is ProtocolArray
        np.testing.assert_allclose(x.get(), y, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("row", [r for r in ROWS if converts(r)], ids=names)
def test_functions_that_convert_are_refused_by_name(row):
    op, _ = row
    name = "polygamma" if op.name == "psi" else op.name
    with pytest.raises(
        ag.errors.ArrayLibraryError, match=rf"{name}\(.* expected .*, got tests arrays"
    ):
        Call(row, ProtocolArray).derivatives()


def test_structural_zeros():
    x = np.array([0.0, 2.0, -1.0])
    f = lambda x: np.sum(np.where(x > 0, np.log(np.where(x > 0, x, 0.0)), 0.0))
    with np.errstate(divide="ignore"):
        found = ag.grad(f)(ProtocolArray(x))
    np.testing.assert_array_equal(found.get(), [0.0, 0.5, 0.0])


def test_a_gradient_that_is_undefined_stays_so():
    found = ag.grad(lambda x: np.sum(np.sqrt(x) ** 2))(ProtocolArray(np.array([0.0, 1.0])))
    np.testing.assert_array_equal(found.get(), [np.nan, 1.0])


def test_backward_gives_every_leaf_an_array_of_its_own():
    x, y = (ag.Node(ProtocolArray(np.ones(2))) for _ in range(2))
    seed = ProtocolArray(np.array([3.0, 4.0]))
    (x + y).backward(seed)
    assert len({id(x.grad), id(y.grad), id(seed)}) == 3
    x.backward(seed)
    np.testing.assert_array_equal(x.grad.get(), [6.0, 8.0])


def test_second_derivatives():
    x = np.array([0.3, -1.2, 0.0])
    f = lambda x: np.sum(np.abs(x) ** 2 * np.sin(x) + np.cumprod(x) * np.tanh(x[::-1]))
    v = np.array([1.0, -0.5, 2.0])
    found = ag.hvp(f)(ProtocolArray(x), ProtocolArray(v))
    np.testing.assert_allclose(found.get(), ag.hvp(f)(x, v), rtol=1e-13)


def test_numbers_of_a_node():
    x = ag.Node(ProtocolArray(np.float64(2.5)), name="x")
    assert x.item() == 2.5
    assert f"{x:.1f}" == "2.5"
    assert repr(x) == "Node(2.5, shape=(), dtype=float64, name='x')"


def test_assign_takes_an_array_of_the_library():
    x = ag.Node(ProtocolArray(np.ones(2)))
    x.assign(ProtocolArray(np.zeros(2)))
    assert type(x.value) is ProtocolArray


def test_drawn_and_explained():
    x = ag.Node(ProtocolArray(np.array([1.0, 2.0])), name="x")
    y = np.sum(np.sin(x) * x)
    assert "2.66" in str(ag.draw(y).source)
    assert "cos" in str(ag.explain(y))


def mapped(row, wrap):
    """Value and first derivatives of a row for two examples at once."""

    def one(*xs):
        call = Call(row, wrap)
        call.xs = xs
        return tuple(flat(call.derivatives()))

    return ag.vmap(one)(*[wrap(np.stack([x, x])) for x in Call(row).xs])


@pytest.mark.parametrize("row", [r for r in ROWS if not converts(r)], ids=names)
def test_vmap(row):
    found, expected = mapped(row, lambda x: ProtocolArray(np.asarray(x))), mapped(row, np.asarray)
    for x, y in zip(found, expected, strict=True):
        assert type(x) is ProtocolArray
        np.testing.assert_allclose(x.get(), y, rtol=1e-12, atol=1e-13)


def test_jacobian_and_hessian():
    x = np.arange(6.0).reshape(3, 2) / 7
    f, g = (lambda x: np.tanh(x) @ np.transpose(x)), (lambda x: np.sum(np.tanh(x) ** 3))
    for mode in ("reverse", "forward"):
        found = ag.jacobian(f, mode=mode)(ProtocolArray(x))
        np.testing.assert_allclose(found.get(), ag.jacobian(f)(x), rtol=1e-12)
    np.testing.assert_allclose(ag.hessian(g)(ProtocolArray(x)).get(), ag.hessian(g)(x), rtol=1e-12)
    none = ag.jacobian(lambda x: np.sign(x))(ProtocolArray(x))
    np.testing.assert_array_equal(none.get(), np.zeros((3, 2, 3, 2)))


def test_compiled_functions_take_numpys_arrays():
    message = r"A compiled function expected arrays of NumPy's, got tests's ProtocolArray"
    with pytest.raises(ag.errors.ArgumentTypeError, match=message):
        ag.compile(np.sin)(ProtocolArray(np.ones(2)))
    x = ag.Node(ProtocolArray(np.ones(2)))
    with pytest.raises(ag.errors.ArgumentTypeError, match=message), ag.no_grad():
        ag.compile(np.sin)(x)
    np.sum(ag.compile(np.sin)(x)).backward()  # part of a graph that is recorded, it runs as it is
    np.testing.assert_allclose(x.grad.get(), np.cos(np.ones(2)))


def test_a_function_that_closes_over_such_arrays_runs_as_it_is():
    weights = ag.Node(ProtocolArray(np.arange(3.0)))
    f = lambda a: np.sum(np.sin(weights) * a)
    compiled = ag.compile(f)
    with pytest.warns(ag.errors.CompileWarning, match="gave tests float64.3., no array of NumPy's"):
        assert compiled(2.0).item() == f(2.0).item()
    assert compiled(3.0).item() == f(3.0).item()
    with pytest.raises(ag.errors.CompileError, match="no array of NumPy's"):
        ag.compile(f, strict=True)(2.0)
