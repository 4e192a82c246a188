"""Options of fit: validation shares, sampling, weights, penalties, clipping, schedules, norms."""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.training.rows import Order

CE, MSE = nn.CrossEntropyLoss(), nn.MSELoss()
rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 30)
X = rng.normal(size=(30, 3)) + 2 * np.eye(3)[Y]


def fitted(model: nn.Module, data: Any = (X, Y), **options: Any) -> nn.History:
    given: dict[str, Any] = {"loss": CE, "optimizer": nn.SGD(lr=0.1), "epochs": 3, "batch_size": 8}
    return nn.fit(model, data, **(given | {"progress": False} | options))


def net(seed: int = 0) -> nn.Module:
    return nn.MLP([3, 4, 3], "tanh", seed=seed, dtype=np.float64)


def same(a: nn.Module, b: nn.Module) -> bool:
    one, other = a.state_dict(), b.state_dict()
    return all(np.array_equal(one[name], other[name]) for name in one)


def close(a: nn.Module, b: nn.Module) -> None:
    for p, q in zip(a.parameters(), b.parameters(), strict=True):
        np.testing.assert_allclose(p.value, q.value, rtol=1e-12, atol=1e-14)


class Slope(nn.Module):
    """w · x, which starts at w = 0."""

    def __init__(self) -> None:
        self.w = ag.Node(np.zeros(1))

    def forward(self, x: Any) -> Any:
        return x * self.w


def of_output(output: Any, target: Any) -> Any:
    return np.mean(output)


# The order of rows


def test_every_row_comes_once_an_epoch() -> None:
    order = Order(10, 4, np.random.default_rng(0))
    batches = list(order.epoch())
    assert [len(b) for b in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches)) == list(range(10))


def test_drop_last_leaves_out_the_short_batch() -> None:
    order = Order(10, 4, np.random.default_rng(0), drop_last=True)
    assert [len(b) for b in order.epoch()] == [4, 4]


def test_replacement_draws_rows_uniformly_and_independently() -> None:
    order = Order(5, 5, np.random.default_rng(0), replacement=True)
    drawn = np.concatenate([b for _ in range(2000) for b in order.epoch()])
    counts = np.bincount(drawn, minlength=5)
    assert abs(counts - 2000).max() < 5 * np.sqrt(2000 * 0.8)
    assert any(len(set(b.tolist())) < 5 for b in order.epoch())


def test_with_replacement_it_is_another_run_with_as_many_steps() -> None:
    dealt, drawn = net(), net()
    steps: list[int] = []
    fitted(dealt)
    fitted(drawn, replacement=True, callbacks=[lambda run: steps.append(run.step)])
    assert steps == [4, 8, 12]
    assert not same(dealt, drawn)


# Validation


def test_a_share_is_held_out_by_the_seed() -> None:
    seen: list[int] = []

    class Spy(nn.Module):
        def forward(self, x: Any) -> Any:
            if ag.is_recording():
                seen.extend(x[:, 0].astype(int).tolist())
            else:
                held.extend(x[:, 0].astype(int).tolist())
            return x

    held: list[int] = []
    data = np.tile(np.arange(20.0)[:, None], 3), Y[:20]
    history = fitted(nn.Sequential(Spy(), net()), data, validation=0.25, epochs=1, batch_size=5)
    held = held[2:]  # two rows are looked at before
    assert (len(seen), len(held)) == (15, 5)
    assert sorted(seen + held) == list(range(20))
    assert "val_accuracy" in history
    runs = [fitted(net(), validation=0.3, seed=s)["val_loss"].tolist() for s in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_files_larger_than_memory_can_be_mapped(tmp_path: Path) -> None:
    mapped = np.memmap(tmp_path / "X", X.dtype, "w+", shape=X.shape)
    mapped[:] = X
    ours, theirs = net(), net()
    fitted(ours, (mapped, Y), validation=0.2)
    fitted(theirs, (X, Y), validation=0.2)
    assert same(ours, theirs)


# What the gradient is of, and its size


def test_a_penalty_is_minimised_and_has_a_column() -> None:
    model, by_hand = net(), net()
    before = float(nn.penalties.l2(model, 0.1).item())
    history = fitted(
        model, epochs=1, batch_size=30, penalty=functools.partial(nn.penalties.l2, strength=0.1)
    )
    rows = np.random.default_rng(0).permutation(30)
    loss = nn.cross_entropy(by_hand(X[rows]), Y[rows])
    (loss + nn.penalties.l2(by_hand, 0.1)).backward()
    nn.SGD(by_hand.parameters(), lr=0.1).step()
    close(model, by_hand)
    assert history["penalty"] == pytest.approx([before])
    assert history["loss"] == pytest.approx([loss.item()])


def test_gradients_are_cut_to_a_norm_after_their_entries() -> None:
    def moved(**options: Any) -> tuple[float, nn.History]:
        model = Slope()
        data = np.full((4, 1), 8.0), np.zeros((4, 1))
        history = fitted(model, data, loss=of_output, epochs=1, gradient_norms=True, **options)
        return float(-model.w.value[0] / 0.1), history

    assert moved()[0] == pytest.approx(8.0)
    assert moved(clip_norm=2.0)[0] == pytest.approx(2.0)
    assert moved(clip_value=3.0)[0] == pytest.approx(3.0)
    cut, history = moved(clip_value=3.0, clip_norm=2.0)
    assert cut == pytest.approx(2.0)
    assert history["gradient_norm"].tolist() == [8.0]


# Weights


def test_a_weight_counts_as_often_as_the_row_would() -> None:
    weights = np.tile([0, 1, 2], 10)
    ours, theirs = net(), net()
    fitted(ours, sample_weight=weights, batch_size=30, epochs=2)
    rows = np.repeat(np.arange(30), weights)
    fitted(theirs, (X[rows], Y[rows]), batch_size=30, epochs=2)
    close(ours, theirs)


@pytest.mark.parametrize("given", [[1.0, 2.0, 0.5], {1: 2.0, 2: 0.5}])
def test_class_weights_are_those_of_the_loss(given: Any) -> None:
    ours, theirs = net(), net()
    history = fitted(ours, class_weight=given, validation=(X, Y))
    weighted = nn.CrossEntropyLoss(class_weight=[1.0, 2.0, 0.5])
    fitted(theirs, loss=weighted)
    close(ours, theirs)
    assert history["val_loss"][-1] == pytest.approx(nn.evaluate(ours, (X, Y), loss=CE)["loss"])


def test_balanced_classes_count_alike() -> None:
    y = np.array([0, 0, 0, 1])
    ours, theirs = net(), net()
    fitted(ours, (X[:4], y), class_weight="balanced")
    fitted(theirs, (X[:4], y), class_weight=[4 / 6, 2.0])
    close(ours, theirs)


# Rates


def test_the_rate_of_each_step_is_the_schedules() -> None:
    model, rates = Slope(), []
    data = np.ones((4, 1)), np.zeros((4, 1))

    class Spy(nn.Callback):
        def on_batch_end(self, run: Any) -> None:
            rates.append(run.optimizer.lr)

    history = fitted(
        model, data, loss=of_output, batch_size=2, epochs=2, callbacks=[Spy()],
        schedule=lambda step: 1.0 / (1 + step),
    )  # fmt: skip
    assert rates == [1.0, 1 / 2, 1 / 3, 1 / 4]
    assert model.w.value[0] == pytest.approx(-25 / 12)
    assert history["lr"].tolist() == [1 / 2, 1 / 4]


def test_a_number_is_a_schedule() -> None:
    assert fitted(net(), schedule=0.25)["lr"].tolist() == [0.25] * 3


def test_a_rate_that_is_none_ends_training_in_words() -> None:
    with pytest.raises(nn.ArgumentError, match="rate >= 0 from the schedule at step 5, got nan"):
        fitted(net(), schedule=lambda step: np.nan if step == 5 else 0.1)


# All together


def test_the_example_of_the_design() -> None:
    data, (Xv, yv) = nn.datasets.digits("train"), nn.datasets.digits("test")
    model = nn.MLP([64, 32, 10], activation="relu", dropout=0.5, batchnorm=True, init="he", seed=0)
    history = nn.fit(
        model, data, loss=nn.CrossEntropyLoss(), optimizer=nn.SGD(lr=0.1, momentum=0.9), epochs=20,
        batch_size=64, validation=(Xv, yv), schedule=nn.schedules.InverseTime(0.1, 100),
        early_stopping=nn.EarlyStopping(patience=5), seed=0, progress=True,
    )  # fmt: skip
    assert history["val_accuracy"][-1] > 0.95
    assert [ax.get_ylabel() for ax in history.plot()] == ["loss", "accuracy"]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "share": ({"validation": 1.5}, "validation, a share between 0 and 1, .* got 1.5"),
    "no share": ({"validation": 0.001}, "validation, a share"),
    "schedule": ({"schedule": "cosine"}, "fit expected a schedule, got 'cosine'"),
    "first rate": ({"schedule": lambda step: -1.0}, "schedule at step 0, got -1.0"),
    "last rate": ({"schedule": lambda step: [0.1] * (11 - step)}, "at step 0"),
    "falling": ({"schedule": lambda step: 0.1 - step / 64}, "schedule at step 11, got -0.07"),
    "early": ({"early_stopping": 5}, "early_stopping to be an EarlyStopping, got 5"),
    "unwatched": (
        {"early_stopping": nn.EarlyStopping()},
        "monitor among epoch, loss, accuracy, lr, seconds, got 'val_loss'. Pass validation= to fit",
    ),
    "penalty": ({"penalty": lambda model: model[0].weight}, "fit, penalty expected a loss that is"),
    "norm": ({"clip_norm": -1}, "fit expected clip_norm >= 0, got -1"),
    "value": ({"clip_value": "x"}, "fit expected clip_value >= 0, got 'x'"),
    "weights": ({"sample_weight": [1.0]}, r"sample_weight of shape \(30,\), got \(1,\)"),
    "one weight": ({"sample_weight": 1.0}, r"sample_weight of shape \(30,\), got \(\)"),
    "negative": ({"sample_weight": -np.ones(30)}, "weights of at least 0"),
    "none counts": ({"sample_weight": np.zeros(30)}, "weights above 0, got none"),
    "unweighable": (
        {"loss": lambda output, target: CE(output, target), "sample_weight": np.ones(30)},
        "a loss that takes sample_weight, got <lambda>",
    ),
    "class weights": ({"class_weight": [1.0, 1.0]}, r"class_weight of 3 classes, got \[1.0, 1.0\]"),
    "a class": ({"class_weight": {7: 1.0}}, "class_weight of 3 classes, got {7: 1.0}"),
    "balance": ({"class_weight": "even"}, "class_weight of 3 classes, got 'even'"),
    "no classes": (
        {"data": (X, X), "loss": MSE, "class_weight": "balanced"},
        "class indices, for class_weight, got float64",
    ),
    "replacement": ({"replacement": 1}, "replacement to be True or False, got 1"),
    "drop_last": ({"drop_last": True, "batch_size": 31}, "batches of at most 30 rows"),
    "callbacks": ({"callbacks": print}, "a list of callbacks"),
    "a callback": ({"callbacks": [3]}, "callbacks expected functions or Callbacks, got 3"),
    "a class of them": ({"callbacks": [nn.Callback]}, "callbacks expected functions or Callbacks"),
    "optimizer": ({"optimizer": 0.1}, "fit expected an optimizer, got 0.1"),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_bad_options_are_refused_before_training(options: dict[str, Any], message: str) -> None:
    model = net()
    untouched = copy.deepcopy(model)
    with pytest.raises(nn.NNError, match=message):
        fitted(model, **options)
    assert same(model, untouched)


def test_a_batch_of_one_row_is_refused_where_it_cannot_be_normalised() -> None:
    model = nn.MLP([3, 4, 3], batchnorm=True, dropout=0.5, seed=0)
    state, random = model.state_dict(), [g.bit_generator.state for _, g in model.named_generators()]
    with pytest.raises(nn.ShapeError, match=r"at least two rows in training, got 1\. .*drop_last"):
        fitted(model, batch_size=29)
    assert all(np.array_equal(a, state[name]) for name, a in model.state_dict().items())
    assert [g.bit_generator.state for _, g in model.named_generators()] == random
    assert fitted(model, batch_size=29, drop_last=True).epochs == 3
