"""From the losses of samples to that of a batch: reductions, sample weights, and what is checked.

``Loss`` is what the classes of losses share; the losses themselves are in the files beside this.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ArgumentError, ShapeError, expected
from ..functional.sums import total
from ..placement import is_foreign, near, to_numpy

Array = npt.NDArray[Any]
REDUCTIONS = ("mean", "sum", "none")


def value_of(x: Any) -> Any:
    """The value of a Node; anything else as it is."""
    return x.value if type(x) is ag.Node else x


def operand(x: Any) -> Any:
    """An array of whatever kind as it is; anything else as NumPy's."""
    return x if hasattr(type(x), "__array_function__") else np.asarray(x)


def scores(x: Any) -> Any:
    """Outputs: a Node as it is, anything else as an array of a floating dtype."""
    x = operand(x)
    return x.astype(float) if type(x) is not ag.Node and x.dtype.kind in "iub" else x


def like(y: Any, x: Any) -> Any:
    """Targets beside the outputs: whole numbers in the dtype of these, which keep theirs then."""
    y = operand(y)
    return near(y.astype(x.dtype) if type(y) is not ag.Node and y.dtype.kind in "iub" else y, x)


def counted(y: Any) -> Any:
    """Class indices and labels, which are looked at: in NumPy's array, wherever the outputs are."""
    y = operand(y)
    return to_numpy(y) if is_foreign(y) else y


def numbers(x: Any) -> Any:
    """The values of a Node or array, of every example where `ag.vmap` maps over it."""
    while type(x) is ag.Batched:
        x = x.array
    return value_of(x)


# inside ops


def reduced(losses: Any, reduction: str) -> Any:
    """The losses of the samples, a plain array, as the loss of the batch."""
    if reduction == "mean":
        return total(losses) / losses.size
    if reduction == "sum":
        return total(losses)
    if reduction != "none":
        raise ValueError(f"unknown reduction {reduction!r}")
    return losses


def reduced_tangent(tangents: Any, reduction: str) -> Any:
    """``reduced`` for Nodes too."""
    if reduction == "none":
        return tangents
    return np.mean(tangents) if reduction == "mean" else np.sum(tangents)


def per_example(op: Any, xs: Any, mapped: Any, *, reduction: str) -> Any:
    """The batching rule of losses: those of all samples, reduced for each example.

    What comes after outputs and targets is shared.
    """
    size = next(len(x) for x, own in zip(xs, mapped, strict=True) if own)
    full = [
        x if own else np.broadcast_to(x, (size, *np.shape(x)))
        for x, own in zip(xs[:2], mapped, strict=False)
    ]
    losses = op(*full, *xs[2:], reduction="none")
    if reduction == "none":
        return losses
    axes = tuple(range(1, len(losses.shape)))
    return (np.mean if reduction == "mean" else np.sum)(losses, axis=axes)


def each(g: Any, count: int, reduction: str) -> Any:
    """The cotangent of each sample's loss, from that of the batch's."""
    return g / count if reduction == "mean" else g


# around ops


def weighted(what: str, losses: Any, reduction: str, weight: Any = None, count: Any = None) -> Any:
    """The loss of a batch from those of its samples, each counting as much as its weight.

    ``count`` is what the mean divides by, where that is not the sum of the weights.
    """
    check_reduction(what, reduction)
    if weight is not None:
        weight = spread(what, weight, np.shape(value_of(losses)), losses.dtype)
        losses = losses * near(weight, losses)
    if reduction == "none":
        return losses
    if reduction == "sum":
        return np.sum(losses)
    if count is None and weight is None:
        return np.mean(losses)
    whole = np.sum(np.broadcast_to(weight, losses.shape)) if count is None else count
    check_sum(what, value_of(whole))
    number = isinstance(whole, np.generic | np.ndarray)
    return np.sum(losses) / (float(whole) if number else whole)


def spread(what: str, weight: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Sample weights that broadcast with losses of this shape, checked; a Node stays one."""
    array = counted(value_of(weight))
    if array.shape != shape[: array.ndim]:
        cure = "Pass one weight per sample."
        wanted = f"sample_weight of shape {shape[:1] if shape else ()}"
        raise ShapeError(expected(what, wanted, str(array.shape), cure))
    check_weights(what, array)
    full = array.shape + (1,) * (len(shape) - array.ndim)
    return np.reshape(weight if type(weight) is ag.Node else array.astype(dtype), full)


# what targets have to be


def of_values(check: Callable[..., None]) -> Callable[..., None]:
    """Decorator: a check that looks at values, which a compiled program makes before each run.

    Where `ag.vmap` maps over them, those of all examples are checked together.
    """

    @wraps(check)
    def checked(*args: Any, **options: Any) -> None:
        seen = of_all_examples(args) if ag.Batched in map(type, args) else args
        seen = [to_numpy(x) if is_foreign(x) else x for x in seen]
        ag.callback(partial(check, **options) if options else check, *seen)

    return checked


def of_all_examples(args: Any) -> list[Any]:
    """Arguments of a check with the axes of examples in front of their shapes, and of theirs."""
    one = next(x for x in args if type(x) is ag.Batched)
    full = np.shape(numbers(one))
    lead = full[: len(full) - one.ndim]
    return [(*lead, *x) if isinstance(x, tuple) else numbers(x) for x in args]


@of_values
def check_sum(what: str, whole: Any) -> None:
    """Refuse weights that add up to nothing."""
    if not np.all(whole > 0):
        cure = "Give some samples a weight, or use reduction='sum'."
        least = f"{np.min(whole):g}"
        raise ArgumentError(expected(what, "weights with a positive sum", least, cure))


@of_values
def check_weights(what: str, weight: Any) -> None:
    """Refuse weights that are no numbers of at least 0."""
    if weight.dtype.kind not in "fiub" or not np.all((weight >= 0) & np.isfinite(weight)):
        cure = "Pass for instance the number of times each sample counts."
        raise ArgumentError(expected(what, "weights of at least 0", "others", cure))


def check_reduction(what: str, reduction: str) -> None:
    """Refuse a reduction that is none."""
    if not isinstance(reduction, str) or reduction not in REDUCTIONS:
        wanted = f"reduction {', '.join(map(repr, REDUCTIONS))}"
        raise ArgumentError(expected(what, wanted, repr(reduction), "Pass one of these."))


def check_same(what: str, shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Refuse targets of another shape than the outputs'.

    Parameters
    ----------
    what : str
        Who refuses them.
    shape, target : tuple of int
        Of the outputs and of the targets.

    Examples
    --------
    >>> nn.losses.check_same("mse_loss", (3, 1), (3,))
    Traceback (most recent call last):
    nn.errors.ShapeError: mse_loss expected targets of shape (3, 1), got (3,). Reshape ...
    """
    if shape != target:
        cure = "Reshape the targets, for instance with y[:, None]."
        raise ShapeError(expected(what, f"targets of shape {shape}", str(target), cure))


@of_values
def check_classes(
    shape: tuple[int, ...], target: Any, what: str = "cross_entropy", probabilities: bool = True
) -> None:
    """Say what is wrong with targets for logits of this shape, if anything is.

    Parameters
    ----------
    shape : tuple of int
        Of the logits.
    target : ndarray
    what : str
        Who refuses them.
    probabilities : bool
        Whether one probability per class will do, too.

    Examples
    --------
    >>> nn.losses.check_classes((2, 3), np.array([0, 5]))
    Traceback (most recent call last):
    nn.errors.ArgumentError: cross_entropy expected class indices from 0 to 2, got 5. Number ...
    """
    shape, target = tuple(shape), np.asarray(target)
    got = f"{target.dtype} targets of shape {target.shape} for logits of shape {shape}"
    whole = target.dtype.kind in "iu"
    if not whole and not (probabilities and target.dtype.kind == "f" and target.shape == shape):
        cure = "Pass class indices with y.astype(int)"
        cure += ", or one probability per class." if probabilities else "."
        raise ArgumentError(expected(what, "targets that are whole numbers", got, cure))
    if not shape or target.shape not in ((shape, shape[:-1]) if probabilities else (shape[:-1],)):
        cure = "Pass one class index per sample"
        cure += ", or one probability per class." if probabilities else "."
        raise ShapeError(expected(what, f"targets of shape {shape[:-1]}", got, cure))
    if target.shape == shape[:-1] and target.size:
        low, high = target.min(), target.max()
        if low < 0 or high >= shape[-1]:
            cure = f"Number the classes from 0, or give the model {high + 1} outputs."
            wanted = f"class indices from 0 to {shape[-1] - 1}"
            raise ArgumentError(expected(what, wanted, f"{low if low < 0 else high}", cure))


class Loss:
    """A loss with its options; call it with outputs and targets.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> loss = nn.MSELoss("sum")
    >>> isinstance(loss, nn.Loss), loss
    (True, MSELoss(reduction='sum'))
    >>> float(loss(np.array([1.0, 3.0]), np.array([1.0, 1.0])))
    4.0
    """

    function: ClassVar[Callable[..., Any]]
    """The loss as a function of outputs, targets and a reduction."""
    options: ClassVar[tuple[str, ...]] = ()
    """Attributes that are the function's other keywords."""

    def __init__(self, reduction: str = "mean") -> None:
        if not hasattr(type(self), "function"):
            cure = "Make one of its subclasses, such as nn.MSELoss()."
            raise ArgumentError(expected(type(self).__name__, "a function", "none", cure))
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def __call__(self, output: Any, target: Any, sample_weight: Any = None) -> Any:
        """The loss."""
        options = {name: getattr(self, name) for name in self.options}
        if sample_weight is not None:
            options["sample_weight"] = sample_weight
        return type(self).function(output, target, self.reduction, **options)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_same(type(self).__name__, shape, np.shape(target))

    def __repr__(self) -> str:
        parameters = inspect.signature(type(self)).parameters
        usual = {name: parameters[name].default for name in self.options if name in parameters}
        own = {name: getattr(self, name) for name in self.options}
        shown = {"reduction": self.reduction} | {
            name: value for name, value in own.items() if not same(value, usual.get(name))
        }
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in shown.items())})"


def same(x: Any, y: Any) -> bool:
    """Whether two options are equal; one that is an array only to itself."""
    return x is y or (np.ndim(x) == 0 and bool(x == y))
