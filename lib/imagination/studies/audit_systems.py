"""Worlds, models of them and policies whose gap has exactly known parts: many at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.audit.models import WorldModel
from imagination.audit.parts import PARTS

__all__ = ["Quadratic", "System", "Tables", "simulate"]

Array = np.ndarray
Moved = tuple[Array, Array, Array]


class System(ABC):
    """C pairs of a world and a model of it; a state's first coordinate says which pair it is of."""

    @abstractmethod
    def start(self, rng: np.random.Generator, count: int) -> Array:
        """First states of `count` episodes of each pair, one pair after another, (C · count, d)."""

    @abstractmethod
    def act(self, rng: np.random.Generator, state: Array) -> Array:
        """The policy's actions, (m, k)."""

    @abstractmethod
    def step(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        """The world's next states, rewards and whether it goes on."""

    @abstractmethod
    def imagine(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        """The model's next states, rewards and probabilities to go on."""

    @abstractmethod
    def parts(self, gamma: float, horizons: Array) -> dict[str, Array]:
        """The expectation of each part of the gap by horizon, (C, h)."""

    def policy(self, rng: np.random.Generator) -> Callable[[Any], Array]:
        """The policy alone."""
        return lambda seen: self.act(rng, seen)

    def model(self, rng: np.random.Generator) -> WorldModel:
        """The model alone."""
        return _Model(self, rng)


class _Model:
    stochastic = True

    def __init__(self, system: System, rng: np.random.Generator) -> None:
        self._system, self._rng = system, rng

    def begin(self, episodes: Episodes, episode: Array, time: Array) -> Array:
        return episodes.observed(episode, time)

    def visible(self, belief: Array) -> Array:
        return belief

    def states(self, belief: Array) -> Array:
        return belief

    def step(self, belief: Array, action: Array) -> Moved:
        return self._system.imagine(self._rng, belief, action)

    def select(self, belief: Array, keep: Array) -> Array:
        return belief[keep]


@dataclass(frozen=True, eq=False)
class Tables(System):
    """Finite worlds and models that were counted from a few visits of each state and action.

    The first index of every array is the pair's: `kernel` (C, S, A, S), the others (C, S, A). Rewards have
    noise: normal, or lognormal of this `skewness`. With probability `disaster` a step costs `LOSS` more,
    which the model has never seen.
    """

    kernel: Array
    reward: Array
    proceed: Array
    learned_kernel: Array
    learned_reward: Array
    learned_proceed: Array
    actions: Array
    skewness: float
    disaster: float

    LOSS = 50.0
    NOISE = 0.5
    VISITS = 20

    @classmethod
    def draw(
        cls,
        rng: np.random.Generator,
        count: int,
        *,
        hazard: float = 0.0,
        skewness: float = 0.0,
        disaster: float = 0.0,
    ) -> Self:
        """Draw pairs; each (s, a) ends the world with a probability of up to twice the `hazard`."""
        shape = count, 5, 3
        kernel = rng.dirichlet(np.full(shape[1], 0.5), size=shape)
        reward = rng.standard_normal(shape)
        proceed = 1 - hazard * rng.uniform(0, 2, shape)
        return cls(
            kernel,
            reward,
            proceed,
            rng.multinomial(cls.VISITS, kernel) / cls.VISITS,
            reward + rng.normal(0, cls.NOISE / np.sqrt(cls.VISITS), shape),
            rng.binomial(cls.VISITS, proceed) / cls.VISITS,
            rng.dirichlet(np.ones(shape[2]), size=shape[:2]),
            skewness,
            disaster,
        )

    def start(self, rng: np.random.Generator, count: int) -> Array:
        pair = np.repeat(np.arange(len(self.kernel)), count)
        return np.stack([pair, rng.integers(self.kernel.shape[1], size=len(pair))], 1).astype(float)

    def act(self, rng: np.random.Generator, state: Array) -> Array:
        pair, now = state.astype(int).T
        return _draw(rng, self.actions[pair, now])[:, None]

    def step(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        pair, now = state.astype(int).T
        at = pair, now, action[:, 0]
        if self.skewness:
            noise = np.exp(self.skewness * rng.standard_normal(len(pair))) - np.exp(self.skewness**2 / 2)
        else:
            noise = self.NOISE * rng.standard_normal(len(pair))
        struck = rng.random(len(pair)) < self.disaster
        following = np.stack([pair, _draw(rng, self.kernel[at])], 1).astype(float)
        going = rng.random(len(pair)) < self.proceed[at]
        return following, self.reward[at] + noise - self.LOSS * struck, going

    def imagine(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        pair, now = state.astype(int).T
        at = pair, now, action[:, 0]
        following = np.stack([pair, _draw(rng, self.learned_kernel[at])], 1).astype(float)
        return following, self.learned_reward[at], self.learned_proceed[at]

    def parts(self, gamma: float, horizons: Array) -> dict[str, Array]:
        count, size = self.kernel.shape[:2]
        values = [np.zeros((count, size))]
        for _ in range(horizons[-1]):
            onward = np.einsum("csan,cn->csa", self.learned_kernel, values[-1])
            whole = self.learned_reward + gamma * self.learned_proceed * onward
            values.append((self.actions * whole).sum(-1))
        found = {part: np.zeros((count, len(horizons))) for part in PARTS}
        visits = np.full((count, size), 1 / size)
        wrong = self.learned_reward - self.reward + self.LOSS * self.disaster
        for t in range(horizons[-1]):
            here = visits[:, :, None] * self.actions
            for j in np.flatnonzero(horizons > t):
                left = values[horizons[j] - t - 1]
                onward = np.einsum("csan,cn->csa", self.learned_kernel, left)
                moved = self.proceed * (onward - np.einsum("csan,cn->csa", self.kernel, left))
                ended = (self.learned_proceed - self.proceed) * onward
                found["reward"][:, j] += gamma**t * (here * wrong).sum((1, 2))
                found["dynamics"][:, j] += gamma ** (t + 1) * (here * moved).sum((1, 2))
                found["termination"][:, j] += gamma ** (t + 1) * (here * ended).sum((1, 2))
            visits = np.einsum("csa,csan->cn", here * self.proceed, self.kernel)
        return found


@dataclass(frozen=True, eq=False)
class Quadratic(System):
    """Linear worlds with noise under linear policies, and models that err in matrices, reward and hazard.

    `matrix` (C, d, d) and `gain` (C, d, k) move state and action, `feedback` (C, k, d) acts on the state;
    `cost` (C, d, d) is what a state costs, actions included; `proceed` (C,) is the probability to go on.
    """

    matrix: Array
    gain: Array
    cost: Array
    proceed: Array
    learned_matrix: Array
    learned_gain: Array
    learned_cost: Array
    learned_proceed: Array
    offset: Array
    feedback: Array

    NOISE = 0.3

    @classmethod
    def draw(
        cls, rng: np.random.Generator, count: int, *, radius: float, hazard: float = 0.0, size: int = 3
    ) -> Self:
        """Draw pairs whose closed loops have this spectral radius."""
        closed = rng.standard_normal((count, size, size))
        closed *= radius / np.abs(np.linalg.eigvals(closed)).max(axis=1)[:, None, None]
        gain, feedback = rng.standard_normal((count, size, 2)), rng.standard_normal((count, 2, size))
        matrix = closed - gain @ feedback
        factor = rng.standard_normal((count, size, size)) / np.sqrt(size)
        cost = factor @ factor.mT
        error = 0.1 * rng.standard_normal((count, size, size))
        return cls(
            matrix,
            gain,
            cost,
            1 - hazard * rng.uniform(0, 2, count),
            matrix + 0.05 * rng.standard_normal(matrix.shape),
            gain + 0.02 * rng.standard_normal(gain.shape),
            cost + error + error.mT,
            1 - hazard * rng.uniform(0, 2, count),
            0.1 * rng.standard_normal(count),
            feedback,
        )

    def start(self, rng: np.random.Generator, count: int) -> Array:
        pair = np.repeat(np.arange(len(self.matrix)), count)
        return np.column_stack([pair, rng.standard_normal((len(pair), self.matrix.shape[1]))])

    def act(self, rng: np.random.Generator, state: Array) -> Array:
        return _apply(self.feedback[state[:, 0].astype(int)], state[:, 1:])

    def step(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        pair, x = state[:, 0].astype(int), state[:, 1:]
        following = _apply(self.matrix[pair], x) + _apply(self.gain[pair], action)
        following += self.NOISE * rng.standard_normal(x.shape)
        going = rng.random(len(pair)) < self.proceed[pair]
        return np.column_stack([pair, following]), -(x * _apply(self.cost[pair], x)).sum(1), going

    def imagine(self, rng: np.random.Generator, state: Array, action: Array) -> Moved:
        pair, x = state[:, 0].astype(int), state[:, 1:]
        following = _apply(self.learned_matrix[pair], x) + _apply(self.learned_gain[pair], action)
        reward = self.offset[pair] - (x * _apply(self.learned_cost[pair], x)).sum(1)
        return np.column_stack([pair, following]), reward, self.learned_proceed[pair]

    def parts(self, gamma: float, horizons: Array) -> dict[str, Array]:
        closed = self.matrix + self.gain @ self.feedback
        learned = self.learned_matrix + self.learned_gain @ self.feedback
        rate = gamma * self.learned_proceed
        values = [(np.zeros_like(self.cost), np.zeros(len(self.cost)))]  # -x'Px + q
        for _ in range(horizons[-1]):
            P, q = values[-1]
            bent = learned.mT @ P @ learned
            values.append((self.learned_cost + rate[:, None, None] * bent, self.offset + rate * q))
        found = {part: np.zeros((len(self.cost), len(horizons))) for part in PARTS}
        identity = np.eye(self.cost.shape[1])
        moment, alive = np.broadcast_to(identity, self.cost.shape), np.ones(len(self.cost))
        for t in range(horizons[-1]):
            following = closed @ moment @ closed.mT + self.NOISE**2 * identity
            for j in np.flatnonzero(horizons > t):
                P, q = values[horizons[j] - t - 1]
                onward = q - _trace(learned.mT @ P @ learned, moment)
                wrong = self.offset - _trace(self.learned_cost - self.cost, moment)
                found["reward"][:, j] += gamma**t * alive * wrong
                later = gamma ** (t + 1) * alive
                found["dynamics"][:, j] += later * self.proceed * (onward - q + _trace(P, following))
                found["termination"][:, j] += later * (self.learned_proceed - self.proceed) * onward
            moment, alive = following, alive * self.proceed
        return found


def simulate(system: System, rng: np.random.Generator, count: int, steps: int) -> Episodes:
    """`count` episodes of the world of each pair, one pair after another, cut after so many steps."""
    state = system.start(rng, count)
    alive, kept = np.ones(len(state), dtype=bool), []
    for _ in range(steps):
        action = system.act(rng, state)
        following, reward, going = system.step(rng, state, action)
        kept.append((state, action, reward, following, ~going, alive))
        state, alive = following, alive & going
    state, action, reward, following, over, lived = (np.stack(each, 1) for each in zip(*kept, strict=True))
    length = lived.sum(1)
    cut = np.zeros_like(lived)
    cut[:, -1] = ~over[:, -1]
    return Episodes(
        state[lived],
        action[lived],
        reward[lived],
        following[lived],
        over[lived],
        cut[lived],
        np.cumsum(length) - length,
        length,
    )


def _draw(rng: np.random.Generator, chances: Array) -> Array:
    """One index for each row of chances (m, n)."""
    drawn = (rng.random((len(chances), 1)) > np.cumsum(chances, axis=1)).sum(1)
    return np.minimum(drawn, chances.shape[1] - 1)


def _apply(matrices: Array, vectors: Array) -> Array:
    return np.einsum("mij,mj->mi", matrices, vectors)


def _trace(one: Array, other: Array) -> Array:
    return np.einsum("cij,cji->c", one, other)
