"""Sorts: what is a number, a natural number, a point, and what is none of them."""

from __future__ import annotations

import copy
import pickle

import pytest
import sympy as sp

from imagination.theory.sums import CappedGeometricSum, GeometricSum
from imagination.theory.terms import (
    Expectation,
    check_symbol,
    fits,
    is_positive,
    mapping,
    natural,
    point,
    positive,
    real,
    renamed,
    sort_of,
)

x, y = real("x y")
n, m = natural("n m")
p, q = positive("p q")
s, r = point("s r", "state")
mu = point("mu", "law of state")
f, g = mapping("f", ("state",), "state"), mapping("g", ("state",))
u = mapping("u", ("natural",))


@pytest.mark.parametrize(
    ("term", "sort"),
    [
        (x, "real"),
        (n, "natural"),
        (n + m + 2, "natural"),
        (n * m, "natural"),
        (n - 1, "real"),
        (n / 2, "real"),
        (sp.Integer(3), "natural"),
        (sp.Integer(-3), "real"),
        (x**n + sp.Abs(y), "real"),
        (p, "positive"),
        (p * q**x + sp.Rational(1, 3) + n, "positive"),
        (p * n + q, "positive"),
        (p * n + n, "real"),
        (q - p * n, "real"),
        (q + p * x, "real"),
        (sp.Min(p, q) / 2, "positive"),
        (p - q, "real"),
        (-p, "real"),
        (x * p, "real"),
        (n * p, "real"),
        (x**2, "real"),
        (mapping("v", ("positive",))(p / q), "real"),
        (s, "state"),
        (f(s), "state"),
        (g(f(s)), "real"),
        (u(n + 1), "real"),
        (GeometricSum(x, n), "real"),
        (CappedGeometricSum(x, y, x, x, sp.oo), "real"),
        (sp.Limit(g(s) * x**n, n, sp.oo), "real"),
        (Expectation(mu, sp.Lambda(s, g(s))), "real"),
    ],
    ids=str,
)
def test_sorts(term: sp.Basic, sort: str) -> None:
    assert sort_of(term) == sort


@pytest.mark.parametrize(
    "term",
    [
        s + 1,
        2 * s,
        f(s) + g(s),
        sp.Abs(s),
        g(x),
        u(x),
        u(n - 1),
        mapping("v", ("positive",))(x),
        mapping("v", ("positive",))(p - q),
        mapping("v", ("positive",))(n),
        mapping("h", ("state", "state"))(s),
        sp.Function("k")(x),
        sp.Symbol("c"),
        GeometricSum(x, n - 1),
        GeometricSum(x, y),
        GeometricSum(s, n),
        sp.Lambda(x, x + 1),
        Expectation(s, sp.Lambda(s, g(s))),
        Expectation(mu, sp.Lambda(s, f(s))),
        Expectation(mu, g(s)),
        sp.true,
    ],
    ids=str,
)
def test_what_has_no_sort(term: sp.Basic) -> None:
    with pytest.raises(TypeError):
        sort_of(term)


def test_points_are_told_apart_by_name_and_sort() -> None:
    assert point("s", "state") == s != r
    assert point("s", "action") != s and hash(point("s", "action")) != hash(s)
    assert s != sp.Symbol("s")
    for same in (pickle.loads(pickle.dumps(s)), copy.deepcopy(s)):
        assert same == s and same.sort == "state"


def test_symbols_carry_their_sort_and_nothing_else() -> None:
    for symbol in (x, n, s, p):
        check_symbol(symbol)
    for symbol in (
        sp.Symbol("p", nonnegative=True),
        sp.Symbol("p", positive=True, integer=True),
        sp.Dummy("p", positive=True),
        sp.Symbol("c"),
        sp.Symbol("i", integer=True),
        sp.Dummy("x", real=True),
        sp.Wild("x", real=True),
    ):
        with pytest.raises(ValueError, match="carries assumptions"):
            check_symbol(symbol)


def test_maps_are_known_by_name_and_signature() -> None:
    assert mapping("g", ("state",)) == g
    assert mapping("g", ["state"]) == g  # type: ignore[arg-type]
    assert mapping("g", ("action",)) != g != mapping("g", ("state",), "state")
    assert renamed(g(f(s)) + u(n), {f: mapping("h", ("state",), "state")}).has(
        mapping("h", ("state",), "state")
    )
    swapped = renamed(
        g(s) - mapping("h", ("state",))(s), {g: mapping("h", ("state",)), mapping("h", ("state",)): g}
    )
    assert swapped == mapping("h", ("state",))(s) - g(s)


def test_what_may_stand_for_what() -> None:
    for term in (p, n, x, sp.Integer(3), sp.Integer(-3), p - q):
        assert fits(term, "real")
    assert not fits(s, "real") and fits(s, "state")
    for term, whole in ((p, False), (sp.Integer(3), True), (n + 1, True), (sp.Rational(1, 3), False)):
        assert fits(term, "positive") and fits(term, "natural") == whole
    for term in (x, n, n * p, p - q, sp.Integer(0), sp.Integer(-1), x**2, sp.Abs(x), p**n - 1, sp.log(p)):
        assert not fits(term, "positive")


def test_positive_by_form_is_never_wrong() -> None:
    other = sp.Symbol("p", positive=True, integer=True)
    assert is_positive(p) and not is_positive(other) and not is_positive(sp.Symbol("p", nonnegative=True))
    for term in (sp.exp(p), sp.pi, sp.sqrt(x), sp.oo, sp.Float(0.5), point("p", "state")):
        assert not is_positive(term)
