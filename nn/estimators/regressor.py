"""``MLPRegressor``: a network that learns numbers, one or several a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import column_or_1d, validate_data

from ..errors import ArgumentError, expected
from .base import Array, BaseMLP


def _squared(output: Any, target: Array) -> Any:
    difference = output - target
    return np.mean(difference * difference, axis=1) / 2


def _absolute(output: Any, target: Array) -> Any:
    return np.mean(np.abs(output - target), axis=1)


class MLPRegressor(MultiOutputMixin, RegressorMixin, BaseMLP):  # type: ignore[misc]
    """A multi-layer perceptron for numbers.

    A scikit-learn estimator: it works in pipelines, in ``GridSearchCV`` and with ``clone``. Its
    parameters are those of ``sklearn.neural_network.MLPRegressor`` wherever they mean the same.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error"}
        Half the squared difference, or the absolute one, averaged over outputs and samples
        (scikit-learn's gradient is that of the sum over outputs).
    **parameters
        All others as of ``MLPClassifier``.

    Attributes
    ----------
    model_ : MLP
        The network itself, with one output per target; ``nn.save`` writes it.
    n_features_in_, feature_names_in_, coefs_, intercepts_, loss_, best_loss_, loss_curve_
    validation_scores_, best_validation_score_, n_iter_, t_, n_layers_, n_outputs_, out_activation_

    Examples
    --------
    >>> X, y = nn.datasets.make_curve("sine", 200, seed=0)
    >>> model = nn.MLPRegressor((32,), activation="tanh", learning_rate_init=0.02, random_state=0)
    >>> bool(model.fit(X, y.ravel()).score(X, y.ravel()) > 0.9)
    True
    """

    _losses: ClassVar = {"squared_error": _squared, "absolute_error": _absolute}

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        loss: str = "squared_error",
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
        self.loss = loss
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

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on ``X`` once, going on from what was learned before.

        Nothing is held out, whatever ``early_stopping`` says: it is for ``fit``.

        Parameters
        ----------
        X, y, sample_weight
            As for ``fit``.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Array, Array]:
        if self.loss not in self._losses:
            wanted = f"loss, one of {', '.join(map(repr, self._losses))}"
            cure = "Choose one of them."
            raise ArgumentError(expected(type(self).__name__, wanted, repr(self.loss), cure))
        X, y = validate_data(
            self,
            X,
            y,
            multi_output=True,
            y_numeric=True,
            dtype=(np.float64, np.float32),
            reset=fresh,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if fresh:
            self.out_activation_ = "identity"
            self._single = y.ndim == 1
        target = np.asarray(y, dtype=X.dtype).reshape(len(X), -1)
        if not fresh and target.shape[1] != self.n_outputs_:
            cure = "Fit again without warm_start."
            wanted = f"{self.n_outputs_} targets per sample, as before"
            raise ArgumentError(expected(type(self).__name__, wanted, str(target.shape[1]), cure))
        return X, target

    def _loss_name(self) -> str:
        return self.loss

    def _outputs(self, target: Array) -> int:
        return int(target.shape[1])

    def _score(self, X: Array, target: Array, weights: Array | None) -> float:
        return float(r2_score(target, self._raw_of(X), sample_weight=weights))

    def predict(self, X: Any) -> Array:
        """The numbers expected for each sample.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        ndarray, shape (n,) or (n, outputs), as ``y`` was
        """
        output = self._raw(X)
        return output[:, 0] if self._single else output
