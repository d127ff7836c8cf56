"""Verdicts on trial: nothing that may happen refutes a claim, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.verifier import claims, trial
from imagination.results.verifier.mutants import MUTANTS
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def tables():
    return {each: each("quick", seed=3) for each in (trial.run, trial.run_votes, trial.run_majorities)}


def test_the_claims_hold_and_could_fail(tables):
    assert all(len(table) == 2000 for table in tables.values())
    for own in trial.TRIALS:
        found = own.outcome(tables[own.systems], MUTANTS)
        assert found.problems >= 100 and found.violations == 0, own.claim.name
        if own.claim.relation == "==":
            assert found.off < 1e-9, own.claim.name
        else:
            assert found.largest == pytest.approx(1, abs=0.1), own.claim.name


def test_every_mutant_is_caught(tables):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], tables[own.systems])["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 52
    assert min(each.min() for each in caught) >= 10


def test_false_yeses_turn_some_gradients_round(tables):
    """What the theorems on lengths are about: J > 0, and yet the mean leads downhill."""
    table = tables[trial.run]
    climbs = (table["tpr"] > table["fpr"]) & (table["gradient"] > 1e-6)
    at = {family: table[climbs & (table["family"] == family)] for family in ("every step", "until the end")}
    assert (at["every step"]["mean"] > 0).all()
    assert (at["until the end"]["mean"] < 0).any()


def test_without_discount_and_in_time_the_direction_is_exact(tables):
    table = tables[trial.run]
    rows = table[(table["family"] == "in time") & (table["gamma"] == 1)]
    stated = claims.SCALES.evaluate(tpr=rows["tpr"], fpr=rows["fpr"], gradient=rows["gradient"])
    assert len(rows) > 40 and np.abs(stated).max() > 0.05
    np.testing.assert_allclose(rows["mean"], stated, atol=1e-9)


def test_the_judge_of_the_front_page():
    """Yes to 10% of wrong and 70% of right answers; a mean of 5 votes that share a quarter."""
    assert claims.SCALES.evaluate(tpr=0.7, fpr=0.1, gradient=1.0) == pytest.approx(0.6)
    spread = claims.VERDICT_VARIANCE.evaluate(tpr=0.7, fpr=0.1, reward=[0.0, 1.0])
    assert spread == pytest.approx([0.09, 0.21])
    assert claims.MEAN_OF_VOTES.evaluate(rate=0.7, votes=5, correlation=0.25) == pytest.approx(0.084)


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.run("huge")


def test_a_majority_may_make_a_good_judge_useless(tables):
    """Right answers that less than half of the votes accept: J > 0, and that of the majority goes to 0."""
    J = [
        float(np.diff([claims.MAJORITY.evaluate(rate=rate, pairs=pairs) for rate in (0.1, 0.4)])[0])
        for pairs in (0, 1, 3, 20)
    ]
    np.testing.assert_allclose(J[:2], [0.3, 0.352 - 0.028])
    assert J[1] > J[0] > J[2] > J[3] > 0 and J[3] < 0.1
