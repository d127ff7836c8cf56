"""Groups on trial: every group that may be drawn, listed, beside what is claimed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, softmax
from imagination.results.group import claims, systems
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "TOLERANCE", "TRIALS", "apart", "run", "run_questions", "spread"]

Array = NDArray[np.float64]

TOLERANCE = 1e-9
"""Room for rounding and, of gradients, finite differences."""

SCALES = {"quick": {"batches": 8, "size": 64}, "full": {"batches": 120, "size": 64}}
"""Batches of each size of a group, and problems in each; of those with most groups a twentieth as many."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw problems and list their groups of rollouts: one row a problem.

    Columns: `horizon`, `rollouts`, `constant` (whether errors vary alike everywhere); with errors, all by
    listing, `variance` of leave-one-out and `added`, that less the variance without errors; of one sampled
    group and along a random direction `of_group` and `others`, the estimates less the mean of all and less
    the others'; by recursions `own` and `apart`, and with errors `centred`, `crossed`; `plain`, the variance
    of one rollout's estimate without a baseline; `rival`, a number near what leave-one-out comes to.

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
    own = [
        {"horizon": steps, "rollouts": count, "size": each["size"] // (20 if steps * count > 4 else 1)}
        for steps, count in systems.SIZES
        for each in batches(SCALES, scale, ("group",))
    ]
    return sweep(_batch, own, seed=seed, **options)


def run_questions(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw questions and list the groups of their answers; one row a question.

    Columns: `rollouts` (answers in a group), `rate`, `youden`, `gradient` of the chance to be right along a
    random direction, by differences; `spread` by the binomial law; `step`, listed, along that direction; for
    another group, of `many` answers, `spread_of_many`.

    Parameters and options as those of `run`.
    """
    own = [{"size": 6 * each["size"]} for each in batches(SCALES, scale, ("group",))]
    return sweep(_questions, own, seed=seed, **options)


def _batch(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    horizon, count = configuration["horizon"], configuration["rollouts"]
    problem, deviation = systems.draw(rng, configuration["size"], horizon)
    estimator = (DISCOUNTED, THEOREM_2)[int(rng.integers(2))]
    loud = exact.moments(problem, estimator, noise_variance=deviation**2).variance
    quiet = exact.moments(problem, estimator).variance
    table = pd.DataFrame(
        [_row(problem[i], deviation[i : i + 1], estimator, count, rng) for i in range(len(problem))]
    )
    table = table.assign(
        horizon=horizon,
        rollouts=count,
        constant=np.ptp(deviation.reshape(len(problem), -1), axis=1) == 0,
        own=loud - quiet,
        apart=apart(problem, estimator, deviation**2),
        plain=loud,
    )
    table["centred"] += table["own"]
    table["crossed"] += table["apart"]
    table["rival"] = table["variance"] * count * np.exp(rng.uniform(-0.5, 0.5, len(table)))
    return table


def _row(
    problem: Problem, deviation: Array, estimator: Estimator, count: int, rng: np.random.Generator
) -> dict[str, float]:
    loud, quiet = (systems.one_rollout(problem, estimator, each) for each in (deviation, None))
    which, chance = systems.groups(loud, count)
    found = systems.estimates(loud, which)
    silent, rarer = systems.groups(quiet, count)
    variance, before = _variance(chance, found), _variance(rarer, systems.estimates(quiet, silent))
    at = rng.choice(len(chance), p=chance / chance.sum())
    of_group = systems.estimates(loud, which[:, at : at + 1], own=True)[0]
    direction = rng.standard_normal(found.shape[1])
    lower = quiet.to_go - quiet.chance @ quiet.to_go
    across = np.einsum("xhd,yh->xyd", quiet.scores, lower)
    pairs = (across * (across + across.swapaxes(0, 1))).sum(axis=2)
    own = np.einsum("xhd,xh->xd", quiet.scores, lower)
    return {
        "variance": variance,
        "added": variance - before,
        "others": float(found[at] @ direction),
        "of_group": float(of_group @ direction),
        "centred": _variance(quiet.chance, own),
        "crossed": float(quiet.chance @ pairs @ quiet.chance),
    }


def _variance(chance: Array, estimate: Array) -> float:
    mean = chance @ estimate
    return float(chance @ (estimate**2).sum(axis=1) - mean @ mean)


def apart(problem: Problem, estimator: Estimator, noise_variance: Array) -> Array:
    r""":math:`\sum_u E[\sigma_u^2]\, E \lVert M_u \rVert^2`, (B,); `noise_variance` is (B, S, A)."""
    mean = (problem.policy.probabilities * noise_variance).sum(axis=2)
    of_step = (exact.state_distributions(problem) * mean[:, None]).sum(axis=2)
    squared = (estimator.reward_weights(problem) ** 2 * exact.score_norms(problem)[:, :, None]).sum(axis=1)
    return np.asarray((of_step * squared).sum(axis=1))


def spread(rate: Array, count: Array) -> Array:
    """The expected standard deviation of `count` verdicts, each a yes with chance `rate`; (B,) each."""
    count = np.asarray(count)
    yes = np.arange(count.max() + 1)
    share = np.minimum(yes / count[:, None], 1)
    law = stats.binom.pmf(yes, count[:, None], np.asarray(rate)[:, None])
    return np.asarray((law * np.sqrt(share * (1 - share))).sum(axis=1))


def _questions(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for _ in range(configuration["size"]):
        of = systems.question(rng)
        A = len(of.logits)
        count = int(rng.integers(1, {2: 6, 3: 5, 4: 5}[A]))
        direction = rng.standard_normal(A)
        chances = [softmax(of.logits + k * 1e-3 * direction) @ of.right for k in (1, -1, 2, -2)]
        slope = (8 * (chances[0] - chances[1]) - (chances[2] - chances[3])) / 12e-3
        rows.append((count, of.rate, of.tpr - of.fpr, slope, systems.step(of, count) @ direction))
    table = pd.DataFrame(rows, columns=["rollouts", "rate", "youden", "gradient", "step"])
    many = np.ceil(np.exp(rng.uniform(0, np.log(300), len(table)))).astype(int)
    count = table["rollouts"].to_numpy()
    return table.assign(
        spread=spread(table["rate"], count), many=many, spread_of_many=spread(table["rate"], many)
    )


def _subtracted(table: pd.DataFrame) -> pd.Series:
    """The size of the numbers whose differences are compared, and with it that of their rounding."""
    return table["variance"] + table["plain"]


def _short(table: pd.DataFrame) -> pd.Series:
    return np.sqrt(table["rate"] * (1 - table["rate"])) - table["spread_of_many"]


def _weight(table: pd.DataFrame) -> pd.Series:
    return table["spread"] / (table["rate"] * (1 - table["rate"]))


def _four(table: pd.DataFrame) -> pd.Series:
    return table["rollouts"] == 4


_MANY = {"rollouts": "many"}
TRIALS = (
    Trial(claims.ADDS, run, "added", unit=_subtracted, tolerance=TOLERANCE),
    Trial(claims.TOTAL, run, "variance", tolerance=TOLERANCE),
    Trial(claims.WINS, run, "variance", tolerance=TOLERANCE),
    Trial(claims.OWN_MEAN, run, "of_group", unit=1.0, tolerance=TOLERANCE),
    Trial(claims.NORMALISED, run_questions, "step", unit=1.0, tolerance=TOLERANCE),
    Trial(claims.SPREAD_MOST, run_questions, "spread_of_many", columns=_MANY, tolerance=TOLERANCE),
    Trial(claims.SPREAD_LEAST, run_questions, _short, columns=_MANY, tolerance=TOLERANCE),
    Trial(claims.FOUR, run_questions, _weight, speaks=_four, tolerance=TOLERANCE),
)
"""What is tried, each on the systems of which it speaks."""
