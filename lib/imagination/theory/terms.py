"""The symbols that claims are written in: real, natural and positive numbers.

Everything that is known of a symbol stands in a hypothesis, where the reader sees it. Any other SymPy
assumption would let SymPy use a fact that no hypothesis states, so symbols carry their sort and nothing else.
That a symbol is positive lets SymPy split its powers; a claim must therefore also state ``x > 0`` among its
hypotheses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

_SORTS = [
    sp.Symbol("x", **assumptions).assumptions0
    for assumptions in ({"real": True}, {"integer": True, "nonnegative": True}, {"positive": True})
]


def real(names: str | list[str]) -> Any:
    """Real symbols, one for each name in `names` (as `sympy.symbols`), with no assumption but realness."""
    return sp.symbols(names, real=True)


def natural(names: str) -> Any:
    """Natural-number symbols 0, 1, 2, ..., one for each name in `names`."""
    return sp.symbols(names, integer=True, nonnegative=True)


def positive(names: str) -> Any:
    """Positive real symbols, one for each name in `names`: the bases of powers with real exponents."""
    return sp.symbols(names, positive=True)


def check_symbol(symbol: sp.Symbol) -> None:
    """Refuse a symbol that hides a hypothesis in its SymPy assumptions.

    Raises
    ------
    ValueError
        If `symbol` is no real, natural or positive symbol.
    """
    if type(symbol) is Point:
        return
    if type(symbol) is not sp.Symbol or symbol.assumptions0 not in _SORTS:
        raise ValueError(
            f"symbol {symbol} carries assumptions that no hypothesis states; make symbols with terms.real,"
            " terms.natural or terms.positive and put what is known of them into the claim's hypotheses"
        )


# -- what claims speak of worlds in, until they all say it in words ------------------------------------------


class Point(sp.Symbol):
    """A variable for a point of a space (a state, an action, a law): it has a sort and no arithmetic."""

    __slots__ = ("sort",)

    def __new__(cls, name: str, sort: str) -> Point:
        point = sp.Symbol.__xnew__(cls, name, commutative=True)
        point.sort = sort
        return point

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.sort)

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, Any]]:
        return (self.name, self.sort), {}


def point(names: str, sort: str) -> Any:
    """Variables for points of the space `sort`, one for each comma- or blank-separated name."""
    made = [Point(name, sort) for name in names.replace(",", " ").split()]
    return made[0] if len(made) == 1 else tuple(made)


def mapping(name: str, domain: tuple[str, ...], codomain: str = "real") -> UndefinedFunction:
    """An uninterpreted map, such as the dynamics ``f: (state, action) -> state``."""
    extra = {"real": True} if codomain == "real" else {}
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
