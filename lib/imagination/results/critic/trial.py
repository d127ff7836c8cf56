"""Critics on trial: everything that may happen, listed, beside what is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination.reinforce.problems import DISCOUNTED, THEOREM_2
from imagination.results.critic import claims
from imagination.results.critic.systems import FAMILIES, Listed, Watched, draw, listed
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TOLERANCE", "TRIALS", "measured", "run"]

Array = NDArray[np.float64]

TOLERANCE = 1e-9
"""Room for rounding, none for a wrong bound."""

SCALES = {"quick": {"batches": 16, "size": 50}, "full": {"batches": 160, "size": 50}}
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


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    system = draw(configuration["family"], rng, configuration["size"])
    return measured(system, rng).assign(family=configuration["family"])


def measured(system: Watched, rng: np.random.Generator) -> pd.DataFrame:
    """Measure everything that the topic's claims speak of, one row a problem.

    Columns, of one of the two estimators:

    - `gamma`, `lam`, `sigma`, `rollouts`, `most` (largest of the estimates' norms);
    - along a random direction `mean`, that of the estimate from noisy labels, listed; `plain`, that with
      lambda = 1 and a critic that only knows the end; `ahead` and `at_end`, the claim's sum and its last
      term, `ahead_now` with the errors in the states of the scores, `ahead_slow` with eligibilities that
      fade by gamma;
    - `added`, what noise adds to the variance, listed, a `rollouts`-th; `eligible`, and `eligible_slow`,
      `eligible_lam`, `eligible_one` with eligibilities that fade by gamma, by lambda, at once;
    - of two steps `bias`, `linear`, `square` from lambda = 0, 1/2 and 1, a random `trace`, and the listed
      `least`, the squared error at the lambda that the claim names, less what is the same for all; and that
      at three others: `at_hasty` (without the linear term), `at_habit` (.95), `at_labels` (1).
    """
    estimator = (DISCOUNTED, THEOREM_2)[int(rng.integers(2))]
    loud, quiet = listed(system), listed(system, noise=False)
    rollouts = np.exp(rng.uniform(0, np.log(100), len(system.lam))).astype(int)
    gamma, lam = system.problem.discount, system.lam
    estimates = loud.estimates(system, estimator, lam, critic=loud.said)
    ends = np.where(np.arange(system.problem.horizon + 1) == system.problem.horizon, quiet.right, 0.0)
    plain = quiet.estimates(system, estimator, np.ones_like(lam), critic=ends)
    direction = rng.standard_normal((len(lam), plain.shape[2]))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    off = quiet.said - quiet.right
    met = {name: quiet.eligibilities(system, estimator, fade) for name, fade in
           (("", gamma * lam), ("_slow", gamma), ("_lam", lam), ("_one", 0 * gamma))}  # fmt: skip
    ahead = {name: quiet.mean(met[name] * off[:, :, 1:, None]) for name in ("", "_slow")}
    vectors = {"mean": loud.mean(estimates), "plain": quiet.mean(plain), "at_end": ahead[""][:, -1]}
    vectors |= {f"ahead{name}": each.sum(axis=1) for name, each in ahead.items()}
    vectors["ahead_now"] = quiet.mean(met[""] * off[:, :, :-1, None]).sum(axis=1)
    found = {name: (each * direction).sum(axis=1) for name, each in vectors.items()}
    found |= {f"eligible{name}": quiet.mean((each**2).sum(axis=(2, 3))) for name, each in met.items()}
    without = quiet.estimates(system, estimator, lam, critic=quiet.said)
    added = (_variance(loud, estimates) - _variance(quiet, without)) / rollouts
    columns = {"gamma": gamma, "lam": lam, "sigma": system.sigma, "rollouts": rollouts, "added": added}
    columns |= {"most": np.linalg.norm(estimates, axis=2).max(axis=1)}
    return pd.DataFrame(columns | found | _two_steps(system, loud, rollouts, rng))


def _variance(rollouts: Listed, estimates: Array) -> Array:
    return rollouts.mean((estimates**2).sum(axis=2)) - (rollouts.mean(estimates) ** 2).sum(axis=1)


def _two_steps(
    system: Watched, loud: Listed, rollouts: NDArray[Any], rng: np.random.Generator
) -> dict[str, Array]:
    """The squared error of the discounted estimate, listed; a parabola where there are two steps."""

    def moments(lam: Array) -> tuple[Array, Array]:
        estimates = loud.estimates(system, DISCOUNTED, lam, critic=loud.said)
        return loud.mean(estimates), _variance(loud, estimates)

    one = np.ones_like(system.lam)
    (critic, at_0), (_, at_half), (labels, at_1) = (moments(x * one) for x in (0.0, 0.5, 1.0))
    square = 2 * (at_0 + at_1 - 2 * at_half)
    linear = (at_1 - at_0 - square) / 2
    bias = np.linalg.norm(critic - labels, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = rollouts * bias**2 + square
        best, hasty = (np.clip((rollouts * bias**2 - p) / total, 0, 1) for p in (linear, 0))
    found = {"trace": rng.random(len(one)), "bias": bias, "linear": linear, "square": square}
    for name, lam in {"least": best, "at_hasty": hasty, "at_habit": 0.95 * one, "at_labels": one}.items():
        mean, variance = moments(np.nan_to_num(lam))
        found[name] = ((mean - labels) ** 2).sum(axis=1) + (variance - at_0) / rollouts
    return found


def _ends(table: pd.DataFrame) -> pd.Series:
    return table["family"] != "two steps"


def _noise_unit(table: pd.DataFrame) -> pd.Series:
    return table["sigma"] ** 2 * table["eligible_slow"] / table["rollouts"]


def _two(table: pd.DataFrame) -> pd.Series:
    """Two steps, and a lambda that matters."""
    matters = table["rollouts"] * table["bias"] ** 2 + table["square"]
    return (table["family"] == "two steps") & (matters > 1e-6 * table["most"] ** 2)


TRIALS = (
    Trial(claims.BIAS, run, "mean", unit="most", tolerance=TOLERANCE),
    Trial(claims.NOISE, run, "added", unit=_noise_unit, tolerance=TOLERANCE),
    Trial(claims.TWO_STEPS, run, "least", speaks=_two, unit=lambda t: t["most"] ** 2, tolerance=TOLERANCE),
)
"""What is tried, each on the problems of which it speaks."""
