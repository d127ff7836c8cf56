"""How formulas look: fractions, the order of factors and of terms, and the book's letters."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

_NAMES = {
    "epsilon_dyn": r"\varepsilon_{\mathrm{dyn}}",
    "epsilon_rew": r"\varepsilon_{\mathrm{rew}}",
    "epsilon": r"\varepsilon",
    "ell": r"\ell",
    "delta": r"\delta",
    "span": r"\operatorname{sp} V",
    "gamma'": r"\gamma'",
    "L_f'": "L_f'",
    "L_r'": "L_r'",
    "L_pi'": r"L_\pi'",
}


# Factors are printed in this order, as the paper writes them; other symbols come after these.
_FACTORS = (
    "alpha", "beta", "lambda", "rho", "c", "gamma", "x", "L_r", "L_f", "L_V", "L_pi",
    "epsilon_dyn", "epsilon_rew", "epsilon", "m", "D", "A_d", "A_r", "c_d", "c_r", "N_d", "N_r",
)  # fmt: skip


class _Printer(LatexPrinter):
    def _print_Add(self, expr: Any, order: Any = None) -> str:
        text = ""
        for term in ordered_terms(expr):
            minus = term.could_extract_minus_sign()
            printed = self._print(-term if minus else term)
            if minus and (-term).is_Add:
                printed = rf"\left({printed}\right)"
            text += (" - " if minus else " + ") + printed if text else ("- " if minus else "") + printed
        return text

    def _print_Mul(self, expr: Any) -> str:
        if expr.could_extract_minus_sign() and not any(factor.is_Add for factor in expr.args):
            return "- " + self._print(-expr)
        numerator, denominator = fraction(expr)
        if denominator != 1:
            return rf"\frac{{{self._print(numerator)}}}{{{self._print(denominator)}}}"
        factors = sorted(sp.Mul.make_args(expr), key=factor_order)
        return " ".join(
            rf"\left({self._print(f)}\right)" if f.is_Add and len(factors) > 1 else self._print(f)
            for f in factors
        )

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        return _NAMES.get(expr.name) or super()._print_Symbol(expr, style)


def ordered_terms(expr: sp.Expr) -> list[sp.Expr]:
    """The terms of a sum as they are printed: what is taken away comes last."""
    terms = sorted(expr.as_ordered_terms("rev-lex"), key=lambda term: term.could_extract_minus_sign())
    if all(s.is_integer for s in expr.free_symbols):
        terms.sort(key=lambda term: bool(term.is_number))
    return terms


def fraction(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator; x^(-p) belongs below where x is positive."""
    numerator, denominator = sp.fraction(expr, exact=True)
    factors = sp.Mul.make_args(numerator)
    below = [factor for factor in factors if _belongs_below(factor)]
    above = sp.Mul(*(factor for factor in factors if factor not in below))
    return above, denominator / sp.Mul(*below)


def _belongs_below(factor: sp.Expr) -> bool:
    """x^(-p) does where x is positive; x^(1 - p), whose sign is anyone's guess, does not."""
    if not (isinstance(factor, sp.Pow) and factor.base.is_positive) or factor.exp.is_Add:
        return False
    return factor.exp.could_extract_minus_sign()


def factor_order(factor: sp.Expr) -> tuple[Any, ...]:
    """Sorts the factors of a product as they are printed."""
    if factor.is_number:
        return (-1,)
    base = factor.base if isinstance(factor, sp.Pow) else factor
    names = [_FACTORS.index(s.name) for s in base.free_symbols if s.name in _FACTORS]
    opaque = isinstance(base, sp.Sum) or bool(base.atoms(sp.Function) - base.atoms(sp.Min, sp.Max))
    rank = 99 if opaque else min(names, default=50)
    return (rank, sp.default_sort_key(factor))


def latex(expr: sp.Basic) -> str:
    """The LaTeX of a formula in the book's notation."""
    return _Printer({"order": "rev-lex"}).doprint(expr)
