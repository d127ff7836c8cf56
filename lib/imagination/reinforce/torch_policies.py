"""Stochastic policies in torch whose score is written out, so that every rollout's gradient is one product.

A policy holds a batch of C parameter vectors; its arrays have a leading axis C. States are (C, K, T, d_s), or
whole numbers (C, K, T) for `TabularPolicy`, with K rollouts of T steps. The score ``∇ log π(a|s)`` of a
two-layer network is an outer product in each layer, so a rollout's ``Σ_t weight_t · score_t`` is a matrix
product over time, and no loop over rollouts is needed.

Parameters are ordered as the arrays are, each flattened: `flat` and `with_flat` go to (C, P) and back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import torch

from imagination.checks import check_shape, counts, number
from imagination.worlds.continuous import Parametric

Tensor = torch.Tensor

LOG_ROOT_TWO_PI = 0.5 * math.log(2 * math.pi)


class TorchPolicy(Parametric):
    """What all policies share: their parameters as one vector, and the two ways of summing scores."""

    @property
    def batch_size(self) -> int:
        """The number C of parameter vectors."""
        return len(next(iter(self.arrays().values())))

    @property
    def n_parameters(self) -> int:
        """The number P of parameters of each."""
        return sum(array[0].numel() for array in self.arrays().values())

    def flat(self) -> Tensor:
        """All parameters, (C, P)."""
        return torch.cat([array.flatten(1) for array in self.arrays().values()], dim=1)

    def with_flat(self, vector: Tensor) -> Self:
        """The same kind of policy with parameters `vector`, (C, P); gradients flow through."""
        check_shape("vector", vector, (None, self.n_parameters))
        sizes = [array[0].numel() for array in self.arrays().values()]
        parts = zip(self.arrays().items(), vector.split(sizes, dim=1), strict=True)
        return self._replaced({name: part.reshape(-1, *array.shape[1:]) for (name, array), part in parts})

    def sample(self, state: Tensor, generator: torch.Generator) -> Tensor:
        """Draw an action in each state: (C, K, d_s) -> (C, K, d_a), or whole numbers (C, K)."""
        raise NotImplementedError

    def log_prob(self, state: Tensor, action: Tensor) -> Tensor:
        """log π(a|s) (for continuous actions, of the density), (C, K, T)."""
        raise NotImplementedError

    def score_sum(self, state: Tensor, action: Tensor, weight: Tensor) -> Tensor:
        """Every rollout's ``Σ_t weight_t ∇ log π(a_t|s_t)``: weights (C, K, T) -> (C, K, P)."""
        raise NotImplementedError

    def total_score(self, state: Tensor, action: Tensor, weight: Tensor) -> Tensor:
        """`score_sum` summed over the rollouts as well, (C, P), without the (C, K, P) in between."""
        merged = (array.flatten(1, 2)[:, None] for array in (state, action, weight))
        return self.score_sum(*merged)[:, 0]

    def score_square(self, state: Tensor, action: Tensor) -> Tensor:
        """``‖∇ log π(a|s)‖²``, (C, K, T)."""
        raise NotImplementedError


# --- two-layer networks ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class NetworkTorchPolicy(TorchPolicy):
    """``z = O tanh(W s + b) + c``: what `GaussianPolicy` and `CategoricalPolicy` make actions of.

    Parameters
    ----------
    hidden : (C, m, d_s)
    bias : (C, m)
    output : (C, d, m)
    offset : (C, d)
    """

    hidden: Tensor
    bias: Tensor
    output: Tensor
    offset: Tensor

    def __post_init__(self) -> None:
        batch, width = check_shape("bias", self.bias, (None, None))
        check_shape("hidden", self.hidden, (batch, width, None))
        check_shape("output", self.output, (batch, None, width))
        check_shape("offset", self.offset, (batch, self.output.shape[1]))

    def network(self, state: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden activations (C, ..., m) and outputs (C, ..., d) at states (C, ..., d_s)."""
        rows = state.flatten(1, -2)
        hidden = torch.tanh(torch.baddbmm(self.bias[:, None], rows, self.hidden.mT))
        output = torch.baddbmm(self.offset[:, None], hidden, self.output.mT)
        return hidden.unflatten(1, state.shape[1:-1]), output.unflatten(1, state.shape[1:-1])

    def score_sum(self, state: Tensor, action: Tensor, weight: Tensor) -> Tensor:
        """Every rollout's ``Σ_t weight_t ∇ log π(a_t|s_t)``: weights (C, K, T) -> (C, K, P)."""
        hidden, output = self.network(state)
        pull = self._pull(output, action) * weight[..., None]
        back = (pull.flatten(1, 2) @ self.output).unflatten(1, weight.shape[1:]) * (1 - hidden * hidden)
        parts = [
            (back.mT @ state).flatten(2),
            back.sum(2),
            (pull.mT @ hidden).flatten(2),
            pull.sum(2),
            *self._own_score(output, action, weight),
        ]
        return torch.cat(parts, dim=2)

    def score_square(self, state: Tensor, action: Tensor) -> Tensor:
        """``‖∇ log π(a|s)‖²``, (C, K, T): the norm of an outer product is the product of the norms."""
        hidden, output = self.network(state)
        pull = self._pull(output, action)
        back = (pull.flatten(1, 2) @ self.output).unflatten(1, state.shape[1:-1]) * (1 - hidden * hidden)
        in_output = _square(pull) * (1 + _square(hidden))
        return in_output + _square(back) * (1 + _square(state)) + self._own_square(output, action)

    def _pull(self, output: Tensor, action: Tensor) -> Tensor:
        """∂ log π / ∂z, (C, K, T, d)."""
        raise NotImplementedError

    def _own_score(self, output: Tensor, action: Tensor, weight: Tensor) -> list[Tensor]:
        """The part of the score that belongs to parameters beside the network's."""
        return []

    def _own_square(self, output: Tensor, action: Tensor) -> Tensor | float:
        return 0.0


@dataclass(frozen=True, eq=False)
class GaussianPolicy(NetworkTorchPolicy):
    """Normal actions around a network's output, with standard deviations exp(log_std), (C, d_a)."""

    log_std: Tensor

    def __post_init__(self) -> None:
        super().__post_init__()
        check_shape("log_std", self.log_std, tuple(self.offset.shape))

    def mean(self, state: Tensor) -> Tensor:
        """Expected actions, (C, ..., d_a)."""
        return self.network(state)[1]

    def sample(self, state: Tensor, generator: torch.Generator) -> Tensor:
        """Draw an action in each state, (C, K, d_s) -> (C, K, d_a)."""
        mean = self.mean(state)
        noise = torch.randn(mean.shape, generator=generator, dtype=mean.dtype)
        return torch.addcmul(mean, noise, self.log_std.exp()[:, None])

    def log_prob(self, state: Tensor, action: Tensor) -> Tensor:
        """Logarithm of the actions' density, (C, K, T)."""
        distance = self._standard(self.mean(state), action)
        constant = self.log_std.sum(1) + self.log_std.shape[1] * LOG_ROOT_TWO_PI
        return -0.5 * _square(distance) - constant[:, None, None]

    def _standard(self, mean: Tensor, action: Tensor) -> Tensor:
        return (action - mean) / self.log_std.exp()[:, None, None]

    def _pull(self, output: Tensor, action: Tensor) -> Tensor:
        return self._standard(output, action) / self.log_std.exp()[:, None, None]

    def _own_score(self, output: Tensor, action: Tensor, weight: Tensor) -> list[Tensor]:
        return [((self._standard(output, action).square() - 1) * weight[..., None]).sum(2)]

    def _own_square(self, output: Tensor, action: Tensor) -> Tensor:
        return _square(self._standard(output, action).square() - 1)


@dataclass(frozen=True, eq=False)
class CategoricalPolicy(NetworkTorchPolicy):
    """Actions 0, ..., A − 1 with the softmax of a network's output as probabilities."""

    def probabilities(self, state: Tensor) -> Tensor:
        """(C, ..., A)."""
        return torch.softmax(self.network(state)[1], dim=-1)

    def sample(self, state: Tensor, generator: torch.Generator) -> Tensor:
        """Draw an action in each state, (C, K, d_s) -> whole numbers (C, K)."""
        return draw(self.probabilities(state).cumsum(-1), generator)

    def log_prob(self, state: Tensor, action: Tensor) -> Tensor:
        """Logarithm of the actions' probability, (C, K, T)."""
        return _chosen(torch.log_softmax(self.network(state)[1], dim=-1), action)

    def _pull(self, output: Tensor, action: Tensor) -> Tensor:
        return _one_minus_probability(output, action)


# --- a table of logits ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TabularPolicy(TorchPolicy):
    """Softmax of a table of logits, (C, S, A); states are whole numbers."""

    logits: Tensor

    def __post_init__(self) -> None:
        check_shape("logits", self.logits, (None, None, None))

    def probabilities(self) -> Tensor:
        """(C, S, A), as `TabularMDP` takes policies (call ``.numpy()``)."""
        return torch.softmax(self.logits, dim=-1)

    def sample(self, state: Tensor, generator: torch.Generator) -> Tensor:
        """Draw an action in each state, whole numbers (C, K) -> (C, K)."""
        return draw(self._rows(self.probabilities().cumsum(-1), state), generator)

    def log_prob(self, state: Tensor, action: Tensor) -> Tensor:
        """Logarithm of the actions' probability, (C, K, T)."""
        return _chosen(self._rows(torch.log_softmax(self.logits, dim=-1), state), action)

    def score_sum(self, state: Tensor, action: Tensor, weight: Tensor) -> Tensor:
        """Every rollout's ``Σ_t weight_t ∇ log π(a_t|s_t)``: weights (C, K, T) -> (C, K, S A)."""
        _, n_states, n_actions = self.logits.shape
        batch, count, steps = state.shape
        score = _one_minus_probability(self._rows(self.logits, state), action) * weight[..., None]
        total = score.new_zeros(batch, count, n_states, n_actions)
        index = state[..., None].expand(batch, count, steps, n_actions)
        return total.scatter_add_(2, index, score).flatten(2)

    def score_square(self, state: Tensor, action: Tensor) -> Tensor:
        """``‖∇ log π(a|s)‖²``, (C, K, T)."""
        return _square(_one_minus_probability(self._rows(self.logits, state), action))

    @staticmethod
    def _rows(table: Tensor, state: Tensor) -> Tensor:
        """Rows (C, ..., A) of a table (C, S, A) at whole numbers (C, ...)."""
        flat = state.flatten(1)
        rows = table.gather(1, flat[..., None].expand(*flat.shape, table.shape[2]))
        return rows.unflatten(1, state.shape[1:])


# --- random policies ------------------------------------------------------------------------------


def random_gaussian_policy(
    generator: torch.Generator,
    batch: int,
    d_state: int,
    d_action: int,
    *,
    width: int = 64,
    std: float = 0.5,
    dtype: torch.dtype = torch.float64,
) -> GaussianPolicy:
    """Gaussian policies with normal random weights, each layer scaled by the root of its fan-in.

    Raises
    ------
    ValueError
        If a size is below 1 or `std` is not positive.
    """
    counts(batch=batch, d_state=d_state, d_action=d_action, width=width)
    number("std", std, above=0)
    layers = _random_layers(generator, batch, d_state, d_action, width, dtype)
    return GaussianPolicy(*layers, torch.full((batch, d_action), math.log(std), dtype=dtype))


def random_categorical_policy(
    generator: torch.Generator,
    batch: int,
    d_state: int,
    n_actions: int,
    *,
    width: int = 64,
    dtype: torch.dtype = torch.float64,
) -> CategoricalPolicy:
    """Categorical policies with normal random weights, each layer scaled by the root of its fan-in."""
    counts(batch=batch, d_state=d_state, n_actions=n_actions, width=width)
    return CategoricalPolicy(*_random_layers(generator, batch, d_state, n_actions, width, dtype))


def _random_layers(
    generator: torch.Generator, batch: int, d_in: int, d_out: int, width: int, dtype: torch.dtype
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=dtype)

    hidden, bias = normal(batch, width, d_in) / d_in**0.5, normal(batch, width)
    return hidden, bias, normal(batch, d_out, width) / width**0.5, torch.zeros(batch, d_out, dtype=dtype)


# --- helpers --------------------------------------------------------------------------------------


def draw(cumulative: Tensor, generator: torch.Generator) -> Tensor:
    """One index from each distribution, given cumulative probabilities (..., n), by inversion."""
    total = cumulative[..., -1:]
    level = torch.rand(total.shape, generator=generator, dtype=cumulative.dtype) * total
    return (cumulative <= level).sum(-1).clamp_(max=cumulative.shape[-1] - 1)


def _square(vectors: Tensor) -> Tensor:
    return (vectors * vectors).sum(-1)


def _chosen(table: Tensor, action: Tensor) -> Tensor:
    return table.gather(-1, action[..., None])[..., 0]


def _one_minus_probability(logits: Tensor, action: Tensor) -> Tensor:
    """∂ log softmax(z)_a / ∂z: one at the action taken, minus the probabilities."""
    negative = -torch.softmax(logits, dim=-1)
    return negative.scatter_add_(-1, action[..., None], torch.ones_like(negative[..., :1]))
