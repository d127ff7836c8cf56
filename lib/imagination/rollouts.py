"""One rollout engine for real and imagined trajectories; numpy, or torch where gradients are needed."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import asked, check_shape, counts, finite, numeric, one_library, together, whole
from imagination.worlds.continuous import Array, ContinuousMDP, Policy, Transitions


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


@numeric
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
        If a shape does not fit, `horizon` is not a positive whole number, or states grow until inf − inf.
    """
    _check(mdp, initial_state, horizon, noise)
    xp = array_namespace(initial_state)
    state = initial_state
    states, actions, rewards = [state], [], []
    for t in range(horizon):
        state, action, reward = _step(mdp, policy, state, noise, t)
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


@numeric
def rollout_return(
    mdp: ContinuousMDP, policy: Policy, initial_state: Array, horizon: int, noise: Array | None = None
) -> Array:
    """Discounted return of `rollout` without keeping the trajectory, (C, K)."""
    _check(mdp, initial_state, horizon, noise)
    state, weight = initial_state, mdp.discount[:, None] ** 0
    total: Array = 0.0 * weight
    for t in range(horizon):
        state, _, reward = _step(mdp, policy, state, noise, t)
        total = total + weight * reward
        weight = weight * mdp.discount[:, None]
    return total


@numeric
def discounted_return(rewards: Array, discount: Array) -> Array:
    """``Σ_t γ^t r_t`` over the last axis: (C, K, H), (C,) -> (C, K)."""
    check_shape("rewards", rewards, (*check_shape("discount", discount, (None,)), None, None))
    one_library(rewards=rewards, discount=discount)
    xp = array_namespace(rewards)
    if xp.isdtype(rewards.dtype, "bool"):
        raise ValueError(f"rewards must be numbers, got {rewards.dtype}")
    powers = discount[:, None] ** xp.arange(rewards.shape[-1], dtype=rewards.dtype)
    return (rewards * powers[:, None, :]).sum(-1)


@numeric
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


@numeric
def truncated_tail(discount: Array, horizon: int, reward_range: Array) -> Array:
    """What stopping at `horizon` can hide of an infinite-horizon gap, at most: ``γ^H · range / (1 − γ)``.

    `reward_range` (C,) bounds ``|r(s, a) − r̂(s', a')|`` over all pairs that the two trajectories can visit.
    """
    horizon = whole("horizon", horizon)
    discount, reward_range = together(
        discount=finite("discount", discount, least=0), reward_range=finite("reward_range", reward_range)
    )
    if np.any(discount >= 1):
        raise ValueError(f"discount must lie in [0, 1), got {discount}")
    return discount**horizon * reward_range / (1 - discount)


def horizon_for(discount: Array, reward_range: Array, tolerance: Array) -> int:
    """The smallest common horizon at which every `truncated_tail` is at most `tolerance`."""
    discount, reward_range, tolerance = together(
        discount=finite("discount", discount, least=0),
        reward_range=finite("reward_range", reward_range, above=0),
        tolerance=finite("tolerance", tolerance, above=0),
    )
    if not discount.size:
        raise ValueError("discount must not be empty")
    if np.any(discount >= 1):
        raise ValueError(f"discount must lie in [0, 1), got {discount}")
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        share = tolerance * (1 - discount) / reward_range
        apart = np.log(tolerance) + np.log1p(-discount) - np.log(reward_range)  # where the ratio has no float
        log_share = np.where((share > 0) & np.isfinite(share), np.log(share), apart)
        steps = log_share / np.log(discount)
    return max(1, int(np.ceil(np.max(steps))))


@numeric
def gaussian_noise(
    generator: np.random.Generator, scale: np.ndarray, count: int, horizon: int, dimension: int
) -> np.ndarray:
    """Common random numbers: process noise (C, count, horizon, dimension) of standard deviation (C,) `scale`.

    Give the same array to the real and to the imagined rollout. Each step is then a deterministic map of
    (state, action): what holds for deterministic dynamics holds path by path, hence for the mean over paths.
    """
    scale = finite("scale", scale, least=0)
    check_shape("scale", scale, (None,))
    counts(count=count, horizon=horizon, dimension=dimension)
    return scale[:, None, None, None] * generator.standard_normal((len(scale), count, horizon, dimension))


def _step(
    mdp: ContinuousMDP, policy: Policy, state: Array, noise: Array | None, t: int
) -> tuple[Array, Array, Array]:
    """The next state, the action and the reward; a shape that would broadcast is found at the first step."""
    now = None if noise is None else noise[:, :, t]
    if t > 0:
        action = policy(state)
        following, reward = mdp.step(state, action, now)
    else:
        action = asked("policy, for initial_state,", policy, state=state)
        check_shape("policy(state)", action, (*state.shape[:2], None))
        step = partial(mdp.step, noise=now)
        following, reward = asked("mdp, for initial_state,", step, state=state, action=action)
        check_shape("dynamics(state, action)", following, tuple(state.shape))
        check_shape("reward(state, action)", reward, tuple(state.shape[:2]))
    return following, action, reward


def _check(mdp: ContinuousMDP, initial_state: Array, horizon: int, noise: Array | None) -> None:
    whole("horizon", horizon, least=1)
    check_shape("initial_state", initial_state, (mdp.batch_size, None, None))
    one_library(initial_state=initial_state, mdp=mdp.discount, noise=noise)
    if noise is not None:
        batch, count, d_state = initial_state.shape
        check_shape("noise", noise, (batch, count, horizon, d_state))
        try:
            inspect.signature(mdp.dynamics).bind(initial_state, None, noise)
        except TypeError:
            raise ValueError("noise: the dynamics take none; give them a third argument for it") from None
