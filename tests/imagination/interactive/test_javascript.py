"""Printed JavaScript means what SymPy means, or is not printed."""

import math

import numpy as np
import pytest
import sympy as sp

from imagination import sums
from imagination.claim import HypothesisError
from imagination.interactive import javascript as js
from imagination.results.curvature import claims as st
from imagination.results.noise import claims as rn
from imagination.results.return_gap import claims as rg

x, y, z = sp.symbols("x y z", positive=True)
n, k = sp.symbols("n k", integer=True, nonnegative=True)
NAMES = {x: "x", y: "y", z: "z", n: "n"}


# Expressions


@pytest.mark.parametrize(
    "expression",
    [
        x**y / (1 + z) - sp.Rational(1, 3),
        sp.sqrt(x) * sp.exp(-y) + sp.log(z) + sp.pi,
        sp.Min(x, y, z) + sp.Max(x, 2 * y),
        sp.Piecewise((x, x < y), (y**2, sp.And(x < 2, y < 3)), (z, True)),
        sp.Piecewise((x, sp.Or(x <= y, x >= 1)), (z, True)) ** 2,
        sp.Abs(x - y) + sp.acos(x / (1 + x)),
        x**-2 * y ** sp.Rational(3, 2) - sp.Float(0.1),
        -x * (y - z) ** 3,
        sp.Sum(x**k * sp.Sum(y**n, (n, 0, k - 1)), (k, 0, 7)),
        sp.Sum(k * x, (k, 2, n + 3)),
        sums.GeometricSum(x, n) + sums.DoubleGeometricSum(x, y, n),
    ],
    ids=str,
)
def test_the_browser_computes_what_sympy_says(javascript, expression):
    rng = np.random.default_rng(3)
    cases = [[*rng.uniform(0.1, 1.9, 3).round(6), int(rng.integers(0, 9))] for _ in range(12)]
    found = javascript(f"(x, y, z, n) => {js.number(expression, NAMES)}", cases)
    for value, (a, b, c, m) in zip(found, cases, strict=True):
        plain = expression.replace(lambda e: isinstance(e, tuple(js.SUMS)), lambda e: e.as_sum())
        wanted = plain.subs({x: sp.Float(a, 40), y: sp.Float(b, 40), z: sp.Float(c, 40), n: m}).doit()
        assert value == pytest.approx(float(sp.N(wanted, 30)), rel=1e-13, abs=1e-14)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (sp.erf(x), "erf"),
        (sp.gamma(x), "gamma"),
        (sp.LambertW(x), "LambertW"),
        (sp.Integral(x, (x, 0, 1)), "Integral"),
        (sp.Product(x, (k, 0, n)), "Product"),
        (sp.Function("g")(x), "g"),
        (sp.Limit(x, x, sp.oo), "Limit"),
        (sp.Symbol("unknown"), "has none"),
        (sp.I * x, "ImaginaryUnit"),
        (sp.zoo, "ComplexInfinity"),
        (sp.nan, "NaN"),
        (sp.Sum(x**k, (k, 0, sp.oo)), "finite limits"),
        (sp.Sum(x * y, (k, 0, n), (x, 0, 1)), "one index"),
        (sp.Sum(y, (y, 0, x)), "whole numbers"),
        (sp.Piecewise((x, x < y)), "cannot be printed"),
        (sp.Float("0.1234567890123456789012", 22), "more digits"),
        (sp.Eq(x, y), "Equality"),
        (x + sp.Sum(sp.erf(x * k), (k, 0, 3)), "erf"),
        (sums.CappedGeometricSum(x, y, z, sp.Sum(x**k, (k, 0, sp.oo)), n), "finite limits"),
    ],
    ids=str,
)
def test_what_has_no_equal_is_refused(expression, words):
    with pytest.raises(js.UnprintableError, match=words):
        js.number(expression, NAMES)


@pytest.mark.parametrize("name", ["class", "a b", "1x", "N", "x-y", "", "Math"])
def test_names_that_are_none_are_refused(name):
    with pytest.raises(js.UnprintableError, match="no free name"):
        js.number(x, {x: name})


def test_a_sums_index_does_not_capture_a_name(javascript):
    expression = sp.Sum(x + k, (k, 0, 3))
    assert javascript(f"(k) => {js.number(expression, {x: 'k'})}", [[10.0]]) == [46.0]


# Exact arithmetic


def test_exact_arithmetic_keeps_what_floats_lose(javascript):
    expression = (1 - x * y) ** -1 * 3 + sp.Rational(1, 7)
    exact = js.exact(expression, NAMES)
    script = f"(...at) => {{ const [x, y] = at.map(N.F.from); return N.F.toNumber({exact}) }}"
    cases = [[1.25, 0.8], [1 / 3, 3 - 2e-15], [1e-9, 1e9 * (1 - 2**-40)], [5.0, 0.125]]
    for value, (a, b) in zip(javascript(script, cases), cases, strict=True):
        wanted = expression.subs({x: sp.Rational(a), y: sp.Rational(b)})
        assert value == pytest.approx(float(wanted), rel=1e-15)


@pytest.mark.parametrize("expression", [sp.sqrt(x), x**y, sp.Min(x, y), sp.pi * x], ids=str)
def test_what_is_not_rational_has_no_exact_value(expression):
    with pytest.raises(js.UnprintableError, match="rational"):
        js.exact(expression, NAMES)


# The book's sums


def edge_cases(rng: np.random.Generator, count: int) -> list[tuple[float, float, int]]:
    """Ratios everywhere, and next to 1, alone and as a product."""
    found = []
    for _ in range(count):
        a, b = rng.uniform(0, 1.3), rng.uniform(0, 2)
        near = 1 + rng.choice([-1, 1]) * 10.0 ** rng.uniform(-15, -1)
        a, b = [(a, b), (near, b), (a, near), (a, near / max(a, 0.1)), (near, near)][rng.integers(5)]
        found.append((float(a), float(b), int(rng.integers(0, 200))))
    return [*found, (1.0, 1.0, 50), (0.5, 2.0, 50), (0.0, 3.0, 5), (0.9, 0.0, 7), (0.9, 1.0, 0)]


def test_double_sums_agree_with_the_library(javascript):
    cases = edge_cases(np.random.default_rng(11), 400)
    found = javascript("N.doubleGeometricSum", [list(case) for case in cases])
    wanted = sums.double_geometric_sum(*map(np.array, zip(*cases, strict=True)))
    np.testing.assert_allclose(found, wanted, rtol=1e-11)


def test_single_sums_agree_with_the_library(javascript):
    cases = [(a, m) for a, _, m in edge_cases(np.random.default_rng(12), 400)]
    found = javascript("N.geometricSum", [list(case) for case in cases])
    np.testing.assert_allclose(
        found, sums.geometric_sum(*map(np.array, zip(*cases, strict=True))), rtol=1e-11
    )
    endless = [0.0, 0.3, 0.999]
    found = javascript("N.geometricSum", [[a, "inf"] for a in endless])
    np.testing.assert_allclose(found, sums.geometric_sum(endless, np.inf), rtol=1e-15)


def test_capped_sums_agree_with_the_library(javascript):
    rng = np.random.default_rng(13)
    cases = []
    for a, b, m in edge_cases(rng, 500):
        horizon = m if rng.random() < 0.5 else math.inf
        scale, cap = 10.0 ** rng.uniform(-4, 0), 10.0 ** rng.uniform(-3, 3)
        if rng.random() < 0.2 and b < 1:  # a cap at the very height that the sum tends to
            cap = scale / (1 - b) * (1 + rng.choice([-1, 0, 1]) * 10.0 ** rng.uniform(-15, -3))
        cases.append((min(a, 0.999), b, scale, cap, horizon))
    found = javascript("N.cappedGeometricSum", [["inf" if v == math.inf else v for v in c] for c in cases])
    wanted = sums.capped_geometric_sum(*map(np.array, zip(*cases, strict=True)))
    np.testing.assert_allclose(found, wanted, rtol=1e-11)


# Claims


def evaluated(claim, values: dict[str, float]) -> float:
    """The library's value, NaN where it refuses."""
    try:
        return float(claim.evaluate(**values))
    except HypothesisError:
        return math.nan


def test_claims_agree_next_to_the_pole(javascript):
    """On both sides of gamma L = 1, down to the last bit of it, value and refusal are the library's."""
    rng = np.random.default_rng(5)
    cases = []
    for _ in range(400):
        gamma, L_pi = rng.uniform(0.05, 0.999), rng.uniform(0, 2)
        L_f = (1 + rng.choice([-1, 1]) * 10.0 ** rng.uniform(-17, -1)) / (gamma * (1 + L_pi))
        cases.append([gamma, L_f, rng.uniform(0, 3), L_pi, rng.uniform(0, 1), rng.uniform(0, 1)])
    cases += [[0.5, 2.0, 1.0, 0.0, 0.1, 0.1], [0.5, 1.0, 1.0, 1.0, 0.1, 0.1], [0.8, 1.25, 1.0, 0.0, 0.1, 0.1]]
    names = rg.LEMMA_1.arguments
    found = javascript(f"(...at) => N.evaluate({js.claim(rg.LEMMA_1)}, ...at)", cases)
    wanted = [evaluated(rg.LEMMA_1, dict(zip(names, case, strict=True))) for case in cases]
    assert 50 < np.isnan(wanted).sum() < 350
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    np.testing.assert_allclose(found, wanted, rtol=1e-13)


@pytest.mark.parametrize(
    ("claim", "ranges"),
    [
        (st.SHARP, {"eps": (0, 1.2)}),
        (st.PROPOSITION_1, {"eps": (0, 1.2)}),
        (rn.PAPER, {"gamma": (0, 1.1), "score_bound": (-0.1, 2), "sigma": (-0.1, 2)}),
        (rg.EITHER_SIDE, dict.fromkeys(rg.EITHER_SIDE.arguments, (0, 1.2))),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_claims_agree_inside_and_outside_their_hypotheses(javascript, claim, ranges):
    rng = np.random.default_rng(6)
    cases = [
        [
            float(rng.uniform(*ranges[name])) if name in ranges else float(rng.integers(1, 50))
            for name in claim.arguments
        ]
        for _ in range(200)
    ]
    found = javascript(f"(...at) => N.evaluate({js.claim(claim)}, ...at)", cases)
    wanted = [evaluated(claim, dict(zip(claim.arguments, case, strict=True))) for case in cases]
    assert 0 < np.isnan(wanted).sum() < len(cases)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_a_claim_about_all_times_has_no_number():
    with pytest.raises(js.UnprintableError, match="speaks of all t"):
        js.claim(rg.STATE_ERROR)


# Roots


def test_roots_are_found_to_the_last_digit(javascript):
    script = "(target, low, high) => N.root((x) => x ** 3 - target, low, high)"
    cases = [[8.0, 0.1, 100.0], [1e-30, 1e-20, 1.0], [1e30, 1.0, 1e20], [8.0, 3.0, 9.0], [8.0, 0.1, 1.5]]
    np.testing.assert_allclose(javascript(script, cases), [2, 1e-10, 1e10, 3, 1.5], rtol=4e-16)
