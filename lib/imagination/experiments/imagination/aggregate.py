"""Learning curves over seeds: interquartile means with bootstrap intervals, as the field reports them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import trim_mean

__all__ = ["curves", "interquartile_mean", "interval"]

Array = NDArray[Any]

TRIM = 0.25
"""Share of the seeds left out at either end."""


def interquartile_mean(values: ArrayLike, axis: int = 0) -> Any:
    """Mean of the middle half of the seeds along `axis`: a quarter, rounded down, is cut off each end.

    A few seeds that fail or shine do not move it, and it uses more seeds than the median [ASCCB21].
    """
    values = _finite(values)
    return np.asarray(trim_mean(values, TRIM, axis=axis))[()]  # a number, for one group of seeds


def interval(
    values: ArrayLike, generator: np.random.Generator, *, level: float = 0.95, draws: int = 1000
) -> tuple[Array, Array, Array]:
    """Interquartile mean over the first axis (seeds) with a percentile bootstrap interval.

    Parameters
    ----------
    values : (n, ...) array
    generator : numpy.random.Generator
    level : float
        Coverage of the interval, between 0 and 1.
    draws : int
        Number of resamples of the seeds.

    Returns
    -------
    mean, low, high : (...) arrays

    Raises
    ------
    ValueError
        If there are fewer than 2 seeds, a value is not finite, or `level` or `draws` is out of range.
    """
    values = _finite(values)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    if values.ndim < 1 or len(values) < 2:
        raise ValueError(f"values must hold at least 2 seeds on their first axis, got shape {values.shape}")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}")
    chosen = generator.integers(len(values), size=(draws, len(values)))
    cut = int(TRIM * len(values))
    resampled = (np.sort(values[rows], axis=1) for rows in np.array_split(chosen, -(-draws // 100)))
    means = np.concatenate([part[:, cut : len(values) - cut].mean(axis=1) for part in resampled])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return interquartile_mean(values), low, high


def curves(
    table: pd.DataFrame,
    column: str,
    generator: np.random.Generator,
    *,
    by: Sequence[str] = ("arm", "round"),
    keep: Sequence[str] = (),
    level: float = 0.95,
    draws: int = 1000,
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
    level, draws
        As in `interval`.

    Returns
    -------
    DataFrame
        `by`, `keep`, `mean`, `low`, `high`, in the order in which the groups appear.

    Raises
    ------
    ValueError
        If a column is missing or groups differ in size.
    """
    missing = [name for name in (*by, *keep, column) if name not in table.columns]
    if missing:
        raise ValueError(f"table has no column {', '.join(missing)}; it has {list(table.columns)}")
    groups = list(table.groupby(list(by), sort=False))
    sizes = {len(rows) for _, rows in groups}
    if len(sizes) != 1:
        raise ValueError(f"table must hold the same number of seeds in every group, got {sorted(sizes)}")
    values = np.stack([rows[column].to_numpy(float) for _, rows in groups], axis=1)
    mean, low, high = interval(values, generator, level=level, draws=draws)
    keys = pd.DataFrame([key for key, _ in groups], columns=list(by))
    kept = {name: [rows[name].mean() for _, rows in groups] for name in keep}
    return keys.assign(**kept, mean=mean, low=low, high=high)


def _finite(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(array)):
        raise ValueError("values must be finite: a mean over seeds hides what is not")
    return array
