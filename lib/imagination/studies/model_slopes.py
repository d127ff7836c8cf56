"""Policy gradients through learned models of the pendulum: what errors of values and of slopes do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination.models.least_squares import sine_dynamics
from imagination.studies.pendulum_gap import FLOOR, gather
from imagination.worlds.gymnasium import OnPendulumStates, PendulumStates, pendulum
from imagination.worlds.policies import random_network_policy

__all__ = ["on_pendulum", "pathwise_gradient", "slopes"]

Tensor = torch.Tensor


def on_pendulum(
    rng: np.random.Generator,
    settings: Sequence[tuple[float, int]],
    *,
    seeds: int = 12,
    samples: int = 1200,
    starts: int = 32,
    horizon: int = 12,
) -> pd.DataFrame:
    """Learn models of Pendulum-v1 and differentiate the return of a random policy through each.

    A model is a network of sines whose output layer is fitted to `samples` transitions under random torques;
    the reward is known. Each seed has transitions, a policy and starts of its own, the same for all settings.

    Parameters
    ----------
    rng : Generator
    settings : pairs of how fast the sines are (see `imagination.models.least_squares.sine_dynamics`) and how
        many there are.
    seeds, samples, starts, horizon : numbers of models a setting, transitions of each, starts and steps.

    Returns
    -------
    DataFrame
        One row a setting and seed: `frequency`, `width`, `seed`; `value` and `slope`, root mean squares of
        both errors where the policy goes in the world (slopes in angle, speed and torque); of the gradient
        through the model `cosine`, with the true one, and `error`, as a share of its norm.
    """
    count = 1.0 * np.ones(seeds)
    real = pendulum(0.95 * count)
    units = real.dynamics.velocity_unit  # type: ignore[attr-defined]
    rows = np.arange(seeds * samples).reshape(seeds, samples)
    log = gather(rng, seeds * samples).take(rows)
    policy = random_network_policy(rng, count, 3, 1).to("torch")
    start = torch.as_tensor(PendulumStates(units, count).sample(rng, starts))
    world: Any = real.to("torch")
    visited = _visited(world, policy, start, horizon)
    following, steepness = world.dynamics(*visited), _in_angle(slopes(world.dynamics, *visited), visited[0])
    truth, found = pathwise_gradient(world, policy, start, horizon), []
    for frequency, width in settings:
        fitted = sine_dynamics(log, rng, width=width, frequency=frequency)
        learned = OnPendulumStates(fitted, units, FLOOR["affine"] * count)
        model: Any = real.swap(dynamics=learned).to("torch")
        off = _in_angle(slopes(model.dynamics, *visited), visited[0]) - steepness
        gradient = pathwise_gradient(model, policy, start, horizon)
        row = {
            "frequency": frequency,
            "width": width,
            "seed": range(seeds),
            "value": (model.dynamics(*visited) - following).square().sum(-1).mean(-1).sqrt(),
            "slope": off.square().sum((-1, -2)).mean(-1).sqrt(),
            "cosine": torch.cosine_similarity(gradient, truth),
            "error": (gradient - truth).norm(dim=1) / truth.norm(dim=1),
        }
        found.append(pd.DataFrame(row))
    return pd.concat(found, ignore_index=True)


def pathwise_gradient(mdp: Any, policy: Any, start: Tensor, horizon: int) -> Tensor:
    """The gradient, (C, p), of the mean discounted return from (C, K, d) starts in a policy's parameters.

    World and policy hold tensors of torch; the derivative runs through every step of the rollout.
    """
    leaves = {name: array.detach().clone().requires_grad_() for name, array in policy.arrays().items()}
    moving = policy.with_arrays(leaves)
    state, weight, total = start, torch.ones_like(start[..., 0]), torch.zeros(())
    for _ in range(horizon):
        state, reward = mdp.step(state, moving(state))
        total = total + (weight * reward).mean(dim=1).sum()
        weight = weight * mdp.discount[:, None]
    parts = torch.autograd.grad(total, list(leaves.values()))
    return torch.cat([part.reshape(len(start), -1) for part in parts], dim=1)


def slopes(dynamics: Any, state: Tensor, action: Tensor) -> Tensor:
    """Derivatives of the next state in state and action, (C, N, d, d + k)."""
    inputs = [state.detach().requires_grad_(), action.detach().requires_grad_()]
    following = dynamics(*inputs)
    rows = [
        torch.cat(torch.autograd.grad(each.sum(), inputs, retain_graph=True), dim=-1)
        for each in following.unbind(-1)
    ]
    return torch.stack(rows, dim=-2)


def _in_angle(derivatives: Tensor, state: Tensor) -> Tensor:
    """Derivatives in cos θ and sin θ as one in θ: off the circle there are no states."""
    turn = torch.stack([-state[..., 1], state[..., 0]], dim=-1)
    angle = (derivatives[..., :2] * turn[..., None, :]).sum(-1, keepdim=True)
    return torch.cat([angle, derivatives[..., 2:]], dim=-1)


@torch.no_grad()
def _visited(world: Any, policy: Any, start: Tensor, horizon: int) -> tuple[Tensor, Tensor]:
    state, states, actions = start, [], []
    for _ in range(horizon):
        action = policy(state)
        states.append(state)
        actions.append(action)
        state, _ = world.step(state, action)
    return torch.cat(states, dim=1), torch.cat(actions, dim=1)
