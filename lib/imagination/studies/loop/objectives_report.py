"""What the trial of objectives found: arms compared pilot by pilot, and of what order regret is.

How it was made is told in `imagination.studies.loop.objectives`.
"""

from __future__ import annotations

import pandas as pd
from scipy.special import stdtrit

from imagination import records
from imagination.decide import kappas

__all__ = ["ARMS", "RECORD", "compared", "orders", "recorded"]

RECORD = "imagination-objectives"
ARMS = ("regret", "bound", "half and half", "by cost")
LEVEL = 0.95


def recorded() -> pd.DataFrame:
    """Return the recorded regrets, with the dynamics' `share` of the budget and `lost`, regret over worth."""
    table = records.load(RECORD)
    costs = records.describe(RECORD).parameters["costs"]
    spent = costs[0] * table["N_dyn"]
    return table.assign(
        lost=table["regret"] / table["worth"], share=spent / (spent + costs[1] * table["N_rew"])
    )


def compared(table: pd.DataFrame, arm: str = "regret", *, level: float = LEVEL) -> pd.DataFrame:
    """One arm's mean regret less every other's, paired, by system.

    Returns
    -------
    DataFrame
        A row for each system and other arm, in the index: `difference` with its interval `low` to `high`, as
        shares of the other arm's mean regret, and `verdict` ("wins", "loses" or "undecided").
    """
    rows = {}
    for system, part in table.groupby("system", sort=False):
        wide = part.pivot_table("regret", ["pilot", "seed"], "arm")
        for other in (name for name in ARMS if name != arm):
            by_pilot = (wide[arm] - wide[other]).groupby("pilot").mean() / wide[other].mean()
            mean, count = by_pilot.mean(), len(by_pilot)
            half = stdtrit(count - 1, (1 + level) / 2) * by_pilot.std() / count**0.5
            verdict = "wins" if mean + half < 0 else "loses" if mean - half > 0 else "undecided"
            rows[system, other] = {
                "difference": mean,
                "low": mean - half,
                "high": mean + half,
                "verdict": verdict,
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["system", "other"])


def orders(pilots: pd.DataFrame) -> dict[str, dict[str, kappas.Kappa]]:
    """Kappas of all pilots of a system together, by system and quantity; `order` is regret's in the error."""
    swapped = pilots.dropna(subset="regret")
    seeds = swapped["pilot"].astype(str) + "." + swapped["seed"].astype(str)
    return {
        str(name): dict(kappas.fit(part, level=LEVEL))
        for name, part in swapped.assign(seed=seeds).groupby("system", sort=False)
    }
