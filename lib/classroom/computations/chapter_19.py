"""Computations for the exercises of *Baselines, critics and groups*."""

import numpy as np

from imagination.results.group.claims import FOUR
from imagination.studies.groups import weight

BIAS, LINEAR, SQUARE = 0.2, 0.3, 1.0
"""The two steps of the exercise on the habit."""

GAMMA, MODEL, CRITIC = 0.95, 0.02, 0.5
"""The dream of the exercise on whom to trust."""


def two_steps(rollouts: float) -> float:
    """The best lambda of two steps."""
    return (rollouts * BIAS**2 - LINEAR) / (rollouts * BIAS**2 + SQUARE)


def habit(lam: float = 0.95) -> float:
    """The number of rollouts for which a lambda is the best."""
    return (LINEAR + lam * SQUARE) / ((1 - lam) * BIAS**2)


def most(lam: float) -> float:
    """The largest error of an advantage, but for the baseline."""
    return (MODEL + GAMMA * (1 - lam) * CRITIC) / (1 - GAMMA * lam)


HARD, EVEN = 0.01, 0.5
"""Chances of a yes of the two questions of the second exercise."""


def of_four(rate: float) -> float:
    """The weight of a question in groups of four."""
    return float(FOUR.evaluate(rate=rate))


def of_limit(rate: float) -> float:
    """The same for many answers."""
    return float(1 / np.sqrt(rate * (1 - rate)))


def twice() -> int:
    """From how many answers on the hard question weighs twice as much."""
    return next(count for count in range(2, 1000) if np.divide(*weight([HARD, EVEN], count)) >= 2)
