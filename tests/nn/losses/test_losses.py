"""What holds of every loss, from one table: reductions, weights, derivatives, dtypes, extremes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.losses import LOSSES

OUTPUT = np.array([[0.5, -1.5, 2.0], [1.1, 0.3, -0.7], [-2.0, 0.25, 0.4], [0.6, 3.0, -0.2]])
INDICES = np.array([2, 0, 1, 0])
SHARES = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]])
LABELS = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 1, 0]])
NUMBERS = OUTPUT[::-1] * 2 + 0.15

CASES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "cross_entropy": ("cross_entropy", {}, INDICES),
    "cross_entropy, probabilities": ("cross_entropy", {}, SHARES),
    "cross_entropy, smoothed": ("cross_entropy", {"label_smoothing": 0.2}, INDICES),
    "cross_entropy, class weights": (
        "cross_entropy",
        {"class_weight": np.array([1.0, 0.5, 2.0])},
        INDICES,
    ),
    "cross_entropy, all": (
        "cross_entropy",
        {"label_smoothing": 0.2, "class_weight": [1.0, 0.5, 2.0]},
        SHARES,
    ),
    "nll_loss": ("nll_loss", {}, INDICES),
    "kl_div": ("kl_div", {}, SHARES),
    "binary_cross_entropy_with_logits": ("binary_cross_entropy_with_logits", {}, SHARES),
    "binary_cross_entropy_with_logits, labels": ("binary_cross_entropy_with_logits", {}, LABELS),
    "binary_cross_entropy_with_logits, weighted": (
        "binary_cross_entropy_with_logits",
        {"pos_weight": np.array([1.0, 0.5, 2.0])},
        SHARES,
    ),
    "mse_loss": ("mse_loss", {}, NUMBERS),
    "l1_loss": ("l1_loss", {}, NUMBERS),
    "huber_loss": ("huber_loss", {"delta": 0.75}, NUMBERS),
    "smooth_l1_loss": ("smooth_l1_loss", {"beta": 0.75}, NUMBERS),
    "hinge_loss": ("hinge_loss", {}, LABELS),
    "hinge_loss, margin": ("hinge_loss", {"margin": 0.55}, 2 * LABELS - 1),
    "multi_class_hinge_loss": ("multi_class_hinge_loss", {}, INDICES),
    "multi_class_hinge_loss, sum": (
        "multi_class_hinge_loss",
        {"form": "weston_watkins", "margin": 0.7},
        INDICES,
    ),
    "perceptron_loss": ("perceptron_loss", {}, LABELS),
    "perceptron_loss, classes": ("perceptron_loss", {}, INDICES),
}
each_case = pytest.mark.parametrize(("name", "options", "target"), CASES.values(), ids=CASES)
BY_CLASS = {"cross_entropy", "nll_loss", "kl_div", "multi_class_hinge_loss"}


def function(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(nn, name)
    return found


def test_the_table_has_a_case_for_every_loss() -> None:
    assert {name for name, _, _ in CASES.values()} == set(LOSSES)
    for name, kind in LOSSES.items():
        assert kind.function is function(name)
        assert getattr(nn, kind.__name__) is kind
        taken = [*inspect.signature(kind).parameters]
        keywords = [*inspect.signature(function(name)).parameters][2:]
        assert sorted([*taken, "sample_weight"]) == sorted(keywords)


@each_case
def test_reductions_agree(name: str, options: Any, target: Any) -> None:
    loss = function(name)
    losses = loss(OUTPUT, target, "none", **options)
    rows = name in BY_CLASS or np.ndim(target) == 1
    assert losses.shape == ((4,) if rows else (4, 3))
    assert loss(OUTPUT, target, "sum", **options) == pytest.approx(np.sum(losses))
    if "class_weight" not in options:
        assert loss(OUTPUT, target, **options) == pytest.approx(np.mean(losses))
    assert name == "nll_loss" or np.all(losses >= 0)


@each_case
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_are_differentiable_twice(
    name: str, options: Any, target: Any, reduction: str
) -> None:
    loss = function(name)
    ag.check_grads(lambda x: loss(x, target, reduction, **options), (OUTPUT,), order=2)


@pytest.mark.parametrize(
    "name", [key for key, (_, _, target) in CASES.items() if np.asarray(target).dtype.kind == "f"]
)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_losses_are_differentiable_twice_in_targets_that_are_numbers(
    name: str, reduction: str
) -> None:
    name, options, target = CASES[name]
    target = (
        target
        if name in ("mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss")
        else (target * 0.8 + 0.07)
    )
    loss = function(name)
    ag.check_grads(lambda x, y: loss(x, y, reduction, **options), (OUTPUT, target), order=2)


@each_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_stays_and_gradients_keep_the_dtype(
    name: str, options: Any, target: Any, dtype: Any
) -> None:
    target = target.astype(dtype) if target.dtype.kind == "f" else target
    for reduction in ("mean", "sum", "none"):
        x = ag.Node(OUTPUT.astype(dtype))
        for weight in (None, np.array([1.0, 0.0, 2.0, 0.5])):
            value = function(name)(x, target, reduction, sample_weight=weight, **options)
            assert value.dtype == dtype
            np.sum(value).backward()
            assert (x.grad.dtype, x.grad.shape) == (dtype, x.shape)


@each_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_are_finite_at_extremes(name: str, options: Any, target: Any, dtype: Any) -> None:
    target = target.astype(dtype) if target.dtype.kind == "f" else target
    for rows in (np.array([[1e4, -1e4, 0.0]]), np.array([[-1e4, 1e4, 1e4]]), np.zeros((1, 3))):
        x = ag.Node(rows.repeat(4, axis=0).astype(dtype))
        loss = function(name)(x, target, **options)
        loss.backward()
        assert np.isfinite(loss.value)
        assert np.isfinite(x.grad).all()


@each_case
def test_a_weight_is_how_often_a_sample_counts(name: str, options: Any, target: Any) -> None:
    loss, times = function(name), np.array([2, 0, 1, 3])
    repeated = OUTPUT.repeat(times, axis=0), target.repeat(times, axis=0)
    x, y = ag.Node(OUTPUT), ag.Node(repeated[0])
    for reduction in ("mean", "sum"):
        x.grad = y.grad = None
        ours = loss(x, target, reduction, sample_weight=times, **options)
        wanted = loss(y, repeated[1], reduction, **options)
        assert ours.item() == pytest.approx(wanted.item())
        ours.backward()
        wanted.backward()
        summed = np.add.reduceat(y.grad, [0, 2, 3])
        np.testing.assert_allclose(x.grad, [summed[0], [0, 0, 0], summed[1], summed[2]], atol=1e-15)
    losses = loss(OUTPUT, target, "none", **options)
    weights = times.reshape(4, *[1] * (losses.ndim - 1))
    np.testing.assert_allclose(
        loss(OUTPUT, target, "none", sample_weight=times, **options), losses * weights
    )


@each_case
def test_weights_can_be_differentiated(name: str, options: Any, target: Any) -> None:
    weight = np.array([1.0, 0.5, 2.0, 0.3])
    for reduction in ("mean", "none"):
        ag.check_grads(
            lambda x, w, r=reduction: function(name)(x, target, r, sample_weight=w, **options),
            (OUTPUT, weight),
            order=1,
        )


@each_case
def test_classes_are_their_functions(name: str, options: Any, target: Any) -> None:
    kind: Any = LOSSES[name]
    loss = kind("sum", **options)
    assert loss(OUTPUT, target) == function(name)(OUTPUT, target, "sum", **options)
    weight = np.array([1.0, 0.0, 2.0, 0.5])
    assert loss(OUTPUT, target, weight) == function(name)(
        OUTPUT, target, "sum", sample_weight=weight, **options
    )
    loss.check(OUTPUT.shape, target)
    assert repr(loss).startswith(f"{kind.__name__}(reduction='sum'")
    assert repr(kind()) == f"{kind.__name__}(reduction='mean')"
    assert all(f"{option}=" in repr(loss) for option in options)


@each_case
def test_arguments_are_left_alone_and_lists_will_do(name: str, options: Any, target: Any) -> None:
    x, y = OUTPUT.copy(), np.array(target)
    for array in (x, y):
        array.flags.writeable = False
    node = ag.Node(x)
    function(name)(node, y, **options).backward()
    value = function(name)(OUTPUT.tolist(), target.tolist(), **options)
    assert float(value) == pytest.approx(function(name)(node, y, **options).item())


WRONG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "reduction": (OUTPUT, {"reduction": "average"}, "reduction 'mean', .*, got 'average'"),
    "weights of another length": (
        OUTPUT,
        {"sample_weight": np.ones(3)},
        r"sample_weight of shape \(4,\), got \(3,\)",
    ),
    "negative weights": (
        OUTPUT,
        {"sample_weight": np.array([1, -1, 1, 1])},
        "weights of at least 0",
    ),
    "nan weights": (
        OUTPUT,
        {"sample_weight": np.array([1, np.nan, 1, 1])},
        "weights of at least 0",
    ),
    "no weight": (OUTPUT, {"sample_weight": np.zeros(4)}, "weights with a positive sum, got 0"),
    "other rows": (OUTPUT[:3], {}, "expected targets .*, got"),
}


@each_case
@pytest.mark.parametrize(("output", "more", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("node", [False, True], ids=["array", "node"])
def test_what_does_not_fit_is_refused(
    name: str, options: Any, target: Any, output: Any, more: Any, message: str, node: bool
) -> None:
    wrapped = ag.Node(output) if node else output
    with pytest.raises(nn.NNError, match=message):
        function(name)(wrapped, target, **more, **options)
    if output.shape != OUTPUT.shape:
        with pytest.raises(nn.NNError, match=f"{LOSSES[name].__name__} {message}"):
            LOSSES[name](**options).check(output.shape, np.asarray(target))


def test_a_loss_of_ones_own_shows_its_options() -> None:
    class Plain(nn.CrossEntropyLoss):
        def __init__(self) -> None:
            super().__init__(label_smoothing=0.1)

    assert repr(Plain()) == "Plain(reduction='mean', label_smoothing=0.1)"
