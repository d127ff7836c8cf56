"""One rollout engine for real and imagined trajectories; numpy, or torch where gradients are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from imagination.worlds.continuous import Array, ContinuousMDP, Policy, Transitions, check_shape


@dataclass(frozen=True, eq=False)
class Rollout:
    """Trajectories of K rollouts in each of C configurations.

    Attributes
    ----------
    states : (C, K, H + 1, d_s)
    actions : (C, K, H, d_a)
    rewards : (C, K, H)
    """

    states: Array
    actions: Array
    rewards: Array


def rollout(
    mdp: ContinuousMDP, policy: Policy, initial_state: Array, horizon: int, noise: Array | None = None
) -> Rollout:
    """Follow `policy` for `horizon` steps from `initial_state`.

    Parameters
    ----------
    mdp : the real system or an imagined one.
    policy : (C, K, d_s) -> (C, K, d_a)
    initial_state : (C, K, d_s)
    horizon : number of steps, at least 1.
    noise : (C, K, H, d_s), optional
        Process noise, given rather than drawn, so that two systems can share it.

    Raises
    ------
    ValueError
        If a shape does not fit or `horizon` is not a positive whole number.
    """
    _check(mdp, initial_state, horizon, noise)
    xp = array_namespace(initial_state)
    state = initial_state
    states, actions, rewards = [state], [], []
    for t in range(horizon):
        action = policy(state)
        state, reward = mdp.step(state, action, None if noise is None else noise[:, :, t])
        states.append(state)
        actions.append(action)
        rewards.append(reward)
    return Rollout(xp.stack(states, axis=2), xp.stack(actions, axis=2), xp.stack(rewards, axis=2))


def transitions(trajectories: Rollout) -> Transitions:
    """All transitions of a rollout, K · H of them for each of C configurations."""
    states, batch = trajectories.states, trajectories.rewards.shape[0]
    d_state, d_action = states.shape[-1], trajectories.actions.shape[-1]
    return Transitions(
        states[:, :, :-1].reshape(batch, -1, d_state),
        trajectories.actions.reshape(batch, -1, d_action),
        trajectories.rewards.reshape(batch, -1),
        states[:, :, 1:].reshape(batch, -1, d_state),
    )


def rollout_return(
    mdp: ContinuousMDP, policy: Policy, initial_state: Array, horizon: int, noise: Array | None = None
) -> Array:
    """Discounted return of `rollout` without keeping the trajectory, (C, K)."""
    _check(mdp, initial_state, horizon, noise)
    state, total, weight = initial_state, 0.0, mdp.discount[:, None] ** 0
    for t in range(horizon):
        state, reward = mdp.step(state, policy(state), None if noise is None else noise[:, :, t])
        total = total + weight * reward
        weight = weight * mdp.discount[:, None]
    return total


def discounted_return(rewards: Array, discount: Array) -> Array:
    """``Σ_t γ^t r_t`` over the last axis: (C, K, H), (C,) -> (C, K)."""
    check_shape("rewards", rewards, (discount.shape[0], None, None))
    xp = array_namespace(rewards)
    powers = discount[:, None] ** xp.arange(rewards.shape[-1], dtype=rewards.dtype)
    return (rewards * powers[:, None, :]).sum(-1)


def return_gap(
    real: ContinuousMDP,
    imagined: ContinuousMDP,
    policy: Policy,
    initial_state: Array,
    horizon: int,
    noise: Array | None = None,
) -> Array:
    """``J_H(π, M̂) − J_H(π, M)``, from common initial states and with common noise, (C, K)."""
    in_imagination = rollout_return(imagined, policy, initial_state, horizon, noise)
    return in_imagination - rollout_return(real, policy, initial_state, horizon, noise)


def truncated_tail(discount: Array, horizon: int, reward_range: Array) -> Array:
    """What stopping at `horizon` can hide of an infinite-horizon gap, at most: ``γ^H · range / (1 − γ)``.

    `reward_range` (C,) bounds ``|r(s, a) − r̂(s', a')|`` over all pairs that the two trajectories can visit.
    """
    return discount**horizon * reward_range / (1 - discount)


def horizon_for(discount: Array, reward_range: Array, tolerance: Array) -> int:
    """The smallest common horizon at which every `truncated_tail` is at most `tolerance`."""
    for name, value in (("reward_range", reward_range), ("tolerance", tolerance)):
        if not bool((np.asarray(value) > 0).all()):
            raise ValueError(f"{name} must be positive, got {value}")
    discount = np.asarray(discount, dtype=float)
    with np.errstate(divide="ignore"):
        steps = np.log(np.asarray(tolerance) * (1 - discount) / np.asarray(reward_range)) / np.log(discount)
    return max(1, int(np.ceil(np.max(steps))))


def gaussian_noise(
    generator: np.random.Generator, scale: np.ndarray, count: int, horizon: int, dimension: int
) -> np.ndarray:
    """Common random numbers: process noise (C, count, horizon, dimension) of standard deviation (C,) `scale`.

    Give the same array to the real and to the imagined rollout. Each step is then a deterministic map of
    (state, action): what holds for deterministic dynamics holds path by path, hence for the mean over paths.
    """
    scale = np.asarray(scale, dtype=float)
    return scale[:, None, None, None] * generator.standard_normal((len(scale), count, horizon, dimension))


def _check(mdp: ContinuousMDP, initial_state: Array, horizon: int, noise: Array | None) -> None:
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 1:
        raise ValueError(f"horizon must be a whole number >= 1, got {horizon!r}")
    check_shape("initial_state", initial_state, (mdp.batch_size, None, None))
    if noise is not None:
        batch, count, d_state = initial_state.shape
        check_shape("noise", noise, (batch, count, horizon, d_state))
