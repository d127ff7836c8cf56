"""The bounds of others on trial: every quantity of tabular pairs, solved exactly, beside what is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.lineage import claims
from imagination.results.lineage.systems import FAMILIES, measured
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TRIALS", "run"]

SCALES = {"quick": {"batches": 2, "size": 100}, "full": {"batches": 10, "size": 100}}
"""Batches of each family, and pairs in each."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw pairs of worlds and measure them; one row a pair, as `systems.measured` describes.

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
    pair = FAMILIES[configuration["family"]](configuration["size"], rng)
    return measured(pair, rng).assign(family=configuration["family"])


def _told_apart(table: pd.DataFrame) -> pd.Series:
    """Where the equivalent model differs from the world."""
    return table["distance"] > 1e-6


TRIALS = (
    Trial(claims.CLASSICAL, run, "gap"),
    Trial(claims.NOT_CENTRED, run, "gap"),
    Trial(claims.BOTH_IN_RANGE, run, "gap"),
    Trial(claims.PER_TIME, run, "gap"),
    Trial(claims.LARGEST_MEAN, run, "gap"),
    Trial(claims.PERFORMANCE, run, "gain", unit="most"),
    Trial(claims.VALUE_EQUIVALENT, run, "J_hat", speaks=_told_apart, unit="most"),
    Trial(claims.MODEL_OPTIMAL, run, "regret", columns={"eps_dyn": "W1"}),
    Trial(claims.PESSIMISM, run, "loss"),
)
"""What is tried."""
