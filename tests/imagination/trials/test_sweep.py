import os

import numpy as np
import pandas as pd
import pytest

from imagination.trials.sweep import generator, sweep

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


def test_progress_is_shown_when_asked_and_silent_off_a_terminal(capsys):
    sweep(draw, CONFIGURATIONS, seed=3)
    assert capsys.readouterr().err == ""
    sweep(draw, CONFIGURATIONS, seed=3, progress=True)
    assert "11/11" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "seed: -1"),
        ({"chunk": 0}, "chunk: 0"),
        ({"workers": 0}, "workers: 0"),
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
