r"""Groups: each of :math:`K` rollouts is compared with the others, and with how far they are apart.

What a baseline of the same labels adds to the variance and what it takes away; what becomes of the mean of a
step where verdicts are divided by the standard deviation of the group's. Coq proves them in
`formal/LeaveOneOut.v`, `formal/Baselines.v` and `formal/Groups.v`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.quantities import shown
from imagination.results.noise.claims import ROLLOUTS, K
from imagination.symbols import real

__all__ = [
    "ADDS",
    "CROSSING",
    "FOUR",
    "NORMALISED",
    "OWN_MEAN",
    "SPREAD_LEAST",
    "SPREAD_MOST",
    "TOTAL",
    "WINS",
]

OTHERS = Hypothesis("rollouts >= 2", sp.Ge(K, 2), "there are others")

# -- a baseline of the same labels ---------------------------------------------------------------------------

m, m_others, V_mean, V_rival, X = real(r"m \bar{m} V_b V_{\mathrm{rival}} X")
OWN = Quantity(m, "own", "squared errors times the squared eligibilities that they meet, summed, expected")
APART = Quantity(m_others, "apart", "the same, as if errors and eligibilities were of two rollouts")
CENTRED = Quantity(V_mean, "centred", "variance of one rollout's estimate less the mean returns to go")
CROSSED = Quantity(X, "crossed", "what scores of one rollout times returns of another scatter")
RIVAL = Quantity(V_rival, "rival", "variance of one rollout's estimate with another baseline, or none")

ADDS = Claim(
    name="Leave one out, state-dependent noise", source="[this book]", symbols=(OWN, APART, ROLLOUTS),
    hypotheses=(OTHERS,), quantity=shown(r"\Delta_{\mathrm{loo}}"),
    expression=(m + m_others / (K - 1)) / K, relation="==",
    meaning="the first term is there with any baseline; the second is what the others' labels bring",
)  # fmt: skip
TOTAL = Claim(
    name="Leave one out, all of the variance", source="[this book]", symbols=(CENTRED, CROSSED, ROLLOUTS),
    hypotheses=(OTHERS,), quantity=shown(r"\operatorname{Var} \hat g_{\mathrm{loo}}"),
    expression=(V_mean + X / (K - 1)) / K, relation="==",
    meaning="that with the mean itself for a baseline, and a price for not knowing the mean",
)  # fmt: skip
CROSSING = 1 + X / (V_rival - V_mean)
WINS = Claim(
    name="From when on leave-one-out wins", source="[this book]", symbols=(CENTRED, CROSSED, RIVAL, ROLLOUTS),
    hypotheses=(OTHERS, Hypothesis("centred < rival", sp.Lt(V_mean, V_rival), "the mean is the better one"),
                Hypothesis("rollouts >= crossing", sp.Le(X, (K - 1) * (V_rival - V_mean)))),
    quantity=TOTAL.expression, expression=V_rival / K,
    meaning="the others' mean is no worse than the rival",
)  # fmt: skip

# -- divided by the spread of the group ----------------------------------------------------------------------

p, J, s = real("p J s")
gradient = Quantity(shown(r"\nabla p_{\mathrm{right}}"), "gradient", "gradient of the chance to be right")
_apart = Quantity(shown(r"\hat g_{\mathrm{loo}}"), "others", "the estimate less the others' mean")
RATE = Quantity(p, "rate", "chance of a yes to an answer")
YOUDEN = Quantity(J, "youden", "Youden's J of the verifier, TPR - FPR; 1 where answers are marked rightly")
SPREAD = Quantity(s, "spread", "expected standard deviation of the group's verdicts")
_UNSURE = (
    Hypothesis("rate > 0", sp.Gt(p, 0), "yes is possible"),
    Hypothesis("rate < 1", sp.Lt(p, 1), "and so is no"),
)  # fmt: skip

OWN_MEAN = Claim(
    name="Less the mean of the group", source="[Liu et al. 2025; this book]", symbols=(_apart, ROLLOUTS),
    hypotheses=(OTHERS,), quantity=shown(r"\hat g_{\mathrm{group}}"), expression=(K - 1) / K * _apart.symbol,
    relation="==", meaning="on every sample: the same direction, a shorter step",
)  # fmt: skip
NORMALISED = Claim(
    name="Divided by the spread", source="[Davis and Recht 2025; Bay and Yearick 2026; this book]",
    symbols=(RATE, YOUDEN, SPREAD, gradient),
    hypotheses=_UNSURE, quantity=shown(r"\mathbb{E}\, \hat g_{\mathrm{norm}}"),
    expression=s * J * gradient.symbol / (p * (1 - p)), relation="==",
    meaning="for one question: the gradient's direction, another length",
)  # fmt: skip
SPREAD_MOST = Claim(
    name="The spread of a group, at most", source="[this book]", symbols=(RATE, ROLLOUTS),
    hypotheses=(*_UNSURE, Hypothesis("rollouts >= 1", sp.Ge(K, 1), "there is a group")),
    quantity=s, expression=sp.sqrt((K - 1) / K * p * (1 - p)), meaning="a group agrees more than its members",
)  # fmt: skip
SPREAD_LEAST = Claim(
    name="The spread of a group, at least", source="[this book]", symbols=(RATE, ROLLOUTS),
    hypotheses=SPREAD_MOST.hypotheses, quantity=sp.sqrt(p * (1 - p)) - s,
    expression=sp.sqrt(p * (1 - p)) * (1 + 1 / (p * (1 - p))) / (2 * K),
    meaning="so it tends to that of one verdict, in the manner of 1/K",
)  # fmt: skip
FOUR = Claim(
    name="A group of four", source="[this book]", symbols=(RATE,), hypotheses=_UNSURE,
    quantity=s / (p * (1 - p)), expression=sp.sqrt(3) - (2 * sp.sqrt(3) - 3) * p * (1 - p), relation="==",
    meaning="the first size at which the weight depends on the question; two and three have 1 and sqrt(2)",
)  # fmt: skip
