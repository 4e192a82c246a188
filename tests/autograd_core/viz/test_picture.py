"""What is drawn: boxes, arrows, groups, roles and gradients, whatever they are rendered as."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.node import Node
from autograd_core.viz.picture import picture


def by_word(drawn):
    return {box.word: box for box in drawn.boxes}


def test_a_network_has_its_roles_groups_and_caption(network):
    drawn = picture([network])
    roles = [box.role for box in drawn.boxes]
    assert roles.count("parameter") == 4
    assert roles.count("input") == 1
    assert roles.count("result") == 1
    assert [(group.title, group.parent) for group in drawn.groups] == [
        ("mlp", None),
        ("fc1", "g0"),
        ("fc2", "g0"),
    ]
    assert by_word(drawn)["act"].sign == "tanh"  # a module of one operation lends it its name
    assert by_word(drawn)["act"].group == "g0"
    assert by_word(drawn)["x"].group is None
    assert drawn.caption.startswith("loss = ")
    assert drawn.caption.endswith("12 nodes · 67 parameters")


def test_ids_are_numbered_in_reading_order(network):
    drawn = picture([network])
    assert [box.id for box in drawn.boxes] == [f"n{i}" for i in range(12)]
    position = {box.id: i for i, box in enumerate(drawn.boxes)}
    assert all(position[a.source] < position[a.target] for a in drawn.arrows)


def test_broadcasting_is_labelled(network):
    labels = [arrow.broadcast for arrow in picture([network]).arrows]
    assert [label for label in labels if label] == ["8 ⇒ 5×8", "3 ⇒ 5×3"]


def test_a_product_with_itself_has_two_arrows():
    x = ag.Node(3.0, name="x")
    drawn = picture([x * x])
    assert [(a.source, a.target, a.position) for a in drawn.arrows] == [
        ("n0", "n1", 0),
        ("n0", "n1", 1),
    ]


def test_a_shared_leaf_is_one_box():
    x = ag.Node(2.0, name="x")
    drawn = picture([np.sin(x) * np.cos(x) + x])
    assert [box.word for box in drawn.boxes].count("x") == 1
    assert sum(arrow.source == "n0" for arrow in drawn.arrows) == 3


@pytest.mark.parametrize(
    ("made", "sign"),
    [
        (lambda x: x**2, "x²"),
        (lambda x: x**-1, "x⁻¹"),
        (lambda x: 2**x, "2ˣ"),
        (lambda x: x * 0.5, "× 0.5"),
        (lambda x: 1 - x, "1 −"),
        (lambda x: x + -3, "+ (−3)"),
        (lambda x: np.maximum(x, 0), "maximum(·, 0)"),
        (lambda x: np.sum(x), "Σ"),
        (lambda x: x[1:, 0], "x[1:, 0]"),
        (lambda x: np.sum(x, axis=0), "Σ axis 0"),
        (lambda x: x @ x.T, "@"),
    ],
)
def test_small_constants_are_written_into_the_sign(made, sign):
    drawn = picture([made(ag.Node(np.ones((2, 3))))], grads=False)
    assert drawn.boxes[-1].sign == sign
    assert all(box.role != "constant" for box in drawn.boxes)


def test_large_constants_are_inputs_and_dashed():
    drawn = picture([ag.Node(np.ones(3)) * np.arange(3.0)])
    box = next(box for box in drawn.boxes if box.role == "input")
    assert not box.differentiable
    assert [a.differentiable for a in drawn.arrows] == [True, False]


def test_names_are_taken_from_a_mapping():
    x, t = ag.Node(2.0), np.arange(3.0)
    drawn = picture([np.sum(x * t)], names={"x": x, "t": t, "other": 3})
    assert {"x", "t"} <= set(by_word(drawn))


def test_gradients_are_those_of_backward(network):
    drawn = picture([network])
    network.backward()
    leaves = {id(p): p for node in ancestors(network) for p in node.parents if isinstance(p, Node)}
    shown = sorted(box.gradient.norm for box in drawn.boxes if box.role == "parameter")
    true = sorted(np.linalg.norm(p.grad) for p in leaves.values() if p.grad is not None)
    np.testing.assert_allclose(shown, true, rtol=1e-12)


def test_interior_gradients_are_shown(neuron):
    gradients = {box.word: box.gradient.number for box in picture([neuron]).boxes}
    assert gradients["o"] == 1.0
    assert gradients["add"] == pytest.approx(0.5)
    assert gradients["w1"] == pytest.approx(1.0)
    assert gradients["w2"] == 0.0


def ancestors(end):
    found, waiting = {}, [end]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += [p for p in node.parents if isinstance(p, Node)]
    return found.values()


def test_structural_zeros_are_shown_as_zeros():
    x = ag.Node(np.array([0.0, 2.0]), name="x")
    with np.errstate(divide="ignore"):
        y = np.sum(np.where(x.value > 0, np.log(x), 0.0))
    drawn = by_word(picture([y]))
    assert drawn["x"].gradient.norm == 0.5
    assert drawn["log"].gradient.norm == 1.0


def test_a_node_without_influence_has_gradient_zero():
    constant = ag.primitive(lambda x: x * 0)
    constant.defvjp(None)
    x = ag.Node(1.5, name="x")
    x, sin, *_ = picture([constant(np.sin(x)) + x]).boxes
    assert sin.sign == "sin"
    assert sin.gradient.number == 0.0
    assert x.gradient.number == 1.0


def test_no_grad_attribute_is_touched(network):
    picture([network])
    assert all(node.grad is None for node in ancestors(network))
    network.backward()
    before = {id(node): node.grad for node in ancestors(network)}
    picture([network])
    assert all(node.grad is before[id(node)] for node in ancestors(network))


@pytest.mark.parametrize("made", [np.sin, lambda x: np.sum(np.exp(1j * x)), ag.stop_gradient])
def test_unknown_gradients_are_not_zero(made):
    drawn = picture([made(ag.Node(np.ones(3)))])
    assert all(box.gradient is None for box in drawn.boxes)
    assert drawn.notes


def test_a_rule_that_fails_does_not_hide_the_graph():
    broken = ag.primitive(lambda x: x * 1)
    broken.defvjp(lambda g, out, x: [][0])
    drawn = picture([broken(ag.Node(2.0))])
    assert len(drawn.boxes) == 2
    assert "IndexError" in drawn.notes[0]


def test_a_leaf_assigned_since_is_said_and_still_comes_first():
    x = ag.Node(2.0, name="x")
    y = x * 3
    x.assign(5.0)
    drawn = picture([y])
    assert "assigned" in drawn.notes[0]
    assert drawn.boxes[0].word == "x"


def test_operations_with_several_results():
    two = ag.primitive(lambda a: (a + 1, a * 2))
    two.defvjp(lambda g, out, a: g[0] + 2 * g[1])
    x = ag.Node(3.0)
    a, b = two(x)
    drawn = picture([a * b])
    (a * b).backward()
    assert [box.sign for box in drawn.boxes[1:]] == ["<lambda>", "output 0", "output 1", "×"]
    assert [box.value.kind for box in drawn.boxes] == ["f", "t", "f", "f", "f"]
    assert drawn.boxes[0].gradient.number == x.grad


def test_several_results():
    x = ag.Node(2.0)
    drawn = picture([x * 2, x * 3])
    assert [box.role for box in drawn.boxes] == ["input", "result", "result"]
    assert drawn.boxes[0].gradient.number == 5.0


def test_modules_fold_at_a_depth(network):
    drawn = picture([network], depth=1)
    folded = [box for box in drawn.boxes if box.role == "module"]
    assert [(box.word, box.note) for box in folded] == [
        ("fc1", "2 operations · 40 parameters"),
        ("fc2", "2 operations · 27 parameters"),
    ]
    assert [box.word for box in picture([network], depth=0).boxes] == ["x", "mlp", "power", "loss"]


def test_every_sign_of_a_value_is_true():
    values = {"nan": [np.nan, 1.0], "inf": [np.inf, 1.0], "empty": [], "huge": [1e200, 1e200]}
    for value in values.values():
        x = ag.Node(np.array(value), name="x")
        facts = picture([x], grads=False).boxes[0].value
        assert facts.nan == np.isnan(value).sum()
        assert facts.inf == np.isinf(value).sum()
    assert facts.norm == pytest.approx(np.sqrt(2) * 1e200)


def test_results_of_one_op_in_several_shapes():
    halves = ag.Primitive(
        lambda x: (x * 2, np.sum(x)), [lambda g, out, x: g[0] * 2 + g[1]], name="halves"
    )
    double, total = halves(ag.Node([1.0, 2.0]))
    drawn = picture([np.sum(double) + total])
    assert len(drawn.boxes) == 6
