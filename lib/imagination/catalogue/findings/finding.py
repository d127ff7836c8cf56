"""What a measured finding is: a sentence computed from a record, with its interval and its provenance.

A finding is declared as a function of recorded tables. It says *larger* or *smaller* as its interval does,
and neither where the interval holds both. So it changes when the record does, and cannot outlive it.
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
from imagination.trials import compare

__all__ = [
    "Estimate",
    "Finding",
    "Measured",
    "Said",
    "Versus",
    "anywhere",
    "counted",
    "median",
    "over",
    "paired",
    "quoted",
    "share",
    "shown",
    "word",
]

LEVEL, DRAWS = 0.95, 1000


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
        ends = [scale * end for end in (self.value, self.low, self.high)]
        width = max(ends[2] - ends[1], abs(ends[0]) / 1000)
        decimals = int(np.clip(1 - np.floor(np.log10(width)), 0, 8)) if width else 0
        value, low, high = (shown(end, decimals) + unit for end in ends)
        return f"{value} [{low}, {high}]"


@dataclass(frozen=True)
class Said:
    """What a table says: a sentence, the estimate that it rests on and of what, and how many were tried."""

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


def shown(number: float, decimals: int) -> str:
    """Return a number with so many decimals and a minus sign that is one; no zero has a sign."""
    return f"{round(float(number), decimals) + 0.0:,.{decimals}f}".replace("-", "−")


@dataclass(frozen=True)
class Versus:
    """Two arms over their seeds, unpaired: how much more the first has, and how often a seed of it has more.

    Attributes
    ----------
    iqm, mean : Estimate
        Difference of interquartile means, and of means.
    probability : Estimate
        That a seed of the first beats one of the second, ties by half.
    worst : tuple of float
        Either arm's worst seed.
    """

    iqm: Estimate
    mean: Estimate
    probability: Estimate
    worst: tuple[float, float]

    @classmethod
    def of(cls, first: ArrayLike, second: ArrayLike) -> Versus:
        """Compare one number a seed of one arm with those of another."""
        one, other = (np.asarray(values, dtype=float) for values in (first, second))
        iqm = Estimate(*compare.difference(one, other, np.random.default_rng(0)))
        mean = Estimate(*compare.difference(one, other, np.random.default_rng(0), statistic=np.mean))
        probability = Estimate(*compare.improvement(one, other, np.random.default_rng(0)))
        return cls(iqm, mean, probability, (float(one.min()), float(other.min())))

    @property
    def short(self) -> str:
        """All but the worst seeds, in few words."""
        return f"by {self.iqm}, means by {self.mean}; P = {self.probability}"

    def __str__(self) -> str:
        """Say all of it."""
        decimals = 2 if max(map(abs, self.worst)) < 100 else 0
        worst = " and ".join(shown(value, decimals) for value in self.worst)
        return (
            f"by {self.iqm} between interquartile means, {self.mean} between means; a seed of the first "
            "beats one of "
            f"the second with probability {self.probability}; the worst seeds have {worst}"
        )


def over(values: ArrayLike, statistic: Callable[..., Any] = compare.interquartile_mean) -> Estimate:
    """Interquartile mean (or another statistic) of one number a seed, with its bootstrap interval."""
    value, low, high = compare.interval(values, np.random.default_rng(0), statistic=statistic)
    return Estimate(float(value), float(low), float(high))


def paired(first: pd.Series, second: pd.Series, *, ratio: bool = False) -> Estimate:
    """Mean difference of two measurements of each seed, or the geometric mean of their `ratio`.

    Their indices say which belong together; what only one of the two has is left out.
    """
    both = pd.concat([first, second], axis=1, join="inner").to_numpy(float)
    if not ratio:
        return over(both[:, 0] - both[:, 1], np.mean)
    found = over(np.log(both[:, 0] / both[:, 1]), np.mean)
    return Estimate(*np.exp([found.value, found.low, found.high]))


def median(values: ArrayLike, groups: ArrayLike | None = None, *, percent: bool = False) -> Estimate:
    """Median with the interval that order statistics give: no distribution is assumed.

    Parameters
    ----------
    values : (n,) array
    groups : (n,) array, optional
        Which values were drawn together, such as the systems of one configuration, which share a family and a
        horizon. Then whole groups are drawn again, by the bootstrap.
    percent : bool
        Whether it is a share.
    """
    values = np.asarray(values, dtype=float)
    middle = float(np.median(values))
    if groups is None:
        ends = stats.quantile_test(values, p=0.5).confidence_interval(LEVEL)
        return Estimate(middle, float(ends.low), float(ends.high), percent)
    order = np.argsort(values)
    names, group = np.unique(np.asarray(groups)[order], return_inverse=True)
    generator, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        times = np.bincount(generator.integers(len(names), size=len(names)), minlength=len(names))
        weights = times[group].cumsum()
        found.append(values[order[np.searchsorted(weights, weights[-1] / 2)]])
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(middle, float(low), float(high), percent)


def anywhere(chosen: pd.Series, groups: pd.Series) -> Estimate:
    """How often something holds for a member of a group, with Wilson's interval over the groups."""
    return share(chosen.groupby(groups).any())


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


def quoted(name: str) -> str:
    """Return a name of the record in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
