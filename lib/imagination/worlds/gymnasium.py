"""From Gymnasium's environments to our batched worlds.

A Gymnasium environment is one stateful system that is stepped, whereas a world here is a pair of maps that
can be asked about any batch of points. Three ways lead across, from the most to the least exact:

- `pendulum`: Pendulum-v1 re-derived as batched maps with certified constants (exact to Gymnasium's float32).
- `worlds.adapted`: any deterministic environment whose state can be set; each point is one call of
  ``env.step``.
- `collect`: transitions from any environment with Box spaces; what cannot be set can still be learned from.

The way back is in `imagination.worlds.environments`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from array_api_compat import array_namespace

from imagination.checks import broadcast, check_shape, finite, numeric, whole
from imagination.worlds.continuous import (
    Array,
    ContinuousMDP,
    Dynamics,
    Parametric,
    Transitions,
    certified,
    moved,
    norm,
    project_ball,
    project_box,
)

__all__ = [
    "OnPendulumStates",
    "PendulumDynamics",
    "PendulumReward",
    "PendulumStates",
    "Transitions",
    "collect",
    "one_dimensional",
    "pendulum",
    "within_box",
]

# --- transitions collected from Gymnasium ----------------------------------------------------------


def collect(
    env: str | gymnasium.Env,
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

    Where episodes end, `Transitions.ended` marks their last transitions, with a warning: a model of (state,
    action) alone would go on earning there.

    Parameters
    ----------
    env : name under which the environment is registered, or an environment, which then steps alone.
    generator : source of the environments' seeds and of random actions.
    count : number of transitions.
    policy : observations (num_envs, d_s) -> actions (num_envs, d_a); uniformly random actions without one.
    num_envs : how many copies of a registered environment step side by side.
    steps_per_reset : reset every so many steps (where episodes end, a copy is reset anyway).
    reset_options : Gymnasium's `options` of every reset, for example where Pendulum-v1 starts.
    make_options : passed to ``gymnasium.make_vec``.

    Raises
    ------
    ValueError
        If a space is not a one-dimensional Box of floats, an action lies outside its space, the environment
        returns NaN, or a number is out of range.
    """
    whole("count", count, least=1)
    envs = _side_by_side(env, whole("num_envs", num_envs, least=1), make_options)
    try:
        one_dimensional("observation_space", envs.single_observation_space)
        box = one_dimensional("action_space", envs.single_action_space, kinds="f")
        if policy is None and not np.isfinite(box.high - box.low).all():
            raise ValueError(f"policy must be given: no action is uniform on an unbounded space, got {box}")

        def reset(mask: np.ndarray) -> np.ndarray:
            options = {**(reset_options or {}), "reset_mask": mask}
            return envs.reset(seed=int(generator.integers(2**31)), options=options)[0]

        everyone = np.ones(envs.num_envs, dtype=bool)
        state, rows = reset(everyone), []
        for step in range(1, -(-count // envs.num_envs) + 1):
            if policy is None:
                action = generator.uniform(box.low, box.high, (envs.num_envs, *box.low.shape))
            else:
                action = within_box(box, "policy(observations)", policy(state.astype(float)), envs.num_envs)
            action = action.astype(box.dtype)
            next_state, reward, terminated, truncated, _ = envs.step(action)
            rows.append((state, action, reward.copy(), next_state, terminated))
            over = everyone if steps_per_reset and step % steps_per_reset == 0 else terminated | truncated
            state = reset(over.copy()) if over.any() else next_state
    finally:
        if isinstance(env, str):
            envs.close()
    columns = (np.concatenate(column)[:count] for column in zip(*rows, strict=True))
    state, action, reward, next_state, ended = (column.astype(float) for column in columns)
    if ended.any():
        warnings.warn(
            f"env: {int(ended.sum())} of {count} transitions end an episode; `ended` marks them", stacklevel=2
        )
    return Transitions(state, action, reward, next_state, ended > 0 if ended.any() else None)


def _side_by_side(
    env: str | gymnasium.Env, num_envs: int, make_options: dict[str, Any]
) -> gymnasium.vector.VectorEnv:
    manual = gymnasium.vector.AutoresetMode.DISABLED
    if isinstance(env, gymnasium.Env):
        if make_options:
            raise ValueError(f"env is made already; {sorted(make_options)} are for one given by its name")
        return gymnasium.vector.SyncVectorEnv([lambda: env], autoreset_mode=manual)
    try:
        vector = {"autoreset_mode": manual}
        return gymnasium.make_vec(
            env, num_envs=num_envs, vectorization_mode="sync", vector_kwargs=vector, **make_options
        )
    except (gymnasium.error.Error, TypeError, AttributeError) as error:
        raise ValueError(f"env: no environment can be made of {env!r}: {error}") from error


def one_dimensional(name: str, space: gymnasium.Space, kinds: str = "fiub") -> gymnasium.spaces.Box:
    """The space if it is a Box (d,) of numbers of these `kinds` (numpy's letters), or a ValueError."""
    if not isinstance(space, gymnasium.spaces.Box) or len(space.shape) != 1 or space.dtype.kind not in kinds:
        raise ValueError(
            f"{name} must be a one-dimensional Box{' of floats' * (kinds == 'f')}, got {space}; "
            f"gymnasium.wrappers.FlattenObservation and TransformAction make others into one"
        )
    return space


def within_box(box: gymnasium.spaces.Box, name: str, action: Any, *batch: int) -> np.ndarray:
    """`action` as an array ``(*batch, d_a)`` of the space's actions, or a ValueError."""
    action = finite(name, action)
    check_shape(name, action, (*batch, *box.shape))
    with np.errstate(over="ignore"):
        rounded = action.astype(box.dtype)  # 0.1 is not the float32 nearest to it
    outside = (rounded < box.low) | (rounded > box.high) | ~np.isfinite(rounded)
    if outside.any():
        raise ValueError(f"{name} must lie in the action space {box}, got {action[outside.any(axis=-1)][0]}")
    return action


# --- Pendulum-v1 as batched maps -------------------------------------------------------------------

MAX_SPEED, MAX_TORQUE, TIME_STEP = 8.0, 2.0, 0.05  # rad/s, N m, s
# Angular acceleration by sin(angle) and by torque: 3 g / (2 l) and 3 / (m l²).
GRAVITY_PULL, TORQUE_PULL = 15.0, 3.0


def _check_units(**units: Array) -> None:
    """Raise a ValueError unless all are (C,) and positive."""
    shape: tuple[int | None, ...] = (None,)
    for name, unit in units.items():
        shape = check_shape(name, unit, shape)
        if not bool((unit > 0).all()):
            raise ValueError(f"{name} must be > 0, got {unit}")


@dataclass(frozen=True, eq=False)
class PendulumDynamics(Parametric):
    """Pendulum-v1 on states ``(cos θ, sin θ, θ̇ / velocity_unit)`` and actions ``torque / torque_unit``.

    The angle enters as a point on the circle, since the angle itself jumps by 2π. Off the circle the map
    turns the point about the origin by the same angle, which extends it to the disc. Units, (C,) each, are
    free: the physics does not depend on them, Lipschitz constants do.
    """

    velocity_unit: Array
    torque_unit: Array

    def __post_init__(self) -> None:
        _check_units(velocity_unit=self.velocity_unit, torque_unit=self.torque_unit)

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

    def __post_init__(self) -> None:
        _check_units(velocity_unit=self.velocity_unit, torque_unit=self.torque_unit)

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

    def __post_init__(self) -> None:
        _check_units(velocity_unit=self.velocity_unit, max_speed=self.max_speed)

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

    def __post_init__(self) -> None:
        _check_units(velocity_unit=self.velocity_unit, floor=self.floor)

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        xp = array_namespace(state)
        following = moved(self.base, state, action, noise)
        circle = project_ball(following[..., :2], self.floor) / self.floor[:, None, None]
        limit = (MAX_SPEED / self.velocity_unit)[:, None]
        return xp.concat([circle, project_box(following[..., 2:], -limit, limit)], axis=-1)

    def block_lipschitz(self) -> tuple[Array, Array]:
        """The base's, divided by `floor`, (C,) each."""
        in_state, in_action = certified("base", self.base, "block_lipschitz")
        return in_state / self.floor, in_action / self.floor

    def lipschitz(self) -> Array:
        """The base's, divided by `floor`, (C,)."""
        return certified("base", self.base) / self.floor


@numeric
def pendulum(
    discount: float | np.ndarray,
    *,
    velocity_unit: float | np.ndarray = 15.0**0.5,
    torque_unit: float | np.ndarray = MAX_TORQUE,
    initial_speed: float | np.ndarray = 1.0,
) -> ContinuousMDP:
    """Pendulum-v1 as a `ContinuousMDP`, with certified constants and diameter.

    Parameters
    ----------
    discount : number or (C,)
    velocity_unit : rad/s, number or (C,)
        The default, √15, balances the pull of gravity on the speed with that of speed on the angle.
    torque_unit : N m, number or (C,)
    initial_speed : rad/s, number or (C,)
        Initial states are uniform over all angles and speeds up to this, as in Pendulum-v1's ``reset`` (1
        rad/s).
    """
    discount = np.atleast_1d(finite("discount", discount))
    check_shape("discount", discount, (None,))

    def filled(name: str, value: float | np.ndarray) -> np.ndarray:
        return broadcast(name, finite(name, value, above=0), discount.shape).copy()

    units = {"velocity_unit": filled("velocity_unit", velocity_unit)}
    units["torque_unit"] = filled("torque_unit", torque_unit)
    speeds = filled("initial_speed", initial_speed)
    diameter = 2 * np.sqrt(1 + (MAX_SPEED / units["velocity_unit"]) ** 2)
    if not np.isfinite(diameter).all():
        raise ValueError(f"velocity_unit is too small: speeds in it exceed all floats, got {velocity_unit}")
    return ContinuousMDP(
        PendulumDynamics(**units),
        PendulumReward(**units),
        PendulumStates(units["velocity_unit"], speeds),
        discount,
        diameter=diameter,
    )
