"""Every attribute and method of ndarray, asked of a Node."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[0.4, -1.2, 0.9], [2.0, 0.3, -0.7]])

CALLS = {
    "all": (), "any": (), "argmax": (1,), "argmin": (), "argpartition": (1,), "argsort": (),
    "astype": (np.float32,), "choose": None, "clip": (-0.5, 0.5), "compress": ([True, False], 0),
    "conj": (), "conjugate": (), "copy": (), "cumprod": (1,), "cumsum": (), "diagonal": (),
    "dot": (X.T,), "flatten": (), "item": (1,), "max": (0,), "mean": (), "min": (1,),
    "nonzero": (), "prod": (), "ravel": (), "repeat": (2, 1), "reshape": (3, -1),
    "round": (1,), "searchsorted": None, "squeeze": (), "std": (0,), "sum": (), "swapaxes": (0, 1),
    "take": ([0, 2], 1), "to_device": ("cpu",), "tobytes": (), "tolist": (), "trace": (),
    "transpose": (1, 0), "var": (),
}  # fmt: skip
"""Arguments for the methods that answer as ndarray's do; None for a test of their own."""

REFUSED = set(
    """
    byteswap dump dumps fill getfield partition put resize setfield setflags sort tofile view
    """.split()
)
"""Methods that write in place or are about memory."""

ATTRIBUTES = set(
    "T mT base device dtype flags flat imag itemsize nbytes ndim real shape size strides".split()
)

ABSENT = {
    **dict.fromkeys(["ctypes", "data"], "would hand out memory"),
    **dict.fromkeys(
        """__array_interface__ __array_struct__ __buffer__ __dlpack__ __dlpack_device__""".split(),
        "would hand out memory",
    ),
    **dict.fromkeys(
        "__array_finalize__ __array_priority__ __array_wrap__".split(), "for NumPy's own subclasses"
    ),
    **dict.fromkeys(
        """__iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __imul__ __ior__
        __ipow__ __irshift__ __isub__ __itruediv__ __ixor__""".split(),
        "x += y makes a new Node by __add__",
    ),
    **dict.fromkeys("__copy__ __deepcopy__ __setstate__".split(), "copying goes by __reduce_ex__"),
    **dict.fromkeys(
        "itemset newbyteorder ptp tostring".split(), "NumPy 2.0 lists them and has them no more"
    ),
    **dict.fromkeys(["_set_dtype", "_set_shape"], "NumPy's own, since 2.5"),
    "__class_getitem__": "Node is no generic type",
    "__delitem__": "ndarray refuses it, too",
    "__index__": "floats are no indices",
}


def test_every_name_of_ndarray_has_a_place():
    public = {name for name in dir(np.ndarray) if not name.startswith("_")}
    missing = public - set(CALLS) - REFUSED - ATTRIBUTES - set(ABSENT)
    assert not missing, f"{sorted(missing)}: give a Node the method, or say here why not"
    absent = {name for name in dir(np.ndarray) if not hasattr(ag.Node, name)}
    assert absent <= set(ABSENT)


@pytest.mark.parametrize("name", sorted(name for name in CALLS if CALLS[name] is not None))
def test_methods_answer_as_ndarrays(name):
    ours, theirs = (getattr(x, name)(*CALLS[name]) for x in (ag.Node(X), X))
    differentiable = np.asarray(theirs).dtype.kind == "f" and name not in ("item", "tolist")
    assert isinstance(ours, ag.Node) is differentiable
    np.testing.assert_array_equal(getattr(ours, "value", ours), theirs)
    if differentiable:
        assert ours.requires_grad
        assert ag.check_grads(lambda x: getattr(x, name)(*CALLS[name]), (X,), order=1) < 1e-3


def test_choose_and_searchsorted():
    which = ag.Node(np.array([1, 0, 1]), requires_grad=False)
    np.testing.assert_array_equal(which.choose([X[0], X[1]]), [2.0, -1.2, -0.7])
    assert ag.Node([1.0, 2.0, 3.0]).searchsorted(2.5) == 2


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_writes_or_is_about_memory_raises_and_says_what_to_do(name):
    with pytest.raises(ag.AutogradError, match=r"node\.\w+\(\) .*Use "):
        getattr(ag.Node(X), name)(0)


@pytest.mark.parametrize("name", sorted(ATTRIBUTES - {"flags", "flat"}))
def test_attributes_are_ndarrays(name):
    ours, theirs = getattr(ag.Node(X), name), getattr(X, name)
    if isinstance(theirs, np.ndarray):
        np.testing.assert_array_equal(ours.value, theirs)
    else:
        assert ours == theirs


def test_attributes_of_numbers():
    x = ag.Node(2.0)
    assert (x.itemsize, x.nbytes, x.strides) == (8, 8, ())


def test_flags_are_of_a_view_that_cannot_be_written():
    flags = ag.Node(X.T).flags
    assert flags.f_contiguous
    assert not flags.writeable


def test_flat_iterates_and_keeps_the_graph():
    x = ag.Node(X)
    assert [y.item() for y in x.flat] == X.ravel().tolist()
    x.flat[4].backward()
    np.testing.assert_array_equal(x.grad, [[0, 0, 0], [0, 1, 0]])


def test_other_devices_do_not_exist():
    with pytest.raises(ValueError, match="expected 'cpu', got 'cuda'"):
        ag.Node(X).to_device("cuda")


def test_the_array_namespace_is_autograd_core_numpy():
    import autograd_core.numpy as namespace

    x = ag.Node(X)
    assert x.__array_namespace__() is namespace
    version = getattr(np, "__array_api_version__", "2022.12")
    assert x.__array_namespace__(api_version=version) is namespace
    with pytest.raises(ValueError, match="1999"):
        x.__array_namespace__(api_version="1999.1")
    xp = x.__array_namespace__()
    xp.sum(xp.sin(x)).backward()
    np.testing.assert_array_equal(x.grad, np.cos(X))


def test_bits_of_integers_and_of_what_carries_a_gradient():
    n = ag.Node(np.array([1, 2, 3]), requires_grad=False)
    for ours, theirs in (
        (n & 1, [1, 0, 1]), (4 | n, [5, 6, 7]), (n ^ 1, [0, 3, 2]), (n << 1, [2, 4, 6]),
        (n >> 1, [0, 1, 1]), (~n, [-2, -3, -4]),
    ):  # fmt: skip
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(ag.AutogradError, match="bitwise_and"):
        ag.Node(X) & 1
    with pytest.raises(ag.AutogradError, match="invert"):
        ~ag.Node(X)
