"""Everything that the book's proofs assume, in one place, each with its citation.

These are facts about metrics, expectations and limits. None of them speaks of returns, models or their
errors. A proof accepts an axiom only if it stands in :data:`ALL`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.sums import CappedGeometricSum
from imagination.theory.terms import Expectation, Point, sort_of


class AxiomError(ValueError):
    """An axiom's arguments or premises do not have the form that it asks for."""


@dataclass(frozen=True, eq=False)
class Axiom:
    """A named assumption.

    Parameters
    ----------
    name, source : str
        What it says, and where it is proved or defined.
    conclude : callable
        ``conclude(premises, constants, *arguments)`` returns the conclusion, or raises `AxiomError`.
        `premises` are the formulas of earlier facts; symbols in `constants` are fixed, all others are read
        as "for all".
    """

    name: str
    source: str
    conclude: Callable[..., sp.Basic]


_REGISTERED: list[Axiom] = []

# Distances by the sort of the points they compare; only these are metrics.
METRICS: Mapping[str, Any] = MappingProxyType({"state": w.d_S, "action": w.d_A})
WASSERSTEIN: Mapping[str, Any] = MappingProxyType({"law of state": w.W_S, "law of action": w.W_A})
TOTAL_VARIATION: Mapping[str, Any] = MappingProxyType({"law of state": w.TV_S})


def _axiom(name: str, source: str) -> Callable[[Callable[..., sp.Basic]], Axiom]:
    def register(conclude: Callable[..., sp.Basic]) -> Axiom:
        made = Axiom(name, source, conclude)
        _REGISTERED.append(made)
        return made

    return register


def _distance(*points: sp.Basic) -> Any:
    sorts = {sort_of(p) for p in points}
    metric = {**METRICS, **WASSERSTEIN}.get(sorts.pop()) if len(sorts) == 1 else None
    if metric is None:
        raise AxiomError(f"{', '.join(map(str, points))} are not points of one metric space")
    return metric


def _one(premises: Sequence[sp.Basic]) -> sp.Basic:
    if len(premises) != 1:
        raise AxiomError(f"takes one premise, got {len(premises)}")
    return premises[0]


def _none(premises: Sequence[sp.Basic]) -> None:
    if premises:
        raise AxiomError(f"takes no premise, got {len(premises)}")


@_axiom("triangle inequality", "[Rudin 1976, Def. 2.15]")
def TRIANGLE(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, z: Any
) -> sp.Basic:
    """d(x, z) <= d(x, y) + d(y, z)."""
    _none(premises)
    d = _distance(x, y, z)
    return sp.Le(d(x, z), d(x, y) + d(y, z))


@_axiom("a metric is symmetric", "[Rudin 1976, Def. 2.15]")
def SYMMETRY(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any) -> sp.Basic:
    """d(x, y) = d(y, x)."""
    _none(premises)
    d = _distance(x, y)
    return sp.Eq(d(x, y), d(y, x))


@_axiom("a point is at distance 0 from itself", "[Rudin 1976, Def. 2.15]")
def SELF_DISTANCE(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any) -> sp.Basic:
    """d(x, x) = 0."""
    _none(premises)
    return sp.Eq(_distance(x)(x, x), 0)


@_axiom("distances are nonnegative", "[Rudin 1976, Def. 2.15]")
def NONNEGATIVE(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any) -> sp.Basic:
    """d(x, y) >= 0."""
    _none(premises)
    return sp.Ge(_distance(x, y)(x, y), 0)


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


@_axiom("Kantorovich duality", "[Villani 2009, Thm. 5.10 and Rem. 6.5]")
def KANTOROVICH(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - g(y)| <= K d(x, y) for all x, y, then |E_mu g - E_nu g| <= K W(mu, nu)."""
    g, right = _oscillation(_one(premises), constants, x, y)
    distance = _distance(x, y)(x, y)
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


@_axiom("total variation bounds a bounded function's change", "[Levin & Peres 2017, Prop. 4.5]")
def SPAN(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - g(y)| <= c for all x, y, then |E_mu g - E_nu g| <= c TV(mu, nu)."""
    g, c = _oscillation(_one(premises), constants, x, y)
    if c.has(x, y):
        raise AxiomError(f"{c} depends on {x} or {y}")
    law = f"law of {sort_of(x)}"
    if law not in TOTAL_VARIATION or sort_of(mu) != law or sort_of(nu) != law:
        raise AxiomError(f"{mu} and {nu} must be of sort {law!r}, whose total variation is declared")
    integrand = sp.Lambda(x, g)
    return sp.Le(
        sp.Abs(Expectation(mu, integrand) - Expectation(nu, integrand)), c * TOTAL_VARIATION[law](mu, nu)
    )


@_axiom("expectations are linear and monotone", "[Rudin 1976, Thm. 11.23]")
def EXPECTATION(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, mu: Any) -> sp.Basic:
    """If |g(x) - h(x)| <= c for all x, then |E_mu g - E_mu h| <= c."""
    premise = _one(premises)
    if not isinstance(premise, sp.Le) or premise.rhs.has(x):
        raise AxiomError(f"{premise} is not of the form |g(x) - h(x)| <= c with c free of {x}")
    if not isinstance(x, Point) or x in constants:
        raise AxiomError(f"{x} must be a point variable for which the premise holds throughout")
    if sort_of(mu) != f"law of {sort_of(x)}":
        raise AxiomError(f"{mu} must be of sort 'law of {sort_of(x)}'")
    u, v = _difference(premise.lhs)
    return sp.Le(sp.Abs(Expectation(mu, sp.Lambda(x, u)) - Expectation(mu, sp.Lambda(x, v))), premise.rhs)


@_axiom("expectations are linear and monotone, under two laws", "[Rudin 1976, Thm. 11.23]")
def TWO_EXPECTATIONS(
    premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], x: Any, y: Any, mu: Any, nu: Any
) -> sp.Basic:
    """If |g(x) - h(y)| <= c for all x and y, then |E_mu g - E_nu h| <= c."""
    premise = _one(premises)
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


def _unusable(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], *arguments: Any) -> sp.Basic:
    raise AxiomError("is used through Proof.limit and Proof.pass_to_limit, which check its conditions")


# The three facts about limits that the rules `Proof.limit` and `Proof.pass_to_limit` rest on.
LIMIT_ORDER = _axiom("limits keep weak inequalities", "[Rudin 1976, Thm. 3.19]")(_unusable)
LIMIT_ALGEBRA = _axiom("limits of sums, products, quotients, absolute values", "[Rudin 1976, Thm. 3.3]")(
    _unusable
)
GEOMETRIC_SEQUENCE = _axiom("q^n and n q^n tend to 0 where |q| < 1", "[Rudin 1976, Thm. 3.20]")(_unusable)


@_axiom("a series of nonnegative terms with bounded partial sums converges", "[Rudin 1976, Thm. 3.24]")
def SERIES(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], n: Any, total: Any) -> sp.Basic:
    """If 0 <= C_(n+1) - C_n and C_n <= M for every n, then C_n tends to the number that is written C with n
    = oo.
    """
    if (
        not isinstance(total, CappedGeometricSum)
        or total.args[-1] != n
        or any(a.has(n) for a in total.args[:-1])
    ):
        raise AxiomError(f"{total} is not a sum of n terms")
    if len(premises) != 2:
        raise AxiomError(f"takes two premises, got {len(premises)}")
    growing, bounded = premises
    if n in constants or growing != sp.Le(total, total.xreplace({n: n + 1}), evaluate=False):
        raise AxiomError(f"the first premise must say that {total} does not decrease, for every {n}")
    if not isinstance(bounded, sp.Le) or bounded.lhs != total or bounded.rhs.has(n):
        raise AxiomError(f"the second premise must bound {total} by something free of {n}")
    if bounded.rhs.free_symbols - set(constants):
        raise AxiomError(f"the bound {bounded.rhs} must be a fixed number")
    return sp.Eq(sp.Limit(total, n, sp.oo), total.func(*total.args[:-1], sp.oo), evaluate=False)


ALL: tuple[Axiom, ...] = tuple(_REGISTERED)
