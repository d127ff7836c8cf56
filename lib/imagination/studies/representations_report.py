"""What the sweeps of models held smooth or straight show: means and ratios, with intervals.

Bounds span many orders of magnitude, so all averages are geometric. Models of one seed share data, start and
batches; a knob is compared with its reference seed by seed, and intervals come from a bootstrap over seeds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from imagination.trials.compare import interval

INDEX = ["family", "knob"]


def by_seed(table: pd.DataFrame, column: str, horizon: int) -> pd.DataFrame:
    """Geometric mean of a column over the policies: a row per family and knob, a column per seed.

    Raises
    ------
    ValueError
        If there is no such column or horizon, or a value is not positive.
    """
    if column not in table:
        raise ValueError(f"column must be one of the table's, got {column!r}")
    chosen = table[table["horizon"] == horizon]
    if chosen.empty:
        raise ValueError(f"horizon must be one of {sorted(set(table['horizon']))}, got {horizon}")
    if not (chosen[column] > 0).all():
        raise ValueError(f"column {column!r} must be positive to have a geometric mean")
    logs = chosen.assign(value=np.log(chosen[column].astype(float)))
    means = logs.groupby([*INDEX, "seed"], sort=False)["value"].mean()
    in_order = pd.MultiIndex.from_frame(chosen[INDEX].drop_duplicates())
    return np.exp(means.unstack("seed").reindex(in_order))


def means(
    table: pd.DataFrame, columns: Sequence[str], horizon: int, generator: np.random.Generator
) -> pd.DataFrame:
    """Geometric mean over policies and seeds with its 95% interval; columns (name, mean | low | high)."""
    parts = {}
    for column in columns:
        values = by_seed(table, column, horizon)
        parts[column] = _interval(values, generator)
    return pd.concat(parts, axis=1)


def against(
    table: pd.DataFrame,
    column: str,
    horizon: int,
    reference: tuple[str, float],
    generator: np.random.Generator,
) -> pd.DataFrame:
    """How many times the reference a column is, seed by seed: geometric mean, low and high."""
    values = by_seed(table, column, horizon)
    if reference not in values.index:
        raise ValueError(f"reference must be a family and a knob of the table, got {reference}")
    return _interval(values / values.loc[reference], generator)


def verdict(
    table: pd.DataFrame,
    horizon: int,
    reference: tuple[str, float],
    generator: np.random.Generator,
    *,
    bound: str = "closed",
) -> pd.DataFrame:
    """Bound and gap of each knob over those of the reference, and whether the gap follows the bound.

    Returns
    -------
    DataFrame
        `bound`, `gap`: the ratio; `bound says`, `gap says`: "smaller" or "larger" where its 95% interval
        leaves 1 out, else "even".
    """
    columns = {}
    for name, column in (("bound", bound), ("gap", "gap")):
        ratio = against(table, column, horizon, reference, generator)
        said = np.select([ratio["high"] < 1, ratio["low"] > 1], ["smaller", "larger"], "even")
        columns[name] = ratio["mean"]
        columns[f"{name} interval"] = [
            f"{low:.3g} to {high:.3g}" for low, high in zip(ratio["low"], ratio["high"], strict=True)
        ]
        columns[f"{name} says"] = pd.Series(said, index=ratio.index)
    return pd.DataFrame(columns).drop(index=[reference])


def convergence(
    table: pd.DataFrame, column: str, horizon: int, generator: np.random.Generator
) -> pd.DataFrame:
    """What longer training changes: geometric means of a column by number of steps, and the last comparison.

    Parameters
    ----------
    table : DataFrame
        With a column `steps`, of two numbers of steps at least.
    column, horizon, generator : as in `means`.

    Returns
    -------
    DataFrame
        A column for each number of steps; `ratio`, the longest over the second longest, seed by seed, with
        its 95% interval `low`, `high`.
    """
    values = {n: by_seed(table[table["steps"] == n], column, horizon) for n in sorted(set(table["steps"]))}
    if len(values) < 2:
        raise ValueError(
            f"table must hold models trained for two numbers of steps or more, got {list(values)}"
        )
    *_, half, whole = values.values()
    ratio = _interval(whole / half, generator).rename(columns={"mean": "ratio"})
    return pd.DataFrame({n: np.exp(np.log(own).mean(axis=1)) for n, own in values.items()}).join(ratio)


def agreement(found: pd.DataFrame) -> pd.DataFrame:
    """How often the gap does what the bound says: counts of knobs, from a `verdict`."""
    order = ["smaller", "even", "larger"]
    counts = pd.crosstab(found["bound says"], found["gap says"])
    return counts.reindex(index=order, columns=order, fill_value=0)


def _interval(values: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    middle, low, high = interval(np.log(values.to_numpy()).T, generator, statistic=np.mean)
    return pd.DataFrame(
        {"mean": np.exp(middle), "low": np.exp(low), "high": np.exp(high)}, index=values.index
    )
