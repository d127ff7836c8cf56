"""Worlds with episodes, real or learned, as Gymnasium environments, in which any agent can be trained.

``gymnasium.make("imagination/World-v0", world=..., bound=..., max_episode_steps=...)`` makes one of them
with a time limit; importing this module registers the name.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import torch

from imagination.worlds.continuous import check_shape
from imagination.worlds.episodic import EpisodicWorld

__all__ = ["NAME", "WorldEnvironment"]

NAME = "imagination/World-v0"


class WorldEnvironment(gymnasium.Env):
    """One of the C worlds of an `EpisodicWorld`.

    Observations are the world's states in its own units. Actions are the world's, in [−1, 1], or with
    `discrete` 0 and 1, which stand for −1 and 1.

    Parameters
    ----------
    world : EpisodicWorld
        With one configuration, or `configuration` says which is meant (all are stepped).
    bound : (d_s,) array
        Largest |coordinate| of a state: a learned world that runs away is held there.
    d_action : dimension of the actions.
    discrete : whether there are two actions only.
    configuration : which of the C worlds.

    Raises
    ------
    ValueError
        If a number is out of range, or `bound` does not fit the states.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 (Gymnasium declares it an instance variable)

    def __init__(
        self,
        world: EpisodicWorld,
        bound: np.ndarray,
        *,
        d_action: int = 1,
        discrete: bool = False,
        configuration: int = 0,
    ) -> None:
        if not 0 <= configuration < world.batch_size:
            raise ValueError(f"configuration must lie in [0, {world.batch_size}), got {configuration}")
        if discrete and d_action != 1:
            raise ValueError(f"d_action must be 1 for discrete actions, got {d_action}")
        self._world, self._which, self._discrete = world, configuration, discrete
        self._state = world.start(1, torch.Generator().manual_seed(0))
        bound = np.asarray(bound, dtype=np.float32)
        check_shape("bound", bound, (self._state.shape[-1],))
        if not np.all(np.isfinite(bound) & (bound > 0)):
            raise ValueError(f"bound must be finite and > 0, got {bound}")
        self._bound = torch.as_tensor(bound).to(self._state.dtype)
        self.observation_space = gymnasium.spaces.Box(-bound, bound, dtype=np.float32)
        self.action_space: gymnasium.Space = (
            gymnasium.spaces.Discrete(2) if discrete else gymnasium.spaces.Box(-1, 1, (d_action,), np.float32)
        )

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict]:
        """Start an episode; ``options={"state": s}`` starts it at s."""
        super().reset(seed=seed)
        generator = torch.Generator().manual_seed(int(self.np_random.integers(2**62)))
        state = self._world.start(1, generator)
        given = (options or {}).get("state")
        if given is not None:
            state = torch.as_tensor(np.asarray(given, float)).to(state.dtype).expand_as(state)
        self._state = self._held(state)
        return self._seen(), {}

    @torch.no_grad()
    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One step of the world; a time limit is a wrapper's."""
        number = [2 * int(action) - 1] if self._discrete else np.asarray(action, dtype=float)
        asked = torch.as_tensor(number).to(self._state.dtype).expand(self._world.batch_size, 1, -1)
        moved, reward, ended = self._world.step(self._state, asked)
        self._state = self._held(moved)
        which = self._which, 0
        return self._seen(), float(reward[which]), bool(ended[which]), False, {}

    def _held(self, state: torch.Tensor) -> torch.Tensor:
        return torch.minimum(torch.maximum(state, -self._bound), self._bound)

    def _seen(self) -> np.ndarray:
        return self._state[self._which, 0].numpy().astype(np.float32)


gymnasium.register(NAME, entry_point=f"{__name__}:WorldEnvironment")
