"""How small networks are trained: layers, draws of many seeds, units of the data, Adam, and the descent.

Networks of all seeds train side by side, along the first axis, and each draws its start and the order of its
data from a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import torch

from imagination import checks

Tensor = torch.Tensor


Gradient = Callable[[Tensor], Sequence[Tensor]]
"""Positions of a batch's samples, (C, B), -> a gradient for each tensor that is trained."""

BETAS, EPSILON = (0.9, 0.999), 1e-8
"""Adam's usual constants."""


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
    checks.counts(**counts)
    if checks.number("learning_rate", learning_rate, above=0) > torch.finfo(torch.float32).max:
        raise ValueError(f"learning_rate must be a number of single precision, got {learning_rate}")


def check_data(inputs: np.ndarray, targets: np.ndarray, seeds: Sequence[int]) -> None:
    """Raise a ValueError unless there are (C, N, d_in) and (C, N, d_out) for C seeds."""
    networks, count, size = checks.check_shape("inputs", inputs, (None, None, None))
    *_, wanted = checks.check_shape("targets", targets, (networks, count, None))
    if len(checks.check_seeds(seeds)) != networks:
        raise ValueError(f"seeds must be {networks}, one for each of the inputs, got {len(seeds)}")
    if not count * size * wanted:
        raise ValueError(f"inputs and targets must not be empty, got {inputs.shape} and {targets.shape}")


def trained(layers: Layers) -> Layers:
    """The networks, or a ValueError if training has made numbers of them that are not finite."""
    if not all(np.isfinite(part).all() for part in layers[:4]):
        raise ValueError("inputs, targets or learning_rate are too large: the weights did not stay finite")
    return layers


# Draws, each seed's from its own generator


def generators_of(seeds: Sequence[int]) -> list[torch.Generator]:
    """A generator for each seed."""
    return [torch.Generator().manual_seed(checks.whole("seeds", seed)) for seed in checks.check_seeds(seeds)]


def passes(generators: Sequence[torch.Generator], count: int, size: int, epochs: int) -> Iterator[Tensor]:
    """Batches (C, B) of so many passes over `count` samples, each in an order of its own for each seed.

    The last batch of a pass may be smaller.
    """
    checks.check_items("generators", generators, torch.Generator)
    checks.counts(count=count, size=size, epochs=epochs)
    for _ in range(epochs):
        order = torch.stack([torch.randperm(count, generator=g) for g in generators])
        yield from order.split(int(size), dim=1)


def draws(generators: Sequence[torch.Generator], count: int, size: int, steps: int) -> Iterator[Tensor]:
    """Batches (C, size) drawn from `count` samples, with repetition, for each seed."""
    checks.check_items("generators", generators, torch.Generator)
    checks.counts(count=count, size=size, steps=steps)
    for _ in range(steps):
        yield torch.stack([torch.randint(count, (size,), generator=g) for g in generators])


def uniform(shape: tuple[int, ...], fan_in: int, generator: torch.Generator) -> Tensor:
    """Weights as `torch.nn.Linear` begins with: uniform in ±1/√(inputs of the layer)."""
    return torch.empty(shape).uniform_(-1, 1, generator=generator) / fan_in**0.5


def start_layers(
    generators: Sequence[torch.Generator], sizes: Sequence[int], copies: int = 1
) -> list[Tensor]:
    """Layers of networks through these sizes, weights and offsets by turns, ready to be trained.

    Each generator draws one start, which `copies` networks share: (copies · S, ...) tensors.
    """
    checks.check_items("generators", generators, torch.Generator)
    checks.counts(copies=copies)
    layers = []
    for d_in, d_out in pairwise(checks.check_items("sizes", sizes, Integral)):
        checks.counts(sizes=d_in)
        checks.counts(sizes=d_out)
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


class Adam:
    """Adam downhill, in place [Kingma and Ba, 2015], with the bias corrections folded into rate and epsilon.

    It keeps its averages from step to step, so make one a run. That of torch, which does the same, takes
    seconds to import.
    """

    def __init__(self) -> None:
        self.steps = 0
        self._state: list[tuple[Tensor, Tensor, Tensor]] = []

    @torch.no_grad()
    def step(self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], rate: float) -> None:
        """Move the parameters; there are as many gradients, of the same shapes."""
        if not self._state:
            self._state = [(torch.zeros_like(g), torch.zeros_like(g), torch.empty_like(g)) for g in gradients]
        self.steps += 1
        first, second = BETAS
        correction = (1 - second**self.steps) ** 0.5
        length = -rate * correction / (1 - first**self.steps)
        for values, gradient, (mean, square, root) in zip(parameters, gradients, self._state, strict=True):
            mean.lerp_(gradient, 1 - first)
            square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
            torch.sqrt(square, out=root).add_(EPSILON * correction)
            values.addcdiv_(mean, root, value=length)


def descend(
    parameters: Sequence[Tensor],
    gradient: Gradient,
    batches: Iterable[Tensor],
    rate: Callable[[int], float],
) -> Iterator[int]:
    """Train in place, a step of Adam a batch: the one loop of all learned models.

    Parameters
    ----------
    parameters : of all networks, each tensor with the networks on its first axis.
    gradient : of the loss on a batch. The loss is a sum over networks, so that none feels the others.
    batches : see `passes` and `draws`.
    rate : number of steps done -> learning rate.

    Yields
    ------
    int
        Number of steps done, after each: whoever limits or looks at the networks does so between two steps.
    """
    adam = Adam()
    for step, batch in enumerate(batches):
        adam.step(parameters, gradient(batch), rate(step))
        yield step + 1


def by_autograd(loss: Callable[[Tensor], Tensor], parameters: Sequence[Tensor]) -> Gradient:
    """The gradient of a batch's losses (C,), one a network."""
    return lambda batch: torch.autograd.grad(loss(batch).sum(), parameters)


def cooling(rate: float, steps: int) -> Callable[[int], float]:
    """A rate that falls to 0 along half a cosine."""
    rate, steps = checks.number("rate", rate, above=0), checks.whole("steps", steps, least=1)
    return lambda step: rate * (0.5 * (1 + np.cos(np.pi * (step / steps))))


# Units of the data


class Units(NamedTuple):
    """Mean and spread of inputs and targets over each network's samples, (C, 1, d) each."""

    mean: np.ndarray
    spread: np.ndarray
    target_mean: np.ndarray
    target_spread: np.ndarray

    @classmethod
    def of(cls, inputs: np.ndarray, targets: np.ndarray) -> Units:
        """The units of data (C, N, d_in) and (C, N, d_out)."""
        return cls(*_moments(inputs), *_moments(targets))

    def scaled(self, inputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The data with mean 0 and variance 1."""
        return (inputs - self.mean) / self.spread, (targets - self.target_mean) / self.target_spread

    def folded(self, layers: Layers) -> Layers:
        """Layers of linear outputs that were trained on scaled data, as layers for the data as they are."""
        hidden = layers.hidden / self.spread
        bias = layers.bias - (hidden @ np.swapaxes(self.mean, 1, 2))[..., 0]
        output = layers.output * np.swapaxes(self.target_spread, 1, 2)
        offset = layers.offset * self.target_spread[:, 0] + self.target_mean[:, 0]
        return Layers(hidden, bias, output, offset)


def _moments(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread over the samples, (C, 1, d) each; of what never changes the spread counts as 1."""
    spread = data.std(axis=1, keepdims=True)
    return data.mean(axis=1, keepdims=True), np.where(spread > 1e-12, spread, 1.0)
