"""Programs written by hand, line by line, which NumPy runs while they are written."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from autograd_core.compiler.program import Argument, Line, Memory, Program, Var, mapped


class Writer:
    """Writes a program; ``values`` has what NumPy made of each Var."""

    def __init__(self):
        self.inputs, self.lines, self.values = [], [], {}

    def var(self, value):
        weak = type(value) in (int, float)
        x = Var(len(self.values), np.shape(value), np.asarray(value).dtype, weak)
        self.values[x] = value
        return x

    def input(self, value, source=None):
        x = self.var(value)
        self.inputs.append((x, source or Argument(len(self.inputs))))
        return x

    def memory(self, array):
        return self.input(array, Memory(array))

    def value(self, x):
        return mapped(x, lambda y: self.values[y] if isinstance(y, Var) else y)

    def __call__(self, function, *args, **params):
        with np.errstate(all="ignore"):
            value = function(*self.value(args), **self.value(params))
        weak = all(x.weak if isinstance(x, Var) else type(x) in (int, float) for x in args)
        if weak and isinstance(value, np.generic):
            value = value.item()
        x = self.var(value)
        self.lines.append(Line(x, function, args, params))
        return x

    def item(self, x, *index):
        return self(operator.getitem, x, index if len(index) != 1 else index[0])

    def program(self, *results, writes=(), guards=()):
        return Program(self.inputs, self.lines, list(results), list(writes), list(guards))

    def run(self, program, runner, copy=True):
        given = [np.array(v) if isinstance(v, np.ndarray) and copy else v for v in self.given()]
        return runner(*given)

    def given(self):
        return [self.values[x] for x, _ in self.inputs]


@pytest.fixture
def write():
    return Writer()


@pytest.fixture
def native(tmp_path, monkeypatch):
    pytest.importorskip("llvmlite")
    from autograd_core.compiler import native

    monkeypatch.setenv("AUTOGRAD_CORE_CACHE", str(tmp_path / "cache"))
    return native


@pytest.fixture
def check(write, native):
    """Runs what was written natively, twice, and compares it with NumPy's values."""

    def checked(*results, left=0, rtol=None):
        program = write.program(*results)
        runner = native.runner(program)
        assert native.report(program)["lines"] - native.report(program)["native"] == left
        for _ in range(2):
            for x, got in zip(results, write.run(program, runner), strict=True):
                want = write.values[x]
                assert np.shape(got) == np.shape(want)
                assert np.asarray(got).dtype == np.asarray(want).dtype
                assert (type(got) is float) == (type(want) is float)
                tight = 3e-6 if np.asarray(want).dtype == np.float32 else 1e-13
                np.testing.assert_allclose(got, want, rtol=rtol or tight, atol=rtol or tight)
        return runner

    return checked
