"""The identity with ends: the parts add up to the gap, and are those that rollouts branch by branch give."""

import numpy as np
import pytest
import torch

from imagination.reinforce.episodes import Episodes, greedy, play
from imagination.reinforce.torch_policies import random_gaussian_policy
from imagination.studies.loop import diagnostics
from imagination.studies.loop.gymnasium_gap import decompose, values
from imagination.worlds.episodic import CartPole, Pendulum, Stepped


class Wrong:
    """A world that is off a little in everything, and thinks that episodes end elsewhere."""

    def __init__(self, real, motion=0.0, reward=0.0, track=1.0):
        self.real, self.motion, self.reward, self.track = real, motion, reward, track
        self.batch_size = real.batch_size

    def step(self, state, action):
        """The real step, and what is wrong with it."""
        after = self.real.step(state, action)
        moved = after.state + self.motion * torch.sin(5 * after.state)
        return Stepped(moved, after.reward + self.reward * state[..., 0], self.over(moved))

    def over(self, state):
        """Where it thinks that episodes end."""
        return self.real.over(state / self.track)


def balancing(state):
    """Pushes the way the pole falls, though not well enough for ever."""
    lean = state[..., 2] + 0.4 * state[..., 3] + 0.2 * state[..., 0] + 0.3 * state[..., 1]
    push = torch.where(lean > 0, 1.0, -1.0).double()[..., None]
    return push, push


def start(world, count: int = 12, wider: float = 4.0) -> torch.Tensor:
    return wider * world.start(count, torch.Generator().manual_seed(1))


@pytest.mark.parametrize("horizon", [1, 7, 80])
@pytest.mark.parametrize("track", [0.3, 1.0, 1.7])
def test_the_parts_add_up_for_every_episode_and_discount(horizon, track):
    real = CartPole(2)
    wrong, discounts = Wrong(real, motion=0.02, reward=0.3, track=track), (1.0, 0.93)
    parts = decompose(real, wrong, balancing, start(real), horizon, discounts)
    found = (parts.reward + parts.motion + parts.ending).sum(-1)
    for index, gamma in enumerate(discounts):
        gap = parts.imagined.returns(gamma) - parts.real.returns(gamma)
        torch.testing.assert_close(found[index], gap, rtol=0, atol=1e-9)
    if horizon == 80:
        assert (found[0].abs() > 0.1).double().mean() > 0.8  # there is a gap to be taken apart
        assert (parts.ending.abs().sum() > 0) == (track != 1.0)


def test_each_cause_shows_in_its_own_part():
    real = CartPole(1)

    def parts(**wrong):
        found = decompose(real, Wrong(real, **wrong), balancing, start(real), 60, (1.0,))
        return [part.abs().sum().item() for part in (found.reward, found.motion, found.ending)]

    assert parts() == [0, 0, 0]
    reward, motion, ending = parts(reward=0.1)
    assert reward > 0 and motion == ending == 0
    reward, motion, ending = parts(motion=0.02)
    assert motion > 0 and reward == ending == 0
    reward, motion, ending = parts(track=0.5)
    assert ending > 0 and reward == motion == 0


def test_without_ends_it_is_the_decomposition_branch_by_branch():
    real = Pendulum(2)
    policy = random_gaussian_policy(torch.Generator().manual_seed(2), 2, 3, 1, width=8)
    wrong = Wrong(real, motion=0.02, reward=0.3)
    begin = start(real, 5, 1.0)
    ours = decompose(real, wrong, greedy(policy), begin, 20, (0.9,))

    def plain(world):
        def step(state, action):
            after = world.step(torch.as_tensor(state), torch.as_tensor(action))
            return after.state.numpy(), after.reward.numpy()

        return step

    def choose(state, _):
        return greedy(policy)(torch.as_tensor(state))[1].numpy()

    theirs = diagnostics.decompose(plain(real), plain(wrong), choose, begin.numpy(), 20, 0.9)
    np.testing.assert_allclose(ours.reward[0].mean(1), theirs.reward, atol=1e-12)
    np.testing.assert_allclose(ours.motion[0].mean(1), theirs.dynamics, atol=1e-10)
    assert isinstance(ours.real, Episodes)


def test_values_are_returns_over_the_steps_that_remain():
    real = CartPole(2)
    dream = play(real, balancing, start(real, 3), 30)
    found = values(real, balancing, dream.state, 30, (1.0, 0.9))
    for time in (0, 4, 29):
        alone = play(real, balancing, dream.state[:, :, time], 30 - time)
        torch.testing.assert_close(found[0, :, :, time], alone.returns())
        torch.testing.assert_close(found[1, :, :, time], alone.returns(0.9))


def test_horizons_and_discounts_out_of_range_are_refused():
    real = CartPole(1)
    with pytest.raises(ValueError, match="horizon"):
        decompose(real, real, balancing, start(real), 0, (1.0,))
    with pytest.raises(ValueError, match="discounts"):
        decompose(real, real, balancing, start(real), 5, (1.5,))
