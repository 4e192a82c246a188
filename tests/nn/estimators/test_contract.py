"""The estimators keep scikit-learn's contract: its own checks, pipelines, searches, copies."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

ROOT = Path(__file__).resolve().parents[3]
ESTIMATORS = [nn.MLPClassifier, nn.MLPRegressor]
QUICK: dict[str, Any] = {
    "hidden_layer_sizes": (8,),
    "learning_rate_init": 0.03,
    "max_iter": 10,
    "tol": 0.0,
    "n_iter_no_change": 100,
    "random_state": 0,
}
INAPPLICABLE = {
    "check_array_api_input",
    "check_classifiers_multilabel_output_format_decision_function",
}


@pytest.fixture
def moons() -> nn.datasets.Dataset:
    return nn.datasets.make_moons(120, dtype=np.float64)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_every_check_of_scikit_learn_passes(kind: Any) -> None:
    results = check_estimator(
        kind(max_iter=50, learning_rate_init=0.005), on_skip=None, on_fail=None
    )
    bad = {r["check_name"]: r["exception"] for r in results if r["status"] != "passed"}
    assert set(bad) <= INAPPLICABLE, bad
    assert len(results) > 55


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_searches_over_a_pipeline_in_two_processes(moons: Any) -> None:
    pipeline = make_pipeline(StandardScaler(), nn.MLPClassifier(**QUICK))
    grid = {"mlpclassifier__dropout": [0.0, 0.2], "mlpclassifier__batchnorm": [False, True]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2).fit(*moons)
    assert search.best_score_ > 0.7
    assert len(search.cv_results_["mean_test_score"]) == 4


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_cross_validation_of_a_regressor() -> None:
    X, y = nn.datasets.make_curve("sine", 150, dtype=np.float64)
    order = np.random.default_rng(0).permutation(150)
    model = nn.MLPRegressor(**QUICK | {"max_iter": 60, "batch_size": 16, "activation": "tanh"})
    assert cross_val_score(model, X[order], y[order, 0], cv=3).min() > 0.8


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_a_copy_predicts_and_goes_on_alike(copied: Any, solver: str, moons: Any) -> None:
    options = QUICK | {"dropout": 0.3, "batchnorm": True, "solver": solver}
    model = nn.MLPClassifier(**options).fit(*moons)
    twin = copied(model)
    before = twin.predict_proba(moons.X)
    np.testing.assert_array_equal(model.predict_proba(moons.X), before)
    for _ in range(2):
        model.partial_fit(*moons), twin.partial_fit(*moons)
    np.testing.assert_array_equal(model.predict_proba(moons.X), twin.predict_proba(moons.X))
    assert not np.array_equal(before, twin.predict_proba(moons.X))


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_parameters_are_set_and_cloned(kind: Any) -> None:
    model = kind(dropout=0.1, hidden_layer_sizes=[3, 4])
    other = clone(model.set_params(alpha=0.5))
    assert other.get_params() == model.get_params()
    assert (other.alpha, other.dropout, other.hidden_layer_sizes) == (0.5, 0.1, [3, 4])
    assert not hasattr(other, "model_")
    assert "dropout=0.1" in repr(model)


def test_they_share_parameters_and_names_with_scikit_learn() -> None:
    from sklearn import neural_network

    for ours, theirs in [
        (nn.MLPClassifier, neural_network.MLPClassifier),
        (nn.MLPRegressor, neural_network.MLPRegressor),
    ]:
        mine, yours = ours().get_params(), theirs().get_params()
        assert set(yours) - set(mine) == {"max_fun"}  # of lbfgs only
        assert set(mine) - set(yours) <= {"dropout", "batchnorm", "loss"}
        same = {name for name in mine if name in yours and mine[name] == yours[name]}
        assert same == set(yours) - {"max_fun"}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_column_names_are_remembered() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 1, 0]})
    model = nn.MLPClassifier(**QUICK).fit(frame, ["no", "yes", "no", "yes"])
    assert model.feature_names_in_.tolist() == ["a", "b"]
    assert model.classes_.tolist() == ["no", "yes"]
    assert set(model.predict(frame)) <= {"no", "yes"}
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[["b", "a"]])


def test_nn_does_not_import_scikit_learn() -> None:
    code = "import sys, nn; print('sklearn' in sys.modules, 'MLPClassifier' in dir(nn)); "
    code += "nn.MLPRegressor; print('sklearn' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True", "True"]


def test_without_scikit_learn_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None; from nn import *; import nn; nn.MLPClassifier"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("nn.errors.MissingPackageError: nn.estimators needs the package")
    assert "pip install 'autograd-core[sklearn]'" in last
