"""Worlds whose episodes end, as batched torch maps: CartPole-v1 and Pendulum-v1 as Gymnasium steps them.

A world holds a batch of C copies, one a seed, and steps K episodes of each at once. States are (C, K, d_s),
actions (C, K, d_a); a step also says which episodes ended. What follows an end has no reward: the end is an
absorbing state of value 0, so everything said of MDPs holds for these worlds too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch

from imagination.checks import whole
from imagination.worlds.gymnasium import MAX_SPEED, MAX_TORQUE, pendulum

__all__ = ["CartPole", "EpisodicWorld", "Pendulum", "Stepped"]

Tensor = torch.Tensor


class Stepped(NamedTuple):
    """What one step brings.

    Attributes
    ----------
    state : (C, K, d_s)
        The next state, also where the episode ended there.
    reward : (C, K)
    ended : (C, K) of bool
        Where the system itself ended the episode; time limits are the caller's.
    """

    state: Tensor
    reward: Tensor
    ended: Tensor


class EpisodicWorld(Protocol):
    """C worlds of the same kind, real or learned."""

    @property
    def batch_size(self) -> int:
        """The number C of worlds."""
        ...

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count, d_s)."""
        ...

    def step(self, state: Tensor, action: Tensor) -> Stepped:
        """Step states (C, K, d_s) under actions (C, K, d_a)."""
        ...

    def over(self, state: Tensor) -> Tensor:
        """Whether an episode that reaches these states (C, K, d_s) ends there, (C, K)."""
        ...


@dataclass(frozen=True)
class CartPole:
    """Gymnasium's CartPole-v1: states are (position, velocity, angle, angular velocity), divided by `units`.

    In these units an episode ends where the first or third coordinate leaves [−1, 1]. An action is the
    direction of the push, −1 or 1 (Gymnasium's 0 and 1), as a number.

    Parameters
    ----------
    batch_size : int
    dtype : of states and rewards.
    """

    batch_size: int
    dtype: torch.dtype = torch.float64

    d_state, d_action, limit = 4, 1, 500
    gravity, force, time_step = 9.8, 10.0, 0.02  # m/s², N, s
    mass_pole, mass, half_length = 0.1, 1.1, 0.5  # kg, kg in all, m
    furthest, steepest = 2.4, 12 * 2 * math.pi / 360  # m, rad: beyond, the episode ends
    spread = 0.05  # initial states are uniform in ± this, in SI units
    units = (furthest, 2.0, steepest, 2.0)  # m, m/s, rad, rad/s

    def __post_init__(self) -> None:
        whole("batch_size", self.batch_size, least=1)

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count, 4)."""
        drawn = torch.rand((self.batch_size, count, 4), generator=generator, dtype=self.dtype)
        return self.spread * (2 * drawn - 1) / self._units

    def step(self, state: Tensor, action: Tensor) -> Stepped:
        """Step states (C, K, 4) under pushes (C, K, 1); every step earns 1."""
        _, velocity, angle, turning = (state * self._units).unbind(-1)
        cosine, sine = torch.cos(angle), torch.sin(angle)
        push = self.force * torch.sign(action[..., 0])
        moment = self.mass_pole * self.half_length
        pull = (push + moment * turning.square() * sine) / self.mass
        inertia = self.half_length * (4.0 / 3.0 - self.mass_pole * cosine.square() / self.mass)
        turn = (self.gravity * sine - cosine * pull) / inertia
        slide = pull - moment * turn * cosine / self.mass
        change = torch.stack([velocity, slide, turning, turn], dim=-1)
        moved = state + self.time_step / self._units * change
        return Stepped(moved, torch.ones_like(angle), self.over(moved))

    def over(self, state: Tensor) -> Tensor:
        """Whether an episode that reaches these states (C, K, 4) ends there, (C, K)."""
        return (state[..., 0].abs() > 1) | (state[..., 2].abs() > 1)

    @property
    def _units(self) -> Tensor:
        return torch.tensor(self.units, dtype=self.dtype)


class Pendulum:
    """Gymnasium's Pendulum-v1 in the units of `worlds.gymnasium.pendulum`; it never ends by itself.

    States are (cos θ, sin θ, θ̇ / √15 s), actions torques in units of 2 N m, clipped to ±1.

    Parameters
    ----------
    batch_size : int
    dtype : of states and rewards.
    """

    d_state, d_action, limit = 3, 1, 200
    velocity_unit, torque_unit = 15**0.5, MAX_TORQUE
    fastest = MAX_SPEED / velocity_unit

    def __init__(self, batch_size: int, dtype: torch.dtype = torch.float64) -> None:
        self.batch_size, self.dtype = whole("batch_size", batch_size, least=1), dtype
        mdp = pendulum(np.zeros(batch_size), velocity_unit=self.velocity_unit, torque_unit=self.torque_unit)
        self.certified = mdp
        self._mdp: Any = mdp.map_arrays(lambda array: torch.as_tensor(array, dtype=dtype))

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count, 3): any angle, speeds up to 1 rad/s."""
        drawn = 2 * torch.rand((self.batch_size, count, 2), generator=generator, dtype=self.dtype) - 1
        angle, speed = math.pi * drawn[..., 0], drawn[..., 1] / self.velocity_unit
        return torch.stack([torch.cos(angle), torch.sin(angle), speed], dim=-1)

    def step(self, state: Tensor, action: Tensor) -> Stepped:
        """Step states (C, K, 3) under torques (C, K, 1)."""
        moved, reward = self._mdp.step(state, action)
        return Stepped(moved, reward, self.over(moved))

    def over(self, state: Tensor) -> Tensor:
        """Never, (C, K)."""
        return torch.zeros(state.shape[:-1], dtype=torch.bool)
