r"""What Theorem 1 leaves open: the price of a wrong multiplier, whole samples, joint samples, elasticities.

The words are those of :mod:`imagination.results.budget.claims`. Proved in `formal/Price.v` and
`formal/Plans.v`; chapter 7 derives the elasticities.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim, Hypothesis, Quantity
from imagination.results.budget.claims import (
    AFFORDABLE,
    BUDGET_B,
    COSTS,
    INPUTS,
    LAW_DYN,
    LAW_REW,
    MULTIPLIER_D,
    OTHER,
    PLAN,
    STATIONARY,
    B,
    D,
    M_d,
    M_r,
    N_d,
    N_r,
    alpha,
    beta,
    c_d,
    c_r,
    cost,
    eps_d,
    eps_r,
    error,
    signs,
)
from imagination.symbols import positive, real

x, y = D * eps_d, eps_r
"""What each model contributes to the error at the plan (N_d, N_r)."""

_PLANS = (*INPUTS, *PLAN, *OTHER)

# -- the price of a wrong multiplier -------------------------------------------------------------------------

m, price, odds = positive("m lambda o")
WRONG_BY = Quantity(m, "factor", "how many times too large the multiplier was")
PRICE_OF_MONEY = Quantity(price, "price", "any positive number; the best one makes the bound exact")
MISLED = Hypothesis(
    "misled",
    sp.Eq(alpha * m * D * eps_d / (c_d * N_d), beta * eps_r / (c_r * N_r)),
    "the plan is optimal for m times the multiplier",
)
_MISLED = (*signs((*_PLANS, WRONG_BY)), MISLED, AFFORDABLE)
_excess = error(N_d, N_r) - error(M_d, M_r)


def kept_dyn(value: sp.Expr) -> sp.Expr:
    """The part of the dynamics error that no other plan avoids, at a price of money."""
    return (1 + alpha) * (value * m) ** (alpha / (1 + alpha)) - alpha * value * m


def kept_rew(value: sp.Expr) -> sp.Expr:
    """The part of the reward error that no other plan avoids, at a price of money."""
    return (1 + beta) * value ** (beta / (1 + beta)) - beta * value


REGRET = Claim(
    name="The price of a wrong multiplier",
    source="[this book]",
    symbols=(*_PLANS, WRONG_BY, PRICE_OF_MONEY),
    hypotheses=(*_MISLED, *signs((PRICE_OF_MONEY,))),
    quantity=_excess,
    expression=x * (1 - kept_dyn(price)) + y * (1 - kept_rew(price)),
    meaning="what the misled plan errs more than any plan of its cost, for every price of money",
)

REGRET_DYN = Claim(
    name="The price, in dynamics error",
    source="[this book]",
    symbols=(*_PLANS, WRONG_BY),
    hypotheses=_MISLED,
    quantity=_excess,
    expression=x * (1 + alpha * m - (1 + alpha) * m ** (alpha / (1 + alpha))),
    meaning="second order in log m",
)

REGRET_REW = Claim(
    name="The price, in reward error",
    source="[this book]",
    symbols=(*_PLANS, WRONG_BY),
    hypotheses=_MISLED,
    quantity=_excess,
    expression=y * (1 + beta / m - (1 + beta) * m ** (-beta / (1 + beta))),
    meaning="second order in log m, and never more than the reward error itself when m is large",
)

REGRET_FACTOR = Claim(
    name="The largest price",
    source="[this book]",
    symbols=(*_PLANS, WRONG_BY, PRICE_OF_MONEY),
    hypotheses=REGRET.hypotheses,
    quantity=error(N_d, N_r) * sp.Min(kept_dyn(price), kept_rew(price)),
    expression=error(M_d, M_r),
    meaning="whatever the amplitudes, the costs and the budget",
)

_TRUE = Hypothesis(
    "other plan optimal",
    sp.Eq(alpha * D * eps_d.subs(N_d, M_d) / (c_d * M_d), beta * eps_r.subs(N_r, M_r) / (c_r * M_r)),
    "the other plan is optimal for the true multiplier",
)
_SAME_COST = Hypothesis("same cost", sp.Eq(cost(M_d, M_r), cost(N_d, N_r)))

REGRET_EXACT = Claim(
    name="The price is exact",
    source="[this book]",
    symbols=(*_PLANS, WRONG_BY),
    hypotheses=(*signs((*_PLANS, WRONG_BY)), MISLED, _TRUE, _SAME_COST),
    quantity=_excess,
    expression=REGRET.expression.subs(price, (N_r / M_r) ** (1 + beta)),
    relation="==",
    meaning="at one price of money the bound is what is lost",
)

_EQUAL_PLANS = tuple(q for q in _PLANS if q.symbol != beta)
_ODDS = Quantity(odds, "odds", "money for dynamics per unit for rewards at the optimum")
_shift = m ** (1 / (1 + alpha))

REGRET_EQUAL = Claim(
    name="The price for equal exponents",
    source="[this book]",
    symbols=(*_EQUAL_PLANS, WRONG_BY, _ODDS),
    hypotheses=(
        *signs((*_EQUAL_PLANS, WRONG_BY, _ODDS)),
        *(Hypothesis(h.name, h.relation.subs(beta, alpha), h.meaning) for h in (MISLED, _TRUE, _SAME_COST)),
        Hypothesis("odds", sp.Eq(odds, c_d * M_d / (c_r * M_r))),
    ),
    quantity=(error(N_d, N_r) / error(M_d, M_r)).subs(beta, alpha),
    expression=((1 + odds * _shift) / (1 + odds)) ** alpha * (1 + odds / _shift**alpha) / (1 + odds),
    relation="==",
    meaning="error of the misled plan over the least error, in closed form",
)

# -- whole samples, and at least so many ---------------------------------------------------------------------

ROUNDED = Claim(
    name="Whole samples",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(
        *signs(_PLANS),
        Hypothesis("dynamics rounded down", sp.Le(N_d, M_d + 1)),
        Hypothesis("rewards rounded down", sp.Le(N_r, M_r + 1)),
    ),
    quantity=error(M_d, M_r),
    expression=x * (1 + 1 / M_d) ** alpha + y * (1 + 1 / M_r) ** beta,
    meaning="rounding down costs at most a factor near 1 in each error",
)

ROUNDED_SLOW = Claim(
    name="Whole samples, slow laws",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(
        *ROUNDED.hypotheses,
        Hypothesis("alpha <= 1", sp.Le(alpha, 1)),
        Hypothesis("beta <= 1", sp.Le(beta, 1)),
    ),
    quantity=error(M_d, M_r),
    expression=x * (1 + alpha / M_d) + y * (1 + beta / M_r),
    meaning="the share lost is at most exponent over number of samples",
)

FEWEST_DYN = Claim(
    name="No fewer dynamics samples",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(
        *signs(_PLANS),
        Hypothesis("fewest", sp.Le(N_d, M_d), "the plan has as few dynamics samples as are allowed"),
        Hypothesis(
            "worth less",
            sp.Le(alpha * D * eps_d / (c_d * N_d), beta * eps_r / (c_r * N_r)),
            "one more unit of money is worth less on dynamics",
        ),
        AFFORDABLE,
    ),
    quantity=error(N_d, N_r),
    expression=error(M_d, M_r),
    meaning="where the optimum has too few, take the fewest and spend the rest on rewards",
)

FEWEST_REW = Claim(
    name="No fewer reward labels",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(
        *signs(_PLANS),
        Hypothesis("fewest", sp.Le(N_r, M_r), "the plan has as few reward labels as are allowed"),
        Hypothesis(
            "worth less",
            sp.Le(beta * eps_r / (c_r * N_r), alpha * D * eps_d / (c_d * N_d)),
            "one more unit of money is worth less on rewards",
        ),
        AFFORDABLE,
    ),
    quantity=error(N_d, N_r),
    expression=error(M_d, M_r),
    meaning="where the optimum has too few, take the fewest and spend the rest on dynamics",
)

VISITED = Claim(
    name="Labels only where one has been",
    source="[this book]",
    symbols=_PLANS,
    hypotheses=(
        *signs(_PLANS),
        Hypothesis("as many of each", sp.Eq(N_d, N_r), "every transition is labelled"),
        Hypothesis("no label elsewhere", sp.Le(M_r, M_d), "rewards are labelled where transitions were seen"),
        Hypothesis(
            "worth less",
            sp.Le(alpha * D * eps_d / (c_d * N_d), beta * eps_r / (c_r * N_r)),
            "one more unit of money is worth less on dynamics",
        ),
        AFFORDABLE,
    ),
    quantity=error(N_d, N_r),
    expression=error(M_d, M_r),
    meaning="where Theorem 1 asks for more labels than transitions, take as many of each",
)

# -- samples that carry both labels --------------------------------------------------------------------------

c_j = positive("c_j")
COST_JOINT = Quantity(c_j, "c_joint", "cost of a transition with its reward")
J, S_d, S_r = real("J S_d S_r")
_COUNTS = (
    Quantity(J, "joint", "joint samples of another plan", asked=False),
    Quantity(S_d, "single_dyn", "transitions without reward of another plan", asked=False),
    Quantity(S_r, "single_rew", "single reward labels of another plan", asked=False),
)
_SOME = tuple(Hypothesis(f"{count.code} >= 0", sp.Ge(count.symbol, 0), count.meaning) for count in _COUNTS)
_LABELS = (
    Hypothesis("dynamics labels", sp.Eq(M_d, J + S_d), "joint samples and single ones"),
    Hypothesis("reward labels", sp.Eq(M_r, J + S_r), "joint samples and single ones"),
)
_JOINT = (*_PLANS, COST_JOINT, *_COUNTS)
_OTHERS = (*signs((*_PLANS, COST_JOINT)), *_SOME, *_LABELS)
joint_cost = c_j * J + c_d * S_d + c_r * S_r


def _against_all(name: str, *hypotheses: Hypothesis, spent: sp.Expr, meaning: str) -> Claim:
    """A claim that a plan is no worse than any plan of single and joint samples that costs no more."""
    affordable = Hypothesis("affordable", sp.Le(joint_cost, spent), "the other plan costs no more")
    return Claim(
        name=name,
        source="[this book]",
        symbols=_JOINT,
        hypotheses=(*_OTHERS, *hypotheses, affordable),
        quantity=error(N_d, N_r),
        expression=error(M_d, M_r),
        meaning=meaning,
    )


_CHEAPER = Hypothesis("c_joint <= c_dyn + c_rew", sp.Le(c_j, c_d + c_r), "a joint sample saves something")
_worth = alpha * x + beta * y

JOINT_NEVER = _against_all(
    "Joint samples that save nothing",
    Hypothesis("c_joint >= c_dyn + c_rew", sp.Ge(c_j, c_d + c_r), "a joint sample saves nothing"),
    STATIONARY,
    spent=cost(N_d, N_r),
    meaning="Theorem 1 without joint samples is the best plan",
)

JOINT_ONLY = _against_all(
    "Joint samples only",
    Hypothesis("as many of each", sp.Eq(N_d, N_r), "all samples are joint"),
    Hypothesis("no single transitions", sp.Le(c_j * alpha * x, c_d * _worth), "worth less than they cost"),
    Hypothesis("no single rewards", sp.Le(c_j * beta * y, c_r * _worth), "worth less than they cost"),
    spent=c_j * N_r,
    meaning="no single sample is worth its price",
)

JOINT_AND_DYNAMICS = _against_all(
    "Every reward with a transition, and transitions besides",
    _CHEAPER,
    Hypothesis(
        "stationary",
        sp.Eq(alpha * x * (c_j - c_d) * N_r, beta * y * c_d * N_d),
        "Theorem 1, a reward costing what it adds to the price of a transition",
    ),
    spent=c_j * N_r + c_d * (N_d - N_r),
    meaning="the best plan, if it has at least as many transitions as rewards",
)

JOINT_AND_REWARDS = _against_all(
    "Every transition with a reward, and rewards besides",
    _CHEAPER,
    Hypothesis(
        "stationary",
        sp.Eq(alpha * x * c_r * N_r, beta * y * (c_j - c_r) * N_d),
        "Theorem 1, a transition costing what it adds to the price of a reward",
    ),
    spent=c_j * N_d + c_r * (N_r - N_d),
    meaning="the best plan, if it has at least as many rewards as transitions",
)

# -- elasticities --------------------------------------------------------------------------------------------

_RESPONSE = (*INPUTS, BUDGET_B, *PLAN)
_on_dyn, _on_rew = c_d * N_d, c_r * N_r
_stiffness = (1 + alpha) * _on_rew + (1 + beta) * _on_dyn
_log_dyn, _log_rew = 1 - alpha * sp.log(N_d), 1 - beta * sp.log(N_r)
_OUTPUTS = {"N_dyn": "N_d", "N_rew": "N_r", "error": "E"}

_MOVES: dict[str, tuple[Quantity, sp.Expr, sp.Expr, sp.Expr]] = {
    quantity.code: (quantity, dyn / _stiffness, rew / _stiffness, err / error(N_d, N_r))
    for quantity, dyn, rew, err in (
        (MULTIPLIER_D, _on_rew, -_on_dyn, x),
        (LAW_DYN[0], _on_rew, -_on_dyn, x),
        (LAW_REW[0], -_on_rew, _on_dyn, y),
        (LAW_DYN[1], _log_dyn * _on_rew, -_log_dyn * _on_dyn, -alpha * sp.log(N_d) * x),
        (LAW_REW[1], -_log_rew * _on_rew, _log_rew * _on_dyn, -beta * sp.log(N_r) * y),
        (COSTS[0], -(_on_rew + (1 + beta) * _on_dyn), -alpha * _on_dyn, alpha * x),
        (COSTS[1], -beta * _on_rew, -(_on_dyn + (1 + alpha) * _on_rew), beta * y),
        (BUDGET_B, (1 + beta) * (_on_dyn + _on_rew), (1 + alpha) * (_on_dyn + _on_rew), -_worth),
    )
}


def _elasticities(code: str) -> dict[tuple[str, str], Claim]:
    quantity, *closed = _MOVES[code]
    return {
        (name, code): Claim(
            name=f"Elasticity of {name} in {code}",
            source="[this book]",
            symbols=_RESPONSE,
            hypotheses=(*signs(_RESPONSE), STATIONARY, Hypothesis("budget", sp.Eq(cost(N_d, N_r), B))),
            quantity=sp.Symbol(
                rf"\frac{{\partial \log {letter}}}{{\partial \log {sp.latex(quantity.symbol)}}}"
            ),
            expression=expression,
            relation="==",
            meaning=f"percent that the optimal {name} moves for one percent of {quantity.meaning}",
        )
        for (name, letter), expression in zip(_OUTPUTS.items(), closed, strict=True)
    }


ELASTICITIES: dict[tuple[str, str], Claim] = {
    key: claim for code in _MOVES for key, claim in _elasticities(code).items()
}
"""How the optimum moves with each input: by what ("N_dyn", "N_rew" or "error") and in what (a code name)."""
