"""Learned worlds with episodes: networks for the change of state, the reward and the end of an episode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from imagination.checks import check_seeds, check_shape, whole
from imagination.models.fitting import Layers, Tensor
from imagination.models.networks import train
from imagination.worlds.episodic import Stepped

__all__ = ["LearnedWorld", "Regrouped", "Steps", "learn"]


@dataclass(frozen=True, eq=False)
class Steps:
    """Real transitions of C seeds, of as many as the longest has.

    Attributes
    ----------
    state : (C, N, d_s)
    action : (C, N, d_a)
    reward : (C, N)
    following : (C, N, d_s)
    ended : (C, N) of bool
    """

    state: Tensor
    action: Tensor
    reward: Tensor
    following: Tensor
    ended: Tensor

    def __post_init__(self) -> None:
        rows = check_shape("reward", self.reward, (None, None))
        shape = check_shape("state", self.state, (*rows, None))
        check_shape("following", self.following, shape)
        check_shape("action", self.action, (*rows, None))
        check_shape("ended", self.ended, rows)

    def __len__(self) -> int:
        return self.state.shape[1]

    def join(self, other: Steps) -> Steps:
        """These and then the others."""
        return Steps(*(torch.cat([getattr(self, n), getattr(other, n)], dim=1) for n in self.__annotations__))

    def repeated(self, times: int) -> Steps:
        """Each seed's steps so many times, next to each other."""
        return Steps(*(getattr(self, n).repeat_interleave(times, 0) for n in self.__annotations__))


@dataclass(frozen=True, eq=False)
class _Net:
    """Two-layer ReLU networks: layers (C, d_in, m) and (C, m, d_out), biases (C, 1, m) and (C, 1, d_out)."""

    hidden: Tensor
    bias: Tensor
    output: Tensor
    offset: Tensor

    @classmethod
    def of(cls, fits: Sequence[Layers], dtype: torch.dtype) -> _Net:
        """Networks side by side: one hidden layer, block by block, and all their outputs."""

        def tensor(array: np.ndarray) -> Tensor:
            return torch.as_tensor(array, dtype=dtype)

        widths, sizes = [f.bias.shape[1] for f in fits], [f.offset.shape[1] for f in fits]
        output = torch.zeros(len(fits[0].bias), sum(widths), sum(sizes), dtype=dtype)
        row = column = 0
        for fit, width, size in zip(fits, widths, sizes, strict=True):
            output[:, row : row + width, column : column + size] = tensor(fit.output).mT
            row, column = row + width, column + size
        return cls(
            tensor(np.concatenate([f.hidden for f in fits], axis=1)).mT.contiguous(),
            tensor(np.concatenate([f.bias for f in fits], axis=1))[:, None],
            output,
            tensor(np.concatenate([f.offset for f in fits], axis=1))[:, None],
        )

    def __call__(self, inputs: Tensor) -> Tensor:
        hidden = torch.baddbmm(self.bias, inputs, self.hidden).relu_()
        return torch.baddbmm(self.offset, hidden, self.output)


@dataclass(frozen=True, eq=False)
class LearnedWorld:
    """Dynamics, reward and, where episodes end, their end as networks; C of them, one a seed.

    Parameters
    ----------
    dynamics, reward : fits of the change of state and of the reward, of (state, action).
    ending : fit of 0 or 1, of the next state; the episode ends above 1/2. None where nothing ends.
    initial : (C, N, d_s), initial states that were seen; `start` draws from them.
    keep : puts predicted states back where states can be.
    """

    dynamics: Layers
    reward: Layers
    ending: Layers | None
    initial: Tensor
    keep: Callable[[Tensor], Tensor] | None = None
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        check_shape("initial", self.initial, (len(self.dynamics.bias), None, None))

    @cached_property
    def _motion(self) -> _Net:
        return _Net.of([self.dynamics, self.reward], self.dtype)

    @cached_property
    def _end(self) -> _Net | None:
        return None if self.ending is None else _Net.of([self.ending], self.dtype)

    @property
    def batch_size(self) -> int:
        """The number C of worlds."""
        return len(self.initial)

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw from the initial states that were seen, (C, count, d_s)."""
        chosen = torch.randint(self.initial.shape[1], (self.batch_size, count), generator=generator)
        return self.initial[torch.arange(self.batch_size)[:, None], chosen].to(self.dtype)

    def step(self, state: Tensor, action: Tensor) -> Stepped:
        """Step states (C, K, d_s) under actions (C, K, d_a)."""
        size = state.shape[-1]
        out = self._motion(torch.cat([state, action], dim=-1))
        moved = state + out[..., :size]
        if self.keep is not None:
            moved = self.keep(moved)
        return Stepped(moved, out[..., size], self.over(moved))

    def over(self, state: Tensor) -> Tensor:
        """Whether an episode that reaches these states (C, K, d_s) is thought to end there, (C, K)."""
        if self._end is None:
            return torch.zeros(state.shape[:-1], dtype=torch.bool)
        return self._end(state)[..., 0] > 0.5

    def only(self, index: int) -> LearnedWorld:
        """The learned world of one seed, as a batch of one."""
        if not whole("index", index) < self.batch_size:
            raise ValueError(f"index must lie in [0, {self.batch_size}), got {index}")
        one = slice(index, index + 1)

        def alone(fit: Layers) -> Layers:
            return Layers(fit.hidden[one], fit.bias[one], fit.output[one], fit.offset[one])

        ending = None if self.ending is None else alone(self.ending)
        initial = self.initial[one]
        return LearnedWorld(alone(self.dynamics), alone(self.reward), ending, initial, self.keep, self.dtype)

    def to(self, dtype: torch.dtype) -> LearnedWorld:
        """The same world in another precision."""
        return LearnedWorld(self.dynamics, self.reward, self.ending, self.initial, self.keep, dtype)


@dataclass(frozen=True, eq=False)
class Regrouped:
    """Worlds for another number of policies: several policies share a world, or a policy has several worlds.

    The batch axes of both are ordered by seed, so the K episodes of each policy are dealt to its worlds in
    blocks, and each of several policies plays its own block in the world that they share.

    Parameters
    ----------
    world : LearnedWorld
    batch_size : int
        Number of policies: a multiple of the number of worlds, or a divisor of it.
    """

    world: LearnedWorld
    batch_size: int

    def __post_init__(self) -> None:
        worlds = self.world.batch_size
        if whole("batch_size", self.batch_size, least=1) and (
            self.batch_size % worlds and worlds % self.batch_size
        ):
            raise ValueError(f"batch_size must divide {worlds} or be a multiple, got {self.batch_size}")

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw from the initial states that were seen, (batch_size, count, d_s)."""
        total, worlds = self.batch_size * count, self.world.batch_size
        if total % worlds:
            raise ValueError(f"count: {count} episodes cannot be dealt to {worlds // self.batch_size} worlds")
        return self._back(self.world.start(total // worlds, generator))

    def step(self, state: Tensor, action: Tensor) -> Stepped:
        """Step states (batch_size, K, d_s) under actions (batch_size, K, d_a)."""
        return Stepped(*(self._back(part) for part in self.world.step(self._to(state), self._to(action))))

    def over(self, state: Tensor) -> Tensor:
        """Whether an episode that reaches these states is thought to end there, (batch_size, K)."""
        return self._back(self.world.over(self._to(state)))

    def to(self, dtype: torch.dtype) -> Regrouped:
        """The same worlds in another precision."""
        return Regrouped(self.world.to(dtype), self.batch_size)

    def _to(self, values: Tensor) -> Tensor:
        return values.reshape(self.world.batch_size, -1, values.shape[-1])

    def _back(self, values: Tensor) -> Tensor:
        return values.reshape(self.batch_size, -1, *values.shape[2:])


def learn(
    steps: Steps,
    initial: Tensor,
    seeds: Sequence[int],
    *,
    width: int,
    epochs: int,
    learning_rate: float,
    batch_size: int = 256,
    ends: bool = True,
    keep: Callable[[Tensor], Tensor] | None = None,
) -> LearnedWorld:
    """Learn a world from real steps."""

    if len(check_seeds(seeds)) != len(steps.state):
        raise ValueError(f"seeds must be {len(steps.state)}, one for each seed of steps, got {len(seeds)}")

    def fit(inputs: Tensor, targets: Tensor) -> Layers:
        data = inputs.double().numpy(), targets.double().numpy()
        return train(
            *data,
            seeds,
            width=width,
            normalise=True,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            cooling="by epoch",
            group=len(seeds),
        )

    inputs = torch.cat([steps.state, steps.action], dim=-1)
    return LearnedWorld(
        fit(inputs, steps.following - steps.state),
        fit(inputs, steps.reward[..., None]),
        fit(*_balanced_ends(steps, seeds)) if ends else None,
        initial,
        keep,
    )


def _balanced_ends(steps: Steps, seeds: Sequence[int]) -> tuple[Tensor, Tensor]:
    """States, and whether they end. Ends are rare, some kinds of them rarer still: half of these are ends."""
    count = len(steps)
    generator = torch.Generator().manual_seed(int(seeds[0]))
    half = torch.arange(count) % 2 == 0
    weight = torch.where(steps.ended, 1.0, 0.0), torch.where(steps.ended, 0.0, 1.0)
    drawn = [torch.multinomial(w + 1e-12, count, replacement=True, generator=generator) for w in weight]
    chosen = torch.where(half, *drawn)
    row = torch.arange(len(chosen))[:, None]
    ended = steps.ended[row, chosen].to(steps.state.dtype)
    return steps.following[row, chosen], ended[..., None]
