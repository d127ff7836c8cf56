"""Pilot measurements: read from a file, and made ready for the fit of each quantity's law."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["COLUMNS", "MOST", "QUANTITIES", "checked", "measurements", "read_pilot"]

COLUMNS = ("quantity", "samples", "error")
"""What a pilot needs. A further column `seed`, if there is one, says which measurements belong together."""

QUANTITIES = ("dynamics", "reward")

MOST = 1000
"""Of more measurements of a quantity, neighbours are gathered into medians, about so many in all."""

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
    content = Path(path).read_bytes()
    try:
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        return checked(_table(content.decode("utf-16") if wide else content.decode("utf-8-sig", "replace")))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a CSV file ({str(error).strip()})") from error
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


def _table(text: str) -> pd.DataFrame:
    """Read the columns as they are, numbers with decimal commas included."""
    separator = max(",;\t", key=text.partition("\n")[0].count)
    table = _read(text, separator, ".")
    commas = [name for name in COLUMNS[1:] if _among(table, name, ",").any()]
    if separator == "," or not commas:
        return table
    grouped = _among(table, "samples", r"^\d{1,3}(?:,\d{3})+$")
    points = {name: _among(table, name, r"\.") for name in commas}
    for name, wrong in {"samples": grouped, **points}.items():
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(
                f"{name}: {table[name].iloc[row]} in measurement {row + 1} is ambiguous; {PLAIN}"
            )
    return _read(text, separator, ",")


def _read(text: str, separator: str, decimal: str) -> pd.DataFrame:
    table = pd.read_csv(io.StringIO(text), sep=separator, decimal=decimal, skipinitialspace=True)
    return table.rename(columns=lambda name: str(name).strip()).dropna(how="all")


def _among(table: pd.DataFrame, name: str, pattern: str) -> np.ndarray:
    """Say which measurements were not read as numbers and have the pattern in them."""
    if name not in table or pd.api.types.is_numeric_dtype(table[name]):
        return np.zeros(len(table), bool)
    return table[name].astype(str).str.strip().str.contains(pattern).to_numpy()


def checked(pilot: pd.DataFrame) -> pd.DataFrame:
    """Return the pilot with clean columns and rows counted from 0, or say what is wrong with it."""
    pilot = pilot.rename(columns=lambda name: str(name).strip())
    missing = [name for name in COLUMNS if name not in pilot.columns]
    if missing:
        found = ", ".join(map(str, pilot.columns)) or "none"
        raise ValueError(f"no column {' or '.join(map(repr, missing))}; there are: {found}")
    table = pilot[[*COLUMNS, *(["seed"] if "seed" in pilot.columns else [])]].reset_index(drop=True)
    table["quantity"] = table["quantity"].astype(str).str.strip()
    unknown = sorted(set(table["quantity"]) - set(QUANTITIES))
    if unknown:
        raise ValueError(f"quantity: {unknown[0]!r} is neither 'dynamics' nor 'reward'")
    for name in ("samples", "error"):
        numbers = pd.to_numeric(table[name], errors="coerce")
        bad = ~(np.isfinite(numbers) & (numbers > 0))
        if bad.any():
            row = int(np.argmax(bad))
            given = pilot[name].iloc[row]
            hint = f"; {PLAIN}" if "," in str(given) else ""
            raise ValueError(
                f"{name}: {given!s} in measurement {row + 1}; need positive, finite numbers{hint}"
            )
        table[name] = numbers.astype(float)
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
        first = rows.loc[~whole, "seed"].iloc[0]
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
    if len(rows) <= MOST:
        return rows, ""
    sizes, at = np.unique(rows["samples"], return_inverse=True)
    if "seed" in rows:
        seeds, member = np.unique(rows["seed"], return_inverse=True)
        number = len(seeds)
        bins = min(len(sizes), max(MOST // number, 20))
    else:
        bins = min(len(sizes), MOST)
    group = at * bins // len(sizes)
    if "seed" not in rows:
        member = rows.groupby(group).cumcount().to_numpy()
        number = np.bincount(group)[group]
    parts = np.minimum(max(MOST // bins, 1), number)
    part = member * parts // number
    found = rows[["samples", "error"]].groupby([group, part]).median()
    if "seed" in rows:
        found["seed"] = found.index.get_level_values(1)
    note = f"{len(rows):,} measurements are gathered into {len(found):,} medians of neighbours"
    return found.reset_index(drop=True), note
