"""``MLPClassifier``: a network that learns classes, one or several of them a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import column_or_1d, validate_data

from ..errors import ArgumentError, expected
from ..functional import log_softmax, sigmoid, softmax
from ..losses import cross_entropy
from .base import Array, BaseMLP


def _cross_entropy(output: Any, target: Array) -> Any:
    return cross_entropy(output, target, reduction="none")


def _binary_cross_entropy(output: Any, target: Array) -> Any:
    return np.sum(np.logaddexp(0, output) - target * output, axis=1)


class MLPClassifier(ClassifierMixin, BaseMLP):  # type: ignore[misc]
    """A multi-layer perceptron for classes, trained on the cross-entropy.

    A scikit-learn estimator: it works in pipelines, in ``GridSearchCV`` and with ``clone``. Its
    parameters are those of ``sklearn.neural_network.MLPClassifier`` wherever they mean the same.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int
        Units of the hidden layers; ``()`` for none.
    activation : str
        A name in ``nn.layers.ACTIVATIONS``; also "logistic", which is "sigmoid".
    solver : {"adam", "sgd", "adamw", "rmsprop", "adagrad"}
        How parameters move.
    alpha : float
        Strength of the penalty alpha/2 ‖W‖² / n on the weights, n being the samples of a batch. For
        "adamw" its weight decay instead.
    batch_size : int or "auto"
        Samples per step; "auto" is 200, or all if there are fewer.
    learning_rate : {"constant", "invscaling", "adaptive"} or callable
        For "sgd": how the rate falls, "invscaling" with the samples seen to the power ``power_t``,
        "adaptive" to a fifth whenever the loss no longer falls. A callable gives, for any solver,
        the rate for each step, as those in ``nn.schedules`` do.
    learning_rate_init : float
        The rate at first.
    power_t : float
        See ``learning_rate``.
    max_iter : int
        Epochs at most.
    shuffle : bool
        Whether each epoch has another order.
    random_state : int, RandomState or None
        An int gives the same run every time.
    tol : float
        How much the loss, or the validation score, has to improve to count.
    verbose : bool
        Print a line an epoch.
    warm_start : bool
        Let ``fit`` go on from where it stopped.
    momentum, nesterovs_momentum
        For "sgd".
    early_stopping : bool
        Hold part of the data out, stop by the score on it and keep the best weights.
    validation_fraction : float
        How much to hold out.
    beta_1, beta_2, epsilon : float
        For "adam" and "adamw"; epsilon also for "rmsprop" and "adagrad".
    n_iter_no_change : int
        Epochs to wait for an improvement.
    dropout : float or sequence of float
        The probability of dropping hidden units.
    batchnorm : bool or {"before", "after"}
        Whether hidden layers are batch-normalised, before the activation or after it.

    Attributes
    ----------
    model_ : MLP
        The network itself, with one output per class; ``nn.save`` writes it.
    classes_ : ndarray
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        If X has column names.
    coefs_, intercepts_ : list of ndarray
    loss_, best_loss_, loss_curve_, validation_scores_, best_validation_score_
    n_iter_, t_, n_layers_, n_outputs_, out_activation_

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = nn.datasets.make_moons(200, seed=0)
    >>> network = nn.MLPClassifier((16,), learning_rate_init=0.05, tol=1e-3, random_state=0)
    >>> model = make_pipeline(StandardScaler(), network).fit(X, y)
    >>> bool(model.score(X, y) > 0.95), model.predict_proba(X[:3]).shape
    (True, (3, 2))
    """

    _losses: ClassVar = {
        "cross_entropy": _cross_entropy,
        "binary_cross_entropy": _binary_cross_entropy,
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str | Callable[[int], float] = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        dropout: Any = 0.0,
        batchnorm: bool | str = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dropout = dropout
        self.batchnorm = batchnorm

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train on ``X`` once, going on from what was learned before.

        Nothing is held out, whatever ``early_stopping`` says: it is for ``fit``.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``.
        classes : array_like, optional
            All classes there will ever be; needed in the first call.

        Returns
        -------
        self
        """
        if not hasattr(self, "classes_"):
            if classes is None:
                cure = "Pass classes=np.unique(all_labels)."
                what = "classes must be passed on the first call to partial_fit: it"
                raise ArgumentError(expected(what, "all classes", "None", cure))
            self.classes_ = unique_labels(classes)
        elif classes is not None and not np.array_equal(self.classes_, unique_labels(classes)):
            got = f"{unique_labels(classes)}"
            cure = "Pass the same classes, or none."
            raise ArgumentError(expected("partial_fit", f"classes {self.classes_}", got, cure))
        return self._fit(X, y, sample_weight, incremental=True)

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Array, Array]:
        incremental = fresh and hasattr(self, "classes_") and not hasattr(self, "model_")
        X, y = validate_data(
            self, X, y, multi_output=True, dtype=(np.float64, np.float32), reset=fresh
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        kind = type_of_target(y)
        several = kind == "multilabel-indicator"
        if kind == "multiclass-multioutput":
            cure = "Fit one classifier per column, or pass 0 and 1 for each class."
            wanted = "y of shape (n,), or an indicator matrix of 0 and 1"
            raise ArgumentError(expected(type(self).__name__, wanted, f"shape {y.shape}", cure))
        if fresh and not incremental:
            self.classes_ = unique_labels(y)
        if fresh:
            self.out_activation_ = "sigmoid" if several else "softmax"
        self._check_known(y, several)
        if several:
            return X, np.asarray(y, dtype=X.dtype)
        return X, np.searchsorted(self.classes_, y)

    def _check_known(self, y: Array, several: bool) -> None:
        """Refuse classes, or a kind of target, that the first call did not have."""
        if several != (self.out_activation_ == "sigmoid") or (
            several and y.shape[1] != len(self.classes_)
        ):
            cure = "Fit again without warm_start."
            wanted = "targets of the same kind as before"
            raise ArgumentError(expected(type(self).__name__, wanted, f"shape {y.shape}", cure))
        unknown: Any = [] if several else np.setdiff1d(y, self.classes_)
        if len(unknown):
            cure = "Name all classes in the first call."
            raise ArgumentError(
                expected(type(self).__name__, f"classes among {self.classes_}", f"{unknown}", cure)
            )

    def _loss_name(self) -> str:
        return "binary_cross_entropy" if self.out_activation_ == "sigmoid" else "cross_entropy"

    def _outputs(self, target: Array) -> int:
        return len(self.classes_)

    def _score(self, X: Array, target: Array, weights: Array | None) -> float:
        return float(accuracy_score(target, self._decided(self._raw_of(X)), sample_weight=weights))

    def _decided(self, output: Array) -> Array:
        """Indices of classes, or 0 and 1 for each of several, from what the model gives."""
        decided: Any = output.argmax(axis=1) if self.out_activation_ == "softmax" else output > 0
        return np.asarray(decided, dtype=int)

    def predict(self, X: Any) -> Array:
        """The most probable classes.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        ndarray, shape (n,), or (n, classes) of 0 and 1 if ``y`` was so
        """
        decided = self._decided(self._raw(X))
        return decided if decided.ndim == 2 else self.classes_[decided]

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        ndarray, shape (n, classes)
            In the order of ``classes_``; rows sum to 1 unless a sample may have several classes.
        """
        output = self._raw(X)
        return np.asarray(softmax(output) if self.out_activation_ == "softmax" else sigmoid(output))

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithm of ``predict_proba``, finite where that underflows.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        ndarray, shape (n, classes)
        """
        output = self._raw(X)
        if self.out_activation_ == "softmax":
            return np.asarray(log_softmax(output))
        return -np.logaddexp(0, -output)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
