"""Ratios with intervals: tables whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from imagination.studies import representations_report as report


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def table() -> pd.DataFrame:
    """Knob k multiplies the bound by k and the gap by 1/k; seeds and policies multiply both by the same."""
    rows = []
    for knob in (1.0, 2.0, 4.0):
        for seed, luck in enumerate((1.0, 3.0, 10.0, 0.1)):
            for policy, ease in (("a", 4.0), ("b", 9.0)):
                row = {"family": "f", "knob": knob, "seed": seed, "policy": policy, "horizon": 5}
                rows.append({**row, "closed": 100 * luck * ease * knob, "gap": luck * ease / knob})
    return pd.DataFrame(rows)


def test_policies_are_averaged_geometrically(table):
    values = report.by_seed(table, "closed", 5)
    np.testing.assert_allclose(values.loc[("f", 2.0)], 1200 * np.array([1, 3, 10, 0.1]))


def test_seeds_are_compared_with_themselves(table, rng):
    ratio = report.against(table, "gap", 5, ("f", 1.0), rng)
    np.testing.assert_allclose(ratio.loc[("f", 4.0)], 0.25)  # no spread is left


def test_means_have_intervals_around_them(table, rng):
    found = report.means(table, ["closed", "gap"], 5, rng)
    np.testing.assert_allclose(found["gap", "mean"], 6 * 3**0.25 / np.array([1, 2, 4]))
    assert (found["gap", "low"] < found["gap", "mean"]).all()
    assert (found["gap", "mean"] < found["gap", "high"]).all()


def test_the_verdict_and_its_counts(table, rng):
    found = report.verdict(table, 5, ("f", 1.0), rng)
    assert list(found["bound says"]) == ["larger", "larger"]
    assert list(found["gap says"]) == ["smaller", "smaller"]
    counts = report.agreement(found)
    assert counts.loc["larger", "smaller"] == 2
    assert counts.to_numpy().sum() == 2


def test_noise_is_called_even(rng):
    noisy = pd.DataFrame(
        [
            {"family": "f", "knob": knob, "seed": seed, "horizon": 5, "closed": 1.0, "gap": value}
            for knob, values in ((0.0, (1, 2, 3, 4)), (1.0, (2, 1, 4, 3)))
            for seed, value in enumerate(values)
        ]
    )
    assert report.verdict(noisy, 5, ("f", 0.0), rng)["gap says"].item() == "even"


def test_senseless_questions_are_refused(table, rng):
    with pytest.raises(ValueError, match="column"):
        report.by_seed(table, "nonsense", 5)
    with pytest.raises(ValueError, match="horizon"):
        report.by_seed(table, "gap", 6)
    with pytest.raises(ValueError, match="positive"):
        report.by_seed(table.assign(gap=0.0), "gap", 5)
    with pytest.raises(ValueError, match="reference"):
        report.against(table, "gap", 5, ("g", 1.0), rng)


def test_longer_training_is_compared_seed_by_seed(table, rng):
    short, half = (table.assign(steps=steps, gap=table["gap"] * worse) for steps, worse in ((5, 8), (10, 2)))
    found = report.convergence(pd.concat([table.assign(steps=20), short, half]), "gap", 5, rng)
    assert list(found.columns) == [5, 10, 20, "ratio", "low", "high"]
    np.testing.assert_allclose(found[5] / found[20], 8)
    np.testing.assert_allclose(found[["ratio", "low", "high"]], 0.5)
    with pytest.raises(ValueError, match="two numbers of steps"):
        report.convergence(short, "gap", 5, rng)
