"""Pilot measurements: read from a file, and made ready for the fit of each quantity's law."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "COLUMNS",
    "MOST",
    "MOST_ROWS",
    "QUANTITIES",
    "checked",
    "columns_of",
    "measurements",
    "read_pilot",
    "read_table",
]

COLUMNS = ("quantity", "samples", "error")
"""What a pilot needs. A further column `seed`, if there is one, says which measurements belong together."""

QUANTITIES = ("dynamics", "reward")

MOST, MOST_ROWS = 1000, 5000
"""Of more sample sizes or measurements of a quantity, neighbours are gathered into about `MOST` medians."""

PLAIN = "write numbers with a point for decimals and nothing between thousands, such as 0.5 and 2000"


def read_pilot(path: str | Path) -> pd.DataFrame:
    """Read pilot measurements from a CSV file.

    Columns are separated by commas, or by semicolons or tabs as spreadsheets write them; beside the latter
    two, decimals may have commas. The text is UTF-8, or
    UTF-16 with a byte-order mark. Empty rows are left
    out.

    Returns
    -------
    DataFrame
        Columns `quantity`, `samples`, `error`, and `seed` if the file has it.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it is no CSV file, a column is missing, or its contents are not what the column says.
    """
    return read_table(path, COLUMNS[1:], checked)


def read_table(
    path: str | Path, numbers: Sequence[str], check: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """Read a CSV file with these columns of numbers, which may have decimal commas, and check it."""
    content = Path(path).read_bytes()
    try:
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = content.decode("utf-16") if wide else content.decode("utf-8-sig", "replace")
        return check(_table(text, numbers))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a CSV file ({str(error).strip()})") from error
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def _table(text: str, numbers: Sequence[str]) -> pd.DataFrame:
    """Read the columns; beside semicolons and tabs, commas in numbers are decimal if nothing denies it."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    if separator == ",":
        return _read(text, separator)
    written = _read(text, separator, dtype=str)
    names = [name for name in numbers if name in written]
    cells = written[names].fillna("").apply(lambda column: column.str.strip())
    commas = cells.apply(lambda column: column.str.contains(","))
    points = cells.apply(lambda column: column.str.contains(".", regex=False))
    if not commas.any(axis=None):
        return _read(text, separator)
    grouped = cells.apply(lambda column: column.str.fullmatch(r"\d{1,3}(,\d{3})+")) & [
        name == "samples" for name in names
    ]
    wrong = commas | points if points.any(axis=None) else grouped
    for name in names:
        if wrong[name].any():
            row = int(np.argmax(wrong[name]))
            raise ValueError(
                f"{name}: {cells[name].iloc[row]} in measurement {row + 1} is ambiguous; {PLAIN}"
            )
    return _read(text, separator, decimal=",")


def _read(text: str, separator: str, **options: Any) -> pd.DataFrame:
    table = pd.read_csv(io.StringIO(text), sep=separator, skipinitialspace=True, **options)
    return table.rename(columns=lambda name: str(name).strip()).dropna(how="all")


def checked(pilot: pd.DataFrame) -> pd.DataFrame:
    """Return the pilot with clean columns and rows counted from 0, or say what is wrong with it."""
    table = columns_of("pilot", pilot, COLUMNS, ("seed",))
    for name in ("samples", "error"):
        numbers = pd.to_numeric(table[name], errors="coerce")
        bad = ~(np.isfinite(numbers) & (numbers > 0))
        if bad.any():
            row = int(np.argmax(bad))
            given = table[name].iloc[row]
            hint = f"; {PLAIN}" if "," in str(given) else ""
            raise ValueError(
                f"{name}: {given!s} in measurement {row + 1}; need positive, finite numbers{hint}"
            )
        table[name] = numbers.astype(float)
    return table


def columns_of(name: str, table: Any, needed: Sequence[str], optional: Sequence[str]) -> pd.DataFrame:
    """Return the columns, clean names and rows counted from 0; or say what is missing, or no quantity."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} must be a DataFrame, got {type(table).__name__}")
    table = table.rename(columns=lambda name: str(name).strip())
    missing = [name for name in needed if name not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns)) or "none"
        raise ValueError(f"no column {' or '.join(map(repr, missing))}; there are: {found}")
    chosen = [*needed, *(name for name in optional if name in table.columns)]
    table = table[chosen].reset_index(drop=True)
    table["quantity"] = table["quantity"].astype(str).str.strip()
    unknown = sorted(set(table["quantity"]) - set(QUANTITIES))
    if unknown:
        raise ValueError(f"quantity: {unknown[0]!r} is neither 'dynamics' nor 'reward'")
    return table


def measurements(pilot: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Return what a quantity's law is fitted to, and what was done to it.

    Returns
    -------
    DataFrame
        Columns `samples`, `error`, and `seed` only where each seed was measured once at every sample size.
    list of str
        What somebody who wrote the pilot should know: copies, seeds that are left out, gathered rows.

    Raises
    ------
    ValueError
        If the pilot has no measurement of the quantity.
    """
    rows = pilot[pilot["quantity"] == name].drop(columns="quantity")
    if rows.empty:
        raise ValueError(f"quantity: the pilot has no measurement of '{name}'")
    notes: list[str] = []
    for step in (_without_copies, _with_whole_seeds, _gathered):
        rows, note = step(rows)
        notes += [f"{name}: {note}"] if note else []
    return rows, notes


def _without_copies(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Leave out copies of a seed's measurements; without seeds, equal measurements may be a coincidence."""
    copies = rows.duplicated()
    if not copies.any():
        return rows, ""
    equal = rows.groupby(list(rows.columns), dropna=False).ngroup()
    copy = equal[copies].index[0]
    original = equal.index[equal == equal[copy]][0]
    said = f"{copies.sum():,} measurements repeat others (number {copy + 1} repeats {original + 1})"
    if "seed" in rows and rows.loc[copies, "seed"].notna().all():
        return rows[~copies], f"{said}, seed included; the copies are left out"
    return rows, f"{said}; if they are pasted copies remove them, for intervals are too narrow"


def _with_whole_seeds(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Keep the seeds that were measured once at every sample size, or none of the seeds' names."""
    if "seed" not in rows or rows["seed"].isna().all():
        return rows.drop(columns="seed", errors="ignore"), ""
    sizes, seeds = rows["samples"].nunique(), rows["seed"].nunique()
    of_seed = rows.groupby("seed", dropna=False)["samples"]
    whole = (
        (of_seed.transform("size") == sizes) & (of_seed.transform("nunique") == sizes) & rows["seed"].notna()
    )
    kept = rows.loc[whole, "seed"].nunique()
    if whole.all():
        return (rows, "") if kept > 1 else (rows.drop(columns="seed"), "")
    rule = f"measured exactly once at each of the {sizes} sample sizes"
    if kept > 1 and whole.mean() >= 0.5:
        first = (*rows.loc[~whole, "seed"].dropna(), "blank")[0]
        named = f"{first:g}" if isinstance(first, float) else first
        note = (
            f"{(~whole).sum():,} measurements of seeds that were not {rule} (the first: {named}) are left out"
        )
        return rows[whole], note
    note = f"the column seed is not used, for only {kept} of {seeds} seeds were {rule}"
    return rows.drop(columns="seed"), f"{note}; intervals take the measurements as independent"


def _gathered(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Gather neighbours, in sample size and within one size, into medians where there are too many.

    Medians of both samples and errors lie on the law again, whatever decreasing law it is. Of a logged curve
    neighbours are no independent measurements, and need not be counted as such.
    """
    sizes, at = np.unique(rows["samples"], return_inverse=True)
    if len(sizes) <= MOST and len(rows) <= MOST_ROWS:
        return rows, ""
    whole = "seed" in rows
    seeds = rows["seed"].nunique() if whole else 1
    bins = min(len(sizes), max(MOST // seeds, 20))
    group = at * bins // len(sizes)
    if whole:
        member, number = pd.factorize(rows["seed"])[0], np.full(len(rows), seeds)
    else:
        member, number = rows.groupby(group).cumcount().to_numpy(), np.bincount(group)[group]
    part = member * np.minimum(max(MOST // bins, 1), number) // number
    found = rows[["samples", "error"]].groupby([group, part]).median()
    if whole:
        found["seed"] = found.index.get_level_values(1)
    note = f"{len(rows):,} measurements are gathered into {len(found):,} medians of neighbours"
    return found.reset_index(drop=True), note
