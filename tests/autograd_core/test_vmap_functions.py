"""Every function of the catalogue, mapped: as a loop over the examples, whatever it decides on."""

from __future__ import annotations

import warnings
from unittest import mock

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.batching import batched
from autograd_core.catalogue import catalogue
from autograd_core.docs.looping import REASONS
from autograd_core.probes import is_real_array, probe
from autograd_core.tree import flatten

SIZE = 3
NO_ARRAYS = {
    *("np.array2string", "np.array_repr", "np.array_str", "np.einsum_path"),
    *("np.common_type", "np.min_scalar_type", "np.result_type"),
}
"""Functions whose answer is a text or a dtype."""


def cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry in catalogue():
            named = entry.kind in ("differentiable", "query") and entry.name not in NO_ARRAYS
            arguments = probe(entry) if named and entry.name != "np.empty_like" else None
            if arguments and any(map(is_real_array, flatten(arguments)[0])):
                yield pytest.param(entry, arguments, id=entry.name)


class Case:
    """A function of the float arrays among its arguments; it returns a list."""

    def __init__(self, entry, arguments):
        self.function = entry.function
        self.flat, self.rebuild = flatten((list(arguments.args), arguments.params))
        self.free = [i for i, x in enumerate(self.flat) if is_real_array(x)]
        scales = 1 + 0.001 * np.arange(SIZE)
        self.xs = [np.stack([self.flat[i] * s for s in scales]) for i in self.free]

    def __call__(self, *xs):
        full = list(self.flat)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        args, params = self.rebuild(full)
        return flatten(self.function(*args, **params))[0]

    def total(self, *xs):
        outs = [out for out in self(*xs) if hasattr(out, "dtype") and out.dtype.kind in "fc"]
        return sum(np.sum(np.real(out) ** 2 + np.imag(out) ** 2) for out in outs)


LOOPED = {name for names in REASONS.values() for name in names}


@pytest.mark.parametrize(("entry", "arguments"), list(cases()))
@pytest.mark.filterwarnings("ignore")
def test_as_the_loop(entry, arguments):
    case = Case(entry, arguments)
    with mock.patch.object(batched, "stacked", wraps=batched.stacked) as loop:
        ours = ag.vmap(case)(*case.xs)
    assert loop.called == (entry.name in LOOPED), "docs/looping.py names what is computed in turn"
    each = [case(*xs) for xs in zip(*case.xs, strict=True)]
    for out, outs in zip(ours, zip(*each, strict=True), strict=True):
        wanted = np.stack([np.asarray(x) for x in outs])
        assert (np.shape(out), np.asarray(out).dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_allclose(out, wanted, rtol=1e-12, atol=1e-12)

    argnums = tuple(range(len(case.xs)))
    if entry.kind != "differentiable":
        return
    gradient = ag.grad(case.total, argnums)
    try:
        each = [gradient(*xs) for xs in zip(*case.xs, strict=True)]
    except ag.AutogradError:
        return  # not by all of its arguments at once
    # inside vmap they are those of the sum outside, which test_vmap_rows.py looks at
    for c, *rows in zip(ag.vmap(gradient)(*case.xs), *each, strict=True):
        np.testing.assert_allclose(c, np.stack(rows), rtol=1e-9, atol=1e-9)
