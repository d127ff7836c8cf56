"""Logged episodes of transitions, whatever they were kept in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Episodes"]


@dataclass(frozen=True, eq=False)
class Episodes:
    """Episodes one after another, each in the order of time.

    Attributes
    ----------
    state, next_state : ndarray (n, d)
    action : ndarray (n, k)
    reward : ndarray (n,)
    terminated : ndarray (n,) of bool
        Whether the world ended after this transition; only an episode's last one may.
    truncated : ndarray (n,) of bool
        Whether the log ended here although the world went on: nothing is known of what came after.
    start : ndarray (E,) of int
        Each episode's first transition.
    length : ndarray (E,) of int
        Each episode's number of transitions, 1 or more.
    """

    state: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    next_state: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    start: np.ndarray
    length: np.ndarray

    def observed(self, episode: np.ndarray, time: np.ndarray) -> np.ndarray:
        """States (m, d) of `episode` (m,) at `time` (m,), from 0 to the episode's length."""
        last = time == self.length[episode]
        at = self.start[episode] + time - last
        return np.where(last[:, None], self.next_state[at], self.state[at])

    def spread(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Episode and time of up to `most` transitions, spread over the log."""
        count = len(self.reward)
        row = np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))
        episode = np.searchsorted(self.start, row, side="right") - 1
        return episode, row - self.start[episode]

    def ended(self) -> np.ndarray:
        """Whether each episode ended in the world, not only in the log, (E,)."""
        return self.terminated[self.start + self.length - 1]
