"""fit and evaluate: learning, determinism, figures, Ctrl-C, and input refused before training."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

CE, MSE = nn.CrossEntropyLoss(), nn.MSELoss()


def two_clouds(n: int = 40) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    return (rng.normal(size=(n, 3)) + 4 * y[:, None]).astype(np.float32), y


def fitted(model: nn.Module, data: Any, **options: Any) -> nn.History:
    given: dict[str, Any] = {"loss": CE, "optimizer": nn.SGD(lr=0.1, momentum=0.9), "epochs": 3}
    return nn.fit(model, data, **(given | {"progress": False} | options))


def test_it_learns_and_says_how_it_went() -> None:
    history = fitted(nn.MLP([3, 8, 2]), two_clouds(), epochs=20, validation=two_clouds(15))
    assert list(history) == [
        *("epoch", "loss", "accuracy", "lr", "val_loss", "val_accuracy", "seconds")
    ]
    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["accuracy"][-1] == history["val_accuracy"][-1] == 1.0
    assert np.all(np.diff(history["seconds"]) >= 0)
    assert not history.interrupted


def test_it_is_the_loop_by_hand() -> None:
    X, y = two_clouds()
    model = nn.MLP([3, 4, 2])
    by_hand = copy.deepcopy(model)
    fitted(model, (X, y), batch_size=7, seed=5)
    optimizer, rng = nn.SGD(by_hand.parameters(), lr=0.1, momentum=0.9), np.random.default_rng(5)
    for _ in range(3):
        for xb, yb in nn.batches(X, y, 7, rng):
            loss = nn.cross_entropy(by_hand(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for p, q in zip(model.parameters(), by_hand.parameters(), strict=True):
        assert np.array_equal(p.value, q.value)


def test_the_same_seed_gives_the_same_run() -> None:
    runs = [fitted(nn.MLP([3, 8, 2]), two_clouds(), seed=s) for s in (1, 1, 2)]
    assert np.array_equal(runs[0]["loss"], runs[1]["loss"])
    assert not np.array_equal(runs[0]["loss"], runs[2]["loss"])


def test_regression_with_targets_of_any_floating_dtype() -> None:
    X = np.linspace(-1, 1, 50)[:, None]
    history = fitted(nn.MLP([1, 16, 1], "tanh"), (X, 3 * X), loss=MSE, epochs=100)
    assert list(history) == ["epoch", "loss", "lr", "seconds"]
    assert history["loss"][-1] < 1e-2


@pytest.mark.parametrize("kind", ["u1", "f8", "f4", "?"])
def test_inputs_are_converted_to_the_models_dtype(kind: str) -> None:
    X, y = (two_clouds()[0] > 2).astype(kind), two_clouds()[1]
    seen = []

    class Spy(nn.Module):
        def forward(self, x: Any) -> Any:
            seen.append(x.dtype)
            return x

    fitted(nn.Sequential(Spy(), nn.MLP([3, 2])), (X, y), epochs=1)
    assert set(seen) == {np.dtype(np.float32)}


def test_epoch_figures_weigh_batches_by_their_size() -> None:
    X, y = two_clouds(10)
    model = nn.MLP([3, 4, 2])
    figures = nn.evaluate(model, (X, y), loss=CE, batch_size=4)
    logits = model.predict(X)
    assert figures["loss"] == pytest.approx(nn.cross_entropy(logits, y))
    assert figures["accuracy"] == nn.accuracy(logits, y)
    summed = nn.evaluate(model, (X, y), loss=nn.CrossEntropyLoss("sum"), batch_size=4)
    assert summed["loss"] == pytest.approx(figures["loss"], rel=1e-5)
    standing = fitted(model, (X, y), optimizer=nn.SGD(lr=0.0), epochs=1, batch_size=4)
    assert standing["loss"][0] == pytest.approx(figures["loss"], rel=1e-5)


def test_class_weights_are_over_all_rows_whatever_the_batches() -> None:
    model, loss = nn.Linear(2, 3, seed=0), nn.CrossEntropyLoss(class_weight=[0.0, 1.0, 3.0])
    X, y = np.random.default_rng(0).normal(size=(9, 2)), np.array([0, 0, 1, 2, 1, 0, 2, 2, 1])
    wanted = float(loss(model.predict(X), y))
    for size in (2, 4, 9):  # the first batch of 2 has no weight at all
        found = nn.evaluate(model, (X, y), loss=loss, batch_size=size)
        assert found["loss"] == pytest.approx(wanted, rel=1e-6)


def test_metrics_are_chosen() -> None:
    def half(output: Any, target: Any) -> float:
        return 0.5

    history = fitted(nn.MLP([3, 2]), two_clouds(), metrics=[half], validation=two_clouds())
    assert list(history) == ["epoch", "loss", "half", "lr", "val_loss", "val_half", "seconds"]
    assert history["val_half"].tolist() == [0.5] * 3
    assert list(fitted(nn.MLP([3, 2]), two_clouds(), metrics=())) == [
        "epoch",
        "loss",
        "lr",
        "seconds",
    ]


def test_metrics_that_are_no_averages_are_of_all_outputs_at_once() -> None:
    def rows(output: Any, target: Any) -> float:
        return float(len(target))

    model, (X, y) = nn.MLP([3, 4, 2], seed=0), two_clouds(300)
    given: dict[str, Any] = {"metrics": ["f1", rows, "accuracy"], "validation": (X, y)}
    history = fitted(model, (X, y), optimizer=nn.SGD(lr=0.0), batch_size=7, **given)
    scores = model.predict(X)
    for prefix in ("", "val_"):
        assert np.all(history[f"{prefix}f1"] == nn.f1(scores, y))
        assert np.allclose(history[f"{prefix}accuracy"], nn.accuracy(scores, y))
        assert history[f"{prefix}rows"].tolist() == [300] * 3
    found = nn.evaluate(model, (X, y), loss=CE, metrics=["f1"], batch_size=11)
    assert found["f1"] == nn.f1(scores, y)


def test_modes_are_restored() -> None:
    modes = []

    class Spy(nn.Module):
        def forward(self, x: Any) -> Any:
            modes.append(self.training)
            return x

    model = nn.Sequential(Spy(), nn.MLP([3, 2]))
    model.eval()
    model[1].training = True
    fitted(model, two_clouds(), epochs=1, batch_size=40, validation=two_clouds())
    assert [module.training for module in model.modules()] == [False, False, True, False]
    assert modes[-2:] == [True, False]


@pytest.mark.parametrize("batch", [1, 4, 6])
def test_ctrl_c_keeps_what_was_learned(batch: int) -> None:
    X, y = two_clouds()
    calls = 0

    class Interrupting(nn.CrossEntropyLoss):
        def __call__(self, output: Any, target: Any) -> Any:
            nonlocal calls
            calls += ag.is_recording()
            if calls == batch + 1:
                raise KeyboardInterrupt
            return super().__call__(output, target)

    model = nn.MLP([3, 4, 2])
    untrained = copy.deepcopy(model)
    history = fitted(model, (X, y), loss=Interrupting(), batch_size=10, epochs=9)
    assert history.interrupted
    assert history.epochs == batch // 4
    assert ag.is_recording()
    optimizer, rng = nn.SGD(untrained.parameters(), lr=0.1, momentum=0.9), np.random.default_rng(0)
    order = [b for _ in range(2) for b in nn.batches(X, y, 10, rng)]
    for xb, yb in order[:batch]:
        optimizer.zero_grad()
        nn.cross_entropy(untrained(xb), yb).backward()
        optimizer.step()
    for p, q in zip(model.parameters(), untrained.parameters(), strict=True):
        assert np.array_equal(p.value, q.value)


def test_other_errors_are_not_swallowed() -> None:
    def broken(output: Any, target: Any) -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fitted(nn.MLP([3, 2]), two_clouds(), metrics=[broken])


def test_a_diverging_loss_is_told_once() -> None:
    with (
        np.errstate(all="ignore"),
        pytest.warns(RuntimeWarning, match="Lower the learning") as told,
    ):
        fitted(nn.MLP([3, 3]), (X, X), loss=MSE, optimizer=nn.SGD(lr=1e30))
    assert len(told) == 1


def test_progress_goes_to_stderr_or_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    fitted(nn.MLP([3, 2]), two_clouds(), progress=True, epochs=2, validation=two_clouds())
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "epoch 2: 100%" in shown.err
    assert "val_accuracy=" in shown.err
    fitted(nn.MLP([3, 2]), two_clouds())
    assert capsys.readouterr().err == ""


X, Y = two_clouds()
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "lengths differ": ({"data": (X, Y[:-1])}, "fit expected as many rows of X as of y"),
    "no rows": ({"data": (X[:0], Y[:0])}, "at least one"),
    "no pair": ({"data": X}, r"fit expected a pair \(X, y\), got ndarray"),
    "three": ({"data": (X, Y, Y)}, r"fit expected a pair \(X, y\)"),
    "nan": (
        {"data": (np.where(X > 5, np.nan, X), Y)},
        "fit, X expected finite numbers, got nan at",
    ),
    "infinite": ({"validation": (X * np.inf, Y)}, "fit, validation, X expected finite numbers"),
    "text": ({"data": (X.astype(str), Y)}, "fit, X expected real numbers, got <U"),
    "wide": ({"data": (X[:, :2], Y)}, r"Linear\(3, 8\) expected x of shape \(batch, 3\)"),
    "wide validation": ({"validation": (X[:, :2], Y)}, r"Linear\(3, 8\) expected x of shape"),
    "a late class": ({"data": (X, np.where(np.arange(40) == 39, 7, Y))}, "from 0 to 1, got 7"),
    "float classes": (
        {"data": (X, Y.astype(float))},
        "targets that are whole numbers, got float64",
    ),
    "regression shape": (
        {"loss": MSE, "data": (X, X[:, 0])},
        r"targets of shape \(40, 2\), got \(40,\)",
    ),
    "no epochs": ({"epochs": 0}, "epochs expected a positive whole number, got 0"),
    "half a batch": ({"batch_size": 0.5}, "batch_size expected a positive whole number, got 0.5"),
    "metric": ({"metrics": ["acc"]}, "metrics expected some of 'accuracy', "),
    "reduction": ({"loss": nn.CrossEntropyLoss("none")}, r"one number per batch, got shape \(2,\)"),
    "optimizer": (
        {"optimizer": nn.SGD(nn.MLP([3, 2]).parameters())},
        "an optimizer of the model's parameters, got one bound to those of another model",
    ),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_before_training(options: dict[str, Any], message: str) -> None:
    model = nn.MLP([3, 8, 2])
    before = model.state_dict()
    with pytest.raises(nn.NNError, match=message):
        fitted(model, **({"data": (X, Y)} | options))
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())


def test_digits_are_learned_to_97_percent() -> None:
    train, test = nn.datasets.digits("train"), nn.datasets.digits("test")
    model = nn.MLP([64, 64, 10])
    history = fitted(model, train, validation=test, epochs=20)
    assert history["val_accuracy"][-1] >= 0.97
