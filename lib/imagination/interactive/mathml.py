"""Formulas with numbers in them, as MathML, which a browser sets by itself.

The order of terms and factors is that of the book's other formulas. Each symbol becomes a place for its
number: ``<mn data-slot="gamma">``, which the page fills in whenever a slider moves.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from imagination.latex import factor_order, fraction, ordered_terms
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

_LETTERS = {GeometricSum: "G", DoubleGeometricSum: "S", CappedGeometricSum: "C"}

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "kappa": "κ", "lambda": "λ",
    "pi": "π", "sigma": "σ",
}  # fmt: skip


def symbol(name: str) -> str:
    """A symbol such as ``epsilon_dyn``, with its index below."""
    letter, _, index = name.replace("{", "").replace("}", "").replace("\\", "").partition("_")
    shown = f"<mi>{GREEK.get(letter, letter)}</mi>"
    if not index:
        return shown
    below = (
        f"<mn>{index}</mn>" if index.isdigit() else f'<mi mathvariant="normal">{GREEK.get(index, index)}</mi>'
    )
    return f"<msub>{shown}{below}</msub>"


def plain(name: str) -> str:
    """The same in plain text, for a screen reader: ``epsilon dyn``."""
    return name.replace("{", "").replace("}", "").replace("\\", "").replace("_", " ")


def letters(name: str) -> str:
    """The same in plain text, for the eye: ``ε_dyn``."""
    letter, _, index = name.replace("{", "").replace("}", "").replace("\\", "").partition("_")
    return GREEK.get(letter, letter) + (f"_{GREEK.get(index, index)}" if index else "")


def math(inside: str, *, display: bool = False) -> str:
    """A formula in a line of text, or with fractions as large as on a line of their own."""
    large = ' displaystyle="true"' if display else ""
    return f"<math{large}>{inside}</math>"


class _Writer:
    """Writes expressions with the symbols in `slots` as places for numbers."""

    def __init__(self, slots: Mapping[sp.Symbol, str]) -> None:
        self.slots = slots

    def write(self, e: sp.Basic) -> str:
        if isinstance(e, sp.Symbol):
            slot = self.slots.get(e)
            return symbol(e.name) if slot is None else f'<mn data-slot="{slot}"></mn>'
        if e is sp.oo:
            return "<mo>∞</mo>"
        if e is sp.pi:
            return "<mi>π</mi>"
        if isinstance(e, sp.Integer):
            return f"<mn>{int(e)}</mn>"
        if isinstance(e, sp.Rational):
            return f"<mfrac><mn>{e.p}</mn><mn>{e.q}</mn></mfrac>"
        if isinstance(e, sp.Add):
            return self._sum(e)
        if isinstance(e, sp.Mul):
            return self._product(e)
        if isinstance(e, sp.Pow):
            return self._power(e)
        if isinstance(e, sp.Min | sp.Max):
            return self._call("<mo>min</mo>" if isinstance(e, sp.Min) else "<mo>max</mo>", e.args)
        if letter := _LETTERS.get(type(e)):
            *arguments, index = e.args
            return self._call(f"<msub><mi>{letter}</mi>{self.write(index)}</msub>", arguments)
        raise ValueError(f"expression: {e} is a {type(e).__name__}, which is not written as MathML")

    def _sum(self, e: sp.Add) -> str:
        parts: list[str] = []
        for term in ordered_terms(e):
            minus = term.could_extract_minus_sign()
            written = self.write(-term if minus else term)
            if minus and (-term).is_Add:
                written = _in_brackets(written)
            if parts or minus:
                parts.append(f"<mo>{'−' if minus else '+'}</mo>")
            parts.append(written)
        return f"<mrow>{''.join(parts)}</mrow>"

    def _product(self, e: sp.Mul) -> str:
        if e.could_extract_minus_sign() and not any(factor.is_Add for factor in e.args):
            return f"<mrow><mo>−</mo>{self.write(-e)}</mrow>"
        above, below = fraction(e)
        if below != 1:
            return f"<mfrac>{self.write(above)}{self.write(below)}</mfrac>"
        factors = sorted(sp.Mul.make_args(e), key=factor_order)
        written = [_in_brackets(self.write(f)) if f.is_Add else self.write(f) for f in factors]
        return f"<mrow>{'<mo>·</mo>'.join(written)}</mrow>"

    def _power(self, e: sp.Pow) -> str:
        if e.exp == sp.S.Half:
            return f"<msqrt>{self.write(e.base)}</msqrt>"
        above, below = fraction(e)
        if below != 1:
            return f"<mfrac>{self.write(above)}{self.write(below)}</mfrac>"
        base = self.write(e.base)
        if e.base.is_Symbol:  # a number that has a power of ten gets brackets when it is filled in
            base = base.replace("<mn ", "<mn data-base ", 1)
        elif not e.base.is_Atom:
            base = _in_brackets(base)
        return f"<msup>{base}{self.write(e.exp)}</msup>"

    def _call(self, head: str, arguments: tuple[sp.Basic, ...] | list[sp.Basic]) -> str:
        inside = "<mo>,</mo>".join(self.write(arg) for arg in arguments)
        return f"<mrow>{head}{_in_brackets(inside)}</mrow>"


def _in_brackets(inside: str) -> str:
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"


def formula(expression: sp.Expr, slots: Mapping[sp.Symbol, str] | None = None) -> str:
    """The MathML of an expression, with places for the numbers of some of its symbols.

    Parameters
    ----------
    expression : sympy.Expr
        Of sums, products, powers, Min, Max and the book's sums.
    slots : mapping, optional
        For each symbol that is to be a number, what its place is called.

    Raises
    ------
    ValueError
        If some part of the expression cannot be written.
    """
    return _Writer(slots or {}).write(sp.sympify(expression))
