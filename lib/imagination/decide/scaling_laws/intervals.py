"""Intervals from a bootstrap over few seeds: Student's t on the spread of its replicates.

Quantiles of a bootstrap behave as a normal's would: of three seeds, those for 95% hold 79%. With k seeds the
spread is known with k - 1 degrees of freedom, and so wide must the interval be.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, stdtrit

from imagination import checks
from imagination.checks import broadcast, floats, number

__all__ = ["LOGARITHMS", "SCALES", "Interval", "student", "students_factor"]

LOGARITHMS = (-700.0, 700.0)
"""Beyond these a logarithm has no number any more."""

SCALES = {
    "linear": (np.asarray, np.asarray),
    "log": (np.log, lambda x: np.exp(np.clip(x, *LOGARITHMS))),
    "log-odds": (logit, expit),
    "root": (np.sqrt, lambda x: np.maximum(x, 0) ** 2),
}
"""Scales on which an estimate scatters alike to both sides: there and back. None leaves what is possible."""


class Interval(NamedTuple):
    """An interval that should hold the true value with probability `level`."""

    low: float
    high: float
    level: float


@checks.numeric
def students_factor(level: float, freedom: float) -> float:
    """Return how many standard deviations an interval reaches to each side.

    Raises
    ------
    ValueError
        If `level` is no probability, or `freedom` is not positive.
    """
    level, freedom = checks.level(level), number("freedom", freedom, above=0)
    return float(stdtrit(freedom, (1 + level) / 2))


@checks.numeric
def student(
    value: Any,
    draws: Any,
    freedom: float,
    level: float,
    *,
    alike: np.ndarray | None = None,
    scale: str = "linear",
    further: Any = 0.0,
) -> tuple[Any, Any]:
    """Return low and high ends of intervals around estimates.

    To each side an interval reaches Student's factor times the spread of the replicates around the estimate:
    of those that are `alike`, or of all to this side where that is more, as it is if some found another law.

    Parameters
    ----------
    value : array_like, shape (...)
        The estimates.
    draws : array_like, shape (replicates, ...)
        What the replicates of the bootstrap find instead.
    freedom : float
        Degrees of freedom of the spread.
    level : float
        Probability of each interval.
    alike : array of bool, shape (replicates,), optional
        Which replicates found a law of the estimate's form; all, unless given.
    scale : str
        One of `SCALES`: where the spread is taken.
    further : array_like, shape (...)
        A standard deviation on that scale to be added, in quadrature, that the replicates do not know.

    Returns
    -------
    tuple of array, shapes (...)

    Raises
    ------
    ValueError
        If shapes differ, there is no replicate, or a number has no place on the scale.
    """
    if scale not in tuple(SCALES):
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    reach = students_factor(level, freedom)
    value, draws, further = (
        floats(name, given) for name, given in (("value", value), ("draws", draws), ("further", further))
    )
    if not draws.ndim or not len(draws):
        raise ValueError(f"draws must have a replicate or more on its first axis, got shape {draws.shape}")
    value, further = (
        broadcast(name, given, draws.shape[1:]) for name, given in (("value", value), ("further", further))
    )
    alike = np.ones(len(draws), bool) if alike is None else np.asarray(alike)
    if alike.dtype != bool or alike.shape != draws.shape[:1]:
        raise ValueError(f"alike must be {len(draws)} of true or false, got {alike.dtype} {alike.shape}")
    there, back = SCALES[scale]
    centre = there(value)
    off = there(draws) - centre
    some = off[alike]
    whole = (some**2).sum(axis=0) / max(len(some), 1)
    below, above = (
        np.sqrt(np.maximum(whole, 2 * (side(off, 0) ** 2).mean(axis=0)) + np.square(further))
        for side in (np.minimum, np.maximum)
    )
    return back(centre - reach * below), back(centre + reach * above)
