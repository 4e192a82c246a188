"""checkpoint: the same values and derivatives without the intermediate values."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag

X = np.array([0.5, -1.0, 2.0])


# checkpoint


def two_steps(x):
    return np.sum(np.tanh(np.sin(x) * x) ** 2)


def test_checkpoint_changes_nothing():
    lean = ag.checkpoint(two_steps)
    assert lean(X) == two_steps(X)
    np.testing.assert_allclose(ag.grad(lean)(X), ag.grad(two_steps)(X), rtol=1e-14)
    np.testing.assert_allclose(ag.hessian(lean)(X), ag.hessian(two_steps)(X), rtol=1e-12)
    np.testing.assert_allclose(
        ag.jacobian(ag.grad(lean), mode="reverse")(X), ag.hessian(two_steps)(X), rtol=1e-12
    )
    assert ag.jvp(lean, (X,), (X,))[1] == pytest.approx(ag.jvp(two_steps, (X,), (X,))[1])
    assert ag.check_grads(lean, (X,)) < 1e-7


def test_checkpoint_with_containers_and_closures():
    w = ag.Node(np.array([1.0, 2.0, 3.0]))
    c = ag.Node(2.0, requires_grad=False)

    @ag.checkpoint
    def layer(p, *, power=1):
        return {"y": w * p["x"] ** power * c, "n": [p["b"] + np.sum(w)]}

    x, b = ag.Node(X), ag.Node(1.0)
    out = layer({"x": x, "b": b}, power=2)
    (np.sum(out["y"]) + out["n"][0]).backward()
    np.testing.assert_allclose(x.grad, 4 * w.value * X)
    np.testing.assert_allclose(w.grad, 2 * X**2 + 1)
    assert b.grad == 1.0


def test_checkpoint_with_only_a_closure():
    w = ag.Node(3.0)
    y = ag.checkpoint(lambda x: w * w * x)(2.0)
    y.backward()
    assert w.grad == 12.0
    # (w^2 x)'' by w through a checkpoint inside grad inside grad
    f = lambda w: ag.checkpoint(lambda x: w**3 * x)(2.0)
    assert ag.grad(ag.grad(f))(1.0) == 12.0
    assert ag.grad(ag.grad(ag.grad(f)))(1.0) == 12.0
    assert ag.jvp(ag.grad(f), (1.0,), (1.0,))[1] == 12.0
    assert ag.grad(lambda w: ag.jvp(f, (w,), (1.0,))[1])(1.0) == 12.0


def test_checkpoint_passes_on_what_is_not_an_array():
    y, none, text, count = ag.checkpoint(lambda x: (2 * x, None, "text", 3))(ag.Node(2.0))
    assert isinstance(y, ag.Node)
    assert (none, text, count) == (None, "text", 3)
    assert type(count) is int


def test_checkpoint_of_checkpoint():
    f = ag.checkpoint(lambda x: ag.checkpoint(np.sin)(x) ** 2)
    assert ag.grad(f)(0.3) == pytest.approx(math.sin(0.6))
    assert ag.grad(ag.grad(f))(0.3) == pytest.approx(2 * math.cos(0.6))


def test_checkpoint_keeps_no_intermediate_values():
    x = ag.Node(X)
    y = ag.checkpoint(two_steps)(x)
    kept = set()
    waiting = [y]
    while waiting:
        node = waiting.pop()
        kept.add(node.op.name if node.op else "leaf")
        waiting += [p for p in node.parents if isinstance(p, ag.Node)]
    assert kept == {"output", "checkpoint(two_steps)", "leaf"}
