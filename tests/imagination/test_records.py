import gzip
import importlib.util
import json
import os
import subprocess
import time

import numpy as np
import pandas as pd
import pytest

from imagination import records


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv(records.ENVIRONMENT_VARIABLE, str(tmp_path))
    return tmp_path


def table():
    return pd.DataFrame({"family": ["a", "b"], "ratio": [1 / 3, np.nextafter(1, 2)], "horizon": [3, 10**6]})


def save(name="trial", **changes):
    about = {"command": "python -m x", "parameters": {"seed": 7, "scale": "full"}, "seconds": 1.26}
    return records.save(name, **{"table": table(), **about, **changes})


def test_what_is_saved_is_loaded_to_the_last_bit(data):
    record = save()
    loaded = records.load("trial")
    assert list(loaded.columns) == record.columns == ["family", "ratio", "horizon"]
    assert (loaded["ratio"].to_numpy() == table()["ratio"].to_numpy()).all()
    assert list(loaded["family"]) == ["a", "b"] and list(loaded["horizon"]) == [3, 10**6]


def test_the_record_says_how_it_was_made(data):
    record = save(workers=2)
    assert records.describe("trial") == record
    assert record.parameters == {"seed": 7, "scale": "full"}
    assert record.rows == 2 and record.workers == 2 and record.seconds == 1.3
    assert record.versions["numpy"] == np.__version__ and "python" in record.versions
    assert record.commit and len(record.sha256) == 64
    assert records.names() == ["trial"]


def test_a_commit_says_whether_the_library_was_changed_since(tmp_path, monkeypatch):
    library, beside = tmp_path / "lib" / "records.py", tmp_path / "README.md"
    library.parent.mkdir()
    monkeypatch.setattr(records, "__file__", str(library))
    assert records.commit() == "unknown"

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)
        return done.stdout.decode().strip()

    for path in (library, beside):
        path.write_text("before")
    git("init")
    git("add", ".")
    git("commit", "--message", "all")
    head = git("rev-parse", "HEAD")
    beside.write_text("after")
    (library.parent / "new.py").write_text("not yet part of it")
    assert records.commit() == head
    library.write_text("after")
    assert records.commit() == f"{head}+changes"


def test_the_same_table_is_the_same_bytes_at_any_time(data, monkeypatch):
    for name, now in (("one", 1e9), ("two", 2e9)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        save(name)
    assert (data / "one.csv.gz").read_bytes() == (data / "two.csv.gz").read_bytes()
    assert records.describe("one").sha256 == records.describe("two").sha256


def test_a_file_is_on_disk_and_whole_before_it_gets_its_name(tmp_path, monkeypatch):
    path, steps = tmp_path / "file", []
    path.write_bytes(b"before")
    sync, rename = os.fsync, os.replace

    def synced(handle):
        steps.append(("on disk", os.fstat(handle).st_size, path.read_bytes()))
        sync(handle)

    def renamed(source, target):
        steps.append(("named", os.path.getsize(source), path.read_bytes()))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    records.write_whole(path, b"after!!")
    assert steps == [("on disk", 7, b"before"), ("named", 7, b"before")]
    assert path.read_bytes() == b"after!!"


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_record_and_no_litter(data, monkeypatch, fails):
    save(seconds=1)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space left"):
        save(table=table().assign(ratio=0.0))
    assert (records.load("trial")["ratio"].to_numpy() == table()["ratio"].to_numpy()).all()
    assert sorted(path.name for path in data.iterdir()) == ["trial.csv.gz", "trial.json"]


def test_a_changed_table_is_refused(data):
    save()
    path = data / "trial.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"0.3333", b"0.3334")))
    with pytest.raises(records.RecordError, match=r"checksum .* make it again: python -m x"):
        records.load("trial")


def test_absent_and_incomplete_records_are_named(data):
    with pytest.raises(records.RecordError, match=r"no record 'trial' .* there are: none"):
        records.load("trial")
    save()
    (data / "trial.csv.gz").unlink()
    with pytest.raises(records.RecordError, match="no table beside it"):
        records.load("trial")
    (data / "trial.json").write_text(json.dumps({"name": "trial"}))
    with pytest.raises(records.RecordError, match="not a record"):
        records.load("trial")


def test_bad_names_and_empty_tables_are_refused(data):
    with pytest.raises(records.RecordError, match="not a record's name"):
        save("../trial")
    with pytest.raises(records.RecordError, match="no rows"):
        save(table=table().iloc[:0])
    assert records.names() == []


def test_the_folder_must_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv(records.ENVIRONMENT_VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(records.RecordError, match="no such folder"):
        records.folder()


def test_every_record_of_the_book_loads():
    for name in records.names():
        assert len(records.load(name)) == records.describe(name).rows


@pytest.mark.parametrize("name", records.names())
def test_the_command_of_a_record_names_a_module_that_is_there(name):
    command = records.describe(name).command.split()
    assert command[:2] == ["python", "-m"] and importlib.util.find_spec(command[2]), command
