"""The words a claim is written in: real, natural and positive numbers, points of a space, and maps.

Everything a proof knows about a symbol stands in a hypothesis, where the reader sees it and the solver
receives it. Any other SymPy assumption would let SymPy use a fact that no hypothesis states, so symbols carry
their sort and nothing else. That a symbol is positive lets SymPy split its powers; a claim must therefore
also state ``x > 0`` among its hypotheses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

REAL, NATURAL, POSITIVE = "real", "natural", "positive"
NUMBERS = (REAL, NATURAL, POSITIVE)

# Exact types: what a subclass says of itself cannot be trusted.
RELATIONS = (sp.Eq, sp.Ne, sp.Le, sp.Lt, sp.Ge, sp.Gt)
RATIONALS = (sp.Integer, sp.Rational, *(type(sp.S(k)) for k in (0, 1, -1)), type(sp.S.Half))
ARITHMETIC = (sp.Add, sp.Mul, sp.Pow, sp.Abs, sp.Min, sp.Max)

_REAL_ASSUMPTIONS = sp.Symbol("x", real=True).assumptions0
_NATURAL_ASSUMPTIONS = sp.Symbol("n", integer=True, nonnegative=True).assumptions0
_POSITIVE_ASSUMPTIONS = sp.Symbol("x", positive=True).assumptions0


class Point(sp.Symbol):
    """A variable for a point of a space (a state, an action, a law): it has a sort and no arithmetic."""

    __slots__ = ("_sort",)

    def __new__(cls, name: str, sort: str) -> Point:
        point = sp.Symbol.__xnew__(cls, name, commutative=True)
        point._sort = sort
        return point

    @property
    def sort(self) -> str:
        """The space that it is a point of."""
        return self._sort

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self._sort)

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        return (self.name, self._sort), {}


def real(names: str | list[str]) -> Any:
    """Real symbols, one for each name in `names` (as `sympy.symbols`), with no assumption but realness."""
    return sp.symbols(names, real=True)


def natural(names: str) -> Any:
    """Natural-number symbols 0, 1, 2, ..., one for each name in `names`."""
    return sp.symbols(names, integer=True, nonnegative=True)


def positive(names: str) -> Any:
    """Positive real symbols, one for each name in `names`: the bases of powers with real exponents."""
    return sp.symbols(names, positive=True)


def point(names: str, sort: str) -> Any:
    """Variables for points of the space `sort`, one for each comma- or blank-separated name."""
    made = [Point(name, sort) for name in names.replace(",", " ").split()]
    return made[0] if len(made) == 1 else tuple(made)


def mapping(name: str, domain: tuple[str, ...], codomain: str = REAL) -> UndefinedFunction:
    """An uninterpreted map, such as the dynamics ``f: (state, action) -> state``.

    Parameters
    ----------
    name : str
        How SymPy prints it.
    domain : tuple of str
        The sort of each argument.
    codomain : str
        The sort of the value; ``"real"`` for a number.

    Raises
    ------
    ValueError
        If `codomain` is ``"natural"`` or ``"positive"``: that a value is whole, or positive, would be a
        hypothesis that stands nowhere.
    """
    if codomain in (NATURAL, POSITIVE):
        raise ValueError(
            f"{name} must take values in a space or in the real numbers, got codomain {codomain!r}"
        )
    extra = {"real": True} if codomain == REAL else {}
    return UndefinedFunction(name, domain=tuple(domain), codomain=codomain, **extra)


def renamed(formula: sp.Basic, maps: Mapping[Any, Any]) -> sp.Basic:
    """The formula with every map that is a key of `maps` replaced by its value, all at once."""
    return formula.replace(
        lambda e: isinstance(e, AppliedUndef) and e.func in maps, lambda e: maps[e.func](*e.args)
    )


class Expectation(sp.Function):
    """``Expectation(law, Lambda(x, body))``: the expectation of ``body`` when ``x`` has the law ``law``."""

    nargs = 2
    is_real = True

    def _latex(self, printer: Any, exp: Any = None) -> str:
        law, integrand = self.args
        (variable,) = integrand.variables
        text = (
            rf"\mathbb{{E}}_{{{printer._print(variable)} \sim {printer._print(law)}}}"
            rf"\left[{printer._print(integrand.expr)}\right]"
        )
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def sort_of(term: sp.Basic) -> str:
    """The sort of a term, with every application's arguments checked against its domain.

    Raises
    ------
    TypeError
        If an argument is of another sort than its map's domain says, or the term has no sort.
    """
    if isinstance(term, Point):
        return term.sort
    if isinstance(term, AppliedUndef):
        domain = getattr(term.func, "domain", None)
        codomain = getattr(term.func, "codomain", None)
        if domain is None or codomain is None:
            raise TypeError(f"{term.func} has no signature: make maps with terms.mapping")
        if len(domain) != len(term.args):
            raise TypeError(f"{term} has {len(term.args)} arguments, its map takes {len(domain)}")
        for argument, wanted in zip(term.args, domain, strict=True):
            if not fits(argument, wanted):
                raise TypeError(f"{argument} is of sort {sort_of(argument)}, {term.func} takes {wanted}")
        return str(codomain)
    if isinstance(term, Expectation):
        law, integrand = term.args
        if not isinstance(integrand, sp.Lambda) or len(integrand.variables) != 1:
            raise TypeError(f"{term} must integrate a function of one variable")
        if not isinstance(integrand.variables[0], Point):
            raise TypeError(f"{term} must integrate over points, not over numbers")
        if sort_of(law) != f"law of {sort_of(integrand.variables[0])}":
            raise TypeError(f"{law} is not a law of {integrand.variables[0]}")
        if sort_of(integrand.expr) not in NUMBERS:
            raise TypeError(f"{term} integrates something that is not a number")
        return REAL
    if isinstance(term, sp.Limit):
        found = sort_of(term.args[0])
        return REAL if found in NUMBERS else found  # positive numbers may tend to 0
    if isinstance(term, sp.Lambda):
        raise TypeError(f"{term} is a function, not a number or a point")
    if isinstance(term, GeometricSum | DoubleGeometricSum | CappedGeometricSum):
        count = term.args[-1]
        endless = count is sp.oo and isinstance(term, CappedGeometricSum)
        if not endless and sort_of(count) != NATURAL:
            raise TypeError(f"{term} has {count} terms, which is not shown to be a natural number")
        if any(sort_of(part) not in NUMBERS for part in term.args[:-1]):
            raise TypeError(f"{term} does arithmetic on points")
        return REAL
    if isinstance(term, sp.Expr):
        if any(isinstance(part, Point) or not _is_number(part) for part in term.args):
            raise TypeError(f"{term} does arithmetic on points")
        if term.is_integer and term.is_nonnegative:
            return NATURAL
        if is_positive(term):
            return POSITIVE
        if isinstance(term, sp.Symbol) and not term.is_real:
            raise TypeError(f"{term!s} is neither a real, natural or positive symbol nor a point")
        return REAL
    raise TypeError(f"{term!s} has no sort")


def _is_number(term: sp.Basic) -> bool:
    return not isinstance(term, sp.Expr) or sort_of(term) in NUMBERS


def is_positive(term: sp.Basic) -> bool:
    """Whether a term is positive by its form alone: sums, products, powers, minima of positive numbers."""
    if isinstance(term, sp.Symbol):
        return not isinstance(term, Point) and term.assumptions0 == _POSITIVE_ASSUMPTIONS
    if type(term) in RATIONALS:
        return bool(term > 0)
    if isinstance(term, sp.Add):
        return any(map(is_positive, term.args)) and all(map(_is_nonnegative, term.args))
    if isinstance(term, sp.Mul | sp.Min | sp.Max):
        return all(map(is_positive, term.args))
    return isinstance(term, sp.Pow) and is_positive(term.base) and sort_of(term.exp) in NUMBERS


def _is_nonnegative(term: sp.Basic) -> bool:
    """The same of numbers that may be 0: natural numbers, positive ones, their products."""
    if isinstance(term, sp.Mul):
        return all(map(_is_nonnegative, term.args))
    return is_positive(term) or sort_of(term) == NATURAL


def sort_of_variable(symbol: sp.Symbol) -> str:
    """The sort of what a variable stands for."""
    if isinstance(symbol, Point):
        return symbol.sort
    return NATURAL if symbol.is_integer else POSITIVE if is_positive(symbol) else REAL


def fits(term: sp.Basic, wanted: str) -> bool:
    """Whether a term may stand where one of sort `wanted` is asked for: 3 is natural, positive and real."""
    found = sort_of(term)
    if wanted == REAL:
        return found in NUMBERS
    return found == wanted or (wanted == POSITIVE and found == NATURAL and is_positive(term))


def check_symbol(symbol: sp.Symbol) -> None:
    """Refuse a symbol that hides a hypothesis in its SymPy assumptions.

    Raises
    ------
    ValueError
        If `symbol` is none of: a real, natural or positive symbol, a point of a space.
    """
    if type(symbol) is Point:
        if symbol.sort in NUMBERS:
            raise ValueError(f"{symbol} is a number: make it with terms.{symbol.sort}, not as a point")
        return
    if type(symbol) is not sp.Symbol or symbol.assumptions0 not in (
        _REAL_ASSUMPTIONS, _NATURAL_ASSUMPTIONS, _POSITIVE_ASSUMPTIONS,
    ):  # fmt: skip
        raise ValueError(
            f"symbol {symbol} carries assumptions that no hypothesis states; make symbols with terms.real,"
            " terms.natural, terms.positive or terms.point and put what is known of them into the claim's"
            " hypotheses"
        )
