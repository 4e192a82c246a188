"""Training steps as programs: every layer, loss and optimiser as when they run by themselves."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.compiler.native import available

BACKENDS = [
    "numpy",
    pytest.param(
        "native", marks=pytest.mark.skipif(not available(), reason="llvmlite is not installed")
    ),
]
STEPS = 40


def classes(rng, n):
    return rng.integers(0, 3, n)


def numbers(rng, n):
    return rng.normal(size=(n, 3)).astype(np.float32)


def shares(rng, n):
    return rng.dirichlet(np.ones(3), n).astype(np.float32)


def signs(rng, n):
    return np.where(rng.random((n, 3)) > 0.5, 1.0, -1.0).astype(np.float32)


def trained(backend, *, loss=None, targets=classes, optimizer=None, extra=None, **options):
    """Losses, parameters, buffers and gradients after steps on batches of two sizes."""
    model = nn.MLP([5, 8, 8, 3], seed=0, **{"activation": "tanh", "dtype": np.float64} | options)
    moved = (optimizer or (lambda p: nn.SGD(p, lr=0.05, momentum=0.9)))(model.parameters())
    loss = loss or nn.CrossEntropyLoss()

    def step(x, y):
        value = loss(model(x), y)
        moved.zero_grad()
        value.backward()
        if extra is not None:
            extra(model)
        moved.step()
        return value

    if backend is not None:
        step = ag.compile(step, backend=backend, strict=True)
    rng = np.random.default_rng(3)
    X = rng.normal(size=(200, 5)).astype(model.dtype)
    y = targets(rng, 200)
    y = y.astype(model.dtype) if y.dtype.kind == "f" else y
    losses = []
    for i in range(STEPS):
        rows = rng.integers(0, 200, 7 if i % 5 == 0 else 12)
        losses.append(step(X[rows], y[rows]).item())
        if i == STEPS // 2:
            moved.lr = moved.lr / 2
    state = list(model.state_dict().values())
    return [np.array(losses), *state, *(p.grad for p in model.parameters())]


def agree(backend, tolerance=1e-11, **options):
    for plain, program in zip(trained(None, **options), trained(backend, **options), strict=True):
        np.testing.assert_allclose(plain, program, rtol=tolerance * 10, atol=tolerance)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("activation", sorted(nn.layers.ACTIVATIONS))
def test_activations(backend, activation):
    agree(backend, activation=activation)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("batchnorm", "dropout"), [(True, 0.0), (False, 0.5), (True, 0.5)])
def test_batch_norm_and_dropout(backend, batchnorm, dropout):
    agree(backend, batchnorm=batchnorm, dropout=dropout)


@pytest.mark.parametrize("backend", BACKENDS)
def test_float32(backend):
    agree(backend, dtype=np.float32, tolerance=2e-5)


OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, lr=0.05),
    "Nesterov": lambda p: nn.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "PyTorch's": lambda p: nn.SGD(p, lr=0.05, momentum=0.9, form="pytorch", weight_decay=1e-3),
    "max-norm": lambda p: nn.SGD(p, lr=0.05, max_norm=1.0),
    "groups": lambda p: nn.SGD(
        [{"params": [*p][:2]}, {"params": [*p][2:], "lr": 0.01, "momentum": 0.5}], lr=0.05
    ),
    "AdaGrad": nn.AdaGrad,
    "RMSProp": nn.RMSProp,
    "RMSProp, centred": lambda p: nn.RMSProp(p, centered=True, momentum=0.9),
    "Adam": nn.Adam,
    "AMSGrad": lambda p: nn.Adam(p, amsgrad=True),
    "AdamW": lambda p: nn.AdamW(p, weight_decay=0.01),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(backend, name):
    agree(backend, optimizer=OPTIMIZERS[name])


LOSSES = {
    "CrossEntropyLoss": classes,
    "NLLLoss": classes,
    "MultiClassHingeLoss": classes,
    "BCEWithLogitsLoss": shares,
    "KLDivLoss": shares,
    "HingeLoss": signs,
    "PerceptronLoss": signs,
    "MSELoss": numbers,
    "L1Loss": numbers,
    "SmoothL1Loss": numbers,
    "HuberLoss": numbers,
}


def test_every_loss_is_here():
    found = {name for name in dir(nn) if name.endswith("Loss") and name != "Loss"}
    assert found == set(LOSSES)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", LOSSES)
def test_losses(backend, name):
    agree(backend, loss=getattr(nn, name)(), targets=LOSSES[name])


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_that_are_cut(backend):
    agree(backend, extra=lambda model: nn.clip_grad_norm(model, 0.1))
    agree(backend, extra=lambda model: nn.clip_grad_value(model, 0.01))


def test_targets_are_checked_in_programs_too():
    model = nn.MLP([5, 3], seed=0)
    step = ag.compile(lambda x, y: nn.cross_entropy(model(x), y), backend="numpy", strict=True)
    x, y = np.ones((4, 5), np.float32), np.array([0, 1, 2, 0])
    for _ in range(3):
        step(x, y)
    with pytest.raises(ValueError, match="targets do not fit"):
        step(x, y + 1)


def test_train_and_eval_are_told_apart():
    model = nn.MLP([5, 64, 3], dropout=0.5, seed=0)
    forward = ag.compile(model.__call__, backend="numpy", strict=True)
    x = np.ones((4, 5), np.float32)
    assert len({forward(x).value.tobytes() for _ in range(5)}) == 5
    model.eval()
    assert len({forward(x).value.tobytes() for _ in range(5)}) == 1
    model.train()
    assert len({forward(x).value.tobytes() for _ in range(5)}) == 5


def test_a_state_that_is_loaded_is_used():
    model, other = nn.MLP([5, 8, 3], seed=0), nn.MLP([5, 8, 3], seed=1)
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def step(x, y):
        loss = nn.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    step = ag.compile(step, backend="numpy", strict=True)
    x, y = np.ones((4, 5), np.float32), np.array([0, 1, 2, 0])
    for _ in range(4):
        step(x, y)
    model.load_state_dict(other.state_dict())
    expected = nn.cross_entropy(other(x), y).item()
    assert step(x, y).item() == pytest.approx(expected, rel=1e-6)
    assert step(x, y).item() != pytest.approx(expected, rel=1e-6)


# fit

DATA = nn.datasets.digits()


def fitted(epochs=2, **options):
    model = nn.MLP([64, 16, 10], seed=0, dropout=0.2, batchnorm=True)
    history = nn.fit(
        model,
        DATA,
        loss=nn.CrossEntropyLoss(),
        optimizer=nn.SGD(lr=0.1, momentum=0.9),
        epochs=epochs,
        seed=0,
        progress=False,
        **options,
    )
    return model, history


@pytest.mark.parametrize("backend", BACKENDS)
def test_fit_trains_the_same_compiled(backend):
    options = {"validation": 0.2, "penalty": nn.penalties.l2, "gradient_norms": True}
    plain, before = fitted(compile=False, **options)
    program, after = fitted(compile=backend, **options)
    for name in ("loss", "penalty", "gradient_norm", "val_loss"):
        np.testing.assert_allclose(before[name], after[name], rtol=2e-3)
    for p, q in zip(plain.parameters(), program.parameters(), strict=True):
        np.testing.assert_allclose(p.value, q.value, rtol=0.02, atol=5e-3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_seed_is_the_same_run_bit_for_bit(backend):
    first, second = fitted(compile=backend)[0], fitted(compile=backend)[0]
    for p, q in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        np.testing.assert_array_equal(p, q)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_compiled_run_that_is_resumed_ends_as_if_it_had_not_stopped(backend, tmp_path):
    path = tmp_path / "run.safetensors"
    whole, _ = fitted(compile=backend)
    model = nn.MLP([64, 16, 10], seed=0, dropout=0.2, batchnorm=True)
    common = {"loss": nn.CrossEntropyLoss(), "seed": 0, "progress": False, "compile": backend}

    def stop(run):
        run.stop()

    checkpoint = nn.Checkpoint(path)
    optimizer = nn.SGD(lr=0.1, momentum=0.9)
    more = {"callbacks": [stop], "checkpoint": checkpoint}
    nn.fit(model, DATA, optimizer=optimizer, epochs=2, **more, **common)
    again = nn.MLP([64, 16, 10], seed=5, dropout=0.2, batchnorm=True)
    optimizer = nn.SGD(lr=0.1, momentum=0.9)
    nn.fit(again, DATA, optimizer=optimizer, epochs=2, resume=path, **common)
    for p, q in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        np.testing.assert_array_equal(p, q)


def test_modules_of_ones_own_are_compiled_only_when_asked_for():
    from nn.training.compiling import backend_for

    class Mine(nn.Module):
        def forward(self, x):
            return x

    loss, many = nn.CrossEntropyLoss(), 10**6
    assert backend_for("auto", nn.MLP([2, 2]), [loss, None], many) == "auto"
    assert backend_for("auto", nn.MLP([2, 2]), [loss, None], 10) is None
    assert backend_for("auto", Mine(), [loss, None], many) is None
    assert backend_for("auto", nn.MLP([2, 2]), [lambda z, y: 0.0, None], many) is None
    assert backend_for(True, Mine(), [loss, None], 10) == "auto"
    assert backend_for(False, nn.MLP([2, 2]), [loss, None], many) is None
    with pytest.raises(nn.errors.ArgumentError, match="compile among"):
        backend_for("fast", Mine(), [loss], 10)
