"""Gymnasium's Pendulum-v1 with models by least squares and policies by value iteration in the learned world.

Dynamics and reward are ridge regressions on polynomials of (cos θ, sin θ, speed, torque). The best policy of
the learned world is found on a grid of angles and speeds, so that nothing but the models differs between two
policies. Everything carries a leading axis of C learned worlds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imagination.models.least_squares import ridge
from imagination.worlds.gymnasium import MAX_SPEED, MAX_TORQUE, TIME_STEP, PendulumDynamics, PendulumReward

__all__ = [
    "LIMIT",
    "Labelled",
    "Plane",
    "Values",
    "World",
    "draw",
    "features",
    "fit",
    "play",
    "starts",
    "values",
]

Array = NDArray[Any]

LIMIT = 200
"""Steps of an episode, Gymnasium's own."""

DEGREE, PENALTY = 3, 0.1


class Labelled(NamedTuple):
    """Pairs of state and action with noisy labels.

    Attributes
    ----------
    inputs : (C, N, 3)
        Angle [rad], speed [rad/s] and torque [units of 2 N m].
    targets : (C, N, q)
    """

    inputs: Array
    targets: Array

    def first(self, count: int) -> Labelled:
        """The first `count` of each world."""
        return Labelled(self.inputs[:, :count], self.targets[:, :count])


@dataclass(frozen=True, eq=False)
class World:
    """Weights of the change of (angle, speed), (C, 2, p), and of the reward, (C, 1, p); None for the real."""

    dynamics: Array | None = None
    reward: Array | None = None

    def step(self, inputs: Array) -> tuple[Array, Array]:
        """Next angles and speeds (C, ..., 2) and rewards (C, ...) of inputs (C, ..., 3)."""
        flat = inputs.reshape(len(inputs), -1, 3)
        known = features(flat) if self.dynamics is not None or self.reward is not None else flat
        change = true_change(flat) if self.dynamics is None else known @ self.dynamics.mT
        reward = true_reward(flat) if self.reward is None else known @ self.reward.mT
        moved = flat[..., :2] + change
        moved[..., 1] = np.clip(moved[..., 1], -MAX_SPEED, MAX_SPEED)
        return moved.reshape(*inputs.shape[:-1], 2), reward.reshape(inputs.shape[:-1])


def true_change(inputs: Array) -> Array:
    """The real change of (angle, speed), (..., 2)."""
    one = np.ones(len(inputs))
    state = np.stack([np.cos(inputs[..., 0]), np.sin(inputs[..., 0]), inputs[..., 1]], axis=-1)
    speed = PendulumDynamics(one, MAX_TORQUE * one)(state, inputs[..., 2:])[..., 2]
    return np.stack([TIME_STEP * speed, speed - inputs[..., 1]], axis=-1)


def true_reward(inputs: Array) -> Array:
    """The real reward, (..., 1)."""
    one = np.ones(len(inputs))
    state = np.stack([np.cos(inputs[..., 0]), np.sin(inputs[..., 0]), inputs[..., 1]], axis=-1)
    return PendulumReward(one, MAX_TORQUE * one)(state, inputs[..., 2:])[..., None]


def draw(worlds: int, count: int, rng: np.random.Generator) -> Array:
    """Angles, speeds and torques, each as likely as any, (C, count, 3)."""
    return np.array([np.pi, MAX_SPEED, 1.0]) * rng.uniform(-1, 1, (worlds, count, 3))


def starts(worlds: int, count: int, rng: np.random.Generator) -> Array:
    """Where Gymnasium's episodes start: angles and speeds (C, count, 2)."""
    return np.array([np.pi, 1.0]) * rng.uniform(-1, 1, (worlds, count, 2))


def features(inputs: Array) -> Array:
    """All monomials of (cos θ, sin θ, speed, torque) of degree up to `DEGREE`, (..., p)."""
    angle, speed, torque = (inputs[..., i] for i in range(3))
    letters = [np.ones_like(angle), np.cos(angle), np.sin(angle), speed / MAX_SPEED, torque]
    products = []
    for chosen in combinations_with_replacement(range(len(letters)), DEGREE):
        if chosen.count(2) < 2:  # sin² is 1 − cos²
            products.append(np.prod([letters[i] for i in chosen], axis=0))
    return np.stack(products, axis=-1)


def fit(labelled: Labelled) -> Array:
    """Weights (C, q, p) of a ridge regression."""
    return ridge(features(labelled.inputs), labelled.targets, PENALTY)


@dataclass(frozen=True)
class Plane:
    """A grid of angles, which go round, and speeds, and a choice of torques."""

    angles: int = 48
    speeds: int = 41
    torques: int = 7

    @property
    def actions(self) -> Array:
        """Torques [units of 2 N m]."""
        return np.linspace(-1, 1, self.torques)

    def inputs(self) -> Array:
        """(angles · speeds, torques, 3)."""
        angle = np.arange(self.angles) * (2 * np.pi / self.angles) - np.pi
        speed = np.linspace(-MAX_SPEED, MAX_SPEED, self.speeds)
        points = np.stack(np.meshgrid(angle, speed, self.actions, indexing="ij"), axis=-1)
        return points.reshape(-1, self.torques, 3)

    def corners(self, state: Array) -> tuple[Array, Array]:
        """Grid points around states (..., 2) and their bilinear weights, (..., 4) each."""
        across = (state[..., 0] + np.pi) / (2 * np.pi) * self.angles
        along = (state[..., 1] + MAX_SPEED) / (2 * MAX_SPEED) * (self.speeds - 1)
        i, j = np.floor(across).astype(int), np.clip(np.floor(along).astype(int), 0, self.speeds - 2)
        x, y = across - i, along - j
        rows = [(i + a) % self.angles * self.speeds + j + b for a in (0, 1) for b in (0, 1)]
        parts = [u * v for u in (1 - x, x) for v in (1 - y, y)]
        return np.stack(rows, axis=-1), np.stack(parts, axis=-1)


class Values(NamedTuple):
    """Values of actions on a plane's grid, (C, points, torques)."""

    plane: Plane
    table: Array

    def act(self, state: Array) -> Array:
        """The torques (C, K) of largest value at states (C, K, 2)."""
        at, weights = self.plane.corners(state)
        rows = np.arange(len(state))[:, None]
        value = sum(weights[..., i, None] * self.table[rows, at[..., i]] for i in range(4))
        return self.plane.actions[np.asarray(value).argmax(axis=-1)]


def values(
    world: World, worlds: int, plane: Plane, discount: float, rounds: int = 40, sweeps: int = 15
) -> Values:
    """The best policy's values in C worlds: improved `rounds` times, evaluated by so many sweeps between."""
    inputs = np.broadcast_to(plane.inputs(), (worlds, *plane.inputs().shape))
    moved, reward = world.step(inputs)
    at, weights = plane.corners(moved)
    weights *= discount
    rows = np.arange(worlds)
    value = np.zeros((worlds, inputs.shape[1]))
    table = reward
    for _ in range(rounds):
        table = reward + (weights * value[rows[:, None, None, None], at]).sum(axis=-1)
        best = table.argmax(axis=-1)[..., None]
        value = np.take_along_axis(table, best, axis=-1)[..., 0]
        kept = np.take_along_axis(reward, best, axis=-1)[..., 0]
        to, by = (np.take_along_axis(part, best[..., None], axis=2)[:, :, 0] for part in (at, weights))
        for _ in range(sweeps):
            value = kept + (by * value[rows[:, None, None], to]).sum(axis=-1)
    return Values(plane, table)


def play(world: World, act: Any, start: Array) -> Array:
    """Mean undiscounted return (C,) of episodes from (C, K, 2) under a function of states to torques."""
    state, total = start, np.zeros(len(start))
    for _ in range(LIMIT):
        # angles are wrapped, as the reward's arctangent sees them; a learned world has no other angle either
        wrapped = np.stack([(state[..., 0] + np.pi) % (2 * np.pi) - np.pi, state[..., 1]], axis=-1)
        state, reward = world.step(np.concatenate([wrapped, act(wrapped)[..., None]], axis=-1))
        total += reward.mean(axis=1)
    return total
