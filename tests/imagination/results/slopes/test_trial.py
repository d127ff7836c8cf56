"""Gradients through models on trial: nothing exceeds its bound, each is met, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.slopes import claims, trial
from imagination.results.slopes.mutants import MUTANTS
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def tables():
    return {each: each("quick", seed=3) for each in (trial.run, trial.run_steps)}


def test_the_claims_hold_and_are_met(tables):
    for own in trial.TRIALS:
        found = own.outcome(tables[own.systems], MUTANTS)
        assert found.problems >= 2000 and found.violations == 0, own.claim.name
        if own.claim.relation == "==":
            assert found.off < 1e-9, own.claim.name
        else:
            assert found.largest == pytest.approx(1, abs=1e-3), own.claim.name


def test_every_mutant_is_caught(tables):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], tables[own.systems])["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 19
    assert min(each.min() for each in caught) >= 10


def test_errors_of_values_count_only_where_the_world_bends(tables):
    table = tables[trial.run]
    shifted = table[table["family"] == "shifted"]
    assert not shifted[["slope_dyn", "slope_rew"]].to_numpy().any() and (shifted["error"] > 1e-6).any()
    constants = dict.fromkeys(("gamma", "loop", "push", "paid", "slope_dyn", "slope_rew"), 0.5)
    flat = [claims.PATHWISE.evaluate(**constants, bend=0, paid_bend=0, eps_dyn=each) for each in (0.0, 100.0)]
    assert flat[0] == flat[1] > 0


def test_no_bound_of_values_bounds_the_gradient(tables):
    """Of two models the one with the smaller error may have the larger error of slopes."""
    table = tables[trial.run_steps]
    share = np.abs(table["slope_gap"]) / table["gap"]
    small, large = table["eps_dyn"] < 0.1, table["eps_dyn"] > 0.5
    assert share[small].median() > 10 * share[large].median()
