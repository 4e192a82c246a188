"""Calls as source: what is printed for every row computes what the row does."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.sources import Namespace, call

ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in ag.ops.every_row()
    for k, sample in enumerate(op.samples)
]


@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_source_of_every_row_computes_what_it_does(op, sample):
    args, params = sample(np.random.default_rng(3))
    names = Namespace()
    operands = [f"x{i}" for i in range(len(args))]
    source = call(op, operands, params, names)
    scope = {"np": np, **names, **dict(zip(operands, args, strict=True))}
    if "scipy" in source:
        scope["scipy"] = pytest.importorskip("scipy.special") and __import__("scipy.special")
    got, wanted = eval(source, scope), op.forward(*args, **params)
    parts = (got, wanted) if isinstance(wanted, tuple) else ((got,), (wanted,))
    for x, y in zip(*parts, strict=True):
        np.testing.assert_array_equal(x, y)
        assert np.asarray(x).dtype == np.asarray(y).dtype


def test_a_function_of_ones_own_is_called_by_its_name():
    double = ag.primitive(lambda x: 2 * x)
    double.name = "double"
    names = Namespace()
    assert call(double, ["x"], {}, names) == "double(x)"
    assert names == {"double": double.forward}
    other = ag.primitive(lambda x: 3 * x)
    other.name = "double"
    assert call(other, ["x"], {}, names) == "double_2(x)"


def test_a_name_that_is_no_identifier_is_never_written():
    evil = ag.primitive(lambda x: x)
    evil.name = "__import__('os').system('true')#"
    names = Namespace()
    assert call(evil, ["x"], {}, names) == "thing(x)"
