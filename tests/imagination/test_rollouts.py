"""The rollout engine: against a plain loop, in closed form, with noise that is shared, and with gradients."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.lipschitz import certified_constants
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
    BallProjected,
    ContinuousMDP,
    FixedInitial,
    UniformBall,
    UniformBox,
)
from imagination.worlds.policies import ClippedPolicy, LinearPolicy, random_network_policy
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
@settings(max_examples=50)
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
@settings(max_examples=100)
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


def plain():
    """A world of plain functions: s' = 0.5 s + a in the plane, r = s₁, and a policy."""
    mdp = ContinuousMDP(
        lambda s, a: 0.5 * s + a, lambda s, a: s[..., 0], UniformBox(np.zeros((1, 2)), np.ones((1, 2))), 0.9
    )
    return mdp, lambda s: 0.1 * s[..., :1]


def test_plain_functions_do_wherever_no_certificate_is_needed():
    mdp, policy = plain()
    start = np.ones((1, 3, 2))
    expected = sum((0.9 * 0.6) ** t for t in range(H))
    np.testing.assert_allclose(rollout_return(mdp, policy, start, H), [[expected] * 3])
    np.testing.assert_array_equal(return_gap(mdp, mdp, policy, start, H), np.zeros((1, 3)))
    assert rollout(mdp, policy, start, H).states.shape == (1, 3, H + 1, 2)
    kept = mdp.swap(dynamics=BallProjected(mdp.dynamics, np.ones(1)))
    assert rollout(kept, policy, start, H).states[:, :, 1:].max() <= 1
    with pytest.raises(ValueError, match="noise: the dynamics take none"):
        rollout_return(mdp, policy, start, H, np.zeros((1, 3, H, 2)))


def test_where_a_certificate_is_needed_the_error_says_how_to_give_it():
    mdp, policy = plain()
    with pytest.raises(ValueError, match=r"mdp.dynamics certifies nothing: .* f.lipschitz = lambda"):
        certified_constants(mdp, policy)
    for map_, name in ((mdp.dynamics, "reward"), (mdp.reward, "policy"), (policy, None)):
        map_.lipschitz = lambda: np.array([2.0])
        if name:
            with pytest.raises(ValueError, match=f"{name} certifies nothing"):
                certified_constants(mdp, policy)
    assert certified_constants(mdp, policy) == {"L_f": [2.0], "L_r": [2.0], "L_pi": [2.0]}
    assert BallProjected(mdp.dynamics, np.ones(1)).lipschitz() == 2.0
    one = np.ones((1, 1))
    for wrapped in (BallProjected(lambda s, a: s, one[0]), ClippedPolicy(lambda s: s, -one, one)):
        with pytest.raises(ValueError, match="base certifies nothing"):
            wrapped.lipschitz()
    with pytest.raises(ValueError, match="base certifies nothing: give it a method error"):
        BallProjected(mdp.dynamics, np.ones(1)).error()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reward": lambda s, a: s[..., :1]}, r"reward\(state, action\) must be an array of shape \(1, 3\)"),
        ({"dynamics": lambda s, a: s[..., :1]}, r"dynamics\(state, action\) must be an array of shape"),
        ({"policy": lambda s: s[..., 0]}, r"policy\(state\) must be an array of shape \(1, 3, \*\)"),
        ({"start": np.full((1, 3, 2), np.nan)}, "initial_state must be finite"),
        ({"dynamics": lambda s, a: -1e200 * s}, "too large or too small"),
    ],
)
def test_what_would_broadcast_or_leave_the_numbers_is_refused(change, message):
    mdp, policy = plain()
    maps = {name: part for name, part in change.items() if name in ("dynamics", "reward")}
    mdp = mdp.swap(**{"reward": lambda s, a: s[..., 0] - s[..., 1]} | maps)
    start, policy = change.get("start", np.ones((1, 3, 2))), change.get("policy", policy)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for run in (rollout, rollout_return):
            with pytest.raises(ValueError, match=message):
                run(mdp, policy, start, H)


def test_a_policy_is_asked_once_a_step():
    mdp, policy = plain()
    for run in (rollout, rollout_return):
        asked = []
        run(mdp, lambda s, asked=asked: asked.append(1) or policy(s), np.ones((1, 3, 2)), H)
        assert len(asked) == H


def test_one_horizon_is_long_enough_for_every_configuration():
    gamma, most = np.array([0.5, 0.99, 0.0]), np.array([1.0, 2.0, 5.0])
    horizon = horizon_for(gamma, most, np.full(3, 0.01))
    assert np.all(truncated_tail(gamma, horizon, most) <= 0.01 * (1 + 1e-9))
    assert truncated_tail(gamma, horizon - 1, most).max() > 0.01


@pytest.mark.parametrize(("most", "tolerance"), [(1e308, 1e-320), (1e-320, 1e308), (5e-324, 5e-324)])
@pytest.mark.parametrize("discount", [0.0, 0.5, 1 - 1e-15])
def test_extreme_tails_have_a_horizon(most, tolerance, discount):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        horizon = horizon_for(np.array([discount]), np.array([most]), np.array([tolerance]))
    assert horizon >= 1 and (horizon == 1 or most >= tolerance)


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
