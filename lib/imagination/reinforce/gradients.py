"""REINFORCE for torch policies: every rollout's gradient, their mean, baselines, and moments of a stream.

The estimator is `problems.Estimator`, as for tabular problems: the mean over K rollouts of
``Σ_t c_t ∇ log π(a_t|s_t) (Ĝ_t − b_t)`` with c_t = 1 [TSGLH26, Thm. 2] or c_t = γ^t (unbiased for ∇J_H).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from imagination.checks import check_index, check_shape, number, whole
from imagination.reinforce.problems import Estimator
from imagination.reinforce.sampling import Trajectories
from imagination.reinforce.torch_policies import Tensor, TorchPolicy

__all__ = [
    "StateValue",
    "coefficients",
    "fit_state_value",
    "mean_gradient",
    "optimal_baseline",
    "returns",
    "returns_to_go",
    "rollout_gradients",
    "solve_ridge",
]

LARGEST_POWER = 1e30
"""Largest γ^(−t) that rewards of the past may be divided by."""


def returns_to_go(reward: Tensor, discount: Tensor) -> Tensor:
    """``Σ_{u≥t} γ^{u−t} r_u`` at every t: (C, K, H), (C,) -> (C, K, H)."""
    _check(reward, discount)
    discount = discount.to(reward.dtype)
    result, ahead = torch.empty_like(reward), torch.zeros_like(reward[..., 0])
    for t in reversed(range(reward.shape[2])):
        ahead = torch.addcmul(reward[..., t], ahead, discount[:, None])
        result[..., t] = ahead
    return result


def returns(reward: Tensor, discount: Tensor) -> Tensor:
    """Discounted returns ``Σ_t γ^t r_t``: (C, K, H), (C,) -> (C, K)."""
    _check(reward, discount)
    return (reward * _powers(discount, reward.shape[2])).sum(-1)


def coefficients(
    estimator: Estimator, reward: Tensor, discount: Tensor, baseline: Tensor | None = None
) -> Tensor:
    """What each score is multiplied by, (C, K, H), for rewards (C, K, H) as observed.

    Parameters
    ----------
    estimator : its `baseline` is not looked at.
    reward : (C, K, H)
    discount : (C,)
    baseline : broadcasts to (C, K, H), optional
        b_t, subtracted from Ĝ_t.
    """
    _check(reward, discount)
    if baseline is not None:
        try:
            check_shape("baseline", baseline.expand_as(reward), tuple(reward.shape))
        except RuntimeError:
            shape, wanted = tuple(baseline.shape), tuple(reward.shape)
            raise ValueError(f"baseline must broadcast to the shape {wanted}, got {shape}") from None
    powers = _powers(discount, reward.shape[2])
    outer = powers if estimator.outer == "discounted" else torch.ones_like(powers)
    if estimator.reward_to_go:
        weighted = outer * returns_to_go(reward, discount)
    else:
        weighted = returns(reward, discount)[..., None].expand_as(reward)  # γ^t · γ^(−t) R
        if estimator.outer == "undiscounted":
            weighted = weighted / _past(powers)
    return weighted if baseline is None else weighted - outer * baseline


def rollout_gradients(
    policy: TorchPolicy,
    trajectories: Trajectories,
    estimator: Estimator,
    discount: Tensor,
    *,
    baseline: Tensor | None = None,
) -> Tensor:
    """The estimate of every single rollout, (C, K, P); their mean over K is ĝ. No loop over rollouts.

    Parameters
    ----------
    policy : the one that acted.
    trajectories : rewards as observed, with noise and bias.
    estimator
        "constant" is, for each rollout, the `optimal_baseline` of the others; "value" needs `baseline`, from
        `StateValue` or exact.
    discount : (C,)
    baseline : broadcasts to (C, K, H), optional
        Takes the place of the one that `estimator` names.
    """
    baseline = _baseline(policy, trajectories, estimator, discount, baseline)
    weight = coefficients(estimator, trajectories.reward, discount, baseline)
    return policy.score_sum(trajectories.state, trajectories.action, weight)


def mean_gradient(
    policy: TorchPolicy,
    trajectories: Trajectories,
    estimator: Estimator,
    discount: Tensor,
    *,
    baseline: Tensor | None = None,
) -> Tensor:
    """ĝ, (C, P): the mean of `rollout_gradients`, without an array for each of them (but for "constant")."""
    baseline = _baseline(policy, trajectories, estimator, discount, baseline)
    weight = coefficients(estimator, trajectories.reward, discount, baseline)
    total = policy.total_score(trajectories.state, trajectories.action, weight)
    return total / trajectories.reward.shape[1]


# --- baselines ------------------------------------------------------------------------------------


def optimal_baseline(
    policy: TorchPolicy, trajectories: Trajectories, estimator: Estimator, discount: Tensor
) -> Tensor:
    """For each rollout the constant of least variance as the other rollouts have it: b_t, (C, K, H).

    With X a rollout's estimate without baseline and Z what a constant multiplies, the best constant is
    ``E X·Z / E‖Z‖²``; leaving a rollout out of its own keeps the estimator unbiased. With rewards of the past
    the constant is subtracted from the whole return, so b_t = γ^(−t) b.
    """
    reward = trajectories.reward
    _check(reward, discount)
    if reward.shape[1] < 2:
        raise ValueError("trajectories must hold at least 2 rollouts for a constant baseline, got 1")
    powers = _powers(discount, reward.shape[2])
    unit = (torch.ones_like(powers) if estimator.reward_to_go else 1 / _past(powers)).expand_as(reward)
    plain = coefficients(estimator, reward, discount)
    minus = coefficients(estimator, torch.zeros_like(reward), discount, unit)
    X, Z = (policy.score_sum(trajectories.state, trajectories.action, weight) for weight in (plain, -minus))
    cross, norm = (X * Z).sum(-1), Z.square().sum(-1)
    others_cross, others_norm = cross.sum(1, keepdim=True) - cross, norm.sum(1, keepdim=True) - norm
    usable = others_norm > 0
    constant = torch.where(usable, others_cross / torch.where(usable, others_norm, 1.0), 0.0)
    return constant[..., None] * unit


@dataclass(frozen=True, eq=False)
class StateValue:
    """A value of states and time, linear in ``(1, t, t²) ⊗ (1, s, s²)``, with weights (C, features, 1).

    Whole-number states enter as unit vectors. As a baseline it must come from other rollouts than those it is
    subtracted from; `training.train` takes the batch before.
    """

    weight: Tensor
    n_states: int | None

    def __call__(self, state: Tensor) -> Tensor:
        """Values at the states of rollouts (C, K, H, ...), (C, K, H)."""
        features = _features(state, self.n_states)
        return (features.flatten(1, 2) @ self.weight)[..., 0].unflatten(1, state.shape[1:3])


def fit_state_value(
    trajectories: Trajectories, discount: Tensor, *, n_states: int | None = None, ridge: float = 1e-6
) -> StateValue:
    """Least squares of returns to go on states and time, for each world of the batch.

    Parameters
    ----------
    trajectories
    discount : (C,)
    n_states : the number of states, if they are whole numbers.
    ridge : added to the normal equations, relative to the mean square of the features.
    """
    if n_states is not None:
        check_index("trajectories.state", trajectories.state, whole("n_states", n_states, least=1))
    features = _features(trajectories.state, n_states).flatten(1, 2)
    target = returns_to_go(trajectories.reward, discount).flatten(1)[..., None]
    return StateValue(solve_ridge(features.mT @ features, features.mT @ target, ridge), n_states)


def solve_ridge(gram: Tensor, right: Tensor, ridge: float) -> Tensor:
    """Normal equations (C, p, p) w = (C, p, q), with `ridge` times their mean diagonal added to it."""
    batch, size, _ = check_shape("gram", gram, (None, None, None))
    check_shape("right", right, (batch, size, None))
    if not size or gram.dtype != right.dtype or not gram.is_floating_point():
        kinds = f"{gram.dtype} {tuple(gram.shape)} and {right.dtype}"
        raise ValueError(f"gram and right must hold floats of one precision, not empty, got {kinds}")
    check_shape("gram", gram, (batch, size, size))
    scale = number("ridge", ridge, least=0) * gram.diagonal(dim1=1, dim2=2).mean(1)[:, None, None]
    try:
        return torch.linalg.solve(gram + scale * torch.eye(gram.shape[1], dtype=gram.dtype), right)
    except torch.linalg.LinAlgError as error:
        raise ValueError(f"gram with ridge {ridge} must not be singular: {error}") from error


def _features(state: Tensor, n_states: int | None) -> Tensor:
    if state.is_floating_point():
        of_state = torch.cat([torch.ones_like(state[..., :1]), state, state * state], dim=-1)
    elif n_states is None:
        raise ValueError("n_states must be given for states that are whole numbers")
    else:
        of_state = torch.nn.functional.one_hot(state, n_states).to(torch.float64)
    steps = state.shape[2]
    time = torch.arange(steps, dtype=of_state.dtype) / steps
    of_time = torch.stack([torch.ones_like(time), time, time * time], dim=-1)
    return (of_time[..., None] * of_state[..., None, :]).flatten(-2)


def _baseline(
    policy: TorchPolicy,
    trajectories: Trajectories,
    estimator: Estimator,
    discount: Tensor,
    baseline: Tensor | None,
) -> Tensor | None:
    if baseline is not None or estimator.baseline == "none":
        return baseline
    if estimator.baseline == "value":
        raise ValueError("baseline must be given for an estimator whose baseline is 'value'")
    return optimal_baseline(policy, trajectories, estimator, discount)


def _check(reward: Tensor, discount: Tensor) -> None:
    """Raise a ValueError unless these are rewards (C, K, H) and discounts (C,) in [0, 1]."""
    check_shape("discount", discount, check_shape("reward", reward, (None, None, None))[:1])
    for name, array in (("reward", reward), ("discount", discount)):
        if not (array.numel() and array.is_floating_point()):
            raise ValueError(f"{name} must hold floats, got {tuple(array.shape)} of {array.dtype}")
    if not bool(((discount >= 0) & (discount <= 1)).all()):
        raise ValueError(f"discount must lie in [0, 1], got {discount}")


def _powers(discount: Tensor, steps: int) -> Tensor:
    """γ^t, (C, 1, steps)."""
    return discount[:, None, None] ** torch.arange(steps, dtype=discount.dtype)


def _past(powers: Tensor) -> Tensor:
    """γ^t as a divisor, unless it is too small to be one."""
    if bool((powers < 1 / LARGEST_POWER).any()):
        raise ValueError(f"discount must have γ^(1−H) below {LARGEST_POWER:g} for rewards of the past")
    return powers
