import numpy as np
import pytest

from imagination.results.sensitivity.mutants import MUTANTS, believed
from imagination.results.sensitivity.systems import extremal, lqg
from imagination.results.sensitivity.trial import TRIALS, attained
from imagination.trials.trial import mutation_scores


def test_every_mutant_is_caught_on_every_system_that_attains_lemma_1():
    scores = mutation_scores(TRIALS, MUTANTS, attained("quick", seed=2))
    assert (scores["caught by"] == 12).all()
    assert len({mutant.claim.expression for mutant in MUTANTS} - {MUTANTS[0].of.expression}) == len(MUTANTS)


def test_what_believing_a_mutant_costs_where_the_multiplier_is_exact():
    table = believed(extremal(np.random.default_rng(2), 6))
    wrong = table.drop(index="the right one")
    assert list(wrong.index) == [mutant.name for mutant in MUTANTS]
    assert (wrong["largest regret"] > 1e-6).all() and (wrong["looks better"] == 0).all()
    assert table["smaller"][["the right one", "gamma squared", "gamma dropped"]].tolist() == [0, 1, 0]


def test_typical_systems_reward_mutants():
    """Three of four slips look better than the right multiplier on most LQG systems."""
    table = believed(lqg(np.random.default_rng(8), 12)).drop(index="the right one")
    assert table.loc["inverted", "looks better"] == pytest.approx(0.75)
    assert (table["looks better"] > 0.5).mean() > 0.7
