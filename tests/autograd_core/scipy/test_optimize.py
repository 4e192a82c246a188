"""Solutions as functions of their parameters, against closed forms; ``minimize`` as it stands."""

import numpy as np
import pytest
import scipy.optimize

import autograd_core as ag
from autograd_core.scipy import optimize


def rosenbrock(x, p=100.0):
    return np.sum(p * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@pytest.mark.parametrize("library", [scipy.optimize, optimize])
@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("BFGS", {}),
        ("Newton-CG", {"hess": ag.hessian(rosenbrock)}),
        ("trust-ncg", {"hessp": lambda x, v: ag.hvp(rosenbrock)(x, v)}),
    ],
)
def test_minimize_takes_our_derivatives(library, method, more):
    found = library.minimize(
        rosenbrock,
        np.array([-1.2, 1.0, 0.5]),
        jac=ag.grad(rosenbrock),
        method=method,
        tol=1e-8,
        **more,
    )
    np.testing.assert_allclose(found.x, 1, atol=1e-5)
    assert type(found.x) is np.ndarray


A = np.array([[3.0, 0.5], [0.2, 2.0]])


def equations(x, parameters):
    return parameters["A"] @ x + 0.1 * x**3 - parameters["b"]


def by_root(A, b):
    return optimize.root(equations, np.zeros(2), ({"A": A, "b": b},), tol=1e-13).x


def by_fsolve(A, b):
    return optimize.fsolve(equations, np.zeros(2), ({"A": A, "b": b},), xtol=1e-13)


def by_fixed_point(A, b):
    step = lambda x, A, b: x - 0.2 * equations(x, {"A": A, "b": b})
    return optimize.fixed_point(step, np.zeros(2), (A, b), xtol=1e-13, method="iteration")


@pytest.mark.parametrize("solve", [by_root, by_fsolve, by_fixed_point])
def test_roots_by_their_parameters(solve):
    b = np.array([1.0, -0.4])
    residual = equations(solve(ag.Node(A), b).value, {"A": A, "b": b})
    np.testing.assert_allclose(residual, 0, atol=1e-11)
    assert ag.check_grads(solve, (A, b), order=2, rtol=1e-5, atol=1e-6) < 1e-5


def test_reverse_and_forward_agree_with_the_closed_form():
    cube_root = lambda p: optimize.root(lambda x, p: x**3 - p, [1.0], (p,), tol=1e-13).x[0]
    assert ag.grad(cube_root)(8.0) == pytest.approx(1 / 12, rel=1e-10)
    assert ag.jvp(cube_root, (8.0,), (1.0,))[1] == pytest.approx(1 / 12, rel=1e-10)
    assert ag.grad(ag.grad(cube_root))(8.0) == pytest.approx(-2 / 9 * 8 ** (-5 / 3), rel=1e-9)


SCALAR = {
    "brentq": lambda f, p: optimize.brentq(f, 0.0, 5.0, (p,), xtol=1e-13),
    "brenth": lambda f, p: optimize.brenth(f, 0.0, 5.0, (p,), xtol=1e-13),
    "bisect": lambda f, p: optimize.bisect(f, 0.0, 5.0, (p,), xtol=1e-13),
    "ridder": lambda f, p: optimize.ridder(f, 0.0, 5.0, (p,), xtol=1e-13),
    "toms748": lambda f, p: optimize.toms748(f, 0.0, 5.0, (p,), xtol=1e-13),
    "newton": lambda f, p: optimize.newton(
        f, 1.0, lambda x, p: 2 * x, (p,), fprime2=lambda x, p: 2.0
    ),
}


@pytest.mark.parametrize("name", SCALAR)
def test_roots_of_functions_of_a_number(name):
    square_root = lambda p: SCALAR[name](lambda x, p: x * x - p, p)
    assert square_root(4.0) == pytest.approx(2)
    assert ag.grad(square_root)(4.0) == pytest.approx(0.25, rel=1e-8)
    assert ag.jvp(square_root, (4.0,), (1.0,))[1] == pytest.approx(0.25, rel=1e-8)


def test_full_output():
    f = lambda x, p: x * x - p
    x, result = optimize.brentq(f, 0, 5, (ag.Node(4.0),), full_output=True)
    assert x.item() == pytest.approx(2)
    assert result.converged
    x, info, _, _ = optimize.fsolve(f, [1.0], (ag.Node(4.0),), full_output=True)
    assert x.value == pytest.approx(2)
    assert "nfev" in info


def test_a_minimum_by_its_parameters():
    def f(x, p):
        return (x[0] - p["c"]) ** 2 + p["k"] * (x[1] - x[0]) ** 2 + x[1] ** 2

    where = lambda c, k: optimize.minimize(f, [0.0, 0.0], ({"c": c, "k": k},), tol=1e-12).x
    exact = lambda c, k: ag.array([c * (1 + k), c * k]) / (1 + 2 * k)
    for i in range(2):
        ours, theirs = (ag.jacobian(g, i)(1.4, 0.7) for g in (where, exact))
        np.testing.assert_allclose(ours, theirs, rtol=1e-8)
    best = lambda c: optimize.minimize(f, [0.0, 0.0], ({"c": c, "k": 0.7},), tol=1e-12).fun
    x = exact(1.4, 0.7)
    assert ag.grad(best)(1.4) == pytest.approx(-2 * (x[0] - 1.4), rel=1e-8)  # the envelope theorem


def test_refusals():
    p = ag.Node(4.0)
    with pytest.raises(ag.NotDifferentiableError, match="uses a Node from outside"):
        optimize.root(lambda x: x * x - p, [1.0])
    with pytest.raises(TypeError, match="minimize of a Node does not support bounds"):
        optimize.minimize(lambda x, p: np.sum((x - p) ** 2), [0.0], (p,), bounds=[(0, 1)])
    with pytest.raises(ValueError, match="root expected its solver to converge"):
        optimize.root(lambda x, p: x * x + p, [1.0], (p,))
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.optimize\.least_squares"):
        optimize.least_squares(lambda x, p: x - p, [1.0], args=(p,))


def test_options_by_position_are_scipys():
    f = lambda x, p: x * x - p
    for name in ("bisect", "brenth", "brentq", "ridder", "toms748"):
        ours, theirs = getattr(optimize, name), getattr(scipy.optimize, name)
        assert ours(f, 0, 5, (3.0,), 2) == theirs(f, 0, 5, (3.0,), 2)  # xtol, for toms748 k
        assert ours(f, 0, 5, (ag.Node(3.0),), 2).item() == theirs(f, 0, 5, (3.0,), 2)
    prime = lambda x, p: 2 * x
    assert optimize.newton(f, 1.0, prime, (3.0,), 0.1) == scipy.optimize.newton(
        f, 1.0, prime, (3.0,), 0.1
    )
    x, *report = optimize.fsolve(f, [1.0], (ag.Node(4.0),), None, True)
    assert x.value == pytest.approx(2)
    assert len(report) == 3


def test_newton_on_an_array():
    p = np.array([1.0, 4.0, 9.0])
    roots = lambda p: optimize.newton(lambda x, p: x * x - p, np.ones(3), args=(p,))
    np.testing.assert_allclose(ag.jacobian(roots)(p), np.diag(0.5 / np.sqrt(p)), atol=1e-9)


def test_a_search_that_stopped_early_has_no_derivative():
    f, p = lambda x, p: x * x - p, ag.Node(4.0)
    with pytest.raises(ValueError, match="brentq expected its solver to converge"):
        optimize.brentq(f, 0, 9, (p,), maxiter=1, disp=False)
    with pytest.raises(ValueError, match="newton expected its solver to converge"):
        optimize.newton(f, 1.0, args=(p,), maxiter=1, disp=False)


def test_a_singular_jacobian_is_reported():
    f = lambda x, p: [p * (x[0] + x[1]), p * (x[0] + x[1])]
    where = lambda p: optimize.root(f, [0.0, 0.0], (p,)).x[0]
    with pytest.raises(np.linalg.LinAlgError, match="expected dF/dx regular there, got"):
        ag.grad(where)(1.0)
    with pytest.raises(np.linalg.LinAlgError, match="expected dF/dx regular there, got"):
        ag.jvp(where, (1.0,), (1.0,))
