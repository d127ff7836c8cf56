r"""Splitting a sampling budget between dynamics and rewards: the claims of part C.

Errors fall as power laws, :math:`\varepsilon_{dyn} = A_d N_d^{-\alpha}` and :math:`\varepsilon_{rew} = A_r
N_r^{-\beta}`; samples cost :math:`c_d` and :math:`c_r`; the error to minimise is :math:`D \varepsilon_{dyn} +
\varepsilon_{rew}`, which is Lemma 1's bound up to a factor. The proofs are in
:mod:`imagination.theory.allocation_proofs`, the optimal split itself in :mod:`imagination.theory.allocation`.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from imagination.theory import return_gap
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity, positive
from imagination.theory.terms import mapping
from imagination.theory.terms import positive as positive_symbols

# -- the words -----------------------------------------------------------------------------------------------

A_d, alpha, A_r, beta, c_d, c_r, B, D = positive_symbols("A_d alpha A_r beta c_d c_r B D")
N_d, N_r, M_d, M_r, n_d, n_r, q = positive_symbols("N_d N_r M_d M_r n_d n_r q")
E = mapping("E", ("positive", "positive"))

LAW_DYN = (Quantity(A_d, "A_dyn", "dynamics error with one transition"), Quantity(alpha, "alpha", "its exponent"))
LAW_REW = (Quantity(A_r, "A_rew", "reward error with one label"), Quantity(beta, "beta", "its exponent"))
COSTS = (
    Quantity(c_d, "c_dyn", "cost of a dynamics sample"),
    Quantity(c_r, "c_rew", "cost of a reward label"),
)
MULTIPLIER_D = Quantity(D, "multiplier", "weight of the dynamics error")
BUDGET_B = Quantity(B, "budget", "what may be spent")
PLAN = (Quantity(N_d, "N_dyn", "dynamics samples"), Quantity(N_r, "N_rew", "reward labels"))
OTHER = (
    Quantity(M_d, "M_dyn", "dynamics samples of another plan"),
    Quantity(M_r, "M_rew", "reward labels of another plan"),
)
INPUTS = (*LAW_DYN, *LAW_REW, *COSTS, MULTIPLIER_D)


def error(dyn: sp.Expr, rew: sp.Expr) -> sp.Expr:
    """The error to minimise, as a function of the sample counts."""
    return D * A_d * dyn ** (-alpha) + A_r * rew ** (-beta)


def cost(dyn: sp.Expr, rew: sp.Expr) -> sp.Expr:
    """What the samples cost."""
    return c_d * dyn + c_r * rew


eps_d, eps_r = A_d * N_d ** (-alpha), A_r * N_r ** (-beta)


def signs(quantities: Sequence[Quantity]) -> tuple[Hypothesis, ...]:
    """That each of the quantities is positive."""
    return tuple(positive(quantity) for quantity in quantities)


ERROR = Hypothesis("error", sp.Eq(E(n_d, n_r), error(n_d, n_r)), "definition, for every plan")
BUDGET = Hypothesis("budget", sp.Eq(cost(N_d, N_r), B), "all of it is spent")
MINIMISER = Hypothesis(
    "minimiser",
    sp.Le(E(N_d, N_r), E(B * q / (c_d * (1 + q)), B / (c_r * (1 + q)))),
    "no other split errs less; q is what it spends on dynamics for each unit spent on rewards",
)
STATIONARY = Hypothesis(
    "stationary",
    sp.Eq(alpha * D * eps_d / (c_d * N_d), beta * eps_r / (c_r * N_r)),
    "one more unit of money is worth the same on either side",
)
AFFORDABLE = Hypothesis("affordable", sp.Le(cost(M_d, M_r), cost(N_d, N_r)), "the other plan costs no more")

_OPTIMUM = (*INPUTS, *PLAN, BUDGET_B)
_MINIMISES = (*signs(_OPTIMUM), ERROR, BUDGET, MINIMISER)

# -- Lemma 1's multiplier ------------------------------------------------------------------------------------

_dyn, _rew = (return_gap.LEMMA_1.expression.coeff(eps) for eps in (w.eps_dyn, w.eps_rew))

MULTIPLIER = Claim(
    name="The multiplier",
    source="[TSGLH26, Thm. 1]",
    symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI),
    hypotheses=(*w.DISCOUNT, *w.CONSTANTS, w.CONTRACTION),
    quantity=sp.Mul(_dyn, 1 / _rew, evaluate=False),
    expression=_dyn / _rew,
    relation="==",
    meaning="how much more the dynamics error weighs in Lemma 1 than the reward error",
)

# -- C1, C2: what holds at the minimum -----------------------------------------------------------------------

SPENDING = Claim(
    name="Spending",
    source="[this book; equivalent to TSGLH26, Thm. 1]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=c_d * N_d / (c_r * N_r),
    expression=alpha * D * eps_d / (beta * eps_r),
    relation="==",
    meaning="spend in proportion to exponent times remaining error",
)

RATIO = Claim(
    name="Theorem 1",
    source="[TSGLH26, Thm. 1]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=N_d / N_r,
    expression=alpha / beta * D * (c_r / c_d) * (eps_d / eps_r),
    relation="==",
    meaning="the ratio of the optimal sample counts",
)
