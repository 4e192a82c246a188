"""SGD: its forms by hand, parameters of all kinds, state, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optimizers import LARGE

SHAPES = [(2, 3), (3,), (LARGE,), ()]


def parameters(rng: np.random.Generator, dtype: Any = np.float64) -> list[ag.Node]:
    return [ag.Node(np.asarray(rng.normal(size=shape), dtype)) for shape in SHAPES]


def descend(optimizer: nn.Optimizer, params: list[ag.Node], steps: int = 1) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        loss: Any = sum(np.sum(np.sin(p) * p) for p in params)
        loss.backward()
        optimizer.step()


def test_a_step_by_hand() -> None:
    w = ag.Node(np.array([1.0]))
    optimizer = nn.SGD([w], lr=0.1, momentum=0.5)
    for gradient, value in [(2.0, 0.8), (4.0, 0.3), (0.0, 0.05)]:
        w.grad = np.array([gradient])
        optimizer.step()
        assert w.value == pytest.approx([value])


def test_the_rate_counts_in_the_step_in_which_it_holds() -> None:
    w = ag.Node(np.array([0.0]))
    optimizer = nn.SGD([w], lr=1.0, momentum=0.5)
    w.grad = np.array([1.0])
    optimizer.step()
    optimizer.lr = 0.1
    optimizer.step()
    assert w.value == pytest.approx([-1.0 - (0.5 * 1.0 + 0.1)])


def test_in_pytorchs_form_a_new_rate_counts_for_all_of_the_velocity() -> None:
    w = ag.Node(np.array([0.0]))
    optimizer = nn.SGD([w], lr=1.0, momentum=0.5, form="pytorch")
    w.grad = np.array([1.0])
    optimizer.step()
    optimizer.lr = 0.1
    optimizer.step()
    assert w.value == pytest.approx([-1.0 - 0.1 * (0.5 * 1.0 + 1)])


@pytest.mark.parametrize("form", ["lecture", "pytorch"])
def test_nesterov_takes_the_step_that_momentum_would_take_next(form: str) -> None:
    w = ag.Node(np.array([0.0]))
    optimizer = nn.SGD([w], lr=0.1, momentum=0.5, nesterov=True, form=form)
    for gradient, value in [(1.0, -0.15), (1.0, -0.15 - 0.1 - 0.5 * 0.15)]:
        w.grad = np.array([gradient])
        optimizer.step()
        assert w.value == pytest.approx([value])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_parameter_moves_as_if_alone(dtype: Any, rng: np.random.Generator) -> None:
    together = parameters(rng, dtype)
    alone = [ag.Node(p.value.copy()) for p in together]
    descend(nn.SGD(together, lr=0.1, momentum=0.9), together, 5)
    for p, q in zip(together, alone, strict=True):
        descend(nn.SGD([q], lr=0.1, momentum=0.9), [q], 5)
        assert (p.dtype, p.shape) == (dtype, q.shape)
        assert np.array_equal(p.value, q.value)


def test_the_users_own_arrays_are_left_alone(rng: np.random.Generator) -> None:
    arrays = [np.array(rng.normal(size=shape)) for shape in SHAPES]
    before = [a.copy() for a in arrays]
    params = [ag.Node(a) for a in arrays]
    descend(nn.SGD(params, lr=0.1), params, 3)
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


def test_gradients_are_left_as_they_are(rng: np.random.Generator) -> None:
    params = parameters(rng)
    optimizer = nn.SGD(params, lr=0.1, momentum=0.9)
    descend(optimizer, params)
    before = [np.array(p.grad) for p in params]
    optimizer.step()
    assert all(np.array_equal(p.grad, b) for p, b in zip(params, before, strict=True))


def test_what_has_no_gradient_stays(rng: np.random.Generator) -> None:
    params = parameters(rng)
    optimizer = nn.SGD(params, lr=0.1, momentum=0.9)
    descend(optimizer, params, 2)
    stale = params[1] * 2
    values = [p.value.copy() for p in params]
    params[1].grad = params[2].grad = None
    optimizer.step()
    moved = [not np.array_equal(p.value, v) for p, v in zip(params, values, strict=True)]
    assert moved == [True, False, False, True]
    stale.backward(np.ones(3))


def test_a_value_assigned_by_somebody_else_counts(rng: np.random.Generator) -> None:
    params = parameters(rng)
    optimizer = nn.SGD(params, lr=0.1)
    descend(optimizer, params)
    for p in params:
        p.assign(np.zeros(p.shape))
        p.grad = np.ones(p.shape)
    optimizer.step()
    assert all(np.all(p.value == -0.1) for p in params)


def test_two_optimizers_of_one_parameter_take_turns() -> None:
    w = ag.Node(np.array([0.0]))
    first, second = nn.SGD([w], lr=1.0), nn.SGD([w], lr=10.0)
    w.grad = np.array([1.0])
    for optimizer in (first, second, first):
        optimizer.step()
    assert w.value.tolist() == [-12.0]


def test_a_graph_from_before_the_step_is_out_of_date() -> None:
    w = ag.Node(np.array([1.0]))
    optimizer = nn.SGD([w], lr=0.1)
    loss = np.sum(w * w)
    loss.backward()
    optimizer.step()
    with pytest.raises(ag.AutogradError, match="assigned since"):
        loss.backward()


def test_numbers_stay_numbers() -> None:
    w, v = ag.Node(2.0), ag.Node(np.float32(1.0))
    optimizer = nn.SGD([w, v], lr=0.5, momentum=0.5)
    for _ in range(2):
        optimizer.zero_grad()
        (3 * w + v).backward()
        optimizer.step()
    assert (type(w.value), v.dtype, v.shape) == (float, np.float32, ())
    assert (w.value, v.value) == (2 - 1.5 - 2.25, 1 - 0.5 - 0.75)


def test_complex_parameters_descend() -> None:
    z = ag.Node(np.array([1 + 1j]))
    optimizer = nn.SGD([z], lr=0.25)
    np.sum(np.abs(z - 2j) ** 2).backward()
    optimizer.step()
    np.testing.assert_allclose(z.value, [0.5 + 1.5j])


def test_the_same_parameter_twice_counts_once() -> None:
    w = ag.Node(np.array([1.0]))
    optimizer = nn.SGD([w, w], lr=0.1)
    w.grad = np.array([1.0])
    optimizer.step()
    assert w.value == pytest.approx([0.9])


def test_state_goes_from_one_optimizer_to_another(rng: np.random.Generator) -> None:
    params = parameters(rng)
    optimizer = nn.SGD(params, lr=0.1, momentum=0.9)
    descend(optimizer, params, 3)
    copies = [ag.Node(p.value.copy()) for p in params]
    other = nn.SGD(copies, lr=0.5)
    other.load_state_dict(optimizer.state_dict())
    assert (other.lr, other.momentum) == (0.1, 0.9)
    descend(optimizer, params, 3)
    descend(other, copies, 3)
    assert all(np.array_equal(p.value, q.value) for p, q in zip(params, copies, strict=True))


def test_a_state_that_does_not_fit_changes_nothing(rng: np.random.Generator) -> None:
    optimizer = nn.SGD([ag.Node(np.ones(2))], lr=0.1)
    state = nn.SGD([ag.Node(np.ones(3))], lr=0.2).state_dict()
    with pytest.raises(nn.StateError, match=r"velocity of shapes \[\(2,\)\], got \[\(3,\)\]"):
        optimizer.load_state_dict(state)
    with pytest.raises(nn.StateError, match=r"entries lr, momentum, .*, velocity, got lr"):
        optimizer.load_state_dict({"lr": 1.0})
    assert optimizer.lr == 0.1


BAD_OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "negative rate": ({"lr": -0.1}, "lr >= 0, got -0.1"),
    "rate nan": ({"lr": float("nan")}, "lr >= 0, got nan"),
    "rate infinite": ({"lr": float("inf")}, "lr >= 0, got inf"),
    "rate text": ({"lr": "fast"}, "lr >= 0, got 'fast'"),
    "momentum 1": ({"momentum": 1.0}, "momentum of at least 0 and below 1, got 1.0"),
    "momentum negative": ({"momentum": -0.5}, "momentum of at least 0 and below 1, got -0.5"),
    "momentum nan": ({"momentum": float("nan")}, "momentum of at least 0 and below 1, got nan"),
    "rate as parameters": ({"params": 0.1}, "leaf Nodes that require a gradient, got 0.1"),
    "arrays": ({"params": [np.ones(2)]}, "leaf Nodes that require a gradient"),
    "constants": (
        {"params": [ag.Node(1.0, requires_grad=False)]},
        "leaf Nodes that require a grad",
    ),
    "results": ({"params": [ag.Node(1.0) * 2]}, "leaf Nodes that require a gradient"),
    "none": ({"params": []}, "at least one parameter, got none"),
}


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        nn.SGD(**options)


def test_it_can_be_bound_later() -> None:
    optimizer, model = nn.SGD(lr=0.1), nn.Linear(2, 1, seed=0)
    optimizer.zero_grad()
    with pytest.raises(
        nn.ArgumentError, match=r"SGD.step expected parameters, got none. Pass model"
    ):
        optimizer.step()
    optimizer.bind(model.parameters())
    optimizer.step()
