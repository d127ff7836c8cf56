"""Theorem 1 on trial: optima found by trying splits, against what the claims say of the optimum.

The search (`imagination.results.budget.systems`) knows Lemma 1's bound and nothing of Theorem 1. At its
optimum each claim must hold, to the accuracy to which the optimum is known, and `allocate` must do no worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp

from imagination.claim import Claim
from imagination.decide import allocation
from imagination.quantities import GAMMA, LIP_F, LIP_PI, LIP_R
from imagination.results.budget import claims
from imagination.results.budget.systems import (
    CONSTANTS,
    FAMILIES,
    REPORTED,
    best_split,
    draw,
    relative_bound,
)
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial

__all__ = [
    "REPORTED",
    "SCALES",
    "SPENDING",
    "TRIALS",
    "WORLD",
    "along",
    "off",
    "price_of_multiplier",
    "run",
    "summary",
    "trial",
    "value",
    "violations",
]

SCALES = {"quick": 250, "full": 2500}
"""Problems of each family."""

WORLD = (GAMMA, LIP_F, LIP_R, LIP_PI)
"""Constants that make the multiplier."""

COLUMNS: dict[sp.Symbol, str] = {
    q.symbol: q.code
    for q in (*claims.INPUTS, *claims.PLAN, claims.BUDGET_B, *claims.FLOORS, *claims.ERRORS, *WORLD)
}
"""Which column of a trial each symbol stands for."""

PRECISION = 1e-12
"""Bounds that differ by less than this share are equal: rounding of double precision."""

_PROBLEM = [*allocation.INPUTS, "floor_dyn", "floor_rew"]


def trial(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw problems of one family and find their optima: one row a problem.

    Columns: `family`, what the problem is made of, `multiplier`, the optimum as
    `imagination.results.budget.systems.best_split` returns it, and `excess`, by how much the split of
    `allocate` is worse than the optimum (share of the bound; negative: better). `doubt` allows for the digits
    that subtracting a floor costs.
    """
    problems = draw(configuration["family"], rng, configuration["size"])
    per_dyn, per_rew = relative_bound(problems)
    problems["multiplier"] = claims.MULTIPLIER.evaluate(**{name: problems[name] for name in CONSTANTS})
    table = pd.concat([problems, best_split(problems)], axis=1)
    table["doubt"] += 4 * np.finfo(float).eps * digits_lost(table).clip(upper=1e8)
    split = allocation.allocate(**{name: table[name].to_numpy() for name in _PROBLEM})
    table["excess"] = (per_dyn * split.eps_dyn + per_rew * split.eps_rew) / table["bound"] - 1
    return table


def digits_lost(table: pd.DataFrame) -> pd.Series:
    """Return by what factor rounding grows when the floors are subtracted from the errors."""
    return table["eps_dyn"] / table["above_dyn"] + table["eps_rew"] / table["above_rew"]


def run(
    scale: str = "quick", *, seed: int = 0, workers: int | None = 1, only: Sequence[int] | None = None
) -> pd.DataFrame:
    """Run the trial: problems of all families.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    configurations = [{"family": family, "size": SCALES[scale]} for family in FAMILIES]
    return sweep(trial, configurations, seed=seed, workers=workers, only=only, progress=False)


def value(expression: sp.Expr, table: Mapping[str, Any] | pd.DataFrame) -> np.ndarray:
    """Evaluate an expression in the claims' symbols on named columns or numbers, which broadcast."""
    symbols, function = _compiled(expression)
    return np.asarray(function(*(np.asarray(table[COLUMNS[symbol]]) for symbol in symbols)))


@cache
def _compiled(expression: sp.Expr) -> tuple[list[sp.Symbol], Callable[..., Any]]:
    symbols = sorted(expression.free_symbols, key=str)
    return symbols, sp.lambdify(symbols, expression, "numpy")


def off(statement: sp.Rel, table: Mapping[str, np.ndarray] | pd.DataFrame) -> np.ndarray:
    """Return log(left side / right side) of a statement in the claims' symbols, for the splits in a table."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        left, right = (value(side, table) for side in (statement.lhs, statement.rhs))
        return np.log(left / right)


# -- the claims at the optima --------------------------------------------------------------------------------


def _at_optimum(claim: Claim, **options: Any) -> Trial:
    return Trial(claim, run, lambda table: value(claim.quantity, table), tolerance="doubt", **options)


SPENDING = _at_optimum(claims.SPENDING)

TRIALS: tuple[Trial, ...] = (
    _at_optimum(claims.RATIO),
    SPENDING,
    _at_optimum(claims.REWARDS_FOR),
    _at_optimum(claims.EQUAL_EXPONENTS, speaks=lambda table: table["alpha"] == table["beta"]),
    _at_optimum(
        claims.FEW_REWARDS,
        speaks=lambda table: claims.MANY_REWARDS.applies(**table[[*claims.MANY_REWARDS.arguments]]),
        unit="N_rew",
    ),
    _at_optimum(claims.MANY_REWARDS, unit="N_rew"),
    _at_optimum(
        claims.FLOORED_RATIO, speaks=lambda table: (table["floor_dyn"] > 0) & (digits_lost(table) < 1e8)
    ),
)
"""What is tried at each optimum. How far it may miss is the problem's own doubt."""


def _refuted(table: pd.DataFrame) -> np.ndarray:
    """Which problems refute a claim, or have a split by `allocate` that is off, (n,)."""
    return np.any([tried.refuted(table) for tried in TRIALS] + [table["excess"].abs() > PRECISION], axis=0)


def violations(table: pd.DataFrame) -> pd.DataFrame:
    """Return the problems that refute a claim, or for which `allocate` is off."""
    return table[_refuted(table)]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return, by family: problems, violations, the largest miss of each claim and the largest excess.

    A miss is the share by which a claim is off: 0 where a bound holds, NaN where a claim does not speak.
    """
    misses = {tried.claim.name: tried.excess(table).clip(min=0) for tried in TRIALS}
    counts = {"problems": 1, "violations": _refuted(table)}
    found = pd.DataFrame({"family": table["family"], **counts, **misses, "allocate": table["excess"]})
    how = {name: "sum" if name in counts else "max" for name in found.columns[1:]}
    return found.groupby("family", sort=False).agg(how)


# -- what splits leave ---------------------------------------------------------------------------------------


def along(shares: Any, **problem: float) -> pd.DataFrame:
    """Return what all splits of one problem's budget leave.

    Parameters
    ----------
    shares : array_like
        Shares of the budget for the dynamics, between 0 and 1.
    **problem : float
        `A_dyn`, `alpha`, `A_rew`, `beta`, `c_dyn`, `c_rew`, `budget`, `multiplier`, as for
        `imagination.decide.allocation.allocate`.

    Returns
    -------
    DataFrame
        Columns `share`, `dynamics` and `reward` (both parts of the error), `error` (their sum),
        `gain dynamics` and `gain reward` (error that one more percent of the budget would remove there).

    Raises
    ------
    ValueError
        If a share is not between 0 and 1.
    """
    share = np.atleast_1d(np.asarray(shares, dtype=float))
    if not ((share > 0) & (share < 1)).all():
        raise ValueError(f"shares: between {share.min():g} and {share.max():g}; need them between 0 and 1")
    budget = problem["budget"]
    bought = {"N_dyn": share * budget / problem["c_dyn"], "N_rew": (1 - share) * budget / problem["c_rew"]}
    parts = {
        "dynamics": claims.D * claims.eps_d,
        "reward": claims.eps_r,
        "error": claims.error(claims.N_d, claims.N_r),
        "gain dynamics": claims.STATIONARY.relation.lhs,
        "gain reward": claims.STATIONARY.relation.rhs,
    }
    table = pd.DataFrame(
        {"share": share} | {name: value(part, problem | bought) for name, part in parts.items()}
    )
    table[["gain dynamics", "gain reward"]] *= budget / 100
    return table


def price_of_multiplier(
    factors: Any,
    budgets: Any,
    *,
    multiplier: float = 1.0,
    c_dyn: float = 1.0,
    c_rew: float = 1.0,
    laws: Mapping[str, float] = REPORTED,
) -> pd.DataFrame:
    """Return how much more error a wrong multiplier costs.

    Parameters
    ----------
    factors, budgets : array_like
        By what the multiplier is wrong, and the budgets [unit of cost]; every pair is tried.
    multiplier : float
        The true one.
    c_dyn, c_rew : float
        Cost of a sample [unit of cost].
    laws : mapping
        `A_dyn`, `alpha`, `A_rew`, `beta`; floors would only dilute the price.

    Returns
    -------
    DataFrame
        Columns `budget`, `factor`, `share` (of the budget for the dynamics, planned with the wrong
        multiplier), `regret` (error above the optimum's, as a share of it).
    """
    budget, factor = (a.ravel() for a in np.meshgrid(budgets, factors, indexing="ij"))
    problem = {**laws, "c_dyn": c_dyn, "c_rew": c_rew, "budget": budget}
    best = allocation.allocate(**problem, multiplier=multiplier)
    wrong = allocation.allocate(**problem, multiplier=multiplier * factor)
    spent = {**laws, "multiplier": multiplier, "N_dyn": wrong.N_dyn, "N_rew": wrong.N_rew}
    error = value(claims.error(claims.N_d, claims.N_r), spent)
    return pd.DataFrame(
        {
            "budget": budget,
            "factor": factor,
            "share": wrong.N_dyn * c_dyn / budget,
            "regret": error / best.error - 1,
        }
    )
