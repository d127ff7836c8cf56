"""Networks held smooth while they learn: weight clipping, spectral limits and a gradient penalty.

Each way is a knob of `Smoothing`. Networks of all settings and all seeds train together. A seed draws its
weights and the order of its data once, for all settings: what differs between two models of a seed is what
the knob did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch

from imagination.mdps.continuous import Transitions, check_shape
from imagination.mdps.teacher import NetworkDynamics, NetworkReward

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
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be > 0, got {getattr(self, name)}")
        if not 0 <= self.penalty < math.inf:
            raise ValueError(f"penalty must be >= 0 and finite, got {self.penalty}")


class Layers(NamedTuple):
    """Networks ``O tanh(W x + b) + c``: hidden (C, m, d_in), bias (C, m), output (C, d, m), offset (C, d)."""

    hidden: np.ndarray
    bias: np.ndarray
    output: np.ndarray
    offset: np.ndarray


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
    device: str = "cpu",
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
    steps, batch_size, learning_rate : the rate falls to 0 along half a cosine.
    device : where torch computes, in single precision.

    Returns
    -------
    Layers
        C = K · S networks, in double precision; network ``k · S + s`` has setting k and seed s.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    if min(width, steps, batch_size, len(seeds), len(settings)) < 1:
        raise ValueError(
            "width, steps, batch_size and the numbers of seeds and settings must be >= 1, got "
            f"{width}, {steps}, {batch_size}, {len(seeds)}, {len(settings)}"
        )
    if not learning_rate > 0:
        raise ValueError(f"learning_rate must be > 0, got {learning_rate}")
    check_shape("inputs", inputs, (len(seeds), None, None))
    check_shape("targets", targets, (len(seeds), inputs.shape[1], None))
    x, y = (torch.as_tensor(data, dtype=torch.float32, device=device) for data in (inputs, targets))
    limits = _Limits(settings, len(seeds), device)
    generators = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
    layers = start_layers(generators, (x.shape[-1], width, y.shape[-1]), len(settings), device)
    limits.hold(layers)
    optimiser = torch.optim.Adam(layers, lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    row = torch.arange(len(seeds), device=device)[:, None]
    for _ in range(steps):
        chosen = torch.stack([torch.randint(x.shape[1], (batch_size,), generator=g) for g in generators])
        batch, wanted = ((data[row, chosen.to(device)]).repeat(len(settings), 1, 1) for data in (x, y))
        hidden, bias, output, offset = layers
        units = torch.tanh(torch.baddbmm(bias[:, None], batch, hidden.mT))
        error = torch.baddbmm(offset[:, None], units, output.mT) - wanted
        loss = error.square().mean(dim=(1, 2))
        if limits.any_penalty:
            loss = loss + limits.penalty * jacobian_square(hidden, output, 1 - units.square())
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
        schedule.step()
        limits.hold(layers)
    return limits.exactly([layer.detach().cpu().double().numpy() for layer in layers])


def smooth_dynamics(
    transitions: Transitions, seeds: Sequence[int], settings: Sequence[Smoothing], **options: Any
) -> NetworkDynamics:
    """Networks that predict the next state from (S, N, ·) transitions; see `train_smooth`."""
    inputs = np.concatenate([transitions.state, transitions.action], axis=-1)
    return NetworkDynamics(
        **_split(train_smooth(inputs, transitions.next_state, seeds, settings, **options), transitions)
    )


def smooth_reward(
    transitions: Transitions, seeds: Sequence[int], settings: Sequence[Smoothing], **options: Any
) -> NetworkReward:
    """Networks that predict the reward from (S, N, ·) transitions; see `train_smooth`."""
    inputs = np.concatenate([transitions.state, transitions.action], axis=-1)
    return NetworkReward(
        **_split(train_smooth(inputs, transitions.reward[..., None], seeds, settings, **options), transitions)
    )


def jacobian_square(hidden: torch.Tensor, output: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
    """Mean of ``‖O D W‖²`` (Frobenius) over points at which the hidden units have the slopes D, (C,).

    Parameters
    ----------
    hidden, output, slope : (C, m, d_in), (C, d, m), (C, B, m)
    """
    each = output.mT[..., :, None] * hidden[..., None, :]  # a unit's share of the Jacobian, (C, m, d, d_in)
    return torch.bmm(slope, each.flatten(2)).square().sum(-1).mean(-1)


def start_layers(
    generators: Sequence[torch.Generator], sizes: Sequence[int], copies: int, device: str
) -> list[torch.Tensor]:
    """Layers of networks through these sizes, uniform in ±1/√(inputs): weights and offsets by turns.

    Each generator draws one start, which `copies` networks share: (copies · S, ...) tensors.
    """
    layers = []
    for d_in, d_out in pairwise(sizes):
        for shape in ((d_out, d_in), (d_out,)):
            drawn = [torch.empty(shape).uniform_(-1, 1, generator=g) / d_in**0.5 for g in generators]
            start = torch.stack(drawn).to(device).repeat(copies, *(1 for _ in shape))
            layers.append(start.requires_grad_())
    return layers


class _Limits:
    """The knobs of all networks, (C,) each, and what they do to the layers."""

    def __init__(self, settings: Sequence[Smoothing], seeds: int, device: str) -> None:
        def column(name: str) -> torch.Tensor:
            values = torch.tensor([getattr(setting, name) for setting in settings], dtype=torch.float64)
            return values.repeat_interleave(seeds)

        self.double = {name: column(name) for name in ("clip", "spectral")}
        self.single = {name: value.float().to(device) for name, value in self.double.items()}
        self.penalty = column("penalty").float().to(device)
        self.any_penalty = bool((self.penalty > 0).any())
        self.held = torch.isfinite(self.double["spectral"]).nonzero()[:, 0]

    @torch.no_grad()
    def hold(self, layers: Sequence[torch.Tensor], limits: dict[str, torch.Tensor] | None = None) -> None:
        """Clip and shrink the weights, in place."""
        limits = limits or self.single
        held = self.held.to(layers[0].device)
        for weights in layers[::2]:
            clip = limits["clip"][:, None, None]
            weights.clamp_(-clip, clip)
            if len(held):
                own = weights[held]
                shrink = limits["spectral"][held] / largest_singular_value(own)
                weights[held] = own * shrink.clamp(max=1.0)[:, None, None]

    def exactly(self, layers: Sequence[np.ndarray]) -> Layers:
        """The layers, held once more in double precision: rounding must not undo a limit."""
        tensors = [torch.as_tensor(layer) for layer in layers]
        self.hold(tensors, self.double)
        return Layers(*(tensor.numpy() for tensor in tensors))


def largest_singular_value(matrices: torch.Tensor) -> torch.Tensor:
    """Spectral norms of (C, m, n) matrices, (C,), from the eigenvalues of their smaller Gram matrices."""
    gram = matrices @ matrices.mT if matrices.shape[1] <= matrices.shape[2] else matrices.mT @ matrices
    return torch.linalg.eigvalsh(gram)[:, -1].clamp(min=torch.finfo(gram.dtype).tiny).sqrt()


def _split(layers: Layers, transitions: Transitions) -> dict[str, Any]:
    d_state = transitions.state.shape[-1]
    hidden = {
        "hidden_state": layers.hidden[..., :d_state].copy(),
        "hidden_action": layers.hidden[..., d_state:].copy(),
    }
    return {**hidden, "bias": layers.bias, "output": layers.output, "offset": layers.offset}
