"""The README's comparison with other libraries, asked of each that is installed.

A row of the table is a question, a function here of a library; a cell is its answer. A dash says
that the question does not apply: no arrays, or a NumPy by other names. Others are asked in slow
tests: their libraries take seconds to import, and JAX 20 for the long chain.
"""

from __future__ import annotations

import importlib
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.catalogue import Entry, catalogue
from autograd_core.probes import Call, is_real_array, probe
from autograd_core.tree import flatten

README = Path(__file__).resolve().parents[1] / "README.md"
MODULES = {
    "here": "autograd_core",
    "autograd": "autograd",
    "MyGrad": "mygrad",
    "micrograd": "micrograd.engine",
    "PyTorch": "torch",
    "JAX": "jax",
}
NUMPYS = {
    "here": "numpy",
    "autograd": "autograd.numpy",
    "MyGrad": "mygrad",
    "PyTorch": "torch",
    "JAX": "jax.numpy",
}
LEAVES = {"MyGrad": "tensor", "micrograd": "Value", "PyTorch": "tensor"}
"""What makes a variable, where gradients come from a graph's end and not from a function."""


class Library:
    """A library, its NumPy, and gradients by it of functions with one result."""

    def __init__(self, name: str) -> None:
        self.name, self.module = name, importlib.import_module(MODULES[name])
        self.numpy = importlib.import_module(NUMPYS.get(name, "numpy"))
        self.transforms = self.module.func if name == "PyTorch" else self.module

    def leaf(self, x: Any) -> Any:
        options = {"requires_grad": True} if self.name == "PyTorch" else {}
        return getattr(self.module, LEAVES[self.name])(x, **options)

    def grads(self, f: Callable[..., Any], *xs: Any) -> list[Any]:
        if self.name not in LEAVES:
            xs = tuple(self.numpy.asarray(x) if np.ndim(x) else x for x in xs)
            grad = self.transforms.grad
            if len(xs) == 1:
                return [grad(f)(*xs)]
            return list(grad(f, tuple(range(len(xs))))(*xs))
        leaves = [self.leaf(x) for x in xs]
        f(*leaves).backward()
        return [leaf.grad for leaf in leaves]

    def grad(self, f: Callable[..., Any], x: Any) -> Any:
        return np.asarray(self.grads(f, x)[0])


def numpy_itself(library: Library) -> bool:
    def f(x: Any) -> Any:
        return np.sum(np.sin(np.concatenate([x, x])) * np.linalg.norm(x))

    try:
        return bool(np.isfinite(library.grad(f, np.ones(2))).all())
    except (TypeError, RuntimeError):
        return False


def forward(library: Library) -> bool:
    eye = library.numpy.eye(2)
    if library.name == "autograd":
        try:
            return bool(library.module.make_jvp(library.numpy.linalg.det)(eye)(eye)[1] == 2)
        except NotImplementedError:
            return False
    jvp = getattr(library.transforms, "jvp", None)
    return bool(jvp and float(jvp(library.numpy.linalg.det, (eye,), (eye,))[1]) == 2)


def second_order(library: Library) -> bool:
    if library.name in ("MyGrad", "micrograd"):
        x = library.leaf(2.0)
        (x**3).backward()
        return hasattr(x.grad, "backward")
    grad = library.transforms.grad
    x = library.module.tensor(2.0) if library.name == "PyTorch" else 2.0
    return float(grad(grad(lambda x: x**3))(x)) == 12


def mapped(library: Library) -> bool:
    vmap = getattr(library.transforms, "vmap", None)
    if vmap is None:
        return False
    return vmap(library.transforms.grad(lambda x: x**2))(library.numpy.ones(3)).shape == (3,)


def compiled(library: Library) -> bool:
    if library.name == "PyTorch":
        if not shutil.which("g++"):
            pytest.skip("torch.compile wants a compiler of C++")
        square = library.module.compile(library.transforms.grad(lambda x: x**2))
        return float(square(library.module.tensor(3.0))) == 6
    compiler = getattr(library.module, "compile", None) or getattr(library.module, "jit", None)
    return bool(compiler and float(compiler(library.transforms.grad(lambda x: x**2))(3.0)) == 6)


def where_not_taken(library: Library) -> bool:
    numpy = library.numpy
    return bool(library.grad(lambda x: numpy.where(x > 0, numpy.log(x), 0.0), 0.0) == 0)


def norm_at_zero(library: Library) -> bool:
    return bool((library.grad(library.numpy.linalg.norm, np.zeros(2, "f4")) == 0).all())


def float32_stays(library: Library) -> bool:
    reductions = [library.numpy.mean, library.numpy.max]
    return all(library.grad(f, np.ones(2, "f4")).dtype == "f4" for f in reductions)


def nothing_dropped(library: Library) -> bool:
    """Of an array made of variables: the derivative is there, or making it raises."""
    make = library.numpy.tensor if library.name in ("PyTorch", "MyGrad") else library.numpy.array
    if library.name != "here":
        leaf = library.leaf(1.0) if library.name in LEAVES else None
        if leaf is not None:
            joined = make([leaf, leaf])
            return bool(getattr(joined, "requires_grad", getattr(joined, "creator", None)))
        return bool(library.grad(lambda x: make([x, x]).sum(), 1.0) == 2)
    with pytest.raises(ag.NotDifferentiableError):
        make([ag.Node(1.0)])
    return bool(library.grad(lambda x: ag.array([x, x]).sum(), 1.0) == 2)


def long_chain(library: Library) -> bool:
    def chain(x: Any) -> Any:
        for _ in range(20_000):
            x = x + 1.0
        return x

    try:
        return bool(library.grad(chain, 1.0) == 1)
    except RecursionError:
        return False


def networks(library: Library) -> bool:
    """Layers and an optimiser to train them."""
    try:
        at = {"here": "nn", "micrograd": "micrograd.nn", "PyTorch": "torch.nn"}
        layers = importlib.import_module(at.get(library.name, f"{library.module.__name__}.nn"))
    except ImportError:
        return False
    return hasattr(layers if library.name == "here" else library.module, "SGD") or hasattr(
        getattr(library.module, "optim", None), "SGD"
    )


QUESTIONS: dict[str, Callable[[Library], bool]] = {
    "programs call NumPy by its own name": numpy_itself,
    "forward mode, also of linear algebra": forward,
    "derivatives of derivatives": second_order,
    "a batch at once by `vmap`": mapped,
    "compiled": compiled,
    "the branch that `where` did not take has slope 0, not NaN": where_not_taken,
    "`norm` has slope 0 at 0, not NaN": norm_at_zero,
    "gradients of float32 are float32": float32_stays,
    "an array made of variables never loses their derivative": nothing_dropped,
    "chains of 20,000 operations": long_chain,
    "layers and optimisers": networks,
}
COUNTED = "functions of NumPy with the right gradient, of 276"


def table(title: str) -> dict[str, dict[str, str]]:
    """The rows of a README's table below a title: by question, the answer of each."""
    text = README.read_text(encoding="utf-8").partition(f"## {title}\n")[2]
    first = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert first
    lines = re.findall(r"^\| .*\|$", first[0], re.MULTILINE)
    head, *rows = [[c.strip() for c in line.strip("|").split(" | ")] for line in lines]
    names = [name.partition(" ")[0] for name in head[1:]]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


ANSWERS = table("Beside others")


def test_the_table_asks_these_questions_of_these_libraries() -> None:
    assert list(ANSWERS) == [*list(QUESTIONS)[:1], COUNTED, *list(QUESTIONS)[1:]]
    assert all(list(row) == list(MODULES) for row in ANSWERS.values())


@pytest.mark.parametrize("question", QUESTIONS)
def test_here(question: str) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert QUESTIONS[question](Library("here"))
    assert ANSWERS[question]["here"] == "yes"


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.parametrize("name", list(MODULES)[1:])
@pytest.mark.parametrize("question", QUESTIONS)
def test_of_others(question: str, name: str) -> None:
    if ANSWERS[question][name] == "–":
        return
    pytest.importorskip(MODULES[name])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        answer = QUESTIONS[question](Library(name))
    assert ANSWERS[question][name] == ("yes" if answer else "no")


# how many functions


def functions() -> list[tuple[Entry, Call]]:
    """NumPy's functions that have a derivative, methods of ufuncs apart, with arguments."""
    named = [e for e in catalogue() if e.kind == "differentiable" and e.name.startswith("np.")]
    entries = [e for e in named if not isinstance(getattr(e.function, "__self__", 0), np.ufunc)]
    pairs = [(entry, probe(entry)) for entry in entries]
    return [(entry, arguments) for entry, arguments in pairs if arguments is not None]


def gradients(library: Library, function: Any, arguments: Call) -> list[Any]:
    """Of the sum of a function's results, by every float array among its arguments."""
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    places = [i for i, x in enumerate(flat) if is_real_array(x)]
    real = getattr(library.numpy, "real", lambda x: x)

    def total(*xs: Any) -> Any:
        full = list(flat)
        for i, x in zip(places, xs, strict=True):
            full[i] = x
        args, params = rebuild(full)
        out = function(*args, **params)
        outs = flatten(out)[0] if isinstance(out, list | tuple) else [out]
        numbers = [x for x in outs if getattr(x, "dtype", np.dtype(float)).kind in "fc"]
        return sum(
            (library.numpy.sum(real(x)) for x in numbers[1:]), library.numpy.sum(real(numbers[0]))
        )

    found = library.grads(total, *(flat[i] for i in places))
    return [
        np.zeros_like(flat[i]) if g is None else np.asarray(g)
        for i, g in zip(places, found, strict=True)
    ]


def right(library: Library, entry: Entry, arguments: Call, wanted: list[Any]) -> bool:
    """Whether a library has the function by this name, and the gradient, conjugate or not."""
    function: Any = library.numpy
    try:
        for part in entry.name.split(".")[1:]:
            function = getattr(function, part)
    except AttributeError:
        function = entry.function  # MyGrad answers some of NumPy's own
    try:
        found = gradients(library, function, arguments)
    except Exception:
        return False
    return all(
        np.shape(g) == np.shape(w) and np.allclose(g, w, rtol=1e-6, atol=1e-9)
        for g, w in zip(found, wanted, strict=True)
    )


@pytest.mark.oracle
@pytest.mark.nightly
@pytest.mark.parametrize("name", ["autograd", "MyGrad", "JAX"])
def test_how_many_functions(name: str) -> None:
    pytest.importorskip(MODULES[name])
    here, library = Library("here"), Library(name)
    if name == "JAX":
        library.module.config.update("jax_enable_x64", True)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            cases = functions()
            wanted = [gradients(here, entry.function, arguments) for entry, arguments in cases]
            count = sum(right(library, *case, w) for case, w in zip(cases, wanted, strict=True))
    finally:
        if name == "JAX":
            library.module.config.update("jax_enable_x64", False)
    assert str(len(cases)) == ANSWERS[COUNTED]["here"]
    assert str(count) == ANSWERS[COUNTED][name]
