"""Computations for the exercises of *Where these bounds come from*."""

from math import sqrt

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
