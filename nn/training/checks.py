"""Everything that can be wrong with what ``fit`` is given, looked for before the first step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..data import check_finite, check_pair
from ..errors import ArgumentError, DataError, ShapeError, expected
from ..losses import Loss
from ..losses.reduction import spread
from ..module import Module, evaluating, expect_module, in_mode
from ..optimizers import Optimizer
from ..placement import like
from .figures import without_class_weight_mean
from .rows import Order, Rows
from .step import LossFunction

Array = npt.NDArray[Any]


def pair(what: str, data: Any) -> tuple[Array, Array]:
    """Inputs and targets as arrays of finite numbers."""
    if not isinstance(data, Sequence) or len(data) != 2:
        raise DataError(expected(what, "a pair (X, y)", type(data).__name__, "Pass (X, y)."))
    X, y = np.asarray(data[0]), np.asarray(data[1])
    check_pair(what, X, y)
    check_finite(f"{what}, X", X)
    check_finite(f"{what}, y", y)
    return X, y


def checked(what: str, model: Module, loss: LossFunction, data: Any) -> Rows:
    """The data, after a look at what model and loss make of them."""
    expect_module(what, model)
    X, y = pair(what, data)
    rows = Rows(X, y, model.dtype)
    with evaluating(model):
        x, target, _ = rows.at(slice(0, 2))
        output = model(like(x, model))
        if isinstance(loss, Loss):
            loss.check((len(X), *np.shape(getattr(output, "value", output))[1:]), y)
        summed, _ = without_class_weight_mean(loss, y)  # these rows may have no weight
        check_scalar(what, summed(output, like(target, model)))
    return rows


def check_scalar(what: str, value: Any) -> None:
    """Refuse a loss that is not one number."""
    shape = np.shape(getattr(value, "value", value))
    if shape != ():
        cure = "Use reduction='mean'."
        wanted = "a loss that is one number per batch"
        raise ArgumentError(expected(what, wanted, f"shape {shape}", cure))


# The validation set


def parted(train: Rows, validation: float, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Rows to train on and rows to validate on, a share of them drawn at random."""
    held = round(validation * len(train))
    if not 0 < validation < 1 or not 0 < held < len(train):
        cure = "Pass for instance validation=0.2, or a pair (X, y)."
        wanted = f"validation, a share between 0 and 1, that parts {len(train)} rows in two"
        raise ArgumentError(expected("fit", wanted, repr(validation), cure))
    order = rng.permutation(len(train))
    kept, held_out = (
        Rows(train.X, train.y, train.dtype, chosen=np.sort(part))
        for part in (order[held:], order[:held])
    )
    return kept, held_out


# Weights


def weigh(rows: Rows, sample_weight: Any, class_weight: Any) -> None:
    """Let rows, or classes, count as much as their weight; those of weight 0 are left out."""
    n = rows.y.shape[:1]
    if sample_weight is not None:
        if np.ndim(sample_weight) != 1:
            cure = "Pass one weight per sample."
            got = str(np.shape(sample_weight))
            raise ShapeError(expected("fit", f"sample_weight of shape {n}", got, cure))
        rows.weights = spread("fit", sample_weight, n, rows.dtype)
    if class_weight is not None:
        rows.class_weights = class_weights(rows.y, class_weight).astype(rows.dtype)
    if rows.weights is not None or rows.class_weights is not None:
        counted = np.arange(*n) if rows.chosen is None else rows.chosen
        some = rows.weights_of(counted, rows.y[counted]) > 0
        if not some.any():
            cure = "Give some samples a weight."
            raise ArgumentError(expected("fit", "weights above 0", "none", cure))
        rows.chosen = rows.chosen if some.all() else counted[some]


def class_weights(y: Array, given: Any) -> Array:
    """A weight for each class: those given, by position or by name, or "balanced"."""
    if y.ndim != 1 or y.dtype.kind not in "iu":
        cure = "Leave class_weight out, or pass sample_weight."
        got = f"{y.dtype} targets of shape {y.shape}"
        raise ArgumentError(expected("fit", "class indices, for class_weight", got, cure))
    counts = np.bincount(y)
    if isinstance(given, str) and given == "balanced":
        return np.asarray(len(y) / (len(counts) * np.maximum(counts, 1)))
    named = isinstance(given, Mapping) and named_by(given, counts)
    weights = np.asarray([given.get(c, 1.0) for c in range(len(counts))] if named else given)
    if weights.dtype.kind not in "fiu" or weights.ndim != 1 or len(weights) < len(counts):
        cure = "Pass a weight for each, a dict of some, or 'balanced'."
        wanted = f"class_weight of {len(counts)} classes"
        raise ArgumentError(expected("fit", wanted, repr(given), cure))
    if not np.all((weights >= 0) & np.isfinite(weights)):
        raise ArgumentError(expected("fit", "class weights >= 0", "others", "Pass such ones."))
    return weights


def named_by(given: Mapping[Any, Any], counts: Array) -> bool:
    """Whether all keys are classes."""
    return all(isinstance(c, int | np.integer) and 0 <= c < len(counts) for c in given)


# A batch, as in training


def rehearse(model: Module, loss: LossFunction, penalty: Any, rows: Rows, order: Order) -> None:
    """Compute what training will, on the smallest batch there will be, and leave no trace."""
    if not order.batches:
        cure = "Pass smaller batches, or drop_last=False."
        wanted = f"batches of at most {order.rows} rows, with drop_last"
        raise ArgumentError(expected("fit", wanted, str(order.batch_size), cure))
    x, y, weights = rows.at(slice(0, min(order.smallest, 2)))
    with unchanged(model), in_mode(model, True), ag.no_grad():
        if order.smallest == 1 or weights is not None:
            output = model(like(x, model))
            if weights is not None:
                check_scalar("fit", weighted_loss(loss, output, y, weights))
        if penalty is not None:
            check_scalar("fit, penalty", penalty(model))


def weighted_loss(loss: LossFunction, output: Any, y: Array, weights: Array) -> Any:
    """The loss of a batch with weights, if it can have them."""
    try:
        return loss(output, y, sample_weight=weights)
    except TypeError as error:
        cure = "Give the loss a keyword sample_weight, or leave weights out."
        got = f"{getattr(loss, '__name__', repr(loss))} ({error})"
        wanted = "a loss that takes sample_weight"
        raise ArgumentError(expected("fit", wanted, got, cure)) from None


@contextmanager
def unchanged(model: Module) -> Iterator[None]:
    """Run the body; give parameters, buffers and random generators back their values."""
    state = model.state_dict()
    drawn = [(rng, rng.bit_generator.state) for _, rng in model.named_generators()]
    try:
        yield
    finally:
        model.load_state_dict(state)
        for rng, before in drawn:
            rng.bit_generator.state = before


# The optimiser


def bind(optimizer: Any, model: Module) -> None:
    """Let the optimizer move the model's parameters, unless it moves some of them already."""
    if not isinstance(optimizer, Optimizer):
        cure = "Pass for instance nn.SGD(lr=0.1)."
        raise ArgumentError(expected("fit", "an optimizer", repr(optimizer), cure))
    if optimizer.params is None:
        optimizer.bind(model.parameters())
    elif not {id(p) for p in optimizer.params} & {id(p) for p in model.parameters()}:
        got = "one bound to those of another model"
        cure = "Make a new optimizer for this model."
        raise ArgumentError(expected("fit", "an optimizer of the model's parameters", got, cure))
