"""Toy sets made from a seed: points in the plane to classify, and curves to fit.

Named as in scikit-learn where they are the same; real data are in ``digits.py`` and ``mnist.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import DataError, expected
from ..seeding import generator
from .files import Array, Dataset, floating

Seed = int | np.random.Generator


def make_moons(
    n_samples: int = 100, noise: float = 0.1, seed: Seed = 0, dtype: npt.DTypeLike = np.float32
) -> Dataset:
    """Two half circles, each reaching into the other: no straight line parts them.

    Parameters
    ----------
    n_samples : int
        Points in all, at least 2; the classes are as equal as can be.
    noise : float
        Standard deviation of what is added to each coordinate.
    seed : int or numpy.random.Generator
        The same seed gives the same set.
    dtype : dtype
        The floating dtype of ``X``.

    Returns
    -------
    Dataset
        ``X`` of shape (n_samples, 2), in random order, and ``y``, 0 for the upper moon.

    Examples
    --------
    >>> X, y = nn.datasets.make_moons(4, noise=0.0)
    >>> X.shape, np.bincount(y).tolist()
    ((4, 2), [2, 2])
    """
    counts = _shared("make_moons", n_samples, 2)
    upper, lower = (np.linspace(0, math.pi, n) for n in counts)
    moons = [_circle(upper), np.array([1.0, 0.5]) - _circle(lower)]
    return _classes("make_moons", moons, noise, seed, dtype)


def make_circles(
    n_samples: int = 100,
    noise: float = 0.1,
    factor: float = 0.5,
    seed: Seed = 0,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Two circles around the origin, one inside the other.

    Parameters
    ----------
    n_samples, noise, seed, dtype
        As for ``make_moons``.
    factor : float
        Radius of the inner circle, above 0 and below 1; the outer has 1.

    Returns
    -------
    Dataset
        ``X`` of shape (n_samples, 2) and ``y``, 0 for the outer circle.

    Examples
    --------
    >>> X, y = nn.datasets.make_circles(10, noise=0.0)
    >>> np.allclose(np.hypot(*X.T), np.where(y, 0.5, 1.0))
    True
    """
    _check("make_circles", "factor", factor, 0 < factor < 1, "above 0 and below 1", 0.5)
    counts = _shared("make_circles", n_samples, 2)
    circles = [
        radius * _circle(np.linspace(0, 2 * math.pi, n, endpoint=False))
        for radius, n in zip((1.0, factor), counts, strict=True)
    ]
    return _classes("make_circles", circles, noise, seed, dtype)


def make_spirals(
    n_samples: int = 100,
    noise: float = 0.02,
    turns: float = 1.0,
    classes: int = 2,
    seed: Seed = 0,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Arms of a spiral that wind around each other, one a class: hard for a small network.

    Parameters
    ----------
    n_samples, noise, seed, dtype
        As for ``make_moons``.
    turns : float
        How often each arm goes around, above 0.
    classes : int
        How many arms, at least 2.

    Returns
    -------
    Dataset
        ``X`` of shape (n_samples, 2), in the unit disc but for the noise, and ``y``.

    Examples
    --------
    >>> X, y = nn.datasets.make_spirals(90, classes=3)
    >>> X.shape, np.bincount(y).tolist()
    ((90, 2), [30, 30, 30])
    """
    _check("make_spirals", "turns", turns, 0 < turns < math.inf, "above 0", 1.5)
    arms = []
    for arm, n in enumerate(_shared("make_spirals", n_samples, classes)):
        radius = np.linspace(0.05, 1, n)[:, None]
        angle = 2 * math.pi * (turns * radius[:, 0] + arm / classes)
        arms.append(radius * _circle(angle))
    return _classes("make_spirals", arms, noise, seed, dtype)


def make_blobs(
    n_samples: int = 100,
    centers: int | npt.ArrayLike = 3,
    cluster_std: float = 1.0,
    n_features: int = 2,
    seed: Seed = 0,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Normally distributed clouds of points, one a class.

    Parameters
    ----------
    n_samples, seed, dtype
        As for ``make_moons``.
    centers : int or array_like, shape (k, n_features)
        How many clouds, at random in the cube from −10 to 10, or where they are.
    cluster_std : float
        Standard deviation of a cloud in every direction.
    n_features : int
        Coordinates of a point, if ``centers`` is a number.

    Returns
    -------
    Dataset
        ``X`` of shape (n_samples, n_features) and ``y``, the index of each point's centre.

    Examples
    --------
    >>> X, y = nn.datasets.make_blobs(6, centers=[[0.0, 0.0], [9.0, 9.0]])
    >>> (X.mean(axis=1) > 4.5).astype(int).tolist() == y.tolist()
    True
    """
    rng = generator(seed)
    if np.ndim(centers) == 0:
        rows = len(_shared("make_blobs", n_samples, centers))
        columns = _whole("make_blobs", "n_features", n_features, 1)
        centers = rng.uniform(-10, 10, (rows, columns))
    where = np.asarray(centers, dtype=float)
    if where.ndim != 2:
        cure = "Pass one row per centre."
        wanted = "centers, a number or an array of shape (k, n_features)"
        raise DataError(expected("make_blobs", wanted, f"shape {where.shape}", cure))
    counts = _shared("make_blobs", n_samples, len(where))
    clouds = [np.tile(center, (n, 1)) for center, n in zip(where, counts, strict=True)]
    return _classes("make_blobs", clouds, cluster_std, rng, dtype)


CURVES: dict[str, tuple[Callable[[Array], Array], float, float]] = {
    "sine": (np.sin, -math.pi, math.pi),
    "cubic": (lambda x: x**3 - x, -1.5, 1.5),
    "step": (lambda x: np.where(x < 0, -1.0, 1.0), -1.0, 1.0),
    "bump": (lambda x: np.exp(-(x**2)), -3.0, 3.0),
    "sinc": (np.sinc, -4.0, 4.0),
    "runge": (lambda x: 1 / (1 + 25 * x**2), -1.0, 1.0),
}
"""Curves to fit, each a function and where it is sampled."""


def make_curve(
    curve: str = "sine",
    n_samples: int = 100,
    noise: float = 0.1,
    seed: Seed = 0,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Noisy samples of a curve: the simplest regression there is.

    Parameters
    ----------
    curve : {"sine", "cubic", "step", "bump", "sinc", "runge"}
    n_samples : int
        How many points, at uniformly random places.
    noise : float
        Standard deviation of what is added to the curve.
    seed : int or numpy.random.Generator
        The same seed gives the same set.
    dtype : dtype
        The floating dtype of ``X`` and ``y``.

    Returns
    -------
    Dataset
        ``X``, sorted, and ``y``, both of shape (n_samples, 1), as ``nn.mse_loss`` wants them.

    Examples
    --------
    >>> X, y = nn.datasets.make_curve("cubic", 50, noise=0.0)
    >>> X.shape, y.shape, np.allclose(y, X**3 - X, atol=1e-6)
    ((50, 1), (50, 1), True)
    """
    if curve not in CURVES:
        known = ", ".join(map(repr, CURVES))
        cure = "Choose one of them."
        raise DataError(expected("make_curve", f"curve, one of {known}", repr(curve), cure))
    _check("make_curve", "noise", noise, 0 <= noise < math.inf, "at least 0", 0.1)
    kind, rng = floating(dtype), generator(seed)
    function, low, high = CURVES[curve]
    x = np.sort(rng.uniform(low, high, _whole("make_curve", "n_samples", n_samples, 1)))[:, None]
    y = function(x) + noise * rng.normal(size=x.shape)
    return Dataset(x.astype(kind), y.astype(kind), features=["x"])


def _circle(angle: Array) -> Array:
    """Points of the unit circle."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _classes(
    what: str, groups: Sequence[Array], noise: float, seed: Seed, dtype: npt.DTypeLike
) -> Dataset:
    """Groups of points, one a class, with noise and in random order."""
    _check(what, "noise", noise, 0 <= noise < math.inf, "at least 0", 0.1)
    kind, rng = floating(dtype), generator(seed)
    X = np.concatenate(groups)
    X = X + noise * rng.normal(size=X.shape)
    y = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    order = rng.permutation(len(X))
    features = [f"x{i + 1}" for i in range(X.shape[1])]
    return Dataset(X[order].astype(kind), y[order], [str(c) for c in range(len(groups))], features)


def _shared(what: str, n_samples: Any, classes: Any) -> list[int]:
    """How many samples each class gets."""
    count = _whole(what, "the number of classes", classes, 2)
    rows = _whole(what, "n_samples", n_samples, count)
    return [len(part) for part in np.array_split(np.arange(rows), count)]


def _whole(what: str, name: str, value: Any, least: int) -> int:
    """A whole number that is large enough."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    fits = whole and value >= least
    _check(what, name, value, fits, f"a whole number of at least {least}", max(least, 100))
    return int(value)


def _check(what: str, name: str, value: Any, fits: bool, wanted: str, instance: Any) -> None:
    if not fits:
        cure = f"Pass for instance {instance}."
        raise DataError(expected(f"{what}, {name},", wanted, repr(value), cure))
