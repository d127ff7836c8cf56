"""Continuous worlds: batched maps with certified constants, and the MDP made of them.

Every object holds a batch of C configurations: its arrays have a leading axis C, and it acts on K points of
each configuration at once. Arrays are numpy or torch; the code is the same, and gradients flow through torch.

Distances on (state, action) add, ``‖s − s'‖ + ‖a − a'‖`` with Euclidean norms, so the Lipschitz constant of a
smooth map on a convex domain is ``max(sup ‖∂f/∂s‖, sup ‖∂f/∂a‖)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from array_api_compat import array_namespace, is_array_api_obj

from imagination import extras
from imagination.checks import check_box, check_radius, check_shape, finite, whole

Array = np.ndarray[Any, Any]
"""What worlds and models are made of. Torch's tensors serve as well where gradients are needed: code that
hands them over calls them `Any`."""


# --- small array helpers --------------------------------------------------------------------------


def norm(vectors: Array) -> Array:
    """Euclidean norm over the last axis; its torch gradient at zero is zero, not NaN."""
    xp = array_namespace(vectors)
    squared = xp.sum(vectors * vectors, axis=-1)
    positive = squared > 0
    return xp.where(
        positive, xp.sqrt(xp.where(positive, squared, xp.ones_like(squared))), xp.zeros_like(squared)
    )


def spectral_norm(matrices: Array) -> Array:
    """Largest singular value of each matrix, (..., m, n) -> (...)."""
    return array_namespace(matrices).linalg.matrix_norm(matrices, ord=2)


def additive_distance(state: Array, action: Array, other_state: Array, other_action: Array) -> Array:
    """The metric on state-action pairs, ``‖s − s'‖ + ‖a − a'‖``; (C, K, d) arrays -> (C, K)."""
    return norm(state - other_state) + norm(action - other_action)


def apply_matrix(matrix: Array, points: Array) -> Array:
    """Apply (C, m, n) matrices to (C, K, n) points -> (C, K, m)."""
    return points @ matrix.mT


def certified(name: str, thing: Any, method: str = "lipschitz") -> Any:
    """What ``thing.lipschitz()`` (or another `method`) certifies; a ValueError if it certifies nothing."""
    if not hasattr(thing, method):
        raise ValueError(
            f"{name} certifies nothing: give it a method {method}() that returns an array (C,); a plain "
            f"function can be told its own, as in f.{method} = lambda: np.array([0.9])"
        )
    return getattr(thing, method)()


# --- parametric objects ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Parametric:
    """A frozen record whose array fields, and those of nested records, are its parameters.

    Every array has the configurations on its leading axis.
    """

    def arrays(self) -> dict[str, Any]:
        """All array parameters by dotted path, for example ``"dynamics.base.state_matrix"``."""
        found: dict[str, Array] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Parametric):
                found.update({f"{field.name}.{path}": array for path, array in value.arrays().items()})
            elif is_array_api_obj(value):
                found[field.name] = value
        return found

    def with_arrays(self, changes: Mapping[str, Any]) -> Self:
        """A copy in which the parameters named by dotted path are replaced."""
        unknown = sorted(set(changes) - set(self.arrays()))
        if unknown:
            raise ValueError(
                f"changes names no parameter: {unknown}; the parameters are {sorted(self.arrays())}"
            )
        return self._replaced(changes)

    def _replaced(self, changes: Mapping[str, Any]) -> Self:
        new: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Parametric):
                prefix = field.name + "."
                inner = {
                    path.removeprefix(prefix): a for path, a in changes.items() if path.startswith(prefix)
                }
                if inner:
                    new[field.name] = value._replaced(inner)
            elif field.name in changes:
                new[field.name] = changes[field.name]
        return replace(self, **new)

    def map_arrays(self, function: Callable[[Any], Any]) -> Self:
        """A copy with `function` applied to every array parameter."""
        return self._replaced({path: function(array) for path, array in self.arrays().items()})

    def to(self, namespace: str) -> Self:
        """A copy with parameters as ``"numpy"`` arrays or ``"torch"`` tensors (float64 stays float64)."""
        return self.map_arrays(converter(namespace))

    def take(self, configurations: Array) -> Self:
        """The sub-batch of the given configurations (indices, a mask or a slice)."""
        return self.map_arrays(lambda array: array[configurations])


def converter(namespace: str) -> Callable[[Any], Any]:
    """The function that turns an array of either kind into one of `namespace`, ``"numpy"`` or ``"torch"``."""
    if namespace == "numpy":
        return lambda array: array.detach().numpy() if hasattr(array, "detach") else np.asarray(array)
    if namespace == "torch":
        with extras.explained(__name__):
            import torch

        return lambda array: torch.as_tensor(_writeable(array))
    raise ValueError(f"namespace must be 'numpy' or 'torch', got {namespace!r}")


def _writeable(array: Array) -> Array:
    """An array that torch can share: it takes none that is read-only or runs backwards."""
    if isinstance(array, np.ndarray) and not (array.flags.writeable and min(array.strides, default=1) > 0):
        return array.copy()
    return array


# --- protocols ------------------------------------------------------------------------------------


@runtime_checkable
class Dynamics(Protocol):
    """A batch of transition maps: (C, K, d_s), (C, K, d_a) -> (C, K, d_s).

    `noise`, (C, K, d_s), is added inside (before any projection), so that with a shared noise sequence each
    step is still a deterministic Lipschitz map of (state, action).
    """

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array: ...

    def lipschitz(self) -> Array:
        """Certified Lipschitz constants in the additive metric, (C,)."""
        ...


@runtime_checkable
class Reward(Protocol):
    """A batch of reward maps: (C, K, d_s), (C, K, d_a) -> (C, K)."""

    def __call__(self, state: Array, action: Array) -> Array: ...

    def lipschitz(self) -> Array:
        """Certified Lipschitz constants in the additive metric, (C,)."""
        ...


@runtime_checkable
class Policy(Protocol):
    """A batch of deterministic policies: (C, K, d_s) -> (C, K, d_a)."""

    def __call__(self, state: Array) -> Array: ...

    def lipschitz(self) -> Array:
        """Certified Lipschitz constants, (C,)."""
        ...


class Initial(Protocol):
    """A batch of initial-state distributions."""

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, d_s) initial states."""
        ...


class Domain(Initial, Protocol):
    """A batch of sets of states or actions: it can be sampled, and points can be put back on it."""

    def project(self, points: Array) -> Array:
        """A point of the domain near each of (C, K, d) points."""
        ...


def moved(dynamics: Dynamics, state: Array, action: Array, noise: Array | None) -> Array:
    """Next states (C, K, d_s); without noise a plain function of (state, action) will do."""
    return dynamics(state, action) if noise is None else dynamics(state, action, noise)


# --- the MDP --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ContinuousMDP(Parametric):
    """A batch of continuous MDPs; the real system and the learned one are both of this class.

    Parameters
    ----------
    dynamics, reward : maps over the batch (see `Dynamics`, `Reward`).
        Plain functions will do; `lipschitz` is asked for only where a certificate is needed.
    initial : distribution of the initial state.
    discount : (C,) in [0, 1); a number is a batch of one.
    diameter : (C,) or None
        Certified diameter of a set that holds every state of every trajectory; None if unbounded. A learned
        model must be kept in the same set, as `BallProjected` does.
    """

    dynamics: Dynamics
    reward: Reward
    initial: Initial
    discount: Array
    diameter: Array | None = None

    def __post_init__(self) -> None:
        for name in ("dynamics", "reward"):
            if not callable(getattr(self, name)):
                raise ValueError(f"{name} must be a map of (state, action), got {getattr(self, name)!r}")
        given: Any = self.discount
        discount: Any = given if is_array_api_obj(given) else finite("discount", given)
        object.__setattr__(self, "discount", discount if discount.ndim else discount[None])
        check_shape("discount", self.discount, (None,))
        if not bool((self.discount >= 0).all()) or not bool((self.discount < 1).all()):
            raise ValueError(f"discount must lie in [0, 1), got {self.discount}")
        if self.diameter is not None:
            check_shape("diameter", self.diameter, tuple(self.discount.shape))
            if not bool((self.diameter >= 0).all()):
                raise ValueError(f"diameter must be >= 0, got {self.diameter}")

    @property
    def batch_size(self) -> int:
        """The number C of configurations."""
        return self.discount.shape[0]

    def step(self, state: Array, action: Array, noise: Array | None = None) -> tuple[Array, Array]:
        """Next states (C, K, d_s) and rewards (C, K)."""
        return moved(self.dynamics, state, action, noise), self.reward(state, action)

    def swap(self, *, dynamics: Dynamics | None = None, reward: Reward | None = None) -> ContinuousMDP:
        """The same MDP with other dynamics, another reward, or both: how an imagined MDP is made."""
        return replace(self, dynamics=dynamics or self.dynamics, reward=reward or self.reward)


@dataclass(frozen=True, eq=False)
class Transitions:
    """N transitions; a batch of samples has a leading axis.

    Attributes
    ----------
    state, next_state : (N, d_s)
    action : (N, d_a)
    reward : (N,)
    ended : (N,) of bool, or None
        Where an episode ended with the transition; None if none did.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite.
    """

    state: Array
    action: Array
    reward: Array
    next_state: Array
    ended: Array | None = None

    def __post_init__(self) -> None:
        batch = getattr(self.reward, "shape", ())[:-1]
        rows = check_shape("reward", self.reward, (*batch, None))
        for name in ("state", "action", "next_state"):
            check_shape(name, getattr(self, name), (*rows, None))
        check_shape("next_state", self.next_state, tuple(self.state.shape))
        if self.ended is not None:
            check_shape("ended", self.ended, rows)

    def __len__(self) -> int:
        return self.reward.shape[-1]

    def take(self, rows: Any) -> Transitions:
        """The given rows; indices (C, n) give one sample of n transitions for each of C models."""
        taken: dict[str, Any] = {n: None if a is None else a[rows] for n, a in vars(self).items()}
        return Transitions(**taken)


# --- initial states and domains -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FixedInitial(Parametric):
    """Always the same initial state, (C, d_s)."""

    state: Array

    def __post_init__(self) -> None:
        check_shape("state", self.state, (None, None))

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, d_s) initial states."""
        xp = array_namespace(self.state)
        return xp.repeat(self.state[:, None, :], count, axis=1)


@dataclass(frozen=True, eq=False)
class UniformBox(Parametric):
    """Uniform on the box ``low <= s <= high``, both (C, d_s)."""

    low: Array
    high: Array

    def __post_init__(self) -> None:
        check_box(self.low, self.high)

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, d_s) initial states."""
        batch, dimension = self.low.shape
        unit = array_namespace(self.low).asarray(generator.random((batch, count, dimension)))
        return self.low[:, None, :] + (self.high - self.low)[:, None, :] * unit

    def project(self, points: Array) -> Array:
        """The nearest points of the box, (C, K, d_s)."""
        return project_box(points, self.low, self.high)


@dataclass(frozen=True, eq=False)
class UniformBall(Parametric):
    """Uniform on the centred ball of radius (C,) in `dimension` dimensions."""

    radius: Array
    dimension: int

    def __post_init__(self) -> None:
        check_radius("radius", self.radius)
        whole("dimension", self.dimension, least=1)

    def sample(self, generator: np.random.Generator, count: int) -> Array:
        """Draw (C, count, dimension) initial states."""
        batch = self.radius.shape[0]
        direction = generator.standard_normal((batch, count, self.dimension))
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        direction *= generator.random((batch, count, 1)) ** (1 / self.dimension)
        return self.radius[:, None, None] * array_namespace(self.radius).asarray(direction)

    def project(self, points: Array) -> Array:
        """The nearest points of the ball, (C, K, d_s)."""
        return project_ball(points, self.radius)


# --- affine maps ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class AffineDynamics(Parametric):
    """``A s + B a + c`` with A (C, d_s, d_s), B (C, d_s, d_a), c (C, d_s)."""

    state_matrix: Array
    action_matrix: Array
    offset: Array

    def __post_init__(self) -> None:
        batch, dimension = check_shape("offset", self.offset, (None, None))
        check_shape("state_matrix", self.state_matrix, (batch, dimension, dimension))
        check_shape("action_matrix", self.action_matrix, (batch, dimension, None))

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        moved = apply_matrix(self.state_matrix, state) + apply_matrix(self.action_matrix, action)
        moved = moved + self.offset[:, None, :]
        return moved if noise is None else moved + noise

    def block_lipschitz(self) -> tuple[Array, Array]:
        """``‖A‖`` and ``‖B‖``, (C,) each."""
        return spectral_norm(self.state_matrix), spectral_norm(self.action_matrix)

    def lipschitz(self) -> Array:
        """``max(‖A‖, ‖B‖)``: exact, (C,)."""
        return array_namespace(self.offset).maximum(*self.block_lipschitz())


@dataclass(frozen=True, eq=False)
class AffineReward(Parametric):
    """``p·s + q·a + c`` with p (C, d_s), q (C, d_a), c (C,)."""

    state_weight: Array
    action_weight: Array
    offset: Array

    def __post_init__(self) -> None:
        (batch,) = check_shape("offset", self.offset, (None,))
        check_shape("state_weight", self.state_weight, (batch, None))
        check_shape("action_weight", self.action_weight, (batch, None))

    def __call__(self, state: Array, action: Array) -> Array:
        linear = (state * self.state_weight[:, None, :]).sum(-1) + (
            action * self.action_weight[:, None, :]
        ).sum(-1)
        return linear + self.offset[:, None]

    def block_lipschitz(self) -> tuple[Array, Array]:
        """``‖p‖`` and ``‖q‖``, (C,) each."""
        return norm(self.state_weight), norm(self.action_weight)

    def lipschitz(self) -> Array:
        """``max(‖p‖, ‖q‖)``: exact, (C,)."""
        return array_namespace(self.offset).maximum(*self.block_lipschitz())


# --- maps made of maps ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class BallProjected(Parametric):
    """Base dynamics (noise included) followed by the Euclidean projection on the centred ball of radius (C,).

    Projection on a closed convex set is 1-Lipschitz in the Euclidean norm, so neither the Lipschitz constant
    nor the error of a perturbed base grows.
    """

    base: Dynamics
    radius: Array

    def __post_init__(self) -> None:
        check_radius("radius", self.radius)

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        return project_ball(moved(self.base, state, action, noise), self.radius)

    def lipschitz(self) -> Array:
        """That of the base, (C,)."""
        return certified("base", self.base)

    def bound(self) -> Array:
        """sup of the norm, the radius, (C,)."""
        return self.radius

    def error(self) -> Array:
        """Certified distance to the projected base of a `Perturbed` base, (C,)."""
        return certified("base", self.base, "error")


@dataclass(frozen=True, eq=False)
class BoxProjected(Parametric):
    """Base dynamics (noise included) clipped to the box ``low <= s <= high``; see `BallProjected`."""

    # low, high: (C, d_s)

    base: Dynamics
    low: Array
    high: Array

    def __post_init__(self) -> None:
        check_box(self.low, self.high)

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        return project_box(moved(self.base, state, action, noise), self.low, self.high)

    def lipschitz(self) -> Array:
        """That of the base, (C,)."""
        return certified("base", self.base)

    def bound(self) -> Array:
        """sup of the norm over the box, (C,)."""
        xp = array_namespace(self.low)
        return norm(xp.maximum(xp.abs(self.low), xp.abs(self.high)))

    def error(self) -> Array:
        """Certified distance to the projected base of a `Perturbed` base, (C,)."""
        return certified("base", self.base, "error")


def project_ball(points: Array, radius: Array) -> Array:
    """Nearest points of the centred balls of radius (C,) to (C, K, d) points."""
    xp = array_namespace(points)
    length = norm(points)
    limit = radius[:, None] + xp.zeros_like(length)
    outside = length > limit
    shrink = xp.where(outside, limit / xp.where(outside, length, xp.ones_like(length)), xp.ones_like(length))
    return points * shrink[..., None]


def project_box(points: Array, low: Array, high: Array) -> Array:
    """Nearest points of the boxes (C, d) to (C, K, d) points."""
    xp = array_namespace(points)
    return xp.minimum(xp.maximum(points, low[:, None, :]), high[:, None, :])
