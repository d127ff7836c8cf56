"""Substitution in formulas that bind variables, without capture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from imagination.theory.terms import RELATIONS, renamed
from imagination.theory.theorem import ProofError


def binder(term: sp.Basic) -> tuple[sp.Basic, tuple[sp.Symbol, ...], tuple[sp.Basic, ...]]:
    """Body, bound variables and the parts outside the binder's scope."""
    if isinstance(term, sp.Sum):
        if len(term.limits) != 1 or len(term.limits[0]) != 3:
            raise ProofError(f"{term} must have one index with two limits")
        k, low, high = term.limits[0]
        return term.function, (k,), (low, high)
    if isinstance(term, sp.Lambda):
        return term.expr, tuple(term.variables), ()
    inside, variable, target, _ = term.args
    if target is not sp.oo:
        raise ProofError(f"{term} must be a limit at infinity")
    return inside, (variable,), ()


def bound_symbols(e: sp.Basic) -> set[sp.Symbol]:
    found: set[sp.Symbol] = set()
    for term in sp.preorder_traversal(e):
        if isinstance(term, sp.Sum | sp.Lambda | sp.Limit):
            found |= set(binder(term)[1])
    return found


def substituted(formula: sp.Basic, replacing: Mapping[Any, Any]) -> sp.Basic:
    replacing = {key: sp.sympify(value) for key, value in replacing.items()}
    bound = bound_symbols(formula)
    if clash := bound & set(replacing):
        raise ProofError(f"{sorted(map(str, clash))} is bound in {formula} and cannot be replaced")
    entering = (
        set().union(*(value.free_symbols | bound_symbols(value) for value in replacing.values()))
        if replacing
        else set()
    )
    # Limits of a sum lie outside its scope, but a variable that enters the summand would be captured.
    clash = bound & entering
    if clash and any(_captures(term, replacing) for term in sp.preorder_traversal(formula)):
        raise ProofError(
            f"{sorted(map(str, clash))} would be captured in {formula}; rename the variable first"
        )
    sides = [side.xreplace(replacing) for side in formula.args]
    if isinstance(formula, sp.Eq | sp.Ne) and sides[0] == sides[1]:
        return sp.true if isinstance(formula, sp.Eq) else sp.false
    return formula.func(*sides, evaluate=False)


def _captures(term: sp.Basic, replacing: Mapping[Any, Any]) -> bool:
    if not isinstance(term, sp.Sum | sp.Lambda | sp.Limit):
        return False
    body, variables, _ = binder(term)
    return any(
        key in body.free_symbols and set(variables) & (value.free_symbols | bound_symbols(value))
        for key, value in replacing.items()
    )


def at(relation: sp.Rel, variable: sp.Symbol, value: sp.Expr) -> sp.Basic:
    return substituted(relation, {variable: value})


def try_at(relation: sp.Basic, variable: sp.Symbol, value: sp.Expr) -> sp.Basic | None:
    if variable not in relation.free_symbols:
        return None
    try:
        made = substituted(relation, {variable: value})
    except ProofError:  # it would be captured: this premise is used as it stands
        return None
    return made if isinstance(made, RELATIONS) else None


def replaced(formula: sp.Basic, maps: Mapping[Any, Any], terms: Mapping[Any, Any]) -> sp.Basic:
    """Rename maps and replace symbols, all at once."""
    made = renamed(formula, maps) if maps else formula
    if isinstance(formula, sp.Rel) and not isinstance(made, sp.Rel):
        return made
    return substituted(made, terms) if terms else made


def oriented(formula: sp.Basic) -> Any:
    """Equal for an equality and its mirror image, and for a <= b and b >= a."""
    if isinstance(formula, sp.Eq):
        return ("=", frozenset(formula.args))
    if isinstance(formula, sp.Ge | sp.Gt):
        return (type(formula.reversed).__name__, formula.rhs, formula.lhs)
    return (type(formula).__name__, *formula.args)
