"""Perturbed maps: learned models whose error and Lipschitz constants are known by construction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from array_api_compat import array_namespace

from imagination.checks import check_shape
from imagination.worlds.continuous import (
    Array,
    Dynamics,
    Parametric,
    Reward,
    apply_matrix,
    certified,
    moved,
    norm,
    project_ball,
    spectral_norm,
)


@dataclass(frozen=True, eq=False)
class PerturbedDynamics(Parametric):
    """``f(s, a) + scale · u(s, a)``, sup ‖u‖ <= 1 certified, (C,) `scale`: a model whose error is known."""

    base: Dynamics
    perturbation: Perturbation
    scale: Array

    def __post_init__(self) -> None:
        check_shape("scale", self.scale, (None,))

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        base = moved(self.base, state, action, noise)
        return base + self.scale[:, None, None] * self.perturbation(state, action)

    def lipschitz(self) -> Array:
        """Base plus scaled perturbation, (C,)."""
        return certified("base", self.base) + self.error() * certified("perturbation", self.perturbation)

    def error(self) -> Array:
        """Certified sup of ``‖f̂ − f‖``, (C,)."""
        return array_namespace(self.scale).abs(self.scale)


@dataclass(frozen=True, eq=False)
class PerturbedReward(Parametric):
    """``r(s, a) + scale · u(s, a)`` with sup |u| <= 1 certified, (C,) `scale`."""

    base: Reward
    perturbation: Perturbation
    scale: Array

    def __post_init__(self) -> None:
        check_shape("scale", self.scale, (None,))

    def __call__(self, state: Array, action: Array) -> Array:
        return self.base(state, action) + self.scale[:, None] * self.perturbation(state, action)[..., 0]

    def lipschitz(self) -> Array:
        """Base plus scaled perturbation, (C,)."""
        return certified("base", self.base) + self.error() * certified("perturbation", self.perturbation)

    def error(self) -> Array:
        """Certified sup of ``|r̂ − r|``, (C,)."""
        return array_namespace(self.scale).abs(self.scale)


class Perturbation(Protocol):
    """A vector field ``u(s, a)``, (C, K, d), with sup ‖u‖ <= 1 (d = 1 for rewards)."""

    def __call__(self, state: Array, action: Array) -> Array: ...

    def lipschitz(self) -> Array:
        """Certified Lipschitz constants in the additive metric, (C,)."""
        ...


@dataclass(frozen=True, eq=False)
class ConstantPerturbation(Parametric):
    """A fixed direction, (C, d), of norm at most 1 (it is divided by its norm when longer)."""

    direction: Array

    def __post_init__(self) -> None:
        check_shape("direction", self.direction, (None, None))

    def __call__(self, state: Array, action: Array) -> Array:
        xp = array_namespace(state)
        ones = xp.ones(state.shape[:-1], dtype=state.dtype)
        return ones[..., None] * unit(self.direction)[:, None, :]

    def lipschitz(self) -> Array:
        """Zero, (C,)."""
        return 0 * norm(self.direction)


@dataclass(frozen=True, eq=False)
class SinePerturbation(Parametric):
    """``direction · sin(p·s + q·a + phase)``, with p (C, d_s), q (C, d_a), phase (C,), direction (C, d)."""

    direction: Array
    state_frequency: Array
    action_frequency: Array
    phase: Array

    def __post_init__(self) -> None:
        (batch,) = check_shape("phase", self.phase, (None,))
        for name in ("direction", "state_frequency", "action_frequency"):
            check_shape(name, getattr(self, name), (batch, None))

    def __call__(self, state: Array, action: Array) -> Array:
        angle = (state * self.state_frequency[:, None, :]).sum(-1) + self.phase[:, None]
        angle = angle + (action * self.action_frequency[:, None, :]).sum(-1)
        return array_namespace(state).sin(angle)[..., None] * unit(self.direction)[:, None, :]

    def lipschitz(self) -> Array:
        """``max(‖p‖, ‖q‖)``, (C,)."""
        xp = array_namespace(self.phase)
        return xp.maximum(norm(self.state_frequency), norm(self.action_frequency))


@dataclass(frozen=True, eq=False)
class TanhPerturbation(Parametric):
    """``O tanh(W_s s + W_a a + b) / √m`` with ‖O‖ <= 1: a random two-layer network of norm at most 1.

    Shapes: hidden_state (C, m, d_s), hidden_action (C, m, d_a), bias (C, m), output (C, d, m).
    """

    hidden_state: Array
    hidden_action: Array
    bias: Array
    output: Array

    def __post_init__(self) -> None:
        batch, width = check_shape("bias", self.bias, (None, None))
        check_shape("hidden_state", self.hidden_state, (batch, width, None))
        check_shape("hidden_action", self.hidden_action, (batch, width, None))
        check_shape("output", self.output, (batch, None, width))

    def __call__(self, state: Array, action: Array) -> Array:
        xp = array_namespace(state)
        hidden = apply_matrix(self.hidden_state, state) + apply_matrix(self.hidden_action, action)
        hidden = xp.tanh(hidden + self.bias[:, None, :])
        return apply_matrix(self._scaled_output(), hidden)

    def _scaled_output(self) -> Array:
        xp = array_namespace(self.output)
        longest = xp.maximum(spectral_norm(self.output), xp.ones_like(self.bias[:, 0]))
        return self.output / (longest[:, None, None] * self.bias.shape[1] ** 0.5)

    def lipschitz(self) -> Array:
        """Product of the layers' norms, per input block, (C,)."""
        xp = array_namespace(self.bias)
        inner = xp.maximum(spectral_norm(self.hidden_state), spectral_norm(self.hidden_action))
        return spectral_norm(self._scaled_output()) * inner


@dataclass(frozen=True, eq=False)
class OutwardPerturbation(Parametric):
    """``s / max(‖s‖, core)`` with core (C,) > 0: it pushes states away from the origin, so errors add up."""

    core: Array

    def __post_init__(self) -> None:
        check_shape("core", self.core, (None,))
        if not bool((self.core > 0).all()):
            raise ValueError(f"core must be > 0, got {self.core}")

    def __call__(self, state: Array, action: Array) -> Array:
        return project_ball(state, self.core) / self.core[:, None, None]

    def lipschitz(self) -> Array:
        """``1 / core``, (C,)."""
        return 1 / self.core


def unit(vectors: Array) -> Array:
    """Vectors (C, d), those longer than 1 scaled to length 1."""
    xp = array_namespace(vectors)
    length = norm(vectors)
    return vectors / xp.maximum(length, xp.ones_like(length))[:, None]
