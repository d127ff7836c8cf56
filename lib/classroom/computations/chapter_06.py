"""Computations for the exercises of *How fast do models learn?*"""

from functools import cache

import numpy as np
import pandas as pd

from imagination.decide.scaling_laws import fit
from imagination.studies.scaling_fits import law
from imagination.studies.scaling_runs import ANCHORS
from imagination.worlds.teacher import normal_teacher


def exponents(table: pd.DataFrame, measure: str) -> dict[str, float]:
    """The fitted exponent of one measure of the error, for both models."""
    rng = np.random.default_rng(0)  # the fit itself draws nothing
    return {
        quantity: law(table, quantity, measure, rng=rng, replicates=0).exponent
        for quantity in ("dynamics", "reward")
    }


@cache
def lower_bounds(slope: float, halved: bool = True) -> np.ndarray:
    """What two points of the line say of a student's largest error at least, for a hundred teachers."""
    position = np.linspace(-1, 1, 400)[::4]
    points = np.zeros((100, 100, 12))
    points[..., 0] = position
    values = normal_teacher([(s, 0) for s in range(100)])[0](points, np.zeros((100, 100, 4)))
    rise = np.linalg.norm(values[:, :, None] - values[:, None], axis=-1)
    run = np.abs(position[:, None] - position)
    return (rise - slope * run).max(axis=(1, 2)) / (2 if halved else 1)


@cache
def intervals(resampling: str, experiments: int = 10) -> tuple[float, float]:
    """How often the interval holds the truth, and its median width, over a few experiments."""
    rng = np.random.default_rng(0)
    samples, members = np.tile(ANCHORS, 12), np.repeat(np.arange(12), len(ANCHORS))
    found = []
    for _ in range(experiments):
        logs = np.log(0.5) - 0.1 * np.log(samples) + 0.3 * rng.standard_normal(12)[members]
        errors = np.exp(logs + 0.03 * rng.standard_normal(len(samples)))
        fitted = fit(
            samples, errors, seeds=members, resampling=resampling, replicates=40, rng=rng, must_decay=False
        )
        low, high, _ = fitted.interval("exponent")
        found.append((low <= 0.1 <= high, high - low))
    hits, widths = zip(*found, strict=True)
    return float(np.mean(hits)), float(np.median(widths))


def wider() -> str:
    """Which intervals have the larger median width."""
    return max(("seeds", "replicates"), key=lambda resampling: intervals(resampling)[1])
