"""A world, a model of it and a policy that tests of the audit can see through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagination.audit.episodes import Episodes


@dataclass
class Model:
    """States in the plane; the constructor says in what it errs."""

    pull: float = 0.7
    offset: float = 0.0
    risk: float = 0.0
    noise: float = 0.0
    rng: np.random.Generator | None = None
    calls: int = 0
    largest: int = 0

    @property
    def stochastic(self) -> bool:
        return self.noise > 0

    def begin(self, episodes, episode, time):
        return episodes.observed(episode, time)

    def visible(self, belief):
        return belief

    def states(self, belief):
        return belief

    def select(self, belief, keep):
        return belief[keep]

    def step(self, belief, action):
        self.calls += len(belief)
        self.largest = max(self.largest, len(belief))
        x, y = belief.T
        drawn = self.noise * self.rng.standard_normal(belief.shape) if self.noise else 0.0
        following = np.stack([np.sin(self.pull * x + action[:, 0]), np.tanh(y - 0.3 * x * x)], 1) + drawn
        reward = x * y + action[:, 0] + self.offset
        return following, reward, 1 - self.risk * (x > 0.3)


def policy(visible):
    """Deterministic, (m, 2) -> (m, 1)."""
    return np.cos(2 * visible[:, :1]) - 0.5 * visible[:, 1:]


def log(rng: np.random.Generator, count: int, longest: int, *, risk: float = 0.1, noise: float = 0.0):
    """Episodes of a world that is a `Model` with `risk` of ending wherever x > 0.3; some are cut short."""
    world = Model(pull=0.9, noise=noise, rng=rng)
    parts = []
    for _ in range(count):
        until = longest - rng.integers(0, 2)
        state = rng.normal(size=(1, 2))
        for t in range(until):
            action = policy(state)
            following, reward, _ = world.step(state, action)
            over = bool(rng.random() < risk * (state[0, 0] > 0.3))
            cut = t == until - 1 and not over
            parts.append((state[0], action[0], reward[0], following[0], over, cut, t))
            state = following
            if over:
                break
    state, action, reward, following, over, cut, time = map(np.array, zip(*parts, strict=True))
    start = np.flatnonzero(time == 0)
    length = np.diff(np.append(start, len(time)))
    return Episodes(state, action, reward, following, over, cut, start, length)


def imagined_return(model, state: np.ndarray, horizon: int, gamma: float, value=None) -> float:
    """One state at a time, from the definition."""
    if horizon == 0:
        return 0.0 if value is None else float(value(state[None])[0])
    following, reward, proceed = model.step(state[None], policy(state[None]))
    if proceed[0] == 0:
        return float(reward[0])
    onward = imagined_return(model, following[0], horizon - 1, gamma, value)
    return float(reward[0]) + gamma * float(proceed[0]) * onward
