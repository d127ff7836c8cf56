"""What each of a model's errors did to the return: an identity along real episodes, and its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["PARTS", "OneStep", "Parts"]

PARTS = ("reward", "dynamics", "termination")


@dataclass(frozen=True, eq=False)
class OneStep:
    """What the model says at every logged transition, asked from the logged state with the logged action.

    Attributes
    ----------
    state : ndarray (n, d) or None
        Predicted next states; None where the model predicts none.
    reward : ndarray (n,)
    proceed : ndarray (n,)
        Probability that the world goes on.
    """

    state: np.ndarray | None
    reward: np.ndarray
    proceed: np.ndarray


@dataclass(frozen=True, eq=False)
class Parts:
    """Returns and the parts of their gap (imagined less real), for each of E episodes.

    Attributes
    ----------
    episodes : ndarray (E,) of int
        Which episodes are long enough for the longest horizon, or ended in the world before.
    horizons : ndarray (h,) of int
        Increasing; the last one is H.
    real, imagined : ndarray (E, h)
        Discounted returns by horizon.
    by_horizon : dict of str to ndarray (E, h)
        The part of the gap for each of `PARTS`; for a deterministic model that is asked at every step they
        add up to ``imagined - real``, to rounding.
    by_step : dict of str to ndarray (E, H)
        The discounted contribution of step t to the part at horizon H.
    asked : ndarray (E, H)
        Whether a step was asked (all, or an unbiased sample that is weighted up).
    """

    episodes: np.ndarray
    horizons: np.ndarray
    real: np.ndarray
    imagined: np.ndarray
    by_horizon: dict[str, np.ndarray]
    by_step: dict[str, np.ndarray]
    asked: np.ndarray
