"""Smooth models: limits that hold, the penalty by automatic differentiation, seeds that stay themselves."""

import numpy as np
import pytest
import torch

from imagination import lipschitz
from imagination.models.smooth import (
    Smoothing,
    jacobian_square,
    largest_singular_value,
    smooth_dynamics,
    smooth_reward,
    train_smooth,
)
from imagination.worlds.continuous import Transitions
from imagination.worlds.gymnasium import MAX_SPEED, PendulumStates, pendulum

SETTINGS = [Smoothing(), Smoothing(clip=0.1), Smoothing(spectral=0.7), Smoothing(penalty=0.1)]


@pytest.fixture(scope="module")
def data() -> Transitions:
    real = pendulum(np.full(2, 0.9), initial_speed=MAX_SPEED)
    rng = np.random.default_rng(3)
    state, action = real.initial.sample(rng, 300), rng.uniform(-1, 1, (2, 300, 1))
    following, reward = real.step(state, action)
    return Transitions(state, action, reward, following)


@pytest.fixture(scope="module")
def models(data):
    return smooth_dynamics(data, [5, 6], SETTINGS, steps=400)


def test_limits_hold_exactly(models):
    clipped, limited = models.take(np.array([2, 3])), models.take(np.array([4, 5]))
    weights = (clipped.hidden_state, clipped.hidden_action, clipped.output)
    assert max(np.abs(weight).max() for weight in weights) <= 0.1
    hidden = np.concatenate([limited.hidden_state, limited.hidden_action], axis=-1)
    for weight in (hidden, limited.output):
        assert np.linalg.norm(weight, 2, axis=(1, 2)).max() <= 0.7 * (1 + 1e-12)
    assert (limited.lipschitz() <= 0.49 * (1 + 1e-12)).all()
    assert (models.lipschitz()[:2] > 1).all()  # free models are steeper


def test_certified_constants_are_at_least_what_is_seen(models):
    states = PendulumStates(np.full(8, 15**0.5), np.full(8, MAX_SPEED))
    rng = np.random.default_rng(1)
    seen = lipschitz.jacobian_lipschitz(models, states.sample(rng, 400), rng.uniform(-1, 1, (8, 400, 1)))
    assert (seen <= models.lipschitz() * (1 + 1e-9)).all()
    assert (seen[6:] < 0.95 * seen[:2]).all()  # the penalty makes models less steep


def test_models_learn(data, models):
    shared = [np.tile(array, (4, 1, 1)) for array in (data.state, data.action, data.next_state)]
    error = np.linalg.norm(models(*shared[:2]) - shared[2], axis=-1).mean(1)
    mean = np.linalg.norm(data.next_state - data.next_state.mean(1, keepdims=True), axis=-1).mean(1)
    assert (error[:2] < 0.15 * mean).all()
    assert (error[2:4] > error[:2]).all()


def test_the_penalty_is_the_jacobian_by_automatic_differentiation():
    generator = torch.Generator().manual_seed(0)
    hidden, output, points = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((2, 5, 4), (2, 3, 5), (2, 6, 4))
    )
    slope = 1 - torch.tanh(points @ hidden.mT).square()
    found = jacobian_square(hidden, output, slope)
    for c in range(2):

        def network(x: torch.Tensor, c: int = c) -> torch.Tensor:
            return torch.tanh(x @ hidden[c].mT) @ output[c].mT

        jacobians = [torch.autograd.functional.jacobian(network, point) for point in points[c]]
        wanted = torch.stack([jacobian.square().sum() for jacobian in jacobians]).mean()
        torch.testing.assert_close(found[c], wanted)


@pytest.mark.parametrize("shape", [(3, 4, 7), (3, 7, 4)])
def test_largest_singular_values(shape):
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close(largest_singular_value(matrices), torch.linalg.matrix_norm(matrices, ord=2))


def test_a_seed_is_the_same_in_any_company(data, models):
    alone = smooth_dynamics(data.take(np.array([1])), [6], [SETTINGS[1]], steps=400)
    np.testing.assert_allclose(alone.output[0], models.output[3], atol=1e-4)
    np.testing.assert_allclose(alone.hidden_state[0], models.hidden_state[3], atol=1e-4)


def test_rewards_are_learned_too(data):
    judge = smooth_reward(data, [5, 6], [Smoothing()], steps=600, learning_rate=2e-2)
    error = np.abs(judge(data.state, data.action) - data.reward).mean()
    assert error < 0.15 * np.abs(data.reward - data.reward.mean()).mean()


@pytest.mark.parametrize("name", ["clip", "spectral", "penalty"])
def test_senseless_knobs_are_refused(name):
    with pytest.raises(ValueError, match=name):
        Smoothing(**{name: -1.0})


def test_senseless_training_is_refused(data):
    inputs = np.concatenate([data.state, data.action], axis=-1)
    with pytest.raises(ValueError, match="steps"):
        train_smooth(inputs, data.next_state, [1, 2], SETTINGS, steps=0)
    with pytest.raises(ValueError, match="learning_rate"):
        train_smooth(inputs, data.next_state, [1, 2], SETTINGS, learning_rate=0.0)
    with pytest.raises(ValueError, match="inputs"):
        train_smooth(inputs, data.next_state, [1, 2, 3], SETTINGS)
