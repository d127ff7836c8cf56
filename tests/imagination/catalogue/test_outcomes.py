"""What was tried of each claim: every record is read or said to be something else, and counts are counts."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imagination import records, results
from imagination.catalogue import outcomes
from imagination.results.curvature import trial as curvature
from imagination.results.noise import trial as noise
from imagination.results.registry import RESULTS
from imagination.results.return_gap import trial


@pytest.fixture(scope="module")
def tried():
    return outcomes.read_all()


def test_no_record_is_forgotten():
    assert outcomes.unread() == []


def test_trials_and_mutants_are_of_claims_that_some_result_states(tried):
    stated = {claim.name for result in RESULTS.values() for claim in result.claims}
    assert set(tried) <= stated
    assert {trial.claim.name for trial, _ in outcomes.tried()} <= stated


def test_every_mutant_that_a_topic_declares_is_tried():
    tried = {id(mutant) for _, mutants in outcomes.tried() for mutant in mutants}
    folder = Path(results.__file__).parent
    declared = [
        mutant
        for path in sorted(folder.glob("*/mutants.py"))
        for mutant in importlib.import_module(f"{results.__name__}.{path.parent.name}.mutants").MUTANTS
    ]
    assert [mutant.name for mutant in declared if id(mutant) not in tried] == []
    assert len(declared) >= 100


def test_no_claim_was_broken(tried):
    assert [t for trials in tried.values() for t in trials if t.violations] == []


def test_every_mutant_was_caught(tried):
    assert [t for trials in tried.values() for t in trials if t.caught < t.mutants] == []


def test_bounds_are_used_up_to_1_at_most(tried):
    for trials in tried.values():
        for found in trials:
            assert found.problems > 0
            assert not found.median > 1
            # Where a ratio was sampled it may be above 1 by chance, and nowhere else.
            assert not found.largest > (1.1 if found.source == "torch-noise" else 1 + 1e-8), found


def test_counts_are_those_of_the_tables(tried):
    table = trial.recorded()
    of_lemma = next(t for t in tried["Lemma 1"] if t.source == trial.RECORD)
    ratio = table.loc[table["regime"] == "contracting", "ratio"]
    assert of_lemma.problems == len(ratio)
    assert of_lemma.median == pytest.approx(ratio.median(), rel=1e-9)
    assert tried["Theorem 2, exact"][0].problems == len(noise.recorded())
    assert tried["Curvature, sharp"][0].problems == (curvature.recorded()["angles"] > 0).sum()


def test_a_violation_would_be_counted():
    table = records.load(noise.RECORD).head(300)
    table.loc[3, "theorem_2"] *= 1e6
    table.loc[4, "discounted"] = np.nan
    table.loc[5, "off_discounted"] = 1e-3
    found = {t.claim.name: t.outcome(table).violations for t in noise.TRIALS}
    assert found == {
        "Theorem 2": 1, "Theorem 2, sharp": 1, "Theorem 2, discounted estimator": 1, "Theorem 2, exact": 1
    }  # fmt: skip


def test_a_bound_that_a_loop_wrote_down_is_held_to_rounding(monkeypatch):
    name = "imagination-linear-quadratic"
    bounds = dict.fromkeys(outcomes.IN_PASSING[name], 2.0)
    gaps = {"gap": [2.0, -2 - 1e-8, 1.0], "finite_gap": [2 + 1e-8, -1.0, 1.0], "regret": [1.0, 1.0, 1.0]}
    monkeypatch.setattr(records, "load", lambda _: pd.DataFrame(gaps | bounds))
    counted = [found.violations for found in outcomes.in_passing(name)]
    assert counted == [1, 1, 1, 0]  # Lemma 1, finite, bounded, regret


def test_a_sample_of_the_live_trials_is_as_recorded():
    recorded = records.load(outcomes.RECORD).set_index("claim")
    seed = records.describe(outcomes.RECORD).parameters["seed"]
    ((of_bias, mutants),) = [pair for pair in outcomes.tried() if pair[0].claim.name == "Proposition 2"]
    again = of_bias.outcome(of_bias.systems("full", seed=seed), mutants)
    row = recorded.loc[again.claim]
    counted = ["problems", "violations", "mutants", "caught"]
    assert [getattr(again, name) for name in counted] == list(row[counted])
    # Made of the rounding of finite differences, which machines do not share.
    assert 0 < again.off < of_bias.tolerance and 0 < row["off"] < of_bias.tolerance


def test_what_is_run_is_what_is_recorded():
    table = records.load(outcomes.RECORD)
    live = [(trial.claim.name, trial.source) for trial, _ in outcomes.tried() if not trial.record]
    assert list(zip(table["claim"], table["source"], strict=True)) == live
    assert isinstance(table, pd.DataFrame)
