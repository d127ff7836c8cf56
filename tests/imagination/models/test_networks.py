"""Networks of many seeds: what torch computes, grouping without effect, units, certificates that hold."""

import numpy as np
import pytest
import torch

from imagination import lipschitz
from imagination.models.fitting import Layers
from imagination.models.least_squares import affine_dynamics, affine_reward
from imagination.models.networks import (
    RELU,
    SMOOTH,
    TANH,
    network_dynamics,
    network_reward,
    starting_layers,
    train,
)
from imagination.worlds.continuous import Transitions, UniformBall


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def data(rng: np.random.Generator, seeds: int, count: int, d_out: int = 3) -> tuple[np.ndarray, np.ndarray]:
    x = rng.standard_normal((seeds, count, 4)).astype(np.float32)
    weights = rng.standard_normal((seeds, 4, d_out))
    return x, np.tanh(x @ weights).astype(np.float32)


def smooth(rng: np.random.Generator, count: int = 1000) -> Transitions:
    s, a = rng.uniform(-2, 2, (count, 3)), rng.uniform(-1, 1, (count, 2))
    return Transitions(s, a, 3 * np.sin(s[:, 0]) + a[:, 1], s + 0.2 * np.tanh(s[:, ::-1] + a[:, :1]))


def value(students: Layers, x: np.ndarray) -> np.ndarray:
    hidden = np.maximum(x @ np.swapaxes(students.hidden, 1, 2) + students.bias[:, None], 0)
    out = hidden @ np.swapaxes(students.output, 1, 2) + students.offset[:, None]
    return np.tanh(out) if students.squash else out


@pytest.mark.parametrize("cooling", ["never", "by epoch", "by step"])
@pytest.mark.parametrize("squash", [False, True])
@pytest.mark.parametrize("d_out", [1, 3])
@pytest.mark.parametrize("kind", [RELU, TANH], ids=["relu", "tanh"])
def test_training_is_what_torch_modules_and_adam_do(rng, kind, squash, d_out, cooling):
    x, y = data(rng, 1, 40, d_out)
    options = {"squash": squash, "epochs": 6, "batch_size": 16, "learning_rate": 0.01, "cooling": cooling}
    ours = train(x, y, [5], kind=kind, width=8, **options)
    start = starting_layers([5], 4, 8, d_out, kind)
    unit = torch.nn.ReLU() if kind is RELU else torch.nn.Tanh()
    layers = [torch.nn.Linear(4, 8), unit, torch.nn.Linear(8, d_out)]
    network = torch.nn.Sequential(*layers, *[torch.nn.Tanh()] * squash).double()
    with torch.no_grad():
        for parameter, layer in zip(network.parameters(), start[:4], strict=True):
            parameter.copy_(torch.as_tensor(layer[0]))
    # The order of the data: the generator that drew the start goes on.
    generator = torch.Generator().manual_seed(5)
    kind.start(generator, 4, 8, d_out)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    inputs, targets = (torch.as_tensor(part[0], dtype=torch.float64) for part in (x, y))
    for step in range(18):
        if step % 3 == 0:
            batches = iter(torch.randperm(40, generator=generator).split(16))  # 16, 16 and 8
        done = {"never": 0, "by epoch": step // 3 / 6, "by step": step / 18}[cooling]
        optimiser.param_groups[0]["lr"] = 0.01 * (1 + np.cos(np.pi * done)) / 2
        rows = next(batches)
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(network(inputs[rows]), targets[rows]).backward()
        optimiser.step()
    # Eighteen steps of up to 0.01 have moved every layer far more than the two may differ.
    off = 2e-5 if kind is RELU else 1e-12
    for mine, theirs, before in zip(ours[:4], network.parameters(), start[:4], strict=True):
        np.testing.assert_allclose(mine[0], theirs.detach().numpy(), atol=off)
        assert np.abs(mine - before).max() > 0.01


def test_a_start_is_that_of_a_linear_layer():
    start = starting_layers(range(50), 16, 64, 12)
    for layer, fan_in in zip(start[:4], (16, 16, 64, 64), strict=True):
        # The hidden bias has the hidden layer's inputs.
        limit = fan_in**-0.5
        assert 0.98 * limit < np.abs(layer).max() <= limit
        np.testing.assert_allclose(layer.std(), limit / 3**0.5, rtol=0.05)


def test_smooth_networks_start_normal_each_layer_over_the_root_of_its_inputs():
    start = starting_layers(range(50), 16, 64, 12, TANH)
    for layer, spread in zip(start[:3], (1 / 4, 1, 1 / 8), strict=True):
        np.testing.assert_allclose(layer.std(), spread, rtol=0.05)
    assert not start.offset.any()


@pytest.mark.parametrize("options", [{}, SMOOTH], ids=["relu", "smooth"])
@pytest.mark.parametrize("group", [1, 2, 4, 7])
def test_grouping_changes_no_bit(rng, group, options):
    x, y = data(rng, 5, 300)
    options = dict(options) | {"width": 16, "epochs": 3, "batch_size": 64}
    together = train(x, y, [3, 4, 5, 6, 7], group=5, **options)
    grouped = train(x, y, [3, 4, 5, 6, 7], group=group, **options)
    alone = train(x[3:4], y[3:4], [6], **options)
    for one, two, three in zip(together[:4], grouped[:4], alone[:4], strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one[3], three[0])


def test_it_learns(rng):
    x, y = data(rng, 2, 2000)
    fit = train(x, y, [0, 1], width=32, epochs=60, learning_rate=1e-2)
    assert ((value(fit, x) - y) ** 2).mean() < 0.02 * y.var()


def test_shared_data_is_data_repeated_and_seeds_differ(rng):
    x, y = rng.standard_normal((200, 4)), rng.standard_normal((200, 3))
    for options in ({}, SMOOTH):
        options = dict(options) | {"width": 8, "epochs": 2}
        shared = train(x, y, [1, 2], **options)
        repeated = train(np.stack([x, x]), np.stack([y, y]), [1, 2], **options)
        np.testing.assert_array_equal(shared.output, repeated.output)
        assert np.abs(shared.output[0] - shared.output[1]).max() > 0.1


def test_after_every_epoch_the_networks_can_be_seen(rng):
    x, y = data(rng, 3, 100)
    x, y = 9 + 3 * x, 5 * y  # so that units count
    for normalise in (False, True):
        seen = []
        options = {"width": 4, "epochs": 2, "group": 2, "batch_size": 30, "normalise": normalise}
        last = train(x, y, [0, 1, 2], after_epoch=lambda *given, to=seen: to.append(given), **options)
        assert [(epoch, these.start) for epoch, these, _ in seen] == [(1, 0), (2, 0), (1, 2), (2, 2)]
        for part, whole in zip(seen[1][2][:4], last[:4], strict=True):
            np.testing.assert_array_equal(part, whole[:2])
        assert np.abs(seen[0][2].output - seen[1][2].output).max() > 0


def test_layers_come_back_in_the_units_of_the_data(rng):
    x = 100 + 7 * rng.standard_normal((1, 400, 2))
    y = -50 + 0.3 * x @ np.array([[1.0], [-1.0]])
    options = {"width": 32, "epochs": 150, "batch_size": 50, "learning_rate": 1e-2}
    found = train(x, y, [0], **{**SMOOTH, **options})
    units = np.tanh(x @ np.swapaxes(found.hidden, 1, 2) + found.bias[:, None])
    values = units @ np.swapaxes(found.output, 1, 2) + found.offset[:, None]
    assert np.sqrt(np.mean((values - y) ** 2)) < 0.03 * y.std()


def test_networks_learn_what_affine_models_cannot_and_are_certified(rng):
    data, options = smooth(rng, 4000), {"width": 32, "epochs": 40, "learning_rate": 1e-2}
    f, r = network_dynamics(data, [0, 1], **options), network_reward(data, [0, 1], **options)
    fresh = smooth(rng, 500)
    s, a = (np.stack([part, part]) for part in (fresh.state, fresh.action))
    rival = data.take(np.arange(4000)[None])
    for learned, affine, truth in (
        (f, affine_dynamics(rival), fresh.next_state),
        (r, affine_reward(rival), fresh.reward),
    ):
        by_affine = np.sqrt(np.mean((affine(s[:1], a[:1]) - truth) ** 2))
        assert (
            np.sqrt(np.mean((learned(s, a) - truth) ** 2)) < by_affine / 2
        )  # at least half of what no affine map can fit
    domains = UniformBall(np.full(2, 3.0), 3), UniformBall(np.full(2, 2.0), 2)
    for map_ in (f, r):
        observed = lipschitz.sampled_lipschitz(map_, *domains, rng, 1000)
        assert np.all(observed <= map_.lipschitz() * (1 + 1e-9))


def test_constant_columns_do_no_harm(rng):
    x = np.concatenate([rng.standard_normal((1, 50, 2)), np.ones((1, 50, 1))], axis=-1)
    found = train(x, np.zeros((1, 50, 1)), [0], **{**SMOOTH, "width": 4, "epochs": 2})
    assert all(np.isfinite(part).all() for part in found)


def test_bad_input_is_refused(rng):
    x, y = data(rng, 2, 20)
    for change, match in (
        ({"epochs": 0}, "epochs"),
        ({"width": 0}, "width"),
        ({"group": 0}, "group"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"cooling": "soon"}, "cooling"),
        ({"squash": True, "normalise": True}, "squash"),
    ):
        with pytest.raises(ValueError, match=match):
            train(x, y, [0, 1], **change)
    with pytest.raises(ValueError, match="inputs"):
        train(x, y, [0])
    with pytest.raises(ValueError, match="targets"):
        train(x, y[:, :5], [0, 1])
