import numpy as np
import pandas as pd
import pytest

from imagination.decide import pilot
from imagination.decide.pilot import checked, measurements, read_pilot
from imagination.decide.planner import plan

TABLE = pd.DataFrame(
    {"quantity": ["dynamics", "reward"] * 2, "samples": [2000.0, 2000, 5000, 5000],
     "error": [0.999, 0.25, 0.5, 0.0625], "seed": [0, 0, 1, 1]}
)  # fmt: skip
TEXT = TABLE.astype({"samples": int}).to_csv(index=False)


def written(tmp_path, content):
    path = tmp_path / "pilot.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Files


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        TEXT.replace(",", ", ").replace("dynamics", "dynamics "),
        TEXT.replace("\n", "\r\n").encode("utf-8-sig"),
        TEXT.replace(",", ";"),
        TEXT.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
        TEXT.replace(",", "\t").replace(".", ",").encode("utf-16"),
        TEXT.encode("utf-16-be").join([b"\xfe\xff", b""]),
        TEXT.replace(",", ";").replace(";seed", ";seed;Größe").encode("cp1252"),
        TEXT + ",,,\n,,,\n",
    ],
)
def test_files_as_spreadsheets_write_them(tmp_path, content):
    pd.testing.assert_frame_equal(read_pilot(written(tmp_path, content)), TABLE, check_dtype=False)


@pytest.mark.parametrize(
    "content, message",
    [
        ("", "not a CSV file"),
        ("a,b\n1,2,3\n4", "no column 'quantity' or 'samples' or 'error'; there are: a, b"),
        (b"\x00\x01", "no column"),
        (b"\xff\xfe\xfa", "not a CSV file"),
        (
            TEXT.replace("2000.0", "2000").replace("2000", '"2,000"'),
            r"samples: 2,000 .* nothing between thousands",
        ),
        (TEXT.replace("0.5", '"0,5"'), "error: 0,5 in measurement 3; .* a point for decimals"),
        (TEXT.replace(",", ";").replace("2000", "2,000"), "samples: 2,000 in measurement 1 is ambiguous"),
        (TEXT.replace(",", ";").replace(".", ",").replace("2000", "2.000"), r"samples: 2\.000 .* ambiguous"),
        (
            TEXT.replace(",", ";").replace("0.999", "1.234,5"),
            r"error: 1\.234,5 in measurement 1 is ambiguous",
        ),
        ("quantity;samples;error\nreward;2,000;3\n", "samples: 2,000 in measurement 1 is ambiguous"),
    ],
)
def test_files_that_are_refused(tmp_path, content, message):
    with pytest.raises(ValueError, match=rf"(?s)pilot\.csv: .*{message}"):
        read_pilot(written(tmp_path, content))


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_pilot(tmp_path / "none.csv")


# What the law of a quantity is fitted to


def rows_of(sizes, seeds):
    """One quantity, every seed at every size; the error tells both."""
    size, seed = (part.ravel() for part in np.meshgrid(sizes, np.arange(seeds), indexing="ij"))
    error = (1 + seed) / size
    return checked(pd.DataFrame({"quantity": "reward", "samples": size, "error": error, "seed": seed}))


def test_complete_seeds_are_all_kept():
    table = rows_of([10, 100, 1000], 4)
    rows, notes = measurements(table, "reward")
    pd.testing.assert_frame_equal(rows, table.drop(columns="quantity"))
    assert notes == []
    with pytest.raises(ValueError, match="no measurement of 'dynamics'"):
        measurements(table, "dynamics")


@pytest.mark.parametrize("change", ["missing", "twice", "missing and twice", "blank"])
def test_a_seed_that_is_not_whole_is_left_out_by_name(change):
    table = rows_of([10, 100, 1000], 4)
    odd = table.index[table["seed"] == 2]
    if "missing" in change:
        table = table.drop(index=odd[0])
    if "twice" in change:
        table = pd.concat([table, table.loc[odd[1:2]] * [1, 1, 2, 1]], ignore_index=True)
    if change == "blank":
        table["seed"] = table["seed"].where(table.index != odd[0])
    rows, notes = measurements(table, "reward")
    assert sorted(rows["seed"].unique()) == [0, 1, 3] and len(rows) == 9
    assert len(notes) == 1 and notes[0].startswith("reward: ") and "measured exactly once" in notes[0]
    assert "the first: 2" in notes[0]


def test_seeds_are_given_up_by_name_where_few_are_whole():
    table = rows_of([10, 100, 1000], 4)
    rows, notes = measurements(table[(table["samples"] < 1000) | (table["seed"] == 0)], "reward")
    assert "seed" not in rows and len(rows) == 9
    assert "the column seed is not used, for only 1 of 4 seeds" in notes[0]
    blank, silent = measurements(table.assign(seed=np.nan), "reward")
    assert "seed" not in blank and silent == []


def test_pasted_copies_are_noticed():
    table = rows_of([10, 100, 1000], 4)
    pasted = pd.concat([table, table.iloc[[3, 5]]], ignore_index=True)
    rows, notes = measurements(pasted, "reward")
    pd.testing.assert_frame_equal(rows, table.drop(columns="quantity"))
    assert "2 measurements repeat others (number 13 repeats 4)" in notes[0] and len(notes) == 1
    rows, notes = measurements(pasted.drop(columns="seed"), "reward")
    assert len(rows) == 14 and "number 13 repeats 4" in notes[0] and "remove them" in notes[0]


# Many measurements


def test_of_one_size_too_many_are_gathered_within_it():
    table = rows_of([10, 100, 1000], 3000).drop(columns="seed")
    rows, (note,) = measurements(table, "reward")
    assert (
        len(rows) == 999 and note == "reward: 9,000 measurements are gathered into 999 medians of neighbours"
    )
    assert set(rows["samples"]) == {10, 100, 1000}
    assert rows["error"].iloc[0] == np.median(np.arange(1, 11)) / 10


def test_many_sizes_are_gathered_into_neighbours_on_the_law():
    sizes = np.arange(1.0, 30_001)
    rows, notes = measurements(rows_of(sizes, 1), "reward")
    assert len(rows) == pilot.MOST and len(notes) == 1
    assert rows["samples"].iloc[0] == np.median(sizes[:30])
    exact = rows["samples"] > 1000
    assert (rows["error"] * rows["samples"])[exact].to_numpy() == pytest.approx(1, rel=1e-3)


def test_seeds_stay_whole_when_they_are_gathered():
    for sizes, seeds, kept in ((5000, 4, 4), (30, 3000, 50), (500, 20, 20)):
        rows, _ = measurements(rows_of(np.arange(1.0, sizes + 1), seeds), "reward")
        assert rows["seed"].nunique() == kept and len(rows) <= pilot.MOST
        assert (rows.groupby("seed")["samples"].nunique() == rows["samples"].nunique()).all()
        assert not rows.duplicated(["seed", "samples"]).any()


def test_a_long_log_is_planned_with_little_memory():
    """Tables of rows x rows would need 7 GB for each quantity."""
    import resource

    rng = np.random.default_rng(0)
    sizes = np.unique(np.round(10 ** rng.uniform(3, 8, 60_000)))
    quantity = np.where(np.arange(len(sizes)) % 2, "reward", "dynamics")
    errors = 3 * sizes**-0.3 * np.exp(0.3 * rng.standard_normal(len(sizes)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = pd.DataFrame({"quantity": quantity, "samples": sizes, "error": errors})
    made = plan(table, budget=1e9, cost_dyn=1, cost_rew=5, multiplier=1, replicates=200, rng=rng)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500 * 1024
    for law in made.laws.values():
        low, high, _ = law.interval("exponent", level=0.999)
        assert low < 0.3 < high and high - low < 0.02
    assert sum("gathered into 1,000 medians" in warning for warning in made.warnings) == 2
