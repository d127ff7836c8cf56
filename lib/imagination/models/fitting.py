"""What the trainers of small networks share: layers, draws of many seeds, units of the data, and the descent.

Networks of all seeds train side by side, along the first axis, and each draws its start and the order of its
data from a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch

from imagination.worlds.continuous import Transitions, check_shape

Tensor = torch.Tensor


class Layers(NamedTuple):
    """Trained networks ``O h(W x + b) + c``, one a seed; with `squash`, tanh of that.

    Attributes
    ----------
    hidden : (C, m, d_in)
    bias : (C, m)
    output : (C, d_out, m)
    offset : (C, d_out)
    squash : bool
    """

    hidden: np.ndarray
    bias: np.ndarray
    output: np.ndarray
    offset: np.ndarray
    squash: bool = False

    def parts(self, d_state: int) -> dict[str, Any]:
        """What networks of state and action are made of: the hidden layer is split between the two."""
        return {
            "hidden_state": self.hidden[..., :d_state].copy(),
            "hidden_action": self.hidden[..., d_state:].copy(),
            "bias": self.bias,
            "output": self.output,
            "offset": self.offset,
        }


def check_options(learning_rate: float, **counts: int) -> None:
    """Raise a ValueError unless the rate is positive and every count at least 1."""
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} must be >= 1, got {count}")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate must be > 0, got {learning_rate}")


def check_data(inputs: np.ndarray, targets: np.ndarray, seeds: Sequence[int]) -> None:
    """Raise a ValueError unless there are (C, N, d_in) and (C, N, d_out) for C seeds."""
    check_shape("inputs", inputs, (len(seeds), None, None))
    check_shape("targets", targets, (len(seeds), inputs.shape[1], None))


def state_and_action(transitions: Transitions) -> np.ndarray:
    """What models of dynamics and reward are shown, (..., d_s + d_a)."""
    return np.concatenate([transitions.state, transitions.action], axis=-1)


# Draws, each seed's from its own generator


def generators_of(seeds: Sequence[int]) -> list[torch.Generator]:
    """A generator for each seed."""
    return [torch.Generator().manual_seed(int(seed)) for seed in seeds]


def shuffled(generators: Sequence[torch.Generator], count: int) -> Tensor:
    """A random order of `count` samples for each seed, (C, count)."""
    return torch.stack([torch.randperm(count, generator=g) for g in generators])


def drawn(generators: Sequence[torch.Generator], count: int, size: int) -> Tensor:
    """Positions of `size` samples out of `count`, with repetition, for each seed, (C, size)."""
    return torch.stack([torch.randint(count, (size,), generator=g) for g in generators])


def uniform(shape: tuple[int, ...], fan_in: int, generator: torch.Generator) -> Tensor:
    """Weights as `torch.nn.Linear` begins with: uniform in ±1/√(inputs of the layer)."""
    return torch.empty(shape).uniform_(-1, 1, generator=generator) / fan_in**0.5


def start_layers(
    generators: Sequence[torch.Generator], sizes: Sequence[int], copies: int = 1
) -> list[Tensor]:
    """Layers of networks through these sizes, weights and offsets by turns, ready to be trained.

    Each generator draws one start, which `copies` networks share: (copies · S, ...) tensors.
    """
    layers = []
    for d_in, d_out in pairwise(sizes):
        for shape in ((d_out, d_in), (d_out,)):
            start = torch.stack([uniform(shape, d_in, g) for g in generators])
            layers.append(start.repeat(copies, *(1 for _ in shape)).requires_grad_())
    return layers


def through(layers: Sequence[Tensor], inputs: Tensor) -> Tensor:
    """Outputs (C, B, ·) of tanh layers with a linear one at the end; weights and offsets by turns."""
    for index, (weights, offset) in enumerate(zip(layers[::2], layers[1::2], strict=True)):
        inputs = torch.baddbmm(offset[:, None], torch.tanh(inputs) if index else inputs, weights.mT)
    return inputs


# The descent


def half_cosine(done: float) -> float:
    """What share of its first value the learning rate has after this share of the training: from 1 to 0."""
    return 0.5 * (1 + np.cos(np.pi * done))


def descent(
    parameters: Sequence[Tensor], steps: int, learning_rate: float, *, fused: bool = False
) -> Iterator[torch.optim.Optimizer]:
    """Adam, once for each step that is to be taken with it; its rate falls to 0 along half a cosine."""
    optimiser = torch.optim.Adam(parameters, lr=learning_rate, fused=fused)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = learning_rate * half_cosine(step / steps)
        yield optimiser


def normalised(
    train: Callable[..., Layers], inputs: np.ndarray, targets: np.ndarray, *args: Any, **options: Any
) -> Layers:
    """Train on data of mean 0 and variance 1, each network's own, and fold the units back into the layers.

    Parameters
    ----------
    train : trainer of linear outputs, called with what follows.
    inputs, targets : (C, N, d_in), (C, N, d_out)
    """
    (mean, spread), (target_mean, target_spread) = _moments(inputs), _moments(targets)
    inputs, targets = (inputs - mean) / spread, (targets - target_mean) / target_spread
    layers = train(inputs, targets, *args, **options)
    hidden = layers.hidden / spread
    bias = layers.bias - (hidden @ np.swapaxes(mean, 1, 2))[..., 0]
    output = layers.output * np.swapaxes(target_spread, 1, 2)
    return Layers(hidden, bias, output, layers.offset * target_spread[:, 0] + target_mean[:, 0])


def _moments(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread over the samples, (C, 1, d) each; of what never changes the spread counts as 1."""
    spread = data.std(axis=1, keepdims=True)
    return data.mean(axis=1, keepdims=True), np.where(spread > 1e-12, spread, 1.0)
