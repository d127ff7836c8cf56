import numpy as np
import pytest

from imagination import records
from imagination.results.curvature import trial as straightening
from imagination.results.curvature.claims import curvature_bound
from imagination.results.curvature.mutants import CONTROLS, power
from imagination.results.curvature.systems import FAMILIES


@pytest.fixture(scope="module")
def table(quick_straightening):
    return quick_straightening


def test_quick_covers_everything(table):
    assert 1000 <= len(table) <= 2500
    assert set(table["family"]) == set(FAMILIES) and set(table["dimension"]) == set(straightening.DIMENSIONS)
    assert (table["eps"] == 1).sum() > 20 and (table["eps"] < 0.01).sum() > 20


def test_full_is_large_enough():
    assert sum(configuration["size"] for configuration in straightening.configurations("full")) >= 20_000


def test_no_claim_is_broken(table):
    assert len(straightening.violations(table)) == 0
    assert table["ratio"].max() <= 1 + straightening.TOLERANCE and (table["loss"] >= 0).all()
    assert (table["shrink"] <= table["stretch"]).all()
    assert (table["steepness"] <= table["eps"] * (1 + straightening.TOLERANCE)).all()


def test_the_bounds_are_those_of_the_claims(table):
    np.testing.assert_array_equal(table["ratio"], table["loss"] / curvature_bound(table["eps"]))
    below = table[table["eps"] < 1]
    np.testing.assert_array_equal(
        below["ratio_paper"], below["loss"] / curvature_bound(below["eps"], sharp=False)
    )
    assert table.loc[table["eps"] == 1, "ratio_paper"].isna().all()


def test_the_extremal_family_attains_the_sharp_bound(table):
    extremal = table[table["family"] == "extremal"]
    np.testing.assert_allclose(extremal["ratio"], 1, atol=1e-9)


def test_on_the_line_nothing_turns(table):
    """A loss is 0 or 2 there, and the sharp bound is at most 1."""
    assert (table.loc[table["dimension"] == 1, "loss"] == 0).all()


def test_nearly_all_maps_move(table):
    assert (table["angles"] > 0).mean() > 0.95


def test_a_violation_would_be_seen(table):
    spoiled = table.copy()
    spoiled.loc[3, "ratio"] = 1 + 2e-9
    spoiled.loc[5, "ratio_paper"] = 1 + 2e-9
    spoiled.loc[7, "loss"] = np.nan
    spoiled.loc[9, "stretch"] = (1 + spoiled.loc[9, "eps"]) * (1 + 2e-9)
    spoiled.loc[11, "shrink"] = 1 - spoiled.loc[11, "eps"] - 2e-9
    assert list(straightening.violations(spoiled).index) == [3, 5, 7, 9, 11]
    assert straightening.summary(spoiled)["violations"].sum() == 5
    assert straightening.summary(table, "dimension")["maps"].sum() == len(table)


def test_what_is_recorded_is_enough(table):
    again = straightening.compared(straightening.compact(table))
    np.testing.assert_allclose(again["ratio"], table["ratio"], rtol=1e-10)
    assert len(straightening.violations(again)) == 0


def test_scales_are_named():
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        straightening.configurations("huge")


class TestRecorded:
    """The recorded trial is what the code makes, and shows what the book says of it."""

    def test_it_is_full_and_without_violations(self):
        recorded, record = straightening.recorded(), records.describe(straightening.RECORD)
        assert len(recorded) == record.rows >= 20_000 and record.parameters["scale"] == "full"
        assert len(straightening.violations(recorded)) == 0
        assert (power(recorded)["caught by"] > 0).all() and (
            power(recorded, CONTROLS)["caught by"] == 0
        ).all()

    def test_a_sample_computed_again_is_the_same(self):
        recorded, record = straightening.recorded(), records.describe(straightening.RECORD)
        count = len(straightening.configurations("full"))
        positions = np.random.default_rng(12).choice(count, size=6, replace=False)
        again = straightening.run("full", seed=record.parameters["seed"], only=[int(i) for i in positions])
        for position, rows in again.groupby("configuration", sort=False):
            stored = recorded[recorded["configuration"] == position]
            assert list(stored["family"]) == list(rows["family"])
            for column in (
                "eps",
                "loss",
                "stretch",
                "shrink",
            ):  # another machine rounds sums in another order
                np.testing.assert_allclose(stored[column], rows[column], rtol=1e-7, atol=1e-12)
