"""How formulas look: fractions, the order of factors and of terms, and the book's letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


# -- lines ---------------------------------------------------------------------------------------------------

_WIDTH = 44.0
"""How many letters of a formula stand beside each other on a page, in the narrowest box of the book."""

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL)
_OPENING, _CLOSING = ("{", r"\left", r"\begin"), ("}", r"\right", r"\end")
_RELATION = ("=", "<", ">", r"\leq", r"\geq", r"\le", r"\ge", r"\neq", r"\ne")
_SIGNS = ("+", "-", *_RELATION)
_ABOVE_EACH_OTHER = (r"\frac", r"\tfrac", r"\dfrac", r"\binom")
_NO_WIDTH = (
    r"\left", r"\right", r"\hat", r"\bar", r"\overline", r"\tilde", r"\dot", r"\mathrm", r"\mathcal",
    r"\operatorname", r"\text", r"\displaystyle", r"\limits", r"\,",
)  # fmt: skip


def in_lines(text: str, width: float = _WIDTH) -> str:
    """A formula's LaTeX, in lines where it is too wide for one: before relations, then before signs.

    A term that is too wide is cut in its widest brackets; without any it stays whole.

    Parameters
    ----------
    text : str
        The LaTeX of a formula that is displayed.
    width : float
        In letters.
    """
    if _width(text) <= width:
        return text
    lines: list[str] = []
    for piece in _pieces(text):
        relation = _TOKEN.match(piece)[0] in _RELATION  # type: ignore[index]
        for place, part in enumerate(_opened(piece) if _width(piece) > width else [piece]):
            if not lines or relation or _width(lines[-1] + part) > width - 4:
                step = r"\qquad\quad " if place else r"\quad " if relation else r"\qquad "
                lines.append(step + part if lines else part)
            else:
                lines[-1] += part
            relation = False
    rows = r" \\ & ".join(line.strip() for line in lines)
    return rf"\begin{{aligned}} & {rows} \end{{aligned}}" if len(lines) > 1 else text


def _pieces(text: str) -> list[str]:
    """A formula cut before relations and signs between terms, and after commas, that stand in no brackets."""
    pieces, depth, before = [""], 0, "="
    for token in _TOKEN.findall(text):
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth == 0 and token in _SIGNS and (token in _RELATION or before not in _SIGNS):
            pieces.append("")
        pieces[-1] += token
        if depth == 0 and token == ",":
            pieces.append("")
        before = before if token.isspace() else token
    return [piece for piece in pieces if piece.strip()]


def _opened(piece: str) -> list[str]:
    """A term cut before the signs in its widest brackets, which are then as tall as a line."""
    tokens, depth, brackets = _TOKEN.findall(piece), 0, [(0, 0)]
    for place, token in enumerate(tokens):
        if token == r"\left" and depth == 0:
            brackets.append((place, place))
        depth += (token in _OPENING) - (token in _CLOSING)
        if token == r"\right" and depth == 0:
            brackets[-1] = (brackets[-1][0], place)
    first, last = max(brackets, key=lambda each: _width("".join(tokens[slice(*each)])))
    inner = _pieces("".join(tokens[first + 2 : last]))
    if len(inner) < 2:
        return [piece]
    inner[0] = "".join(tokens[:first]) + r"\bigl" + tokens[first + 1] + inner[0]
    inner[-1] += r"\bigr" + "".join(tokens[last + 1 :])
    return inner


def _width(text: str) -> float:
    """About how wide a formula is, in letters: fractions as their wider part, small letters as 0.7."""
    return _run(iter(_TOKEN.findall(text)))


def _run(tokens: Iterator[str]) -> float:
    """The width of what comes up to a closing brace."""
    return sum(iter(lambda: _next(tokens), -1.0))


def _next(tokens: Iterator[str]) -> float:
    """The width of the next letter, group or fraction; -1 at the end."""
    token = next(tokens, "}")
    if token == "}":
        return -1.0
    if token == "{":
        return _run(tokens)
    if token in _ABOVE_EACH_OTHER:
        return max(_next(tokens), _next(tokens))
    if token in ("^", "_"):
        return 0.7 * _next(tokens)
    if token.isspace():
        return _next(tokens)
    if token in _NO_WIDTH:
        return 0.0
    return 2.2 if token in _SIGNS else 1.0
