"""Computations for the exercises of *Differences and slopes*."""

from imagination.results.slopes.claims import PATHWISE

LOOP = {"gamma": 0.9, "loop": 0.5, "paid": 1.0, "bend": 0.0, "paid_bend": 0.0, "slope_rew": 0.0}
"""The loop of the exercise on slopes, whose world does not bend."""


def steep(slope: float = 0.01, push: float = 1.0, value: float = 0.3) -> float:
    """By how much the gradient through the learned loop may be wrong."""
    return float(PATHWISE.evaluate(**LOOP, push=push, slope_dyn=slope, eps_dyn=value))
