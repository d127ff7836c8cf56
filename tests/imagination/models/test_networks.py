"""Networks for many seeds at once: gradients by hand, grouping without effect, certificates that hold."""

import numpy as np
import pytest
import torch

from imagination import lipschitz
from imagination.models.least_squares import affine_dynamics, affine_reward
from imagination.models.networks import network_dynamics, network_reward, train
from imagination.worlds.continuous import Transitions, UniformBall


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(9)


def smooth(rng: np.random.Generator, count: int = 1000) -> Transitions:
    s, a = rng.uniform(-2, 2, (count, 3)), rng.uniform(-1, 1, (count, 2))
    return Transitions(s, a, 3 * np.sin(s[:, 0]) + a[:, 1], s + 0.2 * np.tanh(s[:, ::-1] + a[:, :1]))


def test_one_step_by_hand_is_one_step_by_autograd(rng):
    x, y = rng.standard_normal((1, 64, 4)), rng.standard_normal((1, 64, 2))
    x, y = ((data - data.mean(1, keepdims=True)) / data.std(1, keepdims=True) for data in (x, y))
    found = train(x, y, [3], width=8, epochs=1, batch_size=64, learning_rate=0.05)
    # The same draw of weights, the loss by torch's own layers, one step of Adam.
    padded = 128
    flat = torch.randn(padded, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    hidden, bias, output = flat[:32].view(8, 4) / 2, flat[32:40], flat[40:56].view(2, 8) / 8**0.5
    parameters = [
        p.clone().requires_grad_() for p in (hidden, bias, output, torch.zeros(2, dtype=torch.float64))
    ]
    layer = torch.tanh(torch.as_tensor(x[0]) @ parameters[0].T + parameters[1])
    loss = ((layer @ parameters[2].T + parameters[3] - torch.as_tensor(y[0])) ** 2).mean()
    optimiser = torch.optim.Adam(parameters, lr=0.05)
    loss.backward()
    optimiser.step()
    for ours, theirs in zip(found[:4], parameters, strict=True):
        np.testing.assert_allclose(ours[0], theirs.detach().numpy(), atol=1e-9)


def test_it_does_not_matter_which_seeds_are_trained_together(rng):
    x, y = rng.standard_normal((3, 500, 4)), rng.standard_normal((3, 500, 3))
    options = {"width": 16, "epochs": 4, "batch_size": 96}
    together = train(x, y, [3, 4, 5], **options)
    for c, seed in enumerate([3, 4, 5]):
        alone = train(x[c : c + 1], y[c : c + 1], [seed], **options)
        for ours, theirs in zip(together[:4], alone[:4], strict=True):
            np.testing.assert_array_equal(ours[c], theirs[0])
    pair = train(x[[2, 0]], y[[2, 0]], [5, 3], **options)
    np.testing.assert_array_equal(pair.output, together.output[[2, 0]])


def test_shared_data_is_data_repeated(rng):
    x, y = rng.standard_normal((200, 4)), rng.standard_normal((200, 3))
    shared = train(x, y, [1, 2], width=8, epochs=2)
    repeated = train(np.stack([x, x]), np.stack([y, y]), [1, 2], width=8, epochs=2)
    np.testing.assert_allclose(shared.output, repeated.output, rtol=1e-12)
    assert np.abs(shared.output[0] - shared.output[1]).max() > 0.1  # seeds differ


def test_layers_come_back_in_the_units_of_the_data(rng):
    x = 100 + 7 * rng.standard_normal((1, 400, 2))
    y = -50 + 0.3 * x @ np.array([[1.0], [-1.0]])
    found = train(x, y, [0], width=32, epochs=150, batch_size=50, learning_rate=1e-2)
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
    found = train(x, np.zeros((1, 50, 1)), [0], width=4, epochs=2)
    assert all(np.isfinite(part).all() for part in found)


def test_bad_input_is_refused():
    x, y = np.zeros((2, 5, 3)), np.zeros((2, 5, 1))
    for change, match in (
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"epochs": 0}, "epochs"),
        ({"width": 0}, "width"),
    ):
        with pytest.raises(ValueError, match=match):
            train(x, y, [0, 1], **change)
    with pytest.raises(ValueError, match="inputs"):
        train(x, y, [0])
    with pytest.raises(ValueError, match="targets"):
        train(x, y[:, :4], [0, 1])
