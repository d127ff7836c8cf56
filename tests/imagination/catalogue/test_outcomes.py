"""The trials of the ledger: every record is read or said to be something else, and counts are counts."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.catalogue import outcomes as ledger_trials
from imagination.results.bias import trial as bias
from imagination.results.curvature import trial as straightening
from imagination.results.noise import trial as reward_noise
from imagination.results.registry import RESULTS
from imagination.results.return_gap import trial


@pytest.fixture(scope="module")
def tried():
    return ledger_trials.read_all()


def test_no_record_is_forgotten():
    assert ledger_trials.unread() == []


def test_trials_are_of_claims(tried):
    assert set(tried) <= {claim.name for result in RESULTS.values() for claim in result.claims}


def test_no_claim_was_broken(tried):
    assert [t for trials in tried.values() for t in trials if t.violations] == []


def test_every_planted_version_was_caught(tried):
    assert [t for trials in tried.values() for t in trials if t.caught < t.planted] == []


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
    assert of_lemma.problems == (table["regime"] == "contracting").sum()
    assert of_lemma.median == table.loc[table["regime"] == "contracting", "ratio"].median()
    assert tried["Theorem 2, exact"][0].problems == len(reward_noise.recorded())
    assert tried["Curvature, sharp"][0].problems == len(straightening.recorded())


def test_a_violation_would_be_counted():
    table = records.load(reward_noise.RECORD).head(300)
    table.loc[3, "ratio_paper"] = 1.01
    table.loc[4, "ratio_sharp"] = np.nan
    table.loc[5, "off_discounted"] = 1e-3
    found = {t.claim: t.violations for t in ledger_trials.READERS[reward_noise.RECORD](table)}
    assert found == {
        "Theorem 2": 1, "Theorem 2, sharp": 1, "Theorem 2, discounted estimator": 0, "Theorem 2, exact": 1
    }  # fmt: skip


def test_a_sample_of_the_live_trials_is_as_recorded():
    recorded = records.load(ledger_trials.RECORD).set_index("claim")
    seed = records.describe(ledger_trials.RECORD).parameters["seed"]
    (again,) = ledger_trials.LIVE["imagination.results.bias.trial"](seed)
    row = recorded.loc[again.claim]
    assert (again.problems, again.violations, again.planted, again.caught) == tuple(
        row[["problems", "violations", "planted", "caught"]]
    )
    assert (
        0 < again.off < bias.TOLERANCE
    )  # made of the rounding of finite differences, which machines do not share
    assert 0 < row["off"] < bias.TOLERANCE


def test_what_is_run_is_what_is_recorded():
    table = records.load(ledger_trials.RECORD)
    assert set(table["source"]) == set(ledger_trials.LIVE)
    assert isinstance(table, pd.DataFrame)
