import numpy as np
import pandas as pd
import pytest

from imagination import fidelity, records
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED
from imagination.studies import label_budgets
from imagination.studies.biases import grid
from imagination.studies.label_budgets import CASES, Case, Follower
from imagination.studies.learning import learn

V, KAPPA = (float(part[0]) for part in label_budgets.ingredients(grid()))
BY_NAME = {case.name: case for case in CASES}


def test_costs_and_rollouts_of_a_case():
    case = Case("some", fidelity.PowerLaw(1.0, 1.0), 2.0, (1.0, 20.0))
    np.testing.assert_array_equal(case.costs, [1, 2, 4, 8, 16])
    np.testing.assert_array_equal(case.rollouts(case.costs, 20.0), [6, 5, 3, 2, 1])
    assert case.rollouts(1000.0) == 1


def test_every_regime_is_there():
    laws = {type(case.noise) for case in CASES}
    assert laws == {fidelity.PowerLaw, fidelity.Bounded, fidelity.Floor}
    exponents = {case.noise.exponent for case in CASES if isinstance(case.noise, fidelity.PowerLaw)}
    assert any(p > 1 for p in exponents) and any(p < 1 for p in exponents) and 1.0 in exponents
    regimes = {label_budgets.advice(case, V, KAPPA).loc["E3", "regime"] for case in CASES}
    assert regimes == {"interior", "cheapest", "dearest"}


def test_ingredients_are_exact():
    np.testing.assert_allclose(V, exact.moments(grid(), DISCOUNTED).variance[0])
    both = exact.moments(grid(), DISCOUNTED, noise_variance=2.0).variance[0]
    assert both == pytest.approx(V + 2 * KAPPA, rel=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_measured_variance_is_what_the_advice_says_and_no_cost_beats_it(case):
    found = label_budgets.advice(case, V, KAPPA)
    costs = np.geomspace(*case.cost_range, 80)
    costs[-1] = case.cost_range[1]
    tried = label_budgets.measured(case, grid(), np.random.default_rng(0), costs=costs, rollouts=0)
    assert tried["variance"].min() >= found.loc["E3", "variance"] * (1 - 1e-12)
    for cost, variance in found[["cost", "variance"]].to_numpy():
        again = label_budgets.measured(case, grid(), np.random.default_rng(0), costs=[cost], rollouts=0)
        assert again["variance"][0] == pytest.approx(variance, rel=1e-12)


def test_sampled_variances_are_the_exact_ones():
    case = BY_NAME["floor, dear rollouts"]
    table = label_budgets.measured(case, grid(), np.random.default_rng(1), rollouts=4000)
    z = (table["sampled"] - table["variance"]) / table["error"]
    assert np.abs(z).max() < 5  # 7 comparisons
    np.testing.assert_allclose(table["rollouts"], 128 / (4 + table["cost"]))


def test_corollary_2_alone_and_the_whole_objective_differ_where_they_should():
    rows = {case.name: label_budgets.advice(case, V, KAPPA) for case in CASES}
    dearest, interior = rows["power law, p = 2"]["cost"]
    assert dearest == 128 and interior == pytest.approx(np.sqrt(KAPPA * 16 / V), rel=1e-9)
    assert rows["power law, p = 1"].loc["E1", "regime"] == "indifferent"
    assert rows["power law, p = 1"].loc["E3", "regime"] == "cheapest"
    assert list(rows["bounded, cheap rollouts"]["regime"]) == ["dearest", "cheapest"]
    assert list(rows["floor, dear rollouts"]["regime"]) == ["cheapest", "interior"]


def test_arms_pay_what_they_say():
    case, rng = BY_NAME["power law, p = 2"], np.random.default_rng(0)
    assert label_budgets.arms(case)[:3] == ["E1", "E3", "pilot"] and "128" in label_budgets.arms(case)
    assert label_budgets.arms(case, 600) == ["E1", "E3", "pilot"]
    assert label_budgets.arms(BY_NAME["power law, p = 1"])[:2] == ["E3", "pilot"]  # E1 is indifferent
    assert label_budgets.arms(BY_NAME["power law, p = 1"], 600) == []
    told = label_budgets.advice(case, V, KAPPA)["cost"]
    for arm in ("E1", "E3"):
        np.testing.assert_array_equal(label_budgets.paid(case, arm, 3, 0, rng), told[arm])
    np.testing.assert_array_equal(label_budgets.paid(case, "8", 2, 0, rng), 8)


def test_a_pilot_estimates_v_from_what_its_money_buys():
    """Unbiased before it is cut off at 0, and with much money it leads to E3's advice."""
    case = BY_NAME["power law, p = 2"]
    found = label_budgets.piloted(case, 400, 12_000.0, np.random.default_rng(0))
    assert abs(found.mean() - V) < 5 * found.std() / 20
    cost = label_budgets.paid(case, "pilot", 20, 5e4, np.random.default_rng(1))
    np.testing.assert_allclose(cost, label_budgets.advice(case, V, KAPPA).loc["E3", "cost"], rtol=0.15)


def test_a_pilot_spends_its_money(monkeypatch):
    bought, estimate = [], label_budgets.estimate
    monkeypatch.setattr(
        label_budgets, "estimate", lambda *a, **k: bought.append(a[2]) or estimate(*a, **k)
    )  # fmt: skip
    for spend in (0.0, 200.0):
        label_budgets.piloted(BY_NAME["floor, dear rollouts"], 2, spend, np.random.default_rng(0))
    assert bought == [2, 16]  # of 4 for a rollout and 8, the middle of 1 and 64, for its labels


def test_a_pilots_learner_starts_later():
    case = BY_NAME["power law, p = 2"]
    options = {"seeds": 3, "updates": 40, "generator": np.random.default_rng(0)}
    found, _ = label_budgets.learners(case, "pilot", [0.5, 1.0], **options)
    start = exact.returns(grid())[0]
    assert list(found.updates) == list(range(0, 41, 5)) and found.returns.shape == (6, 9)
    np.testing.assert_allclose(found.returns[:, 0], start)
    one, two = (
        label_budgets.learners(case, arm, 1.0, seeds=200, updates=20, generator=np.random.default_rng(1))[0]
        for arm in ("E3", "pilot")
    )
    assert two.returns[:, 1].mean() < one.returns[:, 1].mean()  # after 5 updates the pilot's had 3


def test_a_run_tunes_on_some_seeds_and_compares_others(monkeypatch):
    monkeypatch.setitem(label_budgets.SCALES, "quick", {"updates": [4], "tuning": [3], "seeds": [5]})
    case = BY_NAME["bounded, dear rollouts"]
    found = label_budgets.run("quick", cases=[case])
    names = label_budgets.arms(case)
    assert list(found["-tuning"].query("chosen")["arm"]) == names
    assert len(found["-tuning"]) == len(names) * len(label_budgets.STEPS)
    largest = found["-tuning"].groupby("arm")["iqm"].max()
    chosen = found["-tuning"].query("chosen").set_index("arm")
    np.testing.assert_array_equal(chosen["iqm"].sort_index(), largest)
    seeds = found["-seeds"]
    assert set(seeds["seed"]) == set(range(1000, 1005)) and len(seeds) == 5 * len(names)
    np.testing.assert_array_equal(seeds.groupby("arm")["step"].first(), chosen["step"].sort_index())
    start = found[""].query("update == 0")
    np.testing.assert_allclose(start["mean"], exact.returns(grid())[0])
    fixed = start[start["arm"].str.isdigit()]
    np.testing.assert_array_equal(fixed["rollouts"], case.rollouts(case.costs))
    with pytest.raises(ValueError, match="scale must be one of"):
        label_budgets.run("huge")


def test_a_verdict_compares_where_arms_pay_differently():
    rng = np.random.default_rng(0)
    rows = [
        (60, case, arm, seed, cost, value)
        for case, costs in {"a": (1, 2), "b": (4, 4)}.items()
        for arm, cost, mean in zip(("E1", "E3"), costs, (0, 1), strict=True)
        for seed, value in enumerate(rng.normal(mean, 1, 30))
    ]
    table = pd.DataFrame(rows, columns=["updates", "case", "arm", "seed", "cost", "return"])
    found = label_budgets.verdict(table, rng)
    assert list(found.index) == [(60, "a")]
    one, three = (table.query("case == 'a' and arm == @arm")["return"].to_numpy() for arm in ("E1", "E3"))
    row = found.iloc[0]
    assert row["mean"] == pytest.approx(three.mean() - one.mean())
    assert row["P"] == pytest.approx((three[:, None] > one).mean())
    assert row["worst tenth, E1"] == pytest.approx(np.sort(one)[:3].mean())
    assert row["iqm low"] < row["iqm"] < row["iqm high"]


def test_the_best_cost_falls_as_the_policy_learns():
    table = label_budgets.along_learning(BY_NAME["power law, p = 2"], updates=10, every=5)
    assert table["return"].is_monotonic_increasing and table["cost"].is_monotonic_decreasing
    expected = np.sqrt(table["kappa"] * 16 / table["V"])
    np.testing.assert_allclose(table["cost"], expected, rtol=1e-9)


def test_a_follower_pays_what_its_policy_needs():
    case = BY_NAME["power law, p = 2"]
    follower = Follower(case, grid(), every=2)
    learn(
        grid().mdp, learners=3, rollouts=1, horizon=12, updates=5, step_size=1.0,
        generator=np.random.default_rng(0), choose=follower,
    )  # fmt: skip
    first = label_budgets.advice(case, V, KAPPA).loc["E3", "cost"]
    np.testing.assert_allclose(follower.costs[0], first)
    np.testing.assert_array_equal(follower.costs[0], follower.costs[1])
    assert len(follower.costs) == 6 and np.all(follower.costs[4] != follower.costs[0])


class TestRecorded:
    def test_what_the_chapter_says_of_it(self):
        seeds, record = label_budgets.recorded("-seeds"), records.describe(label_budgets.RECORD)
        assert min(record.parameters["seeds"]) >= 20 and set(seeds["case"]) == set(BY_NAME)
        found = label_budgets.verdict(seeds, np.random.default_rng(0))
        differ = ["power law, p = 2", "bounded, cheap rollouts", "floor, dear rollouts"]
        assert list(found.loc[60].index) == differ
        assert (found.loc[60, "iqm low"] > 0).all() and (found.loc[60, "mean low"] > 0).all()

    def test_a_sample_computed_again_is_the_same(self):
        record, case = records.describe(label_budgets.RECORD), BY_NAME["bounded, dear rollouts"]
        where = {"updates": 60, "case": case.name, "arm": "E3"}
        curves, seeds, told = (
            table[(table[list(where)] == list(where.values())).all(axis=1)]
            for table in map(label_budgets.recorded, ("", "-seeds", "-tuning"))
        )
        about = {"updates": 60, "seed": record.parameters["seed"]}
        step = told.loc[told["iqm"].idxmax(), "step"]
        again, last = label_budgets.curves(case, "E3", step, seeds=record.parameters["seeds"][0], **about)
        for name in ("iqm", "iqm low", "iqm high", "mean", "mean low", "mean high"):
            np.testing.assert_allclose(curves[name], again[name], atol=2e-6)
        np.testing.assert_allclose(seeds["return"], last["return"], atol=1e-4)
        tried = label_budgets.tune(case, "E3", tuning=record.parameters["tuning"][0], **about)
        np.testing.assert_allclose(told["mean"], tried.groupby("step")["return"].mean(), atol=2e-6)
