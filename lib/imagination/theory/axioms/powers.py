"""Facts about powers of positive numbers with real exponents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from imagination.theory.axioms.base import AxiomError, axiom, none, one
from imagination.theory.terms import NUMBERS, is_positive, sort_of


def _positive_number(*terms: sp.Basic) -> None:
    for term in terms:
        if not is_positive(term):
            raise AxiomError(f"{term} must be of sort positive")


def _number(*terms: sp.Basic) -> None:
    for term in terms:
        if sort_of(term) not in NUMBERS:
            raise AxiomError(f"{term} must be a number")


def _smaller(relation: sp.Basic) -> tuple[sp.Expr, sp.Expr, bool]:
    """The smaller side, the larger side, and whether they are strictly in order."""
    if not isinstance(relation, sp.Le | sp.Lt | sp.Ge | sp.Gt):
        raise AxiomError(f"{relation} is not an inequality")
    return relation.lts, relation.gts, isinstance(relation, sp.Lt | sp.Gt)


def _range(premises: Sequence[sp.Basic], q: sp.Expr) -> tuple[str, bool]:
    """Where the premises place q: outside or inside [0, 1]; and whether strictly so."""
    _number(q)
    bounds = [_smaller(premise) for premise in premises]
    if len(bounds) == 1:
        low, high, strict = bounds[0]
        if (low, high) in ((q, 0), (1, q)):
            return "outside", strict
    if len(bounds) == 2 and {(low, high) for low, high, _ in bounds} == {(sp.S.Zero, q), (q, sp.S.One)}:
        return "inside", all(strict for *_, strict in bounds)
    raise AxiomError(f"the premises must say q <= 0, or q >= 1, or 0 <= q and q <= 1 for q = {q}")


@axiom("Bernoulli's inequality with a real exponent", "[Hardy, Littlewood & Pólya 1952, Sec. 2.15]")
def BERNOULLI(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, q: Any) -> sp.Basic:
    """For x > 0: x^q >= 1 + q (x - 1) if q <= 0 or q >= 1, and x^q <= 1 + q (x - 1) if 0 <= q <= 1."""
    _positive_number(x)
    where, _ = _range(premises, q)
    relation = sp.Ge if where == "outside" else sp.Le
    return relation(x**q, 1 + q * (x - 1), evaluate=False)


@axiom("Bernoulli's inequality is strict away from 1", "[Hardy, Littlewood & Pólya 1952, Sec. 2.15]")
def BERNOULLI_STRICT(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, q: Any
) -> sp.Basic:
    """For x > 0, x != 1: x^q > 1 + q (x - 1) if q < 0 or q > 1, and x^q < 1 + q (x - 1) if 0 < q < 1."""
    _positive_number(x)
    apart = [p for p in premises if isinstance(p, sp.Ne)]
    if len(apart) != 1 or set(apart[0].args) != {x, sp.S.One}:
        raise AxiomError(f"one premise must say that {x} is not 1")
    where, strict = _range([p for p in premises if p not in apart], q)
    if not strict:
        raise AxiomError(f"the premises must place {q} strictly")
    relation = sp.Gt if where == "outside" else sp.Lt
    return relation(x**q, 1 + q * (x - 1), evaluate=False)


@axiom("powers are monotone", "[Rudin 1976, Ch. 8, (38)-(42)]")
def POWER_ORDER(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], p: Any) -> sp.Basic:
    """For u, v > 0: u < v gives u^p < v^p if p > 0, and u^p > v^p if p < 0; likewise with <= and >=."""
    if len(premises) != 2:
        raise AxiomError(f"takes two premises, got {len(premises)}")
    _number(p)
    u, v, strict = _smaller(premises[0])
    _positive_number(u, v)
    low, high, sign_strict = _smaller(premises[1])
    if not sign_strict or (low, high) not in ((sp.S.Zero, p), (p, sp.S.Zero)):
        raise AxiomError(f"the second premise must say that {p} is above 0, or below")
    small, large = (u, v) if high == p else (v, u)
    return (sp.Lt if strict else sp.Le)(small**p, large**p, evaluate=False)


@axiom("equal numbers have equal powers", "[Rudin 1976, Ch. 8, (38)-(42)]")
def POWER_EQUALITY(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], p: Any) -> sp.Basic:
    """For u, v > 0: u = v gives u^p = v^p."""
    premise = one(premises)
    if not isinstance(premise, sp.Eq):
        raise AxiomError(f"{premise} is not an equality")
    _positive_number(*premise.args)
    _number(p)
    return sp.Eq(premise.lhs**p, premise.rhs**p, evaluate=False)


@axiom("(1 + n)^(-p) tends to 0 where p > 0", "[Rudin 1976, Thm. 3.20]")
def POWER_SEQUENCE(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], n: Any, p: Any
) -> sp.Basic:
    """lim (1 + n)^(-p) = 0 for a positive constant p."""
    none(premises)
    _positive_number(p)
    if not isinstance(n, sp.Symbol) or not n.is_integer or n in constants:
        raise AxiomError(f"{n} must be a natural variable")
    if p.free_symbols - set(constants):
        raise AxiomError(f"{p} must be a fixed number")
    return sp.Eq(sp.Limit((1 + n) ** (-p), n, sp.oo), 0, evaluate=False)
