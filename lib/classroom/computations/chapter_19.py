"""Computations for the exercises of *Baselines, critics and groups*."""

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
