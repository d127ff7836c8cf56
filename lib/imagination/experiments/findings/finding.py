"""What a measured finding is: a sentence that is computed from a record, with its interval and its provenance.

A finding is declared as a function of recorded tables. It says *larger* or *smaller* as the interval does, and
nothing at all where the interval holds both. So it changes when the record does, and cannot outlive it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from imagination import records
from imagination.experiments import compare

__all__ = ["Estimate", "Finding", "Measured", "Said", "counted", "median", "over", "paired", "share", "word"]

LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its 95% interval; `percent` if it is shown in hundredths."""

    value: float
    low: float
    high: float
    percent: bool = False

    def __str__(self) -> str:
        """Show as many decimals as the interval settles, and one more."""
        scale, unit = (100, "%") if self.percent else (1, "")
        ends = [scale * float(end) for end in (self.value, self.low, self.high)]
        width = max(ends[2] - ends[1], abs(ends[0]) / 1000, 1e-12)
        decimals = int(np.clip(1 - np.floor(np.log10(width)), 0, 8))
        value, low, high = (f"{end + 0.0:,.{decimals}f}".replace("-", "−") for end in ends)
        return f"{value}{unit} [{low}{unit}, {high}{unit}]"


@dataclass(frozen=True)
class Said:
    """What a table says: a sentence, the estimate that it rests on and what that is of, and how many were tried."""

    statement: str
    estimate: Estimate
    of: str
    tried: str


@dataclass(frozen=True)
class Finding:
    """A measured finding.

    Attributes
    ----------
    name : str
        A few words.
    chapter : int
        Number of the chapter that shows it.
    record : str
        Name of the record; several, joined by ``+``, if it compares records.
    say : callable
        From the recorded table (or tables, in that order) to `Said`.
    rests_on : tuple of str
        The measured columns: another number in one of them makes another sentence.
    """

    name: str
    chapter: int
    record: str
    say: Callable[..., Said]
    rests_on: tuple[str, ...]

    @property
    def sources(self) -> list[str]:
        """Names of the records."""
        return self.record.split("+")

    def read(self) -> Measured:
        """Compute it from the record.

        Raises
        ------
        RecordError
            If the record is damaged or missing.
        """
        said = self.say(*(records.load(name) for name in self.sources))
        commands = dict.fromkeys(records.describe(name).command for name in self.sources)
        return Measured(self, said, tuple(commands))


@dataclass(frozen=True)
class Measured:
    """A finding, what its record says, and the commands that make the record again."""

    finding: Finding
    said: Said
    commands: tuple[str, ...]


def over(values: ArrayLike, statistic: Callable[..., Any] = compare.interquartile_mean) -> Estimate:
    """Interquartile mean (or another statistic) of one number a seed, with its bootstrap interval."""
    return Estimate(*map(float, compare.interval(values, np.random.default_rng(0), statistic=statistic)))


def paired(first: pd.Series, second: pd.Series, *, ratio: bool = False) -> Estimate:
    """Mean difference of two measurements of each seed, or the geometric mean of their `ratio`.

    Their indices say which belong together; what only one of the two has is left out.
    """
    both = pd.concat([first, second], axis=1, join="inner").to_numpy(float)
    if not ratio:
        return over(both[:, 0] - both[:, 1], np.mean)
    found = over(np.log(both[:, 0] / both[:, 1]), np.mean)
    return Estimate(*np.exp([found.value, found.low, found.high]))


def median(values: ArrayLike, *, percent: bool = False) -> Estimate:
    """Median with the interval that order statistics give: no distribution is assumed."""
    values = np.asarray(values, dtype=float)
    ends = stats.quantile_test(values, p=0.5).confidence_interval(LEVEL)
    return Estimate(float(np.median(values)), float(ends.low), float(ends.high), percent)


def share(chosen: ArrayLike) -> Estimate:
    """How often something holds, in percent, with Wilson's interval."""
    chosen = np.asarray(chosen, dtype=bool)
    found = stats.binomtest(int(chosen.sum()), len(chosen))
    ends = found.proportion_ci(LEVEL, "wilson")
    return Estimate(float(chosen.mean()), float(ends.low), float(ends.high), percent=True)


def word(estimate: Estimate, less: str, same: str, more: str, *, at: float = 0.0) -> str:
    """Return the word that the whole interval bears out: it lies below `at`, above it, or holds it."""
    return more if estimate.low > at else less if estimate.high < at else same


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a number with its noun: ``1 seed``, ``1,200 seeds``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
