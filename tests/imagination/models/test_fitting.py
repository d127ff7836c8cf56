"""How networks are trained: units, Adam, batches, the descent, and layers that are what they say."""

import numpy as np
import pytest
import torch

from imagination.models import fitting
from imagination.models.fitting import Layers, Units
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
    inputs[1] *= 3  # a network's data have units of their own
    inputs[..., 2] = 8.0  # never changes
    units = Units.of(inputs, targets)
    x, y = units.scaled(inputs, targets)
    for scaled in (x[..., :2], y):
        np.testing.assert_allclose(scaled.std(axis=1), 1)
        np.testing.assert_allclose(scaled.mean(axis=1), 0, atol=1e-12)
    spread, mean = targets.std(axis=1, keepdims=True), targets.mean(axis=1, keepdims=True)
    found = values(units.folded(layers), inputs)
    np.testing.assert_allclose(found, mean + spread * values(layers, x), rtol=1e-9)


def test_adam_is_torchs():
    generator, dtype = torch.Generator().manual_seed(1), torch.float64
    ours = [torch.randn(shape, generator=generator, dtype=dtype) for shape in ((3, 5), (7,))]
    theirs = [part.clone().requires_grad_() for part in ours]
    adam, optimiser = fitting.Adam(), torch.optim.Adam(theirs, lr=1.0)
    for step in range(30):
        gradients = [torch.randn(part.shape, generator=generator, dtype=dtype) for part in ours]
        gradients[1] *= 1e-8  # where epsilon counts
        adam.step(ours, gradients, 0.1 / (step + 1))
        optimiser.param_groups[0]["lr"] = 0.1 / (step + 1)
        for part, gradient in zip(theirs, gradients, strict=True):
            part.grad = gradient
        optimiser.step()
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-14)


def test_the_descent_takes_each_batch_once_at_its_rate():
    weight, rates = torch.zeros(1, 1, requires_grad=True), fitting.cooling(0.2, 4)
    np.testing.assert_allclose(
        [rates(step) for step in range(4)], [0.2, 0.1 + 0.1 * 0.5**0.5, 0.1, 0.1 - 0.1 * 0.5**0.5]
    )
    seen = []

    def loss(batch: torch.Tensor) -> torch.Tensor:
        seen.append(batch)
        return (weight - batch).sum(1)  # of slope 1: Adam's steps are the rates

    steps = fitting.descend([weight], fitting.by_autograd(loss, [weight]), torch.eye(4)[:, None], rates)
    reached = [(step, weight.item()) for step in steps]
    assert [step for step, _ in reached] == [1, 2, 3, 4]
    np.testing.assert_allclose(
        [at for _, at in reached], -np.cumsum([rates(step) for step in range(4)]), rtol=1e-6
    )
    assert torch.equal(torch.stack(seen), torch.eye(4)[:, None])


def test_a_pass_shows_every_sample_once_in_each_seeds_own_order():
    batches = list(fitting.passes(fitting.generators_of([1, 2]), 10, 4, 2))
    assert [tuple(batch.shape) for batch in batches] == [(2, 4), (2, 4), (2, 2)] * 2
    one, two = torch.cat(batches[:3], 1), torch.cat(batches[3:], 1)
    for order in (*one, *two):
        assert sorted(order.tolist()) == list(range(10))
    assert not torch.equal(one[0], one[1]) and not torch.equal(one, two)
    for batch in fitting.draws(fitting.generators_of([1, 2]), 10, 400, 3):
        assert batch.shape == (2, 400) and set(batch[0].tolist()) == set(range(10))
        assert not torch.equal(batch[0], batch[1])
    for make in (fitting.passes, fitting.draws):  # in any company
        (pair, *_), (alone, *_) = (make(fitting.generators_of(seeds), 10, 4, 1) for seeds in ([1, 2], [2]))
        assert torch.equal(pair[1:], alone)


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
    with pytest.raises(ValueError, match="epochs must be a whole number, at least 1, got 0"):
        fitting.check_options(0.1, width=3, epochs=0)
    with pytest.raises(ValueError, match="learning_rate must be finite and > 0, got nan"):
        fitting.check_options(float("nan"), width=3)
