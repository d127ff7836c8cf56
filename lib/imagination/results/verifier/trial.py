"""Verdicts on trial: everything that may happen, listed, beside what is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator
from imagination.results.verifier import claims
from imagination.results.verifier.systems import (
    FAMILIES,
    Judged,
    draw,
    episode_ends,
    listed,
    noise,
    panels,
    slope,
)
from imagination.results.verifier.systems import majorities as draw_majorities
from imagination.results.verifier.systems import votes as draw_votes
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TOLERANCE", "TRIALS", "measured", "run", "run_majorities", "run_votes"]

Array = NDArray[np.float64]

TOLERANCE = 1e-9
"""Room for finite differences; of means, as a share of the largest return."""

SCALES = {"quick": {"batches": 8, "size": 50}, "full": {"batches": 120, "size": 50}}
"""Batches of each family, and problems in each."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw problems and list what may happen; one row a problem, as `measured` describes.

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


def run_votes(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw numbers of votes and their laws: one row each, with `votes`, `rate`, `correlation`, `spread`.

    Parameters and options as those of `run`.
    """
    own = [{"size": 5 * each["size"]} for each in batches(SCALES, scale, FAMILIES[:1])]
    return sweep(_votes, own, seed=seed, **options)


def run_majorities(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw panels of judges whose majority decides: one row each.

    Columns: those of `imagination.results.verifier.systems.majorities` and `step`, what two more votes
    change; of a problem of the family "every step" that is judged by the majority of 2k + 1 verdicts
    `judges_pairs`, `tpr` and `fpr` of one verdict, `most`, and along a random direction `mean`, that of the
    discounted estimate, listed, and `gradient`. Parameters and options as those of `run`.
    """
    return sweep(_majorities, batches(SCALES, scale, FAMILIES[:1] * 5), seed=seed, **options)


def _majorities(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    size = configuration["size"]
    drawn = pd.DataFrame(draw_majorities(rng, size))
    system = draw(FAMILIES[0], rng, size)
    judged, pairs = panels(system, rng)
    found, _ = listed(judged, DISCOUNTED)
    gradient = slope(system.problem, partial(exact.returns, reward=system.due))
    direction = rng.standard_normal(gradient.shape)
    steps = np.arange(system.problem.horizon)
    return drawn.assign(
        step=drawn["said_later"] - drawn["said"],
        judges_pairs=pairs,
        tpr=system.tpr[:, 0, 0],
        fpr=system.fpr[:, 0, 0],
        most=(system.problem.discount[:, None] ** steps).sum(axis=1),
        mean=(found * direction).sum(axis=1),
        gradient=(gradient * direction).sum(axis=1),
    )


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    system = draw(configuration["family"], rng, configuration["size"])
    return measured(system, rng).assign(family=configuration["family"])


def _votes(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(draw_votes(rng, configuration["size"]))


def measured(system: Judged, rng: np.random.Generator) -> pd.DataFrame:
    """Measure everything that the topic's claims speak of, one row a problem.

    Columns:

    - `gamma`, `horizon`, `rollouts`; `tpr` and `fpr` (of the first state and action); `most`, the return of
      a reward of 1 at every step;
    - along a random direction `mean`, that of the discounted estimate, listed; by differences `gradient` (of
      the rewards that have a verdict), `of_length`, `of_end`, and with a random `mean_youden` `of_rates`;
    - of one of the two estimators `added`, what verdicts add, listed, a `rollouts`-th; `right` and `wrong`;
      `rescaled_variance` of the estimate over J, listed; `noise_free_variance` of r + FPR/J and
      `verdict_noise`; random `cost` and `fixed_cost` and the `budget` that is spent;
    - of the discounted estimate as a judge with rates that vary `along`, `across`, `off` (what is left after
      rescaling, listed), `variance_biased`, `variance_noisy` (of an unbiased judge), `across_all` (without
      rescaling), `crossing`, and for `judges` many rollouts the `error`, listed.
    """
    problem, size = system.problem, len(system.problem)
    tpr, fpr = system.tpr[:, 0, 0], system.fpr[:, 0, 0]
    gradient = slope(problem, partial(exact.returns, reward=system.due))
    columns = {"gamma": problem.discount, "horizon": problem.horizon, "tpr": tpr, "fpr": fpr}
    rollouts = np.exp(rng.uniform(0, np.log(1000), size)).astype(int)
    return pd.DataFrame(
        {
            **columns,
            "rollouts": rollouts,
            "most": (problem.discount[:, None] ** np.arange(problem.horizon)).sum(axis=1),
            **_means(system, gradient, rng),
            **_variances(system, rollouts, rng),
            **_rescaled(system, gradient, rng),
        }
    )


def _means(system: Judged, gradient: Array, rng: np.random.Generator) -> dict[str, Array]:
    problem = system.problem
    found, _ = listed(system, DISCOUNTED)
    of_length = slope(problem, lambda moved: episode_ends(moved, system.last)[0])
    of_end = slope(problem, lambda moved: episode_ends(moved, system.last)[1])
    mean_youden = rng.uniform(-1, 1, len(problem))
    varies = system.fpr + (system.tpr - system.fpr - mean_youden[:, None, None]) * problem.mdp.reward
    of_rates = slope(problem, partial(exact.returns, reward=system.judged * varies))
    direction = rng.standard_normal(gradient.shape)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    vectors = {
        "mean": found,
        "gradient": gradient,
        "of_length": of_length,
        "of_end": of_end,
        "of_rates": of_rates,
    }
    projected = {name: (vector * direction).sum(axis=1) for name, vector in vectors.items()}
    return projected | {"mean_youden": mean_youden}


def _unbiased(system: Judged, estimator: Estimator, tpr: Array, fpr: Array) -> tuple[Array, Array]:
    """Variance of the estimate from r + FPR/J, and what verdicts of these constant rates add, (B,) each."""
    wrong = system.judged * (1 - system.problem.mdp.reward)
    shifted = system.due + system.judged * (fpr / (tpr - fpr))[:, None, None]
    free = exact.moments(system.problem.with_reward(shifted), estimator).variance
    of_right, of_wrong = noise(system, estimator, system.due), noise(system, estimator, wrong)
    return free, tpr * (1 - tpr) * of_right + fpr * (1 - fpr) * of_wrong


def _variances(system: Judged, rollouts: NDArray[Any], rng: np.random.Generator) -> dict[str, Array]:
    estimator = (DISCOUNTED, THEOREM_2)[int(rng.integers(2))]
    tpr, fpr = system.tpr[:, 0, 0], system.fpr[:, 0, 0]
    fpr = np.where(fpr == tpr, tpr - 1, fpr)  # where J is 0 nothing can be rescaled, and no claim speaks
    (_, seen), (_, quiet) = (listed(system, estimator, verdicts=each) for each in (True, False))
    free, verdict_noise = _unbiased(system, estimator, tpr, fpr)
    cost, fixed_cost = 10 ** rng.uniform(-1, 1, (2, len(tpr)))
    return {
        "added": (seen - quiet) / rollouts,
        "right": noise(system, estimator, system.due),
        "wrong": noise(system, estimator, system.judged * (1 - system.problem.mdp.reward)),
        "rescaled_variance": seen / rollouts / (tpr - fpr) ** 2,
        "noise_free_variance": free,
        "verdict_noise": verdict_noise,
        "cost": cost,
        "fixed_cost": fixed_cost,
        "budget": rollouts * (fixed_cost + cost),
    }


def _rescaled(system: Judged, gradient: Array, rng: np.random.Generator) -> dict[str, Array]:
    problem, size = system.problem, len(gradient)
    judge = problem.with_reward(system.chance)
    expected = exact.expected(judge, DISCOUNTED)
    spread = system.chance * (1 - system.chance)
    biased = exact.moments(judge, DISCOUNTED, noise_variance=spread).variance
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (expected * gradient).sum(axis=1) / (gradient**2).sum(axis=1)
        across = np.linalg.norm(expected - along[:, None] * gradient, axis=1)
        youden = rng.uniform(0.1, 0.5, size)
        free, added = _unbiased(system, DISCOUNTED, 0.5 + youden / 2, 0.5 - youden / 2)
        noisy = free + added / youden**2
        crossing = (along**2 * noisy - biased) / across**2
        judges = np.ceil(np.clip(np.nan_to_num(crossing), 1, 1e9) * 10 ** rng.uniform(-1, 1, size))
        mean, variance = listed(system, DISCOUNTED)
        off = ((mean / along[:, None] - gradient) ** 2).sum(axis=1)
        error = off + variance / (judges * along**2)
    return {
        "along": along,
        "across": across,
        "off": off,
        "variance_biased": biased,
        "variance_noisy": noisy,
        "across_all": np.linalg.norm(expected - gradient, axis=1),
        "crossing": crossing,
        "judges": judges,
        "error": error,
    }


def _of(*families: str) -> Any:
    return lambda table: table["family"].isin(families)


def _worth(table: pd.DataFrame) -> pd.Series:
    """Where J is not so small that the digits of a difference are lost."""
    return (table["family"] != "varying rates") & (table["tpr"] - table["fpr"] > 0.01)


def _climbs(table: pd.DataFrame) -> pd.Series:
    """Rates that vary, and a mean that is told from 0 along the gradient and across it."""
    told = (table["along"] > 1e-3) & (table["across"] > 1e-3) & np.isfinite(table["crossing"])
    return (table["family"] == "varying rates") & told


def _noise_unit(table: pd.DataFrame) -> pd.Series:
    return (table["right"] + table["wrong"]) / table["rollouts"]


def _shared(table: pd.DataFrame) -> pd.Series:
    return table["correlation"] * table["rate"] * (1 - table["rate"])


_JUDGES = {"rollouts": "judges"}
TRIALS = (
    Trial(claims.SCALES, run, "mean", speaks=_of("every step"), unit="most", tolerance=TOLERANCE),
    Trial(claims.PER_STEP, run, "mean", speaks=_of("until the end"), unit="most", tolerance=TOLERANCE),
    Trial(claims.AT_END, run, "mean", speaks=_of("at the end", "in time"), unit="most", tolerance=TOLERANCE),
    Trial(claims.VARYING, run, "mean", speaks=_of("varying rates"), unit="most", tolerance=TOLERANCE),
    Trial(claims.VERDICTS_ADD, run, "added", speaks=_of(*FAMILIES[:4]), unit=_noise_unit),
    Trial(claims.WORTH, run, "rescaled_variance", speaks=_worth, tolerance=TOLERANCE),
    Trial(claims.OFF_THE_GRADIENT, run, "off", speaks=_climbs, tolerance=TOLERANCE, doubt=10 * TOLERANCE),
    Trial(claims.UP_TO, run, "error", columns=_JUDGES, speaks=_climbs, tolerance=TOLERANCE),
    Trial(
        claims.BEYOND,
        run,
        lambda table: table["variance_noisy"] / table["judges"],
        columns=_JUDGES,
        speaks=_climbs,
        tolerance=TOLERANCE,
    ),
    Trial(claims.MEAN_OF_VOTES, run_votes, "spread"),
    Trial(claims.SATURATES, run_votes, _shared),
    Trial(claims.MAJORITY, run_majorities, "said", unit=1.0),
    Trial(claims.TWO_MORE_VOTES, run_majorities, "step", unit=1.0),
    Trial(
        claims.MAJORITY_SCALES,
        run_majorities,
        "mean",
        columns={"pairs": "judges_pairs"},
        unit="most",
        tolerance=TOLERANCE,
    ),
    Trial(claims.MAJORITY_SATURATES, run_majorities, "apart"),
)
"""What is tried, each on the problems of which it speaks."""
