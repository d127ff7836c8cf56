"""The optimal split of a budget beside SciPy's minimisers."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.optimize.elementwise import find_minimum

from benchmarks.timing import Case
from imagination.decide.allocation import allocate

ONE_BY_ONE = 300


def cases(quick: bool, generator: np.random.Generator) -> list[Case]:
    """A million problems, as many as SciPy's vectorised search can bear, and a few in a loop.

    The contenders agree on the logarithm of the error, which is what they minimise.
    """
    shrink = 10 if quick else 1
    million, many, few = (
        problems(count, generator) for count in (1_000_000 // shrink, 50_000 // shrink, ONE_BY_ONE)
    )
    return [
        Case(f"split, {len(million['budget'])} problems", {"imagination": lambda: log_error(million)}),
        Case(
            f"split, {len(many['budget'])} problems",
            {"imagination": lambda: log_error(many), "SciPy, at once": lambda: searched(many)},
        ),
        Case(
            f"split, {len(few['budget'])} problems",
            {"imagination": lambda: log_error(few), "SciPy, one by one": lambda: searched_one_by_one(few)},
        ),
    ]


def problems(count: int, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Random problems whose constants span many powers of ten."""
    spans = {"A_dyn": (-3, 3), "A_rew": (-3, 3), "c_dyn": (-3, 3), "c_rew": (-3, 3), "budget": (-3, 15)}
    made = {name: 10 ** generator.uniform(*span, count) for name, span in spans.items()}
    made["multiplier"] = 10 ** generator.uniform(-9, 9, count)
    return made | {name: generator.uniform(0.02, 2, count) for name in ("alpha", "beta")}


def log_error(problem: dict[str, np.ndarray]) -> np.ndarray:
    """Ours."""
    return np.log(allocate(**problem).error)


def objective(log_odds: np.ndarray, *constants: np.ndarray) -> np.ndarray:
    """The logarithm of the weighted error, of the log-odds of the dynamics' share; written for the search."""
    budget, multiplier, c_dyn, c_rew, A_dyn, A_rew, alpha, beta = constants
    N_dyn = budget / c_dyn / (1 + np.exp(-log_odds))
    N_rew = budget / c_rew / (1 + np.exp(log_odds))
    return np.log(multiplier * A_dyn * N_dyn**-alpha + A_rew * N_rew**-beta)


_ORDER = ("budget", "multiplier", "c_dyn", "c_rew", "A_dyn", "A_rew", "alpha", "beta")


def searched(problem: dict[str, np.ndarray]) -> np.ndarray:
    """SciPy's vectorised bracketed search, from the best of a coarse grid; where it finds no bracket because
    the error is flat there, the grid's best.
    """
    constants = tuple(problem[name] for name in _ORDER)
    grid = np.linspace(-300, 300, 61)
    coarse = np.array([objective(u, *constants) for u in grid])
    middle = np.clip(np.argmin(coarse, axis=0), 1, len(grid) - 2)
    bracket = tuple(grid[middle + step] for step in (-1, 0, 1))
    found = find_minimum(objective, bracket, args=constants)
    return np.where(found.success, found.f_x, coarse.min(axis=0))


def searched_one_by_one(problem: dict[str, np.ndarray]) -> np.ndarray:
    """What most would write."""
    rows = zip(*(problem[name] for name in _ORDER), strict=True)
    return np.array(
        [minimize_scalar(objective, bounds=(-300, 300), args=row, method="bounded").fun for row in rows]
    )
