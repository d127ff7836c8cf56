"""Symbols carry their sort, and no other assumption."""

import pytest
import sympy as sp

from imagination.symbols import check_symbol, natural, positive, real


def test_symbols_carry_their_sort() -> None:
    x, n, p = real("x"), natural("n"), positive("p")
    assert x.is_real and x.is_positive is None
    assert n.is_integer and n.is_nonnegative and n.is_positive is None
    assert p.is_positive
    assert real("a b") == (sp.Symbol("a", real=True), sp.Symbol("b", real=True))
    for symbol in (x, n, p):
        check_symbol(symbol)


@pytest.mark.parametrize(
    "symbol",
    [
        sp.Symbol("x"),
        sp.Symbol("x", nonnegative=True),
        sp.Symbol("x", integer=True),
        sp.Symbol("x", real=True, nonzero=True),
        sp.Symbol("x", negative=True),
        sp.Dummy("x", real=True),
    ],
    ids=lambda symbol: str(symbol.assumptions0),
)
def test_a_symbol_that_hides_a_hypothesis_is_refused(symbol: sp.Symbol) -> None:
    with pytest.raises(ValueError, match="carries assumptions"):
        check_symbol(symbol)
