"""Corners of losses: outputs of other than two axes, default options, targets of another kind."""

from __future__ import annotations

import numpy as np
import pytest

import nn


def test_class_indices_for_logits_of_one_and_of_three_axes() -> None:
    row = np.array([0.0, 0.0])
    assert nn.cross_entropy(row, np.array(1)) == pytest.approx(np.log(2))
    many = nn.cross_entropy(np.zeros((2, 3, 4)), np.ones((2, 3), int), "none")
    assert many.tolist() == [[pytest.approx(np.log(4))] * 3] * 2
    log_p = np.log(np.full((2, 3, 4), 0.25))
    assert nn.nll_loss(log_p, np.ones((2, 3), int)) == pytest.approx(np.log(4))
    with pytest.raises(nn.ShapeError, match=r"targets of shape \(2, 3\)"):
        nn.cross_entropy(np.zeros((2, 3, 4)), np.ones(2, int))


def test_the_usual_delta_is_one() -> None:
    x, y = np.array([3.0]), np.zeros(1)
    assert float(nn.HuberLoss()(x, y)) == float(nn.huber_loss(x, y)) == 2.5
    assert float(nn.SmoothL1Loss()(x, y)) == float(nn.smooth_l1_loss(x, y)) == 2.5


def test_log_probabilities_have_class_indices_as_targets() -> None:
    log_p, targets = np.log(np.full((2, 2), 0.5)), np.full((2, 2), 0.5)
    with pytest.raises(nn.ArgumentError, match="targets that are whole numbers"):
        nn.nll_loss(log_p, targets)
    with pytest.raises(nn.ArgumentError, match="targets that are whole numbers"):
        nn.NLLLoss().check((2, 2), targets)
