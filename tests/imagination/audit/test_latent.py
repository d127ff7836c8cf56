"""Models that are started from a sequence."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from tests.imagination.audit import fakes

from imagination.audit import latent
from imagination.audit.calls import numbers
from imagination.audit.latent import LatentModel
from imagination.audit.trees import leaves, mapped

LOG = fakes.log(np.random.default_rng(0), 9, 12)
RNG = np.random.default_rng(1)
EPISODE = RNG.integers(len(LOG.length), size=40)
TIME = np.minimum(RNG.integers(12, size=40), LOG.length[EPISODE])


def observe(states, actions):
    """A latent that remembers: running sums of the states and of the actions before, and the last state."""
    before = np.concatenate([0 * states[:, :1, :1], np.cumsum(actions, axis=1)], axis=1)
    return {"sums": [np.cumsum(states, axis=1), before], "state": states, "nothing": None}


def imagine(latent, action):
    state = latent["state"] + action
    sums = [latent["sums"][0] + state, latent["sums"][1] + action]
    return {"sums": sums, "state": state, "nothing": None}


MODEL = {
    "observe": observe,
    "imagine": imagine,
    "reward": lambda latent: latent["state"][:, 0] + latent["sums"][1][:, 0],
    "decode": lambda latent: latent["state"],
}


def last(states, actions):
    return mapped(lambda array: array[:, -1], observe(states, actions))


def expected(episode, time):
    states = LOG.observed(np.full(time + 1, episode), np.arange(time + 1))
    actions = LOG.action[LOG.start[episode] :][:time]
    return states.sum(0), actions.sum(0), states[-1]


@pytest.mark.parametrize("at_once", [latent.AT_ONCE, 60])
@pytest.mark.parametrize("way", [observe, last])
def test_latents_have_seen_their_episode_so_far(way, at_once, monkeypatch):
    monkeypatch.setattr(latent, "AT_ONCE", at_once)
    model = LatentModel(MODEL | {"observe": way}, LOG)
    assert not model.stochastic and not model.shows_latents
    belief = model.begin(LOG, EPISODE, TIME)
    for row, each in enumerate(zip(EPISODE, TIME, strict=True)):
        for found, right in zip((*belief["sums"], belief["state"]), expected(*each), strict=True):
            np.testing.assert_allclose(found[row], right)


def test_a_latent_is_imagined_on():
    model = LatentModel(MODEL | {"continue_": lambda latent: np.full(len(latent["state"]), 0.5)}, LOG)
    belief = model.begin(LOG, EPISODE, TIME)
    action = np.ones((40, 1))
    following, reward, proceed = model.step(belief, action)
    np.testing.assert_allclose(model.states(following), LOG.observed(EPISODE, TIME) + 1)
    np.testing.assert_allclose(reward, belief["state"][:, 0] + belief["sums"][1][:, 0] + 2)
    np.testing.assert_array_equal(proceed, np.full(40, 0.5))
    some = model.select(following, np.arange(40) < 7)
    assert [len(array) for array in leaves(some)] == [7, 7, 7]


def test_a_policy_may_see_features():
    model = LatentModel(MODEL | {"features": lambda latent: np.repeat(latent["state"], 2, axis=1)}, LOG)
    assert model.shows_latents
    assert model.visible(model.begin(LOG, EPISODE, TIME)).shape == (40, 4)
    blind = LatentModel(
        {k: v for k, v in MODEL.items() if k != "decode"} | {"features": lambda z: z["state"]}, LOG
    )
    assert blind.states(blind.begin(LOG, EPISODE, TIME)) is None


@dataclass
class Pair:
    hidden: torch.Tensor
    steps: torch.Tensor


class Recurrent(torch.nn.Module):
    """A GRU cell in torch; its latent is a dataclass, its states are drawn if `noise`."""

    def __init__(self, noise=0.0):
        super().__init__()
        self.cell, self.head, self.noise = torch.nn.GRUCell(3, 5), torch.nn.Linear(5, 2), noise

    def observe(self, states, actions):
        hidden, seen = torch.zeros(len(states), 5), []
        before = torch.nn.functional.pad(actions, (0, 0, 1, 0))
        for t in range(states.shape[1]):
            hidden = self.cell(torch.cat([states[:, t], before[:, t]], -1), hidden)
            seen.append(hidden)
        hidden = torch.stack(seen, 1)
        return Pair(hidden, torch.arange(states.shape[1]).expand(hidden.shape[:2]))

    def imagine(self, latent, action):
        state = self.decode(latent) + self.noise * torch.randn(len(action), 2)
        return Pair(self.cell(torch.cat([state, action], -1), latent.hidden), latent.steps + 1)

    def decode(self, latent):
        return self.head(latent.hidden)

    def reward(self, latent):
        return latent.hidden[:, :1]


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_recurrent_network_needs_no_adapter(noise):
    torch.manual_seed(0)
    model = LatentModel(Recurrent(noise), LOG)
    assert model.stochastic == (noise > 0)
    belief = model.begin(LOG, EPISODE, TIME)
    np.testing.assert_array_equal(belief.steps.numpy(), TIME)
    assert numbers("hidden", belief.hidden).shape == (40, 5)
    assert model.step(belief, np.ones((40, 1)))[1].dtype == np.float64


def ahead(states, actions):
    return np.cumsum(states[:, ::-1], axis=1)[:, ::-1]


PLAIN = {"imagine": lambda z, a: z, "reward": lambda z: z[:, 0], "decode": lambda z: z}


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (PLAIN | {"observe": ahead}, "model.observe must not look ahead"),
        (PLAIN | {"observe": lambda s, a: None}, "model.observe must return arrays with 3 rows, got none"),
        (
            PLAIN | {"observe": lambda s, a: s[0]},
            r"model.observe must return arrays with 3 rows, got \[\(2, 2\)\]",
        ),
        (
            PLAIN | {"observe": lambda s, a: s, "decode": None},
            r"model must have decode\(latent\) or features",
        ),
        (MODEL | {"decode": lambda z: z["state"][:, :1]}, r"model.decode must return shape \(\d+, 2\)"),
        (MODEL | {"reward": lambda z: z["state"]}, "model.reward must return shape"),
        (MODEL | {"features": lambda z: z["state"][:1]}, r"model.features must return \d+ rows"),
        (MODEL | {"proceed": lambda z: 2 + z["state"][:, 0] * 0}, "model.proceed must return probabilities"),
    ],
)
def test_a_bad_latent_model_is_refused_by_name(model, said):
    with pytest.raises(ValueError, match=said):
        LatentModel(model, LOG)
