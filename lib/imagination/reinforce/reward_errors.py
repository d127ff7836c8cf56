"""Noise on the rewards of sampled rollouts: of the kind that Theorem 2 speaks of, and of kinds it does not.

Each is called with the states and actions of rollouts, integers (B, K, H), and a generator, and returns what
is added to the rewards, (B, K, H).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, check_index, check_shape, finite, number, whole

__all__ = [
    "Correlated",
    "Frozen",
    "HeavyTailed",
    "Independent",
    "Noise",
    "Shared",
    "StateDependent",
    "Verdicts",
    "autoregressive",
    "look_up",
]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


class Noise(Protocol):
    """What can be added to rewards."""

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        """Noise (B, K, H) for rollouts with these states and actions."""


@dataclass(frozen=True)
class Independent:
    """Gaussian, independent of everything, standard deviation `sigma`: a number or (B,)."""

    sigma: float | Array = 1.0

    def __post_init__(self) -> None:
        finite("sigma", self.sigma, least=0)

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        return _scale(self.sigma, states) * generator.standard_normal(states.shape)


@dataclass(frozen=True)
class Correlated:
    """Gaussian, independent of states and actions, `correlation` (H, H) between the times of a rollout."""

    sigma: float | Array
    correlation: Array

    def __post_init__(self) -> None:
        finite("sigma", self.sigma, least=0)
        shape = finite("correlation", self.correlation).shape
        if len(shape) != 2 or shape[0] != shape[1] or not shape[0]:
            raise ValueError(f"correlation must have shape (H, H), got {shape}")

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        level, vectors = np.linalg.eigh(np.asarray(self.correlation, dtype=float))
        if level[0] < -1e-9 * level[-1] or len(level) != states.shape[2]:
            raise ValueError(
                f"correlation must be positive semidefinite of size H = {states.shape[2]}, "
                f"got size {len(level)} with smallest eigenvalue {level[0]}"
            )
        root = vectors * np.sqrt(np.maximum(level, 0))
        return _scale(self.sigma, states) * (generator.standard_normal(states.shape) @ root.T)


@dataclass(frozen=True)
class HeavyTailed:
    """Student's t with `degrees` of freedom times `scale`; the variance is infinite up to 2 degrees.

    With ``degrees > 2`` and `scale` from `with_deviation`, the standard deviation is the one asked for.
    """

    scale: float
    degrees: float

    def __post_init__(self) -> None:
        number("scale", self.scale, least=0)
        number("degrees", self.degrees, above=0)

    @classmethod
    def with_deviation(cls, sigma: float, degrees: float) -> HeavyTailed:
        """Scaled to standard deviation `sigma`; needs more than 2 degrees of freedom."""
        number("degrees", degrees, above=2)  # for a finite variance
        return cls(sigma * np.sqrt((degrees - 2) / degrees), degrees)

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        return self.scale * generator.standard_t(self.degrees, states.shape)


@dataclass(frozen=True)
class StateDependent:
    """Gaussian, independent given states and actions, with standard deviation `deviation` (B, S, A)."""

    deviation: Array

    def __post_init__(self) -> None:
        finite("deviation", self.deviation, least=0)

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        return look_up("deviation", self.deviation, states, actions) * generator.standard_normal(states.shape)


@dataclass(frozen=True)
class Frozen:
    """The error of a reward model, `table` (B, S, A): drawn once, then the same at every visit. A bias."""

    table: Array

    def __post_init__(self) -> None:
        finite("table", self.table)

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        return look_up("table", self.table, states, actions)


@dataclass(frozen=True)
class Shared:
    """Gaussian, independent over time, but the same in all K rollouts of a problem."""

    sigma: float | Array = 1.0

    def __post_init__(self) -> None:
        finite("sigma", self.sigma, least=0)

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        B, _, H = states.shape
        return np.broadcast_to(
            _scale(self.sigma, states) * generator.standard_normal((B, 1, H)), states.shape
        )


@dataclass(frozen=True)
class Verdicts:
    """A yes, 1, with probability `chance` (B, S, A), else a no, 0, independently each time.

    Added to rewards of 0 it is what a learner sees whose rewards come from a verifier.
    """

    chance: Array

    def __post_init__(self) -> None:
        if (chance := finite("chance", self.chance, least=0)).max(initial=0) > 1:
            raise ValueError(f"chance must be at most 1, got {chance.max()}")

    def __call__(self, states: Integers, actions: Integers, generator: np.random.Generator) -> Array:
        return (generator.random(states.shape) < look_up("chance", self.chance, states, actions)).astype(
            float
        )


def autoregressive(horizon: int, coefficient: float) -> Array:
    """Correlation coefficient^|t − u| of stationary AR(1) noise, (H, H)."""
    if not -1 <= number("coefficient", coefficient) <= 1:
        raise ValueError(f"coefficient must lie in [-1, 1], got {coefficient}")
    times = np.arange(whole("horizon", horizon, least=1))
    return float(coefficient) ** np.abs(times[:, None] - times)


def _scale(sigma: ArrayLike, states: Integers) -> Array:
    return broadcast("sigma", finite("sigma", sigma, least=0), states.shape[:1])[:, None, None]


def look_up(name: str, table: ArrayLike, states: Integers, actions: Integers) -> Array:
    """Entries (B, K, H) of a `table` (B, S, A), or (B, H, S, A), along rollouts."""
    table = finite(name, table)
    B, _, H = check_shape("states", states, (None, None, None))
    check_shape("actions", actions, tuple(states.shape))
    if not ((table.ndim == 3 and len(table) == B) or (table.ndim == 4 and table.shape[:2] == (B, H))):
        raise ValueError(f"{name} must have shape ({B}, S, A) or ({B}, {H}, S, A), got {table.shape}")
    check_index("states", states, table.shape[-2])
    check_index("actions", actions, table.shape[-1])
    batch = np.arange(B)[:, None, None]
    if table.ndim == 3:
        return table[batch, states, actions]
    return table[batch, np.arange(H), states, actions]
