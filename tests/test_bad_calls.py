"""Bad calls of every public function: only documented errors, at once, and nothing is changed.

Calls come from the examples in docstrings, with one or two arguments replaced by something else; a
few of them by default, tens of thousands at night. Files are in ``nn/test_hostile_files.py``.
"""

from __future__ import annotations

import ast
import doctest
import importlib.util
import inspect
import io
import random
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

_spec = importlib.util.spec_from_file_location(
    "reference", Path(__file__).with_name("test_reference.py")
)
reference = importlib.util.module_from_spec(_spec)  # type: ignore[arg-type]
_spec.loader.exec_module(reference)  # type: ignore[union-attr]

ALLOWED = (ag.AutogradError, nn.NNError, TypeError, ValueError)
SECONDS = 10
"""More than any call takes on a busy machine, and less than for ever."""

MADE_BY_OTHERS = set(reference.SHOWN_ELSEWHERE) | {
    "autograd_core.batching.batched.Batched",  # ag.vmap makes them
    "autograd_core.viz.drawing.Drawing",  # ag.draw
    "autograd_core.viz.explanation.Explanation",  # ag.explain
    "nn.optimizers.base.ParameterGroup",  # optimisers
    "nn.history.History",  # nn.fit
}
ELSEWHERE = ("autograd_core.compat", "autograd_core.docs", "nn.cli")
"""HIPS autograd's own names, whose errors are theirs; programs, which have tests of their own."""
COUNTS = {"steps", "n_samples", "epochs", "max_iter", "num_classes", "n_classes", "classes", "bins"}
"""A huge one is what was asked for: it takes time or room."""


class Foe:
    """An object that refuses everything."""

    def __array__(self, *args: Any, **keywords: Any) -> Any:
        raise ValueError("expected no questions")


def cyclic(x: Any) -> Any:
    x.append(x) if isinstance(x, list) else x.update(x=x)
    return x


def numbers() -> Iterator[float]:
    yield 1.0


BAD: list[Callable[[], Any]] = [
    *(
        lambda x=x: x
        for x in (None, True, -1, 0, 3, 2.5, np.nan, np.inf, 1e308, 2**70, 1j, ..., int)
    ),
    *(lambda x=x: x for x in ("", "abc", "\0", b"x", np, len, object(), slice(None), range(3))),
    *(lambda x=x: x for x in ((), (1, 2, 3), (-1,), (0, 0), Foe, Foe(), ag.Node, NotImplemented)),
    *(list, dict, set, lambda: [[1, 2], [3]], lambda: ["a"], lambda: [None], lambda: {"a": 1.0}),
    *(lambda: cyclic([]), lambda: cyclic({}), numbers, lambda: numbers, lambda: iter([1, 2])),
    *(lambda: lambda *a, **k: None, lambda: lambda x: x, lambda: lambda x: "text"),
    *(
        lambda: np.array([]),
        lambda: np.zeros((3, 0, 2)),
        lambda: np.array(None),
        lambda: np.ones(7),
    ),
    *(lambda: np.array([object()]), lambda: np.array(["a"]), lambda: np.array([1 + 2j])),
    *(lambda: np.array([np.nan, np.inf, 1.0]), lambda: np.ones((3, 2)), lambda: np.ones((1,) * 5)),
    *(lambda: np.array(3), lambda: np.arange(4), lambda: np.array([True]), lambda: np.float32(1.5)),
    *(
        lambda: np.array(["2020"], "M8[D]"),
        lambda: np.zeros(2, [("a", int)]),
        lambda: np.float16(2),
    ),
    *(lambda: np.ma.masked_array([1.0, 2.0], [0, 1]), lambda: np.ones(2, ">f8"), lambda: (5,)),
    *(lambda: ag.Node(np.zeros(0)), lambda: ag.Node(np.nan), lambda: np.random.default_rng(0)),
]


class State:
    """Things that are handed to calls as well, and what they and the modes are before and after."""

    def __init__(self) -> None:
        self.model = nn.MLP([3, 4, 2], dropout=0.1, batchnorm=True, seed=0)
        self.nodes = [ag.Node(2.0), ag.Node(np.arange(3.0)), ag.Node(np.ones((2, 3)))]
        self.nodes[1].grad = np.ones(3)
        self.optimizer = nn.SGD(self.model.parameters(), lr=0.1, momentum=0.9)

    def given(self) -> list[Any]:
        return [*self.nodes, self.model, self.nodes[:2], {"a": self.nodes[1]}, self.optimizer]

    def told(self) -> Any:
        model = self.model.state_dict()
        nodes = [(np.array(x.value).tobytes(), repr(x.grad), x.op) for x in self.nodes]
        modes = ag.is_recording(), self.model.training, np.geterr()
        return nodes, {name: x.tobytes() for name, x in model.items()}, modes


Call = tuple[list[Any], dict[str, Any]]


def examples(x: Any) -> Iterator[Call]:
    """The calls of a function in its docstring, each with arguments made anew."""
    space = {**vars(importlib.import_module(reference.home(x))), "np": np, "ag": ag, "nn": nn}
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(x) or ""):
        for call in ast.walk(ast.parse(example.source)):
            if isinstance(call, ast.Call) and value(call.func, space) is x:
                args = [value(a, space) for a in call.args if not isinstance(a, ast.Starred)]
                yield args, {str(k.arg): value(k.value, space) for k in call.keywords if k.arg}
        try:
            exec(compile(example.source, "<example>", "exec"), space)
        except Exception:  # examples show errors, too
            continue


def value(tree: ast.expr, space: dict[str, Any]) -> Any:
    """What an expression of an example is, None if that depends on where it stands."""
    try:
        return eval(compile(ast.Expression(tree), "<example>", "eval"), dict(space))
    except Exception:
        return None


@contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield


@contextmanager
def at_once() -> Iterator[None]:
    """Raise if the body takes for ever."""

    def late(*_: Any) -> None:
        raise AssertionError("it takes too long")

    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def parameters(f: Any) -> list[inspect.Parameter]:
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p for p in found if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]


def spoiled(f: Any, known: list[Call], by: random.Random, state: State) -> Call:
    """A call that is wrong, if luck will have it."""
    bad = lambda: by.choice([by.choice(BAD)(), by.choice(BAD)(), by.choice(state.given())])
    names = [p.name for p in parameters(f)]
    if not known or by.random() < 0.25:
        needed = [p for p in parameters(f) if p.default is p.empty and p.kind != p.KEYWORD_ONLY]
        return [bad() for _ in needed or range(by.randrange(3))], {}
    args, keywords = by.choice(known)
    args, keywords = list(args), dict(keywords)
    for _ in range(by.choice([1, 1, 2])):
        free = names[len(args) :]
        if args and (by.random() < 0.6 or not free):
            args[by.randrange(len(args))] = bad()
        elif free:
            keywords[by.choice(free)] = bad()
    return args, keywords


def too_much(f: Any, args: list[Any], keywords: dict[str, Any]) -> bool:
    """Whether a count is so large that the call would take its time, or all of the memory."""
    named = dict(zip((p.name for p in parameters(f)), args, strict=False)) | keywords
    huge = (x for name, x in named.items() if isinstance(x, int | float) and abs(x) > 10**6)
    return any(True for _ in huge) and bool(COUNTS & named.keys())


def is_theirs(error: BaseException, name: str) -> bool:
    """Whether SciPy, scikit-learn or the function that was handed in raised it."""
    trace, files = error.__traceback__, []
    while trace:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    foreign = any(f"{package}/" in files[-1] for package in ("scipy", "sklearn", "numpy"))
    return (files[-1] == __file__ and len(files) > 1) or (".scipy." in name and foreign)


FUNCTIONS = {
    name: x
    for name, x in sorted(reference.public().items())
    if not reference.is_error(x)
    and reference.full_name(x) not in MADE_BY_OTHERS
    and not name.startswith(ELSEWHERE)
}
CASES = [
    pytest.param(list(FUNCTIONS)[::14], 5, id="some"),
    pytest.param(list(FUNCTIONS), 120, id="all", marks=pytest.mark.nightly),
]


@pytest.mark.parametrize(("names", "times"), CASES)
def test_only_documented_errors(
    names: list[str], times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    by, state, wrong = random.Random(0), State(), []
    for name in names:
        f = FUNCTIONS[name]
        with quiet():
            known = list(examples(f))
        for _ in range(times):
            args, keywords = spoiled(f, known, by, state)
            if too_much(f, args, keywords):
                continue
            before = state.told()
            try:
                with quiet(), at_once():
                    f(*args, **keywords)
            except ALLOWED:
                if state.told() != before:
                    wrong.append(f"{name} changed what it was given")
            except (OverflowError, MemoryError, np.linalg.LinAlgError):
                pass  # a number too large for what it counts; matrices as NumPy refuses them
            except Exception as error:
                if not is_theirs(error, name):
                    wrong.append(f"{name}{tuple(map(type, args))}{keywords}: {error!r}"[:300])
            if state.told() != before:
                state = State()
    assert not wrong, "\n".join(wrong)


def test_containers_that_contain_themselves() -> None:
    for call in (
        lambda x: ag.array(x),
        lambda x: ag.grad(np.sum)(x),
        lambda x: np.sum([ag.Node(1.0), x]),
    ):
        with pytest.raises((TypeError, ValueError)):
            call(cyclic([]))
    with pytest.raises(ag.AutogradError, match="containers that end"):
        ag.array(cyclic([]))


NO_MODEL: dict[str, Callable[[Any], Any]] = {
    "save": lambda model: nn.save(model, "model"),
    "evaluate": lambda model: nn.evaluate(model, (np.ones((2, 2)), np.ones(2)), loss=nn.MSELoss()),
    "filters": nn.diagnostics.filters,
    "to_onnx": lambda model: nn.to_onnx(model, "model"),
}


SEEDED = {
    "make_moons": lambda seed: nn.datasets.make_moons(seed=seed),
    "make_curve": lambda seed: nn.datasets.make_curve("sine", seed=seed),
    "train_test_split": lambda seed: nn.datasets.train_test_split(np.eye(4), np.eye(4), seed=seed),
    "Linear": lambda seed: nn.Linear(2, 1, seed=seed),
    "Dropout": lambda seed: nn.Dropout(0.5, seed=seed),
    "MLP": lambda seed: nn.MLP([2, 3, 1], seed=seed),
    "check_grads": lambda seed: ag.check_grads(np.sin, (1.0,), seed=seed),
}


@pytest.mark.parametrize("call", SEEDED.values(), ids=SEEDED)
def test_seeds_that_contain_themselves(call: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="whole number"):  # NumPy's own generator ends the process
        call(cyclic([1]))


@pytest.mark.parametrize("seed", [7, [1, 2], (3, np.int64(4)), np.arange(3), np.random.PCG64(0)])
def test_seeds(seed: Any) -> None:
    assert len(nn.datasets.make_moons(4, seed=seed).X) == 4


@pytest.mark.parametrize("call", NO_MODEL.values(), ids=NO_MODEL)
def test_what_is_no_model(call: Callable[[Any], Any]) -> None:
    with pytest.raises(nn.ArgumentError, match="expected a Module, got a list"):
        call([])


def test_what_is_no_function() -> None:
    with pytest.raises(ag.AutogradError, match="a function, got float64"):
        ag.grad(np.ones(2))(1.0)


def test_operands_that_are_no_arrays() -> None:
    with pytest.raises(ag.AutogradError, match="linear expected arrays"):
        nn.linear(-1, 1)
    with pytest.raises(ag.AutogradError, match="numbers or arrays"):
        ag.Node(1.0) * ag.Node


def test_initializers_check_shape_and_generator() -> None:
    with pytest.raises(nn.ShapeError, match=r"a shape \(n_out, n_in\)"):
        nn.init.he((), np.random.default_rng(0))
    with pytest.raises(nn.ArgumentError, match="a Generator, got int"):
        nn.init.glorot((2, 3), 0)
