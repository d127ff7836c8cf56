"""Two-layer networks trained for many seeds at once, as learned dynamics and rewards.

All networks of a batch are trained together: one batched matrix product per layer, gradients written out by
hand into one flat buffer, and one fused Adam step for everything. Each network draws its weights and the
order of its data from its own seed, so it does not matter which networks are trained together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from imagination.mdps.continuous import Transitions, check_shape
from imagination.mdps.teacher import NetworkDynamics, NetworkReward


class Fit(NamedTuple):
    """Trained layers, in the units of the data, and how training went.

    Attributes
    ----------
    hidden : (C, m, d_in)
    bias : (C, m)
    output : (C, d_out, m)
    offset : (C, d_out)
    loss : (C, epochs)
        Mean squared error of each epoch, in units of the targets' variance.
    """

    hidden: np.ndarray
    bias: np.ndarray
    output: np.ndarray
    offset: np.ndarray
    loss: np.ndarray


def train(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    *,
    width: int = 64,
    activation: str = "tanh",
    epochs: int = 100,
    batch_size: int = 256,
    learning_rate: float = 3e-3,
    spectral_limit: float | None = None,
    device: str = "cpu",
) -> Fit:
    """Train one network per seed by minibatch Adam on the mean squared error.

    Parameters
    ----------
    inputs, targets : (C, N, d_in), (C, N, d_out)
        Each network's data, normalised here and folded back into the layers; or (N, ·), shared by all.
    seeds : C whole numbers, one a network.
    width, activation : of the hidden layer; ``"tanh"``, ``"relu"`` or ``"sin"``.
    epochs, batch_size, learning_rate : the rate falls to 0 along half a cosine.
    spectral_limit : both layers' spectral norms (in normalised units) are held to it, epoch by epoch.
    device : where torch computes.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    if activation not in _ACTIVATIONS:
        raise ValueError(f"activation must be one of {sorted(_ACTIVATIONS)}, got {activation!r}")
    if min(width, epochs, batch_size) < 1:
        raise ValueError(f"width, epochs and batch_size must be >= 1, got {width}, {epochs}, {batch_size}")
    if inputs.ndim == 2:
        inputs, targets = (np.broadcast_to(data, (len(seeds), *data.shape)) for data in (inputs, targets))
    check_shape("inputs", inputs, (len(seeds), None, None))
    check_shape("targets", targets, (len(seeds), inputs.shape[1], None))

    input_mean, input_spread = _moments(inputs)
    target_mean, target_spread = _moments(targets)
    x = torch.as_tensor((inputs - input_mean) / input_spread, device=device)
    y = torch.as_tensor((targets - target_mean) / target_spread, device=device)
    generators = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
    sizes = {"hidden": (width, x.shape[-1]), "bias": (width,), "output": (y.shape[-1], width)}
    flat, layers = _initial(generators, {**sizes, "offset": (y.shape[-1],)}, device)
    loss = _descend(
        x, y, flat, layers, generators, activation, epochs, batch_size, learning_rate, spectral_limit
    )

    hidden, bias, output, offset = (
        layers[name].cpu().numpy() for name in ("hidden", "bias", "output", "offset")
    )
    hidden = hidden / input_spread
    bias = bias - (hidden @ np.swapaxes(input_mean, 1, 2))[..., 0]
    rows = np.swapaxes(target_spread, 1, 2)
    return Fit(hidden, bias, output * rows, offset * target_spread[:, 0] + target_mean[:, 0], loss)


def network_dynamics(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkDynamics:
    """Networks that predict the change of state, one a seed, from (C, N, ·) or shared (N, ·) transitions.

    Options are those of `train`.
    """
    fit = train(_inputs(transitions), transitions.next_state - transitions.state, seeds, **options)
    return NetworkDynamics(
        **_layers(fit, transitions), activation=options.get("activation", "tanh"), skip=True
    )


def network_reward(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkReward:
    """Networks that predict the reward, one a seed; options are those of `train`."""
    fit = train(_inputs(transitions), transitions.reward[..., None], seeds, **options)
    return NetworkReward(**_layers(fit, transitions), activation=options.get("activation", "tanh"))


_VECTOR = 64
"""Rows of parameters are padded to a multiple of this, so that vectorised steps round all of them alike."""

# --- training --------------------------------------------------------------------------------------

_ACTIVATIONS = {
    # the activation, and its slope from input and value
    "tanh": (torch.tanh, lambda z, h: 1 - h * h),
    "relu": (torch.relu, lambda z, h: (z > 0).to(z.dtype)),
    "sin": (torch.sin, lambda z, h: torch.cos(z)),
}


def _initial(
    generators: list[torch.Generator], sizes: dict[str, tuple[int, ...]], device: str
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """All parameters in one flat (C, P) tensor, and the layers as views of it; each seed draws its own."""
    length = sum(int(np.prod(size)) for size in sizes.values())
    length += -length % _VECTOR
    flat = torch.stack([torch.randn(length, generator=g, dtype=torch.float64) for g in generators]).to(device)
    layers = _views(flat, sizes)
    layers["hidden"] /= sizes["hidden"][1] ** 0.5
    layers["output"] /= sizes["output"][1] ** 0.5
    layers["offset"].zero_()
    return flat, layers


def _views(flat: torch.Tensor, sizes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    lengths = [int(np.prod(size)) for size in sizes.values()]
    parts = torch.split(flat, [*lengths, flat.shape[1] - sum(lengths)], dim=1)
    return {
        name: part.view(len(flat), *size) for (name, size), part in zip(sizes.items(), parts, strict=False)
    }


def _descend(
    x: torch.Tensor,
    y: torch.Tensor,
    flat: torch.Tensor,
    layers: dict[str, torch.Tensor],
    generators: list[torch.Generator],
    activation: str,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    spectral_limit: float | None,
) -> np.ndarray:
    function, slope = _ACTIVATIONS[activation]
    networks, count, _ = x.shape
    gradient = torch.zeros_like(flat)
    into = _views(gradient, {name: tuple(layer.shape[1:]) for name, layer in layers.items()})
    flat.grad = gradient
    optimiser = torch.optim.Adam([flat], lr=learning_rate, fused=True)
    row = torch.arange(networks, device=x.device)[:, None]
    batches = -(-count // batch_size)
    losses = np.zeros((networks, epochs))
    for epoch in range(epochs):
        order = torch.stack([torch.randperm(count, generator=g) for g in generators]).to(x.device)
        total = torch.zeros(networks, dtype=x.dtype, device=x.device)
        for batch in range(batches):
            chosen = order[:, batch * batch_size : (batch + 1) * batch_size]
            inputs = x[row, chosen]
            z = torch.baddbmm(layers["bias"][:, None, :], inputs, layers["hidden"].mT)
            h = function(z)
            error = torch.baddbmm(layers["offset"][:, None, :], h, layers["output"].mT) - y[row, chosen]
            total += error.square().mean(dim=(1, 2)) * chosen.shape[1]
            error *= 2 / error[0].numel()
            back = torch.bmm(error, layers["output"]) * slope(z, h)
            into["output"].copy_(torch.bmm(error.mT, h))
            into["offset"].copy_(error.sum(1))
            into["hidden"].copy_(torch.bmm(back.mT, inputs))
            into["bias"].copy_(back.sum(1))
            progress = (epoch * batches + batch) / (epochs * batches)
            optimiser.param_groups[0]["lr"] = learning_rate * 0.5 * (1 + np.cos(np.pi * progress))
            optimiser.step()
        if spectral_limit is not None:
            for name in ("hidden", "output"):
                size = torch.linalg.matrix_norm(layers[name], ord=2)
                layers[name] *= torch.clamp(spectral_limit / size, max=1.0)[:, None, None]
        losses[:, epoch] = (total / count).cpu().numpy()
    return losses


def _moments(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    spread = data.std(axis=1, keepdims=True)
    return data.mean(axis=1, keepdims=True), np.where(spread > 0, spread, 1.0)


def _inputs(transitions: Transitions) -> np.ndarray:
    return np.concatenate([transitions.state, transitions.action], axis=-1)


def _layers(fit: Fit, transitions: Transitions) -> dict[str, Any]:
    d_state = transitions.state.shape[-1]
    hidden = {"hidden_state": fit.hidden[..., :d_state], "hidden_action": fit.hidden[..., d_state:]}
    return {**hidden, "bias": fit.bias, "output": fit.output, "offset": fit.offset}
