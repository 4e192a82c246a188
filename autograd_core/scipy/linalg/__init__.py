"""``scipy.linalg`` by its own names, for Nodes as for arrays.

What is imported here has derivatives; every other function of SciPy's is there, too, and refuses
Nodes by name. The rows that NumPy shares are in ``autograd_core.ops``.
"""

from typing import TYPE_CHECKING

from ...forwarding import forwarding
from .decompositions import (
    cho_factor,
    cholesky,
    det,
    eigh,
    eigvals,
    eigvalsh,
    lu,
    norm,
    polar,
    qr,
    svd,
    svdvals,
)
from .equations import solve_continuous_lyapunov, solve_discrete_lyapunov, solve_sylvester
from .matrix_functions import coshm, cosm, expm, logm, sinhm, sinm, sqrtm, tanhm, tanm
from .structured import block_diag, circulant, hankel, toeplitz
from .systems import (
    cho_solve,
    inv,
    lstsq,
    pinv,
    solve,
    solve_banded,
    solve_triangular,
    solveh_banded,
)

if TYPE_CHECKING:
    from scipy.linalg import *  # noqa: F403

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "circulant",
    "coshm",
    "cosm",
    "det",
    "eigh",
    "eigvals",
    "eigvalsh",
    "expm",
    "hankel",
    "inv",
    "logm",
    "lstsq",
    "lu",
    "norm",
    "pinv",
    "polar",
    "qr",
    "sinhm",
    "sinm",
    "solve",
    "solve_banded",
    "solve_continuous_lyapunov",
    "solve_discrete_lyapunov",
    "solve_sylvester",
    "solve_triangular",
    "solveh_banded",
    "sqrtm",
    "svd",
    "svdvals",
    "tanhm",
    "tanm",
    "toeplitz",
]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.linalg", __all__)
__all__ += _more
