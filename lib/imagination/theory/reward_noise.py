r"""Noisy rewards: what they add to the variance of a policy gradient estimate, and what they leave alone.

The claims of part D as objects, and :func:`added_variance_bound`, the bounds on numbers. Their proofs are in
:mod:`imagination.theory.reward_noise_proofs`.

One family holds both estimators. With eligibility :math:`M_u = \lambda M_{u-1} + w_u` a rollout's estimate is
:math:`\sum_u \delta^u (r_u + \eta_u) M_u`: Theorem 2's for :math:`(\lambda, \delta) = (\gamma, 1)`, the
discounted one for :math:`(1, \gamma)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from imagination.theory import policy_gradient as pg
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.terms import mapping, natural, point, real

gamma, H, n, t, x, z, y = w.gamma, w.H, w.n, w.t, w.x, w.z, pg.y
sigma, lam, delta = pg.sigma, pg.lam, pg.delta
W = real("W")
K, d = natural("K"), pg.d
rho = mapping("rho", (), "law of state")()  # the law of the first state

SCORE_BOUND = Quantity(W, "score_bound", "bound of the score's norm")
ROLLOUTS = Quantity(K, "rollouts", "number of rollouts that are averaged")
PARAMETERS = pg.PARAMETERS

SOME_ROLLOUT = Hypothesis("rollouts >= 1", sp.Ge(K, 1), "at least one rollout")
SOME_STEP = Hypothesis("horizon >= 1", sp.Ge(H, 1), "at least one step")

# -- the exact amount ----------------------------------------------------------------------------------------

v, b = (mapping(name, ("natural",)) for name in ("v", "b"))
SCORE_MOMENT = Hypothesis(
    "second moment of the score",
    sp.Eq(v(t), sp.Sum(pg.expected(rho, x, pg.scores(pg.j, t, x)), (pg.j, 0, d - 1))),
    "of its norm, at each step, from a random start",
)
ELIGIBILITY_MOMENT = (
    Hypothesis("second moment of the eligibility, at first", sp.Eq(b(0), v(0))),
    Hypothesis(
        "second moment of the eligibility, later",
        sp.Eq(b(t + 1), lam**2 * b(t) + v(t + 1)),
        "the sum over s <= t of lambda^(2 (t - s)) v(s)",
    ),
)


def variance(mean: Any, second: Any) -> sp.Expr:
    """Variance of one coordinate of a rollout's estimate, from its two moments."""
    at = (pg.j, H, x, 0, 1, 0)
    return pg.expected(rho, x, second(*at)) - pg.expected(rho, x, mean(*at)) ** 2


EXACT = Claim(
    name="Theorem 2, exact",
    source="[this book]",
    symbols=(pg.ACTIONS, pg.DECAY, pg.WEIGHT, pg.SIGMA, w.HORIZON, ROLLOUTS, PARAMETERS),
    hypotheses=(
        SOME_ROLLOUT, *pg.SCORES, *pg.MEAN, *pg.MEAN_0, *pg.SECOND, *pg.SECOND_0, pg.NOISE_MEAN,
        pg.NOISE_VARIANCE, *pg.SQUARES, *pg.SQUARED_SCORE, *pg.TRACE, SCORE_MOMENT, *ELIGIBILITY_MOMENT,
    ),
    quantity=sp.Sum(
        variance(pg.mean, pg.second) - variance(pg.mean_0, pg.second_0), (pg.j, 0, d - 1)
    ) / K,
    expression=sigma**2 / K * sp.Sum(delta ** (2 * t) * b(t), (t, 0, H - 1)),
    relation="==",
    meaning="trace of the covariance with noise, less that without",
)  # fmt: skip

# -- bounds --------------------------------------------------------------------------------------------------

largest = mapping("c", ("natural",))
LARGEST = (
    Hypothesis("of no steps", sp.Eq(largest(0), 0)),
    Hypothesis("largest second moment so far", sp.Le(v(n), largest(n + 1))),
    Hypothesis("it does not fall", sp.Le(largest(n), largest(n + 1))),
    Hypothesis("over the whole rollout", sp.Eq(largest(H), W**2), "the largest of E||w_t||^2 before H"),
)
_NUMBERS = (w.GAMMA, pg.SIGMA, w.HORIZON, ROLLOUTS, SCORE_BOUND)
_SIGNS = (*w.DISCOUNT, w.nonnegative(pg.SIGMA), w.nonnegative(SCORE_BOUND), SOME_ROLLOUT, SOME_STEP)


def _at(lam_: sp.Expr, delta_: sp.Expr) -> tuple[sp.Expr, tuple[Hypothesis, ...]]:
    """What noise adds for one of the two estimators, and its eligibility."""
    at = {lam: lam_, delta: delta_}
    return EXACT.expression.xreplace(at), tuple(
        replace(h, relation=h.relation.xreplace(at)) for h in ELIGIBILITY_MOMENT
    )


_added, _eligibility = _at(gamma, sp.S.One)
_added_discounted, _eligibility_discounted = _at(sp.S.One, gamma)
_MAXIMA = (
    *pg.NONNEGATIVE,
    Hypothesis("second moment of the score's norm", sp.Eq(v(t), pg.expected(rho, x, pg.norms(t, x)))),
    Hypothesis("W^2 is the expected maximum", sp.Eq(W**2, pg.expected(rho, x, pg.maxima(H, x, 0)))),
)

PAPER = Claim(
    name="Theorem 2",
    source="[TSGLH26, Thm. 2]",
    symbols=(*_NUMBERS, pg.ACTIONS),
    hypotheses=(*_SIGNS, *_eligibility, *_MAXIMA, *pg.NORMS, *pg.MAXIMA, pg.PROBABILITIES, pg.POLICY),
    quantity=_added,
    expression=sigma**2 * H * W**2 / (K * (1 - gamma) ** 2),
    meaning="W^2 is the expectation of the largest squared norm of a score in a rollout",
)
SHARP = Claim(
    name="Theorem 2, sharp",
    source="[this book]",
    symbols=_NUMBERS,
    hypotheses=(*_SIGNS, *_eligibility, *LARGEST),
    quantity=_added,
    expression=sigma**2 * H * W**2 / (K * (1 - gamma**2)),
    meaning="W^2 is the largest expectation of a squared norm of a score",
)
DISCOUNTED = Claim(
    name="Theorem 2, discounted estimator",
    source="[this book]",
    symbols=_NUMBERS,
    hypotheses=(*_SIGNS, *_eligibility_discounted, *LARGEST),
    quantity=_added_discounted,
    expression=sigma**2 * W**2 / (K * (1 - gamma**2) ** 2),
    meaning="whatever the horizon",
)
SHARPER = Claim(
    name="Sharp below Theorem 2",
    source="[this book]",
    symbols=_NUMBERS,
    hypotheses=_SIGNS,
    quantity=SHARP.expression,
    expression=(1 - gamma) / (1 + gamma) * PAPER.expression,
    relation="==",
    meaning="with the same W; at gamma = 0.99 the factor is 1/199",
)

# -- averages ------------------------------------------------------------------------------------------------

y_k = point("y", "rollout")
f = mapping("f", ("rollout",))
R = mapping("R", (), "law of rollout")()
sums, squares = (mapping(name, ("natural", "real")) for name in ("S1", "S2"))
total = real("s")


def _sum_moment(name: str, moment: Any, last: sp.Expr) -> tuple[Hypothesis, Hypothesis]:
    return (
        Hypothesis(f"{name} of none", sp.Eq(moment(0, total), last)),
        Hypothesis(
            f"{name} of one more",
            sp.Eq(moment(n + 1, total), pg.expected(R, y_k, moment(n, total + f(y_k)))),
            "drawn like the others, whatever they are",
        ),
    )


SUMS = _sum_moment("sum", sums, total)
SQUARED_SUMS = _sum_moment("squared sum", squares, total**2)
AVERAGE = Claim(
    name="Variance of an average",
    source="[this book]",
    symbols=(ROLLOUTS,),
    hypotheses=(SOME_ROLLOUT, *SUMS, *SQUARED_SUMS),
    quantity=squares(K, 0) / K**2 - (sums(K, 0) / K) ** 2,
    expression=(pg.expected(R, y_k, f(y_k) ** 2) - pg.expected(R, y_k, f(y_k)) ** 2) / K,
    relation="==",
    meaning="of K independent rollouts",
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


__all__ = ["DISCOUNTED", "EXACT", "FORMS", "PAPER", "SHARP", "SHARPER", "added_variance_bound"]
