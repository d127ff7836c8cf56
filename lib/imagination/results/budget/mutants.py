"""Planted wrong versions of Theorem 1: would the trial have noticed?

Each is made from a claim's own expression by the kind of slip that a derivation invites. A problem of the
trial *catches* a version if, at the optimum that was found by trying splits, the version is off by more than
the optimum is in doubt. What it would cost to believe it is another question: spend by the wrong rule, and
compare errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim
from imagination.results.budget import claims
from imagination.results.budget.systems import errors_of, relative_bound
from imagination.results.budget.trial import CLAIMS, applies, miss, off

__all__ = ["PLANTED", "Planted", "caught", "power", "regret", "spend_by"]

_WORLD = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI)
"""Constants that a wrong multiplier brings in."""

GRID = np.linspace(-60, 60, 49)
"""Log-odds among which a wrong rule's own split is bracketed."""


@dataclass(frozen=True)
class Planted:
    """A wrong version of one of the claims about the optimum.

    Attributes
    ----------
    name : str
        The slip.
    about : str
        The claim that it spoils, a key of `imagination.results.budget.trial.CLAIMS`.
    slip : callable
        Makes the wrong expression from the right one.
    """

    name: str
    about: str
    slip: Callable[[sp.Expr], sp.Expr]

    @property
    def right(self) -> Claim:
        """The claim that is spoiled."""
        return CLAIMS[self.about]

    @cached_property
    def claim(self) -> Claim:
        """The wrong claim."""
        right = self.right
        wrong = self.slip(right.expression)
        new = tuple(q for q in _WORLD if q.symbol in wrong.free_symbols)
        return replace(
            right, name=f"{right.name} ({self.name})", expression=wrong, symbols=right.symbols + new
        )


def _times(factor: sp.Expr) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression * factor


def _put(changes: Mapping[sp.Expr, sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: expression.subs(changes, simultaneous=True)


def _multiplier(wrong: Callable[[sp.Expr], sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    """Put a wrong function of the constants in the place of D."""
    return lambda expression: expression.subs(claims.D, wrong(claims.MULTIPLIER.expression))


_a, _b, _D = claims.alpha, claims.beta, claims.D
_errors = claims.eps_d / claims.eps_r
_prices = claims.c_r / claims.c_d
_whole, _slower = claims.B / claims.c_d, _a / _b - claims.growth
_SWAP = {_a: _b, _b: _a}

PLANTED: tuple[Planted, ...] = (
    Planted("exponents swapped", "ratio", _times((_b / _a) ** 2)),
    Planted("exponents forgotten", "ratio", _times(_b / _a)),
    Planted("only the dynamics' exponent", "ratio", _times(_b)),
    Planted("1 + exponent for exponent", "ratio", _times((1 + _a) * _b / (_a * (1 + _b)))),
    Planted("prices inverted", "ratio", _times(_prices**-2)),
    Planted("prices forgotten", "ratio", _times(1 / _prices)),
    Planted("errors swapped", "ratio", _times(_errors**-2)),
    Planted("errors forgotten", "ratio", _times(1 / _errors)),
    Planted("square roots of the errors", "ratio", _times(1 / sp.sqrt(_errors))),
    Planted("D missing", "ratio", _times(1 / _D)),
    Planted("D inverted", "ratio", _times(1 / _D**2)),
    Planted("D without its gamma", "ratio", _multiplier(lambda D: D / w.gamma)),
    Planted("1/(1 - gamma) left in D", "ratio", _multiplier(lambda D: D / (1 - w.gamma))),
    Planted("policy forgotten in D's slope", "ratio", _multiplier(lambda D: D / (1 + w.L_pi))),
    Planted("growth of state errors forgotten in D", "ratio", _multiplier(lambda D: D * (1 - w.gamma * w.L))),
    Planted("L_f for L in D", "ratio", _multiplier(lambda D: D.subs(w.L_pi, 0) * (1 + w.L_pi))),
    Planted("prices multiplied in", "spending", _times(_prices)),
    Planted("spending by the errors alone", "spending", _times(_b / _a)),
    Planted("1 + alpha and 1 + beta swapped", "solution", _put(_SWAP)),
    Planted("amplitudes swapped", "solution", _put({claims.A_d: claims.A_r, claims.A_r: claims.A_d})),
    Planted("proportional to N_dyn", "solution", _times(claims.N_d ** ((_b - _a) / (1 + _b)))),
    Planted("alpha for 1 + alpha", "equal exponents", lambda right: right ** ((1 + _a) / _a)),
    Planted("root forgotten", "equal exponents", lambda right: right ** (1 + _a)),
    Planted("1 + alpha and 1 + beta swapped", "few rewards", _put(_SWAP)),
    Planted("alpha/beta for (1 + alpha)/(1 + beta)", "few rewards", _times(_whole**_slower)),
    Planted("floors left in the errors", "floored ratio", _put({claims.f_d: 0, claims.f_r: 0})),
    Planted("only the dynamics' floor taken off", "floored ratio", _put({claims.f_r: 0})),
    Planted("floors added", "floored ratio", _put({claims.f_d: -claims.f_d, claims.f_r: -claims.f_r})),
)
"""The planted versions, in the order of the claims."""


def caught(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return which problems of a trial refute a version: it is off by more than the optimum is in doubt."""
    too_far = miss(planted.claim.statement, table) > table["doubt"].to_numpy()
    return applies(planted.about, table) & too_far


def spend_by(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return the log-odds of the dynamics' share when the budget is split so that a wrong version holds.

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
        return off(planted.claim.statement, columns | split)

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


def regret(planted: Planted, table: pd.DataFrame) -> np.ndarray:
    """Return how much more error spending by a wrong version leaves, as a share of the optimum's bound.

    NaN where the version holds for no split.
    """
    split = spend_by(planted, table)
    able = np.isfinite(split)
    rows = table[able]
    dyn, rew = errors_of(rows, split[able])
    per_dyn, per_rew = relative_bound(rows)
    found = np.full(len(table), np.nan)
    found[able] = (per_dyn * dyn + per_rew * rew) / rows["bound"].to_numpy() - 1
    return found


def power(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of all planted versions and how a trial catches them.

    Parameters
    ----------
    table : DataFrame
        A trial, as `imagination.results.budget.trial.run` returns it.

    Returns
    -------
    DataFrame
        A row for each version: `about`, `planted`, `caught by` (how many problems), `share` of those that its
        claim speaks of, `wrong by` (median factor by which it misses), and the `median regret` and `largest
        regret` in error of spending by it, as shares of the optimum's bound.
    """
    return pd.DataFrame([_row(planted, table) for planted in PLANTED])


def _row(planted: Planted, table: pd.DataFrame) -> dict[str, object]:
    rows = table[applies(planted.about, table)]
    refuted = caught(planted, rows)
    cost = regret(planted, rows)
    return {
        "about": planted.about,
        "planted": planted.name,
        "caught by": int(refuted.sum()),
        "share": float(refuted.mean()),
        "wrong by": float(np.exp(np.median(miss(planted.claim.statement, rows)))),
        "median regret": float(np.nanmedian(cost)),
        "largest regret": float(np.nanmax(cost)),
    }
