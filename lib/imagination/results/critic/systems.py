"""Tabular problems with a critic, and everything that a rollout of them may come to, one by one.

Nothing here knows what a critic does to a gradient: all sequences of states, actions and labels' errors are
listed with their probabilities, and the estimator is applied to each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagination.reinforce import critics
from imagination.reinforce.problems import Estimator, Problem, tabular_policy
from imagination.worlds import makers

__all__ = ["FAMILIES", "Listed", "Watched", "draw", "listed"]

Array = NDArray[np.float64]

FAMILIES = ("nothing after", "a value at the end", "two steps")
"""Rollouts after which nothing comes, rollouts that end in a value, right or wrong, and such of two steps."""


@dataclass(frozen=True, eq=False)
class Watched:
    """B tabular problems with a critic and noisy labels.

    Attributes
    ----------
    problem : Problem
    critic, right : (B, H + 1, S)
        What the critic says, and what is right.
    lam, sigma : (B,)
        Labels err by sigma or -sigma, by a fair coin.
    """

    problem: Problem
    critic: Array
    right: Array
    lam: Array
    sigma: Array


@dataclass(frozen=True, eq=False)
class Listed:
    """All rollouts of B problems: probabilities (B, n), scores (B, n, H, d), and by time (B, n, H or H + 1).

    Attributes
    ----------
    chance, scores, rewards, said, right : arrays
        `said` and `right` are what the critic and the true values say of the states at times 0 to H.
    """

    chance: Array
    scores: Array
    rewards: Array
    said: Array
    right: Array

    def mean(self, of: Array) -> Array:
        """Mean over rollouts of what each one has, (B, n, ...)."""
        return np.einsum("bn,bn...->b...", self.chance, of)

    def estimates(self, system: Watched, estimator: Estimator, lam: Array, *, critic: Array) -> Array:
        """The estimate of each rollout, (B, n, d), by the advantages of the critic's words (B, n, H + 1)."""
        gamma, fade = system.problem.discount[:, None], (system.problem.discount * lam)[:, None]
        found, advantage = np.zeros(()), np.zeros(())
        for t in reversed(range(system.problem.horizon)):
            advantage = self.rewards[..., t] + gamma * critic[..., t + 1] - critic[..., t] + fade * advantage
            outer = gamma**t if estimator.outer == "discounted" else 1.0
            found = found + self.scores[:, :, t] * (outer * advantage)[..., None]
        return np.asarray(found)

    def eligibilities(self, system: Watched, estimator: Estimator, fade: Array) -> Array:
        """M_u of each rollout, (B, n, H, d), where scores fade by `fade` (B,) at every step."""
        outer = system.problem.discount if estimator.outer == "discounted" else np.ones_like(fade)
        found = np.zeros_like(self.scores)
        for u in range(found.shape[2]):
            before = fade[:, None, None] * found[:, :, u - 1] if u else 0.0
            found[:, :, u] = before + (outer**u)[:, None, None] * self.scores[:, :, u]
        return found


def draw(family: str, rng: np.random.Generator, size: int) -> Watched:
    """Draw `size` problems of a family, small enough to be listed.

    Raises
    ------
    ValueError
        If there is no such family.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    horizon = 2 if family == "two steps" else int(rng.integers(1, 4))
    discount = 1 - 10 ** -rng.uniform(0.1, 2, size)
    mdp = makers.garnet(size, 2, 2, 2, discount, rng)
    logits = rng.exponential(1, (size, 1, 1)) * rng.standard_normal((size, 2, 2))
    undiscounted = np.where(rng.random(size) < 0.2, 1.0, discount)
    problem = Problem(mdp, tabular_policy(logits), horizon, undiscounted)
    end = family == "a value at the end"
    right = critics.true_critic(problem, end * rng.standard_normal((size, 2)))
    error = rng.exponential(0.7, (size, 1, 1)) * rng.standard_normal(right.shape)
    if not end:
        error[:, -1] = 0
    lam = np.where(rng.random(size) < 0.2, rng.integers(0, 2, size), rng.random(size))
    return Watched(problem, right + error, right, lam, rng.uniform(0.3, 3, size))


def listed(system: Watched, *, noise: bool = True) -> Listed:
    """List all rollouts, the state at the end and, with `noise`, the labels' errors included."""
    problem = system.problem
    H, S, A = problem.horizon, problem.mdp.n_states, problem.mdp.n_actions
    sizes = (S,) * (H + 1) + (A,) * H + (2,) * (H if noise else 0)
    rows = np.indices(sizes).reshape(len(sizes), -1)
    state, action, sign = rows[: H + 1], rows[H + 1 : 2 * H + 1], 2 * rows[2 * H + 1 :] - 1
    chance = problem.mdp.initial[:, state[0]] * 0.5 ** len(sign)
    rewards = problem.mdp.reward[:, state[:-1], action].swapaxes(1, 2).copy()
    for t in range(H):
        chance = chance * problem.policy.probabilities[:, state[t], action[t]]
        chance = chance * problem.mdp.transition[:, state[t], action[t], state[t + 1]]
        if noise:
            rewards[:, :, t] += system.sigma[:, None] * sign[t]
    scores = problem.policy.scores[:, state[:-1], action].swapaxes(1, 2)
    times = np.arange(H + 1)[:, None]
    said, right = (table[:, times, state].swapaxes(1, 2) for table in (system.critic, system.right))
    return Listed(chance, scores, rewards, said, right)
