"""Programs written for HIPS autograd give the same numbers on the compat package.

Each takes ``load``, which imports a module of whichever library it runs on, and returns numbers.
"""

from __future__ import annotations

import importlib

import numpy as onp
import pytest

OURS = "autograd_core.compat.autograd"
PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def loader(root):
    return lambda name="": importlib.import_module(f"{root}.{name}" if name else root)


def assert_same(ours, theirs):
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            assert_same(ours[key], theirs[key])
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_same(a, b)
    else:
        assert onp.shape(ours) == onp.shape(theirs)
        assert onp.asarray(ours).dtype == onp.asarray(theirs).dtype
        onp.testing.assert_allclose(ours, theirs, rtol=2e-8, atol=1e-10)


@program
def tanh_and_its_derivatives(load):
    np, elementwise_grad = load("numpy"), load().elementwise_grad

    def tanh(x):
        return (1.0 - np.exp(-2 * x)) / (1.0 + np.exp(-2 * x))

    x, f, values = np.linspace(-3, 3, 7), tanh, []
    for _ in range(4):
        f = elementwise_grad(f)
        values.append(f(x))
    return values


@program
def logistic_regression(load):
    np, grad = load("numpy"), load().grad
    inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30]])
    targets = np.array([True, True, False])

    def loss(weights):
        p = 0.5 * (np.tanh(np.dot(inputs, weights)) + 1)
        return -np.sum(np.log(p * targets + (1 - p) * (1 - targets)))

    weights, step = np.array([0.0, 0.0, 0.0]), grad(loss)
    for _ in range(40):
        weights -= step(weights) * 0.01
    return weights, loss(weights)


@program
def network_with_flatten_and_adam(load):
    np, grad = load("numpy"), load().grad
    flatten, adam = load("misc").flatten, load("misc.optimizers").adam
    logsumexp = load("scipy.special").logsumexp
    rng = load("numpy.random").RandomState(0)
    params = [(0.1 * rng.randn(m, n), 0.1 * rng.randn(n)) for m, n in ((4, 6), (6, 3))]
    images, labels = rng.randn(20, 4), onp.eye(3)[rng.randint(0, 3, 20)]

    def predict(params, inputs):
        for W, b in params:
            outputs = np.dot(inputs, W) + b
            inputs = np.tanh(outputs)
        return outputs - logsumexp(outputs, axis=1, keepdims=True)

    def objective(params, i):
        flat, _ = flatten(params)
        batch = slice(4 * (i % 5), 4 * (i % 5 + 1))
        return 0.1 * np.dot(flat, flat) - np.sum(predict(params, images[batch]) * labels[batch])

    seen = []
    callback = lambda params, i, g: seen.append(float(objective(params, i)))
    optimized = adam(grad(objective), params, step_size=0.1, num_iters=15, callback=callback)
    return optimized, seen


@program
def square_root_by_fixed_point(load):
    np, grad = load("numpy"), load().grad
    fixed_point = load("misc.fixed_points").fixed_point
    tuple_ = load("builtins").tuple
    newton = lambda a: lambda x: 0.5 * (x + a / x)
    distance = lambda x, y: np.abs(x - y)
    sqrt = lambda a, guess=10.0: fixed_point(newton, a, guess, distance, 1e-12)
    linear = lambda p: lambda x: np.dot(p[0], x) + p[1]
    total = lambda p: np.sum(
        fixed_point(linear, tuple_(p), np.zeros(2), lambda x, y: np.max(np.abs(x - y)), 1e-13) ** 2
    )
    A = np.array([[0.1, 0.2], [-0.3, 0.1]])
    return sqrt(2.0), grad(sqrt)(2.0), grad(grad(sqrt))(2.0), grad(total)((A, np.ones(2)))


@program
def custom_logsumexp(load):
    np, core = load("numpy"), load()
    extend = load("extend")

    @extend.primitive
    def logsumexp(x):
        """Stable log(sum(exp(x)))."""
        top = np.max(x)
        return top + np.log(np.sum(np.exp(x - top)))

    def vjp(ans, x):
        shape = x.shape
        return lambda g: np.full(shape, g) * np.exp(x - np.full(shape, ans))

    extend.defvjp(logsumexp, vjp)
    extend.defjvp(logsumexp, lambda g, ans, x: np.sum(g * np.exp(x - ans)))
    f = lambda y: logsumexp(y**2)
    x, v = np.array([1.5, 6.7, 1e-10]), np.array([1.0, -1.0, 0.5])
    load("test_util").check_grads(f, modes=["rev", "fwd"])(x)
    return core.grad(f)(x), core.hessian(f)(x), core.make_jvp(f)(x)(v)


@program
def primitives_of_many_kinds(load):
    np, core, extend = load("numpy"), load(), load("extend")

    @extend.primitive
    def scaled(kind, x, y, power=1):
        return x**power * y if kind == "product" else x + y

    extend.defvjp(
        scaled,
        lambda ans, kind, x, y, power=1: lambda g: g * power * x ** (power - 1) * y,
        lambda ans, kind, x, y, power=1: lambda g: g * x**power,
        argnums=(1, 2),
    )

    @extend.primitive
    def pair(x, y):
        return (x * y, x + y)

    extend.defvjp_argnum(
        pair,
        lambda argnum, ans, args, kwargs: lambda g: g[0] * args[1 - argnum] + g[1],
    )

    @extend.primitive
    def dot(xs):
        return onp.dot(xs[0], xs[1])

    extend.defvjp_argnums(
        dot,
        lambda argnums, ans, args, kwargs: (
            lambda g: (load("builtins").tuple((g * args[0][1], g * args[0][0])),)
        ),
    )

    @extend.primitive
    def twice(x):
        return 2.0 * x

    extend.defvjp(twice, lambda ans, x: lambda g: 2.0 * g)
    extend.def_linear(twice)

    @extend.notrace_primitive
    def length(x):
        return x.shape[0]

    f = lambda x, y: scaled("product", x, y, power=3)
    x, y = np.array([1.0, 2.0]), np.array([0.5, -3.0])
    both = lambda x, y: np.sum(pair(x, y)[0] * pair(x, y)[1])
    as_tuple = load("builtins").tuple
    return (
        core.elementwise_grad(f, 0)(x, y),
        core.elementwise_grad(f, 1)(x, y),
        core.grad(both, (0, 1))(x, y),
        core.grad(lambda x: dot(as_tuple((x, 3.0 * x))))(x),
        core.make_jvp(twice)(x)(y),
        core.grad(lambda x: np.sum(twice(x)) * length(x))(x),
    )


@program
def complex_primitive(load):
    np, core, extend = load("numpy"), load(), load("extend")

    @extend.primitive
    def square(z):
        return z * z

    extend.defvjp(square, lambda ans, z: lambda g: g * 2 * z)
    z = np.array([1 + 2j, 0.5 - 1j])
    return core.grad(lambda z: np.real(np.sum(square(z) * z)))(z), core.holomorphic_grad(
        lambda z: square(z) ** 2
    )(1 + 1j)


@program
def complex_gradients(load):
    np, core = load("numpy"), load()
    z = np.array([1.2 + 0.3j, -0.4 + 2j])
    real_part = lambda z: np.real(np.sum(np.exp(z) * z**2))
    jac = core.jacobian(lambda z: np.real(np.array([z[0] * z[1], z[0] ** 2])))
    return (
        core.grad(real_part)(z),
        core.grad(lambda z: np.sum(np.abs(z) ** 2))(z),
        core.grad(lambda z: np.imag(np.sum(np.sin(z))))(z),
        core.holomorphic_grad(lambda z: np.sum(np.sin(z)))(z),
        core.make_vjp(np.exp)(z)[0](np.array([1j, 2.0])),
        core.make_jvp(np.exp)(z)(np.array([1j, 2.0 + 0j])),
        core.grad(lambda x: np.real(np.exp(1j * x)))(0.7),
        jac(z),
    )


@program
def products_with_curvature(load):
    np, core = load("numpy"), load()
    A = np.arange(9.0).reshape(3, 3) / 9
    f = lambda x: np.sum(np.tanh(np.dot(A, x)) ** 2) + np.prod(x)
    h = lambda x: np.sin(np.dot(A, x))
    x, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -1.0])
    hvp, gradient = core.make_hvp(f)(x)
    return (
        hvp(v),
        gradient,
        core.hessian_vector_product(f)(x, v),
        core.hessian_tensor_product(f)(x, v),
        core.hessian(f)(x),
        core.hessian(h)(x),
        core.make_ggnvp(h)(x)(v),
        core.make_ggnvp(h, lambda y: np.sum(np.exp(y)))(x)(v),
        core.tensor_jacobian_product(h)(x, v),
        core.vector_jacobian_product(h)(x, v),
        load("differential_operators").make_jvp_reversemode(h)(x)(v),
        core.make_vjp(h)(x)[0](v),
        core.make_jvp(h)(x)(v),
        core.jacobian(h)(x),
        core.jacobian(core.jacobian(h))(x),
        core.deriv(np.sin)(0.4),
        core.grad(lambda x: np.sum(core.make_vjp(h)(x)[0](v) ** 2))(x),
        core.jacobian(lambda v: core.make_vjp(h)(x)[0](v))(v),
    )


@program
def containers(load):
    np, core = load("numpy"), load()
    params = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "rest": [np.array([0.5, -1.0]), 2.0]}

    def loss(p, x):
        hidden = np.dot(p["w"], x) + p["rest"][0]
        for value in p["rest"]:
            hidden = hidden * np.sum(value)
        return np.sum(hidden) + len(p) + len(p["rest"]) * sum(k == "w" for k in p)

    x = np.array([1.0, -2.0])
    value, gradient = core.value_and_grad(loss)(params, x)
    flat, unflatten = load("misc").flatten(params)
    builtins = load("builtins")
    kinds = [
        float(builtins.isinstance(params, builtins.dict)),
        float(builtins.isinstance(params["rest"], builtins.list)),
        float(isinstance((1,), builtins.tuple)),
    ]
    unpack = lambda pair: builtins.tuple((pair[1] * 2.0, pair[0]))
    vjp, out = core.make_vjp(unpack)((x, 3.0))
    return (
        value,
        gradient,
        core.grad(loss, (0, 1))(params, x),
        flat,
        unflatten(flat),
        kinds,
        out,
        vjp((1.0, x)),
    )


@program
def auxiliary_results(load):
    np, core = load("numpy"), load()
    f = lambda x: load("builtins").tuple((np.sum(np.sin(x)), x**2))
    g = lambda x, y: x * y**2
    x = np.array([1.0, 2.0])
    return core.grad_and_aux(f)(x), core.grad_named(g, "y")(2.0, 3.0), core.grad(g, 1)(2.0, 3.0)


@program
def gradient_checks(load):
    np, check = load("numpy"), load("test_util")
    x = np.array([[0.5, 1.5], [-0.3, 2.0]])
    onp.random.seed(0)
    check.check_grads(lambda x: np.sin(x) * np.sum(x, axis=0))(x)
    check.check_grads(np.dot, (0, 1), modes=["rev"], order=2)(x, x[0])
    check.check_vjp(np.tanh, x)
    check.check_jvp(np.tanh, x)
    check.check_equivalent([x, 1.0], [x + 1e-9, 1.0])
    check.combo_check(np.sum, [0], order=1)([x, x[0]], axis=[None, 0])

    wrong = load("extend").primitive(lambda x: x**2)
    load("extend").defvjp(wrong, lambda ans, x: lambda g: g * x)
    with pytest.raises(AssertionError):
        check.check_grads(wrong, modes=["rev"], order=1)(3.0)
    with pytest.raises(AssertionError):
        check.check_equivalent(x, x + 1.0)
    return float(check.scalar_close(1.0, 1.0 + 1e-9)), float(check.scalar_close(1.0, 1.1))


@program
def optimizers_of_trees(load):
    np, grad = load("numpy"), load().grad
    opt = load("misc.optimizers")
    loss = lambda p, i=0: np.sum((p["a"] - 1.0) ** 2) + p["b"][0] ** 4
    start = {"a": np.array([3.0, -2.0]), "b": (np.array(0.7),)}
    return [
        method(grad(loss), start, num_iters=12, step_size=0.05)
        for method in (opt.sgd, opt.rmsprop, opt.adam)
    ]


@program
def recorded_graphs(load):
    np, core, tracers = load("numpy"), load(), load("misc.tracers")
    f = tracers.const_graph(lambda x, y: np.sin(x) * y + np.sum(x) * 2.0)
    x, y = np.array([1.0, 2.0]), np.array([0.5, -3.0])
    first, second = f(x, y), f(y, x)
    step = load("misc").const_graph(lambda v, w: v + np.exp(w))
    end = tracers.full_graph(lambda x: np.exp(x) * 2.0, x)
    return first, second, core.grad(lambda x: np.sum(f(x, y)))(x), step(x, y), end.value


@program
def arrays_of_traced_numbers(load):
    np, core = load("numpy"), load()

    def f(x):
        a = np.array([x, 2.0 * x, 1.0])
        b = np.array([[x, x**2], [1.0, x**3]])
        c = np.r_[a, b[0], x]
        d = np.full((2,), x) + np.where(x > 1, x, 0.0)
        e = np.c_[a, a]
        return np.sum(np.dot(b, d)) + np.sum(c**2) + np.sum(np.stack([d, d])) + np.sum(e[1])

    return core.grad(f)(1.5), core.grad(core.grad(f))(1.5), np.where(True, 1.0, 2.0)


@program
def lists_of_traced_numbers(load):
    np, core = load("numpy"), load()
    f = lambda x: [x * k for k in (1.0, 2.0, 3.0)]
    functions = [
        lambda x: np.sum(f(x)) ** 2,
        lambda x: np.mean(f(x)) * np.std(f(x)),
        lambda x: np.sum(np.reshape(np.array(f(x)), (3, 1)) * np.ones(2)),
    ]
    return [core.grad(g)(1.5) for g in functions]


@program
def linear_algebra_and_transforms(load):
    np, core = load("numpy"), load()
    inv, fft = load("numpy.linalg").inv, load("numpy.fft")
    M = np.array([[2.0, 0.3], [-0.4, 1.5]])
    spectrum = lambda x: np.sum(np.abs(fft.fft(x)) ** 2 * np.arange(3))
    return (
        core.grad(lambda M: np.sum(inv(M)))(M),
        core.grad(lambda M: np.linalg.slogdet(M)[1])(M),
        core.grad(lambda M: np.sum(np.linalg.solve(M, M[0])))(M),
        core.grad(spectrum)(np.array([1.0, 2.0, -1.0])),
    )


@program
def convolutions(load):
    np, core = load("numpy"), load()
    convolve = load("scipy.signal").convolve
    rng = onp.random.RandomState(0)
    images, filters = rng.randn(2, 3, 5, 5), rng.randn(3, 4, 2, 2)
    a, b = rng.randn(4, 3), rng.randn(2, 2)
    options = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [0])}
    net = lambda x, w, mode: np.sum(convolve(x, w, mode=mode, **options) ** 2)
    plain = lambda x, w, mode: np.sum(convolve(x, w, mode=mode) ** 3)
    values = [convolve(images, filters, mode="valid", **options)]
    for mode in ("valid", "full"):
        values += [core.grad(net, k)(images, filters, mode) for k in (0, 1)]
        values += [core.grad(plain, k)(a, b, mode) for k in (0, 1)]
        values += [convolve(b, a, mode=mode), convolve(a, b, mode=mode)]
    return [*values, convolve(a, b, axes=([0], [0]), mode="full")]


@program
def checkpointed(load):
    np, core = load("numpy"), load()
    f = lambda x, y: np.sum(np.sin(x) * np.exp(y))
    x, y = np.array([1.0, 2.0]), np.array([0.5, -3.0])
    lean = core.checkpoint(f)
    return core.grad(lean)(x, y), core.grad(lean, 1)(x, y), core.hessian(lean)(x, y)


@program
def black_box_variational_inference(load):
    np, grad = load("numpy"), load().grad
    norm = load("scipy.stats").norm
    adam = load("misc.optimizers").adam
    rs = load("numpy.random").RandomState(0)

    def log_posterior(x, t):
        mu, log_sigma = x[:, 0], x[:, 1]
        return norm.logpdf(log_sigma, 0, 1.35) + norm.logpdf(mu, 0, np.exp(log_sigma))

    def objective(params, t):
        mean, log_std = params[:2], params[2:]
        samples = rs.randn(30, 2) * np.exp(log_std) + mean
        entropy = 0.5 * 2 * (1.0 + np.log(2 * np.pi)) + np.sum(log_std)
        return -(entropy + np.mean(log_posterior(samples, t)))

    start = np.concatenate([-1 * np.ones(2), -5 * np.ones(2)])
    return adam(grad(objective), start, step_size=0.1, num_iters=20)


@program
def ordinary_differential_equation_fit(load):
    np, core = load("numpy"), load()
    odeint, tuple_ = load("scipy.integrate").odeint, load("builtins").tuple
    t = np.linspace(0.0, 1.5, 6)
    dynamics = lambda y, t, C: np.dot(y**3, C)
    true = odeint(
        dynamics, np.array([2.0, 0.0]), t, tuple_((np.array([[-0.1, 2.0], [-2.0, -0.1]]),))
    )

    def loss(params):
        y0, C = params
        out = odeint(dynamics, y0, t, tuple_((C,)), rtol=1e-10, atol=1e-10)
        return np.sum((out - true) ** 2)

    start = (np.array([1.5, 0.3]), np.array([[-0.2, 1.5], [-1.8, -0.1]]))
    return [np.round(g, 4) for g in core.grad(loss)(start)]


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:r_ is slow", "ignore:c_ is slow", "ignore::DeprecationWarning")
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_same_numbers_as_autograd(function):
    pytest.importorskip("autograd")
    assert_same(function(loader(OURS)), function(loader("autograd")))
