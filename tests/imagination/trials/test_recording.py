import pandas as pd
import pytest

from imagination import records
from imagination.trials.recording import Command, rounded

SCALES = {"quick": {"size": 2}, "full": {"size": 3}}


def run(scale="quick", *, seed=0, workers=1):
    """Draw a table.

    And this is not said on the command line.
    """
    return pd.DataFrame({"x": [seed + 1 / 3] * SCALES[scale]["size"], "workers": workers})


def command(**changes):
    settings = {
        "module": "imagination.studies.some",
        "record": "some",
        "run": run,
        "say": lambda table: f"{len(table)} rows",
        "parameters": lambda scale: SCALES[scale],
        "scales": SCALES,
        "options": ("workers",),
        "compact": lambda table: rounded(table, 3),
    }
    return Command(**settings | changes)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(records.ENVIRONMENT_VARIABLE, str(tmp_path))


def test_a_record_says_how_it_was_made(capsys):
    assert command()(["--scale", "quick", "--seed", "4", "--workers", "2", "--record"]) == 0
    assert capsys.readouterr().out == "2 rows\n"
    kept = records.describe("some")
    assert kept.command == "python -m imagination.studies.some --scale quick --seed 4 --record"
    assert kept.parameters == {"scale": "quick", "seed": 4, "size": 2}
    assert kept.workers == 2
    assert records.load("some")["x"].tolist() == [4.33, 4.33]


def test_nothing_is_kept_unless_asked():
    assert command()([]) == 0
    assert records.names() == []


def test_several_tables_are_kept_side_by_side():
    both = command(run=lambda scale, *, seed, workers: {"": run(seed=1), "-steps": run(seed=2)}, say=str)
    assert both(["--record"]) == 0
    assert records.names() == ["some", "some-steps"]
    assert records.load("some")["x"].tolist() == [1.33, 1.33]
    assert records.load("some-steps")["x"].tolist() == [2.33, 2.33]
    assert records.describe("some").command == records.describe("some-steps").command


def test_without_scales_none_is_named(capsys):
    single = command(run=lambda *, seed: run(seed=seed), scales={}, options=(), parameters=lambda scale: {})
    assert single(["--record"]) == 0
    assert records.describe("some").command == "python -m imagination.studies.some --seed 0 --record"
    assert records.describe("some").parameters == {"seed": 0}
    with pytest.raises(SystemExit):
        single(["--scale", "quick"])
    assert "unrecognized" in capsys.readouterr().err


def test_a_violation_is_a_failure(capsys):
    broken = command(violations=lambda table: table[table["x"] > 5])
    assert broken(["--seed", "1"]) == 0
    assert broken(["--seed", "9"]) == 1
    assert "3 problems, 3 violations" in capsys.readouterr().out


def test_help_is_the_first_line_of_what_is_run(capsys):
    with pytest.raises(SystemExit):
        command()(["--help"])
    told = capsys.readouterr().out
    assert "Draw a table." in told and "not said" not in told and "--store" not in told


class TestRounded:
    table = pd.DataFrame({"a": [1.23456, 123.456], "b": [0.98765, 2.0], "n": [1234, 5678]})

    def test_all_floats(self):
        kept = rounded(self.table, 2)
        assert kept["a"].tolist() == [1.2, 120.0] and kept["b"].tolist() == [0.99, 2.0]
        assert kept["n"].tolist() == [1234, 5678]
        assert self.table["a"].tolist() == [1.23456, 123.456]

    def test_named_columns(self):
        kept = rounded(self.table, {"a": 1})
        assert kept["a"].tolist() == [1.0, 100.0] and kept["b"].tolist() == [0.98765, 2.0]

    @pytest.mark.parametrize(("digits", "told"), [({"c": 2}, "no column 'c'"), (0, "at least 1, got 0")])
    def test_bad_input(self, digits, told):
        with pytest.raises(ValueError, match=told):
            rounded(self.table, digits)
