"""Steps in the open: what is proved is true at every point, what is refuted is false at the point shown."""

import random
from fractions import Fraction

import pytest
import sympy as sp
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination import derivation
from imagination.derivation import REFUTED, UNKNOWN, equal, follows

x, y, z = sp.symbols("x y z", real=True)
L_f, L_pi, d, d_a, d_next = sp.symbols("L_f L_pi d d_a d_next", nonnegative=True)
gamma, L = sp.symbols("gamma L", nonnegative=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
e = sp.Function("e", real=True)

SMOOTH = [d_next <= L_f * (d + d_a), d_a <= L_pi * d]

coefficients = st.integers(-3, 3)
terms = st.lists(st.tuples(coefficients, st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=4)
rationals = st.fractions(-4, 4, max_denominator=6)


def polynomial(parts):
    """A small polynomial in x and y."""
    return sp.Add(*[c * x**i * y**j for c, i, j in parts])


def value(expression, at):
    """Its value at rational numbers, by Python's fractions."""
    return sp.lambdify([x, y], expression, "math")(*at)


# -- inequalities


def test_the_closed_loop_step():
    right = follows(d_next <= L_f * (1 + L_pi) * d, SMOOTH)
    assert right
    assert right.used == tuple(SMOOTH)


def test_the_forgotten_action_is_refused_with_numbers_that_break_it():
    wrong = follows(d_next <= L_f * d, SMOOTH)
    assert wrong.outcome == REFUTED
    assert all(fact.xreplace(dict(wrong.numbers)) == sp.true for fact in SMOOTH)
    assert (d_next <= L_f * d).xreplace(dict(wrong.numbers)) == sp.false
    assert "d_next = 2" in str(wrong)
    assert "there L_f*d = 1" in str(wrong)


def test_only_the_facts_that_are_needed_are_named():
    assert follows(x <= z, [x <= y, y <= z, x <= 7]).used == (x <= y, y <= z)


def test_a_sign_that_was_forgotten():
    free, other = sp.symbols("K d_free", real=True)
    assert follows(free * d <= free * other, [d <= other]).outcome == REFUTED
    assert follows(free * d <= free * other, [d <= other, free >= 0])


def test_division_needs_to_know_that_it_is_not_by_0():
    refused = follows(1 / (1 - x) >= 1 + x, [x >= 0, x <= 1])
    assert refused.outcome == REFUTED
    assert refused.numbers == {x: 1}
    assert "divides by 1 - x" in refused.note
    assert follows(1 / (1 - x) >= 1 + x, [x < 1])
    assert follows(sp.sqrt(x) >= 0, [x <= 1]).outcome == REFUTED
    assert follows(sp.sqrt(x) <= (1 + x) / 2, [x >= 0])


def test_one_time_is_not_all_times():
    """There is no induction: a fact about time n says nothing of time 0."""
    growth = e(n + 1) <= L * e(n) + y
    assert follows(e(n + 1) <= L * z + y, [growth, e(n) <= z])
    assert follows(e(1) <= y, [growth]).outcome == REFUTED


def test_equal_arguments_have_equal_values():
    assert follows(sp.Eq(e(x), e(y)), [sp.Eq(x, y)])
    assert follows(sp.Eq(e(x), e(y))).outcome == REFUTED


def test_what_the_solver_does_not_know_is_not_refuted_by_it():
    unknown = follows(2**n >= n)  # true, but not of every number in the place of 2**n
    assert unknown.outcome == UNKNOWN
    assert "2**n" in unknown.note
    assert follows(2**n >= n, [sp.Ge(2**n, n + 1)])
    assert follows(2**n <= n).outcome == REFUTED
    assert follows(gamma**n >= 0)


def test_a_question_too_hard_is_unknown_not_slow():
    a, b, c = sp.symbols("a b c", integer=True, positive=True)
    fermat = follows(sp.Ne(a**3 + b**3, c**3))
    assert fermat.outcome == UNKNOWN
    assert "gave up" in fermat.note


def test_the_limit_is_on_work_and_no_time_is_set(monkeypatch):
    monkeypatch.setattr(derivation, "EFFORT", 1)
    hard = follows(x**4 * y**2 + x**2 * y**4 + 1 >= 3 * x**2 * y**2)
    assert hard.outcome == UNKNOWN
    assert derivation._Question(()).solver.check() in (z3.sat, z3.unknown)


def test_answers_do_not_depend_on_what_was_asked_before():
    first = follows(x * y <= x, [y <= 1])
    follows(x**3 >= y, [x >= y])
    again = follows(x * y <= x, [y <= 1])
    assert (first.outcome, first.numbers) == (again.outcome, again.numbers)


def test_the_bound_itself_and_its_mutants():
    c = sp.Symbol("c", nonnegative=True)
    below = [gamma < 1, gamma * L < 1]
    true = c / (1 - gamma) <= c / ((1 - gamma) * (1 - gamma * L))
    assert follows(true, below)
    assert follows(true, below[:1]).outcome == REFUTED
    assert follows(c / (1 - gamma) <= c / (1 - gamma * L), below).outcome == REFUTED


@settings(max_examples=25)
@given(terms, terms, st.lists(st.tuples(rationals, rationals), min_size=5, max_size=5))
def test_what_follows_holds_at_every_point(fact, conclusion, points):
    fact, conclusion = polynomial(fact) >= 0, polynomial(conclusion) >= 0
    if fact == sp.false:
        return
    verdict = follows(conclusion, [fact])
    if verdict:
        for at in points:
            at = dict(zip((x, y), map(sp.Rational, at), strict=True))
            assert fact.xreplace(at) == sp.false or conclusion.xreplace(at) == sp.true
    elif verdict.outcome == REFUTED and all(v.is_Rational for v in verdict.numbers.values()):
        at = {x: 0, y: 0} | dict(verdict.numbers)
        assert fact.xreplace(at) == sp.true
        assert conclusion.xreplace(at) == sp.false


@settings(max_examples=15)
@given(terms, st.integers(1, 3))
def test_squares_are_nonnegative_and_more_than_that_is_refused(parts, more):
    square = polynomial(parts) ** 2
    assert follows(sp.Ge(square, 0))
    assert follows(sp.Ge(sp.expand(square), 0)).outcome != REFUTED
    low = follows(sp.Ge(square, square + more))
    assert low.outcome == REFUTED


# -- equalities


@settings(max_examples=15)
@given(terms, terms, st.integers(1, 5))
def test_rearranged_forms_are_equal_and_changed_ones_are_not(top, bottom, change):
    p, q = polynomial(top), polynomial(bottom) ** 2 + 1
    form = p / q
    assert equal(form, sp.expand(p * x + p) / sp.expand(q * (x + 1)))
    assert equal(form, form + sp.Rational(change, 7)).outcome == REFUTED


def test_a_geometric_sum_and_the_division_by_0_in_its_closed_form():
    k = sp.Symbol("k", integer=True)
    total = sp.summation(L**k, (k, 0, n))
    assert isinstance(total, sp.Piecewise)
    closed = (1 - L ** (n + 1)) / (1 - L)
    assert equal(total, closed, [L < 1])
    assert equal(total, n + 1, [sp.Eq(L, 1)])
    assert equal(total, closed + 1, [L < 1]).outcome == REFUTED


def test_equal_reads_the_branch_that_is_given():
    branchy = sp.Piecewise((x, x < 1), (2 * x, True))
    assert equal(branchy, x, [x < 0])
    assert equal(branchy, 2 * x, [x > 3])
    assert equal(branchy, x).outcome == REFUTED


def test_roots_and_signs():
    assert equal(sp.sqrt(x**2), x).outcome == REFUTED
    assert equal(sp.sqrt(gamma**2), gamma)
    assert equal(1 - sp.sqrt(1 - x**2), x**2 / (1 + sp.sqrt(1 - x**2)))


def test_equal_where_nothing_is_defined_is_unknown():
    assert equal(sp.log(-1 - x**2), x, [x > 0]).outcome == UNKNOWN


def test_a_simplifier_that_errs_is_caught_by_the_points(monkeypatch):
    monkeypatch.setattr(sp, "simplify", lambda _: sp.Integer(0))
    assert equal(x, x + 1).outcome == REFUTED


# -- two things, one glyph


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sp.Symbol("x"), sp.Symbol("x", real=True)),
        (sp.Symbol("ε"), sp.Symbol("ϵ")),
        (sp.Symbol("epsilon"), sp.Symbol("varepsilon")),
        (sp.Symbol("ε", real=True), sp.Symbol("epsilon", real=True)),
        (sp.Symbol("J_n"), sp.Function("J")(sp.Symbol("n"))),
        (sp.Symbol("W"), sp.Function("W")(sp.Symbol("t"))),
        (sp.Function("e")(sp.Symbol("t")), sp.Function("e", real=True)(sp.Symbol("t"))),
        (sp.Symbol("L_f"), sp.Symbol("L_{f}")),
        (sp.Symbol("А"), sp.Symbol("A")),
        (sp.Symbol("rhohat"), sp.Symbol(r"\hat{\rho}")),
        (sp.Symbol("x1"), sp.Symbol("x_1")),
        (sp.Symbol("x"), sp.Dummy("x")),
    ],
)
def test_two_things_that_look_alike_are_refused(one, other):
    for ask in (lambda: follows(sp.Le(one, other + 1)), lambda: equal(one, other)):
        with pytest.raises(ValueError, match="look alike"):
            ask()


def test_what_looks_different_is_accepted():
    a, b = sp.symbols("Gamma gamma", real=True)
    assert equal(a + b, b + a)
    c, d_, f = sp.symbols(r"rho rho' \hat{\rho}", real=True)
    assert equal(c + d_ + f, f + d_ + c)
    assert equal(e(n) + e(n + 1), e(n + 1) + e(n))


# -- bad input


@pytest.mark.parametrize(
    ("conclusion", "facts", "says"),
    [
        (x, [], "conclusion: must be a relation"),
        ("x < 1", [], "conclusion: must be a relation"),
        (x == y, [], r"conclusion: is False before anything is asked; write == as sp.Eq"),
        (x < y, [x == y], r"given\[0\]: is False"),
        (x < y, x < y, "given: must be a list"),
        (x < y, "x < y", "given: must be a list"),
        (x < 0.5, [], "0.5.* is a rounded number"),
        (x < y, [x > sp.pi.evalf()], "rounded number"),
        (sp.Le(x, sp.Symbol("w", imaginary=True) ** 2), [], "must be a real number"),
        (sp.Le(x, sp.Symbol("p", prime=True)), [], "must be a real number"),
        (x < y, [y < x, x < y], "contradict each other"),
        (gamma < 1, [gamma < 0], "is False|contradict"),
        (sp.Xor(x < y, y < z), [], "must be a relation"),
    ],
)
def test_bad_questions_are_refused(conclusion, facts, says):
    with pytest.raises(ValueError, match=says):
        follows(conclusion, facts)


def test_bad_sides_are_refused():
    for bad in ("x", x < y, None, 0.5, sp.I * x, sp.oo):
        with pytest.raises(ValueError, match="left: "):
            equal(bad, x)


# -- what is shown


def test_a_verdict_shows_itself():
    proved, refuted = follows(x <= z, [x <= y, y <= z]), follows(x <= y, [x <= z])
    assert "It needs 2 of 2 facts" in proved._repr_html_()
    assert "All that was given holds for" in refuted._repr_html_()
    assert str(refuted).startswith("✗ It does not follow")
    assert "✓ It is an identity" in equal(x, x)._repr_html_()
    assert "? Not decided" in str(follows(2**n >= n))
    assert not refuted and proved and not follows(2**n >= n)
    for shown in (proved, refuted):
        page = shown._repr_html_()
        assert page.count("<div") == page.count("</div>")
        assert page.count(r"\(") == page.count(r"\)")


def test_points_respect_what_is_known():
    positive, whole = sp.Symbol("p", positive=True), sp.Symbol("m", integer=True, negative=True)
    for at in derivation._points([positive + whole > 0]):
        assert at[positive] > 0
        assert at[whole] < 0
        assert at[whole].is_Integer


def test_exact_values_agree_with_fractions():
    rng = random.Random(1)
    for _ in range(20):
        at = {x: sp.Rational(rng.randint(-9, 9), 7), y: sp.Rational(rng.randint(1, 9), 5)}
        exact = derivation._at(x / y - x * y, at)
        fractions = [Fraction(int(v.p), int(v.q)) for v in at.values()]
        assert exact == sp.Rational(str(fractions[0] / fractions[1] - fractions[0] * fractions[1]))
