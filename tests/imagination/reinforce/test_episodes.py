"""REINFORCE on episodes that end: what is counted, what the gradient is, and that policies learn by it."""

import math
from dataclasses import replace

import pytest
import torch

from imagination.reinforce.episodes import Baseline, act, ascend, greedy, play, steps_used
from imagination.reinforce.gradients import mean_gradient
from imagination.reinforce.problems import THEOREM_2
from imagination.reinforce.sampling import Trajectories
from imagination.reinforce.torch_policies import random_categorical_policy, random_gaussian_policy
from imagination.reinforce.training import Adam, Ascent
from imagination.worlds.episodic import CartPole, Pendulum


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


class Fixed:
    """A baseline that knows a number, zero unless told, or one for every state, and never learns."""

    def __init__(self, known=0.0):
        self.known = known

    def __call__(self, state):
        return self.known

    def fit(self, state, target, alive):
        """Learn nothing."""


def test_an_episode_counts_until_it_ends_and_stays_put_afterwards(generator):
    world, policy = CartPole(2), random_categorical_policy(generator, 2, 4, 2, width=4)
    seen = play(world, act(policy, generator), world.start(30, generator), 200)
    length = seen.alive.sum(2)
    assert seen.alive.shape[2] == length.max() < 200  # it stops when all are over
    assert (seen.returns() == length).all()  # one unit of reward a step
    assert (seen.ended.sum(2) == 1).all()
    assert (seen.ended.double().argmax(2) + 1 == length).all()
    assert (world.over(seen.following.flatten(1, 2)).unflatten(1, (30, -1)) & seen.alive == seen.ended).all()
    over = ~seen.alive[:, :, 1:-1]
    assert (seen.state[:, :, 2:][over] == seen.state[:, :, 1:-1][over]).all()
    assert (steps_used(seen) == length.sum(1)).all()
    powers = 0.9 ** torch.arange(length.max(), dtype=torch.float64)
    torch.testing.assert_close(seen.returns(0.9), (seen.reward * powers).sum(2))


def test_the_greedy_policy_takes_the_likeliest_action(generator):
    state = torch.randn((2, 9, 4), generator=generator, dtype=torch.float64)
    policy = random_categorical_policy(generator, 2, 4, 2)
    choice, control = greedy(policy)(state)
    assert (choice == policy.probabilities(state).argmax(-1)).all()
    assert (control[..., 0] == 2 * choice - 1).all()
    steep = random_gaussian_policy(generator, 2, 4, 1)
    control = greedy(steep)(3 * state)[1]
    torch.testing.assert_close(control, steep.mean(3 * state).clamp(-1, 1))


def test_a_step_without_baseline_is_along_the_gradient_of_theorem_2(generator):
    world, policy = Pendulum(3), random_gaussian_policy(generator, 3, 3, 1, width=4)
    seen = play(world, act(policy, generator), world.start(20, generator), 15)
    gamma = torch.full((3,), 0.9, dtype=torch.float64)
    trajectories = Trajectories(seen.state, seen.choice, seen.reward)
    along = mean_gradient(policy, trajectories, THEOREM_2, gamma)
    moved = ascend(policy, seen, 0.9, Ascent(1e-3), Fixed()).flat() - policy.flat()
    cosine = torch.nn.functional.cosine_similarity(moved, along, dim=1)
    torch.testing.assert_close(cosine, torch.ones_like(cosine))


def test_what_follows_an_end_has_no_part_in_the_step(generator):
    world, policy = CartPole(1), random_categorical_policy(generator, 1, 4, 2, width=4)
    seen = play(world, act(policy, generator), world.start(8, generator), 100)
    over = ~seen.alive
    assert over.any()
    other = type(seen)(
        torch.where(over[..., None], 7.0, seen.state),
        torch.where(over, 0, seen.choice),
        *list(vars(seen).values())[2:],
    )
    steps = [ascend(policy, each, 0.9, Ascent(1e-3), Fixed()).flat() for each in (seen, other)]
    torch.testing.assert_close(*steps)


def test_the_baseline_learns_values_and_ignores_what_is_over(generator):
    state = torch.randn((2, 40, 10, 3), generator=generator)
    target = torch.sin(state[..., 0]) + 0.5 * state[..., 1]
    alive = torch.rand((2, 40, 10), generator=generator) < 0.7
    baseline = Baseline(generator, 2, 3, 24, 1.0)
    assert baseline(state) == 0.0
    baseline.fit(state, torch.where(alive, target, 1e6), alive)
    error = (baseline(state) - target)[alive]
    assert error.square().mean() < 0.05 * target.var()


def test_a_baseline_knows_only_the_rollouts_before(generator):
    world = Pendulum(2, torch.float32)
    policy = random_gaussian_policy(generator, 2, 3, 1, width=4, dtype=torch.float32)
    first, second = (play(world, act(policy, generator), world.start(20, generator), 15) for _ in range(2))
    baseline = Baseline(generator, 2, 3)

    def step(seen, with_baseline):
        return ascend(policy, seen, 0.9, Ascent(1e-3), with_baseline).flat()

    assert torch.equal(step(first, baseline), step(first, Fixed()))
    known = baseline(second.state)
    assert torch.equal(step(second, baseline), step(second, Fixed(known)))
    assert not torch.equal(baseline(second.state), known)


def test_an_entropy_bonus_alone_makes_policies_less_decided(generator):
    world, policy = CartPole(2), random_categorical_policy(generator, 2, 4, 2, width=4)
    seen = play(world, act(policy, generator), world.start(4000, generator), 1)
    seen = replace(seen, reward=torch.zeros_like(seen.reward))

    def entropy(policy):
        return torch.special.entr(policy.probabilities(seen.state)).sum(-1).mean((1, 2))

    after = ascend(policy, seen, 0.9, Ascent(0.01), Fixed(), entropy=1.0)
    assert (entropy(after) > entropy(policy)).all()


def test_a_policys_spread_is_kept_above_the_least(generator):
    world, policy = Pendulum(1), random_gaussian_policy(generator, 1, 3, 1, width=4, std=0.21)
    seen = play(world, act(policy, generator), world.start(5, generator), 5)
    after = ascend(policy, seen, 0.9, Ascent(50.0), Fixed(), least_std=0.2)
    assert after.log_std.min() >= math.log(0.2)


def test_poles_are_balanced_longer_after_a_few_steps_of_it(generator):
    torch.set_num_threads(1)
    world = CartPole(3, torch.float32)
    policy = random_categorical_policy(generator, 3, 4, 2, width=16, dtype=torch.float32)
    baseline = Baseline(generator, 3, 4, 16, 1.0)
    lengths, optimiser = [], Adam(0.03)
    for _ in range(15):
        seen = play(world, act(policy, generator), world.start(30, generator), 200)
        lengths.append(seen.returns().mean(1))
        policy = ascend(policy, seen, 0.99, optimiser, baseline)
    assert (lengths[-1] > 2.5 * lengths[0]).all()
