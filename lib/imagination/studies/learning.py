"""REINFORCE on a finite problem, for many seeds and many ways to spend a budget at once.

Every learner follows the discounted estimator, the one whose expectation is the gradient, with as many
rollouts an update as it can pay for. Learners with few rollouts and learners with many sit in one flat
array of rollouts: none waits for another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.reinforce.problems import softmax
from imagination.worlds.tabular import TabularMDP, whole

__all__ = ["Curves", "learn", "returns_of", "sampled_gradient"]

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Curves:
    """What `learn` returns.

    Attributes
    ----------
    updates : (T,) array
        After how many updates the returns were computed.
    returns : (B, T) array
        Exact expected returns of the policies under the true reward.
    proxies : (B, T) array
        The same under the reward that the labels average to (equal to `returns` where labels have no bias).
    logits : (B, S, A) array
        The last policies.
    """

    updates: NDArray[np.int64]
    returns: Array
    proxies: Array
    logits: Array


def returns_of(mdp: TabularMDP, policies: Array, horizon: int, rewards: Array | None = None) -> Array:
    """Exact H-step returns (B,) of many policies (B, S, A) in one MDP (a batch of one).

    `rewards`, (S, A) or (B, S, A), replace the MDP's own.
    """
    rewards = mdp.reward if rewards is None else np.broadcast_to(rewards, policies.shape)
    earned = (policies * rewards).sum(axis=2)
    moves = np.einsum("bsa,sat->bst", policies, mdp.transition[0])
    values = np.zeros_like(earned)
    for _ in range(horizon):
        values = earned + mdp.discount[0] * (moves @ values[:, :, None])[:, :, 0]
    return values @ mdp.initial[0]


def sampled_gradient(
    mdp: TabularMDP,
    policies: Array,
    rollouts: ArrayLike,
    horizon: int,
    generator: np.random.Generator,
    *,
    noise: ArrayLike = 0.0,
    rewards: Array | None = None,
) -> Array:
    """The discounted REINFORCE estimate of each policy's gradient, from that policy's own rollouts.

    Parameters
    ----------
    mdp : TabularMDP
        A batch of one: the world that all policies act in.
    policies : (B, S, A) array
        Softmax policies' action probabilities.
    rollouts : int or (B,) int array
        Rollouts K of each policy; at least 1.
    horizon : int
    generator : numpy.random.Generator
    noise : float, (B,), (S, A) or (B, S, A) array
        Standard deviation of the fresh, independent Gaussian noise of a label: the same for every label of a
        policy, or that of the label of a state and action.
    rewards : (S, A) or (B, S, A) array, optional
        The labels' means instead of the true reward: a bias.

    Returns
    -------
    (B, S, A) array
        Gradients with respect to the policies' logits.
    """
    size, S, A = policies.shape
    owner = np.repeat(np.arange(size), np.broadcast_to(rollouts, size))
    counts = np.broadcast_to(rollouts, size).astype(float)
    labels = np.broadcast_to(mdp.reward[0] if rewards is None else rewards, policies.shape).ravel()
    noise = np.asarray(noise, dtype=float)
    noise = noise if noise.ndim > 1 else noise.reshape(-1, 1, 1)
    spread = np.broadcast_to(noise, policies.shape).ravel()
    chosen = np.cumsum(policies, axis=2).reshape(size * S, A)[:, :-1]
    moved = np.cumsum(mdp.transition[0], axis=2).reshape(S * A, S)[:, :-1]
    states = np.searchsorted(np.cumsum(mdp.initial[0])[:-1], generator.random(len(owner)), side="right")
    cells, earned = np.empty((horizon, len(owner)), dtype=np.int64), np.empty((horizon, len(owner)))
    for t in range(horizon):
        actions = (chosen[owner * S + states] <= generator.random((len(owner), 1))).sum(axis=1)
        cells[t] = (owner * S + states) * A + actions
        earned[t] = labels[cells[t]]
        if spread.any():
            earned[t] += spread[cells[t]] * generator.standard_normal(len(owner))
        states = (moved[states * A + actions] <= generator.random((len(owner), 1))).sum(axis=1)
    discounted = earned * mdp.discount[0] ** np.arange(horizon)[:, None]
    to_go = discounted[::-1].cumsum(axis=0)[::-1]  # = gamma^t times the reward-to-go of time t
    credit = np.bincount(cells.ravel(), to_go.ravel(), minlength=size * S * A).reshape(policies.shape)
    return (credit - policies * credit.sum(axis=2, keepdims=True)) / counts[:, None, None]


def learn(
    mdp: TabularMDP,
    *,
    learners: int,
    rollouts: ArrayLike,
    horizon: int,
    updates: int,
    step_size: ArrayLike,
    generator: np.random.Generator,
    noise: ArrayLike = 0.0,
    rewards: Array | None = None,
    every: int = 1,
    choose: Callable[[Array], tuple[ArrayLike, ArrayLike, Array | None]] | None = None,
) -> Curves:
    """Train `learners` softmax policies from the uniform one by gradient ascent, and watch true returns.

    Parameters
    ----------
    mdp : TabularMDP
        A batch of one.
    learners : int
        Number of policies B that learn side by side.
    rollouts, noise, rewards
        As in `sampled_gradient`: rollouts an update, noise and mean of the labels.
    horizon, updates : int
    step_size : float or (B,) array
        Positive; each learner's is the same at every update.
    generator : numpy.random.Generator
    every : int
        Returns are computed before the first update and after every `every` updates.
    choose : callable, optional
        Takes the policies (B, S, A) and returns this update's rollouts (B,), noise (as in
        `sampled_gradient`) and rewards (B, S, A), in place of the three arguments: for learners that change
        what they buy.

    Returns
    -------
    Curves

    Raises
    ------
    ValueError
        If `mdp` is not a batch of one, a count is less than 1, or `step_size` or `noise` has the wrong sign.
    """
    if len(mdp) != 1:
        raise ValueError(f"mdp must be a batch of one, got a batch of {len(mdp)}")
    for name, count in {"learners": learners, "horizon": horizon, "updates": updates, "every": every}.items():
        if whole(name, count) < 1:
            raise ValueError(f"{name} must be at least 1, got {count}")
    if np.any(np.asarray(rollouts) < 1):
        raise ValueError(f"rollouts must be at least 1, got {np.asarray(rollouts).min()}")
    steps = np.broadcast_to(np.asarray(step_size, dtype=float), learners)[:, None, None]
    if not np.all(steps > 0) or np.any(np.asarray(noise) < 0):
        raise ValueError(
            f"step_size must be positive and noise not negative, got {step_size!r} and {noise!r}"
        )
    logits = np.zeros((learners, mdp.n_states, mdp.n_actions))
    watched, returns, proxies = [], [], []
    for update in range(updates + 1):
        policies = softmax(logits)
        if choose is not None:
            rollouts, noise, rewards = choose(policies)
        if update % every == 0:
            watched.append(update)
            returns.append(returns_of(mdp, policies, horizon))
            proxies.append(returns[-1] if rewards is None else returns_of(mdp, policies, horizon, rewards))
        if update < updates:
            logits += steps * sampled_gradient(
                mdp, policies, rollouts, horizon, generator, noise=noise, rewards=rewards
            )
    return Curves(np.array(watched), np.stack(returns, axis=1), np.stack(proxies, axis=1), logits)
