"""Where imagination goes wrong, step by step: the identity for episodes that may end, by real rollouts.

With the likeliest action taken, worlds and policies are deterministic, so V at an imagined state is one real
rollout from it and the identity holds episode by episode, to rounding. A rollout from every imagined state
serves twice: ``V(f(ŝ, a))`` follows from ``V(ŝ) = r(ŝ, a) + γ V(f(ŝ, a))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from imagination.reinforce.episodes import Act, Episodes, play
from imagination.worlds.episodic import EpisodicWorld

__all__ = ["Parts", "decompose", "values"]

Tensor = torch.Tensor


@dataclass(frozen=True, eq=False)
class Parts:
    """The gap of K episodes in each of C worlds, for D discounts, taken apart by step and by cause.

    Attributes
    ----------
    reward : (D, C, K, T)
        ``γ^t [r̂ − r](ŝ_t, a_t)``.
    motion : (D, C, K, T)
        What the predicted next state costs, an end being taken for what it is where that state is.
    ending : (D, C, K, T)
        What is due to ends imagined where there is none and to ends not imagined where there is one.
        ``motion + ending`` is the identity's dynamics part.
    imagined, real : Episodes
        From the same initial states; `real` is not used by the parts.
    error : (C, K, T)
        ``‖f̂ − f‖`` at the imagined states and actions; 0 once the imagined episode is over.
    reward_error : (C, K, T)
        The same of ``|r̂ − r|``.
    """

    reward: Tensor
    motion: Tensor
    ending: Tensor
    imagined: Episodes
    real: Episodes
    error: Tensor
    reward_error: Tensor


@torch.no_grad()
def values(
    world: EpisodicWorld, choose: Act, states: Tensor, horizon: int, discounts: Sequence[float]
) -> Tensor:
    """Returns from states (C, K, T, d) over the H − t steps that remain at time t, (D, C, K, T).

    All rollouts go side by side, ordered by time, so those whose time is up are the last ones.
    """
    batch, count, times, size = states.shape
    now = states.transpose(1, 2).reshape(batch, times * count, size)
    gamma = torch.as_tensor(discounts, dtype=states.dtype)
    total = states.new_zeros(len(gamma), batch, times * count)
    alive = torch.ones(now.shape[:2], dtype=torch.bool)
    for step in range(horizon):
        left = min(times, horizon - step) * count
        now, alive = now[:, :left], alive[:, :left]
        if not bool(alive.any()):
            break
        moved, reward, ended = world.step(now, choose(now)[1])
        total[:, :, :left] += gamma[:, None, None] ** step * (reward * alive)
        alive = alive & ~ended
        now = torch.where(alive[..., None], moved, now)
    return total.reshape(-1, batch, times, count).transpose(2, 3)


@torch.no_grad()
def decompose(
    real: EpisodicWorld,
    imagined: EpisodicWorld,
    choose: Act,
    start: Tensor,
    horizon: int,
    discounts: Sequence[float],
) -> Parts:
    """Take the gap of H-step returns apart, exactly, for a deterministic policy.

    Parameters
    ----------
    real, imagined : the worlds; both must say `over`.
    choose : the policy.
    start : (C, K, d_s), initial states that the two worlds share.
    horizon : H, at least 1.
    discounts : D numbers in (0, 1].
    """
    if not all(0 < gamma <= 1 for gamma in discounts):
        raise ValueError(f"discounts must lie in (0, 1], got {discounts}")
    dream = play(imagined, choose, start, horizon)
    # where each step led; an episode that is over stays put
    ahead = torch.where(dream.alive[..., None], dream.following, dream.state)
    path = torch.cat([dream.state[:, :, :1], ahead], dim=2)
    V = values(real, choose, path, horizon, discounts)

    steps = dream.state.shape[2]
    shape = dream.state.shape
    here = real.step(dream.state.flatten(1, 2), dream.control.flatten(1, 2))
    true_reward = here.reward.unflatten(1, shape[1:3])
    true_next = here.state.unflatten(1, shape[1:3])
    over = real.over(ahead.flatten(1, 2)).unflatten(1, shape[1:3]).to(start.dtype)
    said = dream.ended.to(start.dtype)

    gamma = torch.as_tensor(discounts, dtype=start.dtype)[:, None, None, None]
    power = gamma ** torch.arange(steps, dtype=start.dtype) * dream.alive
    reward_error = (dream.reward - true_reward) * dream.alive
    return Parts(
        reward=power * reward_error,
        motion=power * (gamma * (1 - over) * V[..., 1:] - V[..., :-1] + true_reward),
        ending=power * gamma * (over - said) * V[..., 1:],
        imagined=dream,
        real=play(real, choose, start, horizon),
        error=(dream.following - true_next).norm(dim=-1) * dream.alive,
        reward_error=reward_error.abs(),
    )
