"""Comparing arms over seeds as the field reports it [ASCCB21]: no mean without an interval, no arm untuned.

Intervals are `scipy.stats.bootstrap`'s percentile intervals over whole seeds. Percentiles, because they need
no formula for the spread of a trimmed mean and are defined where all seeds agree (BCa's are not).
They cover a little less than they say: 92 to 94 of 100 for 95%, at 20 seeds of a normal distribution.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import DegenerateDataWarning, bootstrap, rankdata, trim_mean

from imagination import checks
from imagination.checks import check_items, finite, numeric, whole

__all__ = [
    "after_tuning",
    "chosen",
    "curves",
    "difference",
    "improvement",
    "interquartile_mean",
    "interval",
    "means",
    "summary",
    "versus",
]

Array = NDArray[Any]

TRIM = 0.25
"""Share of the seeds left out at either end."""


@numeric
def interquartile_mean(values: ArrayLike, axis: int = 0) -> Any:
    """Mean of the middle half of the seeds along `axis`: a quarter, rounded down, is cut off each end.

    A few seeds that fail or shine do not move it, and it uses more seeds than the median [ASCCB21].
    """
    values = finite("values", values)
    if isinstance(axis, bool) or not isinstance(axis, int) or not -values.ndim <= axis < values.ndim:
        raise ValueError(f"axis must be one of the {values.ndim} of values, got {axis!r}")
    if not values.shape[axis]:
        raise ValueError(f"values must hold some seeds, got shape {values.shape}")
    return np.asarray(trim_mean(values, TRIM, axis=axis))[()]  # a number, for one group


@numeric
def interval(
    values: ArrayLike,
    generator: np.random.Generator,
    *,
    statistic: Callable[..., Any] = interquartile_mean,
    level: float = 0.95,
    draws: int = 1000,
) -> tuple[Array, Array, Array]:
    """Interquartile mean (or another statistic) over the first axis, seeds, with its bootstrap interval.

    Parameters
    ----------
    values : (n, ...) array
    generator : numpy.random.Generator
    statistic : callable
        ``statistic(values, axis=...)``, for example `numpy.mean`.
    level : float
        Coverage of the interval, between 0 and 1.
    draws : int
        Number of resamples of the seeds.

    Returns
    -------
    middle, low, high : (...) arrays

    Raises
    ------
    ValueError
        If there are fewer than 2 seeds, a value is not finite, or `level` or `draws` is out of range.
    """
    values = finite("values", values)
    ends = _ends({"values": values}, statistic, generator, level, draws)
    return statistic(values, axis=0), *ends


@numeric
def difference(
    x: ArrayLike,
    y: ArrayLike,
    generator: np.random.Generator,
    *,
    statistic: Callable[..., Any] = interquartile_mean,
    level: float = 0.95,
    draws: int = 1000,
) -> tuple[float, float, float]:
    """How much larger a statistic is over the seeds of arm `x` than over those of arm `y`, with interval.

    Parameters
    ----------
    x, y : (n,) and (m,) arrays
        One number a seed. Seeds of the two arms are not paired.
    generator, statistic, level, draws
        As in `interval`.

    Returns
    -------
    difference, low, high : floats
    """

    def apart(x: Array, y: Array, axis: int) -> Any:
        return statistic(x, axis=axis) - statistic(y, axis=axis)

    return _two(apart, x, y, generator, level, draws)


@numeric
def improvement(
    x: ArrayLike, y: ArrayLike, generator: np.random.Generator, *, level: float = 0.95, draws: int = 1000
) -> tuple[float, float, float]:
    """P(X > Y) + P(X = Y) / 2 for a seed of arm `x` and a seed of arm `y`, with its bootstrap interval.

    Parameters are those of `difference`.

    Returns
    -------
    probability, low, high : floats
        1/2 says that neither arm is better. Where no seeds overlap, the interval is the point 0 or 1.
    """
    return _two(_won, x, y, generator, level, draws)


def _spread(found: dict[str, tuple[Any, Any, Any]]) -> dict[str, Any]:
    """Columns of values and the ends of their intervals, by name."""
    ends = ("", " low", " high")
    return {
        name + end: value for name, three in found.items() for end, value in zip(ends, three, strict=True)
    }


@numeric
def means(values: ArrayLike, generator: np.random.Generator) -> dict[str, Any]:
    """`iqm` and `mean` over the first axis, seeds, each with the ends of its interval: ``iqm low``, ..."""
    of: dict[str, Callable[..., Any]] = {"iqm": interquartile_mean, "mean": np.mean}
    return _spread({name: interval(values, generator, statistic=statistic) for name, statistic in of.items()})


@numeric
def versus(x: ArrayLike, y: ArrayLike, generator: np.random.Generator) -> dict[str, float]:
    """By how much arm `x` is ahead of `y`: in `iqm`, in `mean`, and `P` of `improvement`, with their ends."""
    return _spread(
        {
            "iqm": difference(x, y, generator),
            "mean": difference(x, y, generator, statistic=np.mean),
            "P": improvement(x, y, generator),
        }
    )


@numeric
def summary(
    table: pd.DataFrame, column: str, generator: np.random.Generator, *, by: Sequence[str] = ("arm",)
) -> pd.DataFrame:
    """Each arm's `column` over its seeds, best interquartile mean first.

    Returns
    -------
    DataFrame
        Indexed by `by`: number of `seeds`; interquartile mean `iqm` with `iqm low` and `iqm high`; `mean`
        with `mean low` and `mean high`; `worst tenth`, the mean of the worst tenth of the seeds (one at
        least); `worst`, the worst seed.
    """
    rows = {}
    for key, values in _groups(table, by, column):
        if len(values) < 2:
            raise ValueError(f"table must hold at least 2 seeds of every {', '.join(by)}, got one of {key}")
        row = {"seeds": len(values)} | means(values, generator)
        lowest = np.sort(values)[: max(1, len(values) // 10)]
        rows[key if len(by) > 1 else key[0]] = row | {"worst tenth": lowest.mean(), "worst": lowest[0]}
    found = pd.DataFrame.from_dict(rows, orient="index").astype({"seeds": int})
    return found.rename_axis(list(by)).sort_values("iqm", ascending=False)


@numeric
def chosen(
    tuning: pd.DataFrame, knob: str, column: str, *, evaluated: Iterable[int], by: Sequence[str] = ("arm",)
) -> pd.DataFrame:
    """Each arm's best value of a `knob` (a step size), by its interquartile mean on seeds kept for tuning.

    Parameters
    ----------
    tuning : DataFrame
        One row for each arm, value of the knob and `seed`; `column` is what shall be large.
    evaluated : iterable of int
        Seeds on which the arms will be compared: none of them may have been tuned on.

    Returns
    -------
    DataFrame
        `by`, `knob`, `column` (the interquartile mean) and `at end`: whether the best is the smallest or the
        largest value tried. Then try more before you compare.

    Raises
    ------
    ValueError
        If a column is missing, or a seed is both tuned on and evaluated.
    """
    for asked, names in (("by", by), ("knob", (knob,)), ("column", (column,)), ("tuning", ("seed",))):
        _check_columns(asked, tuning, names)
    if not len(by):
        raise ValueError("by must name one column or more, got none")
    finite(f"column {column!r} of tuning", tuning[column])
    if shared := sorted(set(tuning["seed"]) & set(check_items("evaluated", evaluated, Integral, least=0))):
        raise ValueError(f"evaluated must not hold a seed of tuning, got {shared[:3]} in both")
    rows = []
    for key, values in tuning.groupby(list(by), sort=False):
        scores = values.groupby(knob)[column].apply(interquartile_mean)
        best = scores.idxmax()
        rows.append((*key, best, scores[best], best in (scores.index.min(), scores.index.max())))
    return pd.DataFrame(rows, columns=[*by, knob, column, "at end"])


@numeric
def after_tuning(
    tuned: pd.DataFrame,
    curves: Callable[..., tuple[pd.DataFrame, pd.DataFrame]],
    *,
    evaluated: Iterable[int],
    by: Sequence[str],
) -> dict[str, pd.DataFrame]:
    """Compare arms at the `step` that each chose by its `return` on seeds kept for tuning.

    Parameters
    ----------
    tuned, evaluated, by
        As in `chosen`.
    curves : callable
        Takes an arm's `by` and its step; returns its learning curves, and its last returns seed by seed.

    Returns
    -------
    dict
        "": all learning curves. "-seeds": all last returns. "-tuning": what each step came to on the seeds
        for tuning (`iqm`, `mean`), and which was `chosen`: the largest `iqm`.
    """
    if tuned.empty:
        raise ValueError("tuned must have rows, got none")
    for name in ("step", "return", "seed"):
        _check_columns("tuned", tuned, (name,))
    best = chosen(tuned, "step", "return", evaluated=evaluated, by=by)
    found = zip(*(curves(*row[[*by, "step"]]) for _, row in best.iterrows()), strict=True)
    shown, last = (pd.concat(part, ignore_index=True) for part in found)
    groups = tuned.groupby([*by, "step"], sort=False)["return"]
    told = groups.agg(iqm=interquartile_mean, mean="mean").reset_index()
    told = told.merge(best[[*by, "step"]].assign(chosen=True), how="left", on=[*by, "step"])
    return {"": shown, "-seeds": last, "-tuning": told.assign(chosen=told["chosen"].notna())}


@numeric
def curves(
    table: pd.DataFrame,
    column: str,
    generator: np.random.Generator,
    *,
    by: Sequence[str] = ("arm", "round"),
    keep: Sequence[str] = (),
    **options: Any,
) -> pd.DataFrame:
    """Interquartile mean and interval of a `column` over the seeds, one row for each group of `by`.

    Parameters
    ----------
    table : DataFrame
        One row for each seed of each group.
    column : str
        What is averaged.
    generator : numpy.random.Generator
    by : names of the columns that make a group; every group must hold the same number of seeds.
    keep : names of columns whose mean over the seeds is kept beside (for example `real_steps`).
    **options
        `statistic`, `level` and `draws` of `interval`.

    Returns
    -------
    DataFrame
        `by`, `keep`, `mean`, `low`, `high`, in the order in which the groups appear.

    Raises
    ------
    ValueError
        If a column is missing or groups differ in size.
    """
    _check_columns("keep", table, keep)
    keys, parts = zip(*_groups(table, by, column), strict=True)
    if len(sizes := {len(part) for part in parts}) != 1:
        raise ValueError(f"table must hold the same number of seeds in every group, got {sorted(sizes)}")
    mean, low, high = interval(np.stack(parts, axis=1), generator, **options)
    kept = table.groupby(list(by), sort=False)[list(keep)].mean().to_numpy().T
    found = pd.DataFrame(keys, columns=list(by)).assign(**dict(zip(keep, kept, strict=True)))
    return found.assign(mean=mean, low=low, high=high)


def _two(
    statistic: Callable[..., Any], x: ArrayLike, y: ArrayLike, generator: np.random.Generator, *how: Any
) -> tuple[float, float, float]:
    groups = {"x": finite("x", x), "y": finite("y", y)}
    if any(group.ndim != 1 for group in groups.values()):
        shapes = [group.shape for group in groups.values()]
        raise ValueError(f"x and y must hold one number a seed, got shapes {shapes}")
    low, high = _ends(groups, statistic, generator, *how)
    return float(statistic(*groups.values(), axis=0)), float(low), float(high)


def _won(x: Array, y: Array, axis: int) -> Any:
    """Share of the pairs that x wins along `axis`, ties by half: from the ranks of x among both."""
    n, m = x.shape[axis], y.shape[axis]
    ranks = rankdata(np.concatenate([x, y], axis=axis), axis=axis)
    return (np.take(ranks, range(n), axis=axis).sum(axis=axis) - n * (n + 1) / 2) / (n * m)


def _ends(
    groups: dict[str, Array],
    statistic: Callable[..., Any],
    generator: np.random.Generator,
    level: float,
    draws: int,
) -> tuple[Array, Array]:
    level = checks.level(level)
    draws = whole("draws", draws, least=2)  # one has no spread
    for name, group in groups.items():
        if group.ndim < 1 or len(group) < 2 or not group.size:
            raise ValueError(f"{name} must hold at least 2 seeds on the first axis, got shape {group.shape}")
    with warnings.catch_warnings():  # of what is no number, which is refused
        warnings.simplefilter("ignore", DegenerateDataWarning)
        found = bootstrap(
            tuple(groups.values()), statistic, axis=0, vectorized=True, confidence_level=float(level),
            n_resamples=draws, batch=100, method="percentile", rng=generator,
        )  # fmt: skip
    return found.confidence_interval.low, found.confidence_interval.high


def _groups(table: pd.DataFrame, by: Sequence[str], column: str) -> list[tuple[tuple[Hashable, ...], Array]]:
    _check_columns("by", table, by)
    _check_columns("column", table, (column,))
    if not len(by) or not len(table):
        raise ValueError(f"table must have rows, and by name columns, got {len(table)} rows and {by!r}")
    finite(f"column {column!r} of table", table[column])
    return [(key, rows[column].to_numpy(float)) for key, rows in table.groupby(list(by), sort=False)]


def _check_columns(asked: str, table: pd.DataFrame, names: Sequence[str]) -> None:
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{asked} must name columns, got {names!r}")
    if missing := [name for name in names if name not in table.columns]:
        raise ValueError(f"{asked}: table has no column {', '.join(missing)}; it has {list(table.columns)}")
