"""A tabular model learned by counting transitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import check_shape, finite, number, whole
from imagination.worlds.tabular import TabularMDP

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CountModel:
    """Counts of transitions and sums of rewards, for a batch of MDPs.

    Parameters
    ----------
    counts : (B, S, A, S) array
        How often each transition was seen.
    reward_sums : (B, S, A) array
        Sum of the rewards seen after each (state, action).
    """

    counts: Array
    reward_sums: Array

    def __post_init__(self) -> None:
        *shape, _ = check_shape("counts", self.counts, (None, None, None, None))
        check_shape("counts", self.counts, (*shape, shape[1]))
        check_shape("reward_sums", self.reward_sums, tuple(shape))
        finite("counts", self.counts, least=0)

    @classmethod
    def empty(cls, batch: int, n_states: int, n_actions: int) -> CountModel:
        """A model that has seen nothing."""
        shape = tuple(
            whole(*part) for part in (("batch", batch), ("n_states", n_states), ("n_actions", n_actions))
        )
        return cls(np.zeros((*shape, n_states)), np.zeros(shape))

    def observe(
        self, states: ArrayLike, actions: ArrayLike, rewards: ArrayLike, next_states: ArrayLike
    ) -> CountModel:
        """The model after N more transitions in each MDP: all four are (B, N), all but `rewards` integers."""
        B, S, A, _ = self.counts.shape
        rewards = finite("rewards", rewards)
        if rewards.ndim != 2 or rewards.shape[0] != B:
            raise ValueError(f"rewards must have shape ({B}, N), got {rewards.shape}")
        s = _indices("states", states, S, rewards.shape)
        a = _indices("actions", actions, A, rewards.shape)
        t = _indices("next_states", next_states, S, rewards.shape)
        pair = (np.arange(B)[:, None] * S + s) * A + a
        counts = np.bincount((pair * S + t).ravel(), minlength=self.counts.size)
        sums = np.bincount(pair.ravel(), weights=rewards.ravel(), minlength=self.reward_sums.size)
        return CountModel(
            self.counts + counts.reshape(self.counts.shape),
            self.reward_sums + sums.reshape(self.reward_sums.shape),
        )

    @property
    def visits(self) -> Array:
        """How often each (state, action) was seen, (B, S, A)."""
        return self.counts.sum(axis=-1)

    def transition(self, smoothing: float = 0.0) -> Array:
        """Estimated kernel (B, S, A, S): (count + smoothing) / (visits + S smoothing).

        Without smoothing, a (state, action) never seen goes to every state alike: no knowledge is claimed.
        """
        smoothing = number("smoothing", smoothing, least=0)
        weights = self.counts + smoothing
        total = weights.sum(axis=-1, keepdims=True)
        return np.where(total > 0, weights, 1.0) / np.where(total > 0, total, self.counts.shape[-1])

    def reward(self, unseen: float = 0.0) -> Array:
        """Mean of the rewards seen (B, S, A); `unseen` where there was none."""
        return np.where(self.visits > 0, self.reward_sums / np.maximum(self.visits, 1), unseen)

    def imagine(self, mdp: TabularMDP, smoothing: float = 0.0, unseen: float = 0.0) -> TabularMDP:
        """`mdp` with the learned kernel and rewards in place of its own."""
        return mdp.with_model(self.transition(smoothing), self.reward(unseen))


def _indices(name: str, value: ArrayLike, size: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    array = np.asarray(value)
    if array.shape != shape or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"{name} must be integers of shape {shape}, got {array.dtype} of shape {array.shape}"
        )
    if array.size and (array.min() < 0 or array.max() >= size):
        raise ValueError(f"{name} must lie in [0, {size}), got values from {array.min()} to {array.max()}")
    return array.astype(np.int64)
