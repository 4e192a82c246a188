"""Recording, seeds, assignment: what belongs to a thread, a task, a leaf."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import AssignedError
from autograd_core.modes import is_recording


def carries(y):
    return isinstance(y, ag.Node) and y.requires_grad


# no_grad


def test_nothing_is_recorded_inside_no_grad():
    x = ag.Node(2.0)
    with ag.no_grad():
        y = x * x
        assert not is_recording()
    assert is_recording()
    assert not carries(y)
    assert y.value == 4.0
    assert carries(x * x)


def test_no_grad_nests_and_survives_exceptions():
    def fail():
        with ag.no_grad():
            with ag.no_grad():
                pass
            assert not is_recording()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert is_recording()


def test_one_no_grad_can_be_used_again_and_inside_itself():
    off = ag.no_grad()
    with off, off:
        assert not is_recording()
    assert is_recording()
    with off:
        assert not is_recording()
    assert is_recording()


def test_no_grad_as_a_decorator():
    @ag.no_grad()
    def with_brackets(x):
        """Its text."""
        return x * x

    @ag.no_grad
    def without(x, *, y=1.0):
        return x * y

    assert not carries(with_brackets(ag.Node(2.0)))
    assert not carries(without(ag.Node(2.0), y=3.0))
    assert with_brackets.__name__ == "with_brackets"
    assert with_brackets.__doc__ == "Its text."


def test_no_grad_on_a_generator_holds_only_while_it_runs():
    @ag.no_grad()
    def squares(x):
        received = yield x * x
        assert received == "sent"
        try:
            yield is_recording()
        except KeyError:
            yield "caught"
        return "end"

    x = ag.Node(2.0)
    generator = squares(x)
    assert not carries(next(generator))
    assert carries(x * x)
    assert generator.send("sent") is False
    assert is_recording()
    assert generator.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration) as end:
        next(generator)
    assert end.value.value == "end"


def test_no_grad_on_a_generator_closes_it():
    closed = []

    @ag.no_grad()
    def forever():
        try:
            while True:
                yield is_recording()
        finally:
            closed.append(is_recording())

    generator = forever()
    next(generator)
    generator.close()
    assert closed
    assert is_recording()


def test_no_grad_on_coroutines_does_not_reach_other_tasks():
    seen = {}

    @ag.no_grad()
    async def off():
        seen["off before"] = is_recording()
        await asyncio.sleep(0.01)
        seen["off after"] = is_recording()
        return "done"

    @ag.no_grad()
    async def numbers():
        for i in range(2):
            seen[f"inside {i}"] = is_recording()
            yield i

    async def on():
        await asyncio.sleep(0.005)
        seen["on"] = is_recording()
        seen["items"] = [(i, is_recording()) async for i in numbers()]

    async def both():
        return await asyncio.gather(off(), on())

    assert asyncio.run(both())[0] == "done"
    assert seen == {
        "off before": False,
        "on": True,
        "off after": False,
        "inside 0": False,
        "inside 1": False,
        "items": [(0, True), (1, True)],
    }


def test_recording_mode_is_per_thread():
    seen = []
    with ag.no_grad():
        thread = threading.Thread(target=lambda: seen.append(carries(ag.Node(1.0) * 2)))
        thread.start()
        thread.join()
    assert seen == [True]


def test_transforms_record_inside_no_grad():
    x = ag.Node(3.0)
    with ag.no_grad():
        assert ag.grad(lambda x: x**2)(3.0) == 6.0
        assert ag.grad(ag.grad(lambda x: x**3))(1.0) == 6.0
        assert ag.jvp(lambda x: x**2, (3.0,), (1.0,)) == (9.0, 6.0)
        assert ag.hessian(lambda x: x**3)(1.0) == 6.0
        g = ag.grad(lambda y: y * y)(x)
        assert not carries(g)
        assert g == 6.0


def test_no_grad_inside_a_transform_stops_the_gradient():
    def f(x):
        with ag.no_grad():
            c = x * x
        return x * c

    assert ag.grad(f)(3.0) == 9.0


# backward and its seed


def test_backward_adds_and_zero_grad_forgets():
    x = ag.Node(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 12.0
    x.zero_grad()
    assert x.grad is None
    y.backward(0.5)
    assert x.grad == 3.0


def test_only_leaves_keep_a_gradient():
    x = ag.Node(3.0)
    y = x * x
    (y + 1).backward()
    assert (x.grad, y.grad) == (6.0, None)


def test_backward_with_a_seed():
    x = ag.Node(np.array([1.0, 2.0], np.float32))
    seed = np.array([1.0, 10.0])
    (x * x).backward(seed)
    np.testing.assert_array_equal(x.grad, np.float32([2.0, 40.0]))
    assert x.grad.dtype == np.float32
    x.grad[0] = 0.0
    np.testing.assert_array_equal(seed, [1.0, 10.0])


def test_the_gradient_is_not_the_callers_seed_nor_another_leafs():
    seed = np.ones(2)
    x, y = ag.Node(np.zeros(2)), ag.Node(np.zeros(2))
    (x + y).backward(seed)
    x.grad += 1.0
    np.testing.assert_array_equal(y.grad, [1.0, 1.0])
    np.testing.assert_array_equal(seed, [1.0, 1.0])


def test_gradients_from_transforms_are_the_callers_own():
    """Writable, and nobody else's memory: ``g *= rate`` is an everyday line."""
    gx, gy = ag.grad(lambda x, y: np.sum((x + y) ** 2), (0, 1))(np.ones(3), np.ones(3))
    gx += 1.0
    np.testing.assert_array_equal(gy, [4.0, 4.0, 4.0])
    g = ag.grad(np.sum)(np.ones(3))
    g *= 2.0
    np.testing.assert_array_equal(g, [2.0, 2.0, 2.0])
    cotangent = np.ones(2)
    (g,) = ag.vjp(lambda x: +x, np.zeros(2))[1](cotangent)
    g += 1.0
    np.testing.assert_array_equal(cotangent, [1.0, 1.0])


def test_complex_backward_with_a_seed():
    z = ag.Node(1 + 2j)
    (z * z).backward(1j)
    assert z.grad == 1j * np.conj(2 * (1 + 2j))


def test_a_leaf_is_its_own_gradient():
    x = ag.Node(3.0)
    x.backward()
    assert x.grad == 1.0


def test_leaves_without_a_gradient_stay_untouched():
    x, c = ag.Node(3.0), ag.Node(2.0, requires_grad=False)
    (x * c).backward()
    assert (x.grad, c.grad) == (2.0, None)
    (x * x.detach()).backward()
    assert x.grad == 5.0


# Assignment


def test_a_leaf_assigned_between_forward_and_backward():
    x = ag.Node(np.ones(2), name="weights")
    y = np.sum(np.exp(x))
    x.assign(np.zeros(2))
    with pytest.raises(AssignedError, match=r"'weights' of shape \(2,\)"):
        y.backward()
    np.sum(np.exp(x)).backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_a_closed_over_leaf_assigned_before_the_pullback():
    w = ag.Node(2.0, name="w")
    _, pullback = ag.vjp(lambda x: x * w, 3.0)
    w.assign(5.0)
    with pytest.raises(AssignedError):
        pullback(1.0)


def test_assign_converts_to_the_leafs_dtype():
    x = ag.Node(np.ones(2, np.float32))
    x.assign(np.array([1.0, 2.0]))
    assert x.dtype == np.float32
    x.assign([3, 4])
    assert x.dtype == np.float32
    s = ag.Node(1.0)
    s.assign(3)
    assert (type(s.value), s.value) == (float, 3.0)


# has_aux


def test_has_aux():
    f = lambda x: (x**2, {"twice": 2 * x, "text": "kept", "none": None, "count": 3})
    gradient, aux = ag.grad(f, has_aux=True)(3.0)
    assert gradient == 6.0
    assert aux == {"twice": 6.0, "text": "kept", "none": None, "count": 3}
    (value, aux), gradient = ag.value_and_grad(f, has_aux=True)(3.0)
    assert (value, aux["twice"], gradient) == (9.0, 6.0, 6.0)
    assert type(value) is type(aux["twice"]) is float


# Exceptions leave no trace


@pytest.mark.parametrize(
    "transform", [ag.grad, ag.hessian, ag.jacobian, ag.hvp, ag.value_and_grad, ag.elementwise_grad]
)
def test_an_exception_inside_a_transform_leaves_no_trace(transform):
    w = ag.Node(2.0)

    def f(x):
        _ = x * w
        raise KeyError("mine")

    with ag.no_grad():
        with pytest.raises(KeyError, match="mine"):
            transform(f)(1.0, *([1.0] if transform is ag.hvp else []))
        assert not is_recording()
    assert is_recording()
    assert w.grad is None
    assert ag.grad(lambda x: x * x)(3.0) == 6.0


def test_an_exception_in_a_rule_names_the_op_and_leaves_no_trace():
    broken = ag.primitive(lambda x: x)

    def rule(g, out, x):
        raise KeyError("rule")

    broken.defvjp(rule)
    with ag.no_grad(), pytest.raises(KeyError) as caught:
        ag.grad(broken)(1.0)
    assert any("vjp" in note for note in caught.value.__notes__)
    with pytest.raises(KeyError):
        ag.jvp(broken, (1.0,), (1.0,))
    assert is_recording()
