"""Worlds as Gymnasium environments: real ones that are Gymnasium's own, and learned ones."""

import warnings
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from imagination.models.learned_world import LearnedWorld
from imagination.studies.loop import cartpole, pendulum
from imagination.studies.loop.gymnasium_loop import Study
from imagination.worlds.environments import NAME, WorldEnvironment
from imagination.worlds.episodic import CartPole, Pendulum

BOUND = {"cartpole": np.array([2.0, 10.0, 2.0, 10.0]), "pendulum": np.array([1.0, 1.0, Pendulum.fastest])}


def learned(name: str, chains: int) -> LearnedWorld:
    """A world learned from 500 (200) random real steps a chain."""
    setting = {"cartpole": cartpole.SETTING, "pendulum": pendulum.SETTING}[name]
    study = Study(replace(setting, chains=chains, fits=400), 1, 17)
    return study.learn(study.collect(setting.policy(study.generator, 1), None))[0]


@pytest.mark.parametrize("name", ["cartpole", "pendulum"])
@pytest.mark.parametrize("kind", ["real", "learned"])
def test_worlds_pass_gymnasiums_own_check_without_a_warning(name, kind):
    world = learned(name, 1) if kind == "learned" else {"cartpole": CartPole, "pendulum": Pendulum}[name](1)
    env = gymnasium.make(NAME, world=world, bound=BOUND[name], discrete=name == "cartpole")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)


def test_the_real_cartpole_in_it_is_gymnasiums():
    ours = gymnasium.make(
        NAME, world=CartPole(1), bound=BOUND["cartpole"], discrete=True, max_episode_steps=500
    )
    theirs = gymnasium.make("CartPole-v1")
    theirs.reset(seed=4)
    ours.reset(options={"state": theirs.unwrapped.state / CartPole.units})
    rng, ended = np.random.default_rng(0), False
    while not ended:
        action = int(rng.integers(2))
        seen, reward, ended, cut, _ = ours.step(action)
        expected, their_reward, their_end, _, _ = theirs.step(action)
        np.testing.assert_allclose(seen * CartPole.units, expected, atol=1e-6)
        assert (reward, ended, cut) == (their_reward, their_end, False)


def test_time_limits_seeds_and_runaways():
    def make(**options):
        return gymnasium.make(
            NAME, world=Pendulum(2), bound=BOUND["pendulum"], max_episode_steps=3, **options
        )

    env = make(configuration=1)
    first, _ = env.reset(seed=3)
    assert [env.step(np.zeros(1, np.float32))[3] for _ in range(3)] == [False, False, True]
    np.testing.assert_array_equal(env.reset(seed=3)[0], first)
    assert not np.array_equal(make().reset(seed=3)[0], first)
    held, _ = env.reset(options={"state": np.array([1.0, 0.0, 99.0])})
    assert held[2] == np.float32(Pendulum.fastest)


def test_actions_outside_their_space_are_refused():
    cart = WorldEnvironment(CartPole(1), BOUND["cartpole"], discrete=True)
    swing = WorldEnvironment(Pendulum(1), BOUND["pendulum"])
    for env, actions in ((cart, (2, -1, 0.5, np.array([1]))), (swing, ([1.1], [np.nan], [0.0, 0.0]))):
        env.reset(seed=0)
        for action in actions:
            with pytest.raises(ValueError, match="action must"):
                env.step(action)
    with pytest.raises(ValueError, match=r'options\["state"\] must'):
        swing.reset(options={"state": [np.nan, 0.0, 0.0]})


def test_what_makes_no_environment_is_refused():
    with pytest.raises(ValueError, match="configuration"):
        WorldEnvironment(CartPole(1), BOUND["cartpole"], configuration=1)
    with pytest.raises(ValueError, match="bound"):
        WorldEnvironment(CartPole(1), np.ones(3))
    with pytest.raises(ValueError, match="bound"):
        WorldEnvironment(CartPole(1), np.array([1, np.inf, 1, 1]))
    with pytest.raises(ValueError, match="d_action"):
        WorldEnvironment(CartPole(1), BOUND["cartpole"], discrete=True, d_action=2)
