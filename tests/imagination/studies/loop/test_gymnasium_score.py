"""Scores by Gymnasium itself: its own episodes, one at a time, give the same."""

import gymnasium
import numpy as np
import pytest
import torch

from imagination.reinforce.episodes import greedy, play
from imagination.reinforce.torch_policies import CategoricalPolicy, random_gaussian_policy
from imagination.studies.loop.gymnasium_score import in_gymnasium
from imagination.worlds.episodic import CartPole, Pendulum


def test_pendulums_are_those_that_gymnasium_plays_one_by_one():
    policy = random_gaussian_policy(torch.Generator().manual_seed(1), 2, 3, 1, width=4)
    found = in_gymnasium(policy, 2, 5)
    env = gymnasium.make("Pendulum-v1")
    for number, index in enumerate(np.ndindex(2, 2)):
        seen, _ = env.reset(seed=5 + number)
        total, cut = 0.0, False
        while not cut:
            state = torch.as_tensor(seen / np.array([1, 1, Pendulum.velocity_unit]))
            torque = greedy(policy)(state.expand(2, 1, 3))[0][index[0], 0]
            seen, reward, _, cut, _ = env.step((2 * torque).numpy().astype(np.float32))
            total += reward
        assert found[index] == pytest.approx(total, rel=1e-6)


def test_poles_fall_as_they_do_in_our_equal_of_it():
    # pushes the way the pole falls: a good policy, and one that looks at the angle alone
    weights = torch.tensor([[[0.2, 0.3, 1.0, 0.4]], [[0.0, 0.0, 1.0, 0.0]]], dtype=torch.float64)
    either = torch.tensor([[[-1.0], [1.0]]], dtype=torch.float64).expand(2, 2, 1)
    none = torch.zeros(2, 2, dtype=torch.float64)
    policy = CategoricalPolicy(weights, none[:, :1], either, none)
    found = in_gymnasium(policy, 400, 3)
    world = CartPole(2)
    start = world.start(400, torch.Generator().manual_seed(3))
    ours = play(world, greedy(policy), start, world.limit).returns().numpy()
    error = np.sqrt((found.var(axis=1) + ours.var(axis=1)) / 400)
    assert (np.abs(found.mean(axis=1) - ours.mean(axis=1)) <= 4 * error + 1e-9).all()
    assert found[0].mean() > 300 > 100 > found[1].mean() > 20
    with pytest.raises(ValueError, match="episodes"):
        in_gymnasium(policy, 0, 1)
