"""Distributions of vectors: the multivariate normal and the Dirichlet distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...building import array, holds_node
from ...errors import unsupported
from ...node import value_of, values_of
from ..mapping import mapped
from .distribution import Distribution


def floating(x: Any) -> Any:
    """A Node, or an array of floating numbers; lists of Nodes joined."""
    return x if hasattr(x, "dtype") else array(x, dtype=float)


class Multivariate(Distribution):
    """A distribution of vectors, documented by its class."""

    def documentation(self) -> str | None:
        """Its docstring, the class's."""
        return type(self).__doc__


class MultivariateNormal(Multivariate):
    """``scipy.stats.multivariate_normal``: ``logpdf`` and ``pdf`` by x, mean and covariance.

    The gradient by the covariance is the one by its symmetric part. Call it with its parameters to
    fix them; other methods are SciPy's, and refuse Nodes.

    Parameters
    ----------
    *args, **keywords
        ``mean``, ``cov`` and ``allow_singular``, as of ``logpdf``.

    Examples
    --------
    >>> from autograd_core.scipy import stats
    >>> ag.grad(lambda mean: stats.multivariate_normal(mean).logpdf([1.0, 2.0]))(np.zeros(2))
    array([1., 2.])
    """

    places = ("mean", "cov", "allow_singular")

    @mapped
    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
        """The logarithm of the density.

        Parameters
        ----------
        x : array_like or Node, shape (..., d)
        mean : array_like or Node, shape (d,), optional
            Zeros by default.
        cov : array_like or Node, shape (d, d), (d,) or ()
            Positive definite; a vector is its diagonal, a number all of the diagonal.
        allow_singular : bool
            For plain arrays only.

        Returns
        -------
        Node or array, shape (...)

        Examples
        --------
        >>> from autograd_core.scipy import stats
        >>> x = ag.Node(np.zeros(2))
        >>> round(stats.multivariate_normal.logpdf(x, cov=np.eye(2)).item(), 6)
        -1.837877
        """
        if not holds_node([x, mean, cov]):
            return self.scipys.logpdf(x, mean, cov, allow_singular)
        if allow_singular:
            cure = "Pass a positive definite covariance, or node.value."
            raise unsupported("multivariate_normal", "allow_singular", True, cure)
        x, cov = floating(x), floating(cov)
        d = dimension(mean, cov)
        if d > 1 and np.ndim(value_of(x)) == 0:
            raise ValueError(f"multivariate_normal expected vectors of length {d}, got a number")
        if d == 1 and np.ndim(value_of(x)) < 2:
            x = np.reshape(x, (*np.shape(value_of(x)), 1))
        deviation = x if mean is None else x - floating(mean)
        L = np.linalg.cholesky(covariance(cov, d))
        flat = np.reshape(deviation, (-1, d))
        z = np.linalg.solve(L, flat.T)
        log_det = 2 * np.sum(np.log(np.diagonal(L)))
        log = -(d * math.log(2 * math.pi) + log_det + np.sum(z * z, axis=0)) / 2
        return np.reshape(log, np.shape(value_of(deviation))[:-1])

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
        """The density; see ``logpdf``."""
        if not holds_node([x, mean, cov]):
            return self.scipys.pdf(x, mean, cov, allow_singular)
        return np.exp(self.logpdf(x, mean, cov, allow_singular))


def dimension(mean: Any, cov: Any) -> int:
    """The length of the vectors, from the mean or else the covariance."""
    if mean is not None:
        return int(np.size(values_of(mean)))
    return int(np.shape(value_of(cov))[0]) if np.ndim(value_of(cov)) == 2 else 1


def covariance(cov: Any, d: int) -> Any:
    """A covariance as a matrix."""
    if np.ndim(value_of(cov)) == 2:
        return cov
    return np.eye(d) * cov


class Dirichlet(Multivariate):
    """``scipy.stats.dirichlet``: ``logpdf`` and ``pdf`` by x and alpha.

    Call it with its parameters to fix them; other methods are SciPy's, and refuse Nodes.

    Parameters
    ----------
    *args, **keywords
        ``alpha``, as of ``logpdf``.

    Examples
    --------
    >>> from autograd_core.scipy import stats
    >>> round(stats.dirichlet(ag.Node([1.0, 1.0])).logpdf(np.array([0.2, 0.8])).item(), 6)
    0.0
    """

    places = ("alpha",)

    @mapped
    def logpdf(self, x: Any, alpha: Any) -> Any:
        """The logarithm of the density.

        Parameters
        ----------
        x : array_like or Node, shape (K, ...) or (K - 1, ...)
            Shares along the first axis, that sum to 1; the last one may be left out.
        alpha : array_like or Node, shape (K,)

        Returns
        -------
        Node or array, shape (...)

        Examples
        --------
        >>> from autograd_core.scipy import stats
        >>> round(stats.dirichlet.logpdf(np.array([0.2, 0.8]), ag.Node([1.0, 1.0])).item(), 6)
        0.0
        """
        checked = self.scipys.logpdf(values_of(x), values_of(alpha))  # with SciPy's own messages
        if not holds_node([x, alpha]):
            return checked
        x, alpha = floating(x), floating(alpha)
        if np.shape(value_of(x))[0] < np.shape(value_of(alpha))[0]:
            x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
        column = np.reshape(alpha, (-1, *[1] * (np.ndim(value_of(x)) - 1)))
        scale = sp.gammaln(np.sum(alpha)) - np.sum(sp.gammaln(alpha))
        return scale + np.sum(sp.xlogy(column - 1, x), axis=0)

    def pdf(self, x: Any, alpha: Any) -> Any:
        """The density; see ``logpdf``."""
        if not holds_node([x, alpha]):
            return self.scipys.pdf(x, alpha)
        return np.exp(self.logpdf(x, alpha))


multivariate_normal = MultivariateNormal("multivariate_normal", "")
dirichlet = Dirichlet("dirichlet", "")
