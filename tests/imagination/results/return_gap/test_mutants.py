import pandas as pd
import pytest

from imagination.results.return_gap.mutants import MUTANTS
from imagination.results.return_gap.trial import EXTREME, TRIALS
from imagination.trials.trial import Mutant, mutation_scores, times

OF = {trial.claim.name: trial for trial in TRIALS}


@pytest.fixture(scope="module")
def scores(quick_trial):
    return mutation_scores(TRIALS, MUTANTS, quick_trial, extreme=EXTREME)


def test_every_mutant_is_wrong_and_caught(scores):
    assert (scores["lowest"] < 0.99).all()
    assert (scores["caught by"] >= 4).all() and (scores["excess"] > 0.1).all()
    assert set(scores["claim"]) == set(OF) - {"Either side's constants"}


def test_what_only_loosens_is_not_caught(quick_trial):
    for trial in TRIALS:
        assert not trial.refuted(quick_trial, Mutant("none", trial.claim)).any()
        assert not trial.refuted(quick_trial, Mutant("twice", trial.claim, times(2))).any()


def test_mutants_by_hand():
    row = {"gamma": 0.5, "L_f": 0.8, "L_r": 2.0, "L_pi": 0.5, "eps_dyn": 0.1, "eps_rew": 0.3}
    frame = pd.DataFrame([row | {"horizon": 3, "diameter": 0.15, "eps_dyn_mean": 0.05, "eps_rew_mean": 0.1}])
    reward, slope = 0.6, 3 * 0.1 * 0.5 / 0.5
    expected = {
        ("Lemma 1", "growth of state errors forgotten"): reward + slope,
        ("Lemma 1", "L_pi for 1 + L_pi in the reward's slope"): reward + slope / 3 / (1 - 0.6),
        ("Lemma 1", "1/(1 - gamma) missing in the reward's part"): reward / 2 + slope / (1 - 0.6),
        ("Lemma 1", "gamma dropped: a sum of one step"): (reward + slope / (1 - 0.6)) / 2,
        ("Lemma 1", "the larger part for the sum of both"): slope / (1 - 0.6),
        ("Lemma 1", "errors swapped"): 0.2 + 3 * slope / (1 - 0.6),
        ("Lemma 1", "mean errors for suprema"): 0.2 + slope / 2 / (1 - 0.6),
        ("Finite horizon", "H off by one"): 0.3 * 1.5 + 3 * 0.1 * 0.5,
        ("Bounded states", "radius for diameter"): 0.6 + 3 * 0.075,
    }
    found = {(mutant.of.name, mutant.name): mutant for mutant in MUTANTS}
    for which, value in expected.items():
        mutant = found[which]
        stated = OF[which[0]].stated(mutant.read(frame), mutant.claim)
        assert stated == pytest.approx(value), which
