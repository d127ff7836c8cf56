"""Every finding: what was planted is found, and a perfect model raises no alarm."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from tests.imagination.audit import fakes

from imagination.audit import audit
from imagination.audit.constants import gap_bounds, observed
from imagination.audit.evidence import SEVERITIES, Evidence
from imagination.audit.findings import find, reward_lag
from imagination.audit.lags import action_shift, state_shift
from imagination.audit.parts import decompose, one_step
from imagination.audit.places import worst_region
from imagination.audit.priorities import improve
from imagination.audit.suspicions import FEWEST, Errors, exceeds

GAMMA = 0.95
HORIZON = 19


@pytest.fixture(scope="module")
def log():
    return fakes.log(np.random.default_rng(0), 30, 20)


@pytest.fixture(scope="module")
def noisy():
    """A world with noise."""
    return fakes.log(np.random.default_rng(1), 30, 20, noise=0.3)


@pytest.fixture(scope="module")
def endless():
    return fakes.log(np.random.default_rng(2), 30, 20, risk=0.0)


@dataclass
class Wrong(fakes.Model):
    """The world of the log, but for what `change` makes of an answer (state, action, next, reward, on)."""

    pull: float = 0.9
    risk: float = 0.1
    change: object = None

    def step(self, belief, action):
        answer = super().step(belief, action)
        return answer if self.change is None else self.change(belief, action, *answer)


def evidence(log, model, *, on_policy=True):
    rng = np.random.default_rng(7)
    parts = None
    with np.errstate(all="ignore"):
        if on_policy:
            horizons = np.array([HORIZON])
            parts = decompose(log, model, fakes.policy, gamma=GAMMA, horizons=horizons, rng=rng)
        return Evidence(log, model, fakes.policy, GAMMA, 0.95, one_step(log, model), on_policy, parts, rng)


def found(log, model, **options):
    return {each.name: each for each in find(evidence(log, model, **options))}


def alarms(log, model, **options):
    return {name for name, each in found(log, model, **options).items() if each.severity != "note"}


def draws(log, noise=0.3, change=None):
    return Wrong(noise=noise, rng=np.random.default_rng(3), change=change)


def shifted(values, log, by):
    """Each episode's values, `by` rows later."""
    parts = np.split(values, log.start[1:])
    return np.concatenate([np.roll(part, by, axis=0) for part in parts])


# A perfect model


def test_a_perfect_model_raises_no_alarm(log, noisy):
    assert alarms(log, Wrong()) == set()
    assert alarms(noisy, draws(noisy)) == set()
    assert alarms(log, Wrong(), on_policy=False) == set()


def test_single_precision_is_no_fault(log):
    def rounded(state, action, following, reward, proceed):
        return tuple(x.astype(np.float32).astype(float) for x in (following, reward, proceed))

    assert alarms(log, Wrong(change=rounded)) == set()


def test_alarms_come_before_notes(log):
    kinds = [SEVERITIES.index(each.severity) for each in find(evidence(log, Wrong(risk=0.0, offset=1.0)))]
    assert kinds == sorted(kinds) and len(set(kinds)) == 3


# Lags


@pytest.mark.parametrize("by", [-1, 1])
def test_rewards_off_by_one(log, by):
    late = replace(log, reward=shifted(log.reward, log, by))
    assert reward_lag(evidence(late, Wrong())) == by
    finding = found(late, Wrong())["reward_lag"]
    assert finding.severity == "error"
    assert ("late" in finding.advice.split(",")[0]) == (by > 0)


@pytest.mark.parametrize("by", [-1, 1])
def test_actions_off_by_one(log, by):
    late = replace(log, action=shifted(log.action, log, by))
    assert "action_lag" in alarms(late, Wrong(), on_policy=False)
    assert action_shift(Errors(evidence(late, Wrong(), on_policy=False)))[0] == by


def test_states_two_steps_on(log):
    def twice(state, action, following, reward, proceed):
        return Wrong().step(following, fakes.policy(following))[0], reward, proceed

    assert state_shift(Errors(evidence(log, Wrong(change=twice), on_policy=False)))[0] == 1
    assert "state_lag" in alarms(log, Wrong(change=twice))


@pytest.mark.parametrize("reward", [lambda time: 0 * time + 1.0, lambda time: 0.5**time])
def test_no_lag_where_none_can_be_told(log, reward):
    """Constant rewards, and rewards whose lag is a factor: a model with that factor wrong is no lag."""
    time = np.arange(len(log.reward)) - np.repeat(log.start, log.length)
    told = replace(log, reward=reward(time))
    asked = evidence(told, Wrong(), on_policy=False)
    wrong = replace(asked, one_step=replace(asked.one_step, reward=told.reward * 0.5))
    assert reward_lag(wrong) == 0


# The end of episodes


def test_ends_ignored_is_an_error(log):
    finding = found(log, Wrong(risk=0.0))["continuation"]
    assert finding.severity == "error"
    assert f"{log.ended().sum()} of 30 episodes ended" in finding.evidence


@pytest.mark.parametrize(("risk", "word"), [(0.8, "too often"), (0.004, "too seldom")])
def test_ends_foretold_too_often_or_too_seldom(log, risk, word):
    finding = found(log, Wrong(risk=risk))["continuation"]
    assert finding.severity == "warning" and word in finding.evidence


def test_ends_in_the_wrong_places(log):
    rate = log.terminated.sum() / (log.state[:, 0] <= 0.3).sum()

    def elsewhere(state, action, following, reward, proceed):
        return following, reward, 1 - rate * (state[:, 0] <= 0.3)

    ends = log.terminated.sum()
    said = found(log, Wrong(change=elsewhere))["continuation"].evidence
    assert f"foretells {ends} ends where the log has {ends}, but misses {ends} of these" in said


def test_ends_that_are_drawn(noisy):
    """A stochastic model may return 0 or 1."""
    rng = np.random.default_rng(5)

    def drawn(risk):
        return lambda s, a, f, r, p: (f, r, (rng.random(len(s)) >= risk * (s[:, 0] > 0.3)).astype(float))

    assert "continuation" not in alarms(noisy, draws(noisy, change=drawn(0.1)))
    assert "continuation" in alarms(noisy, draws(noisy, change=drawn(0.9)))


# Models that say nothing


def test_nan_is_named_with_its_rows(log):
    def broken(state, action, following, reward, proceed):
        reward = np.where(np.isclose(state[:, 0], log.state[4, 0]), np.nan, reward)
        return following, reward, proceed

    finding = found(log, Wrong(change=broken))["nan"]
    assert finding.severity == "error" and "(rows 4)" in finding.evidence and "1 of" in finding.evidence
    bad = Wrong(change=lambda s, a, f, r, p: (f * np.inf, r, p * np.nan))
    assert [each.name for each in find(evidence(log, bad))].count("nan") == 2


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("constant_reward", lambda s, a, f, r, p: (f, 0 * r, p)),
        ("constant_state", lambda s, a, f, r, p: (f * [1, 0], r, p)),
        ("nothing_moves", lambda s, a, f, r, p: (f - s, r, p)),
        ("nothing_moves", lambda s, a, f, r, p: (s, r, p)),
        ("no_better_than_mean", lambda s, a, f, r, p: (f, -r, p)),
    ],
)
def test_models_that_say_nothing(endless, name, change):
    assert name in alarms(endless, Wrong(risk=0.0, change=change))


def test_nothing_can_be_said_of_pure_noise(log):
    rng = np.random.default_rng(4)
    blind = replace(log, reward=rng.standard_normal(len(log.reward)))
    kept = found(blind, Wrong(change=lambda s, a, f, r, p: (f, 0 * r, p)))
    assert kept["constant_reward"].severity == "note"


def test_rollouts_that_explode(log):
    def grows(state, action, following, reward, proceed):
        return 3 * following * (1 + np.abs(state)), reward, proceed

    assert found(log, Wrong(change=grows))["exploding"].severity == "error"
    assert "exploding" not in found(log, Wrong(change=grows), on_policy=False)

    def ends(state, action, following, reward, proceed):
        return 3 * following * (1 + np.abs(state)), reward, 0.01 * proceed

    assert "exploding" not in found(log, Wrong(change=ends))  # by the model's own word it was over before


# Where errors sit


def test_optimism_along_the_policy(log):
    finding = found(log, Wrong(offset=0.3))["optimistic_reward"]
    steps = np.minimum(log.length, HORIZON)
    expected = np.mean([0.3 * (1 - GAMMA**n) / (1 - GAMMA) for n in steps])
    assert f"promises {expected:.3g} more" in finding.evidence
    assert "optimistic_reward" not in alarms(log, Wrong(offset=-0.3))


@pytest.mark.parametrize("world", ["log", "noisy"])
def test_a_region_of_wrong_dynamics(world, request):
    log = request.getfixturevalue(world)
    low, high = np.quantile(log.state[:, 1], [0.4, 0.65])

    def shift(state, action, following, reward, proceed):
        inside = (state[:, 1] > low) & (state[:, 1] <= high)
        return following + 0.6 * inside[:, None] * [1, 0], reward, proceed

    model = Wrong(change=shift) if world == "log" else draws(log, change=shift)
    for options in ({}, {"on_policy": False}):
        assert "local_dynamics" in alarms(log, model, **options)
    region = worst_region(Errors(evidence(log, model)))
    planted = (log.state[:, 1] > low) & (log.state[:, 1] <= high)
    assert region.coordinate == 1
    assert (region.inside & planted).sum() > 0.7 * (region.inside | planted).sum()


def test_a_shift_everywhere_is_no_region(log):
    shift = Wrong(change=lambda s, a, f, r, p: (f + np.array([0.4, 0]), r, p))
    assert {"biased_dynamics"} == alarms(log, shift) & {"biased_dynamics", "local_dynamics"}


def test_noise_that_the_world_has_not(log, noisy):
    assert "noise_in_model" in alarms(log, draws(log, noise=0.1))
    assert "noise_in_model" in alarms(noisy, draws(noisy, noise=0.6))
    assert "noise_in_model" not in alarms(noisy, draws(noisy, noise=0.2))


# Notes


def test_observed_constants_are_lower_bounds_of_the_true_ones(log):
    constants = observed(Errors(evidence(log, Wrong())))
    assert 0.5 < constants["L_pi"] <= np.hypot(2, 0.5)
    widest = np.linalg.norm(log.state[:, None] - log.state, axis=2).max()
    assert constants["diameter"] == pytest.approx(widest)
    assert constants["eps_dyn"] < 1e-12 and constants["eps_rew"] < 1e-12


def test_bounds_say_whether_they_inform(log):
    exact = found(log, Wrong())["bounds"].evidence
    assert exact.startswith("a gap of 0 is all that the bound `finite horizon` allows")
    crude = found(log, Wrong(pull=0.2))["bounds"].evidence
    assert crude.startswith("with constants observed along the log no bound of the gap is smaller than")
    constants = {"L_f": 1, "L_r": 1, "L_pi": 1, "closed_f": 0.5, "closed_r": 1, "diameter": 3}
    values = gap_bounds(constants | {"eps_dyn": 0.1, "eps_rew": 0.0}, 1 - 1e-9, 2)
    assert values["finite horizon"] == pytest.approx(0.2)
    assert values["closed loop"] == pytest.approx(0.1)


def test_a_deterministic_model_of_a_world_with_noise_is_told_what_it_may_lack(noisy, log):
    note = found(noisy, Wrong())["noise_in_world"]
    assert note.severity == "note" and "explains 0% of it" in note.evidence
    assert "noise_in_world" not in found(noisy, draws(noisy))
    assert "noise_in_world" not in found(log, Wrong())
    explained = found(log, Wrong(change=lambda s, a, f, r, p: (f + np.array([0, 0.8]), r, p)))
    assert "noise_in_world" not in explained and "biased_dynamics" in explained


def test_which_model_to_improve(log):
    reward = improve(evidence(log, Wrong(offset=0.5)))
    assert reward.improve == "reward" and reward.multiplier is None and "make no error" in reward.why
    dynamics = improve(evidence(log, Wrong(change=lambda s, a, f, r, p: (f - [0, 0.8], r, p))))
    assert dynamics.improve == "dynamics" and "holds 0" in dynamics.why
    assert improve(evidence(log, Wrong())).improve is None
    assert improve(evidence(log, Wrong(), on_policy=False)).improve is None


def test_the_multiplier_is_a_ratio_of_sensitivities(log):
    model = Wrong(offset=0.2, change=lambda s, a, f, r, p: (f + np.array([0, 0.1]), r, p))
    asked = evidence(log, model)
    multiplier = improve(asked).multiplier
    parts = {name: abs(asked.parts.by_horizon[name][:, -1].mean()) for name in ("dynamics", "reward")}
    sums = [np.add.reduceat(np.full(len(log.reward), x), log.start)[asked.parts.episodes] for x in (0.1, 0.2)]
    expected = parts["dynamics"] / sums[0].mean() / (parts["reward"] / sums[1].mean())
    assert multiplier.value == pytest.approx(expected)
    assert multiplier.low < multiplier.value < multiplier.high


def test_few_episodes_are_said_and_raise_nothing():
    short = fakes.log(np.random.default_rng(0), FEWEST - 1, 20)
    kept = found(short, Wrong(offset=1.0))
    assert kept["few_episodes"].severity == "note" and "optimistic_reward" not in kept


def test_a_mean_surely_exceeds_a_threshold_as_seldom_as_is_said():
    rng = np.random.default_rng(0)
    wrong = [exceeds(rng.standard_normal(30), 0.0, 0.05) for _ in range(400)]
    assert 8 <= sum(wrong) <= 34
    assert exceeds(rng.standard_normal(30) + 2, 1.0, 0.005)
    assert not exceeds(np.ones(FEWEST - 1), 0.0, 0.05)


def test_an_offset_of_rewards_that_decay_is_no_lag():
    """Rewards that come nearer to 1 by the same factor each step: an offset is nearly a shift by one."""
    start, times = np.linspace(0.5, 1.5, 20)[:, None], np.arange(31)
    states = start * 0.96**times
    ended = np.zeros((20, 30), bool)
    ended[:, -1] = True
    log = {
        "state": states[:, :-1].reshape(-1, 1),
        "action": np.zeros((600, 1)),
        "reward": (1 - states[:, :-1] ** 2 / 4).reshape(-1),
        "next_state": states[:, 1:].reshape(-1, 1),
        "terminated": np.zeros(600, bool),
        "truncated": ended.reshape(-1),
        "episode": np.repeat(np.arange(20), 30),
    }
    model = {"next_state": lambda s, a: 0.96 * s, "reward": lambda s, a: 1.02 - s[:, 0] ** 2 / 4}
    found = audit(model, lambda s: 0 * s, log, gamma=0.95)
    assert found.reward_lag == 0
    assert [each.name for each in found.findings if each.severity != "note"] == ["optimistic_reward"]
