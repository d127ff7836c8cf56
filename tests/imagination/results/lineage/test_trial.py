"""The bounds of others on trial: nothing exceeds them, some are attained, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.lineage import claims, trial
from imagination.results.lineage.mutants import MUTANTS
from imagination.trials.trial import mutation_scores

ATTAINED = {claims.BOTH_IN_RANGE, claims.MODEL_OPTIMAL, claims.PESSIMISM}


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=3)


def test_the_claims_hold_and_could_fail(table):
    assert len(table) == 2000
    for own in trial.TRIALS:
        found = own.outcome(table, MUTANTS)
        assert found.problems >= 1000 and found.violations == 0, own.claim.name
        if own.claim.relation == "==":
            assert found.off < 1e-9, own.claim.name
        else:
            near = 1e-9 if own.claim in ATTAINED else 1e-3
            assert found.largest == pytest.approx(1, abs=near), own.claim.name


def test_every_mutant_is_caught(table):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], table)["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 24
    assert min(each.min() for each in caught) >= 10


def test_a_model_may_be_far_away_and_value_equivalent(table):
    assert table["distance"].max() > 0.9
    far = table[table["distance"] > 0.5]
    np.testing.assert_allclose(far["J_hat"], far["J"], rtol=1e-9, atol=1e-9)


def test_no_time_need_be_the_worst(table):
    """Without the minimum, expected errors add up to their discounted average over 1 - gamma."""
    loose = table["gamma"] * table["mean_error"] / (1 - table["gamma"]) ** 2
    assert (table["drift"] <= loose * (1 + 1e-9) + 1e-9).all()
    assert (table["mean_error"] < 0.9 * table["eps_mean"]).any()


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.run("huge")
