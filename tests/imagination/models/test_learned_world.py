"""Learned worlds: they predict what they were shown, ends above all the rare ones, and every seed its own."""

import pytest
import torch

from imagination.models.learned_world import LearnedWorld, Steps, _balanced_ends, learn
from imagination.worlds.episodic import CartPole

OPTIONS = {"width": 32, "epochs": 40, "learning_rate": 5e-3}


def shown(count: int, seed: int, spread: float = 0.7) -> Steps:
    """CartPole from anywhere, two seeds; few of the carts are near the edge of the track."""
    generator, world = torch.Generator().manual_seed(seed), CartPole(2)
    state = spread * torch.randn((2, count, 4), generator=generator, dtype=torch.float64)
    state[..., 0] *= 0.6
    action = 2.0 * torch.randint(2, (2, count, 1), generator=generator) - 1
    after = world.step(state, action.double())
    return Steps(state, action.double(), after.reward, after.state, after.ended)


@pytest.fixture(scope="module")
def learned() -> LearnedWorld:
    steps = shown(3000, 1)
    return learn(steps, steps.state[:, :7], [1, 2], **OPTIONS)


def test_a_learned_world_predicts_motion_reward_and_end_of_what_it_has_not_seen(learned):
    fresh = shown(3000, 2)
    guess = learned.to(torch.float64).step(fresh.state, fresh.action)
    moved = (fresh.following - fresh.state).square().mean()
    assert (guess.state - fresh.following).square().mean() < 0.01 * moved
    assert (guess.reward - 1).abs().mean() < 0.02
    off_the_track = fresh.following[..., 0].abs() > 1.1
    assert 0.0 < off_the_track.double().mean() < 0.05
    assert guess.ended[off_the_track].double().mean() > 0.9
    assert (guess.ended == fresh.ended).double().mean() > 0.93


def test_seeds_differ_and_one_alone_is_the_same_world(learned):
    fresh = shown(20, 3)
    both = learned.step(fresh.state.float(), fresh.action.float())
    alone = learned.only(1).step(fresh.state[1:].float(), fresh.action[1:].float())
    torch.testing.assert_close(both.state[1:], alone.state)
    torch.testing.assert_close(both.reward[1:], alone.reward)
    same = learned.step(fresh.state[:1].expand(2, -1, -1).float(), fresh.action[:1].expand(2, -1, -1).float())
    assert (same.state[0] - same.state[1]).abs().max() > 1e-4
    with pytest.raises(ValueError, match="index"):
        learned.only(2)


def test_the_balanced_sample_of_ends_is_the_seeds_own():
    steps = shown(500, 3)
    (one, ended), (again, _), (other, _) = (_balanced_ends(steps, seeds) for seeds in ([1], [1], [2]))
    assert torch.equal(one, again) and not torch.equal(one, other)
    assert ended[:, ::2].all() and not ended[:, 1::2].any()


def test_episodes_start_where_real_ones_did(learned):
    start = learned.start(50, torch.Generator().manual_seed(1))
    known = learned.initial.float()
    for seed in range(2):
        assert (start[seed][:, None] == known[seed][None]).all(-1).any(1).all()
        assert len(start[seed].unique(dim=0)) == 7


def test_nothing_ends_where_no_end_is_learned_and_states_are_put_back():
    steps = shown(300, 4)
    world = learn(
        steps,
        steps.state[:, :3],
        [1, 2],
        **OPTIONS | {"epochs": 2},
        ends=False,
        keep=lambda s: s.clamp(-0.5, 0.5),
    )
    after = world.step(9 * steps.state.float(), steps.action.float())
    assert not after.ended.any()
    assert after.state.abs().max() <= 0.5


def test_steps_are_joined_in_order():
    first, second = shown(10, 5), shown(4, 6)
    both = first.join(second)
    assert len(both) == 14
    torch.testing.assert_close(both.following[:, 10:], second.following)
    torch.testing.assert_close(both.ended[:, :10], first.ended)
