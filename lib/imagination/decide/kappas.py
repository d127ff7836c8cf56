"""How much return a policy loses for a squared error, measured by swapping one learned component at a time.

Train policies with dynamics of a pilot's size and a better reward, and with better dynamics and a reward of
a pilot's size. Each returns less than the policy of two good components: that is its regret. If regret
is of second order it is kappa times the squared error; the objective "regret" weighs by these kappas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from imagination import checks
from imagination.decide.pilot import QUANTITIES, columns_of, read_table

__all__ = ["COLUMNS", "Kappa", "fit", "read_regrets"]

COLUMNS = ("quantity", "error", "regret")
"""What the measurements need; `samples` and `seed` may stand beside them."""


@dataclass(frozen=True)
class Kappa:
    """Return lost for each squared error of one component, with its interval.

    Attributes
    ----------
    value, low, high : float
        [unit of return / unit of error²]; where `low` is negative the swaps do not show a loss.
    order, order_low, order_high : float
        Regret grows as error to this power from size to size: 2 if it is of second order. NaN where only one
        size was measured, or policies of some size lost nothing on average.
    runs : int
        How many policies were measured.
    """

    value: float
    low: float
    high: float
    order: float
    order_low: float
    order_high: float
    runs: int

    @property
    def weight(self) -> float:
        """What a plan should weigh by: `value`, or `high` where the interval reaches 0.

        Losses are rare and large where few seeds settle on a bad policy: that some seeds lost next to nothing
        does not show that the component needs no samples.
        """
        return self.value if self.low > 0 else self.high

    def to_dict(self) -> dict[str, float | None]:
        """Return attributes and weight, ready for JSON: None for NaN."""
        found = vars(self) | {"weight": self.weight}
        return {name: None if np.isnan(value) else value for name, value in found.items()}


@checks.numeric
def fit(regrets: pd.DataFrame, *, level: float = 0.95) -> Mapping[str, Kappa]:
    """Estimate both kappas from measured regrets.

    Parameters
    ----------
    regrets : DataFrame
        A row for each policy: `quantity` ("dynamics" or "reward"), the component of the pilot's size;
        `error` of that component, measured as the pilot measures it; `regret`, what the policy returned less
        than that of two good components (single ones may be negative). Optionally `samples`, how many the
        component was trained on, and `seed`, for policies that share one.
    level : float
        Probability of the intervals.

    Returns
    -------
    mapping of str to Kappa
        Of ``dynamics`` and ``reward``.

    Raises
    ------
    ValueError
        If the table is not what it should be, or policies gained where they should lose.

    Notes
    -----
    At each size κ is the mean regret over the mean squared error, and sizes count alike. Intervals are
    Student's, of the linearised ratio, with a degree of freedom less than there are seeds (without seeds:
    policies).
    """
    level = checks.level(level)
    table = _checked(regrets)
    return {name: _kappa(name, table[table["quantity"] == name], level) for name in QUANTITIES}


def read_regrets(path: str | Path) -> pd.DataFrame:
    """Read measured regrets from a CSV file, as :func:`fit` takes them.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it is no CSV file, or its contents are not what the columns say.
    """
    return read_table(path, ("samples", *COLUMNS[1:]), _checked)


def _checked(regrets: pd.DataFrame) -> pd.DataFrame:
    table = columns_of("regrets", regrets, COLUMNS, ("samples", "seed"))
    numbers = [name for name in ("samples", "error", "regret") if name in table]
    for name in numbers:
        values = pd.to_numeric(table[name], errors="coerce")
        signed = name == "regret"
        bad = ~np.isfinite(values) | ((values <= 0) & (not signed))
        if bad.any():
            row = int(np.argmax(bad))
            rule = "finite numbers" if signed else "positive, finite numbers"
            raise ValueError(f"{name}: {table[name].iloc[row]!s} in measurement {row + 1}; need {rule}")
        table[name] = values.astype(float)
    return table


def _kappa(name: str, rows: pd.DataFrame, level: float) -> Kappa:
    member = rows["seed"] if "seed" in rows else pd.Series(np.arange(len(rows)), index=rows.index)
    seeds, seed = np.unique(member.astype(str), return_inverse=True)
    if len(seeds) < 2:
        raise ValueError(f"quantity: {len(seeds)} seeds of {name!r}; an interval needs 2 or more")
    _, size = np.unique(rows["samples"] if "samples" in rows else np.zeros(len(rows)), return_inverse=True)
    count = np.bincount(size)
    regret = np.bincount(size, rows["regret"]) / count
    squared = np.bincount(size, rows["error"] ** 2) / count
    kappas = regret / squared
    value = float(kappas.mean())
    quantile = stdtrit(len(seeds) - 1, (1 + level) / 2)

    def doubt(each: np.ndarray) -> float:
        """Half an interval's width, from what each policy adds to the deviation of a mean over sizes."""
        of_seed = np.bincount(seed, each / count[size])
        return float(quantile * np.sqrt(len(seeds) / (len(seeds) - 1) * (of_seed**2).sum()))

    off = (rows["regret"] - kappas[size] * rows["error"] ** 2).to_numpy() / squared[size]
    wide = doubt(off / len(count))
    if not 0 < value + wide < np.inf:
        raise ValueError(
            f"regret: that of {name!r} gives kappa {value:.3g} [{value - wide:.3g}, {value + wide:.3g}]; "
            "need a finite loss on average: measure more seeds, or fewer samples"
        )
    order = order_wide = np.nan
    if len(count) > 1 and (regret > 0).all():
        spread = np.log(squared) / 2 - np.log(squared).mean() / 2
        weight = spread / (spread**2).sum()
        order = float(weight @ np.log(regret))
        by_error = (order / 2) * (rows["error"] ** 2 / squared[size] - 1)
        order_wide = doubt(weight[size] * (rows["regret"] / regret[size] - 1 - by_error).to_numpy())
    return Kappa(value, value - wide, value + wide, order, order - order_wide, order + order_wide, len(rows))
