"""Learned dynamics and rewards: tanh networks in double precision, on data in units of its own spread.

All networks are trained together: one batched matrix product per layer, gradients written out by hand into
one flat buffer, and one fused Adam step for everything. It does not matter which are trained together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from imagination.models import fitting
from imagination.models.fitting import Layers, Tensor
from imagination.worlds.continuous import Transitions
from imagination.worlds.teacher import NetworkDynamics, NetworkReward

_VECTOR = 64
"""Rows of parameters are padded to a multiple of this, so that vectorised steps round all of them alike."""


def train(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    *,
    width: int = 64,
    epochs: int = 100,
    batch_size: int = 256,
    learning_rate: float = 3e-3,
) -> Layers:
    """Train one network per seed by minibatch Adam on the mean squared error.

    Parameters
    ----------
    inputs, targets : (C, N, d_in), (C, N, d_out)
        Each network's data; or (N, ·), shared by all.
    seeds : C whole numbers, one a network.
    width : units of the hidden layer.
    epochs, batch_size, learning_rate : the rate falls to 0 along half a cosine.

    Returns
    -------
    Layers
        In the units of the data.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    fitting.check_options(learning_rate, width=width, epochs=epochs, batch_size=batch_size)
    if inputs.ndim == 2:
        inputs, targets = (np.broadcast_to(data, (len(seeds), *data.shape)) for data in (inputs, targets))
    fitting.check_data(inputs, targets, seeds)
    return fitting.normalised(_train, inputs, targets, seeds, width, epochs, batch_size, learning_rate)


def network_dynamics(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkDynamics:
    """Networks that predict the change of state, one a seed, from (C, N, ·) or shared (N, ·) transitions.

    Options are those of `train`.
    """
    moved = transitions.next_state - transitions.state
    layers = train(fitting.state_and_action(transitions), moved, seeds, **options)
    return NetworkDynamics(**layers.parts(transitions.state.shape[-1]), skip=True)


def network_reward(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkReward:
    """Networks that predict the reward, one a seed; options are those of `train`."""
    layers = train(fitting.state_and_action(transitions), transitions.reward[..., None], seeds, **options)
    return NetworkReward(**layers.parts(transitions.state.shape[-1]))


def _train(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    width: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
) -> Layers:
    x, y, generators = torch.as_tensor(inputs), torch.as_tensor(targets), fitting.generators_of(seeds)
    (networks, count, d_in), d_out = x.shape, y.shape[-1]
    flat, layers = _start(generators, [(width, d_in), (width,), (d_out, width), (d_out,)])
    flat.grad = torch.zeros_like(flat)
    hidden, bias, output, offset = layers
    in_hidden, in_bias, in_output, in_offset = _views(flat.grad, [layer.shape[1:] for layer in layers])
    row = torch.arange(networks)[:, None]
    steps = fitting.descent([flat], epochs * -(-count // batch_size), learning_rate, fused=True)
    for _ in range(epochs):
        for rows, adam in zip(fitting.shuffled(generators, count).split(batch_size, 1), steps, strict=False):
            batch = x[row, rows]
            units = torch.tanh(torch.baddbmm(bias[:, None], batch, hidden.mT))
            error = torch.baddbmm(offset[:, None], units, output.mT) - y[row, rows]
            error *= 2 / error[0].numel()
            back = torch.bmm(error, output) * (1 - units * units)
            in_output.copy_(torch.bmm(error.mT, units))
            in_offset.copy_(error.sum(1))
            in_hidden.copy_(torch.bmm(back.mT, batch))
            in_bias.copy_(back.sum(1))
            adam.step()
    return Layers(hidden.numpy(), bias.numpy(), output.numpy(), offset.numpy())


def _start(
    generators: Sequence[torch.Generator], shapes: Sequence[tuple[int, ...]]
) -> tuple[Tensor, list[Tensor]]:
    """All parameters in one flat (C, P) tensor, and the layers as views of it; each seed draws its own."""
    length = sum(int(np.prod(shape)) for shape in shapes)
    length += -length % _VECTOR
    flat = torch.stack([torch.randn(length, generator=g, dtype=torch.float64) for g in generators])
    hidden, bias, output, offset = _views(flat, shapes)
    hidden /= hidden.shape[-1] ** 0.5
    output /= output.shape[-1] ** 0.5
    offset.zero_()
    return flat, [hidden, bias, output, offset]


def _views(flat: Tensor, shapes: Sequence[Sequence[int]]) -> list[Tensor]:
    lengths = [int(np.prod(shape)) for shape in shapes]
    parts = flat.split([*lengths, flat.shape[1] - sum(lengths)], dim=1)
    return [part.view(len(flat), *shape) for part, shape in zip(parts, shapes, strict=False)]
