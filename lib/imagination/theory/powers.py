"""Powers of positive numbers with real exponents, written so that equal ones look equal.

A power such as ``(a*b)**(2*p + 1/q)`` is taken apart into the number ``a*b`` raised to whole powers and to
each of the terms ``p`` and ``1/q`` of its exponent. What is left are factors ``base**exponent`` between which
no rule of exponents says anything more, so a solver may treat each as a positive number of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from imagination.theory.terms import RATIONALS, is_positive


@dataclass(frozen=True)
class Factor:
    """``base ** (exponent * multiple)``: base and exponent of a fixed form, a rational multiple."""

    base: sp.Expr
    exponent: sp.Expr
    multiple: sp.Rational


def is_real_power(e: sp.Basic) -> bool:
    """Whether a term is a power that the rules for positive bases and real exponents can take apart."""
    return isinstance(e, sp.Pow) and not e.exp.is_Integer and is_positive(e.base)


def factors(base: sp.Expr, exponent: sp.Expr) -> list[Factor]:
    """``base ** exponent`` for a positive base as a product of factors."""
    return [
        Factor(part, term, multiple)
        for part, power in _base_factors(base)
        for term, multiple in exponent_terms(power * exponent).items()
    ]


def _base_factors(base: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """A positive term as a product of powers of terms that are neither products nor powers."""
    if isinstance(base, sp.Mul):
        return [found for part in base.args for found in _base_factors(part)]
    if isinstance(base, sp.Pow) and is_positive(base.base):
        return [(part, power * base.exp) for part, power in _base_factors(base.base)]
    if type(base) in RATIONALS:
        counted = sp.factorrat(base)
        return [(sp.Integer(prime), sp.Integer(power)) for prime, power in sorted(counted.items())]
    if isinstance(base, sp.Add):
        product = sp.factor(base)
        if isinstance(product, sp.Mul | sp.Pow) and is_positive(product):
            return _base_factors(product)
        return [(sp.expand(base), sp.S.One)]
    return [(base, sp.S.One)]


def exponent_terms(exponent: sp.Expr) -> dict[sp.Expr, sp.Rational]:
    """An exponent as a sum of rational multiples of terms, the same terms however it is written."""
    found: dict[sp.Expr, sp.Rational] = {}

    def add(term: sp.Expr) -> None:
        multiple, rest = term.as_coeff_Mul()
        if not multiple.is_Rational:
            multiple, rest = sp.S.One, term
        found[rest] = found.get(rest, sp.S.Zero) + multiple

    for part in sp.Add.make_args(exponent):
        numerator, denominator = sp.fraction(sp.together(part))
        symbols = sorted(denominator.free_symbols | numerator.free_symbols, key=str)
        if not denominator.free_symbols or not (
            numerator.is_polynomial(*symbols) and denominator.is_polynomial(*symbols)
        ):
            terms = sp.Add.make_args(sp.expand(part))
        else:
            # b/(1 + b) = 1 - 1/(1 + b): division leaves a remainder that is the same for equal quotients.
            leading = sp.Poly(denominator, *symbols).LC()
            below = sp.expand(denominator / leading)
            quotient, rest = sp.div(sp.expand(numerator / leading), below, *symbols)
            over = [term / below for term in sp.Add.make_args(sp.expand(rest))]
            terms = (*sp.Add.make_args(sp.expand(quotient)), *over)
        for term in terms:
            add(term)
    return {term: multiple for term, multiple in found.items() if multiple != 0}


def abstracted(e: sp.Expr) -> tuple[sp.Expr, bool]:
    """The term with every real power of a positive number written in fresh positive numbers.

    Returns
    -------
    tuple
        The term, a rational function of its powers where it was one, and whether there were any powers.
    """
    found: dict[tuple[sp.Expr, sp.Expr], int] = {}

    def note(factor: Factor, inside: sp.Expr) -> sp.Expr:
        key = (inside, factor.exponent)
        found[key] = math.lcm(found.get(key, 1), int(factor.multiple.q))
        return inside

    rewritten(e, note)
    roots = {key: sp.Dummy(f"p{i}", positive=True) for i, key in enumerate(found)}

    def as_root(factor: Factor, inside: sp.Expr) -> sp.Expr:
        key = (inside, factor.exponent)
        if key not in roots:  # the base holds powers itself, which are named by now
            roots[key], found[key] = sp.Dummy(f"p{len(roots)}", positive=True), int(factor.multiple.q)
        return roots[key] ** (factor.multiple * found[key])

    whole = {
        base: root ** found[base, one] for (base, one), root in roots.items() if one == 1 and base.is_Symbol
    }
    return rewritten(e, as_root).xreplace(whole), bool(found)


def rewritten(e: sp.Expr, write: Callable[[Factor, sp.Expr], sp.Expr]) -> sp.Expr:
    """The term with each factor of its real powers replaced, from the inside out; whole powers stay."""
    if not e.args:
        return e
    if not is_real_power(e):
        return e.func(*(rewritten(arg, write) for arg in e.args))
    made = []
    for factor in factors(e.base, e.exp):
        inside = rewritten(factor.base, write)
        if factor.exponent == 1 and factor.multiple.is_Integer:
            made.append(inside**factor.multiple)
        else:
            made.append(write(factor, inside))
    return sp.Mul(*made)
