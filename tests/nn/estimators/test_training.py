"""What the estimators learn, when they stop, and what they refuse."""

from __future__ import annotations

import warnings
from inspect import signature
from typing import Any

import numpy as np
import pytest

import nn

pytest.importorskip("sklearn")

from sklearn import neural_network
from sklearn.exceptions import ConvergenceWarning

from nn.estimators.parameters import CHECKS, SOLVERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def moons() -> nn.datasets.Dataset:
    return nn.datasets.make_moons(120, dtype=np.float64)


def classifier(**options: Any) -> Any:
    usual = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.05, "random_state": 0}
    return nn.MLPClassifier(**usual | {"max_iter": 40} | options)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("extra", [{}, {"dropout": 0.1, "batchnorm": True, "batch_size": 17}])
def test_every_solver_learns(solver: str, extra: dict[str, Any], moons: Any) -> None:
    model = classifier(**{"solver": solver, "max_iter": 100, "batch_size": 16} | extra)
    assert model.fit(*moons).score(*moons) > 0.9
    np.testing.assert_allclose(model.predict_proba(moons.X).sum(axis=1), 1)
    np.testing.assert_allclose(
        np.exp(model.predict_log_proba(moons.X)), model.predict_proba(moons.X)
    )


@pytest.mark.oracle
@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_path_is_scikit_learns(solver: str, weighted: bool, rng: np.random.Generator) -> None:
    # The same start, no shuffling: the same steps, so the same losses, alpha and weights included.
    X, y = rng.normal(size=(30, 3)), rng.normal(size=30)
    weights = rng.uniform(0.5, 2, 30) if weighted else None
    options: dict[str, Any] = {
        "hidden_layer_sizes": (5,),
        "activation": "tanh",
        "solver": solver,
        "alpha": 0.1,
        "batch_size": 10,
        "shuffle": False,
        "warm_start": True,
        "max_iter": 1,
        "learning_rate_init": 0.05,
        "epsilon": 1e-30,  # theirs is not corrected for the start
    }
    if weighted and "sample_weight" not in signature(neural_network.MLPRegressor.fit).parameters:
        pytest.skip("before scikit-learn 1.7 its networks take no weights")
    data = (X, y, weights) if weighted else (X, y)
    ours = nn.MLPRegressor(**options).fit(*data)
    theirs = neural_network.MLPRegressor(**options).fit(*data)
    for layer, W, b in zip((0, 2), theirs.coefs_, theirs.intercepts_, strict=True):
        ours.model_[layer].weight.assign(W.T.copy())
        ours.model_[layer].bias.assign(b.copy())
    for model in (ours, theirs):
        model.set_params(max_iter=20).fit(*data)
    np.testing.assert_allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=1e-9)
    for W, other in zip(ours.coefs_, theirs.coefs_, strict=True):
        np.testing.assert_allclose(W, other, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-7)


def test_the_same_random_state_gives_the_same_model(moons: Any) -> None:
    one, same, other = (
        classifier(random_state=s, dropout=0.2, max_iter=3).fit(*moons) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.coefs_[0], same.coefs_[0])
    assert one.loss_curve_ == same.loss_curve_
    assert not np.array_equal(one.coefs_[0], other.coefs_[0])


def test_dtypes_are_kept(moons: Any) -> None:
    model = classifier(max_iter=2).fit(moons.X.astype(np.float32), moons.y)
    assert model.coefs_[0].dtype == model.predict_proba(moons.X).dtype == np.float32
    assert classifier(max_iter=2).fit(*moons).coefs_[0].dtype == np.float64


def test_several_classes_a_sample(rng: np.random.Generator) -> None:
    X = rng.normal(size=(200, 3))
    y = (X > 0).astype(int)
    model = classifier(max_iter=80).fit(X, y)
    assert model.score(X, y) > 0.9
    assert set(np.unique(model.predict(X))) == {0, 1}
    assert np.all((model.predict_proba(X) > 0.5) == model.predict(X))
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), model.predict_proba(X))


def test_several_numbers_a_sample(rng: np.random.Generator) -> None:
    X = rng.normal(size=(200, 2))
    y = np.c_[X.sum(axis=1), X[:, 0], -X[:, 1]]
    for loss in ("squared_error", "absolute_error"):
        model = nn.MLPRegressor((16,), loss=loss, learning_rate_init=0.05, random_state=0)
        model.fit(X, y)
        assert model.predict(X).shape == (200, 3)
        assert model.score(X, y) > 0.95


def test_weights_of_zero_leave_samples_out(moons: Any) -> None:
    weights = np.ones(120)
    weights[80:] = 0
    one = classifier(batch_size=16, max_iter=5).fit(*moons, sample_weight=weights)
    other = classifier(batch_size=16, max_iter=5).fit(moons.X[:80], moons.y[:80])
    np.testing.assert_allclose(one.coefs_[0], other.coefs_[0], rtol=1e-9)
    with pytest.raises(ValueError, match="at least one non-zero number"):
        classifier().fit(*moons, sample_weight=np.zeros(120))
    with pytest.raises(ValueError, match=r"sample_weight.* negative|Negative values"):
        classifier().fit(*moons, sample_weight=-weights)


# Stopping


def test_it_stops_when_the_loss_no_longer_falls(moons: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = classifier(tol=10.0, n_iter_no_change=3).fit(*moons)
    assert model.n_iter_ == len(model.loss_curve_) == 5  # the first counts, then four in vain
    assert model.best_loss_ == min(model.loss_curve_)


def test_max_iter_is_told(moons: Any) -> None:
    with pytest.warns(ConvergenceWarning, match="reached max_iter=2"):
        classifier(max_iter=2).fit(*moons)


def test_ctrl_c_keeps_what_was_learned(moons: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = classifier()
    epoch = type(model)._epoch

    def interrupted(self: Any, data: Any) -> float:
        if self.n_iter_ == 3:
            raise KeyboardInterrupt
        return float(epoch(self, data))

    monkeypatch.setattr(type(model), "_epoch", interrupted)
    with pytest.warns(ConvergenceWarning, match="was interrupted after 3 epochs"):
        model.fit(*moons)
    assert model.predict(moons.X).shape == (120,)
    monkeypatch.setattr(type(model), "_epoch", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        model.fit(*moons)


def test_numbers_of_numpy_are_parameters(moons: Any) -> None:
    X = moons.X.astype(np.float32)
    model = classifier(
        alpha=np.float64(0.1), learning_rate_init=np.float64(0.01), max_iter=np.int64(2)
    )
    assert model.fit(X, moons.y).coefs_[0].dtype == np.float32
    assert all(node.grad.dtype == np.float32 for node in model.model_.parameters())


def test_early_stopping_keeps_the_best_weights(moons: Any) -> None:
    model = classifier(early_stopping=True, validation_fraction=0.3, max_iter=30).fit(*moons)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.best_loss_ is None
    assert len(model.validation_scores_) == model.n_iter_ <= 30
    with pytest.raises(ValueError, match="greater or equal to the number of classes"):
        classifier(early_stopping=True, validation_fraction=0.1).fit(
            moons.X[:12], np.repeat([0, 1, 2], 4)
        )
    model.partial_fit(*moons)  # holds nothing out
    assert len(model.validation_scores_) == model.n_iter_ - 1


def test_warm_start_goes_on(moons: Any) -> None:
    model = classifier(warm_start=True, max_iter=3).fit(*moons)
    first = model.coefs_[0]
    assert model.fit(*moons).n_iter_ == 6
    assert not np.array_equal(first, model.coefs_[0])
    with pytest.raises(ValueError, match="classes among"):
        model.fit(moons.X, moons.y + 5)
    model.set_params(early_stopping=True).fit(*moons)
    assert len(model.validation_scores_) == 3
    model.set_params(early_stopping=False, warm_start=False).fit(*moons)
    assert model.n_iter_ == 3


def test_partial_fit_makes_one_pass(moons: Any) -> None:
    model = classifier()
    for i in range(3):
        model.partial_fit(*moons, classes=[0, 1, 7])
        assert (model.n_iter_, model.t_) == (i + 1, 120 * (i + 1))
    assert model.predict_proba(moons.X).shape == (120, 3)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        classifier().partial_fit(*moons)
    with pytest.raises(ValueError, match=r"classes \[0 1 7\], got \[0 1\]"):
        model.partial_fit(*moons, classes=[0, 1])
    with pytest.raises(ValueError, match="classes among"):
        model.partial_fit(moons.X, moons.y + 2)


def test_rates_fall(moons: Any) -> None:
    model = classifier(solver="sgd", learning_rate="invscaling", power_t=0.5, max_iter=3)
    assert model.fit(*moons)._optimizer.lr == 0.05 / 361**0.5
    model = classifier(solver="sgd", learning_rate="adaptive", tol=10.0, n_iter_no_change=1)
    assert model.fit(*moons)._optimizer.lr < 0.05 / 5**5
    model = classifier(learning_rate=nn.schedules.InverseTime(0.1, 1), batch_size=60, max_iter=2)
    model.fit(*moons)
    assert model._optimizer.lr == nn.schedules.InverseTime(0.1, 1)(3)


def test_verbose_prints_a_line_an_epoch(moons: Any, capsys: pytest.CaptureFixture[str]) -> None:
    classifier(verbose=True, max_iter=2, early_stopping=True).fit(*moons)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("epoch 2: loss ")
    assert "validation score" in lines[1]


def test_the_network_itself_can_be_saved(moons: Any, tmp_path: Any) -> None:
    model = classifier(max_iter=2, batchnorm="after").fit(*moons)
    nn.save(model.model_, tmp_path / "model.safetensors")
    logits = nn.load(tmp_path / "model.safetensors").predict(moons.X)
    np.testing.assert_allclose(nn.softmax(logits), model.predict_proba(moons.X))
    assert [W.shape for W in model.coefs_] == [(2, 16), (16, 2)]
    assert [b.shape for b in model.intercepts_] == [(16,), (2,)]


# What is refused


@pytest.mark.parametrize("name", CHECKS)
def test_parameters_that_mean_nothing_are_refused(name: str, moons: Any) -> None:
    for value in (-1, "x", None, [0.5]):
        if name == "hidden_layer_sizes" and value is None:
            continue
        with pytest.raises(nn.ArgumentError, match=f"MLPClassifier, {name}, expected"):
            classifier(**{name: value}).fit(*moons)


def test_layers_check_their_own_parameters(moons: Any) -> None:
    with pytest.raises(ValueError, match=r"p of at least 0 and below 1, got 1\.5"):
        classifier(dropout=1.5).fit(*moons)
    with pytest.raises(ValueError, match="'before' or 'after'"):
        classifier(batchnorm="there").fit(*moons)
    with pytest.raises(ValueError, match="one of 'squared_error', 'absolute_error'"):
        nn.MLPRegressor(loss="hinge").fit(*moons)


def test_data_are_refused_in_scikit_learns_words(moons: Any) -> None:
    X, y = moons
    with pytest.raises(ValueError, match="Input X contains NaN"):
        classifier().fit(np.full((4, 2), np.nan), [0, 1, 0, 1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        classifier().fit(X, y[:5])
    with pytest.raises(ValueError, match="Expected 2D array, got 1D array instead"):
        classifier().fit(X[:, 0], y)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        classifier().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="X has 1 features, but MLPClassifier is expecting 2"):
        classifier(max_iter=1).fit(X, y).predict(X[:, :1])
    with pytest.raises(ValueError, match="an indicator matrix"):
        classifier().fit(X, np.c_[y, y + 1, y * 3])


def test_one_sample_cannot_be_normalised(moons: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="two samples for batchnorm, got n_samples=1"):
        classifier(batchnorm=True).fit(moons.X[:1], moons.y[:1])
    model = classifier(batchnorm=True, batch_size=119, max_iter=2).fit(*moons)  # no batch of one
    assert model.t_ == 240


def test_overflow_is_an_error(moons: Any) -> None:
    with pytest.raises(nn.DataError, match="loss and weights that stay finite, got an overflow"):
        nn.MLPRegressor(solver="sgd", learning_rate_init=1e6).fit(moons.X * 1e8, moons.y * 1e9)
