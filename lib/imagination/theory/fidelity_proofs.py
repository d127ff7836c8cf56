"""The proofs of :mod:`imagination.theory.fidelity_claims`: one function a theorem, run once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import fidelity_claims as fc
from imagination.theory.claim import Claim
from imagination.theory.proof import Fact, Proof, Theorem

c, b, p_, q, A = fc.c, fc.b, fc.p, fc.q, fc.A


def _named(p: Proof, *names: str) -> list[Any]:
    return [next(h for h in p.claim.hypotheses if h.name == name) for name in names]


@cache
def objective() -> Theorem:
    """What a budget buys: the variance of an average is Psi over the budget."""
    p = Proof(fc.OBJECTIVE)
    return p.qed(p.inequality(fc.OBJECTIVE.statement, p.claim.hypotheses, "K is B/(c_0 + c)"))


@cache
def phi() -> Theorem:
    """The same for what the noise adds, where a rollout costs its label alone."""
    p = Proof(fc.PHI)
    return p.qed(p.inequality(fc.PHI.statement, p.claim.hypotheses, "K is B/c"))


# -- E1 ------------------------------------------------------------------------------------------------------


def _power_order(p: Proof, sign: Any) -> Fact:
    """The order of b^(1 - p) and c^(1 - p)."""
    (order,) = _named(p, "reference <= cost")
    side = p.inequality(sign(1 - p_, 0), [p.claim.hypotheses[4]], "the exponent that is left")
    return p.axiom(ax.POWER_ORDER, 1 - p_, using=[order, side])


@cache
def buy_fidelity() -> Theorem:
    """c times c^(-p) falls where p > 1."""
    p = Proof(fc.BUY_FIDELITY)
    powers = _power_order(p, sp.Lt)
    return p.qed(p.inequality(fc.BUY_FIDELITY.statement, [powers], "A c^(1 - p) falls"))


@cache
def buy_rollouts() -> Theorem:
    """c times c^(-p) rises where p < 1."""
    p = Proof(fc.BUY_ROLLOUTS)
    powers = _power_order(p, sp.Gt)
    return p.qed(p.inequality(fc.BUY_ROLLOUTS.statement, [powers], "A c^(1 - p) rises"))


@cache
def indifferent() -> Theorem:
    """c times c^(-1) is 1."""
    p = Proof(fc.INDIFFERENT)
    return p.qed(
        p.equality(fc.INDIFFERENT.quantity, fc.INDIFFERENT.expression, [p.claim.hypotheses[-1]], "A c^0")
    )


def _by_algebra(claim: Claim, reason: str) -> Theorem:
    p = Proof(claim)
    return p.qed(p.inequality(claim.statement, claim.hypotheses, reason))


@cache
def both_ends() -> Theorem:
    """A noise-free label adds nothing."""
    return _by_algebra(fc.BOTH_ENDS, "at c_max there is no noise")


@cache
def cheapest() -> Theorem:
    """Under a floor, c sigma^2(c) is A plus something that rises."""
    return _by_algebra(fc.CHEAPEST, "c times sigma_f^2 + A/c is A + c sigma_f^2")


# -- E3 ------------------------------------------------------------------------------------------------------


@cache
def slope() -> Theorem:
    """c times Psi's derivative, in a form whose sign can be read."""
    p = Proof(fc.SLOPE)
    return p.qed(
        p.equality(fc.SLOPE.quantity, fc.SLOPE.expression, reason="the derivative of a power, times c")
    )


def _above_tangent(p: Proof) -> Fact:
    """Psi(c) is at least Psi(b) + slope(b) log(c/b), because each of its powers lies above its tangent."""
    ratio, shares, powers, tangents = c / b, [], fc.c_0 * fc.V, fc.c_0 * fc.V
    for weight, exponent in (
        (fc.V * b, sp.Integer(1)),
        (fc.c_0 * fc.kappa * A * b ** (-p_), -p_),
        (fc.kappa * A * b ** (1 - p_), 1 - p_),
    ):
        tangent = p.axiom(ax.LOG_TANGENT, ratio, exponent)
        sign = p.inequality(
            sp.Ge(weight, 0, evaluate=False), p.claim.hypotheses, "a product of nonnegative numbers"
        )
        share, below = weight * ratio**exponent, weight * (1 + exponent * sp.log(ratio))
        shares.append(p.inequality(sp.Ge(share, below, evaluate=False), [tangent, sign], "weighted"))
        powers, tangents = powers + share, tangents + below
    left = p.equality(fc.MINIMUM.expression, powers, reason="a constant and three powers of c/b")
    line = fc.MINIMUM.quantity + fc.slope(b) * sp.log(ratio)
    right = p.equality(line, tangents, reason="the tangents' slopes add up")
    return p.inequality(
        sp.Ge(fc.MINIMUM.expression, line, evaluate=False), [left, right, *shares], "so for their sum"
    )


@cache
def minimum() -> Theorem:
    """Where the slope vanishes, Psi is least: on logarithmic axes it is convex."""
    p = Proof(fc.MINIMUM)
    above = _above_tangent(p)
    return p.qed(p.inequality(fc.MINIMUM.statement, [above, *_named(p, "slope = 0")], "the tangent is flat"))


def _logarithm(p: Proof, order: str, relation: Any) -> Fact:
    ratio = c / b
    side = p.inequality(relation(ratio, 1, evaluate=False), _named(p, order), "divide by b")
    return p.axiom(ax.LOG_SIGN, ratio, using=[side])


@cache
def cheaper() -> Theorem:
    """Where the slope is positive, no dearer label is better."""
    p = Proof(fc.CHEAPER)
    above, sign = _above_tangent(p), _logarithm(p, "reference <= cost", sp.Ge)
    return p.qed(
        p.inequality(fc.CHEAPER.statement, [above, sign, *_named(p, "slope >= 0")], "the tangent rises")
    )


@cache
def dearer() -> Theorem:
    """Where the slope is negative, no cheaper label is better."""
    p = Proof(fc.DEARER)
    above, sign = _above_tangent(p), _logarithm(p, "cost <= reference", sp.Le)
    return p.qed(
        p.inequality(fc.DEARER.statement, [above, sign, *_named(p, "slope <= 0")], "the tangent falls")
    )


def _least(p: Proof, where: dict[Any, Any], facts: list[Any]) -> Theorem:
    """The claim, from the theorem that Psi is least where its slope vanishes."""
    found = p.cite(minimum(), where, [*facts, *p.claim.hypotheses])
    sides = [
        p.equality(side, same, p.claim.hypotheses, "written shorter")
        for side, same in zip(p.claim.statement.args, found.formula.args, strict=True)
        if side != same
    ]
    if found.formula == p.claim.statement:
        return p.qed(found)
    return p.qed(p.inequality(p.claim.statement, [found, *sides], "which is the claim"))


@cache
def interior() -> Theorem:
    """The optimum of a power law with p > 1 and no fixed cost: there the slope vanishes."""
    p = Proof(fc.INTERIOR)
    numbers = {fc.c_0: sp.S.Zero, fc.V: fc.POSITIVE_V.symbol, fc.kappa: fc.POSITIVE_FACTOR.symbol, p_: 1 + q}
    optimum = fc.POWER_OPTIMUM
    flat = p.equality(fc.slope(b).xreplace({**numbers, b: optimum}), 0, reason="its slope vanishes there")
    return _least(p, {**numbers, b: optimum}, [flat])


@cache
def fixed_cost_only() -> Theorem:
    """The optimum of a power law with p < 1 and no noise-free variance."""
    p = Proof(fc.FIXED_COST_ONLY)
    numbers = {fc.V: sp.S.Zero, fc.c_0: fc.POSITIVE_FIXED.symbol}
    optimum = fc.NO_VARIANCE_OPTIMUM
    positive = p.inequality(
        sp.Gt(optimum, 0, evaluate=False), p.claim.hypotheses, "a quotient of positive numbers"
    )
    flat = p.equality(
        fc.slope(b).xreplace({**numbers, b: optimum}), 0, p.claim.hypotheses, "its slope vanishes there"
    )
    return _least(p, {**numbers, b: optimum}, [flat, positive])


@cache
def floor_interior() -> Theorem:
    """The optimum under a floor: the difference to it is a square."""
    p = Proof(fc.FLOOR_INTERIOR)
    k, fixed = fc.POSITIVE_FACTOR.symbol, fc.POSITIVE_FIXED.symbol
    numbers = {fc.V: fc.V + k * fc.sigma_f**2, fc.kappa: k, fc.c_0: fixed, p_: sp.S.One}
    optimum = fc.FLOOR_OPTIMUM
    positive = p.inequality(
        sp.Gt(optimum, 0, evaluate=False), p.claim.hypotheses, "a root of a positive number"
    )
    flat = p.equality(
        fc.slope(b).xreplace({**numbers, b: optimum}), 0, p.claim.hypotheses, "its slope vanishes there"
    )
    return _least(p, {**numbers, b: optimum}, [flat, positive])


@cache
def an_end_wins() -> Theorem:
    """Psi is concave for bounded noise, so between two costs it is nowhere below both."""
    p = Proof(fc.AN_END_WINS)
    bend = p.inequality(
        sp.Ge(fc.kappa * fc.sigma_0**2 / fc.c_max, 0, evaluate=False), p.claim.hypotheses, "how much it bends"
    )
    at_b, at_h, at_c = (fc.psi(fc.BOUNDED_NOISE, cost) for cost in (b, fc.highest, c))
    excess = fc.kappa * fc.sigma_0**2 / fc.c_max * (c - b) * (fc.highest - c) * (fc.highest - b)
    chord = p.equality(
        (fc.highest - b) * at_c, (fc.highest - c) * at_b + (c - b) * at_h + excess,
        reason="the chord from end to end, and what lies above it",
    )  # fmt: skip
    numbers = sp.symbols("y_b y_h y_c w", real=True)
    y_b, y_h, y_c, over = numbers
    named = [
        p.define(number, value, "an abbreviation")
        for number, value in zip(numbers, (at_b, at_h, at_c, excess), strict=True)
    ]
    order = _named(p, "reference <= cost", "cost <= highest", "reference < highest")
    lies_above = p.inequality(sp.Ge(over, 0), [named[3], bend, *order], "it lies above its chord")
    short = p.equality(
        (fc.highest - b) * y_c, (fc.highest - c) * y_b + (c - b) * y_h + over, [chord, *named], "in short"
    )
    ends = p.inequality(
        sp.Le(sp.Min(y_b, y_h), y_c), [short, lies_above, *order], "so it is nowhere below both ends"
    )
    least = p.equality(sp.Min(at_b, at_h), sp.Min(y_b, y_h), named[:2], "the lower end")
    return p.qed(p.inequality(p.claim.statement, [ends, least, named[2]], "which is the claim"))


@cache
def which_end() -> Theorem:
    return _by_algebra(fc.WHICH_END, "divide by c - b")


@cache
def noise_free_labels() -> Theorem:
    """Perfect labels win against free ones if and only if c_0 kappa sigma_0^2 exceeds c_max V."""
    return _by_algebra(fc.NOISE_FREE_LABELS, "expand")


# -- E4 ------------------------------------------------------------------------------------------------------


@cache
def worth_it() -> Theorem:
    """Up to the crossing the biased estimate has the smaller error."""
    return _by_algebra(fc.WORTH_IT, "multiply by K")


@cache
def never_beyond() -> Theorem:
    """Beyond the crossing it never has."""
    return _by_algebra(fc.NEVER_BEYOND, "multiply by K")
