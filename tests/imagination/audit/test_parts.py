"""The parts of a gap: against their definition one state at a time, and as samples."""

from __future__ import annotations

import numpy as np
import pytest
from tests.imagination.audit import fakes

from imagination.audit import parts
from imagination.audit.parts import PARTS, decompose, one_step
from imagination.results.horizon.claims import ACCOUNT

HORIZONS = np.array([1, 4, 7])


def value(visible):
    return 3 + visible[:, 0] * visible[:, 1]


def from_the_definition(episodes, model, e, horizon, gamma, worth):
    """Real return and the contributions of each step, by scalar recursion."""
    contributions = {part: np.zeros(horizon) for part in PARTS}
    steps = min(episodes.length[e], horizon)
    rows = episodes.start[e] + np.arange(steps)
    real = float(np.sum(gamma ** np.arange(steps) * episodes.reward[rows]))
    if worth is not None and steps == horizon and not episodes.terminated[rows[-1]]:
        real += gamma**horizon * worth(episodes.next_state[rows[-1:]])[0]
    for t, row in enumerate(rows):
        following, reward, proceed = model.step(episodes.state[[row]], episodes.action[[row]])
        going = 0.0 if episodes.terminated[row] else 1.0
        dream = fakes.imagined_return(model, following[0], horizon - t - 1, gamma, worth)
        true = fakes.imagined_return(model, episodes.next_state[row], horizon - t - 1, gamma, worth)
        contributions["reward"][t] = gamma**t * (reward[0] - episodes.reward[row])
        contributions["dynamics"][t] = gamma ** (t + 1) * going * (dream - true)
        contributions["termination"][t] = gamma ** (t + 1) * (proceed[0] - going) * dream
    return real, contributions


@pytest.mark.parametrize("worth", [None, value], ids=["no value", "value"])
@pytest.mark.parametrize("risk", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("gamma", [0.0, 0.9, 1.0])
def test_parts_are_what_they_are_defined_to_be(worth, risk, gamma):
    rng = np.random.default_rng(3)
    episodes = fakes.log(rng, 8, 8)
    assert episodes.ended().any() and not episodes.ended().all()
    model = fakes.Model(offset=0.05, risk=risk)
    found = decompose(episodes, model, fakes.policy, gamma=gamma, horizons=HORIZONS, rng=rng, value=worth)
    assert len(found.episodes) == 8
    reward, dynamics, ending = (found.by_horizon[part] for part in PARTS)
    stated = ACCOUNT.evaluate(reward_part=reward, dynamics_part=dynamics, ending_part=ending)
    np.testing.assert_allclose(stated, found.imagined - found.real, atol=1e-12)
    for j, horizon in enumerate(HORIZONS):
        for row, e in enumerate(found.episodes):
            real, contributions = from_the_definition(episodes, model, e, horizon, gamma, worth)
            start = episodes.state[episodes.start[e]]
            imagined = fakes.imagined_return(model, start, horizon, gamma, worth)
            assert found.real[row, j] == pytest.approx(real, abs=1e-12)
            assert found.imagined[row, j] == pytest.approx(imagined, abs=1e-12)
            for part in PARTS:
                whole = contributions[part].sum()
                assert found.by_horizon[part][row, j] == pytest.approx(whole, abs=1e-12)
                if horizon == HORIZONS[-1]:
                    np.testing.assert_allclose(found.by_step[part][row], contributions[part], atol=1e-12)


def test_parts_add_up_where_every_step_is_asked_of_a_model_with_noise():
    rng = np.random.default_rng(4)
    episodes = fakes.log(rng, 20, 12, noise=0.2)
    model = fakes.Model(noise=0.3, risk=0.05, rng=rng)
    found = decompose(episodes, model, fakes.policy, gamma=0.95, horizons=np.array([5, 11]), rng=rng)
    assert np.abs(found.imagined - found.real).max() > 0.1
    for part in PARTS:
        np.testing.assert_allclose(found.by_step[part].sum(1), found.by_horizon[part][:, -1], atol=1e-12)


def test_parts_of_a_model_with_noise_are_right_in_expectation():
    """Against the mean of very many rollouts from the same transitions."""
    rng = np.random.default_rng(5)
    episodes = fakes.log(rng, 3, 5)
    model = fakes.Model(noise=0.3, risk=0.2, rng=rng)
    many = 8000
    rows = np.tile(episodes.start[0] + np.arange(episodes.length[0]), many)
    names = ("state", "action", "reward", "next_state", "terminated", "truncated")
    length = np.full(many, episodes.length[0])
    again = parts.Episodes(
        *(getattr(episodes, name)[rows] for name in names), np.cumsum(length) - length, length
    )
    horizons = np.array([int(length[0])])
    found = decompose(again, model, fakes.policy, gamma=0.9, horizons=horizons, rng=rng)
    drawn = [from_the_definition(episodes, model, 0, horizons[0], 0.9, None)[1] for _ in range(1500)]
    for part in PARTS:
        reference = np.array([each[part] for each in drawn])
        doubt = np.sqrt(reference.var(0) / len(drawn) + found.by_step[part].var(0) / many)
        apart = np.abs(found.by_step[part].mean(0) - reference.mean(0))
        assert np.all(apart <= 4.5 * doubt + 1e-12), part


def test_a_sample_of_steps_is_unbiased():
    """Every place in the strata is drawn as often as it should be, so the mean over samples is the whole."""
    rng = np.random.default_rng(6)
    episodes = fakes.log(rng, 6, 20)
    model = fakes.Model(offset=0.05, risk=0.1)
    options = {"gamma": 0.97, "horizons": np.array([8, 19])}
    whole = decompose(episodes, model, fakes.policy, rng=rng, **options)
    samples = [decompose(episodes, model, fakes.policy, rng=rng, calls=500, **options) for _ in range(300)]
    assert np.mean([sample.asked.mean() for sample in samples]) < 0.5 * whole.asked.mean()
    for part in PARTS:
        for name in ("by_step", "by_horizon"):
            drawn = np.array([getattr(sample, name)[part] for sample in samples])
            true = getattr(whole, name)[part]
            doubt = drawn.std(0) / np.sqrt(len(drawn))
            assert np.all(np.abs(drawn.mean(0) - true) <= 5 * doubt + 1e-9), (part, name)
    for sample in samples[:3]:
        np.testing.assert_array_equal(sample.by_horizon["reward"], whole.by_horizon["reward"])
        total = sum(sample.by_horizon.values())
        np.testing.assert_allclose(total, sample.imagined - sample.real, atol=1e-12)


@pytest.mark.parametrize("calls", [900, 1500, 3000])
def test_steps_of_a_stratum_are_drawn_equally_often(calls):
    rng = np.random.default_rng(7)
    steps, ended = np.array([101, 4]), np.array([False, True])
    drawn = np.array([parts._weights(steps, ended, 101, calls, rng) for _ in range(2000)])
    (weight,) = set(np.unique(drawn[:, 0, 1:])) - {0.0}
    assert weight > 1
    assert np.all(drawn[:, 0, 0] == 1) and np.all(drawn[:, 1, 3] == 1) and np.all(drawn[:, 1, 4:] == 0)
    share = (drawn[:, 0, 1:] > 0).mean(0)
    assert np.all(np.abs(share - 1 / weight) < 5 * np.sqrt(1 / weight / len(drawn)))


def test_memory_is_bounded_by_chunks_and_ended_imagination_is_dropped(monkeypatch):
    rng = np.random.default_rng(8)
    episodes = fakes.log(rng, 30, 10)
    options = {"gamma": 0.9, "horizons": np.array([9]), "rng": rng}
    model = fakes.Model()
    whole = decompose(episodes, model, fakes.policy, **options)
    monkeypatch.setattr(parts, "CHUNK", 16)
    small = fakes.Model()
    cut = decompose(episodes, small, fakes.policy, **options)
    assert small.largest <= 16 < model.largest
    np.testing.assert_allclose(cut.by_step["dynamics"], whole.by_step["dynamics"], atol=1e-12)
    hopeless = fakes.Model(risk=1.0)
    decompose(episodes, hopeless, fakes.policy, **options)
    assert hopeless.calls < 0.6 * small.calls
    asked = one_step(episodes, small)
    np.testing.assert_allclose(asked.state, small.step(episodes.state, episodes.action)[0])
    assert asked.reward.shape == asked.proceed.shape == (len(episodes.reward),)


def test_episodes_cut_before_the_horizon_cannot_speak_about_it():
    rng = np.random.default_rng(9)
    episodes = fakes.log(rng, 40, 9)
    found = decompose(episodes, fakes.Model(), fakes.policy, gamma=0.9, horizons=np.array([9]), rng=rng)
    speaking = episodes.ended() | (episodes.length == 9)
    assert 0 < speaking.sum() < 40
    np.testing.assert_array_equal(found.episodes, np.flatnonzero(speaking))
    none = decompose(episodes, fakes.Model(), fakes.policy, gamma=0.9, horizons=np.array([90]), rng=rng)
    assert none.real.shape == (int(episodes.ended().sum()), 1)
