"""Module: what it finds in attributes, modes, state and its errors, prediction, words."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn


class Scale(nn.Module):
    """A parameter, a constant, and things that are neither."""

    def __init__(self, features: int = 2) -> None:
        self.factor = ag.Node(np.full(features, 2.0, np.float32), name="s")
        self.register_buffer("seen", np.zeros(1, np.float32))
        self.note, self.cache = "no parameter", self.factor * 2

    def forward(self, x: Any) -> Any:
        return x * self.factor


class Branches(nn.Module):
    """Children in a list, a tuple and a dict."""

    def __init__(self) -> None:
        self.listed = [Scale(), nn.Linear(2, 2, seed=0)]
        self.named = {"one": Scale()}
        self.paired = (ag.Node(np.ones(1)), 5)

    def forward(self, x: Any) -> Any:
        return self.named["one"](self.listed[0](x))


class Tied(nn.Module):
    """One layer under two names, one weight in two layers."""

    def __init__(self) -> None:
        self.first = self.again = nn.Linear(2, 2, seed=0)
        self.other = nn.Linear(2, 2, seed=1)
        self.other.weight = self.first.weight

    def forward(self, x: Any) -> Any:
        return self.other(self.again(self.first(x)))


def test_attributes_are_parameters_buffers_and_children() -> None:
    model = Branches()
    assert [name for name, _ in model.named_parameters()] == [
        "paired.0",
        "listed.0.factor",
        "listed.1.weight",
        "listed.1.bias",
        "named.one.factor",
    ]
    assert [name for name, _ in model.named_buffers()] == ["listed.0.seen", "named.one.seen"]
    assert [name for name, _ in model.named_modules()] == ["", "listed.0", "listed.1", "named.one"]
    assert len(model.children()) == 3
    assert len(model.buffers()) == 2
    assert model.num_parameters == 1 + 2 + 4 + 2 + 2


def test_shared_parts_are_listed_once() -> None:
    model = Tied()
    assert [name for name, _ in model.named_parameters()] == [
        "first.weight",
        "first.bias",
        "other.bias",
    ]
    assert len(model.modules()) == 3
    nn.cross_entropy(model(np.ones((1, 2), np.float32)), np.array([0])).backward()
    assert all(node.grad is not None for node in model.parameters())


def test_modules_that_hold_each_other_are_walked_once() -> None:
    model, child = Scale(), Scale()
    model.child, child.parent = child, model  # type: ignore[attr-defined]
    assert len(model.modules()) == 2


def test_a_frozen_parameter_is_still_part_of_the_state() -> None:
    layer = nn.Linear(2, 1, seed=0)
    layer.weight.requires_grad = False
    assert [name for name, _ in layer.named_parameters()] == ["bias"]
    assert list(layer.state_dict()) == ["weight", "bias"]


def test_calls_are_scopes_named_by_attributes() -> None:
    x = np.ones((1, 2), np.float32)
    assert Scale()(x).scope == ("Scale",)
    assert Branches()(x).scope == ("Branches", "named.one · Scale")
    model = nn.Sequential(nn.Identity(), nn.MLP([2, 2, 1]))
    assert model(x).scope == ("Sequential", "1 · MLP", "2 · Linear")


def test_a_module_without_forward_says_so() -> None:
    with pytest.raises(nn.NNError, match="Module expected a method forward, got none"):
        nn.Module()(1.0)


@pytest.mark.parametrize("name", ["train", "no name", ""])
def test_a_buffer_needs_a_free_name(name: str) -> None:
    with pytest.raises(nn.ArgumentError, match="a new attribute name"):
        Scale().register_buffer(name, 0.0)


def test_train_and_eval_reach_every_module() -> None:
    model = Branches()
    assert model.training
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


def test_zero_grad_forgets_gradients() -> None:
    model = nn.Linear(2, 1, seed=0)
    model(np.ones((1, 2), np.float32)).sum().backward()
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [None, None]


def test_state_is_copied_both_ways() -> None:
    model, other = nn.MLP([3, 4, 2], seed=0), nn.MLP([3, 4, 2], seed=1)
    state = other.state_dict()
    model.load_state_dict(state)
    for array in state.values():
        array += 1
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        assert np.array_equal(p.value, q.value)
        assert not np.shares_memory(p.value, q.value)


def test_a_number_as_parameter_stays_one() -> None:
    model = nn.Module()
    model.scale = ag.Node(2.0)  # type: ignore[attr-defined]
    model.load_state_dict({"scale": np.array(3.0)})
    assert model.scale.value == 3.0  # type: ignore[attr-defined]
    assert type(model.scale.value) is float  # type: ignore[attr-defined]


GOOD = nn.MLP([3, 4, 2], seed=1).state_dict()
BAD_STATES = {
    "missing": ({k: v for k, v in GOOD.items() if k != "0.bias"}, "got no '0.bias'"),
    "unexpected": (GOOD | {"1.weight": np.ones(1)}, "got unexpected '1.weight'"),
    "both": (
        {"weight": np.ones(1)},
        r"no '0.weight', '0.bias', '2.weight', '2.bias' and unexpected 'weight'",
    ),
    "shape": (
        GOOD | {"2.bias": np.ones(3, np.float32)},
        r"'2.bias', expected shape \(2,\), got \(3,\)",
    ),
    "dtype": (GOOD | {"2.bias": np.ones(2)}, "'2.bias', expected dtype float32, got float64"),
}


@pytest.mark.parametrize(("state", "message"), BAD_STATES.values(), ids=BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(state: Any, message: str) -> None:
    model = nn.MLP([3, 4, 2], seed=0)
    before = model.state_dict()
    with pytest.raises(nn.StateError, match=message):
        model.load_state_dict(state)
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())


def test_not_strict_loads_what_is_common() -> None:
    model = nn.MLP([3, 4, 2], seed=0)
    model.load_state_dict({"0.bias": np.ones(4, np.float32), "other": np.ones(1)}, strict=False)
    assert model[0].bias.value.tolist() == [1.0] * 4  # type: ignore[attr-defined]
    with pytest.raises(nn.StateError, match="shape"):
        model.load_state_dict({"0.bias": np.ones(5, np.float32)}, strict=False)


def test_predict_runs_in_evaluation_mode_without_a_graph() -> None:
    modes = []

    class Spy(nn.Module):
        def forward(self, x: Any) -> Any:
            modes.append((self.training, ag.is_recording(), len(x), x.dtype))
            return x * 2

    model = nn.Sequential(Spy(), nn.Linear(2, 1, seed=0))
    model[1].training = False
    out = model.predict(np.ones((5, 2)), batch_size=2)
    assert type(out) is np.ndarray
    assert out.shape == (5, 1)
    assert modes == [(False, False, n, np.float32) for n in (2, 2, 1)]
    assert [module.training for module in model.modules()] == [True, True, False]


def test_predict_of_no_rows_and_of_what_has_none() -> None:
    model = nn.Linear(2, 3, seed=0)
    assert model.predict(np.empty((0, 2))).shape == (0, 3)
    with pytest.raises(nn.ShapeError, match=r"X of shape \(n, ...\)"):
        model.predict(1.0)


def test_predict_restores_modes_after_an_error() -> None:
    model = nn.MLP([2, 3, 1])
    with pytest.raises(nn.ShapeError):
        model.predict(np.ones((5, 7)))
    assert model.training
    assert ag.is_recording()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_models_can_be_copied_and_pickled(copied: Any) -> None:
    model = nn.MLP([3, 4, 2])
    other = copied(model)
    x = np.ones((1, 3), np.float32)
    assert np.array_equal(other.predict(x), model.predict(x))
    assert not {id(p) for p in other.parameters()} & {id(p) for p in model.parameters()}


def test_repr_nests_and_counts() -> None:
    model = nn.Sequential(nn.MLP([2, 3, 1], "tanh"), nn.Identity())
    assert repr(model) == (
        "Sequential(  # 13 parameters\n"
        "  (0): MLP(  # 13 parameters\n"
        "    (0): Linear(2, 3)  # weight (3, 2), bias (3,), 9 parameters\n"
        "    (1): Tanh()\n"
        "    (2): Linear(3, 1)  # weight (1, 3), bias (1,), 4 parameters\n"
        "  )\n"
        "  (1): Identity()\n"
        ")"
    )
