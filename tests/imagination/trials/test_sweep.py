import functools
import importlib
import os
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from imagination.trials import sweep as sweeps
from imagination.trials.sweep import batches, generator, sweep

CONFIGURATIONS = [{"rows": 1 + i % 3, "scale": 0.5 * i} for i in range(11)]


def draw(configuration, rng):
    """A task whose result depends on its configuration and its random numbers."""
    matrix = rng.standard_normal((configuration["rows"], 30, 30))
    return pd.DataFrame({"name": "draw", "value": configuration["scale"] + np.linalg.det(matrix)})


def logged(configuration, rng):
    """`draw` that leaves a trace of each call."""
    with open(configuration["log"], "a") as log:
        log.write(f"{os.getpid()}\n")
    if configuration["fail"] and not os.path.exists(configuration["fail"]):
        raise KeyboardInterrupt
    return draw(configuration, rng)


def nothing(configuration, rng):
    return pd.DataFrame({"value": []})


def as_bytes(table):
    return table.to_csv(index=False).encode()


def test_batches_of_families():
    scales = {"quick": {"batches": 2, "size": 5}, "full": {"batches": 9, "size": 5}}
    found = batches(scales, "quick", ["a", "b"])
    assert [(each["family"], each["batch"]) for each in found] == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert {each["size"] for each in found} == {5}
    with pytest.raises(ValueError, match="scale: 'huge' is none of quick, full"):
        batches(scales, "huge", ["a"])


def test_parallel_is_serial_byte_for_byte():
    serial = sweep(draw, CONFIGURATIONS, seed=3)
    assert as_bytes(sweep(draw, CONFIGURATIONS, seed=3, workers=2, chunk=2)) == as_bytes(serial)


@pytest.mark.parametrize("chunk", [2, 5, 100])
def test_chunks_change_nothing(chunk, tmp_path):
    serial = as_bytes(sweep(draw, CONFIGURATIONS, seed=3))
    assert as_bytes(sweep(draw, CONFIGURATIONS, seed=3, chunk=chunk, store=tmp_path)) == serial
    assert as_bytes(sweep(draw, CONFIGURATIONS, seed=3, chunk=chunk, store=tmp_path)) == serial


def values(table, configuration):
    return list(table.loc[table["configuration"] == configuration, "value"])


def test_rows_come_in_order_with_their_configuration():
    table = sweep(draw, CONFIGURATIONS, seed=3)
    assert list(table["configuration"]) == [i for i, c in enumerate(CONFIGURATIONS) for _ in range(c["rows"])]


def test_a_part_is_that_part_of_the_whole():
    whole, part = sweep(draw, CONFIGURATIONS, seed=3), sweep(draw, CONFIGURATIONS, seed=3, only=[9, 2])
    assert list(part["configuration"].unique()) == [9, 2]
    for i in (9, 2):
        assert values(part, i) == values(whole, i)


def test_seed_and_index_are_all_that_counts():
    spawned = np.random.default_rng(np.random.SeedSequence(5).spawn(8)[6])
    assert generator(5, 6).random() == spawned.random()
    assert not sweep(draw, CONFIGURATIONS, seed=3)["value"].equals(
        sweep(draw, CONFIGURATIONS, seed=4)["value"]
    )


def test_every_configuration_has_random_numbers_of_its_own():
    found = sweep(draw, [{"rows": 1, "scale": 0.0}] * 3, seed=3)
    expected = [np.linalg.det(generator(3, i).standard_normal((1, 30, 30)))[0] for i in range(3)]
    assert found["value"].tolist() == expected and len(set(expected)) == 3


def test_a_killed_run_continues_where_it_was(tmp_path):
    log, go_on, store = tmp_path / "log", tmp_path / "go_on", tmp_path / "store"
    configurations = [
        c | {"log": str(log), "fail": str(go_on) if i == 7 else ""} for i, c in enumerate(CONFIGURATIONS)
    ]
    with pytest.raises(KeyboardInterrupt):
        sweep(logged, configurations, seed=3, store=store, chunk=2)
    assert len(log.read_text().split()) == 8
    go_on.touch()
    continued = sweep(logged, configurations, seed=3, store=store, chunk=2)
    assert len(log.read_text().split()) == 8 + 5  # positions 6 to 10; the six finished ones are read
    assert list(continued["value"]) == list(sweep(draw, CONFIGURATIONS, seed=3)["value"])
    assert not [path for path in store.iterdir() if path.name.startswith(".")]


def test_another_seed_or_configuration_is_not_read_from_the_store(tmp_path):
    sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path)
    assert as_bytes(sweep(draw, CONFIGURATIONS, seed=4, store=tmp_path)) == as_bytes(
        sweep(draw, CONFIGURATIONS, seed=4)
    )
    changed = [c | {"scale": 9.0} for c in CONFIGURATIONS]
    assert as_bytes(sweep(draw, changed, seed=3, store=tmp_path)) == as_bytes(sweep(draw, changed, seed=3))


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes a task of one's own, outside the library, and its helper; gives the task as it is then."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(factor=1, shift=0, name="task"):
        (tmp_path / "own_helper.py").write_text(f"def shifted(x):\n    return x + {shift}\n")
        lines = ["import pandas as pd", "from own_helper import shifted"]
        for task in ("task", "other"):
            sign = "" if task == "task" else "-"
            lines.append(f"def {task}(c, rng):\n    y = {sign}{factor} * shifted(c['x'])")
            lines.append("    return pd.DataFrame({'y': [y]})")
        (tmp_path / "own_task.py").write_text("\n".join(lines) + "\n")
        for module in ("own_helper", "own_task"):
            importlib.reload(importlib.import_module(module))
        return getattr(sys.modules["own_task"], name)

    yield write
    for module in ("own_helper", "own_task"):
        sys.modules.pop(module, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"factor": 9}, [9, 18]), ({"shift": 5}, [6, 7]), ({"name": "other"}, [-1, -2])],
    ids=["its code", "what it imports", "another task of the file"],
)
def test_another_task_is_not_read_from_the_store(own, tmp_path, change, expected):
    def run(task):
        return sweep(task, [{"x": 1}, {"x": 2}], seed=0, store=tmp_path / "store")["y"].tolist()

    assert run(own()) == run(own()) == [1, 2]
    assert len(list((tmp_path / "store").iterdir())) == 2
    assert run(own(**change)) == expected
    assert run(own()) == [1, 2]
    assert len(list((tmp_path / "store").iterdir())) == 4


def test_another_library_is_not_read_from_the_store(tmp_path, monkeypatch):
    sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path, chunk=20)
    monkeypatch.setattr(sweeps, "_source", lambda: "another")
    sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path, chunk=20)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", [lambda c: c[:50], lambda c: b"", lambda c: c[:-9] + b"x" + c[-8:]])
def test_a_damaged_chunk_is_named_and_computed_again(tmp_path, damage):
    whole = as_bytes(sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path, chunk=4))
    broken = sorted(tmp_path.iterdir())[1]
    broken.write_bytes(damage(broken.read_bytes()))
    with pytest.warns(UserWarning, match=f"store: .*{broken.name} is damaged"):
        assert as_bytes(sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path, chunk=4)) == whole
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert as_bytes(sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path, chunk=4)) == whole


def test_a_chunk_is_stored_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        sweep(draw, CONFIGURATIONS, seed=3, store=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_task_without_a_file_is_not_stored(tmp_path):
    exec("def typed(c, rng):\n    return 1", made := {"__name__": "nowhere"})
    for task, message in (
        (lambda c, rng: draw(c, rng), "task must be a function at the top level of a file"),
        (functools.partial(draw), "task must be a function at the top level of a file"),
        (made["typed"], "task must be written in a file"),
    ):
        with pytest.raises(ValueError, match=message):
            sweep(task, CONFIGURATIONS, seed=3, store=tmp_path)
    for value in (np.int64(3), np.nan, {1, 2}):
        with pytest.raises(ValueError, match="configurations must be representable in JSON"):
            sweep(draw, [{"rows": 1, "scale": value}], seed=3, store=tmp_path)


def test_progress_is_shown_when_asked_and_silent_off_a_terminal(capsys):
    sweep(draw, CONFIGURATIONS, seed=3)
    assert capsys.readouterr().err == ""
    sweep(draw, CONFIGURATIONS, seed=3, progress=True)
    assert "11/11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 1.5}, "seed must be .* got 1.5"),
        ({"only": [1.5]}, "only must be .* got 1.5"),
        ({"seed": -1}, "seed must be .* got -1"),
        ({"chunk": 0}, "chunk must be .* got 0"),
        ({"workers": 0}, "workers must be .* got 0"),
        ({"only": [11]}, "positions among 11"),
        ({"only": []}, "positions among 11"),
    ],
)
def test_bad_parameters_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        sweep(draw, CONFIGURATIONS, **{"seed": 3} | changes)


def test_a_task_without_rows_is_an_error():
    with pytest.raises(ValueError, match="no rows from configuration 0"):
        sweep(nothing, CONFIGURATIONS, seed=3)
