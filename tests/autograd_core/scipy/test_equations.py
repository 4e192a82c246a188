"""``odeint`` and ``solve_ivp`` against solutions in closed form, by every input."""

import numpy as np
import pytest
import scipy.integrate

import autograd_core as ag
from autograd_core.scipy.integrate import odeint, solve_ivp

TIMES = np.array([0.3, 0.8, 0.8, 2.1])
TIGHT = {"rtol": 1e-11, "atol": 1e-12}


def decay(y0, t, k):
    return y0 * np.exp(-k * np.reshape(t - t[0], (-1, 1)))


def by_odeint(y0, t, k):
    return odeint(lambda y, t, k: -k * y, y0, t, (k,), **TIGHT)


def by_solve_ivp(y0, t, k):
    f = lambda t, y, k: -k * y
    return solve_ivp(f, (t[0], t[-1]), y0, "DOP853", t_eval=t, args=(k,), **TIGHT).y.T


INPUTS = (np.array([1.3, -0.7]), TIMES, np.array([0.9, 0.4]))


@pytest.mark.parametrize(
    ("solve", "t"), [(by_odeint, TIMES), (by_solve_ivp, TIMES[1:]), (by_solve_ivp, TIMES[:2])]
)
def test_decay_by_every_input(solve, t):
    t = np.unique(t) if solve is by_solve_ivp else t  # SciPy takes no time twice there
    inputs = (INPUTS[0], t, INPUTS[2])
    value, pullback = ag.vjp(solve, *inputs)
    wanted, pulled = ag.vjp(decay, *inputs)
    np.testing.assert_allclose(value, wanted, rtol=1e-8)
    g = np.cos(np.arange(wanted.size)).reshape(wanted.shape)
    for ours, theirs in zip(pullback(g), pulled(g), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-8)
    tangents = tuple(np.sin(1 + np.arange(x.size)).reshape(x.shape) for x in inputs)
    ours, theirs = (ag.jvp(f, inputs, tangents)[1] for f in (solve, decay))
    np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_second_derivatives_by_every_input(mode):
    def scalar(solution):
        return lambda y0, t, k: np.sum(solution(y0, t, k)[-1] ** 2)

    t = np.array([0.3, 1.1])
    inputs = (INPUTS[0], t, INPUTS[2])
    for i in range(3):
        for j in range(3):
            ours, theirs = (
                ag.jacobian(ag.grad(scalar(f), i), j, mode=mode)(*inputs)
                for f in (by_odeint, decay)
            )
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)


def oscillator(state, t, parameters):
    x, v = state
    return [v, -(parameters["w"] ** 2) * x]


def test_harmonic_oscillator_with_a_container_of_parameters():
    def end(y0, w, t1):
        return odeint(oscillator, y0, ag.array([0.0, t1]), ({"w": w, "unused": None},), **TIGHT)[-1]

    def exact(y0, w, t):
        x, v = y0
        return ag.array(
            [
                x * np.cos(w * t) + v / w * np.sin(w * t),
                -x * w * np.sin(w * t) + v * np.cos(w * t),
            ]
        )

    for i in range(3):
        ours, theirs = (ag.jacobian(f, i)(np.array([1.0, 0.5]), 1.7, 2.3) for f in (end, exact))
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-9)


def test_solver_steps_and_a_complex_equation():
    found = solve_ivp(lambda t, y, w: 1j * w * y, (0.0, 1.0), [1.0 + 0j], args=(ag.Node(2.0),))
    plain = scipy.integrate.solve_ivp(lambda t, y: 2j * y, (0.0, 1.0), [1.0 + 0j])
    np.testing.assert_allclose(found.y.value, plain.y, rtol=1e-12)
    np.testing.assert_array_equal(found.t, plain.t)

    def real_end(w):
        f = lambda t, y, w: 1j * w * y
        return np.real(solve_ivp(f, (0.0, 1.0), [1.0 + 0j], args=(w,), **TIGHT).y[0, -1])

    assert ag.grad(real_end)(2.0) == pytest.approx(-np.sin(2.0), rel=1e-8)


def test_the_end_of_the_span_without_output_times():
    end = lambda t1: solve_ivp(lambda t, y: -y, (0.0, t1), [1.0], **TIGHT).y[0, -1]
    assert ag.grad(end)(1.5) == pytest.approx(-np.exp(-1.5), rel=1e-8)


def test_plain_arguments_are_scipys():
    f = lambda y, t: -y
    np.testing.assert_array_equal(odeint(f, 1.0, TIMES), scipy.integrate.odeint(f, 1.0, TIMES))
    _, info = odeint(f, 1.0, TIMES, full_output=True)
    assert "nfe" in info
    slope = {"Dfun": lambda y, t, k: [[-k]], "args": (2.0,), "rtol": 1e-9}
    g = lambda y, t, k: -k * y
    np.testing.assert_array_equal(
        odeint(g, 1.0, TIMES, **slope), scipy.integrate.odeint(g, 1.0, TIMES, **slope)
    )
    hit = lambda t, y: y[0] - 0.5
    hit.terminal = True
    found = solve_ivp(lambda t, y: -y, (0, 3), [1.0], events=hit, dense_output=True)
    assert found.t_events[0] == pytest.approx(np.log(2), rel=1e-2)


def test_keywords():
    y0 = ag.Node([1.0, 2.0])
    f = lambda t, y: -y
    y, info = odeint(
        f, y0, TIMES, tfirst=True, full_output=True, Dfun=lambda t, y: -np.eye(2), mxstep=900,
        atol=np.array([1e-9, 1e-8]), rtol=1e-9, hmax=0.5,
    )  # fmt: skip
    np.testing.assert_allclose(y.value, decay(y0.value, TIMES, 1.0), rtol=1e-6)
    assert info["nfe"].size == TIMES.size - 1
    np.sum(y[-1]).backward()
    np.testing.assert_allclose(y0.grad, np.exp(-1.8), rtol=1e-6)
    x0 = ag.Node([1.0])
    found = solve_ivp(f, (0.0, 1.0), x0, "Radau", jac=lambda t, y: [[-1.0]], vectorized=True)
    np.sum(found.y[:, -1]).backward()
    np.testing.assert_allclose(x0.grad, np.exp(-1.0), rtol=1e-2)


def test_refusals():
    k = ag.Node(1.0)
    with pytest.raises(ag.NotDifferentiableError, match="got one that uses a Node from outside"):
        odeint(lambda y, t: -k * y, 1.0, TIMES)
    with pytest.raises(TypeError, match="dense_output=True"):
        solve_ivp(lambda t, y: -y, (0, 1), ag.Node([1.0]), dense_output=True)
    with ag.no_grad():
        assert type(odeint(lambda y, t: -k * y, 1.0, TIMES)) is np.ndarray


def test_float32_variables_keep_their_dtype():
    y0 = np.ones(1, np.float32)
    gradient = ag.grad(lambda y0: np.sum(odeint(lambda y, t: -y, y0, TIMES)))(y0)
    assert gradient.dtype == np.float32


@pytest.mark.filterwarnings("ignore::scipy.integrate.ODEintWarning")
def test_a_solution_that_breaks_off_has_no_derivative():
    fast = lambda y, t, k: k * np.cos(50 * t) * y
    with pytest.raises(ValueError, match="odeint expected to reach the last time, got Excess work"):
        odeint(fast, [1.0], [0.0, 99.0], (ag.Node(1.0),), mxstep=3)
