"""Losses by hand, at their kinks, against PyTorch, and their words for wrong labels and options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

F = np.array([[1.0, 0.5, 0.75], [-2.0, 3.0, 1.0]])
Y = np.array([0, 2])


def slope(loss: Callable[[Any], Any], *x: float) -> list[float]:
    values: list[float] = ag.grad(lambda z: np.sum(loss(z)))(np.array(x)).tolist()
    return values


def test_binary_cross_entropy_by_hand() -> None:
    z, y = np.array([0.0, np.log(3.0), 1e4, -1e4, 1e4]), np.array([1.0, 0.0, 1.0, 0.0, 0.0])
    losses = nn.binary_cross_entropy_with_logits(z, y, "none")
    np.testing.assert_allclose(losses, [np.log(2), np.log(4), 0, 0, 1e4])
    loss = lambda z: nn.binary_cross_entropy_with_logits(z, y, "sum")
    np.testing.assert_allclose(slope(loss, *z), [-0.5, 0.75, 0, 0, 1], atol=1e-15)


def test_positive_targets_can_count_more() -> None:
    z, y = np.array([0.3, -0.8]), np.array([True, False])
    plain = nn.binary_cross_entropy_with_logits(z, y, "none")
    triple = nn.binary_cross_entropy_with_logits(z, y, "none", pos_weight=3.0)
    np.testing.assert_allclose(triple, plain * [3, 1])


def test_huber_by_hand() -> None:
    x = np.array([-3.0, -0.5, 0.0, 0.5, 2.0])
    losses = nn.huber_loss(x, np.zeros(5), "none", delta=2.0)
    assert losses.tolist() == [4.0, 0.125, 0.0, 0.125, 2.0]
    assert slope(lambda z: nn.huber_loss(z, np.zeros(5), "sum", delta=2.0), *x) == [
        -2.0,
        -0.5,
        0.0,
        0.5,
        2.0,
    ]
    curvature = ag.hessian(lambda z: nn.huber_loss(z, np.zeros(2), "sum"))(np.array([0.0, 3.0]))
    assert curvature.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_absolute_error_is_flat_where_it_is_zero() -> None:
    assert slope(lambda z: nn.l1_loss(z, np.zeros(3), "sum"), -2.0, 0.0, 3.0) == [-1.0, 0.0, 1.0]


@pytest.mark.parametrize("target", [[-1, 1, 1, -1], [0, 1, 1, 0], [False, True, True, False]])
def test_labels_are_signs_or_zeros_and_ones(target: list[Any]) -> None:
    f = np.array([0.5, 0.5, 1.0, -3.0])
    assert nn.hinge_loss(f, target, "none").tolist() == [1.5, 0.5, 0.0, 0.0]
    assert nn.perceptron_loss(f, target, "none").tolist() == [0.5, 0.0, 0.0, 0.0]
    assert slope(lambda z: nn.hinge_loss(z, target, "sum"), *f) == [1.0, -1.0, 0.0, 0.0]
    assert slope(
        lambda z: nn.perceptron_loss(z, target, "sum"),
        *f,
    ) == [1.0, 0.0, 0.0, 0.0]


def test_ones_alone_mean_yes_in_both_conventions() -> None:
    assert nn.hinge_loss(np.array([0.0, 2.0]), [1, 1], "none").tolist() == [1.0, 0.0]


def test_margins_that_are_just_met_have_no_slope() -> None:
    assert slope(lambda z: nn.hinge_loss(z, [1, 0]), 1.0, -1.0) == [0.0, 0.0]
    assert slope(lambda z: nn.perceptron_loss(z, [1, 0]), 0.0, 0.0) == [0.0, 0.0]
    assert slope(lambda z: nn.perceptron_loss(z[None], [0]), 1.0, 1.0) == [0.0, 0.0]
    for form in ("crammer_singer", "weston_watkins"):
        loss = lambda z, form=form: nn.multi_class_hinge_loss(z[None], [0], form=form)
        assert slope(loss, 2.0, 1.0, 1.0) == [0.0, 0.0, 0.0]


def test_multi_class_hinge_by_hand() -> None:
    # rows: 1 + f_j - f_0 = (0.5, 0.75); 1 + f_j - f_2 = (-2, 3)
    assert nn.multi_class_hinge_loss(F, Y, "none").tolist() == [0.75, 3.0]
    assert nn.multi_class_hinge_loss(F, Y, "none", form="weston_watkins").tolist() == [1.25, 3.0]
    gradient = ag.grad(lambda f: nn.multi_class_hinge_loss(f, Y, "sum"))(F)
    assert gradient.tolist() == [[-1.0, 0.0, 1.0], [0.0, 1.0, -1.0]]
    gradient = ag.grad(lambda f: nn.multi_class_hinge_loss(f, Y, "sum", form="weston_watkins"))(F)
    assert gradient.tolist() == [[-2.0, 1.0, 1.0], [0.0, 1.0, -1.0]]
    assert nn.multi_class_hinge_loss(F, Y, "none", margin=0.0).tolist() == [0.0, 2.0]


def test_a_single_class_leaves_nothing_to_win() -> None:
    f, y = np.array([[3.0], [-1.0]]), np.array([0, 0])
    for loss in (nn.multi_class_hinge_loss, nn.perceptron_loss, nn.cross_entropy):
        assert loss(f, y) == 0.0
        assert not ag.grad(lambda x, loss=loss: loss(x, y))(f).any()  # type: ignore[misc]


def test_perceptron_of_classes_is_the_distance_to_the_best() -> None:
    assert nn.perceptron_loss(F, Y, "none").tolist() == [0.0, 2.0]
    gradient = ag.grad(lambda f: nn.perceptron_loss(f, Y, "sum"))(F)
    assert gradient.tolist() == [[0.0, 0.0, 0.0], [0.0, 1.0, -1.0]]


def test_the_perceptron_learns_what_can_be_separated(rng: np.random.Generator) -> None:
    X = rng.normal(size=(200, 2))
    y = X @ [1.0, -2.0] > 0
    w = ag.Node(rng.normal(size=2))
    optimizer = nn.SGD([w], lr=1.0)
    for _ in range(200):
        optimizer.zero_grad()
        nn.perceptron_loss(np.dot(X, w), y).backward()
        optimizer.step()
    assert np.all((X @ w.value > 0) == y)


def test_kl_div_is_zero_where_it_agrees_and_counts_no_zero_probability() -> None:
    p = np.array([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]])
    logits = np.log(np.maximum(p, 1e-300))
    np.testing.assert_allclose(nn.kl_div(logits, p, "none"), 0, atol=1e-12)
    np.testing.assert_allclose(
        nn.kl_div(np.zeros((2, 3)), p, "none"),
        [np.log(3) + 0.25 * np.log(0.25) + 0.75 * np.log(0.75), np.log(3)],
    )


def test_label_smoothing_shares_the_target_among_all_classes() -> None:
    smooth = nn.cross_entropy(F, Y, "none", label_smoothing=0.3)
    p = np.full((2, 3), 0.1) + 0.7 * np.eye(3)[Y]
    np.testing.assert_allclose(smooth, nn.cross_entropy(F, p, "none"))
    uniform = nn.cross_entropy(F, Y, "none", label_smoothing=1.0)
    np.testing.assert_allclose(uniform, nn.cross_entropy(F, np.full((2, 3), 1 / 3), "none"))


def test_the_weighted_mean_divides_by_the_weights_of_the_samples_classes() -> None:
    each = nn.cross_entropy(F, Y, "none")
    weighted = nn.cross_entropy(F, Y, class_weight=[2.0, 100.0, 0.5])
    assert weighted == pytest.approx((2 * each[0] + 0.5 * each[1]) / 2.5)
    both = nn.cross_entropy(F, Y, class_weight=[2.0, 100.0, 0.5], sample_weight=[1.0, 3.0])
    assert both == pytest.approx((2 * each[0] + 1.5 * each[1]) / 3.5)


P = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]])
C = np.array([1.0, 0.5, 2.0])
TORCH: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any, Any], Any]]] = {
    "smoothing": (
        lambda x: nn.cross_entropy(x, Y, label_smoothing=0.2),
        lambda f, t, c: f.cross_entropy(t, c(Y), label_smoothing=0.2),
    ),
    "class weights": (
        lambda x: nn.cross_entropy(x, Y, class_weight=C),
        lambda f, t, c: f.cross_entropy(t, c(Y), weight=c(C)),
    ),
    "both": (
        lambda x: nn.cross_entropy(x, Y, class_weight=C, label_smoothing=0.2),
        lambda f, t, c: f.cross_entropy(t, c(Y), weight=c(C), label_smoothing=0.2),
    ),
    "both, probabilities": (
        lambda x: nn.cross_entropy(x, P, class_weight=C, label_smoothing=0.2),
        lambda f, t, c: f.cross_entropy(t, c(P), weight=c(C), label_smoothing=0.2),
    ),
    "both, none": (
        lambda x: nn.cross_entropy(x, Y, "none", class_weight=C, label_smoothing=0.2),
        lambda f, t, c: f.cross_entropy(
            t, c(Y), weight=c(C), label_smoothing=0.2, reduction="none"
        ),
    ),
    "nll_loss": (
        lambda x: nn.nll_loss(nn.log_softmax(x), Y),
        lambda f, t, c: f.nll_loss(f.log_softmax(t, -1), c(Y)),
    ),
    "kl_div": (
        lambda x: nn.kl_div(x, P),
        lambda f, t, c: f.kl_div(f.log_softmax(t, -1), c(P), reduction="batchmean"),
    ),
    "bce": (
        lambda x: nn.binary_cross_entropy_with_logits(x, P),
        lambda f, t, c: f.binary_cross_entropy_with_logits(t, c(P)),
    ),
    "bce, pos_weight": (
        lambda x: nn.binary_cross_entropy_with_logits(x, P, "none", pos_weight=C),
        lambda f, t, c: f.binary_cross_entropy_with_logits(
            t, c(P), pos_weight=c(C), reduction="none"
        ),
    ),
    "mse": (lambda x: nn.mse_loss(x, P), lambda f, t, c: f.mse_loss(t, c(P))),
    "l1": (lambda x: nn.l1_loss(x, P), lambda f, t, c: f.l1_loss(t, c(P))),
    "huber": (
        lambda x: nn.huber_loss(x, P, delta=0.7),
        lambda f, t, c: f.huber_loss(t, c(P), delta=0.7),
    ),
    "smooth_l1": (
        lambda x: nn.smooth_l1_loss(x, P, beta=0.7),
        lambda f, t, c: f.smooth_l1_loss(t, c(P), beta=0.7),
    ),
    "weston_watkins": (
        lambda x: nn.multi_class_hinge_loss(x, Y, form="weston_watkins"),
        lambda f, t, c: 3 * f.multi_margin_loss(t, c(Y)),
    ),
}


@pytest.mark.oracle
@pytest.mark.parametrize(("ours", "theirs"), TORCH.values(), ids=TORCH)
def test_losses_agree_with_pytorch(ours: Any, theirs: Any) -> None:
    torch = pytest.importorskip("torch")
    x, t = ag.Node(F), torch.tensor(F, requires_grad=True)
    value, wanted = ours(x), theirs(torch.nn.functional, t, torch.tensor)
    np.testing.assert_allclose(value.value, wanted.detach().numpy(), rtol=1e-12)
    np.sum(value).backward()
    wanted.sum().backward()
    np.testing.assert_allclose(x.grad, t.grad.numpy(), atol=1e-14)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "labels 2": (lambda: nn.hinge_loss(np.zeros(2), [1, 2]), "labels -1 and 1, or 0 and 1"),
    "labels mixed": (lambda: nn.hinge_loss(np.zeros(3), [1, 0, -1]), "labels -1 and 1, or 0 and 1"),
    "labels text": (lambda: nn.hinge_loss(np.zeros(1), ["a"]), "labels -1 and 1, or 0 and 1"),
    "shares above 1": (
        lambda: nn.binary_cross_entropy_with_logits(np.zeros(2), [0.0, 1.5]),
        "targets from 0 to 1",
    ),
    "shares nan": (
        lambda: nn.binary_cross_entropy_with_logits(np.zeros(1), [np.nan]),
        "targets from 0 to 1",
    ),
    "pos_weight": (
        lambda: nn.binary_cross_entropy_with_logits(F, P, pos_weight=np.ones(2)),
        r"pos_weight of shape \(3,\), got \(2,\)",
    ),
    "negative pos_weight": (
        lambda: nn.binary_cross_entropy_with_logits(F, P, pos_weight=-1.0),
        "pos_weight >= 0",
    ),
    "probabilities for a hinge": (
        lambda: nn.multi_class_hinge_loss(F, P),
        r"targets that are whole numbers, .* y.astype\(int\)\.$",
    ),
    "class 3": (lambda: nn.perceptron_loss(F, [0, 3]), "class indices from 0 to 2, got 3"),
    "form": (
        lambda: nn.multi_class_hinge_loss(F, Y, form="other"),
        "form 'crammer_singer' or 'weston_watkins', got 'other'",
    ),
    "form of the class": (lambda: nn.MultiClassHingeLoss(form="x"), "form 'crammer_singer' or"),
    "delta": (lambda: nn.huber_loss(F, F, delta=0), "huber_loss expected delta > 0, got 0"),
    "beta": (lambda: nn.SmoothL1Loss(beta=-1.0), "SmoothL1Loss expected beta > 0, got -1.0"),
    "smoothing": (
        lambda: nn.cross_entropy(F, Y, label_smoothing=1.5),
        "label_smoothing from 0 to 1, got 1.5",
    ),
    "class weights": (
        lambda: nn.cross_entropy(F, Y, class_weight=[1.0, 2.0]),
        r"class_weight of shape \(3,\), got \(2,\)",
    ),
    "negative class weights": (
        lambda: nn.cross_entropy(F, Y, class_weight=[1.0, 2.0, -1.0]),
        "class weights >= 0",
    ),
    "negative probabilities": (lambda: nn.kl_div(F, -P), "kl_div expected targets of at least 0"),
    "whole probabilities": (lambda: nn.kl_div(F, Y), r"kl_div expected targets of shape \(2, 3\)"),
    "reduction of a class": (lambda: nn.HingeLoss("max"), "HingeLoss expected reduction"),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_wrong_labels_and_options_are_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(nn.NNError, match=message):
        call()
