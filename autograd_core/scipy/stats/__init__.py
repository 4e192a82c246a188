"""``scipy.stats`` by its own names; these distributions are differentiable by every parameter.

Each is a few lines of ``continuous.py``, ``discrete.py`` or ``multivariate.py``. What SciPy has
besides refuses a live Node.
"""

from typing import TYPE_CHECKING, Any

from ...forwarding import forwarding
from .continuous import (
    beta,
    cauchy,
    chi2,
    expon,
    gamma,
    gumbel_l,
    gumbel_r,
    halfnorm,
    invgamma,
    laplace,
    logistic,
    lognorm,
    norm,
    pareto,
    rayleigh,
    t,
    uniform,
    weibull_min,
)
from .discrete import bernoulli, binom, geom, nbinom, poisson
from .distribution import Refusing
from .multivariate import dirichlet, multivariate_normal

if TYPE_CHECKING:
    from scipy.stats import *  # noqa: F403

__all__ = [
    "bernoulli",
    "beta",
    "binom",
    "cauchy",
    "chi2",
    "dirichlet",
    "expon",
    "gamma",
    "geom",
    "gumbel_l",
    "gumbel_r",
    "halfnorm",
    "invgamma",
    "laplace",
    "logistic",
    "lognorm",
    "multivariate_normal",
    "nbinom",
    "norm",
    "pareto",
    "poisson",
    "rayleigh",
    "t",
    "uniform",
    "weibull_min",
]

_scipys, __dir__, _more = forwarding(__name__, "scipy.stats", __all__)
__all__ += _more


def __getattr__(name: str) -> Any:
    found = _scipys(name)
    if hasattr(found, "rvs") and not isinstance(found, type):
        found = globals()[name] = Refusing(name)
    return found
