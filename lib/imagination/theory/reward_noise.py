r"""Noisy rewards: what they add to the variance of a policy gradient estimate, and what they leave alone.

The claims of part D as objects, and :func:`added_variance_bound`, the bounds on numbers. Their proofs are in
:mod:`imagination.theory.reward_noise_proofs`.

One family holds both estimators. With eligibility :math:`M_u = \lambda M_{u-1} + w_u` a rollout's estimate is
:math:`\sum_u \delta^u (r_u + \eta_u) M_u`: Theorem 2's for :math:`(\lambda, \delta) = (\gamma, 1)`, the
discounted one for :math:`(1, \gamma)`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.terms import natural, real

gamma, H = w.gamma, w.H
sigma, W = real("sigma W")
K = natural("K")
added = real(r"\Delta")

SIGMA = Quantity(sigma, "sigma", "standard deviation of the reward's noise")
SCORE = Quantity(W, "score_bound", "bound of the score's norm")
ROLLOUTS = Quantity(K, "rollouts", "number of rollouts that are averaged")

_NUMBERS = (w.GAMMA, SIGMA, w.HORIZON, ROLLOUTS, SCORE)
_SIGNS = (
    *w.DISCOUNT,
    w.nonnegative(SIGMA),
    w.nonnegative(SCORE),
    Hypothesis("rollouts >= 1", sp.Ge(K, 1), "at least one rollout"),
    Hypothesis("horizon >= 1", sp.Ge(H, 1), "at least one step"),
)

PAPER = Claim(
    name="Theorem 2",
    source="[TSGLH26, Thm. 2]",
    symbols=(*_NUMBERS, Quantity(added, "added", "variance that the noise adds")),
    hypotheses=_SIGNS,
    quantity=added,
    expression=sigma**2 * H * W**2 / (K * (1 - gamma) ** 2),
    meaning="W^2 is the expectation of the largest squared norm of a score in a rollout",
)
SHARP = Claim(
    name="Theorem 2, sharp",
    source="[this book]",
    symbols=(*_NUMBERS, Quantity(added, "added", "variance that the noise adds")),
    hypotheses=_SIGNS,
    quantity=added,
    expression=sigma**2 * H * W**2 / (K * (1 - gamma**2)),
    meaning="W^2 is the largest expectation of a squared norm of a score",
)
DISCOUNTED = Claim(
    name="Theorem 2, discounted estimator",
    source="[this book]",
    symbols=(*_NUMBERS, Quantity(added, "added", "variance that the noise adds")),
    hypotheses=_SIGNS,
    quantity=added,
    expression=sigma**2 * W**2 / (K * (1 - gamma**2) ** 2),
    meaning="whatever the horizon",
)
FORMS = {"paper": PAPER, "sharp": SHARP, "discounted": DISCOUNTED}


def added_variance_bound(
    *, sigma: Any, horizon: Any, gamma: Any, rollouts: Any, score_bound: Any, form: str
) -> Any:
    r"""The largest variance (trace of the covariance) that reward noise can add to a gradient estimate.

    Parameters
    ----------
    sigma : array_like
        Standard deviation of the noise, in units of reward; at least 0.
    horizon : array_like of whole numbers
        Number of steps of a rollout, at least 1.
    gamma : array_like
        Discount, in [0, 1).
    rollouts : array_like of whole numbers
        Number of rollouts that are averaged, at least 1.
    score_bound : array_like
        A norm, not squared: :math:`W_H = (E \max_t \|w_t\|^2)^{1/2}` for ``"paper"``,
        :math:`\bar W = (\max_t E \|w_t\|^2)^{1/2}` for the other two; :math:`w_t = \nabla \log \pi(a_t|s_t)`.
    form : {"paper", "sharp", "discounted"}
        Theorem 2; the bound from its exact amount; the bound for the discounted estimator, which estimates
        the gradient of the return and whose added variance stays bounded as the horizon grows.

    Returns
    -------
    float or ndarray
        In units of reward squared times score squared, in the broadcast shape.

    Raises
    ------
    HypothesisError
        A `ValueError` that names the argument and the rule: a discount outside [0, 1), a negative, infinite
        or NaN number, a horizon or number of rollouts that is not whole or not positive.
    ValueError
        If `form` is none of the three.

    Notes
    -----
    [TSGLH26, Thm. 2] and this book's sharper forms (:data:`PAPER`, :data:`SHARP`, :data:`DISCOUNTED`).

    Examples
    --------
    >>> at = dict(sigma=1.0, horizon=50, gamma=0.9, rollouts=10, score_bound=1.0)
    >>> [round(float(added_variance_bound(**at, form=form)), 4) for form in ("paper", "sharp", "discounted")]
    [500.0, 26.3158, 2.7701]
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(map(repr, FORMS))}, got {form!r}")
    claim = FORMS[form]
    values = {
        "sigma": sigma, "horizon": horizon, "gamma": gamma, "rollouts": rollouts, "score_bound": score_bound
    }  # fmt: skip
    return claim.evaluate(**values)


__all__ = ["DISCOUNTED", "FORMS", "PAPER", "SHARP", "added_variance_bound"]
