"""Facts about expectations, as a calculation with random quantities uses them.

Every integrand is supposed to have an expectation, as everywhere in this book.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from imagination.theory.axioms.base import AxiomError, axiom, none, one
from imagination.theory.terms import Expectation, Point, is_positive, sort_of


def parts(body: sp.Expr, x: sp.Basic) -> list[tuple[sp.Expr, sp.Expr]]:
    """A term as a sum of products ``coefficient * rest``; only the rests speak of x."""
    flat = sp.expand(
        body, mul=True, multinomial=True, power_base=False, power_exp=False, log=False, basic=False
    )
    found: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(flat):
        if term == 0:
            continue
        coefficient, rest = term.as_independent(x, as_Add=False)
        found[rest] = found.get(rest, sp.S.Zero) + coefficient
    return [(coefficient, rest) for rest, coefficient in found.items()]


def _random(x: Any, mu: Any, constants: Collection[sp.Symbol]) -> None:
    if not isinstance(x, Point) or x in constants:
        raise AxiomError(f"{x} must be a point variable")
    if sort_of(mu) != f"law of {sort_of(x)}":
        raise AxiomError(f"{mu} must be of sort 'law of {sort_of(x)}'")
    if mu.has(x):
        raise AxiomError(f"{mu} depends on {x}, which it is the law of")


@axiom("expectations are linear", "[Rudin 1976, Thm. 11.29]")
def LINEAR(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, mu: Any, body: Any
) -> sp.Basic:
    """E_mu[c g(x) + d h(x) + e] = c E_mu g + d E_mu h + e, for c, d and e that do not depend on x."""
    none(premises)
    _random(x, mu, constants)
    total = sp.Add(
        *(
            coefficient * (rest if rest == 1 else Expectation(mu, sp.Lambda(x, rest)))
            for coefficient, rest in parts(body, x)
        )
    )
    return sp.Eq(Expectation(mu, sp.Lambda(x, body)), total, evaluate=False)


@axiom("expectations are monotone", "[Rudin 1976, Remarks 11.23]")
def MONOTONE(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, mu: Any) -> sp.Basic:
    """If g(x) <= h(x) for all x, then E_mu g <= E_mu h."""
    premise = one(premises)
    if not isinstance(premise, sp.Le | sp.Ge):
        raise AxiomError(f"{premise} is not of the form g({x}) <= h({x})")
    _random(x, mu, constants)
    less, more = (Expectation(mu, sp.Lambda(x, side)) for side in (premise.lts, premise.gts))
    return sp.Le(less, more, evaluate=False)


@axiom("a power lies above its logarithmic tangent", "[Rudin 1976, Thm. 8.6]")
def LOG_TANGENT(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, q: Any) -> sp.Basic:
    """For x > 0: x^q = e^(q log x) >= 1 + q log x."""
    none(premises)
    if not is_positive(x):
        raise AxiomError(f"{x} must be of sort positive")
    sort_of(q)
    return sp.Ge(x**q, 1 + q * sp.log(x), evaluate=False)


@axiom("the logarithm's sign", "[Rudin 1976, Sec. 8.6]")
def LOG_SIGN(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any) -> sp.Basic:
    """For x > 0: x >= 1 gives log x >= 0, and x <= 1 gives log x <= 0."""
    premise = one(premises)
    if not is_positive(x):
        raise AxiomError(f"{x} must be of sort positive")
    if isinstance(premise, sp.Le | sp.Ge) and (premise.lts, premise.gts) in ((1, x), (x, 1)):
        relation = sp.Ge if premise.gts == x else sp.Le
        return relation(sp.log(x), 0, evaluate=False)
    raise AxiomError(f"the premise must say {x} >= 1 or {x} <= 1")
