"""Batched deterministic policies with certified Lipschitz constants: (C, K, d_s) -> (C, K, d_a)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import check_box, check_radius, check_shape, counts, finite
from imagination.worlds.continuous import (
    Array,
    Parametric,
    Policy,
    apply_matrix,
    certified,
    norm,
    project_ball,
    project_box,
    spectral_norm,
)


@dataclass(frozen=True, eq=False)
class LinearPolicy(Parametric):
    """``a = K s`` with gain K, (C, d_a, d_s)."""

    gain: Array

    def __post_init__(self) -> None:
        check_shape("gain", self.gain, (None, None, None))

    def __call__(self, state: Array) -> Array:
        return apply_matrix(self.gain, state)

    def lipschitz(self) -> Array:
        """``‖K‖``: exact, (C,)."""
        return spectral_norm(self.gain)


@dataclass(frozen=True, eq=False)
class ConstantPolicy(Parametric):
    """Always the same action, (C, d_a)."""

    action: Array

    def __post_init__(self) -> None:
        check_shape("action", self.action, (None, None))

    def __call__(self, state: Array) -> Array:
        ones = array_namespace(state).ones_like(state[..., :1])
        return ones * self.action[:, None, :]

    def lipschitz(self) -> Array:
        """Zero, (C,)."""
        return 0 * norm(self.action)


@dataclass(frozen=True, eq=False)
class NetworkPolicy(Parametric):
    """``O tanh(W s + b)``: hidden (C, m, d_s), bias (C, m), output (C, d_a, m)."""

    hidden: Array
    bias: Array
    output: Array

    def __post_init__(self) -> None:
        batch, width = check_shape("bias", self.bias, (None, None))
        check_shape("hidden", self.hidden, (batch, width, None))
        check_shape("output", self.output, (batch, None, width))

    def __call__(self, state: Array) -> Array:
        xp = array_namespace(state)
        return apply_matrix(self.output, xp.tanh(apply_matrix(self.hidden, state) + self.bias[:, None, :]))

    def lipschitz(self) -> Array:
        """Product of the layers' norms (tanh is 1-Lipschitz), (C,)."""
        return spectral_norm(self.output) * spectral_norm(self.hidden)


@dataclass(frozen=True, eq=False)
class ClippedPolicy(Parametric):
    """A base policy clipped to the box ``low <= a <= high``, (C, d_a) each: no steeper than the base."""

    base: Policy
    low: Array
    high: Array

    def __post_init__(self) -> None:
        check_box(self.low, self.high)

    def __call__(self, state: Array) -> Array:
        return project_box(self.base(state), self.low, self.high)

    def lipschitz(self) -> Array:
        """That of the base, (C,)."""
        return certified("base", self.base)


@dataclass(frozen=True, eq=False)
class BallClippedPolicy(Parametric):
    """A base policy projected on the centred ball of radius (C,): no steeper than the base."""

    base: Policy
    radius: Array

    def __post_init__(self) -> None:
        check_radius("radius", self.radius)

    def __call__(self, state: Array) -> Array:
        return project_ball(self.base(state), self.radius)

    def lipschitz(self) -> Array:
        """That of the base, (C,)."""
        return certified("base", self.base)

    def bound(self) -> Array:
        """sup of the norm, (C,)."""
        return self.radius


def random_linear_policy(
    generator: np.random.Generator, lipschitz: np.ndarray, d_state: int, d_action: int
) -> LinearPolicy:
    """Random linear policies with exactly the requested Lipschitz constants, (C,)."""
    lipschitz = finite("lipschitz", lipschitz, least=0)
    check_shape("lipschitz", lipschitz, (None,))
    counts(d_state=d_state, d_action=d_action)
    gain = generator.standard_normal((len(lipschitz), d_action, d_state))
    return LinearPolicy(gain * (lipschitz / spectral_norm(gain))[:, None, None])


def random_network_policy(
    generator: np.random.Generator, lipschitz: np.ndarray, d_state: int, d_action: int, width: int = 16
) -> NetworkPolicy:
    """Random tanh networks whose certified Lipschitz constants are those requested, (C,)."""
    lipschitz = finite("lipschitz", lipschitz, least=0)
    check_shape("lipschitz", lipschitz, (None,))
    counts(d_state=d_state, d_action=d_action, width=width)
    batch = len(lipschitz)
    hidden = generator.standard_normal((batch, width, d_state)) / np.sqrt(d_state)
    bias = generator.standard_normal((batch, width))
    output = generator.standard_normal((batch, d_action, width))
    output *= (lipschitz / (spectral_norm(output) * spectral_norm(hidden)))[:, None, None]
    return NetworkPolicy(hidden, bias, output)
