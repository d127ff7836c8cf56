"""The report of an audit: what is said first, what is rounded, and how wide it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.imagination.audit import fakes
from tests.imagination.audit.test_audit import kept, mapping

from imagination import audit
from imagination.audit.evidence import Finding
from imagination.audit.report import text
from imagination.decide.planner import Estimate


def audited(value=None, **wrong):
    log = kept(fakes.log(np.random.default_rng(0), 30, 12, risk=0.0))
    gamma = 0.95 if value is None else 0.8
    return audit.audit(mapping(fakes.Model(pull=0.9, **wrong)), fakes.policy, log, gamma=gamma, value=value)


def flat(said: str) -> str:
    return " ".join(said.split())


@pytest.fixture(scope="module")
def flattering():
    return audited(offset=0.5)


def verdict(found) -> str:
    return " ".join(text(found).split("\n\n")[1].split())


def test_lines_are_short_and_keep_their_end(flattering):
    lines = text(flattering).split("\n")
    assert max(map(len, lines)) < 100
    assert all(line == line.rstrip() for line in lines)


def test_which_way_imagination_misleads_comes_first(flattering):
    gap = flattering.gap
    assert verdict(flattering).startswith(f"Imagination flatters this policy: by {gap.value:.3g} [")
    assert "over 11 steps" in verdict(flattering)
    worse = replace(flattering, gap=Estimate(-2.0, -3.0, -1.0))
    assert verdict(worse).startswith("Imagination makes this policy look worse than it is: by -2 [-3, -1]")
    unclear = replace(flattering, gap=Estimate(1.0, -3.0, 5.0))
    assert verdict(unclear).startswith("No return gap is shown, either way: by 1 [-3, 5]")


def test_an_error_comes_before_the_verdict(flattering):
    broken = Finding("reward_lag", "error", "seen", "mend it")
    found = replace(flattering, findings=(broken, *flattering.findings))
    assert verdict(found).startswith("Mend first: reward_lag (below).")
    said = text(found)
    assert "\nError\n  reward_lag: seen.\n    -> mend it.\n" in said
    assert said.index("\nError\n") < said.index("\nWarning")


def test_without_a_gap_the_report_says_why(flattering):
    none = dict.fromkeys(("gap", "by_horizon", "by_step", "longest_horizon", "limited_by", "tolerance"))
    said = text(replace(flattering, why="the log's actions are not the policy's", **none))
    assert "No return gap was measured: the log's actions are not the policy's." in said
    assert "Discounted returns" not in said and "optimistic_reward" in said


def test_rounding_is_shown_as_zero(flattering):
    row = next(line for line in text(flattering).split("\n") if "done by the dynamics" in line)
    assert row.split()[-3:] == ["0", "[0,", "0]"]


def test_what_to_do(flattering):
    said = text(flattering)
    assert "Model to improve first: the reward; spend on reward labels" in said
    assert "Longest horizon to trust: none (gap within" in said
    assert "either way; already after 1 step the gap is shown to be larger: the model limits it)" in flat(
        said
    )
    other = {"longest_horizon": 3, "tolerance": 0.25, "improve": "undetermined"}
    trusted = flat(text(replace(flattering, **other, limited_by="log")))
    assert "to trust: 3 steps (gap within 0.25 either way; beyond its interval is too wide" in trusted
    assert "Longest horizon to trust: 3 steps (gap within 0.25 either way) " in flat(
        text(replace(flattering, **other, limited_by=None))
    )
    assert "Model to improve first: none is surely first" in trusted
    assert "Multiplier for `imagination plan`: undetermined" in said
    assert "multiplier undetermined: the dynamics make no error" in said


def test_a_log_that_limits_trust_may_show_a_larger_gap_later(flattering):
    other = {"longest_horizon": 1, "limited_by": "log"}
    rows = flattering.by_horizon.assign(gap_low=0.0, gap_high=1.0)
    wide = replace(flattering, **other, tolerance=0.5, by_horizon=rows)
    assert "the log limits it)" in flat(text(wide))
    later = rows.assign(gap_low=np.where(rows["horizon"] == rows["horizon"].max(), 0.6, 0.0))
    said = flat(text(replace(wide, by_horizon=later)))
    steps = later["horizon"].max()
    assert f"the log limits it, though after {steps} steps the gap is shown to be larger)" in said


def test_dynamics_that_may_lack_noise_are_not_mended_by_transitions_alone(flattering):
    noisy = Finding("noise_in_world", "note", "seen", "repeat an action")
    blamed = replace(flattering, improve="dynamics", findings=(noisy,))
    assert "or let the model draw: it may lack the world's noise" in flat(text(blamed))
    assert "let the model draw" not in flat(text(replace(blamed, findings=())))
    assert "let the model draw" not in flat(text(replace(blamed, improve="reward")))


def test_what_must_be_mended_is_the_only_advice_on_what_to_improve(flattering):
    broken = Finding("reward_lag", "error", "seen", "mend it")
    said = text(replace(flattering, findings=(broken,)))
    assert "Mend first: reward_lag" in said and "improve first" not in said and "Multiplier" not in said
    assert "Longest horizon to trust" in said


def test_when_to_ask_the_value_is_said_in_a_few_lines():
    found = audited(offset=0.5, value=lambda seen: 4 + seen[:, 0])
    said = flat(text(found))
    stop = found.stopping
    assert f"Ask the value after {stop.best} step" in said and "By the rule of one more step: after" in said
    assert f"hides about {stop.hidden:.0%} of its error" in said
    (about,) = [
        note for note in found.notes if note.startswith("returns, and the gap of them, have the value")
    ]
    assert about not in audited(offset=0.5).notes
    lines = str(stop).split("\n")
    assert max(map(len, lines)) < 100 and "Ask the value" not in text(audited(offset=0.5))
    assert [line.split()[0] for line in lines[-len(stop.by_horizon) :]] == ["0", "1", "2", "3", "5"]


def test_a_long_table_is_thinned_to_its_ends():
    log = kept(fakes.log(np.random.default_rng(0), 10, 30, risk=0.0))
    model = mapping(fakes.Model(pull=0.9))
    found = audit.audit(model, fakes.policy, log, gamma=0.95, horizons=range(1, 21))
    table = text(found).split("by horizon\n")[1].split("\n\n")[0].split("\n")
    steps = [line.split()[0] for line in table]
    assert len(steps) == 9 and steps[:2] == ["steps", "1"] and steps[-1] == "20"
