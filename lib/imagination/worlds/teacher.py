"""Two-layer networks with certified Lipschitz constants: teacher systems, and what learned networks become.

``f(s, a) = skip · s + O σ(W_s s + W_a a + b) + c``. Whatever the input, the Jacobian is ``O D W_s`` (plus the
skip) and ``O D W_a`` with D diagonal and its entries slopes of σ. Everything certified here follows from the
range of those slopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from imagination.checks import broadcast, check_seeds, check_shape, counts, finite, number, numeric
from imagination.worlds.continuous import (
    Array,
    ContinuousMDP,
    Parametric,
    UniformBall,
    apply_matrix,
    norm,
    spectral_norm,
)

LOWEST_SLOPE = {"tanh": 0.0, "relu": 0.0, "sin": -1.0}
"""Least slope of each activation; the greatest is 1 for all."""


@dataclass(frozen=True, eq=False)
class TwoLayerNetwork(Parametric):
    """What network dynamics and network rewards share.

    Parameters
    ----------
    hidden_state : (C, m, d_s)
    hidden_action : (C, m, d_a)
    bias : (C, m)
    output : (C, d, m)
    offset : (C, d)
    activation : ``"tanh"``, ``"relu"`` or ``"sin"``
    """

    hidden_state: Array
    hidden_action: Array
    bias: Array
    output: Array
    offset: Array
    activation: str = "tanh"

    def __post_init__(self) -> None:
        if self.activation not in LOWEST_SLOPE:
            raise ValueError(f"activation must be one of {sorted(LOWEST_SLOPE)}, got {self.activation!r}")
        batch, width = check_shape("bias", self.bias, (None, None))
        check_shape("hidden_state", self.hidden_state, (batch, width, None))
        check_shape("hidden_action", self.hidden_action, (batch, width, None))
        check_shape("output", self.output, (batch, None, width))
        check_shape("offset", self.offset, (batch, self.output.shape[1]))

    def network(self, state: Array, action: Array) -> Array:
        """``O σ(W_s s + W_a a + b) + c``, (C, K, d)."""
        hidden = apply_matrix(self.hidden_state, state) + apply_matrix(self.hidden_action, action)
        hidden = _activate(self.activation, hidden + self.bias[:, None, :])
        return apply_matrix(self.output, hidden) + self.offset[:, None, :]

    def _blocks(self, *, skip: bool = False) -> tuple[Array, Array]:
        """Certified ``(sup ‖∂f/∂s‖, sup ‖∂f/∂a‖)``, (C,) each: products of layer norms, made tight cheaply.

        Slopes lie in [l, 1], so ``D = mI + hE`` with the midpoint m, half width h and ``‖E‖ <= 1``, and
        ``‖O D W‖ <= m ‖O W‖ + h ‖O‖ ‖W‖``, at most the product of norms. Moreover ``O D W = (O T) D (T⁻¹ W)``
        for a diagonal T, so hidden units are balanced first where that helps.
        """
        xp = array_namespace(self.bias)
        lowest = LOWEST_SLOPE[self.activation]
        midpoint, half = (1 + lowest) / 2, (1 - lowest) / 2

        def block(weight: Array, identity: Array | float) -> Array:
            linear = spectral_norm(identity + midpoint * (self.output @ weight))
            plain = spectral_norm(self.output) * spectral_norm(weight)
            units = norm(weight) * norm(self.output.mT)  # a unit's share; invariant under T
            alive = units > 0
            rescale = xp.sqrt(xp.where(alive, norm(self.output.mT) / xp.where(alive, norm(weight), 1.0), 1.0))
            rescale = xp.where(alive, rescale, xp.ones_like(rescale))[..., None]
            balanced = spectral_norm(self.output / rescale.mT) * spectral_norm(weight * rescale)
            return linear + half * xp.minimum(plain, balanced)

        identity = xp.eye(self.hidden_state.shape[-1], dtype=self.bias.dtype)[None] if skip else 0.0
        return block(self.hidden_state, identity), block(self.hidden_action, 0.0)

    def block_lipschitz(self) -> tuple[Array, Array]:
        """Certified ``(sup ‖∂f/∂s‖, sup ‖∂f/∂a‖)``, (C,) each."""
        return self._blocks()

    def network_bound(self) -> Array:
        """sup of the network's norm, (C,); infinite for relu."""
        xp = array_namespace(self.bias)
        if self.activation == "relu":
            return xp.full(self.bias.shape[:1], float("inf"), dtype=self.bias.dtype)
        return norm(xp.sum(xp.abs(self.output), axis=-1) + xp.abs(self.offset))


@dataclass(frozen=True, eq=False)
class NetworkDynamics(TwoLayerNetwork):
    """A two-layer network as dynamics; with `skip` it predicts the change of the state.

    With `squash` it is the tanh of the network (or of state plus network), component by component.
    """

    skip: bool = False
    squash: bool = False

    def __call__(self, state: Array, action: Array, noise: Array | None = None) -> Array:
        moved = self.network(state, action) + (state if self.skip else 0.0)
        moved = array_namespace(moved).tanh(moved) if self.squash else moved
        return moved if noise is None else moved + noise

    def block_lipschitz(self) -> tuple[Array, Array]:
        """Certified ``(sup ‖∂f/∂s‖, sup ‖∂f/∂a‖)``, (C,) each; a tanh on the output makes neither larger."""
        return self._blocks(skip=self.skip)

    def lipschitz(self) -> Array:
        """The larger of `block_lipschitz`, (C,)."""
        return array_namespace(self.bias).maximum(*self.block_lipschitz())

    def bound(self) -> Array:
        """sup of the norm, (C,); with squash √d, else infinite for relu or with a skip."""
        if self.squash:
            return 0 * self.offset[:, 0] + self.offset.shape[1] ** 0.5
        return self.network_bound() if not self.skip else self.network_bound() + float("inf")


@dataclass(frozen=True, eq=False)
class NetworkReward(TwoLayerNetwork):
    """A two-layer network with one output as reward."""

    def __call__(self, state: Array, action: Array) -> Array:
        return self.network(state, action)[..., 0]

    def lipschitz(self) -> Array:
        """The larger of `block_lipschitz`, (C,)."""
        return array_namespace(self.bias).maximum(*self.block_lipschitz())

    def bound(self) -> Array:
        """sup |r|, (C,); infinite for relu."""
        return self.network_bound()


@numeric
def random_network(
    generator: np.random.Generator,
    lipschitz: np.ndarray,
    d_state: int,
    d_action: int,
    d_out: int,
    *,
    width: int = 32,
    activation: str = "tanh",
) -> TwoLayerNetwork:
    """Random two-layer networks scaled so that their certified Lipschitz constants are those given, (C,)."""
    lipschitz = finite("lipschitz", lipschitz, least=0)
    check_shape("lipschitz", lipschitz, (None,))
    counts(d_state=d_state, d_action=d_action, d_out=d_out, width=width)
    batch = len(lipschitz)
    raw = TwoLayerNetwork(
        generator.standard_normal((batch, width, d_state)) / np.sqrt(d_state),
        generator.standard_normal((batch, width, d_action)) / np.sqrt(d_action),
        generator.standard_normal((batch, width)),
        generator.standard_normal((batch, d_out, width)) / np.sqrt(width),
        np.zeros((batch, d_out)),
        activation,
    )
    certified = np.maximum(*raw.block_lipschitz())
    output = raw.output * (lipschitz / certified)[:, None, None]
    if not np.isfinite(output).all():
        raise ValueError(f"lipschitz, L_f or L_r is too large for weights in floats, got {lipschitz.max()}")
    return raw.with_arrays({"output": output})


@numeric
def teacher(
    generator: np.random.Generator,
    *,
    L_f: np.ndarray,
    L_r: np.ndarray,
    discount: np.ndarray,
    d_state: int = 4,
    d_action: int = 2,
    width: int = 32,
    activation: str = "tanh",
    initial_radius: float = 1.0,
) -> ContinuousMDP:
    """Globally Lipschitz teachers: network dynamics and rewards with prescribed certified constants, (C,).

    For tanh and sin the states are bounded, and `diameter` is that of a centred ball which holds the initial
    states and every next state; for relu it is None.
    """
    L_f, L_r = finite("L_f", L_f, least=0), finite("L_r", L_r, least=0)
    check_shape("L_r", L_r, check_shape("L_f", L_f, (None,)))
    dynamics = random_network(generator, L_f, d_state, d_action, d_state, width=width, activation=activation)
    reward = random_network(generator, L_r, d_state, d_action, 1, width=width, activation=activation)
    discount = broadcast("discount", finite("discount", discount), dynamics.bias.shape[:1]).copy()
    radius = np.full(len(discount), number("initial_radius", initial_radius, least=0))
    reach = np.maximum(dynamics.network_bound(), radius)
    return ContinuousMDP(
        NetworkDynamics(**_fields(dynamics)),
        NetworkReward(**_fields(reward)),
        UniformBall(radius, d_state),
        discount,
        diameter=2 * reach if activation != "relu" else None,
    )


def normal_teacher(
    seeds: Sequence[int | tuple[int, ...]],
    *,
    d_state: int = 12,
    d_action: int = 4,
    width: int = 64,
    biases: bool = False,
) -> tuple[NetworkDynamics, NetworkReward]:
    """Teachers of the scaling experiment, one a seed: ReLU networks with weights N(0, 1) [TSGLH26, §4.1].

    Dynamics are tanh(network), the reward is network/√width. Without `biases` these are 0, else N(0, 1) too.
    """
    counts(d_state=d_state, d_action=d_action, width=width)
    drawn = []
    for seed in check_seeds(seeds):
        generator = np.random.default_rng(seed)
        for d_out in (d_state, 1):
            shapes = [(width, d_state), (width, d_action), (width,), (d_out, width), (d_out,)]
            layers = [generator.standard_normal(shape) for shape in shapes]
            drawn.append([layer * (biases or layer.ndim == 2) for layer in layers])

    def stacked(networks: list) -> dict[str, Any]:
        names = ("hidden_state", "hidden_action", "bias", "output", "offset")
        return {name: np.stack(parts) for name, parts in zip(names, zip(*networks, strict=True), strict=True)}

    dynamics = NetworkDynamics(**stacked(drawn[::2]), activation="relu", squash=True)
    reward = NetworkReward(**stacked(drawn[1::2]), activation="relu")
    root = width**0.5
    return dynamics, reward.with_arrays({"output": reward.output / root, "offset": reward.offset / root})


def _fields(network: TwoLayerNetwork) -> dict:
    return {**network.arrays(), "activation": network.activation}


def _activate(activation: str, values: Array) -> Array:
    xp = array_namespace(values)
    if activation == "relu":
        return xp.maximum(values, xp.zeros_like(values))
    return xp.tanh(values) if activation == "tanh" else xp.sin(values)
