"""Twenty graphs worth a picture: what ``test_gallery.py`` checks and the gallery page shows.

``python tests/autograd_core/viz/gallery.py`` writes the pictures and their page to ``notebooks/``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag
import nn

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"


class Exhibit(NamedTuple):
    """A graph, how it is drawn, and what must be in its picture."""

    title: str
    words: str
    build: Callable[[np.random.Generator], Any]
    options: dict[str, Any]
    boxes: int
    groups: int
    seen: tuple[str, ...]


def named(node: Any, name: str) -> Any:
    """The node, called so."""
    node.name = name
    return node


def neuron(rng):
    a, b, c = (ag.Node(v, name=n) for v, n in ((2.0, "a"), (-3.0, "b"), (10.0, "c")))
    return named(np.tanh(a * b + c), "y")


def classifier(model, rng, inputs=4, classes=3, rows=8):
    x = ag.Node(rng.normal(size=(rows, inputs)).astype(np.float32), name="x", requires_grad=False)
    return named(nn.cross_entropy(model(x), rng.integers(0, classes, rows)), "loss")


def mlp(rng):
    return classifier(nn.MLP([4, 8, 3], seed=0), rng)


def batch_norm(rng):
    return classifier(nn.MLP([4, 8, 3], batchnorm=True, dropout=0.5, seed=0), rng)


def residual(rng):
    def block(i):
        return nn.Residual(nn.Sequential(nn.Linear(4, 4, seed=i), nn.ReLU()))

    return classifier(nn.Sequential(*[block(i) for i in range(12)], nn.Linear(4, 3, seed=0)), rng)


def sigmoids(rng):
    return classifier(nn.MLP([4, 8, 8, 8, 8, 3], activation="sigmoid", seed=0), rng)


def recurrence(rng):
    Wx, Wh = (ag.Node(rng.normal(size=(n, 4)) / 2, name=m) for n, m in ((3, "Wx"), (4, "Wh")))
    h = ag.Node(np.zeros((1, 4)), name="h0", requires_grad=False)
    for t in range(50):
        x = ag.Node(rng.normal(size=(1, 3)), name=f"x{t}", requires_grad=False)
        with ag.scope("cell"):
            h = np.tanh(x @ Wx + h @ Wh)
    return named(np.mean(h**2), "loss")


def double_backward(rng):
    w = ag.Node(2.0, name="w")
    return named(ag.grad(lambda w: np.sin(w**3))(w), "g")


def attention(rng):
    q, k, v = (ag.Node(rng.normal(size=(5, 4)), name=n) for n in "qkv")
    scores = np.einsum("id,jd->ij", q, k) / 2.0
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    return named(np.sum(np.einsum("ij,jd->id", weights, v) ** 2), "energy")


def custom(rng):
    @ag.primitive
    def softsign(x):
        return x / (1 + np.abs(x))

    softsign.defvjp(lambda g, out, x: g / (1 + np.abs(x)) ** 2)
    return named(softsign(ag.Node(rng.normal(size=3), name="x")).sum(), "total")


def nan_hunt(rng):
    with np.errstate(all="ignore"):
        W = ag.Node(rng.normal(size=(4, 3)), name="W")
        return np.mean(np.log(nn.relu(rng.normal(size=(5, 4)) @ W)))


def shared(rng):
    W = ag.Node(rng.normal(size=(3, 3)), name="W")
    h = ag.Node(rng.normal(size=(2, 3)), name="x", requires_grad=False)
    return named(np.sum(np.tanh(np.tanh(h @ W) @ W)), "y")


def broadcasting(rng):
    a, b = ag.Node(rng.normal(size=(3, 1)), name="a"), ag.Node(rng.normal(size=4), name="b")
    return named(np.sum(a * b + 1.0), "y")


def untaken(rng):
    with np.errstate(all="ignore"):
        x = ag.Node(np.array([0.0, 1.0, 4.0]), name="x")
        return named(np.sum(np.where(x.value > 0, np.log(x), 0.0)), "y")


def eigen(rng):
    A = ag.Node(rng.normal(size=(3, 3)), name="A")
    return named(np.sum(np.linalg.eigvalsh(A + A.T) ** 2), "y")


def spectrum(rng):
    x = ag.Node(rng.normal(size=8), name="signal")
    return named(np.sum(np.abs(np.fft.rfft(x)) ** 2), "power")


def least_squares(rng):
    w, b = ag.Node(rng.normal(size=2), name="w"), ag.Node(0.0, name="b")
    X, y = rng.normal(size=(10, 2)), rng.normal(size=10)
    return named(np.mean((X @ w + b - y) ** 2), "loss")


def mixed(rng):
    a = ag.Node(np.ones(3), name="a")
    return named(np.sum(a * ag.Node(np.ones(3, np.float32), name="b")), "y")


def long_chain(rng):
    y = ag.Node(0.5, name="x")
    for _ in range(1000):
        y = np.sin(y) * 1.1
    return named(y, "y")


def entries(rng):
    x = ag.Node(rng.normal(size=4), name="x")
    return named(x[0] * x[1] + x[2:].sum(), "y")


def several(rng):
    x = ag.Node(rng.normal(size=3), name="x")
    return [named(np.sum(np.sin(x)), "s"), named(np.sum(np.cos(x)), "c")]


GALLERY = {
    "neuron": Exhibit("A neuron", "Scalars flow from left to right.", neuron, {}, 6, 0, ("tanh",)),
    "mlp": Exhibit("A perceptron", "Modules are framed.", mlp, {}, 10, 3, ("linear", "relu")),
    "batch_norm": Exhibit("Batch normalisation and dropout", "", batch_norm, {}, 16, 4, ()),
    "residual": Exhibit(
        "Twelve residual blocks",
        "Blocks that repeat become one, with the course of their gradients.",
        residual,
        {"fold": True, "depth": 1},
        6,
        1,
        ("× 11 more",),
    ),
    "heat": Exhibit(
        "Vanishing gradients", "Arrows by ‖∇‖.", sigmoids, {"heat": True}, 22, 6, ("arrows: ‖∇‖",)
    ),
    "recurrence": Exhibit(
        "Fifty steps, rolled up", "", recurrence, {"roll": True}, 10, 1, ("× 50 steps",)
    ),
    "unrolled": Exhibit("The same, folded", "", recurrence, {}, 11, 1, ("× 49 more",)),
    "double_backward": Exhibit(
        "A derivative's graph",
        "What a derivative computed is framed.",
        double_backward,
        {},
        9,
        1,
        ("∇ backward",),
    ),
    "attention": Exhibit("Attention by einsum", "", attention, {}, 12, 0, ("einsum",)),
    "custom": Exhibit("A function of one's own", "", custom, {}, 3, 0, ("softsign",)),
    "nan": Exhibit(
        "The first NaN",
        "Where it arises, why, and what it spoils.",
        nan_hunt,
        {},
        6,
        0,
        ("⚠ first:", "log of"),
    ),
    "shared": Exhibit("A shared weight", "Drawn once.", shared, {}, 7, 0, ("tanh",)),
    "broadcasting": Exhibit("Broadcasting", "", broadcasting, {}, 5, 0, ("3×1",)),
    "untaken": Exhibit("The branch not taken", "", untaken, {}, 5, 0, ("where",)),
    "eigen": Exhibit("Eigenvalues", "", eigen, {}, 6, 0, ("eigvalsh",)),
    "spectrum": Exhibit("A power spectrum", "", spectrum, {}, 5, 0, ("rfft",)),
    "least_squares": Exhibit("Least squares", "", least_squares, {}, 9, 0, ("mean",)),
    "mixed": Exhibit(
        "Mixed precision", "Dtypes show where they differ.", mixed, {}, 4, 0, ("float32",)
    ),
    "long_chain": Exhibit("Two thousand operations", "", long_chain, {}, 6, 0, ("× 998 more",)),
    "entries": Exhibit("Entries of an array", "", entries, {"direction": "LR"}, 7, 0, ("x[0]",)),
    "several": Exhibit("Several results", "", several, {}, 5, 0, ("2 results",)),
    "dark": Exhibit("For dark pages", "", mlp, {"style": "dark"}, 10, 3, ()),
}


def drawing(name: str) -> Any:
    """The drawing of an exhibit."""
    exhibit = GALLERY[name]
    return ag.draw(exhibit.build(np.random.default_rng(7)), **exhibit.options)


def page() -> str:
    """The page that shows all pictures."""
    lines = ["# Gallery", "", "Drawn by `python tests/autograd_core/viz/gallery.py`.", ""]
    for name, exhibit in GALLERY.items():
        lines += [f"## {exhibit.title}", ""]
        lines += [exhibit.words, ""] if exhibit.words else []
        lines += [f"![{exhibit.title}](pictures/gallery/{name}.svg)", ""]
    return "\n".join(lines)


def main() -> None:
    """Write pictures and page."""
    folder = NOTEBOOKS / "pictures" / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for name in GALLERY:
        drawing(name).save(folder / f"{name}.svg")
    (NOTEBOOKS / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
