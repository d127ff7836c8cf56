import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Problem
from imagination.results.noise import trial
from imagination.results.noise.mutants import MUTANTS
from imagination.trials.sweep import generator
from imagination.trials.trial import violations


@pytest.fixture(scope="module")
def table(quick_noise_trial):
    return quick_noise_trial


def refuting(table):
    return violations(trial.TRIALS, table)


def test_nothing_is_violated(table):
    assert len(table) == len(trial.FAMILIES) * len(trial.HORIZONS) * 10
    assert refuting(table).empty
    assert (table[list(trial.IDENTITIES)] < 1e-12).all(axis=None)


def test_bounds_are_attained_somewhere_and_loose_elsewhere(table):
    assert table["ratio_paper"].max() > 1 - 1e-9 and table["ratio_sharp"].max() > 1 - 1e-9
    assert table["ratio_discounted"].max() > 1 - 1e-9
    assert table["ratio_paper"].median() < 0.05 < table["ratio_sharp"].median()


def test_violations_are_found(table):
    first, second, third, fourth = (table.copy() for _ in range(4))
    first.loc[5, "theorem_2"] *= (1 + 1e-8) / first.loc[5, "ratio_sharp"]
    second.loc[6, "off_discounted"] = 1e-8
    third.loc[7, "discounted"] = np.nan
    fourth.loc[8, "off_theorem_2"] = np.nan
    assert [list(refuting(t).index) for t in (first, second, third, fourth)] == [[5], [6], [7], [8]]


def test_norms_are_in_order(table):
    assert (table["W_first"] <= table["W_bar"] * (1 + 1e-12)).all()
    assert (table["W_mean"] <= table["W_bar"] * (1 + 1e-12)).all()
    assert (table["W_bar"] <= table["W_H"] * (1 + 1e-12)).all()
    assert (table["W_max_mean"] <= table["W_H"] * (1 + 1e-12)).all()


@pytest.mark.parametrize("family", trial.FAMILIES)
def test_families_make_problems(family):
    mdp, policy = trial.FAMILIES[family](6, np.random.default_rng(0))
    assert len(Problem(mdp, policy, 3)) == 6


def test_scores_of_the_even_family_have_one_norm(table):
    even = table[table["family"] == "even"]
    np.testing.assert_allclose(even[["W_H", "W_bar", "W_first"]], np.sqrt(0.5), rtol=1e-12)


def test_unknown_scale():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.configurations("huge")


def test_no_networks_are_loaded_for_it():
    code = "import sys, imagination.results.noise.trial; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_summary_counts(table):
    summary = trial.summary(table)
    assert list(summary.index) == list(trial.FAMILIES) and (summary["problems"] == 50).all()
    assert (summary.filter(like="largest") <= 1 + 1e-9).all(axis=None)


@pytest.mark.parametrize(
    ("number", "mutants", "median", "largest", "off"),
    [
        (0, 8, 0.01039497534195, 1, np.nan),
        (1, 8, 0.435235927597, 1, np.nan),
        (2, 4, 0.41694486946, 1, np.nan),
        (3, 0, np.nan, np.nan, 1.243595274e-14),
    ],
)
def test_outcomes_of_the_recorded_trial(number, mutants, median, largest, off):
    found = trial.TRIALS[number].outcome(trial.recorded(), MUTANTS)
    assert (found.problems, found.violations, found.mutants, found.caught) == (4200, 0, mutants, mutants)
    told = [found.median, found.largest, found.off]
    np.testing.assert_allclose(told, [median, largest, off], rtol=1e-9)


def test_recorded_trial_can_be_computed_again():
    record, recorded = records.describe(trial.RECORD), trial.recorded()
    configurations = trial.configurations(record.parameters["scale"])
    for index in (3, 40, 61):
        again = trial.trial(configurations[index], generator(record.parameters["seed"], index))
        stored = recorded[recorded["configuration"] == index].drop(columns="configuration")
        own = [name for name in again.select_dtypes("number") if name not in trial.IDENTITIES]
        np.testing.assert_allclose(stored[own].to_numpy(), again[own].to_numpy(), rtol=1e-9)
        assert (stored["family"].to_numpy() == again["family"].to_numpy()).all()


def test_looseness_grows_as_it_should():
    table = trial.looseness((1, 10, 60), (0.0, 0.9), size=5)
    near, far = table[table["gamma"] == 0], table[table["gamma"] == 0.9]
    assert (table[["paper", "sharp", "discounted"]] >= 1 - 1e-9).all(axis=None)
    assert (far["paper"].to_numpy() > 10 * near["paper"].to_numpy()).all()
    assert (far["sharp"].diff().dropna() < 0).all()  # the longer, the tighter


def test_limits_of_z_are_those_of_all_comparisons_together():
    # Of a normal number 1e-4 lie above 3.71902, and 1e-4 beyond ±3.89059.
    assert trial.z_limit(10, two_sided=False) == pytest.approx(3.71902, abs=1e-5)
    assert trial.z_limit(10) == pytest.approx(3.89059, abs=1e-5)


def test_sampled_agrees_with_exact():
    generator = np.random.default_rng(1)
    mdp, policy = trial.garnet(2, generator)
    problem = Problem(mdp, policy, 5)
    table = trial.agreement(problem, 20_000, generator, sigma=0.5, which=(THEOREM_2, DISCOUNTED))
    assert len(table) == 2 and table["comparisons"].sum() == 2 * (2 * 18 + 2)
    assert table["largest |z|"].max() < table.attrs["limit"]
    assert 3.5 < table.attrs["limit"] < 5
    assert isinstance(table, pd.DataFrame)


def test_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(records.ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setitem(trial.SCALES, "quick", {"batches": 1, "size": 2})
    assert trial.main(["--seed", "3", "--record"]) == 0
    assert "70 problems, 0 violations" in capsys.readouterr().out
    assert len(trial.recorded()) == 70 and records.describe(trial.RECORD).parameters["seed"] == 3
