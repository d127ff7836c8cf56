"""How many steps to imagine before asking a value: on worlds in which every horizon's error is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.imagination.audit import fakes
from tests.imagination.audit.known_values import Case, draw
from tests.imagination.audit.test_audit import kept, mapping

from imagination import audit
from imagination.audit import intervals
from imagination.audit.promises import NoAnswer, promises, window
from imagination.audit.stopping import by_episode, default_horizons, stopping

LEVEL = 0.95


def cases(count: int, **options):
    """Cases in which model and value err by little or by much, and what is found on a log of each."""
    for seed in range(count):
        rng = np.random.default_rng([seed, 7])
        wrong = {"model": np.exp(rng.uniform(-3, 0.7)), "value": np.exp(rng.uniform(-2.3, 2.3))}
        log = {"episodes": options.get("episodes", 20), "steps": options.get("steps", 30)}
        case = draw(rng, **(wrong | {key: options[key] for key in set(options) - set(log)}))
        asked = case.asked(rng, **log)
        yield case, asked, stopping(asked, case.gamma, None, LEVEL, rng)


def holds(case: Case, asked, found) -> bool:
    """Whether a truly best horizon of those tried is not told from the best observed."""
    tried = found.by_horizon["horizon"].to_numpy()
    truth = case.squares(tried, window(asked.episodes, case.gamma)[1])
    best = tried[truth <= truth.min() * (1 + 1e-9) + 1e-12]
    return bool(set(best.tolist()) & set(found.as_good))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"hazard": 0.1},
        {"episodes": 6, "steps": 14},
        {"value": 0.0},
        {"model": 0.0},
        {"chance": True},
    ],
    ids=["plain", "worlds end", "short logs", "value exact", "model exact", "model with chance"],
)
def test_the_truly_best_horizon_is_among_the_as_good_as_often_as_is_said(options):
    found = [holds(*each) for each in cases(25, **options)]
    assert sum(found) >= 21  # fewer of 25 at 95% happen once in a hundred times


def test_what_is_told_apart_is_worth_telling():
    """On long logs most horizons are told from the best, and the choice is better than never or always."""
    regret, shares = [], []
    for case, asked, found in cases(25, episodes=60):
        tried = found.by_horizon["horizon"].to_numpy()
        errors = np.sqrt(case.squares(tried, window(asked.episodes, case.gamma)[1]))
        at = errors[tried == found.best][0]
        regret.append(np.array([at, errors[0], errors[-1]]) - errors.min())
        shares.append(len(found.as_good) / len(tried))
    best, never, always = np.mean(regret, axis=0)
    assert np.mean(shares) < 0.5 and best < 0.1 * min(never, always)


def noiseless(rng, case: Case) -> Case:
    class Quiet(type(case.system)):
        NOISE = 0.0

    return replace(case, system=Quiet(**vars(case.system)))


def test_without_noise_the_numbers_are_the_errors_themselves():
    """Then a real return is the value, but for what lies behind the cut, and a fit foresees most of it."""
    rng = np.random.default_rng(3)
    case = noiseless(rng, draw(rng, gamma=0.7, value=3.0))
    asked = case.asked(rng, 200, 40)
    found = stopping(asked, case.gamma, np.array([1, 2, 3, 4, 5, 6]), LEVEL, rng)
    rows, latest = found.by_horizon, window(asked.episodes, case.gamma)[1]
    error, tried = np.sqrt(case.squares(range(7), latest)), np.arange(7)
    assert found.best == error.argmin()
    np.testing.assert_allclose(rows["error"], error, rtol=0.25)
    np.testing.assert_allclose(np.sqrt(rows["excess"] + error.min() ** 2), error, rtol=0.2)
    np.testing.assert_allclose(rows["bias"], rows["steps"] + rows["end"], atol=1e-12)
    np.testing.assert_allclose(rows["bound"], rows["by_steps"] + rows["by_end"])
    np.testing.assert_allclose(np.diff(rows["bound"]), rows["one_more"][:-1], rtol=1e-9)
    assert (rows["bound"] > 0.97 * rows["error"]).all()
    stops = tried[rows["one_more"] >= 0]
    assert found.by_rule == (stops[0] if len(stops) else 6)


def test_noise_of_real_returns_is_no_error_of_the_value():
    """Rewards with noise far larger than the value's error: excesses and sizes stay what they are."""
    rng = np.random.default_rng(5)
    case = noiseless(rng, draw(rng, gamma=0.7, model=0.0, value=0.0))
    asked = case.asked(rng, 300, 30)
    loud = replace(asked.episodes, reward=asked.episodes.reward + 5 * rng.standard_normal(300 * 30))
    value = asked.value
    asked = replace(asked, episodes=loud, value=lambda seen: value(seen) + 1.0)
    rows = stopping(asked, case.gamma, np.array([1, 2, 4]), LEVEL, rng).by_horizon.set_index("horizon")
    assert rows.loc[0, "absolute"] > 4
    np.testing.assert_allclose(rows["error"], 0.7 ** rows.index.to_numpy(), atol=0.25)
    assert (rows["excess_low"] <= 0.7 ** (2 * rows.index) - 0.7**8).all()
    assert (rows["excess_high"] >= 0.7 ** (2 * rows.index) - 0.7**8).all()


def test_states_late_in_an_episode_are_asked_of_no_episode():
    rng = np.random.default_rng(0)
    case = draw(rng, gamma=0.5, hazard=0.1)
    asked = case.asked(rng, 30, 20)
    longest, latest = window(asked.episodes, 0.5)
    assert (longest, latest) == (6, 13)
    found = promises(asked, 0.5, np.arange(8), rng, 10**6)
    log = asked.episodes
    kept = np.minimum(log.length, latest + 1)
    assert len(found.real) == kept.sum() and found.episodes == 30
    first = np.cumsum(kept) - kept
    for e in np.flatnonzero(log.ended())[:3]:
        own = log.reward[log.start[e] : log.start[e] + log.length[e]]
        assert found.real[first[e]] == pytest.approx((own * 0.5 ** np.arange(len(own))).sum())
    assert 0 < found.hidden < 0.5**7


def test_means_over_states_are_ratios_of_sums_over_episodes():
    """Their intervals hold as often as they say, where an episode's length goes with its error."""
    rng, held = np.random.default_rng(0), []
    for _ in range(400):
        count = rng.integers(1, 12, 40)
        episode = np.repeat(np.arange(40), count)
        values = (count[episode] + 3 * rng.standard_normal(40)[episode])[:, None]
        found = by_episode(type("Of", (), {"episode": episode, "episodes": 40})(), values)
        assert found.mean() == pytest.approx(values.mean())
        _, low, high = intervals.means(found, LEVEL)
        held.append(low[0] <= 506 / 66 <= high[0])
    assert np.mean(held) > 0.91


def test_a_perfect_world_tells_no_horizon_from_another():
    rng = np.random.default_rng(0)
    case = noiseless(rng, draw(rng, gamma=0.6, model=0.0, value=0.0))
    found = stopping(case.asked(rng, 20, 200), case.gamma, None, LEVEL, rng)
    assert found.as_good == tuple(found.by_horizon["horizon"])


def test_it_can_be_asked_alone_and_says_the_same_in_an_audit():
    log = kept(fakes.log(np.random.default_rng(0), 30, 20, risk=0.0))
    asked = {"value": lambda seen: 2 + seen[:, 0], "gamma": 0.8}
    found = audit.horizon(mapping(fakes.Model(pull=0.9)), fakes.policy, log, **asked)
    inside = audit.audit(mapping(fakes.Model(pull=0.9)), fakes.policy, log, **asked).stopping
    assert list(found.by_horizon["horizon"]) == [0, 1, 2, 3, 5, 7, 9]
    np.testing.assert_allclose(found.by_horizon, inside.by_horizon)
    assert found.best == inside.best == 9 and found.by_rule == inside.by_rule
    assert set(default_horizons(460)) >= {0, 1, 5, 15, 460}


def test_a_latent_model_is_asked_as_any_other():
    log = kept(fakes.log(np.random.default_rng(0), 12, 20, risk=0.0))
    plain = {"next_state": lambda s, a: 0.9 * s + a, "reward": lambda s, a: (0.9 * s + a)[:, 0]}
    latent = {
        "observe": lambda states, actions: states,
        "imagine": plain["next_state"],
        "reward": lambda latent: latent[:, 0],
        "decode": lambda latent: latent,
    }
    asked = {"value": lambda seen: seen[:, 0], "gamma": 0.8, "horizons": [1, 4]}
    one, two = (audit.horizon(model, fakes.policy, log, **asked) for model in (plain, latent))
    np.testing.assert_allclose(one.by_horizon, two.by_horizon)


def test_what_is_as_good_in_practice_is_said_too():
    """After a few steps the value's error hardly matters, and 150 long episodes tell it nonetheless."""
    rng = np.random.default_rng(5)
    case = noiseless(rng, draw(rng, gamma=0.8, value=2.0))
    found = stopping(case.asked(rng, 150, 60), case.gamma, None, LEVEL, rng)
    errors = found.by_horizon.set_index("horizon")["error"]
    assert found.early < min(found.as_good) and "; within 5% of it after" in " ".join(str(found).split())
    assert errors[found.early] < 1.06 * errors[found.best] < errors[errors.index < found.early].min()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"gamma": 1.0}, "gamma must lie strictly between 0 and 1, got 1"),
        ({"gamma": 0.99}, "data: the log cuts its episodes after 19 steps; at discount 0.99"),
        ({"horizons": [50]}, "horizons must be at most 9 for this log and discount, got 50"),
        ({"horizons": [-1]}, "horizons must be whole numbers"),
        ({"value": None}, "value must be callable"),
        ({"value": lambda seen: np.full(len(seen), np.nan)}, "value and real returns must be finite"),
        ({"value": lambda seen: seen}, "value must return shape"),
        ({"policy": lambda seen: 0 * seen[:, :1]}, "the log's actions are not the policy's"),
        ({"data": slice(0, 19)}, "one episode says nothing of the chance in it"),
    ],
)
def test_bad_input_is_refused_by_name(bad, said):
    log = kept(fakes.log(np.random.default_rng(0), 30, 20, risk=0.0))
    if "data" in bad:
        log = {name: column[bad["data"]] for name, column in log.items()}
        bad = {}
    options = {"policy": fakes.policy, "value": lambda seen: seen[:, 0], "gamma": 0.8, "data": log} | bad
    with pytest.raises(ValueError, match=said):
        audit.horizon(mapping(fakes.Model()), **options)


def test_an_audit_that_cannot_say_it_notes_why():
    log = kept(fakes.log(np.random.default_rng(0), 30, 20, risk=0.0))
    found = audit.audit(mapping(fakes.Model()), fakes.policy, log, gamma=0.99, value=lambda seen: seen[:, 0])
    assert found.stopping is None and any("most of the value lies behind" in note for note in found.notes)
    explodes = mapping(fakes.Model()) | {"reward": lambda s, a: np.where(s[:, 0] > 0.5, 1e60, 0.0)}
    found = audit.audit(explodes, fakes.policy, log, gamma=0.8, value=lambda seen: seen[:, 0])
    assert found.stopping is None and any("no finite return after two steps" in note for note in found.notes)
    with pytest.raises(NoAnswer):
        window(fakes.log(np.random.default_rng(0), 3, 2, risk=0.0), 0.9)
