"""Modules that offer NumPy's and SciPy's names: all of them, and none that detaches."""

import importlib
import types

import numpy
import pytest
import scipy

import autograd_core as ag
from autograd_core.errors import MissingPackageError
from autograd_core.forwarding import imported

MODULES = [
    "numpy",
    *(f"numpy.{name}" for name in ("fft", "linalg", "random")),
    *(
        f"scipy.{name}"
        for name in "fft integrate interpolate linalg optimize signal special stats".split()
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_of_the_original_is_there(name):
    ours = importlib.import_module(f"autograd_core.{name}")
    theirs = importlib.import_module(name)
    for public in theirs.__all__:
        assert hasattr(ours, public), public
        if isinstance(found := getattr(theirs, public), types.ModuleType) and not found.__doc__:
            continue  # SciPy keeps empty modules under names of old
        assert public in ours.__all__, public
    assert sorted(dir(ours)) == sorted(ours.__all__)


def test_constants_and_types_are_the_originals():
    from autograd_core import numpy as np

    assert np.pi is numpy.pi
    assert np.float32 is numpy.float32
    assert np.ndarray is numpy.ndarray
    assert np.sin is numpy.sin
    assert np.newaxis is None
    assert ag.numpy is np
    assert ag.scipy.sparse is scipy.sparse


def test_a_function_that_does_not_dispatch_refuses_a_live_node_by_name():
    from autograd_core import numpy as np
    from autograd_core.scipy import signal

    with pytest.raises(ag.NotDifferentiableError, match=r"np\.fromiter has no derivative rule"):
        np.fromiter([ag.Node(1.0)], float)
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.signal\.medfilt has no"):
        signal.medfilt(ag.Node(numpy.ones(5)))
    with ag.no_grad():
        assert type(signal.medfilt(ag.Node(numpy.ones(5)))) is numpy.ndarray
    assert isinstance(np.diag_indices(2), tuple)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"'autograd_core\.numpy' has no attribute 'nothing'"):
        ag.numpy.nothing  # noqa: B018


def test_a_missing_package_says_what_installs_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.special", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'autograd-core\[scipy\]'"):
        imported("scipy.special")


def test_star_import_brings_everything():
    module = types.ModuleType("program")
    exec("from autograd_core.numpy import *", module.__dict__)
    assert module.array([ag.Node(1.0), 2.0]).shape == (2,)
    assert module.linspace is numpy.linspace
