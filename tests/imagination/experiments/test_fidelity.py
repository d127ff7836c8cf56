import numpy as np
import pytest

from imagination import records
from imagination.experiments import fidelity as experiment
from imagination.experiments.bias_kinds import grid
from imagination.experiments.fidelity import CASES, Case, Follower
from imagination.experiments.learning import learn
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED
from imagination.theory import fidelity

V, KAPPA = (float(part[0]) for part in experiment.ingredients(grid()))
BY_NAME = {case.name: case for case in CASES}


def test_costs_and_rollouts_of_a_case():
    case = Case("some", fidelity.PowerLaw(1.0, 1.0), 2.0, (1.0, 20.0))
    np.testing.assert_array_equal(case.costs, [1, 2, 4, 8, 16])
    np.testing.assert_array_equal(case.rollouts(case.costs, 20.0), [6, 5, 3, 2, 1])
    assert case.rollouts(1000.0) == 1


def test_every_regime_is_there():
    kinds = {type(case.noise) for case in CASES}
    assert kinds == {fidelity.PowerLaw, fidelity.Bounded, fidelity.Floor}
    exponents = {case.noise.exponent for case in CASES if isinstance(case.noise, fidelity.PowerLaw)}
    assert any(p > 1 for p in exponents) and any(p < 1 for p in exponents) and 1.0 in exponents
    regimes = {experiment.advice(case, V, KAPPA).loc["E3", "regime"] for case in CASES}
    assert regimes == {"interior", "cheapest", "dearest"}


def test_ingredients_are_exact():
    np.testing.assert_allclose(V, exact.moments(grid(), DISCOUNTED).variance[0])
    both = exact.moments(grid(), DISCOUNTED, noise_variance=2.0).variance[0]
    assert both == pytest.approx(V + 2 * KAPPA, rel=1e-12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_measured_variance_is_what_the_advice_says_and_no_cost_beats_it(case):
    found = experiment.advice(case, V, KAPPA)
    costs = np.geomspace(*case.cost_range, 80)
    costs[-1] = case.cost_range[1]
    tried = experiment.measured(case, grid(), np.random.default_rng(0), costs=costs, rollouts=0)
    assert tried["variance"].min() >= found.loc["E3", "variance"] * (1 - 1e-12)
    for cost, variance in found[["cost", "variance"]].to_numpy():
        again = experiment.measured(case, grid(), np.random.default_rng(0), costs=[cost], rollouts=0)
        assert again["variance"][0] == pytest.approx(variance, rel=1e-12)


def test_sampled_variances_are_the_exact_ones():
    case = BY_NAME["floor, dear rollouts"]
    table = experiment.measured(case, grid(), np.random.default_rng(1), rollouts=4000)
    z = (table["sampled"] - table["variance"]) / table["error"]
    assert np.abs(z).max() < 5  # 7 comparisons
    np.testing.assert_allclose(table["rollouts"], 128 / (4 + table["cost"]))


def test_corollary_2_alone_and_the_whole_objective_differ_where_they_should():
    rows = {case.name: experiment.advice(case, V, KAPPA) for case in CASES}
    dearest, interior = rows["power law, p = 2"]["cost"]
    assert dearest == 128 and interior == pytest.approx(np.sqrt(KAPPA * 16 / V), rel=1e-9)
    assert rows["power law, p = 1"].loc["E1", "regime"] == "indifferent"
    assert rows["power law, p = 1"].loc["E3", "regime"] == "cheapest"
    assert list(rows["bounded, cheap rollouts"]["regime"]) == ["dearest", "cheapest"]
    assert list(rows["floor, dear rollouts"]["regime"]) == ["cheapest", "interior"]


def test_curves_have_a_row_for_each_cost_and_time():
    case = BY_NAME["bounded, dear rollouts"]
    table = experiment.curves(case, seeds=3, updates=4, generator=np.random.default_rng(0), every=2)
    assert len(table) == 6 * 3 and set(table["update"]) == {0, 2, 4}
    start = table[table["update"] == 0]
    np.testing.assert_allclose(start["mean"], exact.returns(grid())[0])
    assert list(start["rollouts"]) == list(case.rollouts(case.costs))
    with pytest.raises(ValueError, match="scale must be one of"):
        experiment.run("huge")


def test_the_best_cost_falls_as_the_policy_learns():
    table = experiment.along_learning(BY_NAME["power law, p = 2"], updates=10, every=5)
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
    first = experiment.advice(case, V, KAPPA).loc["E3", "cost"]
    np.testing.assert_allclose(follower.costs[0], first)
    np.testing.assert_array_equal(follower.costs[0], follower.costs[1])
    assert len(follower.costs) == 6 and np.all(follower.costs[4] != follower.costs[0])


class TestRecorded:
    def test_what_the_chapter_says_of_it(self):
        table, record = experiment.recorded(), records.describe(experiment.RECORD)
        assert record.parameters["seeds"] >= 50 and set(table["case"]) == set(BY_NAME)
        found = experiment.verdict(table)
        differ = ["power law, p = 2", "bounded, cheap rollouts", "floor, dear rollouts"]
        assert (found.loc[differ, "E3 low"] > found.loc[differ, "E1 high"]).all()

    def test_a_sample_computed_again_is_the_same(self):
        table, record = experiment.recorded(), records.describe(experiment.RECORD)
        case = BY_NAME["bounded, dear rollouts"]
        again = experiment.run("full", seed=record.parameters["seed"], cases=[case])
        stored = table[table["case"] == case.name]
        for name in ("mean", "low", "high"):
            np.testing.assert_allclose(stored[name], again[name], atol=2e-6)
