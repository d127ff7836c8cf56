"""How long a rollout can be trusted."""

from __future__ import annotations

from typing import Any

import numpy as np

from imagination.checks import broadcast, finite, floats, numeric

__all__ = ["NEAR", "NEGLIGIBLE", "SHARE", "default_horizons", "limit", "longest", "scale", "tolerance_from"]

SHARE = 0.2
"""The tolerance where none is given, as a share of the standard deviation of the real returns: what is called
a small effect."""

NEGLIGIBLE = 0.01
"""Horizons are not chosen longer than where the discount has fallen to this."""

NEAR = 0.05
"""An error that is larger by less than this share is as good in practice."""

STEPS = (1, 2, 3, 5, 7)


def longest(
    horizons: np.ndarray, low: np.ndarray, high: np.ndarray, tolerance: float | np.ndarray
) -> int | None:
    """The longest horizon up to which the gap is shown to stay within a tolerance.

    Horizons are tested from short to long, each by whether the gap's interval lies within ±tolerance, and
    the first failure ends it. In such a fixed sequence a wrong answer needs a wrong interval at the first
    horizon whose gap is too large, so that the probability of one is at most the interval's, however many
    horizons there are.

    Parameters
    ----------
    horizons : ndarray (h,)
        Increasing.
    low, high : ndarray (h,)
        Intervals of the gap; NaN shows nothing.
    tolerance : float or ndarray (h,)
        In units of return.

    Returns
    -------
    int or None
        None where not even the shortest horizon can be trusted.

    Raises
    ------
    ValueError
        If horizons do not increase, or shapes differ.
    """
    horizons, low, high, tolerance = _checked(horizons, low, high, tolerance)
    passed = _passed(low, high, tolerance)
    return int(horizons[passed - 1]) if passed else None


def limit(
    horizons: np.ndarray, low: np.ndarray, high: np.ndarray, tolerance: float | np.ndarray
) -> str | None:
    """What ends the trust where `longest` ends it, from the same arguments.

    Returns
    -------
    {"model", "log"} or None
        "model" if the next horizon's gap is shown to be beyond the tolerance; "log" if its interval is too
        wide to tell, so that more episodes may; None if no horizon fails.
    """
    horizons, low, high, tolerance = _checked(horizons, low, high, tolerance)
    passed = _passed(low, high, tolerance)
    if passed == len(horizons):
        return None
    return "model" if low[passed] > tolerance[passed] or high[passed] < -tolerance[passed] else "log"


def _checked(horizons: Any, low: Any, high: Any, tolerance: Any) -> tuple[np.ndarray, ...]:
    horizons = finite("horizons", horizons, least=1)
    if horizons.ndim != 1 or (np.diff(horizons) <= 0).any():
        raise ValueError(f"horizons must be one sequence that increases, got {horizons}")
    low = broadcast("low", floats("low", low), horizons.shape)
    high = broadcast("high", floats("high", high), horizons.shape)
    return (
        horizons,
        low,
        high,
        broadcast("tolerance", finite("tolerance", tolerance, least=0), horizons.shape),
    )


def _passed(low: np.ndarray, high: np.ndarray, tolerance: np.ndarray) -> int:
    return int(np.logical_and.accumulate((low >= -tolerance) & (high <= tolerance)).sum())


@numeric
def tolerance_from(real: np.ndarray) -> float | None:
    """`SHARE` of the spread of real returns (E,), where no tolerance is named; None if they are equal."""
    real = finite("real", real)
    if real.ndim != 1:
        raise ValueError(f"real must have shape (E,), got {real.shape}")
    spread = float(real.std(ddof=1)) if len(real) > 1 else 0.0
    return SHARE * spread if spread > 1e-12 * float(np.abs(real).max(initial=0.0)) else None


def default_horizons(length: np.ndarray, ended: np.ndarray, gamma: float) -> np.ndarray:
    """Horizons 1, 2, 3, 5, 7, 10, 20, … that a log can speak about, and the longest such.

    Nine of ten episodes that the log cuts reach the longest; it is no longer than the discount counts. Where
    every episode ended in the world, it is the longest episode's length.

    Parameters
    ----------
    length, ended : ndarray (E,)
        The episodes' lengths, and whether each ended in the world.
    gamma : float
    """
    cut = np.sort(length[~ended])
    last = int(cut[len(cut) // 10]) if len(cut) else int(length.max())
    if gamma < 1:
        counts = np.log(NEGLIGIBLE) / np.log(gamma) if gamma > 0 else 1.0
        last = min(last, max(1, int(np.ceil(counts))))
    return np.array([*scale(last), last])


def scale(last: int) -> list[int]:
    """1, 2, 3, 5, 7, 10, 20, … below `last`."""
    steps = [step * 10**power for power in range(len(str(last))) for step in STEPS]
    return [step for step in steps if step < last]
