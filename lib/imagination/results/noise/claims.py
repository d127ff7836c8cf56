r"""Noisy rewards: what they add to the variance of a policy gradient estimate, and what they leave alone.

The claims of this topic as objects, and :func:`added_variance_bound`, the bounds on numbers. Coq proves them
in `formal/Theorem2.v` and the files after it.

One family holds both estimators. With eligibility :math:`M_u = \lambda M_{u-1} + w_u` a rollout's estimate is
:math:`\sum_u \delta^u (r_u + \eta_u) M_u`: Theorem 2's for :math:`(\lambda, \delta) = (\gamma, 1)`, the
discounted one for :math:`(1, \gamma)`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from numpy.typing import ArrayLike

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import DISCOUNT, GAMMA, HORIZON, H, gamma, nonnegative, shown
from imagination.sums import GeometricSum
from imagination.symbols import natural, real

sigma, delta, W = real("sigma delta W")
K, n, t = natural("K n t")
# Sequences of numbers: second moments of the score's norm, of the eligibility, of what a score hears of the
# errors; and those of an error times the eligibility that it meets.
v, b, q, m = (sp.Function(name, real=True) for name in "vbqm")

SIGMA = Quantity(sigma, "sigma", "standard deviation of the reward's noise")
WEIGHT = Quantity(delta, "weight", "factor by which a score's weight falls from one step to the next")
SCORE_BOUND = Quantity(W, "score_bound", "bound of the score's norm")
ROLLOUTS = Quantity(K, "rollouts", "number of rollouts that are averaged")

SOME_ROLLOUT = Hypothesis("rollouts >= 1", sp.Ge(K, 1), "at least one rollout")
SOME_STEP = Hypothesis("horizon >= 1", sp.Ge(H, 1), "at least one step")


def _over_steps(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (t, 0, H - 1))


# -- scores, averages, and the exact amount ------------------------------------------------------------------

MARTINGALE = Claim(
    name="Scores average to 0", source="[Williams 1992; this book]", symbols=(), hypotheses=(),
    quantity=shown(r"\mathbb{E}[w_t \mid s_t]"), expression=sp.S.Zero, relation="==",
    meaning="over the actions, given the past",
    assumes=(r"probabilities add to 1 whatever \(\theta\) is, and \(\nabla \pi = \pi\, w\)",),
)  # fmt: skip
_one = Quantity(shown(r"\operatorname{Var} Y"), "variance", "variance of one draw")
AVERAGE = Claim(
    name="Variance of an average", source="[this book]", symbols=(_one, ROLLOUTS), hypotheses=(SOME_ROLLOUT,),
    quantity=shown(r"\operatorname{Var} \tfrac{1}{K} \sum_{k \le K} Y_k"), expression=_one.symbol / K,
    relation="==", meaning="of K independent rollouts",
)  # fmt: skip
EXACT = Claim(
    name="Theorem 2, exact", source="[this book]", symbols=(WEIGHT, SIGMA, HORIZON, ROLLOUTS),
    hypotheses=(SOME_ROLLOUT,), quantity=shown(r"\Delta"),
    expression=sigma**2 / K * _over_steps(delta ** (2 * t) * b(t)), relation="==",
    meaning="trace of the covariance with noise, less that without",
)  # fmt: skip

# -- bounds --------------------------------------------------------------------------------------------------

_NUMBERS = (GAMMA, SIGMA, HORIZON, ROLLOUTS, SCORE_BOUND)
_SIGNS = (*DISCOUNT, nonnegative(SIGMA), nonnegative(SCORE_BOUND), SOME_ROLLOUT, SOME_STEP)

PAPER = Claim(
    name="Theorem 2", source="[TSGLH26, Thm. 2]", symbols=_NUMBERS, hypotheses=_SIGNS,
    quantity=EXACT.expression.xreplace({delta: sp.S.One}),
    expression=sigma**2 * H * W**2 / (K * (1 - gamma) ** 2),
    meaning="W^2 is the expectation of the largest squared norm of a score in a rollout",
)  # fmt: skip
SHARP = Claim(
    name="Theorem 2, sharp", source="[this book]", symbols=_NUMBERS, hypotheses=_SIGNS,
    quantity=PAPER.quantity, expression=sigma**2 * H * W**2 / (K * (1 - gamma**2)),
    meaning="W^2 is the largest expectation of a squared norm of a score",
)  # fmt: skip
DISCOUNTED = Claim(
    name="Theorem 2, discounted estimator", source="[this book]", symbols=_NUMBERS, hypotheses=_SIGNS,
    quantity=EXACT.expression.xreplace({delta: gamma}),
    expression=sigma**2 * W**2 / (K * (1 - gamma**2) ** 2), meaning="whatever the horizon",
)  # fmt: skip
SHARPER = Claim(
    name="Sharp below Theorem 2", source="[this book]", symbols=_NUMBERS, hypotheses=_SIGNS,
    quantity=SHARP.expression, expression=(1 - gamma) / (1 + gamma) * PAPER.expression, relation="==",
    meaning="with the same W; at gamma = 0.99 the factor is 1/199",
)  # fmt: skip

# -- other noise, and baselines ------------------------------------------------------------------------------

STATE_DEPENDENT = Claim(
    name="State-dependent noise", source="[this book]", symbols=(HORIZON, ROLLOUTS),
    hypotheses=(SOME_ROLLOUT,), quantity=shown(r"\Delta"), expression=_over_steps(m(t)) / K, relation="==",
    meaning="each error times the eligibility that it meets, squared",
)  # fmt: skip
_added = Quantity(shown(r"\Delta"), "added", "what errors add without a baseline")
_mean = Quantity(shown(r"\mathbb{E}\, \hat g"), "mean", "mean of the estimate without a baseline")
BASELINE_MEAN = Claim(
    name="A baseline leaves the mean alone", source="[Williams 1992; this book]", symbols=(_mean,),
    hypotheses=(), quantity=shown(r"\mathbb{E}\, \hat g_\beta"), expression=_mean.symbol, relation="==",
)  # fmt: skip
BASELINE_NOISE = Claim(
    name="A baseline leaves the noise as it is", source="[this book]", symbols=(_added,), hypotheses=(),
    quantity=shown(r"\Delta_\beta"), expression=_added.symbol, relation="==",
)  # fmt: skip
LEAVE_ONE_OUT = Claim(
    name="Leave one out", source="[this book]", symbols=(ROLLOUTS,),
    hypotheses=(Hypothesis("rollouts >= 2", sp.Ge(K, 2), "there are others"),),
    quantity=shown(r"\Delta_{\mathrm{loo}} / \Delta"), expression=K / (K - 1), relation="==",
    meaning="the baseline brings the errors of its own labels",
)  # fmt: skip

# -- errors that are correlated in time ----------------------------------------------------------------------

HEARD = Claim(
    name="What a score hears of the errors", source="[this book]", symbols=(GAMMA, SIGMA),
    hypotheses=DISCOUNT, quantity=shown(r"\mathbb{E} \bigl(\sum_{u < n} \gamma^u \eta_{t+u}\bigr)^2"),
    expression=sigma**2 * GeometricSum(gamma, n) ** 2, variables=(n,),
    meaning="as if all errors were one: no correlation exceeds 1",
)  # fmt: skip
CORRELATED_EXACT = Claim(
    name="Correlated errors, exact", source="[this book]", symbols=(WEIGHT, HORIZON, ROLLOUTS),
    hypotheses=(SOME_ROLLOUT,), quantity=shown(r"\Delta"),
    expression=_over_steps(delta ** (2 * t) * v(t) * q(t)) / K, relation="==",
    meaning="squared scores, each with the second moment of what it hears",
)  # fmt: skip
CORRELATED = Claim(
    name="What the square in Theorem 2 pays for", source="[this book]",
    symbols=(GAMMA, SIGMA, SCORE_BOUND, HORIZON, ROLLOUTS), hypotheses=(*DISCOUNT, SOME_ROLLOUT),
    quantity=shown(r"\Delta"), expression=PAPER.expression,
    meaning="Theorem 2's, with the largest expectation of a squared norm of a score for W^2",
)  # fmt: skip

# -- which gradient ------------------------------------------------------------------------------------------

_gradient = Quantity(shown(r"\nabla J_H"), "gradient", "gradient of the discounted return")
GRADIENT = Claim(
    name="The discounted estimator estimates the gradient", source="[Sutton et al. 2000; this book]",
    symbols=(_gradient,), hypotheses=(), quantity=shown(r"\mathbb{E}\, \hat g_\gamma"),
    expression=_gradient.symbol, relation="==",
)  # fmt: skip
NOT_THE_GRADIENT = Claim(
    name="Theorem 2's estimator estimates something else", source="[this book]", symbols=(GAMMA, HORIZON),
    hypotheses=(), quantity=shown(r"\mathbb{E}\, \hat g_1 - \nabla J_H"),
    expression=H - GeometricSum(gamma, H), relation="==", meaning="of a coin that pays 1 for heads",
)  # fmt: skip

FORMS = {"paper": PAPER, "sharp": SHARP, "discounted": DISCOUNTED}


def added_variance_bound(
    *,
    sigma: ArrayLike,
    horizon: ArrayLike,
    gamma: ArrayLike,
    rollouts: ArrayLike,
    score_bound: ArrayLike,
    form: str,
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
    return FORMS[form].evaluate(
        sigma=sigma, horizon=horizon, gamma=gamma, rollouts=rollouts, score_bound=score_bound
    )


__all__ = [
    "AVERAGE",
    "BASELINE_MEAN",
    "BASELINE_NOISE",
    "CORRELATED",
    "CORRELATED_EXACT",
    "DISCOUNTED",
    "EXACT",
    "FORMS",
    "GRADIENT",
    "HEARD",
    "LEAVE_ONE_OUT",
    "MARTINGALE",
    "NOT_THE_GRADIENT",
    "PAPER",
    "SHARP",
    "SHARPER",
    "STATE_DEPENDENT",
    "added_variance_bound",
]
