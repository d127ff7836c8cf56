"""Intervals of expectations, from independent episodes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from imagination import checks
from imagination.checks import finite, numeric
from imagination.decide.planner import Estimate

__all__ = ["estimate", "means", "table", "welch"]


SHRUNK = 6.0
"""The skewness of n values is too small by 1 + 6/n, measured on gamma distributions of many shapes."""


@numeric
def means(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means over episodes, and intervals that hold the expectations with probability `level`.

    The interval is the smallest that holds two: Student's, which is right for symmetric returns of any tail,
    and Student's after Hall's cubic transformation, which takes the skewness of the mean out. Either alone
    fails where the other is right. What no episode of the log shows (a rare end of the world), no interval
    can hold.

    Parameters
    ----------
    values : ndarray (E, ...)
        One for each of E episodes. With one episode the intervals are infinite.
    level : float

    Returns
    -------
    mean, low, high : ndarray (...)

    Raises
    ------
    ValueError
        If there is no episode, a value is not finite, or `level` is no probability.
    """
    level, values = checks.level(level), _of_episodes("values", values)
    count = len(values)
    mean = values.mean(axis=0)
    if count < 2:
        return mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf)
    centred = values - mean
    variance = (centred**2).mean(axis=0)
    error = np.sqrt(variance / (count - 1))
    quantile = stats.t.ppf((1 + level) / 2, count - 1)
    low, high = mean - quantile * error, mean + quantile * error
    if count < 3:
        return mean, low, high
    with np.errstate(all="ignore"):
        skewness = (centred**3).mean(axis=0) / variance**1.5 * np.sqrt(count * (count - 1)) / (count - 2)
    bend = skewness * (1 + SHRUNK / count) / np.sqrt(count)
    bent = np.isfinite(bend) & (np.abs(bend) > 1e-6)
    bend = np.where(bent, bend, 1.0)

    def unbent(t: float) -> np.ndarray:
        return (np.cbrt(1 + bend * (t - bend / 6)) - 1) * 3 / bend

    low = np.where(bent, np.minimum(low, mean - error * unbent(quantile)), low)
    high = np.where(bent, np.maximum(high, mean - error * unbent(-quantile)), high)
    return mean, low, high


def table(values: dict[str, np.ndarray], level: float) -> pd.DataFrame:
    """Means over episodes of several quantities (E, h), a row for each of h, each with `_low` and `_high`."""
    columns: dict[str, np.ndarray] = {}
    for name, of_episodes in values.items():
        ends = means(of_episodes, level)
        columns |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    return pd.DataFrame(columns)


def estimate(values: np.ndarray, level: float) -> Estimate:
    """The mean of one value for each episode, (E,), with its interval."""
    if np.ndim(values) != 1:
        raise ValueError(f"values must have shape (E,), got {np.shape(values)}")
    return Estimate(*(float(number) for number in means(values, level)))


@numeric
def welch(one: np.ndarray, other: np.ndarray, level: float) -> Estimate:
    """Difference of two means over episodes that have nothing to do with each other, by Welch's t."""
    level, one, other = checks.level(level), _of_episodes("one", one), _of_episodes("other", other)
    if one.ndim > 1 or other.ndim > 1:
        raise ValueError(f"one and other must have one axis, got shapes {one.shape} and {other.shape}")
    difference = float(one.mean() - other.mean())
    if min(len(one), len(other)) < 2:
        return Estimate(difference, -np.inf, np.inf)
    of_one, of_other = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
    both = of_one + of_other
    if both == 0:
        return Estimate(difference, difference, difference)
    freedom = both**2 / (of_one**2 / (len(one) - 1) + of_other**2 / (len(other) - 1))
    half = float(stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(both))
    return Estimate(difference, difference - half, difference + half)


def _of_episodes(name: str, values: np.ndarray) -> np.ndarray:
    values = finite(name, values)
    if not values.ndim or not len(values):
        raise ValueError(f"{name} must have an episode or more on its first axis, got shape {values.shape}")
    return values
