r"""Splitting a sampling budget between dynamics and rewards: Theorem 1 and what belongs to it.

Errors fall as power laws, :math:`\varepsilon_{dyn} = A_d N_d^{-\alpha}` and :math:`\varepsilon_{rew} = A_r
N_r^{-\beta}`; samples cost :math:`c_d` and :math:`c_r`; the error to minimise is :math:`D \varepsilon_{dyn} +
\varepsilon_{rew}`, which is Lemma 1's bound up to a factor. Theorem 1 is proved in `formal/Allocation.v`,
what follows from it in `formal/Spending.v` and `formal/Growth.v`. The optimal split itself is in
:mod:`imagination.decide.allocation`.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity, positive
from imagination.quantities import (
    CONSTANTS,
    CONTRACTION,
    DISCOUNT,
    GAMMA,
    LIP_F,
    LIP_PI,
    LIP_R,
    eps_dyn,
    eps_rew,
)
from imagination.results.return_gap import claims as return_gap
from imagination.symbols import positive as positive_symbols
from imagination.symbols import real

# -- the words -----------------------------------------------------------------------------------------------

A_d, alpha, A_r, beta, c_d, c_r, B, D = positive_symbols("A_d alpha A_r beta c_d c_r B D")
N_d, N_r, M_d, M_r, q = positive_symbols("N_d N_r M_d M_r q")

LAW_DYN = (Quantity(A_d, "A_dyn", "dynamics error with one sample"), Quantity(alpha, "alpha", "its exponent"))
LAW_REW = (Quantity(A_r, "A_rew", "reward error with one label"), Quantity(beta, "beta", "its exponent"))
COSTS = (
    Quantity(c_d, "c_dyn", "cost of a dynamics sample"),
    Quantity(c_r, "c_rew", "cost of a reward label"),
)
MULTIPLIER_D = Quantity(D, "multiplier", "weight of the dynamics error")
BUDGET_B = Quantity(B, "budget", "what may be spent")
PLAN = (Quantity(N_d, "N_dyn", "dynamics samples"), Quantity(N_r, "N_rew", "reward labels"))
OTHER = (
    Quantity(M_d, "M_dyn", "dynamics samples of another plan", asked=False),
    Quantity(M_r, "M_rew", "reward labels of another plan", asked=False),
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


BUDGET = Hypothesis("budget", sp.Eq(cost(N_d, N_r), B), "all of it is spent")
SPLIT = (B * q / (c_d * (1 + q)), B / (c_r * (1 + q)))
"""The plan that spends all, q on dynamics for each unit that it spends on rewards."""

BEST = r"\((N_d, N_r)\) is the plan of least error among those that cost at most \(B\)"
STATIONARY = Hypothesis(
    "stationary",
    sp.Eq(alpha * D * eps_d / (c_d * N_d), beta * eps_r / (c_r * N_r)),
    "one more unit of money is worth the same on either side",
)
AFFORDABLE = Hypothesis("affordable", sp.Le(cost(M_d, M_r), cost(N_d, N_r)), "the other plan costs no more")

_OPTIMUM = (*INPUTS, *PLAN, BUDGET_B)
_MINIMISES = (*signs(_OPTIMUM), BUDGET)

# -- Lemma 1's multiplier ------------------------------------------------------------------------------------

_dyn, _rew = (return_gap.LEMMA_1.expression.coeff(eps) for eps in (eps_dyn, eps_rew))

MULTIPLIER = Claim(
    name="The multiplier",
    source="[TSGLH26, Thm. 1]",
    symbols=(GAMMA, LIP_F, LIP_R, LIP_PI),
    hypotheses=(*DISCOUNT, *CONSTANTS, CONTRACTION),
    quantity=sp.Mul(_dyn, 1 / _rew, evaluate=False),
    expression=_dyn / _rew,
    relation="==",
    meaning="how much more the dynamics error weighs in Lemma 1 than the reward error",
)

# -- tools: a power law lies above its tangents, and on chords below -----------------------------------------

a, p, x, y, u, v = positive_symbols("a p x y u v")
_LAW = (Quantity(a, "a", "amplitude"), Quantity(p, "p", "exponent"))
_POINTS = (Quantity(x, "x", "a sample count"), Quantity(y, "y", "another one"))
_WEIGHTS = (Quantity(u, "u", "a weight"), Quantity(v, "v", "another weight"))

TANGENT = Claim(
    name="A power law lies above its tangents",
    source="[this book]",
    symbols=(*_LAW, *_POINTS),
    hypotheses=signs((*_LAW, *_POINTS)),
    quantity=a * x ** (-p) * (1 + p - p * y / x),
    expression=a * y ** (-p),
    meaning="the tangent at x, followed to y",
)

CHORD = Claim(
    name="A power law is convex",
    source="[this book]",
    symbols=(*_LAW, *_POINTS, *_WEIGHTS),
    hypotheses=signs((*_LAW, *_POINTS, *_WEIGHTS)),
    quantity=a * ((u * x + v * y) / (u + v)) ** (-p),
    expression=(u * a * x ** (-p) + v * a * y ** (-p)) / (u + v),
    meaning="at a weighted mean of two sample counts the error is at most the weighted mean of the errors",
)

# -- what holds at the minimum -------------------------------------------------------------------------------

SPENDING = Claim(
    name="Spending",
    source="[this book; equivalent to TSGLH26, Thm. 1]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=c_d * N_d / (c_r * N_r),
    expression=alpha * D * eps_d / (beta * eps_r),
    relation="==",
    meaning="spend in proportion to exponent times remaining error",
    assumes=(BEST,),
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
    assumes=(BEST,),
)

_PLANS = (*INPUTS, *PLAN, *OTHER)

OPTIMAL = Claim(
    name="What is stationary is optimal",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(*signs(_PLANS), STATIONARY, AFFORDABLE),
    quantity=error(N_d, N_r),
    expression=error(M_d, M_r),
    meaning="no plan that costs no more errs less, and every other one errs more",
)

CONVEX = Claim(
    name="The error is convex",
    source="[TSGLH26, Thm. 1]",
    symbols=(*_PLANS, *_WEIGHTS),
    hypotheses=signs((*_PLANS, *_WEIGHTS)),
    quantity=error((u * N_d + v * M_d) / (u + v), (u * N_r + v * M_r) / (u + v)),
    expression=(u * error(N_d, N_r) + v * error(M_d, M_r)) / (u + v),
    meaning="a mixture of two plans errs at most the mixture of their errors",
)

# -- the solution --------------------------------------------------------------------------------------------

growth = (1 + alpha) / (1 + beta)


def rewards_for(dyn: sp.Expr) -> sp.Expr:
    """How many reward labels belong to so many dynamics samples."""
    return (beta * A_r * c_d / (alpha * D * A_d * c_r)) ** (1 / (1 + beta)) * dyn**growth


REWARDS_FOR = Claim(
    name="Rewards that belong to dynamics",
    source="[this book]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=N_r,
    expression=rewards_for(N_d),
    relation="==",
    meaning="one unknown is left",
    assumes=(BEST,),
)

INCREASING = Claim(
    name="The remaining equation increases",
    source="[this book]",
    symbols=(*INPUTS, PLAN[0], OTHER[0]),
    hypotheses=(*signs((*INPUTS, PLAN[0], OTHER[0])), Hypothesis("fewer", sp.Lt(N_d, M_d))),
    quantity=cost(N_d, rewards_for(N_d)),
    expression=cost(M_d, rewards_for(M_d)),
    relation="<",
    meaning="so it has at most one root for each budget",
)

_ROOT = (*INPUTS, BUDGET_B)

TOO_MANY = Claim(
    name="Where the remaining equation is above the budget",
    source="[this book]",
    symbols=_ROOT,
    hypotheses=signs(_ROOT),
    quantity=B,
    expression=cost(B / c_d, rewards_for(B / c_d)),
    relation="<",
    meaning="with all money spent on dynamics, the rewards that belong to them are too dear",
)

TOO_FEW = Claim(
    name="Where the remaining equation is below the budget",
    source="[this book]",
    symbols=(*_ROOT, PLAN[0]),
    hypotheses=(
        *signs((*_ROOT, PLAN[0])),
        Hypothesis("half for dynamics", sp.Le(N_d, B / (2 * c_d))),
        Hypothesis("half for rewards", sp.Le(N_d, (B / (2 * c_r * rewards_for(1))) ** (1 / growth))),
    ),
    quantity=cost(N_d, rewards_for(N_d)),
    expression=B,
    meaning="few enough samples cost at most the budget: in between, where it increases, lies the one root",
)

_EQUAL = {beta: alpha}
_EQUAL_SYMBOLS = tuple(quantity for quantity in _OPTIMUM if quantity.symbol != beta)


def _at_equal_exponents(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    return tuple(
        h if not h.relation.has(beta) else Hypothesis(h.name, h.relation.subs(_EQUAL), h.meaning)
        for h in hypotheses
        if h != positive(LAW_REW[1])
    )


EQUAL_EXPONENTS = Claim(
    name="Equal exponents",
    source="[this book]",
    symbols=_EQUAL_SYMBOLS,
    hypotheses=_at_equal_exponents(_MINIMISES),
    quantity=N_d / N_r,
    expression=(D * A_d * c_r / (A_r * c_d)) ** (1 / (1 + alpha)),
    relation="==",
    meaning="the ratio in closed form, the same for every budget",
    assumes=(BEST,),
)

_FASTER = Hypothesis("alpha < beta", sp.Lt(alpha, beta), "rewards are learned faster")
decay = (beta - alpha) / (1 + beta)
share_bound = c_r * rewards_for(1 / c_d) * B ** (-decay)

FEW_REWARDS = Claim(
    name="Rewards grow slowly",
    source="[this book]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=N_r,
    expression=rewards_for(B / c_d),
    meaning="at most a constant times the budget to the power (1 + alpha)/(1 + beta)",
    assumes=(BEST,),
)

REWARD_SHARE = Claim(
    name="The rewards' share",
    source="[this book]",
    symbols=_OPTIMUM,
    hypotheses=_MINIMISES,
    quantity=c_r * N_r / B,
    expression=share_bound,
    meaning="a constant times the budget to the power -(beta - alpha)/(1 + beta)",
    assumes=(BEST,),
)

MANY_REWARDS = Claim(
    name="Rewards grow no slower",
    source="[this book]",
    symbols=_OPTIMUM,
    hypotheses=(*_MINIMISES, _FASTER),
    quantity=(1 - share_bound) * rewards_for(B / c_d),
    expression=N_r,
    meaning="the constant and the power are right in the limit",
    assumes=(BEST,),
)

# -- floors --------------------------------------------------------------------------------------------------

f_d, f_r, e_d, e_r = real("f_d f_r e_d e_r")
FLOORS = (
    Quantity(f_d, "floor_dyn", "dynamics error that stays"),
    Quantity(f_r, "floor_rew", "reward error that stays"),
)
ERRORS = (
    Quantity(e_d, "eps_dyn", "dynamics error at the optimum"),
    Quantity(e_r, "eps_rew", "reward error at the optimum"),
)

FLOORED_RATIO = Claim(
    name="Theorem 1 with floors",
    source="[this book]",
    symbols=(*_OPTIMUM, *FLOORS, *ERRORS),
    hypotheses=(
        *signs(_OPTIMUM),
        BUDGET,
        Hypothesis("dynamics error", sp.Eq(e_d, eps_d + f_d), "with its floor"),
        Hypothesis("reward error", sp.Eq(e_r, eps_r + f_r), "with its floor"),
    ),
    quantity=N_d / N_r,
    expression=alpha / beta * D * (c_r / c_d) * ((e_d - f_d) / (e_r - f_r)),
    relation="==",
    meaning="what can still be removed counts, not what remains",
    assumes=(BEST,),
)
