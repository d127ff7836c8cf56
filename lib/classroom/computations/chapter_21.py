"""Computations for the exercises of *Where these bounds come from*."""

from math import sqrt

from imagination.results.lineage.claims import BOTH_IN_RANGE, CLASSICAL, LARGEST_MEAN, PER_TIME

GAMMA, NEWER, OLDER = 0.9, 0.5 + 0.4 * 0.8, 0.4 * 0.5
"""The discount, and the closed loop's constants of the exercise on a policy that looks back."""


def memory_of(older: float = OLDER, *, discounted: bool = True) -> float:
    """The chi of the closed loop."""
    return GAMMA * NEWER + GAMMA ** (2 if discounted else 1) * older


def price(memory: float | None = None) -> float:
    """What a surprise costs, by chi."""
    return GAMMA / (1 - (memory_of() if memory is None else memory))


def norm_price() -> float:
    """What it costs in the best norm."""
    return GAMMA / (1 - GAMMA * (NEWER + sqrt(NEWER**2 + 4 * OLDER)) / 2)


def classical() -> float:
    """The classical lemma at a total variation of 0.02, a discount of 0.95 and rewards in [0, 1]."""
    return float(CLASSICAL.evaluate(gamma=0.95, eps_dyn=0.02, eps_rew=0, width=1))


def tight() -> float:
    """The tight one, with both rewards in range."""
    return float(BOTH_IN_RANGE.evaluate(gamma=0.95, eps_dyn=0.02, eps_rew=0, common_width=1))


def per_time(error: float = 0.3) -> float:
    """The bound at each time, of an error at the first step alone."""
    drift = error * GAMMA / (1 - GAMMA)
    return float(PER_TIME.evaluate(gamma=GAMMA, eps_rew=0, width=1, drift=drift))


def largest(error: float = 0.3) -> float:
    """The bound by one number for all times."""
    return float(LARGEST_MEAN.evaluate(gamma=GAMMA, eps_mean=error, eps_rew=0, width=1))
