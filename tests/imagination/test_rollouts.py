"""The rollout engine: against a plain loop, in closed form, with noise that is shared, and with gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.rollouts import (
    discounted_return,
    gaussian_noise,
    horizon_for,
    return_gap,
    rollout,
    rollout_return,
    transitions,
    truncated_tail,
)
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    ContinuousMDP,
    FixedInitial,
    UniformBall,
)
from imagination.worlds.policies import LinearPolicy, random_network_policy
from imagination.worlds.teacher import teacher

C, K, H = 3, 5, 12


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


@pytest.fixture
def world(rng):
    mdp = teacher(rng, L_f=np.full(C, 0.9), L_r=np.ones(C), discount=np.array([0.5, 0.9, 0.0]))
    return mdp, random_network_policy(rng, np.ones(C), 4, 2), mdp.initial.sample(rng, K)


def line(a: float, discount: float) -> tuple[ContinuousMDP, LinearPolicy]:
    """s' = a s, r = s, whatever the action."""
    mdp = ContinuousMDP(
        AffineDynamics(np.full((1, 1, 1), a), np.zeros((1, 1, 1)), np.zeros((1, 1))),
        AffineReward(np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1)),
        FixedInitial(np.ones((1, 1))),
        np.array([discount]),
    )
    return mdp, LinearPolicy(np.zeros((1, 1, 1)))


def test_a_rollout_is_what_a_plain_loop_gives(world, rng):
    mdp, policy, start = world
    noise = gaussian_noise(rng, np.full(C, 0.1), K, H, 4)
    path = rollout(mdp, policy, start, H, noise)
    assert path.states.shape == (C, K, H + 1, 4) and path.actions.shape == (C, K, H, 2)
    state = start
    for t in range(H):
        np.testing.assert_array_equal(path.states[:, :, t], state)
        action = policy(state)
        np.testing.assert_array_equal(path.actions[:, :, t], action)
        np.testing.assert_array_equal(path.rewards[:, :, t], mdp.reward(state, action))
        state = mdp.dynamics(state, action) + noise[:, :, t]
    total = sum(mdp.discount[:, None] ** t * path.rewards[:, :, t] for t in range(H))
    np.testing.assert_allclose(discounted_return(path.rewards, mdp.discount), total, rtol=1e-12)
    np.testing.assert_allclose(rollout_return(mdp, policy, start, H, noise), total, rtol=1e-12)


def test_configurations_and_rollouts_do_not_see_each_other(world):
    mdp, policy, start = world
    together = rollout_return(mdp, policy, start, H)
    order = np.array([2, 0])
    apart = rollout_return(mdp.take(order), policy.take(order), start[order], H)
    np.testing.assert_allclose(apart, together[order], rtol=1e-12)
    np.testing.assert_allclose(rollout_return(mdp, policy, start[:, 1:2], H), together[:, 1:2], rtol=1e-12)


@given(st.floats(-1.5, 1.5), st.floats(0, 0.99), st.integers(1, 60))
@settings(max_examples=50, deadline=None)
def test_geometric_returns_are_in_closed_form(a, discount, horizon):
    mdp, policy = line(a, discount)
    start = np.ones((1, 1, 1))
    ratio = a * discount
    expected = horizon if ratio == 1 else (1 - ratio**horizon) / (1 - ratio)
    np.testing.assert_allclose(rollout_return(mdp, policy, start, horizon), [[expected]], rtol=1e-6)


def test_the_gap_is_signed_and_common_noise_cancels(world, rng):
    mdp, policy, start = world
    noise = gaussian_noise(rng, np.full(C, 5.0), K, H, 4)
    np.testing.assert_array_equal(return_gap(mdp, mdp, policy, start, H, noise), np.zeros((C, K)))
    reward = AffineReward(np.zeros((C, 4)), np.zeros((C, 2)), np.ones(C))
    gap = return_gap(
        mdp.swap(reward=AffineReward(np.zeros((C, 4)), np.zeros((C, 2)), np.zeros(C))),
        mdp.swap(reward=reward),
        policy,
        start,
        H,
    )
    expected = np.array([(1 - g**H) / (1 - g) for g in mdp.discount])
    np.testing.assert_allclose(gap, np.repeat(expected[:, None], K, axis=1), rtol=1e-12)


def test_the_truncated_tail_bounds_what_is_left_out(world):
    mdp, policy, start = world
    rewards = rollout(mdp, policy, start, 600).rewards
    whole = discounted_return(rewards, mdp.discount)
    for horizon in (1, 5, 50):
        left = np.abs(whole - discounted_return(rewards[:, :, :horizon], mdp.discount)).max(axis=1)
        assert np.all(left <= truncated_tail(mdp.discount, horizon, mdp.reward.bound()) + 1e-12)


@given(st.floats(0, 0.999), st.floats(1e-3, 1e3), st.floats(1e-12, 1.0))
@settings(max_examples=100, deadline=None)
def test_the_horizon_for_a_tolerance_is_the_smallest(discount, reward_range, tolerance):
    gamma = np.array([discount])
    horizon = horizon_for(gamma, np.array([reward_range]), tolerance)
    assert truncated_tail(gamma, horizon, reward_range)[0] <= tolerance * (1 + 1e-9)
    if horizon > 1:
        assert truncated_tail(gamma, horizon - 1, reward_range)[0] > tolerance * (1 - 1e-9)


def test_gradients_flow_to_every_parameter_and_match_finite_differences(world):
    mdp, policy, start = world
    twin = mdp.to("torch").map_arrays(lambda array: array.clone().requires_grad_())
    actor = policy.to("torch").map_arrays(lambda array: array.clone().requires_grad_())
    value = rollout_return(twin, actor, torch.as_tensor(start), H).sum()
    value.backward()
    for path, step in (("dynamics.hidden_state", 1e-6), ("reward.output", 1e-6), ("discount", 1e-7)):
        parameter = mdp.arrays()[path]
        direction = np.random.default_rng(0).standard_normal(parameter.shape)
        if path == "discount":
            direction = np.abs(direction)  # one discount is 0 and cannot fall
        up = mdp.with_arrays({path: parameter + step * direction})
        slope = (
            rollout_return(up, policy, start, H).sum() - rollout_return(mdp, policy, start, H).sum()
        ) / step
        by_autodiff = (twin.arrays()[path].grad.numpy() * direction).sum()
        np.testing.assert_allclose(slope, by_autodiff, rtol=1e-4)
    assert all(p.grad is not None for p in actor.arrays().values())


def test_a_rollout_gives_its_transitions(world):
    mdp, policy, start = world
    path = rollout(mdp, policy, start, H)
    data = transitions(path)
    assert len(data) == K * H and data.state.shape == (C, K * H, 4)
    np.testing.assert_allclose(mdp.dynamics(data.state, data.action), data.next_state, rtol=1e-12)
    np.testing.assert_allclose(mdp.reward(data.state, data.action), data.reward, rtol=1e-12, atol=1e-14)


def test_noise_has_the_scale_asked_for(rng):
    noise = gaussian_noise(rng, np.array([0.0, 2.0]), 50, 100, 3)
    assert not noise[0].any()
    np.testing.assert_allclose(noise[1].std(), 2.0, rtol=0.05)


def test_bad_input_is_refused(world):
    mdp, policy, start = world
    for horizon in (0, 1.5, True):
        with pytest.raises(ValueError, match="horizon"):
            rollout(mdp, policy, start, horizon)
    with pytest.raises(ValueError, match="initial_state"):
        rollout(mdp, policy, start[0], H)
    with pytest.raises(ValueError, match="noise"):
        rollout(mdp, policy, start, H, np.zeros((C, K, H - 1, 4)))
    with pytest.raises(ValueError, match="rewards"):
        discounted_return(np.zeros((C + 1, K, H)), mdp.discount)
    with pytest.raises(ValueError, match="tolerance"):
        horizon_for(mdp.discount, np.ones(C), 0.0)


def test_a_uniform_ball_of_starts_serves_every_configuration(rng):
    mdp, policy = line(0.5, 0.9)
    start = UniformBall(np.ones(1), 1).sample(rng, 9)
    assert rollout_return(mdp, policy, start, 3).shape == (1, 9)
