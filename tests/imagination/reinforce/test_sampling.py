"""Worlds for torch policies are the systems they wrap; labels add what they say."""

import numpy as np
import pytest
import torch

from imagination.reinforce.sampling import ContinuousWorld, Labels, TabularWorld, sample
from imagination.reinforce.torch_policies import (
    TabularPolicy,
    random_categorical_policy,
    random_gaussian_policy,
)
from imagination.rollouts import rollout
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.makers import garnet


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_rollouts_in_a_continuous_world_are_those_of_the_rollout_engine():
    mdp = linear_quadratic(np.random.default_rng(0), L_f=np.array([0.7, 0.9]), discount=np.array([0.9, 0.8]))
    world = ContinuousWorld(mdp)
    drawn = sample(world, random_gaussian_policy(generator(), 2, 4, 2, width=6), 5, 7, generator(1))
    actions = iter(drawn.action.unbind(2))
    replayed = rollout(world.mdp, lambda state: next(actions), drawn.state[:, :, 0], 7)
    assert torch.equal(replayed.rewards, drawn.reward)
    assert torch.equal(replayed.states[:, :, :-1], drawn.state)


def test_process_noise_has_the_deviation_asked_for():
    mdp = linear_quadratic(
        np.random.default_rng(0), L_f=np.array([0.1]), discount=np.array([0.9]), radius=9.0
    )
    state, action = (
        torch.zeros(1, 20_000, 4, dtype=torch.float64),
        torch.zeros(1, 20_000, 2, dtype=torch.float64),
    )
    moved, _ = ContinuousWorld(mdp, process_noise=0.3).step(state, action, generator())
    assert abs(float(moved.std()) / 0.3 - 1) < 4.5 / (2 * 80_000) ** 0.5
    assert torch.equal(ContinuousWorld(mdp).step(state, action, generator())[0], state)


@pytest.mark.parametrize("one_hot", [False, True])
def test_tabular_worlds_step_with_their_probabilities(one_hot):
    mdp = garnet(2, 4, 3, 3, np.array([0.9, 0.5]), np.random.default_rng(0))
    world = TabularWorld(mdp, one_hot=one_hot)
    count = 30_000
    start = world.start(count, generator())
    index = start.argmax(-1) if one_hot else start
    assert index.shape == (2, count) and start.shape == ((2, count, 4) if one_hot else (2, count))
    here = torch.full((2, count), 1)
    state = torch.nn.functional.one_hot(here, 4).double() if one_hot else here
    following, reward = world.step(state, torch.full((2, count), 2), generator(1))
    following = following.argmax(-1) if one_hot else following
    for b in range(2):
        assert torch.all(reward[b] == mdp.reward[b, 1, 2])
        p = mdp.transition[b, 1, 2]
        frequency = np.bincount(following[b].numpy(), minlength=4) / count
        assert np.all(np.abs(frequency - p) <= 4.5 * np.sqrt(p * (1 - p) / count))


def test_one_hot_states_let_networks_act_in_tabular_worlds():
    mdp = garnet(2, 4, 3, 3, 0.9, np.random.default_rng(0))
    drawn = sample(
        TabularWorld(mdp, one_hot=True), random_categorical_policy(generator(), 2, 4, 3), 5, 6, generator()
    )
    states = drawn.state.argmax(-1)
    assert torch.equal(drawn.state.sum(-1), torch.ones(2, 5, 6, dtype=torch.float64))
    expected = mdp.reward[np.arange(2)[:, None, None], states.numpy(), drawn.action.numpy()]
    np.testing.assert_array_equal(drawn.reward.numpy(), expected)


def test_labels_add_the_noise_and_the_bias_asked_for():
    mdp = garnet(2, 4, 3, 3, 0.9, np.random.default_rng(0))
    policy = TabularPolicy(torch.zeros(2, 4, 3, dtype=torch.float64))
    drawn = sample(TabularWorld(mdp), policy, 4000, 5, generator())
    table = torch.arange(12.0, dtype=torch.float64).reshape(4, 3)
    labels = Labels(torch.tensor([0.0, 2.0]), bias=lambda state, action: table[state, action])
    added = labels(drawn, generator(1)) - drawn.reward - table[drawn.state, drawn.action]
    assert float(added[0].abs().max()) < 1e-12
    assert abs(float(added[1].std()) / 2 - 1) < 4.5 / (2 * 20_000) ** 0.5
    assert abs(float(added[1].mean())) < 4.5 * 2 / 20_000**0.5
    assert Labels()(drawn, generator()) is drawn.reward


def test_bad_input_is_named():
    mdp = garnet(2, 4, 3, 3, 0.9, np.random.default_rng(0))
    policy = TabularPolicy(torch.zeros(2, 4, 3, dtype=torch.float64))
    with pytest.raises(ValueError, match="horizon must be a whole number, at least 1, got 0"):
        sample(TabularWorld(mdp), policy, 3, 0, generator())
    with pytest.raises(ValueError, match="for each of 1 worlds, got 2"):
        sample(TabularWorld(mdp[:1]), policy, 3, 2, generator())
    drawn = sample(TabularWorld(mdp), policy, 3, 2, generator())
    with pytest.raises(ValueError, match="sigma must be finite and >= 0"):
        Labels(-1.0)(drawn, generator())
    with pytest.raises(ValueError, match=r"sigma must be a number or an array of shape \(2,\)"):
        Labels(torch.ones(3))(drawn, generator())
