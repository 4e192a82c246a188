"""Accuracy and the confusion matrix, by hand and with input that does not fit."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.metrics import metric

LOGITS = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [5.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
TRUE = np.array([0, 1, 2, 2])


def test_accuracy_counts_hits() -> None:
    assert nn.accuracy(LOGITS, TRUE) == 0.75
    assert nn.accuracy(ag.Node(LOGITS), TRUE) == 0.75
    assert nn.accuracy([0, 1, 0, 2], TRUE.tolist()) == 0.75


def test_the_confusion_matrix_has_true_classes_as_rows() -> None:
    assert nn.confusion_matrix(LOGITS, TRUE).tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]
    assert nn.confusion_matrix([0, 0], [1, 1]).tolist() == [[0, 0], [2, 0]]
    assert nn.confusion_matrix([0], [0], classes=2).tolist() == [[1, 0], [0, 0]]


def test_outputs_that_are_no_classes_are_refused() -> None:
    with pytest.raises(nn.ShapeError, match="integer targets"):
        nn.accuracy(LOGITS, TRUE[:2])
    with pytest.raises(nn.ShapeError, match="float64 targets"):
        nn.accuracy(LOGITS, TRUE.astype(float))


@pytest.mark.parametrize("guess", [[0, 2], [0, -1]])
def test_classes_beyond_the_table_are_refused(guess: list[int]) -> None:
    with pytest.raises(nn.ArgumentError, match="classes from 0 to 1"):
        nn.confusion_matrix(guess, [0, 1], classes=2)


def test_metrics_by_name_or_as_functions() -> None:
    assert metric("accuracy") == ("accuracy", nn.accuracy)
    assert metric(nn.accuracy) == ("accuracy", nn.accuracy)
    with pytest.raises(nn.ArgumentError, match="metrics expected some of 'accuracy', "):
        metric("accurcy")
