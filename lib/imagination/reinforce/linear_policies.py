"""A linear policy with normal actions of a fixed spread: what is optimal where dynamics are linear."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from imagination.checks import check_shape, number
from imagination.reinforce.torch_policies import LOG_ROOT_TWO_PI, Tensor, TorchPolicy

__all__ = ["LinearGaussianPolicy"]


@dataclass(frozen=True, eq=False)
class LinearGaussianPolicy(TorchPolicy):
    """Actions ``K s + std · ε``; the gain K, (C, d_a, d_s), is all that is learned, `std` > 0 is a number."""

    gain: Tensor
    std: float

    def __post_init__(self) -> None:
        check_shape("gain", self.gain, (None, None, None))
        number("std", self.std, above=0)

    def mean(self, state: Tensor) -> Tensor:
        """Expected actions, (C, ..., d_a)."""
        return (state.flatten(1, -2) @ self.gain.mT).unflatten(1, state.shape[1:-1])

    def sample(self, state: Tensor, generator: torch.Generator) -> Tensor:
        """Draw an action in each state, (C, K, d_s) -> (C, K, d_a)."""
        mean = self.mean(state)
        return mean + self.std * torch.randn(mean.shape, generator=generator, dtype=mean.dtype)

    def log_prob(self, state: Tensor, action: Tensor) -> Tensor:
        """Logarithm of the actions' density, (C, K, T)."""
        distance = (action - self.mean(state)) / self.std
        constant = action.shape[-1] * (torch.tensor(self.std, dtype=action.dtype).log() + LOG_ROOT_TWO_PI)
        return -0.5 * (distance * distance).sum(-1) - constant

    def score_sum(self, state: Tensor, action: Tensor, weight: Tensor) -> Tensor:
        """Every rollout's ``Σ_t weight_t ∇ log π(a_t|s_t)``: weights (C, K, T) -> (C, K, d_a d_s)."""
        pull = (action - self.mean(state)) / self.std**2 * weight[..., None]
        return (pull.mT @ state).flatten(2)

    def score_square(self, state: Tensor, action: Tensor) -> Tensor:
        """``‖∇ log π(a|s)‖²``, (C, K, T)."""
        pull = (action - self.mean(state)) / self.std**2
        return (pull * pull).sum(-1) * (state * state).sum(-1)
