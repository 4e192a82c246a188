"""Whatever things are called, a source computes the same and does nothing else.

Leaves, functions, modules, keywords, keys and dtypes with names that would shadow what the text
calls, break out of it, or end a comment.
"""

from __future__ import annotations

import ast
import builtins
import collections
import keyword
import sys
import types

import numpy as np
import pytest

import autograd_core as ag

ATTACK = "__import__('builtins').print.hacked"
NAMES = [
    *("", " ", "a b", "1x", "_", "__", "__class__", "λ", "x²", "𝐧𝐩", "ﬁ", "Å", "x\u200b"),
    *("np", "scipy", "numpy", "v1", "v2", "b0", "b1", "t1", "d", "d_x", "grads", "out", "copy"),
    *("ones_", "ones_3", "ones_anything", "ones_3_float64", "ones_3_float64_2", "leaf", "leaf_2"),
    *("x", "x1", "x2", "program", "run", "state", "given", "constant", "rule", "thing", "f", "g"),
    *(keyword.kwlist + keyword.softkwlist),
    *("__debug__", "__import__", "float", "complex", "slice", "print", "exec", "type", "len"),
    *("'", '"', "'''", '"""', "\\", "\n", "\r\n", "\0", "#", "x\nimport os", "x;import os"),
    *(f"{ATTACK}#", f"x={ATTACK}", f"x\n{ATTACK}", f"'+{ATTACK}+'", f"{{{ATTACK}}}", "{0}", "%s"),
    *("<script>", "$(id)", "../../x", "x" * 5000),
]
FIRST = {
    "np",
    "v1",
    "b0",
    "ones_3_float64",
    "ones_anything",
    "slice",
    "𝐧𝐩",
    "x\nimport os",
    "lambda",
}


def each(names):
    """A few of them by default, all with the slow tests."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, id=str(i), marks=() if name in FIRST else pytest.mark.slow)
            for i, name in enumerate(names)
        ],
    )


def safe(text):
    """Whether a source parses, and uses no name that its own lines or NumPy do not give."""
    tree = ast.parse(text)
    known = {"np", *"bool int float complex slice Ellipsis".split()}
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Attribute) or not node.attr.startswith("__")
        assert not isinstance(node, ast.Constant) or ATTACK not in str(node.value) or quoted(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.arg):
            known.add(node.name if isinstance(node, ast.FunctionDef) else node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            known |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    assert used - known <= set(in_scope(text)), used - known
    return text


def quoted(node):
    """A literal may say anything."""
    return isinstance(node.value, str)


def in_scope(text):
    """Names that the source says have to be in scope."""
    return [
        line.removeprefix("# ").partition(":")[0]
        for line in text.splitlines()
        if line.endswith("which has to be in scope")
    ]


def settled(f, *args, backend="numpy"):
    g = ag.compile(f, backend=backend, strict=True)
    for _ in range(4):
        out = g(*args)
    return g, out


def pasted(g, *args):
    """What the source gives where it is pasted."""
    space = {}
    exec(safe(g.source), space)
    functions = [x for x in space.values() if isinstance(x, types.FunctionType)]
    return functions[-1](*args)


X = np.array([0.3, -0.7, 1.1])


@each(NAMES)
def test_a_leaf_may_have_any_name(name):
    w = ag.Node(np.array([1.0, 2.0, 3.0]), name=name, requires_grad=False)
    other = ag.Node(np.array([0.5, 0.25, 2.0]), name=name, requires_grad=False)

    def f(x):
        # sums, buffers, constants, a conversion, a rule of ours: all the names that a text may use
        y = np.sum(np.tanh(w * x) * np.array([1.0, 2.0, 4.0])) + np.linalg.norm(other * x)
        return (
            y + np.cumsum(w)[np.array([0, 2])].sum() + np.where(x > 0, w, other).astype("f4").sum()
        )

    gradient = ag.grad(f)
    want = gradient(X)
    g, got = settled(gradient, X)
    np.testing.assert_allclose(got, want, rtol=1e-12)
    inputs = (X, w.value, other.value)
    order = [type(s).__name__ for _, s in g.program.inputs]
    leaves = iter(inputs[1:])
    (again,) = pasted(g, *(X if kind == "Argument" else next(leaves) for kind in order))
    np.testing.assert_allclose(again, want, rtol=1e-6)


@each(NAMES)
def test_a_leaf_that_is_trained_may_have_any_name(name):
    w = ag.Node(X, name=name)

    def step(x):
        w.zero_grad()
        loss = np.sum((w * x) ** 2)
        loss.backward()
        w.assign(w.value - 0.1 * w.grad)
        return loss

    g = ag.compile(step, backend="numpy", strict=True)
    wanted = X
    for _ in range(5):
        g(X)
        wanted = wanted - 0.1 * 2 * wanted * X**2
    np.testing.assert_allclose(w.value, wanted, rtol=1e-12)
    safe(g.source)


def named(function, name, qualname=None, module=None):
    function.__name__, function.__qualname__ = name, qualname or name
    if module is not None:
        function.__module__ = module
    return function


@each(NAMES)
def test_functions_and_ops_may_have_any_name(name):
    w = ag.Node(X, name=name, requires_grad=False)
    double = ag.primitive(named(lambda x: 2 * np.asarray(x), name))
    double.defvjp(named(lambda g, out, x: 2 * g, name, module=name))
    double.name = name
    outer = named(lambda x: np.sum(np.sin(double(w * x)) + np.float32(3) * w), name)
    want = ag.grad(outer)(X)
    gradient = named(ag.grad(outer), name)
    g, got = settled(gradient, X)
    np.testing.assert_allclose(got, want, rtol=1e-12)
    safe(g.source)
    g, got = settled(named(lambda x: ag.callback(named(lambda: 3.0, name)) * x, name), X)
    np.testing.assert_allclose(got, 3 * X)
    safe(g.source)


@each([name for name in NAMES if name not in ("x", "self", "g", "out")])
def test_a_keyword_may_have_any_name_and_value(name):
    seen = []

    def scaled(x, **params):
        seen.append(params)
        return 2 * np.asarray(x)

    op = ag.Primitive(scaled, [lambda g, out, x, **params: 2 * g], name="scaled")
    given = {name: name, "other": {name: [name]}}
    g, got = settled(ag.grad(lambda x: np.sum(np.sin(op(x, **given)))), X)
    np.testing.assert_allclose(got, 2 * np.cos(2 * X))
    safe(g.source)
    assert all(params == given for params in seen)


class Evil(str):
    """A text whose printed form is code."""

    __slots__ = ()

    def __repr__(self):
        return ATTACK


class Thing:
    """An object whose printed form goes on after a comment."""

    __name__ = 3
    function = property(lambda self: 1 / 0)
    dtype = np.dtype(np.float32)

    def __repr__(self):
        return f"\n{ATTACK}\n"


Pair = collections.namedtuple("Pair", "a b")
CONSTANTS = [
    *(Evil("a"), Thing(), Thing, dict, str, int, bool, object, np.dtype([(ATTACK, "f8")])),
    *(np.dtype(">f4"), np.dtype("U7"), np.dtype("M8[ns]"), np.longdouble, np.float16, np.bool_),
    *(np.str_(ATTACK), np.bytes_(b"'"), np.datetime64("2020-01-01"), np.longdouble(1) / 3),
    *(
        np.array([ATTACK]),
        np.array([Thing()], object),
        np.array([1, 2], np.int16),
        np.array([], int),
    ),
    *(
        np.array([1.0, np.nan, -np.inf]),
        np.array([complex(np.inf, np.nan), -0j]),
        np.ones(2, ">f8"),
    ),
    *(complex(-0.0, -0.0), complex(1.0, -0.0), complex(np.nan, -np.inf), float("-inf"), -0.0),
    *(b"'\n", "'\n\\", ..., None, True, 10**400, slice(Evil("a"), None), {Evil("k"): Evil("v")}),
    *(Pair(1, Evil("b")), frozenset({1}), [Evil("a")], (Thing(),), builtins.print, np.sin),
]


@pytest.mark.parametrize("constant", CONSTANTS, ids=range(len(CONSTANTS)))
def test_a_constant_may_be_anything(constant):
    seen = []

    def scaled(x, *, given):
        seen.append(given)
        return 2 * np.asarray(x)

    op = ag.Primitive(scaled, [lambda g, out, x, given: 2 * g], name="scaled")
    g, got = settled(ag.grad(lambda x: np.sum(np.sin(op(x, given=constant)))), X)
    np.testing.assert_allclose(got, 2 * np.cos(2 * X))
    safe(g.source)
    for x in seen:
        assert type(x) is type(constant) or isinstance(constant, tuple | list)
        assert x is constant or repr(x) == repr(constant)


@pytest.mark.parametrize("kind", ["i1", "i2", "i4", "i8", "u1", "u4", "?", "f2", "f4", "F", ">f8"])
@pytest.mark.parametrize("size", [0, 3])
def test_a_constant_array_keeps_its_dtype(kind, size):
    constant = np.arange(size).astype(kind)
    x = np.ones(size, np.float32)
    f = lambda x: x * constant
    _, got = settled(f, x)
    assert got.dtype == f(x).dtype
    np.testing.assert_array_equal(got, f(x))


def test_an_index_may_be_empty():
    _, got = settled(ag.grad(lambda x: np.sum(x[np.array([], int)])), X)
    np.testing.assert_array_equal(got, np.zeros(3))


@pytest.mark.parametrize("module", ["a-b", "os\nimport sys", "a b", f"x; {ATTACK}", "if"])
def test_a_module_may_have_any_name(module, monkeypatch):
    home = types.ModuleType(module)
    monkeypatch.setitem(sys.modules, module, home)
    op = ag.primitive(named(lambda x: 2 * np.asarray(x), "twice", module=module))
    op.defvjp(named(lambda g, out, x: 2 * g, "pull", module=module))
    home.twice, home.pull = op.forward, op.vjps[0]
    setattr(home, f"x\n{ATTACK}", op)
    g, got = settled(ag.grad(lambda x: np.sum(np.sin(op(x)))), X)
    np.testing.assert_allclose(got, 2 * np.cos(2 * X))
    assert "import" not in safe(g.source).replace("import numpy as np", "")


@each(NAMES)
def test_an_explanations_source_computes_the_gradient_under_any_name(name):
    w, v = ag.Node(X, name=name), ag.Node(X + 1, name=name)
    x = ag.Node(2.0, name="x")
    op = ag.primitive(named(lambda x: 2 * np.asarray(x), name))
    op.name = name
    op.defvjp(lambda g, out, x: 2 * g)
    told = ag.explain(np.sum(op(np.tanh(w) * v * x).astype(np.float32) * np.array([1.0, 2.0, 4.0])))
    scope = dict(told.namespace)
    parsed = ast.parse(told.source)
    assert not any(isinstance(n, ast.Import) for n in parsed.body[1:])
    exec(told.source, scope)
    gradients = list(scope["grads"].values())
    assert len(gradients) == 3
    weights = 2 * np.array([1.0, 2.0, 4.0])
    wanted = weights * (1 - np.tanh(X) ** 2) * (X + 1) * 2, weights * np.tanh(X) * 2
    for want in wanted:
        assert any(np.shape(g) == (3,) and np.allclose(g, want, rtol=1e-6) for g in gradients)
