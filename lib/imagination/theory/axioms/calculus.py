"""Facts about derivatives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sympy as sp

from imagination.theory.axioms.base import AxiomError, axiom, one
from imagination.theory.terms import POSITIVE, RATIONALS, is_positive, sort_of_variable


def derivative(term: sp.Expr, q: sp.Symbol) -> sp.Expr:
    """The derivative for q > 0 of a term that is smooth there by its form.

    Raises
    ------
    AxiomError
        If the term is not made of constants and q by sums, products and powers, each power either of a
        positive number or to a positive whole exponent, and the exponent free of q.
    """
    _check_smooth(term, q)
    return sp.diff(term, q)


def _check_smooth(term: sp.Expr, q: sp.Symbol) -> None:
    if type(term) in RATIONALS or isinstance(term, sp.Symbol):
        return
    if isinstance(term, sp.Add | sp.Mul):
        for part in term.args:
            _check_smooth(part, q)
        return
    if isinstance(term, sp.Pow):
        base, exponent = term.args
        if exponent.has(q):
            raise AxiomError(f"the exponent of {term} depends on {q}")
        _check_smooth(exponent, q)
        _check_smooth(base, q)
        if is_positive(base) or (exponent.is_Integer and exponent > 0):
            return
    raise AxiomError(f"{term} is not shown to be smooth for all {q} > 0")


@axiom("at an interior minimum the derivative is 0", "[Rudin 1976, Thm. 5.8]")
def FERMAT(premises: Sequence[sp.Basic], constants: Collection[sp.Symbol], q: Any, at: Any) -> sp.Basic:
    """If h(a) <= h(q) for all q > 0, and h is smooth there, then h'(a) = 0; a is a positive constant."""
    premise = one(premises)
    if not isinstance(q, sp.Symbol) or q in constants or sort_of_variable(q) != POSITIVE:
        raise AxiomError(f"{q} must be a positive variable for which the premise holds throughout")
    if not is_positive(at) or at.free_symbols - set(constants):
        raise AxiomError(f"{at} must be a fixed number of sort positive")
    if not isinstance(premise, sp.Le | sp.Ge):
        raise AxiomError(f"{premise} is not of the form h(a) <= h(q)")
    least, value = premise.lts, premise.gts
    if value.free_symbols - set(constants) - {q}:
        raise AxiomError(f"{value} may depend on constants and on {q} only")
    if not value.has(q) or least != value.xreplace({q: at}):
        raise AxiomError(f"{least} is not {value} at {q} = {at}")
    return sp.Eq(derivative(value, q).xreplace({q: at}), 0, evaluate=False)
