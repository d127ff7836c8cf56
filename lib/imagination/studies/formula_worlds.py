"""The worlds in which a formula is tried: recorded, drawn, found by gradients, and those on the line.

On the line errors never cancel, so that its constants say which world is meant, see
`imagination.worlds.extremal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.return_gap import trial
from imagination.results.return_gap.adversary import Worlds, search
from imagination.results.return_gap.pair import Pair, is_affine, measure
from imagination.results.return_gap.systems import FAMILIES, draw
from imagination.results.return_gap.trial import TAIL
from imagination.studies.formulas import Formula
from imagination.worlds.continuous import AffineReward, Array, Parametric, Reward
from imagination.worlds.extremal import extremal_system
from imagination.worlds.perturbations import PerturbedReward

__all__ = [
    "DIGITS", "HALF", "LINE", "Table", "Worlds", "admissible", "drawn", "line", "recorded", "reward_of_state",
    "searched", "unit",
]  # fmt: skip

Table = Mapping[str, np.ndarray]

LINE = "the line"

DIGITS = 5
"""Significant digits of the numbers in the recorded trial."""

HALF = 0.5 * 10.0 ** (1 - DIGITS)
"""The largest relative error of a number that is rounded to so many digits."""

DRAWN = 40
"""Pairs of each family that are drawn where the records do not serve."""

PATIENCE = 0.95
"""The largest γ on the line, and the largest γL where nothing else ends a sum."""

RANGE = (0.001, 1000)
"""The smallest and the largest constant on the line, besides 0."""

STEPS = 700
"""Steps that stand for infinitely many where nothing bounds the rest: that of 0.95^t is below rounding."""


@cache
def _records() -> pd.DataFrame:
    """The recorded trial; gaps from the recorded ratios, which have kept twelve digits."""
    table = trial.recorded()
    of_bound = unit(table)
    return table.assign(unit=of_bound, gap=table["ratio"] * of_bound - table["tail"])


def unit(table: pd.DataFrame) -> np.ndarray:
    """The bound of which a recorded ratio is a multiple, at these constants."""
    values = np.empty(len(table))
    for regime, claim in trial.CLAIMS.items():
        own = table["regime"] == regime
        values[own] = claim.evaluate(**{name: table.loc[own, name] for name in claim.arguments})
    return values


def recorded(formula: Formula) -> pd.DataFrame:
    """The recorded systems of which a formula in these constants may speak."""
    table = _records()
    bounded = table["diameter"].notna()
    chosen = (table["horizon"] > 0) == ("horizon" in formula.names)
    return table[chosen & bounded] if "diameter" in formula.names else table[chosen]


def _measured(pair: Pair, horizon: int | None, **more: Any) -> pd.DataFrame:
    """Pairs as rows: constants and gap."""
    with np.errstate(over="ignore", invalid="ignore"):  # a gap that is not finite is left out
        if horizon is not None or is_affine(pair):
            gap = measure(pair, horizon=horizon)
        else:
            small = TAIL * np.maximum(pair.eps_dyn + pair.eps_rew, 1e-6)
            is_bounded = np.isfinite(pair.radius).all() and (pair.reward_range() > 0).all()
            gap = measure(pair, horizon=None if is_bounded else STEPS, tolerance=small)
    about = {"horizon": horizon or 0, "gap": gap.value, "tail": gap.tail}
    return pd.DataFrame(pair.constants() | about | more)


def _changed(pair: Pair, worlds: Worlds | None) -> Pair:
    changed = pair if worlds is None else worlds(pair)
    if not isinstance(changed, Pair):
        raise ValueError(f"worlds: must return a pair of worlds, got {changed!r}")
    return changed


@cache
def drawn(worlds: Worlds, seed: int, finite: bool) -> pd.DataFrame:
    """Pairs of every family, changed."""
    rng = np.random.default_rng(seed)
    tables = []
    for family in FAMILIES:
        pair = _changed(draw(family, rng, DRAWN), worlds)
        patience = rng.uniform(0.3, PATIENCE, DRAWN)
        pair = pair.discounted(patience / np.maximum(pair.closed_loop(), 1))
        tables.append(_measured(pair, 6 if finite else None, family=family))
    return pd.concat(tables, ignore_index=True)


@cache
def searched(worlds: Worlds | None, seed: int, restarts: int, steps: int, finite: bool) -> pd.DataFrame:
    """Where an ascent of the gap leads, at constants that stay as they were drawn."""
    generator, horizon = np.random.default_rng(seed), 6 if finite else None
    return search(generator, restarts=restarts, steps=steps, horizon=horizon, worlds=worlds).table


# --- the line -----------------------------------------------------------------------------------------------


def line(constants: Table, worlds: Worlds | None) -> pd.DataFrame:
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
        pair = _changed(pair, worlds)
        table = _measured(pair, int(horizon) or None, diameter=reach, family=LINE)
        tables.append(table.set_index(rows))
    return pd.concat(tables).sort_index()


def admissible(formula: Formula, columns: Table) -> dict[str, np.ndarray]:
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
