"""Proposition 2 on trial: the mean squared error of a gradient whose rewards are biased, against K.

The two sides of the trial share no code. What is measured comes from the moments of the estimator under
biased, noisy rewards. What it is compared with is made of finite differences of returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.results.bias.claims import SQUARED_ERROR
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "BIASES",
    "SCALES",
    "TOLERANCE",
    "TRIALS",
    "configurations",
    "difference_gradient",
    "draw_problems",
    "mean_squared_error",
    "run",
    "trial",
]

Array = NDArray[np.floating]

TOLERANCE = 1e-7
"""A prediction that is off by more than this share is refuted: room for finite differences."""

BIASES = ("frozen error", "state error", "one cell", "taste", "constant", "opposite")
"""What the biases of the trial are drawn as: see `_draw_bias`."""

SCALES = {"quick": {"batches": 1, "size": 60}, "full": {"batches": 10, "size": 100}}


# What is measured


def mean_squared_error(
    problem: Problem,
    bias: Array,
    *,
    sigma: ArrayLike,
    rollouts: ArrayLike,
    truth: Array,
    estimator: Estimator = DISCOUNTED,
) -> Array:
    """E||g - truth||^2 of the average g of K rollouts whose labels have a bias and noise, exactly, (B,).

    One rollout's estimate has second moment m about the truth and mean offset d; the average of K
    independent ones has m / K + (1 - 1/K) ||d||^2. No derivative is taken.
    """
    sigma, K = np.asarray(sigma, dtype=float), np.asarray(rollouts, dtype=float)
    labelled = problem.with_reward(problem.mdp.reward + bias)
    noise = np.broadcast_to(sigma, len(problem))[:, None, None] ** 2
    found = exact.moments(labelled, estimator, noise_variance=noise)
    systematic = ((found.mean - truth) ** 2).sum(axis=1)
    about_truth = found.variance + systematic
    return about_truth / K + (1 - 1 / K) * systematic


def difference_gradient(
    problem: Problem, reward: Array | None = None, *, discount: Array | None = None, step: float = 2e-3
) -> Array:
    """Gradient of the H-step return by differences of returns, (B, d), its error of order step^4.

    It knows of no score and of no policy gradient theorem: returns of policies, and nothing else.
    """
    B, d = problem.policy.parameters.shape
    reward = problem.mdp.reward if reward is None else reward
    discount = problem.discount if discount is None else np.broadcast_to(discount, (B,))
    many = copies_of_each(problem, 4 * d)
    shifts = np.array([step, -step, 2 * step, -2 * step])[:, None, None] * np.eye(d)
    logits = (problem.policy.parameters[:, None] + shifts.reshape(1, 4 * d, d)).reshape(-1, d)
    moved = tabular_policy(logits.reshape(-1, *problem.mdp.reward.shape[1:])).probabilities
    world = TabularMDP(
        many.mdp.transition,
        np.repeat(np.broadcast_to(reward, problem.mdp.reward.shape), 4 * d, axis=0),
        np.repeat(discount, 4 * d),
        initial=many.mdp.initial,
    )
    at = world.returns(moved, problem.horizon).reshape(B, 4, d)
    return (8 * (at[:, 0] - at[:, 1]) - (at[:, 2] - at[:, 3])) / (12 * step)


def copies_of_each(problem: Problem, count: int) -> Problem:
    """Every problem of the batch `count` times, next to each other."""
    return problem[np.repeat(np.arange(len(problem)), count)]


# The trial


def draw_problems(
    rng: np.random.Generator, size: int, kind: str = "frozen error"
) -> tuple[Problem, Array, Array, NDArray[np.int64]]:
    """Random problems, biases (size, S, A), noise deviations (size,) and numbers of rollouts (size,)."""
    S, A = int(rng.integers(2, 6)), int(rng.integers(2, 4))
    discount = 1 - 10 ** -rng.uniform(0.1, 2, size)
    mdp = makers.garnet(size, S, A, int(rng.integers(1, S + 1)), discount, rng)
    horizon = int(rng.integers(2, 16))
    logits = rng.exponential(1, (size, 1, 1)) * rng.standard_normal(mdp.reward.shape)
    bias = _draw_bias(rng, kind, mdp) * 10 ** rng.uniform(-1.5, 0.5, (size, 1, 1))
    sigma = 10 ** rng.uniform(-2, 0.5, size) * rng.integers(0, 2, size)
    rollouts = np.exp(rng.uniform(np.log(2), np.log(1000), size)).astype(np.int64)
    return Problem(mdp, tabular_policy(logits), horizon), bias, sigma, rollouts


def _draw_bias(rng: np.random.Generator, kind: str, mdp: TabularMDP) -> Array:
    """One bias for each problem."""
    B, S, A = mdp.reward.shape
    if kind == "frozen error":  # of a reward model: Gaussian for each state and action
        return rng.standard_normal((B, S, A))
    if kind == "state error":  # blind to the action
        return np.broadcast_to(rng.standard_normal((B, S, 1)), (B, S, A))
    if kind == "one cell":  # right everywhere but in one place
        return np.eye(S * A)[rng.integers(0, S * A, B)].reshape(B, S, A)
    if kind == "taste":  # for an action, whatever the state
        return np.broadcast_to(rng.standard_normal((B, 1, A)), (B, S, A))
    if kind == "constant":
        return np.ones((B, S, A))
    if kind == "opposite":  # pays less than is due
        return -mdp.reward
    raise ValueError(f"kind must be one of {', '.join(BIASES)}, got {kind!r}")


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Batches of the trial."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    batches, size = SCALES[scale]["batches"], SCALES[scale]["size"]
    return [{"bias": kind, "size": size} for kind in BIASES for _ in range(6 * batches)]


def trial(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw problems, measure the mean squared error and compare with Proposition 2: one row a problem.

    Columns: `bias` (its kind), `gamma`, `horizon`, `rollouts`; measured: `mse`, and `mse undiscounted` of
    Theorem 2's estimator; the `variance` of one rollout with these labels and `unbiased variance` without
    the bias; by finite differences: `bias_gradient` = ||grad B_H||, the same `undiscounted`, `inner` =
    <grad J_H, grad B_H>, `return` = B_H; `predicted` and its relative error `off`.
    """
    problem, bias, sigma, rollouts = draw_problems(rng, configuration["size"], configuration["bias"])
    truth, of_bias = difference_gradient(problem), difference_gradient(problem, bias)
    undiscounted = difference_gradient(problem, bias, discount=np.full(len(problem), 1 - 1e-12))
    labelled: dict[str, Any] = {"bias": bias, "sigma": sigma, "rollouts": rollouts, "truth": truth}
    noise = sigma[:, None, None] ** 2
    judged = problem.with_reward(problem.mdp.reward + bias)
    table = pd.DataFrame(
        {
            "bias": configuration["bias"],
            "gamma": problem.discount,
            "horizon": problem.horizon,
            "rollouts": rollouts,
            "mse": mean_squared_error(problem, **labelled),
            "mse undiscounted": mean_squared_error(problem, **labelled, estimator=THEOREM_2),
            "variance": exact.moments(judged, DISCOUNTED, noise_variance=noise).variance,
            "unbiased variance": exact.moments(problem, DISCOUNTED, noise_variance=noise).variance,
            "variance undiscounted": exact.moments(judged, THEOREM_2, noise_variance=noise).variance,
            "bias_gradient": np.linalg.norm(of_bias, axis=1),
            "undiscounted": np.linalg.norm(undiscounted, axis=1),
            "gradient": np.linalg.norm(truth, axis=1),
            "inner": (truth * of_bias).sum(axis=1),
            "return": exact.returns(problem, bias),
        }
    )
    (own,) = TRIALS
    table["predicted"] = own.stated(table)
    table["off"] = np.abs(table["predicted"] / table["mse"] - 1)
    return table


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial; options as in `imagination.trials.sweep.sweep`."""
    return sweep(trial, configurations(scale), seed=seed, **options)


TRIALS: tuple[Trial, ...] = (
    Trial(
        SQUARED_ERROR,
        run,
        measure="mse",
        columns={"variance_biased": "variance", "bias_norm": "bias_gradient"},
        unit="mse",
        tolerance=TOLERANCE,
        doubt=10 * TOLERANCE,
    ),
)
