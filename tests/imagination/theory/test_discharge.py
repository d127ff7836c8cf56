"""What the solvers are asked, what they may say, and that their abstraction says nothing false."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from imagination.theory import discharge as dis
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.theory.terms import mapping, natural, point, real

x, y, z = real("x y z")
n, t = natural("n t")
u = mapping("u", ("natural",))
g = mapping("g", ("state",))
f = mapping("f", ("state",), "state")
s, r = point("s r", "state")


def le(left: sp.Expr, right: sp.Expr) -> sp.Rel:
    return sp.Le(left, right, evaluate=False)


TRUE = {
    "a square": ([], le(0, x**2 - 2 * x * y + y**2)),
    "rationals are not rounded": ([], le(x / 3 + x / 3 + x / 3, x)),
    "an absolute value is its number or its opposite": ([], le(sp.Abs(x + y), sp.Abs(x) + sp.Abs(y))),
    "a minimum of three": ([], le(sp.Min(x, y, z), (x + y + z) / 3)),
    "a maximum of three": ([], le((x + y + z) / 3, sp.Max(x, y, z))),
    "a root": ([le(0, x)], sp.Eq(sp.sqrt(x) * sp.sqrt(x), x, evaluate=False)),
    "an inverse": ([sp.Lt(0, x)], sp.Lt(0, 1 / x)),
    "powers of a number between 0 and 1": ([le(0, x), le(x, 1)], le(x**n * (1 - x**n), 1)),
    "one more term": ([le(0, x)], le(GeometricSum(x, n), GeometricSum(x, n + 1))),
    "the same term written twice": ([], le(g(s) * (x + y), g(s) * x + y * g(s))),
    "a natural number": ([], le(0, n)),
}
FALSE = {
    "an absolute value of either sign": ([], le(sp.Abs(x), x)),
    "a minimum that is none of its parts": ([], sp.Lt(sp.Min(x, y, z), sp.Max(x, y, z))),
    "powers of a negative number": ([le(x, 1)], le(0, x**n)),
    "powers of a number that may exceed 1": ([le(0, x)], le(x**n, 1)),
    "two maps at one point": ([], le(g(s), g(r))),
    "two exponents": ([le(0, x)], le(x**n, x**t)),
    "two sums": ([], le(GeometricSum(x, n), GeometricSum(y, n))),
    "one more negative term": ([], le(GeometricSum(x, n), GeometricSum(x, n + 1))),
    "a natural number is not 1": ([], le(1, n)),
    "an inverse of either sign": ([sp.Ne(x, 0)], le(0, 1 / x)),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_proved(name: str) -> None:
    dis.prove_with_z3(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_refuted_with_a_counterexample(name: str) -> None:
    with pytest.raises(dis.Undecided, match="counterexample"):
        dis.prove_with_z3(*FALSE[name])


def test_equalities_by_rewriting() -> None:
    dis.prove_with_sympy([sp.Eq(u(n), x)], sp.Eq(u(n) ** 2 - x * u(n), 0, evaluate=False))
    dis.prove_with_sympy([sp.Eq(f(s), r)], sp.Eq(g(f(s)), g(r), evaluate=False))
    for goal in (sp.Eq(g(s), real("w0"), evaluate=False), sp.Eq(sp.Abs(x), x, evaluate=False)):
        with pytest.raises(dis.Undecided):
            dis.prove_with_sympy([], goal)


def test_equal_points_may_be_rewritten_in_circles() -> None:
    circle = [sp.Eq(f(s), r), sp.Eq(f(r), s)]
    dis.prove_with_z3(circle, le(g(f(s)), g(r)))
    with pytest.raises(dis.Undecided):
        dis.prove_with_z3(circle, le(g(s), g(r)))


@pytest.mark.parametrize("count", range(5))
def test_unfolding_changes_no_value(count: int) -> None:
    for term in (
        sp.Sum(x**t * (t + 1), (t, 0, n)),
        GeometricSum(x, n + 2),
        DoubleGeometricSum(x, y, n + 1),
        CappedGeometricSum(x, y, z, 1, n + 3),
        x ** (n + 2),
    ):
        at = {n: sp.Integer(count), x: sp.Rational(2, 3), y: sp.Rational(-5, 4), z: sp.Rational(1, 7)}
        unfolded = dis.unfold(term)
        assert unfolded != term
        assert sp.simplify((unfolded.xreplace(at) - term.xreplace(at)).doit()) == 0


def test_a_term_that_would_be_captured_is_not_unfolded() -> None:
    nested = sp.Sum(sp.Sum(u(n) + t, (n, 0, t)), (t, 0, n))
    assert dis.unfold(nested).has(sp.Sum)
    outer = sp.Sum(sp.Sum(t, (n, 0, 4)), (t, 0, n))
    assert dis.unfold(outer) == outer


def test_what_must_hold_for_a_term_to_mean_something() -> None:
    def conditions(term: sp.Expr) -> set[str]:
        return {str(condition) for condition in dis.partial_terms(term)}

    assert conditions(x**n + x**3 + sp.sqrt(2) / 7 + (-1) ** n) == set()
    assert conditions(1 / (x - y)) == {"Ne(x - y, 0)"}
    assert conditions(sp.sqrt(x)) == {"x >= 0"}
    assert conditions(1 / sp.sqrt(x)) == {"x > 0"}
    assert conditions(x ** (n - 1)) == {"Ne(x, 0)"}
    assert conditions(x**y) == {"x > 0"}
    assert conditions(sp.Sum(1 / (x + t), (t, 0, n - 1))) == {"Ne(t + x, 0)"}


def test_an_example_is_one() -> None:
    rng = random.Random(0)
    formulas = [sp.Ge(x, 0), sp.Lt(x * y, 1), sp.Gt(y, 3), sp.Ne(n, 0), sp.Lt(n, 3), sp.Ge(x**n, x / 2)]
    at = dis.example(formulas, rng)
    assert at is not None and all(formula.xreplace(at) == sp.true for formula in formulas)
    assert at[n] in (1, 2)
    for impossible in (
        [sp.Gt(x, 0), sp.Lt(x, 0)],
        [sp.Gt(n, 0), sp.Lt(n, 1)],
        [sp.Eq(2 * n, 3, evaluate=False)],
        [sp.Ge(x, 0), sp.Lt(x**n, 0)],
    ):
        assert dis.example(impossible, rng) is None
