"""Laws of the measured errors of `imagination.studies.scaling_runs`, and what they leave open.

Every exponent has one bootstrap, over seeds, drawn alike for all measures: `laws` makes them, and what is
shown beside the reported fits or beside slips is taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from imagination.decide.scaling_laws import ScalingLaw, fit

__all__ = [
    "MEASURE",
    "MEASURES",
    "QUANTITIES",
    "REPORTED",
    "SLIPS",
    "SUPREMA",
    "Laws",
    "beside_reported",
    "beyond",
    "centres",
    "common",
    "curves",
    "exponents",
    "final",
    "law",
    "laws",
    "local_exponents",
    "measurements",
    "one_exponent",
    "ratios",
    "slips",
]

QUANTITIES = ("dynamics", "reward")

REPORTED = pd.DataFrame(
    {
        "scale": [0.34, 90.4],
        "exponent": [0.11, 0.96],
        "low": [0.09, 0.93],
        "high": [0.13, 0.99],
        "R2": [0.954, 0.997],
    },
    index=pd.Index(QUANTITIES, name="quantity"),
)
"""The paper's fits, error = scale · N^(−exponent), with 95% intervals of the exponent."""

MEASURES = {
    "mean_norm": "mean error norm",
    "rmse": "root mean squared error",
    "mse": "mean squared error",
    "mae": "mean absolute error",
}
"""Averages on fresh transitions that "the error" may mean. Lemma 1 speaks of norms, so the first is ours."""

MEASURE = "mean_norm"

SUPREMA = {
    "mean_norm": "mean, where rollouts go",
    "max_visited": "largest of 20,000 where rollouts go",
    "max_searched": "largest found in the domain",
    "certified_sup": "certified on the domain",
}
"""From average to supremum: each is at least the one before."""

Laws = Mapping[tuple[str, str], ScalingLaw]
"""Fitted laws by quantity and measure."""


def final(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of trained models, those after the last epoch."""
    return table[table["epoch"] == table["epoch"].max()].reset_index(drop=True)


def common(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of seeds that were trained at every number of samples."""
    anchors = table["samples"].nunique()
    complete = table.groupby(["quantity", "seed"])["samples"].transform("nunique") == anchors
    return table[complete].reset_index(drop=True)


def measurements(
    table: pd.DataFrame, quantity: str, measure: str = MEASURE, *, level: bool = False
) -> dict[str, pd.Series]:
    """Return ``samples``, ``errors`` and ``seeds`` of one quantity's trained models, as `fit` takes them.

    With `level`, each curve is scaled to the same geometric mean. Teachers differ far more than a curve
    bends, so that the shape of the law, unlike its scale, is seen best without their differences.
    """
    rows = common(final(table)).query("quantity == @quantity")
    errors = rows[measure]
    if level:
        logs = np.log(errors)
        errors = np.exp(logs - logs.groupby(rows["seed"]).transform("mean") + logs.mean())
    return {"samples": rows["samples"], "errors": errors, "seeds": rows["seed"]}


def law(
    table: pd.DataFrame, quantity: str, measure: str = MEASURE, *, rng: np.random.Generator, **options: Any
) -> ScalingLaw:
    """Fit a law to one quantity's error; the bootstrap draws whole seeds. Options are those of `fit`."""
    return fit(**measurements(table, quantity, measure), rng=rng, **options)


def laws(
    table: pd.DataFrame,
    measures: Sequence[str] = (*MEASURES, *list(SUPREMA)[1:]),
    *,
    rng: np.random.Generator,
    **options: Any,
) -> dict[tuple[str, str], ScalingLaw]:
    """Fit a power law to every measure of both quantities; all bootstraps draw the same seeds.

    Options are those of `fit`. An exponent may come out negative: suprema need not fall.
    """
    drawn = int(rng.integers(2**32))
    options = {"must_decay": False} | options
    return {
        (quantity, measure): law(table, quantity, measure, rng=np.random.default_rng(drawn), **options)
        for quantity in QUANTITIES
        for measure in measures
    }


def exponents(fitted: Laws, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the exponents of the named measures with their 95% intervals."""
    rows = {}
    for quantity in QUANTITIES:
        for measure, name in names.items():
            found = fitted[quantity, measure]
            low, high, _ = found.interval("exponent")
            rows[quantity, name] = {"exponent": found.exponent, "low": low, "high": high}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["quantity", "error"])


def beside_reported(fitted: Laws) -> pd.DataFrame:
    """Return scale, exponent, its 95% interval and R² of every measure, with what is reported.

    R² is that of a straight line through the means over seeds of the logarithms, as far as we know what the
    reported one is.
    """
    table = exponents(fitted, MEASURES)
    chosen = [fitted[quantity, measure] for quantity in QUANTITIES for measure in MEASURES]
    table.insert(0, "scale", [found.amplitude for found in chosen])
    means = [pd.Series(np.log(found.errors)).groupby(np.log(found.samples)).mean() for found in chosen]
    table["R2"] = [np.corrcoef(mean.index, mean)[0, 1] ** 2 for mean in means]
    reported = pd.concat({"reported": REPORTED}, names=["error"]).swaplevel()
    return pd.concat([table, reported]).sort_index(level=0, sort_remaining=False, kind="stable")


def curves(table: pd.DataFrame, quantity: str, measure: str = MEASURE) -> pd.DataFrame:
    """Return one quantity's errors, a row a seed and a column a number of samples."""
    rows = common(final(table)).query("quantity == @quantity")
    return rows.pivot(index="seed", columns="samples", values=measure)


def local_exponents(table: pd.DataFrame, quantity: str, measure: str = MEASURE) -> pd.DataFrame:
    """Return the exponent between each number of samples and the next, paired by seed.

    Returns
    -------
    DataFrame
        A row an interval: `from`, `to`, `exponent` (mean over seeds of the fall of the log error for each
        unit of log samples), and its 95% interval `low`, `high` by Student's t.
    """
    slopes = _slopes(curves(table, quantity, measure))
    anchors = sorted(set(table["samples"]))
    ends = pd.DataFrame({"from": anchors[:-1], "to": anchors[1:]})
    return ends.join(centres(slopes).rename(columns={"mean": "exponent"}).reset_index(drop=True))


def ratios(
    one: pd.DataFrame,
    other: pd.DataFrame,
    *,
    pair: Sequence[str] = ("quantity", "samples", "seed"),
    by: Sequence[str] = ("quantity", "samples"),
    measure: str = MEASURE,
) -> pd.DataFrame:
    """Return by what factor one table's errors are those of the other, paired by seed.

    Parameters
    ----------
    one, other : DataFrame
        Rows of models; in `other` at most one for each value of `pair`.
    pair : sequence of str
        Columns that are equal in models to be compared.
    by : sequence of str
        Columns of `one` that name the rows of the result.
    measure : str
        Column of the errors.

    Returns
    -------
    DataFrame
        Geometric means over seeds in `ratio`, their 95% interval `low` to `high` by Student's t on the
        logarithms, and the number of `seeds`.
    """
    both = one.merge(other[[*pair, measure]], on=list(pair), suffixes=("", "_other"), validate="many_to_one")
    logs = np.log(both[measure] / both[f"{measure}_other"]).groupby([both[name] for name in by])
    found = pd.DataFrame({key: centres(part.to_frame()).iloc[0] for key, part in logs}).T
    found.index = found.index.set_names(list(by))
    return np.exp(found).rename(columns={"mean": "ratio"}).assign(seeds=logs.size())


def beyond(table: pd.DataFrame, largest: float, measure: str = MEASURE) -> pd.DataFrame:
    """Return how far errors beyond `largest` samples lie from each seed's own line through those up to there.

    Returns
    -------
    DataFrame
        A row for each quantity and larger number of `samples`: geometric means over seeds of measured over
        extrapolated error in `ratio`, their 95% interval `low` to `high`, the number of `seeds`.

    Raises
    ------
    ValueError
        If `largest` leaves fewer than 2 numbers of samples to draw a line through, or none beyond.
    """
    rows = {}
    for quantity in QUANTITIES:
        logs = np.log(curves(table, quantity, measure))
        x = np.log(logs.columns.to_numpy(float))
        known = logs.columns <= largest
        if known.sum() < 2 or known.all():
            raise ValueError(f"largest: {largest:g} must lie between the second and the last of {[*logs]}")
        slope, level = np.polyfit(x[known], logs.loc[:, known].T, 1)
        off = logs.loc[:, ~known] - (level[:, None] + slope[:, None] * x[~known])
        rows[quantity] = np.exp(centres(off)).rename(columns={"mean": "ratio"}).assign(seeds=len(off))
    return pd.concat(rows, names=["quantity", "samples"])


def centres(values: pd.DataFrame) -> pd.DataFrame:
    """Return each column's `mean` with its 95% interval `low` to `high` by Student's t."""
    inner = stats.ttest_1samp(values, 0).confidence_interval()
    return pd.DataFrame({"mean": values.mean(), "low": inner.low, "high": inner.high})


def one_exponent(table: pd.DataFrame, quantity: str, measure: str = MEASURE) -> float:
    """Return the p-value of "all local exponents are equal": Hotelling's T² of their differences, by seed.

    Raises
    ------
    ValueError
        If there are not more seeds than differences.
    """
    changes = _slopes(curves(table, quantity, measure)).diff(axis=1).iloc[:, 1:].to_numpy()
    count, freedom = changes.shape
    if count <= freedom:
        raise ValueError(f"table: {count} seeds; {freedom} differences of exponents need more")
    mean = changes.mean(axis=0)
    squared = count * mean @ np.linalg.solve(np.cov(changes.T), mean)
    share = (count - freedom) / (freedom * (count - 1)) * squared
    return float(stats.f.sf(share, freedom, count - freedom))


def _slopes(errors: pd.DataFrame) -> pd.DataFrame:
    logs = np.log(errors)
    return -logs.diff(axis=1).iloc[:, 1:] / np.diff(np.log(logs.columns.to_numpy(float)))


def _exponent(table: pd.DataFrame, quantity: str, measure: str = MEASURE) -> float:
    return fit(**measurements(table, quantity, measure), replicates=0, must_decay=False).exponent


_OTHER = {"dynamics": "reward", "reward": "dynamics"}

SLIPS: dict[str, Callable[[pd.DataFrame, str], float]] = {
    "the other quantity's exponent": lambda table, quantity: _exponent(table, _OTHER[quantity]),
    "squared error for error": lambda table, quantity: _exponent(table, quantity, "mse"),
    "squared twice": lambda table, quantity: 4 * _exponent(table, quantity),
    "largest validation error": lambda table, quantity: _exponent(table, quantity, "max_validation"),
    "largest error found": lambda table, quantity: _exponent(table, quantity, "max_searched"),
    "after 10 epochs": lambda table, quantity: _exponent(table[table["epoch"] == 10], quantity),
    "after 50 epochs": lambda table, quantity: _exponent(table[table["epoch"] == 50], quantity),
    "away from the data": lambda table, quantity: _exponent(table, quantity, "mean_box"),
    "sign of the logarithm lost": lambda table, quantity: -_exponent(table, quantity),
    "one over the exponent": lambda table, quantity: 1 / _exponent(table, quantity),
}
"""Slips that give a wrong exponent; a trial of the fit must tell each from the right one."""


def slips(table: pd.DataFrame, fitted: Laws) -> pd.DataFrame:
    """Return each slip's exponent beside the fit's 95% interval; `caught` if it lies outside."""
    rows = []
    for quantity in QUANTITIES:
        low, high, _ = fitted[quantity, MEASURE].interval("exponent")
        for name, slip in SLIPS.items():
            wrong = slip(table, quantity)
            rows.append({"quantity": quantity, "slip": name, "exponent": wrong, "low": low, "high": high})
    result = pd.DataFrame(rows)
    return result.assign(caught=(result["exponent"] < result["low"]) | (result["exponent"] > result["high"]))
