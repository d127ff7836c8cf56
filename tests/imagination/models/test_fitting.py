"""What trainers share: units of the data, the rate's fall, and networks that are what they say."""

import numpy as np
import pytest
import torch

from imagination.models import fitting
from imagination.models.fitting import Layers
from imagination.worlds.teacher import NetworkDynamics


def values(layers: Layers, inputs: np.ndarray) -> np.ndarray:
    units = np.tanh(inputs @ np.swapaxes(layers.hidden, 1, 2) + layers.bias[:, None])
    return units @ np.swapaxes(layers.output, 1, 2) + layers.offset[:, None]


@pytest.fixture
def layers() -> Layers:
    rng = np.random.default_rng(2)
    return Layers(*(rng.standard_normal(shape) for shape in ((2, 5, 3), (2, 5), (2, 4, 5), (2, 4))))


def test_units_are_taken_off_the_data_and_folded_back_into_the_layers(layers):
    rng = np.random.default_rng(3)
    inputs, targets = 100 + 7 * rng.standard_normal((2, 50, 3)), 5 * rng.standard_normal((2, 50, 4)) - 30
    inputs[..., 2] = 8.0  # never changes
    shown = {}

    def train(x: np.ndarray, y: np.ndarray, seeds: list[int]) -> Layers:
        shown.update(x=x, y=y, seeds=seeds)
        return layers

    found = fitting.normalised(train, inputs, targets, [4, 5])
    assert shown["seeds"] == [4, 5]
    np.testing.assert_allclose(shown["x"][..., :2].std(axis=1), 1)
    np.testing.assert_allclose(shown["x"].mean(axis=1), 0, atol=1e-12)
    spread, mean = targets.std(axis=1, keepdims=True), targets.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(values(found, inputs), mean + spread * values(layers, shown["x"]), rtol=1e-9)


def test_the_rate_falls_to_nothing_along_half_a_cosine():
    weight = torch.zeros(1, requires_grad=True)
    rates = []
    for adam in fitting.descent([weight], 4, 0.2):
        rates.append(adam.param_groups[0]["lr"])
        adam.zero_grad()
        (weight - 1).square().sum().backward()
        adam.step()
    np.testing.assert_allclose(rates, [0.2, 0.1 + 0.1 * 0.5**0.5, 0.1, 0.1 - 0.1 * 0.5**0.5])
    assert weight.item() > 0.3


def test_layers_as_networks_of_state_and_action(layers):
    rng = np.random.default_rng(4)
    state, action = rng.standard_normal((2, 6, 2)), rng.standard_normal((2, 6, 1))
    network = NetworkDynamics(**layers.parts(2))
    np.testing.assert_allclose(network(state, action), values(layers, np.concatenate([state, action], -1)))
    stacked = [torch.as_tensor(layer) for layer in layers[:4]]
    found = fitting.through(stacked, torch.as_tensor(np.concatenate([state, action], -1)))
    np.testing.assert_allclose(found, network(state, action))


def test_copies_of_a_seed_start_alike_and_seeds_do_not():
    start = fitting.start_layers(fitting.generators_of([1, 2]), (3, 8, 2), copies=2)
    assert [tuple(layer.shape) for layer in start] == [(4, 8, 3), (4, 8), (4, 2, 8), (4, 2)]
    for layer in start:
        assert torch.equal(layer[:2], layer[2:]) and not torch.equal(layer[0], layer[1])


def test_senseless_options_are_named():
    with pytest.raises(ValueError, match="epochs must be >= 1, got 0"):
        fitting.check_options(0.1, width=3, epochs=0)
    with pytest.raises(ValueError, match="learning_rate must be > 0, got nan"):
        fitting.check_options(float("nan"), width=3)
