"""Models whose numbers are arrays of another library: moved, trained, saved."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from tests.autograd_core.arrays.protocol import ProtocolArray

PROTOCOL = SimpleNamespace(asarray=ProtocolArray)
OPTIMIZERS = [
    pytest.param(lambda: nn.SGD(lr=0.1), id="sgd"),
    pytest.param(lambda: nn.SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01), id="mom"),
    pytest.param(lambda: nn.Adam(lr=0.01), id="adam"),
    pytest.param(lambda: nn.AdamW(lr=0.01, weight_decay=0.1), id="adamw"),
    pytest.param(lambda: nn.RMSProp(lr=0.01), id="rmsprop"),
]


def model() -> Any:
    return nn.MLP([3, 8, 2], activation="tanh", seed=0, dtype=np.float64)


def data(rng: np.random.Generator) -> Any:
    X = rng.normal(size=(12, 3))
    return X, np.stack([np.sin(X[:, 0]), X[:, 1] * X[:, 2]], axis=1)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_fit_is_the_same_as_with_numpy(make: Any, rng: np.random.Generator) -> None:
    plain, moved = model(), model().to(PROTOCOL)
    X, y = data(rng)
    histories = [
        nn.fit(m, (X, y), loss=nn.MSELoss(), optimizer=make(), epochs=3, batch_size=5, seed=0)
        for m in (plain, moved)
    ]
    assert all(type(p.value) is ProtocolArray for p in moved.parameters())
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(*(h["loss"] for h in histories), rtol=1e-12)
    np.testing.assert_allclose(moved.predict(X), plain.predict(X), rtol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_classes(activation: str, rng: np.random.Generator) -> None:
    X, y = rng.normal(size=(12, 3)), rng.integers(0, 2, 12)
    plain, moved = (nn.MLP([3, 4, 2], activation=activation, seed=0) for _ in range(2))
    moved.to(PROTOCOL)
    for m in (plain, moved):
        options = {"optimizer": nn.SGD(lr=0.1), "epochs": 2, "batch_size": 5, "seed": 0}
        nn.fit(m, (X, y), loss=nn.CrossEntropyLoss(), **options)
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-4, atol=1e-6)


def test_back_and_forth(rng: np.random.Generator) -> None:
    moved = model().to(PROTOCOL)
    assert moved.to("numpy") is moved
    for p, q in zip(moved.parameters(), model().parameters(), strict=True):
        np.testing.assert_array_equal(p.value, q.value)
        assert type(p.value) is np.ndarray


def test_saved_and_loaded(tmp_path: Any) -> None:
    moved = model().to(PROTOCOL)
    nn.save(moved, tmp_path / "m.safetensors")
    again = nn.load(tmp_path / "m.safetensors")
    for p, q in zip(again.parameters(), model().parameters(), strict=True):
        np.testing.assert_array_equal(p.value, q.value)
    moved.load_state_dict({name: 2 * a for name, a in again.state_dict().items()})
    assert type(moved.parameters()[0].value) is ProtocolArray


def test_state_of_an_optimiser(rng: np.random.Generator) -> None:
    moved = model().to(PROTOCOL)
    optimizer = nn.SGD(moved.parameters(), lr=0.1, momentum=0.9)
    X, _ = data(rng)
    np.sum(moved(ProtocolArray(X)) ** 2).backward()
    optimizer.step()
    state = optimizer.state_dict()
    assert all(type(a) is np.ndarray and np.any(a) for a in state["velocity"])
    other = nn.SGD(moved.parameters(), lr=0.1, momentum=0.9)
    other.load_state_dict(state)
    for a, b in zip(other.state_dict()["velocity"], state["velocity"], strict=True):
        np.testing.assert_array_equal(a, b)


def test_dask(rng: np.random.Generator) -> None:
    pytest.importorskip("dask.array", reason="the extra dask is not installed")
    plain, moved = model(), model().to("dask")
    X, y = data(rng)
    for m in (plain, moved):
        optimizer = nn.SGD(m.parameters(), lr=0.1, momentum=0.9)
        for _ in range(2):
            optimizer.zero_grad()
            nn.mse_loss(m(X), y).backward()
            optimizer.step()
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-10)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(nn.errors.MissingPackageError, match=r"autograd-core\[cupy\]"):
        model().to("cupy")
    with pytest.raises(nn.errors.ArgumentError, match=r"one of numpy, cupy, dask, or a module"):
        model().to("abacus")


@pytest.mark.gpu
def test_cupy(rng: np.random.Generator) -> None:
    cupy = pytest.importorskip("cupy", reason="CuPy, and a GPU for it, are not here")
    if not cupy.cuda.is_available():
        pytest.skip("no GPU is here")
    plain, moved = model(), model().to("cupy")
    X, y = data(rng)
    for m in (plain, moved):
        nn.fit(m, (X, y), loss=nn.MSELoss(), optimizer=nn.Adam(lr=0.01), epochs=3, seed=0)
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-9, atol=1e-12)
    assert type(ag.grad(lambda x: np.sum(np.sin(x)))(cupy.ones(3))) is cupy.ndarray


def deep(seed: int = 0) -> Any:
    return nn.MLP(
        [3, 8, 2], activation="relu", batchnorm=True, dropout=0.3, seed=seed, dtype=np.float64
    )


def classes(rng: np.random.Generator) -> Any:
    X = rng.normal(size=(40, 3))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


def thorough(model: Any, rng_seed: int, **more: Any) -> Any:
    """``fit`` with all that it has."""
    X, y = classes(np.random.default_rng(rng_seed))
    return nn.fit(
        model,
        (X[:30], y[:30]),
        loss=nn.CrossEntropyLoss(label_smoothing=0.1, class_weight=[1.0, 2.0]),
        optimizer=nn.SGD(lr=0.01, momentum=0.9, max_norm=1.0),
        batch_size=7,
        validation=(X[30:], y[30:]),
        metrics=["accuracy", "f1"],
        penalty=lambda m: nn.penalties.l2(m, 1e-3),
        clip_norm=1.0,
        clip_value=0.5,
        gradient_norms=True,
        schedule=nn.schedules.InverseTime(0.01, 10),
        early_stopping=nn.EarlyStopping(patience=3),
        progress=False,
        seed=1,
        **more,
    )


def test_fit_with_everything() -> None:
    plain, moved = deep(), deep().to(PROTOCOL)
    histories = [thorough(m, 3, epochs=6) for m in (plain, moved)]
    assert all(type(p.value) is ProtocolArray for p in [*moved.parameters(), *moved.buffers()])
    for name in histories[0].names:
        if name != "seconds":
            np.testing.assert_allclose(*(h[name] for h in histories), rtol=1e-9, err_msg=name)
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-9, atol=1e-12)


def test_fit_goes_on_from_a_checkpoint(tmp_path: Any) -> None:
    whole, part, rest = (deep().to(PROTOCOL) for _ in range(3))
    thorough(whole, 3, epochs=6)
    thorough(part, 3, epochs=3, checkpoint=nn.Checkpoint(tmp_path / "run.safetensors"))
    thorough(rest, 3, epochs=6, resume=tmp_path / "run.safetensors")
    for name, array in whole.state_dict().items():
        np.testing.assert_array_equal(rest.state_dict()[name], array, err_msg=name)
    again = deep()  # and with NumPy's arrays
    thorough(again, 3, epochs=6, resume=tmp_path / "run.safetensors")
    for name, array in whole.state_dict().items():
        np.testing.assert_allclose(again.state_dict()[name], array, rtol=1e-9, atol=1e-12)


def test_buffers_alone_are_loaded_where_they_are() -> None:
    layer = nn.BatchNorm(2, affine=False).to(PROTOCOL)
    layer.load_state_dict(nn.BatchNorm(2, affine=False).state_dict())
    assert all(type(b.value) is ProtocolArray for b in layer.buffers())


def test_evaluate_and_statistics_of_all_data() -> None:
    X, y = classes(np.random.default_rng(4))
    plain, moved = deep(), deep().to(PROTOCOL)
    measured = []
    for model in (plain, moved):
        nn.population_statistics(model, X, batch_size=10)
        loss = nn.CrossEntropyLoss(class_weight=[1.0, 2.0])
        measured.append(nn.evaluate(model, (X, y), loss=loss, metrics=["accuracy", "recall"]))
    assert measured[1] == pytest.approx(measured[0], rel=1e-12)


def test_a_step_on_other_arrays_is_not_compiled() -> None:
    plain, moved = model(), model().to(PROTOCOL)
    X, y = data(np.random.default_rng(5))
    for m in (plain, moved):  # 240 steps, which NumPy's arrays would be compiled for
        options = {"optimizer": nn.SGD(lr=0.01), "epochs": 40, "batch_size": 2, "seed": 0}
        nn.fit(m, (X, y), loss=nn.MSELoss(), **options)
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-9)
    message = r"fit expected parameters in NumPy's arrays, to compile, got ProtocolArray"
    for choice in (True, "numpy", "native"):
        with pytest.raises(nn.errors.ArgumentError, match=message):
            nn.fit(
                moved, (X, y), loss=nn.MSELoss(), optimizer=nn.SGD(lr=0.1), epochs=1, compile=choice
            )


def test_diagnostics() -> None:
    X, y = classes(np.random.default_rng(6))
    plain, moved = deep(), deep().to(PROTOCOL)
    found = []
    for m in (plain, moved):
        target = y if m is plain else ProtocolArray(y)
        profile = nn.diagnostics.variance_profile(
            m, X, target, loss=nn.CrossEntropyLoss(), training=True
        )
        counts = [h.counts for h in nn.diagnostics.activation_histograms(m, X, bins=5)]
        counts += [h.counts for h in nn.diagnostics.weight_histograms(m, bins=5)]
        norms = [*nn.diagnostics.gradient_norms(m).values()]
        found.append([profile.forward, profile.backward, norms, *counts])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-10)
    assert all(type(p.value) is ProtocolArray for p in [*moved.parameters(), *moved.buffers()])


def test_check_grads_takes_arrays_of_any_library() -> None:
    assert ag.check_grads(np.tanh, (ProtocolArray(np.arange(3.0)),)) < 1e-6


@pytest.mark.slow
def test_fit_on_dask() -> None:
    pytest.importorskip("dask.array", reason="the extra dask is not installed")
    plain, moved = deep(), deep().to("dask")
    X, y = classes(np.random.default_rng(7))
    for m in (plain, moved):
        nn.fit(
            m,
            (X[:14], y[:14]),
            loss=nn.CrossEntropyLoss(label_smoothing=0.1),
            optimizer=nn.SGD(lr=0.1, momentum=0.9, max_norm=1.0),
            epochs=1,
            batch_size=7,
            validation=(X[14:], y[14:]),
            clip_norm=0.5,
            seed=0,
            progress=False,
        )
    for name, array in plain.state_dict().items():
        np.testing.assert_allclose(moved.state_dict()[name], array, rtol=1e-8, atol=1e-12)


def test_models_are_drawn_and_explained() -> None:
    X, y = classes(np.random.default_rng(8))
    moved = deep().to(PROTOCOL)
    loss = nn.cross_entropy(moved(ProtocolArray(X)), y)
    assert "BatchNorm" in ag.draw(loss, depth=1).source
    assert "log_softmax" in str(ag.explain(loss))
