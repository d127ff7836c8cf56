"""Networks held smooth while they learn: weight clipping, spectral limits and a gradient penalty.

Each way is a knob of `Smoothing`. Networks of all settings and all seeds train together. A seed draws its
weights and the order of its data once, for all settings: what differs between two models of a seed is what
the knob did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from imagination.checks import check_items, number
from imagination.models import fitting
from imagination.models.fitting import Layers, Tensor
from imagination.models.least_squares import state_and_action
from imagination.worlds.continuous import Transitions, converter
from imagination.worlds.teacher import NetworkDynamics, NetworkReward

CLIPS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
"""The clip values that Asadi, Misra and Littman tried."""


@dataclass(frozen=True)
class Smoothing:
    """How a network is held smooth; by default not at all.

    Parameters
    ----------
    clip : no weight (offsets aside) may leave [−clip, clip]; weights are clipped after every step.
    spectral : no layer's spectral norm may exceed this; layers are shrunk to it after every step.
    penalty : weight, in the loss, of the mean squared Frobenius norm of the network's Jacobian on the batch.
    """

    clip: float = math.inf
    spectral: float = math.inf
    penalty: float = 0.0

    def __post_init__(self) -> None:
        for name in ("clip", "spectral"):
            if getattr(self, name) != math.inf:
                number(name, getattr(self, name), above=0)
        number("penalty", self.penalty, least=0)


def train_smooth(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    settings: Sequence[Smoothing],
    *,
    width: int = 32,
    steps: int = 4000,
    batch_size: int = 128,
    learning_rate: float = 5e-3,
) -> Layers:
    """Train one tanh network per setting and seed by minibatch Adam on the mean squared error.

    Data are taken as they are, without normalisation, since a knob acts on the weights as they are.

    Parameters
    ----------
    inputs, targets : (S, N, d_in), (S, N, d)
        Each seed's data.
    seeds : S whole numbers.
    settings : how networks are held smooth, K of them.
    width : units of the hidden layer.
    steps, batch_size, learning_rate : in single precision; the rate falls to 0 along half a cosine.

    Returns
    -------
    Layers
        C = K · S networks, in double precision; network ``k · S + s`` has setting k and seed s.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    counts = {"width": width, "steps": steps, "batch_size": batch_size}
    fitting.check_options(learning_rate, **counts)
    check_items("settings", settings, Smoothing)
    fitting.check_data(inputs, targets, seeds)
    x, y = (converter("torch")(data).to(torch.float32) for data in (inputs, targets))
    limits = _Limits(settings, len(seeds))
    generators = fitting.generators_of(seeds)
    layers = fitting.start_layers(generators, (x.shape[-1], width, y.shape[-1]), len(settings))
    limits.hold(layers)
    row = torch.arange(len(seeds))[:, None]

    def loss(chosen: Tensor) -> Tensor:
        batch, wanted = (data[row, chosen].repeat(len(settings), 1, 1) for data in (x, y))
        hidden, bias, output, offset = layers
        units = torch.tanh(torch.baddbmm(bias[:, None], batch, hidden.mT))
        error = torch.baddbmm(offset[:, None], units, output.mT) - wanted
        plain = error.square().mean(dim=(1, 2))
        if not limits.any_penalty:
            return plain
        return plain + limits.penalty * jacobian_square(hidden, output, 1 - units.square())

    batches = fitting.draws(generators, x.shape[1], batch_size, steps)
    gradient, rate = fitting.by_autograd(loss, layers), fitting.cooling(learning_rate, steps)
    for _ in fitting.descend(layers, gradient, batches, rate):
        limits.hold(layers)
    exactly = [layer.detach().double() for layer in layers]
    limits.hold(exactly)  # once more in double precision: rounding must not undo a limit
    hidden, bias, output, offset = (layer.numpy() for layer in exactly)
    return fitting.trained(Layers(hidden, bias, output, offset))


def smooth_dynamics(
    transitions: Transitions, seeds: Sequence[int], settings: Sequence[Smoothing], **options: Any
) -> NetworkDynamics:
    """Networks that predict the next state from (S, N, ·) transitions; see `train_smooth`."""
    inputs = state_and_action(transitions)
    layers = train_smooth(inputs, transitions.next_state, seeds, settings, **options)
    return NetworkDynamics(**layers.parts(transitions.state.shape[-1]))


def smooth_reward(
    transitions: Transitions, seeds: Sequence[int], settings: Sequence[Smoothing], **options: Any
) -> NetworkReward:
    """Networks that predict the reward from (S, N, ·) transitions; see `train_smooth`."""
    inputs = state_and_action(transitions)
    layers = train_smooth(inputs, transitions.reward[..., None], seeds, settings, **options)
    return NetworkReward(**layers.parts(transitions.state.shape[-1]))


def jacobian_square(hidden: Tensor, output: Tensor, slope: Tensor) -> Tensor:
    """Mean of ``‖O D W‖²`` (Frobenius) over points at which the hidden units have the slopes D, (C,).

    Parameters
    ----------
    hidden, output, slope : (C, m, d_in), (C, d, m), (C, B, m)
    """
    each = output.mT[..., :, None] * hidden[..., None, :]  # a unit's share of the Jacobian, (C, m, d, d_in)
    return torch.bmm(slope, each.flatten(2)).square().sum(-1).mean(-1)


class _Limits:
    """The knobs of all networks, (C,) each, and what they do to the layers."""

    def __init__(self, settings: Sequence[Smoothing], seeds: int) -> None:
        def column(name: str) -> Tensor:
            values = torch.tensor([getattr(setting, name) for setting in settings], dtype=torch.float64)
            return values.repeat_interleave(seeds)

        self.clip, self.spectral, self.penalty = column("clip"), column("spectral"), column("penalty").float()
        self.any_penalty = bool((self.penalty > 0).any())
        self.held = torch.isfinite(self.spectral).nonzero()[:, 0]

    @torch.no_grad()
    def hold(self, layers: Sequence[Tensor]) -> None:
        """Clip and shrink the weights, in place."""
        for weights in layers[::2]:
            clip = self.clip.to(weights)[:, None, None]
            weights.clamp_(-clip, clip)
            if len(self.held):
                weights[self.held] *= shrinking(weights[self.held], self.spectral.to(weights)[self.held])


def shrinking(matrices: Tensor, limit: Tensor) -> Tensor:
    """What (C, m, n) matrices are multiplied by, so that no spectral norm exceeds `limit` (C,)."""
    return (limit / largest_singular_value(matrices)).clamp(max=1.0)[:, None, None]


def largest_singular_value(matrices: Tensor) -> Tensor:
    """Spectral norms of (C, m, n) matrices, (C,), from the eigenvalues of their smaller Gram matrices."""
    gram = matrices @ matrices.mT if matrices.shape[1] <= matrices.shape[2] else matrices.mT @ matrices
    return torch.linalg.eigvalsh(gram)[:, -1].clamp(min=torch.finfo(gram.dtype).tiny).sqrt()
