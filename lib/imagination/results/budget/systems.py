"""The best split of a sampling budget by trying splits, knowing nothing of Theorem 1.

Random problems of any size, and their optima from values of Lemma 1's bound alone: a grid over all splits,
made finer around its lowest point again and again. No derivative, no convexity, no formula of the optimum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.results.return_gap import claims as return_gap

__all__ = [
    "CONSTANTS", "FAMILIES", "PARAMETERS", "REPORTED", "best_split", "draw", "errors_of", "relative_bound",
]  # fmt: skip

CONSTANTS = ("gamma", "L_f", "L_r", "L_pi")
PARAMETERS = (
    "A_dyn", "alpha", "floor_dyn", "A_rew", "beta", "floor_rew", "c_dyn", "c_rew", "budget", *CONSTANTS,
)  # fmt: skip
"""What a problem is made of, as columns of a table of problems."""

REPORTED = {"A_dyn": 0.34, "alpha": 0.11, "A_rew": 90.4, "beta": 0.96}
"""The two laws that [TSGLH26, §4.1] reports."""

REACH = 80.0
"""Splits are tried from exp(-REACH) : 1 to 1 : exp(-REACH)."""

COARSE, FINE, ROUNDS = 641, 33, 11
"""Splits tried first, splits tried in each refinement, and refinements: the last grid is 1e-13 wide."""

CHUNK = 500
"""Problems solved at a time, for the sake of memory."""

DIGITS = np.finfo(np.longdouble).eps
"""Values are computed with 64 bits: a minimum is known to about the square root of their precision."""


def _orders(low: float, high: float) -> Callable[[np.random.Generator, int], np.ndarray]:
    return lambda rng, size: 10 ** rng.uniform(low, high, size)


def _generic(rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Laws, prices, budgets and worlds over several orders of magnitude."""
    gamma = rng.uniform(0.1, 0.98, size)
    L_pi = rng.uniform(0, 3, size)
    return {
        "A_dyn": _orders(-2, 3)(rng, size),
        "alpha": _orders(-1.3, 0.3)(rng, size),
        "floor_dyn": np.zeros(size),
        "A_rew": _orders(-2, 3)(rng, size),
        "beta": _orders(-1.3, 0.3)(rng, size),
        "floor_rew": np.zeros(size),
        "c_dyn": _orders(-2, 2)(rng, size),
        "c_rew": _orders(-2, 2)(rng, size),
        "budget": _orders(2, 12)(rng, size),
        "gamma": gamma,
        "L_f": rng.uniform(0, 0.98, size) / gamma / (1 + L_pi),
        "L_r": _orders(-2, 2)(rng, size),
        "L_pi": L_pi,
    }


def _equal(rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Both errors fall with the same exponent: the case with a closed form."""
    problem = _generic(rng, size)
    return problem | {"beta": problem["alpha"].copy()}


def _floors(rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Neither error falls below a floor of its own."""
    problem = _generic(rng, size)
    for which in ("dyn", "rew"):
        problem[f"floor_{which}"] = problem[f"A_{which}"] * 10 ** rng.uniform(-4, 0, size)
    return problem


def _reported(rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """The two laws that [TSGLH26] reports, in random worlds, at random prices and budgets."""
    return _generic(rng, size) | {name: np.full(size, value) for name, value in REPORTED.items()}


FAMILIES: dict[str, Callable[[np.random.Generator, int], dict[str, np.ndarray]]] = {
    "generic": _generic,
    "equal exponents": _equal,
    "floors": _floors,
    "reported laws": _reported,
}
"""The kinds of problems of the trial."""


def draw(family: str, rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Draw problems of one family: a table with the columns `family` and `PARAMETERS`.

    Raises
    ------
    ValueError
        If there is no such family, or no problem is asked for.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    if size < 1:
        raise ValueError(f"size: {size}; need a problem or more")
    return pd.DataFrame({"family": family, **FAMILIES[family](rng, size)})


def relative_bound(problems: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what Lemma 1's bound charges for one unit of each error, dynamics first.

    The bound is linear in the errors, so two values of it say everything.
    """
    constants = {name: problems[name].to_numpy() for name in CONSTANTS}
    one, none = np.ones(len(problems)), np.zeros(len(problems))
    return (
        np.asarray(return_gap.bound(**constants, eps_dyn=one, eps_rew=none)),
        np.asarray(return_gap.bound(**constants, eps_dyn=none, eps_rew=one)),
    )


def errors_of(problems: pd.DataFrame, log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both errors when the budget is split with these log-odds of the dynamics' share.

    Parameters
    ----------
    problems : DataFrame
        n problems.
    log_odds : array, shape (n,) or (n, k)
        log(share of the dynamics / share of the reward), k splits of each problem.

    Returns
    -------
    eps_dyn, eps_rew : arrays of the shape of `log_odds`
    """
    errors = []
    for which, exponent, odds in (("dyn", "alpha", log_odds), ("rew", "beta", -log_odds)):
        names = (f"A_{which}", exponent, f"floor_{which}", f"c_{which}", "budget")
        columns = (problems[name].to_numpy().astype(log_odds.dtype) for name in names)
        A, power, floor, cost, budget = (c[:, None] if log_odds.ndim == 2 else c for c in columns)
        log_samples = np.log(budget / cost) - np.logaddexp(log_odds.dtype.type(0), -odds)
        errors.append(A * np.exp(-power * log_samples) + floor)
    return errors[0], errors[1]


def best_split(problems: pd.DataFrame) -> pd.DataFrame:
    """Find the split with the smallest bound for each problem by trying splits.

    Parameters
    ----------
    problems : DataFrame
        As `draw` makes it.

    Returns
    -------
    DataFrame
        Columns `log_odds` (of the dynamics' share of the budget), `N_dyn`, `N_rew`, `eps_dyn`, `eps_rew`
        (floors included), `above_dyn`, `above_rew` (floors taken off), `bound` (Lemma 1's), and `doubt`: the
        log-odds are not known better than this, because the bound is flat to the last digit so far around.
    """
    parts = [_best_split(problems.iloc[i : i + CHUNK]) for i in range(0, len(problems), CHUNK)]
    return pd.concat(parts).set_index(problems.index)


def _best_split(problems: pd.DataFrame) -> pd.DataFrame:
    per_dyn, per_rew = (each.astype(np.longdouble)[:, None] for each in relative_bound(problems))
    without = problems.assign(floor_dyn=0.0, floor_rew=0.0)

    def falling(log_odds: np.ndarray) -> np.ndarray:
        """The bound without the floors, which no split changes: they would only cost digits."""
        dyn, rew = errors_of(without, log_odds)
        return per_dyn * dyn + per_rew * rew

    rows = np.arange(len(problems))
    middle = np.zeros((len(problems), 1), dtype=np.longdouble)
    reach, tried = REACH, COARSE
    for _ in range(ROUNDS + 1):
        grid = middle + np.linspace(-reach, reach, tried, dtype=np.longdouble)
        middle = grid[rows, np.argmin(falling(grid), axis=1)][:, None]
        reach, tried = 2 * 2 * reach / (tried - 1), FINE
    odds = middle[:, 0]
    found = {"log_odds": odds}
    for cost, sign in (("c_dyn", 1), ("c_rew", -1)):
        share = np.exp(-np.logaddexp(np.longdouble(0), -sign * odds))
        found[cost.replace("c_", "N_")] = problems["budget"].to_numpy() / problems[cost].to_numpy() * share
    found["eps_dyn"], found["eps_rew"] = errors_of(problems, odds)
    found["above_dyn"], found["above_rew"] = errors_of(without, odds)
    found["bound"] = per_dyn[:, 0] * found["eps_dyn"] + per_rew[:, 0] * found["eps_rew"]
    found["doubt"] = _doubt(falling, middle)
    return pd.DataFrame({name: values.astype(float) for name, values in found.items()})


def _doubt(value: Callable[[np.ndarray], np.ndarray], middle: np.ndarray) -> np.ndarray:
    """How far from a minimum one must go for the value to change by more than its rounding."""
    step = np.longdouble(1e-2)
    left, low, right = (value(middle + shift)[:, 0] for shift in (-step, 0 * step, step))
    curvature = np.maximum((left + right - 2 * low) / step**2 / low, DIGITS)
    return np.sqrt(1024 * DIGITS / curvature)
