"""``scipy.optimize`` by its own names: solutions are differentiable by the arguments in ``args``.

``minimize(f, x0, jac=ag.grad(f), hess=ag.hessian(f))`` works with SciPy's own function as well.
What SciPy has besides refuses a live Node.
"""

from typing import TYPE_CHECKING

from ...forwarding import forwarding
from .minima import minimize
from .roots import fixed_point, fsolve, root
from .scalar_roots import bisect, brenth, brentq, newton, ridder, toms748

if TYPE_CHECKING:
    from scipy.optimize import *  # noqa: F403

__all__ = [
    "bisect",
    "brenth",
    "brentq",
    "fixed_point",
    "fsolve",
    "minimize",
    "newton",
    "ridder",
    "root",
    "toms748",
]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.optimize", __all__)
__all__ += _more
