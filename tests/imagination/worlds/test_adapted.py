"""Environments as maps: Gymnasium's own returns, episodes that end, and those that are no maps at all."""

import gymnasium
import numpy as np
import pytest
import torch

from imagination.lipschitz import certified_constants, jacobian_lipschitz
from imagination.rollouts import return_gap, rollout_return
from imagination.worlds.adapted import adapt
from imagination.worlds.gymnasium import pendulum
from imagination.worlds.policies import LinearPolicy

Box = gymnasium.spaces.Box


def push(state):
    return np.clip(np.sign(state[..., 1:2]) * 0.8, -1, 1)


class Line(gymnasium.Env):
    """s' = 0.9 s + 0.1 a in the plane, r = −|s'|²; what is changed below is what makes it no map."""

    observation_space, action_space = Box(-np.inf, np.inf, (2,), np.float64), Box(-1, 1, (1,), np.float64)
    paid = staticmethod(float)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.normal(size=2)
        return self.state.copy(), {}

    def step(self, action):
        self.state = 0.9 * self.state + 0.1 * float(action[0])
        return self.state.copy(), self.paid(-self.state @ self.state), False, False, {}


class Noisy(Line):
    def step(self, action):
        seen, reward, *rest = super().step(action)
        self.state = seen + 0.01 * self.np_random.normal(size=2)
        return self.state.copy(), reward, *rest


class Progress(Line):
    """Pays by how far the potential has risen since the step before, which is in no state."""

    last = 0.0

    def step(self, action):
        seen, potential, *rest = super().step(action)
        reward, self.last = potential - self.last, potential
        return seen, reward, *rest


class Late(Line):
    """Deterministic where it starts, and random far from there."""

    def step(self, action):
        far = np.abs(self.state).max() > 9
        seen, reward, *rest = super().step(action)
        return seen, reward + far * self.np_random.normal(), *rest


def own_return(start, horizon, discount):
    env, total = gymnasium.make("MountainCarContinuous-v0").unwrapped, 0.0
    env.reset()
    env.state = start.astype(np.float32)
    for t in range(horizon):
        _, reward, ended, _, _ = env.step(push(np.asarray(env.state)))
        total += discount**t * reward
        if ended:
            return total, True
    return total, False


def test_with_an_absorbing_state_an_episode_that_ends_earns_what_gymnasiums_earns():
    real = adapt("MountainCarContinuous-v0", 0.99, absorbing=True)
    start = real.initial.sample(np.random.default_rng(0), 6)
    assert start.shape == (1, 6, 3) and not start[..., 2].any()
    found = rollout_return(real, push, start, 130)[0]
    expected, ended = zip(*(own_return(state[:2], 130, 0.99) for state in start[0]), strict=True)
    assert any(ended)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    after = np.array([[[0.5, 0.03, 1.0]]])
    moved, reward = real.step(after, np.ones((1, 1, 1)))
    np.testing.assert_array_equal(moved, after)
    assert reward == 0


def test_without_one_an_episodes_end_is_refused():
    real = adapt(gymnasium.make("MountainCarContinuous-v0"), np.array([0.99]))
    assert real.initial.sample(np.random.default_rng(0), 1).shape == (1, 1, 2)
    with pytest.raises(ValueError, match=r"env ends its episode .* absorbing=True"):
        real.step(np.array([[[0.44, 0.07]]]), np.ones((1, 1, 1)))


@pytest.mark.parametrize("env", [Noisy, Progress])
def test_what_is_random_or_remembers_is_found_out(env):
    with pytest.raises(ValueError, match="env gives two answers"):
        adapt(env(), 0.9)


def test_what_becomes_random_later_is_found_out_where_it_does():
    real = adapt(Late(), 0.9)
    action = np.zeros((1, 1, 1))
    real.step(np.ones((1, 1, 2)), action)
    with pytest.raises(ValueError, match="env gives two answers"):
        real.step(np.full((1, 1, 2), 10.0), action)


def test_a_map_is_stepped_as_it_is_whatever_the_order():
    real = adapt(Line(), [0.9, 0.5])
    state = np.random.default_rng(1).normal(size=(2, 5, 2))
    action = np.full((2, 5, 1), 0.3)
    moved, reward = real.step(state, action)
    np.testing.assert_allclose(moved, 0.9 * state + 0.03, rtol=1e-14)
    np.testing.assert_allclose(reward, -(moved**2).sum(axis=-1), rtol=1e-14)
    start = real.initial.sample(np.random.default_rng(0), 4)
    assert not np.array_equal(start[0], start[1])
    gap = return_gap(real, real, lambda s: 0 * s[..., :1], start, 20)
    np.testing.assert_array_equal(gap, np.zeros((2, 4)))
    noisy = real.dynamics(state, action, noise=np.ones_like(state))
    np.testing.assert_allclose(noisy, moved + 1, rtol=1e-14)


def test_the_last_step_is_asked_again_where_state_or_action_is_another():
    real = adapt(Line(), 0.9)
    state, action = np.ones((1, 1, 2)), np.full((1, 1, 1), 0.5)
    np.testing.assert_allclose(real.dynamics(state, action)[0, 0], 0.95)
    np.testing.assert_allclose(real.dynamics(state, -action)[0, 0], 0.85)
    np.testing.assert_allclose(real.reward(state, -action)[0, 0], -2 * 0.85**2)
    np.testing.assert_allclose(real.reward(2 * state, -action)[0, 0], -2 * 1.75**2)


def test_rewards_of_one_number_in_an_array_are_that_number():
    env = Line()
    env.paid = lambda reward: np.array([reward])
    state, action = np.ones((1, 2, 2)), np.zeros((1, 2, 1))
    np.testing.assert_allclose(adapt(env, 0.9).reward(state, action), -2 * 0.81 * np.ones((1, 2)))
    env.paid = lambda reward: np.array([reward, reward])
    with pytest.raises(ValueError, match="env: its reward"):
        adapt(env, 0.9)
    env.paid = lambda reward: np.nan
    with pytest.raises(ValueError, match="env: its reward must be finite"):
        adapt(env, 0.9)


def test_the_state_may_be_another_than_the_observation():
    real = adapt("Pendulum-v1", 0.9)
    state = np.array([[[0.3, 1.0], [-2.0, 0.5]]])
    action = np.array([[[0.5], [-1.0]]])
    ours = pendulum(0.9, velocity_unit=1.0, torque_unit=1.0)
    seen = np.stack([np.cos(state[..., 0]), np.sin(state[..., 0]), state[..., 1]], axis=-1)
    np.testing.assert_allclose(real.reward(state, action), ours.reward(seen, action), rtol=1e-6)
    named = adapt(
        "Pendulum-v1",
        0.9,
        set_state=lambda env, s: setattr(env, "state", s),
        get_state=lambda env: np.array(env.state),
    )
    np.testing.assert_array_equal(named.dynamics(state, action), real.dynamics(state, action))


def test_constants_are_those_given_and_otherwise_asked_for():
    known = adapt(Line(), 0.9, L_f=np.array([0.9]), L_r=np.array([2.0]))
    policy = LinearPolicy(np.zeros((1, 1, 2)))
    assert certified_constants(known, policy)["L_f"] == 0.9
    assert known.reward.lipschitz() == 2.0
    with pytest.raises(ValueError, match="L_f is not known for this environment: give it to adapt"):
        certified_constants(adapt(Line(), 0.9), policy)


def test_there_is_no_gradient_through_an_environment():
    real, state, action = adapt(Line(), 0.9), np.ones((1, 2, 2)), np.zeros((1, 2, 1))
    with pytest.raises(ValueError, match=r"state must be a numpy array, got Tensor: .* no gradient"):
        real.step(torch.as_tensor(state), torch.as_tensor(action))
    with pytest.raises(ValueError, match="map_ has no gradient"):
        jacobian_lipschitz(real.dynamics, state, action)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (np.full((1, 2, 1), 1.1), "action must lie in the action space"),
        (np.full((1, 2, 1), np.nan), "action must be finite"),
        (np.zeros((1, 2, 2)), "action must be an array of shape"),
        (np.zeros((1, 3, 1)), "action must be an array of shape"),
    ],
)
def test_actions_outside_their_space_are_refused(action, message):
    with pytest.raises(ValueError, match=message):
        adapt(Line(), 0.9).step(np.ones((1, 2, 2)), action)


def test_what_cannot_be_adapted_is_refused_by_name():
    for env, message in (
        ("CartPole-v1", "env.action_space must be a one-dimensional Box of floats, got Discrete"),
        ("NoSuchWorld-v7", "env: no environment can be made of 'NoSuchWorld-v7'"),
        (7, "env: no environment can be made of 7"),
    ):
        with pytest.raises(ValueError, match=message):
            adapt(env, 0.9)
    with pytest.raises(ValueError, match="must be given together"):
        adapt(Line(), 0.9, set_state=lambda env, state: None)
    stateless = Line()
    stateless.reset = lambda **about: (np.zeros(2), {})
    with pytest.raises(ValueError, match="env must have an array `state`"):
        adapt(stateless, 0.9)
    for discount in (1.0, -0.1, np.nan, 10**400):
        with pytest.raises(ValueError, match="discount"):
            adapt(Line(), discount)
    whole_actions = Line()
    whole_actions.action_space = Box(-1, 1, (1,), np.int64)
    with pytest.raises(ValueError, match="action_space must be a one-dimensional Box of floats"):
        adapt(whole_actions, 0.9)
