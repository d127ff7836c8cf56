import pandas as pd
import pytest

from imagination.results.curvature.mutants import CONTROLS, MUTANTS
from imagination.results.curvature.systems import EXTREME
from imagination.results.curvature.trial import TRIALS
from imagination.trials.trial import mutation_scores

ROW = {
    "eps": 0.6,
    "angles": 3,
    "loss": 0.19,
    "loss_apart": 0.5,
    "steepness": 0.5,
    "stretch": 1.4,
    "shrink": 0.7,
    "family": "linear",
}


def test_every_claim_has_some_and_they_differ():
    assert {mutant.of.name for mutant in MUTANTS} == {trial.claim.name for trial in TRIALS}
    assert len({(mutant.of.name, mutant.name) for mutant in MUTANTS}) == len(MUTANTS)


def test_every_one_is_caught_by_families_that_are_not_extreme(quick_straightening):
    scores = mutation_scores(TRIALS, MUTANTS, quick_straightening, extreme=EXTREME)
    assert (scores["caught by"] >= 20).all() and (scores["others"] >= 5).all()
    assert (scores["excess"] > 0.01).all()


def test_what_is_true_is_not_caught(quick_straightening):
    assert (mutation_scores(TRIALS, CONTROLS, quick_straightening)["caught by"] == 0).all()


@pytest.mark.parametrize(
    ("claim", "name", "expected"),
    [
        ("Curvature, sharp", "both velocities equally long", (0.19 - 0.18) / 0.2),
        ("Curvature, sharp", "half the bound", (0.19 - 0.1) / 0.2),
        ("Curvature, sharp", "velocities two steps apart", (0.5 - 0.2) / 0.2),
        ("Curvature, sharp", "mean change of velocity for the largest", (0.19 - 1 + 0.75**0.5) / 0.2),
        ("Proposition 1", "1 + eps for 1 - eps", (0.19 - 0.36 / 3.2) / 0.45),
        ("Straight maps stretch little", "eps / 2 for eps", 0.1 / 1.6),
        ("Straight maps stretch little", "no loss, so L_f at most 1", float("nan")),
        ("Straight maps shrink little", "eps squared for eps", (0.64 - 0.7) / 0.4),
    ],
)
def test_excess_by_hand(claim, name, expected):
    (mutant,) = (m for m in MUTANTS if (m.of.name, m.name) == (claim, name))
    (trial,) = (trial for trial in TRIALS if trial.claim.name == claim)
    assert trial.excess(pd.DataFrame([ROW]), mutant)[0] == pytest.approx(expected, nan_ok=True)
