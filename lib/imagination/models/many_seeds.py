"""Plain two-layer ReLU networks trained at speed for many seeds: what scaling laws are measured on.

One training step of all seeds of a group is a dozen operations on buffers that are made once and stay in the
cache: a batched matrix product for each layer and each gradient, written out by hand (nothing is
differentiated with respect to the inputs), and one pass of Adam over all parameters. A seed's network does
not depend on which seeds are trained with it.

`imagination.models.networks` is for the odd model, in double precision and on normalised data. This module is
for hundreds of models trained as they are usually written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from imagination.models import fitting
from imagination.models.fitting import Layers

GROUP = 8
"""Seeds that train fastest together on a processor: more no longer fit its cache, fewer leave it idle."""

BETAS, EPSILON = (0.9, 0.999), 1e-8
"""Adam's usual constants."""


def train_many(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    *,
    width: int = 64,
    squash: bool = False,
    epochs: int = 200,
    batch_size: int = 256,
    learning_rate: float = 1e-3,
    cooling: bool = False,
    group: int = GROUP,
    after_epoch: Callable[[int, slice, Layers], None] | None = None,
) -> Layers:
    """Train one network per seed by minibatch Adam on the mean squared error, in single precision.

    Weights and biases start as `torch.nn.Linear` has them. Data are taken as they are. An epoch is one pass
    in a fresh random order; its last batch may be smaller.

    Parameters
    ----------
    inputs, targets : (C, N, d_in), (C, N, d_out)
        Each seed's data.
    seeds : C whole numbers, one a network.
    width : units of the hidden layer.
    squash : put a tanh on the output.
    epochs, batch_size, learning_rate : as usual; the rate is constant.
    cooling : let the rate fall along half a cosine instead, epoch by epoch.
    group : seeds trained at the same time. Changes no network.
    after_epoch : called with the number of finished epochs, the positions of the group's seeds and the
        group's networks.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    fitting.check_options(learning_rate, width=width, epochs=epochs, batch_size=batch_size, group=group)
    fitting.check_data(inputs, targets, seeds)
    parts = []
    for start in range(0, len(seeds), group):
        these = slice(start, start + group)
        trainer = _Trainer(inputs[these], targets[these], seeds[these], width, squash, batch_size)
        for epoch in range(1, epochs + 1):
            trainer.epoch(learning_rate * (fitting.half_cosine((epoch - 1) / epochs) if cooling else 1.0))
            if after_epoch is not None:
                after_epoch(epoch, these, trainer.students())
        parts.append(trainer.students())
    hidden, bias, output, offset = (np.concatenate(layer) for layer in list(zip(*parts, strict=True))[:4])
    return Layers(hidden, bias, output, offset, squash)


def starting_layers(seeds: Sequence[int], d_in: int, width: int, d_out: int) -> Layers:
    """Return the networks from which `train_many` starts."""
    starts = [_start(generator, d_in, width, d_out) for generator in fitting.generators_of(seeds)]
    return _students([torch.stack(layer) for layer in zip(*starts, strict=True)], squash=False)


class _Trainer:
    """A group of networks, its data, and every buffer that a step needs."""

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        seeds: Sequence[int],
        width: int,
        squash: bool,
        batch_size: int,
    ) -> None:
        networks, count, d_in = inputs.shape
        d_out = targets.shape[-1]
        self.squash, self.batch_size, self.steps = squash, batch_size, 0
        self.generators = fitting.generators_of(seeds)
        # One row a sample: inputs, a one that carries the hidden bias, negated targets (to which a product
        # can be added), and padding to whole cache lines, since rows are fetched in random order.
        d_row = -(-(d_in + 1 + d_out) // 16) * 16
        self.rows = torch.zeros(networks, count, d_row)
        self.rows[..., :d_in] = torch.as_tensor(inputs)
        self.rows[..., d_in] = 1
        self.rows[..., d_in + 1 : d_in + 1 + d_out] = torch.as_tensor(-targets)
        self.rows = self.rows.view(networks * count, d_row)
        self.first_row = torch.arange(networks)[:, None] * count

        # Layer by layer, each contiguous over the seeds: batched products work in place only so.
        shapes = [(networks, d_in + 1, width), (networks, d_out, width), (networks, d_out, 1)]
        self.flat = torch.zeros(sum(int(np.prod(shape)) for shape in shapes))
        self.gradient, self.mean, self.square, self.scratch = (torch.zeros_like(self.flat) for _ in range(4))
        self.layers, self.slots = _views(self.flat, shapes), _views(self.gradient, shapes)
        for c, generator in enumerate(self.generators):
            for layer, start in zip(self.layers, _start(generator, d_in, width, d_out), strict=True):
                layer[c].copy_(start)
        self.buffers = {
            size: _Buffers(networks, size, d_in + 1, d_out, d_row, width)
            for size in {min(batch_size, count), count % batch_size or min(batch_size, count)}
        }

    def epoch(self, learning_rate: float) -> None:
        """Pass once over the data, in a new order for each network."""
        count = len(self.rows) // len(self.generators)
        order = fitting.shuffled(self.generators, count).add_(self.first_row)
        for rows in order.split(self.batch_size, dim=1):
            self._gradient(rows)
            self._adam(learning_rate)

    def _gradient(self, rows: torch.Tensor) -> None:
        """Fill `gradient` with that of the mean squared error on the given rows of the data."""
        hidden, output, offset = self.layers
        in_hidden, in_output, in_offset = self.slots
        b = self.buffers[rows.shape[1]]
        torch.index_select(self.rows, 0, rows.reshape(-1), out=b.rows)
        torch.bmm(b.x, hidden, out=b.h).relu_()
        if self.squash:
            torch.bmm(output, b.h.mT, out=b.error).add_(offset).tanh_()
            slope = 1 - b.error.square()
            b.error.add_(b.y.mT).mul_(slope)
        else:
            torch.baddbmm(b.y.mT, output, b.h.mT, out=b.error).add_(offset)
        b.error.mul_(2 / b.error[0].numel())
        torch.bmm(b.error, b.h, out=in_output)
        torch.sum(b.error, dim=2, keepdim=True, out=in_offset)
        if output.shape[1] == 1:  # an outer product, which matrix routines do slowly
            torch.mul(b.error.mT, output, out=b.back)
        else:
            torch.bmm(b.error.mT, output, out=b.back)
        torch.ops.aten.threshold_backward.grad_input(b.back, b.h, 0, grad_input=b.back)
        torch.bmm(b.x.mT, b.back, out=in_hidden)

    def _adam(self, rate: float) -> None:
        """Move all parameters; `mean` and `square` are Adam's running moments of the gradient."""
        self.steps += 1
        first, second = BETAS
        self.mean.lerp_(self.gradient, 1 - first)
        self.square.mul_(second).addcmul_(self.gradient, self.gradient, value=1 - second)
        correction = (1 - second**self.steps) ** 0.5
        torch.sqrt(self.square, out=self.scratch).add_(EPSILON * correction)
        self.flat.addcdiv_(self.mean, self.scratch, value=-rate * correction / (1 - first**self.steps))

    def students(self) -> Layers:
        """Return copies of the networks as they are now."""
        return _students(self.layers, self.squash)


class _Buffers:
    """Where the steps on batches of one size put what they compute."""

    def __init__(self, networks: int, size: int, d_in: int, d_out: int, d_row: int, width: int) -> None:
        self.rows = torch.empty(networks * size, d_row)
        self.x, self.y, _ = self.rows.view(networks, size, d_row).split(
            [d_in, d_out, d_row - d_in - d_out], dim=2
        )
        self.h, self.back = (torch.empty(networks, size, width) for _ in range(2))
        self.error = torch.empty(networks, d_out, size)


def _start(generator: torch.Generator, d_in: int, width: int, d_out: int) -> list[torch.Tensor]:
    """One network's layers as the trainer keeps them: the hidden bias is the last row of the hidden layer."""
    shapes = [((d_in + 1, width), d_in), ((d_out, width), width), ((d_out, 1), width)]
    return [fitting.uniform(shape, fan_in, generator) for shape, fan_in in shapes]


def _students(layers: Sequence[torch.Tensor], squash: bool) -> Layers:
    hidden, output, offset = (layer.numpy().astype(np.float64) for layer in layers)
    weights = np.ascontiguousarray(np.swapaxes(hidden[:, :-1], 1, 2))
    return Layers(weights, hidden[:, -1].copy(), output, offset[..., 0], squash)


def _views(flat: torch.Tensor, shapes: Sequence[tuple[int, ...]]) -> list[torch.Tensor]:
    parts = flat.split([int(np.prod(shape)) for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
