"""Two-layer networks trained at speed for many seeds: what scaling laws are measured on, and worlds learned.

One training step of all seeds of a group is a dozen operations on buffers that are made once and stay in the
cache: a batched matrix product for each layer and each gradient, written out by hand (nothing is
differentiated with respect to the inputs), and one pass of Adam over all parameters. A seed's network does
not depend on which seeds are trained with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import torch

from imagination.checks import check_shape, counts
from imagination.models import fitting
from imagination.models.fitting import Layers, Tensor, Units
from imagination.models.least_squares import state_and_action
from imagination.worlds.continuous import Transitions
from imagination.worlds.teacher import NetworkDynamics, NetworkReward

GROUP = 8
"""Seeds that train fastest together on a processor: more no longer fit its cache, fewer leave it idle."""


class Kind(NamedTuple):
    """What networks are made of.

    Attributes
    ----------
    activate : of hidden units, in place.
    pull_back : gradients in activated units, and the units -> those before activation, in place.
    start : draws one network, (d_in + 1, m), (d_out, m) and (d_out, 1); the first's last row is the bias.
    dtype : precision of training.
    """

    activate: Callable[[Tensor], Tensor]
    pull_back: Callable[[Tensor, Tensor], Tensor]
    start: Callable[[torch.Generator, int, int, int], list[Tensor]]
    dtype: torch.dtype


def _linear_start(generator: torch.Generator, d_in: int, width: int, d_out: int) -> list[Tensor]:
    """A network as `torch.nn.Linear` begins with."""
    shapes = [((d_in + 1, width), d_in), ((d_out, width), width), ((d_out, 1), width)]
    return [fitting.uniform(shape, fan_in, generator) for shape, fan_in in shapes]


def _normal_start(generator: torch.Generator, d_in: int, width: int, d_out: int) -> list[Tensor]:
    """Normal weights, each layer's over the root of its inputs, normal hidden biases and no offset."""
    sizes = [width * d_in, width, d_out * width]
    length = -(-(sum(sizes) + d_out) // 64) * 64  # normal numbers are drawn in blocks
    normal = torch.randn(length, generator=generator, dtype=torch.float64)
    hidden, bias, output = normal[: sum(sizes)].split(sizes)
    first = torch.cat([hidden.view(width, d_in).mT / d_in**0.5, bias[None]])
    return [first, output.view(d_out, width) / width**0.5, torch.zeros(d_out, 1, dtype=torch.float64)]


RELU = Kind(
    torch.relu_,
    lambda back, units: torch.ops.aten.threshold_backward.grad_input(back, units, 0, grad_input=back),
    _linear_start,
    torch.float32,
)
"""Rectified units in single precision, as networks are usually written."""

TANH = Kind(
    torch.tanh_,
    lambda back, units: torch.ops.aten.tanh_backward.grad_input(back, units, grad_input=back),
    _normal_start,
    torch.float64,
)
"""Smooth units in double precision, for networks that are certified and differentiated."""

SMOOTH: Mapping[str, Any] = {
    "kind": TANH,
    "normalise": True,
    "cooling": "by step",
    "epochs": 100,
    "learning_rate": 3e-3,
}
"""Options of `train` for learned dynamics and rewards, unless told."""


def train(
    inputs: np.ndarray,
    targets: np.ndarray,
    seeds: Sequence[int],
    *,
    kind: Kind = RELU,
    width: int = 64,
    squash: bool = False,
    normalise: bool = False,
    epochs: int = 200,
    batch_size: int = 256,
    learning_rate: float = 1e-3,
    cooling: Literal["never", "by epoch", "by step"] = "never",
    group: int = GROUP,
    after_epoch: Callable[[int, slice, Layers], None] | None = None,
) -> Layers:
    """Train one network per seed by minibatch Adam on the mean squared error.

    An epoch is one pass in a fresh random order; its last batch may be smaller.

    Parameters
    ----------
    inputs, targets : (C, N, d_in), (C, N, d_out)
        Each seed's data; or (N, ·), shared by all.
    seeds : C whole numbers, one a network.
    kind : `RELU` or `TANH`.
    width : units of the hidden layer.
    squash : put a tanh on the output.
    normalise : train on data of mean 0 and variance 1; what comes back is in the data's own units.
    epochs, batch_size, learning_rate : as usual.
    cooling : whether the rate falls to 0 along half a cosine, epoch by epoch or step by step.
    group : seeds trained at the same time. Changes no network.
    after_epoch : called with the number of finished epochs, the positions of the group's seeds and the
        group's networks.

    Raises
    ------
    ValueError
        If a shape or an option does not fit.
    """
    fitting.check_options(learning_rate, width=width, epochs=epochs, batch_size=batch_size, group=group)
    learning_rate = float(learning_rate)
    if squash and normalise:
        raise ValueError("squash must be False with normalise=True: a squashed output has no other units")
    if np.ndim(inputs) == 2:
        check_shape("targets", targets, (len(inputs), None))
        inputs, targets = (np.broadcast_to(data, (len(seeds), *data.shape)) for data in (inputs, targets))
    fitting.check_data(inputs, targets, seeds)
    count = inputs.shape[1]
    each = -(-count // batch_size)  # steps of an epoch
    if cooling not in ("never", "by epoch", "by step"):
        raise ValueError(f"cooling must be 'never', 'by epoch' or 'by step', got {cooling!r}")
    stride = each if cooling == "by epoch" else 1
    falling = fitting.cooling(learning_rate, epochs * each // stride)

    def rate(step: int) -> float:
        return learning_rate if cooling == "never" else falling(step // stride)

    parts = []
    for start in range(0, len(seeds), group):
        these = slice(start, start + group)
        networks = _Networks(inputs[these], targets[these], seeds[these], kind, width, squash, normalise)
        batches = fitting.passes(networks.generators, count, batch_size, epochs)
        for done in fitting.descend([networks.flat], networks.gradient, batches, rate):
            if after_epoch is not None and done % each == 0:
                after_epoch(done // each, these, networks.layers())
        parts.append(networks.layers())
    hidden, bias, output, offset = (np.concatenate(layer) for layer in list(zip(*parts, strict=True))[:4])
    return fitting.trained(Layers(hidden, bias, output, offset, squash))


def network_dynamics(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkDynamics:
    """Networks that predict the change of state, one a seed, from (C, N, ·) or shared (N, ·) transitions.

    Options are those of `train`; unless told, `SMOOTH`.
    """
    moved = transitions.next_state - transitions.state
    layers = train(state_and_action(transitions), moved, seeds, **{**SMOOTH, **options})
    return NetworkDynamics(**layers.parts(transitions.state.shape[-1]), skip=True)


def network_reward(transitions: Transitions, seeds: Sequence[int], **options: Any) -> NetworkReward:
    """Networks that predict the reward, one a seed; options as for `network_dynamics`."""
    reward = transitions.reward[..., None]
    layers = train(state_and_action(transitions), reward, seeds, **{**SMOOTH, **options})
    return NetworkReward(**layers.parts(transitions.state.shape[-1]))


def starting_layers(seeds: Sequence[int], d_in: int, width: int, d_out: int, kind: Kind = RELU) -> Layers:
    """Return the networks from which `train` starts, in the units in which it trains."""
    counts(d_in=d_in, width=width, d_out=d_out)
    starts = [kind.start(generator, d_in, width, d_out) for generator in fitting.generators_of(seeds)]
    return _layers([torch.stack(layer) for layer in zip(*starts, strict=True)], squash=False)


class _Networks:
    """A group of networks, its data, and every buffer that a step needs."""

    def __init__(
        self,
        inputs: np.ndarray,
        targets: np.ndarray,
        seeds: Sequence[int],
        kind: Kind,
        width: int,
        squash: bool,
        normalise: bool,
    ) -> None:
        self.units = Units.of(inputs, targets) if normalise else None
        if self.units:
            inputs, targets = self.units.scaled(inputs, targets)
        networks, count, d_in = inputs.shape
        d_out = targets.shape[-1]
        self.kind, self.squash = kind, squash
        self.generators = fitting.generators_of(seeds)
        # One row a sample: inputs, a one that carries the hidden bias, negated targets (to which a product
        # can be added), and padding to whole cache lines, since rows are fetched in random order.
        self.sizes = d_in + 1, d_out, -(d_in + 1 + d_out) % 16
        self.rows = torch.zeros(networks, count, sum(self.sizes), dtype=kind.dtype)
        self.rows[..., :d_in] = torch.tensor(inputs)
        self.rows[..., d_in] = 1
        self.rows[..., d_in + 1 : d_in + 1 + d_out] = torch.as_tensor(-targets)
        self.rows = self.rows.view(networks * count, -1)
        self.first_row = torch.arange(networks)[:, None] * count

        # Layer by layer, each contiguous over the seeds: batched products work in place only so.
        shapes = [(networks, d_in + 1, width), (networks, d_out, width), (networks, d_out, 1)]
        self.flat = torch.zeros(sum(int(np.prod(shape)) for shape in shapes), dtype=kind.dtype)
        self.slope = torch.zeros_like(self.flat)
        self.own, self.slots = _views(self.flat, shapes), _views(self.slope, shapes)
        for c, generator in enumerate(self.generators):
            for layer, start in zip(self.own, kind.start(generator, d_in, width, d_out), strict=True):
                layer[c].copy_(start)
        self.buffers: dict[int, _Buffers] = {}

    def gradient(self, batch: Tensor) -> list[Tensor]:
        """That of the mean squared error on these samples, in the parameters' own order."""
        hidden, output, offset = self.own
        in_hidden, in_output, in_offset = self.slots
        if batch.shape[1] not in self.buffers:
            self.buffers[batch.shape[1]] = _Buffers(self.rows, len(batch), batch.shape[1], self.sizes, output)
        b = self.buffers[batch.shape[1]]
        torch.index_select(self.rows, 0, (batch + self.first_row).reshape(-1), out=b.rows)
        self.kind.activate(torch.bmm(b.x, hidden, out=b.h))
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
        self.kind.pull_back(b.back, b.h)
        torch.bmm(b.x.mT, b.back, out=in_hidden)
        return [self.slope]

    def layers(self) -> Layers:
        """Return copies of the networks as they are now, in the units of the data."""
        layers = _layers(self.own, self.squash)
        return self.units.folded(layers) if self.units else layers


class _Buffers:
    """Where the steps on batches of one size put what they compute."""

    def __init__(
        self, data: Tensor, networks: int, count: int, sizes: tuple[int, int, int], output: Tensor
    ) -> None:
        d_out, width = output.shape[1:]
        self.rows = data.new_empty(networks * count, sum(sizes))
        self.x, self.y, _ = self.rows.view(networks, count, -1).split(sizes, dim=2)
        self.h, self.back = (data.new_empty(networks, count, width) for _ in range(2))
        self.error = data.new_empty(networks, d_out, count)


def _layers(layers: Sequence[Tensor], squash: bool) -> Layers:
    hidden, output, offset = (layer.numpy().astype(np.float64) for layer in layers)
    weights = np.ascontiguousarray(np.swapaxes(hidden[:, :-1], 1, 2))
    return Layers(weights, hidden[:, -1].copy(), output, offset[..., 0], squash)


def _views(flat: Tensor, shapes: Sequence[tuple[int, ...]]) -> list[Tensor]:
    parts = flat.split([int(np.prod(shape)) for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
