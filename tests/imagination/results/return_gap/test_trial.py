import numpy as np
import pytest

from imagination import records
from imagination.results.return_gap import claims as return_gap
from imagination.results.return_gap import trial
from imagination.results.return_gap.systems import FAMILIES


@pytest.fixture(scope="module")
def table(quick_trial):
    return quick_trial


def test_quick_is_large_enough_and_covers_everything(table):
    assert len(table) >= 2000
    cases = set(zip(table["family"], table["regime"], strict=True))
    assert {family for family, _ in cases} == set(FAMILIES)
    for family in FAMILIES:
        expected = set(trial.REGIMES) - (
            {"bounded", "bounded, finite"} if family in trial.UNBOUNDED else set()
        )
        assert {regime for name, regime in cases if name == family} == expected


def test_full_is_large_enough():
    assert sum(configuration["size"] for configuration in trial.configurations("full")) >= 100_000


def test_no_bound_is_exceeded_by_either_sides_constants(table):
    assert len(trial.violations(table)) == 0
    assert table["ratio"].max() <= 1 + trial.TOLERANCE
    assert table["ratio"].notna().all() and (table["ratio"] >= 0).all()


def test_contraction_fails_often_where_it_may(table):
    growth = table["gamma"] * table["L_f"] * (1 + table["L_pi"])
    for regime in ("finite", "bounded", "bounded, finite"):
        assert (growth[table["regime"] == regime] >= 1).mean() > 0.1
    assert (growth[table["regime"] == "contracting"] < 1).all()


def test_the_bound_is_that_of_the_claim(table):
    names = ["gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"]
    for regime, rows in table.groupby("regime"):
        about = {"horizon": rows["horizon"]} if "finite" in regime else {}
        about |= {"diameter": rows["diameter"]} if "bounded" in regime else {}
        expected = return_gap.bound(**{name: rows[name] for name in names}, **about)
        np.testing.assert_array_equal(rows["bound"], expected)


def test_the_tail_is_added_and_small(table):
    endless = table["horizon"] == 0
    assert (table.loc[~endless, "tail"] == 0).all()
    assert (table["tail"] <= trial.TAIL * table["bound"]).all()
    np.testing.assert_array_equal(table["ratio"], (table["gap"] + table["tail"]) / table["bound"])


@pytest.mark.parametrize(
    ("family", "regime"),
    [("extremal", "contracting"), ("extremal", "finite"), ("extremal, clipped", "bounded")],
)
def test_the_extremal_families_attain_it(table, family, regime):
    rows = table[(table["family"] == family) & (table["regime"] == regime)]
    assert np.abs(rows["ratio"] - 1).max() < 1e-9


def test_a_violation_would_be_seen(table):
    spoiled = table.copy()
    spoiled.loc[3, "ratio"] = 1 + 2e-9
    spoiled.loc[7, "ratio"] = np.nan
    spoiled.loc[11, "ratio_r_hat"] = 1.5
    assert list(trial.violations(spoiled).index) == [3, 7, 11]
    assert trial.summary(spoiled)["violations"].sum() == 3
    assert trial.summary(table, ["family", "regime"])["pairs"].sum() == len(table)


def test_compact_keeps_twelve_digits_of_the_ratios(table):
    kept = trial.compact(table)
    for name in trial.RATIOS:
        np.testing.assert_allclose(kept[name], table[name], rtol=6e-12)
    np.testing.assert_allclose(kept["gap"], table["gap"], rtol=6e-5)
    np.testing.assert_allclose(kept["L_f"], table["L_f"], rtol=6e-5)
    assert len(trial.violations(kept)) == 0 and "bound" not in kept


def test_scales_are_named():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        trial.configurations("huge")


def test_main_runs_and_tells(capsys, monkeypatch):
    monkeypatch.setitem(trial.SCALES, "quick", {"batches": 1, "size": 2})
    assert trial.main([]) == 0
    assert "80 pairs, 0 violations" in capsys.readouterr().out


class TestRecorded:
    """The recorded trial is what the code makes, and shows what the book says of it."""

    def test_it_is_full_and_without_violations(self):
        recorded, record = trial.recorded(), records.describe(trial.RECORD)
        assert len(recorded) == record.rows >= 100_000
        assert record.parameters["scale"] == "full" and record.parameters["batches"] > 1
        assert len(trial.violations(recorded)) == 0

    def test_a_sample_computed_again_is_the_same(self):
        recorded, record = trial.recorded(), records.describe(trial.RECORD)
        positions = np.random.default_rng(11).choice(len(trial.configurations("full")), size=8, replace=False)
        again = trial.run("full", seed=record.parameters["seed"], only=[int(i) for i in positions])
        for position, rows in again.groupby("configuration", sort=False):
            stored = recorded[recorded["configuration"] == position]
            assert list(stored["family"]) == list(rows["family"])
            for column in trial.RATIOS:  # another machine rounds sums in another order
                np.testing.assert_allclose(stored[column], rows[column], rtol=1e-7, atol=1e-12)
            np.testing.assert_allclose(stored["gap"], rows["gap"], rtol=1e-4)
