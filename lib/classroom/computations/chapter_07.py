"""Computations for the exercises of *Splitting the budget*."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from imagination.decide.allocation import allocate, elasticities
from imagination.decide.planner import plan, read_pilot
from imagination.records import folder
from imagination.results.budget import claims, trial
from imagination.results.budget.mutants import regret
from imagination.trials.trial import Mutant

PROBLEM: dict[str, Any] = {**trial.REPORTED, "c_dyn": 1.0, "c_rew": 1.0, "budget": 1e6, "multiplier": 1.0}


def labels(price: float) -> float:
    """How many labels to buy at a price."""
    return allocate(**PROBLEM | {"c_rew": price}).N_rew


def elasticity(quantity: str) -> float:
    """That of a number of samples in the price of a label."""
    return getattr(elasticities(**PROBLEM)["c_rew"], quantity)


@cache
def outcome_without_seeds() -> str:
    """What the planner does with a pilot whose worlds are unknown."""
    pilot = read_pilot(folder() / "pilot.csv").drop(columns="seed")
    rng = np.random.default_rng(0)
    try:
        plan(pilot, budget=1e6, cost_dyn=1, cost_rew=5, multiplier=3, rng=rng)
    except ValueError:
        return "refused"
    return "planned"


def rule(power: int = 2) -> Mutant:
    """Spending in proportion to a power of the errors."""
    errors = claims.D * claims.eps_d / claims.eps_r
    return Mutant(f"power {power}", claims.SPENDING, lambda right: errors**power)


def always_caught(table: pd.DataFrame) -> bool:
    """Whether every problem refutes the colleague's rule."""
    return bool(trial.SPENDING.refuted(table, rule()).all())


def price(table: pd.DataFrame, quantile: float, power: int = 2) -> float:
    """The additional error of a rule, as a share, at a quantile of the problems."""
    return np.nanquantile(regret(rule(power), table), quantile)
