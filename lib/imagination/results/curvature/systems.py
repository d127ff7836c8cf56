"""Velocity maps with certified Lipschitz constants, in any number of dimensions, and their trajectories.

A velocity map v says where a latent state goes next: ``z + v(z)``. The maps know nothing of the claims that
are tried on them; all that a claim may use is their certified constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from imagination.worlds.continuous import Array, Parametric, apply_matrix, norm, spectral_norm

__all__ = [
    "EXTREME",
    "FAMILIES",
    "Affine",
    "Composed",
    "Moving",
    "Network",
    "Saturating",
    "Scaled",
    "Together",
    "VelocityMap",
    "Waves",
    "curvature_loss",
    "draw",
    "trajectory",
    "turning_plane",
]

Rng = np.random.Generator


class VelocityMap(Parametric):
    """A batch of C maps of R^d into itself."""

    def __call__(self, state: Array) -> Array:
        """Velocities at (C, K, d) states, of the same shape."""
        raise NotImplementedError

    def lipschitz(self) -> Array:
        """Certified: no smaller than the true Lipschitz constants, (C,)."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Affine(VelocityMap):
    """``A z + b``; matrix A (C, d, d), offset b (C, d)."""

    matrix: Array
    offset: Array

    def __call__(self, state: Array) -> Array:
        return apply_matrix(self.matrix, state) + self.offset[:, None, :]

    def lipschitz(self) -> Array:
        """The spectral norm of A, exactly."""
        return spectral_norm(self.matrix)


@dataclass(frozen=True, eq=False)
class Network(VelocityMap):
    """``O φ(W z + b)``; hidden W (C, m, d), bias b (C, m), outer O (C, d, m); φ is tanh or sin."""

    hidden: Array
    bias: Array
    outer: Array
    activation: str = "tanh"

    def __call__(self, state: Array) -> Array:
        inside = apply_matrix(self.hidden, state) + self.bias[:, None, :]
        return apply_matrix(self.outer, getattr(array_namespace(state), self.activation)(inside))

    def lipschitz(self) -> Array:
        """The product of the layers' spectral norms; φ's slope is at most 1."""
        return spectral_norm(self.outer) * spectral_norm(self.hidden)


@dataclass(frozen=True, eq=False)
class Waves(VelocityMap):
    """The gradient of ``Σ_k −a_k cos(w_k·z + p_k)``; frequency w (C, m, d), amplitude a, phase p (C, m)."""

    frequency: Array
    amplitude: Array
    phase: Array

    def __call__(self, state: Array) -> Array:
        xp = array_namespace(state)
        waves = xp.sin(apply_matrix(self.frequency, state) + self.phase[:, None, :])
        return (self.amplitude[:, None, :] * waves) @ self.frequency

    def lipschitz(self) -> Array:
        """The norm of ``Σ |a_k| w_k w_k'``: between it and its negative lies every Jacobian."""
        weighted = abs(self.amplitude)[..., None] * self.frequency
        return spectral_norm(self.frequency.mT @ weighted)


@dataclass(frozen=True, eq=False)
class Saturating(VelocityMap):
    """``A z / √(1 + |z|²)``; matrix A (C, d, d)."""

    matrix: Array

    def __call__(self, state: Array) -> Array:
        return apply_matrix(self.matrix, state / (1 + norm(state) ** 2)[..., None] ** 0.5)

    def lipschitz(self) -> Array:
        """The spectral norm of A: the fraction's Jacobian has norms at most 1."""
        return spectral_norm(self.matrix)


@dataclass(frozen=True, eq=False)
class Composed(VelocityMap):
    """``second(first(z))``."""

    first: VelocityMap
    second: VelocityMap

    def __call__(self, state: Array) -> Array:
        return self.second(self.first(state))

    def lipschitz(self) -> Array:
        """The product of the two constants."""
        return self.first.lipschitz() * self.second.lipschitz()


@dataclass(frozen=True, eq=False)
class Together(VelocityMap):
    """``one(z) + other(z)``."""

    one: VelocityMap
    other: VelocityMap

    def __call__(self, state: Array) -> Array:
        return self.one(state) + self.other(state)

    def lipschitz(self) -> Array:
        """The sum of the two constants."""
        return self.one.lipschitz() + self.other.lipschitz()


@dataclass(frozen=True, eq=False)
class Scaled(VelocityMap):
    """``factor · map(z)``; factor (C,)."""

    map: VelocityMap
    factor: Array

    def __call__(self, state: Array) -> Array:
        return self.factor[:, None, None] * self.map(state)

    def lipschitz(self) -> Array:
        """The map's constant times the factor's size."""
        return abs(self.factor) * self.map.lipschitz()

    @classmethod
    def fitted(cls, map_: VelocityMap, eps: Array) -> Scaled:
        """A map scaled so that its certified constant is eps, (C,)."""
        return cls(map_, eps / map_.lipschitz())


# --- trajectories ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moving:
    """Trajectories under velocity maps.

    Attributes
    ----------
    states, velocities : (C, K, T, d)
        ``states[:, :, t + 1] = states[:, :, t] + velocities[:, :, t]``.
    """

    states: np.ndarray
    velocities: np.ndarray

    def moves(self) -> np.ndarray:
        """Where a velocity has a direction, (C, K, T): it is longer than `STILL` times its state."""
        return norm(self.velocities) > STILL * np.maximum(norm(self.states), np.finfo(float).tiny)

    def loss(self, apart: int = 1) -> np.ndarray:
        """Curvature losses of velocities so many steps apart, (C, K, T - apart).

        NaN where one of the two has no direction.
        """
        moves = self.moves()
        losses = curvature_loss(self.velocities[:, :, :-apart], self.velocities[:, :, apart:])
        return np.where(moves[:, :, apart:] & moves[:, :, :-apart], losses, np.nan)

    def steepness(self) -> np.ndarray:
        """How much the velocity changes in a step, as a share of the step, (C, K, T - 1).

        NaN where the step has no direction.
        """
        change, step = norm(np.diff(self.velocities, axis=2)), norm(self.velocities[:, :, :-1])
        moves = self.moves()[:, :, :-1]
        return np.divide(change, step, out=np.full_like(step, np.nan), where=moves)


STILL = 1e-5
"""A velocity shorter than this share of its state is taken to have no direction: rounding would turn it."""


def trajectory(velocity: VelocityMap, start: np.ndarray, steps: int) -> Moving:
    """Follow the velocities from (C, K, d) starts for so many steps.

    Raises
    ------
    ValueError
        If there are fewer than two velocities to compare.
    """
    if steps < 2:
        raise ValueError(f"steps: {steps}; two velocities make an angle, so need at least 2")
    states, velocities = [start], []
    for _ in range(steps):
        velocities.append(velocity(states[-1]))
        states.append(states[-1] + velocities[-1])
    return Moving(np.stack(states[:-1], axis=2), np.stack(velocities, axis=2))


def curvature_loss(velocity: Array, later: Array) -> Array:
    """``1 − cos`` of the angle between two vectors, (..., d) each -> (...); 1 where one of them is 0.

    Half the squared distance of the two directions, which keeps the digits that 1 − cos would lose.
    """
    xp = array_namespace(velocity)
    length, later_length = norm(velocity)[..., None], norm(later)[..., None]
    moving = (length > 0) & (later_length > 0)
    one = velocity / xp.where(moving, length, xp.ones_like(length))
    other = later / xp.where(moving, later_length, xp.ones_like(length))
    loss = xp.sum((one - other) ** 2, axis=-1) / 2
    return xp.where(moving[..., 0], loss, xp.ones_like(loss))


# --- families -------------------------------------------------------------------------------------

Family = Callable[[Rng, int, np.ndarray], VelocityMap]
"""``family(rng, dimension, eps)`` draws a batch of maps, of which `draw` scales the constant to eps."""


def _gauss(rng: Rng, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape)


def _orthogonal(rng: Rng, size: int, dimension: int) -> np.ndarray:
    return np.linalg.qr(_gauss(rng, size, dimension, dimension))[0]


def linear(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Gaussian matrices."""
    size = len(eps)
    return Affine(_gauss(rng, size, dimension, dimension), _gauss(rng, size, dimension))


def quadratic(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Gradients of quadratic functions: symmetric matrices."""
    size = len(eps)
    matrix = _gauss(rng, size, dimension, dimension)
    return Affine(matrix + matrix.mT, _gauss(rng, size, dimension))


def rotations(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Several planes, in each a rotation by its own angle, shortened by its own factor."""
    size = len(eps)
    blocks = np.zeros((size, dimension, dimension))
    for plane in range(dimension // 2):
        first = slice(2 * plane, 2 * plane + 2)
        blocks[:, first, first] = rng.uniform(0.3, 1, size)[:, None, None] * _turn(
            rng.uniform(0, 2 * np.pi, size)
        )
    basis = _orthogonal(rng, size, dimension)
    return Affine(basis @ blocks @ basis.mT, _gauss(rng, size, dimension))


def multiples(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Straight to a centre, or straight away from it."""
    size = len(eps)
    sign = rng.choice([-1.0, 1.0], size)
    return Affine(sign[:, None, None] * np.eye(dimension), _gauss(rng, size, dimension))


def networks(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """One hidden layer."""
    size, width = len(eps), int(rng.choice([4, 16, 64]))
    frequency = np.exp(rng.uniform(-2, 1, size))[:, None, None]
    return Network(
        frequency * _gauss(rng, size, width, dimension),
        _gauss(rng, size, width),
        _gauss(rng, size, dimension, width),
        str(rng.choice(["tanh", "sin"])),
    )


def deep_networks(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Three hidden layers with orthogonal matrices, whose product of norms loses little."""
    size = len(eps)

    def layer() -> VelocityMap:
        return Network(
            rng.uniform(0.5, 2, size)[:, None, None] * _orthogonal(rng, size, dimension),
            0.3 * _gauss(rng, size, dimension),
            _orthogonal(rng, size, dimension),
            str(rng.choice(["tanh", "sin"])),
        )

    return Composed(Composed(layer(), layer()), layer())


def waves(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """Gradients of sums of waves."""
    size, count = len(eps), int(rng.choice([1, 4, 16]))
    frequency = np.exp(rng.uniform(-1, 1, size))[:, None, None]
    return Waves(
        frequency * _gauss(rng, size, count, dimension),
        _gauss(rng, size, count),
        rng.uniform(0, 2 * np.pi, (size, count)),
    )


def saturating(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """A rotation of states, whose length levels off."""
    return Saturating(_orthogonal(rng, len(eps), dimension))


def residual(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """A linear map and a network, each with a share of the constant."""
    share = rng.uniform(0.1, 0.9, len(eps))
    return Together(
        Scaled.fitted(linear(rng, dimension, eps), share),
        Scaled.fitted(networks(rng, dimension, eps), 1 - share),
    )


def near_extremal(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """A plane in which velocities turn by nearly the worst angle, and something smaller beside it."""
    size = len(eps)
    angle = np.arccos(-eps) + rng.choice([-1, 1], size) * 10 ** rng.uniform(-4, -0.5, size)
    return _embedded(rng, dimension, angle, rng.uniform(0, 0.5, size))


def extremal(rng: Rng, dimension: int, eps: np.ndarray) -> VelocityMap:
    """A plane in which velocities turn by the worst angle, and nothing beside it."""
    return _embedded(rng, dimension, np.arccos(-eps), np.zeros(len(eps)))


def _embedded(rng: Rng, dimension: int, angle: np.ndarray, rest: np.ndarray) -> VelocityMap:
    """Rotations of a random plane, and `rest` times the identity in its complement."""
    basis = _orthogonal(rng, len(angle), dimension)
    blocks = rest[:, None, None] * np.eye(dimension)
    blocks[:, :2, :2] = _turn(angle)
    return Affine(basis @ blocks @ basis.mT, np.zeros((len(angle), dimension)))


def _turn(angle: np.ndarray) -> np.ndarray:
    """Rotations of the plane, (C,) -> (C, 2, 2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)


def turning_plane(eps: np.ndarray) -> VelocityMap:
    """The map that attains the sharp bound: ``eps R z`` in the plane, the cosine of R's angle being -eps."""
    eps = np.asarray(eps, dtype=float)
    return Affine(eps[:, None, None] * _turn(np.arccos(-eps)), np.zeros((len(eps), 2)))


FAMILIES: dict[str, Family] = {
    "linear": linear,
    "quadratic": quadratic,
    "rotations": rotations,
    "multiples": multiples,
    "networks": networks,
    "deep networks": deep_networks,
    "waves": waves,
    "saturating": saturating,
    "residual": residual,
    "near-extremal": near_extremal,
    "extremal": extremal,
}
"""Every family of velocity maps."""

EXTREME = ("near-extremal", "extremal")
"""Families made to come close to the bound; the others were not."""

PLANAR = ("rotations", *EXTREME)
"""Families that need a plane."""


def draw(
    family: str, rng: Rng, dimension: int, size: int, starts: int = 4
) -> tuple[VelocityMap, np.ndarray, np.ndarray]:
    """Draw a batch of maps of a family.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    rng : numpy Generator
    dimension : int
        At least 1; at least 2 for families that turn a plane.
    size : int
        Number of maps, C.
    starts : int
        States to start from, K.

    Returns
    -------
    velocity : VelocityMap
    eps : (C,)
        Its certified constants: above 0, at most 1, and exactly 1 now and then.
    start : (C, K, d)

    Raises
    ------
    ValueError
        If there is no such family, or a number is too small.
    """
    if family not in FAMILIES:
        raise ValueError(f"family: {family!r} is none of {', '.join(FAMILIES)}")
    least = 2 if family in PLANAR else 1
    for name, value, smallest in (("dimension", dimension, least), ("size", size, 1), ("starts", starts, 1)):
        if value < smallest:
            raise ValueError(f"{name}: {value}; {family} maps need at least {smallest}")
    eps = np.where(
        rng.random(size) < 0.3, np.exp(rng.uniform(np.log(1e-3), 0, size)), rng.uniform(0.02, 1, size)
    )
    eps = np.where((rng.random(size) < 0.05) & (family != "extremal"), 1.0, eps)
    velocity = Scaled.fitted(FAMILIES[family](rng, dimension, eps), eps)
    start = 10 ** rng.uniform(-1, 1, (size, starts, 1)) * _gauss(rng, size, starts, dimension)
    if (
        family in EXTREME
    ):  # most of a random state lies outside the plane; powers of the map keep what is inside
        matrix = velocity.map.matrix  # type: ignore[attr-defined]
        inside = (np.linalg.matrix_power(matrix, 16) @ _gauss(rng, size, dimension, starts)).mT
        start = inside + (0.01 * start if family == "near-extremal" else 0)
    return velocity, eps, start
