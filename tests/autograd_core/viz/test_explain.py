"""Explanations: the printed mathematics, and its source executed against the engine's gradients."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn

ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in ag.ops.every_row()
    for k, sample in enumerate(op.samples)
]


def lines(explanation):
    """The mathematics without numbers, shapes and values."""
    return [f"{s.left.text} = {s.right.text}" for s in explanation.forward + explanation.backward]


def gradients(explanation):
    """What the source leaves in ``grads`` when it is run."""
    scope = dict(explanation.namespace)
    exec(explanation.source, scope)
    return scope["grads"]


def number(value):
    """A real scalar that depends on every entry of a result."""
    parts = value if isinstance(value, tuple) else (value,)
    return sum(np.sum(np.real(part) * 0.7) for part in parts)


@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_every_row_is_explained_by_source_that_computes_its_gradient(op, sample):
    args, params = sample(np.random.default_rng(5))
    free = [i for i, x in enumerate(args) if np.asarray(x).dtype.kind in "fc"]

    def f(*xs):
        full = list(args)
        for i, x in zip(free, xs, strict=True):
            full[i] = x
        return number(op(*full, **params))

    xs = [np.array(args[i]) for i in free]
    nodes = [ag.Node(x, name=f"a{i}") for i, x in enumerate(xs)]
    end = f(*nodes)
    end.backward()
    told = ag.explain(end)
    found = gradients(told)
    for node in nodes:
        if node.grad is not None:
            wanted = found.get(node.name, np.zeros(node.shape))
            np.testing.assert_allclose(wanted, node.grad, rtol=1e-12, atol=1e-14)
    printed = str(told)
    assert "object at 0x" not in printed
    assert "lambda" not in printed
    assert told._repr_latex_().count("{") == told._repr_latex_().count("}")


def test_a_neuron():
    a, b, c = ag.Node(2.0, name="a"), ag.Node(-3.0, name="b"), ag.Node(10.0, name="c")
    assert str(ag.explain(np.tanh(a * b + c))).splitlines() == [
        "given",
        "a                   2.00",
        "b                   −3.00",
        "c                   10.0",
        "forward",
        "  1  v₁ = a · b     −6.00",
        "  2  v₂ = v₁ + c    4.00",
        "  3  v₃ = tanh(v₂)  0.999",
        "backward",
        "  4  δ₃ = 1         1.00",
        "  5  δ₂ = 1 − v₃²   0.00134",
        "  6  ∇c = δ₂        0.00134",
        "  7  ∇a = δ₂ · b    −0.00402",
        "  8  ∇b = δ₂ · a    0.00268",
    ]


def test_a_perceptron_comes_out_as_the_textbooks_matrix_form(rng):
    model = nn.MLP([4, 5, 3], activation="tanh", seed=0, dtype=np.float64)
    x, y = rng.normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 2])
    loss = nn.cross_entropy(model(x), y)
    loss.name = "L"
    told = ag.explain(loss, names={"x": x, "y": y})
    assert lines(told) == [
        "z⁽¹⁾ = x W⁽¹⁾ᵀ + b⁽¹⁾",
        "v⁽¹⁾ = tanh(z⁽¹⁾)",
        "z⁽²⁾ = v⁽¹⁾ W⁽²⁾ᵀ + b⁽²⁾",
        "L = cross-entropy(z⁽²⁾, y)",
        "δ(L) = 1",
        "δ⁽²⁾ = (softmax(z⁽²⁾) − onehot(y)) / 6",
        "∇W⁽²⁾ = δ⁽²⁾ᵀ v⁽¹⁾",
        "∇b⁽²⁾ = Σ₀ δ⁽²⁾",
        "δ⁽¹⁾ = (δ⁽²⁾ W⁽²⁾) ⊙ (1 − (v⁽¹⁾)²)",
        "∇W⁽¹⁾ = δ⁽¹⁾ᵀ x",
        "∇b⁽¹⁾ = Σ₀ δ⁽¹⁾",
    ]
    latex = told._repr_latex_()
    assert r"\nabla W^{(2)} &= \delta^{(2)\top}\, v^{(1)}" in latex
    assert r"L &= \mathrm{cross\text{-}entropy}\left(" in latex  # a hyphen, no minus
    loss.backward()
    found = gradients(told)
    for name, node in zip(["W1", "b1", "W2", "b2"], model.parameters(), strict=True):
        np.testing.assert_allclose(found[name], node.grad, rtol=1e-12)


def test_latex_escapes_names_without_macros_inside_text():
    # MathJax prints a macro inside \text letter by letter.
    x = ag.Node(2.0, name="learning_rate 5%")
    assert r"\nabla \mathrm{learning\_rate 5\%}" in ag.explain(x * 3)._repr_latex_()


def test_the_relu_says_where_it_lets_the_gradient_through(rng):
    model = nn.MLP([2, 3, 1], seed=0, dtype=np.float64)
    told = ag.explain(np.sum(model(rng.normal(size=(4, 2)))))
    assert "δ⁽¹⁾ = (δ⁽²⁾ W⁽²⁾) ⊙ 1[z⁽¹⁾ > 0]" in lines(told)


def test_a_value_used_twice_gets_a_sum():
    x = ag.Node(3.0, name="x")
    assert lines(ag.explain(x * x + x))[-1] == "∇x = 1 + x + x"


def test_a_function_names_its_arguments():
    told = ag.explain(lambda height, w: np.sum(height * w), np.ones(3), np.arange(3.0))
    assert [s.left.text for s in told.backward] == ["δ₂", "∇height", "∇w"]
    np.testing.assert_array_equal(gradients(told)["height"], np.arange(3.0))


def test_a_function_of_containers():
    told = ag.explain(lambda p: p["a"] * p["b"], {"a": 2.0, "b": 3.0})
    assert sorted(gradients(told).values()) == [2.0, 3.0]


def test_several_results_of_one_op():
    @ag.primitive
    def both(x):
        return np.sin(x), np.cos(x)

    both.defvjp(lambda g, out, x: g[0] * out[1] - g[1] * out[0])
    x = ag.Node(0.5, name="x")
    s, c = both(x)
    told = ag.explain(s * c)
    assert gradients(told)["x"] == pytest.approx(np.cos(1.0))
    assert "both(x)" in str(told)
    assert gradients(ag.explain(both(x)[0]))["x"] == pytest.approx(np.cos(0.5))


def test_a_rule_of_ones_own_is_written_out():
    @ag.primitive
    def softsign(x):
        return x / (1 + np.abs(x))

    softsign.defvjp(lambda g, out, x: g / (1 + np.abs(x)) ** 2)
    told = ag.explain(softsign(ag.Node(np.array([1.0, 2.0]), name="x")).sum())
    assert lines(told) == ["v₁ = softsign(x)", "v₂ = Σ v₁", "δ₂ = 1", "∇x = 1 / (1 + |x|)²"]


def test_names_can_be_anything():
    names = [
        "<script>",
        "a b",
        "class",
        "np",
        "x\ny",
        "∂",
        r"\N",
        "💥",
        "t1",
        "grads",
        "d_a",
        "x" * 10**4,
    ]
    nodes = [ag.Node(float(i + 1), name=name) for i, name in enumerate(names)]
    total = nodes[0]
    for node in nodes[1:]:
        total = total * node
    told = ag.explain(total)
    found = gradients(told)
    assert len(found) == len(names)
    total.backward()
    assert sorted(found.values()) == sorted(node.grad for node in nodes)
    assert "\ny" not in "".join(lines(told))
    assert max(map(len, lines(told))) < 200


def test_where_a_slope_is_undefined_and_nothing_selects_it():
    x = ag.Node(np.array([0.0, 4.0]), name="x")
    with np.errstate(divide="ignore"):
        told = ag.explain(np.sum(np.where(x.value > 0, np.log(x), 0.0)))
    assert any("no influence" in note for note in told.notes)


def test_a_result_that_is_no_scalar_is_summed():
    told = ag.explain(ag.Node(np.ones(2), name="x") * 3)
    assert told.notes == ["The backward pass is that of the sum of all entries of the result."]
    np.testing.assert_array_equal(gradients(told)["x"], [3.0, 3.0])


def test_a_constant_has_no_backward_pass():
    told = ag.explain(ag.Node(2.0, requires_grad=False))
    assert told.backward == []
    assert "No backward pass" in str(told)


@pytest.mark.parametrize("target", [3.0, [], "x", [1.0]])
def test_what_is_no_node(target):
    with pytest.raises(TypeError, match="explain expected a Node or a function"):
        ag.explain(target)


def test_a_graph_nobody_would_read():
    y = ag.Node(1.0)
    for _ in range(3000):
        y = y + 1.0
    with pytest.raises(ValueError, match="at most 2,000 operations, got 3,000"):
        ag.explain(y)


def test_no_gradient_is_touched_and_no_grad_is_no_hindrance():
    x = ag.Node(2.0, name="x")
    y = x * x
    with ag.no_grad():
        told = ag.explain(y)
    assert x.grad is None
    assert gradients(told)["x"] == 4.0
