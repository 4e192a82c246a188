"""Slopes of special functions where formulas break: zeros, poles, bounds and far out."""

import numpy as np
import pytest
import scipy.special as sp

import autograd_core as ag
from autograd_core.scipy import special

INF = np.inf
SLOPES = [
    # function, argument, slope; derived by hand
    (sp.expit, -1e4, 0.0),
    (sp.expit, 1e4, 0.0),
    (sp.expit, -40.0, 4.248354255291589e-18),
    (sp.expit, 40.0, 4.248354255291589e-18),
    (sp.log_expit, -1e4, 1.0),
    (sp.log_expit, 1e4, 0.0),
    (sp.logit, 0.0, INF),
    (sp.logit, 1.0, INF),
    (sp.entr, 0.0, INF),
    (sp.entr, -1.0, 0.0),
    (sp.log_ndtr, -1e3, 1000.000999998),
    (sp.log_ndtr, 50.0, 0.0),
    (sp.erfcx, 1e4, -5.6418957508465544e-09),
    (sp.erfcx, 1e8, -5.641895835477563e-17),
    (sp.dawsn, 1e8, -5e-17),
    (sp.dawsn, 0.0, 1.0),
    (sp.rgamma, 0.0, 1.0),
    (sp.rgamma, -1.0, -1.0),
    (sp.rgamma, -2.0, 2.0),
    (sp.exprel, 0.0, 0.5),
    (sp.exprel, 1e-9, 0.5 + 1e-9 / 3),
    (sp.spence, 1.0, -1.0),
    (sp.ellipk, 0.0, np.pi / 8),
    (sp.ellipe, 0.0, -np.pi / 8),
    (sp.j1, 0.0, 0.5),
    (sp.i1, 0.0, 0.5),
    (sp.i0, 0.0, 0.0),
    (sp.gammaln, 1.0, -np.euler_gamma),
    (special.zeta, 0.0, -np.log(2 * np.pi) / 2),
]


@pytest.mark.parametrize(("f", "x", "slope"), SLOPES, ids=lambda v: getattr(v, "__name__", repr(v)))
def test_slopes_at_the_edges(f, x, slope):
    assert ag.grad(f)(x) == pytest.approx(slope, rel=1e-12)
    assert ag.jvp(f, (x,), (1.0,))[1] == pytest.approx(slope, rel=1e-12)
    assert ag.grad(lambda x: np.sum(f(x)))(np.array([x]))[0] == pytest.approx(slope, rel=1e-12)


SECOND = [
    (sp.rgamma, 0.0, 2 * np.euler_gamma),
    (sp.exprel, 0.0, 1 / 3),
    (sp.j1, 0.0, 0.0),
    (sp.ellipk, 0.0, 9 * np.pi / 64),
    (sp.erfcx, 1e4, 2 / np.sqrt(np.pi) * 1e-12 * (1 - 3e-8)),
    (sp.log_ndtr, 50.0, 0.0),
    (sp.log_ndtr, 0.0, -2 / np.pi),
    (sp.spence, 1.0, 0.5),
]


@pytest.mark.parametrize(
    ("f", "x", "curvature"), SECOND, ids=lambda v: getattr(v, "__name__", repr(v))
)
def test_curvatures_at_the_edges(f, x, curvature):
    assert ag.grad(ag.grad(f))(x) == pytest.approx(curvature, rel=1e-9)


TWO = [
    # function, arguments, slopes
    (sp.xlogy, (0.0, 2.0), (np.log(2), 0.0)),
    (sp.xlogy, (0.0, 0.0), (-INF, 0.0)),
    (sp.xlog1py, (0.0, -1.0), (-INF, 0.0)),
    (sp.xlog1py, (2.0, 0.0), (0.0, 2.0)),
    (sp.rel_entr, (0.0, 2.0), (-INF, 0.0)),
    (sp.rel_entr, (2.0, 2.0), (1.0, -1.0)),
    (sp.rel_entr, (2.0, -1.0), (0.0, 0.0)),
    (sp.kl_div, (0.0, 2.0), (-INF, 1.0)),
    (sp.kl_div, (2.0, 2.0), (0.0, 0.0)),
    (sp.huber, (1.0, 0.5), (0.0, 0.5)),
    (sp.huber, (1.0, -3.0), (2.0, -1.0)),
    (sp.huber, (-1.0, -3.0), (0.0, 0.0)),
    (sp.pseudo_huber, (0.0, 2.0), (0.0, 0.0)),
    (sp.pseudo_huber, (2.0, 0.0), (0.0, 0.0)),
    (sp.boxcox, (2.0, 0.0), (0.5, np.log(2) ** 2 / 2)),
    (sp.inv_boxcox, (0.5, 0.0), (np.exp(0.5), -np.exp(0.5) / 8)),
    (sp.gammainc, (1.0, 0.0), (0.0, 1.0)),
    (sp.gammainc, (2.0, INF), (0.0, 0.0)),
    (sp.gammaincc, (2.0, 1e3), (0.0, 0.0)),
]


@pytest.mark.parametrize(
    ("f", "args", "slopes"), TWO, ids=lambda v: getattr(v, "__name__", repr(v))
)
def test_slopes_of_two_arguments(f, args, slopes):
    for i, slope in enumerate(slopes):
        assert ag.grad(f, i)(*args) == pytest.approx(slope, rel=1e-12, abs=1e-300)


def test_a_factor_that_is_a_constant_zero_has_no_influence():
    f = lambda y: sp.xlogy(0.0, np.sqrt(y))
    assert ag.grad(f)(0.0) == 0.0
    assert ag.jvp(f, (0.0,), (1.0,))[1] == 0.0


# against high precision, by differences in many digits

SHAPES = [(0.05, 0.01), (0.7, 3.0), (1.5, 1.5), (20.0, 15.0), (300.0, 320.0), (5000.0, 4900.0)]


@pytest.mark.parametrize(("a", "x"), SHAPES)
def test_gammainc_by_its_shape(a, x):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        exact = mpmath.diff(
            lambda s: mpmath.gammainc(s, 0, x, regularized=True), a, h=mpmath.mpf(10) ** -12
        )
    assert ag.grad(sp.gammainc)(a, x) == pytest.approx(float(exact), rel=1e-10)
    assert ag.grad(sp.gammaincc)(a, x) == pytest.approx(-float(exact), rel=1e-10)


@pytest.mark.parametrize("x", [1e-5, 0.3, 0.999])
@pytest.mark.parametrize(("a", "b"), [(0.05, 0.8), (1.5, 50.0), (200.0, 0.3), (40.0, 30.0)])
def test_betainc_by_its_shapes(a, b, x):
    mpmath = pytest.importorskip("mpmath")
    f = lambda p, q: mpmath.betainc(p, q, 0, x, regularized=True)
    with mpmath.workdps(160):
        exact = [
            float(mpmath.diff(f, (a, b), n, h=mpmath.mpf(10) ** -12)) for n in ((1, 0), (0, 1))
        ]
    ours = ag.grad(sp.betainc, (0, 1))(a, b, x)
    np.testing.assert_allclose(ours, exact, rtol=1e-10, atol=1e-300)


def test_complex_polygamma_and_lambertw():
    mpmath = pytest.importorskip("mpmath")
    z = np.array([0.3 + 2j, -3.3 + 0.5j, -10.2 - 0.1j])
    for n in (0, 1, 2):
        exact = [complex(mpmath.psi(n, complex(x))) for x in z]
        np.testing.assert_allclose(special.polygamma(n, z), exact, rtol=1e-12)
    assert special.lambertw(ag.Node(0j + 0.0)).value == 0
    assert ag.check_grads(lambda z: special.lambertw(z, -1), (np.array([-0.2 + 0.1j]),)) < 1e-6


# what is not differentiable


def test_orders_are_constants():
    x = np.array([0.5, 1.5])
    for f in (sp.jv, sp.iv, sp.kv, sp.yv, sp.hankel1, special.polygamma):
        with pytest.raises(ag.NotDifferentiableError, match=r"(v|n) expected a constant"):
            f(ag.Node(2.0), x)
        with ag.no_grad():
            np.testing.assert_array_equal(np.asarray(f(ag.Node(2.0), x)), f.__call__(2.0, x))
    for v in (0.5, 1.5, 2.3):
        for f in (sp.jv, sp.yv, sp.iv, sp.kv, sp.ive, sp.kve):
            assert ag.check_grads(lambda x, f=f, v=v: f(v, x), (x,)) < 1e-6


def test_every_other_ufunc_refuses_by_name():
    from autograd_core.registry import RULES

    ag.ops.every_row()
    ufuncs = {
        name: f
        for name in sp.__all__
        if isinstance(f := getattr(sp, name), np.ufunc) and f not in RULES
    }
    assert len(ufuncs) > 80
    for name, f in ufuncs.items():
        with pytest.raises(
            ag.NotDifferentiableError, match=rf"scipy\.special\.{f.__name__} has no"
        ):
            f(*[ag.Node(0.5)] * f.nin)
        assert hasattr(special, name)


# functions that are no ufuncs

X = np.array([[0.5, -1.0, 2.0], [3.0, 1000.0, 999.0]])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])
def test_softmax_is_scipys(name, axis):
    ours, theirs = getattr(special, name), getattr(sp, name)
    np.testing.assert_allclose(ours(ag.Node(X), axis).value, theirs(X, axis), rtol=1e-13)
    assert ag.check_grads(lambda x: ours(x, axis), (X / 400,)) < 1e-6


def test_logsumexp_with_signs_and_weights():
    b = np.array([1.0, -2.0, 0.0])
    for axis in (None, 1):
        ours = special.logsumexp(ag.Node(X), axis, b, return_sign=True)
        theirs = sp.logsumexp(X, axis, b, return_sign=True)
        np.testing.assert_allclose(ours[0].value, theirs[0], rtol=1e-13)
        np.testing.assert_array_equal(ours[1], theirs[1])
    assert np.isnan(special.logsumexp(ag.Node([0.0, 1.0]), b=[1.0, -1.0]).value)
    weighted = lambda a, b: special.logsumexp(a, b=b)
    assert ag.check_grads(weighted, (np.array([0.3, 0.7]), np.array([1.5, 0.4]))) < 1e-6
    assert ag.grad(weighted, 1)(np.array([0.0, 1.0]), np.array([1.0, 0.0]))[1] == np.e
    z = np.array([0.3 + 1j, -0.2 + 2j])
    np.testing.assert_allclose(special.logsumexp(ag.Node(z)).value, sp.logsumexp(z))
    unselected = ag.grad(lambda a: special.logsumexp(a, b=[1.0, 0.0]))
    np.testing.assert_array_equal(unselected(np.array([2.0, INF])), [1.0, 0.0])


def test_composites():
    assert ag.check_grads(lambda a: special.multigammaln(a, 3), (np.array([2.5, 4.0]),)) < 1e-6
    assert ag.check_grads(special.comb, (5.5, 2.2)) < 1e-6
    assert special.comb(ag.Node(3.0), 5).value == sp.comb(3.0, 5) == 0
    assert ag.check_grads(lambda n: special.factorial(n), (3.5,)) < 1e-6
    assert special.factorial(ag.Node(-1.5)).value == 0
    for f, args in (
        (sp.chdtr, (3.2, 1.5)),
        (sp.chdtrc, (3.2, 1.5)),
        (sp.gdtr, (1.2, 2.3, 0.8)),
        (sp.gdtrc, (1.2, 2.3, 0.8)),
        (sp.fdtr, (3.0, 4.5, 1.2)),
        (sp.fdtrc, (3.0, 4.5, 1.2)),
    ):
        assert f(*map(ag.Node, args)).value == pytest.approx(f(*args), rel=1e-12)
        assert ag.check_grads(f, args, order=1) < 1e-6


# against PyTorch and JAX

TORCH = {
    "digamma": 1.7,
    "gammaln": 1.7,
    "erf": 0.6,
    "erfc": 0.6,
    "erfcx": 0.6,
    "erfinv": 0.3,
    "expit": 0.6,
    "logit": 0.3,
    "entr": 0.4,
    "i0": 0.8,
    "i0e": 0.8,
    "i1": 0.8,
    "i1e": 0.8,
    "ndtr": -0.7,
    "log_ndtr": -3.0,
    "ndtri": 0.2,
    "expm1": 0.2,
    "log1p": 0.2,
    "exp2": 0.2,
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", TORCH)
def test_slopes_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch")
    x = torch.tensor(TORCH[name], dtype=torch.float64, requires_grad=True)
    getattr(torch.special, name)(x).backward()
    assert ag.grad(getattr(sp, name))(TORCH[name]) == pytest.approx(x.grad.item(), rel=1e-8)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("name", "args"),
    [("gammainc", (2.3, 1.7)), ("gammaincc", (2.3, 3.7)), ("gammainc", (0.4, 0.2))],
)
def test_shapes_as_jax_has_them(name, args):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    theirs = jax.grad(getattr(jax.scipy.special, name))(*args)
    assert ag.grad(getattr(sp, name))(*args) == pytest.approx(float(theirs), rel=1e-9)
