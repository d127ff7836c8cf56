"""The sums against their definitions, in exact arithmetic and in 50 digits."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from imagination import sums
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum, MajoritySum
from imagination.symbols import natural, real


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def geometric(x: float, n: int) -> Fraction:
    return sum((Fraction(x) ** k for k in range(n)), Fraction(0))


def double(x: float, y: float, n: int) -> Fraction:
    return sum((Fraction(x) ** t * geometric(y, t) for t in range(n)), Fraction(0))


def capped(x: float, y: float, a: float, cap: float, n: int) -> Fraction:
    return sum(
        (Fraction(x) ** t * min(Fraction(cap), Fraction(a) * geometric(y, t)) for t in range(n)), Fraction(0)
    )


ratios = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 2.0, 1 - 1e-12, 1 + 1e-12]), st.floats(1e-3, 3))
below_1 = st.one_of(st.sampled_from([0.0, 0.5, 1 - 1e-12]), st.floats(1e-3, 0.999))
counts = st.integers(0, 25)


def agree(found: np.ndarray, exact: Fraction) -> None:
    assert abs(Fraction(float(found)) - exact) <= Fraction(1, 10**13) * exact


@settings(max_examples=80)
@given(x=ratios, y=ratios, n=counts)
def test_geometric_sums_are_sums(x: float, y: float, n: int) -> None:
    agree(sums.geometric_sum(x, n), geometric(x, n))
    agree(sums.double_geometric_sum(x, y, n), double(x, y, n))


@settings(max_examples=80)
@given(
    x=below_1,
    y=ratios,
    a=st.sampled_from([0.0, 0.01, 1.0, 3.0]),
    cap=st.floats(1e-3, 20) | st.just(0.0),
    n=counts,
)
def test_capped_sums_are_sums(x: float, y: float, a: float, cap: float, n: int) -> None:
    agree(sums.capped_geometric_sum(x, y, a, cap, n), capped(x, y, a, cap, n))


@pytest.mark.parametrize("y", [0.0, 0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("steps", range(1, 12))
def test_the_cap_may_be_met_exactly_at_a_step(y: float, steps: int) -> None:
    cap = float(geometric(y, steps))
    agree(sums.capped_geometric_sum(0.875, y, 1.0, cap, 30), capped(0.875, y, 1.0, cap, 30))


@pytest.mark.parametrize("shift", [0.0, 1e-15, -1e-15, 1e-12, -1e-12, 1e-6, -1e-6])
def test_a_million_terms_next_to_1(shift: float) -> None:
    n = 10**6
    with mp.workdps(60):
        x = mp.mpf(1 + shift)
        exact = mp.mpf(n) if x == 1 else (x**n - 1) / (x - 1)
        assert abs(sums.geometric_sum(1 + shift, n) - exact) <= 1e-10 * exact


def test_an_endless_capped_sum_is_the_limit_of_finite_ones() -> None:
    x, y, a, cap = (
        0.9,
        np.array([0.0, 0.5, 1.0, 1.2, 50.0, 1e200]),
        0.3,
        np.array([[0.0], [0.2], [1.0], [1e6]]),
    )
    endless = sums.capped_geometric_sum(x, y, a, cap, np.inf)
    np.testing.assert_allclose(endless, sums.capped_geometric_sum(x, y, a, cap, 2000), rtol=1e-13)
    assert np.isinf(sums.capped_geometric_sum(0.9, 2.0, 1.0, np.inf, np.inf))
    assert sums.capped_geometric_sum(0.5, 1.0, 1.0, np.inf, np.inf) == pytest.approx(2.0)


def test_zeros_and_infinities() -> None:
    assert sums.geometric_sum(0.0, 10**6) == 1 and sums.geometric_sum(7.0, 0) == 0
    assert sums.geometric_sum(0.5, np.inf) == 2 and sums.geometric_sum(1.0, np.inf) == np.inf
    assert sums.geometric_sum(1e200, 10) == np.inf
    assert sums.double_geometric_sum(0.0, 1e300, 10**6) == 0
    assert sums.double_geometric_sum(1e-3, 1e300, 10**6) == np.inf
    assert sums.capped_geometric_sum(0.5, 1e300, 0.0, 1.0, 10**6) == 0
    assert sums.capped_geometric_sum(0.5, 1e300, 1.0, 0.0, 10**6) == 0


def test_powers_of_many_sizes_in_one_array() -> None:
    n = np.array([0, 1, 2, 3, 1000, 5, 10**6, 0])
    x = np.array([0.5, 2.0, 3.0, 0.1, 0.999, 1.0, 0.9999999, 0.0])
    power, first, second = sums.divided_power((x, np.ones(8), np.full(8, 0.25)), n)
    np.testing.assert_allclose(power, x ** n.astype(float), rtol=1e-9)
    for i in range(8):
        alone = sums.divided_power((x[i], 1.0, 0.25), n[i])
        assert (power[i], first[i], second[i]) == tuple(float(part) for part in alone)
    agree(first[3], geometric(0.1, 3))


def test_a_symbol_is_the_sum_of_its_terms() -> None:
    x, y, a, cap = real("x y a c")
    n = natural("n")
    for symbol in (GeometricSum(x, n), DoubleGeometricSum(x, y, n), CappedGeometricSum(x, y, a, cap, n)):
        total = symbol.as_sum()
        (index, _, _) = total.limits[0]
        for count in range(6):
            known = symbol.xreplace({n: sp.Integer(count)})
            assert sp.expand(known - total.xreplace({n: sp.Integer(count)}).doit()) == 0
            more = symbol.xreplace({n: sp.Integer(count + 1)}) - known
            assert sp.expand(more - total.function.xreplace({index: sp.Integer(count)})) == 0


def test_a_symbol_stays_where_its_terms_are_many() -> None:
    x, y, n = real("x y"), real("z"), sp.Integer(65)
    assert isinstance(GeometricSum(x[0], n), GeometricSum)
    assert isinstance(DoubleGeometricSum(x[0], y, sp.Integer(17)), DoubleGeometricSum)
    assert isinstance(CappedGeometricSum(*x, y, 1, sp.oo), CappedGeometricSum)
    assert GeometricSum(x[0], 3) == 1 + x[0] + x[0] ** 2


def test_a_symbol_is_evaluated_by_what_bears_its_name() -> None:
    capped_symbol = CappedGeometricSum(*map(sp.Rational, ("1/2", "2", "1/10", "6/10")), sp.Integer(8))
    assert sums.capped_geometric_sum(0.5, 2.0, 0.1, 0.6, 8) == pytest.approx(float(capped_symbol), rel=1e-14)
    assert float(MajoritySum(sp.Rational(1, 8), 3)) == sums.majority_sum(0.125, 3)
    own = {"GeometricSum", "DoubleGeometricSum", "CappedGeometricSum", "MajoritySum"}
    assert set(sums.NUMERIC) == {*own, "binomial"}


def test_the_sum_of_majorities_by_the_incomplete_beta_function() -> None:
    p, k = np.array([0.01, 0.2, 0.45, 0.7, 1.0])[:, None], np.arange(40)
    tail = special.betainc(k + 1, k + 1, p)
    np.testing.assert_allclose(p + (2 * p - 1) * sums.majority_sum(p * (1 - p), k), tail, atol=1e-14)
    x, n = real("x"), natural("n")
    assert MajoritySum(x, 3) == x + 3 * x**2 + 10 * x**3 and MajoritySum(x, 0) == 0
    assert MajoritySum(x, n).as_sum().subs(n, 3).doit() == MajoritySum(x, 3)
