r"""The vocabulary of part D: a policy with parameters, its scores, noisy rewards, and a rollout's estimate.

A state may hold the whole history, so nothing is lost by letting laws depend on it alone. Actions are
numbered :math:`0, \dots, m - 1`. The parameters are numbered too, and everything is said of each parameter:
the trace of a covariance is the sum of the variances of its coordinates.

An expectation over rollouts is an iterated one: over the action, the successor and the reward's noise, and
then over what follows. Estimates are accumulated. The eligibility u decays by :math:`\lambda` and grows by
the score at each step; the estimate grows by weight times reward times eligibility; the weight k decays by
:math:`\delta`. Theorem 2's estimator has :math:`(\lambda, \delta) = (\gamma, 1)`, the discounted one
:math:`(1, \gamma)`. At each step any function of the state may be subtracted as a baseline.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.sums import GeometricSum
from imagination.theory.terms import Expectation, mapping, natural, point, real

gamma, H, x, z, n, t = w.gamma, w.H, w.x, w.z, w.n, w.t
sigma, lam, delta = real("sigma lambda delta")
m, a, j, i = natural("m a j i")
u, k, g, y = real("u k g y")
e = point("e", "noise")

ACTIONS = Quantity(m, "actions", "number of actions")
SIGMA = Quantity(sigma, "sigma", "standard deviation of the reward's noise")
DECAY = Quantity(lam, "decay", "factor by which a score's weight falls from one reward to the next")
WEIGHT = Quantity(delta, "weight", "factor by which a reward's weight falls from one step to the next")


def over_actions(term: sp.Expr, count: Any = m) -> sp.Sum:
    """A sum over all actions."""
    return sp.Sum(term, (a, 0, count - 1))


def expected(law: Any, variable: Any, term: sp.Expr) -> sp.Expr:
    """The expectation of a term in `variable` under a law."""
    return Expectation(law, sp.Lambda(variable, term))


# -- the policy and its scores -------------------------------------------------------------------------------

p = mapping("p", ("natural", "natural", "state", "real"))  # with one parameter moved
theta = mapping("theta", ("natural",))
pi = mapping("pi", ("natural", "state"))
score = mapping("w", ("natural", "natural", "state"))
h = mapping("h", ("natural",))

PROBABILITIES = Hypothesis(
    "probabilities add to 1", sp.Eq(over_actions(p(j, a, x, y)), 1), "whatever the parameters"
)
POLICY = Hypothesis("policy", sp.Eq(p(j, a, x, theta(j)), pi(a, x)), "at the parameters that it has")
NULL_SEQUENCE = Hypothesis("steps tend to 0", sp.Eq(sp.Limit(h(n), n, sp.oo), 0))
STEPS = Hypothesis("steps are not 0", sp.Ne(h(n), 0))


slope = mapping("q", ("natural", "natural", "natural", "state"))
SLOPES = Hypothesis(
    "difference quotients",
    sp.Eq(h(n) * slope(n, j, a, x), p(j, a, x, theta(j) + h(n)) - p(j, a, x, theta(j))),
    "of an action's probability, along any steps that tend to 0",
)
SCORE = Hypothesis(
    "score",
    sp.Eq(sp.Limit(slope(n, j, a, x), n, sp.oo), pi(a, x) * score(j, a, x)),
    "a probability's derivative is the probability times the derivative of its logarithm",
)
SCORES = (PROBABILITIES, POLICY, STEPS, SLOPES, SCORE)

MARTINGALE = Claim(
    name="Scores average to 0",
    source="[Williams 1992; this book]",
    symbols=(ACTIONS,),
    hypotheses=SCORES,
    quantity=over_actions(pi(a, x) * score(j, a, x)),
    expression=sp.S.Zero,
    relation="==",
    variables=(j, x),
    meaning="over the actions, given the past",
)
TOTAL = Claim(
    name="Some action is taken", source="[this book]", symbols=(ACTIONS,),
    hypotheses=(PROBABILITIES, POLICY), quantity=over_actions(pi(a, x)), expression=sp.S.One,
    relation="==", variables=(x,),
)  # fmt: skip

# -- a rollout's estimate and its moments --------------------------------------------------------------------

P = mapping("P", ("state", "natural"), "law of state")
N = mapping("N", ("natural", "state", "natural"), "law of noise")
r = mapping("r", ("state", "natural"))
eta = mapping("eta", ("noise",))

_MOMENT = ("natural", "natural", "state", "real", "real", "real")
mean, mean_0, second, second_0 = (mapping(name, _MOMENT) for name in ("mu", "mu0", "nu", "nu0"))

base = mapping("beta", ("natural", "state"))

eligibility = lam * u + score(j, a, x)


def gain(reward: sp.Expr, baseline: sp.Expr) -> sp.Expr:
    """What a step adds to the estimate: its reward times the eligibility, less its score times a baseline."""
    return k * (reward * eligibility - score(j, a, x) * baseline)


NOISE_MEAN = Hypothesis(
    "noise has mean 0", sp.Eq(expected(N(n, x, a), e, eta(e)), 0), "whatever happened before and happens next"
)
NOISE_VARIANCE = Hypothesis(
    "noise has variance sigma^2", sp.Eq(expected(N(n, x, a), e, eta(e) ** 2), sigma**2), "at every step"
)


def noisy_step(moment: Any, steps: Any = n) -> sp.Expr:
    """A moment's expectation over one step of a rollout with noisy rewards."""
    after = moment(j, steps, z, eligibility, delta * k, g + gain(r(x, a) + eta(e), base(steps, x)))
    return over_actions(pi(a, x) * expected(P(x, a), z, expected(N(steps, x, a), e, after)))


def quiet_step(moment: Any, steps: Any = n, reward: Any = r, baseline: Any = base) -> sp.Expr:
    """The same with the rewards themselves."""
    after = moment(j, steps, z, eligibility, delta * k, g + gain(reward(x, a), baseline(steps, x)))
    return over_actions(pi(a, x) * expected(P(x, a), z, after))


def _moment(name: str, moment: Any, last: sp.Expr, step: Any) -> tuple[Hypothesis, Hypothesis]:
    return (
        Hypothesis(f"{name} at the end", sp.Eq(moment(j, 0, x, u, k, g), last)),
        Hypothesis(f"{name}, one step", sp.Eq(moment(j, n + 1, x, u, k, g), step(moment))),
    )


MEAN = _moment("mean", mean, g, noisy_step)
MEAN_0 = _moment("noise-free mean", mean_0, g, quiet_step)
SECOND = _moment("second moment", second, g**2, noisy_step)
SECOND_0 = _moment("noise-free second moment", second_0, g**2, quiet_step)

_ESTIMATE = (ACTIONS, DECAY, WEIGHT)
_AT = (j, n, x, u, k, g)

AFFINE = Claim(
    name="The mean adds up", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(PROBABILITIES, POLICY, *MEAN_0),
    quantity=mean_0(*_AT), expression=g + mean_0(j, n, x, u, k, 0), relation="==", variables=_AT,
    meaning="what was estimated before, and what is still to come",
)  # fmt: skip
QUADRATIC = Claim(
    name="The second moment adds up", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(PROBABILITIES, POLICY, *MEAN_0, *SECOND_0),
    quantity=second_0(*_AT),
    expression=g**2 + 2 * g * mean_0(j, n, x, u, k, 0) + second_0(j, n, x, u, k, 0), relation="==",
    variables=_AT,
)  # fmt: skip
UNBIASED = Claim(
    name="Noise leaves the mean alone", source="[TSGLH26, Thm. 2]", symbols=_ESTIMATE,
    hypotheses=(PROBABILITIES, POLICY, *MEAN, *MEAN_0, NOISE_MEAN),
    quantity=mean(*_AT), expression=mean_0(*_AT), relation="==", variables=_AT,
)  # fmt: skip

# -- baselines and biases ------------------------------------------------------------------------------------

plain = mapping("mu_plain", _MOMENT)
biased, bias_mean = (mapping(name, _MOMENT) for name in ("mu_biased", "mu_bias"))
bias = mapping("b", ("state", "natural"))
no_base = mapping("beta0", ("natural", "state"))


def _nothing(steps: Any, state: Any) -> sp.Expr:
    return sp.S.Zero


PLAIN = _moment("plain mean", plain, g, lambda moment: quiet_step(moment, baseline=_nothing))
BIASED = _moment("mean of the biased estimate", biased, g,
                 lambda moment: quiet_step(moment, reward=lambda s, c: r(s, c) + bias(s, c)))  # fmt: skip
BIAS_MEAN = _moment(
    "mean of the bias's estimate", bias_mean, g,
    lambda moment: quiet_step(moment, reward=bias, baseline=no_base),
)  # fmt: skip
NO_BASE = Hypothesis("no baseline for the bias", sp.Eq(no_base(n, x), 0))

BASELINE = Claim(
    name="A baseline leaves the mean alone", source="[Williams 1992; this book]", symbols=_ESTIMATE,
    hypotheses=(*SCORES, *MEAN_0, *PLAIN),
    quantity=mean_0(*_AT), expression=plain(*_AT), relation="==", variables=_AT,
)  # fmt: skip
FROZEN = Claim(
    name="A frozen error is bias", source="[TSGLH26, Prop. 2]", symbols=_ESTIMATE,
    hypotheses=(PROBABILITIES, POLICY, *BIASED, *MEAN_0, *BIAS_MEAN, NO_BASE),
    quantity=biased(*_AT), expression=mean_0(*_AT) + bias_mean(j, n, x, u, k, 0), relation="==",
    variables=_AT, meaning="it is the same at every visit, so it is estimated as if it were a reward",
)  # fmt: skip

# The expectation of what the noise adds: the squared, weighted eligibilities of the steps to come.
squares = mapping("X", ("natural", "natural", "state", "real", "real"))
SQUARES = (
    Hypothesis("no steps, no eligibility", sp.Eq(squares(j, 0, x, u, k), 0)),
    Hypothesis(
        "squared eligibilities, one step",
        sp.Eq(
            squares(j, n + 1, x, u, k),
            over_actions(
                pi(a, x)
                * (k**2 * eligibility**2 + expected(P(x, a), z, squares(j, n, z, eligibility, delta * k)))
            ),
        ),
    ),
)
NOISE_ADDS = Claim(
    name="What noise adds", source="[this book]", symbols=(*_ESTIMATE, SIGMA),
    hypotheses=(PROBABILITIES, POLICY, *SECOND, *SECOND_0, *MEAN_0, *SQUARES, NOISE_MEAN, NOISE_VARIANCE),
    quantity=second(*_AT), expression=second_0(*_AT) + sigma**2 * squares(j, n, x, u, k), relation="==",
    variables=_AT, meaning="variance sigma^2 times the squared eligibility, at each step",
)  # fmt: skip

# -- the eligibilities' second moments -----------------------------------------------------------------------

scores, traces = (mapping(name, ("natural", "natural", "state")) for name in ("W", "A"))


def on_average(values: Any, steps: Any) -> sp.Expr:
    """What a quantity is on average after one step."""
    return over_actions(pi(a, x) * expected(P(x, a), z, values(j, steps, z)))


SQUARED_SCORE = (
    Hypothesis("squared score, now", sp.Eq(scores(j, 0, x), over_actions(pi(a, x) * score(j, a, x) ** 2))),
    Hypothesis("squared score, later", sp.Eq(scores(j, t + 1, x), on_average(scores, t))),
)
# A_t is the sum over s <= t of lambda^(2 (t - s)) times the score's second moment at s.
TRACE = (
    Hypothesis("squared eligibility at first", sp.Eq(traces(j, 0, x), scores(j, 0, x))),
    Hypothesis(
        "squared eligibility, later",
        sp.Eq(traces(j, t + 1, x), lam**2 * traces(j, t, x) + scores(j, t + 1, x)),
    ),
)
ratio = lam**2 * delta**2
weighted_traces = sp.Sum(delta ** (2 * t) * traces(j, t, x), (t, 0, n - 1))

SHIFT = Claim(
    name="Squared eligibility after one step", source="[this book]", symbols=(ACTIONS, DECAY),
    hypotheses=(*SQUARED_SCORE, *TRACE),
    quantity=traces(j, t + 1, x), expression=lam ** (2 * t + 2) * scores(j, 0, x) + on_average(traces, t),
    relation="==", variables=(j, t, x),
)  # fmt: skip
SUM_SHIFT = Claim(
    name="Weighted sum after one step", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(*SQUARED_SCORE, *TRACE),
    quantity=weighted_traces.xreplace({n: n + 1}),
    expression=GeometricSum(ratio, n + 1) * scores(j, 0, x)
    + delta**2 * over_actions(pi(a, x) * expected(P(x, a), z, weighted_traces.xreplace({x: z}))),
    relation="==", variables=(j, n, x),
)  # fmt: skip
ELIGIBILITY = Claim(
    name="Squared eligibilities", source="[this book]", symbols=_ESTIMATE,
    hypotheses=(*SCORES, *SQUARES, *SQUARED_SCORE, *TRACE),
    quantity=squares(j, n, x, u, k),
    expression=k**2 * (lam**2 * u**2 * GeometricSum(ratio, n) + weighted_traces), relation="==",
    variables=(j, n, x, u, k), meaning="cross terms vanish, because scores average to 0",
)  # fmt: skip

# -- norms of scores, and their maximum over a rollout -------------------------------------------------------

norm = mapping("omega", ("natural", "state"))
norms = mapping("Omega", ("natural", "state"))
maxima = mapping("Z", ("natural", "state", "real"))


def following(term: sp.Expr) -> sp.Expr:
    """A term in z, the next state, on average over actions and successors."""
    return over_actions(pi(a, x) * expected(P(x, a), z, term))


NONNEGATIVE = (
    Hypothesis("probabilities are nonnegative", sp.Ge(pi(a, x), 0)),
    Hypothesis("squared norms are nonnegative", sp.Ge(norm(a, x), 0)),
)
NORMS = (
    Hypothesis("squared norm, now", sp.Eq(norms(0, x), over_actions(pi(a, x) * norm(a, x)))),
    Hypothesis("squared norm, later", sp.Eq(norms(t + 1, x), following(norms(t, z)))),
)
MAXIMA = (
    Hypothesis("maximum so far", sp.Eq(maxima(0, x, y), sp.Max(y, 0)), "of y and of squares"),
    Hypothesis(
        "maximum, one step", sp.Eq(maxima(n + 1, x, y), following(maxima(n, z, sp.Max(y, norm(a, x)))))
    ),
)
GROWS = Claim(
    name="A maximum does not fall", source="[this book]", symbols=(ACTIONS,),
    hypotheses=(PROBABILITIES, POLICY, NONNEGATIVE[0], *MAXIMA),
    quantity=maxima(n, x, y), expression=maxima(n + 1, x, y), variables=(n, x, y),
)  # fmt: skip
ABOVE = Claim(
    name="A maximum is above each", source="[this book]", symbols=(ACTIONS,),
    hypotheses=(PROBABILITIES, POLICY, *NONNEGATIVE, *NORMS, *MAXIMA),
    quantity=norms(t, x), expression=maxima(t + 1, x, y), variables=(t, x, y),
)  # fmt: skip

d = natural("d")
PARAMETERS = Quantity(d, "parameters", "number of parameters")
NORM = Hypothesis("squared norm of a score", sp.Eq(norm(a, x), sp.Sum(score(j, a, x) ** 2, (j, 0, d - 1))))
COORDINATES = Claim(
    name="Coordinates add up to the norm", source="[this book]", symbols=(ACTIONS, PARAMETERS),
    hypotheses=(NORM, *SQUARED_SCORE, *NORMS),
    quantity=sp.Sum(scores(j, t, x), (j, 0, d - 1)), expression=norms(t, x), relation="==",
    variables=(t, x),
)  # fmt: skip
