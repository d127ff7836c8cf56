"""REINFORCE by sampling, on tabular problems: batched over problems and rollouts, streamed in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, check_index, check_shape, finite, number, numeric, whole
from imagination.reinforce import exact
from imagination.reinforce.problems import Estimator, Problem
from imagination.reinforce.reward_errors import Noise, look_up
from imagination.worlds.tabular import TabularRollouts

__all__ = [
    "Estimate",
    "ascend",
    "coefficients",
    "estimate",
    "mean_gradient",
    "observed_rewards",
    "rollout_gradients",
    "sample",
]

Array = NDArray[np.float64]

CHUNK = 2**21
"""How many numbers the largest temporary array of a chunk may hold, about."""


@numeric
def observed_rewards(
    rollouts: TabularRollouts,
    generator: np.random.Generator,
    *,
    noise: Noise | None = None,
    bias: ArrayLike | None = None,
) -> Array:
    """Rewards as the learner sees them, r + b(s, a) + η, (B, K, H).

    `bias` is a table (B, S, A), or (B, H, S, A) if it depends on time.
    """
    states, rewards = rollouts.states[:, :, :-1], rollouts.rewards
    if bias is not None:
        rewards = rewards + look_up("bias", bias, states, rollouts.actions)
    if noise is not None:
        rewards = rewards + noise(states, rollouts.actions, generator)
    return rewards


@numeric
def coefficients(
    problem: Problem, estimator: Estimator, rewards: Array, baseline: Array, states: NDArray[np.int64]
) -> Array:
    """What each score is multiplied by, c_t (Ĝ_t − b_t(s_t)), (B, K, H).

    `rewards` is (B, K, H), `baseline` (B, H, S), `states` (B, K, H).
    """
    rewards, baseline = finite("rewards", rewards), finite("baseline", baseline)
    B, _, H = check_shape("rewards", rewards, (len(problem), None, problem.horizon))
    check_shape("baseline", baseline, (B, H, problem.mdp.n_states))
    check_shape("states", states, tuple(rewards.shape))
    check_index("states", states, problem.mdp.n_states)
    gamma, outer = problem.discount[:, None], estimator.outer_weights(problem)[:, None]
    togo = np.empty_like(rewards)
    ahead = np.zeros(rewards.shape[:2])
    for t in reversed(range(problem.horizon)):
        togo[:, :, t] = ahead = rewards[:, :, t] + gamma * ahead
    if estimator.reward_to_go:
        weighted = outer * togo
    elif estimator.outer == "discounted":
        weighted = togo[:, :, :1]  # γ^t · γ^(−t) R
    else:
        estimator.check_past(problem)
        weighted = togo[:, :, :1] / gamma[:, :, None] ** np.arange(problem.horizon)
    batch, times = np.ogrid[: len(problem), : problem.horizon]
    subtracted = baseline[batch[:, None], times[None], states]
    return weighted - outer * subtracted


@numeric
def rollout_gradients(
    problem: Problem,
    estimator: Estimator,
    rollouts: TabularRollouts,
    rewards: Array | None = None,
    *,
    baseline: Array | None = None,
) -> Array:
    """The estimate of every single rollout, (B, K, d); their mean over K is ĝ.

    Parameters
    ----------
    problem, estimator
    rollouts : TabularRollouts
        Sampled under `problem`'s policy.
    rewards : (B, K, H) array, optional
        As observed, with noise and bias; those of the rollouts unless told.
    baseline : (B, H, S) array, optional
        `exact.baseline_table` of the estimator unless told.
    """
    collected = _collected(problem, estimator, rollouts, rewards, baseline, each=True)
    return collected @ problem.policy.scores.reshape(len(problem), -1, problem.policy.parameters.shape[1])


@numeric
def mean_gradient(
    problem: Problem,
    estimator: Estimator,
    rollouts: TabularRollouts,
    rewards: Array | None = None,
    *,
    baseline: Array | None = None,
) -> Array:
    """ĝ, (B, d): the mean of `rollout_gradients` over the rollouts, without an array for each of them."""
    collected = _collected(problem, estimator, rollouts, rewards, baseline, each=False)
    scores = problem.policy.scores.reshape(len(problem), -1, problem.policy.parameters.shape[1])
    return (collected @ scores)[:, 0] / rollouts.actions.shape[1]


def _collected(
    problem: Problem,
    estimator: Estimator,
    rollouts: TabularRollouts,
    rewards: Array | None,
    baseline: Array | None,
    *,
    each: bool,
) -> Array:
    """Sums of the scores' coefficients by (state, action): (B, K, S A) for `each` rollout, or (B, 1, S A)."""
    rewards = rollouts.rewards if rewards is None else finite("rewards", rewards)
    states, actions = rollouts.states[:, :, :-1], rollouts.actions
    if rewards.shape != actions.shape or actions.shape[2] != problem.horizon:
        raise ValueError(
            f"rewards must have shape {actions.shape} with H = {problem.horizon}, got {rewards.shape}"
        )
    table = exact.baseline_table(problem, estimator) if baseline is None else finite("baseline", baseline)
    weights = coefficients(problem, estimator, rewards, table, states)
    B, K, _ = actions.shape
    S, A = problem.mdp.n_states, problem.mdp.n_actions
    groups = np.arange(B * K).reshape(B, K, 1) if each else np.arange(B).reshape(B, 1, 1)
    count = K if each else 1
    index = (groups * S + states) * A + actions
    collected = np.bincount(index.ravel(), weights=weights.ravel(), minlength=B * count * S * A)
    return collected.reshape(B, count, S * A).astype(float, copy=False)


@dataclass(frozen=True, eq=False)
class Estimate:
    """Sample moments of single-rollout estimates.

    Attributes
    ----------
    count : int
        Number of rollouts of each problem.
    mean : (B, d)
    mean_error : (B, d)
        Standard error of `mean`.
    variance : (B,)
        Trace of the covariance, about the `center` that was given, else about the mean.
    variance_error : (B,)
        Standard error of `variance`.
    """

    count: int
    mean: Array
    mean_error: Array
    variance: Array
    variance_error: Array


def sample(
    problem: Problem,
    estimator: Estimator,
    count: int,
    generator: np.random.Generator,
    *,
    noise: Noise | None = None,
    bias: ArrayLike | None = None,
    baseline: Array | None = None,
) -> Iterator[Array]:
    """Estimates of `count` rollouts of every problem, in chunks (B, k, d) that stay small in memory."""
    count = whole("count", count)
    B, S, A, d = problem.policy.scores.shape
    size = max(1, CHUNK // (B * max(d, S * A, problem.horizon)))
    table = exact.baseline_table(problem, estimator) if baseline is None else finite("baseline", baseline)
    for begun in range(0, count, size):
        rollouts = problem.rollouts(min(size, count - begun), generator)
        rewards = observed_rewards(rollouts, generator, noise=noise, bias=bias)
        yield rollout_gradients(problem, estimator, rollouts, rewards, baseline=table)


@numeric
def estimate(
    problem: Problem,
    estimator: Estimator,
    count: int,
    generator: np.random.Generator,
    *,
    noise: Noise | None = None,
    bias: ArrayLike | None = None,
    baseline: Array | None = None,
    center: ArrayLike | None = None,
) -> Estimate:
    """Sample mean and total variance of single-rollout estimates, with standard errors.

    Parameters
    ----------
    problem, estimator
    count : int
        Rollouts of each problem, at least 2; any number, they are streamed.
    generator : Generator
    noise, bias, baseline
        As for `observed_rewards` and `rollout_gradients`.
    center : (B, d), optional
        The exact mean, if known: then `variance` is an unbiased mean of independent squared distances, and
        its standard error an honest one.
    """
    whole("count", count, least=2)
    B, d = problem.policy.parameters.shape
    total, squares = np.zeros((B, d)), np.zeros((B, d))
    distance, distance_square = np.zeros(B), np.zeros(B)
    point: Array | None = None  # sums are taken about it
    if center is not None:
        point = broadcast("center", finite("center", center), (B, d))[:, None]
    for part in sample(problem, estimator, count, generator, noise=noise, bias=bias, baseline=baseline):
        point = part.mean(axis=1, keepdims=True) if point is None else point
        off = part - point
        total, squares = total + off.sum(axis=1), squares + (off**2).sum(axis=1)
        norm = (off**2).sum(axis=2)
        distance, distance_square = distance + norm.sum(axis=1), distance_square + (norm**2).sum(axis=1)
    assert point is not None  # there was at least one chunk
    shift, far = total / count, distance / count
    each = (squares / count - shift**2) * count / (count - 1)
    spread = np.sqrt(np.maximum(distance_square / count - far**2, 0) / (count - 1))
    variance = each.sum(axis=1) if center is None else far
    return Estimate(count, point[:, 0] + shift, np.sqrt(np.maximum(each, 0) / count), variance, spread)


@numeric
def ascend(
    problem: Problem,
    estimator: Estimator,
    *,
    steps: int,
    rate: float,
    rollouts: int | None = None,
    generator: np.random.Generator | None = None,
    noise: Noise | None = None,
    bias: ArrayLike | None = None,
    world: Problem | None = None,
) -> tuple[Problem, Array]:
    """Train by gradient ascent, θ ← θ + rate · ĝ, and watch the exact return.

    Parameters
    ----------
    problem : Problem
        Where rollouts are drawn: the real world, or an imagined one.
    estimator : Estimator
    steps, rate
        Number of steps and learning rate.
    rollouts : int, optional
        K; without it every step follows the exact mean of the estimator: no sampling at all. (It then
        includes `bias`; noise of mean 0 has no part in it.)
    generator : Generator
        Needed for sampling.
    noise, bias
        As for `observed_rewards`.
    world : Problem, optional
        Where the return is measured; `problem` unless told.

    Returns
    -------
    problem : Problem
        With the policies reached.
    returns : (B, steps + 1)
        J_H before and after every step, exact and without bias, in `world`.
    """
    if rollouts is not None and generator is None:
        raise ValueError("generator must be given with rollouts")
    rate, steps = number("rate", rate), whole("steps", steps)
    rollouts = None if rollouts is None else whole("rollouts", rollouts, least=1)
    world = problem if world is None else world
    curve = [exact.returns(world.with_policy(problem.policy))]
    reward = None
    if bias is not None:
        reward = exact.timed(problem, "reward", None) + exact.timed(problem, "bias", bias)
    for _ in range(steps):
        if rollouts is None or generator is None:
            step = exact.expected(problem, estimator, reward)
        else:
            drawn = problem.rollouts(rollouts, generator)
            rewards = observed_rewards(drawn, generator, noise=noise, bias=bias)
            step = mean_gradient(problem, estimator, drawn, rewards)
        problem = problem.with_policy(problem.policy.moved(rate * step))
        curve.append(exact.returns(world.with_policy(problem.policy)))
    return problem, np.stack(curve, axis=1)
