"""Claims on numbers: what they refuse, how they say so, and digits next to a strict hypothesis."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from imagination.claim import Claim, Hypothesis, HypothesisError, Quantity, positive
from imagination.sums import GeometricSum
from imagination.symbols import natural, real
from imagination.symbols import positive as positive_symbols

x, y = real("x y")
n = natural("n")
e = real("e_n")
p = positive_symbols("p")
P = Quantity(p, "scale", "a scale")
X, Y, N = (
    Quantity(x, "ratio", "a ratio"),
    Quantity(y, "weight", "a weight"),
    Quantity(n, "count", "a number of terms"),
)
X_SIGN = Hypothesis("ratio >= 0", sp.Ge(x, 0), "not negative")
PRODUCT = Hypothesis("ratio * weight < 1", sp.Lt(x * y, 1), "the series converges")

SERIES = Claim("A series", "[test]", (X, Y), (X_SIGN, PRODUCT), e, 1 / (1 - x * y), variables=(n,))
SUM = Claim("A sum", "[test]", (X, N), (X_SIGN,), e, 3 * GeometricSum(x, n))


def test_a_claim_evaluates_its_own_expression() -> None:
    assert SERIES.evaluate(ratio=0.5, weight=0.5) == 4 / 3
    assert SUM.evaluate(ratio=2, count=3) == 21
    assert SERIES.arguments == ("ratio", "weight") and SUM.arguments == ("ratio", "count")
    assert SERIES.mutated("worse", 2 / (1 - x * y)).evaluate(ratio=0.5, weight=0.5) == 8 / 3


def test_arguments_broadcast() -> None:
    found = SERIES.evaluate(ratio=np.array([[0.1], [0.2]]), weight=[0.3, 0.4, 0.5])
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found, 1 / (1 - np.outer([0.1, 0.2], [0.3, 0.4, 0.5])), rtol=1e-15)
    with pytest.raises(ValueError, match=r"do not broadcast together.*'ratio': \(2,\), 'weight': \(3,\)"):
        SERIES.evaluate(ratio=[0.1, 0.2], weight=[0.1, 0.2, 0.3])


def test_a_broken_hypothesis_is_named_with_its_values() -> None:
    with pytest.raises(HypothesisError) as failure:
        SERIES.evaluate(ratio=2.0, weight=0.75)
    assert isinstance(failure.value, ValueError)
    assert failure.value.hypothesis.startswith("ratio * weight < 1")
    assert failure.value.values == {"ratio": 2.0, "weight": 0.75}
    message = str(failure.value)
    for part in ("A series", "ratio * weight < 1", "the series converges", "ratio = 2.0", "weight = 0.75"):
        assert part in message
    with pytest.raises(HypothesisError, match="ratio >= 0") as failure:
        SERIES.evaluate(ratio=-1.0, weight=0.75)
    assert failure.value.values == {"ratio": -1.0}


def test_the_first_failure_is_shown() -> None:
    ratio = np.array([[0.1, 0.2, 0.3], [0.1, -0.5, -0.7]])
    with pytest.raises(HypothesisError, match=r"at index \(1, 1\) for ratio = -0.5"):
        SERIES.evaluate(ratio=ratio, weight=0.5)
    with pytest.raises(HypothesisError, match=r"at index \(2,\)"):
        SERIES.evaluate(ratio=0.5, weight=[1.0, 1.5, 2.0, 9.0])


def test_names_are_checked() -> None:
    with pytest.raises(TypeError, match="also needs weight"):
        SERIES.evaluate(ratio=0.5)
    with pytest.raises(TypeError, match="does not take e; it takes ratio, weight"):
        SERIES.evaluate(ratio=0.5, weight=0.5, e=1)


@pytest.mark.parametrize(
    "value", ["0.5", True, [True, False], 1j, [0.1, 1j], None, object, [[1], [2, 3]], 10**400], ids=repr
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="A series: weight must be a real number"):
        SERIES.evaluate(ratio=0.5, weight=value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_are_finite(value: float) -> None:
    with pytest.raises(HypothesisError, match="weight to be a finite number") as failure:
        SERIES.evaluate(ratio=0.5, weight=[0.1, value])
    assert set(failure.value.values) == {"weight"}


@pytest.mark.parametrize("value", [0.5, -1, 2.0**53 * 4])
def test_counts_are_whole(value: float) -> None:
    with pytest.raises(HypothesisError, match="count to be a whole number"):
        SUM.evaluate(ratio=0.5, count=value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.int64, np.uint16])
def test_numbers_of_every_kind(dtype: type) -> None:
    assert SUM.evaluate(ratio=dtype(2), count=dtype(3)) == 21
    assert SUM.evaluate(ratio=Fraction(1, 2), count=2) == 4.5
    assert SUM.evaluate(ratio=sp.Rational(1, 2), count=2) == 4.5


@pytest.mark.parametrize("power", range(1, 53, 3))
def test_next_to_a_strict_hypothesis_no_digit_is_lost(power: int) -> None:
    ratio, weight = 3.0, (1 - 2.0**-power) / 3
    with mp.workdps(50):
        margin = 1 - mp.mpf(ratio) * mp.mpf(weight)
        if margin <= 0:
            with pytest.raises(HypothesisError):
                SERIES.evaluate(ratio=ratio, weight=weight)
            return
        exact = 1 / margin
        assert abs(SERIES.evaluate(ratio=ratio, weight=weight) - exact) <= 1e-12 * exact


def test_a_strict_hypothesis_is_decided_exactly() -> None:
    # In float64 both products round to 1.
    third = 1 / 3
    assert third * 3 == np.nextafter(third, 1) * 3 - 2.0**-52 or third * 3 == 1
    assert SERIES.evaluate(ratio=third, weight=3.0) == 2.0**54
    with pytest.raises(HypothesisError):
        SERIES.evaluate(ratio=np.nextafter(third, 1), weight=3.0)
    mixed = SERIES.evaluate(ratio=[third, 0.1], weight=3.0)
    assert mixed[0] == 2.0**54 and mixed[1] == pytest.approx(1 / 0.7)


def test_beyond_the_largest_float() -> None:
    assert SUM.evaluate(ratio=1e200, count=5) == np.inf
    product = Claim("A product", "[test]", (X, Y, N), (), e, y * GeometricSum(x, n))
    np.testing.assert_array_equal(product.evaluate(ratio=1e200, weight=[0.0, 1.0], count=5), [0.0, np.inf])


def test_claims_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="relation must be one of"):
        Claim("c", "s", (X,), (), x, x, ">=")
    with pytest.raises(ValueError, match="repeat a code name"):
        Claim("c", "s", (X, Quantity(y, "ratio", "")), (), x, x)
    with pytest.raises(ValueError, match="repeat a symbol"):
        Claim("c", "s", (X, Quantity(x, "again", "")), (), x, x)
    with pytest.raises(ValueError, match="repeat a symbol"):
        Claim("c", "s", (X, Quantity(natural("x"), "again", "")), (), x, x)
    with pytest.raises(ValueError, match=r"does not declare \['y'\]"):
        Claim("c", "s", (X,), (), x, y)
    with pytest.raises(ValueError, match="carries assumptions"):
        Claim("c", "s", (Quantity(sp.Symbol("p", nonnegative=True), "p", ""),), (), x, x)
    with pytest.raises(ValueError, match="must state p > 0"):
        Claim("c", "s", (P,), (), x, p)
    with pytest.raises(ValueError, match="no symbols of the claim"):
        Claim("c", "s", (X,), (Hypothesis("h", sp.Ge(y, 0)),), x, x)


@pytest.mark.parametrize(
    "relation",
    [sp.Eq(sp.Function("d", real=True)(x), 0), sp.Eq(sp.Limit(x**n, n, sp.oo), 0)],
    ids=["a map", "a limit"],
)
def test_what_numbers_cannot_decide_is_said_in_words(relation: sp.Rel) -> None:
    with pytest.raises(ValueError, match="say it in words, in assumes"):
        Claim("c", "s", (X, N), (Hypothesis("h", relation),), x, x)
    said = Claim("c", "s", (X,), (), x, x, assumes=(r"\(d(x) = 0\)",))
    assert r"\(d(x) = 0\)" in said._repr_html_()


def test_a_claim_shows_itself() -> None:
    html = SERIES._repr_html_()
    for part in ("A series", "[test]", "What it supposes", "ratio * weight < 1", "the series converges"):
        assert part in html or part.replace("<", "&lt;") in html
    assert SERIES._repr_latex_().startswith("$")
    assert SERIES.statement == sp.Le(e, 1 / (1 - x * y), evaluate=False)


def test_a_positive_quantity_is_positive_in_numbers() -> None:
    power = Claim("A power", "[test]", (P, X), (positive(P),), e, p**x)
    assert power.evaluate(scale=4, ratio=[0.5, -1]).tolist() == [2, 0.25]
    for wrong in (0.0, -1.0, [1.0, -2.0]):
        with pytest.raises(HypothesisError, match=r"scale > 0 \(a scale\)") as failure:
            power.evaluate(scale=wrong, ratio=0.5)
        assert set(failure.value.values) == {"scale"}
    every = Claim("For all p", "[test]", (X,), (), p, p**x, variables=(p,))
    with pytest.raises(HypothesisError, match="p > 0"):
        every.evaluate(ratio=1, p=-1)


def test_an_equality_may_say_what_the_expression_does_without() -> None:
    spent = Hypothesis("spent", sp.Eq(p * x, 1))
    inverse = Claim("An inverse", "[test]", (P, X), (positive(P), spent), p, 1 / x, "==")
    assert inverse.arguments == ("ratio",) and inverse.evaluate(ratio=4.0) == 0.25
    both = Claim("Both", "[test]", (P, X), (positive(P), spent), p, 1 / x + p, "==")
    with pytest.raises(TypeError, match="must be an inequality"):
        both.evaluate(ratio=4.0, scale=0.25)


def test_a_rival_is_not_asked_for_its_number() -> None:
    rival = Quantity(y, "rival", "another number", asked=False)
    less = Hypothesis("less", sp.Le(y, x))
    assert Claim("c", "s", (X, rival), (less,), y, 2 * x).evaluate(ratio=3) == 6
    assert Claim("c", "s", (X, rival), (less,), x, 2 * x - y).arguments == ("ratio", "rival")


def test_the_expression_in_letters_of_ones_own() -> None:
    a, b = sp.symbols("a b", nonnegative=True)
    assert SERIES.in_letters(ratio=a, weight=b, other=7) == 1 / (1 - a * b)
    assert SERIES.in_letters(ratio=y, weight=x) == 1 / (1 - x * y)  # at once, not one after the other
    assert SUM.in_letters(ratio=a, count=3) == 3 * (1 + a + a**2)
    with pytest.raises(ValueError, match="A series also needs weight"):
        SERIES.in_letters(ratio=a)


def test_where_a_claim_applies_is_decided_exactly() -> None:
    below = np.nextafter(2.0, 0)
    ratio, weight = [0.5, 0.5, 0.5, -0.5, np.nan, np.inf], [below, 2.0, 3.0, 1.0, 1.0, 0.0]
    assert SERIES.applies(ratio=ratio, weight=weight).tolist() == [True, False, False, False, False, False]
    assert SUM.applies(ratio=2, count=[3, 2.5, -1, 2.0**54]).tolist() == [True, False, False, False]
    assert SERIES.applies(ratio=0.5, weight=0.5).shape == ()
    with pytest.raises(TypeError, match="also needs weight"):
        SERIES.applies(ratio=0.5)


def test_a_value_may_stand_where_a_hypothesis_fails() -> None:
    found = SERIES.evaluate(outside=np.inf, ratio=[0.5, 0.5, np.nan], weight=[1.0, 2.0, 1.0])
    assert found.tolist() == [2.0, np.inf, np.inf]
    assert SERIES.evaluate(outside=np.nan, ratio=0.5, weight=1.0) == 2.0


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=8))
def test_it_applies_where_evaluating_is_not_refused(pairs: list[tuple[float, float]]) -> None:
    for ratio, weight in pairs:
        try:
            SERIES.evaluate(ratio=ratio, weight=weight)
            refused = False
        except HypothesisError:
            refused = True
        assert SERIES.applies(ratio=ratio, weight=weight) == (not refused)
