"""Agents of Stable-Baselines3 in the real world: they are scored as all arms are, by the steps they took."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from imagination.reinforce.torch_policies import random_categorical_policy, random_gaussian_policy
from imagination.studies.loop import rivals
from imagination.studies.loop.gymnasium_score import in_gymnasium
from imagination.worlds.episodic import Pendulum


@pytest.fixture
def small(monkeypatch):
    for arm, rival in rivals.TRIALS.items():
        monkeypatch.setitem(rivals.TRIALS, arm, replace(rival, budget=300, every=100))


@pytest.mark.parametrize("arm", ["SAC", "PPO, Zoo", "DQN, Zoo"])
def test_scores_come_at_the_steps_that_were_taken(small, arm):
    table = rivals.trained({"arm": arm, "seed": 5}, np.random.default_rng(0))
    envs = rivals.TRIALS[arm].environments
    assert [-(-100 * k // envs) * envs for k in (1, 2, 3)] == list(table["real_steps"][:3])
    low, high = (-2000, 0) if arm == "SAC" else (1, 500)
    assert table["score"].between(low, high).all()


def test_every_seed_is_scored_on_episodes_of_its_own():
    class Still:
        @staticmethod
        def predict(seen, deterministic):
            return np.zeros((len(seen), 1)), None

    one, again, other = (rivals.score_agent(Still(), "Pendulum-v1", seed) for seed in (3, 3, 4))
    assert one == again != other


@pytest.mark.parametrize("system", ["CartPole-v1", "Pendulum-v1"])
def test_an_agent_s_score_is_gymnasiums(system):
    """A policy of ours in an agent's clothes: the same weights play Gymnasium's environment."""
    generator = torch.Generator().manual_seed(3)
    make = random_categorical_policy if system == "CartPole-v1" else random_gaussian_policy
    sizes = (4, 2) if system == "CartPole-v1" else (3, 1)
    policy = make(generator, 1, *sizes, width=4)
    units = np.array(rivals.CartPole.units if sizes[0] == 4 else (1, 1, Pendulum.velocity_unit))

    class Agent:
        """Predicts as Stable-Baselines3's agents do."""

        @staticmethod
        def predict(seen, deterministic):
            assert deterministic
            out = policy.network(torch.as_tensor(seen / units)[None].double())[1][0]
            return (out.argmax(-1) if sizes[0] == 4 else 2 * out.clamp(-1, 1)).numpy(), None

    found = rivals.score_agent(Agent(), system, 3)
    theirs = in_gymnasium(policy, 400, 1)[0]
    error = theirs.std() * (1 / rivals.EPISODES + 1 / 400) ** 0.5
    assert abs(found - theirs.mean()) <= 4 * error + 1e-9
