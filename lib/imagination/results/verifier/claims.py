r"""A judge who says yes or no: what its verdicts do to a policy gradient, and what they are worth.

A reward :math:`r` is 0 or 1. A verifier says yes with probability TPR where it is 1 and with probability FPR
where it is 0, so its verdict is :math:`\mathrm{FPR} + J r + \eta` with Youden's :math:`J = \mathrm{TPR} -
\mathrm{FPR}` and an error :math:`\eta` whose mean is 0 given the trajectory. Coq proves what follows
from that in `formal/Verifier.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.claim import positive as above_0
from imagination.quantities import nonnegative, shown
from imagination.results.fidelity import claims as fidelity
from imagination.sums import MajoritySum
from imagination.symbols import natural, real

__all__ = [
    "AT_END",
    "BEYOND",
    "MAJORITY",
    "MAJORITY_SATURATES",
    "MAJORITY_SCALES",
    "MEAN_OF_VOTES",
    "OFF_THE_GRADIENT",
    "PER_STEP",
    "RESCALED_CROSSING",
    "SATURATES",
    "SCALES",
    "TWO_MORE_VOTES",
    "UP_TO",
    "VARYING",
    "VERDICTS_ADD",
    "VERDICT_VARIANCE",
    "WORTH",
]

tpr, fpr, r, N = real(r"\mathrm{TPR} \mathrm{FPR} r N")
J = tpr - fpr

TPR = Quantity(tpr, "tpr", "probability of a yes where the reward is 1")
FPR = Quantity(fpr, "fpr", "probability of a yes where the reward is 0")
REWARD = Quantity(r, "reward", "the reward, 0 or 1")


def probability(quantity: Quantity) -> tuple[Hypothesis, Hypothesis]:
    """That a number lies between 0 and 1."""
    below = Hypothesis(f"{quantity.code} <= 1", sp.Le(quantity.symbol, 1), quantity.meaning)
    return nonnegative(quantity), below


RATES = (*probability(TPR), *probability(FPR))

# -- the mean: constant rates --------------------------------------------------------------------------------

gradient = Quantity(shown(r"\nabla J_H"), "gradient", "gradient of the return")
of_length = Quantity(
    shown(r"\nabla\, \mathbb{E} \sum_{t<T} \gamma^t"), "of_length", "gradient of the discounted length"
)
of_end = Quantity(
    shown(r"\nabla\, \mathbb{E}\, \gamma^{T-1}"), "of_end", "gradient of the last step's discount"
)

SCALES = Claim(
    name="A verifier scales the gradient", source="[this book]", symbols=(TPR, FPR, gradient),
    hypotheses=RATES, quantity=shown(r"\mathbb{E}\, \hat g"), expression=J * gradient.symbol, relation="==",
    meaning="where every rollout has the same number of verdicts the direction is exact",
)  # fmt: skip
PER_STEP = Claim(
    name="A verdict at every step", source="[this book]", symbols=(TPR, FPR, gradient, of_length),
    hypotheses=RATES, quantity=shown(r"\mathbb{E}\, \hat g"),
    expression=SCALES.expression + fpr * of_length.symbol, relation="==",
    meaning="where the policy decides the length, false yeses pay for length",
)  # fmt: skip
AT_END = Claim(
    name="One verdict at the end", source="[this book]", symbols=(TPR, FPR, gradient, of_end),
    hypotheses=RATES, quantity=shown(r"\mathbb{E}\, \hat g"),
    expression=SCALES.expression + fpr * of_end.symbol, relation="==",
    meaning="a false yes that comes later is worth less: a penalty for length, and none without discount",
)  # fmt: skip

# -- the variance, and what it is worth ----------------------------------------------------------------------

VERDICT_VARIANCE = Claim(
    name="The variance of a verdict", source="[this book]", symbols=(TPR, FPR, REWARD),
    hypotheses=(*RATES, *probability(REWARD)), quantity=shown(r"\operatorname{Var} v"),
    expression=(fpr + J * r) * (1 - (fpr + J * r)), relation="==",
    meaning="it depends on state and action, through the reward",
)  # fmt: skip

m_1, m_0 = real("m_1 m_0")
RIGHT = Quantity(m_1, "right", "squared eligibilities, summed over verdicts on rewards of 1")
WRONG = Quantity(m_0, "wrong", "squared eligibilities, summed over verdicts on rewards of 0")
VERDICTS_ADD = Claim(
    name="What verdicts add", source="[this book]", symbols=(TPR, FPR, RIGHT, WRONG, fidelity.ROLLOUTS),
    hypotheses=(*RATES, above_0(fidelity.ROLLOUTS)), quantity=shown(r"\Delta"),
    expression=(tpr * (1 - tpr) * m_1 + fpr * (1 - fpr) * m_0) / fidelity.K, relation="==",
    meaning="to the variance of an estimate whose rewards are FPR + J r",
)  # fmt: skip

VERDICT_NOISE = Quantity(N, "verdict_noise", "variance that verdicts add to one rollout's estimate")
INFORMATIVE = Hypothesis("fpr < tpr", sp.Lt(fpr, tpr), "a yes is likelier where it is due")
WORTH = Claim(
    name="What a verifier is worth", source="[this book]",
    symbols=(TPR, FPR, fidelity.COST, fidelity.FIXED, fidelity.NOISE_FREE, VERDICT_NOISE, fidelity.BUDGET,
             fidelity.ROLLOUTS),
    hypotheses=(*RATES, INFORMATIVE, *map(above_0, (fidelity.COST, fidelity.BUDGET, fidelity.ROLLOUTS)),
                *map(nonnegative, (fidelity.FIXED, fidelity.NOISE_FREE, VERDICT_NOISE)),
                Hypothesis("the budget is spent",
                           sp.Eq(fidelity.K * (fidelity.c_0 + fidelity.c), fidelity.B))),
    quantity=(fidelity.V + N / J**2) / fidelity.K,
    expression=(fidelity.c_0 + fidelity.c) * (fidelity.V + N / J**2) / fidelity.B, relation="==",
    meaning="the variance of the estimate divided by J, from all rollouts that a budget buys",
)  # fmt: skip

# -- rates that vary -----------------------------------------------------------------------------------------

mean_J, a, o = real(r"\bar{J} a o")
MEAN_J = Quantity(mean_J, "mean_youden", "any number that stands for J everywhere")
of_rates = Quantity(
    shown(r"\nabla B_H"), "of_rates", r"gradient of the return of b = FPR(s, a) + (J(s, a) - mean J) r"
)
VARYING = Claim(
    name="Rates that vary are bias", source="[this book]", symbols=(MEAN_J, gradient, of_rates),
    hypotheses=(), quantity=shown(r"\mathbb{E}\, \hat g"),
    expression=mean_J * gradient.symbol + of_rates.symbol, relation="==",
    meaning="what differs from state to state is learned as if it were reward",
)  # fmt: skip

ALONG = Quantity(a, "along", "what the estimate's mean has along the gradient, in gradients")
ACROSS = Quantity(o, "across", "norm of what it has across the gradient")
AHEAD = Hypothesis("along > 0", sp.Gt(a, 0), "it climbs")
OFF_THE_GRADIENT = Claim(
    name="Only what is across misleads", source="[this book]", symbols=(ALONG, ACROSS), hypotheses=(AHEAD,),
    quantity=shown(r"\lVert \tfrac{1}{a} \mathbb{E}\, \tilde g - \nabla J_H \rVert^2"),
    expression=o**2 / a**2, relation="==", meaning="once the step is rescaled",
)  # fmt: skip

RESCALED_CROSSING = (a**2 * fidelity.v_noisy - fidelity.v_biased) / o**2
_error = (fidelity.v_biased / fidelity.K + o**2) / a**2
_SYMBOLS = (fidelity.NOISY, fidelity.BIASED, ALONG, ACROSS, fidelity.ROLLOUTS)
_SIGNS = (AHEAD, Hypothesis("across > 0", sp.Gt(o, 0), ACROSS.meaning), above_0(fidelity.ROLLOUTS))
UP_TO = Claim(
    "Up to the rescaled crossing", "[this book]", _SYMBOLS,
    (*_SIGNS, Hypothesis("rollouts <= crossing", sp.Le(fidelity.K, RESCALED_CROSSING))),
    _error, fidelity.v_noisy / fidelity.K, meaning="the biased judge, rescaled, is the better one",
)  # fmt: skip
BEYOND = Claim(
    "Beyond the rescaled crossing", "[this book]", _SYMBOLS,
    (*_SIGNS, Hypothesis("rollouts > crossing", sp.Gt(fidelity.K, RESCALED_CROSSING))),
    fidelity.v_noisy / fidelity.K, _error, relation="<", meaning="the unbiased one is",
)  # fmt: skip

# -- votes ---------------------------------------------------------------------------------------------------

p, rho = real("p rho")
n = natural("n")
RATE = Quantity(p, "rate", "probability of a yes")
VOTES = Quantity(n, "votes", "number of verdicts on the same step")
CORRELATION = Quantity(rho, "correlation", "correlation of two verdicts on the same step")
SOME_VOTE = Hypothesis("votes >= 1", sp.Ge(n, 1), "at least one verdict")
_VOTES = (*probability(RATE), *probability(CORRELATION), SOME_VOTE)

MEAN_OF_VOTES = Claim(
    name="The mean of votes", source="[this book]", symbols=(RATE, VOTES, CORRELATION), hypotheses=_VOTES,
    quantity=shown(r"\operatorname{Var} \tfrac{1}{n} \sum_{i \le n} v_i"),
    expression=p * (1 - p) * (rho + (1 - rho) / n), relation="==",
    meaning="J stays; only what the votes do not share averages out",
)  # fmt: skip
SATURATES = Claim(
    name="Votes saturate", source="[this book]", symbols=(RATE, VOTES, CORRELATION), hypotheses=_VOTES,
    quantity=rho * p * (1 - p), expression=MEAN_OF_VOTES.expression,
    meaning="what they share stays, however many there are",
)  # fmt: skip

# -- the majority of votes -----------------------------------------------------------------------------------

k = natural("k")
m = real("m")
PAIRS = Quantity(k, "pairs", "k, of 2k + 1 votes")
OFF_ONE_SIDE = Quantity(m, "off", "largest distance of a step's own rate from the nearer of 0 and 1")


def majority(rate: sp.Expr) -> sp.Expr:
    """The probability that most of 2k + 1 independent votes are yes."""
    return rate + (2 * rate - 1) * MajoritySum(rate * (1 - rate), k)


MAJORITY = Claim(
    name="The majority of votes", source="[this book]", symbols=(RATE, PAIRS), hypotheses=probability(RATE),
    quantity=shown(r"P_{2k+1}"), expression=majority(p), relation="==",
    meaning="each further two votes add a term, of the sign of p - 1/2",
)  # fmt: skip
TWO_MORE_VOTES = Claim(
    name="Two more votes", source="[this book]", symbols=(RATE, PAIRS), hypotheses=probability(RATE),
    quantity=shown(r"P_{2k+3} - P_{2k+1}"),
    expression=sp.binomial(2 * k + 1, k) * (p * (1 - p)) ** (k + 1) * (2 * p - 1), relation="==",
    meaning="Condorcet's step: a majority drives every rate away from 1/2",
)  # fmt: skip
MAJORITY_SCALES = Claim(
    name="A majority scales the gradient", source="[this book]", symbols=(TPR, FPR, PAIRS, gradient),
    hypotheses=RATES, quantity=SCALES.quantity,
    expression=(majority(tpr) - majority(fpr)) * gradient.symbol, relation="==",
    meaning="with the J of the majority",
)  # fmt: skip
MAJORITY_SATURATES = Claim(
    name="A majority saturates", source="[this book]", symbols=(PAIRS, OFF_ONE_SIDE),
    hypotheses=(nonnegative(OFF_ONE_SIDE), Hypothesis("off <= 1/2", sp.Le(m, sp.Rational(1, 2)))),
    quantity=shown(r"\lvert P_{2k+1} - \mathbb{P}(q > \tfrac{1}{2}) - "
                   r"\tfrac{1}{2} \mathbb{P}(q = \tfrac{1}{2}) \rvert"),
    expression=m * (4 * m * (1 - m)) ** k,
    meaning="votes that share a step's own rate q end at the share of steps that most get right",
)  # fmt: skip
