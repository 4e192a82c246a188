"""Losses: values by hand, derivatives to second order, extremes, and words for wrong targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.losses.cross_entropy import LARGE

REDUCTIONS = ["mean", "sum", "none"]
LOGITS = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]])
INDICES = np.array([2, 0])
PROBABILITIES = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]])


def test_cross_entropy_by_hand() -> None:
    logits = ag.Node(np.log([[1.0, 3.0], [1.0, 1.0]]))
    loss = nn.cross_entropy(logits, np.array([1, 0]))
    assert loss.item() == pytest.approx((np.log(4 / 3) + np.log(2)) / 2)
    loss.backward()
    np.testing.assert_allclose(logits.grad, [[0.125, -0.125], [-0.25, 0.25]])


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy_is_differentiable_twice(reduction: str) -> None:
    ag.check_grads(lambda x: nn.cross_entropy(x, INDICES, reduction), (LOGITS,), order=2)
    ag.check_grads(
        lambda x, p: nn.cross_entropy(x, p, reduction), (LOGITS, PROBABILITIES + 0.1), order=2
    )


def test_the_hessian_of_cross_entropy_is_that_of_log_sum_exp() -> None:
    x = LOGITS[0]
    hessian = ag.hessian(lambda z: nn.cross_entropy(z, np.array(1)))(x)
    p = np.exp(x) / np.exp(x).sum()
    np.testing.assert_allclose(hessian, np.diag(p) - np.outer(p, p), atol=1e-14)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3)], ids=str)
def test_cross_entropy_takes_any_number_of_batch_axes(
    shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    logits, target = rng.normal(size=(*shape, 5)), rng.integers(0, 5, shape)
    own = np.take_along_axis(nn.log_softmax(logits), np.asarray(target)[..., None], -1)[..., 0]
    np.testing.assert_allclose(nn.cross_entropy(logits, target, "none"), -own)
    assert nn.cross_entropy(logits, target) == pytest.approx(-own.mean())
    ag.check_grads(lambda x: nn.cross_entropy(x, target), (logits,), order=2)


def test_indices_and_their_probabilities_give_the_same() -> None:
    onehot = np.eye(3)[INDICES]
    for reduction in REDUCTIONS:
        np.testing.assert_allclose(
            nn.cross_entropy(LOGITS, INDICES, reduction),
            nn.cross_entropy(LOGITS, onehot, reduction),
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target", [INDICES, PROBABILITIES], ids=["indices", "probabilities"])
def test_cross_entropy_is_stable_at_large_logits(dtype: Any, target: Any) -> None:
    logits = ag.Node(np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], dtype))
    loss = nn.cross_entropy(logits, target.astype(dtype) if target.ndim == 2 else target)
    loss.backward()
    assert np.isfinite(loss.value)
    assert np.isfinite(logits.grad).all()
    assert (loss.dtype, logits.grad.dtype) == (dtype, dtype)
    assert nn.cross_entropy(logits.value, np.array([0, 1])) == pytest.approx(np.log(2) / 2)


@pytest.mark.parametrize("kind", ["i1", "i4", "i8", "u1", "u8", ">i8"])
def test_indices_of_any_integer_dtype(kind: str) -> None:
    expected = nn.cross_entropy(LOGITS, INDICES)
    assert nn.cross_entropy(LOGITS, INDICES.astype(kind)) == expected
    assert nn.cross_entropy(LOGITS, INDICES.tolist()) == expected


def test_only_the_first_derivative_of_unused_classes_is_their_probability() -> None:
    logits = ag.Node(LOGITS)
    nn.cross_entropy(logits, INDICES, "sum").backward()
    onehot = np.eye(3)[INDICES]
    np.testing.assert_allclose(logits.grad, nn.softmax(LOGITS) - onehot)


def test_logits_are_left_as_they_are() -> None:
    logits, target = LOGITS.copy(), INDICES.copy()
    for array in (logits, target):
        array.flags.writeable = False
    x = ag.Node(logits)
    nn.cross_entropy(x, target).backward()
    nn.mse_loss(x, PROBABILITIES).backward()
    np.testing.assert_array_equal(logits, LOGITS)
    np.testing.assert_array_equal(target, INDICES)


BAD_TARGETS = {
    "float labels": (INDICES.astype(float), "targets that are whole numbers, got float64"),
    "negative": (np.array([0, -1]), "class indices from 0 to 2, got -1"),
    "too large": (np.array([3, 0]), "class indices from 0 to 2, got 3.*4 outputs"),
    "too many": (
        np.array([0, 1, 2]),
        r"targets of shape \(2,\), got int64 targets of shape \(3,\)",
    ),
    "a column": (INDICES[:, None], r"targets of shape \(2,\), got int64 targets of shape \(2, 1\)"),
    "boolean": (np.array([True, False]), "targets that are whole numbers, got bool"),
    "text": (np.array(["a", "b"]), "targets that are whole numbers, got <U1"),
    "few probabilities": (PROBABILITIES[:1], "targets that are whole numbers"),
}


@pytest.mark.parametrize(("target", "message"), BAD_TARGETS.values(), ids=BAD_TARGETS)
@pytest.mark.parametrize("logits", [LOGITS, ag.Node(LOGITS)], ids=["array", "node"])
def test_wrong_targets_are_refused(logits: Any, target: Any, message: str) -> None:
    with pytest.raises(nn.NNError, match=message):
        nn.cross_entropy(logits, target)
    with pytest.raises(nn.NNError, match=message):
        nn.CrossEntropyLoss().check(LOGITS.shape, target)


def test_mse_by_hand() -> None:
    x = ag.Node([[1.0, 2.0]])
    loss = nn.mse_loss(x, np.array([[0.0, 4.0]]))
    loss.backward()
    assert loss.item() == 2.5
    assert x.grad.tolist() == [[1.0, -2.0]]


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_mse_is_differentiable_twice_in_both_arguments(reduction: str) -> None:
    ag.check_grads(lambda x, y: nn.mse_loss(x, y, reduction), (LOGITS, PROBABILITIES), order=2)


def test_mse_keeps_float32_and_takes_lists() -> None:
    assert nn.mse_loss(LOGITS.astype("f4"), PROBABILITIES.astype("f4")).dtype == np.float32
    assert nn.mse_loss([1.0, 2.0], [1.0, 4.0]) == 2.0


def test_mse_broadcasts_nothing() -> None:
    with pytest.raises(nn.ShapeError, match=r"shape \(2, 1\), got \(2,\). Reshape .* y\[:, None\]"):
        nn.mse_loss(np.zeros((2, 1)), np.zeros(2))


@pytest.mark.parametrize("kind", [nn.CrossEntropyLoss, nn.MSELoss])
def test_classes_hold_the_reduction(kind: Any) -> None:
    target = INDICES if kind is nn.CrossEntropyLoss else PROBABILITIES
    assert kind("sum")(LOGITS, target) == pytest.approx(np.sum(kind("none")(LOGITS, target)))
    assert repr(kind("sum")) == f"{kind.__name__}(reduction='sum')"
    with pytest.raises(nn.ArgumentError, match="reduction 'mean', 'sum', 'none', got 'max'"):
        kind("max")


@pytest.mark.parametrize("function", [nn.cross_entropy, nn.mse_loss])
def test_an_unknown_reduction_is_refused(function: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="got 'average'"):
        function(LOGITS, PROBABILITIES, "average")


@pytest.mark.oracle
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("target", [INDICES, PROBABILITIES], ids=["indices", "probabilities"])
def test_cross_entropy_agrees_with_pytorch(reduction: str, target: Any) -> None:
    torch = pytest.importorskip("torch")
    x, t = ag.Node(LOGITS), torch.tensor(LOGITS, requires_grad=True)
    ours = nn.cross_entropy(x, target, reduction)
    theirs = torch.nn.functional.cross_entropy(t, torch.tensor(target), reduction=reduction)
    np.testing.assert_allclose(ours.value, theirs.detach().numpy(), rtol=1e-13)
    np.sum(ours).backward()
    theirs.sum().backward()
    np.testing.assert_allclose(x.grad, t.grad.numpy(), atol=1e-15)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(LARGE // 8, 8), (2, LARGE // 16, 8)], ids=str)
def test_large_logits_are_exponentiated_once_with_the_same_result(
    reduction: str, shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    logits, target = rng.normal(size=shape), rng.integers(0, 8, shape[:-1])
    target.flags.writeable = False
    whole, parts = ag.Node(logits), ag.Node(logits)
    g = rng.normal(size=shape[:-1] if reduction == "none" else ())
    loss = nn.cross_entropy(whole, target, reduction)
    halves = [
        nn.cross_entropy(
            parts[..., k : k + LARGE // 32, :], target[..., k : k + LARGE // 32], "none"
        )
        for k in range(0, shape[-2], LARGE // 32)
    ]
    losses = np.concatenate(halves, axis=-1)
    wanted = {"none": losses, "sum": np.sum(losses), "mean": np.mean(losses)}[reduction]
    np.testing.assert_allclose(loss.value, wanted.value, rtol=1e-12)
    for _ in range(2):  # backward twice: nothing that was kept has changed
        whole.grad = None
        loss.backward(g)
    wanted.backward(g)
    np.testing.assert_allclose(whole.grad, parts.grad, rtol=1e-10, atol=1e-16)


def test_large_logits_are_differentiable_twice_and_checked(rng: np.random.Generator) -> None:
    logits, t = rng.normal(size=(2, LARGE // 8, 8))
    target = rng.integers(0, 8, LARGE // 8)
    loss = lambda x: nn.cross_entropy(x, target, "sum")
    p = nn.softmax(logits)
    wanted = p * (t - np.sum(p * t, axis=-1, keepdims=True))
    np.testing.assert_allclose(ag.hvp(loss)(logits, t), wanted, atol=1e-12)
    assert ag.jvp(loss, (logits,), (t,))[1] == pytest.approx(np.sum(ag.grad(loss)(logits) * t))
    with pytest.raises(nn.ArgumentError, match="class indices from 0 to 7, got 8"):
        nn.cross_entropy(ag.Node(logits), np.where(target == 7, 8, target))
    with ag.no_grad():
        assert nn.cross_entropy(ag.Node(logits), target, "sum").item() == pytest.approx(
            loss(logits)
        )
