"""Critics on trial: nothing that may happen refutes a claim, and every mutant is caught."""

import numpy as np
import pytest

from imagination.results.critic import systems, trial
from imagination.results.critic.mutants import MUTANTS
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=3)


def test_the_claims_hold_and_could_fail(table):
    assert len(table) == 2400
    for own in trial.TRIALS:
        found = own.outcome(table, MUTANTS)
        assert found.problems >= 700 and found.violations == 0, own.claim.name
        if own.claim.relation == "==":
            assert found.off < 1e-9, own.claim.name


def test_every_mutant_is_caught(table):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], table)["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 17
    assert min(each.min() for each in caught) >= 10


def test_where_nothing_follows_lambda_1_has_no_bias(table):
    rows = table[(table["family"] != "a value at the end") & (table["lam"] == 1)]
    assert len(rows) > 50
    np.testing.assert_allclose(rows["mean"], rows["plain"], atol=1e-9)
    ends = table[(table["family"] == "a value at the end") & (table["lam"] == 1)]
    assert (np.abs(ends["mean"] - ends["plain"]) > 1e-3).any()


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="family: 'oracle' is none of nothing after"):
        systems.draw("oracle", np.random.default_rng(0), 3)


@pytest.mark.parametrize("family", systems.FAMILIES)
def test_a_family_is_what_it_says(family):
    drawn = systems.draw(family, np.random.default_rng(0), 30)
    found = systems.listed(drawn)
    np.testing.assert_allclose(found.chance.sum(axis=1), 1)
    assert (np.abs(drawn.critic - drawn.right)[:, :-1] > 1e-6).any()
    assert drawn.right[:, -1].any() == (family == "a value at the end")
    assert (drawn.critic[:, -1] != 0).any() == (family == "a value at the end")
    assert family != "two steps" or drawn.problem.horizon == 2
