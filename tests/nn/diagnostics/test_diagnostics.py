"""Looking inside models: numbers worked out by hand, and that nothing of the model changes."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from nn import diagnostics as look
from nn.diagnostics.filters import sheet


@pytest.fixture
def model():
    return nn.MLP([4, 6, 5, 3], seed=0, dtype=np.float64)


def test_watching_sees_every_call_and_no_other_model(model, rng):
    other = nn.Linear(4, 2)
    x = rng.normal(size=(7, 4))
    with look.watch(model) as calls:
        out = model(x)
        other(x)
    assert [call.name for call in calls] == ["0", "1", "2", "3", "4", ""]
    assert calls[-1].result is out
    np.testing.assert_array_equal(calls[1].values, np.maximum(calls[0].values, 0))
    with look.watch(model) as later:
        pass
    model(x)
    assert later == []


def test_the_profile_has_the_variances_of_signals_and_gradients(model, rng):
    x, y = rng.normal(size=(9, 4)), rng.integers(0, 3, 9)
    profile = look.variance_profile(model, x, y, nn.CrossEntropyLoss())
    assert profile.names == ("0", "1", "2", "3", "4")
    assert profile.kinds == ("Linear", "ReLU", "Linear", "ReLU", "Linear")
    by_hand = nn.backprop_by_hand(model, x, y)
    np.testing.assert_allclose(
        profile.of("Linear").backward, [np.var(d) for d in by_hand.delta], rtol=1e-12
    )
    z = x @ model[0].weight.value.T + model[0].bias.value
    assert profile.forward[0] == pytest.approx(np.var(z))
    assert profile.forward[1] == pytest.approx(np.var(np.maximum(z, 0)))
    assert np.isnan(look.variance_profile(model, x).backward).all()


def test_a_profile_changes_nothing(rng):
    model = nn.Sequential(
        nn.Linear(4, 6, seed=0), nn.BatchNorm(6), nn.ReLU(), nn.Dropout(0.5, seed=1)
    )
    model.parameters()[0].grad = np.ones((6, 4), np.float32)
    before = model.state_dict()
    states = [g.bit_generator.state for _, g in model.named_generators()]
    x = rng.normal(size=(8, 4))
    look.variance_profile(model, x, np.zeros((8, 6)), nn.MSELoss(), training=True)
    after = model.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert states == [g.bit_generator.state for _, g in model.named_generators()]
    assert model.training
    np.testing.assert_array_equal(model.parameters()[0].grad, 1)
    assert model.parameters()[1].grad is None


def test_he_keeps_the_variance_of_a_relu_net_and_glorot_lets_it_fall(rng):
    x = rng.normal(size=(400, 100))
    sizes = [100] * 21
    he, glorot = (
        look.variance_profile(nn.MLP(sizes, init=init, seed=0), x).of("Linear").forward
        for init in ("he", "glorot")
    )
    assert 0.2 < he[-1] / he[0] < 5
    assert glorot[-1] / glorot[0] == pytest.approx(0.5**19, rel=0.9)


def test_dead_units_are_those_that_are_zero_for_every_row():
    model = nn.Sequential(nn.Linear(1, 3, seed=0, dtype=np.float64), nn.ReLU())
    model[0].weight.assign(np.array([[1.0], [-1.0], [1.0]]))
    model[0].bias.assign(np.array([0.0, 0.0, -5.0]))
    found = look.dead_units(model, np.array([[1.0], [2.0]]))
    assert found["1"].tolist() == [False, True, True]


def test_histograms_count_every_value(model, rng):
    x = rng.normal(size=(10, 4))
    for h in look.activation_histograms(model, x, bins=7):
        assert h.counts.shape == (7,)
        assert h.edges.shape == (8,)
    assert [h.counts.sum() for h in look.weight_histograms(model)] == [24, 6, 30, 5, 15, 3]
    with pytest.raises(nn.ArgumentError, match="bins expected a positive whole number"):
        look.weight_histograms(model, bins=0)


def test_filters_are_the_first_layers_weights():
    model = nn.MLP([6, 4, 2], seed=0)
    pictures = look.filters(model, shape=(2, 3))
    np.testing.assert_array_equal(pictures[1].ravel(), model[0].weight.value[1])
    with pytest.raises(nn.ShapeError, match="6 inputs for pictures of 2 × 2"):
        look.filters(model)
    with pytest.raises(nn.ArgumentError, match="a model with a Linear layer"):
        look.filters(nn.Sequential(nn.ReLU()))


def test_a_sheet_of_filters_has_each_at_its_place():
    pictures = np.arange(3 * 2 * 2, dtype=float).reshape(3, 2, 2)
    canvas = sheet(pictures, 2)
    assert canvas.shape == (5, 5)
    np.testing.assert_allclose(canvas[3:, :2], [[0, 1 / 3], [2 / 3, 1]])
    assert (canvas[2] == 1).all()


def test_gradient_norms_are_nan_before_backward(model):
    assert all(np.isnan(v) for v in look.gradient_norms(model).values())
    norms = look.GradientNorms()
    assert norms.history == {}
    norms(model)
    assert norms.names[0] == "0.weight"


def test_a_path_follows_the_update_rule():
    path = look.descent_path(lambda w: 0.5 * (w**2).sum(), [1.0], nn.SGD(lr=0.5, momentum=0.5), 3)
    # a: 0.5, then 0.25 + 0.25 = 0.5, then 0.25 + 0.0 = 0.25
    np.testing.assert_allclose(path.ravel(), [1.0, 0.5, 0.0, -0.25])


def test_plots_are_labelled(model, rng, tmp_path):
    x, y = rng.normal(size=(9, 4)), rng.integers(0, 3, 9)
    profile = look.variance_profile(model, x, y, nn.CrossEntropyLoss()).plot(tmp_path / "p.png")
    assert [ax.get_ylabel() for ax in profile] == [
        "variance of the signal",
        "variance of the gradient",
    ]
    look.plot_histograms(look.activation_histograms(model, x), tmp_path / "h.png")
    look.plot_filters(look.filters(model), tmp_path / "f.png")
    matrix = nn.confusion_matrix(model.predict(x), y)
    look.plot_confusion(matrix, ["a", "b", "c"], tmp_path / "c.png")
    look.plot_path(
        lambda w: w[0] ** 2 + w[1] ** 2, np.array([[1.0, 1.0], [0.5, 0.2]]), tmp_path / "w.png"
    )
    assert sorted(f.stem for f in tmp_path.iterdir()) == ["c", "f", "h", "p", "w"]
    with pytest.raises(nn.ShapeError, match="plot_confusion expected shape"):
        look.plot_confusion([[1, 2]])


def test_a_confusion_matrix_colours_mistakes_and_not_what_is_right(tmp_path):
    axes = look.plot_confusion([[90, 10, 0], [0, 48, 2], [0, 0, 0]], where=tmp_path / "c.png")
    (image,) = axes[0].images
    shares = image.get_array()
    assert np.array_equal(shares.mask, np.eye(3, dtype=bool))
    assert image.get_clim() == (0.0, 0.1)
    assert shares[1, 2] == 0.04
    assert look.plot_confusion([[3]], where=tmp_path / "one.png")[0].images[0].get_clim() == (0, 1)
