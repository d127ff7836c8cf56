"""REINFORCE on tabular problems without sampling: gradients, means, covariances, norms of scores.

Everything is a sum over time of dynamic programming, batched over problems. An estimator's second moment is
found by writing it as a recursion. With G the return to go, X the part of the estimator still to come and Z
the part that a constant baseline multiplies, as seen from time t,

    G = r + γ G',    Z = w + ζ Z',    X = w (G − b) + λ X' + μ r Z' (the last term: rewards of the past),

so the second moments of (1, G, X, Z) given the state follow from those one step later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, finite, number, numeric, whole
from imagination.reinforce.problems import DISCOUNTED, Estimator, Problem

__all__ = [
    "Moments",
    "added_noise_variance",
    "baseline_table",
    "bias_gradient",
    "expected",
    "expected_maximal_score",
    "gradient",
    "maximal_score_norm",
    "mean_score_norm",
    "moments",
    "returns",
    "score_norms",
    "state_distributions",
    "timed",
    "values_to_go",
]

Array = NDArray[np.float64]


# Distributions, values, gradients


def state_distributions(problem: Problem) -> Array:
    """P(s_t = s), (B, H, S)."""
    kernel = problem.mdp.induced(problem.policy.probabilities)
    result = np.empty((len(problem), problem.horizon, problem.mdp.n_states))
    result[:, 0] = problem.mdp.initial
    for t in range(1, problem.horizon):
        result[:, t] = (result[:, t - 1, None] @ kernel)[:, 0]
    return result


@numeric
def values_to_go(problem: Problem, reward: ArrayLike | None = None) -> Array:
    """Values of states with 0, 1, ..., H rewards to come, (B, H + 1, S).

    Another `reward` may be given in place of the MDP's: (B, S, A), or (B, H, S, A) if it depends on time.
    """
    pi, r = problem.policy.probabilities, timed(problem, "reward", reward)
    kernel, mean = problem.mdp.induced(pi), (pi[:, None] * r).sum(axis=3)
    result = np.zeros((len(problem), problem.horizon + 1, problem.mdp.n_states))
    for left in range(problem.horizon):
        ahead = (kernel @ result[:, left, :, None])[..., 0]
        result[:, left + 1] = mean[:, -1 - left] + problem.discount[:, None] * ahead
    return result


@numeric
def returns(problem: Problem, reward: ArrayLike | None = None) -> Array:
    """J_H = E Σ_{t<H} γ^t r(s_t, a_t), (B,); of another `reward` as in `values_to_go`."""
    return (problem.mdp.initial * values_to_go(problem, reward)[:, -1]).sum(axis=1)


@numeric
def expected(problem: Problem, estimator: Estimator, reward: ArrayLike | None = None) -> Array:
    """E ĝ, (B, d): what the estimator estimates; of another `reward` as in `values_to_go`.

    Neither a baseline nor rewards of the past change it, nor noise of mean 0. It is linear in the reward, so
    with ``reward=b`` it is what a bias b adds.
    """
    pi, scores, r = problem.policy.probabilities, problem.policy.scores, timed(problem, "reward", reward)
    values = values_to_go(problem, r)
    weighted = state_distributions(problem) * estimator.outer_weights(problem)[:, :, None]
    # Σ_t c_t P(s_t = s) Q_{H−t}(s, a), where Q is r and γ times the value ahead, H − t − 1 rewards long
    ahead = weighted.swapaxes(1, 2) @ values[:, -2::-1]
    total = (weighted[..., None] * r).sum(axis=1)
    total += problem.discount[:, None, None] * (problem.mdp.transition @ ahead[..., None])[..., 0]
    return np.einsum("bsa,bsad->bd", pi * total, scores)


@numeric
def gradient(problem: Problem, reward: ArrayLike | None = None) -> Array:
    """∇J_H, (B, d), by the policy gradient theorem: the discounted estimator's mean."""
    return expected(problem, DISCOUNTED, reward)


@numeric
def bias_gradient(problem: Problem, bias: ArrayLike) -> Array:
    """∇B_H for B_H = E Σ_t γ^t b(s_t, a_t), (B, d) [TSGLH26, Proposition 2]; `bias` as a reward."""
    return gradient(problem, timed(problem, "bias", bias))


# Norms of scores


def score_norms(problem: Problem) -> Array:
    """E‖w_t‖² for t = 0, ..., H − 1, (B, H)."""
    squared = (problem.policy.scores**2).sum(axis=3)
    of_state = (problem.policy.probabilities * squared).sum(axis=2)
    return (state_distributions(problem) * of_state[:, None]).sum(axis=2)


def mean_score_norm(problem: Problem) -> Array:
    """W̄ = (max_t E‖w_t‖²)^½, (B,)."""
    return np.sqrt(score_norms(problem).max(axis=1))


@numeric
def expected_maximal_score(problem: Problem, power: float = 2.0) -> Array:
    """E max_t ‖w_t‖^`power`, (B,); with power 2 it is W_H².

    The maximum of a rollout is one of the S · A norms. That it is at most a given one is the probability of
    never leaving the (state, action) pairs whose norms are at most that, a product of H sub-kernels.
    """
    power = number("power", power, above=0)
    B, S, A = problem.mdp.reward.shape
    norms = (problem.policy.scores**2).sum(axis=3) ** (power / 2)
    levels = np.sort(norms.reshape(B, S * A), axis=1)
    allowed = norms[:, None] <= levels[:, :, None, None]
    taken = problem.policy.probabilities[:, None] * allowed
    kernel = np.einsum("bisa,bsau->bisu", taken, problem.mdp.transition, optimize=True)
    staying = np.broadcast_to(problem.mdp.initial[:, None], (B, S * A, S))
    for _ in range(problem.horizon - 1):
        staying = (staying[:, :, None] @ kernel)[:, :, 0]
    at_most = (staying * taken.sum(axis=3)).sum(axis=2)
    return levels[:, -1] - (np.diff(levels, axis=1) * at_most[:, :-1]).sum(axis=1)


def maximal_score_norm(problem: Problem) -> Array:
    """W_H = (E max_t ‖w_t‖²)^½, (B,) [TSGLH26, Theorem 2]."""
    return np.sqrt(expected_maximal_score(problem))


# What noise adds


@numeric
def added_noise_variance(
    problem: Problem,
    estimator: Estimator,
    *,
    sigma: ArrayLike = 1.0,
    rollouts: int = 1,
    correlation: ArrayLike | None = None,
) -> Array:
    """Trace of the covariance that reward noise adds to ĝ, (B,), exactly.

    Parameters
    ----------
    sigma : scalar or (B,)
        Standard deviation of the noise, the same in every state and at every time.
    rollouts : int
        K.
    correlation : (H, H) array, optional
        Correlation of the noise between two times of a rollout; none, unless told. The noise is independent
        of states and actions.

    Notes
    -----
    Scores are martingale differences, so Σ_t w_t Σ_u m_tu η_u has variance Σ_t E‖w_t‖² m_t C m_tᵀ for noise
    with covariance C, whatever the baseline.
    """
    weights = _noise_weights(problem, estimator, sigma, rollouts, correlation)
    return (weights * score_norms(problem)).sum(axis=1)


def _noise_weights(
    problem: Problem, estimator: Estimator, sigma: ArrayLike, rollouts: int, correlation: ArrayLike | None
) -> Array:
    """σ² m_t C m_tᵀ / K for every t, (B, H)."""
    sigma = broadcast("sigma", finite("sigma", sigma, least=0), (len(problem),))
    rollouts = whole("rollouts", rollouts, least=1)
    weights = estimator.reward_weights(problem)
    if correlation is None:
        quadratic = (weights**2).sum(axis=2)
    else:
        C = finite("correlation", correlation)
        H = problem.horizon
        if C.shape != (H, H) or not np.allclose(C, C.T) or not np.allclose(np.diagonal(C), 1):
            raise ValueError(f"correlation must be symmetric, {(H, H)}, with ones on its diagonal")
        quadratic = ((weights @ C) * weights).sum(axis=2)
    return sigma[:, None] ** 2 * quadratic / rollouts


# Moments of one rollout's estimate


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of the estimate from a single rollout; divide the variance by K for K rollouts.

    Attributes
    ----------
    mean : (B, d)
    variance : (B,)
        Trace of the covariance.
    covariance : (B, d, d) or None
    baseline_covariance : (B,)
        E X · Z, where a constant baseline b subtracts b Z from the estimate X.
    baseline_norm : (B,)
        E‖Z‖².
    """

    mean: Array
    variance: Array
    covariance: Array | None
    baseline_covariance: Array
    baseline_norm: Array


@numeric
def moments(
    problem: Problem,
    estimator: Estimator,
    *,
    noise_variance: ArrayLike = 0.0,
    full: bool = False,
    baseline: ArrayLike | None = None,
    reward: ArrayLike | None = None,
) -> Moments:
    """Mean and covariance of one rollout's estimate, exactly.

    Parameters
    ----------
    problem, estimator
    noise_variance : scalar, or broadcasts to (B, S, A)
        Variance of noise on the reward: mean 0 and, given the rollout's states and actions, independent
        across its times. It may depend on the state and the action.
    full : bool
        Whether to compute the whole covariance, d² numbers a state, or its trace alone.
    baseline : (B, H, S) array, optional
        Use this baseline in place of the one that `estimator` names.
    reward : array, optional
        Another reward, as in `values_to_go`.

    Returns
    -------
    Moments
    """
    estimator.check_past(problem)
    v = broadcast(
        "noise_variance", finite("noise_variance", noise_variance, least=0), problem.mdp.reward.shape
    )
    shape = (len(problem), problem.horizon, problem.mdp.n_states)
    if baseline is None:
        b = baseline_table(problem, estimator, reward)
    else:
        b = broadcast("baseline", finite("baseline", baseline), shape)
    r = timed(problem, "reward", reward)
    step = _Step(problem, estimator, v, full)
    here = step.end()
    for t in reversed(range(problem.horizon)):
        here = step.back(here, r[:, t], b[:, t])
    return step.finish(here)


@numeric
def baseline_table(problem: Problem, estimator: Estimator, reward: ArrayLike | None = None) -> Array:
    """b_t(s), what `estimator` subtracts from Ĝ_t, (B, H, S).

    "constant" is the number b that minimises the total variance of the noise-free estimate X − b Z, which is
    E X · Z / E‖Z‖² because E Z = 0. Without reward-to-go it is subtracted from the return, b_t = γ^(−t) b.
    """
    shape = (len(problem), problem.horizon, problem.mdp.n_states)
    if estimator.baseline == "none":
        return np.zeros(shape)
    estimator.check_past(problem)
    if estimator.baseline == "value":
        return values_to_go(problem, reward)[:, :0:-1]
    found = moments(problem, estimator, baseline=np.zeros(shape), reward=reward)
    norm = found.baseline_norm
    best = np.divide(found.baseline_covariance, norm, out=np.zeros_like(norm), where=norm > 0)
    if not estimator.reward_to_go:
        best = best[:, None] / problem.discount[:, None] ** np.arange(problem.horizon)
    return np.broadcast_to(best.reshape(len(problem), -1, 1), shape)


_Joint = dict[str, Array]
"""Moments given the state, each (B, S, ...): G, GG, X, GX, GZ, XX, XZ, ZZ. The mean of Z is 0."""


class _Step:
    """The recursion of the module's docstring, from the moments one step later to those now."""

    def __init__(self, problem: Problem, estimator: Estimator, noise: Array, full: bool):
        self.problem, self.noise, self.full = problem, noise, full
        gamma, one = problem.discount, np.ones(len(problem))
        discounted = estimator.outer == "discounted"
        self.gamma, self.lam = gamma, gamma if discounted else one
        if estimator.reward_to_go:
            self.past, self.zeta = 0 * one, self.lam
        else:
            self.past = self.zeta = one if discounted else 1 / gamma
        w = problem.policy.scores
        self.w, self.ww = w, self.pair(w, w)

    def pair(self, one: Array, other: Array) -> Array:
        """Outer product of vectors, or its trace."""
        return one[..., :, None] * other[..., None, :] if self.full else (one * other).sum(axis=-1)

    def both(self, matrix: Array) -> Array:
        """Matrix plus transpose."""
        return matrix + matrix.swapaxes(-1, -2) if self.full else 2 * matrix

    def end(self) -> _Joint:
        B, S, _, d = self.w.shape
        matrix = (B, S, d, d) if self.full else (B, S)
        shapes = {"G": (B, S), "GG": (B, S), "X": (B, S, d), "GX": (B, S, d), "GZ": (B, S, d)}
        shapes |= {"XX": matrix, "XZ": matrix, "ZZ": matrix}
        return {name: np.zeros(shape) for name, shape in shapes.items()}

    def back(self, later: _Joint, r: Array, baseline: Array) -> _Joint:
        """Moments given the state, from those given the next one; with r_t (B, S, A) and b_t (B, S)."""
        gamma, lam, zeta, past = (x[:, None, None] for x in (self.gamma, self.lam, self.zeta, self.past))
        v, b, w, ww = self.noise, baseline[:, :, None], self.w, self.ww
        n = {name: self._ahead(array) for name, array in later.items()}
        G = r + gamma * n["G"]
        GG = r**2 + v + 2 * gamma * r * n["G"] + gamma**2 * n["GG"]
        A, AA, GA = G - b, GG - 2 * b * G + b**2, GG - b * G  # A = G − b, the advantage
        GX_later = _times(r, n["X"]) + _times(gamma, n["GX"])  # E G X'
        GZ_later = _times(gamma, n["GZ"])  # E G Z' = E A Z', because E Z' = 0
        AX_later = GX_later - _times(b, n["X"])
        now = {"G": G, "GG": GG}
        now["X"] = _times(A, w) + _times(lam, n["X"])
        now["GX"] = _times(GA, w) + _times(lam, GX_later) + _times(past * r, GZ_later)
        now["GZ"] = _times(G, w) + _times(zeta, GZ_later)
        now["XX"] = (
            _times(AA, ww)
            + self.both(self.pair(w, _times(lam, AX_later) + _times(past * r, GZ_later)))
            + _times(lam**2, n["XX"])
            + _times(past * lam * r, self.both(n["XZ"]))
            + _times(past**2 * (r**2 + v), n["ZZ"])
        )
        now["XZ"] = (
            _times(A, ww)
            + self.pair(w, _times(zeta, GZ_later))
            + self.pair(_times(lam, n["X"]), w)
            + _times(lam * zeta, n["XZ"])
            + _times(past * zeta * r, n["ZZ"])
        )
        now["ZZ"] = ww + _times(zeta**2, n["ZZ"])
        return {
            name: _times(self.problem.policy.probabilities, array).sum(axis=2) for name, array in now.items()
        }

    def finish(self, first: _Joint) -> Moments:
        start = self.problem.mdp.initial
        mean = _times(start, first["X"]).sum(axis=1)
        second, cross, norm = (_times(start, first[name]).sum(axis=1) for name in ("XX", "XZ", "ZZ"))
        spread = second - self.pair(mean, mean)
        if not self.full:
            return Moments(mean, spread, None, cross, norm)
        traces = (np.trace(matrix, axis1=1, axis2=2) for matrix in (spread, cross, norm))
        variance, cross, norm = traces
        return Moments(mean, variance, spread, cross, norm)

    def _ahead(self, array: Array) -> Array:
        """Mean over the next state, (B, S, ...) -> (B, S, A, ...)."""
        kernel = self.problem.mdp.transition
        B, S, A, _ = kernel.shape
        flat = kernel.reshape(B, S * A, S) @ array.reshape(B, S, -1)
        return flat.reshape(B, S, A, *array.shape[2:])


def _times(scalar: Array, array: Array) -> Array:
    """Product of numbers (B, S, ...) with vectors or matrices that have further axes."""
    return scalar.reshape(*scalar.shape, *(1,) * (array.ndim - scalar.ndim)) * array


def timed(problem: Problem, name: str, table: ArrayLike | None) -> Array:
    """A table (B, S, A), or one that depends on time, as (B, H, S, A); the MDP's reward for None."""
    array = problem.mdp.reward if table is None else finite(name, table)
    shape = problem.mdp.reward.shape
    if array.ndim < 4:
        array = broadcast(name, array, shape)[:, None]
    return broadcast(name, array, (shape[0], problem.horizon, *shape[1:]))
