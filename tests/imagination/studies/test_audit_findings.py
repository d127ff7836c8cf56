"""The study of an audit's power and of its false alarms: worlds, planted faults, and the record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from imagination import records
from imagination.audit.parts import one_step
from imagination.studies import audit_findings, audit_worlds
from imagination.studies.audit_findings import CASES, FAULTS, evidence, run, tables
from imagination.studies.audit_worlds import KINDS, collect, perfect, random_world


@pytest.fixture(scope="module")
def recorded():
    return records.load(audit_findings.RECORD)


@pytest.mark.parametrize("kind", KINDS)
def test_a_perfect_model_is_its_world(kind):
    rng = np.random.default_rng(3)
    world = random_world(kind, False, True, rng)
    log = collect(world, 20, rng)
    said = one_step(log, perfect(world, rng))
    np.testing.assert_allclose(said.state, log.next_state)
    np.testing.assert_allclose(said.reward, log.reward)
    np.testing.assert_array_equal(said.proceed == 0, log.terminated)
    assert log.length.max() <= world.horizon and log.length.mean() >= audit_worlds.LEAST / 2
    assert not (log.terminated & log.truncated).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_stochastic_world_has_noise_with_mean_zero_in_its_rewards(kind):
    rng = np.random.default_rng(4)
    world = random_world(kind, True, False, rng)
    log = collect(world, 200, rng)
    left = log.reward - one_step(log, perfect(world, rng)).reward
    assert left.std() == pytest.approx(world.reward_noise, rel=0.1)
    assert abs(left.mean()) < 4 * world.reward_noise / np.sqrt(len(left))


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("reward off by one", "reward"),
        ("terminations ignored", "proceed"),
        ("dynamics biased in a region", "state"),
        ("optimistic reward", "reward"),
        ("noise in the model", "state"),
        ("none", None),
    ],
)
def test_a_fault_is_planted_where_it_is_said_to_be(fault, wrong):
    asked, drawn, region = evidence(fault, 2, seed=5)  # an even number: a world without noise
    log, said = asked.episodes, asked.one_step
    errs = {
        "state": np.abs(said.state - log.next_state).max(axis=1) > 1e-9,
        "reward": np.abs(said.reward - log.reward) > 1e-9,
        "proceed": (said.proceed == 0) != log.terminated,
    }
    assert [name for name, rows in errs.items() if rows.any()] == ([wrong] if wrong else [])
    assert (drawn["size"] > 0) == (wrong is not None)
    if region is not None:
        np.testing.assert_array_equal(errs["state"], region)


def test_tables_count_what_is_right_and_what_is_false():
    rows = pd.DataFrame(
        {
            "fault": ["optimistic reward"] * 4 + ["none"] * 2,
            "number": [0, 1, 2, 3, 0, 1],
            "stochastic": [False, True] * 3,
            "size": [0.1, 0.2, 0.3, 0.4, 0.0, 0.0],
            "right": [False, True, True, True, False, False],
            "alarms": [None, "optimistic_reward", "nan optimistic_reward", "optimistic_reward", None, "nan"],
        }
    )
    made = tables(rows)
    assert made["power"].loc["optimistic reward", "share"] == 0.75
    assert made["false alarms"]["share"].tolist() == [0.0, 1.0]
    assert made["beside"].loc[("optimistic reward", "nan"), "share"] == 0.25
    assert made["sizes"]["cases"].sum() == 4


def test_the_record_has_every_case_once(recorded):
    counts = recorded.groupby("fault").size()
    assert counts.to_dict() == CASES
    assert not recorded.duplicated(["fault", "number"]).any()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_sample_of_the_record_is_found_again(recorded, fault):
    again = run(fault, range(5, 9))
    kept = recorded[recorded["fault"] == fault].iloc[5:9].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, kept.fillna({"alarms": ""}), rtol=1e-6, check_dtype=False)


def test_a_perfect_model_gets_an_alarm_in_one_audit_of_twenty_at_most(recorded):
    none = recorded[recorded["fault"] == "none"]
    false = int(none["alarms"].notna().sum())
    assert stats.binomtest(false, len(none), 0.05, alternative="greater").pvalue > 0.01


def test_large_faults_are_found(recorded):
    """Four of five in the largest third of sizes; of lags, whose size only hides them, in the smallest."""
    sizes = tables(recorded)["sizes"]
    for fault, share in sizes["share"].groupby("fault"):
        ordered = share.sort_index()
        best = ordered.iloc[0] if fault == "reward off by one" else ordered.iloc[-1]
        assert best > 0.8, fault
