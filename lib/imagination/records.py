"""The store of recorded results: tables too costly to compute while a chapter is read.

A record is two files side by side: ``NAME.csv.gz``, the table, and ``NAME.json``, how it was made
(parameters, seed, versions, commit, time, SHA-256 of the table). `load` refuses a table that is not the one
its record describes.
"""

import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = [
    "ENVIRONMENT_VARIABLE",
    "Record",
    "RecordError",
    "commit",
    "describe",
    "folder",
    "load",
    "names",
    "save",
    "write_whole",
]

ENVIRONMENT_VARIABLE = "IMAGINATION_DATA"
"""Set it to keep the records somewhere else than in ``data/`` of the checkout."""

PACKAGES = ("numpy", "scipy", "pandas", "torch", "sympy", "joblib")
SUFFIX = ".csv.gz"


class RecordError(ValueError):
    """A record is absent, incomplete, or its table is not the one it was made with."""


@dataclass(frozen=True)
class Record:
    """How a recorded table was made.

    Attributes
    ----------
    name : str
        Name of the record; the files are ``name.csv.gz`` and ``name.json``.
    command : str
        The command that makes it again.
    parameters : dict
        Everything the table depends on except the code, the seed included.
    rows : int
        Number of rows of the table.
    columns : list of str
        Its columns, in order.
    sha256 : str
        Checksum of the table as stored.
    commit : str
        Commit of the code that made it; ends in ``+changes`` when tracked files differed from it.
    versions : dict
        Versions of Python and of the packages that computed it.
    seconds : float
        Wall time it took, with `workers` processes.
    workers : int
        Number of processes.
    """

    name: str
    command: str
    parameters: dict[str, Any]
    rows: int
    columns: list[str]
    sha256: str
    commit: str
    versions: dict[str, str]
    seconds: float
    workers: int


def folder() -> Path:
    """Return the folder of the records: ``$IMAGINATION_DATA``, else ``data/`` of the checkout.

    Raises
    ------
    RecordError
        If there is no such folder.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    found = Path(named) if named else Path(__file__).resolve().parents[2] / "data"
    if not found.is_dir():
        raise RecordError(
            f"{found}: no such folder; run from a checkout of the book, "
            f"or set {ENVIRONMENT_VARIABLE} to its data folder"
        )
    return found


def names() -> list[str]:
    """Return the names of all records, sorted."""
    return sorted(path.stem for path in folder().glob("*.json"))


def save(
    name: str,
    table: pd.DataFrame,
    *,
    command: str,
    parameters: Mapping[str, Any],
    seconds: float,
    workers: int = 1,
) -> Record:
    """Write a table and the record of how it was made.

    The table is written first and each file is moved into place whole, so a run that is killed leaves the
    old record, or a mismatch that `load` reports, but never a half-written table.

    Parameters
    ----------
    name : str
        Letters, digits, ``-`` and ``_``.
    table : DataFrame
        Its index is not stored. Numbers are stored with all their digits.
    command : str
        The command that makes it again.
    parameters : mapping
        What the table depends on; must be representable in JSON.
    seconds : float
        Wall time.
    workers : int
        Number of processes.

    Returns
    -------
    Record

    Raises
    ------
    RecordError
        If the name is not one, or the table is empty.
    """
    if table.empty:
        raise RecordError(f"table: {name!r} has no rows; an empty table is no result")
    stored = _to_bytes(table)
    record = Record(
        name=name,
        command=command,
        parameters=dict(parameters),
        rows=len(table),
        columns=[str(column) for column in table.columns],
        sha256=hashlib.sha256(stored).hexdigest(),
        commit=commit(),
        versions={"python": platform.python_version()} | {p: _version(p) for p in PACKAGES},
        seconds=round(float(seconds), 1),
        workers=int(workers),
    )
    as_json = json.dumps(asdict(record), indent=2, allow_nan=False) + "\n"
    write_whole(_table_path(name), stored)
    write_whole(_record_path(name), as_json.encode())
    return record


def describe(name: str) -> Record:
    """Return how a record was made, without reading its table.

    Raises
    ------
    RecordError
        If there is no such record or it cannot be read.
    """
    path = _record_path(name)
    if not path.is_file():
        raise RecordError(
            f"name: no record {name!r} in {path.parent.name}/; there are: {', '.join(names()) or 'none'}"
        )
    try:
        return Record(**json.loads(path.read_text()))
    except (json.JSONDecodeError, TypeError) as error:
        raise RecordError(f"{path.name}: not a record ({error})") from error


def load(name: str) -> pd.DataFrame:
    """Return a recorded table after checking that it is the one its record describes.

    Raises
    ------
    RecordError
        If there is no such record, its table is missing, or the checksum differs.
    """
    record = describe(name)
    path = _table_path(name)
    if not path.is_file():
        raise RecordError(f"{path.name}: the record has no table beside it; make it again: {record.command}")
    stored = path.read_bytes()
    found = hashlib.sha256(stored).hexdigest()
    if found != record.sha256:
        raise RecordError(
            f"{path.name}: checksum {found[:12]} is not the recorded {record.sha256[:12]}; "
            f"the table was changed or damaged; restore it, or make it again: {record.command}"
        )
    return pd.read_csv(io.BytesIO(gzip.decompress(stored)))


def commit() -> str:
    """Return the checkout's commit, with ``+changes`` if tracked files differ, or ``unknown`` outside one."""

    def git(*arguments: str) -> str:
        here = Path(__file__).resolve().parent
        done = subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ".")
        return git("rev-parse", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _to_bytes(table: pd.DataFrame) -> bytes:
    """Return the table as compressed CSV that depends on nothing but its content (no time, no file name)."""
    return gzip.compress(table.to_csv(index=False, lineterminator="\n").encode(), compresslevel=9, mtime=0)


def _path(name: str, suffix: str) -> Path:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise RecordError(f"name: {name!r} is not a record's name; use letters, digits, '-' and '_'")
    return folder() / f"{name}{suffix}"


def _table_path(name: str) -> Path:
    return _path(name, SUFFIX)


def _record_path(name: str) -> Path:
    return _path(name, ".json")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whatever is killed or loses its power meanwhile."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # on disk before it gets its name
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return "absent"
