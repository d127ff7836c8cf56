"""The symbols that claims are written in: real, natural and positive numbers.

Everything that is known of a symbol stands in a hypothesis, where the reader sees it. Any other SymPy
assumption would let SymPy use a fact that no hypothesis states, so symbols carry their sort and nothing else.
That a symbol is positive lets SymPy split its powers; a claim must therefore also state ``x > 0`` among its
hypotheses.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

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
    if type(symbol) is not sp.Symbol or symbol.assumptions0 not in _SORTS:
        raise ValueError(
            f"symbol {symbol} carries assumptions that no hypothesis states; make symbols with symbols.real,"
            " symbols.natural or symbols.positive and put what is known of them into the claim's hypotheses"
        )
