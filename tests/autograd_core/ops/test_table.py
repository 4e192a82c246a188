"""Every row of the tables, at every sample: both modes, both orders, every dtype.

A row that is added to a table is tested here without a line of its own.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.primitive import Primitive
from autograd_core.registry import RULES

OPS = ag.ops.every_row()
SCIPY = np.lib.NumpyVersion(getattr(sys.modules.get("scipy"), "__version__", "1.15.0"))
ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in OPS
    for k, sample in enumerate(op.samples)
]
ENTRYWISE = [pytest.param(op, op.samples[0], id=op.name) for op in OPS if op.scalar is not None]
each_row = pytest.mark.parametrize(("op", "sample"), ROWS)
each_entrywise = pytest.mark.parametrize(("op", "sample"), ENTRYWISE)

ORDERED = {"maximum", "minimum", "fmax", "fmin", "clip", "max", "min", "nanmax", "nanmin"}
"""Rows that compare: NumPy orders complex numbers by their real parts first."""
REAL_ONLY = {"rint", "sign", "astype", "eigh", "svd", "ive", "jve", "yve"}
"""Rows without a complex derivative although NumPy computes a complex value.

Of ``eigh`` and ``svd`` it is one up to the phases of vectors; their own tests look at the rest.
"""
WIDENING = {
    *("float_power", "geomspace", "fft", "ifft", "rfft"),
    *("polygamma", "zeta", "lambertw", "yn", "kn", "expn", "hyp2f1"),
    *("solve_triangular", "solve_banded", "solve_sylvester", "solve_discrete_lyapunov", "lu"),
    *("expm", "logm", "sqrtm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm"),
}
"""Rows whose result NumPy gives in a wider dtype than its arguments'."""


def widens(op, kind):
    """Whether NumPy or SciPy computes in a wider dtype: SciPy has no loops for float16."""
    types = getattr(op.forward, "types", ["e->e"])
    return op.name in WIDENING or (kind is np.float16 and not any("e" in t for t in types))


class Case:
    """A row at a sample, as a function of the arguments that have a derivative."""

    def __init__(self, op, sample, kind=None):
        rng = np.random.default_rng(20)
        args, self.params = sample(rng)
        self.op, self.args = op, [locked(x, rng, kind) for x in args]
        self.free = [i for i, x in enumerate(self.args) if np.asarray(x).dtype.kind in "fc"]
        self.xs = [self.args[i] for i in self.free]
        self.value = joined(op.forward(*self.args, **self.params))
        self.g = locked(rng.normal(size=np.shape(self.value)), rng, np.asarray(self.value).dtype)
        self.ts = [locked(rng.normal(size=np.shape(x)), rng, np.asarray(x).dtype) for x in self.xs]

    def __call__(self, *xs):
        full = list(self.args)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        return joined(self.op(*full, **self.params))


def joined(out):
    """Several results as one."""
    return np.concatenate([np.ravel(x) for x in out]) if isinstance(out, tuple) else out


def locked(x, rng, kind):
    """``x`` read-only, in the dtype ``kind`` where it is of a floating one."""
    x = np.array(x)
    kind = np.result_type(kind, np.complex64) if kind is not None and x.dtype.kind == "c" else kind
    if kind is not None and x.dtype.kind in "fc":
        imaginary = (
            0.3j * rng.normal(size=x.shape)
            if np.dtype(kind).kind == "c" and x.dtype.kind == "f"
            else 0
        )
        x = np.array(x + imaginary).astype(kind)
    x.flags.writeable = False
    return x


def inner(xs, ys):
    """The real inner product of two lists of arrays, in the widest precision."""
    return sum(
        float(np.sum(np.conj(x) * y).real)
        for x, y in zip(map(wide, xs), map(wide, ys), strict=True)
    )


def wide(x):
    return np.asarray(x).astype(np.complex128 if np.iscomplexobj(x) else np.float64)


def case_in(op, sample, kind):
    try:
        return Case(op, sample, kind)
    except (TypeError, DeprecationWarning):  # SciPy 1.18 warns of float16
        pytest.skip(f"NumPy or SciPy refuses {kind.__name__} arguments")


def complex_case(op, sample):
    if op.name in ORDERED | REAL_ONLY:
        pytest.skip("no complex derivative")
    return case_in(op, sample, np.complex128)


def test_every_registered_primitive_is_in_the_table():
    registered = {id(rule) for rule in RULES.values() if isinstance(rule, Primitive)}
    assert registered <= {id(op) for op in OPS}


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_row_says_where_it_is_smooth(op):
    assert op.samples


@each_row
def test_derivatives_to_second_order(op, sample):
    case = Case(op, sample)
    assert ag.check_grads(case, case.xs, order=2) < 1e-6


@each_row
def test_adjoint_identity_is_exact(op, sample):
    case = Case(op, sample)
    forward = inner([case.g], [ag.jvp(case, case.xs, case.ts)[1]])
    reverse = inner(ag.vjp(case, *case.xs)[1](case.g), case.ts)
    assert forward == pytest.approx(reverse, rel=1e-13, abs=1e-13)


@each_row
@pytest.mark.parametrize(
    "kind", [np.float16, np.float32, np.float64], ids=lambda kind: kind.__name__
)
def test_result_has_numpys_dtype_and_gradient_its_variables(op, sample, kind):
    case = case_in(op, sample, kind)
    value, pullback = ag.vjp(case, *case.xs)
    assert np.asarray(value).dtype == np.asarray(case.value).dtype
    np.testing.assert_array_equal(value, case.value)
    if "dtype" not in case.params and not widens(op, kind):
        assert (
            np.finfo(np.asarray(value).dtype).eps >= np.finfo(kind).eps
            or case.xs[0].dtype.kind == "c"
        )
    for x, c in zip(case.xs, pullback(case.g), strict=True):
        assert (np.shape(c), np.asarray(c).dtype) == (x.shape, x.dtype)
    tangent = ag.jvp(case, case.xs, case.ts)[1]
    assert (np.shape(tangent), np.asarray(tangent).dtype) == (
        np.shape(value),
        np.asarray(value).dtype,
    )


@each_row
def test_float32_derivatives_are_right(op, sample):
    narrow, full = Case(op, sample, np.float32), Case(op, sample)
    pulled = ag.vjp(narrow, *narrow.xs)[1](narrow.g)
    exact = ag.vjp(full, *full.xs)[1](full.g)
    for c, e in zip(pulled, exact, strict=True):
        np.testing.assert_allclose(c, e, rtol=2e-5, atol=2e-5)


@each_row
def test_complex_derivatives(op, sample):
    case = complex_case(op, sample)
    if SCIPY < "1.15.0" and op.name == "hyp1f1":
        pytest.skip("before SciPy 1.15 its values at complex arguments were wrong")
    assert ag.check_grads(case, case.xs, order=2) < 1e-6
    for x, c in zip(case.xs, ag.vjp(case, *case.xs)[1](case.g), strict=True):
        assert (np.shape(c), np.asarray(c).dtype) == (x.shape, np.complex128)


@each_row
def test_rule_on_nodes_equals_rule_on_arrays(op, sample):
    case = Case(op, sample)
    plain = ag.vjp(case, *case.xs)[1](case.g)
    recorded = ag.vjp(case, *map(ag.Node, case.xs))[1](case.g)
    for c, node in zip(plain, recorded, strict=True):
        np.testing.assert_allclose(getattr(node, "value", node), c, rtol=1e-15, atol=1e-16)
    moved = ag.jvp(case, case.xs, case.ts)[1]
    recorded = ag.jvp(case, tuple(map(ag.Node, case.xs)), case.ts)[1]
    np.testing.assert_allclose(getattr(recorded, "value", recorded), moved, rtol=1e-15, atol=1e-16)


@each_row
def test_backward_agrees_with_vjp(op, sample):
    case = Case(op, sample)
    leaves = list(map(ag.Node, case.xs))
    case(*leaves).backward(case.g)
    for leaf, c in zip(leaves, ag.vjp(case, *case.xs)[1](case.g), strict=True):
        np.testing.assert_array_equal(leaf.grad, c)
        assert type(leaf.grad) in (np.ndarray, np.float64)


@each_row
def test_structural_zeros_pass_through_the_row(op, sample):
    """With every entry of the result unselected, nothing reaches the arguments."""
    case = Case(op, sample)

    def hidden(*xs):
        # 1/0 is infinite upstream of the row, and where() hides all of the row's result
        return np.sum(np.where(np.zeros(np.shape(case.value), bool), case(*xs), 0.0))

    for c in ag.vjp(hidden, *case.xs)[1](1.0):
        np.testing.assert_array_equal(c, 0.0)


@each_entrywise
def test_zero_dimensions(op, sample):
    case = Case(op, sample)
    first = [np.asarray(x).reshape(-1)[0].item() for x in case.args]
    if any(isinstance(x, complex) for x in first):
        pytest.skip("complex numbers are tested as arrays")
    for make in (float, np.float64, np.array):
        args = [make(x) if i in case.free else x for i, x in enumerate(first)]
        value, pullback = ag.vjp(
            lambda *xs, args=args: op(*with_free(args, case.free, xs)), *free(args, case.free)
        )
        assert np.shape(value) == ()
        assert value == pytest.approx(op.forward(*first), nan_ok=True)
        whole = pullback(1.0)
        for c in whole:
            assert np.shape(c) == ()
            if make is float:
                assert type(c) is float
        slopes = ag.jvp(
            lambda *xs, args=args: op(*with_free(args, case.free, xs)),
            free(args, case.free),
            [1.0] * len(case.free),
        )[1]
        assert slopes == pytest.approx(sum(whole))


def free(args, which):
    return [args[i] for i in which]


def with_free(args, which, xs):
    full = list(args)
    for i, x in zip(which, xs, strict=True):
        full[i] = x
    return full
