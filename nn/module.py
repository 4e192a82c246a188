"""``Module``: a function with parameters, made of other modules; every layer and model is one.

Parameters, buffers and children are simply attributes: they are found when asked for, nothing is
registered. Layers are in ``layers/``; what trains a module is ``training.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from . import placement
from .errors import ArgumentError, NNError, ShapeError, expected
from .settings import Settings
from .state import fitting

Array = npt.NDArray[Any]


WATCHER: ContextVar[Callable[[Any, Any], Any] | None] = ContextVar("nn watcher", default=None)
"""Given every module and its result as it is called; what it returns is used in its place."""


def expect_module(what: str, model: Any) -> None:
    """Refuse what is no model."""
    if not isinstance(model, Module):
        cure = "Pass an instance of nn.Module, such as nn.MLP([4, 8, 3])."
        raise ArgumentError(expected(what, "a Module", f"a {type(model).__name__}", cure))


class Module:
    """A differentiable function with parameters.

    Subclass it, make attributes in ``__init__`` and compute in ``forward``. An attribute (or an
    entry of a list, tuple or dict that is one) that is a leaf ``Node`` is a parameter if it
    requires a gradient and a buffer if it does not; one that is a ``Module`` is a child.

    Attributes
    ----------
    training : bool
        Whether it behaves as in training, not as in use; see ``train`` and ``eval``.

    Examples
    --------
    >>> class Scale(nn.Module):
    ...     def __init__(self, features):
    ...         self.factor = ag.Node(np.ones(features), name="s")
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> model = Scale(3)
    >>> model(np.ones((2, 3))).shape, model.num_parameters
    ((2, 3), 3)
    """

    training: bool = True
    _scope: str | None = None

    def forward(self, *args: Any, **keywords: Any) -> Any:
        """Compute the result; a subclass says how."""
        raise NNError(
            expected(type(self).__name__, "a method forward", "none", "Define forward(self, x).")
        )

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """``forward``, as one group in pictures, named by the parent's attribute."""
        if ag.is_compiling():
            ag.guard(Settings(self))
        with ag.scope(self._scope or type(self).__name__):
            out = self.forward(*args, **keywords)
        watcher = WATCHER.get()
        return out if watcher is None else watcher(self, out)

    def __setattr__(self, name: str, value: Any) -> None:
        for part, entry in _entries(name, value):
            if isinstance(entry, Module):
                entry._enter_as(part)
        object.__setattr__(self, name, value)
        Settings.changes += 1

    def _enter_as(self, name: str) -> None:
        """Be called ``name`` in pictures, beside what kind of module it is."""
        object.__setattr__(self, "_scope", f"{name} · {type(self).__name__}")

    def attributes(self) -> Iterator[tuple[str, Any]]:
        """Its own nodes and children with their names."""
        for name, value in vars(self).items():
            for part, entry in _entries(name, value):
                if isinstance(entry, Module) or (isinstance(entry, ag.Node) and entry.is_leaf):
                    yield part, entry

    def named_children(self) -> list[tuple[str, Module]]:
        """Modules it is directly made of, with their names."""
        return [(name, entry) for name, entry in self.attributes() if isinstance(entry, Module)]

    def children(self) -> list[Module]:
        """Modules it is directly made of."""
        return [child for _, child in self.named_children()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """Itself, named by the empty string, and all modules inside, each once.

        Examples
        --------
        >>> [name for name, _ in nn.MLP([2, 3, 1]).named_modules()]
        ['', '0', '1', '2']
        """
        found: dict[int, tuple[str, Module]] = {}
        _collect(self, "", found)
        return list(found.values())

    def modules(self) -> list[Module]:
        """Itself and all modules inside, each once."""
        return [module for _, module in self.named_modules()]

    def named_parameters(self) -> list[tuple[str, ag.Node]]:
        """Every parameter with its path of attribute names; a shared one once.

        Examples
        --------
        >>> [name for name, _ in nn.MLP([2, 3, 1]).named_parameters()]
        ['0.weight', '0.bias', '2.weight', '2.bias']
        """
        return [(name, node) for name, node in self._named_nodes() if node.requires_grad]

    def parameters(self) -> list[ag.Node]:
        """Every parameter; a shared one once."""
        return [node for _, node in self.named_parameters()]

    def named_buffers(self) -> list[tuple[str, ag.Node]]:
        """Every buffer with its path of attribute names; a shared one once."""
        return [(name, node) for name, node in self._named_nodes() if not node.requires_grad]

    def buffers(self) -> list[ag.Node]:
        """Every buffer: saved with the model, not trained."""
        return [node for _, node in self.named_buffers()]

    def named_generators(self) -> list[tuple[str, np.random.Generator]]:
        """Every random generator with its path of attribute names; a shared one once.

        Their states, ``rng.bit_generator.state``, are what a run needs beside the parameters to go
        on as if it had not been interrupted.

        Examples
        --------
        >>> [name for name, _ in nn.Sequential(nn.ReLU(), nn.Dropout(0.5)).named_generators()]
        ['1.rng']
        """
        found: dict[int, tuple[str, np.random.Generator]] = {}
        for path, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, np.random.Generator):
                    found.setdefault(id(value), (joined(path, name), value))
        return list(found.values())

    def register_buffer(self, name: str, value: npt.ArrayLike) -> None:
        """Keep an array that is saved with the model and not trained, as a constant Node.

        Examples
        --------
        >>> model = nn.Module()
        >>> model.register_buffer("steps", np.zeros(1))
        >>> model.steps.requires_grad, [name for name, _ in model.named_buffers()]
        (False, ['steps'])
        """
        if not isinstance(name, str) or not name.isidentifier() or hasattr(type(self), name):
            cure = "Choose another name."
            raise ArgumentError(
                expected("register_buffer", "a new attribute name", repr(name), cure)
            )
        setattr(self, name, ag.Node(np.array(value), name=name, requires_grad=False))

    @property
    def num_parameters(self) -> int:
        """How many numbers are trained."""
        return sum(int(node.size) for node in self.parameters())

    def _named_nodes(self) -> Iterator[tuple[str, ag.Node]]:
        seen: set[int] = set()
        for path, module in self.named_modules():
            for name, entry in module.attributes():
                if isinstance(entry, ag.Node) and id(entry) not in seen:
                    seen.add(id(entry))
                    yield joined(path, name), entry

    def train(self, mode: bool = True) -> Self:
        """Behave as in training (or, with False, as in use), it and all modules inside."""
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Behave as in use, it and all modules inside."""
        return self.train(False)

    def to(self, library: Any) -> Self:
        """Keep parameters and buffers in arrays of another library, and forget the gradients.

        Parameters
        ----------
        library : str or module
            ``"numpy"``, ``"cupy"`` (a GPU; extra ``cupy``), ``"dask"`` (extra ``dask``), or any
            module whose ``asarray`` makes arrays that speak NumPy's protocols.

        Returns
        -------
        Module
            Itself. Optimisers made before do not know of it: make them anew. What a step leaves in
            arrays of a lazy library (``persist()``) is computed at its end.

        Raises
        ------
        MissingPackageError
            The library is not installed.

        Examples
        --------
        >>> type(nn.Linear(2, 1).to("numpy").weight.value).__name__
        'ndarray'
        """
        module = placement.library(library)
        for _, node in self._named_nodes():
            node.assign(module.asarray(placement.to_numpy(node.value)))
        self.zero_grad()
        return self

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for node in self.parameters():
            node.grad = None

    def state_dict(self) -> dict[str, Array]:
        """Copies of all parameters and buffers by name.

        Examples
        --------
        >>> {name: array.shape for name, array in nn.Linear(3, 2).state_dict().items()}
        {'weight': (2, 3), 'bias': (2,)}
        """
        nodes = self._named_nodes()
        return {name: np.array(placement.to_numpy(n.value), order="C") for name, n in nodes}

    def load_state_dict(self, state: Mapping[str, npt.ArrayLike], strict: bool = True) -> None:
        """Give every parameter and buffer the value of its name in ``state``, copied.

        Parameters
        ----------
        state : mapping of str to array_like
        strict : bool
            Whether every name must be there and no other; otherwise only the common ones are
            loaded.

        Raises
        ------
        StateError
            Names, shapes or dtypes differ. Nothing has been changed then.

        Examples
        --------
        >>> model, other = nn.Linear(3, 2), nn.Linear(3, 2)
        >>> model.load_state_dict(other.state_dict())
        >>> bool(np.all(model.weight.value == other.weight.value))
        True
        """
        nodes = dict(self._named_nodes())
        arrays = fitting(f"{type(self).__name__}.load_state_dict", nodes, state, strict)
        for name, array in arrays.items():
            number = isinstance(nodes[name].value, float | complex)
            nodes[name].assign(array.item() if number else placement.near(array, nodes[name]))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the first parameter, or else of the first buffer of a floating dtype.

        float32 if there is neither.
        """
        nodes = [*self.parameters(), *self.buffers()]
        return np.dtype(next((p.dtype for p in nodes if p.dtype.kind == "f"), np.float32))

    def predict(self, X: npt.ArrayLike, batch_size: int = 1024) -> Array:
        """Outputs for all rows of ``X``: in batches, in evaluation mode and without a graph.

        Parameters
        ----------
        X : array_like, shape (n, ...)
            Converted to the model's dtype batch by batch.
        batch_size : int

        Returns
        -------
        ndarray, shape (n, ...)
            For a classifier trained with cross-entropy: logits, whose ``argmax(axis=1)`` is the
            class.

        Examples
        --------
        >>> nn.MLP([4, 8, 3]).predict(np.zeros((5, 4))).shape
        (5, 3)
        """
        rows, dtype = np.asarray(X), self.dtype
        if rows.ndim == 0 or batch_size < 1:
            got = f"shape {rows.shape} and batch_size={batch_size}"
            cure = "Pass one row per sample."
            raise ShapeError(
                expected("predict", "X of shape (n, ...) and batch_size >= 1", got, cure)
            )
        with evaluating(self):
            starts = range(0, max(len(rows), 1), batch_size)
            parts = [rows[i : i + batch_size].astype(dtype, copy=False) for i in starts]
            outs = [self(placement.like(part, self)) for part in parts]
        return np.concatenate([placement.to_numpy(getattr(out, "value", out)) for out in outs])

    def arguments(self) -> str:
        """What stands between the parentheses in ``repr``."""
        return ""

    def architecture(self) -> dict[str, Any] | None:
        """The arguments that build it again, but for its numbers; None if they are not enough."""
        return None

    def __repr__(self) -> str:
        own = [f"{n} {e.shape}" for n, e in self.attributes() if isinstance(e, ag.Node)]
        counted = [f"{self.num_parameters:,} parameters"] if self.num_parameters else []
        note = ", ".join(own + counted)
        note = f"  # {note}" if note else ""
        children = [f"({name}): {child!r}" for name, child in self.named_children()]
        if not children:
            return f"{type(self).__name__}({self.arguments()}){note}"
        lines = "\n".join(children).replace("\n", "\n  ")
        return f"{type(self).__name__}({self.arguments()}{note}\n  {lines}\n)"


def _entries(name: str, value: Any) -> list[tuple[str, Any]]:
    """An attribute, or the entries of one that is a list, tuple or dict."""
    if isinstance(value, list | tuple):
        return [(f"{name}.{i}", entry) for i, entry in enumerate(value)]
    if isinstance(value, dict):
        return [(f"{name}.{key}", entry) for key, entry in value.items()]
    return [(name, value)]


def _collect(module: Module, path: str, found: dict[int, tuple[str, Module]]) -> None:
    """Add a module and those inside that are not there yet, parents first."""
    if id(module) not in found:
        found[id(module)] = path, module
        for name, child in module.named_children():
            _collect(child, joined(path, name), found)


def joined(path: str, name: str) -> str:
    """The name of an attribute of the module at ``path``."""
    return f"{path}.{name}" if path else name


@contextmanager
def in_mode(model: Module, training: bool) -> Iterator[None]:
    """Run the body with ``model`` in training mode or not; restore every module's own mode."""
    expect_module("Running a model", model)
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.train(training)
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Run the body with ``model`` in evaluation mode and nothing recorded."""
    with in_mode(model, False), ag.no_grad():
        yield
