"""Sweeps outlive what runs them: a process that is killed, and a cluster's worker that dies in mid-sweep."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from imagination.trials import sweep as module
from imagination.trials.sweep import sweep

CONFIGURATIONS = [{"scale": 0.5 * i} for i in range(12)]


def draw(configuration, rng):
    return pd.DataFrame({"value": configuration["scale"] + rng.standard_normal(3)})


def deadly(configuration, rng):
    """`draw`, but the process that comes first to a marked configuration dies without a word."""
    time.sleep(0.05)  # so that both workers of a cluster get some
    if "marker" in configuration:
        try:
            os.close(os.open(configuration["marker"], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    with open(configuration["log"], "a") as log:
        log.write(f"{os.getpid()}\n")
    return draw(configuration, rng)


def marked(tmp_path, at):
    log = {"log": str(tmp_path / "log")}
    return [
        c | log | ({"marker": str(tmp_path / "marker")} if i == at else {})
        for i, c in enumerate(CONFIGURATIONS)
    ]


def environment():
    """The environment for a process that is to find this module."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_a_process_killed_with_sigkill_loses_the_chunk_it_was_at_and_no_more(tmp_path):
    configurations, store = marked(tmp_path, at=7), tmp_path / "store"
    script = (
        f"from {__name__} import deadly; from imagination.trials.sweep import sweep; "
        f"sweep(deadly, {configurations!r}, seed=3, store={str(store)!r}, chunk=2)"
    )
    killed = subprocess.run([sys.executable, "-c", script], env=environment(), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(store.glob("*.pickle"))) == 3
    table = sweep(deadly, configurations, seed=3, store=store, chunk=2)
    pd.testing.assert_frame_equal(table, sweep(draw, CONFIGURATIONS, seed=3))
    # Seven before the kill; then the chunk that was lost, of which one was done, and the four after it.
    assert len((tmp_path / "log").read_text().split()) == 7 + 2 + 4


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a Dask scheduler on loopback, with two workers, each a process of its own."""
    pytest.importorskip("distributed", reason="needs distributed, of the extra dask")
    folder = tmp_path_factory.mktemp("dask")
    found = folder / "scheduler.json"
    shared = ["--scheduler-file", str(found), "--no-dashboard"]
    worker = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder), "--host", "127.0.0.1"]
    commands = [
        ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *shared],
        *[["distributed.cli.dask_worker", *shared, *worker]] * 2,
    ]
    log = (folder / "log").open("w")
    processes = [
        subprocess.Popen([sys.executable, "-m", *c], env=environment(), stdout=log, stderr=log)
        for c in commands
    ]
    deadline = time.monotonic() + 300
    while (log_text := (folder / "log").read_text()).count("Registered to") < 2:
        assert time.monotonic() < deadline, log_text
        time.sleep(0.1)
    yield json.loads(found.read_text())["address"]
    for process in processes:
        process.kill()
        process.wait()
    log.close()


def test_a_worker_with_another_library_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(module, "_source", lambda: "another")
    with pytest.raises(ValueError, match="another version of the library"):
        sweep(draw, CONFIGURATIONS, seed=3, scheduler=cluster)


def test_on_a_cluster_that_loses_a_worker_the_table_is_that_of_a_serial_run(cluster, tmp_path, capsys):
    configurations = marked(tmp_path, at=4)
    table = sweep(deadly, configurations, seed=3, scheduler=cluster, progress=True)
    assert (tmp_path / "marker").exists()  # one of the workers did die
    pd.testing.assert_frame_equal(table, sweep(draw, CONFIGURATIONS, seed=3))
    assert len(set((tmp_path / "log").read_text().split())) == 2  # both had their share
    assert "12/12" in capsys.readouterr().err


def test_a_scheduler_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no Dask scheduler answers"):
        sweep(draw, CONFIGURATIONS, seed=3, scheduler="pigeon://127.0.0.1:1")
