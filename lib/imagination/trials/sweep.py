"""Run one task over many configurations: in parallel, resumable, the same result whoever computes what.

A task is a function of a configuration and a random generator that returns a table. The generator of
configuration number i is seeded by the sweep's seed and i alone, so neither the number of workers nor the
way configurations are grouped into chunks, nor how often the run was killed, changes a digit.

On a cluster, give `sweep` the address of a Dask scheduler. A worker that dies loses only the chunks it was
at: the others compute them.
"""

import hashlib
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

import imagination

__all__ = ["Task", "generator", "sweep"]

Task = Callable[[Mapping[str, Any], np.random.Generator], pd.DataFrame]
"""What a sweep runs: ``task(configuration, rng)`` returns a table with at least one row."""


def generator(seed: int, index: int) -> np.random.Generator:
    """Return the random generator of configuration number `index` of a sweep with this seed.

    The same as ``SeedSequence(seed).spawn(n)[index]`` for any n, without making the others.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))


def sweep(
    task: Task,
    configurations: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    workers: int | None = 1,
    chunk: int = 1,
    store: str | Path | None = None,
    progress: bool | None = None,
    only: Sequence[int] | None = None,
    scheduler: str | None = None,
) -> pd.DataFrame:
    """Run `task` on every configuration and return all rows, in the order of the configurations.

    Parameters
    ----------
    task : callable
        ``task(configuration, rng)``; a function at the top level of a module, so that workers find it.
    configurations : sequence of mappings
        Each representable in JSON.
    seed : int
        Not negative.
    workers : int, optional
        Number of processes; 1 computes here; None uses the backend that `joblib.parallel_config` has set.
        Without effect when there is a `scheduler`: its workers are used, all of them.
    chunk : int
        Number of configurations computed, and stored, at a time. Changes no result.
    store : path, optional
        Folder for finished chunks. A run that was killed continues from there and has lost at most the chunks
        in progress. A chunk is found again only if task, configurations, seed and the library's source are
        the same. On a cluster, a folder that all workers see.
    progress : bool, optional
        Whether to show a bar on stderr; by default only if that is a terminal.
    only : sequence of int, optional
        Compute only the configurations at these positions, with the random numbers they have in the whole
        sweep.
    scheduler : str, optional
        Address of a Dask scheduler, such as ``"tcp://10.0.0.1:8786"``. Its workers need the same library.

    Returns
    -------
    DataFrame
        The tasks' rows; the column ``configuration`` is the position of the configuration they belong to.

    Raises
    ------
    ValueError
        If a parameter breaks its rule, a task returns no rows, or a cluster's worker has another source.
    """
    if seed < 0:
        raise ValueError(f"seed: {seed} is negative")
    if chunk < 1:
        raise ValueError(f"chunk: {chunk}; a chunk holds at least one configuration")
    if workers is not None and workers < 1:
        raise ValueError(f"workers: {workers}; need at least one process, or None")
    positions = list(range(len(configurations))) if only is None else [int(i) for i in only]
    if not positions or min(positions) < 0 or max(positions) >= len(configurations):
        raise ValueError(
            f"configurations, only: {positions[:5]} must be positions among {len(configurations)}"
        )
    folder = None if store is None else Path(store)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)

    groups = [positions[i : i + chunk] for i in range(0, len(positions), chunk)]
    jobs = [[(i, dict(configurations[i])) for i in group] for group in groups]
    bar = tqdm(
        total=len(positions),
        desc=getattr(task, "__name__", "sweep"),
        unit="config",
        file=sys.stderr,
        disable=not (sys.stderr.isatty() if progress is None else progress),
    )
    with bar:
        if scheduler is not None:
            tables = _on_cluster(task, jobs, seed, folder, scheduler, bar)
        else:
            tables = []
            for table, job in zip(_results(task, jobs, seed, folder, workers), jobs, strict=True):
                tables.append(table)
                bar.update(len(job))
    return pd.concat(tables, ignore_index=True)


def _results(
    task: Task,
    jobs: list[list[tuple[int, dict[str, Any]]]],
    seed: int,
    folder: Path | None,
    workers: int | None,
) -> Iterator[pd.DataFrame]:
    """Yield the chunks' tables in order."""
    if workers == 1:
        return (_chunk(task, job, seed, folder) for job in jobs)
    calls = (delayed(_chunk)(task, job, seed, folder) for job in jobs)
    # The backend is left to joblib when no number is asked for: that is where a cluster comes in.
    backend = {} if workers is None else {"n_jobs": workers, "backend": "loky"}
    return Parallel(return_as="generator", **backend)(calls)


def _on_cluster(
    task: Task,
    jobs: list[list[tuple[int, dict[str, Any]]]],
    seed: int,
    folder: Path | None,
    scheduler: str,
    bar: tqdm,
) -> list[pd.DataFrame]:
    """Return the chunks' tables in order, computed by the workers of a Dask scheduler."""

    class Watched(Parallel):
        """Joblib's Dask backend hands results over at the end; only their number is known before."""

        def print_progress(self) -> None:
            bar.update(sum(map(len, jobs[: self.n_completed_tasks])) - bar.n)

    with _client(scheduler) as client, parallel_config(backend="dask", client=client):
        source = _source()
        return Watched()(delayed(_chunk)(task, job, seed, folder, source) for job in jobs)


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Connect to a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ValueError(f"scheduler: {scheduler!r} needs the package distributed (Dask)") from error
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"scheduler: no Dask scheduler answers at {scheduler!r}") from error
    with client:
        yield client


def _chunk(
    task: Task,
    job: list[tuple[int, dict[str, Any]]],
    seed: int,
    folder: Path | None,
    source: str | None = None,
) -> pd.DataFrame:
    """Compute a chunk, or read it if an earlier run has stored it; `source` is the library the caller has."""
    if source is not None and source != _source():
        raise ValueError("scheduler: a worker has another version of the library than this process")
    path = None if folder is None else folder / f"{_key(task, job, seed)}.pickle"
    if path is not None and path.is_file():
        return pickle.loads(path.read_bytes())
    tables = []
    for index, configuration in job:
        table = task(configuration, generator(seed, index))
        if len(table) == 0:
            raise ValueError(f"task: no rows from configuration {index}: {configuration}")
        tables.append(table.assign(configuration=index))
    result = pd.concat(tables, ignore_index=True)
    if path is not None:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(pickle.dumps(result))
        os.replace(beside, path)  # whole or not at all
    return result


def _key(task: Task, job: list[tuple[int, dict[str, Any]]], seed: int) -> str:
    """Return a name made of all that a chunk's content depends on."""
    about = [f"{task.__module__}.{task.__qualname__}", seed, job, _source()]
    return hashlib.sha256(json.dumps(about, sort_keys=True, allow_nan=False).encode()).hexdigest()[:32]


@cache
def _source() -> str:
    """Return a checksum of the library's source: a chunk made by other code is not continued."""
    digest = hashlib.sha256()
    root = Path(next(iter(imagination.__path__)))
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
