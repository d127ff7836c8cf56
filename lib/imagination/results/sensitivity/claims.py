r"""Realised sensitivities: what an adjoint pass computes, and why a global multiplier errs on one side.

A small error moves the state of a rollout by a *nudge* :math:`\delta_t`. To first order :math:`\delta_{t+1} =
F_t \delta_t + e_t`, where :math:`F_t` is the closed loop's Jacobian and :math:`e_t` the error of step t, and
the return moves by :math:`\sum_t \gamma^t \langle g_t, \delta_t \rangle`, where :math:`g_t` is the slope of
the reward. The costate obeys :math:`\lambda_t = \gamma^t g_t + F_t^\top \lambda_{t+1}`. What is said of them
is derived in chapter 8 and proved in `formal/Sensitivity.v`, for every dimension.
"""

from __future__ import annotations

from imagination.claim import Claim, Quantity
from imagination.quantities import EPS_REW, eps_dyn, gamma, nonnegative, shown
from imagination.results.budget.claims import MULTIPLIER
from imagination.results.return_gap.claims import LEMMA_1

PRICED = Quantity(shown("P"), "priced", "sum of the errors, each times the costate after it")
LAST = Quantity(shown(r"P_{\mathrm{end}}"), "last", "what the last costate makes of the last nudge")

ADJOINT = Claim(
    name="Costates price errors",
    source="[GW08]",
    symbols=(PRICED, LAST),
    hypotheses=(),
    quantity=shown(r"\sum_{t<H} \gamma^t \langle g_t, \delta_t \rangle"),
    expression=PRICED.symbol - LAST.symbol,
    relation="==",
    meaning="with a last costate of zero: the first-order change of the return is errors times costates",
)

FIRST_ORDER = Claim(
    name="The first-order change of the return",
    source="[GW08]",
    symbols=(PRICED,),
    hypotheses=(),
    quantity=shown(r"\left. \frac{\mathrm{d} J_H}{\mathrm{d} h} \right|_{h=0}"),
    expression=PRICED.symbol,
    relation="==",
    meaning="one pass backwards, and every error has its price",
)

NEVER_TOO_SMALL = Claim(
    name="The global multiplier is never too small",
    source="[this book, from TSGLH26, Lemma 1]",
    symbols=tuple(q for q in LEMMA_1.symbols if q is not EPS_REW),
    hypotheses=tuple(h for h in LEMMA_1.hypotheses if h != nonnegative(EPS_REW)),
    quantity=(1 - gamma) * LEMMA_1.quantity,
    expression=MULTIPLIER.expression * eps_dyn,
    meaning="where only the dynamics err, the gap is at most that of a reward error D times as large",
)
