"""Comparisons and constants on trial: nothing measured refutes a claim, and every mutant is caught."""

import numpy as np
import pytest
from scipy import stats

from imagination.results.preference import claims, systems, trial
from imagination.results.preference.mutants import MUTANTS
from imagination.trials.trial import mutation_scores


@pytest.fixture(scope="module")
def tables():
    runs = trial.run, trial.run_constants
    return {each: each("quick", seed=3) for each in runs}


def test_the_claims_hold_and_could_fail(tables):
    assert [len(table) for table in tables.values()] == [2000, 1000]
    for own in trial.TRIALS:
        found = own.outcome(tables[own.systems], MUTANTS)
        assert found.problems == len(tables[own.systems]) and found.violations == 0, own.claim.name


def test_every_mutant_is_caught(tables):
    caught = [
        mutation_scores([own], [m for m in MUTANTS if m.of == own.claim], tables[own.systems])["caught by"]
        for own in trial.TRIALS
    ]
    assert sum(map(len, caught)) == len(MUTANTS) == 15
    assert min(each.min() for each in caught) >= 10


def test_the_bound_along_a_chain_is_attained(tables):
    table = tables[trial.run]
    used = table["error"] / (table["links"] * table["apart"])
    assert (used[table["apart"] > 1e-6].max()) == pytest.approx(1)
    still = table["apart"] < 1e-9
    assert still.sum() > 500 and table["error"][still].max() < 1e-8


def test_wins_are_those_of_sums_that_are_drawn():
    noise = np.random.default_rng(0).gumbel(size=(2, 400_000))
    for apart in (-2.0, 0.0, 0.7):
        share = (apart + noise[0] > noise[1]).mean()
        said = systems.wins(np.array(apart), np.array(0.0))
        assert stats.binomtest(int(share * 400_000), 400_000, float(said)).pvalue > 1e-4
    assert systems.wins(np.array(8.0), np.array(0.0)) == pytest.approx(1 - 1 / (1 + np.exp(8)), abs=1e-9)


def test_two_sets_are_not_linked_and_an_unknown_family_is_refused():
    links = systems.draw("two sets", np.random.default_rng(0), 2).links
    assert np.isinf(links[:, 0, 4]).all() and (links[:, 0, 2] == 2).all()
    assert (systems.draw("ring", np.random.default_rng(0), 2).links[:, 0, 5] == 1).all()
    with pytest.raises(ValueError, match="family: 'star' is none of line"):
        systems.draw("star", np.random.default_rng(0), 2)


def test_a_difference_of_one_is_odds_of_e():
    assert claims.DIFFERENCE.evaluate(wins=np.e / (1 + np.e)) == pytest.approx(1)
    assert claims.CHAIN.evaluate(links=3, apart=0.5) == pytest.approx(1.5)
    assert claims.CONSTANT.evaluate(gradient=0.1, constant=0.2, of_length=-0.9) == pytest.approx(-0.08)
