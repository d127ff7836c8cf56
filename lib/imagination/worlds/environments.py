"""Our worlds, real or learned, as Gymnasium environments, in which any agent can be trained.

`MDPEnvironment` is one configuration of a `ContinuousMDP`, `WorldEnvironment` one of an `EpisodicWorld`.
``gymnasium.make("imagination/World-v0", world=..., bound=..., max_episode_steps=...)`` makes one of them
with a time limit; importing this module registers the name.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import torch
from gymnasium.envs.registration import EnvSpec

from imagination.checks import broadcast, check_shape, finite, number, whole
from imagination.worlds.continuous import BallProjected, BoxProjected, ContinuousMDP
from imagination.worlds.episodic import EpisodicWorld
from imagination.worlds.gymnasium import MAX_SPEED, OnPendulumStates, PendulumDynamics, within_box

__all__ = ["NAME", "MDPEnvironment", "WorldEnvironment"]

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
        if not 0 <= whole("configuration", configuration) < world.batch_size:
            raise ValueError(f"configuration must lie in [0, {world.batch_size}), got {configuration}")
        if whole("d_action", d_action, least=1) > 1 and discrete:
            raise ValueError(f"d_action must be 1 for discrete actions, got {d_action}")
        self._world, self._which, self._discrete = world, configuration, discrete
        self._state = world.start(1, torch.Generator().manual_seed(0))
        with np.errstate(over="ignore", under="ignore"):  # then it is infinite or 0, which is refused
            bound = finite("bound", finite("bound", bound, above=0).astype(np.float32), above=0)
        bound = bound.astype(np.float32)
        check_shape("bound", bound, (self._state.shape[-1],))
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
            given = broadcast('options["state"]', finite('options["state"]', given), tuple(state.shape))
            state = torch.as_tensor(given.copy()).to(state.dtype)
        self._state = self._held(state)
        return self._seen(), {}

    @torch.no_grad()
    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One step of the world; a time limit is a wrapper's."""
        if isinstance(self.action_space, gymnasium.spaces.Box):
            number = within_box(self.action_space, "action", action)
        elif not self.action_space.contains(np.asarray(action)[()]):
            raise ValueError(f"action must be 0 or 1, got {action}")
        else:
            number = np.array([2.0 * int(action) - 1])
        asked = torch.as_tensor(number).to(self._state.dtype).expand(self._world.batch_size, 1, -1)
        moved, reward, ended = self._world.step(self._state, asked)
        self._state = self._held(moved)
        which = self._which, 0
        return self._seen(), float(reward[which]), bool(ended[which]), False, {}

    def _held(self, state: torch.Tensor) -> torch.Tensor:
        return torch.minimum(torch.maximum(state, -self._bound), self._bound)

    def _seen(self) -> np.ndarray:
        return self._state[self._which, 0].numpy().astype(np.float32)


class MDPEnvironment(gymnasium.Env):
    """One configuration of a `ContinuousMDP`, real or learned, as a Gymnasium environment.

    Parameters
    ----------
    mdp : the batch of systems, in numpy; states must be bounded.
    d_action : dimension of the actions.
    configuration : which of the batch.
    action_scale : an action of Gymnasium's, in [-1, 1], is multiplied by this.
    state_bound : (d_s,), largest |coordinate| of a state; by default from the dynamics' projection.
    horizon : steps after which an episode is truncated, None for never.

    Raises
    ------
    ValueError
        If no bound on the states is given or known.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 (Gymnasium declares it an instance variable)
    action_space: gymnasium.spaces.Box

    def __init__(
        self,
        mdp: ContinuousMDP,
        d_action: int,
        *,
        configuration: int = 0,
        action_scale: float = 1.0,
        state_bound: np.ndarray | None = None,
        horizon: int | None = None,
    ) -> None:
        if not 0 <= whole("configuration", configuration) < mdp.batch_size:
            raise ValueError(f"configuration must lie in [0, {mdp.batch_size}), got {configuration}")
        options: dict[str, Any] = {"configuration": configuration, "action_scale": action_scale}
        options |= {"state_bound": state_bound, "horizon": horizon}
        self.spec = EnvSpec(
            "imagination/MDP-v0",
            f"{__name__}:MDPEnvironment",
            kwargs={"mdp": mdp, "d_action": d_action, **options},
        )
        self._mdp = mdp
        self._configuration = configuration
        self._action_scale = number("action_scale", action_scale)
        self._horizon = None if horizon is None else whole("horizon", horizon, least=1)
        self._state = self._draw(np.random.default_rng(0))
        bound = self._known_bound() if state_bound is None else finite("state_bound", state_bound, above=0)
        check_shape("state_bound", bound, self._state.shape)
        self.observation_space = gymnasium.spaces.Box(-bound, bound, dtype=np.float64)
        self.action_space = gymnasium.spaces.Box(
            -1.0, 1.0, (whole("d_action", d_action, least=1),), np.float64
        )
        self._steps = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict]:
        """Start an episode; ``options={"state": s}`` starts it at s."""
        super().reset(seed=seed)
        given = (options or {}).get("state")
        if given is not None:
            given = finite('options["state"]', given).copy()
            check_shape('options["state"]', given, self._state.shape)
        self._state = self._draw(self.np_random) if given is None else given
        self._steps = 0
        return self._state.copy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One step of the system; never terminates, truncated at the horizon."""
        batch = self._mdp.batch_size
        states = np.broadcast_to(self._state, (batch, 1, *self._state.shape))
        scaled = self._action_scale * within_box(self.action_space, "action", action)
        next_states, rewards = self._mdp.step(states, np.broadcast_to(scaled, (batch, 1, *scaled.shape)))
        self._state = np.array(next_states[self._configuration, 0])
        self._steps += 1
        truncated = self._horizon is not None and self._steps >= self._horizon
        return self._state.copy(), float(rewards[self._configuration, 0]), False, truncated, {}

    def _draw(self, generator: np.random.Generator) -> np.ndarray:
        return np.array(self._mdp.initial.sample(generator, 1)[self._configuration, 0], dtype=float)

    def _known_bound(self) -> np.ndarray:
        dynamics, size = self._mdp.dynamics, len(self._state)
        if isinstance(dynamics, BallProjected):
            return np.full(size, dynamics.radius[self._configuration])
        if isinstance(dynamics, BoxProjected):
            sides = np.maximum(np.abs(dynamics.low), np.abs(dynamics.high))
            return sides[self._configuration]
        if isinstance(dynamics, PendulumDynamics | OnPendulumStates):
            return np.array([1.0, 1.0, MAX_SPEED / dynamics.velocity_unit[self._configuration]])
        raise ValueError("state_bound must be given: these dynamics are not projected on a bounded domain")


gymnasium.register(NAME, entry_point=f"{__name__}:WorldEnvironment")
