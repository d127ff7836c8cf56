"""Gradients through models of the pendulum: they are those of returns, and vanish in error with the model."""

import numpy as np
import pytest
import torch

from imagination.studies.model_slopes import on_pendulum, pathwise_gradient, slopes
from imagination.worlds.gymnasium import PendulumStates, pendulum
from imagination.worlds.policies import random_network_policy


@pytest.fixture(scope="module")
def world():
    return pendulum(np.array([0.95, 0.9])).to("torch")


def drawn(world, seed=0, count=5):
    rng = np.random.default_rng(seed)
    policy = random_network_policy(rng, np.ones(2), 3, 1).to("torch")
    states = PendulumStates(world.dynamics.velocity_unit.numpy(), np.ones(2))
    return policy, torch.as_tensor(states.sample(rng, count))


def test_a_gradient_is_that_of_differences(world):
    policy, start = drawn(world)

    def total(moved):
        state, found, weight = start, 0.0, 1.0
        for _ in range(6):
            state, reward = world.step(state, moved(state))
            found, weight = found + weight * reward.mean(1), weight * world.discount
        return found

    gradient = pathwise_gradient(world, policy, start, 6)
    aside = []
    for step in (1e-5, -1e-5):
        bias = policy.bias.clone()
        bias[:, 3] += step
        aside.append(total(policy.with_arrays({"bias": bias})))
    names, position = policy.arrays(), policy.hidden[0].numel() + 3
    assert list(names) == ["hidden", "bias", "output"]
    torch.testing.assert_close((aside[0] - aside[1]) / 2e-5, gradient[:, position], rtol=1e-5, atol=1e-8)


def test_slopes_are_those_of_differences(world):
    policy, start = drawn(world, seed=1)
    action = policy(start)
    found = slopes(world.dynamics, start, action)
    ends = [world.dynamics(start, action + step) for step in (1e-6, -1e-6)]
    torch.testing.assert_close((ends[0] - ends[1]) / 2e-6, found[..., 3], rtol=1e-5, atol=1e-7)
    assert found.shape == (2, 5, 3, 4)


def test_a_better_model_has_better_slopes_and_a_better_gradient():
    table = on_pendulum(np.random.default_rng(2), [(0.25, 8), (0.25, 100)], seeds=3, samples=300, starts=4)
    poor, good = (each for _, each in table.groupby("width"))
    for name in ("value", "slope", "error"):
        assert good[name].median() < 0.7 * poor[name].median(), name
    assert (good["cosine"] > 0.8).all() and len(table) == 6
