"""What a bootstrap draws again: whole seeds, measurements at each sample size, or residuals."""

from __future__ import annotations

import numpy as np

from imagination.decide.scaling_laws import huber
from imagination.decide.scaling_laws.huber import Measurements

__all__ = ["RESAMPLING", "default", "draw", "freedom"]

RESAMPLING = ("seeds", "replicates", "residuals")


def default(data: Measurements) -> str:
    """Return what to draw: the largest units that are known to be independent."""
    if data.seeds is not None:
        return "seeds"
    return "replicates" if data.counts.min() >= 4 else "residuals"


def freedom(data: Measurements, resampling: str, floor: bool) -> int:
    """Return the degrees of freedom with which the spread of the replicates is known."""
    if resampling == "seeds":
        return data.by_seed.number - 1
    fixed = len(data.anchors) if resampling == "replicates" else 2 + floor
    return max(len(data.y) - fixed, 1)


def draw(
    data: Measurements, theta: np.ndarray, resampling: str, replicates: int, rng: np.random.Generator | None
) -> np.ndarray:
    """Draw the log errors of the bootstrap's replicates, shape (replicates, n).

    Raises
    ------
    ValueError
        If there is no generator, or the measurements cannot be drawn in this way.
    """
    if rng is None:
        raise ValueError("rng: None; a bootstrap needs a numpy.random.Generator")
    if replicates < 0:
        raise ValueError(f"replicates: {replicates}; need 0 or more")
    if resampling == "residuals":
        return _residuals(data, theta, replicates, rng)
    if resampling not in RESAMPLING:
        raise ValueError(f"resampling: {resampling!r} is none of {', '.join(RESAMPLING)}")
    # Draws from k values scatter by (k - 1)/k less than the values' source: stretch them around their mean.
    means = np.bincount(data.at, data.y) / data.counts
    if data.counts.min() < 2:
        raise ValueError("resampling: some sample size was measured once only; use 'residuals'")
    off = (data.y - means[data.at]) * np.sqrt(data.counts / (data.counts - 1))[data.at]
    if resampling == "seeds":
        if data.seeds is None:
            raise ValueError("resampling: 'seeds' needs the argument seeds")
        drawn = rng.integers(data.seeds.max() + 1, size=(replicates, data.seeds.max() + 1))
        cell = np.empty((data.seeds.max() + 1, len(data.anchors)), int)
        cell[data.seeds, data.at] = np.arange(len(data.y))
        return means[data.at] + off[cell[drawn[:, data.seeds], data.at]]
    order = np.argsort(data.at, kind="stable")
    first = np.cumsum(data.counts) - data.counts
    position = (rng.random((replicates, len(data.y))) * data.counts[data.at]).astype(int)
    return means[data.at] + off[order[first[data.at] + position]]


def _residuals(
    data: Measurements, theta: np.ndarray, replicates: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw residuals, each stretched by what its own leverage took from it, around the fitted curve."""
    curve, slopes = huber.curve(theta[None], data.x)[0], huber.slopes(theta[None], data.x)[0]
    slopes = slopes if np.isfinite(theta[2]) else slopes[:, :2]
    slopes = slopes[data.at]
    inverse, blocks = np.linalg.pinv(slopes), range(0, len(slopes), 1000)
    # The diagonal of the projector, in blocks: all of it would be a table of rows x rows.
    leverage = np.concatenate([np.diag(slopes[i : i + 1000] @ inverse[:, i : i + 1000]) for i in blocks])
    leverage = np.clip(leverage, 0, 0.9)
    off = (data.y - curve[data.at]) / np.sqrt(1 - leverage)
    return curve[data.at] + rng.choice(off - off.mean(), size=(replicates, len(off)))
