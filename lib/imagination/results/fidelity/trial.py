"""Corollary 2 and the whole objective on trial: random problems, a grid search, and wrong rules.

Advice sees four numbers of a problem. The grid search sees none of them: it tries many costs, computes the
variance of the noisy estimator at each by dynamic programming, and takes the least.

    python -m imagination.results.fidelity.trial --record

makes the recorded trial again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.results.fidelity.claims import OBJECTIVE
from imagination.results.fidelity.mutants import ADVICE, MUTANTS, RULES
from imagination.results.fidelity.systems import FAMILIES, draw_setting, variance_of_budget
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial, violations

__all__ = ["SCALES", "TOLERANCE", "TRIALS", "configurations", "recorded", "run", "trial", "wasted"]

TOLERANCE = 1e-9
"""Advice is refuted if some other cost tried is better by more than this share."""

RECORD = "fidelity-trial"
SCALES = {"quick": {"batches": 1, "size": 75}, "full": {"batches": 25, "size": 100}}
COSTS = 60
"""Costs that the grid search tries, evenly in the logarithm from end to end of the range."""


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Batches of the trial."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    batches, size = SCALES[scale]["batches"], SCALES[scale]["size"]
    return [{"family": family, "size": size} for family in FAMILIES for _ in range(batches)]


def trial(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw problems, advise, and compare with a grid search: one row a problem.

    Columns: `family`, `V`, `kappa`, `fixed_cost`, `highest` cost allowed, the advised `cost` and its
    `regime`; `brute cost` and `brute`, the best cost of those tried and the objective there; `regret`, by
    what share the objective at the advised cost exceeds it (negative: better than all that was tried);
    `off`, relative error of the objective that the advice promises; and for each wrong rule, under its name,
    by what share the objective at its cost exceeds the best known.
    """
    problem, setting = draw_setting(rng, configuration["family"], configuration["size"])
    found = setting.advice()
    share = np.linspace(0, 1, COSTS)
    grid = setting.low[:, None] * (setting.high / setting.low)[:, None] ** share
    wrong = np.stack([rule.cost(setting) for rule in RULES], axis=1)
    advised = np.asarray(found.cost)[:, None]
    values = variance_of_budget(problem, setting, np.concatenate([advised, grid, wrong], axis=1))
    at_advice, tried, at_wrong = values[:, 0], values[:, 1 : 1 + COSTS], values[:, 1 + COSTS :]
    least = tried.min(axis=1)
    table = pd.DataFrame(
        {
            "family": setting.family,
            "V": setting.V,
            "kappa": setting.kappa,
            "fixed_cost": setting.fixed_cost,
            "highest": setting.high,
            "cost": found.cost,
            "regime": found.regime,
            "brute cost": grid[np.arange(len(grid)), tried.argmin(axis=1)],
            "brute": least,
            "regret": at_advice / least - 1,
            "off": np.abs(found.objective / at_advice - 1),
        }
    )
    best = np.minimum(least, at_advice)[:, None]
    names = [rule.name for rule in RULES]
    return pd.concat([table, pd.DataFrame(at_wrong / best - 1, columns=names)], axis=1)


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial; options as in `imagination.trials.sweep.sweep`."""
    return sweep(trial, configurations(scale), seed=seed, **options)


def _is(family: str, table: pd.DataFrame) -> pd.Series:
    return table["family"] == family


TRIALS: tuple[Trial, ...] = (
    *(
        Trial(
            claim,
            run,
            measure="regret",
            states=0.0,
            speaks=partial(_is, family),
            unit=1.0,
            tolerance=TOLERANCE,
            doubt=10 * TOLERANCE,
            record=RECORD,
        )
        for family, claim in ADVICE.items()
    ),
    Trial(OBJECTIVE, run, "off", states=0.0, unit=1.0, tolerance=TOLERANCE, record=RECORD),
)


def wasted(table: pd.DataFrame) -> pd.DataFrame:
    """What wrong rules cost: a row for each.

    `speaks in` so many problems, `caught by` so many of them, and there the `median` and `largest` of
    (variance at its cost) / (least variance).
    """
    rows = {}
    for rule in RULES:
        own = [(t, m) for t in TRIALS for m in MUTANTS if m.of == t.claim and m.name == rule.name]
        caught = np.logical_or.reduce([trial.refuted(table, mutant) for trial, mutant in own])
        excess = np.fmax.reduce([trial.excess(table, mutant) for trial, mutant in own])
        factor = pd.Series(1 + excess[caught])
        rows[rule.name] = {
            "speaks in": int((~np.isnan(excess)).sum()),
            "caught by": len(factor),
            "median": factor.median(),
            "largest": factor.max(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("rule")


def recorded() -> pd.DataFrame:
    """The recorded trial at full scale."""
    return records.load(RECORD)


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is recorded: what must vanish with nine digits, the rest with five."""
    digits = {str(name): 9 if name in ("regret", "off") else 5 for name in table.select_dtypes("float")}
    return rounded(table, digits)


main = Command(
    module="imagination.results.fidelity.trial",
    record=RECORD,
    run=run,
    say=lambda table: wasted(table).to_string(),
    parameters=lambda scale: SCALES[scale] | {"costs": COSTS},
    scales=SCALES,
    compact=compact,
    violations=lambda table: violations(TRIALS, table),
)


if __name__ == "__main__":
    raise SystemExit(main())
