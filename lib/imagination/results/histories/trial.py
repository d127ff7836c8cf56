"""Histories on trial: any episode beside a model of its last observations, and two histories a step on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.results.histories import claims
from imagination.results.histories.systems import FAMILIES, STEPS, Episodes, draw, windows
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TRIALS", "measured", "run"]

Array = NDArray[np.float64]

SCALES = {"quick": {"batches": 12, "size": 50}, "full": {"batches": 120, "size": 100}}
"""Batches of each family, and episodes in each."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw episodes and models and measure them; one row each, as `measured` describes.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_batch, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    episodes = draw(configuration["family"], rng, configuration["size"])
    return measured(episodes, rng).assign(family=configuration["family"])


def measured(episodes: Episodes, rng: np.random.Generator) -> pd.DataFrame:
    """Measure everything that the topic's claims speak of, one row an episode.

    Columns:

    - `lags`, the number of observations that the model reads; `gamma`, with which `memory` is some number
      below 1, or .99 if that is less;
    - `memory`, `reach`, `surprise`, `mispaid`, and the `gap` of returns; `newest_memory` and `largest_memory`
      of one lag alone, `newest_reach`;
    - with a random weight `rho`, of two histories, their `distance` and `after` one step; `newest`, and
      `unweighted`, the sum of all c;
    - `best_rho`, with which histories move on with the least constant, `newest_there`.
    """
    c = np.linalg.norm(episodes.lags, ord=2, axis=(2, 3))
    slopes = np.linalg.norm(episodes.reward_lags, axis=2)
    k, ages = c.shape[1], np.arange(c.shape[1])
    target = rng.uniform(0.1, 0.95, len(c))
    gamma = np.minimum(1 / _root(c / target[:, None]), 0.99)
    lagged = gamma[:, None] ** ages
    here = windows(episodes.seen[:, :-1], k)
    errors = np.linalg.norm(episodes.predicted(here) - episodes.seen[:, k:], axis=2)
    wrong = np.abs(episodes.pays(here) - episodes.paid)
    weights = gamma[:, None] ** np.arange(STEPS)
    best = _root(c) * 1.0001
    return pd.DataFrame(
        {
            "lags": float(k),
            "gamma": gamma,
            "memory": gamma * (lagged * c).sum(1),
            "reach": (lagged * slopes).sum(1),
            "surprise": (1 - gamma) * (weights * errors).sum(1),
            "mispaid": (1 - gamma) * (weights * wrong).sum(1),
            "gap": np.abs((weights * (episodes.pays(episodes.dreamt()) - episodes.paid)).sum(1)),
            "newest_memory": gamma * c[:, 0],
            "largest_memory": gamma * c.max(1),
            "newest_reach": slopes[:, 0],
            **_a_step(episodes, c, rng),
            "best_rho": best,
            "newest_there": (c / best[:, None] ** ages).sum(1),
        }
    )


def _root(c: Array) -> Array:
    """Where the sum of c_i / rho^(i+1), which falls in rho, is 1, (C,)."""
    low, high = np.full(len(c), 1e-9), np.full(len(c), 1e9)
    for _ in range(80):
        middle = np.sqrt(low * high)
        above = (c / middle[:, None] ** np.arange(1, c.shape[1] + 1)).sum(1) > 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


def _a_step(episodes: Episodes, c: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Two histories, at each age as far apart as the weighted distance allows, or less, one step on."""
    size, k, d = episodes.reward_lags.shape
    rho, ages = rng.uniform(0.3, 1.5, (size,)), np.arange(k)
    weights = rho[:, None] ** ages
    if d == 1:  # all lags to one side
        towards = np.sign(episodes.lags[..., 0])
    else:
        towards = np.linalg.svd(episodes.lags).Vh[:, :, 0]
    some = np.where(rng.random((size, k)) < 0.7, 1.0, rng.random((size, k)))
    first = rng.standard_normal((size, k, d))
    second = first + towards * (some / weights)[..., None]
    after = [
        np.concatenate([episodes.predicted(each[:, None]), each[:, :-1]], axis=1) for each in (first, second)
    ]
    return {
        "rho": rho,
        "newest": (c / weights).sum(1),
        "unweighted": c.sum(1),
        "distance": (weights * np.linalg.norm(second - first, axis=2)).max(1),
        "after": (weights * np.linalg.norm(after[1] - after[0], axis=2)).max(1),
    }


TRIALS = (
    Trial(claims.HISTORIES, run, "gap"),
    Trial(claims.NORM, run, "after"),
    Trial(claims.NO_WORSE, run, "memory", columns={"rho": "best_rho", "newest": "newest_there"}),
)
"""What is tried, each on all episodes."""
