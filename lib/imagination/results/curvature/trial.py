"""The curvature bounds on trial: thousands of velocity maps, and no angle may be larger than allowed.

    python -m imagination.results.curvature.trial --scale full --record

makes the recorded trial again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.results.curvature.claims import PROPOSITION_1, SHARP, SHRINK, STRETCH
from imagination.results.curvature.systems import FAMILIES, PLANAR, VelocityMap, draw, trajectory
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial, violations
from imagination.worlds.continuous import norm

__all__ = [
    "DIMENSIONS",
    "FLATTEST",
    "SCALES",
    "TRIALS",
    "configurations",
    "recorded",
    "run",
    "summary",
    "trial",
]

DIMENSIONS = (1, 2, 3, 4, 8, 16, 32, 64)
SCALES = {"quick": {"size": 20}, "full": {"size": 320}}
"""Maps of each family and dimension."""

RECORD = "straightening"
PAIRS = 24
"""Pairs of states at which a map's steepness is observed, far and near each."""


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Return the configurations of a trial; each is a batch of maps.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    return [
        {"family": family, "dimension": dimension, "size": SCALES[scale]["size"]}
        for family in FAMILIES
        for dimension in DIMENSIONS
        if dimension > 1 or family not in PLANAR
    ]


def trial(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw one batch of maps, follow their trajectories and measure every angle: one row a map.

    Columns: `family`, `dimension`, `eps` (certified), `angles` (how many were measured), `loss` (largest),
    `loss_mean`, `loss_apart` (the largest between velocities two steps apart), `steepness` (mean change of
    velocity in a step, as a share of the step), `stretch` and `shrink` (largest and smallest observed
    ``|F(x) − F(y)| / |x − y|`` of ``F(z) = z + v(z)``), and what `compared` adds.
    """
    family, dimension = configuration["family"], configuration["dimension"]
    velocity, eps, start = draw(family, rng, dimension, configuration["size"])
    moving = trajectory(velocity, start, int(rng.integers(3, 13)))
    losses = moving.loss()
    angles = np.isfinite(losses).sum(axis=(1, 2))
    shrink, stretch = _steepness(velocity, start, rng)
    return compared(
        pd.DataFrame(
            {
                "family": family,
                "dimension": dimension,
                "eps": eps,
                "angles": angles,
                "loss": _largest(losses),
                "loss_mean": _mean(losses),
                "loss_apart": _largest(moving.loss(apart=2)),
                "steepness": _mean(moving.steepness()),
                "stretch": stretch,
                "shrink": shrink,
            }
        )
    )


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """Add each map's loss as a share of the bounds: `ratio` of the sharp one, `ratio_paper` of the paper's.

    The paper's says nothing at eps = 1; there is no number there.
    """
    eps, loss = table["eps"].to_numpy(), table["loss"].to_numpy()
    paper = PROPOSITION_1.evaluate(outside=np.nan, eps=eps)
    return table.assign(ratio=loss / SHARP.evaluate(eps=eps), ratio_paper=loss / paper)


def _largest(losses: np.ndarray) -> np.ndarray:
    """Largest loss of each map, (C,); 0 where it stands still, and says nothing."""
    return np.max(np.where(np.isnan(losses), 0.0, losses), axis=(1, 2))


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of each map's numbers, (C,); 0 where it has none."""
    return np.nansum(values, axis=(1, 2)) / np.maximum(np.isfinite(values).sum(axis=(1, 2)), 1)


def _steepness(
    velocity: VelocityMap, start: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest observed ``|F(x) − F(y)| / |x − y|``, (C,) each, of pairs far and near."""
    size, _, dimension = start.shape
    scale = norm(start).mean(axis=1)[:, None, None] / np.sqrt(dimension)
    x, y = (scale * rng.standard_normal((size, PAIRS, dimension)) for _ in "xy")
    x, y = np.concatenate([x, x], axis=1), np.concatenate([y, x + 0.01 * (y - x)], axis=1)
    change = norm(x - y + velocity(x) - velocity(y)) / norm(x - y)
    return change.min(axis=1), change.max(axis=1)


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial of the curvature bounds.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`: workers, store, only, ...

    Returns
    -------
    DataFrame
        One row a map, as `trial` describes.
    """
    return sweep(trial, configurations(scale), seed=seed, **options)


def _moves(table: pd.DataFrame) -> pd.Series:
    return table["angles"] > 0


def _lost_digits(table: pd.DataFrame) -> pd.Series:
    """The rounding of a quotient near 1, as a share of 1 - eps."""
    return 1e-9 / (1 - table["eps"]).clip(lower=1e-12)


FLATTEST = SHRINK.mutated(SHRINK.name, SHRINK.quantity)
"""`SHRINK` as a bound from below on the flattest place: its formula of eps is on the left."""

TRIALS = (
    Trial(SHARP, run, "loss", speaks=_moves, record=RECORD),
    Trial(PROPOSITION_1, run, "loss", speaks=_moves, record=RECORD),
    Trial(STRETCH, run, "stretch", record=RECORD),
    Trial(FLATTEST, run, "shrink", below=True, tolerance=_lost_digits, record=RECORD),
)
"""What is tried: of the largest loss, of the steepest and of the flattest place."""


def summary(table: pd.DataFrame, by: str | Sequence[str] = "family") -> pd.DataFrame:
    """Return counts, quantiles of the loss as a share of the sharp bound, and violations, by group."""
    exceeded = table.index.isin(violations(TRIALS, table).index)
    groups = table.assign(violation=exceeded).groupby(by, sort=False)
    result = groups["ratio"].agg(
        maps="size", median="median", q95=lambda ratio: ratio.quantile(0.95), largest="max"
    )
    return result.assign(angles=groups["angles"].sum(), violations=groups["violation"].sum().astype(int))


DIGITS = {"eps": 12, "loss": 12, "stretch": 12, "shrink": 12, "loss_mean": 5, "loss_apart": 6, "steepness": 6}


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is recorded: what follows from the rest is left out."""
    return rounded(table.drop(columns=["ratio", "ratio_paper"]), DIGITS)


def recorded() -> pd.DataFrame:
    """Return the recorded trial at full scale."""
    return compared(records.load(RECORD))


main = Command(
    module="imagination.results.curvature.trial",
    record=RECORD,
    run=run,
    say=lambda table: summary(table).to_string(float_format=lambda x: f"{x:.6g}"),
    parameters=lambda scale: {**SCALES[scale], "dimensions": list(DIMENSIONS), "pairs": PAIRS},
    scales=SCALES,
    default="quick",
    options=("workers", "store"),
    compact=compact,
    violations=lambda table: violations(TRIALS, table),
    unit="maps",
)


if __name__ == "__main__":
    raise SystemExit(main())
