"""Judge a formula by the gaps of worlds, choose constants against it, and make what breaks it simple."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from imagination.results.return_gap.trial import TOLERANCE
from imagination.studies.formula_worlds import DIGITS, HALF, LINE, Table, Worlds, admissible, line, unit
from imagination.studies.formulas import CONSTANTS, Formula, asked

__all__ = ["against", "judged", "simplest"]

UNMEASURED = "the gap is too large to be measured"

SIMPLE = (0, 1, 1 / 2, 2, 3, 4, 1 / 4, 3 / 4, 9 / 10, 10, 1 / 10, 100)
"""What a counterexample's constants are replaced by, the simplest first."""

ROUNDS, CLIMBERS, CHILDREN, STARTS = 20, 8, 16, 4
"""The search for constants: rounds, those that are kept in each, how many come of one. And how many of those
that break the formula, the ones with the most moderate constants, are made simple."""


def judged(formula: Formula, table: pd.DataFrame) -> pd.DataFrame:
    """The table with what is `claimed`, why the formula is `silent`, `share` = gap / claimed, `violation`."""
    columns = _columns(table)
    values, silent = asked(formula, columns)
    gap = (table["gap"] - table["tail"]).to_numpy(float)
    silent = np.where(np.isfinite(gap), silent, UNMEASURED)
    claimed = np.where(silent == "", np.real(values), np.nan)
    with np.errstate(all="ignore"):
        violation = gap - claimed > TOLERANCE * np.maximum(gap, np.abs(claimed))
        share = np.where(claimed > 0, table["gap"] / claimed, np.where(violation, np.inf, np.nan))
    if "unit" in table and violation.any():
        rows = np.flatnonzero(violation)
        units = claimed[rows] / table["unit"].to_numpy()[rows]
        excess = gap[rows] / table["unit"].to_numpy()[rows] - units
        violation[rows] = excess > 2 * _lost_digits(formula, table.iloc[rows], units)
    return table.assign(claimed=claimed, silent=silent, share=share, violation=violation)


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    return {n: table[n].to_numpy(float) for n in (*CONSTANTS, "horizon", "diameter") if n in table}


def _lost_digits(formula: Formula, table: pd.DataFrame, units: np.ndarray) -> np.ndarray:
    """How far formula / unit moves, to first order, when each constant moves by its lost digits."""
    total = np.zeros(len(table))
    for name in (*CONSTANTS, "diameter"):
        off = []
        for factor in (1 - HALF, 1 + HALF):
            moved = table.assign(**{name: table[name] * factor})
            off.append(np.abs(np.real(formula(_columns(moved))) / unit(moved) - units))
        total += np.max(off, axis=0)
    return np.nan_to_num(total, nan=np.inf)


# --- constants against a formula ----------------------------------------------------------------------------


def _asked(formula: Formula) -> list[str]:
    """The constants that say which world on the line is meant."""
    return [*CONSTANTS, *(name for name in ("horizon", "diameter") if name in formula.names)]


def _random(formula: Formula, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Constants of every size, many of them 0."""
    columns = {name: np.exp(rng.uniform(np.log(0.01), np.log(30), size)) for name in _asked(formula)}
    columns["gamma"] = rng.uniform(0, 1, size)
    columns["L_f"] = columns["L_f"] / 5
    for name in ("L_f", "L_r", "L_pi", "eps_dyn", "eps_rew"):
        columns[name] = np.where(rng.random(size) < 0.2, 0, columns[name])
    return admissible(formula, columns)


def _moved(columns: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Constants somewhat larger or smaller, each with probability one half."""
    size = len(columns["gamma"])
    factors = {
        name: np.exp(np.where(rng.random(size) < 0.5, rng.normal(0, 0.7, size), 0)) for name in columns
    }
    away = {name: column * factors[name] for name, column in columns.items()}
    return away | {"gamma": 1 - (1 - columns["gamma"]) * factors["gamma"]}


def against(formula: Formula, worlds: Worlds | None, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    """Constants drawn at random, and those to which a search for the largest gap / formula leads."""
    tables = [line(_random(formula, rng, draws), worlds)]
    best = tables[0]
    for _ in range(ROUNDS):
        share = judged(formula, best)["share"].to_numpy()
        best = best.iloc[np.argsort(np.nan_to_num(-share, nan=np.inf), kind="stable")[:CLIMBERS]]
        parents = {name: np.repeat(best[name].to_numpy(float), CHILDREN) for name in _asked(formula)}
        tables.append(line(admissible(formula, _moved(parents, rng)), worlds))
        best = pd.concat([best, tables[-1]], ignore_index=True)
    return pd.concat(tables, ignore_index=True)


# --- a counterexample made simple ---------------------------------------------------------------------------


def simplest(
    formula: Formula, worlds: Worlds | None, verdicts: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], float, float, str] | None:
    """Constants, gap, claim, place: of the simplest counterexample on the line, or of the worst elsewhere."""
    names = _asked(formula)
    broken = verdicts[LINE].query("violation")
    sizes = broken[names].to_numpy(float)
    far = np.abs(np.log(np.where(sizes > 0, sizes, 1))).sum(axis=1)
    first = broken.iloc[np.argsort(far, kind="stable")[:STARTS]]
    found = [_shrunk(formula, worlds, row[names]) for _, row in first.iterrows()]
    if not found:
        others = pd.concat(table.query("violation") for table in verdicts.values())
        found = [row for _, row in others.sort_values("share", kind="stable").tail(1).iterrows()]
    if not found:
        return None
    best = min(found, key=lambda row: sum(_cost(row[name]) for name in names))
    constants = {name: float(best[name]) for name in names}
    return constants, float(best["gap"]), float(best["claimed"]), str(best["family"])


def _cost(value: float) -> int:
    """How far a number is from simple."""
    if value in SIMPLE:
        return SIMPLE.index(value)
    digits = next((n for n in range(1, DIGITS) if float(f"{value:.{n}g}") == value), DIGITS)
    return len(SIMPLE) + digits


def _shrunk(formula: Formula, worlds: Worlds | None, start: pd.Series) -> pd.Series:
    """One constant after the other is replaced by the simplest number with which the formula still fails."""
    now = {name: float(start[name]) for name in start.index}
    before: dict[str, float] = {}
    while before != now:
        before = dict(now)
        for name in now:
            rounded = [float(f"{now[name]:.{n}g}") for n in range(1, DIGITS)]
            tries = sorted({float(v) for v in (*SIMPLE, *rounded) if _cost(v) < _cost(now[name])}, key=_cost)
            columns = {each: np.full(len(tries), now[each]) for each in now} | {name: np.array(tries)}
            kept = _possible(formula, columns)
            columns = {each: column[kept] for each, column in columns.items()}
            if kept.any() and (fails := judged(formula, line(columns, worlds))["violation"]).any():
                now[name] = float(columns[name][np.argmax(fails)])
    only = judged(formula, line({name: np.array([value]) for name, value in now.items()}, worlds))
    return only.iloc[0]


def _possible(formula: Formula, columns: Table) -> np.ndarray:
    """Which constants are some of a world whose gap can be measured."""
    mended = admissible(formula, columns)
    return np.logical_and.reduce([mended[name] == column for name, column in columns.items()])
