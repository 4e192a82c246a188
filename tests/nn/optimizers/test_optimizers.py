"""What holds of every optimiser, from one table; PyTorch's trajectories; parameter groups."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optimizers import LARGE, OPTIMIZERS
from nn.optimizers.flat import BLOCK
from nn.optimizers.options import Checks, number

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 0.01}),
    "SGD, momentum": ("SGD", {"lr": 0.01, "momentum": 0.9}),
    "SGD, Nesterov": ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "SGD, decay": ("SGD", {"lr": 0.01, "momentum": 0.9, "weight_decay": 0.1}),
    "SGD, PyTorch's form": (
        "SGD",
        {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "form": "pytorch"},
    ),
    "AdaGrad": ("AdaGrad", {"lr": 0.1}),
    "AdaGrad, decay": ("AdaGrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1}),
    "AdaGrad, start": ("AdaGrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    "RMSProp": ("RMSProp", {"lr": 0.01, "alpha": 0.9}),
    "RMSProp, centred": ("RMSProp", {"lr": 0.001, "centered": True, "eps": 1e-3}),
    "RMSProp, momentum": (
        "RMSProp",
        {"lr": 0.001, "momentum": 0.9, "centered": True, "eps": 1e-3, "weight_decay": 0.1},
    ),
    "Adam": ("Adam", {"lr": 0.01}),
    "Adam, decay": ("Adam", {"lr": 0.01, "betas": (0.8, 0.95), "weight_decay": 0.1}),
    "Adam, amsgrad": ("Adam", {"lr": 0.01, "amsgrad": True}),
    "AdamW": ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    "AdamW, amsgrad": ("AdamW", {"lr": 0.01, "amsgrad": True, "eps": 1e-6}),
}
TORCH_NAMES = {"AdaGrad": "Adagrad", "RMSProp": "RMSprop"}
each_case = pytest.mark.parametrize(("name", "options"), CASES.values(), ids=CASES)


def parameters(rng: np.random.Generator, dtype: Any = np.float64) -> list[ag.Node]:
    shapes: list[tuple[int, ...]] = [(2, 3), (3,), (1, LARGE), ()]
    return [ag.Node(np.asarray(rng.normal(size=shape), dtype)) for shape in shapes]


def descend(optimizer: nn.Optimizer, params: list[ag.Node], steps: int = 1) -> None:
    for _ in range(steps):
        optimizer.zero_grad()
        loss: Any = sum(np.sum(np.sin(p) * p) for p in params)
        loss.backward()
        optimizer.step()


def equal(params: list[ag.Node], others: list[ag.Node]) -> bool:
    return all(np.array_equal(p.value, q.value) for p, q in zip(params, others, strict=True))


def test_every_optimizer_has_a_case() -> None:
    assert {name for name, _ in CASES.values()} == set(OPTIMIZERS)
    assert all(OPTIMIZERS[name] is getattr(nn, name) for name in OPTIMIZERS)


@pytest.mark.oracle
@each_case
def test_200_steps_agree_with_pytorch(
    name: str, options: dict[str, Any], rng: np.random.Generator
) -> None:
    torch = pytest.importorskip("torch")
    params = [p for p in parameters(rng) if p.size < LARGE]
    others = [torch.tensor(p.value, requires_grad=True) for p in params]
    ours = OPTIMIZERS[name](params, **options)
    options = {key: value for key, value in options.items() if key != "form"}
    theirs = getattr(torch.optim, TORCH_NAMES.get(name, name))(others, **options)
    for step in range(200):
        ours.zero_grad()
        theirs.zero_grad()
        used = [i for i in range(len(params)) if i != step % 5]  # now and then one has no gradient
        loss: Any = sum(np.sum(np.sin(params[i]) * params[i]) for i in used)
        loss.backward()
        sum((torch.sin(others[i]) * others[i]).sum() for i in used).backward()
        ours.step()
        theirs.step()
    for p, t in zip(params, others, strict=True):
        np.testing.assert_allclose(p.value, t.detach().numpy(), atol=1e-9)


@each_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_parameter_moves_as_if_alone(
    name: str, options: dict[str, Any], dtype: Any, rng: np.random.Generator
) -> None:
    together = parameters(rng, dtype)
    alone = [ag.Node(p.value.copy()) for p in together]
    descend(OPTIMIZERS[name](together, **options), together, 4)
    for p, q in zip(together, alone, strict=True):
        descend(OPTIMIZERS[name]([q], **options), [q], 4)
        assert (p.dtype, p.shape) == (dtype, q.shape)
        np.testing.assert_array_equal(p.value, q.value)


@each_case
def test_it_descends_and_leaves_gradients_and_the_users_arrays_alone(
    name: str, options: dict[str, Any]
) -> None:
    array = np.array([[1.0, -2.0]])
    array.flags.writeable = False
    w = ag.Node(array)
    optimizer = OPTIMIZERS[name]([w], **options)
    for _ in range(3):
        w.grad = 2 * w.value
        w.grad.flags.writeable = False
        optimizer.step()
    assert np.all(np.abs(w.value) < np.abs(array))


@each_case
def test_a_number_moves_like_an_array(name: str, options: dict[str, Any]) -> None:
    number, array = ag.Node(2.0), ag.Node(np.array([2.0]))
    for p in (number, array):
        descend(OPTIMIZERS[name]([p], **options), [p], 3)
    assert type(number.value) is float
    assert array.value == pytest.approx([number.value], rel=1e-15)


@each_case
def test_a_complex_number_moves_like_its_two_parts(name: str, options: dict[str, Any]) -> None:
    z = ag.Node(np.array([[1 + 2j, -3j]]))
    xy = ag.Node(np.array([[1.0, 2.0, 0.0, -3.0]]))
    first, second = (OPTIMIZERS[name]([p], **options) for p in (z, xy))
    for k in range(3):
        z.grad = np.array([[k + 1j, 2 - k]])
        xy.grad = z.grad.view(float)
        first.step()
        second.step()
    np.testing.assert_array_equal(z.value.view(float), xy.value)


@each_case
def test_state_goes_from_one_optimizer_to_another(
    name: str, options: dict[str, Any], rng: np.random.Generator
) -> None:
    params = parameters(rng)
    optimizer = OPTIMIZERS[name](params, **options)
    descend(optimizer, params, 2)
    params[1].grad = None  # takes one step less
    optimizer.step()
    copies = [ag.Node(p.value.copy()) for p in params]
    other = OPTIMIZERS[name](copies, **(options | {"lr": 7.0}))
    state = copy.deepcopy(optimizer.state_dict())
    assert state["steps"] == [3, 2, 3, 3]
    other.load_state_dict(state)
    assert repr(other) == repr(optimizer)
    descend(optimizer, params, 2)
    descend(other, copies, 2)
    assert equal(params, copies)
    assert other.state_dict()["steps"] == optimizer.state_dict()["steps"] == [5, 4, 5, 5]


@each_case
def test_groups_are_like_optimizers_of_their_own(
    name: str, options: dict[str, Any], rng: np.random.Generator
) -> None:
    params = parameters(rng)
    copies = [ag.Node(p.value.copy()) for p in params]
    own = {"lr": 0.002, "weight_decay": 0.05}
    both = OPTIMIZERS[name]([{"params": params[:2]}, {"params": params[2:], **own}], **options)
    first = OPTIMIZERS[name](copies[:2], **options)
    second = OPTIMIZERS[name](copies[2:], **(options | own))
    descend(both, params, 2)
    both.lr *= 0.5
    descend(both, params, 2)
    for optimizer, some in ((first, copies[:2]), (second, copies[2:])):
        descend(optimizer, some, 2)
        optimizer.lr *= 0.5
        descend(optimizer, some, 2)
    for p, q in zip(params, copies, strict=True):
        np.testing.assert_allclose(p.value, q.value, rtol=1e-14)
    restored = OPTIMIZERS[name]([{"params": params[:2]}, {"params": params[2:]}], **options)
    restored.load_state_dict(both.state_dict())
    assert restored.state_dict()["groups"] == both.state_dict()["groups"]


@each_case
def test_max_norm_holds_after_every_step(
    name: str, options: dict[str, Any], rng: np.random.Generator
) -> None:
    params = [ag.Node(rng.normal(size=shape) * 3) for shape in [(4, 3), (5, 4), (5,)]]
    optimizer = OPTIMIZERS[name](params, max_norm=1.0, **options)
    for _ in range(2):
        descend(optimizer, params)
        for p in params[:2]:
            assert np.linalg.norm(p.value, axis=1).max() <= 1 + 1e-12
    assert np.linalg.norm(params[2].value) > 1


@each_case
def test_it_can_be_bound_later_and_needs_parameters(name: str, options: dict[str, Any]) -> None:
    optimizer = OPTIMIZERS[name](**options)
    optimizer.zero_grad()
    with pytest.raises(nn.ArgumentError, match=f"{name}.step expected parameters, got none"):
        optimizer.step()
    w = ag.Node(np.array([1.0]))
    optimizer.bind([w])
    w.grad = np.array([1.0])
    optimizer.step()
    assert w.value < 1


WRONG: dict[str, tuple[Any, str]] = {
    "negative rate": (lambda w: nn.Adam([w], lr=-1.0), "Adam expected lr >= 0, got -1.0"),
    "one beta": (lambda w: nn.Adam([w], betas=0.9), "Adam expected two numbers as betas, got 0.9"),
    "beta 1": (
        lambda w: nn.AdamW([w], betas=(0.9, 1.0)),
        "AdamW expected betas of at least 0 and below 1, got 1.0",
    ),
    "no flag": (
        lambda w: nn.SGD([w], momentum=0.9, nesterov=1),
        "nesterov to be True or False, got 1",
    ),
    "Nesterov alone": (
        lambda w: nn.SGD([w], nesterov=True),
        "SGD expected momentum > 0 with nesterov=True, got 0.0",
    ),
    "eps 0": (lambda w: nn.Adam([w], eps=0.0), "Adam expected eps > 0, got 0.0"),
    "no form": (lambda w: nn.SGD([w], form="torch"), "form 'lecture' or 'pytorch', got 'torch'"),
    "unknown option of a group": (
        lambda w: nn.SGD([{"params": [w], "rate": 0.1}]),
        "SGD expected a group's options among lr, momentum, .*, got 'rate'",
    ),
    "fixed option of a group": (
        lambda w: nn.Adam([{"params": [w], "amsgrad": True}]),
        "group's options among lr, betas, eps, weight_decay, max_norm, got 'amsgrad'",
    ),
    "wrong option of a group": (
        lambda w: nn.SGD([{"params": [w], "momentum": 2.0}]),
        "momentum of at least 0 and below 1, got 2.0",
    ),
    "group without parameters": (lambda w: nn.SGD([{"lr": 1.0}]), "at least one parameter"),
    "twice": (
        lambda w: nn.SGD([{"params": [w]}, {"params": [w]}]),
        "groups without common parameters, got some",
    ),
    "no common rate": (
        lambda w: nn.SGD([{"params": [w], "lr": 0.1}], lr=0.0),
        "lr > 0 where groups have their own, got 0.0",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_options_are_refused(make: Any, message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        make(ag.Node(np.ones(2)))


def test_a_state_of_another_kind_is_refused() -> None:
    plain, largest = (nn.Adam([ag.Node(np.ones(2))], amsgrad=flag) for flag in (False, True))
    with pytest.raises(nn.StateError, match=r"entries .*, got .*largest"):
        plain.load_state_dict(largest.state_dict())
    start = nn.AdaGrad([ag.Node(np.ones(2))], initial_accumulator_value=1.0)
    with pytest.raises(nn.StateError, match=r"got initial_accumulator_value=1.0. Make the optim"):
        nn.AdaGrad([ag.Node(np.ones(2))]).load_state_dict(start.state_dict())
    two = nn.SGD([{"params": [ag.Node(1.0)]}, {"params": [ag.Node(1.0)]}])
    with pytest.raises(nn.StateError, match="expected 2 groups, got 1"):
        two.load_state_dict(nn.SGD([ag.Node(1.0), ag.Node(1.0)]).state_dict())


def test_a_numpy_rate_does_not_change_the_dtype() -> None:
    w = ag.Node(np.ones(3, np.float32))
    optimizer = nn.AdamW([w])
    optimizer.lr = np.float64(0.1)  # type: ignore[assignment]
    w.grad = np.ones(3, np.float32)
    optimizer.step()
    assert (w.dtype, w.value.dtype) == (np.float32, np.float32)


class SignDescent(nn.Optimizer):
    """An optimiser of one's own: three definitions."""

    checks: ClassVar[Checks] = {"lr": number(0.0)}

    def __init__(self, params: Any = None, lr: float = 0.1) -> None:
        super().__init__(params, lr=lr)

    def slots(self) -> dict[str, float]:
        return {"flips": 0.0}

    def update(
        self, options: Any, count: int, value: Any, gradient: Any, scratch: Any, *state: Any
    ) -> None:
        value -= np.multiply(np.sign(gradient), options.lr, out=scratch)
        state[0][...] += gradient < 0


def test_a_new_optimizer_is_a_class_with_update(rng: np.random.Generator) -> None:
    first, second = ag.Node(rng.normal(size=(2, 3))), ag.Node(np.array([-1.0]))
    before = first.value.copy()
    optimizer = SignDescent([{"params": [first]}, {"params": [second], "lr": 0.5}], lr=1.0)
    first.grad, second.grad = np.full((2, 3), 7.0), np.array([-2.0])
    optimizer.step()
    np.testing.assert_array_equal(first.value, before - 1.0)
    assert second.value.tolist() == [-0.5]
    assert optimizer.state_dict()["flips"][1].tolist() == [1.0]
    assert repr(optimizer) == "SignDescent(lr=1.0)"


@each_case
def test_blocks_and_the_order_of_memory_change_nothing(
    name: str, options: dict[str, Any], rng: np.random.Generator
) -> None:
    value = rng.normal(size=(3, BLOCK // 2 + 7))
    small, turned, whole = value[:, :5].copy(), ag.Node(np.asfortranarray(value)), ag.Node(value)
    part = ag.Node(small)
    for p in (turned, whole, part):
        descend(OPTIMIZERS[name]([p], **options), [p], 3)
    np.testing.assert_array_equal(turned.value, whole.value)
    np.testing.assert_array_equal(part.value, whole.value[:, :5])
    assert turned.value.flags.f_contiguous
    assert whole.value.flags.c_contiguous
