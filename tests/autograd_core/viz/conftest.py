"""Graphs to draw: a network in ``ag.scope``, a scalar neuron; and each layout engine; a browser."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.viz import layout

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "headless=new no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
    "disable-component-update disable-sync window-size=1200,900"
).split()


@pytest.fixture
def network(rng):
    x = ag.Node(rng.normal(size=(5, 4)), name="x", requires_grad=False)

    def dense(h, n, m):
        W = ag.Node(rng.normal(size=(n, m)), name="W")
        return h @ W + ag.Node(np.zeros(m), name="b")

    with ag.scope("mlp"):
        with ag.scope("fc1"):
            h = dense(x, 4, 8)
        with ag.scope("act"):
            h = np.tanh(h)
        with ag.scope("fc2"):
            h = dense(h, 8, 3)
    loss = np.mean(h**2)
    loss.name = "loss"
    return loss


@pytest.fixture
def neuron():
    values = {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.8813735870195432}
    x1, x2, w1, w2, b = (ag.Node(value, name=name) for name, value in values.items())
    out = np.tanh(x1 * w1 + x2 * w2 + b)
    out.name = "o"
    return out


@pytest.fixture(params=["dot", "pygraphviz"])
def engine(request, monkeypatch):
    if request.param == "dot" and not shutil.which("dot"):
        pytest.skip("no dot on this machine")
    if request.param == "pygraphviz":
        pytest.importorskip("pygraphviz")
    monkeypatch.setattr(layout, "engine", lambda: request.param)
    return request.param


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium on this machine")
    selenium = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = selenium.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()
