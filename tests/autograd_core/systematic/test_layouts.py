"""Every row × sample × dtype × layout of its arrays × mode, compiled or not.

By default a few rows; ``-m nightly`` runs all, 139,000 comparisons of arrays in 6 minutes on one
core. What they are compared with holds by differences, and by the complex step where the function
is analytic.
"""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.compiler.native import available
from autograd_core.errors import CompileWarning

spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)

OPS = [op for op in ag.ops.every_row() if op.samples]
KINDS = (np.float32, np.float64, np.complex128)
REAL = {"sign", "ive", "jve", "yve"}
"""Rows that refuse complex numbers in their derivative though they compute with them."""
SYMMETRIC = {"eigh", "cholesky"}
STEP = 1e-5


def each(ops, *marks):
    return pytest.mark.parametrize(
        "op", [pytest.param(op, id=f"{i}-{op.name}", marks=marks) for i, op in enumerate(ops)]
    )


def cases_of(op, kinds):
    """The row at its samples in these dtypes, of those that NumPy takes."""
    for sample in op.samples:
        for kind in kinds:
            if kind is np.complex128 and op.name in REAL:
                continue
            try:
                case = cases.Case(op, sample, kind)
            except TypeError:
                continue
            yield case, kind


def layouts_agree(op, kinds=KINDS):
    count = 0
    for case, kind in cases_of(op, kinds):
        for mode in cases.MODES:
            wanted = mode(case, case.xs, case.g, case.ts)
            for layout in cases.LAYOUTS:
                moved = cases.Case(op, lambda rng, c=case: (c.args, c.params), kind)
                moved.args = list(map(layout, case.args))
                xs, ts = [moved.args[i] for i in moved.free], list(map(layout, case.ts))
                got = mode(moved, xs, layout(case.g), ts)
                what = (op.name, kind.__name__, layout.__name__, mode.__name__)
                count += cases.same(got, wanted, cases.TOLERANCE[kind], what)
                for x, before in zip(xs, case.xs, strict=True):
                    np.testing.assert_array_equal(x, before)  # no argument was written to
    return count


def compiled_agrees(op, backend, kinds=KINDS):
    count = 0
    for case, kind in cases_of(op, kinds):
        n = len(case.xs)
        for mode in cases.MODES:
            f = lambda *a, case=case, mode=mode, n=n: tuple(mode(case, a[:n], a[n], a[n + 1 :]))
            args = (*case.xs, case.g, *case.ts)
            wanted = f(*args)
            compiled = ag.compile(f, backend=backend)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", CompileWarning)
                for layout in (np.array, np.array, *cases.LAYOUTS):
                    got = compiled(*map(layout, args))
                    what = (op.name, kind.__name__, layout.__name__, mode.__name__, backend)
                    count += cases.same(got, wanted, cases.TOLERANCE[kind], what)
    return count


def oracles_agree(op):
    """Tangents, cotangents and both second orders by differences, in float64."""
    count = 0
    for case, _ in cases_of(op, (np.float64,)):
        xs, g, ts = case.xs, case.g, case.ts
        moved = [[x + h * t for x, t in zip(xs, ts, strict=True)] for h in (STEP, -STEP)]
        by_differences = cases.inner(
            [g], [(case.plain(*moved[0]) - case.plain(*moved[1])) / (2 * STEP)]
        )
        tangent = cases.inner([g], [ag.jvp(case, xs, ts)[1]])
        gradient = lambda *ys, case=case, g=g: ag.vjp(case, *ys)[1](g)
        cotangent = cases.inner(gradient(*xs), ts)
        close = {"rel": 1e-6, "abs": 1e-6}
        assert tangent == pytest.approx(by_differences, **close)
        assert cotangent == pytest.approx(by_differences, **close)
        second = [
            np.subtract(a, b) / (2 * STEP)
            for a, b in zip(gradient(*moved[0]), gradient(*moved[1]), strict=True)
        ]
        after = cases.second_order(case, xs, g, ts)
        forward, size = after[len(xs) :], 1 + max(np.abs(x).max(initial=0) for x in after)
        for x, y in zip(forward, second, strict=True):
            np.testing.assert_allclose(x, y, rtol=2e-5, atol=2e-5 * size)
        count += 2 + len(second) + complex_step_agrees(case, tangent, by_differences)
    return count


def complex_step_agrees(case, tangent, by_differences):
    """To nearly all digits, where the function goes on into the complex plane."""
    if any(np.iscomplexobj(x) for x in (*case.xs, case.value)):
        return 0
    try:
        there = case.plain(*(x + 1e-30j * t for x, t in zip(case.xs, case.ts, strict=True)))
    except (TypeError, ValueError, NotImplementedError):
        return 0
    stepped = cases.inner([case.g], [np.imag(there) / 1e-30])
    if stepped != pytest.approx(by_differences, rel=1e-4, abs=1e-4):
        return 0  # it takes real parts or compares on the way
    assert tangent == pytest.approx(stepped, rel=1e-9, abs=1e-9)
    return 1


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        yield


FEW = OPS[::40]


@each(FEW)
def test_some_rows_in_every_layout(op):
    layouts_agree(op, (np.float64,))


@each(OPS[1::90])
def test_some_rows_compiled_in_every_layout(op):
    compiled_agrees(op, "numpy", (np.float32,))


@each(FEW)
def test_some_rows_by_differences_and_complex_step(op):
    oracles_agree(op)


@pytest.mark.nightly
@each(OPS)
def test_every_row_in_every_layout(op, record_property):
    record_property("cases", layouts_agree(op))


@pytest.mark.nightly
@each(OPS)
def test_every_row_compiled_for_numpy_in_every_layout(op, record_property):
    record_property("cases", compiled_agrees(op, "numpy"))


@pytest.mark.nightly
@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@each(OPS)
def test_every_row_compiled_natively_in_every_layout(op, record_property):
    record_property("cases", compiled_agrees(op, "native"))


@pytest.mark.nightly
@each(OPS)
def test_every_row_by_differences_and_complex_step(op, record_property):
    record_property("cases", oracles_agree(op))
