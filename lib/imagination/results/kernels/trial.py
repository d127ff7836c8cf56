"""The bounds of kernels on trial: return gaps of random tabular worlds, and errors of values.

Worlds and what is measured of them: `imagination.results.kernels.systems`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from imagination.results.kernels import claims
from imagination.results.kernels.systems import (
    FAMILIES,
    asadi,
    constants,
    gap,
    leaving,
    mistaken,
    simulation_lemma,
)
from imagination.trials.trial import Trial

__all__ = ["HORIZONS", "SCALES", "TRIALS", "by_values", "drawn", "ratios", "run"]

HORIZONS = (np.inf, 1, 2, 5, 20, 100)

SCALES = {"quick": 60, "full": 200}
"""Pairs of worlds in each family."""

PROCESSES = 10
"""Reward processes for each pair of a family."""


def drawn(count: int, seed: int) -> pd.DataFrame:
    """Draw so many pairs of every family and measure their gaps: one row a pair and horizon.

    Columns: `family`, `horizon` (infinite: all steps), what the bounds speak of (`gamma` to `eps_rew`,
    `diameter`), what might be mistaken for it (`systems.mistaken`), `contraction`, γ L_f (1 + L_π), and
    `gap`, |J(π, M̂) − J(π, M)|.
    """
    tables = []
    generators = np.random.default_rng(seed).spawn(len(FAMILIES))
    for (family, make), generator in zip(FAMILIES.items(), generators, strict=True):
        real, imagined, policy = make(count, generator)
        known = constants(real, imagined, policy)
        about = known | mistaken(real, imagined)
        about["diameter"] = np.asarray(real.state_metric).max(axis=(1, 2))
        about["contraction"] = known["gamma"] * known["L_f"] * (1 + known["L_pi"])
        for horizon in HORIZONS:
            steps = None if np.isinf(horizon) else int(horizon)
            measured = np.abs(gap(real, imagined, policy, steps))
            tables.append(pd.DataFrame({"family": family, "horizon": horizon, **about, "gap": measured}))
    return pd.concat(tables, ignore_index=True)


def _count(scale: str) -> int:
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    return SCALES[scale]


def run(scale: str = "quick", *, seed: int = 0) -> pd.DataFrame:
    """`drawn` at a scale of `SCALES`."""
    return drawn(_count(scale), seed)


def by_values(scale: str = "quick", *, seed: int = 0) -> pd.DataFrame:
    """Measure what is claimed of values: of pairs of every family, of random processes, of models that leave.

    Columns: `family`; for pairs those of `systems.simulation_lemma`, for processes those of `systems.asadi`.
    """
    generator, count = np.random.default_rng(seed + 2), _count(scale)
    tables = [
        pd.DataFrame(simulation_lemma(*make(count, generator))).assign(family=family)
        for family, make in FAMILIES.items()
    ]
    processes = asadi(PROCESSES * count, generator).assign(family="reward processes")
    attained = pd.DataFrame(simulation_lemma(*leaving(count, generator))).assign(family="leaving")
    return pd.concat([*tables, processes, attained], ignore_index=True)


def _finite(table: pd.DataFrame) -> pd.Series:
    return np.isfinite(table["horizon"])


def _endless(table: pd.DataFrame) -> pd.Series:
    return np.isinf(table["horizon"])


TRIALS: tuple[Trial, ...] = (
    Trial(claims.WASSERSTEIN_BOUND, run, "gap", speaks=_endless),
    Trial(claims.STOCHASTIC_FINITE, run, "gap", speaks=_finite),
    Trial(claims.BOUNDED, run, "gap", speaks=_endless),
    Trial(claims.BOUNDED_FINITE, run, "gap", speaks=_finite),
    Trial(claims.SIMULATION_LEMMA, by_values, "gap"),
    Trial(claims.TIGHT_SIMULATION, by_values, "gap"),
    Trial(claims.ASADI_VALUE_BOUND, by_values, "error", columns={"L_f": "K_real"}),
    Trial(claims.ASADI_VALUE_BOUND_LEARNED, by_values, "error", columns={"L_f": "K_imagined"}),
)


def ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Return how much a table of `drawn` uses of each bound that speaks of a row.

    Columns: `family`, `horizon`, `contraction`, `gap`; `form`, the claim's name; `bound`; and `ratio`, gap /
    bound, which is 0 where there is no gap.
    """
    kept = ["family", "horizon", "contraction", "gap"]
    found = []
    for trial in TRIALS:
        if trial.systems is run:
            rows = table[trial.spoken_of(table)]
            found.append(rows[kept].assign(form=trial.claim.name, bound=trial.stated(rows)))
    long = pd.concat(found, ignore_index=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return long.assign(ratio=np.where(long["gap"] == 0, 0.0, long["gap"] / long["bound"]))
