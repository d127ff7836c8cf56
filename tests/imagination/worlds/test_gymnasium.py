"""Between Gymnasium and our worlds: Pendulum-v1 step by step, transitions, adaptors, the way back."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.spaces import Box
from gymnasium.utils.env_checker import check_env

from imagination import lipschitz
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    ContinuousMDP,
    FixedInitial,
    UniformBox,
)
from imagination.worlds.environments import MDPEnvironment
from imagination.worlds.gymnasium import OnPendulumStates, PendulumStates, collect, pendulum
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.teacher import teacher

EVERYWHERE = {"steps_per_reset": 10, "reset_options": {"x_init": np.pi, "y_init": 8.0}}


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def torques(batch: int, unit: float = 2.0) -> UniformBox:
    return UniformBox(np.full((batch, 1), -2 / unit), np.full((batch, 1), 2 / unit))


@pytest.mark.parametrize("units", [(1.0, 1.0), (15**0.5, 2.0)])
def test_pendulum_is_gymnasiums_step_by_step(rng, units):
    seen = collect("Pendulum-v1", rng, 3000, **EVERYWHERE)
    scale = np.array([1.0, 1.0, units[0]])
    mdp = pendulum(np.array([0.9]), velocity_unit=units[0], torque_unit=units[1])
    next_state, reward = mdp.step((seen.state / scale)[None], (seen.action / units[1])[None])
    # Gymnasium's observations are float32: a rounding of 8 is 5e-7.
    np.testing.assert_allclose(next_state[0] * scale, seen.next_state, atol=2e-6)
    np.testing.assert_allclose(reward[0], seen.reward, atol=1e-5)


def test_pendulum_agrees_with_gymnasium_in_double_precision(rng):
    env = gymnasium.make("Pendulum-v1").unwrapped
    env.reset(seed=0)
    batched = pendulum(np.array([0.9]), velocity_unit=1.0)
    angle_speed = np.stack([rng.uniform(-3, 3, (1, 40)), rng.uniform(-8, 8, (1, 40))], axis=-1)
    action = rng.uniform(-1, 1, (1, 40, 1))
    angle, speed = angle_speed[..., 0], angle_speed[..., 1]
    state = np.stack([np.cos(angle), np.sin(angle), speed], axis=-1)
    moved, paid = np.empty_like(angle_speed), np.empty_like(angle)
    for index in np.ndindex(angle.shape):
        env.state = angle_speed[index]
        paid[index] = env.step(2 * action[index])[1]
        moved[index] = env.state
    expected, reward = batched.step(state, action)
    np.testing.assert_allclose(np.cos(moved[..., 0]), expected[..., 0], atol=1e-12)
    np.testing.assert_allclose(np.sin(moved[..., 0]), expected[..., 1], atol=1e-12)
    np.testing.assert_allclose(moved[..., 1], expected[..., 2], atol=1e-12)
    np.testing.assert_allclose(paid, reward, atol=1e-12)


@pytest.mark.parametrize("velocity_unit", [1.0, 15**0.5, 8.0])
def test_pendulum_constants_are_certified_and_nearly_attained(rng, velocity_unit):
    mdp = pendulum(np.array([0.9]), velocity_unit=velocity_unit, torque_unit=2.0)
    states = PendulumStates(mdp.dynamics.velocity_unit, np.array([8.0]))
    for map_ in (mdp.dynamics, mdp.reward):
        sampled = lipschitz.sampled_lipschitz(map_, states, torques(1), rng, 4000)
        searched = lipschitz.searched_lipschitz(map_, states, torques(1), rng, count=16, steps=40)
        observed = np.maximum(sampled, searched)
        assert np.all(observed <= map_.lipschitz() * (1 + 1e-9))
        assert np.all(observed >= 0.9 * map_.lipschitz())
    s, a = states.sample(rng, 4000), torques(1).sample(rng, 4000)
    assert np.abs(mdp.reward(s, a)).max() <= mdp.reward.bound()[0]
    t = states.sample(rng, 4000)
    assert np.linalg.norm(s - t, axis=-1).max() <= mdp.diameter[0]
    np.testing.assert_allclose(states.project(s), s, atol=1e-15)


def test_the_inequality_behind_the_rewards_constant():
    u = np.linspace(1e-6, np.pi / 2, 10_001)
    assert np.all(np.sin(u) >= u * (np.pi - u) / np.pi)


def test_the_dynamics_constant_covers_the_disc_and_the_speed_limit(rng):
    mdp = pendulum(np.array([0.9]))
    disc = UniformBox(np.array([[-0.7, -0.7, -2.07]]), np.array([[0.7, 0.7, 2.07]])).sample(rng, 20_000)
    slope = lipschitz.jacobian_lipschitz(mdp.dynamics, disc, torques(1).sample(rng, 20_000))
    assert 1 < slope[0] <= mdp.dynamics.lipschitz()[0]


def test_a_model_put_back_on_the_pendulums_states_stays_there(rng):
    mdp = pendulum(np.array([0.9]))
    base = AffineDynamics(np.eye(3)[None] * 1.1, np.full((1, 3, 1), 0.05), np.zeros((1, 3)))
    model = OnPendulumStates(base, mdp.dynamics.velocity_unit, np.array([0.8]))
    states = PendulumStates(mdp.dynamics.velocity_unit, np.array([8.0]))
    s, a = states.sample(rng, 1000), torques(1).sample(rng, 1000)
    moved = model(s, a)
    np.testing.assert_allclose(np.linalg.norm(moved[..., :2], axis=-1), 1.0, rtol=1e-12)
    assert np.abs(moved[..., 2]).max() <= 8 / 15**0.5 + 1e-12
    assert np.all(lipschitz.sampled_lipschitz(model, states, torques(1), rng, 1000) <= model.lipschitz())
    np.testing.assert_allclose(model.lipschitz(), np.max(model.block_lipschitz()), rtol=1e-12)


def test_collecting_drops_no_transition_and_crosses_no_reset(rng):
    seen = collect("MountainCarContinuous-v0", rng, 777, num_envs=4, steps_per_reset=25)
    assert len(seen) == 777 and seen.action.shape == (777, 1)
    # MountainCarContinuous moves at most 0.07 a step; a reset would jump further now and then.
    assert np.abs(seen.next_state - seen.state)[:, 0].max() <= 0.0701
    chains = np.abs(seen.state[4:] - seen.next_state[:-4]).max(axis=1)  # same copy, one step later
    assert (chains > 0).sum() == pytest.approx(4 * (777 // 4 // 25), abs=4)
    again = collect(
        "MountainCarContinuous-v0", np.random.default_rng(11), 777, num_envs=4, steps_per_reset=25
    )
    np.testing.assert_array_equal(seen.state, again.state)
    pushed = collect("Pendulum-v1", rng, 50, policy=lambda observation: np.ones((len(observation), 1)))
    np.testing.assert_array_equal(pushed.action, np.ones((50, 1)))


class Given(gymnasium.Env):
    """An environment with the spaces it was given, which answers with zeros, or what it was given."""

    def __init__(self, seen=None, actions=None, answer=0.0):
        self.observation_space = Box(-9, 9, (2,), np.float64) if seen is None else seen
        self.action_space = Box(-1, 1, (1,), np.float32) if actions is None else actions
        self.answer, self.closed = answer, False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(2), {}

    def step(self, action):
        return np.full(2, self.answer), 0.0, False, False, {}

    def close(self):
        self.closed = True


class Clock(Given):
    """Shows how many steps an episode has taken."""

    def reset(self, *, seed=None, options=None):
        self.time = 0.0
        return super().reset(seed=seed)

    def step(self, action):
        self.time += 1
        return np.full(2, self.time), 0.0, False, False, {}


def test_episodes_that_a_time_limit_cuts_begin_again(rng):
    seen = collect(gymnasium.wrappers.TimeLimit(Clock(), 3), rng, 8)
    np.testing.assert_array_equal(seen.state[:, 0], [0, 1, 2, 0, 1, 2, 0, 1])
    np.testing.assert_array_equal(seen.next_state, seen.state + 1)
    assert seen.ended is None  # cut, but not over


def test_an_environment_that_is_made_already_steps_alone(rng):
    env = gymnasium.make("Pendulum-v1", g=1.0)
    seen = collect(env, np.random.default_rng(5), 30)
    named = collect("Pendulum-v1", np.random.default_rng(5), 30, num_envs=1, g=1.0)
    np.testing.assert_array_equal(seen.next_state, named.next_state)
    np.testing.assert_array_equal(seen.action, named.action)
    ours = Given()
    assert len(collect(ours, rng, 3)) == 3 and not ours.closed
    with pytest.raises(ValueError, match=r"env is made already; \['g'\]"):
        collect(env, rng, 3, g=1.0)


def test_ends_of_episodes_are_marked_with_a_warning(rng):
    def uphill(seen):
        return np.sign(seen[:, 1:])

    with pytest.warns(UserWarning, match="env: 2 of 300 transitions end an episode"):
        seen = collect("MountainCarContinuous-v0", rng, 300, num_envs=2, policy=uphill)
    np.testing.assert_array_equal(seen.ended, seen.next_state[:, 0] >= 0.45)
    assert seen.ended.sum() == 2 and (seen.reward[seen.ended] > 90).all()
    assert seen.take(seen.ended).ended.all() and len(seen.take(seen.ended)) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert collect("Pendulum-v1", rng, 30).ended is None


@pytest.mark.parametrize(
    ("env", "options", "message"),
    [
        ("CartPole-v1", {}, "action_space must be a one-dimensional Box of floats, got Discrete"),
        ("NoSuchWorld-v7", {}, "env: no environment can be made of 'NoSuchWorld-v7'"),
        (7, {}, "env: no environment can be made of 7"),
        ("Pendulum-v1", {"count": 0}, "count must be a whole number, at least 1, got 0"),
        ("Pendulum-v1", {"count": 2.0}, "count must be a whole number"),
        ("Pendulum-v1", {"num_envs": 0}, "num_envs must be a whole number"),
        ("Pendulum-v1", {"policy": lambda s: 2.1 * np.ones((len(s), 1))}, "policy.* must lie in the action"),
        (
            "Pendulum-v1",
            {"policy": lambda s: np.nan * np.ones((len(s), 1))},
            "policy.* must be finite",
        ),
        ("Pendulum-v1", {"policy": lambda s: np.zeros(len(s))}, "policy.* must be an array of shape"),
        (
            Given(spaces.Dict(x=spaces.Discrete(2))),
            {},
            r"observation_space .* Dict.*FlattenObservation",
        ),
        (Given(Box(0, 1, (2, 2), np.float64)), {}, "observation_space must be a one-dimensional Box"),
        (
            Given(actions=Box(-1, 1, (1,), np.int64)),
            {},
            "action_space must be a one-dimensional Box of floats",
        ),
        (Given(actions=Box(-np.inf, 1, (1,), np.float64)), {}, r"policy must be given: .* unbounded"),
        (Given(answer=np.nan), {}, "state must be finite, but NaN"),
    ],
)
def test_what_cannot_be_collected_is_refused(rng, env, options, message):
    with warnings.catch_warnings(), pytest.raises(ValueError, match=message):
        warnings.simplefilter("ignore")  # Gymnasium's own, about spaces
        collect(env, rng, **{"count": 10} | options)


def test_units_of_the_pendulum_are_positive():
    np.testing.assert_array_equal(pendulum(0.9).discount, [0.9])
    for bad in (0.0, np.inf, 10**400):
        with pytest.raises(ValueError, match="initial_speed"):
            pendulum(0.9, initial_speed=bad)
    with pytest.raises(ValueError, match="velocity_unit"):
        pendulum(np.array([0.9]), velocity_unit=0.0)


def worlds(rng: np.random.Generator) -> dict[str, MDPEnvironment]:
    network = teacher(rng, L_f=np.array([0.8, 0.9]), L_r=np.ones(2), discount=0.9)
    real = pendulum(np.array([0.9]))
    model = OnPendulumStates(real.dynamics, real.dynamics.velocity_unit, np.array([0.8]))
    return {
        "linear-quadratic": MDPEnvironment(linear_quadratic(rng, L_f=np.array([0.5, 0.9]), discount=0.9), 2),
        "teacher": MDPEnvironment(
            network, 2, configuration=1, state_bound=np.full(4, network.diameter[1] / 2)
        ),
        "pendulum": MDPEnvironment(real, 1, horizon=20),
        "learned": MDPEnvironment(real.swap(dynamics=model), 1),
    }


@pytest.mark.parametrize("name", ["linear-quadratic", "teacher", "pendulum", "learned"])
def test_our_worlds_pass_gymnasiums_own_check_without_a_warning(rng, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(worlds(rng)[name])


def test_the_way_back_is_the_same_pendulum():
    ours, theirs = MDPEnvironment(pendulum(np.array([0.9])), 1, horizon=200), gymnasium.make("Pendulum-v1")
    observation, _ = theirs.reset(seed=4)
    scale = np.array([1.0, 1.0, 15**0.5])
    state, _ = ours.reset(options={"state": observation / scale})
    for step in range(5):
        action = np.array([np.cos(step)])
        state, reward, terminated, truncated, _ = ours.step(action)
        observation, their_reward, *_ = theirs.step((2 * action).astype(np.float32))
        np.testing.assert_allclose(state * scale, observation, atol=1e-5)
        assert reward == pytest.approx(their_reward, abs=1e-5)
        assert not terminated and not truncated


def test_episodes_are_truncated_at_the_horizon_and_unbounded_states_are_refused():
    env = MDPEnvironment(pendulum(np.array([0.9])), 1, horizon=3)
    env.reset(seed=0)
    assert [env.step(np.zeros(1))[3] for _ in range(3)] == [False, False, True]
    line = AffineDynamics(np.ones((1, 1, 1)), np.ones((1, 1, 1)), np.zeros((1, 1)))
    reward = AffineReward(np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
    unbounded = ContinuousMDP(line, reward, FixedInitial(np.zeros((1, 1))), np.array([0.9]))
    with pytest.raises(ValueError, match="state_bound"):
        MDPEnvironment(unbounded, 1)
    with pytest.raises(ValueError, match="configuration"):
        MDPEnvironment(unbounded, 1, configuration=1)
    for action in (np.full(1, 1.01), np.full(1, np.nan), np.zeros(2)):
        with pytest.raises(ValueError, match="action must"):
            env.step(action)
    with pytest.raises(ValueError, match=r'options\["state"\] must be'):
        env.reset(options={"state": [np.nan, 0, 0]})
