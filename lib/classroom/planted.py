"""World models with something wrong in them, for exercises: do not read on before you have audited them.

The world is Gymnasium's mountain car with a continuous force. Its equations are known, so that a model is
right but for what was planted in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from imagination import audit
from imagination.audit.episodes import Episodes

__all__ = ["CASES", "GAMMA", "WORLD", "Case", "case", "drive"]

WORLD = "MountainCarContinuous-v0"
GAMMA = 0.99

FLATTERY = 0.25
"""What the first model pays too much in each step."""

ICE = (-0.95, -0.75)
SLIP = 0.001
"""Between these positions the second model's velocity after a step is larger by `SLIP`."""

DRAG = 0.001
"""How much slower the third model's car gets in a step, wherever the model was not trained."""

LEARNED = 1e-4
"""What is so close to a logged state, in units of the log's spread, the third model knows by heart."""

Model = dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]


@dataclass(frozen=True)
class Case:
    """A model, the policy that it is used for, and 30 episodes of that policy.

    Attributes
    ----------
    model : dict
        ``next_state``, ``reward`` and ``proceed``, as `imagination.audit.audit` takes them.
    policy : callable
        `drive`.
    log : Episodes
    """

    model: Model
    policy: Callable[[np.ndarray], np.ndarray]
    log: Episodes


def drive(state: np.ndarray) -> np.ndarray:
    """Push the way the car rolls: states (n, 2) to forces (n, 1)."""
    return np.where(state[:, 1:] > 0, 1.0, -1.0)


def case(name: str, seed: int = 0) -> Case:
    """The model of that name with a log of its own.

    Parameters
    ----------
    name : one of `CASES`
    seed : int
        Of the log; what is wrong does not depend on it.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in CASES:
        raise ValueError(f"name must be one of {', '.join(CASES)}, got {name!r}")
    log = audit.collect(WORLD, drive, episodes=30, seed=seed)
    return Case(CASES[name](log), drive, log)


def next_state(state: np.ndarray, action: np.ndarray) -> np.ndarray:
    """The car's next positions and velocities (n, 2)."""
    position, velocity = np.asarray(state, dtype=float).T
    velocity = velocity + 0.0015 * np.clip(action[:, 0], -1, 1) - 0.0025 * np.cos(3 * position)
    velocity = np.clip(velocity, -0.07, 0.07)
    position = np.clip(position + velocity, -1.2, 0.6)
    return np.column_stack([position, np.where(position <= -1.2, np.maximum(velocity, 0), velocity)])


def _model(step: Callable[[np.ndarray, np.ndarray], np.ndarray], too_much: float = 0.0) -> Model:
    """A model with these dynamics, the world's own ends and its reward, or too much of it."""

    def proceed(state: Any, action: Any) -> Any:
        return (step(state, action)[:, 0] < 0.45).astype(float)

    def reward(state: Any, action: Any) -> Any:
        return 100 * (1 - proceed(state, action)) - 0.1 * action[:, 0] ** 2 + too_much

    return {"next_state": step, "reward": reward, "proceed": proceed}


def _generous(log: Episodes) -> Model:
    return _model(next_state, FLATTERY)


def _icy(log: Episodes) -> Model:
    def step(state: np.ndarray, action: np.ndarray) -> np.ndarray:
        on_ice = (ICE[0] < state[:, 0]) & (state[:, 0] < ICE[1])
        return next_state(state, action) + SLIP * np.column_stack([0 * on_ice, on_ice])

    return _model(step)


def _by_heart(log: Episodes) -> Model:
    """Right where the log has been, and nowhere else."""
    spread = log.state.std(axis=0)
    seen = cKDTree(log.state / spread)

    def step(state: np.ndarray, action: np.ndarray) -> np.ndarray:
        apart, _ = seen.query(state / spread)
        after = next_state(state, action)
        after[:, 1] -= DRAG * np.sign(after[:, 1]) * np.clip(apart / LEARNED - 1, 0, 1)
        return after

    return _model(step)


CASES: dict[str, Callable[[Episodes], Model]] = {"first": _generous, "second": _icy, "third": _by_heart}
"""What is wrong with each, under the name by which exercises ask for it."""
