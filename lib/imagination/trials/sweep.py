"""Run one task over many configurations: in parallel, resumable, the same result whoever computes what.

A task is a function of a configuration and a random generator that returns a table. The generator of
configuration number i is seeded by the sweep's seed and i alone, so neither the number of workers nor the
way configurations are grouped into chunks, nor how often the run was killed, changes a digit.

On a cluster, give `sweep` the address of a Dask scheduler. A worker that dies loses only the chunks it was
at: the others compute them.
"""

import hashlib
import inspect
import json
import pickle
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

import imagination
from imagination import extras
from imagination.checks import check_items, whole
from imagination.records import write_whole

__all__ = ["Task", "batches", "generator", "sweep"]

Task = Callable[[Mapping[str, Any], np.random.Generator], pd.DataFrame]
"""What a sweep runs: ``task(configuration, rng)`` returns a table with at least one row."""


def batches(
    scales: Mapping[str, Mapping[str, int]], scale: str, families: Iterable[str]
) -> list[dict[str, Any]]:
    """Configurations of a trial by families: so many `batches` of each, of so many problems (`size`).

    Parameters
    ----------
    scales : mapping
        `batches` and `size` of each scale.
    scale : str
    families : iterable of str

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in scales:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(scales)}")
    count, size = scales[scale]["batches"], scales[scale]["size"]
    return [{"family": family, "batch": batch, "size": size} for family in families for batch in range(count)]


def generator(seed: int, index: int) -> np.random.Generator:
    """Return the random generator of configuration number `index` of a sweep with this seed.

    The same as ``SeedSequence(seed).spawn(n)[index]`` for any n, without making the others.
    """
    whole("seed", seed)
    whole("index", index)
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
        in progress; a damaged chunk is named in a warning and computed again. A chunk is found again only if
        task, configurations, seed and source are the same: the library's, the task's file and the files
        that it imports, as they are on disk, but not installed ones. On a cluster, a folder that all
        workers see.
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
    whole("seed", seed)
    whole("chunk", chunk, least=1)
    if workers is not None:
        whole("workers", workers, least=1)
    check_items("configurations", configurations, Mapping)
    positions = list(range(len(configurations))) if only is None else [whole("only", i) for i in only]
    if not positions or max(positions) >= len(configurations):
        raise ValueError(
            f"configurations, only: {positions[:5]} must be positions among {len(configurations)}"
        )
    folder = None if store is None else Path(store)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)

    groups = [positions[i : i + chunk] for i in range(0, len(positions), chunk)]
    jobs = [[(i, dict(configurations[i])) for i in group] for group in groups]
    paths: list[Path | None] = [None] * len(jobs)
    if folder is not None:
        own = _own_source(task)
        paths = [folder / f"{_key(own, job, seed)}.pickle" for job in jobs]
    bar = tqdm(
        total=len(positions),
        desc=getattr(task, "__name__", "sweep"),
        unit="config",
        file=sys.stderr,
        disable=not (sys.stderr.isatty() if progress is None else progress),
    )
    with bar:
        if scheduler is not None:
            tables = _on_cluster(task, jobs, seed, paths, scheduler, bar)
        else:
            tables = []
            for table, job in zip(_results(task, jobs, seed, paths, workers), jobs, strict=True):
                tables.append(table)
                bar.update(len(job))
    return pd.concat(tables, ignore_index=True)


def _results(
    task: Task,
    jobs: list[list[tuple[int, dict[str, Any]]]],
    seed: int,
    paths: list[Path | None],
    workers: int | None,
) -> Iterator[pd.DataFrame]:
    """Yield the chunks' tables in order."""
    if workers == 1:
        return (_chunk(task, job, seed, path) for job, path in zip(jobs, paths, strict=True))
    calls = (delayed(_chunk)(task, job, seed, path) for job, path in zip(jobs, paths, strict=True))
    # The backend is left to joblib when no number is asked for: that is where a cluster comes in.
    backend = {} if workers is None else {"n_jobs": workers, "backend": "loky"}
    return Parallel(return_as="generator", **backend)(calls)


def _on_cluster(
    task: Task,
    jobs: list[list[tuple[int, dict[str, Any]]]],
    seed: int,
    paths: list[Path | None],
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
        pairs = zip(jobs, paths, strict=True)
        return Watched()(delayed(_chunk)(task, job, seed, path, source) for job, path in pairs)


@contextmanager
def _client(scheduler: str) -> Iterator[Any]:
    """Connect to a Dask scheduler."""
    with extras.explained(__name__):
        from distributed import Client
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
    path: Path | None,
    source: str | None = None,
) -> pd.DataFrame:
    """Compute a chunk, or read it if an earlier run has stored it; `source` is the library the caller has."""
    if source is not None and source != _source():
        raise ValueError("scheduler: a worker has another version of the library than this process")
    if path is not None and path.is_file():
        stored = path.read_bytes()
        if hashlib.sha256(stored[32:]).digest() == stored[:32]:
            return pickle.loads(stored[32:])
        warnings.warn(f"store: {path} is damaged; its configurations are computed again", stacklevel=2)
    tables = []
    for index, configuration in job:
        table = task(configuration, generator(seed, index))
        if len(table) == 0:
            raise ValueError(f"task: no rows from configuration {index}: {configuration}")
        tables.append(table.assign(configuration=index))
    result = pd.concat(tables, ignore_index=True)
    if path is not None:
        content = pickle.dumps(result)
        write_whole(path, hashlib.sha256(content).digest() + content)
    return result


def _key(own: tuple[str, str], job: list[tuple[int, dict[str, Any]]], seed: int) -> str:
    """Return a name made of all that a chunk's content depends on."""
    about = [*own, seed, job, _source()]
    try:
        text = json.dumps(about, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"configurations must be representable in JSON to be stored: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _own_source(task: Task) -> tuple[str, str]:
    """Return the task's name, and a checksum of its file and of those that it imports, but installed ones."""
    if not isinstance(task, FunctionType) or "<" in task.__qualname__:
        raise ValueError(f"task must be a function at the top level of a file to be stored, got {task!r}")
    files: dict[str, bytes] = {}
    waiting = [inspect.getmodule(task)]
    if not getattr(waiting[0], "__file__", None):
        raise ValueError(f"task must be written in a file to be stored, got {task!r} of {task.__module__}")
    while waiting:
        module = waiting.pop()
        file = getattr(module, "__file__", None)
        if not isinstance(module, ModuleType) or file is None or file in files or _is_installed(file):
            continue
        files[file] = Path(file).read_bytes()
        for value in vars(module).values():
            if isinstance(value, ModuleType | FunctionType | type):
                waiting.append(value if isinstance(value, ModuleType) else inspect.getmodule(value))
    digest = hashlib.sha256(b"\0".join(sorted(files.values())))
    return f"{task.__module__}.{task.__qualname__}", digest.hexdigest()


def _is_installed(file: str) -> bool:
    """Return whether a module belongs to Python, to an installed package or to this library."""
    libraries = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    roots = [*libraries, *imagination.__path__]
    return any(Path(file).is_relative_to(root) for root in roots)


@cache
def _source() -> str:
    """Return a checksum of the library's source: a chunk made by other code is not continued."""
    digest = hashlib.sha256()
    root = Path(next(iter(imagination.__path__)))
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
