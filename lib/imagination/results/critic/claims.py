r"""A critic in place of the rest of the sum: what its errors and the labels' noise do to a policy gradient.

A rollout's estimate is :math:`\sum_t c_t w_t \hat A_t` with :math:`\hat A_t = \sum_l (\gamma\lambda)^l
\delta_{t+l}` and :math:`\delta_u = \hat r_u + \gamma V(s_{u+1}) - V(s_u)`. With the eligibility :math:`M_u =
\gamma\lambda M_{u-1} + c_u w_u` it is :math:`\sum_u M_u \delta_u`, and both claims speak of that. Coq proves
them in `formal/Critic.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.claim import positive as above_0
from imagination.quantities import GAMMA, gamma, nonnegative, shown
from imagination.results.noise.claims import ROLLOUTS, SIGMA, K, sigma
from imagination.symbols import real

__all__ = [
    "BIAS",
    "NOISE",
    "TWO_STEPS",
    "ahead",
    "bias",
    "eligible",
    "end",
    "lam",
    "linear",
    "plain",
    "square",
    "trace",
]

lam, ahead, end, eligible = real("lambda c c_H m")
trace, bias, linear, square = real("x B p q")
plain = shown(r"\mathbb{E}\, \hat g_1")

LAMBDA = Quantity(
    lam, "lam", "how far a temporal difference is handed back: 0 trusts the critic, 1 the labels"
)
PLAIN = Quantity(plain, "plain", "mean of the estimate without a critic, by the labels up to the end")
AHEAD = Quantity(ahead, "ahead", "eligibilities times the critic's errors one step later, over all steps")
END = Quantity(end, "at_end", "the last eligibility times the error of the value at the end")

BIAS = Claim(
    name="What a critic's errors do", source="[this book]",
    symbols=(GAMMA, LAMBDA, PLAIN, AHEAD, END), hypotheses=(), quantity=shown(r"\mathbb{E}\, \hat g_\lambda"),
    expression=plain + gamma * ((1 - lam) * ahead + lam * end), relation="==",
    meaning="an error in the state where a score is taken is a baseline; those in later states are bias",
)  # fmt: skip

ELIGIBLE = Quantity(eligible, "eligible", "squared eligibilities, over all steps")
NOISE = Claim(
    name="What noise a critic lets in", source="[this book]", symbols=(SIGMA, ELIGIBLE, ROLLOUTS),
    hypotheses=(above_0(ROLLOUTS),), quantity=shown(r"\Delta_\lambda"),
    expression=sigma**2 * eligible / K, relation="==",
    meaning="the labels' noise meets eligibilities that fade by gamma lambda, not by gamma",
)  # fmt: skip

# -- the best lambda of two steps ----------------------------------------------------------------------------

TRACE = Quantity(trace, "trace", "any lambda between 0 and 1")
SIZE = Quantity(bias, "bias", "norm of the bias at lambda = 0")
LINEAR = Quantity(linear, "linear", "what the variance of one rollout's estimate has of 2 lambda")
SQUARE = Quantity(square, "square", "what the variance of one rollout's estimate has of lambda squared")
_BEST = sp.Min(1, sp.Max(0, (K * bias**2 - linear) / (K * bias**2 + square)))


def _error(at: sp.Expr) -> sp.Expr:
    """Squared error of K rollouts at a lambda, less what no lambda changes."""
    return (1 - at) ** 2 * bias**2 + (2 * linear * at + square * at**2) / K


TWO_STEPS = Claim(
    name="The best lambda of two steps", source="[this book]",
    symbols=(TRACE, SIZE, LINEAR, SQUARE, ROLLOUTS),
    hypotheses=(nonnegative(TRACE), Hypothesis("trace <= 1", sp.Le(trace, 1), TRACE.meaning),
                above_0(ROLLOUTS),
                Hypothesis("K B^2 + q > 0", sp.Gt(K * bias**2 + square, 0), "lambda matters")),
    quantity=_error(_BEST), expression=_error(trace),
    meaning="no lambda is better than this one: 1 for many rollouts, less for noise, 0 for a good critic",
)  # fmt: skip
