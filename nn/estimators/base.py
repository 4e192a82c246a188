"""What both estimators share: how they train, stop and remember, in scikit-learn's words.

What they learn from is in ``classifier.py`` and ``regressor.py``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, is_classifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state, gen_batches
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from ..errors import ArgumentError, DataError, expected
from ..layers import MLP, Linear
from ..optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from ..seeding import generator
from .parameters import check_parameters, layer_sizes
from .samples import Samples

Array = npt.NDArray[Any]


class BaseMLP(BaseEstimator):  # type: ignore[misc]
    """A multi-layer perceptron as an estimator; a subclass says what its outputs mean."""

    _losses: ClassVar[dict[str, Any]]
    """For each name of a loss: the loss of each sample, of outputs and targets."""
    best_loss_: Any
    validation_scores_: Any
    best_validation_score_: Any

    # What a subclass says

    def _validated(self, X: Any, y: Any, fresh: bool) -> tuple[Array, Array]:
        """Inputs and targets, checked; targets as the loss wants them."""
        raise NotImplementedError

    def _loss_name(self) -> str:
        raise NotImplementedError

    def _outputs(self, target: Array) -> int:
        """How many outputs the model needs."""
        raise NotImplementedError

    def _score(self, X: Array, target: Array, weights: Array | None) -> float:
        """How good the model is, larger being better."""
        raise NotImplementedError

    # Fitting

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on all of ``X``, from the start unless ``warm_start``.

        Parameters
        ----------
        X : array_like, shape (n, features)
        y : array_like, shape (n,) or (n, outputs)
        sample_weight : array_like, shape (n,), optional
            How much each sample counts. A sample of weight 0 is left out.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> Self:
        check_parameters(self)
        fresh = not hasattr(self, "model_") or not (incremental or self.warm_start)
        X, target = self._validated(X, y, fresh)
        weights = None if sample_weight is None else self._weights(sample_weight, X)
        if fresh:
            self._start(X, target)
        if not incremental or not hasattr(self, "_optimizer"):
            self._optimizer, self._stale, self._steps = self._new_optimizer(), 0, 0
        if self.batchnorm and len(X) < 2:
            cure = "Pass more samples, or batchnorm=False."
            wanted = "at least two samples for batchnorm"
            raise ArgumentError(expected(type(self).__name__, wanted, "n_samples=1", cure))
        samples = Samples(X.astype(self.model_.dtype, copy=False), target, weights).counted()
        train, held_out = self._parted(samples, incremental)
        with np.errstate(over="ignore", invalid="ignore"):
            self._train(train, held_out, 1 if incremental else self.max_iter, incremental)
        self.model_.eval()
        self._check_finite()
        return self

    def _weights(self, given: Any, X: Array) -> Array:
        """How much each sample counts."""
        weights = _check_sample_weight(given, X, ensure_non_negative=True)
        if not weights.any():  # scikit-learn looks from 1.9 on
            wanted, what = "at least one non-zero number", f"{type(self).__name__}, sample_weight,"
            cure = "Leave sample_weight out to count all alike."
            raise ArgumentError(expected(what, wanted, "zeros only", cure))
        return np.asarray(weights.astype(X.dtype, copy=False))

    def _check_finite(self) -> None:
        """Refuse to be of use after training has diverged."""
        weights = all(np.isfinite(node.value).all() for node in self.model_.parameters())
        if not (weights and np.isfinite(self.loss_)):
            cure = "Scale inputs and targets, or lower learning_rate_init."
            wanted = "loss and weights that stay finite"
            raise DataError(expected(type(self).__name__, wanted, "an overflow", cure))

    def _start(self, X: Array, target: Array) -> None:
        """A new model, and nothing remembered."""
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        self._rng = generator(seed)
        sizes = [X.shape[1], *layer_sizes(self.hidden_layer_sizes), self._outputs(target)]
        activation = "sigmoid" if self.activation == "logistic" else str(self.activation)
        self.model_ = MLP(
            sizes,
            activation,
            dropout=self.dropout,
            batchnorm=self.batchnorm,
            seed=self._rng,
            dtype=X.dtype,
        )
        self.n_layers_, self.n_outputs_ = len(sizes), sizes[-1]
        self.n_iter_ = self.t_ = 0
        self.loss_curve_: list[float] = []
        self.best_loss_ = self.validation_scores_ = self.best_validation_score_ = None

    def _new_optimizer(self) -> Optimizer:
        """The solver asked for, nothing remembered."""
        params, lr = self.model_.parameters(), self.learning_rate_init
        if self.solver == "sgd":
            nesterov = self.nesterovs_momentum and self.momentum > 0
            return SGD(params, lr, self.momentum, nesterov=nesterov)
        if self.solver in ("adam", "adamw"):
            betas = (self.beta_1, self.beta_2)
            if self.solver == "adam":
                return Adam(params, lr, betas=betas, eps=self.epsilon)
            weights: dict[str, Any] = {"params": [node for node in params if node.ndim > 1]}
            others = {"params": [node for node in params if node.ndim < 2], "weight_decay": 0.0}
            return AdamW(
                [weights, others], lr, betas=betas, eps=self.epsilon, weight_decay=self.alpha
            )
        kind = AdaGrad if self.solver == "adagrad" else RMSProp
        return kind(params, lr, eps=self.epsilon)

    def _parted(self, data: Samples, incremental: bool) -> tuple[Samples, Samples | None]:
        """What to train on, and what is held out to stop by."""
        if not self.early_stopping or incremental:
            return data, None
        stratify = is_classifier(self) and data.target.ndim == 1
        return data.parted(self.validation_fraction, int(self._rng.integers(2**31)), stratify)

    def _train(
        self, data: Samples, held_out: Samples | None, rounds: int, incremental: bool
    ) -> None:
        """Go over the data until it no longer helps."""
        best: dict[str, Array] = {}
        try:
            ended = any(self._round(data, held_out, best, incremental) for _ in range(rounds))
            told = "" if ended else f"reached max_iter={self.max_iter} before it stopped improving"
        except KeyboardInterrupt:
            if not self.loss_curve_:
                raise
            told = f"was interrupted after {self.n_iter_} epochs"
        if best:
            self.model_.load_state_dict(best)
        if told:
            told = f"{type(self).__name__} {told}. Raise max_iter or learning_rate_init, or fit on."
            warnings.warn(told, ConvergenceWarning, stacklevel=4)

    def _round(
        self, data: Samples, held_out: Samples | None, best: dict[str, Array], incremental: bool
    ) -> bool:
        """Train for an epoch and keep its weights in ``best`` if they are; whether to stop."""
        self.loss_ = self._epoch(data)
        self.loss_curve_.append(self.loss_)
        self.n_iter_ += 1
        better, progress = self._judged(held_out)
        if better and held_out is not None:
            best.update(self.model_.state_dict())
        self._stale = 0 if progress else self._stale + 1
        if self.verbose:
            print(self._told(held_out))
        if incremental or not np.isfinite(self.loss_):
            return True
        return self._stale > self.n_iter_no_change and self._stops()

    def _epoch(self, data: Samples) -> float:
        """Train on every sample once; the mean loss, the penalty included."""
        n, total = len(data.X), 0.0
        order = self._rng.permutation(n) if self.shuffle else np.arange(n)
        self.model_.train()
        for places in self._batches(n):
            batch = data.rows(order[places])
            total += self._step(batch) * len(batch.X)
            self.t_ += len(batch.X)
        if self.solver == "sgd" and self.learning_rate == "invscaling":
            self._optimizer.lr = self.learning_rate_init / (self.t_ + 1) ** self.power_t
        return total / n

    def _batches(self, n: int) -> Iterator[slice]:
        """Places of the samples of each batch; one row alone cannot be batch-normalised."""
        size = min(200, n) if self.batch_size == "auto" else min(self.batch_size, n)
        batches: Iterator[slice] = gen_batches(n, size, min_batch_size=2 if self.batchnorm else 1)
        return batches

    def _step(self, batch: Samples) -> float:
        """Move once; the loss of the batch before."""
        weights = batch.weights
        loss = self._loss(self.model_(batch.X), batch.target, weights)
        self._optimizer.zero_grad()
        loss.backward()
        penalty = self._penalized(len(batch.X) if weights is None else float(weights.sum()))
        if callable(self.learning_rate):
            self._optimizer.lr = float(self.learning_rate(self._steps))
        self._optimizer.step()
        self._steps += 1
        return float(loss.item() + penalty)

    def _loss(self, output: Any, target: Array, weights: Array | None) -> Any:
        """The mean loss of some samples."""
        losses = self._losses[self._loss_name()](output, target)
        if weights is None:
            return np.mean(losses)
        return np.sum(losses * weights) / weights.sum()

    def _penalized(self, n: float) -> float:
        """Add the gradient of alpha/2 ‖W‖² / n to the weights'; the penalty itself."""
        if not self.alpha or self.solver == "adamw":
            return 0.0
        strength, squares = float(self.alpha) / n, 0.0
        for layer in self._linear_layers():
            W = layer.weight
            W.grad = W.grad + strength * W.value
            squares += float(np.vdot(W.value, W.value))
        return float(strength / 2 * squares)

    def _linear_layers(self) -> list[Any]:
        return [module for module in self.model_.modules() if isinstance(module, Linear)]

    # Whether and how to go on

    def _judged(self, held_out: Samples | None) -> tuple[bool, bool]:
        """Whether this is the best so far, and whether it is so by at least ``tol``."""
        if held_out is None:
            before = np.inf if self.best_loss_ is None else self.best_loss_
            self.best_loss_ = min(before, self.loss_)
            return self.loss_ < before, self.loss_ <= before - self.tol
        score, first = self._score(*held_out), self.validation_scores_ is None
        before = -np.inf if first else self.best_validation_score_
        self.validation_scores_ = [score] if first else [*self.validation_scores_, score]
        self.best_loss_, self.best_validation_score_ = None, max(before, score)
        return score > before, score >= before + self.tol

    def _stops(self) -> bool:
        """Whether to stop now; with the adaptive rate only when that is as low as it gets."""
        if self.solver != "sgd" or self.learning_rate != "adaptive" or self._optimizer.lr <= 1e-6:
            return True
        self._optimizer.lr /= 5
        self._stale = 0
        return False

    def _told(self, held_out: Samples | None) -> str:
        """A line on the last epoch."""
        score = f", validation score {self.validation_scores_[-1]:.4f}" if held_out else ""
        return f"epoch {self.n_iter_}: loss {self.loss_:.6f}{score}"

    # Using

    def _raw(self, X: Any) -> Array:
        """What the model gives for inputs that are checked first."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return self._raw_of(X)

    def _raw_of(self, X: Array) -> Array:
        return self.model_.predict(X)

    @property
    def coefs_(self) -> list[Array]:
        """The weights into each layer, shapes (n_in, n_out) as in scikit-learn."""
        check_is_fitted(self)
        return [layer.weight.value.T.copy() for layer in self._linear_layers()]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer."""
        check_is_fitted(self)
        return [layer.bias.value.copy() for layer in self._linear_layers()]
