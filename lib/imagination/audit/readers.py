"""The columns of a log, whatever it was kept in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from imagination.extras import explained

__all__ = ["NAMES", "columns"]

NAMES = ("state", "action", "reward", "next_state", "terminated", "truncated", "episode")


def columns(data: Any) -> dict[str, np.ndarray]:
    """Those of `NAMES` that a log has, one row a transition (see `imagination.audit.episodes.episodes`).

    And `names`, one for each coordinate of a state, where the log has them.
    """
    if isinstance(data, str | PathLike):
        if str(data).endswith(".npz"):
            return _npz(Path(data))
        if isinstance(data, PathLike) or Path(data).exists():
            raise ValueError(f"data must be a .npz file or the name of a Minari dataset, got {str(data)!r}")
        return _minari(_loaded(data))
    if hasattr(data, "iterate_episodes"):
        return _minari(data)
    if isinstance(data, Mapping):
        return {name: _array(name, data[name]) for name in (*NAMES, "names") if name in data}
    if hasattr(data, "columns"):
        return _table(data)
    kinds = "a mapping of arrays, a table, a .npz file or a Minari dataset"
    raise ValueError(f"data must be {kinds}, got {type(data).__name__}")


def _npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in (*NAMES, "names") if name in kept}
    except FileNotFoundError:
        raise
    except Exception as error:  # zipfile's, zlib's and numpy's own: a damaged or another file.
        raise ValueError(f"data: {path} is no .npz file of plain arrays ({error})") from error


def _table(data: Any) -> dict[str, np.ndarray]:
    """A table's columns: ``state`` (numbers, or an array in each row), or ``state_0``, ``state_1``, …"""
    names = [str(name) for name in data.columns]
    found = {}
    for name in NAMES:
        numbered = sorted(int(m[1]) for other in names if (m := re.fullmatch(rf"{name}_(\d+)", other)))
        if name in names:
            found[name] = _array(name, data[name])
        elif numbered:
            if numbered != list(range(len(numbered))):
                raise ValueError(f"data must have {name}_0 to {name}_{numbered[-1]}, got only {numbered}")
            found[name] = np.column_stack([_array(name, data[f"{name}_{i}"]) for i in numbered])
    return found


def _array(name: str, value: Any) -> np.ndarray:
    array = np.asarray(value)
    if not array.ndim:
        raise ValueError(f"data[{name!r}] must have a row for each transition, got {value!r}")
    if array.dtype != object or name == "episode" or not len(array):
        return array
    try:
        return np.stack([np.asarray(row) for row in array])
    except ValueError:
        raise ValueError(f"data[{name!r}] must have rows of one length") from None


def _loaded(name: str) -> Any:
    with explained(__name__):
        import minari
    try:
        return minari.load_dataset(name)
    except (FileNotFoundError, ValueError) as error:
        raise ValueError(f"data: no Minari dataset {name!r} ({error})") from error


def _minari(data: Any) -> dict[str, np.ndarray]:
    from imagination.audit.spaces import check_spaces, flat_actions, flat_states, names_of

    check_spaces("data", data.observation_space, data.action_space)
    parts: list[dict[str, np.ndarray]] = []
    for number, episode in enumerate(data.iterate_episodes()):
        state = flat_states(data.observation_space, episode.observations)
        count = len(episode.rewards)
        parts.append(
            {
                "state": state[:-1],
                "action": flat_actions(data.action_space, episode.actions),
                "reward": episode.rewards,
                "next_state": state[1:],
                "terminated": episode.terminations,
                "truncated": episode.truncations,
                "episode": np.full(count, number),
            }
        )
    if not parts:
        raise ValueError("data must have an episode, got an empty Minari dataset")
    joined = {name: np.concatenate([part[name] for part in parts]) for name in NAMES}
    return joined | {"names": np.array(names_of(data.observation_space))}
