"""Computations for the exercises of *The bound on trial*."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import sympy as sp

from imagination.quantities import eps_dyn, gamma
from imagination.results.return_gap import trial
from imagination.results.return_gap.claims import LEMMA_1
from imagination.results.return_gap.systems import FAMILIES, draw
from imagination.rollouts import horizon_for, truncated_tail
from imagination.studies.looseness import FACTORS, factors
from imagination.trials.trial import Mutant

GAMMA, RANGE, BOUND = np.array([0.9]), np.array([2.0]), 5.0
"""One pair of worlds: discount, range of its rewards' differences, and its bound."""

ALL_FAMILIES = list(FAMILIES)


def spoiled(powers: int = 2) -> Mutant:
    """The colleague's bound: the dynamics' part times a power of gamma."""

    def slip(expression: sp.Expr) -> sp.Expr:
        reward_part = expression.subs(eps_dyn, 0)
        return reward_part + gamma**powers * (expression - reward_part)

    return Mutant(f"{powers} more gammas", LEMMA_1, slip)


def exceeded(table: pd.DataFrame, powers: int = 2) -> float:
    """By how much of Lemma 1's bound the worst pair exceeds it."""
    return float(np.nanmax(trial.TRIALS[0].excess(table, spoiled(powers))))


def refuting(table: pd.DataFrame) -> list[str]:
    """The families that refute it."""
    return list(table["family"][trial.TRIALS[0].refuted(table, spoiled())].unique())


def steps_for(tail: float, spread: np.ndarray = RANGE) -> int:
    """The smallest T with a tail as small as that."""
    return horizon_for(GAMMA, spread, np.array([tail]))


def share_of_tail(steps: int) -> np.ndarray:
    """The tail as a share of the bound."""
    return truncated_tail(GAMMA, steps, RANGE) / BOUND


@cache
def above_1() -> frozenset[str]:
    """The factors of looseness that exceed 1 in some world whose dynamics are learned exactly."""
    both = draw("learned networks", np.random.default_rng(0), 8)
    both = both.discounted(np.minimum(0.8, 0.8 / both.closed_loop()))
    exact = both.learned.swap(dynamics=both.real.dynamics)
    losses = factors(replace(both, learned=exact, eps_dyn=0 * both.eps_dyn), 80)[both.eps_rew > 0]
    return frozenset(name for name in FACTORS if losses[name].max() > 1 + 1e-6)


def share_helped(recorded: pd.DataFrame, than: str = "ratio") -> dict[str, float]:
    """For each family how often some choice of sides is better than one."""
    best = recorded[["ratio", "ratio_f_hat", "ratio_r_hat", "ratio_hat"]].max(axis=1)
    helped = best > recorded[than] * (1 + 1e-9)
    return helped.groupby(recorded["family"]).mean().to_dict()
