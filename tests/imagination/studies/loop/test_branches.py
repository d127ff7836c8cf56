"""The trial of branches: gradients, errors, bounds, and a sample of its record."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.reinforce.problems import tabular_policy
from imagination.studies.loop import branches, branches_exact, branches_report, closed_forms, gridworld
from imagination.studies.loop.branches import SCALES, Arm, tried, tuned
from imagination.studies.loop.branches_exact import RECORD, SYSTEMS, Counted

DISCOUNT = 0.9


@pytest.fixture
def counted():
    """Two seeds with two models each of five states and three actions, and a critic."""
    rng = np.random.default_rng(0)
    kernel = rng.dirichlet(np.ones(5), size=(2, 2, 5, 3))
    model = Counted(kernel, rng.standard_normal((2, 2, 5, 3)))
    return model, rng.standard_normal((2, 1, 5)), rng.dirichlet(np.ones(5), size=(2, 1))


def slope(promise, at):
    """Central differences of numbers (C,) in parameters (C, ...)."""
    found, small = np.zeros(at.shape), 1e-5
    for index in np.ndindex(at.shape[1:]):
        step = np.zeros(at.shape)
        step[(slice(None), *index)] = small
        found[(slice(None), *index)] = (promise(at + step) - promise(at - step)) / (2 * small)
    return found


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_gradient_on_the_grid_is_that_of_what_is_promised(counted, horizon):
    model, critic, start = counted
    system = replace(SYSTEMS["grid"], settings=gridworld.Settings(discount=DISCOUNT))
    scores = np.random.default_rng(1).standard_normal((2, 5, 3))

    def promise(scores):
        policy = tabular_policy(scores).probabilities
        whole = branches_exact._promises(policy, model, critic, DISCOUNT, horizon)[:, :, horizon]
        return (start * whole).sum(axis=2).mean(axis=1)

    policy = tabular_policy(scores).probabilities
    up = system._gradient(policy, model, critic, start, horizon)
    np.testing.assert_allclose(up, slope(promise, scores), atol=1e-8)


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_gradient_on_the_spiral_is_that_of_what_is_promised(horizon):
    rng = np.random.default_rng(0)
    square = rng.standard_normal((2, 2, 4, 4))
    model = closed_forms.System(
        rng.uniform(-0.5, 0.5, (2, 2, 2, 2)), rng.standard_normal((2, 2, 2, 2)), square + square.mT
    )
    one = rng.standard_normal((2, 1, 2, 2))
    critic, start, gain = one + one.mT, one @ one.mT, 0.1 * rng.standard_normal((2, 2, 2))

    def promise(gain):
        whole = branches_exact._promised(gain, model, critic, DISCOUNT, horizon)[:, :, horizon]
        return closed_forms.trace(whole, start).mean(axis=1)

    up = branches_exact._ascent(gain, model, critic, start, DISCOUNT, horizon).mean(axis=1)
    np.testing.assert_allclose(up, slope(promise, gain), atol=1e-7)


@pytest.mark.parametrize("name", list(SYSTEMS))
@pytest.mark.parametrize("members", [1, 3])
def test_promises_err_by_no_more_than_the_bound(name, members):
    system = SYSTEMS[name]
    found = system.trained(Arm(members, 3, system.rates[1]), "crude model", 3, np.random.SeedSequence(0))
    weight = system.discount ** np.arange(system.horizons[-1] + 1)
    steps = np.pad((weight[:-1] * found.step_error).cumsum(axis=1), [(0, 0), (1, 0)])
    assert (found.error <= steps + weight * found.estimate_error + 1e-12).all()
    assert (found.error > 0).all() and found.observed.shape == found.error.shape
    np.testing.assert_allclose(found.error[:, 0], found.estimate_error[:, 0])


class Flat:
    """A system whose regret is its arm's rate, and in which the third step stops the rule."""

    discount, horizons, rates, conditions = 0.5, (1, 4), (0.1, 0.2), ("little data", "more data")

    def trained(self, arm, condition, count, luck):
        ones = np.ones(count)
        estimate = np.ones((count, 5))
        step = np.where(np.arange(4) < 2, 0.25, 0.75) * estimate[:, :4]
        falls = estimate * np.arange(5, 0, -1)
        return branches.Trained(arm.rate * ones, step, estimate, falls, falls, 0 * ones, 0 * ones)


def test_rates_are_tuned_and_then_used(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(records.ENVIRONMENT_VARIABLE, str(tmp_path))
    scales = {
        "tune": branches.Scale(first=9, seeds=2, tuning=True, block=1, alone=("more data",)),
        "full": branches.Scale(first=0, seeds=4, block=2, alone=("more data",)),
    }
    main = branches.command("some.module", "made", {"flat": Flat()}, scales)
    assert main(["--scale", "tune", "--record"]) == 0
    assert (tuned("made")["rate"] == 0.1).all() and tuned("made")["at end"].all()
    assert main(["--scale", "full", "--record"]) == 0
    assert "flat" in capsys.readouterr().out
    table = records.load("made")
    arms = table.groupby(["condition", "members", "horizon"])["seed"]
    assert all(list(seeds) == [0, 1, 2, 3] for _, seeds in arms)
    assert set(table[table["condition"] == "more data"]["members"]) == {1} and (table["rate"] == 0.1).all()
    assert (
        (table["by_rule"] == 2).all()
        and (table["best_bound"] == 2).all()
        and (table["best_error"] == 4).all()
    )
    whole = table[table["horizon"] == 4].iloc[0]
    assert whole["model_part"] == pytest.approx(0.25 * 1.5 + 0.75 * 0.375)
    assert whole["critic_part"] == 0.5**4


# -- what is reported of it


@pytest.fixture
def table():
    """A system on which three steps are best, and the bound says ten with one model, three with five."""
    rng, rows = np.random.default_rng(0), []
    for members in (1, 5):
        for horizon, regret in {1: 0.3, 3: 0.1, 10: 0.2, 30: 0.103}.items():
            least = abs(np.log(horizon / (10 if members == 1 else 3)))
            for seed in range(20):
                said = {"best_bound": 2, "by_rule": 9, "best_error": 3, "best_observed": 31, "spread": 0.0}
                row = {"regret": regret, "model_part": least / 2, "critic_part": least / 2, "error": 0.1}
                rows.append(
                    {"members": members, "horizon": horizon, "seed": seed, **row, **said, "after": regret}
                )
    table = pd.DataFrame(rows).assign(system="one", condition="little data", rate=1.0)
    luck = 1 + 0.05 * rng.standard_normal(len(table))
    return table.assign(regret=table["regret"] * luck)[list(branches.COLUMNS)]


def test_lengths_measured_and_predicted(table):
    found = branches_report.lengths(table).loc["one", "little data"]
    assert found.loc[1].to_dict() == {
        "best": 3, "bound": 10, "after": 3, "least B": 2, "one more step": 9, "least error": 3,
        "held-out returns": 31,
    }  # fmt: skip
    assert found.loc[5, "bound"] == 3


def test_a_bound_misleads_where_following_it_costs_for_sure(table):
    found = branches_report.verdicts(table).loc["one", "little data"]
    assert found["misled"].to_dict() == {1: True, 5: False} and (found["best"] == 3).all()
    assert found.loc[1, "more"] == pytest.approx(0.1, abs=0.01) and (found["as good"] == "3 to 30").all()
    assert found.loc[1, "low"] < found.loc[1, "more"] < found.loc[1, "high"]
    held_out = branches_report.verdicts(table, "held-out returns").loc["one", "little data"]
    assert (held_out["followed"] == 30).all() and not held_out["misled"].any()
    assert (branches_report.verdicts(table, 15)["followed"] == 10).all()


def test_intervals_hold_the_mean_as_often_as_they_say(table):
    rng = np.random.default_rng(1)
    seeds = np.arange(4)
    rows = table.iloc[[0]].drop(columns=["seed", "regret", "condition"]).merge(
        pd.DataFrame([(f"{n}", s, rng.standard_normal()) for n in range(1000) for s in seeds],
                     columns=["condition", "seed", "regret"]), how="cross",
    )  # fmt: skip
    found = branches_report.curves(rows)
    held = ((found["low"] < 0) & (found["high"] > 0)).mean()
    assert held == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 1000) ** 0.5)


def test_the_figure_has_a_panel_a_system_and_marks_what_is_least(table):
    both = pd.concat([table, table.assign(system="two")])
    drawn = branches_report.figure(both, "little data")
    titles = [axes.get_title() for axes in drawn.axes if axes.axison]
    assert titles == ["one", "two"]
    marks = {
        (line.get_marker(), *line.get_xdata()) for line in drawn.axes[0].lines if len(line.get_xdata()) == 1
    }
    assert {("*", 3), ("D", 10), ("D", 3)} <= marks


# -- the record


@pytest.fixture(scope="module")
def recorded():
    return records.load(RECORD)


def test_the_record_is_whole(recorded):
    full, settings = SCALES["full"], branches_report.KEY
    assert list(recorded) == list(branches.COLUMNS) and not recorded.isna().any(axis=None)
    for name, rows in recorded.groupby("system"):
        system = SYSTEMS[name]
        arms = rows.groupby([*settings, "horizon"])["seed"].agg(["size", "nunique"])
        assert arms.eq(full.seeds).all(axis=None)
        settings_tried = sum(len(full.members_in(condition)) for condition in system.conditions)
        assert len(arms) == settings_tried * len(system.horizons)
    seeds = records.load(f"{RECORD}-tuning")["seed"]
    assert seeds.min() > recorded["seed"].max()
    rates = recorded.drop_duplicates([*settings, "horizon"]).set_index([*settings, "horizon"])["rate"]
    pd.testing.assert_series_equal(rates, tuned(RECORD)["rate"])


@pytest.mark.parametrize(
    ("name", "condition", "members", "horizon"),
    [("grid", "crude model", 1, 5), ("grid", "little data", 5, 2), ("spiral", "crude model", 5, 3)],
)
def test_rows_of_the_record_are_made_again(recorded, name, condition, members, horizon):
    arm = (
        recorded[["system", "condition", "members", "horizon"]] == [name, condition, members, horizon]
    ).all(axis=1)
    block = SCALES["full"].block
    kept = recorded[arm & (recorded["seed"] < block)].reset_index(drop=True)
    made = tried(name, SYSTEMS[name], condition, Arm(members, horizon, kept["rate"][0]), 0, block)
    pd.testing.assert_frame_equal(made, kept, check_dtype=False, rtol=1e-5)


def test_rows_of_the_tuning_are_made_again():
    kept = records.load(f"{RECORD}-tuning")
    arm = (kept[["system", "condition", "members", "horizon"]] == ["grid", "little data", 1, 3]).all(axis=1)
    scale = SCALES["tune"]
    first = kept["seed"] < scale.first + scale.block
    kept = kept[arm & first & (kept["rate"] == 3.0)].reset_index(drop=True)
    made = tried("grid", SYSTEMS["grid"], "little data", Arm(1, 3, 3.0), scale.first, scale.block)
    pd.testing.assert_frame_equal(made[list(kept)], kept, check_dtype=False, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "condition", "horizon", "rate"),
    [("grid", "more data", 15, 1000.0), ("spiral", "crude model", 10, 1.0)],
)
def test_beyond_an_end_of_the_grid_of_rates_no_rate_is_better(name, condition, horizon, rate):
    scale, best = SCALES["tune"], tuned(RECORD).loc[name, condition, 1, horizon]
    assert best["at end"] and rate > best["rate"] == max(SYSTEMS[name].rates)
    made = tried(name, SYSTEMS[name], condition, Arm(1, horizon, rate), scale.first, scale.block)
    assert made["regret"].mean() > 2 * best["regret"]
