"""REINFORCE on episodes that may end: rollouts with ends, a fitted baseline, normalised advantages.

The gradient is that of `gradients.mean_gradient`: ``Σ_t ∇ log π(a_t|s_t) (Ĝ_t − b_t)``, averaged. What is
added changes its variance and its length only: the baseline is fitted on the rollouts of the step before, and
the advantages of each seed are divided by their standard deviation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch

from imagination.checks import asked, check_shape, counts, number
from imagination.reinforce.gradients import returns_to_go, solve_ridge
from imagination.reinforce.torch_policies import CategoricalPolicy, GaussianPolicy, Tensor, TorchPolicy
from imagination.reinforce.training import Adam
from imagination.worlds.episodic import EpisodicWorld

__all__ = ["Baseline", "Episodes", "act", "advantages", "ascend", "greedy", "play", "steps_used"]


@dataclass(frozen=True, eq=False)
class Episodes:
    """K episodes of up to H steps in each of C worlds.

    Attributes
    ----------
    state : (C, K, H, d_s)
    choice : what the policy drew: (C, K, H) whole numbers, or (C, K, H, d_a) numbers.
    control : (C, K, H, d_a)
        What the world was given.
    reward : (C, K, H)
        Zero once an episode is over.
    alive : (C, K, H) of bool
        Whether the episode was still going when the action was taken.
    following : (C, K, H, d_s)
    ended : (C, K, H) of bool
        Whether the world ended the episode with this very step.
    """

    state: Tensor
    choice: Tensor
    control: Tensor
    reward: Tensor
    alive: Tensor
    following: Tensor
    ended: Tensor

    def returns(self, discount: float = 1.0) -> Tensor:
        """Returns of the episodes, (C, K)."""
        powers = discount ** torch.arange(self.reward.shape[2], dtype=self.reward.dtype)
        return (self.reward * powers).sum(-1)


P = TypeVar("P", bound=TorchPolicy)

Act = Callable[[Tensor], tuple[Tensor, Tensor]]
"""States (C, K, d_s) -> what was chosen, and the action that the world is given for it, (C, K, d_a)."""


def act(policy: TorchPolicy, generator: torch.Generator) -> Act:
    """A policy that draws its actions. Choice number i of two is the push 2i − 1."""

    def chosen(state: Tensor) -> tuple[Tensor, Tensor]:
        choice = policy.sample(state, generator)
        return choice, _control(policy, choice, state.dtype)

    return chosen


def greedy(policy: TorchPolicy) -> Act:
    """The deterministic policy that takes the likeliest action."""

    def chosen(state: Tensor) -> tuple[Tensor, Tensor]:
        output = policy.network(state)[1]  # type: ignore[attr-defined]
        choice = output.argmax(-1) if isinstance(policy, CategoricalPolicy) else output.clamp(-1, 1)
        return choice, _control(policy, choice, state.dtype)

    return chosen


def _control(policy: TorchPolicy, choice: Tensor, dtype: torch.dtype) -> Tensor:
    if isinstance(policy, CategoricalPolicy):
        return (2 * choice - 1).to(dtype)[..., None]
    return choice.clamp(-1, 1)


@torch.no_grad()
def play(world: EpisodicWorld, choose: Act, start: Tensor, horizon: int) -> Episodes:
    """Play episodes from `start`, (C, K, d_s), for `horizon` steps, or fewer if all are over."""
    counts(horizon=horizon)
    check_shape("start", start, (world.batch_size, None, None))
    if not start.is_floating_point():
        raise ValueError(f"start must hold floats, got {start.dtype}")
    state, alive = start, torch.ones(start.shape[:-1], dtype=torch.bool)
    rows: list[tuple[Tensor, ...]] = []
    for _ in range(horizon):
        choice, control = asked("choose", choose, start=state)
        following, reward, ended = world.step(state, control)
        rows.append((state, choice, control, reward * alive, alive, following, ended & alive))
        alive = alive & ~ended
        state = torch.where(alive[..., None], following, state)  # what is over stays where it was
        if not bool(alive.any()):
            break
    return Episodes(*(torch.stack(column, 2) for column in zip(*rows, strict=True)))


def steps_used(episodes: Episodes) -> Tensor:
    """Number of steps that the world was asked for, (C,)."""
    return episodes.alive.sum((1, 2))


class Baseline:
    """State values by ridge regression on random tanh features of state and time, for each of C worlds.

    Time is measured in lengths of the batch's longest episode.

    Parameters
    ----------
    generator : draws the features.
    batch, d_state : C and the dimension of the states.
    width, spread : number of tanh features and the standard deviation of their weights.
    ridge : relative to the mean square of the features.
    """

    def __init__(
        self,
        generator: torch.Generator,
        batch: int,
        d_state: int,
        width: int = 16,
        spread: float = 1.0,
        ridge: float = 1e-3,
    ) -> None:
        counts(batch=batch, d_state=d_state, width=width)
        ridge, spread = number("ridge", ridge, least=0), number("spread", spread, above=0)
        self.hidden = spread * torch.randn((batch, d_state + 1, width), generator=generator)
        self.ridge = ridge
        self.weight: Tensor | None = None
        self.scale: Tensor | None = None

    def _features(self, state: Tensor) -> Tensor:
        if self.scale is None:
            self.scale = state.flatten(1, 2).std(1).clamp(min=1e-3)[:, None]
        rows = state.flatten(1, 2) / self.scale
        time = torch.linspace(-1, 1, state.shape[2]).expand(state.shape[:3]).reshape(len(rows), -1, 1)
        inputs = torch.cat([rows, torch.ones_like(time)], dim=-1)
        hidden = torch.tanh(inputs @ self.hidden)
        return torch.cat([torch.ones_like(time), time, time * time, hidden, hidden * time], dim=-1)

    def __call__(self, state: Tensor) -> Tensor | float:
        """Values of (C, K, H, d_s) states, (C, K, H); 0 before the first fit."""
        if self.weight is None:
            return 0.0
        return (self._features(state) @ self.weight)[..., 0].unflatten(1, state.shape[1:3])

    def fit(self, state: Tensor, target: Tensor, alive: Tensor) -> None:
        """Fit to returns to go (C, K, H) where `alive`."""
        features = self._features(state)
        kept = features * alive.flatten(1)[..., None]
        gram, right = kept.mT @ features, kept.mT @ target.flatten(1)[..., None]
        self.weight = solve_ridge(gram.double(), right.double(), self.ridge).to(state.dtype)


def advantages(
    policy: TorchPolicy, episodes: Episodes, discount: float, baseline: Baseline, *, entropy: float = 0.0
) -> tuple[Tensor, Tensor]:
    """What the scores of rollouts of this very policy are weighted by, and returns to go, (C, K, H) each."""
    discount, entropy = number("discount", discount, least=0), number("entropy", entropy, least=0)
    if discount > 1:
        raise ValueError(f"discount must lie in [0, 1], got {discount}")
    gamma = torch.full((len(episodes.reward),), discount, dtype=episodes.reward.dtype)
    alive, reward = episodes.alive, episodes.reward
    if entropy:
        reward = reward - entropy * policy.log_prob(episodes.state, episodes.choice) * alive
        check_shape("reward and entropy", reward, tuple(alive.shape))
    ahead = returns_to_go(reward, gamma)
    advantage = (ahead - baseline(episodes.state)) * alive
    count = alive.sum((1, 2)).clamp(min=1)
    spread = (advantage.square().sum((1, 2)) / count).sqrt().clamp(min=1e-6)
    return advantage / spread[:, None, None], ahead


def ascend(
    policy: P,
    episodes: Episodes,
    discount: float,
    optimiser: Adam,
    baseline: Baseline,
    *,
    least_std: float | None = None,
    entropy: float = 0.0,
) -> P:
    """One step of REINFORCE on rollouts of this very policy; the baseline learns from them afterwards.

    With an `entropy` bonus each step earns ``-entropy * log π(a|s)`` besides: surprise is rewarded.
    """
    weight, ahead = advantages(policy, episodes, discount, baseline, entropy=entropy)
    count = episodes.alive.sum((1, 2)).clamp(min=1)
    gradient = policy.total_score(episodes.state, episodes.choice, weight) / count[:, None]
    baseline.fit(episodes.state, ahead, episodes.alive)
    policy = policy.with_flat(optimiser.step(policy.flat(), gradient))
    if least_std is not None and isinstance(policy, GaussianPolicy):
        least = math.log(number("least_std", least_std, above=0))
        policy = policy.with_arrays({"log_std": policy.log_std.clamp(min=least)})
    return policy
