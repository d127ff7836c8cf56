import numpy as np
import pytest

from imagination import records
from imagination.results.return_gap import trial
from imagination.results.return_gap.mutants import MUTANTS
from imagination.results.return_gap.systems import FAMILIES


@pytest.fixture(scope="module")
def table(quick_trial):
    return quick_trial


def test_quick_is_large_enough_and_covers_everything(table):
    assert len(table) >= 2000
    cases = set(zip(table["family"], table["regime"], strict=True))
    assert {family for family, _ in cases} == set(FAMILIES)
    for family in FAMILIES:
        unspoken = {"bounded", "bounded, finite"} if family in trial.UNBOUNDED else set()
        assert {regime for name, regime in cases if name == family} == set(trial.REGIMES) - unspoken


def test_full_is_large_enough():
    assert sum(configuration["size"] for configuration in trial.configurations("full")) >= 100_000


def test_no_bound_is_exceeded_by_either_sides_constants(table):
    assert len(trial.violations(table)) == 0
    assert table["ratio"].max() <= 1 + trial.TOLERANCE
    assert table["ratio"].notna().all() and (table["ratio"] >= 0).all()


def test_contraction_fails_often_where_it_may(table):
    lemma_1 = trial.CLAIMS["contracting"]
    contracts = lemma_1.applies(**{name: table[name] for name in lemma_1.arguments})
    for regime in trial.REGIMES:
        share = contracts[table["regime"] == regime].mean()
        assert share == 1 if regime == "contracting" else share < 0.9


def test_the_bound_is_that_of_the_claim_and_no_larger_than_by_either_side(table):
    of = {each.claim.name: each for each in trial.TRIALS}
    for claim in trial.CLAIMS.values():
        rows = table[of[claim.name].spoken_of(table)]
        np.testing.assert_array_equal(rows["bound"], of[claim.name].stated(rows))
    either = of["Either side's constants"]
    rows = table[either.spoken_of(table)]
    smallest = (rows["gap"] + rows["tail"]) / rows[list(trial.RATIOS)].max(axis=1)
    np.testing.assert_allclose(either.stated(rows), smallest, rtol=1e-12)


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

    def test_outcomes_are_those_of_the_result_table(self):
        """Claim: systems, mutants, caught, median; counted before by code of the topic's own."""
        expected = {
            "Lemma 1": (33000, 18, 18, 0.134981),
            "Finite horizon": (33000, 6, 6, 0.129342),
            "Bounded states": (27000, 4, 4, 0.036345),
            "Bounded states, finite horizon": (27000, 2, 2, 0.085513),
            "Either side's constants": (33000, 0, 0, 0.140447),
        }
        for of_claim in trial.TRIALS:
            found = of_claim.outcome(trial.recorded(), MUTANTS)
            counts = (found.problems, found.mutants, found.caught, round(found.median, 6))
            assert found.claim in expected, f"say here what is counted of {found.claim!r}: {counts}"
            assert counts == expected[found.claim] and found.violations == 0
            assert 1 - 1e-9 < found.largest <= 1 + trial.TOLERANCE and found.source == trial.RECORD

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
