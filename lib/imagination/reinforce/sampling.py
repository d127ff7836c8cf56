"""Worlds in which torch policies act, real or learned, and the rollouts sampled there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np
import torch

from imagination.checks import check_shape, counts, finite
from imagination.reinforce.torch_policies import Tensor, TorchPolicy, draw
from imagination.worlds.continuous import ContinuousMDP
from imagination.worlds.tabular import TabularMDP

Bias = Callable[[Tensor, Tensor], Tensor]
"""States (C, K, H, ...) and actions (C, K, H, ...) -> what the reward is wrong by, (C, K, H)."""


class World(Protocol):
    """C worlds that K rollouts step through side by side."""

    @property
    def discount(self) -> Tensor:
        """Discounts, (C,)."""
        ...

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count, ...)."""
        ...

    def step(self, state: Tensor, action: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Next states (C, K, ...) and rewards (C, K)."""
        ...


@dataclass(frozen=True, eq=False)
class ContinuousWorld:
    """A `ContinuousMDP`, real or imagined (``mdp.swap(dynamics=..., reward=...)``), for torch policies.

    Parameters
    ----------
    mdp : with numpy or torch parameters; they are read as torch tensors.
    process_noise : standard deviation of normal noise inside the dynamics, a number or (C,).
    dtype : that of the policy.
    """

    mdp: ContinuousMDP
    process_noise: float | Tensor = 0.0
    dtype: torch.dtype = torch.float64

    def __post_init__(self) -> None:
        torched = self.mdp.map_arrays(lambda array: torch.as_tensor(array).to(self.dtype))
        object.__setattr__(self, "mdp", torched)
        object.__setattr__(self, "process_noise", _spread("process_noise", self.process_noise, self.discount))

    @property
    def discount(self) -> Tensor:
        """Discounts, (C,)."""
        return cast("Tensor", self.mdp.discount)

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count, d_s)."""
        seed = int(torch.randint(2**62, (), generator=generator))
        return torch.as_tensor(self.mdp.initial.sample(np.random.default_rng(seed), count)).to(self.dtype)

    def step(self, state: Tensor, action: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Next states (C, K, d_s) and rewards (C, K)."""
        noise = None
        if bool((self.process_noise > 0).any()):  # type: ignore[union-attr]
            noise = torch.randn(state.shape, generator=generator, dtype=self.dtype)
            noise *= self.process_noise[:, None, None]  # type: ignore[index]
        world: Any = self.mdp
        return world.step(state, action, noise)


@dataclass(frozen=True, eq=False)
class TabularWorld:
    """A `TabularMDP`, real or learned, for torch policies.

    Parameters
    ----------
    mdp : ``mdp[np.zeros(C, dtype=int)]`` makes C copies of its first problem, one a seed.
    one_hot : states are unit vectors (C, K, S), for networks, instead of whole numbers, for `TabularPolicy`.
    """

    mdp: TabularMDP
    one_hot: bool = False

    @cached_property
    def _tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """Cumulative probabilities of initial and of next states, and rewards."""
        initial, transition = (p.cumsum(-1) for p in (self.mdp.initial, self.mdp.transition))
        return torch.as_tensor(initial), torch.as_tensor(transition), torch.tensor(self.mdp.reward)

    @property
    def discount(self) -> Tensor:
        """Discounts, (C,)."""
        return torch.tensor(self.mdp.discount)

    def start(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw initial states, (C, count), or (C, count, S) if `one_hot`."""
        return self._shown(draw(self._tables[0][:, None].expand(-1, count, -1), generator))

    def step(self, state: Tensor, action: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Next states and rewards (C, K)."""
        _, transition, reward = self._tables
        row = torch.arange(len(self.mdp))[:, None]
        here = (row, state.argmax(-1) if self.one_hot else state, action)
        return self._shown(draw(transition[here], generator)), reward[here]

    def _shown(self, state: Tensor) -> Tensor:
        if not self.one_hot:
            return state
        return torch.nn.functional.one_hot(state, self.mdp.n_states).to(torch.float64)


@dataclass(frozen=True, eq=False)
class Trajectories:
    """K rollouts of H steps in each of C worlds.

    Attributes
    ----------
    state : (C, K, H, d_s), or whole numbers (C, K, H)
        The states acted in; the state after the last action is left out.
    action : (C, K, H, d_a), or whole numbers (C, K, H)
    reward : (C, K, H)
    """

    state: Tensor
    action: Tensor
    reward: Tensor

    def __post_init__(self) -> None:
        rows = check_shape("reward", self.reward, (None, None, None))
        for name, array in (("state", self.state), ("action", self.action)):
            check_shape(name, array, (*rows, *(None,) * (getattr(array, "ndim", 0) == 4)))

    def with_reward(self, reward: Tensor) -> Trajectories:
        """The same rollouts, labelled otherwise."""
        return Trajectories(self.state, self.action, reward)


@torch.no_grad()
def sample(
    world: World, policy: TorchPolicy, rollouts: int, horizon: int, generator: torch.Generator
) -> Trajectories:
    """Sample `rollouts` rollouts of `horizon` steps in every world.

    Raises
    ------
    ValueError
        If a count is not a whole number of at least 1, or policy and world differ in batch.
    """
    counts(rollouts=rollouts, horizon=horizon)
    if policy.batch_size != len(world.discount):
        raise ValueError(
            f"policy must have one parameter vector for each of {len(world.discount)} worlds, "
            f"got {policy.batch_size}"
        )
    state = world.start(rollouts, generator)
    states, actions, rewards = [], [], []
    for _ in range(horizon):
        action = policy.sample(state, generator)
        states.append(state)
        actions.append(action)
        state, reward = world.step(state, action, generator)
        rewards.append(reward)
    return Trajectories(torch.stack(states, 2), torch.stack(actions, 2), torch.stack(rewards, 2))


@dataclass(frozen=True, eq=False)
class Labels:
    """Rewards as a labeller gives them: true reward plus bias(s, a) plus independent normal noise.

    Parameters
    ----------
    sigma : standard deviation of the noise, a number or (C,).
    bias : see `Bias`; none unless told.
    """

    sigma: float | Tensor = 0.0
    bias: Bias | None = None

    def __post_init__(self) -> None:
        finite("sigma", self.sigma, least=0)

    def __call__(self, trajectories: Trajectories, generator: torch.Generator) -> Tensor:
        """Labelled rewards of the trajectories, (C, K, H)."""
        reward = trajectories.reward
        sigma = _spread("sigma", self.sigma, reward[:, 0, 0])
        if bool((sigma > 0).any()):
            noise = torch.randn(reward.shape, generator=generator, dtype=reward.dtype)
            reward = torch.addcmul(reward, noise, sigma[:, None, None])
        return reward if self.bias is None else reward + self.bias(trajectories.state, trajectories.action)


def _spread(name: str, value: float | Tensor, like: Tensor) -> Tensor:
    """A standard deviation for each world, (C,)."""
    spread = torch.as_tensor(finite(name, value, least=0)).to(like.dtype)
    if spread.ndim > 1 or (spread.ndim == 1 and len(spread) != len(like)):
        raise ValueError(
            f"{name} must be a number or an array of shape ({len(like)},), got {tuple(spread.shape)}"
        )
    return spread.expand(len(like))
