"""The bounds of kernels on trial: they hold, are used up, and their mutants are caught."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.results.kernels import claims, trial
from imagination.results.kernels.mutants import MUTANTS
from imagination.results.kernels.systems import FAMILIES
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def drawn():
    return trial.run("quick", seed=3)


@pytest.fixture(scope="module")
def table(drawn):
    return trial.ratios(drawn)


def test_the_bounds_hold(drawn, table):
    assert table["ratio"].max() <= 1 + 1e-9
    values = trial.by_values("quick", seed=3)
    for of_claim in trial.TRIALS:
        found = of_claim.outcome(drawn if of_claim.systems is trial.run else values)
        assert found.problems > 100 and found.violations == 0
        assert found.largest > 0.5  # the test could fail


def test_every_family_and_horizon_took_part_with_and_without_contraction(table):
    finite = table[np.isfinite(table["horizon"])]
    cells = finite.groupby(["family", "horizon"])["form"].nunique()
    assert len(cells) == len(FAMILIES) * 5 and (cells == 2).all()
    beyond = table[table["contraction"] >= 1]
    assert len(beyond) > 500 and np.isfinite(beyond["bound"]).all() and beyond["horizon"].nunique() == 6
    assert set(beyond.loc[np.isinf(beyond["horizon"]), "form"]) == {"Bounded states, stochastic"}


def test_every_mutant_is_caught(drawn):
    of_gaps = [mutant for mutant in MUTANTS if mutant.of is claims.WASSERSTEIN_BOUND]
    scores = mutation_scores(trial.TRIALS, of_gaps, drawn)
    assert len(scores) == 12
    assert (scores["excess"] > 0.05).all() and (scores["lowest"] < 0.5).all()
    lines = scores.set_index("mutant").loc["distance of means in place of W1", "speaks of"]
    assert 0 < lines < scores["speaks of"].max()


def test_every_mutant_of_the_tight_simulation_lemma_is_caught():
    of_values = [mutant for mutant in MUTANTS if mutant.of is claims.TIGHT_SIMULATION]
    scores = mutation_scores(trial.TRIALS, of_values, trial.by_values("quick", seed=3))
    assert len(scores) == 3
    assert (scores["excess"] > 0.05).all() and (scores["caught by"] > 10).all()


def test_ratios_are_0_where_nothing_happens(drawn):
    still = drawn[drawn["horizon"] == 1].assign(gap=0.0, eps_rew=0.0)
    assert (trial.ratios(still)["bound"] == 0).all() and (trial.ratios(still)["ratio"] == 0).all()


def test_outcomes_are_those_that_are_recorded():
    recorded = records.load("outcomes").set_index("claim")
    seed = records.describe("outcomes").parameters["seed"]
    tables = {systems: systems("full", seed=seed) for systems in (trial.run, trial.by_values)}
    for of_claim in trial.TRIALS:
        found, row = of_claim.outcome(tables[of_claim.systems], MUTANTS), recorded.loc[of_claim.claim.name]
        counts = (found.problems, found.violations, found.mutants, found.caught)
        assert counts == tuple(row[["problems", "violations", "mutants", "caught"]])
        assert (found.median, found.largest) == pytest.approx((row["median"], row["largest"]), rel=1e-9)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.run("huge")


def test_the_same_seed_draws_the_same():
    pd.testing.assert_frame_equal(trial.drawn(2, 1), trial.drawn(2, 1))
    assert not trial.drawn(2, 1)["gap"].equals(trial.drawn(2, 2)["gap"])
