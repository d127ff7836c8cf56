"""Random worlds for the bounds of kernels: tabular MDPs, each with a model and a policy, measured exactly.

Families of pairs (real, imagined) know nothing of any bound; what a bound speaks of is read off the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import wasserstein as w
from imagination.models.counts import CountModel
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "FAMILIES",
    "asadi",
    "constants",
    "dynamics_errors",
    "gap",
    "gap_by_identity",
    "linear_pair",
    "mistaken",
    "simulation_lemma",
]

Array = NDArray[Any]
Pair = tuple[TabularMDP, TabularMDP, Array]
"""Real world, imagined world, policy (B, S, A)."""

Family = Callable[[int, np.random.Generator], Pair]


# Families: (batch, generator) -> pairs. Mixing kernels and policies towards their mean spreads γL over both
# sides of 1.


def garnet_plane(batch: int, generator: np.random.Generator) -> Pair:
    """Garnets whose states are points of a square; the imagined kernel is mixed with another Garnet's."""
    return _mixed_with_another(_garnet(batch, generator), generator)


def garnet_discrete(batch: int, generator: np.random.Generator) -> Pair:
    """The same under the discrete metric, where W1 is total variation."""
    mdp = _garnet(batch, generator)
    S = mdp.n_states
    return _mixed_with_another(_with_metric(mdp, w.discrete_metric(S)), generator)


def garnet_line(batch: int, generator: np.random.Generator) -> Pair:
    """The same with states at random places on a line."""
    mdp = _garnet(batch, generator)
    return _mixed_with_another(
        _with_metric(mdp, w.line_metric(generator.exponential(size=(batch, mdp.n_states)))), generator
    )


def learned_by_counts(batch: int, generator: np.random.Generator) -> Pair:
    """Garnets learned from 20 to 2,000 uniformly sampled transitions with noisy rewards, by counting."""
    mdp = _garnet(batch, generator)
    count = int(np.exp(generator.uniform(np.log(20), np.log(2000))))
    rollouts = mdp.sample(mdp.uniform_policy(), count, 1, generator)
    rewards = rollouts.rewards[:, :, 0] + generator.normal(0, 0.3, (batch, count))
    model = CountModel.empty(batch, mdp.n_states, mdp.n_actions).observe(
        rollouts.states[:, :, 0], rollouts.actions[:, :, 0], rewards, rollouts.states[:, :, 1]
    )
    return mdp, model.imagine(mdp), _policy(mdp, generator)


def gridworld(batch: int, generator: np.random.Generator) -> Pair:
    """A 3 × 3 gridworld imagined with another slip and another reward at its goal."""
    discount = generator.uniform(0.1, 0.95, batch)
    real = makers.gridworld(3, 3, generator.uniform(0, 0.6, batch), discount)
    imagined = makers.gridworld(3, 3, generator.uniform(0, 0.6, batch), discount)
    scale = 1 + generator.normal(0, 0.2, (batch, 1, 1))
    weight = np.exp(generator.uniform(np.log(0.05), 0, batch))
    real = real.with_model(makers.towards_mean(real.transition, weight))
    imagined = imagined.with_model(makers.towards_mean(imagined.transition, weight), imagined.reward * scale)
    return real, imagined, _policy(real, generator)


def linear_on_line(batch: int, generator: np.random.Generator) -> Pair:
    """Linear maps on a line, spread over grid points, imagined with a constant shift (see `linear_pair`)."""
    L_pi = generator.uniform(0.1, 2, batch)
    gains = np.where(generator.random((4, batch)) < 0.5, 1.0, generator.uniform(0, 1, (4, batch)))
    return linear_pair(
        gamma=generator.uniform(0.1, 0.95, batch),
        L_f=generator.uniform(0.05, 1.3, batch) / (1 + L_pi),
        L_pi=L_pi,
        L_r=np.exp(generator.uniform(-2, 2, batch)),
        eps_dyn=np.exp(generator.uniform(-3, 3, batch)),
        eps_rew=np.where(generator.random(batch) < 0.5, 0, np.exp(generator.uniform(-3, 3, batch))),
        gains=gains,
        on_policy_error_only=generator.random(batch) < 0.5,
    )


def spreading(batch: int, generator: np.random.Generator) -> Pair:
    """A walk drawn to the middle of a line, imagined noisier with the same mean; reward is the distance."""
    n = 9
    positions = np.tile(np.arange(n) - n // 2, (batch, 1)).astype(float)
    pull = generator.uniform(0, 0.9, batch)
    real = makers.on_grid(pull[:, None, None] * positions[:, :, None], positions)
    noise = (np.eye(n, k=1) + np.eye(n, k=-1)) / 2
    noise[[0, -1]] = np.eye(n)[[0, -1]]
    amount = generator.uniform(0, 1, batch)[:, None, None, None]
    imagined = (1 - amount) * real + amount * (real @ noise)
    mdp = TabularMDP(
        real,
        np.abs(positions)[:, :, None],
        generator.uniform(0.1, 0.95, batch),
        initial=np.eye(n)[n // 2],
        state_metric=w.line_metric(positions),
        action_metric=np.zeros((1, 1)),
    )
    return mdp, mdp.with_model(imagined), mdp.uniform_policy()


def leaving(batch: int, generator: np.random.Generator) -> Pair:
    """A good state for ever, which the model leaves for a bad one, and a reward that is always too small."""
    chance, size = generator.uniform(0, 1, (2, batch))
    width = np.exp(generator.uniform(-2, 2, batch))
    real = np.broadcast_to(np.eye(2)[:, None], (batch, 2, 1, 2))
    imagined = real.copy()
    imagined[:, 0, 0] = np.stack([1 - chance, chance], axis=1)
    reward = width[:, None, None] * np.array([[1.0], [0.0]])
    mdp = TabularMDP(real, reward, generator.uniform(0.1, 0.95, batch), initial=np.eye(2)[0])
    return mdp, mdp.with_model(imagined, reward - (size * width)[:, None, None]), mdp.uniform_policy()


FAMILIES: Mapping[str, Family] = {
    "Garnet, plane": garnet_plane,
    "Garnet, line": garnet_line,
    "Garnet, discrete": garnet_discrete,
    "learned by counts": learned_by_counts,
    "gridworld": gridworld,
    "linear on a line": linear_on_line,
    "spreading": spreading,
}


def linear_pair(
    *,
    gamma: Array,
    L_f: Array,
    L_pi: Array,
    L_r: Array,
    eps_dyn: Array,
    eps_rew: Array,
    gains: Array | float = 1.0,
    on_policy_error_only: Array | bool = False,
    n_points: int = 15,
) -> Pair:
    """Stochastic worlds on a grid that follow linear maps exactly on average: with gains 1 they attain the
    bound.

    The next state has mean L_f (s + a), the reward is L_r (s + a), the policy plays a = L_π s; the imagined
    world adds `eps_dyn` and `eps_rew`. States are a grid on [0, eps_dyn / (1 − L)], L = L_f (1 + L_π) < 1 (on
    [0, 5 eps_dyn / L] if L is larger, where the walk runs into the end). It starts at 0.

    Parameters
    ----------
    gamma, L_f, L_pi, L_r, eps_dyn, eps_rew : (B,) arrays
        All positive, except `eps_rew`, at least 0.
    gains : (4, B) array or float
        In [0, 1]: factors on s and a in the dynamics, and on s and a in the reward. Below 1, room is left.
    on_policy_error_only : (B,) array or bool
        Whether the imagined world differs from the real one only at the policy's own actions.
    """
    parts = np.broadcast_arrays(gamma, L_f, L_pi, L_r, eps_dyn, eps_rew)
    gamma, L_f, L_pi, L_r, eps_dyn, eps_rew = (np.atleast_1d(part).astype(float) for part in parts)
    f_s, f_a, r_s, r_a = np.broadcast_to(gains, (4, len(gamma)))[:, :, None, None]
    L = L_f * (1 + L_pi)
    inside = L < 0.95
    top = eps_dyn * np.where(inside, 1 / np.where(inside, 1 - L, 1), 5 / L)
    states = np.linspace(0, top, n_points, axis=-1)
    actions = L_pi[:, None] * states
    s, a = states[:, :, None], actions[:, None, :]
    mean = L_f[:, None, None] * (f_s * s + f_a * a)
    real = makers.on_grid(mean, states)
    imagined = makers.on_grid(mean + eps_dyn[:, None, None], states)
    policy = np.broadcast_to(np.eye(n_points), real.shape[:3])
    elsewhere = np.broadcast_to(on_policy_error_only, len(gamma))[:, None, None] & (policy == 0)
    reward = L_r[:, None, None] * (r_s * s + r_a * a)
    mdp = TabularMDP(
        real,
        reward,
        gamma,
        initial=np.eye(n_points)[0],
        state_metric=w.line_metric(states),
        action_metric=w.line_metric(actions),
    )
    kernel = np.where(elsewhere[..., None], real, imagined)
    return mdp, mdp.with_model(kernel, reward + np.where(elsewhere, 0, eps_rew[:, None, None])), policy


# What is measured


def constants(real: TabularMDP, imagined: TabularMDP, policy: Array) -> dict[str, Array]:
    """What the bound speaks of, each exact, of shape (B,): the arguments of
    `imagination.results.return_gap.claims.bound`.

    The constants of the real or of the imagined world may be used, dynamics and rewards independently: the
    smaller is.
    """
    d, e = _metrics(real)
    L_f = [w.transition_lipschitz(mdp.transition, d, e) for mdp in (real, imagined)]
    L_r = [w.reward_lipschitz(mdp.reward, d, e) for mdp in (real, imagined)]
    return {
        "gamma": real.discount,
        "L_f": np.minimum(*L_f),
        "L_r": np.minimum(*L_r),
        "L_pi": w.policy_lipschitz(np.broadcast_to(policy, real.reward.shape), d, e),
        "eps_dyn": dynamics_errors(real, imagined).max(axis=(1, 2)),
        "eps_rew": np.abs(imagined.reward - real.reward).max(axis=(1, 2)),
    }


def dynamics_errors(real: TabularMDP, imagined: TabularMDP) -> Array:
    """W1 between the two kernels at every (state, action), (B, S, A)."""
    return w.wasserstein(real.transition, imagined.transition, _metrics(real)[0][:, None, None])


def gap(real: TabularMDP, imagined: TabularMDP, policy: Array, horizon: int | None = None) -> Array:
    """J(π, M̂) − J(π, M), (B,)."""
    return imagined.returns(policy, horizon) - real.returns(policy, horizon)


def gap_by_identity(real: TabularMDP, imagined: TabularMDP, policy: Array) -> Array:
    """The same from one-step errors where imagination goes, weighed by the real values: the identity
    for kernels.

    Returns (B, S, A), whose sum over states and actions is the gap: the discounted occupancy of the
    imagined world times [r̂ − r] + γ ⟨P̂ − P, V⟩.
    """
    values = real.values(policy)
    expected = (imagined.transition - real.transition) @ values[:, None, :, None]
    errors = imagined.reward - real.reward + real.discount[:, None, None] * expected[..., 0]
    return imagined.occupancy(policy) * errors


def mistaken(real: TabularMDP, imagined: TabularMDP) -> dict[str, Array]:
    """What a careless reader might take for the constants, of shape (B,) each.

    Returns
    -------
    dict of arrays
        `eps_dyn_mean` and `eps_rew_mean`, averages in the place of suprema; `total_variation` in the place of
        W1; `between_means`, the distance of the mean next states (NaN off the line); `average_kernel`, W1 of
        the kernels averaged over states and actions; `L_f_states` and `L_r_states`, when only the state may
        change.
    """
    d, _ = _metrics(real)
    mdps = (real, imagined)
    positions = w.line_positions(d)
    means = np.full((len(real), 1, 1), np.nan)
    if positions is not None:
        means = ((imagined.transition - real.transition) * positions[:, None, None]).sum(axis=-1)
    average, imagined_average = (mdp.transition.mean(axis=(1, 2)) for mdp in mdps)
    kernels = [w.kernel_lipschitz(mdp.transition.swapaxes(1, 2), d[:, None]).max(axis=1) for mdp in mdps]
    rewards = [w.function_lipschitz(mdp.reward.swapaxes(1, 2), d[:, None]).max(axis=1) for mdp in mdps]
    return {
        "eps_dyn_mean": dynamics_errors(real, imagined).mean(axis=(1, 2)),
        "eps_rew_mean": np.abs(imagined.reward - real.reward).mean(axis=(1, 2)),
        "total_variation": w.total_variation(real.transition, imagined.transition).max(axis=(1, 2)),
        "between_means": np.abs(means).max(axis=(1, 2)),
        "average_kernel": w.wasserstein(average, imagined_average, d),
        "L_f_states": np.minimum(*kernels),
        "L_r_states": np.minimum(*rewards),
    }


def simulation_lemma(real: TabularMDP, imagined: TabularMDP, policy: Array) -> dict[str, Array]:
    """Total variation errors and spans, and the gap with its three upper bounds in the order in which they
    are derived.

    Returns
    -------
    dict of (B,) arrays
        `gap`, |J(π,M̂) − J(π,M)|; `on_average`, errors weighed by where imagination goes; then `gamma`,
        `eps_dyn` (largest total variation), `eps_rew`, `span` (max V − min V), `width`, max r − min r, and
        `largest_span`, width/(1 − γ), which bounds the span without a solve.
    """
    values = real.values(policy)
    span = values.max(axis=1) - values.min(axis=1)
    tv = w.total_variation(real.transition, imagined.transition)
    error = np.abs(imagined.reward - real.reward)
    local = error + real.discount[:, None, None] * tv * span[:, None, None]
    width = real.reward.max(axis=(1, 2)) - real.reward.min(axis=(1, 2))
    return {
        "gap": np.abs(gap(real, imagined, policy)),
        "on_average": (imagined.occupancy(policy) * local).sum(axis=(1, 2)),
        "gamma": real.discount,
        "eps_dyn": tv.max(axis=(1, 2)),
        "eps_rew": error.max(axis=(1, 2)),
        "span": span,
        "width": width,
        "largest_span": width / (1 - real.discount),
    }


def asadi(count: int, generator: np.random.Generator, n_states: int = 10) -> pd.DataFrame:
    """Value errors of random reward processes on a line beside [AML18]'s bound: equal rewards, two kernels.

    Returns
    -------
    DataFrame
        One row a pair: `gamma`; `K_real` and `K_imagined`, the kernels' constants in W1; `eps_dyn`, their
        largest W1 distance; `L_r`; and `error`, ‖V − V̂‖ in the sup norm.
    """
    weights = np.exp(generator.uniform(np.log(0.02), 0, (2, count)))
    rough = generator.dirichlet(np.full(n_states, 0.3), (2, count, n_states))
    real, other = (makers.towards_mean(kernel, weight) for kernel, weight in zip(rough, weights, strict=True))
    amount = np.exp(generator.uniform(np.log(1e-2), 0, count))[:, None, None]
    imagined = (1 - amount) * real + amount * other
    ground = w.line_metric(np.linspace(0, 1, n_states))
    reward = generator.uniform(-1, 1, (count, n_states)).cumsum(axis=1)
    gamma = generator.uniform(0.05, 0.95, count)
    values = [
        np.linalg.solve(np.eye(n_states) - gamma[:, None, None] * kernel, reward[:, :, None])[:, :, 0]
        for kernel in (real, imagined)
    ]
    return pd.DataFrame(
        {
            "gamma": gamma,
            "K_real": w.kernel_lipschitz(real, ground),
            "K_imagined": w.kernel_lipschitz(imagined, ground),
            "eps_dyn": w.wasserstein(real, imagined, ground).max(axis=1),
            "L_r": w.function_lipschitz(reward, ground),
            "error": np.abs(values[0] - values[1]).max(axis=1),
        }
    )


# Parts of families


def _garnet(batch: int, generator: np.random.Generator) -> TabularMDP:
    mdp = makers.garnet(
        batch, 5, 2, int(generator.integers(1, 6)), generator.uniform(0.1, 0.95, batch), generator
    )
    weight = np.exp(generator.uniform(np.log(0.02), 0, batch))
    return mdp.with_model(makers.towards_mean(mdp.transition, weight))


def _mixed_with_another(real: TabularMDP, generator: np.random.Generator) -> Pair:
    batch = len(real)
    other = _garnet(batch, generator)
    amount, size = np.exp(generator.uniform(np.log(1e-3), 0, (2, batch)))
    transition = (1 - amount)[:, None, None, None] * real.transition + amount[
        :, None, None, None
    ] * other.transition
    reward = real.reward + np.where(generator.random(batch) < 0.5, 0, size)[:, None, None] * other.reward
    return real, real.with_model(transition, reward), _policy(real, generator)


def _policy(mdp: TabularMDP, generator: np.random.Generator) -> Array:
    policy = generator.dirichlet(np.ones(mdp.n_actions), mdp.reward.shape[:2])
    return makers.towards_mean(policy, generator.uniform(0, 1, len(mdp)))


def _with_metric(mdp: TabularMDP, ground: Array) -> TabularMDP:
    return TabularMDP(mdp.transition, mdp.reward, mdp.discount, mdp.initial, ground, mdp.action_metric)


def _metrics(mdp: TabularMDP) -> tuple[Array, Array]:
    if mdp.state_metric is None or mdp.action_metric is None:
        raise ValueError("real must have a state_metric and an action_metric")
    return mdp.state_metric, mdp.action_metric
