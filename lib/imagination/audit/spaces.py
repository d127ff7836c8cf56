"""Gymnasium's spaces as rows of numbers."""

from __future__ import annotations

import operator
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple

from imagination.audit.trees import leaves, mapped
from imagination.worlds.gymnasium import within_box

__all__ = [
    "check_spaces",
    "flat_actions",
    "flat_state",
    "flat_states",
    "names_of",
    "native_action",
    "no_action",
]


def flat_state(space: gymnasium.Space, observation: Any) -> np.ndarray:
    """One observation as a state (d,)."""
    return np.asarray(gymnasium.spaces.flatten(space, observation), dtype=np.float64)


def flat_states(space: gymnasium.Space, batch: Any) -> np.ndarray:
    """A batch of observations, stacked as Minari does, as states (n, d)."""
    if isinstance(space, Box):
        return np.asarray(batch, dtype=np.float64).reshape(len(batch), -1)
    count = len((leaves(batch) or [batch])[0])
    return np.array([flat_state(space, mapped(operator.itemgetter(i), batch)) for i in range(count)])


def names_of(space: gymnasium.Space, name: str = "state") -> tuple[str, ...]:
    """What each coordinate of a flattened observation is called: of a Dict, with the names of its parts."""
    if isinstance(space, Dict | Tuple):
        parts = space.spaces.items() if isinstance(space, Dict) else enumerate(space.spaces)
        inner = "" if name == "state" else f"{name}."
        return tuple(each for key, part in parts for each in names_of(part, f"{inner}{key}"))
    count = gymnasium.spaces.flatdim(space)
    return (name,) if count == 1 and name != "state" else tuple(f"{name}[{i}]" for i in range(count))


def check_spaces(name: str, observed: gymnasium.Space, acting: gymnasium.Space) -> None:
    """Raise a ValueError if observations or actions cannot be rows of numbers."""
    if not observed.is_np_flattenable:
        rule = "must flatten to a fixed number of coordinates"
        raise ValueError(f"{name}.observation_space {rule}, got {observed}")
    if not isinstance(acting, Box | Discrete | MultiDiscrete | MultiBinary):
        kinds = "a Box, Discrete, MultiDiscrete or MultiBinary"
        raise ValueError(f"{name}.action_space must be {kinds}, got {acting}")


def flat_actions(space: gymnasium.Space, batch: Any) -> np.ndarray:
    """A batch of actions as (n, k): whole numbers of discrete spaces, flattened coordinates of a Box."""
    kind = np.float64 if isinstance(space, Box) else np.int64
    return np.asarray(batch, dtype=kind).reshape(len(batch), -1)


def no_action(space: gymnasium.Space) -> np.ndarray:
    """An action (1, k) that only shows shape and kind."""
    return 0 * flat_actions(space, np.asarray(space.sample())[None])


def native_action(space: gymnasium.Space, action: np.ndarray) -> Any:
    """A policy's action (k,) as the environment takes it, or a ValueError if it is none of the space's."""
    if isinstance(space, Box):
        return within_box(space, "policy(state)", action.reshape(space.shape)).astype(space.dtype)
    given = action.reshape(space.shape).astype(space.dtype)
    given = given[()] if isinstance(space, Discrete) else given
    if not space.contains(given):
        raise ValueError(f"policy(state) must lie in the action space {space}, got {action}")
    return given
