"""What a policy gradient is taken of: softmax policies, tabular problems, and the kinds of estimator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, finite, numeric, whole
from imagination.worlds.tabular import TabularMDP, TabularRollouts

__all__ = ["DISCOUNTED", "THEOREM_2", "Estimator", "Problem", "SoftmaxPolicy", "softmax", "tabular_policy"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SoftmaxPolicy:
    """A batch of softmax policies, π(a|s) ∝ exp(φ(s, a) · θ).

    Parameters
    ----------
    parameters : (B, d) array
        θ, what the gradient is taken with respect to.
    features : (B, S, A, d) or (S, A, d) array
        φ. `tabular_policy` makes the policies with a parameter of its own for every state and action.
    """

    parameters: Array
    features: Array

    def __post_init__(self) -> None:
        parameters, features = finite("parameters", self.parameters), finite("features", self.features)
        if parameters.ndim != 2 or features.ndim not in (3, 4) or features.shape[-1] != parameters.shape[1]:
            raise ValueError(
                f"parameters must be (B, d) and features (S, A, d) or (B, S, A, d), "
                f"got {parameters.shape} and {features.shape}"
            )
        features = broadcast("features", features, (len(parameters), *features.shape[-3:]))
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "features", features)

    def __len__(self) -> int:
        return len(self.parameters)

    @cached_property
    def probabilities(self) -> Array:
        """π(a|s), (B, S, A)."""
        preference = (self.features @ self.parameters[:, None, :, None])[..., 0]
        return softmax(preference)

    @cached_property
    def scores(self) -> Array:
        """w(s, a) = ∇ log π(a|s) = φ(s, a) − Σ_a' π(a'|s) φ(s, a'), (B, S, A, d)."""
        mean = (self.probabilities[:, :, None] @ self.features)[:, :, 0]
        return self.features - mean[:, :, None]

    def moved(self, step: ArrayLike) -> SoftmaxPolicy:
        """The policies with parameters θ + `step`, (B, d)."""
        return SoftmaxPolicy(self.parameters + np.asarray(step), self.features)


@numeric
def softmax(logits: Array) -> Array:
    """Action probabilities (..., A) of `logits` (..., A)."""
    logits = finite("logits", logits)
    if not logits.ndim or not logits.shape[-1]:
        raise ValueError(f"logits must have shape (..., A), one for each action, got {logits.shape}")
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def tabular_policy(logits: ArrayLike) -> SoftmaxPolicy:
    """Softmax policies with one parameter for each state and action: `logits` (B, S, A), d = S · A."""
    logits = finite("logits", logits)
    if logits.ndim != 3 or not logits.shape[2]:
        raise ValueError(f"logits must have shape (B, S, A), got {logits.shape}")
    B, S, A = logits.shape
    return SoftmaxPolicy(logits.reshape(B, S * A), np.eye(S * A).reshape(S, A, S * A))


@dataclass(frozen=True, eq=False)
class Problem:
    """A batch of policy-gradient problems: tabular MDPs, policies, a horizon.

    Parameters
    ----------
    mdp : TabularMDP
        B of them; the real worlds, or imagined ones.
    policy : SoftmaxPolicy
        One for each.
    horizon : int
        H, the number of rewards in a rollout, at least 1.
    discount : (B,) array, optional
        γ in [0, 1]; that of the MDPs unless told. Unlike an infinite sum, a finite one allows γ = 1.
    """

    mdp: TabularMDP
    policy: SoftmaxPolicy
    horizon: int
    discount: Array = None  # type: ignore[assignment]  # becomes the MDPs' own

    def __post_init__(self) -> None:
        whole("horizon", self.horizon, least=1)
        expected = (len(self.mdp), self.mdp.n_states, self.mdp.n_actions)
        if self.policy.features.shape[:3] != expected:
            raise ValueError(
                f"policy must be for (B, S, A) = {expected}, got {self.policy.features.shape[:3]}"
            )
        discount = finite("discount", self.mdp.discount if self.discount is None else self.discount, least=0)
        if np.any(discount > 1):
            raise ValueError(f"discount must lie in [0, 1], got {discount}")
        object.__setattr__(self, "discount", broadcast("discount", discount, (len(self.mdp),)))

    def __len__(self) -> int:
        return len(self.mdp)

    def __getitem__(self, index: int | slice | NDArray) -> Problem:
        """The problems at `index` (a batch of one for an integer)."""
        take = slice(index, index + 1 or None) if isinstance(index, int) else index
        policy = SoftmaxPolicy(self.policy.parameters[take], self.policy.features[take])
        return Problem(self.mdp[take], policy, self.horizon, self.discount[take])

    def with_reward(self, reward: ArrayLike) -> Problem:
        """The same problems with another reward table, (B, S, A) or a shape that broadcasts to it."""
        reward = broadcast("reward", finite("reward", reward), self.mdp.reward.shape)
        return replace(self, mdp=self.mdp.with_model(reward=reward))

    def with_policy(self, policy: SoftmaxPolicy) -> Problem:
        """The same problems for other policies."""
        return replace(self, policy=policy)

    def imagined(self, model: TabularMDP) -> Problem:
        """The same policies, horizon and discount in learned worlds."""
        return replace(self, mdp=model)

    def rollouts(self, count: int, generator: np.random.Generator) -> TabularRollouts:
        """Sample `count` rollouts of each problem; states (B, K, H+1), actions and rewards (B, K, H)."""
        return self.mdp.sample(self.policy.probabilities, count, self.horizon, generator)


@dataclass(frozen=True)
class Estimator:
    """Which REINFORCE estimator: the average over K rollouts of Σ_t c_t w_t (Ĝ_t − b_t(s_t)).

    Parameters
    ----------
    outer : {"undiscounted", "discounted"}
        c_t = 1, as in [TSGLH26, Theorem 2], or c_t = γ^t. For γ < 1 only the second is an unbiased estimator
        of the gradient of the discounted return.
    baseline : {"none", "constant", "value"}
        b_t = 0; the number with the least total variance; or the value of s_t with H − t rewards to come.
    reward_to_go : bool
        Whether Ĝ_t is Σ_{u≥t} γ^(u−t) r̂_u, or has the past rewards too, Σ_u γ^(u−t) r̂_u. With c_t = γ^t the
        latter makes the textbook's Σ_t w_t R of the whole return R = Σ_u γ^u r̂_u; its constant baseline is
        subtracted from R.
    """

    outer: Literal["undiscounted", "discounted"] = "undiscounted"
    baseline: Literal["none", "constant", "value"] = "none"
    reward_to_go: bool = True

    def __post_init__(self) -> None:
        rules = {"outer": ("undiscounted", "discounted"), "baseline": ("none", "constant", "value")}
        for name, allowed in rules.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {allowed}, got {getattr(self, name)!r}")

    def outer_weights(self, problem: Problem) -> Array:
        """c_t, (B, H)."""
        times = np.arange(problem.horizon)
        return problem.discount[:, None] ** (times if self.outer == "discounted" else 0 * times)

    def reward_weights(self, problem: Problem) -> Array:
        """m_tu, how much of the reward at time u multiplies the score at time t, (B, H, H)."""
        c, gamma, times = (
            self.outer_weights(problem),
            problem.discount[:, None, None],
            np.arange(problem.horizon),
        )
        later = times - times[:, None]
        if self.reward_to_go:
            return np.where(later >= 0, c[:, :, None] * gamma ** np.maximum(later, 0), 0.0)
        if self.outer == "discounted":  # γ^t γ^(u−t), without the division
            return np.broadcast_to(gamma**times, (len(problem), problem.horizon, problem.horizon)).copy()
        self.check_past(problem)
        return c[:, :, None] * gamma**later

    def check_past(self, problem: Problem) -> None:
        """Raise a ValueError where rewards of the past need powers γ^(−t) too large to be computed with."""
        needed = not self.reward_to_go and (self.outer == "undiscounted" or self.baseline != "none")
        with np.errstate(divide="ignore", over="ignore"):
            largest = (1 / problem.discount) ** problem.horizon
        if needed and not np.all(largest <= 1e60):
            raise ValueError(
                f"discount must satisfy γ^(−H) ≤ 1e60 for {self} and H = {problem.horizon}, "
                f"got {problem.discount.min()}"
            )


THEOREM_2 = Estimator("undiscounted")
"""The estimator of [TSGLH26, Theorem 2]: Σ_t w_t Ĝ_t."""

DISCOUNTED = Estimator("discounted")
"""The estimator of the discounted return's gradient: Σ_t γ^t w_t Ĝ_t."""
