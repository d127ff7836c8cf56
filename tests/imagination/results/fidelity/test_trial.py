import numpy as np
import pytest

from imagination import records
from imagination.results.fidelity import claims, trial


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=2)


def test_it_covers_every_family_and_regime(table):
    assert set(table["family"]) == set(trial.FAMILIES) and len(table) >= 300
    assert set(table["regime"]) == {"interior", "cheapest", "dearest"}
    assert sum(batch["size"] for batch in trial.configurations("full")) >= 10_000


def test_brute_force_never_beats_the_advice(table):
    assert len(trial.violations(table)) == 0
    assert table["regret"].min() < -1e-5  # between the costs tried there is something to win


def test_a_violation_would_be_seen(table):
    spoiled = table.copy()
    spoiled.loc[1, "regret"], spoiled.loc[2, "off"], spoiled.loc[3, "regret"] = 1e-8, 1e-8, np.nan
    assert list(trial.violations(spoiled).index) == [1, 2, 3]


@pytest.mark.parametrize("planted", trial.PLANTED, ids=lambda planted: planted.name)
def test_every_planted_rule_is_caught(planted, table):
    row = trial.power(table).set_index("planted").loc[planted.name]
    assert row["caught by"] >= 8 and row["largest"] > 1.05


def test_where_a_rule_says_nothing_it_repeats_the_advice(table):
    for planted in trial.PLANTED:
        silent = ~table["family"].isin(planted.families)
        assert np.abs(table.loc[silent, planted.name]).max() <= 1e-3 if silent.any() else True


def test_the_right_rule_is_not_caught(monkeypatch):
    right = trial.Planted("right", trial.FAMILIES, lambda setting: setting.advice().cost)
    monkeypatch.setattr(trial, "PLANTED", (right,))
    found = trial.run("quick", seed=5, only=[0, 3])
    assert trial.power(found)["caught by"][0] == 0


def test_closed_forms_are_the_advice_where_they_hold():
    rng = np.random.default_rng(3)
    _, steep = trial.draw_setting(rng, "power law", 40)
    interior = (steep.noise.exponent > 1) & (steep.advice().regime == "interior")
    assert interior.sum() > 5
    formula = steep.formula(claims.POWER_OPTIMUM)
    np.testing.assert_allclose(formula[interior], steep.advice().cost[interior], rtol=1e-6)
    _, floor = trial.draw_setting(rng, "floor", 40)
    np.testing.assert_allclose(floor.formula(claims.FLOOR_OPTIMUM), floor.advice().cost, rtol=1e-6)


def test_the_bound_is_no_smaller_than_the_exact_factor():
    for family in trial.FAMILIES:
        _, setting = trial.draw_setting(np.random.default_rng(4), family, 50)
        assert (setting.kappa_bound >= setting.kappa * (1 - 1e-12)).all()


def test_bad_names_are_refused():
    with pytest.raises(ValueError, match="scale must be one of quick, full"):
        trial.configurations("huge")
    with pytest.raises(ValueError, match="family must be one of power law"):
        trial.draw_setting(np.random.default_rng(0), "any", 3)


class TestRecorded:
    def test_it_has_thousands_of_problems_and_no_violation(self):
        table = trial.recorded()
        assert len(table) >= 10_000 and len(trial.violations(table)) == 0
        assert (trial.power(table)["caught by"] >= 100).all()

    def test_a_sample_computed_again_is_the_same(self):
        table, record = trial.recorded(), records.describe(trial.RECORD)
        again = trial.run("full", seed=record.parameters["seed"], only=[7, 93])
        for position, rows in again.groupby("configuration", sort=False):
            stored = table[table["configuration"] == position]
            for name in ("V", "kappa", "cost", "brute"):
                np.testing.assert_allclose(stored[name], rows[name], rtol=1e-4)
