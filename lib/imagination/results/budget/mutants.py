"""Mutants of Theorem 1 and its kin: would the trial have noticed?

Each is made from a claim's own expression by the kind of slip that a derivation invites. What it would cost
to believe it is another question: spend by the wrong rule, and compare errors.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import sympy as sp

from imagination.quantities import L, L_pi, gamma
from imagination.results.budget import claims
from imagination.results.budget.systems import errors_of, relative_bound
from imagination.results.budget.trial import TRIALS, WORLD, off
from imagination.trials.trial import Mutant, mutation_scores, put, swap, times

__all__ = ["GRID", "MUTANTS", "regret", "scores", "spend_by"]

GRID = np.linspace(-60, 60, 49)
"""Log-odds among which a wrong rule's own split is bracketed."""


def _in_multiplier(name: str, wrong: Callable[[sp.Expr], sp.Expr]) -> Mutant:
    """Theorem 1 with a wrong function of the world's constants in the place of D."""
    return Mutant(name, claims.RATIO, put(claims.D, wrong(claims.MULTIPLIER.expression)), brings=WORLD)


_a, _b, _D = claims.alpha, claims.beta, claims.D
_errors = claims.eps_d / claims.eps_r
_prices = claims.c_r / claims.c_d
_whole, _slower = claims.B / claims.c_d, _a / _b - claims.growth

MUTANTS: tuple[Mutant, ...] = (
    Mutant("exponents swapped", claims.RATIO, times((_b / _a) ** 2)),
    Mutant("exponents forgotten", claims.RATIO, times(_b / _a)),
    Mutant("only the dynamics' exponent", claims.RATIO, times(_b)),
    Mutant("1 + exponent for exponent", claims.RATIO, times((1 + _a) * _b / (_a * (1 + _b)))),
    Mutant("prices inverted", claims.RATIO, times(_prices**-2)),
    Mutant("prices forgotten", claims.RATIO, times(1 / _prices)),
    Mutant("errors swapped", claims.RATIO, times(_errors**-2)),
    Mutant("errors forgotten", claims.RATIO, times(1 / _errors)),
    Mutant("square roots of the errors", claims.RATIO, times(1 / sp.sqrt(_errors))),
    Mutant("D missing", claims.RATIO, times(1 / _D)),
    Mutant("D inverted", claims.RATIO, times(1 / _D**2)),
    _in_multiplier("D without its gamma", lambda D: D / gamma),
    _in_multiplier("1/(1 - gamma) left in D", lambda D: D / (1 - gamma)),
    _in_multiplier("policy forgotten in D's slope", lambda D: D / (1 + L_pi)),
    _in_multiplier("growth of state errors forgotten in D", lambda D: D * (1 - gamma * L)),
    _in_multiplier("L_f for L in D", lambda D: D.subs(L_pi, 0) * (1 + L_pi)),
    Mutant("prices multiplied in", claims.SPENDING, times(_prices)),
    Mutant("spending by the errors alone", claims.SPENDING, times(_b / _a)),
    Mutant("1 + alpha and 1 + beta swapped", claims.REWARDS_FOR, swap(_a, _b)),
    Mutant("amplitudes swapped", claims.REWARDS_FOR, swap(claims.A_d, claims.A_r)),
    Mutant("proportional to N_dyn", claims.REWARDS_FOR, times(claims.N_d ** ((_b - _a) / (1 + _b)))),
    Mutant("alpha for 1 + alpha", claims.EQUAL_EXPONENTS, lambda right: right ** ((1 + _a) / _a)),
    Mutant("root forgotten", claims.EQUAL_EXPONENTS, lambda right: right ** (1 + _a)),
    Mutant("1 + alpha and 1 + beta swapped", claims.FEW_REWARDS, swap(_a, _b)),
    Mutant("alpha/beta for (1 + alpha)/(1 + beta)", claims.FEW_REWARDS, times(_whole**_slower)),
    Mutant("floors left in the errors", claims.FLOORED_RATIO, put({claims.f_d: 0, claims.f_r: 0})),
    Mutant("only the dynamics' floor taken off", claims.FLOORED_RATIO, put({claims.f_r: 0})),
    Mutant("floors added", claims.FLOORED_RATIO, put({claims.f_d: -claims.f_d, claims.f_r: -claims.f_r})),
)
"""In the order of the claims."""


def spend_by(mutant: Mutant, table: pd.DataFrame) -> np.ndarray:
    """Return the log-odds of the dynamics' share when the budget is split so that a mutant holds.

    NaN where it holds for no split.
    """
    columns = {name: table[name].to_numpy()[:, None] for name in table.columns if name != "family"}

    def missed(log_odds: np.ndarray) -> np.ndarray:
        eps_dyn, eps_rew = errors_of(table, log_odds)
        split = {
            "N_dyn": columns["budget"] / columns["c_dyn"] / (1 + np.exp(-log_odds)),
            "N_rew": columns["budget"] / columns["c_rew"] / (1 + np.exp(log_odds)),
            "eps_dyn": eps_dyn,
            "eps_rew": eps_rew,
        }
        return off(mutant.claim.statement, columns | split)

    tried = missed(np.broadcast_to(GRID, (len(table), len(GRID))))
    turns = np.diff(np.sign(tried), axis=1) != 0
    first = turns.argmax(axis=1)
    low, high = GRID[first][:, None], GRID[first + 1][:, None]
    rising = missed(high) > missed(low)
    for _ in range(60):
        middle = (low + high) / 2
        above = (missed(middle) > 0) == rising
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(turns.any(axis=1), ((low + high) / 2)[:, 0], np.nan)


def regret(mutant: Mutant, table: pd.DataFrame) -> np.ndarray:
    """Return how much more error spending by a mutant leaves, as a share of the optimum's bound.

    NaN where it holds for no split.
    """
    split = spend_by(mutant, table)
    able = np.isfinite(split)
    rows = table[able]
    dyn, rew = errors_of(rows, split[able])
    per_dyn, per_rew = relative_bound(rows)
    found = np.full(len(table), np.nan)
    found[able] = (per_dyn * dyn + per_rew * rew) / rows["bound"].to_numpy() - 1
    return found


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """Return how a trial catches every mutant, and what believing it would cost.

    Returns
    -------
    DataFrame
        As `imagination.trials.trial.mutation_scores`, and: `wrong by` (median factor by which the mutant
        misses where the claim speaks), `median regret` and `largest regret` (error that spending by it leaves
        above the optimum, as a share of the optimum's bound).
    """
    tried = {trial.claim: trial for trial in TRIALS}
    rows = []
    for mutant in MUTANTS:
        spoken = table[tried[mutant.of].spoken_of(table)]
        missed = off(mutant.claim.statement, spoken)
        if mutant.of.relation == "==":
            missed = np.abs(missed)
        cost = regret(mutant, spoken)
        rows.append(
            {
                "wrong by": float(np.exp(max(np.median(missed), 0))),
                "median regret": float(np.nanmedian(cost)),
                "largest regret": float(np.nanmax(cost)),
            }
        )
    return mutation_scores(TRIALS, MUTANTS, table).join(pd.DataFrame(rows))
