"""Every public function of NumPy, and every ufunc of ``scipy.special``, meets a Node.

Whatever it is, it returns a Node with the right gradient, answers with a plain result that depends
on nothing smoothly, or raises an error of ours that names it. Never an array of objects, a value
that lost its derivative, a zero that is none, an error that only NumPy's authors understand.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.catalogue import KINDS, catalogue
from autograd_core.probes import M, X, call, is_real_array, on_nodes, probe
from autograd_core.tree import flatten

ENTRIES = catalogue()
OBJECTS = np.dtype(object)
TRIANGULAR = {"np.linalg.cholesky", "np.linalg.eigh", "np.linalg.eigvalsh"}
"""Functions that read one triangle of a matrix and are differentiated as of its symmetric part."""


def of_kind(*kinds):
    chosen = [entry for entry in ENTRIES if entry.kind in kinds]
    return pytest.mark.parametrize("entry", chosen, ids=lambda entry: entry.name)


def test_every_function_has_a_place():
    unknown = {entry.name for entry in ENTRIES if entry.kind == "unknown"}
    assert not unknown, (
        f"{sorted(unknown)} met no rule and no entry. Give each a row in ops/ (and, if the usual "
        "arguments do not suit it, arguments in probes.py), register it as a query in "
        "ops/queries.py, or name it in catalogue.py with the reason why it has no derivative."
    )
    assert {entry.kind for entry in ENTRIES} <= set(KINDS)


def called(entry, arguments):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        old = r"`?(trapz|in1d|numpy\.fix)`? is deprecated"
        warnings.filterwarnings("ignore", old, DeprecationWarning)
        return flatten(entry.function(*arguments.args, **arguments.params))[0]


def smooth(outs):
    """The results that can depend smoothly on the arguments."""
    return [x for x in outs if np.asarray(getattr(x, "value", x)).dtype.kind in "fc"]


def as_function(entry, arguments):
    """The call as a function of its float arrays, and these."""
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    places = [i for i, x in enumerate(flat) if is_real_array(x)]

    def function(*xs):
        full = list(flat)
        for i, x in zip(places, xs, strict=True):
            full[i] = (x + x.T) / 2 if entry.name in TRIANGULAR else x
        args, params = rebuild(full)
        return smooth(called(entry, call(*args, **params)))

    return function, [np.array(flat[i]) for i in places]


@of_kind("differentiable")
def test_a_node_comes_out_and_its_gradient_is_right(entry):
    arguments = probe(entry)
    assert arguments is not None, f"probes.py needs arguments for {entry.name}"
    outs = called(entry, on_nodes(arguments)[0])
    live = [x for x in outs if isinstance(x, ag.Node) and x.requires_grad]
    assert live, f"{entry.name} has a rule and returns {outs}: a query, or a lost derivative"
    assert ag.check_grads(*as_function(entry, arguments), order=1) < 1e-6


@of_kind("query")
def test_a_query_answers_plainly_and_depends_on_nothing_smoothly(entry):
    arguments = probe(entry)
    assert arguments is not None, f"probes.py needs arguments for {entry.name}"
    outs = called(entry, on_nodes(arguments)[0])
    assert not [x for x in outs if isinstance(x, ag.Node) or is_of_objects(x)]
    if entry.name != "np.empty_like":
        function, xs = as_function(entry, arguments)
        for x, near in zip(function(*xs), function(*(x + 1e-7 for x in xs)), strict=True):
            np.testing.assert_array_equal(x, near)


@of_kind("refused", "unknown")
def test_what_has_no_rule_says_so_by_name(entry):
    arguments = probe(entry) or call(X)
    name = getattr(entry.function, "__name__", "")
    with pytest.raises(ag.AutogradError, match=f"{name}|{entry.name.rsplit('.', 1)[-1]}"):
        called(entry, on_nodes(arguments)[0])


def is_of_objects(x):
    return getattr(x, "dtype", None) is OBJECTS


@of_kind("not dispatched")
@pytest.mark.parametrize(
    "make", [lambda x: x, lambda x: [x], lambda x: x[0]], ids=["itself", "a list", "an entry"]
)
def test_what_is_not_dispatched_never_detaches(entry, make):
    node = ag.Node(X.copy())
    assert entry.note
    try:
        out = entry.function(make(node))
    except ag.AutogradError:
        return
    except Exception as error:
        # An error of NumPy's own says what is wrong with a Node, or comes for an array as well.
        if "Node" not in str(error) and entry.name != "np.nditer":
            with pytest.raises(type(error)):
                entry.function(make(X))
        return
    assert not is_of_objects(out)
    assert not isinstance(out, (np.ndarray, np.number))


UNDISPATCHED = {
    "array of Nodes": lambda x: np.array([x, x]),
    "full": lambda x: np.full(3, x[0]),
    "full_like of an array": lambda x: np.full((2, 3), x),
    "arange": lambda x: np.arange(0.0, x[0], 0.1),
    "frompyfunc": lambda x: np.frompyfunc(lambda v: v * 2, 1, 1)(x),
    "vectorize": lambda x: np.vectorize(lambda v: v * 2)(x),
    "fromiter": lambda x: np.fromiter([x[0], x[1]], float),
    "nditer": lambda x: [v * 2 for v in np.nditer(x)],
    "ndenumerate": lambda x: list(np.ndenumerate(x)),
    "broadcast": lambda x: np.broadcast(x, M),
    "matrix": lambda x: np.matrix(x),
    "float64": lambda x: np.float64(x[0]),
    "storing": lambda x: np.zeros(3).__setitem__(0, x[0]),
    "storing a slice": lambda x: np.zeros(3).__setitem__(slice(None), x),
    "ndarray method": lambda x: np.zeros(3).dot(x),
    "linspace of a detached end": lambda x: np.linspace(0, float(x[0]), 3),
    "window": lambda x: np.kaiser(3, x[0]),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("name", UNDISPATCHED)
def test_what_numpy_does_not_dispatch_raises(name):
    try:
        out = UNDISPATCHED[name](ag.Node(X.copy()))
    except (ag.AutogradError, TypeError, ValueError):
        return
    assert isinstance(out, ag.Node), f"{name} returned {out!r}"
