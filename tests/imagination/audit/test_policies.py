"""Is a log a policy's own? Level and power, and what kinds of policies there are."""

import numpy as np
import pytest
import torch
from scipy import stats

from imagination.audit import policies
from imagination.audit.episodes import episodes
from imagination.audit.policies import as_policy, on_policy

GAIN = np.array([[0.5, 0.1, 0.0], [0.0, 0.2, 0.3]])


def log(policy, rng, count=20, length=10):
    """Episodes of a policy in a world that its actions move."""
    state = rng.normal(size=(count, 3))
    rows = []
    for _ in range(length):
        action = policy(state)
        following = 0.9 * state + 0.3 * np.resize(action.astype(float), (count, 3))
        rows.append((state, action, following))
        state = following
    state, action, following = (
        np.stack(column, axis=1).reshape(count * length, -1) for column in zip(*rows, strict=True)
    )
    last = np.tile(np.arange(length) == length - 1, count)
    return episodes(
        {"state": state, "action": action, "next_state": following, "reward": state[:, 0]}
        | {"terminated": np.zeros(len(last)), "truncated": last}
    )


def noisy(rng, spread=0.3, gain=GAIN, shift=0.0):
    return lambda state: state @ gain.T + shift + spread * rng.normal(size=(len(state), 2))


def discrete(rng, exploring):
    """Greedy, but for a share of random actions."""

    def policy(state):
        random = rng.integers(3, size=len(state))
        return np.where(rng.random(len(state)) < exploring, random, (state[:, 0] > 0) * 2)

    return policy


def linear(state):
    return state @ GAIN.T


def test_a_deterministic_policys_log_is_its_own():
    rng = np.random.default_rng(0)
    kept = log(linear, rng)
    policy = as_policy(linear, kept.state, kept.action)
    assert not policy.stochastic
    assert on_policy(kept, policy).holds
    other = on_policy(kept, as_policy(lambda state: 1.1 * linear(state), kept.state, kept.action))
    assert not other.holds
    assert "logged actions are not the policy's" in other.evidence and "in the log" in other.evidence


@pytest.mark.parametrize(("changed", "holds"), [(1, True), (2, False)])
def test_one_action_in_a_thousand_is_excused(changed, holds):
    kept = log(linear, np.random.default_rng(0), count=100)
    kept.action[:changed] += 1
    assert on_policy(kept, as_policy(linear, kept.state, kept.action)).holds == holds


def test_a_network_rounds():
    kept = log(linear, np.random.default_rng(0))
    network = torch.nn.Linear(3, 2, bias=False)
    with torch.no_grad():
        network.weight.copy_(torch.tensor(GAIN))
    policy = as_policy(network, kept.state, kept.action)
    assert not policy.stochastic and on_policy(kept, policy).holds
    assert policy(kept.state).dtype == np.float64


CASES = {
    "shift": (lambda rng: noisy(rng, shift=0.1), noisy),
    "spread": (lambda rng: noisy(rng, spread=0.45), noisy),
    "gain": (lambda rng: noisy(rng, gain=1.4 * GAIN), noisy),
    "exploring": (lambda rng: discrete(rng, 0.3), lambda rng: discrete(rng, 0.1)),
}


@pytest.mark.parametrize("name", CASES)
def test_another_policys_log_is_noticed(name):
    logger, asked = CASES[name]
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        kept = log(logger(rng), rng, count=50)
        found += not on_policy(kept, as_policy(asked(rng), kept.state, kept.action), seed=seed).holds
    assert found >= 18


@pytest.mark.parametrize("make", [noisy, lambda rng: discrete(rng, 0.2)])
def test_its_own_log_is_seldom_denied(make):
    refused, trials = 0, 150
    for seed in range(trials):
        rng = np.random.default_rng(1000 + seed)
        kept = log(make(rng), rng)
        policy = as_policy(make(rng), kept.state, kept.action)
        assert policy.stochastic
        refused += not on_policy(kept, policy, seed=seed).holds
    assert stats.binomtest(refused, trials, policies.LEVEL, alternative="greater").pvalue > 0.001


def test_discrete_actions_stay_whole():
    kept = log(lambda state: (state[:, 0] > 0).astype(int), np.random.default_rng(0))
    for shape in ((-1,), (-1, 1)):
        policy = as_policy(lambda s, shape=shape: (s[:, 0] > 0).reshape(shape), kept.state, kept.action)
        assert policy(kept.state).dtype == np.int64 and policy(kept.state).shape == (200, 1)
        assert on_policy(kept, policy).holds
    with pytest.raises(ValueError, match=r"policy must return whole numbers, .* got 0\.5"):
        as_policy(lambda s: np.full(len(s), 0.5), kept.state, kept.action)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (3, "policy must be callable, got int"),
        (lambda s: s, r"policy must return shape \(200, 2\), got \(200, 3\)"),
        (lambda s: "left", "policy must return an array of numbers, got str"),
        (lambda s: s[:, 7], r"policy failed on a batch, of shape \(200, 3\): IndexError"),
    ],
)
def test_what_is_no_policy_is_refused(policy, said):
    kept = log(linear, np.random.default_rng(0))
    with pytest.raises(ValueError, match=said):
        as_policy(policy, kept.state, kept.action)


def test_actions_that_are_no_numbers_are_refused():
    kept = log(linear, np.random.default_rng(0))
    policy = as_policy(lambda s: np.where(s[:, :1] > 1, np.nan, linear(s)), kept.state, kept.action)
    with pytest.raises(ValueError, match=r"policy must return finite actions, got \[nan nan\]"):
        on_policy(kept, policy)
