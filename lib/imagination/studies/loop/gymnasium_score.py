"""Policies judged by Gymnasium's own code, not by our equal of it."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import torch

from imagination.reinforce.episodes import greedy
from imagination.reinforce.torch_policies import CategoricalPolicy, NetworkTorchPolicy
from imagination.worlds.episodic import CartPole, Pendulum

__all__ = ["in_gymnasium"]


def in_gymnasium(policy: NetworkTorchPolicy, episodes: int, seed: int) -> np.ndarray:
    """Returns (C, episodes) of C policies' likeliest actions in Gymnasium's own environment, until it ends.

    Categorical policies play CartPole-v1 (Gymnasium's vectorised form), Gaussian ones Pendulum-v1.
    """
    if episodes < 1:
        raise ValueError(f"episodes must be at least 1, got {episodes}")
    policy = policy.map_arrays(lambda array: array.double())
    count, choose = policy.batch_size, greedy(policy)
    discrete = isinstance(policy, CategoricalPolicy)
    name, mode, units, limit = (
        ("CartPole-v1", "vector_entry_point", CartPole.units, CartPole.limit)
        if discrete
        else ("Pendulum-v1", "sync", (1.0, 1.0, Pendulum.velocity_unit), Pendulum.limit)
    )
    envs = gymnasium.make_vec(name, num_envs=count * episodes, vectorization_mode=mode)
    try:
        seen, _ = envs.reset(seed=seed)
        total, alive = np.zeros(count * episodes), np.ones(count * episodes, dtype=bool)
        for _ in range(limit):
            state = torch.as_tensor(seen.astype(float) / units).reshape(count, episodes, -1)
            choice = choose(state)[0]
            action: Any = (
                choice.reshape(-1).numpy()
                if discrete
                else (Pendulum.torque_unit * choice).reshape(-1, 1).float().numpy()
            )
            seen, reward, ended, cut, _ = envs.step(action)
            total += np.where(alive, reward, 0.0)
            alive &= ~(ended | cut)
            if not alive.any():
                break
    finally:
        envs.close()
    return total.reshape(count, episodes)
