r"""Which λ: how far to trust a critic, and how far labels, by the squared error of the policy gradient.

With eligibilities :math:`M_u = \gamma\lambda M_{u-1} + c_u w_u` a rollout's estimate :math:`\sum_u M_u
\delta_u` is a polynomial in λ. So is, then, its variance, and so is the squared distance of its mean from
that at λ = 1. A pilot gives the coefficients of both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imagination.checks import broadcast, finite, numeric, whole

__all__ = ["LambdaChoice", "best_lambda"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LambdaChoice:
    """The best λ of a pilot, and what it was chosen by.

    Attributes
    ----------
    best : (...) array
        The λ with the least estimated `error`.
    lambdas : (m,) array
        Those that were tried.
    squared_bias : (..., m) array
        Squared norm of the bias against λ = 1; less what chance adds to it, and so below 0 at times.
    variance : (..., m) array
        Of one rollout's estimate, noise of the labels included: trace of the covariance.
    error : (..., m) array
        Mean squared error of the average of K rollouts, `squared_bias` (0 at least) plus `variance` / K.
    """

    best: Array
    lambdas: Array
    squared_bias: Array
    variance: Array
    error: Array


@numeric
def best_lambda(
    scores: ArrayLike,
    differences: ArrayLike,
    *,
    gamma: ArrayLike,
    rollouts: int,
    outer: ArrayLike | None = None,
    lambdas: ArrayLike | None = None,
) -> LambdaChoice:
    r"""Choose λ by the mean squared error of the gradient, from a pilot's scores and temporal differences.

    Parameters
    ----------
    scores : (..., n, H, d) array
        :math:`\nabla \log \pi(a_t|s_t)` along n pilot rollouts of H steps; 0 after an episode has ended.
    differences : (..., n, H) array
        :math:`\delta_t = \hat r_t + \gamma V(s_{t+1}) - V(s_t)`, with the critic and the labels that one
        means to train with; 0 after an episode has ended.
    gamma : scalar or (...) array
        Discount, in [0, 1].
    rollouts : int
        K, how many rollouts an update averages; it need not be n.
    outer : scalar or (...) array, optional
        Factor by which scores' weights fall from step to step: `gamma` unless told (the gradient of the
        discounted return), or 1.
    lambdas : (m,) array, optional
        Those to try, in [0, 1]; 0, 0.01, ..., 1 unless told.

    Returns
    -------
    LambdaChoice

    Raises
    ------
    ValueError
        If shapes do not agree, the pilot has fewer than two rollouts, or a number is out of its range.

    Notes
    -----
    The bias is that against λ = 1: where rollouts end in a value, the error of that value is in both, and is
    not seen. The estimate of the bias scatters with the pilot: n should be several times K. The critic must
    not be fitted to the pilot's own labels.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.choice([-1.0, 1.0], (4000, 2, 1))
    >>> labels = rng.standard_normal((4000, 2))
    >>> said = 0.5 * scores[:, 0, 0]  # of the second state, where nothing is to be had
    >>> differences = labels + np.stack([said, -said], axis=1)
    >>> few, many = (best_lambda(scores, differences, gamma=1, rollouts=K).best for K in (1, 100))
    >>> print(f"{few:.1f} {many:.1f}")
    0.2 1.0
    """
    w, delta = finite("scores", scores), finite("differences", differences)
    if w.ndim < 3 or w.shape[:-1] != delta.shape:
        raise ValueError(
            f"scores must be (..., n, H, d) and differences (..., n, H), got {w.shape} and {delta.shape}"
        )
    *batch, n, H = delta.shape
    if n < 2 or H < 1:
        raise ValueError(
            f"differences must hold at least two rollouts of at least one step, got {delta.shape}"
        )
    K = whole("rollouts", rollouts, least=1)
    fade = _share("gamma", gamma, tuple(batch))
    weight = fade if outer is None else _share("outer", outer, tuple(batch))
    tried = np.linspace(0, 1, 101) if lambdas is None else finite("lambdas", lambdas)
    if tried.ndim != 1 or not tried.size or np.any((tried < 0) | (tried > 1)):
        raise ValueError(f"lambdas must be a list of numbers in [0, 1], got {lambdas!r}")
    mean, spread = _coefficients(w, delta, fade, weight)
    powers = tried[:, None] ** np.arange(H)
    apart = powers - 1  # what λ has of each coefficient, less what 1 has
    variance = np.einsum("mk,...kl,ml->...m", powers, spread, powers)
    chance = np.einsum("mk,...kl,ml->...m", apart, spread, apart) / n
    squared_bias = (np.einsum("mk,...kd->...md", apart, mean) ** 2).sum(axis=-1) - chance
    error = np.maximum(squared_bias, 0) + variance / K
    return LambdaChoice(tried[error.argmin(axis=-1)], tried, squared_bias, variance, error)


def _coefficients(w: Array, delta: Array, fade: Array, weight: Array) -> tuple[Array, Array]:
    """Means (..., H, d) of the coefficients of λ^k in one estimate, and traces of their covariances."""
    *batch, n, H = delta.shape
    times = np.arange(H)
    weighted = w * (weight[..., None] ** times)[..., None, :, None]
    found = np.zeros((*batch, n, H, w.shape[-1]))
    for k in range(H):  # a score hears of the difference k steps later
        heard = weighted[..., : H - k, :] * delta[..., k:, None]
        found[..., k, :] = (fade**k)[..., None, None] * heard.sum(axis=-2)
    mean = found.mean(axis=-3)
    centred = found - mean[..., None, :, :]
    return mean, np.einsum("...nkd,...nld->...kl", centred, centred, optimize=True) / (n - 1)


def _share(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Array:
    found = finite(name, value, least=0)
    if np.any(found > 1):
        raise ValueError(f"{name} must lie in [0, 1], got {value!r}")
    return broadcast(name, found, shape)
