"""Backpropagation as the lecture writes it, matrix by matrix: NumPy only, no graph, no engine.

It is here to be read, and to check the engine against. Columns are samples, so that every line of
``backprop_by_hand`` is a line of the lecture; training is ``training.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, ShapeError, expected
from .layers import Linear, Sequential
from .losses import check_classes, check_same
from .module import Module

Array = npt.NDArray[Any]
Phi = Callable[[Array, Any], Any]


class Backprop(NamedTuple):
    """What the two passes leave, layer by layer; columns are samples.

    Attributes
    ----------
    loss : float
        The mean over the samples (and, for the squared error, over the outputs).
    v : list of ndarray
        v⁽⁰⁾ … v⁽ᴸ⁾, the inputs and the outputs of each layer, shapes (n_ℓ, batch).
    z : list of ndarray
        z⁽¹⁾ … z⁽ᴸ⁾, the pre-activations.
    delta : list of ndarray
        δ⁽¹⁾ … δ⁽ᴸ⁾, the derivatives of the loss by the pre-activations.
    weights : list of ndarray
        ∇W⁽¹⁾ … ∇W⁽ᴸ⁾, shapes (n_ℓ, n_ℓ₋₁).
    biases : list of ndarray or None
        ∇b⁽¹⁾ … ∇b⁽ᴸ⁾, shapes (n_ℓ,); None for a layer without a bias.

    Examples
    --------
    >>> model = nn.MLP([3, 2, 1], activation="tanh", seed=0)
    >>> passes = nn.backprop_by_hand(model, np.ones((4, 3)), np.zeros((4, 1)), "mse")
    >>> [w.shape for w in passes.weights], passes.delta[1].shape
    ([(2, 3), (1, 2)], (1, 4))
    """

    loss: float
    v: list[Array]
    z: list[Array]
    delta: list[Array]
    weights: list[Array]
    biases: list[Array | None]


def backprop_by_hand(
    model: Module, X: npt.ArrayLike, y: npt.ArrayLike, loss: str = "cross_entropy"
) -> Backprop:
    """Loss and gradients of an MLP by the matrix form of backpropagation.

    Forward, z⁽ℓ⁾ = W⁽ℓ⁾ v⁽ℓ⁻¹⁾ + b⁽ℓ⁾ and v⁽ℓ⁾ = φ(z⁽ℓ⁾). Backward, δ⁽ᴸ⁾ = φ′(z⁽ᴸ⁾) ⊙ ℓ′(f), then
    δ⁽ℓ⁾ = φ′(z⁽ℓ⁾) ⊙ (W⁽ℓ⁺¹⁾ᵀ δ⁽ℓ⁺¹⁾), and in each layer ∇W⁽ℓ⁾ = δ⁽ℓ⁾ v⁽ℓ⁻¹⁾ᵀ.

    Parameters
    ----------
    model : Module
        Linear layers with an activation, or none, after each: an ``MLP`` without dropout and batch
        normalisation, or such a ``Sequential``. It is not changed.
    X : array_like, shape (batch, n_0)
        One row per sample, as everywhere.
    y : array_like
        Class indices, shape (batch,), or probabilities, shape (batch, n_L), for cross-entropy;
        numbers of shape (batch, n_L) for the squared error.
    loss : {"cross_entropy", "mse"}

    Returns
    -------
    Backprop

    Raises
    ------
    ArgumentError
        The model has a layer of another kind, or the loss another name.
    ShapeError
        Inputs, targets and model do not fit.

    Examples
    --------
    >>> model = nn.MLP([2, 3, 2], "tanh", dtype=np.float64)
    >>> X, y = np.array([[1.0, 2.0]]), np.array([0])
    >>> hand = nn.backprop_by_hand(model, X, y)
    >>> nn.cross_entropy(model(X), y).backward()
    >>> [np.allclose(W, layer.weight.grad) for W, layer in zip(hand.weights, [model[0], model[2]])]
    [True, True]
    """
    layers = matrix_form(model)
    v, z = [_columns(X, layers[0])], []
    for W, b, phi, _, _ in layers:
        z.append(W @ v[-1] + (0 if b is None else b[:, None]))
        v.append(phi(z[-1]))

    value, slope = _loss(loss, v[-1].T, np.asarray(y))
    delta = [layers[-1].slope(z[-1], slope.T)]
    for above, layer, pre in zip(layers[:0:-1], layers[-2::-1], z[-2::-1], strict=True):
        delta.insert(0, layer.slope(pre, above.W.T @ delta[0]))

    weights = [d @ inputs.T for d, inputs in zip(delta, v, strict=False)]
    biases = [
        None if layer.b is None else d.sum(axis=1) for d, layer in zip(delta, layers, strict=True)
    ]
    return Backprop(value, v, z, delta, weights, biases)


class Layer(NamedTuple):
    """W, b and φ of a layer."""

    W: Array
    b: Array | None
    phi: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    kind: str

    def slope(self, z: Array, g: Array) -> Array:
        """φ′(z) ⊙ g."""
        return self.derivative(z) * g


def matrix_form(model: Module) -> list[Layer]:
    """The layers of a network as matrices and functions."""
    found: list[Layer] = []
    for module in in_order(model):
        kind = type(module).__name__
        if isinstance(module, Linear):
            bias = None if module.bias is None else np.asarray(module.bias.value)
            phi, derivative = _of("Identity", module)
            found.append(Layer(np.asarray(module.weight.value), bias, phi, derivative, "Identity"))
        elif kind not in ELEMENTWISE or not found or found[-1].kind != "Identity":
            cure = "Use an nn.MLP without dropout and batch normalisation."
            wanted = f"Linear layers, each with one of {', '.join(ELEMENTWISE)}"
            raise ArgumentError(expected("backprop_by_hand", wanted, repr(module), cure))
        else:
            phi, derivative = _of(kind, module)
            found[-1] = found[-1]._replace(phi=phi, derivative=derivative, kind=kind)
    if not found:
        cure = "Use for instance nn.MLP([2, 3, 1])."
        raise ArgumentError(expected("backprop_by_hand", "a Linear layer", "none", cure))
    return found


def in_order(model: Module) -> list[Module]:
    """The layers of a model in order."""
    if not isinstance(model, Sequential):
        return [model]
    return [layer for child in model for layer in in_order(child)]


def _of(kind: str, layer: Module) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """φ and φ′ with the options of a layer."""
    phi, derivative = ELEMENTWISE[kind]
    return (lambda z: phi(z, layer)), (lambda z: derivative(z, layer))


def _columns(X: npt.ArrayLike, first: Layer) -> Array:
    """Inputs with one column per sample."""
    rows = np.asarray(X)
    if rows.ndim != 2 or rows.shape[1] != first.W.shape[1] or not len(rows):
        wanted = f"X of shape (batch, {first.W.shape[1]})"
        raise ShapeError(
            expected("backprop_by_hand", wanted, str(rows.shape), "Pass one row per sample.")
        )
    return rows.T


def _loss(name: str, f: Array, y: Array) -> tuple[float, Array]:
    """The loss of outputs f, shape (batch, n_L), and ℓ′(f)."""
    if name == "mse":
        check_same("backprop_by_hand", f.shape, y.shape)
        return float(np.mean((f - y) ** 2)), 2 * (f - y) / f.size
    if name != "cross_entropy":
        cure = "Choose one of them."
        wanted = "loss 'cross_entropy' or 'mse'"
        raise ArgumentError(expected("backprop_by_hand", wanted, repr(name), cure))
    check_classes(f.shape, y, "backprop_by_hand")
    p = y if y.shape == f.shape else np.eye(f.shape[1])[y]
    shifted = f - f.max(axis=1, keepdims=True)
    log_q = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n, total = len(f), p.sum(axis=1, keepdims=True)
    return float(-np.sum(p * log_q) / n), (np.exp(log_q) * total - p) / n


# φ and φ′ of every activation that acts entry by entry


def _sigmoid(z: Array) -> Any:
    return (1 + np.tanh(z / 2)) / 2


def _softplus(z: Array) -> Array:
    return np.logaddexp(0, z)


def _normal_cdf(z: Array) -> Any:
    """Φ(z)."""
    return np.vectorize(lambda t: math.erfc(-t / math.sqrt(2)) / 2, otypes=[float])(z)


def _gelu(z: Array, layer: Any) -> Any:
    if layer.approximate == "tanh":
        return z * _sigmoid(2 * _inner(z))
    return z * _normal_cdf(z)


def _inner(z: Array) -> Array:
    """The argument of the tanh that approximates Φ."""
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def _gelu_slope(z: Array, layer: Any) -> Any:
    if layer.approximate == "tanh":
        s = _sigmoid(2 * _inner(z))
        return s + z * s * (1 - s) * 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    return _normal_cdf(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def _mish_slope(z: Array, layer: Any) -> Any:
    t = np.tanh(_softplus(z))
    return t + z * (1 - t**2) * _sigmoid(z)


ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
"""The constants of selu."""

ELEMENTWISE: dict[str, tuple[Phi, Phi]] = {
    "Identity": (lambda z, layer: z, lambda z, layer: np.ones_like(z)),
    "ReLU": (lambda z, layer: np.maximum(z, 0), lambda z, layer: (z > 0) * 1.0),
    "LeakyReLU": (
        lambda z, layer: np.where(z > 0, z, layer.negative_slope * z),
        lambda z, layer: np.where(z > 0, 1, layer.negative_slope),
    ),
    "ELU": (
        lambda z, layer: np.where(z > 0, z, layer.alpha * np.expm1(np.minimum(z, 0))),
        lambda z, layer: np.where(z > 0, 1, layer.alpha * np.exp(np.minimum(z, 0))),
    ),
    "SELU": (
        lambda z, layer: SCALE * np.where(z > 0, z, ALPHA * np.expm1(np.minimum(z, 0))),
        lambda z, layer: SCALE * np.where(z > 0, 1, ALPHA * np.exp(np.minimum(z, 0))),
    ),
    "GELU": (_gelu, _gelu_slope),
    "SiLU": (
        lambda z, layer: z * _sigmoid(z),
        lambda z, layer: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
    ),
    "Mish": (lambda z, layer: z * np.tanh(_softplus(z)), _mish_slope),
    "Softplus": (lambda z, layer: _softplus(z), lambda z, layer: _sigmoid(z)),
    "Sigmoid": (
        lambda z, layer: _sigmoid(z),
        lambda z, layer: _sigmoid(z) * (1 - _sigmoid(z)),
    ),
    "HardSigmoid": (
        lambda z, layer: np.clip(z / 6 + 0.5, 0, 1),
        lambda z, layer: (np.abs(z) < 3) / 6,
    ),
    "Tanh": (lambda z, layer: np.tanh(z), lambda z, layer: 1 - np.tanh(z) ** 2),
    "HardTanh": (lambda z, layer: np.clip(z, -1, 1), lambda z, layer: (np.abs(z) < 1) * 1.0),
    "Softsign": (
        lambda z, layer: z / (1 + np.abs(z)),
        lambda z, layer: 1 / (1 + np.abs(z)) ** 2,
    ),
}
