"""Finite deterministic MDPs as points in Euclidean space, so that they are continuous worlds like the others.

A state is one of n points, an action one of m points, and the maps are tables. On a finite set every map is
Lipschitz, and its constant is a maximum over pairs: exact. The maps are defined on the points alone;
whoever asks elsewhere is told about the nearest point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imagination.checks import check_index, check_shape
from imagination.worlds.continuous import Array, Parametric


@dataclass(frozen=True, eq=False)
class TableDynamics(Parametric):
    """``f(s_i, a_j) = s_k`` with k = table[i, j].

    Parameters
    ----------
    state_points : (C, n, d_s)
    action_points : (C, m, d_a)
    table : (C, n, m) of int
    """

    state_points: Array
    action_points: Array
    table: Array

    def __post_init__(self) -> None:
        batch, n, m = _sizes(self.state_points, self.action_points)
        check_shape("table", self.table, (batch, n, m))
        check_index("table", self.table, n)

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        if noise is not None:
            raise ValueError("noise: a finite deterministic system has no room for it")
        i, j = nearest(self.state_points, state), nearest(self.action_points, action)
        batch = np.arange(len(i))[:, None]
        return self.state_points[batch, self.table[batch, i, j]]

    def outcomes(self) -> Array:
        """Next state of every pair, (C, n, m, d_s)."""
        return self.state_points[np.arange(len(self.table))[:, None, None], self.table]

    def lipschitz(self) -> Array:
        """Exact, (C,): the largest ratio over pairs of state-action pairs."""
        return _steepest(self.outcomes(), self.state_points, self.action_points)

    def bound(self) -> Array:
        """Largest norm of a state, (C,)."""
        return np.linalg.norm(self.state_points, axis=-1).max(axis=1)

    def diameter(self) -> Array:
        """Largest distance of two states, (C,)."""
        return _distances(self.state_points).max(axis=(1, 2))


@dataclass(frozen=True, eq=False)
class TableReward(Parametric):
    """``r(s_i, a_j) = table[i, j]``, (C, n, m); points as in `TableDynamics`."""

    state_points: Array
    action_points: Array
    table: Array

    def __post_init__(self) -> None:
        check_shape("table", self.table, _sizes(self.state_points, self.action_points))

    def __call__(self, state: Array, action: Array) -> Array:
        i, j = nearest(self.state_points, state), nearest(self.action_points, action)
        return self.table[np.arange(len(i))[:, None], i, j]

    def lipschitz(self) -> Array:
        """Exact, (C,)."""
        return _steepest(self.table[..., None], self.state_points, self.action_points)

    def bound(self) -> Array:
        """sup |r|, (C,)."""
        return np.abs(self.table).max(axis=(1, 2))


@dataclass(frozen=True, eq=False)
class TablePolicy(Parametric):
    """``π(s_i) = a_j`` with j = choice[i], (C, n) of int; points as in `TableDynamics`."""

    state_points: Array
    action_points: Array
    choice: Array

    def __post_init__(self) -> None:
        batch, n, m = _sizes(self.state_points, self.action_points)
        check_shape("choice", self.choice, (batch, n))
        check_index("choice", self.choice, m)

    def __call__(self, state: Array) -> Array:
        batch = np.arange(len(state))[:, None]
        return self.action_points[batch, self.choice[batch, nearest(self.state_points, state)]]

    def lipschitz(self) -> Array:
        """Exact, (C,)."""
        chosen = self.action_points[np.arange(len(self.choice))[:, None], self.choice]
        return _largest_ratio(_distances(chosen), _distances(self.state_points))


def nearest(points: Array, queries: Array) -> Array:
    """Index of the nearest of (C, n, d) points to each of (C, K, d) queries, (C, K)."""
    offsets = queries[:, :, None, :] - points[:, None, :, :]
    return (offsets * offsets).sum(axis=-1).argmin(axis=-1)


def _sizes(state_points: Array, action_points: Array) -> tuple[int, int, int]:
    batch, n, _ = check_shape("state_points", state_points, (None, None, None))
    _, m, _ = check_shape("action_points", action_points, (batch, None, None))
    if not batch * n * m:
        raise ValueError(
            f"state_points and action_points must hold points, got {n} and {m} for each of {batch}"
        )
    return batch, n, m


def _distances(points: Array) -> Array:
    return np.linalg.norm(points[:, :, None, :] - points[:, None, :, :], axis=-1)


def _steepest(values: Array, state_points: Array, action_points: Array) -> Array:
    """Lipschitz constant of (C, n, m, d) values in the additive metric, (C,)."""
    batch, n, m, d = values.shape
    apart = _distances(state_points)[:, :, None, :, None] + _distances(action_points)[:, None, :, None, :]
    return _largest_ratio(_distances(values.reshape(batch, n * m, d)), apart.reshape(batch, n * m, n * m))


def _largest_ratio(rise: Array, run: Array) -> Array:
    """max rise/run over pairs; two points in one place must have one value."""
    if np.any((run == 0) & (rise > 0)):
        raise ValueError("state_points, action_points: two points coincide where the map's values differ")
    return np.where(run > 0, rise / np.where(run > 0, run, 1), 0).max(axis=(1, 2))
