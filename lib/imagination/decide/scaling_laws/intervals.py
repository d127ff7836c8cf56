"""Intervals from a bootstrap over few seeds: Student's t on the spread of its replicates.

Quantiles of a bootstrap behave as a normal's would: of three seeds, those for 95% hold 79%. With k seeds the
spread is known with k - 1 degrees of freedom, and so wide must the interval be.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, logit, stdtrit

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


def students_factor(level: float, freedom: float) -> float:
    """Return how many standard deviations an interval reaches to each side.

    Raises
    ------
    ValueError
        If `level` is no probability.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: {level!r} is no probability between 0 and 1")
    return float(stdtrit(freedom, (1 + level) / 2))


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
    """
    there, back = SCALES[scale]
    centre = there(value)
    off = there(draws) - centre
    some = off if alike is None else off[alike]
    whole = (some**2).sum(axis=0) / max(len(some), 1)
    below, above = (
        np.sqrt(np.maximum(whole, 2 * (side(off, 0) ** 2).mean(axis=0)) + np.square(further))
        for side in (np.minimum, np.maximum)
    )
    reach = students_factor(level, freedom)
    return back(centre - reach * below), back(centre + reach * above)
