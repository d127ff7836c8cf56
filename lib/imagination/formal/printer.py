"""Print a claim's SymPy expressions as Coq definitions: the one tie between what is evaluated and proved.

An allow-list: what is not named here is refused, and exact types are compared, so that a subclass cannot
print as its parent and evaluate as something else. Every definition takes its arguments in the order in which
the claim declares its symbols, under their names in code; the formula that the reader sees may not use one
glyph for two of them.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import itemgetter

import sympy as sp
from sympy.core.function import AppliedUndef

from imagination.claim import Claim, Quantity
from imagination.latex import latex
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum, MajoritySum

__all__ = ["NotPrintable", "check_claim", "check_glyphs", "definition"]

RESERVED = {
    "E", "IF", "IN", "INR", "IZR", "PI", "R", "Rabs", "Rmax", "Rmin", "Rpower", "Series", "Type", "Set",
    "Prop", "SProp", "and", "as", "at", "bool", "cofix", "cos", "else", "end", "ex_series", "exists",
    "exists2", "exp", "fix", "for", "forall", "fun", "geom", "if", "in", "is_series", "let", "ln",
    "match", "max", "min", "mod", "nat", "not", "or", "pow", "prod", "return", "sin", "sqrt", "sum", "then",
    "using", "where", "with",
}  # fmt: skip
"""Keywords of Coq, and names that the printed definitions use or that stand for something else there."""

_RATIONALS = {sp.Rational, *map(type, (sp.S.Zero, sp.S.One, sp.S.NegativeOne, sp.S.Half, sp.Integer(2)))}
"""Exact types: what a subclass says of itself cannot be trusted."""

_FUNCTIONS = {sp.Abs: "Rabs", sp.exp: "exp", sp.log: "ln", sp.cos: "cos", sp.sin: "sin"}
_RELATIONS = {sp.Le: "<=", sp.Lt: "<", sp.Ge: ">=", sp.Gt: ">", sp.Eq: "=", sp.Ne: "<>"}
_LOOK_ALIKE = {
    rf"\var{name}": rf"\{name}" for name in ("epsilon", "theta", "phi", "rho", "sigma", "kappa", "pi")
}


class NotPrintable(ValueError):
    """The claim holds something that has no agreed form in Coq, or that a reader could take for another."""


def definition(
    title: str,
    value: sp.Expr | Sequence[sp.Basic],
    symbols: Sequence[Quantity],
    variables: Sequence[sp.Symbol] = (),
) -> list[str]:
    """The Coq definition of an expression, or of a conjunction of relations.

    Parameters
    ----------
    title : str
        Its name.
    value : Expr or sequence of Rel
        An expression gives ``Definition title ... : R``, relations a ``Prop``.
    symbols : sequence of Quantity
        The claim's symbols. Those that occur are the arguments, in this order.
    variables : sequence of Symbol
        Numbers that are read as "for all", after the symbols.

    Returns
    -------
    list of str
        One definition. For a series to infinity one more, ``title_converges``: a series that diverges has a
        value in Coq too, and it means nothing.

    Raises
    ------
    NotPrintable
    """
    parts = [value] if isinstance(value, sp.Expr) else list(value)
    check_glyphs(parts)
    maps = sorted({a.func: _map(a) for e in parts for a in e.atoms(AppliedUndef)}.values())
    used = {s for e in parts for s in e.free_symbols}
    named = {q.symbol: q.code for q in symbols} | {v: str(v) for v in variables}
    coq = _Coq({s: code for s, code in named.items() if s in used}, maps)
    if not isinstance(value, sp.Expr):
        return [coq.definition(title, "Prop", [coq.relation(e) for e in parts])]
    made = [coq.definition(title, "R", [coq.real(value)])]
    if endless := [s for s in _sums(value) if s.limits[0][2] is sp.oo]:
        made.append(coq.definition(f"{title}_converges", "Prop", [coq.series(s, test=True) for s in endless]))
    return made


def check_glyphs(formulas: Iterable[sp.Basic]) -> None:
    """Refuse formulas in which two different symbols or values of maps look the same in print.

    Raises
    ------
    NotPrintable
        For instance for the two epsilons of Unicode, or for a number ``J_n`` beside a sequence ``J``.
    """
    seen: dict[str, sp.Basic] = {}
    for formula in formulas:
        for atom in sorted(formula.atoms(sp.Symbol, AppliedUndef), key=sp.default_sort_key):
            other = seen.setdefault(_glyph(atom), atom)
            if other != atom:
                raise NotPrintable(f"{other!r} and {atom!r} look the same: {latex(atom)}")


def check_claim(claim: Claim) -> None:
    """Refuse a claim whose statement or hypotheses use one glyph for two things."""
    check_glyphs([claim.quantity, claim.expression, *(h.relation for h in claim.hypotheses)])


def _glyph(atom: sp.Basic) -> str:
    text = unicodedata.normalize("NFKC", latex(atom))
    for one, other in _LOOK_ALIKE.items():
        text = text.replace(one, other)
    text = re.sub(r"\\([a-z]+)", lambda m: _GREEK.get(m[1], m[0]), text)
    return re.sub(r"\\mathrm|\\left|\\right|[{}\s]", "", text)


_NAMES = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]  # fmt: skip
_GREEK = dict(zip(_NAMES, "αβγδεζηθικλμνξοπρστυφχψω", strict=True))


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in RESERVED:
        raise NotPrintable(f"{name!r} is no name for Coq")
    return name


def _map(application: AppliedUndef) -> str:
    """The name of a sequence of numbers; what is no natural number for an index is refused later."""
    sorts = getattr(application.func, "domain", ("natural",))
    if len(application.args) != 1 or sorts != ("natural",) or not application.is_real:
        raise NotPrintable(f"{application.func}: of maps, only sequences of numbers are printed")
    return _identifier(application.func.__name__)


def _sums(expression: sp.Expr) -> list[sp.Sum]:
    """The sums that are printed for an expression, those inside of other sums included."""
    made = [e.as_sum() for e in expression.atoms(DoubleGeometricSum, CappedGeometricSum, MajoritySum)]
    return [*expression.atoms(sp.Sum), *made]


def _is_natural(e: sp.Basic) -> bool:
    return type(e) is sp.Symbol and bool(e.is_integer and e.is_nonnegative)


class _Coq:
    """Prints terms whose symbols have these names, and in which these maps may be used."""

    def __init__(self, names: Mapping[sp.Symbol, str], maps: Sequence[str]):
        self.names = {symbol: _identifier(code) for symbol, code in names.items()}
        self.maps = maps
        all_names = [*self.names.values(), *maps]
        if len(set(all_names)) < len(all_names):
            raise NotPrintable(f"one name is used twice: {all_names}")

    def definition(self, title: str, kind: str, parts: Sequence[str]) -> str:
        """A definition with all names as its arguments, neighbours of one type together."""
        types = [(name, "nat -> R") for name in self.maps]
        types += [(name, "nat" if _is_natural(s) else "R") for s, name in self.names.items()]
        groups = [(kind, " ".join(n for n, _ in group)) for kind, group in groupby(types, key=itemgetter(1))]
        arguments = "".join(f" ({names} : {kind})" for kind, names in groups)
        body = textwrap.fill(
            " /\\ ".join(parts) + ".",
            100,
            initial_indent="  ",
            subsequent_indent="  ",
            break_on_hyphens=False,
        )
        return f"Definition {_identifier(title)}{arguments} : {kind} :=\n{body}\n"

    def name(self, symbol: sp.Symbol) -> str:
        if symbol not in self.names:
            raise NotPrintable(f"{symbol} is no symbol of the claim")
        return self.names[symbol]

    def relation(self, e: sp.Basic) -> str:
        if type(e) not in _RELATIONS:
            raise NotPrintable(f"{type(e).__name__} is no relation: {e}")
        sign = _RELATIONS[type(e)]
        if any(map(_is_natural, e.args)):
            return f"({self.natural(e.args[0])} {sign} {self.natural(e.args[1])})%nat"
        return f"{self.real(e.args[0])} {sign} {self.real(e.args[1])}"

    def natural(self, e: sp.Basic) -> str:
        """A term of type nat: sums and products of naturals, and no differences."""
        if _is_natural(e):
            return self.name(e)
        if type(e) in _RATIONALS and e.is_integer and e >= 0:
            return str(e)
        if type(e) in (sp.Add, sp.Mul):
            return f"({(' + ' if type(e) is sp.Add else ' * ').join(map(self.natural, e.args))})%nat"
        raise NotPrintable(f"{e} is not built from natural numbers")

    def real(self, e: sp.Basic) -> str:
        kind = type(e)
        if kind in _RATIONALS:
            p, q = sp.fraction(e)
            return (str(p) if p >= 0 else f"({p})") if q == 1 else f"({p} / {q})"
        if kind is sp.Symbol and e.is_real:
            return f"(INR {self.name(e)})" if _is_natural(e) else self.name(e)
        if kind in (sp.Add, sp.Mul):
            return f"({(' + ' if kind is sp.Add else ' * ').join(map(self.real, e.args))})"
        if kind is sp.Pow:
            return self.power(*e.args)
        if kind in _FUNCTIONS:
            return f"({_FUNCTIONS[kind]} {self.real(e.args[0])})"
        if kind is sp.binomial:
            return f"(Binomial.C {self.natural(e.args[0])} {self.natural(e.args[1])})"
        if kind in (sp.Min, sp.Max):
            name = "Rmin" if kind is sp.Min else "Rmax"
            return reduce(lambda a, b: f"({name} {a} {b})", sorted(map(self.real, e.args)))
        if kind is GeometricSum:
            return f"(geom {self.real(e.args[0])} {self.natural(e.args[1])})"
        if kind in (DoubleGeometricSum, CappedGeometricSum, MajoritySum):
            return self.series(e.as_sum())
        if kind is sp.Sum:
            return self.series(e)
        if isinstance(e, AppliedUndef) and e.func.__name__ in self.maps and len(e.args) == 1:
            return f"({e.func.__name__} {self.natural(e.args[0])})"
        raise NotPrintable(f"{kind.__name__} has no form in Coq: {e}")

    def power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if exponent == sp.S.NegativeOne:
            return f"(/ {self.real(base)})"
        if exponent == sp.S.Half:
            return f"(sqrt {self.real(base)})"
        if exponent == -sp.S.Half:
            return f"(/ (sqrt {self.real(base)}))"
        if exponent.is_integer:
            text = f"({self.real(base)} ^ {self.natural(abs(exponent))})"
            return f"(/ {text})" if exponent.is_negative else text
        if base.is_positive:
            return f"(Rpower {self.real(base)} {self.real(exponent)})"
        raise NotPrintable(f"{base} is not known to be positive in {base}**({exponent})")

    def series(self, e: sp.Sum, *, test: bool = False) -> str:
        """A sum over one natural number from 0; with `test`, that it converges."""
        if len(e.limits) != 1 or e.limits[0][1] != 0 or not _is_natural(e.limits[0][0]):
            raise NotPrintable(f"sums run over one natural number, from 0: {e}")
        index, _, last = e.limits[0]
        if index in self.names or str(index) in {*self.names.values(), *self.maps}:
            raise NotPrintable(f"the sum {e} captures {index}")
        inner = _Coq.__new__(_Coq)
        inner.names, inner.maps = {**self.names, index: _identifier(str(index))}, self.maps
        body = f"(fun {index} : nat => {inner.real(e.function)})"
        if last is sp.oo:
            return f"(ex_series {body})" if test else f"(Series {body})"
        return f"(sum {self.natural(sp.expand(last + 1))} {body})"
