"""Do an audit's intervals hold the truth? On systems whose gap and its parts are known exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from imagination.audit import intervals, trust
from imagination.audit.parts import PARTS, decompose
from imagination.studies.audit_systems import Quadratic, System, Tables, simulate
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import generator

__all__ = ["BLOCK", "EPISODES", "LEVEL", "REGIMES", "TOO_LOW", "block", "main", "run", "summary"]

EPISODES = (10, 30, 100)
BLOCK = 100
"""Audits that are drawn and asked at once."""

LEVEL = 0.95
SCALES = {"full": 10, "quick": 1}
"""Blocks of each regime."""


@dataclass(frozen=True)
class Regime:
    """Systems of one kind, and how long they are audited."""

    draw: Callable[[np.random.Generator, int], System]
    gamma: float
    horizons: tuple[int, ...]
    calls: int | None = None


def _tables(**how: Any) -> Callable[[np.random.Generator, int], System]:
    return lambda rng, count: Tables.draw(rng, count, **how)


def _quadratic(**how: Any) -> Callable[[np.random.Generator, int], System]:
    return lambda rng, count: Quadratic.draw(rng, count, **how)


WHOLE = 10**12
SHORT, LONG = (1, 2, 3, 5, 7, 10, 15, 20), (1, 2, 3, 5, 7, 10, 15, 20, 30)

REGIMES: Mapping[str, Regime] = {
    "finite": Regime(_tables(), 0.95, SHORT, WHOLE),
    "finite, worlds end": Regime(_tables(hazard=0.1), 0.95, SHORT, WHOLE),
    "finite, skewed rewards": Regime(_tables(hazard=0.1, skewness=1.0), 0.95, SHORT, WHOLE),
    "finite, steps sampled": Regime(_tables(hazard=0.05), 0.98, LONG, 2_000_000),
    "finite, rare disaster": Regime(_tables(hazard=0.1, disaster=0.002), 0.95, SHORT, WHOLE),
    "linear-quadratic": Regime(_quadratic(radius=0.8), 0.95, LONG, WHOLE),
    "linear-quadratic, worlds end": Regime(_quadratic(radius=0.8, hazard=0.05), 0.95, LONG, WHOLE),
    "linear-quadratic, nearly unstable": Regime(_quadratic(radius=0.98), 0.99, LONG, WHOLE),
}


TOO_LOW = {
    ("finite, rare disaster", "gap"),
    ("finite, rare disaster", "longest horizon"),
    ("finite, rare disaster", "reward"),
    ("linear-quadratic, worlds end", "termination"),
}
"""Where intervals hold too little, with 100 episodes too: what decides the mean is missing in most logs."""


def block(name: str, seed: int, index: int) -> pd.DataFrame:
    """One block of audits of a regime: how many intervals held the truth.

    Returns
    -------
    DataFrame
        A row for each number of `episodes` and `quantity`: `audits`, how many `held` the truth, how many
        Student's t alone would have (`student`), how many lay `below` and `above` it, and the mean `width`.
        For "longest horizon" `held` counts those that were not too long where the tolerance is a hair below
        the true gap at the middle horizon; there is no width.
    """
    regime = REGIMES[name]
    rng = generator(seed, 1000 * list(REGIMES).index(name) + index)
    system = regime.draw(rng, BLOCK)
    horizons = np.array(regime.horizons)
    truth = system.parts(regime.gamma, horizons)
    episodes = simulate(system, rng, max(EPISODES), int(horizons[-1]))
    model, policy = system.model(rng), system.policy(rng)
    found = decompose(
        episodes, model, policy, gamma=regime.gamma, horizons=horizons, rng=rng, calls=regime.calls
    )
    shaped = {
        part: np.moveaxis(found.by_horizon[part].reshape(BLOCK, max(EPISODES), -1), 1, 0) for part in PARTS
    }
    shaped["gap"] = sum(shaped.values(), np.zeros(()))
    truth["gap"] = sum(truth.values(), np.zeros(()))
    rows = []
    for count in EPISODES:
        for quantity in ("gap", *PARTS):
            mean, low, high = intervals.means(shaped[quantity][:count], LEVEL)
            true = truth[quantity][:, -1]
            doubt = 1e-9 * (1 + np.abs(true))
            below, above = high[:, -1] < true - doubt, low[:, -1] > true + doubt
            half = student(shaped[quantity][:count, :, -1])
            rows.append(
                {
                    "regime": name,
                    "block": index,
                    "episodes": count,
                    "quantity": quantity,
                    "audits": BLOCK,
                    "held": int(np.sum(~below & ~above)),
                    "student": int(np.sum(np.abs(mean[:, -1] - true) <= half + doubt)),
                    "below": int(below.sum()),
                    "above": int(above.sum()),
                    "width": float((high - low)[:, -1].mean()),
                }
            )
            if quantity == "gap":
                rows.append(rows[-1] | {"quantity": "longest horizon"} | _longest(horizons, truth, low, high))
    return pd.DataFrame(rows)


def student(values: np.ndarray) -> np.ndarray:
    """Half the width of Student's interval, over the first axis."""
    count = len(values)
    return stats.t.ppf((1 + LEVEL) / 2, count - 1) * values.std(axis=0, ddof=1) / np.sqrt(count)


def _longest(
    horizons: np.ndarray, truth: Mapping[str, np.ndarray], low: np.ndarray, high: np.ndarray
) -> dict[str, Any]:
    """How many longest horizons reach one whose true gap is too large: the hardest tolerance."""
    size = np.abs(truth["gap"])
    tolerance = 0.999 * size[:, len(horizons) // 2]
    too_large = size > tolerance[:, None]
    first = horizons[too_large.argmax(axis=1)]
    found = [trust.longest(horizons, *ends) for ends in zip(low, high, tolerance, strict=True)]
    wrong = sum(each is not None and each >= limit for each, limit in zip(found, first, strict=True))
    return {"held": BLOCK - wrong, "student": np.nan, "below": 0, "above": wrong, "width": np.nan}


def run(scale: str = "full", *, seed: int = 0) -> pd.DataFrame:
    """Count how often intervals of an audit hold the truth, in every regime."""
    return pd.concat(
        [block(name, seed, index) for name in REGIMES for index in range(SCALES[scale])], ignore_index=True
    )


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Share of audits that held the truth, by regime and quantity, a column for each number of episodes."""
    total = table.groupby(["regime", "quantity", "episodes"], sort=False)[["held", "student", "audits"]].sum()
    share = (total["held"] / total["audits"]).unstack("episodes")
    return share.reindex([*REGIMES], level="regime")


main = Command(
    module="imagination.studies.audit_coverage",
    record="audit-coverage",
    run=run,
    say=lambda table: summary(table).to_string(float_format="{:.3f}".format),
    parameters=lambda scale: {
        "blocks": SCALES[scale],
        "audits a block": BLOCK,
        "episodes": list(EPISODES),
        "level": LEVEL,
        "regimes": list(REGIMES),
    },
    scales=SCALES,
    compact=lambda table: rounded(table, {"width": 4}),
    unit="rows",
)

if __name__ == "__main__":
    raise SystemExit(main())
