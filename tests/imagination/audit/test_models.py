"""World models of other people: maps, environments that are reset and stepped, and what they may not do."""

import numpy as np
import pytest
import torch
from tests.imagination.audit import fakes

from imagination.audit.models import SHARED_OUT, as_world_model

LOG = fakes.log(np.random.default_rng(0), 12, 30)
EPISODE, TIME = LOG.spread(50)


def next_state(state, action):
    return 0.9 * state + 0.1 * action


def reward(state, action):
    return state[:, 0] * action[:, 0]


def asked(model, steps=3):
    """What a model imagines from logged states when it always acts alike."""
    world = as_world_model(model, LOG)
    belief, said = world.begin(LOG, EPISODE, TIME), []
    for _ in range(steps):
        belief, paid, proceed = world.step(belief, np.full((len(EPISODE), 1), 0.5))
        said.append([world.states(belief), paid, proceed])
    return world, said


def equal(first, second, **tolerance):
    for one, other in zip(first, second, strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.dtype == np.float64
            np.testing.assert_allclose(a, b, **tolerance)


class Objects:
    """The same maps as methods, on tensors."""

    def next_state(self, state, action):
        return torch.add(0.9 * state, action, alpha=0.1)

    def reward(self, state, action):
        return (state[:, :1] * action).requires_grad_()


class Stepped:
    """The same maps, called as mbrl-lib's ModelEnv is, by an ensemble that shares every batch out."""

    def __init__(self, members=1):
        self.members = members

    def reset(self, initial_obs_batch, return_as_np=True):
        return {"obs": torch.from_numpy(initial_obs_batch.astype(np.float32)), "members": None}

    def step(self, actions, model_state, sample=False):
        assert sample and isinstance(actions, np.ndarray)
        if len(actions) % self.members:
            raise ValueError("the batch must be a multiple of the number of members")
        state, action = model_state["obs"], torch.from_numpy(actions)
        model_state["obs"] = next_state(state, action).float()
        done = torch.zeros(len(state), 1, dtype=torch.bool)
        return model_state["obs"].numpy(), reward(state, action)[:, None].numpy(), done.numpy(), model_state


MAPS = {"next_state": next_state, "reward": reward}


@pytest.mark.parametrize("model", [Objects(), Stepped(), Stepped(5), Stepped(7)])
def test_however_it_is_called_it_imagines_the_same(model):
    world, said = asked(model)
    assert not world.stochastic
    equal(said, asked(MAPS)[1], rtol=1e-4, atol=1e-6)


def test_maps_are_asked_exactly():
    world, said = asked(MAPS, steps=1)
    state = LOG.observed(EPISODE, TIME)
    equal(said, [[next_state(state, 0.5), 0.5 * state[:, 0], np.ones(len(state))]], rtol=0)
    np.testing.assert_array_equal(world.visible(state), state)


@pytest.mark.parametrize("model", [MAPS, Stepped(), Stepped(3)])
@pytest.mark.parametrize("keep", [np.arange(50) % 3 == 0, np.array([4, 4, 40])])
def test_some_go_on_as_all_would(model, keep):
    world = as_world_model(model, LOG)
    action = np.linspace(-1, 1, 50)[:, None]
    belief, _, _ = world.step(world.begin(LOG, EPISODE, TIME), action)
    for _ in range(2):
        following, paid, _ = world.step(belief, action)
        some, paid_some, _ = world.step(world.select(belief, keep), action[keep])
        np.testing.assert_array_equal(paid_some, paid[keep])
        np.testing.assert_array_equal(world.states(some), world.states(following)[keep])


def test_a_belief_can_be_stepped_twice():
    world = as_world_model(Stepped(), LOG)
    belief = world.begin(LOG, EPISODE, TIME)
    first, again = (world.step(belief, np.ones((50, 1)))[0] for _ in range(2))
    np.testing.assert_array_equal(world.states(first), world.states(again))


def test_what_is_given_is_not_written_into():
    def greedy(state, action):
        state += 1
        return state

    before = LOG.state.copy()
    asked(MAPS | {"next_state": greedy})
    np.testing.assert_array_equal(LOG.state, before)


RNG = np.random.default_rng(0)
NETWORK = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout(0.5))


@pytest.mark.parametrize(
    ("changes", "chance"),
    [
        ({}, False),
        ({"next_state": lambda s, a: next_state(s, a) + RNG.normal(size=s.shape)}, True),
        ({"reward": lambda s, a: reward(s, a) + np.random.normal(size=len(s))}, True),  # noqa: NPY002
        ({"next_state": lambda s, a: NETWORK(torch.cat([s, a], -1))}, True),
        ({"proceed": lambda s, a: np.random.rand(len(s))}, True),  # noqa: NPY002
    ],
)
def test_chance_is_noticed_and_leaves_generators_alone(changes, chance):
    before = RNG.bit_generator.state, torch.get_rng_state()
    assert as_world_model(MAPS | changes, LOG).stochastic == chance
    assert RNG.bit_generator.state == before[0] and torch.equal(torch.get_rng_state(), before[1])


def test_floats_become_what_a_network_takes():
    network = torch.nn.Linear(3, 2).double()
    ways = [
        lambda s, a: network(torch.cat([s, a], -1)),
        lambda s, a: network(torch.from_numpy(np.concatenate([s, a], -1))),
        lambda s, a: network.float()(torch.from_numpy(np.concatenate([s, a], -1).astype("f4"))).double(),
    ]
    said = [asked(MAPS | {"next_state": way})[1] for way in ways]
    equal(said[0], said[1], rtol=1e-12)
    equal(said[0], said[2], rtol=1e-4, atol=1e-6)


def test_numbers_that_are_none_pass():
    _, said = asked(MAPS | {"next_state": lambda s, a: s * np.inf, "proceed": lambda s, a: s[:, 0] * np.nan})
    assert not np.isfinite(said[0][0]).any() and np.isnan(said[0][2]).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"next_state": lambda s, a: s[:, :1]},
            r"model.next_state must return shape \(\d+, 2\), got \(\d+, 1\)",
        ),
        ({"reward": lambda s, a: s}, r"model.reward must return shape \(\d+,\), got \(\d+, 2\)"),
        ({"reward": lambda s, a: None}, "model.reward must return .* got"),
        ({"reward": 1.0}, "model.reward must be callable, got float"),
        (
            {"proceed": lambda s, a: 3 + 0 * s[:, 0]},
            r"model.proceed must return probabilities, in \[0, 1\], got 3",
        ),
        (
            {"reward": lambda s: 0},
            r"model.reward failed on a batch, of shape \(\d+, 2\), \(\d+, 1\): TypeError: ",
        ),
        ({"reward": lambda s, a: {}["a"]}, "model.reward failed .*: KeyError: 'a'"),
    ],
)
def test_a_bad_answer_is_refused_by_name(changes, said):
    with pytest.raises(ValueError, match=said):
        as_world_model(MAPS | changes, LOG)


class Gymnasium(Stepped):
    def step(self, actions, model_state):
        return model_state["obs"], 0.0, False, False, {}


class Tied(Stepped):
    def reset(self, initial_obs_batch):
        return {"obs": initial_obs_batch, "members": torch.randperm(len(initial_obs_batch))}


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Gymnasium(), "observations, rewards, dones, model state; got 5 values"),
        (Tied(), "model.reset must not tie rows to one another"),
        (Stepped(11), "the batch must be a multiple"),
        (torch.nn.Linear(3, 2), r"model must have next_state\(state, action\) and .*; got Linear"),
        ({}, "got dict"),
    ],
)
def test_what_is_no_model_is_refused(model, said):
    with pytest.raises(ValueError, match=said):
        as_world_model(model, LOG)


def test_members_up_to_seven_can_share():
    assert not any(SHARED_OUT % members for members in range(1, 8))


def test_a_world_model_is_taken_as_it_is():
    model = fakes.Model()
    assert as_world_model(model, LOG) is model
