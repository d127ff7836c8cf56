"""Groups on trial: no group that may be drawn refutes a claim, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.group import claims, trial
from imagination.results.group.mutants import MUTANTS
from imagination.results.noise.claims import LEAVE_ONE_OUT
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def tables():
    return {each: each("quick", seed=3) for each in (trial.run, trial.run_questions)}


def test_the_claims_hold_and_could_fail(tables):
    assert all(len(table) > 2000 for table in tables.values())
    for own in trial.TRIALS:
        found = own.outcome(tables[own.systems], MUTANTS)
        assert found.problems >= 500 and found.violations == 0, own.claim.name
        if own.claim.relation == "==":
            assert found.off < 1e-9, own.claim.name
        elif own.claim is not claims.SPREAD_LEAST:
            assert found.largest == pytest.approx(1, abs=0.01), own.claim.name
        else:
            assert 0.4 < found.largest < 0.5


def test_every_mutant_is_caught(tables):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], tables[own.systems])["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 29
    assert min(each.min() for each in caught) >= 100


def test_constant_noise_is_chapter_9s_factor(tables):
    table = tables[trial.run]
    table = table[table["constant"] & (table["own"] > 1e-3)]
    factor = table["added"] * table["rollouts"] / table["own"]
    assert len(table) > 200
    np.testing.assert_allclose(factor, LEAVE_ONE_OUT.evaluate(rollouts=table["rollouts"]), rtol=1e-9)


def test_leave_one_out_may_add_more_or_less_than_the_factor_says(tables):
    table = tables[trial.run]
    table = table[~table["constant"] & (table["own"] > 1e-3)]
    share = table["added"] * (table["rollouts"] - 1) / table["own"]
    assert (share < 0.9).any() and (share > 1.1).any()


def test_two_and_three_answers_weigh_all_questions_alike(tables):
    table = tables[trial.run_questions]
    for count, weight in ((2, 1.0), (3, np.sqrt(2))):
        rows = table[table["rollouts"] == count]
        weights = rows["spread"] / (rows["rate"] * (1 - rows["rate"]))
        assert len(rows) > 400
        np.testing.assert_allclose(weights, weight, rtol=1e-12)


def test_numbers_by_hand():
    assert claims.ADDS.evaluate(own=4, apart=4 / 3, rollouts=2) == pytest.approx(8 / 3)
    assert claims.TOTAL.evaluate(centred=4 / 3, crossed=2, rollouts=3) == pytest.approx(7 / 9)
    assert claims.FOUR.evaluate(rate=0.5) == pytest.approx(3**0.5 / 2 + 0.75)
    assert trial.spread([0.5, 0.5], [2, 4]) == pytest.approx([0.25, 0.25 * (3**0.5 / 2 + 0.75)])
