"""What biases do: an error that stays, audits, a frozen error that looks like noise, harmless potentials."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination.reinforce import exact
from imagination.reinforce.estimators import observed_rewards, rollout_gradients, sample
from imagination.reinforce.problems import (
    DISCOUNTED,
    THEOREM_2,
    Estimator,
    Problem,
    SoftmaxPolicy,
    tabular_policy,
)
from imagination.reinforce.reward_errors import Independent
from imagination.results.bias.claims import SQUARED_ERROR
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "against_rollouts",
    "audit",
    "copies",
    "fitted_rewards",
    "frozen_or_fresh",
    "grid",
    "repeat",
    "shaping",
    "which_estimator",
    "with_clock",
]

Array = NDArray[np.floating]

FEW = 20_000
"""Rollouts sampled at least for each number K."""


def grid(horizon: int = 12, *, slip: float = 0.1, discount: float = 0.95) -> Problem:
    """The problem of chapters 10 and 11: a 3 x 3 grid, reward 1 in the far corner, the uniform policy."""
    mdp = makers.gridworld(3, 3, slip, discount)
    return Problem(mdp, tabular_policy(np.zeros((1, mdp.n_states, mdp.n_actions))), horizon)


def repeat(mdp: TabularMDP, policies: Array, horizon: int) -> Problem:
    """One MDP for many softmax policies, given by their action probabilities (B, S, A)."""
    logits = np.log(np.maximum(policies, 1e-300))
    return Problem(mdp[np.zeros(len(policies), dtype=int)], tabular_policy(logits), horizon)


def copies(problem: Problem, count: int) -> Problem:
    """A batch of `count` copies of the first problem."""
    return problem[np.zeros(count, dtype=int)]


# Against the number of rollouts


def against_rollouts(
    problem: Problem,
    bias: Array,
    *,
    sigma: float,
    rollouts: ArrayLike,
    generator: np.random.Generator,
    groups: int = 400,
) -> pd.DataFrame:
    """Mean squared errors of unbiased noisy labels and of biased noise-free ones, exact and sampled.

    Each sampled value is a mean of so many independent averages (`groups`) at least: more where K is small,
    whose errors have long tails.

    Returns
    -------
    DataFrame
        For each K of `rollouts`: `noisy` and `biased`, exactly, by Proposition 2's claim; `sampled noisy` and
        `sampled biased` with their standard errors (`... error`).
    """
    truth = exact.gradient(problem)
    size = np.linalg.norm(exact.bias_gradient(problem, bias), axis=1)[0]
    judged = problem.with_reward(problem.mdp.reward + bias)
    variances = {
        "noisy": exact.moments(problem, DISCOUNTED, noise_variance=sigma**2).variance[0],
        "biased": exact.moments(judged, DISCOUNTED).variance[0],
    }
    rows = []
    for K in np.asarray(rollouts):
        row: dict[str, Any] = {"rollouts": int(K)}
        count = max(groups, FEW // int(K))
        for name, offset in (("noisy", 0.0), ("biased", size)):
            about = {"variance_biased": variances[name], "bias_norm": offset}
            row[name] = float(SQUARED_ERROR.evaluate(rollouts=int(K), **about))
            options: dict[str, Any] = {"noise": Independent(sigma)} if name == "noisy" else {"bias": bias}
            parts = [part[0] for part in sample(problem, DISCOUNTED, int(K) * count, generator, **options)]
            averages = np.concatenate(parts).reshape(count, int(K), -1).mean(axis=1)
            squares = ((averages - truth) ** 2).sum(axis=1)
            row[f"sampled {name}"] = squares.mean()
            row[f"sampled {name} error"] = squares.std(ddof=1) / np.sqrt(count)
        rows.append(row)
    return pd.DataFrame(rows)


def audit(
    problem: Problem, bias: Array, *, sigma: float, rollouts: int, generator: np.random.Generator
) -> dict[str, Array]:
    """What can be learnt from rollouts that are labelled twice, by the biased source and by the noisy one.

    Each problem of the batch is audited once, with as many rollouts, at least 2.

    Returns
    -------
    dict
        Unbiased estimates, (B,) each: `bias_norm_squared` of ||grad B_H||^2 (it may be negative),
        `noisy_variance` and `biased_variance` of a single rollout's estimate.
    """
    if rollouts < 2:
        raise ValueError(f"rollouts must be at least 2, got {rollouts}")
    drawn = problem.rollouts(rollouts, generator)
    noisy = rollout_gradients(
        problem, DISCOUNTED, drawn, observed_rewards(drawn, generator, noise=Independent(sigma))
    )
    biased = rollout_gradients(problem, DISCOUNTED, drawn, observed_rewards(drawn, generator, bias=bias))
    difference = biased - noisy
    spread = difference.var(axis=1, ddof=1).sum(axis=1)
    return {
        "bias_norm_squared": (difference.mean(axis=1) ** 2).sum(axis=1) - spread / rollouts,
        "noisy_variance": noisy.var(axis=1, ddof=1).sum(axis=1),
        "biased_variance": biased.var(axis=1, ddof=1).sum(axis=1),
    }


# A frozen error is a bias


def frozen_or_fresh(
    problem: Problem,
    rollouts: ArrayLike,
    *,
    sigma: float,
    generator: np.random.Generator,
    draws: int = 300,
    estimator: Estimator = DISCOUNTED,
) -> pd.DataFrame:
    """Mean squared errors of the gradient when labels err with standard deviation `sigma`, exactly.

    Three ways to err that no single label tells apart: fresh noise at every label; a reward model with one
    Gaussian error for each state and action, frozen; and a new such model for every rollout.

    Returns
    -------
    DataFrame
        `rollouts`, and the mean squared errors `fresh`, `frozen` (mean over `draws` models), `per rollout`.
    """
    K = np.asarray(rollouts, dtype=float)
    truth = exact.gradient(problem)
    fresh = exact.moments(problem, estimator, noise_variance=sigma**2)
    many = copies(problem, draws)
    errors = sigma * generator.standard_normal(many.mdp.reward.shape)
    frozen = exact.moments(many.with_reward(many.mdp.reward + errors), estimator)
    offsets = ((frozen.mean - truth) ** 2).sum(axis=1)
    systematic = ((fresh.mean - truth) ** 2).sum()
    within, between = frozen.variance.mean(), offsets.mean()
    return pd.DataFrame(
        {
            "rollouts": np.asarray(rollouts),
            "fresh": fresh.variance[0] / K + systematic,
            "frozen": within / K + between,
            "per rollout": (within + between - systematic) / K + systematic,
        }
    )


def fitted_rewards(
    problem: Problem, labels: int, *, sigma: float, generator: np.random.Generator, models: int
) -> Array:
    """Reward tables (models, S, A), each the cell means of `labels` noisy labels spread over all cells.

    Labels go round the cells in a random order, so each cell gets at least ``labels // (S A)`` of them; a
    cell without a label is given the mean of all labels.
    """
    reward = problem.mdp.reward[0]
    cells = reward.size
    counts = np.full((models, cells), labels // cells)
    order = generator.random((models, cells)).argsort(axis=1)
    counts += order < labels % cells
    errors = sigma * generator.standard_normal((models, cells)) / np.sqrt(np.maximum(counts, 1))
    seen = counts > 0
    means = np.where(seen, reward.ravel() + errors, 0.0)
    overall = (means * counts).sum(axis=1, keepdims=True) / labels
    return np.where(seen, means, overall).reshape(models, *reward.shape)


# Potentials


def with_clock(problem: Problem) -> Problem:
    """The same problems with the time as part of the state; the policy does not look at the clock.

    State number t S + s is state s at time t, and the last one is the end. The policy's parameters are those
    of `problem`, shared by all times. Rewards and biases of the new problem may depend on the time.
    """
    B, S, A = problem.mdp.reward.shape
    H, d = problem.horizon, problem.policy.parameters.shape[1]
    size = H * S + 1
    transition = np.zeros((B, size, A, size))
    for t in range(H - 1):
        transition[:, t * S : (t + 1) * S, :, (t + 1) * S : (t + 2) * S] = problem.mdp.transition
    transition[:, (H - 1) * S :, :, -1] = 1
    reward = np.concatenate([np.tile(problem.mdp.reward, (1, H, 1)), np.zeros((B, 1, A))], axis=1)
    initial = np.concatenate([problem.mdp.initial, np.zeros((B, size - S))], axis=1)
    features = np.concatenate([np.tile(problem.policy.features, (1, H, 1, 1)), np.zeros((B, 1, A, d))], 1)
    clocked = TabularMDP(transition, reward, problem.mdp.discount, initial=initial)
    return replace(problem, mdp=clocked, policy=SoftmaxPolicy(problem.policy.parameters, features))


def shaping(problem: Problem, potential: ArrayLike, *, terminal: bool) -> Array:
    """The bias gamma E Phi(s') - Phi(s) of a potential Phi, for `with_clock` of the problem.

    Parameters
    ----------
    problem : Problem
        Without the clock.
    potential : (B, S) or (B, H, S) array
        Phi of every state, at every time if it depends on it.
    terminal : bool
        Whether the potential counts as 0 at the end of the horizon (harmless) or is paid out there.

    Returns
    -------
    (B, H S + 1, A) array
    """
    B, S, A = problem.mdp.reward.shape
    H, gamma = problem.horizon, problem.discount[:, None, None]
    phi = np.asarray(potential, dtype=float)
    phi = np.broadcast_to(phi[:, None] if phi.ndim == 2 else phi, (B, H, S))
    bias = np.zeros((B, H * S + 1, A))
    for t in range(H):
        last = t == H - 1
        after = phi[:, t] * (0.0 if terminal else 1.0) if last else phi[:, t + 1]
        ahead = (problem.mdp.transition @ after[:, None, :, None])[..., 0]
        bias[:, t * S : (t + 1) * S] = gamma * ahead - phi[:, t, :, None]
    return bias


# Which estimator


def which_estimator(problem: Problem, bias: Array, discounts: ArrayLike) -> pd.DataFrame:
    """What two estimators are off by, as the discount varies: ||E g - grad J||^2 with and without a bias.

    Returns
    -------
    DataFrame
        `gamma`; `promised`, the ||grad B_H||^2 of Proposition 2; for each estimator ("discounted" and
        "undiscounted") what it is off by without a bias and `with bias`; `grad J`, ||grad J_H||^2.
    """
    discounts = np.atleast_1d(np.asarray(discounts, dtype=float))
    many = replace(copies(problem, len(discounts)), discount=discounts)
    bias = np.broadcast_to(bias, many.mdp.reward.shape)
    truth = exact.gradient(many)
    table = {
        "gamma": discounts,
        "grad J": (truth**2).sum(axis=1),
        "promised": (exact.bias_gradient(many, bias) ** 2).sum(axis=1),
    }
    for name, estimator in (("discounted", DISCOUNTED), ("undiscounted", THEOREM_2)):
        for suffix, reward in (("", many.mdp.reward), (", with bias", many.mdp.reward + bias)):
            off = exact.expected(many, estimator, reward) - truth
            table[name + suffix] = (off**2).sum(axis=1)
    return pd.DataFrame(table)
