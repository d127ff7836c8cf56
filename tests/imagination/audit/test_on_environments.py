"""Audits of models that were learned, in environments that are not ours."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces

from imagination import audit
from imagination.audit.episodes import Episodes

PARTS = ("reward_part", "dynamics_part", "termination_part")


def learned(log: Episodes, steps: int = 150) -> dict:
    """A small network that foretells change, reward and whether the world goes on."""
    torch.manual_seed(0)
    state, action, following, reward = (
        torch.tensor(column, dtype=torch.float32)
        for column in (log.state, log.action, log.next_state, log.reward)
    )
    going, unit = torch.tensor(1.0 - log.terminated), (following - state).std(0)
    given = torch.cat([state, action], 1)
    mean, spread = given.mean(0), given.std(0) + 1e-6
    net = torch.nn.Sequential(
        torch.nn.Linear(given.shape[1], 32), torch.nn.Tanh(), torch.nn.Linear(32, state.shape[1] + 2)
    )

    def says(state, action):
        return net((torch.cat([state, action], 1) - mean) / spread)

    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    for _ in range(steps):
        said = says(state, action)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(said[:, -1], going.float())
        loss = loss + (said[:, :-2] - (following - state) / unit).square().mean()
        loss = loss + (said[:, -2] - reward).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return {
        "next_state": lambda state, action: state + unit * says(state, action)[:, :-2],
        "reward": lambda state, action: says(state, action)[:, -2],
        "proceed": lambda state, action: torch.sigmoid(says(state, action)[:, -1]),
    }


def back_and_forth(state):
    return np.where(state[:, 1:] < 0, -1.0, 1.0)


def swing(state):
    return np.where(state[:, 5] + 0.3 * state[:, 4] > 0, 2, 0)


def add_up(found: audit.Audit) -> bool:
    return found.gap.value == pytest.approx(sum(getattr(found, part).value for part in PARTS), abs=1e-4)


@pytest.mark.parametrize(
    ("env", "policy", "steps"), [("MountainCarContinuous-v0", back_and_forth, 40), ("Acrobot-v1", swing, 60)]
)
def test_an_environment_of_gymnasium(env, policy, steps):
    log = audit.collect(env, policy, episodes=8, seed=1)
    model = learned(audit.collect(env, policy, episodes=8, seed=2))
    found = audit.audit(model, policy, log, gamma=0.97, horizons=[10, steps])
    assert found.why == "" and found.episodes == 8 and add_up(found)
    paid = [log.reward[first : first + steps] @ 0.97 ** np.arange(steps) for first in log.start]
    assert log.length.min() > steps and found.real_return.value == pytest.approx(np.mean(paid))
    assert str(steps) in str(found)


@pytest.mark.filterwarnings("ignore::UserWarning:minari")
def test_a_minari_data_set(tmp_path, monkeypatch):
    import minari

    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    env = minari.DataCollector(gymnasium.make("MountainCarContinuous-v0", max_episode_steps=30))
    for seed in range(5):
        state, over = env.reset(seed=seed)[0], False
        while not over:
            state, _, terminated, truncated, _ = env.step(back_and_forth(state[None])[0])
            over = terminated or truncated
    env.create_dataset("car/pushed-v0")
    model = learned(audit.collect("MountainCarContinuous-v0", back_and_forth, episodes=8))
    found = audit.audit(model, back_and_forth, "car/pushed-v0", gamma=0.97)
    assert found.why == "" and (found.horizon, found.episodes) == (30, 5) and add_up(found)


class Reach(gymnasium.Env):
    """A hand in the plane that is paid for being near its goal."""

    observation_space = spaces.Dict({"hand": spaces.Box(-9, 9, (2,)), "goal": spaces.Box(-1, 1, (2,))})
    action_space = spaces.Box(-1, 1, (2,))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.hand, self.goal = self.np_random.uniform(-1, 1, (2, 2))
        return {"hand": self.hand, "goal": self.goal}, {}

    def step(self, action):
        self.hand = self.hand + 0.2 * action
        return {"hand": self.hand, "goal": self.goal}, -np.abs(self.hand - self.goal).sum(), False, False, {}


def test_an_environment_that_observes_a_dict():
    def policy(state):  # the goal stands before the hand: by name
        return np.clip(state[:, :2] - state[:, 2:], -1, 1)

    log = audit.collect(Reach(), policy, episodes=10, max_steps=15)
    model = {
        "next_state": lambda s, a: np.concatenate([s[:, :2], s[:, 2:] + 0.2 * a], 1),
        "reward": lambda s, a: -np.abs(s[:, 2:] + 0.2 * a - s[:, :2]).sum(1),
    }
    right = audit.audit(model, policy, log, gamma=0.9)
    assert right.why == "" and abs(right.gap.value) < 1e-5
    late = {**model, "reward": lambda s, a: -np.abs(s[:, 2:] - s[:, :2]).sum(1)}
    assert audit.audit(late, policy, log, gamma=0.9).reward_part.high < 0


class Remembers(torch.nn.Module):
    """A recurrent model of Pendulum-v1; its latent is a GRU's."""

    def __init__(self):
        super().__init__()
        self.cell, self.decode = torch.nn.GRUCell(4, 24), torch.nn.Linear(24, 3)
        self.paid = torch.nn.Linear(24, 1)

    def observe(self, states, actions):
        latents = [torch.zeros(len(states), 24)]
        before = torch.nn.functional.pad(actions, (0, 0, 1, 0))
        for seen, action in zip(states.unbind(1), before.unbind(1), strict=True):
            latents.append(self.cell(torch.cat([seen, action], 1), latents[-1]))
        return torch.stack(latents[1:], 1)

    def imagine(self, latent, action):
        return self.cell(torch.cat([self.decode(latent), action], 1), latent)

    def reward(self, latent):
        return 10 * self.paid(latent)


def test_a_recurrent_model_that_is_trained():
    def policy(state):
        return np.clip(-2 * state[:, 1:2] - 0.6 * state[:, 2:], -2, 2)

    log = audit.collect("Pendulum-v1", policy, episodes=8, max_steps=20)
    torch.manual_seed(0)
    model = Remembers()
    before = audit.audit(model, policy, log, gamma=0.95)
    state = torch.tensor(np.concatenate([log.state, log.next_state[19::20]]), dtype=torch.float32)
    state = torch.cat([state[:160].reshape(8, 20, 3), state[160:, None]], 1)
    action, reward = (
        torch.tensor(c.reshape(8, 20, -1), dtype=torch.float32) for c in (log.action, log.reward)
    )
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(100):
        latent = model.observe(state, action)[:, 0]
        loss = torch.zeros(())
        for t in range(20):
            latent = model.imagine(latent, action[:, t])
            loss = loss + (model.decode(latent) - state[:, t + 1]).square().mean()
            loss = loss + (model.reward(latent) - reward[:, t]).square().mean() / 10
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    after = audit.audit(model, policy, log, gamma=0.95)
    assert before.why == after.why == "" and add_up(before) and add_up(after)
    assert abs(after.gap.value) < 0.3 * abs(before.gap.value)
    assert after.termination_part.value == 0
