"""Computations for the exercises of *Baselines, critics and groups*."""

import numpy as np

from imagination.results.group.claims import FOUR
from imagination.studies.groups import weight

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
