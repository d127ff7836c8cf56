"""Anyone's formula on trial: is it a bound of the return gap, how tight is it, and what breaks it?

from imagination.experiments.try_bound import try_bound
try_bound(lambda gamma, eps_rew: eps_rew)  # says: no bound, take gamma = 1/2 and eps_rew = 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from imagination.experiments import trial
from imagination.experiments.families import FAMILIES, Pair, draw, is_affine, measure
from imagination.experiments.formulas import CONSTANTS, Formula, asked, read
from imagination.experiments.search import search
from imagination.experiments.trial import TAIL, TOLERANCE
from imagination.mdps.continuous import AffineReward, Array, Parametric, PerturbedReward, Reward
from imagination.mdps.extremal import extremal_system
from imagination.theory import return_gap

__all__ = ["Counterexample", "OnTrial", "Worlds", "reward_of_state", "try_bound"]

Worlds = Callable[[Pair], Pair]
"""Changes pairs of worlds: for a formula that supposes more of them."""

Table = Mapping[str, np.ndarray]

LINE = "the line, against the formula"

DIGITS = 5
"""Significant digits of the numbers in the recorded trial."""

PATIENCE = 0.95
"""The largest γ on the line, and the largest γL where nothing else ends a sum."""

RANGE = (0.001, 1000)
"""The smallest and the largest constant on the line, besides 0."""

SIMPLE = (0, 1, 1 / 2, 2, 3, 4, 1 / 4, 3 / 4, 9 / 10, 10, 1 / 10, 100)
"""What a counterexample's constants are replaced by, the simplest first."""

DRAWN = 40
"""Pairs of each family that are drawn where the records do not serve."""

ROUNDS, CLIMBERS, CHILDREN, STARTS = 20, 8, 16, 4
"""The search for constants: rounds, those that are kept in each, how many come of one. And how many of those
that break the formula, the ones with the most moderate constants, are made simple."""

STEPS = 700
"""Steps on the line that stand for infinitely many: what is left of sums of 0.95^t is below rounding."""

HALF = 0.5 * 10.0 ** (1 - DIGITS)
"""The largest relative error of a number that is rounded to so many digits."""

DOUBT = (
    f"What counts: the gap, without what the end of a rollout could add, exceeds the formula by more than "
    f"{TOLERANCE:.0e} of itself. Recorded constants have {DIGITS} digits: there the excess must also be more "
    "than twice what the lost digits can make of it."
)

TEX = {
    "gamma": r"\gamma", "L_f": "L_f", "L_r": "L_r", "L_pi": r"L_\pi",
    "eps_dyn": r"\varepsilon_{\mathrm{dyn}}", "eps_rew": r"\varepsilon_{\mathrm{rew}}",
    "horizon": "H", "diameter": "D",
}  # fmt: skip


@dataclass(frozen=True)
class Counterexample:
    """A real and a learned world whose return gap exceeds a formula.

    Attributes
    ----------
    constants : dict
        Their constants, by name in code.
    gap, claimed : float
        The measured gap, and the value of the formula.
    place : str
        Where it was found. On the line, see `imagination.mdps.extremal`, the constants say all.
    """

    constants: dict[str, float]
    gap: float
    claimed: float
    place: str

    def __str__(self) -> str:
        told = ", ".join(f"{name} = {value:.6g}" for name, value in self.constants.items())
        gap, claimed = self.told
        return f"{told}: the gap is {gap}, claimed is {claimed} ({self.place})"

    @property
    def told(self) -> tuple[str, str]:
        """Gap and claimed value with as many digits as tell them apart, six at least."""
        pairs = [(f"{self.gap:.{n}g}", f"{self.claimed:.{n}g}") for n in range(6, 18)]
        return next((pair for pair in pairs if pair[0] != pair[1]), pairs[-1])


@dataclass(frozen=True)
class OnTrial:
    """What a trial of a formula found.

    Attributes
    ----------
    formula : str
        The formula in TeX, or the name of the callable.
    places : DataFrame
        For each place in which it was tried: the worlds `tried`; those of which it `speaks`; the `violations`
        among them; and `median` and `largest` of gap / formula.
    silent : dict
        Of how many worlds it does not speak, by reason.
    negative : int
        For how many it is negative, which no bound of a distance may be.
    counterexample : Counterexample or None
        The simplest that was found.
    """

    formula: str
    places: pd.DataFrame
    silent: dict[str, int]
    negative: int
    counterexample: Counterexample | None

    @property
    def speaks(self) -> int:
        """Of how many worlds the formula speaks."""
        return int(self.places["speaks"].sum())

    @property
    def violations(self) -> int:
        """How many of these exceed it."""
        return int(self.places["violations"].sum())

    @property
    def survived(self) -> bool:
        """Whether it spoke, and nothing broke it. That is evidence, and no proof."""
        return self.speaks > 0 and self.violations == 0

    @property
    def verdict(self) -> str:
        """The outcome in a sentence."""
        if self.violations:
            return f"✗ It is no bound: {self.violations:,} of {self.speaks:,} worlds exceed it."
        if not self.speaks:
            return "? It speaks of none of the worlds that were tried."
        return f"Not refuted: it holds in all {self.speaks:,} worlds of which it speaks. That is no proof."

    def _remarks(self) -> list[str]:
        told = [f"It does not speak of {count:,} worlds: {reason}." for reason, count in self.silent.items()]
        if self.negative:
            told.append(f"It is negative for {self.negative:,} worlds, and no gap is.")
        return [*told, DOUBT]

    def __repr__(self) -> str:
        found = [f"counterexample: {self.counterexample}"] if self.counterexample else []
        return "\n".join([self.verdict, *found, self.places.to_string(float_format=_short), *self._remarks()])

    def _repr_html_(self) -> str:
        body = f"<p><strong>{escape(self.verdict)}</strong></p>"
        body += rf"<div class='claim-statement'>{escape(self.formula)}</div>"
        if found := self.counterexample:
            letters = ", ".join(rf"\({TEX[name]} = {value:.6g}\)" for name, value in found.constants.items())
            gap, claimed = found.told
            body += f"<p>Take {letters} ({escape(found.place)}). The gap is {gap}, "
            body += f"and the formula says {claimed}.</p>"
        table = self.places.to_html(float_format=_short, border=0)
        rest = "".join(f"<li>{escape(remark)}</li>" for remark in self._remarks())
        return f"<div class='claim tex2jax_process'>{body}{table}<ul>{rest}</ul></div>"


def _short(value: float) -> str:
    return f"{value:.4g}"


def try_bound(
    formula: Any,
    *,
    worlds: Worlds | None = None,
    seed: int = 0,
    draws: int = 2000,
    restarts: int = 6,
    steps: int = 40,
) -> OnTrial:
    """Put a formula on trial as a bound of the return gap.

    It is tried in three places. The *recorded* systems of the large trial; with `worlds`, of which the
    records know nothing, freshly drawn ones. The systems to which a *search* by gradients leads. And the
    *line*, on which errors never cancel, where a second search chooses constants against this very formula.

    Parameters
    ----------
    formula : sympy.Expr, Claim or callable
        Written in ``gamma, L_f, L_r, L_pi, eps_dyn, eps_rew``; if it speaks of finite horizons or of
        bounded states, also in ``horizon`` (H) and ``diameter`` (D). ``L`` is ``L_f (1 + L_pi)``. A callable
        takes by name what it needs, arrays or numbers. Where it is not meant to hold, let it be NaN.
        Without horizon and diameter it speaks where ``gamma L < 1``.
    worlds : callable, optional
        Changes pairs of worlds, such as `reward_of_state`, for a formula that supposes more of them. It must
        keep all constants valid.
    seed : int
        Draws whatever is drawn; the same seed gives the same result.
    draws : int
        Worlds on the line, before the search for constants.
    restarts, steps : int
        Size of the search by gradients.

    Returns
    -------
    OnTrial
        Counts, tightness, and the simplest counterexample that was found.

    Raises
    ------
    ValueError
        If the formula cannot be read or evaluated, or a number is not what it must be.

    Examples
    --------
    >>> found = try_bound(lambda gamma, eps_rew: eps_rew)
    >>> found.counterexample.constants["gamma"], found.counterexample.gap, found.counterexample.claimed
    (0.5, 2.0, 1.0)
    """
    for name, number, least in (
        ("seed", seed, 0),
        ("draws", draws, 1),
        ("restarts", restarts, 1),
        ("steps", steps, 1),
    ):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
            raise ValueError(f"{name}: must be a whole number >= {least}, got {number!r}")
    if worlds is not None and not callable(worlds):
        raise ValueError(f"worlds: must be a function that changes a pair of worlds, got {worlds!r}")
    tried = read(formula)
    places = {"recorded systems": _recorded(tried)} if worlds is None else {}
    if worlds is not None and "diameter" not in tried.names:
        places["drawn systems"] = _drawn(worlds, seed, "horizon" in tried.names)
    if "diameter" not in tried.names:
        places["search by gradients"] = _searched(worlds, seed, restarts, steps, "horizon" in tried.names)
    places[LINE] = _on_the_line(tried, worlds, np.random.default_rng(seed), draws)
    judged = {place: _judged(tried, table) for place, table in places.items()}
    together = pd.concat(judged.values())
    reasons = together["silent"][together["silent"] != ""].value_counts(sort=False)
    return OnTrial(
        tried.title,
        pd.DataFrame({place: _counts(table) for place, table in judged.items()}).T.astype(
            {"tried": int, "speaks": int, "violations": int}
        ),
        {str(reason): int(count) for reason, count in reasons.items()},
        int((together["claimed"] < 0).sum()),
        _simplest(tried, worlds, judged),
    )


# --- the places ---------------------------------------------------------------------------------------------


@cache
def _records() -> pd.DataFrame:
    """The recorded trial; gaps from the recorded ratios, which have kept twelve digits."""
    table = trial.recorded()
    unit = _unit(table)
    return table.assign(unit=unit, gap=table["ratio"] * unit - table["tail"])


def _unit(table: pd.DataFrame) -> np.ndarray:
    """The bound of which a recorded ratio is a multiple, at these constants."""
    unit = np.empty(len(table))
    for regime in trial.REGIMES:
        own = (table["regime"] == regime).to_numpy()
        names = [*CONSTANTS, *["horizon"] * ("finite" in regime), *["diameter"] * ("bounded" in regime)]
        unit[own] = return_gap.bound(**{name: table.loc[own, name].to_numpy() for name in names})
    return unit


def _recorded(formula: Formula) -> pd.DataFrame:
    """The recorded systems of which a formula in these constants may speak."""
    table = _records()
    bounded = table["diameter"].notna()
    chosen = (table["horizon"] > 0) == ("horizon" in formula.names)
    return table[chosen & bounded] if "diameter" in formula.names else table[chosen]


def _measured(pair: Pair, horizon: int | None, *, steps: int | None = None, **more: Any) -> pd.DataFrame:
    """Pairs as rows: constants and gap; `steps` stand for an infinite horizon that cannot be solved for."""
    if horizon is not None or is_affine(pair):
        gap = measure(pair, horizon=horizon)
    else:
        small = TAIL * np.maximum(pair.eps_dyn + pair.eps_rew, 1e-6)
        gap = measure(pair, horizon=steps, tolerance=small)
    about = {"horizon": horizon or 0, "gap": gap.value, "tail": gap.tail}
    return pd.DataFrame(pair.constants() | about | more)


@cache
def _drawn(worlds: Worlds, seed: int, finite: bool) -> pd.DataFrame:
    """Pairs of every family, changed."""
    rng = np.random.default_rng(seed)
    tables = []
    for family in FAMILIES:
        pair = worlds(draw(family, rng, DRAWN))
        patience = rng.uniform(0.3, PATIENCE, DRAWN)
        pair = pair.discounted(patience / np.maximum(pair.closed_loop(), 1))
        tables.append(_measured(pair, 6 if finite else None, family=family))
    return pd.concat(tables, ignore_index=True)


@cache
def _searched(worlds: Worlds | None, seed: int, restarts: int, steps: int, finite: bool) -> pd.DataFrame:
    """Where an ascent of the gap leads, at constants that stay as they were drawn."""
    generator, horizon = np.random.default_rng(seed), 6 if finite else None
    return search(generator, restarts=restarts, steps=steps, horizon=horizon, worlds=worlds).table


# --- the line, and constants against a formula --------------------------------------------------------------


def _line(constants: Table, worlds: Worlds | None) -> pd.DataFrame:
    """The worlds on the line with these constants, in this order."""
    every = np.asarray(constants["horizon"] if "horizon" in constants else 0 * constants["gamma"])
    tables = []
    for horizon in np.unique(every):
        rows = np.flatnonzero(every == horizon)
        own = {
            name: np.asarray(column, float)[rows] for name, column in constants.items() if name != "horizon"
        }
        pair = Pair(
            *extremal_system(**own),
            start=np.zeros((len(rows), 1, 1)),
            eps_dyn=own["eps_dyn"],
            eps_rew=own["eps_rew"],
            radius=(reach := own.get("diameter", np.full(len(rows), np.inf))),
            diameter=reach,
        )
        pair = pair if worlds is None else worlds(pair)
        table = _measured(pair, int(horizon) or None, steps=STEPS, diameter=reach, family=LINE)
        tables.append(table.set_index(rows))
    return pd.concat(tables).sort_index()


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
    return _admissible(formula, columns)


def _moved(columns: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Constants somewhat larger or smaller, each with probability one half."""
    size = len(columns["gamma"])
    factors = {
        name: np.exp(np.where(rng.random(size) < 0.5, rng.normal(0, 0.7, size), 0)) for name in columns
    }
    away = {name: column * factors[name] for name, column in columns.items()}
    return away | {"gamma": 1 - (1 - columns["gamma"]) * factors["gamma"]}


def _admissible(formula: Formula, columns: Table) -> dict[str, np.ndarray]:
    """The nearest constants that are not extreme, at which sums end soon; and whole horizons."""
    gamma = np.clip(columns["gamma"], 0, PATIENCE)
    columns = {name: np.where(column == 0, 0, np.clip(column, *RANGE)) for name, column in columns.items()}
    if formula.endless:
        loop = columns["L_f"] * (1 + columns["L_pi"])
        gamma = np.minimum(gamma, PATIENCE / np.maximum(loop, PATIENCE))
    mended = columns | {"gamma": gamma}
    if "horizon" in columns:
        mended["horizon"] = np.clip(np.ceil(columns["horizon"]), 1, 30)
    return mended


def _on_the_line(
    formula: Formula, worlds: Worlds | None, rng: np.random.Generator, draws: int
) -> pd.DataFrame:
    """Constants drawn at random, and those to which a search for the largest gap / formula leads."""
    tables = [_line(_random(formula, rng, draws), worlds)]
    best = tables[0]
    for _ in range(ROUNDS):
        share = _judged(formula, best)["share"].to_numpy()
        best = best.iloc[np.argsort(np.nan_to_num(-share, nan=np.inf), kind="stable")[:CLIMBERS]]
        parents = {name: np.repeat(best[name].to_numpy(float), CHILDREN) for name in _asked(formula)}
        tables.append(_line(_admissible(formula, _moved(parents, rng)), worlds))
        best = pd.concat([best, tables[-1]], ignore_index=True)
    return pd.concat(tables, ignore_index=True)


# --- judging ------------------------------------------------------------------------------------------------


def _judged(formula: Formula, table: pd.DataFrame) -> pd.DataFrame:
    """The table with what is `claimed`, why the formula is `silent`, `share` = gap / claimed, `violation`."""
    columns = _columns(table)
    values, silent = asked(formula, columns)
    claimed = np.where(silent == "", np.real(values), np.nan)
    gap = (table["gap"] - table["tail"]).to_numpy(float)
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
            off.append(np.abs(np.real(formula(_columns(moved))) / _unit(moved) - units))
        total += np.max(off, axis=0)
    return np.nan_to_num(total, nan=np.inf)


def _counts(judged: pd.DataFrame) -> dict[str, float]:
    share = judged["share"].dropna()
    return {
        "tried": len(judged),
        "speaks": (judged["silent"] == "").sum(),
        "violations": judged["violation"].sum(),
        "median": share.median(),
        "largest": share.max(),
    }


# --- a counterexample made simple ---------------------------------------------------------------------------


def _simplest(
    formula: Formula, worlds: Worlds | None, judged: Mapping[str, pd.DataFrame]
) -> Counterexample | None:
    """The simplest counterexample on the line; of another place, where the line has none, the worst."""
    names = _asked(formula)
    broken = judged[LINE].query("violation")
    sizes = broken[names].to_numpy(float)
    far = np.abs(np.log(np.where(sizes > 0, sizes, 1))).sum(axis=1)
    first = broken.iloc[np.argsort(far, kind="stable")[:STARTS]]
    found = [_shrunk(formula, worlds, row[names]) for _, row in first.iterrows()]
    if not found:
        others = pd.concat(table.query("violation") for table in judged.values())
        found = [row for _, row in others.sort_values("share", kind="stable").tail(1).iterrows()]
    if not found:
        return None
    best = min(found, key=lambda row: sum(_cost(row[name]) for name in names))
    constants = {name: float(best[name]) for name in names}
    return Counterexample(constants, float(best["gap"]), float(best["claimed"]), str(best["family"]))


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
            if kept.any() and (fails := _judged(formula, _line(columns, worlds))["violation"]).any():
                now[name] = float(columns[name][np.argmax(fails)])
    only = _judged(formula, _line({name: np.array([value]) for name, value in now.items()}, worlds))
    return only.iloc[0]


def _possible(formula: Formula, columns: Table) -> np.ndarray:
    """Which constants are some of a world whose gap can be measured."""
    mended = _admissible(formula, columns)
    return np.logical_and.reduce([mended[name] == column for name, column in columns.items()])


# --- worlds of which more is supposed -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _OfState(Parametric):
    """A reward as it is at action 0, whatever the action."""

    base: Reward

    def __call__(self, state: Array, action: Array) -> Array:
        return self.base(state, 0 * action)

    def lipschitz(self) -> Array:
        """That of the base, (C,)."""
        return self.base.lipschitz()


def reward_of_state(pair: Pair) -> Pair:
    """Return the pair with a real reward that ignores the action, and a learned one that errs no more.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Pair
        Every reward is what it was at action 0; all constants remain valid.
    """

    def at_rest(reward: Any) -> Any:
        if isinstance(reward, PerturbedReward):  # the error may still depend on the action
            return replace(reward, base=at_rest(reward.base))
        if isinstance(reward, AffineReward):
            return replace(reward, action_weight=0 * reward.action_weight)
        return _OfState(reward)

    real, learned = (mdp.swap(reward=at_rest(mdp.reward)) for mdp in (pair.real, pair.learned))
    return replace(pair, real=real, learned=learned)
