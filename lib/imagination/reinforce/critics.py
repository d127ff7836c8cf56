r"""REINFORCE with a critic, on tabular problems: exact moments, and estimates from rollouts.

The estimate of a rollout is :math:`\sum_t c_t w_t \hat A_t` with the advantage :math:`\hat A_t = \sum_{l <
H - t} (\gamma\lambda)^l \delta_{t+l}` of temporal differences :math:`\delta_u = \hat r_u + \gamma
V_{u+1}(s_{u+1}) - V_u(s_u)` [Schulman et al. 2016]. A critic is a table (B, H + 1, S): what it says of the
states at times 0 to H; what it says at time H, where the rollout ends, is the value at the end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, check_shape, finite, numeric
from imagination.reinforce.problems import DISCOUNTED, Estimator, Problem
from imagination.worlds.tabular import TabularRollouts

__all__ = ["advantages", "moments", "rollout_gradients", "temporal_differences", "true_critic"]

Array = NDArray[np.float64]


@numeric
def true_critic(problem: Problem, end: ArrayLike = 0.0) -> Array:
    """The right critic, (B, H + 1, S): values of the rewards to come and of `end`, (B, S), after them."""
    B, H, S = len(problem), problem.horizon, problem.mdp.n_states
    pi = problem.policy.probabilities
    kernel, mean = problem.mdp.induced(pi), (pi * problem.mdp.reward).sum(axis=2)
    result = np.empty((B, H + 1, S))
    result[:, H] = broadcast("end", finite("end", end), (B, S))
    for t in reversed(range(H)):
        result[:, t] = mean + problem.discount[:, None] * (kernel @ result[:, t + 1, :, None])[..., 0]
    return result


@numeric
def moments(
    problem: Problem,
    critic: ArrayLike,
    lam: ArrayLike,
    *,
    noise_variance: ArrayLike = 0.0,
    estimator: Estimator = DISCOUNTED,
) -> tuple[Array, Array]:
    r"""Mean (B, d) and total variance (B,) of one rollout's estimate, exactly.

    Parameters
    ----------
    problem : Problem
    critic : (B, H + 1, S) array
    lam : scalar or (B,) array
        :math:`\lambda` in [0, 1].
    noise_variance : scalar or (B,) array
        Variance of the labels' noise, the same in every state and at every time.
    estimator : Estimator
        Its `outer` weights are those of the scores; it must have neither a baseline nor rewards of the past.
    """
    table, lam = _critic(problem, critic), _trace(problem, lam)
    noise = broadcast("noise_variance", finite("noise_variance", noise_variance, least=0), (len(problem),))
    gamma, fade = problem.discount[:, None, None], (problem.discount * lam)[:, None, None]
    outer, noise = _outer(problem, estimator)[:, None, None], noise[:, None, None]
    w, pi, r = problem.policy.scores, problem.policy.probabilities, problem.mdp.reward
    B, S, _, d = w.shape
    ww, A, AA, XX = (w**2).sum(axis=3), *(np.zeros((B, S)) for _ in range(3))
    X, AX = (np.zeros((B, S, d)) for _ in range(2))  # moments of the advantage A and the estimate X

    def ahead(of: Array) -> Array:
        """Mean over the next state, (B, S, ...) -> (B, S, A, ...)."""
        return np.einsum("bsan,bn...->bsa...", problem.mdp.transition, of, optimize=True)

    for t in reversed(range(problem.horizon)):
        said, V = r - table[:, t, :, None], table[:, t + 1]  # a difference is said + gamma V
        first, second, met = ahead(V), ahead(V**2), ahead(V * A)
        now_A = said + gamma * first + fade * ahead(A)
        now_AA = said**2 + 2 * gamma * said * first + gamma**2 * second + noise + fade**2 * ahead(AA)
        now_AA += 2 * fade * (said * ahead(A) + gamma * met)
        later = ahead(X)
        both = said[..., None] * later + gamma[..., None] * ahead(V[..., None] * X)
        both += fade[..., None] * ahead(AX)  # E A X' over the next state
        now_XX = ww * now_AA + 2 * outer * (w * both).sum(axis=3) + outer**2 * ahead(XX)
        A, AA, XX = ((pi * now).sum(axis=2) for now in (now_A, now_AA, now_XX))
        X = (pi[..., None] * (w * now_A[..., None] + outer[..., None] * later)).sum(axis=2)
        AX = (pi[..., None] * (w * now_AA[..., None] + outer[..., None] * both)).sum(axis=2)
    start = problem.mdp.initial
    mean = (start[..., None] * X).sum(axis=1)
    return mean, (start * XX).sum(axis=1) - (mean**2).sum(axis=1)


@numeric
def temporal_differences(
    problem: Problem, critic: ArrayLike, rollouts: TabularRollouts, rewards: ArrayLike | None = None
) -> Array:
    """What each step was better than the critic said, (B, K, H); with `rewards` (B, K, H) as observed."""
    table, states = _critic(problem, critic), rollouts.states
    seen = rollouts.rewards if rewards is None else finite("rewards", rewards)
    check_shape("rewards", seen, (len(problem), None, problem.horizon))
    said = table[np.arange(len(table))[:, None, None], np.arange(problem.horizon + 1), states]
    return seen + problem.discount[:, None, None] * said[:, :, 1:] - said[:, :, :-1]


@numeric
def advantages(problem: Problem, differences: ArrayLike, lam: ArrayLike) -> Array:
    """Â_t from temporal differences, both (B, K, H)."""
    found = finite("differences", differences).copy()
    check_shape("differences", found, (len(problem), None, problem.horizon))
    fade = (problem.discount * _trace(problem, lam))[:, None]
    for t in reversed(range(problem.horizon - 1)):
        found[:, :, t] += fade * found[:, :, t + 1]
    return found


@numeric
def rollout_gradients(
    problem: Problem,
    critic: ArrayLike,
    lam: ArrayLike,
    rollouts: TabularRollouts,
    rewards: ArrayLike | None = None,
    *,
    estimator: Estimator = DISCOUNTED,
) -> Array:
    """The estimate of every single rollout, (B, K, d); arguments as those of the functions above."""
    found = advantages(problem, temporal_differences(problem, critic, rollouts, rewards), lam)
    powers = _outer(problem, estimator)[:, None] ** np.arange(problem.horizon)
    batch = np.arange(len(problem))[:, None, None]
    scores = problem.policy.scores[batch, rollouts.states[:, :, :-1], rollouts.actions]
    return np.einsum("bkh,bkhd->bkd", found * powers[:, None], scores, optimize=True)


def _critic(problem: Problem, critic: ArrayLike) -> Array:
    shape = (len(problem), problem.horizon + 1, problem.mdp.n_states)
    return broadcast("critic", finite("critic", critic), shape)


def _trace(problem: Problem, lam: ArrayLike) -> Array:
    found = finite("lam", lam, least=0)
    if np.any(found > 1):
        raise ValueError(f"lam must lie in [0, 1], got {lam!r}")
    return broadcast("lam", found, (len(problem),))


def _outer(problem: Problem, estimator: Estimator) -> Array:
    """The factor by which scores' weights fall from step to step, (B,)."""
    if estimator.baseline != "none" or not estimator.reward_to_go:
        raise ValueError(
            f"estimator must have no baseline and no rewards of the past beside a critic, got {estimator!r}"
        )
    return problem.discount if estimator.outer == "discounted" else np.ones(len(problem))
