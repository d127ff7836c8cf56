"""Comparisons and constants on trial: probabilities by quadrature, gradients by differences."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED
from imagination.results.preference import claims
from imagination.results.preference.systems import FAMILIES, draw, wins
from imagination.results.verifier import systems as judged
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TRIALS", "run", "run_constants"]

SCALES = {"quick": {"batches": 5, "size": 100}, "full": {"batches": 50, "size": 100}}
"""Batches of each family, and problems in each."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw sets of items with two vectors of rewards, and compare them; one row a set.

    Columns: `family`; of a random pair that is compared `wins`, by quadrature, and the `difference` of its
    rewards; of a random pair within one set the `links` between them, the `error` of the other vector's
    difference, and `apart`, the largest difference of log odds over all that are compared; `apart_wins`, that
    of the probabilities themselves.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_batch, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def run_constants(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw worlds whose episodes end, or do not, and add a constant to the rewards; one row a world.

    Columns: `family`, `gamma`; `constant`; along a random direction `mean`, that of the discounted estimate
    with the constant, and by differences `gradient`, of the rewards without, `of_length`, `of_end`; `most`.
    """
    families = judged.FAMILIES[:2]
    return sweep(_constants, batches(SCALES, scale, families), seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    system = draw(configuration["family"], rng, configuration["size"])
    rows, links = np.arange(configuration["size"]), system.links
    apart = {
        name: each[:, :, None] - each[:, None]
        for name, each in (("rewards", system.rewards), ("others", system.others))
    }
    won = {name: wins(each, np.zeros_like(each)) for name, each in apart.items()}
    odds = {name: np.log(each) - np.log(won[name].swapaxes(1, 2)) for name, each in won.items()}

    def largest(values: Mapping[str, Any]) -> Any:
        return np.where(system.pairs, np.abs(values["rewards"] - values["others"]), 0).max(axis=(1, 2))

    def drawn(allowed: Any) -> tuple[Any, ...]:
        return (rows, *np.unravel_index(_one_of(allowed.reshape(len(rows), -1), rng), links.shape[1:]))

    compared, pair = drawn(system.pairs), drawn(np.isfinite(links) & (links > 0))
    return pd.DataFrame(
        {
            "family": configuration["family"],
            "wins": won["rewards"][compared],
            "difference": apart["rewards"][compared],
            "links": links[pair].astype(int),
            "error": np.abs(apart["others"] - apart["rewards"])[pair],
            "apart": largest(odds),
            "apart_wins": largest(won),
        }
    )


def _one_of(allowed: Any, rng: np.random.Generator) -> Any:
    return np.where(allowed, rng.random(allowed.shape), -1).argmax(axis=1)


def _constants(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    system = judged.draw(configuration["family"], rng, configuration["size"])
    problem, size = system.problem, configuration["size"]
    constant = rng.standard_normal(size)
    paid = np.where(system.judged, problem.mdp.reward + constant[:, None, None], 0.0)
    direction = rng.standard_normal((size, exact.expected(problem, DISCOUNTED).shape[1]))
    vectors = {
        "mean": exact.expected(problem.with_reward(paid), DISCOUNTED),
        "gradient": judged.slope(problem, partial(exact.returns, reward=system.due)),
        "of_length": judged.slope(problem, lambda moved: judged.episode_ends(moved, system.last)[0]),
        "of_end": judged.slope(problem, lambda moved: judged.episode_ends(moved, system.last)[1]),
    }
    most = (problem.discount[:, None] ** np.arange(problem.horizon)).sum(axis=1)
    return pd.DataFrame(
        {name: (vector * direction).sum(axis=1) for name, vector in vectors.items()}
        | {"family": configuration["family"], "gamma": problem.discount, "constant": constant}
        | {"most": most * (1 + np.abs(constant)) * np.linalg.norm(direction, axis=1)}
    )


TRIALS = (
    Trial(claims.DIFFERENCE, run, "difference", unit=1.0, tolerance=1e-8),
    Trial(claims.CHAIN, run, "error", unit=1.0, tolerance=1e-8),
    Trial(claims.CONSTANT, run_constants, "mean", unit="most"),
)
"""What is tried, and on what."""
