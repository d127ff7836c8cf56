"""Random worlds with logged episodes, and models of them that are perfect but for one planted fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from imagination.audit.episodes import Episodes
from imagination.worlds.embedded import nearest
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.makers import garnet
from imagination.worlds.policies import random_network_policy
from imagination.worlds.tabular import draw
from imagination.worlds.teacher import teacher

__all__ = ["KINDS", "LEAST", "Model", "World", "collect", "perfect", "random_world"]

Array = np.ndarray

KINDS = ("tabular", "linear-quadratic", "network")

LEAST = 5
"""Mean length of episodes in worlds that end, at least [steps]."""

TRIES = 20
"""So many ends are tried in a world before another one is drawn."""


@dataclass(frozen=True, eq=False)
class World:
    """One world and the policy that acts in it.

    Attributes
    ----------
    move : callable
        States (m, d), actions (m, k) and a generator to next states (m, d).
    reward, end : callable
        States and actions to expected rewards (m,), and to the probabilities (m,) that the world ends.
    policy : callable
    start : callable
        A number and a generator to so many first states.
    stochastic : bool
        Whether `move` uses its generator.
    reward_noise : float
        Standard deviation of the log's rewards around the expected ones.
    gamma : float
    horizon : int
        Time limit of an episode [steps].
    """

    move: Callable[[Array, Array, np.random.Generator], Array]
    reward: Callable[[Array, Array], Array]
    end: Callable[[Array, Array], Array]
    policy: Callable[[Array], Array]
    start: Callable[[int, np.random.Generator], Array]
    stochastic: bool
    reward_noise: float
    gamma: float
    horizon: int


@dataclass(eq=False)
class Model:
    """A model of a `World` (it is a `WorldModel` whose beliefs are states)."""

    move: Callable[[Array, Array, np.random.Generator], Array]
    reward: Callable[[Array, Array], Array]
    proceed: Callable[[Array, Array], Array]
    stochastic: bool
    generator: np.random.Generator

    def begin(self, episodes: Episodes, episode: Array, time: Array) -> Array:
        """Return the beliefs after having seen each `episode` (m,) up to `time` (m,)."""
        return episodes.observed(episode, time)

    def visible(self, belief: Array) -> Array:
        """What the policy sees of beliefs, (m, d)."""
        return belief

    def states(self, belief: Array) -> Array:
        """The predicted states (m, d); None where there are none."""
        return belief

    def step(self, belief: Array, action: Array) -> tuple[Array, Array, Array]:
        """Return the next beliefs, the rewards (m,) and the probabilities (m,) that the world goes on."""
        following = self.move(belief, action, self.generator)
        return following, self.reward(belief, action), self.proceed(belief, action)

    def select(self, belief: Array, keep: Array) -> Array:
        """Return the beliefs of the trajectories `keep`."""
        return belief[keep]


def random_world(kind: str, stochastic: bool, ends: bool, rng: np.random.Generator) -> World:
    """Draw a world of one of `KINDS`, with noise in states and rewards or without.

    If it `ends`, then where one coordinate is large: some episodes do, and their mean length is `LEAST` or
    more.
    """
    gamma, horizon = float(rng.choice([0.9, 0.95, 0.99])), int(rng.integers(20, 51))
    world = _tabular(stochastic, rng) if kind == "tabular" else _continuous(kind, stochastic, rng)
    world = replace(world, gamma=gamma, horizon=horizon)
    seen = collect(world, 30, rng)
    if stochastic:
        world = replace(world, reward_noise=float(rng.uniform(0, 0.5) * seen.reward.std()))
    if not ends:
        return world
    for _ in range(TRIES):
        coordinate = int(rng.integers(seen.state.shape[1]))
        edge = float(np.quantile(seen.state[:, coordinate], rng.uniform(0.8, 1)))
        chance = float(rng.uniform(0.05, 0.5)) if stochastic else 1.0
        ending = replace(world, end=_beyond(coordinate, edge, chance))
        tried = collect(ending, 30, rng)
        if tried.length.mean() >= LEAST and tried.terminated.any():
            return ending
    return random_world(kind, stochastic, ends, rng)  # none of its ends will do: another world


def collect(world: World, count: int, rng: np.random.Generator) -> Episodes:
    """Log `count` episodes until they end or the time is over."""
    state = world.start(count, rng)
    columns: dict[str, list[Array]] = {name: [] for name in ("state", "action", "reward", "next", "ended")}
    for _ in range(world.horizon):
        action = world.policy(state)
        following = world.move(state, action, rng)
        reward = world.reward(state, action) + world.reward_noise * rng.standard_normal(count)
        ended = rng.random(count) < world.end(state, action)
        for name, value in zip(columns, (state, action, reward, following, ended), strict=True):
            columns[name].append(value)
        state = following
    whole = {name: np.stack(values, axis=1) for name, values in columns.items()}
    over = np.cumsum(whole["ended"], axis=1) - whole["ended"] > 0
    length = (~over).sum(axis=1)
    terminated = whole["ended"][~over]
    start = np.cumsum(length) - length
    truncated = np.zeros(len(terminated), dtype=bool)
    truncated[start + length - 1] = ~terminated[start + length - 1]
    kept = {name: whole[name][~over] for name in ("state", "action", "reward", "next")}
    return Episodes(
        kept["state"],
        kept["action"],
        kept["reward"],
        kept["next"],
        terminated,
        truncated,
        start,
        length,
    )


def perfect(world: World, generator: np.random.Generator) -> Model:
    """The world itself as a model: it draws next states as the world does, and knows expected rewards."""

    def proceed(state: Array, action: Array) -> Array:
        return 1 - world.end(state, action)

    return Model(world.move, world.reward, proceed, world.stochastic, generator)


def _tabular(stochastic: bool, rng: np.random.Generator) -> World:
    states, actions = int(rng.integers(5, 13)), int(rng.integers(2, 5))
    branching = int(rng.integers(2, 4)) if stochastic else 1
    mdp = garnet(1, states, actions, branching, 0.9, rng)
    points = rng.standard_normal((1, states, 2))
    choice = rng.integers(actions, size=states)

    def index(state: Array) -> Array:
        return nearest(points, state[None])[0]

    def move(state: Array, action: Array, generator: np.random.Generator) -> Array:
        return points[0, draw(mdp.transition[0, index(state), action[:, 0].astype(int)], generator)]

    def reward(state: Array, action: Array) -> Array:
        return mdp.reward[0, index(state), action[:, 0].astype(int)]

    def start(count: int, generator: np.random.Generator) -> Array:
        return points[0, generator.integers(states, size=count)]

    return World(
        move, reward, _never, lambda state: choice[index(state)][:, None], start, stochastic, 0.0, 0.0, 0
    )


def _continuous(kind: str, stochastic: bool, rng: np.random.Generator) -> World:
    d_state, d_action = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    size: dict[str, Any] = {"d_state": d_state, "d_action": d_action, "discount": np.array([0.9])}
    if kind == "linear-quadratic":
        mdp = linear_quadratic(rng, L_f=rng.uniform(0.9, 1.1, 1), radius=3.0, action_radius=3.0, **size)
    else:
        mdp = teacher(rng, L_f=rng.uniform(2, 6, 1), L_r=np.ones(1), **size)
    policy = random_network_policy(rng, rng.uniform(0.2, 1, 1), d_state, d_action)
    noise = float(rng.uniform(0.02, 0.3)) if stochastic else 0.0

    def move(state: Array, action: Array, generator: np.random.Generator) -> Array:
        following, _ = mdp.step(state[None], action[None])
        return following[0] + noise * generator.standard_normal(state.shape) if noise else following[0]

    def reward(state: Array, action: Array) -> Array:
        return mdp.reward(state[None], action[None])[0]

    def start(count: int, generator: np.random.Generator) -> Array:
        return mdp.initial.sample(generator, count)[0]

    return World(move, reward, _never, lambda state: policy(state[None])[0], start, stochastic, 0.0, 0.0, 0)


def _never(state: Array, action: Array) -> Array:
    return np.zeros(len(state))


def _beyond(coordinate: int, edge: float, chance: float) -> Callable[[Array, Array], Array]:
    return lambda state, action: np.where(state[:, coordinate] >= edge, chance, 0.0)
