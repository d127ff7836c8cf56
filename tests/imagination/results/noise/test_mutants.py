"""Mutants of Theorem 2's bounds: caught where they are wrong, borne where Theorem 2 is loose enough."""

import numpy as np
import pandas as pd
import pytest

from imagination.results.noise.claims import DISCOUNTED, FORMS, PAPER, SHARP
from imagination.results.noise.mutants import BORNE, MUTANTS
from imagination.results.noise.trial import ATTAINING, BOUNDS, TRIALS
from imagination.trials.trial import mutation_scores


def test_every_form_has_several_and_they_differ():
    everything = MUTANTS + BORNE
    assert all(sum(mutant.of == claim for mutant in MUTANTS) >= 2 for claim in FORMS.values())
    assert len({(mutant.of, mutant.name) for mutant in everything}) == len(everything)
    assert all(
        (mutant.claim.expression == mutant.of.expression) == bool(mutant.instead) for mutant in everything
    )


def test_every_one_is_caught_and_by_families_that_are_not_extreme(quick_noise_trial):
    scores = mutation_scores(TRIALS, MUTANTS, quick_noise_trial, extreme=ATTAINING)
    assert scores["caught by"].min() >= 3 and scores["others"].min() > 0


def test_what_theorem_2_is_loose_enough_to_bear(quick_noise_trial):
    scores = mutation_scores(TRIALS, BORNE, quick_noise_trial)
    assert scores["caught by"].max() == 0 and scores["lowest"].max() < 0.9


# A problem whose right bounds are 576, 341.33 and 455.11 over K.
ROW = {"sigma": 2.0, "horizon": 4, "gamma": 0.5, "rollouts": 10, "W_H": 3.0, "W_bar": 2.0}
ROW |= {"W_first": 1.0, "W_mean": 1.5, "W_max_mean": 2.5}
RIGHT = {PAPER: 4 * 4 * 9 / 10 / 0.25, SHARP: 4 * 4 * 4 / 10 / 0.75, DISCOUNTED: 4 * 4 / 10 / 0.75**2}


@pytest.mark.parametrize(
    ("claim", "name", "share"),
    [
        (PAPER, "H dropped", 1 / 4),
        (PAPER, "σ for σ²", 1 / 2),
        (PAPER, "1 − γ for (1 − γ)²", 1 / 2),
        (PAPER, "1 + γ for 1 − γ", 1 / 9),
        (PAPER, "norm at t = 0 for the largest", 1 / 9),
        (SHARP, "γ squared twice", 0.75 / (1 - 0.5**4)),
        (SHARP, "H off by one", 3 / 4),
        (SHARP, "W for W²", 1 / 2),
        (DISCOUNTED, "norm averaged over time", 2.25 / 4),
        (DISCOUNTED, "K squared", 1 / 10),
    ],
)
def test_mutants_by_hand(claim, name, share):
    (mutant,) = (m for m in MUTANTS + BORNE if m.of == claim and m.name == name)
    (trial,) = (trial for trial in BOUNDS.values() if trial.claim == claim)
    rows = pd.DataFrame([ROW])
    np.testing.assert_allclose(trial.stated(rows), RIGHT[claim], rtol=1e-12)
    np.testing.assert_allclose(
        trial.stated(mutant.read(rows), mutant.claim), share * RIGHT[claim], rtol=1e-12
    )
