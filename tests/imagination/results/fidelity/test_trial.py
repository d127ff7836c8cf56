import numpy as np
import pytest

from imagination import records
from imagination.results.fidelity import claims, mutants, systems, trial
from imagination.trials.trial import violations


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=2)


def test_it_covers_every_family_and_regime(table):
    assert set(table["family"]) == set(systems.FAMILIES) and len(table) >= 300
    assert set(table["regime"]) == {"interior", "cheapest", "dearest"}
    assert sum(batch["size"] for batch in trial.configurations("full")) >= 10_000


def test_no_grid_search_beats_the_advice(table):
    assert violations(trial.TRIALS, table).empty
    assert table["regret"].min() < -1e-5  # between the costs tried there is something to win


def test_a_violation_would_be_seen(table):
    spoiled = table.copy()
    spoiled.loc[1, "regret"], spoiled.loc[2, "off"], spoiled.loc[3, "regret"] = 1e-8, 1e-8, np.nan
    assert list(violations(trial.TRIALS, spoiled).index) == [1, 2, 3]


def test_every_wrong_rule_is_caught_wherever_it_speaks(table):
    wasted = trial.wasted(table)
    assert list(wasted.index) == [rule.name for rule in mutants.RULES]
    assert wasted["caught by"].min() >= 8 and wasted["largest"].min() > 1.05
    sizes = table["family"].value_counts()
    assert list(wasted["speaks in"]) == [sizes[list(rule.families)].sum() for rule in mutants.RULES]
    caught = [t.outcome(table, mutants.MUTANTS) for t in trial.TRIALS]
    assert [found.caught for found in caught] == [8, 5, 7, 7, 0] == [found.mutants for found in caught]


def test_where_a_rule_says_nothing_it_repeats_the_advice(table):
    for rule in mutants.RULES:
        silent = ~table["family"].isin(rule.families)
        assert (table.loc[silent, rule.name].abs() <= 1e-3).all()


def test_the_right_rule_is_not_caught(monkeypatch):
    right = mutants.Rule("right", systems.FAMILIES, lambda setting: setting.advice().cost)
    monkeypatch.setattr(trial, "RULES", (right,))
    found = trial.run("quick", seed=5, only=[0, 3])
    for own in trial.TRIALS[:4]:
        assert not own.refuted(found, mutants.Mutant("right", own.claim, instead={"regret": "right"})).any()


def test_closed_forms_are_the_advice_where_they_hold():
    rng = np.random.default_rng(3)
    _, steep = systems.draw_setting(rng, "power law", 40)
    interior = (steep.noise.exponent > 1) & (steep.advice().regime == "interior")
    assert interior.sum() > 5
    formula = steep.formula(claims.POWER_OPTIMUM)
    np.testing.assert_allclose(formula[interior], steep.advice().cost[interior], rtol=1e-6)
    _, floor = systems.draw_setting(rng, "floor", 40)
    np.testing.assert_allclose(floor.formula(claims.FLOOR_OPTIMUM), floor.advice().cost, rtol=1e-6)


def test_the_bound_is_no_smaller_than_the_exact_factor():
    for family in systems.FAMILIES:
        _, setting = systems.draw_setting(np.random.default_rng(4), family, 50)
        assert (setting.kappa_bound >= setting.kappa * (1 - 1e-12)).all()


def test_bad_names_are_refused():
    with pytest.raises(ValueError, match="scale must be one of quick, full"):
        trial.configurations("huge")
    with pytest.raises(ValueError, match="family must be one of power law"):
        systems.draw_setting(np.random.default_rng(0), "any", 3)


class TestRecorded:
    def test_outcomes(self):
        found = [own.outcome(trial.recorded(), mutants.MUTANTS) for own in trial.TRIALS]
        assert [one.problems for one in found] == [2500, 2500, 2500, 2500, 10_000]
        assert [one.violations for one in found] == [0] * 5
        assert [one.mutants for one in found] == [8, 5, 7, 7, 0] == [one.caught for one in found]
        assert found[-1].off == 1.33226763e-15
        wasted = trial.wasted(trial.recorded())
        assert (wasted["caught by"] >= 100).all() and wasted["largest"].max() == pytest.approx(852.94)

    def test_a_sample_computed_again_is_the_same(self):
        table, record = trial.recorded(), records.describe(trial.RECORD)
        again = trial.run("full", seed=record.parameters["seed"], only=[7, 93])
        for position, rows in again.groupby("configuration", sort=False):
            stored = table[table["configuration"] == position]
            for name in ("V", "kappa", "cost", "brute", *(rule.name for rule in mutants.RULES)):
                np.testing.assert_allclose(stored[name], rows[name], rtol=1e-4, atol=1e-9)
