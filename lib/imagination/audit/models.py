"""How an audit asks somebody's world model, whichever way it is called."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from imagination.audit.episodes import Episodes

__all__ = ["WorldModel"]


class WorldModel(Protocol):
    """What an audit needs of a world model: m imagined trajectories at once.

    A *belief* is whatever the model carries from step to step: a state, or a latent state and its history.
    Only the model looks into it.
    """

    stochastic: bool
    """Whether two equal calls can differ."""

    def begin(self, episodes: Episodes, episode: np.ndarray, time: np.ndarray) -> Any:
        """Return the belief after having seen each `episode` (m,) up to its state at `time` (m,)."""

    def visible(self, belief: Any) -> Any:
        """What the policy sees of a belief, (m, d)."""

    def states(self, belief: Any) -> np.ndarray | None:
        """The predicted states (m, d) in the units of the log; None where the model predicts none."""

    def step(self, belief: Any, action: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
        """Return the next belief, the reward (m,) and the probability (m,) that the world goes on."""

    def select(self, belief: Any, keep: np.ndarray) -> Any:
        """Return the beliefs of the trajectories `keep` (indices or mask)."""
