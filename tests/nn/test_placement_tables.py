"""Every layer, loss, optimiser, clipping, penalty and metric on arrays that only have protocols.

One table each, those of the tests of NumPy's arrays: the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.metrics import METRICS
from nn.optimizers import OPTIMIZERS
from tests.autograd_core.arrays.protocol import ProtocolArray
from tests.nn.layers.test_layers import MAKE, X
from tests.nn.losses.test_losses import CASES, OUTPUT

PROTOCOL = SimpleNamespace(asarray=ProtocolArray)


def moved(x: Any) -> Any:
    """An array with the protocols only."""
    return ProtocolArray(np.array(x))


def same(found: Any, expected: Any, rtol: float = 1e-12) -> None:
    """Assert that an array with the protocols only has the numbers and the dtype of NumPy's."""
    assert type(found) is ProtocolArray
    assert found.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(found.get(), expected, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MAKE)
def test_layers(name: str, dtype: Any, training: bool) -> None:
    plain, other = (MAKE[name](dtype).train(training) for _ in range(2))
    other.load_state_dict(plain.state_dict())
    other.to(PROTOCOL)
    rtol = 1e-12 if dtype is np.float64 else 3e-5
    weights = np.linspace(-1, 1, 12)
    x, y = ag.Node(X.astype(dtype)), ag.Node(moved(X.astype(dtype)))
    for _ in range(2):  # the second with other running statistics, and other draws
        out, out_there = plain(x), other(y)
        w = np.resize(weights, out.shape).astype(dtype)
        np.sum(out * out * w).backward()
        np.sum(out_there * out_there * moved(w)).backward()
        same(out_there.value, out.value, rtol)
    for p, q in zip([x, *plain.parameters()], [y, *other.parameters()], strict=True):
        same(q.grad, p.grad, 10 * rtol)
    for p, q in zip(plain.buffers(), other.buffers(), strict=True):
        same(q.value, p.value, rtol)


@pytest.mark.parametrize("weights", [None, np.array([1.0, 0.0, 2.0, 0.5])], ids=["", "weights"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", CASES)
def test_losses(case: str, reduction: str, weights: Any) -> None:
    name, options, target = CASES[case]
    loss, more = getattr(nn, name), {} if weights is None else {"sample_weight": weights}
    x, y = ag.Node(OUTPUT), ag.Node(moved(OUTPUT))
    out = loss(x, target, reduction, **options, **more)
    there = loss(y, moved(target), reduction, **options, **more)
    g = np.linspace(1, 2, out.size).reshape(out.shape)
    out.backward(g)
    there.backward(moved(g))
    same(there.value, out.value)
    same(y.grad, x.grad)
    again = ag.Node(moved(OUTPUT))  # targets and weights wherever they are
    more = {key: moved(w) for key, w in more.items()}
    same(loss(again, target, reduction, **options, **more).value, out.value)


OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9, "weight_decay": 0.1, "max_norm": 1.0},
        {"momentum": 0.9, "nesterov": True, "form": "pytorch"},
        {"form": "pytorch"},
    ],
    "AdaGrad": [{"lr_decay": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.1}],
    "RMSProp": [{}, {"momentum": 0.5, "centered": True}],
    "Adam": [{}, {"amsgrad": True, "weight_decay": 0.1}],
    "AdamW": [{"weight_decay": 0.1}],
}
MADE = [(kind, options) for name, kind in OPTIMIZERS.items() for options in OPTIONS[kind.__name__]]


@pytest.mark.parametrize(("kind", "options"), MADE)
def test_optimisers(kind: Any, options: dict[str, Any]) -> None:
    plain, other = (nn.Linear(3, 4, seed=1, dtype=np.float64) for _ in range(2))
    other.to(PROTOCOL)
    steps = [kind(m.parameters(), lr=0.1, **options) for m in (plain, other)]
    for _ in range(3):
        for model, optimizer, x in zip((plain, other), steps, (X, moved(X)), strict=True):
            optimizer.zero_grad()
            np.sum(model(x) ** 2).backward()
            optimizer.step()
    for p, q in zip(plain.parameters(), other.parameters(), strict=True):
        same(q.value, p.value)
    for slot in steps[0].slots():
        for p, q in zip(*(o.state_dict()[slot] for o in steps), strict=True):
            np.testing.assert_allclose(q, p, rtol=1e-12)


SHAPING: dict[str, Callable[[Any], Any]] = {
    "clip_grad_norm": lambda params: nn.clip_grad_norm(params, 0.5),
    "clip_grad_value": lambda params: nn.clip_grad_value(params, 0.2),
    "max_norm": lambda params: nn.max_norm(params, 0.5),
}


@pytest.mark.parametrize("scale", [1.0, 1e200])
@pytest.mark.parametrize("name", SHAPING)
def test_clipping(name: str, scale: float) -> None:
    plain, other = (nn.Linear(3, 4, seed=1, dtype=np.float64) for _ in range(2))
    other.to(PROTOCOL)
    for model, x in ((plain, X), (other, moved(X))):
        (np.sum(model(x) ** 2) * scale).backward()
    norms = [SHAPING[name](model.parameters()) for model in (plain, other)]
    assert norms[0] is None or norms[1] == pytest.approx(norms[0], rel=1e-12)
    for p, q in zip(plain.parameters(), other.parameters(), strict=True):
        same(q.value, p.value)
        same(q.grad, p.grad)


@pytest.mark.parametrize("name", nn.penalties.__all__)
def test_penalties(name: str) -> None:
    plain, other = (nn.MLP([3, 4, 2], seed=1, dtype=np.float64) for _ in range(2))
    other.to(PROTOCOL)
    for model in (plain, other):
        getattr(nn.penalties, name)(model, 0.1).backward()
    same(other.parameters()[0].grad, plain.parameters()[0].grad)


@pytest.mark.parametrize("name", METRICS)
def test_metrics(name: str) -> None:
    classes = "binary" not in name and METRICS[name].__module__.endswith("classes")
    target = np.array([2, 0, 1, 0]) if classes else OUTPUT[::-1].round()
    if "binary" in name:
        target = (target > 0).astype(int)
    expected = METRICS[name](OUTPUT, target)
    for output in (moved(OUTPUT), ag.Node(moved(OUTPUT))):
        for y in (target, moved(target)):
            np.testing.assert_allclose(METRICS[name](output, y), expected, rtol=1e-12)
