"""Facts about expectations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from imagination.theory.axioms.base import AxiomError, axiom, one
from imagination.theory.axioms.metric import TOTAL_VARIATION, WASSERSTEIN, distance_between
from imagination.theory.terms import Expectation, Point, sort_of


def _difference(side: sp.Basic) -> tuple[sp.Expr, sp.Expr]:
    """The two terms u, v of ``Abs(u - v)``."""
    if isinstance(side, sp.Abs) and isinstance(side.args[0], sp.Add) and len(side.args[0].args) == 2:
        u, v = side.args[0].args
        if v.could_extract_minus_sign():
            return u, -v
        return v, -u
    raise AxiomError(f"{side} is not the absolute value of a difference of two terms")


def _oscillation(
    premise: sp.Basic, constants: Collection[sp.Symbol], x: Any, y: Any
) -> tuple[sp.Expr, sp.Expr]:
    """From ``|g(x) - g(y)| <= c`` for all x, y: the term g(x), and c."""
    if not isinstance(premise, sp.Le):
        raise AxiomError(f"{premise} is not of the form |g(x) - g(y)| <= c")
    for variable in (x, y):
        if not isinstance(variable, Point) or variable in constants:
            raise AxiomError(f"{variable} must be a point variable for which the premise holds throughout")
    if x == y or sort_of(x) != sort_of(y):
        raise AxiomError(f"{x} and {y} must be two variables of one sort")
    u, v = _difference(premise.lhs)
    for g in (u, v):
        other = v if g is u else u
        if not g.has(y) and g.has(x) and g.xreplace({x: y}) == other:
            return g, premise.rhs
    raise AxiomError(f"{premise.lhs} is not |g({x}) - g({y})| for one g")


@axiom("Kantorovich duality", "[Villani 2009, Thm. 5.10 and Rem. 6.5]")
def KANTOROVICH(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - g(y)| <= K d(x, y) for all x, y, then |E_mu g - E_nu g| <= K W(mu, nu)."""
    g, right = _oscillation(one(premises), constants, x, y)
    distance = distance_between(x, y)(x, y)
    K = right / distance
    if K.has(x, y) or right != K * distance:
        raise AxiomError(f"{right} is not a constant times {distance}")
    law = f"law of {sort_of(x)}"
    if sort_of(mu) != law or sort_of(nu) != law:
        raise AxiomError(f"{mu} and {nu} must be of sort {law!r}")
    integrand = sp.Lambda(x, g)
    return sp.Le(
        sp.Abs(Expectation(mu, integrand) - Expectation(nu, integrand)), K * WASSERSTEIN[law](mu, nu)
    )


@axiom("total variation bounds a bounded function's change", "[Levin & Peres 2017, Prop. 4.5]")
def SPAN(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - g(y)| <= c for all x, y, then |E_mu g - E_nu g| <= c TV(mu, nu)."""
    g, c = _oscillation(one(premises), constants, x, y)
    if c.has(x, y):
        raise AxiomError(f"{c} depends on {x} or {y}")
    law = f"law of {sort_of(x)}"
    if law not in TOTAL_VARIATION or sort_of(mu) != law or sort_of(nu) != law:
        raise AxiomError(f"{mu} and {nu} must be of sort {law!r}, whose total variation is declared")
    integrand = sp.Lambda(x, g)
    return sp.Le(
        sp.Abs(Expectation(mu, integrand) - Expectation(nu, integrand)), c * TOTAL_VARIATION[law](mu, nu)
    )


@axiom("expectations are linear and monotone", "[Rudin 1976, Thm. 11.23]")
def EXPECTATION(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, mu: Any) -> sp.Basic:
    """If |g(x) - h(x)| <= c for all x, then |E_mu g - E_mu h| <= c."""
    premise = one(premises)
    if not isinstance(premise, sp.Le) or premise.rhs.has(x):
        raise AxiomError(f"{premise} is not of the form |g(x) - h(x)| <= c with c free of {x}")
    if not isinstance(x, Point) or x in constants:
        raise AxiomError(f"{x} must be a point variable for which the premise holds throughout")
    if sort_of(mu) != f"law of {sort_of(x)}":
        raise AxiomError(f"{mu} must be of sort 'law of {sort_of(x)}'")
    u, v = _difference(premise.lhs)
    return sp.Le(sp.Abs(Expectation(mu, sp.Lambda(x, u)) - Expectation(mu, sp.Lambda(x, v))), premise.rhs)


@axiom("expectations are linear and monotone, under two laws", "[Rudin 1976, Thm. 11.23]")
def TWO_EXPECTATIONS(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - h(y)| <= c for all x and y, then |E_mu g - E_nu h| <= c."""
    premise = one(premises)
    if not isinstance(premise, sp.Le) or premise.rhs.has(x, y):
        raise AxiomError(f"{premise} is not of the form |g(x) - h(y)| <= c with c free of {x} and {y}")
    for variable, law in ((x, mu), (y, nu)):
        if not isinstance(variable, Point) or variable in constants:
            raise AxiomError(f"{variable} must be a point variable for which the premise holds throughout")
        if sort_of(law) != f"law of {sort_of(variable)}":
            raise AxiomError(f"{law} must be of sort 'law of {sort_of(variable)}'")
    u, v = _difference(premise.lhs)
    g, h = (v, u) if u.has(y) else (u, v)
    if g.has(y) or h.has(x) or x == y:
        raise AxiomError(f"{premise.lhs} is not |g({x}) - h({y})|")
    if sort_of(x) != sort_of(y):
        raise AxiomError(f"{x} and {y} must be two variables of one sort")
    second = sp.Lambda(x, h.xreplace({y: x}))  # h is free of x, so the bound variable may have either name
    return sp.Le(sp.Abs(Expectation(mu, sp.Lambda(x, g)) - Expectation(nu, second)), premise.rhs)
