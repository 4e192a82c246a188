"""Which functions ``vmap`` computes one example after the other, and why: all others at once."""

from __future__ import annotations

REASONS = {
    "how many entries come out depends on the values": ["np.intersect1d"],
    "its answer is about memory": ["np.may_share_memory", "np.shares_memory"],
    "a solver takes its own steps for every problem": [
        "scipy.integrate.odeint",
        "scipy.integrate.quad",
        "scipy.integrate.solve_ivp",
        "scipy.optimize.bisect",
        "scipy.optimize.brenth",
        "scipy.optimize.brentq",
        "scipy.optimize.fixed_point",
        "scipy.optimize.fsolve",
        "scipy.optimize.minimize",
        "scipy.optimize.newton",
        "scipy.optimize.ridder",
        "scipy.optimize.root",
        "scipy.optimize.toms748",
    ],
    "LAPACK and SciPy answer for one system": ["scipy.linalg.lstsq", "scipy.linalg.pinv, atol"],
    "SciPy checks the numbers": ["scipy.stats.dirichlet.logpdf", "scipy.stats.dirichlet.pdf"],
    "your `forward` keeps what belongs to one example": ["ag.Function.apply"],
}
"""Tests compare it with what happens."""

WORDS = """All are computed at once, but for those named here, and where a function decides by
values and the examples differ in what it decides: `np.piecewise`, `np.real_if_close` and
`np.histogram` then take one after the other, `np.unique`, `np.nonzero` and a mask as an index are
refused, whose results would differ in shape. Functions of matrices that SciPy has for one matrix
alone (`expm`, `logm`, `sqrtm` and their kin, `solve_triangular`, `solve_banded`,
`solve_sylvester`, `solve_discrete_lyapunov`, `lu`, and direct convolutions of several axes) are
one row for all examples, inside which SciPy takes matrix after matrix."""


def section() -> str:
    """The section of the table of functions."""
    lines = [
        f"- {reason}: {', '.join(f'`{name}`' for name in names)}"
        for reason, names in REASONS.items()
    ]
    return "\n".join(["## Under `vmap`", "", WORDS, "", *lines])
