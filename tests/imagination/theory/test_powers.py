"""Powers of positive numbers: what the rules of exponents give and what not, and the axioms about them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.theory import axioms as ax
from imagination.theory import discharge as dis
from imagination.theory import powers
from imagination.theory.claim import Claim, Hypothesis, Quantity, positive
from imagination.theory.proof import Fact, Proof, ProofError, World
from imagination.theory.terms import mapping, natural, real
from imagination.theory.terms import positive as positive_symbols

x, y, p, s, t = positive_symbols("x y p s t")
r, q, z = real("r q z")
n = natural("n")
h = mapping("h", ("positive",))
eq, ne, le, lt, ge, gt = (
    partial(relation, evaluate=False) for relation in (sp.Eq, sp.Ne, sp.Le, sp.Lt, sp.Ge, sp.Gt)
)
half = sp.S.Half


def proof(*hypotheses: Hypothesis, symbols: Any = (x, y, p, r, q), world: World | None = None) -> Proof:
    quantities = tuple(Quantity(v, f"c_{v}", "a constant") for v in symbols)
    signs = tuple(positive(quantity) for quantity in quantities if quantity.symbol.is_positive)
    return Proof(Claim("a claim", "[test]", quantities, (*signs, *hypotheses), sp.S.Zero, sp.S.One), world)


BELOW = Hypothesis("x < y", lt(x, y))
OUTSIDE = Hypothesis("q < 0", lt(q, 0))
R_SIGN = Hypothesis("0 < r", lt(0, r))
R_BELOW_1 = Hypothesis("r < 1", lt(r, 1))
NOT_1 = Hypothesis("x != 1", ne(x, 1))
ALL = (BELOW, OUTSIDE, R_SIGN, R_BELOW_1, NOT_1)


# -- the rules of exponents ----------------------------------------------------------------------------------

EQUAL = {
    "exponents add": (x ** (r + q), x**r * x**q),
    "a product's power": ((x * y) ** r, x**r * y**r),
    "a power's power": ((x**2 * y) ** (r / 2), x**r * y ** (r / 2)),
    "a root and a power": (sp.sqrt(x) * x**r, x ** (r + half)),
    "a quotient turned over": ((x / y) ** (-r) * (y / x) ** (-r), sp.S.One),
    "a root of a power": ((x ** (1 + p)) ** (1 / (1 + p)), x),
    "fractions of one denominator": (x ** (p / (1 + p)) * x ** (1 / (1 + p)), x),
    "a quotient of exponents": (x ** ((1 + r) / (1 + p)), x ** (1 / (1 + p)) * x ** (r / (1 + p))),
    "a common factor that is a power": ((x**p + y * x**p) ** r, x ** (p * r) * (1 + y) ** r),
    "powers of numbers": (2**p * 3**p, 6**p),
    "a number that is a power": (4**p, (2**p) ** 2),
    "a sum with a power inside": ((1 + x**p) ** (1 + q), (1 + x**p) * (1 + x**p) ** q),
    "natural exponents": (x ** (n + p), x**n * x**p),
    "a logarithm of a product": (sp.log(x * y**r), sp.log(x) + r * sp.log(y)),
    "a logarithm of a sum": (sp.log(x * x + x * y), sp.log(x * (x + y))),
}
UNEQUAL = {
    "the power of a sum": ((x + y) ** r, x**r + y**r),
    "exponents added for multiplied": (x ** (r * q), x**r * x**q),
    "a sum of powers": (x ** (r + q), x**r + x**q),
    "one exponent for two": ((x * y) ** r, x**r * y**q),
    "a lost root": ((x ** (1 + p)) ** (1 / (1 + p)), x**p),
    "a fraction taken apart wrongly": (x ** (1 / (1 + p)), x * x ** (1 / p)),
    "the exponent's sign": (x ** (-r), x**r),
    "a wrong base": ((x / y) ** r, (y / x) ** r),
    "a wrong number": (4**p, 2**p),
    "the logarithm of a sum": (sp.log(x + y), sp.log(x) + sp.log(y)),
    "the logarithm of a power": (sp.log(x) ** 2, 2 * sp.log(x)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_powers_look_equal(name: str) -> None:
    dis.prove_with_sympy([], eq(*EQUAL[name]))


@pytest.mark.parametrize("name", UNEQUAL)
def test_unequal_powers_do_not(name: str) -> None:
    with pytest.raises(dis.Undecided, match="reduces to"):
        dis.prove_with_sympy([], eq(*UNEQUAL[name]))
    with pytest.raises(dis.Undecided, match="counterexample"):
        dis.prove_with_z3([], eq(*UNEQUAL[name]))


TRUE = {
    "positive": ([], gt(x ** (-p) * y**q, 0)),
    "one more factor": ([], eq(x ** (r + 1), x * x**r)),
    "a square": ([], eq(x**r * x**r, x ** (2 * r))),
    "a root": ([], eq(sp.sqrt(x) ** 2, x)),
    "a square is above twice its root less one": ([], ge(x**r, 2 * x ** (r / 2) - 1)),
    "an inverse": ([], eq(x ** (-p) * x**p, 1)),
    "a positive variable": ([], gt(x + y, y)),
}
FALSE = {
    "above 1": ([], gt(x**r, 1)),
    "above its base": ([], ge(x**r, x)),
    "monotone in the exponent": ([lt(q, r)], le(x**q, x**r)),
    "monotone in the base without an axiom": ([lt(x, y)], lt(x**r, y**r)),
    "one": ([], le(1, x)),
    "two bases": ([], eq(x**r, y**r)),
}


@pytest.mark.parametrize("name", TRUE)
def test_the_solver_knows_that_powers_are_positive(name: str) -> None:
    dis.prove_with_z3(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_the_solver_supposes_nothing_else_of_powers(name: str) -> None:
    with pytest.raises(dis.Undecided, match="counterexample"):
        dis.prove_with_z3(*FALSE[name])


_numbers = st.fractions(min_value=-3, max_value=3, max_denominator=6)
_positive = st.fractions(min_value="1/6", max_value=6, max_denominator=6)


@settings(max_examples=40, deadline=None)
@given(_positive, _positive, _numbers, _numbers, _positive)
def test_taking_powers_apart_changes_no_value(a: Any, b: Any, c: Any, d: Any, e: Any) -> None:
    at = {x: sp.Rational(a), y: sp.Rational(b), r: sp.Rational(c), q: sp.Rational(d), p: sp.Rational(e)}
    for power in (
        (2 * x * y**3) ** (r + q / 3 - half),
        (x**p / (x + x * y)) ** (q / (1 + p)),
        (6 * x + 4 * y) ** ((r + p**2) / (2 + 2 * p) - 3),
    ):
        parts = powers.factors(power.base, power.exp)
        product = sp.Mul(*(f.base ** (f.exponent * f.multiple) for f in parts))
        assert abs((power / product).xreplace(at).evalf(30) - 1) < 1e-25


@settings(max_examples=40, deadline=None)
@given(_numbers, _numbers, _positive)
def test_equal_exponents_have_equal_terms(a: Any, b: Any, c: Any) -> None:
    exponent = (r * q + 3) / (2 + 2 * p) + p / (1 + p) - q / 4
    terms = powers.exponent_terms(exponent)
    again = powers.exponent_terms(sp.expand(exponent))
    assert terms == again
    at = {r: sp.Rational(a), q: sp.Rational(b), p: sp.Rational(c)}
    total = sp.Add(*(term * multiple for term, multiple in terms.items()))
    assert (exponent - total).xreplace(at) == 0


# -- planted wrong steps -------------------------------------------------------------------------------------

PLANTED: dict[str, Callable[[Proof], Any]] = {
    "power of a number that may be negative": lambda w: w.equality(z**r * z**r, z ** (2 * r)),
    "power of a difference": lambda w: w.inequality(gt((x - y) ** r, 0)),
    "power of 0": lambda w: w.equality((x - x + 0 * r) ** r, 0),
    "logarithm of a number that may be negative": lambda w: w.equality(sp.log(z**2), 2 * sp.log(z)),
    "logarithm of a negative difference": lambda w: w.inequality(ge(sp.log(x - y) ** 2, 0)),
    "sum of powers": lambda w: w.equality((x + y) ** p, x**p + y**p),
    "bernoulli for a natural number": lambda w: w.axiom(ax.BERNOULLI, n, q, using=[OUTSIDE]),
    "bernoulli for a number of either sign": lambda w: w.axiom(ax.BERNOULLI, z, q, using=[OUTSIDE]),
    "bernoulli for a difference": lambda w: w.axiom(ax.BERNOULLI, y - x, q, using=[OUTSIDE, BELOW]),
    "bernoulli without a range": lambda w: w.axiom(ax.BERNOULLI, x, q),
    "bernoulli with the range of another exponent": lambda w: w.axiom(ax.BERNOULLI, x, r, using=[OUTSIDE]),
    "bernoulli with half of the range": lambda w: w.axiom(ax.BERNOULLI, x, r, using=[R_BELOW_1]),
    "bernoulli with q <= 1 for q >= 1": lambda w: w.axiom(
        ax.BERNOULLI, x, r, using=[w.inequality(le(r, 1), [R_BELOW_1])]
    ),
    "bernoulli with q >= 0 for q <= 0": lambda w: w.axiom(ax.BERNOULLI, x, r, using=[R_SIGN]),
    "bernoulli between 0 and 1 taken for convex": lambda w: w.inequality(
        ge(x**r, 1 + r * (x - 1)), [w.axiom(ax.BERNOULLI, x, r, using=[R_SIGN, R_BELOW_1])]
    ),
    "strict bernoulli at 1": lambda w: w.axiom(ax.BERNOULLI_STRICT, y, q, using=[OUTSIDE]),
    "strict bernoulli away from another number": lambda w: w.axiom(
        ax.BERNOULLI_STRICT, y, q, using=[OUTSIDE, NOT_1]
    ),
    "strict bernoulli with a weak range": lambda w: w.axiom(
        ax.BERNOULLI_STRICT, x, q, using=[w.inequality(le(q, 0), [OUTSIDE]), NOT_1]
    ),
    "strict from weak": lambda w: w.inequality(
        gt(x**q, 1 + q * (x - 1)), [w.axiom(ax.BERNOULLI, x, q, using=[OUTSIDE])]
    ),
    "order with a negative exponent": lambda w: w.inequality(
        lt(x**q, y**q), [w.axiom(ax.POWER_ORDER, q, using=[BELOW, OUTSIDE])]
    ),
    "order without the exponent's sign": lambda w: w.axiom(ax.POWER_ORDER, q, using=[BELOW]),
    "order with another exponent's sign": lambda w: w.axiom(ax.POWER_ORDER, q, using=[BELOW, R_SIGN]),
    "order of numbers of either sign": lambda w: w.axiom(
        ax.POWER_ORDER, r, using=[w.inequality(lt(q, y), [OUTSIDE]), R_SIGN]
    ),
    "order with a weak sign": lambda w: w.axiom(
        ax.POWER_ORDER, r, using=[BELOW, w.inequality(le(0, r), [R_SIGN])]
    ),
    "strict order from a weak one": lambda w: w.inequality(
        lt(x**r, y**r), [w.axiom(ax.POWER_ORDER, r, using=[w.inequality(le(x, y), [BELOW]), R_SIGN])]
    ),
    "equal powers from an inequality": lambda w: w.axiom(ax.POWER_EQUALITY, r, using=[BELOW]),
    "equal powers of numbers of either sign": lambda w: w.axiom(
        ax.POWER_EQUALITY, r, using=[w.equality(q + 0, q)]
    ),
    "a positive name for a number of either sign": lambda w: w.define(s, r, ""),
    "a positive name for a difference": lambda w: w.define(s, y - x, ""),
    "a positive name for a difference of the wrong sign": lambda w: w.define(s, x - y, "", [BELOW]),
    "a positive name for 0": lambda w: w.define(s, 0, ""),
    "a positive name for a logarithm": lambda w: w.define(s, sp.log(x), ""),
    "a positive map of a real variable": lambda w: w.define_map(h, (z,), z, ""),
    "a positive map at a natural number": lambda w: w.inequality(ge(h(n) ** 2, 0)),
    "a vanishing power of a variable exponent": lambda w: w.axiom(ax.POWER_SEQUENCE, n, s),
    "a vanishing power of either sign": lambda w: w.axiom(ax.POWER_SEQUENCE, n, r),
    "a vanishing power in a real variable": lambda w: w.axiom(ax.POWER_SEQUENCE, s, p),
    "a vanishing power times what grows": lambda w: w.limit(
        n * (1 + n) ** (-p), n, 0, [w.axiom(ax.POWER_SEQUENCE, n, p)]
    ),
    "a vanishing power for another": lambda w: w.limit(
        (1 + n) ** (-p / 2), n, 0, [w.axiom(ax.POWER_SEQUENCE, n, p)]
    ),
    "a vanishing power that cancels": lambda w: w.limit(
        (1 + n) ** (-p) * (1 + n) ** p, n, 0, [w.axiom(ax.POWER_SEQUENCE, n, p)]
    ),
    "a power of exponent 0 that vanishes": lambda w: w.axiom(ax.POWER_SEQUENCE, n, sp.S.Zero),
    "the power of a square without its absolute value": lambda w: w.equality((z**2) ** r, z ** (2 * r)),
    "the cube root of a negative number": lambda w: w.equality(
        (-x) ** sp.Rational(1, 3), -(x ** sp.Rational(1, 3))
    ),
    "a power of a logarithm": lambda w: w.equality(sp.log(x) ** r * sp.log(x) ** q, sp.log(x) ** (r + q)),
    "an exponent that is no rational number": lambda w: w.inequality(gt(x**sp.pi, 0)),
    "an infinite exponent": lambda w: w.inequality(ge(x**sp.oo, 0)),
    "one name for a positive and a real number": lambda w: w.inequality(gt(real("x") ** 2 + x, 0)),
    "a vanishing power with the wrong sign": lambda w: w.limit(
        (1 + n) ** p, n, 0, [w.axiom(ax.POWER_SEQUENCE, n, p)]
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_wrong_step_is_refused(name: str) -> None:
    w = proof(*ALL)
    with pytest.raises(ProofError):
        PLANTED[name](w)


INSTANCES = {
    "0": sp.S.Zero,
    "a negative number": sp.Integer(-2),
    "a real number": z,
    "a natural number": n,
    "a difference": y - x,
    "a logarithm": sp.log(y),
    "an infinite number": sp.oo,
    "a square that may be 0": z**2,
}


@pytest.mark.parametrize("name", INSTANCES)
def test_a_positive_variable_takes_positive_values(name: str) -> None:
    w = proof()
    fact = w.inequality(gt(s**q, 0))
    with pytest.raises(ProofError):
        fact.at({s: INSTANCES[name]})
    assert fact.at({s: x / (1 + y)}).formula == gt((x / (1 + y)) ** q, 0)


def test_each_kind_of_step_works() -> None:
    w = proof(*ALL)
    assert w.axiom(ax.BERNOULLI, x / y, q, using=[w.inequality(le(q, 0), [OUTSIDE])]).formula == ge(
        (x / y) ** q, 1 + q * (x / y - 1)
    )
    assert w.axiom(ax.BERNOULLI, y, r, using=[R_SIGN, R_BELOW_1]).formula == le(y**r, 1 + r * (y - 1))
    above = w.inequality(gt(1 + p, 1))
    assert w.axiom(ax.BERNOULLI, y, 1 + p, using=[above]).formula.func is sp.Ge
    strict = w.axiom(ax.BERNOULLI_STRICT, x, q, using=[OUTSIDE, NOT_1])
    assert strict.formula == gt(x**q, 1 + q * (x - 1))
    assert w.axiom(ax.BERNOULLI_STRICT, x, r, using=[R_SIGN, NOT_1, R_BELOW_1]).formula.func is sp.Lt
    assert w.axiom(ax.POWER_ORDER, r, using=[BELOW, R_SIGN]).formula == lt(x**r, y**r)
    assert w.axiom(ax.POWER_ORDER, q, using=[BELOW, OUTSIDE]).formula == lt(y**q, x**q)
    same = w.equality(x * y / y, x + 0 * y)
    assert w.axiom(ax.POWER_EQUALITY, z, using=[same]).formula.lhs == x**z
    gap = w.define(s, y - x, "the difference", [BELOW])
    w.inequality(gt(s**q * (y - x), 0), [gap])
    vanishing = w.axiom(ax.POWER_SEQUENCE, n, p)
    w.limit(2 + x * (1 + n) ** (-p), n, 2, [vanishing])


# -- minima --------------------------------------------------------------------------------------------------

_T = positive_symbols("T")
LEAST = Hypothesis("least", le(x ** (-p) + y * x, t ** (-p) + y * t))


def minimal(relation: sp.Rel, symbols: Any = (x, y, p, q, r)) -> Callable[..., Fact]:
    """A proof that has a map h, 0 everywhere, and a fact of this form to which Fermat's rule is applied."""
    zero = Hypothesis("h", eq(h(s), 0))
    linked = Hypothesis("least", le(h(s) + relation.lhs - relation.rhs, 0))
    numbers = {x: 1, y: 1, p: 1, q: 0, r: 1}
    w = proof(zero, linked, symbols=symbols, world=World(numbers, {h: sp.Lambda(_T, sp.S.Zero)}))
    fact = w.inequality(relation, [zero, linked])
    return lambda at=x, variable=t: w.axiom(ax.FERMAT, variable, at, using=[fact])


def test_the_derivative_vanishes_at_a_minimum() -> None:
    found = minimal(LEAST.relation)()
    assert found.formula == eq(-p * x ** (-p) / x + y, 0)


BEYOND: dict[str, Callable[[], Any]] = {
    "another point": lambda: minimal(LEAST.relation)(at=y),
    "a point that is no constant": lambda: minimal(LEAST.relation)(at=s),
    "another variable": lambda: minimal(LEAST.relation)(variable=s),
    "a constant for the variable": lambda: minimal(LEAST.relation)(variable=y),
    "two sides of different form": lambda: minimal(le(x ** (-p) + y, t ** (-p) + y * t))(),
    "a function with a corner": lambda: minimal(le(sp.Abs(x - 1), sp.Abs(t - 1)))(),
    "a minimum of two": lambda: minimal(le(-sp.Min(x, 1), -sp.Min(t, 1)))(),
    "a function that does not move": lambda: minimal(le(y, y))(),
    "a variable exponent": lambda: minimal(le(-(x ** (-x)), -(t ** (-t))))(),
}


@pytest.mark.parametrize("name", BEYOND)
def test_fermat_wants_a_smooth_function_and_its_minimum(name: str) -> None:
    with pytest.raises(ProofError):
        BEYOND[name]()


def test_a_strict_minimum_is_none() -> None:
    w = proof()
    above = w.inequality(lt(0, t))
    with pytest.raises(ProofError, match="of the form"):
        w.axiom(ax.FERMAT, t, x, using=[above])


def test_derivatives_are_those_of_sums_products_and_powers() -> None:
    from imagination.theory.axioms.calculus import derivative

    assert derivative((1 + t) ** (-p) * t**3, t) == sp.diff((1 + t) ** (-p) * t**3, t)
    for rough in (
        sp.Abs(t - x),
        sp.Max(t, x),
        (t - x) ** p,
        1 / (t - x),
        h(t),
        x**t,
        sp.log(t - x),
        sp.floor(t),
    ):
        with pytest.raises(ax.AxiomError):
            derivative(rough, t)


# -- hypotheses ----------------------------------------------------------------------------------------------


def test_a_positive_constant_is_stated_to_be_one() -> None:
    with pytest.raises(ValueError, match="must state x > 0"):
        Claim("c", "s", (Quantity(x, "x", ""),), (), sp.S.Zero, x)


def test_hypotheses_on_positive_numbers_are_not_vacuous() -> None:
    for wrong in (lt(x, 0), le(x * y, -p), eq(x + y, 0), lt(x**r, 0)):
        with pytest.raises(ProofError, match="not shown to be satisfiable"):
            proof(Hypothesis("wrong", wrong))
    for wrong_world in ({x: 0, y: 1, p: 1, r: 1, q: 1}, {x: -1, y: 1, p: 1, r: 1, q: 1}):
        with pytest.raises(ProofError, match="not a number of its kind"):
            proof(Hypothesis("h", eq(x * p, y * h(x))), world=World(wrong_world, {h: sp.Lambda(_T, _T)}))


def test_an_equality_of_powers_is_shown_by_the_example_world() -> None:
    balance = Hypothesis("balance", eq(x * y ** (-p), p * y ** (-x)))
    with pytest.raises(ProofError, match="not shown to be satisfiable"):
        proof(Hypothesis("none", eq(x ** (-2), -(y**p))), world=World(dict.fromkeys((x, y, p), 1), {}))
    proof(balance, world=World(dict.fromkeys((x, y, p), 1), {}))
    with pytest.raises(ProofError, match="not a number of its kind"):
        proof(balance, world=World(dict.fromkeys((x, y, p), -1), {}))


def test_a_map_of_positive_numbers_in_a_world() -> None:
    inverse = Hypothesis("h", le(2, h(s) + h(1 / s)))
    numbers = dict.fromkeys((x, y, p, r, q), 1)
    proof(inverse, world=World(numbers, {h: sp.Lambda(_T, 1 / _T)}))
    with pytest.raises(ProofError, match="does not hold"):
        proof(inverse, world=World(numbers, {h: sp.Lambda(_T, _T / 2)}))
    with pytest.raises(ProofError, match="not defined everywhere"):
        proof(inverse, world=World(numbers, {h: sp.Lambda(_T, 1 / (_T - 1))}))


def test_positive_values_may_be_shown_when_a_theorem_is_used() -> None:
    square = Claim("p", "s", (Quantity(x, "x", ""),), (positive(Quantity(x, "x", "")),), sp.S.Zero, x**3, "<")
    first = Proof(square)
    theorem = first.qed(first.inequality(square.statement))
    w = proof(BELOW)
    assert w.cite(theorem, {x: y - x}, [BELOW]).formula == lt(0, (y - x) ** 3)
    with pytest.raises(ProofError, match="stands for a positive"):
        w.cite(theorem, {x: y - x})
    with pytest.raises(ProofError, match="stands for a positive"):
        w.cite(theorem, {x: q})
