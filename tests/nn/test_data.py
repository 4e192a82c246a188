"""Mini-batches: every row once, in the order of the seed, a batch in memory at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.data import check_finite


@given(rows=st.integers(1, 50), size=st.integers(1, 60), shuffle=st.booleans())
def test_every_row_comes_once_with_its_target(rows: int, size: int, shuffle: bool) -> None:
    X, y = np.arange(2 * rows).reshape(rows, 2), np.arange(rows)
    dealt = list(nn.batches(X, y, size, shuffle=shuffle))
    assert [len(b) for _, b in dealt] == [size] * (rows // size) + [rows % size] * (rows % size > 0)
    order = np.concatenate([b for _, b in dealt])
    assert sorted(order.tolist()) == list(range(rows))
    assert np.array_equal(np.concatenate([a for a, _ in dealt]), X[order])
    assert shuffle or order.tolist() == list(range(rows))


def test_a_seed_repeats_and_a_generator_goes_on() -> None:
    X, y = np.zeros((20, 1)), np.arange(20)

    def order(seed: Any) -> list[int]:
        return np.concatenate([b for _, b in nn.batches(X, y, 8, seed)]).tolist()

    rng = np.random.default_rng(3)
    assert order(3) == order(3) == order(rng)
    assert order(3) != order(rng)


def test_only_a_batch_is_copied(tmp_path: Path) -> None:
    X = np.memmap(tmp_path / "X", np.float32, "w+", shape=(10, 3))
    for x, _ in nn.batches(X, np.zeros(10), 4):
        assert type(x) is np.ndarray
        assert not np.shares_memory(x, X)
    for x, _ in nn.batches(X, np.zeros(10), 4, shuffle=False):
        assert np.shares_memory(x, X)


WRONG: dict[str, tuple[Any, ...]] = {
    "lengths": (np.zeros((3, 2)), np.zeros(2), 1),
    "no rows": (np.zeros((0, 2)), np.zeros(0), 1),
    "numbers": (1.0, 2.0, 1),
    "text": (np.array([["a"]]), np.zeros(1), 1),
    "objects": (np.zeros((1, 1)), np.array([None]), 1),
    "no size": (np.zeros((3, 2)), np.zeros(3), 0),
    "half a row": (np.zeros((3, 2)), np.zeros(3), 0.5),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_input_is_refused_at_the_call(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(nn.NNError, match=r"expected .*, got"):
        nn.batches(*arguments)


def test_the_first_entry_that_is_not_finite_is_named() -> None:
    X = np.zeros((3, 2**19))
    check_finite("X", X)
    X[2, 5] = np.inf
    with pytest.raises(nn.DataError, match=r"X expected finite numbers, got inf at \[2, 5\]"):
        check_finite("X", X)
