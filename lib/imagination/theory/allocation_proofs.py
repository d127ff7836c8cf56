"""The proofs of :mod:`imagination.theory.allocation_claims`, one function a theorem, each run once."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import allocation_claims as c
from imagination.theory import axioms as ax
from imagination.theory import worlds
from imagination.theory.claim import Claim
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.terms import positive

_T, _U = positive("T U")
a, p, x, y, u, v = c.a, c.p, c.x, c.y, c.u, c.v

# Equal laws and prices, and a budget of two: one sample of each kind is the best split.
_numbers = {
    **{quantity.symbol: 1 for quantity in (*c.INPUTS, *c.PLAN, *c.OTHER, *c.FLOORS)},
    c.B: 2,
    c.e_d: 2,
    c.e_r: 2,
}
EVEN = World(_numbers, {c.E: sp.Lambda((_T, _U), 1 / _T + 1 / _U)})
FLOORED = World(_numbers, {c.E: sp.Lambda((_T, _U), 1 / _T + 1 / _U + 2)})
# The same with one exponent twice the other: half as much reward error makes up for it.
UNEVEN = World({**_numbers, c.beta: 2, c.A_r: sp.S.Half}, {c.E: sp.Lambda((_T, _U), 1 / _T + _U**-2 / 2)})


def eq(left: Any, right: Any) -> sp.Rel:
    """An equality as it is written; SymPy would decide some by itself."""
    return sp.Eq(left, right, evaluate=False)


def le(left: Any, right: Any) -> sp.Rel:
    """An inequality as it is written."""
    return sp.Le(left, right, evaluate=False)


# -- Lemma 1's multiplier ------------------------------------------------------------------------------------


@cache
def multiplier() -> Theorem:
    """The weight of the dynamics error in Lemma 1, over that of the reward error."""
    proof = Proof(c.MULTIPLIER)
    return proof.qed(
        proof.equality(
            c.MULTIPLIER.quantity, c.MULTIPLIER.expression, [*c.MULTIPLIER.hypotheses], "1 - gamma cancels"
        )
    )


# -- tangents and chords -------------------------------------------------------------------------------------


@cache
def tangent() -> Theorem:
    """A power law lies above its tangents."""
    proof = Proof(c.TANGENT)
    falling = proof.inequality(le(-p, 0), reason="the exponent is negative")
    bernoulli = proof.axiom(ax.BERNOULLI, y / x, -p, using=[falling])
    return proof.qed(
        proof.inequality(c.TANGENT.statement, [bernoulli], "times the law at x, as (y/x)^-p x^-p = y^-p")
    )


@cache
def strict_tangent() -> Theorem:
    """A power law meets its tangent once."""
    claim = c.STRICT_TANGENT
    proof = Proof(claim)
    falling = proof.inequality(sp.Lt(-p, 0, evaluate=False), reason="the exponent is negative")
    apart = proof.inequality(sp.Ne(y / x, 1), [claim.hypotheses[-1]], "y is not x")
    bernoulli = proof.axiom(ax.BERNOULLI_STRICT, y / x, -p, using=[falling, apart])
    return proof.qed(proof.inequality(claim.statement, [bernoulli], "times the law at x"))


@cache
def chord() -> Theorem:
    """A power law lies below its chords: both ends lie above the tangent at the mean."""
    proof = Proof(c.CHORD)
    z, k = positive("z k")
    mean = proof.define(z, (u * x + v * y) / (u + v), "the weighted mean")
    level = proof.define(k, a * z ** (-p), "the error there")
    ends = []
    for end in (x, y):
        above = proof.cite(tangent(), {c.x: z, c.y: end})
        ends.append(
            proof.inequality(le(k * (1 + p - p * end / z), a * end ** (-p)), [above, level], "with its name")
        )
    balance = proof.inequality(eq(u * x + v * y, (u + v) * z), [mean], "the mean balances the two ends")
    mixed = u * k * (1 + p - p * x / z) + v * k * (1 + p - p * y / z)
    gathered = proof.equality(mixed, (u + v) * k * (1 + p) - k * p * (u * x + v * y) / z, reason="gather")
    flat = proof.equality(gathered.formula.rhs, (u + v) * k, [balance], "the slopes cancel")
    summed = proof.inequality(
        le((u + v) * k, u * a * x ** (-p) + v * a * y ** (-p)), [*ends, gathered, flat], "add both tangents"
    )
    divided = proof.inequality(
        le(k, (u * a * x ** (-p) + v * a * y ** (-p)) / (u + v)), [summed], "divide by the weights"
    )
    powers = proof.axiom(ax.POWER_EQUALITY, -p, using=[mean])
    return proof.qed(proof.inequality(c.CHORD.statement, [divided, level, powers], "write the mean out"))


# -- C1, C2: the minimum -------------------------------------------------------------------------------------


def _stationary(proof: Proof, exponent_rew: sp.Expr) -> tuple[Fact, Fact]:
    """What a minimiser satisfies: no derivative along the budget; and the name of its spending ratio."""
    named = {hypothesis.name: hypothesis for hypothesis in proof.claim.hypotheses}
    q_0 = positive("q_0")
    ratio = proof.define(
        q_0, c.c_d * c.N_d / (c.c_r * c.N_r), "what the optimum spends on dynamics per unit spent on rewards"
    )

    def dyn(q: sp.Expr) -> sp.Expr:
        return c.B * q / (c.c_d * (1 + q))

    def rew(q: sp.Expr) -> sp.Expr:
        return c.B / (c.c_r * (1 + q))

    at_dyn = proof.inequality(
        eq(c.N_d, dyn(q_0)), [ratio, named["budget"]], "the optimum is one of the splits"
    )
    at_rew = proof.inequality(eq(c.N_r, rew(q_0)), [ratio, named["budget"]], "for both numbers")
    power_dyn = proof.axiom(ax.POWER_EQUALITY, -c.alpha, using=[at_dyn])
    power_rew = proof.axiom(ax.POWER_EQUALITY, -exponent_rew, using=[at_rew])
    error = proof.given(named["error"])
    here = error.at({c.n_d: c.N_d, c.n_r: c.N_r})
    there = error.at({c.n_d: dyn(c.q), c.n_r: rew(c.q)})
    along = there.formula.rhs
    least = proof.inequality(
        le(along.xreplace({c.q: q_0}), along), [here, there, named["minimiser"], power_dyn, power_rew],
        "the error along the budget is least there",
    )  # fmt: skip
    fermat = proof.axiom(ax.FERMAT, c.q, q_0, using=[least])
    worth_dyn = c.alpha * c.D * c.A_d * dyn(q_0) ** (-c.alpha)
    worth_rew = exponent_rew * c.A_r * rew(q_0) ** (-exponent_rew)
    gathered = proof.equality(
        fermat.formula.lhs, (worth_rew - worth_dyn / q_0) / (1 + q_0), reason="the derivative, gathered"
    )
    return proof.inequality(
        eq(exponent_rew * c.A_r * c.N_r ** (-exponent_rew), c.alpha * c.D * c.eps_d / q_0),
        [fermat, gathered, power_dyn, power_rew], "so its two parts balance",
    ), ratio  # fmt: skip


@cache
def spending() -> Theorem:
    """C2: a minimiser spends in proportion to exponent times remaining error."""
    proof = Proof(c.SPENDING, EVEN)
    balance, ratio = _stationary(proof, c.beta)
    return proof.qed(proof.inequality(c.SPENDING.statement, [balance, ratio], "solve for the spending ratio"))


@cache
def ratio() -> Theorem:
    """C1, Theorem 1 of the paper."""
    proof = Proof(c.RATIO, EVEN)
    return proof.qed(
        proof.inequality(c.RATIO.statement, [proof.cite(spending())], "divide the spending by the prices")
    )


def tangents(proof: Proof, dyn: sp.Expr, rew: sp.Expr, strict: tuple[Fact, ...] = ()) -> tuple[Fact, Fact]:
    """Both laws against their tangents at the plan (N_d, N_r), at another plan."""
    law_dyn = {a: c.D * c.A_d, p: c.alpha, x: c.N_d, y: dyn}
    law_rew = {a: c.A_r, p: c.beta, x: c.N_r, y: rew}
    first = proof.cite(strict_tangent(), law_dyn, strict) if strict else proof.cite(tangent(), law_dyn)
    return first, proof.cite(tangent(), law_rew)


def _no_better(claim: Claim, balance: Any = None) -> Theorem:
    """A stationary plan against every other of its cost, by both tangents."""
    proof = Proof(claim, EVEN)
    named = {hypothesis.name: hypothesis for hypothesis in claim.hypotheses}
    stationary = balance(proof) if balance else proof.given(named["stationary"])
    strict = (proof.given(named["another plan"]),) if "another plan" in named else ()
    above = tangents(proof, c.M_d, c.M_r, strict)
    return proof.qed(
        proof.inequality(
            claim.statement, [*above, stationary, named["affordable"]],
            "where a unit of money is worth the same on both sides, the slopes add up to the cost",
        )
    )  # fmt: skip


@cache
def optimal() -> Theorem:
    """What is stationary is optimal."""
    return _no_better(c.OPTIMAL)


@cache
def unique() -> Theorem:
    """Another plan is worse."""
    return _no_better(c.UNIQUE)


@cache
def convex() -> Theorem:
    """The error of a mixture of plans is at most the mixture of their errors."""
    proof = Proof(c.CONVEX)
    dyn = proof.cite(chord(), {a: c.D * c.A_d, p: c.alpha, x: c.N_d, y: c.M_d})
    rew = proof.cite(chord(), {a: c.A_r, p: c.beta, x: c.N_r, y: c.M_r})
    return proof.qed(proof.inequality(c.CONVEX.statement, [dyn, rew], "add the two laws"))


# -- C3: the solution ----------------------------------------------------------------------------------------


@cache
def solution() -> Theorem:
    """The rewards that belong to the optimal dynamics."""
    proof = Proof(c.SOLUTION, EVEN)
    rule = proof.cite(spending())
    scale = c.beta * c.A_r * c.c_d / (c.alpha * c.D * c.A_d * c.c_r)
    powers = proof.inequality(
        eq(c.N_r ** (1 + c.beta), scale * c.N_d ** (1 + c.alpha)), [rule], "gather the powers of each number"
    )
    root = proof.axiom(ax.POWER_EQUALITY, 1 / (1 + c.beta), using=[powers])
    return proof.qed(proof.equality(c.N_r, c.SOLUTION.expression, [root], "take the root"))


def _solved(proof: Proof) -> Fact:
    """Stationarity, from the rewards that belong to the dynamics."""
    solves = next(h for h in proof.claim.hypotheses if h.name == "solution")
    power = proof.axiom(ax.POWER_EQUALITY, 1 + c.beta, using=[solves])
    scale = c.beta * c.A_r * c.c_d / (c.alpha * c.D * c.A_d * c.c_r)
    plain = proof.equality(power.formula.rhs, scale * c.N_d ** (1 + c.alpha), reason="the root undone")
    return proof.inequality(c.STATIONARY.relation, [power, plain], "which is the balance")


@cache
def suffices() -> Theorem:
    """Whoever solves the one equation has the best plan."""
    return _no_better(c.SUFFICES, _solved)


@cache
def increasing() -> Theorem:
    """The cost of a solution increases with its dynamics samples."""
    proof = Proof(c.INCREASING)
    sign = proof.inequality(sp.Gt(c.growth, 0, evaluate=False), reason="both exponents are positive")
    power = proof.axiom(ax.POWER_ORDER, c.growth, using=[c.INCREASING.hypotheses[-1], sign])
    return proof.qed(
        proof.inequality(
            c.INCREASING.statement, [power, c.INCREASING.hypotheses[-1]], "both parts of the cost increase"
        )
    )


@cache
def too_many() -> Theorem:
    """All money on dynamics leaves none for rewards."""
    proof = Proof(c.TOO_MANY)
    return proof.qed(proof.inequality(c.TOO_MANY.statement, reason="the dynamics alone cost the budget"))


@cache
def too_few() -> Theorem:
    """Half of the budget suffices for each."""
    claim = c.TOO_FEW
    proof = Proof(claim)
    dynamics, rewards = claim.hypotheses[-2:]
    sign = proof.inequality(sp.Gt(c.growth, 0, evaluate=False), reason="both exponents are positive")
    power = proof.axiom(ax.POWER_ORDER, c.growth, using=[rewards, sign])
    plain = proof.equality(power.formula.rhs, c.B / (2 * c.c_r * c.rewards_for(1)), reason="the root undone")
    form = proof.equality(
        c.rewards_for(c.N_d), c.rewards_for(1) * c.N_d**c.growth, reason="the constant and the power"
    )
    half = proof.inequality(
        le(c.c_r * c.rewards_for(c.N_d), c.B / 2), [power, plain, form], "half for rewards"
    )
    return proof.qed(proof.inequality(claim.statement, [half, dynamics], "half for dynamics"))


@cache
def equal_exponents() -> Theorem:
    """The ratio in closed form."""
    claim = c.EQUAL_EXPONENTS
    proof = Proof(claim, EVEN)
    balance, ratio = _stationary(proof, c.alpha)
    prices = c.D * c.A_d * c.c_r / (c.A_r * c.c_d)
    powers = proof.inequality(
        eq((c.N_d / c.N_r) ** (1 + c.alpha), prices), [balance, ratio], "gather the powers of the ratio"
    )
    root = proof.axiom(ax.POWER_EQUALITY, 1 / (1 + c.alpha), using=[powers])
    return proof.qed(proof.equality(claim.quantity, claim.expression, [root], "take the root"))


@cache
def few_rewards() -> Theorem:
    """The rewards are at most what would belong to a budget spent on dynamics alone."""
    proof = Proof(c.FEW_REWARDS, EVEN)
    belongs = proof.cite(solution())
    below = proof.inequality(le(c.N_d, c.B / c.c_d), [c.BUDGET], "dynamics cost no more than the budget")
    sign = proof.inequality(sp.Gt(c.growth, 0, evaluate=False), reason="both exponents are positive")
    power = proof.axiom(ax.POWER_ORDER, c.growth, using=[below, sign])
    return proof.qed(proof.inequality(c.FEW_REWARDS.statement, [belongs, power], "times the constant"))


@cache
def reward_share() -> Theorem:
    """The rewards' share of the budget."""
    proof = Proof(c.REWARD_SHARE, EVEN)
    few = proof.cite(few_rewards())
    form = proof.equality(
        c.c_r * c.rewards_for(c.B / c.c_d) / c.B, c.share_bound, reason="gather the powers of the budget"
    )
    return proof.qed(proof.inequality(c.REWARD_SHARE.statement, [few, form], "times price over budget"))


@cache
def many_rewards() -> Theorem:
    """The rewards are at least nearly that."""
    claim = c.MANY_REWARDS
    proof = Proof(claim, UNEVEN)
    belongs, share = proof.cite(solution()), proof.cite(reward_share())
    s = positive("s")
    dynamics = proof.define(s, c.c_d * c.N_d / c.B, "the dynamics' share")
    below = proof.inequality(le(s, 1), [dynamics, c.BUDGET], "a share is at most 1")
    slower = proof.inequality(
        sp.Lt(c.growth - 1, 0, evaluate=False), [claim.hypotheses[-1]], "rewards grow slower than the budget"
    )
    power = proof.axiom(ax.POWER_ORDER, c.growth - 1, using=[below, slower])
    whole = proof.inequality(eq(c.N_d, s * c.B / c.c_d), [dynamics], "what the share buys")
    grown = proof.axiom(ax.POWER_EQUALITY, c.growth, using=[whole])
    form = proof.equality(
        c.rewards_for(c.N_d), c.rewards_for(c.B / c.c_d) * s * s ** (c.growth - 1), [whole],
        "the rewards that belong to it",
    )  # fmt: skip
    rest = proof.inequality(
        sp.Ge(s, 1 - c.share_bound, evaluate=False), [dynamics, c.BUDGET, share], "the rest"
    )
    return proof.qed(
        proof.inequality(
            claim.statement, [belongs, form, power, rest, grown], "a number below 1 to a power below 1"
        )
    )


@cache
def vanishing_share() -> Theorem:
    """The bound of the rewards' share tends to 0 as the budget grows."""
    claim = c.VANISHING_SHARE
    proof = Proof(claim)
    n, d = worlds.n, positive("d")
    faster = claim.hypotheses[-1]
    rate = proof.define(d, c.decay, "the rate at which it falls", [faster])
    power = proof.axiom(ax.POWER_SEQUENCE, n, d)
    constant = c.c_r * c.rewards_for(1 / c.c_d) * c.B ** (-d)
    limit = proof.limit(constant * (1 + n) ** (-d), n, 0, [power], "a constant times what vanishes")
    inside = claim.quantity.args[0]
    form = proof.equality(inside, constant * (1 + n) ** (-d), [rate], "the powers of the budget, apart")
    return proof.qed(proof.same_limit(form, limit, n, "which is the bound"))


# -- C4: floors ----------------------------------------------------------------------------------------------


@cache
def floored_spending() -> Theorem:
    """Floors change no derivative."""
    proof = Proof(c.FLOORED_SPENDING, FLOORED)
    balance, ratio = _stationary(proof, c.beta)
    return proof.qed(
        proof.inequality(c.FLOORED_SPENDING.statement, [balance, ratio], "solve for the spending ratio")
    )


@cache
def floored_ratio() -> Theorem:
    """In the ratio only the removable part of each error counts."""
    claim = c.FLOORED_RATIO
    proof = Proof(claim, FLOORED)
    rule = proof.cite(floored_spending())
    return proof.qed(
        proof.inequality(claim.statement, [rule, *claim.hypotheses[-2:]], "name the removable parts")
    )


def proofs() -> dict[str, Theorem]:
    """All theorems of this module, by the names of their functions."""
    return {
        made.__name__: made()
        for made in (
            multiplier, tangent, strict_tangent, chord, spending, ratio, optimal, unique, convex, solution,
            suffices, increasing, too_many, too_few, equal_exponents, few_rewards, reward_share,
            many_rewards, vanishing_share, floored_spending, floored_ratio,
        )
    }  # fmt: skip
