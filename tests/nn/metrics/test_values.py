"""Every metric on values by hand, against scikit-learn's, and with input that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.metrics import AVERAGES, METRICS

SCORES = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6], [0.4, 0.4, 0.2]])
CLASSES = np.array([1, 1, 2, 1])
NUMBERS, TRUE = np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])

BY_HAND: dict[str, tuple[Any, Any, float]] = {
    "accuracy": (SCORES, CLASSES, 2 / 4),
    "binary_accuracy": (np.array([-1.0, 0.0, 2.0, 3.0]), np.array([0, 1, 1, -1]), 2 / 4),
    "top_k_accuracy": (SCORES, CLASSES, 1.0),  # 5 classes of 3
    # predicted 0 1 2 0, true 1 1 2 1
    "precision": (SCORES, CLASSES, (0 + 1 + 1) / 3),
    "recall": (SCORES, CLASSES, (0 + 1 / 3 + 1) / 3),
    "f1": (SCORES, CLASSES, (0 + 1 / 2 + 1) / 3),
    "mean_squared_error": (NUMBERS, TRUE, 1 / 3),
    "mean_absolute_error": (NUMBERS, TRUE, 1 / 3),
    "r2": (NUMBERS, TRUE, 1 - 1 / 2),
}


@pytest.mark.parametrize("name", METRICS)
def test_by_hand(name: str) -> None:
    output, target, value = BY_HAND[name]
    for given in (output, ag.Node(output), output.astype(np.float32)):
        found = METRICS[name](given, target)
        assert type(found) is float
        assert found == pytest.approx(value)


def test_top_k_takes_the_first_of_equal_classes() -> None:
    assert nn.top_k_accuracy(SCORES, CLASSES, k=1) == 2 / 4
    assert nn.top_k_accuracy(SCORES, CLASSES, k=2) == 4 / 4
    assert nn.top_k_accuracy(SCORES, CLASSES, k=1) == nn.accuracy(SCORES, CLASSES)


def test_classes_that_never_occur_do_not_count() -> None:
    assert nn.recall(np.eye(5)[[0, 1, 1]], np.array([0, 1, 0])) == (1 / 2 + 1) / 2
    assert nn.recall(np.eye(3)[[0, 1]], np.array([0, 1]), average=None).tolist() == [1, 1, 0]


def test_r2_of_columns() -> None:
    y = np.array([[1.0, 7.0], [3.0, 7.0]])
    assert nn.r2(y, y) == 1.0
    assert nn.r2(y + np.array([[0.0, 1.0], [0.0, 0.0]]), y) == (1 + 0) / 2


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_classes_as_in_scikit_learn(name: str, rng: np.random.Generator) -> None:
    theirs = pytest.importorskip("sklearn.metrics")
    guess, true = rng.integers(0, 4, 50), rng.integers(0, 5, 50)
    function = getattr(theirs, f"{name}_score")
    wanted = function(true, guess, average=None, zero_division=0)
    assert METRICS[name](guess, true) == pytest.approx(wanted.mean())
    assert np.allclose(getattr(nn, name)(guess, true, average=None), wanted)


def test_r2_as_in_scikit_learn(rng: np.random.Generator) -> None:
    theirs = pytest.importorskip("sklearn.metrics")
    guess, true = rng.normal(size=(20, 3)), rng.normal(size=(20, 3))
    assert nn.r2(guess, true) == pytest.approx(theirs.r2_score(true, guess))


@pytest.mark.parametrize("name", sorted(metric.__name__ for metric in AVERAGES))
def test_averages_over_batches_are_those_of_all(name: str, rng: np.random.Generator) -> None:
    output, target, _ = BY_HAND[name]
    whole = METRICS[name](output, target)
    parts = [METRICS[name](output[i : i + 1], target[i : i + 1]) for i in range(len(target))]
    assert np.mean(parts) == pytest.approx(whole)


BAD: dict[str, tuple[Any, str]] = {
    "no classes": (lambda: nn.accuracy(NUMBERS + 0.5, CLASSES[:3]), "predicted classes, or a sco"),
    "binary shape": (lambda: nn.binary_accuracy(SCORES, CLASSES), r"targets of shape \(4, 3\)"),
    "k": (lambda: nn.top_k_accuracy(SCORES, CLASSES, k=0), "k >= 1, got .* and k=0"),
    "top k shape": (lambda: nn.top_k_accuracy(SCORES, CLASSES[:2]), "integer targets"),
    "average": (lambda: nn.f1(SCORES, CLASSES, average="micro"), "f1 expected average 'macro'"),
    "columns": (lambda: nn.r2(NUMBERS[:, None], TRUE), r"y\[:, None\]"),
    "empty": (lambda: nn.mean_squared_error(TRUE[:0], TRUE[:0]), "at least one row"),
}


@pytest.mark.parametrize(("call", "message"), BAD.values(), ids=BAD)
def test_what_does_not_fit_is_refused(call: Any, message: str) -> None:
    with pytest.raises(nn.NNError, match=message):
        call()
