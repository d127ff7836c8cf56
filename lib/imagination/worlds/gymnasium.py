"""Between Gymnasium's environments and our batched worlds, both ways.

A Gymnasium environment is one stateful system that is stepped, whereas a world here is a pair of maps that
can be asked about any batch of points. Two ways lead across:

- `pendulum`: Pendulum-v1 re-derived as batched maps with certified constants (exact to Gymnasium's float32).
- `collect`: transitions from any environment with Box spaces, to learn from.

The way back is `MDPEnvironment`, one configuration of a `ContinuousMDP` as a `gymnasium.Env`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from array_api_compat import array_namespace
from gymnasium.envs.registration import EnvSpec

from imagination.worlds.continuous import (
    Array,
    BallProjected,
    BoxProjected,
    ContinuousMDP,
    Dynamics,
    Parametric,
    Transitions,
    check_shape,
    norm,
    project_ball,
    project_box,
)

# --- transitions collected from Gymnasium ----------------------------------------------------------


def collect(
    env_id: str,
    generator: np.random.Generator,
    count: int,
    *,
    policy: Callable[[np.ndarray], np.ndarray] | None = None,
    num_envs: int = 16,
    steps_per_reset: int | None = None,
    reset_options: dict[str, Any] | None = None,
    **make_options: Any,
) -> Transitions:
    """Collect transitions from a Gymnasium environment with one-dimensional Box spaces.

    Parameters
    ----------
    env_id : name under which the environment is registered.
    generator : source of the environments' seeds and of random actions.
    count : number of transitions.
    policy : observations (num_envs, d_s) -> actions (num_envs, d_a); uniformly random actions without one.
    num_envs : how many copies step side by side.
    steps_per_reset : reset every so many steps (where episodes end, a copy is reset anyway).
    reset_options : Gymnasium's `options` of every reset, for example where Pendulum-v1 starts.
    make_options : passed to ``gymnasium.make_vec``.

    Raises
    ------
    ValueError
        If a space is not a one-dimensional Box, or `count` is not positive.
    """
    if count < 1:
        raise ValueError(f"count must be >= 1, got {count}")
    envs = gymnasium.make_vec(
        env_id,
        num_envs=num_envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": gymnasium.vector.AutoresetMode.DISABLED},
        **make_options,
    )
    try:
        _check_box("observation_space", envs.single_observation_space)
        box = _check_box("action_space", envs.single_action_space)

        def reset(mask: np.ndarray) -> np.ndarray:
            options = {**(reset_options or {}), "reset_mask": mask}
            return envs.reset(seed=int(generator.integers(2**31)), options=options)[0]

        everyone = np.ones(num_envs, dtype=bool)
        state, rows = reset(everyone), []
        for step in range(1, -(-count // num_envs) + 1):
            if policy is None:
                action = generator.uniform(box.low, box.high, (num_envs, *box.low.shape))
            else:
                action = np.asarray(policy(state.astype(float)))
            action = action.astype(box.dtype)
            next_state, reward, terminated, truncated, _ = envs.step(action)
            rows.append((state, action, reward.copy(), next_state))
            over = everyone if steps_per_reset and step % steps_per_reset == 0 else terminated | truncated
            state = reset(over.copy()) if over.any() else next_state
    finally:
        envs.close()
    columns = [np.concatenate(column).astype(float)[:count] for column in zip(*rows, strict=True)]
    return Transitions(*columns)


def _check_box(name: str, space: gymnasium.Space) -> gymnasium.spaces.Box:
    if not isinstance(space, gymnasium.spaces.Box) or len(space.shape) != 1:
        raise ValueError(f"{name} must be a one-dimensional Box, got {space}")
    return space


# --- Pendulum-v1 as batched maps -------------------------------------------------------------------

MAX_SPEED, MAX_TORQUE, TIME_STEP = 8.0, 2.0, 0.05  # rad/s, N m, s
GRAVITY_PULL, TORQUE_PULL = (
    15.0,
    3.0,
)  # angular acceleration by sin(angle) and by torque: 3 g / (2 l), 3 / (m l²)


@dataclass(frozen=True, eq=False)
class PendulumDynamics(Parametric):
    """Pendulum-v1 on states ``(cos θ, sin θ, θ̇ / velocity_unit)`` and actions ``torque / torque_unit``.

    The angle enters as a point on the circle, since the angle itself jumps by 2π. Off the circle the map
    turns the point about the origin by the same angle, which extends it to the disc. Units, (C,) each, are
    free: the physics does not depend on them, Lipschitz constants do.
    """

    velocity_unit: Array
    torque_unit: Array

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        xp = array_namespace(state)
        unit = self.velocity_unit[:, None]
        torque = xp.clip(action[..., 0] * self.torque_unit[:, None], -MAX_TORQUE, MAX_TORQUE)
        push = GRAVITY_PULL * state[..., 1] + TORQUE_PULL * torque
        speed = xp.clip(state[..., 2] * unit + TIME_STEP * push, -MAX_SPEED, MAX_SPEED)
        cosine, sine = xp.cos(TIME_STEP * speed), xp.sin(TIME_STEP * speed)
        moved = xp.stack(
            [
                cosine * state[..., 0] - sine * state[..., 1],
                sine * state[..., 0] + cosine * state[..., 1],
                speed / unit,
            ],
            axis=-1,
        )
        return moved if noise is None else moved + noise

    def block_lipschitz(self, grid: int = 720) -> tuple[Array, Array]:
        """Certified ``(sup ‖∂f/∂s‖, sup ‖∂f/∂a‖)`` on disc × speeds × torques, (C,) each.

        Turned back by the step's rotation, the Jacobian depends on the point x of the disc and on the
        slope d of the speed limit (0 or 1) alone, and is affine in (d x, d). Its norm is therefore largest
        at an extreme point: d = 0 (norm 1) or x on the circle, which a grid covers with a stated slack.
        """
        xp = array_namespace(self.velocity_unit)
        angle = xp.arange(grid, dtype=self.velocity_unit.dtype) * (2 * np.pi / grid)
        unit, zero = self.velocity_unit[:, None], 0 * self.velocity_unit[:, None] + 0 * angle
        across, along = -TIME_STEP * xp.sin(angle) + zero, TIME_STEP * xp.cos(angle) + zero
        pull = GRAVITY_PULL * TIME_STEP
        rows = [
            [1 + zero, pull * across, unit * across],
            [zero, 1 + pull * along, unit * along],
            [zero, pull / unit + zero, 1 + zero],
        ]
        jacobian = xp.stack([xp.stack(row, axis=-1) for row in rows], axis=-2)
        slack = TIME_STEP * xp.sqrt(pull**2 + self.velocity_unit**2) * (np.pi / grid)
        in_state = xp.max(xp.linalg.matrix_norm(jacobian, ord=2), axis=-1) + slack
        per_torque = TORQUE_PULL * TIME_STEP * xp.sqrt(TIME_STEP**2 + 1 / self.velocity_unit**2)
        return in_state, per_torque * self.torque_unit

    def lipschitz(self) -> Array:
        """The larger of `block_lipschitz`, (C,)."""
        return array_namespace(self.velocity_unit).maximum(*self.block_lipschitz())


@dataclass(frozen=True, eq=False)
class PendulumReward(Parametric):
    """Pendulum-v1's reward ``−(θ² + 0.1 θ̇² + 0.001 torque²)``, in the units of `PendulumDynamics`."""

    velocity_unit: Array
    torque_unit: Array

    def __call__(self, state: Array, action: Array) -> Array:
        xp = array_namespace(state)
        angle = xp.atan2(state[..., 1], state[..., 0])
        speed = state[..., 2] * self.velocity_unit[:, None]
        torque = xp.clip(action[..., 0] * self.torque_unit[:, None], -MAX_TORQUE, MAX_TORQUE)
        return -(angle**2 + 0.1 * speed**2 + 0.001 * torque**2)

    def block_lipschitz(self) -> tuple[Array, Array]:
        """Certified Lipschitz constants in state and action on the pendulum's states, (C,) each.

        The squared angle is 2π-Lipschitz in the chord between two points of the circle: for ``|θ| >=
        |θ'|`` and ``u = (|θ| − |θ'|) / 2`` it changes by at most ``4 u (π − u)``, and the chord is at
        least ``2 sin u``, which is at least ``2 u (π − u) / π``.
        """
        xp = array_namespace(self.velocity_unit)
        by_speed = 0.2 * MAX_SPEED * self.velocity_unit
        return xp.sqrt((2 * np.pi) ** 2 + by_speed**2), 0.002 * MAX_TORQUE * self.torque_unit

    def lipschitz(self) -> Array:
        """The larger of `block_lipschitz`, (C,)."""
        return array_namespace(self.velocity_unit).maximum(*self.block_lipschitz())

    def bound(self) -> Array:
        """sup |r|, (C,): about 16.27 whatever the units."""
        worst = np.pi**2 + 0.1 * MAX_SPEED**2 + 0.001 * MAX_TORQUE**2
        return 0 * self.velocity_unit + worst


@dataclass(frozen=True, eq=False)
class PendulumStates(Parametric):
    """The pendulum's states: all angles, speeds up to `max_speed` (C,) rad/s, uniform."""

    velocity_unit: Array
    max_speed: Array

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, 3) states."""
        xp = array_namespace(self.velocity_unit)
        shape = (self.velocity_unit.shape[0], count)
        angle = xp.asarray(generator.uniform(-np.pi, np.pi, shape))
        speed = xp.asarray(generator.uniform(-1, 1, shape)) * (self.max_speed / self.velocity_unit)[:, None]
        return xp.stack([xp.cos(angle), xp.sin(angle), speed], axis=-1)

    def project(self, points: Array) -> Array:
        """A state near each of (C, K, 3) points."""
        xp = array_namespace(points)
        limit = (self.max_speed / self.velocity_unit)[:, None]
        circle = points[..., :2] / norm(points[..., :2])[..., None]
        speed = xp.minimum(xp.maximum(points[..., 2], -limit), limit)
        return xp.concat([circle, speed[..., None]], axis=-1)


@dataclass(frozen=True, eq=False)
class OnPendulumStates(Parametric):
    """Base dynamics put back on the pendulum's states: circle normalised, speed clipped.

    A learned model kept there shares the real system's states, so its errors need to be known there only.
    Points nearer to the origin than `floor` (C,) are only divided by it, so the map is ``1 /
    floor``-Lipschitz everywhere.
    """

    base: Dynamics
    velocity_unit: Array
    floor: Array

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        xp = array_namespace(state)
        moved = self.base(state, action, noise)
        circle = project_ball(moved[..., :2], self.floor) / self.floor[:, None, None]
        limit = (MAX_SPEED / self.velocity_unit)[:, None]
        return xp.concat([circle, project_box(moved[..., 2:], -limit, limit)], axis=-1)

    def block_lipschitz(self) -> tuple[Array, Array]:
        """The base's, divided by `floor`, (C,) each."""
        in_state, in_action = self.base.block_lipschitz()  # type: ignore[attr-defined]
        return in_state / self.floor, in_action / self.floor

    def lipschitz(self) -> Array:
        """The base's, divided by `floor`, (C,)."""
        return self.base.lipschitz() / self.floor


def pendulum(
    discount: np.ndarray,
    *,
    velocity_unit: float | np.ndarray = 15.0**0.5,
    torque_unit: float | np.ndarray = MAX_TORQUE,
    initial_speed: float | np.ndarray = 1.0,
) -> ContinuousMDP:
    """Pendulum-v1 as a `ContinuousMDP`, with certified constants and diameter.

    Parameters
    ----------
    discount : (C,)
    velocity_unit : rad/s, number or (C,)
        The default, √15, balances the pull of gravity on the speed with that of speed on the angle.
    torque_unit : N m, number or (C,)
    initial_speed : rad/s, number or (C,)
        Initial states are uniform over all angles and speeds up to this, as in Pendulum-v1's ``reset`` (1
        rad/s).
    """
    discount = np.asarray(discount, dtype=float)
    check_shape("discount", discount, (None,))
    units = {}
    for name, value in (("velocity_unit", velocity_unit), ("torque_unit", torque_unit)):
        units[name] = np.broadcast_to(np.asarray(value, dtype=float), discount.shape).copy()
        if not np.all(np.isfinite(units[name]) & (units[name] > 0)):
            raise ValueError(f"{name} must be finite and > 0, got {value}")
    speeds = np.broadcast_to(np.asarray(initial_speed, dtype=float), discount.shape).copy()
    return ContinuousMDP(
        PendulumDynamics(**units),
        PendulumReward(**units),
        PendulumStates(units["velocity_unit"], speeds),
        discount,
        diameter=2 * np.sqrt(1 + (MAX_SPEED / units["velocity_unit"]) ** 2),
    )


# --- the way back ----------------------------------------------------------------------------------


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
        if not 0 <= configuration < mdp.batch_size:
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
        self._action_scale = float(action_scale)
        self._horizon = horizon
        self._state = self._draw(np.random.default_rng(0))
        bound = self._known_bound() if state_bound is None else np.asarray(state_bound, dtype=float)
        check_shape("state_bound", bound, self._state.shape)
        self.observation_space = gymnasium.spaces.Box(-bound, bound, dtype=np.float64)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (d_action,), dtype=np.float64)
        self._steps = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict]:
        """Start an episode; ``options={"state": s}`` starts it at s."""
        super().reset(seed=seed)
        given = (options or {}).get("state")
        self._state = self._draw(self.np_random) if given is None else np.array(given, dtype=float)
        self._steps = 0
        return self._state.copy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict]:
        """One step of the system; never terminates, truncated at the horizon."""
        batch = self._mdp.batch_size
        states = np.broadcast_to(self._state, (batch, 1, *self._state.shape))
        scaled = self._action_scale * np.asarray(action, dtype=float)
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


__all__ = [
    "MDPEnvironment",
    "OnPendulumStates",
    "PendulumDynamics",
    "PendulumReward",
    "PendulumStates",
    "Transitions",
    "collect",
    "pendulum",
]
