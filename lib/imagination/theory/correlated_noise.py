r"""Errors that are correlated in time: what they add to the variance of a policy gradient estimate.

The errors of a rollout are drawn together, from any law, and independently of its states and actions. So an
expectation over noisy rollouts is one over rollouts, and at the end of each one over errors. Until then a
rollout carries what the errors have added to its estimate: a random number, which is a point here and has a
value once the errors are known.

Steps are counted from the end, as in :mod:`imagination.theory.policy_gradient`: :math:`\eta_n` is the error
of the step after which n are to come, and :math:`N_n = \eta_{n-1} + \lambda\delta N_{n-1}` what a score that
has n rewards to come hears of the errors. The proofs are in
:mod:`imagination.theory.correlated_noise_proofs`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.sums import GeometricSum
from imagination.theory.terms import mapping, natural, point, real, renamed

gamma, lam, delta, sigma = rn.gamma, rn.lam, rn.delta, rn.sigma
j, n, t, x, z, a, u, k, g, y, e = pg.j, pg.n, pg.t, pg.x, pg.z, pg.a, pg.u, pg.k, pg.g, pg.y, pg.e
i = natural("i")
c = real("alpha")

# -- errors, and what a score hears of them ------------------------------------------------------------------

Q = mapping("Q", (), "law of noise")()  # of all errors of a rollout, together
eta = mapping("eta", ("natural", "noise"))
heard = mapping("N", ("natural", "noise"))
q = mapping("C", ("real",))


def over_errors(term: sp.Expr) -> sp.Expr:
    """The expectation of a term in e, all errors of a rollout."""
    return pg.expected(Q, e, term)


ERROR_MEAN = Hypothesis("errors have mean 0", sp.Eq(over_errors(eta(n, e)), 0), "at every step")
ERROR_VARIANCE = Hypothesis(
    "errors have variance sigma^2", sp.Eq(over_errors(eta(n, e) ** 2), sigma**2), "at every step"
)
HEARD = (
    Hypothesis("no step to come, no error", sp.Eq(heard(0, e), 0)),
    Hypothesis("one step more to come", sp.Eq(heard(n + 1, e), eta(n, e) + lam * delta * heard(n, e))),
)
MOMENT = Hypothesis(
    "second moment of what is heard", sp.Eq(q(n), over_errors(heard(n, e) ** 2)), "with n steps to come"
)


def _at(hypotheses: tuple[Hypothesis, ...], lam_: Any, delta_: Any) -> tuple[Hypothesis, ...]:
    at = {lam: lam_, delta: delta_}
    return tuple(replace(h, relation=h.relation.xreplace(at)) for h in hypotheses)


_ERRORS = (*w.DISCOUNT, *_at(HEARD, gamma, sp.S.One), ERROR_VARIANCE)
HEARD_MOMENT = Claim(
    name="What a score hears of the errors", source="[this book]", symbols=(w.GAMMA, pg.SIGMA),
    hypotheses=_ERRORS,
    quantity=over_errors(heard(n, e) ** 2), expression=sigma**2 * GeometricSum(gamma, n) ** 2, variables=(n,),
    meaning="as if all errors were one: no correlation exceeds 1",
)  # fmt: skip
HEARD_BOUND = Claim(
    name="However many errors", source="[this book]", symbols=(w.GAMMA, pg.SIGMA), hypotheses=_ERRORS,
    quantity=over_errors(heard(n, e) ** 2), expression=sigma**2 / (1 - gamma) ** 2, variables=(n,),
)  # fmt: skip

# -- a rollout's estimate ------------------------------------------------------------------------------------

b = point("b", "blur")  # what errors have added to the estimate so far
nothing = mapping("none", (), "blur")()
value = mapping("B", ("blur", "noise"))
blurred = mapping("plus", ("blur", "natural", "real"), "blur")
_WITH_ERRORS = ("natural", "natural", "state", "real", "real", "real", "blur")
mean, second = (mapping(name, _WITH_ERRORS) for name in ("mu_c", "nu_c"))

BLUR = (
    Hypothesis("nothing is added at first", sp.Eq(value(nothing, e), 0)),
    Hypothesis("a step adds its error", sp.Eq(value(blurred(b, n, c), e), value(b, e) + c * eta(n, e))),
)


def step(moment: Any, steps: Any = n) -> sp.Expr:
    """A moment's expectation over one step: noise-free gain and the error's part are kept apart."""
    gain = g + pg.gain(pg.r(x, a), pg.base(steps, x))
    return pg.following(moment(j, steps, z, pg.eligibility, delta * k, gain,
                               blurred(b, steps, k * pg.eligibility)))  # fmt: skip


def _moment(name: str, moment: Any, last: sp.Expr) -> tuple[Hypothesis, Hypothesis]:
    return (
        Hypothesis(f"{name} at the end", sp.Eq(moment(j, 0, x, u, k, g, b), over_errors(last)),
                   "the errors' law is the same, whatever happened in the rollout"),
        Hypothesis(f"{name}, one step", sp.Eq(moment(j, n + 1, x, u, k, g, b), step(moment))),
    )  # fmt: skip


MEAN = _moment("mean", mean, g + value(b, e))
SECOND = _moment("second moment", second, (g + value(b, e)) ** 2)
_AT = (j, n, x, u, k, g)
_ESTIMATE = (pg.ACTIONS, pg.DECAY, pg.WEIGHT)

SAME_MEAN = Claim(
    name="Correlated errors leave the mean alone", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(pg.PROBABILITIES, pg.POLICY, *MEAN, *pg.MEAN_0, *BLUR, ERROR_MEAN),
    quantity=mean(*_AT, nothing), expression=pg.mean_0(*_AT), relation="==", variables=_AT,
)  # fmt: skip
CARRIED_MEAN = replace(
    SAME_MEAN, name="The mean, with errors under way", quantity=mean(*_AT, b),
    expression=pg.mean_0(*_AT) + over_errors(value(b, e)), hypotheses=(*SAME_MEAN.hypotheses[:-3],
    BLUR[1], ERROR_MEAN), variables=(*_AT, b),
)  # fmt: skip


def moments_heard(steps: Any, last: Any, state: Any = x) -> sp.Sum:
    """Squared scores of the next steps, each with the moment of what it hears; `last` for the first."""
    return sp.Sum(delta ** (2 * t) * pg.scores(j, t, state) * q(last - t), (t, 0, steps - 1))


SHIFT = Claim(
    name="Moments after one step", source="[this book]", symbols=_ESTIMATE, hypotheses=pg.SQUARED_SCORE,
    quantity=moments_heard(i + 1, y),
    expression=pg.scores(j, 0, x) * q(y) + delta**2 * pg.following(moments_heard(i, y - 1, z)),
    relation="==", variables=(j, i, x, y),
)  # fmt: skip
ADDS = Claim(
    name="What correlated errors add", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(*pg.SCORES, *SECOND, *pg.SECOND_0, *pg.MEAN_0, BLUR[1], *HEARD, MOMENT, ERROR_MEAN,
                *pg.SQUARED_SCORE),
    quantity=second(*_AT, b),
    expression=pg.second_0(*_AT) + 2 * pg.mean_0(*_AT) * over_errors(value(b, e))
    + over_errors((value(b, e) + k * lam * u * heard(n, e)) ** 2) + k**2 * moments_heard(n, n),
    relation="==", variables=(*_AT, b), meaning="cross terms vanish, because scores average to 0",
)  # fmt: skip

# -- the added variance --------------------------------------------------------------------------------------


def _with_errors(moment: Any) -> Any:
    return lambda *at: moment(*at, nothing)


EXACT = Claim(
    name="Correlated errors, exact", source="[this book]",
    symbols=(*_ESTIMATE, w.HORIZON, rn.ROLLOUTS, rn.PARAMETERS),
    hypotheses=(
        rn.SOME_ROLLOUT, *pg.SCORES, *MEAN, *pg.MEAN_0, *SECOND, *pg.SECOND_0, *BLUR, *HEARD, MOMENT,
        ERROR_MEAN, *pg.SQUARED_SCORE, rn.SCORE_MOMENT,
    ),
    quantity=sp.Sum(
        rn.variance(_with_errors(mean), _with_errors(second)) - rn.variance(pg.mean_0, pg.second_0),
        (j, 0, rn.d - 1),
    ) / rn.K,
    expression=sp.Sum(delta ** (2 * t) * rn.v(t) * q(rn.H - t), (t, 0, rn.H - 1)) / rn.K,
    relation="==", meaning="trace of the covariance with errors, less that without",
)  # fmt: skip
score_squares = mapping("S", pg.scores.domain)  # pg.scores by another name: W is a number here


def _renamed(hypotheses: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    at = {pg.scores: score_squares}
    return tuple(replace(h, relation=renamed(h.relation, at)) for h in hypotheses)


CORRELATED = Claim(
    name="What the square in Theorem 2 pays for", source="[this book]",
    symbols=(w.GAMMA, pg.SIGMA, rn.SCORE_BOUND, pg.ACTIONS, w.HORIZON, rn.ROLLOUTS, rn.PARAMETERS),
    hypotheses=(*w.DISCOUNT, *_renamed(_at(EXACT.hypotheses, gamma, sp.S.One)), ERROR_VARIANCE, *rn.LARGEST),
    quantity=EXACT.quantity, expression=rn.PAPER.expression,
    meaning="Theorem 2's, with the largest expectation of a squared norm of a score for W^2",
)  # fmt: skip

__all__ = ["CORRELATED", "EXACT", "HEARD_BOUND", "HEARD_MOMENT", "SAME_MEAN"]
