"""``scipy.integrate`` by its own names: equations and integrals, differentiable by every argument.

``equations.py`` has what users call, ``trajectories.py`` the adjoint method, ``quadrature.py``
integrals. What SciPy has besides refuses a live Node.
"""

from typing import TYPE_CHECKING

from ...forwarding import forwarding
from .equations import odeint, solve_ivp
from .quadrature import cumulative_trapezoid, fixed_quad, quad, simpson, trapezoid

if TYPE_CHECKING:
    from scipy.integrate import *  # noqa: F403

__all__ = [
    "cumulative_trapezoid",
    "fixed_quad",
    "odeint",
    "quad",
    "simpson",
    "solve_ivp",
    "trapezoid",
]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.integrate", __all__)
__all__ += _more
