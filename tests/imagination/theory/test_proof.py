"""The proof engine: what it discharges, and the many wrong steps that it must refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import sympy as sp
from sympy.core.function import UndefinedFunction

from imagination.theory import axioms as ax
from imagination.theory import series
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.proof import Fact, Proof, ProofError, Step, Theorem, World
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.theory.terms import Expectation, mapping, natural, point, real
from imagination.theory.terms import positive as positive_symbols

x, y, z, q = real("x y z q")
k, m, n, t = natural("k m n t")
e, u, v = (mapping(name, ("natural",)) for name in "euv")
g, h = (mapping(name, ("state",)) for name in "gh")
F = mapping("F", ("real",))
s, r, o = point("s r o", "state")
a = point("a", "action")
mu, nu = point("mu nu", "law of state")
P = mapping("P", ("state", "action"), "law of state")
_R = real("R")
_N = natural("N")

# Relations as they are written: SymPy would decide some of them by itself.
eq, ne, le, lt, ge, gt = (
    partial(relation, evaluate=False) for relation in (sp.Eq, sp.Ne, sp.Le, sp.Lt, sp.Ge, sp.Gt)
)

X_SIGN = Hypothesis("x >= 0", ge(x, 0))
X_BELOW_1 = Hypothesis("x < 1", lt(x, 1))
Y_SIGN = Hypothesis("y >= 0", ge(y, 0))
START = Hypothesis("e starts at 0", eq(e(0), 0))
GROWTH = Hypothesis("e grows", le(e(t + 1), x * e(t) + y))
U_LIMIT = Hypothesis("u has a limit", eq(sp.Limit(u(n), n, sp.oo), z))
WORLD = World(
    {x: 0, y: 0, z: 0},
    {e: sp.Lambda(_N, sp.S.Zero), u: sp.Lambda(_N, sp.S.Zero), v: sp.Lambda(_N, sp.S.Zero)},
)


def claim(
    symbols: tuple[sp.Symbol, ...] = (),
    hypotheses: tuple[Hypothesis, ...] = (),
    quantity: Any = 0,
    expression: Any = 1,
    relation: str = "<=",
    variables: tuple[sp.Symbol, ...] = (),
) -> Claim:
    quantities = tuple(Quantity(symbol, f"c_{symbol}", "a constant") for symbol in symbols)
    sides = sp.sympify(quantity), sp.sympify(expression)
    return Claim("a claim", "[test]", quantities, hypotheses, *sides, relation, variables)


def proof(
    *hypotheses: Hypothesis, symbols: Any = (x, y, z), world: World | None = WORLD, **rest: Any
) -> Proof:
    return Proof(claim(symbols, hypotheses, **rest), world)


def refused(attempt: Callable[[], Any], match: str | None = None) -> None:
    with pytest.raises(ProofError, match=match):
        attempt()


def unrolled(p: Proof) -> Fact:
    return p.cite(series.geometric_recursion(), {series.x: x, series.n: t})


# -- planted wrong steps -------------------------------------------------------------------------------------

PLANTED: dict[str, Callable[[Proof], Any]] = {
    "wrong sign": lambda p: p.equality((x - y) ** 2, x**2 + 2 * x * y + y**2),
    "missing factor": lambda p: p.equality((x + y) ** 2, x**2 + x * y + y**2),
    "hypothesis dropped from an inequality": lambda p: p.inequality(le(x**2, x), [X_SIGN]),
    "strict for weak": lambda p: p.inequality(lt(0, x), [X_SIGN]),
    "inequality the wrong way round": lambda p: p.inequality(le(x, x**2), [X_SIGN, X_BELOW_1]),
    "multiply by a number of unknown sign": lambda p: p.inequality(le(z * x, z), [X_BELOW_1]),
    "square root of a square without its absolute value": lambda p: p.equality(sp.sqrt(z**2), z),
    "absolute value dropped": lambda p: p.equality(sp.Abs(z), z),
    "absolute value of a sum is not the sum of absolute values": lambda p: p.equality(
        sp.Abs(z + y), sp.Abs(z) + sp.Abs(y)
    ),
    "triangle inequality reversed": lambda p: p.inequality(le(sp.Abs(z) + sp.Abs(y), sp.Abs(z + y))),
    "minimum taken for maximum": lambda p: p.inequality(le(sp.Max(z, y), sp.Min(z, y))),
    "minimum of three above its second part": lambda p: p.inequality(
        le(x + sp.S.Half, sp.Min(x + 1, y, z + 1))
    ),
    "division by something that can be zero": lambda p: p.equality(z / z**2, 1 / z),
    "division by 1 - x where x may be 1": lambda p: p.inequality(le(1, 1 / (1 - x)), [X_SIGN]),
    "negative power that vanishes at the start": lambda p: p.equality(z ** (n - 1) * z, z**n),
    "square root of a negative number": lambda p: p.inequality(le(0, sp.sqrt(-1 - y))),
    "real power of a negative number": lambda p: p.inequality(le(0, (1 + (-2) ** z) ** 2)),
    "base case skipped": lambda p: p.induction(le(1, n), n),
    "base case false, step true": lambda p: p.induction(
        eq(GeometricSum(x, n), (x**n - 1) / (x - 1) + 1), n, [X_BELOW_1]
    ),
    "step false, base true": lambda p: p.induction(eq(x**n, 1), n),
    "recursion with a lost constant": lambda p: p.induction(le(e(t), 0), t, [START, GROWTH, X_SIGN]),
    "recursion without the sign of its factor": lambda p: p.induction(
        le(e(t), y * GeometricSum(x, t)), t, [START, GROWTH, unrolled(p)]
    ),
    "recursion without its start": lambda p: p.induction(
        le(e(t), y * GeometricSum(x, t)), t, [GROWTH, X_SIGN, unrolled(p)]
    ),
    "geometric sum off by one": lambda p: p.induction(eq((1 - x) * GeometricSum(x, n), 1 - x ** (n + 1)), n),
    "induction over a constant": lambda p: p.induction(le(x**2, x), x, [X_SIGN]),
    "induction over a real variable": lambda p: p.induction(ge(q, 0), q),
    "induction over a variable that does not occur": lambda p: p.induction(le(0, 1), n),
    "sum with a lost term": lambda p: p.summation(sp.Sum(x**k, (k, 0, n - 1)), GeometricSum(x, n) - 1),
    "sum of n with a wrong closed form": lambda p: p.summation(sp.Sum(k, (k, 0, n - 1)), n * (n + 1) / 2),
    "sum that does not start at 0": lambda p: p.summation(sp.Sum(x**k, (k, 1, n - 1)), GeometricSum(x, n)),
    "geometric limit at ratio 1": lambda p: p.limit((1 + x - x) ** n * y**n, n, 0, [Y_SIGN]),
    "geometric limit without |q| < 1": lambda p: p.limit(z**n, n, 0, [X_SIGN]),
    "geometric limit without q > -1": lambda p: p.limit(x**n, n, 0, [X_BELOW_1]),
    "limit of (-1)^n": lambda p: p.limit((-1) ** n, n, 0),
    "limit of n": lambda p: p.limit(n, n, 0),
    "limit of n x^n without x < 1": lambda p: p.limit(n * x**n, n, 0, [X_SIGN]),
    "wrong value of a limit": lambda p: p.limit(1 + x**n, n, 0, [X_SIGN, X_BELOW_1]),
    "limit of a ratio whose denominator vanishes": lambda p: p.limit(1 / (x + 1) ** n / x**n, n, 0, [X_SIGN]),
    "limit taken inside a sum": lambda p: p.limit(sp.Sum(x**n, (k, 0, n - 1)), n, 0, [X_SIGN, X_BELOW_1]),
    "limit of an unknown sequence": lambda p: p.limit(v(n), n, z, [U_LIMIT]),
    "limit that depends on its index": lambda p: p.limit(n * x**n, n, 0 * x + n, [X_SIGN, X_BELOW_1]),
    "strict inequality passed to the limit": lambda p: p.pass_to_limit(
        p.inequality(lt(u(n), u(n) + 1)), n, [U_LIMIT]
    ),
    "passing to the limit without the limit": lambda p: p.pass_to_limit(p.inequality(le(u(n), u(n) + 1)), n),
    "squeeze between different limits": lambda p: p.squeeze(
        p.inequality(le(u(n) - 1, u(n))), p.inequality(le(u(n), u(n) + 1)), n, [U_LIMIT]
    ),
    "squeeze around two different terms": lambda p: p.squeeze(
        p.inequality(le(u(n) - 1, u(n))), p.inequality(le(v(n), v(n) + 1)), n, [U_LIMIT]
    ),
    "equality that needs a premise that is not named": lambda p: p.equality(e(0), 0),
    "hypothesis of another claim": lambda p: p.given(Hypothesis("x = 5", eq(x, 5))),
    "metric axiom across two spaces": lambda p: p.axiom(ax.TRIANGLE, s, a, r),
    "metric axiom for numbers": lambda p: p.axiom(ax.SYMMETRY, x, y),
    "triangle inequality with too few points": lambda p: p.axiom(ax.TRIANGLE, s, r),
    "triangle inequality with a wrong middle": lambda p: p.inequality(
        le(w.d_S(s, r), w.d_S(s, o)), [p.axiom(ax.TRIANGLE, s, o, r)]
    ),
    "an axiom that is used through a rule": lambda p: p.axiom(ax.LIMIT_ORDER, n),
    "theorem cited without its hypothesis": lambda p: p.cite(
        series.geometric_bound(), {series.x: z}, [X_SIGN]
    ),
    "theorem cited with a hypothesis that fails": lambda p: p.cite(
        series.geometric_bound(), {series.x: x + 1}, [X_SIGN, X_BELOW_1]
    ),
    "theorem about maps cited without the fact": lambda p: p.cite(
        series.error_growth(), {series.ell: x, series.eps: z}, [X_SIGN, START]
    ),
    "comparison of a point with a number": lambda p: p.inequality(le(s, x)),
    "floating-point number": lambda p: p.inequality(le(x, sp.Float(1.0)), [X_BELOW_1]),
    "infinity": lambda p: p.inequality(lt(x, sp.oo)),
    "a statement that is no relation": lambda p: p.inequality(sp.true),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_wrong_step_is_refused(name: str) -> None:
    p = proof(X_SIGN, X_BELOW_1, Y_SIGN, START, GROWTH, U_LIMIT)
    with pytest.raises(ProofError):
        PLANTED[name](p)
    refused(lambda: p._repr_html_(), "not finished")


def test_there_are_many_planted_steps() -> None:
    assert len(PLANTED) >= 25


# -- each kind of step works ---------------------------------------------------------------------------------


def test_each_kind_of_step_works() -> None:
    p = proof(X_SIGN, X_BELOW_1, Y_SIGN, START, GROWTH, U_LIMIT)
    assert p.equality((x + y) ** 2, x**2 + 2 * x * y + y**2).formula.lhs == (x + y) ** 2
    p.equality(e(0) + 1, 1, [START])
    p.inequality(le(x**2, x), [X_SIGN, X_BELOW_1])
    doubled = p.define(q, 2 * x, "twice x")
    p.inequality(le(q, 2), [doubled, X_BELOW_1])
    named = p.define_map(h, (s,), x, "the same in every state")
    p.inequality(eq(h(r), x), [named.at({s: r})])
    p.axiom(ax.TRIANGLE, s, o, r)
    p.induction(le(e(t), y * GeometricSum(x, t)), t, [START, GROWTH, X_SIGN, unrolled(p)])
    p.summation(sp.Sum(k, (k, 0, n - 1)), n * (n - 1) / 2)
    p.summation(sp.Sum(x**k, (k, 0, n - 1)), (1 - x**n) / (1 - x), [X_BELOW_1])
    low = p.limit(-(x**n), n, 0, [X_SIGN, X_BELOW_1])
    assert low.formula == eq(sp.Limit(-(x**n), n, sp.oo), 0)
    signs = p.induction(ge(x**n, 0), n, [X_SIGN])
    below = p.inequality(le(-(x**n), 0), [signs])
    above = p.inequality(le(0, x**n), [signs])
    p.squeeze(below, above, n, [X_SIGN, X_BELOW_1])
    p.pass_to_limit(p.inequality(le(u(n), u(n) + x**n), [signs]), n, [U_LIMIT, X_SIGN, X_BELOW_1])
    same = p.equality(v(n) - v(n) + u(n) + 0, u(n))
    p.same_limit(same, p.given(U_LIMIT), n)
    p.limit(n * x**n + u(n) / (2 - x**n), n, z / 2, [X_SIGN, X_BELOW_1, U_LIMIT])
    with p.by_induction(ge(GeometricSum(x, n), 0), n) as by:
        by.base(p.inequality(ge(0, 0)))
        power = p.induction(ge(x**n, 0), n, [X_SIGN])
        by.step(p.inequality(ge(GeometricSum(x, by.k + 1), 0), [by.hypothesis, power.at(n=by.k)]))
    assert by.fact.formula == ge(GeometricSum(x, n), 0)
    p.cite(series.geometric_bound(), {series.x: x}, [X_SIGN, X_BELOW_1])


def test_a_proof_ends_in_its_claim_and_nowhere_else() -> None:
    bounded = claim((x,), (X_SIGN, X_BELOW_1), x**2, x)
    p = Proof(bounded)
    other = p.inequality(le(x**2, 2 * x), [X_SIGN, X_BELOW_1])
    refused(lambda: p.qed(other), "the claim says")
    refused(lambda: p.qed(p.inequality(ge(x, x**2), [X_SIGN, X_BELOW_1])), "the claim says")
    theorem = p.qed(p.inequality(le(x**2, x), [X_SIGN, X_BELOW_1], "x is at most 1"))
    assert theorem.claim == bounded
    assert theorem.summary == "3 steps: 3 Z3"
    html = theorem._repr_html_()
    assert "x is at most 1" in html and "Z3" in html and "nothing but arithmetic" in html
    refused(lambda: p.inequality(le(x, 1), [X_BELOW_1]), "finished")


def test_the_summary_counts_the_ways_of_discharge() -> None:
    from imagination.theory import return_gap_proofs

    theorem = return_gap_proofs.state_error()
    counts = [int(number) for number in re.findall(r"(\d+) (?!steps)", theorem.summary)]
    assert theorem.summary.startswith(f"{len(theorem.steps)} steps: ")
    assert sum(counts) == len(theorem.steps)
    assert "3 axioms" in theorem.summary and "1 theorem" in theorem.summary


def test_undischarged_steps_are_not_shown() -> None:
    p = proof(X_SIGN)
    refused(lambda: p._repr_html_(), "not finished")
    fact = p.given(X_SIGN)
    assert "x" in fact._repr_latex_()
    forged = Fact(lt(x, 0), 1, p)
    refused(lambda: forged._repr_latex_(), "not a fact")
    theorem = Theorem(claim(), (Step(1, lt(x, 0), "trust me", "Z3", ()),), (), ())
    refused(lambda: theorem._repr_html_(), "not a finished proof")


# -- smuggling: hypotheses -----------------------------------------------------------------------------------


def constant(symbol: sp.Symbol, relation: sp.Rel) -> Callable[[], Any]:
    return lambda: Proof(claim((symbol,), (Hypothesis("h", relation),)))


def in_world(relation: sp.Rel, maps: dict[Any, sp.Lambda], **numbers: Any) -> Callable[[], Any]:
    given = {x: numbers.get("x", 0), n: numbers.get("n", 0)}
    return lambda: Proof(claim((x, n), (Hypothesis("h", relation),)), World(given, maps))


_S, _T = real("S T")
DISTANCE = sp.Lambda((_S, _T), sp.Abs(_S - _T))
ZERO = sp.Lambda((_S, _T), sp.S.Zero)
ZERO_MAP = sp.Lambda(_S, sp.S.Zero)

VACUOUS: dict[str, Callable[[], Any]] = {
    "contradictory numbers": lambda: Proof(claim((x,), (X_BELOW_1, Hypothesis("x > 2", gt(x, 2))))),
    "a natural number between 0 and 1": lambda: Proof(
        claim((n,), (Hypothesis("low", lt(0, n)), Hypothesis("high", lt(n, 1))))
    ),
    "a natural number equal to 1/2": constant(n, eq(2 * n, 1)),
    "an even power below 0": constant(x, lt((x**2) ** 3 + x**4, 0)),
    "a natural power of a nonnegative number below 0": lambda: Proof(
        claim((x, n), (X_SIGN, Hypothesis("h", lt(x**n, 0))))
    ),
    "a geometric sum below 0": lambda: Proof(
        claim((x, n), (X_SIGN, Hypothesis("h", lt(GeometricSum(x, n), 0))))
    ),
    "an absolute value below 0": constant(x, lt(sp.Abs(x), 0)),
    "maps without a world": lambda: Proof(claim((), (START,))),
    "a world that does not interpret the map": in_world(eq(e(0), 0), {}),
    "a world where it is false": in_world(eq(e(0), 1), {e: sp.Lambda(_N, _N)}),
    "a world checked at one time only": lambda: Proof(
        claim((), (Hypothesis("h", le(1 + e(t) ** 2, 1 - t)),)), World({t: 0}, {e: sp.Lambda(_N, sp.S.Zero)})
    ),
    "a negative distance": in_world(eq(w.d_S(s, r), -1), {w.d_S: sp.Lambda((_S, _T), sp.Integer(-1))}),
    "a distance that is not symmetric": in_world(
        eq(w.d_S(s, r), w.d_S(s, r)), {w.d_S: sp.Lambda((_S, _T), sp.Max(_S - _T, 0))}
    ),
    "a negative distance of laws": in_world(
        eq(w.W_S(mu, nu), -1), {w.W_S: sp.Lambda((_S, _T), sp.Integer(-1))}
    ),
    "laws at distance 0, states not": lambda: Proof(
        claim((), (Hypothesis("laws", eq(w.W_S(mu, nu), 0)), Hypothesis("states", le(0, w.d_S(s, r))))),
        World({}, {w.W_S: ZERO, w.d_S: DISTANCE}),
    ),
    "no total variation between different laws": lambda: Proof(
        claim((), (Hypothesis("tv", eq(w.TV_S(mu, nu), 0)), Hypothesis("g", eq(g(s), g(s))))),
        World({}, {w.TV_S: ZERO, g: sp.Lambda(_S, _S)}),
    ),
    "an expectation beyond every value": in_world(
        eq(Expectation(mu, sp.Lambda(s, g(s))), 1 + g(r)), {g: sp.Lambda(_S, sp.S.Zero)}
    ),
    "a map with imaginary values": in_world(eq(F(x) ** 2, -1), {F: sp.Lambda(_S, sp.I)}),
    "a map that is real in places": in_world(eq(g(s) ** 2, g(s) ** 2), {g: sp.Lambda(_S, sp.sqrt(_S))}),
    "a map that divides by zero in places": in_world(eq(g(s), g(s)), {g: sp.Lambda(_S, 1 / _S)}),
    "a number that is imaginary": in_world(eq(x * e(0), -1), {e: sp.Lambda(_N, sp.S.One)}, x=sp.I),
    "a number that is infinite": in_world(eq(x + e(0), x), {e: sp.Lambda(_N, sp.S.One)}, x=sp.oo),
    "a natural number that is negative": in_world(eq(e(0) + n, -1), {e: sp.Lambda(_N, sp.S.Zero)}, n=-1),
    "a natural number that is a fraction": in_world(
        eq(e(0) + 2 * n, 1), {e: sp.Lambda(_N, sp.S.Zero)}, n=sp.S.Half
    ),
    "a limit that does not exist": in_world(
        eq(sp.Limit(e(t), t, sp.oo), x), {e: sp.Lambda(_N, (-1) ** _N)}, x=sp.AccumBounds(-1, 1)
    ),
    "an infinite limit": in_world(eq(sp.Limit(e(t), t, sp.oo), x), {e: sp.Lambda(_N, _N)}, x=sp.oo),
    "one sequence with two limits": lambda: Proof(
        claim(
            (x,),
            (
                Hypothesis("a", eq(sp.Limit(e(t), t, sp.oo), x)),
                Hypothesis("b", eq(sp.Limit(e(t), t, sp.oo), x + 1)),
            ),
        ),
        World({x: 0}, {e: sp.Lambda(_N, sp.S.Zero)}),
    ),
    "points confused with numbers of the same name": lambda: Proof(
        claim((), (Hypothesis("h", eq(g(s), F(real("s_state")))),)),
        World({}, {g: sp.Lambda(_S, _S), F: sp.Lambda(_S, _S)}),
    ),
    "the conclusion as a hypothesis": lambda: Proof(
        claim((x,), (Hypothesis("h", le(sp.Abs(x), 1)),), sp.Abs(x), 1)
    ),
    "the conclusion as an equality": lambda: Proof(
        claim((x,), (Hypothesis("h", eq(sp.Abs(x), 1)),), sp.Abs(x), 1)
    ),
    "a hypothesis that divides by zero": lambda: Proof(claim((x,), (Hypothesis("h", le(1 / x, 1)),))),
    "a hypothesis in floating point": constant(x, le(x, sp.Float(0.5))),
}


@pytest.mark.parametrize("name", VACUOUS)
def test_hypotheses_that_cannot_hold_are_refused(name: str) -> None:
    with pytest.raises(ProofError):
        VACUOUS[name]()


def test_a_numeric_hypothesis_speaks_of_the_claims_symbols() -> None:
    with pytest.raises(ValueError, match="no symbols of the claim"):
        claim((), (Hypothesis("every x is nonnegative", ge(x, 0)),))


def test_total_variation_may_be_anything_in_a_world_of_one_point() -> None:
    Proof(claim((), (Hypothesis("tv", eq(w.TV_S(mu, nu), 0)),)), World({}, {w.TV_S: ZERO}))
    Proof(
        claim(
            (),
            (Hypothesis("tv", le(w.TV_S(mu, nu), 1)), Hypothesis("g", eq(g(s), g(s)))),
        ),
        World({}, {w.TV_S: sp.Lambda((_S, _T), sp.S.One), g: sp.Lambda(_S, _S)}),
    )


def test_total_variation_is_nonnegative_also_in_a_world_of_one_point() -> None:
    # Else the axiom on total variation would say that something is at most -1 in absolute value.
    below = Hypothesis("tv", le(w.TV_S(mu, nu), -1))
    refused(
        lambda: Proof(claim((), (below,)), World({}, {w.TV_S: sp.Lambda((_S, _T), -sp.S.One)})),
        "no such distance",
    )


def test_a_map_of_the_example_world_has_no_variables_of_its_own() -> None:
    # "u(n) = t for every t" holds in no world, whatever u's value is called.
    every = Hypothesis("every number", eq(u(n), t))
    refused(lambda: Proof(claim((), (every,)), World({}, {u: sp.Lambda(_N, t)})), "which have no value")


def test_a_wrong_closed_form_of_a_sum_shows_no_hypothesis() -> None:
    # SymPy 1.14 adds Min(1, 0**k) up to 1 for every n, also for n = 0.
    total = Hypothesis("total", eq(sp.Sum(u(k), (k, 0, n - 1)), 1))
    refused(lambda: Proof(claim((), (total,)), World({}, {u: sp.Lambda(_N, sp.Min(1, sp.S.Zero**_N))})))
    right = Hypothesis("total", eq(sp.Sum(u(k), (k, 0, n - 1)), 2 * n))
    Proof(claim((), (right,)), World({}, {u: sp.Lambda(_N, sp.Integer(2))}))


def test_points_are_no_numbers() -> None:
    # A world's point masses would lie outside the numbers of their sort, where a map may be anything.
    number, positive_map = point("number", "positive"), mapping("G", ("positive",))
    law = point("law", "law of positive")
    refused(lambda: proof().inequality(le(0, positive_map(number) ** 2)), "is a number")
    variable = positive_symbols("j")
    mean = Expectation(law, sp.Lambda(variable, positive_map(variable)))
    refused(lambda: proof().equality(mean, mean), "over points, not over numbers")


# -- smuggling: steps ----------------------------------------------------------------------------------------


def test_an_induction_is_about_something_that_is_defined() -> None:
    # At n = 0 the quotient is gone; its hypothesis must not say that z is not 0.
    p = proof()
    with pytest.raises(ProofError, match="is not shown"), p.by_induction(le(0, n * z**-2), n):
        pass
    with pytest.raises(ProofError, match="exists"), p.by_induction(le(0, n * sp.Limit(v(m), m, sp.oo)), n):
        pass
    apart = Hypothesis("z is not 0", ne(z, 0))
    p = proof(apart, world=replace(WORLD, numbers={**WORLD.numbers, z: 1}))
    with p.by_induction(le(0, n * z**-2), n) as by:
        by.base(p.inequality(le(0, 0)))
        by.step(p.inequality(le(0, (by.k + 1) * z**-2), [by.hypothesis]))
    assert by.fact.formula == le(0, n * z**-2)
    p = proof()
    known = p.inequality(gt(z**2 + 1, 0))
    with p.by_induction(le(0, n / (z**2 + 1)), n, using=[known]) as by:
        refused(lambda: p.by_induction(le(0, m), m, using=[by.hypothesis]).__enter__(), "may not rest")
        by.base(p.inequality(le(0, 0)))
        by.step(p.inequality(le(0, (by.k + 1) / (z**2 + 1)), [by.hypothesis]))


def test_an_outer_induction_does_not_end_within_an_inner_one() -> None:
    p = proof()
    outer = p.by_induction(le(0, n), n)
    first = outer.__enter__()
    inner = p.by_induction(le(first.k * 0, m), m)
    second = inner.__enter__()
    first.base(p.inequality(le(0, 0)))
    first.step(p.inequality(le(0, first.k + 1), [first.hypothesis, second.hypothesis]))
    refused(lambda: outer.__exit__(None, None, None), "inner induction")


def test_a_limit_of_positive_numbers_may_be_0() -> None:
    p = proof()
    limit = sp.Limit(1 / (1 + n), n, sp.oo)
    none = p.axiom(ax.POWER_SEQUENCE, n, sp.Integer(1))
    assert none.formula == eq(limit, 0)
    j = positive_symbols("j")
    refused(lambda: p.define(j, limit, "", using=[none]), "stands for a positive")
    refused(lambda: p.inequality(lt(0, j)).at({j: limit}))
    refused(lambda: p.inequality(lt(0, limit), [none]))


def test_an_axiom_about_a_limit_says_of_no_other_that_it_exists() -> None:
    p, c = proof(), positive_symbols("c")
    p.define(c, sp.Integer(2), "")
    refused(lambda: p.axiom(ax.POWER_SEQUENCE, n, 1 + sp.Limit(m, m, sp.oo)), "sort positive")
    refused(lambda: p.axiom(ax.POWER_SEQUENCE, n, c ** sp.Limit(m, m, sp.oo)), "exists")


def test_an_induction_hypothesis_is_no_fact_about_every_index() -> None:
    # e(0) = 0, and every later term is the mean of e(1), ..., e(7): so e = 0, 1, 1, 1, ... is one of many.
    mean = Hypothesis("mean", eq(e(t + 1), sp.Sum(e(n) / 7, (n, 0, 7))))
    p = proof(START, mean)
    nothing = p.summation(sp.Sum(sp.S.Zero, (n, 0, k - 1)), 0).at(k=sp.Integer(8))
    refused(lambda: p.induction(eq(e(n), 0), n, [START, p.given(mean).at(t=n), nothing]), "not discharged")


def test_an_induction_hypothesis_stays_in_its_induction() -> None:
    p = proof(X_SIGN)
    with pytest.raises(ProofError, match="base and its step"), p.by_induction(le(n, 0), n) as by:
        kept = by.hypothesis
        derived = p.inequality(le(by.k, 1), [kept])
    refused(lambda: p.inequality(le(by.k, 2), [kept]), "outside its induction")
    refused(lambda: p.inequality(le(by.k, 2), [derived]), "outside its induction")
    refused(lambda: p.qed(derived))


def test_the_fixed_number_of_an_induction_is_never_a_variable() -> None:
    p = proof(X_SIGN)
    with pytest.raises(ProofError, match="base and its step"), p.by_induction(ge(n, 0), n) as by:
        fixed = p.inequality(ge(by.k, 0))
    refused(lambda: fixed.at({by.k: n}), "fixed number")
    refused(lambda: p.induction(ge(by.k, 0), by.k), "fixed number")
    refused(lambda: p.summation(sp.Sum(m, (m, 0, by.k - 1)), by.k * (by.k - 1) / 2), "fixed number")
    refused(lambda: p.inequality(ge(sp.Sum(by.k, (by.k, 0, m - 1)), 0)), "already means something")


def test_the_base_case_may_not_use_the_hypothesis() -> None:
    p = proof(X_SIGN)
    with pytest.raises(ProofError, match="may not use"), p.by_induction(le(u(n) ** 2, 0), n) as by:
        zero = p.inequality(le(u(by.k) ** 2, 1), [by.hypothesis])
        by.base(zero)


def test_base_and_step_must_be_what_they_are_called() -> None:
    p = proof(X_SIGN)
    with p.by_induction(ge(n, 0), n) as by:
        one = p.inequality(ge(sp.Integer(1), 0))
        refused(lambda: by.base(one), "base case is")
        refused(lambda: by.step(one), "step shows")
        refused(lambda: by.step(p.inequality(ge(by.k, 0), [by.hypothesis])), "step shows")
        by.base(p.inequality(ge(sp.Integer(0), 0)))
        by.step(p.inequality(ge(by.k + 1, 0), [by.hypothesis]))
    assert by.fact.formula == ge(n, 0)


def test_a_nested_induction_keeps_what_the_outer_one_supposes() -> None:
    p = proof(X_SIGN)
    with pytest.raises(ProofError, match="base and its step"), p.by_induction(le(u(n), 0), n) as outer:
        with p.by_induction(le(u(outer.k) + 0 * m, m), m) as inner:
            inner.base(p.inequality(le(u(outer.k), 0), [outer.hypothesis]))
            inner.step(p.inequality(le(u(outer.k), inner.k + 1), [outer.hypothesis]))
        assert inner.k != outer.k
        p.inequality(le(u(outer.k), 1), [inner.fact.at(m=1)])
        with pytest.raises(AttributeError):
            inner.token  # noqa: B018
    refused(lambda: p.inequality(le(u(outer.k), 2), [inner.fact]), "outside its induction")


INSTANCES: dict[str, tuple[Callable[[Proof], Fact], dict[Any, Any]]] = {
    "a natural number below 0": (lambda p: p.inequality(ge(n, 0)), {n: sp.Integer(-1)}),
    "a natural number less one": (lambda p: p.inequality(ge(n, 0)), {n: m - 1}),
    "half a natural number": (lambda p: p.inequality(ge(n, 0)), {n: m / 2}),
    "a real number for a natural one": (lambda p: p.inequality(ge(n, 0)), {n: x}),
    "a state for a number": (lambda p: p.inequality(ge(q**2, 0)), {q: s}),
    "an action for a state": (lambda p: p.axiom(ax.SELF_DISTANCE, s), {s: a}),
    "a number for a state": (lambda p: p.axiom(ax.SELF_DISTANCE, s), {s: x}),
    "a quotient by what may be zero": (lambda p: p.inequality(ge(q**2, 0)), {q: 1 / z}),
    "a root of what may be negative": (lambda p: p.inequality(ge(q**2, 0)), {q: sp.sqrt(z)}),
    "a limit that may not exist": (lambda p: p.inequality(ge(q**2, 0)), {q: sp.Limit(v(n), n, sp.oo)}),
    "infinity for a number": (lambda p: p.inequality(ge(q**2, 0)), {q: sp.oo}),
    "a fixed number": (lambda p: p.inequality(ge(x**2, 0)), {x: y}),
    "a bound index": (lambda p: p.summation(sp.Sum(m, (m, 0, n - 1)), n * (n - 1) / 2), {m: sp.Integer(3)}),
    "a variable that would be captured": (
        lambda p: p.induction(eq(sp.Sum(q, (m, 0, n - 1)), q * n), n),
        {q: m},
    ),
    "a variable that is not there": (lambda p: p.inequality(ge(n, 0)), {"n": sp.Integer(2)}),
}


@pytest.mark.parametrize("name", INSTANCES)
def test_a_variable_takes_values_of_its_kind_only(name: str) -> None:
    p = proof(X_SIGN)
    state, where = INSTANCES[name]
    fact = state(p)
    with pytest.raises(ProofError):
        fact.at(where)


def test_by_name_an_unknown_variable_is_refused() -> None:
    p = proof(X_SIGN)
    refused(lambda: p.inequality(ge(n, 0)).at(k=m), "no variable 'k'")


SYMBOLS: dict[str, Callable[[Proof], Any]] = {
    "a symbol that is nonnegative by assumption": lambda p: p.inequality(
        le(0, sp.Symbol("p", nonnegative=True))
    ),
    "a symbol without realness": lambda p: p.inequality(ne(sp.Symbol("c") ** 2, -1)),
    "a positive natural number": lambda p: p.induction(
        ge(sp.Symbol("j", integer=True, positive=True), 0), sp.Symbol("j", integer=True, positive=True)
    ),
    "one name for a real and a natural number": lambda p: p.inequality(ge(natural("x") + x, x)),
    "one name for a number and a map": lambda p: p.inequality(ge(F(x) + real("F"), F(x) + real("F"))),
    "one name for two maps": lambda p: p.inequality(le(u(n), u(n) + mapping("u", ("real",))(x) ** 2)),
    "one name for a state and a number": lambda p: p.inequality(ge(g(s) - real("s"), g(s) - real("s"))),
    "a map that is positive by assumption": lambda p: p.equality(
        UndefinedFunction("G", domain=("real",), codomain="real", positive=True)(x),
        abs(UndefinedFunction("G", domain=("real",), codomain="real", positive=True)(x)),
    ),
    "a map without a signature": lambda p: p.inequality(ge(sp.Function("G", real=True)(x) ** 2, 0)),
    "a map of the wrong arguments": lambda p: p.inequality(ge(g(a) ** 2, 0)),
    "a map of natural numbers at -1": lambda p: p.inequality(ge(u(sp.Integer(-1)) ** 2, 0)),
    "a dummy symbol": lambda p: p.inequality(ge(sp.Dummy("x", real=True) ** 2, 0)),
    "a wild symbol": lambda p: p.inequality(ge(sp.Wild("x", real=True) ** 2, 0)),
    "a truth value by cases": lambda p: p.inequality(ge(sp.Piecewise((x, x > 0), (-x, True)), 0)),
    "a function as a number": lambda p: p.equality(sp.Lambda(q, q), sp.Lambda(q, q)),
    "a sum over real numbers": lambda p: p.equality(sp.Sum(q, (q, 0, n - 1)), sp.Sum(q, (q, 0, n - 1))),
    "a sum over states": lambda p: p.equality(sp.Sum(g(s), (s, 0, n - 1)), sp.Sum(g(s), (s, 0, n - 1))),
    "a sum up to a real number": lambda p: p.equality(sp.Sum(u(m), (m, 0, x)), sp.Sum(u(m), (m, 0, x))),
    "a sum that may end before it begins": lambda p: p.equality(
        sp.Sum(u(m), (m, 0, n - 3)), sp.Sum(u(m), (m, 0, n - 3))
    ),
    "an infinite sum": lambda p: p.equality(sp.Sum(u(m), (m, 0, sp.oo)), sp.Sum(u(m), (m, 0, sp.oo))),
    "a geometric sum of x terms": lambda p: p.equality(GeometricSum(y, x), GeometricSum(y, x)),
    "a geometric sum of n - 1 terms": lambda p: p.equality(GeometricSum(y, n - 1), GeometricSum(y, n - 1)),
    "an infinite ratio": lambda p: p.equality(
        CappedGeometricSum(sp.oo, x, x, x, n), CappedGeometricSum(sp.oo, x, x, x, n)
    ),
    "an endless double sum": lambda p: p.equality(
        DoubleGeometricSum(x, y, sp.oo), DoubleGeometricSum(x, y, sp.oo)
    ),
    "an unknown that looks like one of the engine's": lambda p: p.equality(real("w0"), g(s)),
    "an expectation under a law of actions": lambda p: p.inequality(
        ge(Expectation(point("la", "law of action"), sp.Lambda(s, g(s))) ** 2, 0)
    ),
    "a relation of its own making": lambda p: p.inequality(type("Le", (sp.Le,), {})(x, -1)),
    "a term of its own making": lambda p: p.inequality(ge(type("Abs", (sp.Abs,), {})(z), 0)),
}


@pytest.mark.parametrize("name", SYMBOLS)
def test_terms_that_hide_something_are_refused(name: str) -> None:
    p = proof(X_SIGN)
    with pytest.raises(ProofError):
        SYMBOLS[name](p)


def test_a_map_takes_no_natural_values() -> None:
    with pytest.raises(ValueError, match="codomain"):
        mapping("G", ("real",), "natural")


def test_the_sort_of_a_point_is_fixed() -> None:
    with pytest.raises(AttributeError):
        s.sort = "action"
    assert point("s", "state") == s != point("s", "action")


def test_powers_at_zero() -> None:
    p = proof(X_SIGN)
    p.equality(z**n * z, z ** (n + 1))
    p.inequality(eq(GeometricSum(z, 1), 1))
    start = p.induction(le(0, sp.Integer(0) ** n), n)
    p.inequality(ge(sp.Integer(0) ** (n + 1), 0), [start])
    refused(lambda: p.equality(sp.Integer(0) ** n, 0))
    refused(lambda: p.equality(sp.Integer(0) ** n, 1))


# -- smuggling: definitions ----------------------------------------------------------------------------------

DEFINITIONS: dict[str, Callable[[Proof], Any]] = {
    "circular": lambda p: p.define(q, q + 1, ""),
    "twice": lambda p: (p.define(q, x, ""), p.define(q, x + 1, "")),
    "of a constant of the claim": lambda p: p.define(x, 5, ""),
    "of a variable": lambda p: p.define(q, n, ""),
    "of a variable already used": lambda p: (p.inequality(ge(q**2, 0)), p.define(q, x, "")),
    "of what divides by zero": lambda p: p.define(q, 1 / z, ""),
    "of the limit of a divergent sequence": lambda p: p.define(q, sp.Limit((-1) ** n, n, sp.oo), ""),
    "of a natural number that is a fraction": lambda p: p.define(k, sp.S.Half, ""),
    "of a point": lambda p: p.define(s, x, ""),
    "of a number as a point": lambda p: p.define(q, w.s(0), ""),
    "of a map by itself": lambda p: p.define_map(F, (q,), F(q) + 1, ""),
    "of a map in a circle": lambda p: (
        p.define_map(F, (q,), mapping("G", ("real",))(q) + 1, ""),
        p.define_map(mapping("G", ("real",)), (q,), F(q), ""),
    ),
    "of a map of the claim": lambda p: p.define_map(e, (t,), t, ""),
    "of a map with a free variable": lambda p: p.define_map(F, (q,), q + n, ""),
    "of a map at one point": lambda p: p.define_map(F, (x,), x, ""),
    "of a map on a diagonal": lambda p: p.define_map(mapping("G", ("real", "real")), (q, q), q, ""),
    "of a map of states by a number": lambda p: p.define_map(g, (q,), q, ""),
    "of a map with too few variables": lambda p: p.define_map(mapping("G", ("real", "real")), (q,), q, ""),
    "of a map that divides by zero": lambda p: p.define_map(F, (q,), 1 / q, ""),
    "of a map by limits that may not exist": lambda p: p.define_map(F, (q,), sp.Limit(q**n, n, sp.oo), ""),
    "of a distance": lambda p: p.define_map(w.d_S, (s, r), sp.Integer(-1), ""),
    "of a Wasserstein distance": lambda p: p.define_map(w.W_S, (mu, nu), sp.Integer(-1), ""),
    "of a total variation": lambda p: p.define_map(w.TV_S, (mu, nu), sp.Integer(0), ""),
    "under an induction hypothesis": lambda p: _define_in_induction(p),
}


def _define_in_induction(p: Proof) -> None:
    with p.by_induction(ge(u(n), 1), n) as by:
        p.define(q, 1 / u(by.k), "", [by.hypothesis])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_that_is_none_is_refused(name: str) -> None:
    p = proof(X_SIGN, START)
    with pytest.raises(ProofError):
        DEFINITIONS[name](p)


# -- smuggling: limits ---------------------------------------------------------------------------------------


def test_a_divergent_sequence_has_no_limit_by_any_way() -> None:
    p = proof(X_SIGN)
    limit = sp.Limit((-1) ** n, n, sp.oo)
    refused(lambda: p.equality(limit, limit), "exists")
    refused(lambda: p.inequality(le(limit, limit)), "exists")
    refused(lambda: p.inequality(ge(limit**2, 0)), "exists")
    refused(lambda: p.axiom(ax.SYMMETRY, w.s(0), sp.Limit(w.s(n), n, sp.oo)), "exists")
    refused(lambda: p.induction(ge(n + limit**2, 0), n), "exists")


def test_a_bound_of_a_limit_is_not_its_value() -> None:
    p = proof(U_LIMIT)
    bound = p.inequality(le(sp.Limit(u(n), n, sp.oo), z + 5), [U_LIMIT])
    same = p.inequality(eq(u(n), u(n)))
    refused(lambda: p.same_limit(same, bound, n), "not the limit")


def test_a_limit_for_every_parameter_is_no_limit_along_the_diagonal() -> None:
    p = proof(X_SIGN, X_BELOW_1)
    known = p.limit(x**m * u(n), m, 0, [X_SIGN, X_BELOW_1])
    refused(lambda: p.limit(x**n * u(n), n, 0, [known, X_SIGN, X_BELOW_1]))


def test_n_times_a_power_vanishes_only_below_1() -> None:
    far = Hypothesis("powers", eq(sp.Limit(z**n, n, sp.oo), z))
    p = proof(far, world=World({z: 1}, {}))
    refused(lambda: p.limit(n * z**n, n, 0, [far]))


def test_limits_run_over_natural_numbers() -> None:
    p = proof(X_SIGN, X_BELOW_1, U_LIMIT)
    refused(lambda: p.limit(x**q, q, 0, [X_SIGN, X_BELOW_1]))
    refused(lambda: p.limit(x, x, 0))
    fact = p.inequality(ge(q**2, 0))
    refused(lambda: p.pass_to_limit(fact, q))
    refused(lambda: p.pass_to_limit(p.inequality(ge(x**2, 0)), x))
    refused(lambda: p.same_limit(p.equality(q, q), p.given(U_LIMIT), q))


# -- smuggling: facts, axioms, theorems ----------------------------------------------------------------------


def test_facts_of_another_proof_are_refused() -> None:
    wrong = Hypothesis("x = 5", eq(x, 5))
    elsewhere = Proof(claim((x,), (wrong,))).given(wrong)
    p = proof(X_SIGN)
    refused(lambda: p.inequality(ge(x, 5), [elsewhere]), "not a fact of this proof")
    refused(lambda: p.qed(elsewhere), "not a fact of this proof")
    refused(lambda: p.inequality(ge(x, 5), [wrong]), "not a hypothesis")


def test_forged_facts_are_refused() -> None:
    p = proof(X_SIGN)
    fact = p.given(X_SIGN)
    refused(lambda: p.inequality(lt(x, 0), [replace(fact, formula=lt(x, 0))]), "not a fact")
    refused(lambda: p.inequality(lt(x, 0), [Fact(lt(x, 0), 1, p)]), "not a fact")
    refused(lambda: p.inequality(lt(x, 0), [SimpleNamespace(formula=lt(x, 0))]), "not a fact")
    object.__setattr__(fact, "formula", lt(x, 0))
    refused(lambda: p.inequality(lt(x, 0), [fact]), "not discharged")


def test_the_place_of_a_dead_object_gives_no_rights() -> None:
    p = proof(X_SIGN)
    for _ in range(200):
        hypothesis = Hypothesis("x >= 0", ge(x, 0))
        p.inequality(ge(x + 1, 0), [hypothesis])
        del hypothesis
        refused(lambda: p.inequality(lt(x, 0), [Hypothesis("x < 0", lt(x, 0))]), "not a hypothesis")


def test_a_hypothesis_that_calls_itself_equal_is_refused() -> None:
    class Chameleon(Hypothesis):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = Hypothesis.__hash__

    p = proof(X_SIGN)
    forged = Chameleon("x >= 0", lt(x, 0))
    refused(lambda: p.given(forged), "not a hypothesis")
    refused(lambda: p.inequality(lt(x, 0), [forged]), "not a hypothesis")
    refused(lambda: Proof(claim((x,), (forged,))), "subclass")


def test_a_claim_does_not_change_under_its_proof() -> None:
    class Shifting(Claim):
        @property
        def statement(self) -> sp.Rel:
            return le(0, 1)

    refused(lambda: Proof(Shifting("a", "b", (), (), sp.Integer(1), sp.Integer(0))), "subclass")

    hypotheses = [X_SIGN]
    mutable = claim((x,), hypotheses, x, 5)  # type: ignore[arg-type]
    p = Proof(mutable)
    wrong = Hypothesis("x < 1", lt(x, 1))
    hypotheses.append(wrong)
    object.__setattr__(mutable, "expression", sp.Integer(-1))
    refused(lambda: p.given(wrong), "not a hypothesis")
    with pytest.raises(AttributeError):
        p.claim = mutable  # type: ignore[misc]
    assert p.claim.expression == 5


def test_a_theorem_is_made_by_its_proof_alone() -> None:
    true = claim((x,), (X_SIGN,), -x, 0)
    p = Proof(true)
    theorem = p.qed(p.inequality(le(-x, 0), [X_SIGN]))
    wrong = claim((x,), (), x, 0)
    user = proof(X_SIGN)
    for forged in (
        replace(theorem, claim=wrong),
        Theorem(wrong, theorem.steps, (), ()),
        wrong,
        "Lemma 1",
        None,
    ):
        refused(lambda forged=forged: user.cite(forged), "not a finished proof")
    object.__setattr__(theorem, "claim", wrong)
    refused(lambda: user.cite(theorem), "has been changed")
    refused(theorem._repr_html_, "has been changed")
    object.__setattr__(theorem, "claim", true)
    object.__setattr__(theorem, "steps", ())
    refused(theorem._repr_html_, "has been changed")


def test_changing_a_claim_after_its_proof_changes_no_theorem() -> None:
    true = claim((x,), (X_SIGN,), -x, 0)
    p = Proof(true)
    theorem = p.qed(p.inequality(le(-x, 0), [X_SIGN]))
    object.__setattr__(true, "expression", sp.Integer(-1))
    assert theorem.claim.expression == 0
    object.__setattr__(theorem.claim, "expression", sp.Integer(-1))
    refused(lambda: proof(X_SIGN).cite(theorem), "has been changed")


def test_only_the_listed_axioms_are_accepted() -> None:
    p = proof(X_SIGN)
    lie = ax.Axiom("lie", "[nowhere]", lambda premises, constants: lt(x, 0))
    refused(lambda: p.axiom(lie), "not among the axioms")
    refused(lambda: p.axiom(replace(ax.TRIANGLE, conclude=lie.conclude)), "not among the axioms")
    assert isinstance(ax.ALL, tuple)
    with pytest.raises(TypeError):
        ax.METRICS["state"] = w.f  # type: ignore[index]


def test_an_axiom_says_what_it_said_at_first() -> None:
    p = proof(X_SIGN)
    said = ax.SELF_DISTANCE.conclude
    try:
        object.__setattr__(ax.SELF_DISTANCE, "conclude", lambda *_: lt(x, 0))
        assert p.axiom(ax.SELF_DISTANCE, s).formula == eq(w.d_S(s, s), 0)
    finally:
        object.__setattr__(ax.SELF_DISTANCE, "conclude", said)


NAMED = claim((x,), (X_SIGN, Hypothesis("u is below x", le(u(t), x))), u(n), 2 * x, variables=(n,))


def cited(where: dict[Any, Any], *using: Any, symbols: Any = (x, y, z)) -> Callable[[], Any]:
    p = Proof(NAMED, World({x: 0}, {u: sp.Lambda(_N, sp.S.Zero)}))
    theorem = p.qed(p.inequality(NAMED.statement, [X_SIGN, p.given(NAMED.hypotheses[1]).at(t=n)]))
    below = Hypothesis("v is below z", le(v(t), z))
    sign = Hypothesis("z >= 0", ge(z, 0))
    at_k = Hypothesis("v is below z at k", le(v(k), z))

    def attempt() -> Any:
        user = Proof(
            claim((*symbols, k), (below, sign, at_k)),
            World({x: 0, y: 0, z: 0, k: 0}, {v: sp.Lambda(_N, sp.S.Zero)}),
        )
        return user.cite(
            theorem, where, [user.given({"below": below, "sign": sign, "at k": at_k}[u]) for u in using]
        )

    return attempt


def test_a_theorem_is_cited_with_its_hypotheses_and_without_capture() -> None:
    assert cited({x: z, u: v}, "below", "sign")().formula == le(v(n), 2 * z)
    assert cited({x: z, u: v, n: m + 1}, "below", "sign")().formula == le(v(m + 1), 2 * z)
    refused(cited({x: y, u: v}, "below", "sign"), "needs")
    refused(cited({x: z}, "below", "sign"), "needs")
    refused(cited({x: z + e(t), u: v}, "below", "sign"), "said for all")
    refused(cited({x: 1 / z, u: v}, "below", "sign"))
    refused(cited({x: z, u: v, n: m - 1}, "below", "sign"), "stands for a natural")
    refused(cited({x: z, u: v, t: k}, "below", "sign"), "not a symbol")
    refused(cited({x: z, u: g}, "below", "sign"), "signature")
    refused(cited({x: s, u: v}, "below", "sign"))


def test_a_theorem_about_all_times_is_not_fed_with_one_time() -> None:
    other = claim((x,), (X_SIGN, Hypothesis("u is below x", le(u(k), x))), u(n), 2 * x, variables=(n,))
    p = Proof(other, World({x: 0}, {u: sp.Lambda(_N, sp.S.Zero)}))
    theorem = p.qed(p.inequality(other.statement, [X_SIGN, p.given(other.hypotheses[1]).at(k=n)]))
    once = Hypothesis("u is below x at k", le(u(k), x))
    user = Proof(claim((x, k), (X_SIGN, once)), World({x: 0, k: 0}, {u: sp.Lambda(_N, sp.S.Zero)}))
    refused(lambda: user.cite(theorem, {}, [X_SIGN, once]), "fixed in this proof")


def test_what_holds_for_a_distance_is_not_said_of_another_map() -> None:
    triangle = claim((), (), w.d_S(s, r), w.d_S(s, o) + w.d_S(o, r), variables=(s, r, o))
    p = Proof(triangle)
    theorem = p.qed(p.axiom(ax.TRIANGLE, s, o, r))
    user = proof(X_SIGN)
    refused(lambda: user.cite(theorem, {w.d_S: mapping("D", ("state", "state"))}), "distances")


def test_values_are_defined_also_where_the_statement_forgets_them() -> None:
    inverse = Hypothesis("y is an inverse", eq(x * y, 1))
    nonzero = claim((x, y), (inverse,), 0, y**2, "<")
    p = Proof(nonzero)
    theorem = p.qed(p.inequality(nonzero.statement, [inverse]))
    user = proof(X_SIGN)
    refused(lambda: user.cite(theorem, {x: 1 / z, y: z}), "divides")


# -- smuggling: the axioms about laws ------------------------------------------------------------------------


def test_kantorovich_wants_a_lipschitz_function_of_both_points() -> None:
    smooth = Hypothesis("g is Lipschitz", le(sp.Abs(g(s) - g(r)), x * w.d_S(s, r)))
    one_sided = Hypothesis("g is bounded", le(sp.Abs(g(s) - h(r)), x))
    at_o = Hypothesis("near o", le(sp.Abs(g(s) - g(o)), x * w.d_S(s, o)))
    maps = {g: sp.Lambda(_S, sp.S.Zero), h: sp.Lambda(_S, sp.S.Zero), w.d_S: DISTANCE}
    p = Proof(claim((x, o), (smooth, one_sided, at_o)), World({x: 0}, maps))
    expect = [Expectation(law, sp.Lambda(s, g(s))) for law in (mu, nu)]
    fact = p.axiom(ax.KANTOROVICH, s, r, mu, nu, using=[smooth])
    assert fact.formula == le(sp.Abs(expect[0] - expect[1]), x * w.W_S(mu, nu))
    refused(lambda: p.axiom(ax.KANTOROVICH, s, r, mu, nu, using=[one_sided]), "one g")
    refused(lambda: p.axiom(ax.KANTOROVICH, s, o, mu, nu, using=[at_o]), "throughout")
    refused(lambda: p.axiom(ax.KANTOROVICH, s, s, mu, nu, using=[smooth]), "two variables")
    refused(lambda: p.axiom(ax.KANTOROVICH, s, r, mu, s, using=[smooth]), "sort")
    refused(lambda: p.axiom(ax.KANTOROVICH, s, r, mu, nu), "one premise")
    refused(lambda: p.axiom(ax.SPAN, s, r, mu, nu, using=[smooth]), "depends on")


def test_an_expectation_averages_over_all_points() -> None:
    bound = Hypothesis("close", le(sp.Abs(g(s) - h(s)), x))
    varying = Hypothesis("close at s", le(sp.Abs(g(s) - h(s)), F(x) + w.d_S(s, r)))
    maps = {name: sp.Lambda(_S, sp.S.Zero) for name in (g, h, F)} | {w.d_S: DISTANCE}
    p = Proof(claim((x,), (bound, varying)), World({x: 0}, maps))
    p.axiom(ax.EXPECTATION, s, mu, using=[bound])
    refused(lambda: p.axiom(ax.EXPECTATION, s, mu, using=[varying]), "free of")
    refused(lambda: p.axiom(ax.EXPECTATION, s, s, using=[bound]), "law of state")
    fixed = Proof(claim((x, s), (bound,)), World({x: 0}, maps))
    refused(lambda: fixed.axiom(ax.EXPECTATION, s, mu, using=[bound]), "throughout")


def test_expectations_are_linear_in_what_does_not_vary() -> None:
    p = proof(X_SIGN)
    linear = p.axiom(ax.LINEAR, s, mu, x * g(s) + h(r) * g(s) + y * h(s) + z)
    mean = {name: Expectation(mu, sp.Lambda(s, name(s))) for name in (g, h)}
    assert sp.expand(linear.formula.rhs - (x + h(r)) * mean[g] - y * mean[h] - z) == 0
    product = p.axiom(ax.LINEAR, s, mu, g(s) * h(s))
    refused(lambda: p.inequality(eq(product.formula.lhs, mean[g] * mean[h]), [product]))
    refused(lambda: p.axiom(ax.LINEAR, s, s, g(s)), "law of state")
    refused(lambda: p.axiom(ax.LINEAR, s, P(s, a), g(s)), "depends on")
    refused(lambda: p.axiom(ax.LINEAR, x, mu, g(s)), "point variable")
    below = p.inequality(le(g(s), g(s) + h(s) ** 2))
    assert p.axiom(ax.MONOTONE, s, mu, using=[below]).formula.lhs == mean[g]
    refused(lambda: p.axiom(ax.MONOTONE, s, P(s, a), using=[below]), "depends on")
    refused(lambda: p.axiom(ax.MONOTONE, s, mu, using=[p.equality(g(s), g(s))]), "of the form")
    fixed = Proof(claim((x, s), (Hypothesis("at s", le(g(s), x)),)), World({x: 0}, {g: ZERO_MAP}))
    refused(lambda: fixed.axiom(ax.MONOTONE, s, mu, using=[fixed.claim.hypotheses[0]]), "point variable")


def test_logarithms_are_bounded_by_powers() -> None:
    p = proof(X_SIGN, X_BELOW_1)
    j = positive_symbols("j")
    assert p.axiom(ax.LOG_TANGENT, j, x).formula == ge(j**x, 1 + x * sp.log(j))
    refused(lambda: p.axiom(ax.LOG_TANGENT, x, y), "sort positive")
    above = p.inequality(ge(1 + j, 1))
    assert p.axiom(ax.LOG_SIGN, 1 + j, using=[above]).formula == ge(sp.log(1 + j), 0)
    refused(lambda: p.axiom(ax.LOG_SIGN, j, using=[above]), "must say")
    refused(lambda: p.axiom(ax.LOG_SIGN, x, using=[p.inequality(le(x, 1), [X_BELOW_1])]), "sort positive")
    refused(lambda: p.axiom(ax.LOG_SIGN, j), "one premise")


def test_a_series_needs_nonnegative_terms_and_a_fixed_bound() -> None:
    total = CappedGeometricSum(x, y, 1, 1, n)
    p = proof(X_SIGN, X_BELOW_1, Y_SIGN)
    refused(lambda: p.axiom(ax.SERIES, n, total), "two premises")
    flat = p.inequality(le(total, total + n))
    refused(lambda: p.axiom(ax.SERIES, n, total, using=[flat, flat]), "first premise")
    refused(lambda: p.axiom(ax.SERIES, n, GeometricSum(x, n), using=[flat, flat]), "not a sum")


# -- what is assumed -----------------------------------------------------------------------------------------


def test_no_axiom_speaks_of_returns_or_models() -> None:
    p = proof(
        Hypothesis("g is Lipschitz", le(sp.Abs(g(s) - g(r)), x * w.d_S(s, r))),
        Hypothesis("g is bounded", le(sp.Abs(g(s) - g(r)), x)),
        Hypothesis("close", le(sp.Abs(g(s) - h(s)), x)),
        X_SIGN,
        X_BELOW_1,
        Y_SIGN,
        world=World(
            {x: 0, y: 0}, {g: sp.Lambda(_S, sp.S.Zero), h: sp.Lambda(_S, sp.S.Zero), w.d_S: DISTANCE}
        ),
    )
    smooth, bounded, close, *_ = p.claim.hypotheses
    total = CappedGeometricSum(x, y, 1, 1, n)
    sign = p.induction(ge(GeometricSum(y, n), 0), n, [Y_SIGN])
    term = p.inequality(ge(x**n * sp.Min(1, GeometricSum(y, n)), 0), [X_SIGN, sign])
    growing = p.inequality(le(total, total.xreplace({n: n + 1})), [term])
    less = p.inequality(le(x**n * sp.Min(1, GeometricSum(y, n)), x**n), [X_SIGN])
    partial = p.induction(le(total, GeometricSum(x, n)), n, [less])
    limit = p.cite(series.geometric_bound(), {series.x: x})
    below = p.inequality(le(total, 1 / (1 - x)), [partial, limit, X_BELOW_1])
    j = positive_symbols("j")
    apart, beyond, more = (p.inequality(made) for made in (ne(1 + j, 1), gt(1 + j, 1), lt(j, j + 1)))
    least = p.inequality(le(2, j + 1 / j))
    conclusions = {
        ax.TRIANGLE: p.axiom(ax.TRIANGLE, s, r, o),
        ax.SYMMETRY: p.axiom(ax.SYMMETRY, s, r),
        ax.SELF_DISTANCE: p.axiom(ax.SELF_DISTANCE, s),
        ax.NONNEGATIVE: p.axiom(ax.NONNEGATIVE, s, r),
        ax.KANTOROVICH: p.axiom(ax.KANTOROVICH, s, r, mu, nu, using=[smooth]),
        ax.SPAN: p.axiom(ax.SPAN, s, r, mu, nu, using=[bounded]),
        ax.EXPECTATION: p.axiom(ax.EXPECTATION, s, mu, using=[close]),
        ax.TWO_EXPECTATIONS: p.axiom(ax.TWO_EXPECTATIONS, s, r, mu, nu, using=[bounded]),
        ax.SERIES: p.axiom(ax.SERIES, n, total, using=[growing, below]),
        ax.BERNOULLI: p.axiom(ax.BERNOULLI, j, x, using=[X_SIGN, p.inequality(le(x, 1), [X_BELOW_1])]),
        ax.BERNOULLI_STRICT: p.axiom(ax.BERNOULLI_STRICT, 1 + j, 1 + j, using=[apart, beyond]),
        ax.POWER_ORDER: p.axiom(ax.POWER_ORDER, j, using=[more, p.inequality(lt(0, j))]),
        ax.POWER_EQUALITY: p.axiom(ax.POWER_EQUALITY, x, using=[p.equality(j, j)]),
        ax.POWER_SEQUENCE: p.axiom(ax.POWER_SEQUENCE, n, sp.Integer(2)),
        ax.FERMAT: p.axiom(ax.FERMAT, j, sp.Integer(1), using=[least]),
        ax.LINEAR: p.axiom(ax.LINEAR, s, mu, x * g(s) + h(s) * y + x),
        ax.MONOTONE: p.axiom(ax.MONOTONE, s, mu, using=[p.inequality(le(g(s), g(s) + h(s) ** 2))]),
        ax.LOG_TANGENT: p.axiom(ax.LOG_TANGENT, j, x),
        ax.LOG_SIGN: p.axiom(ax.LOG_SIGN, j + 1, using=[p.inequality(ge(j + 1, 1))]),
    }
    through_rules = {ax.LIMIT_ORDER, ax.LIMIT_ALGEBRA, ax.GEOMETRIC_SEQUENCE}
    assert set(conclusions) | through_rules == set(ax.ALL)
    # What goes in comes from premises and arguments; an axiom adds a distance, expectation or limit, no more.
    allowed = {
        "-",
        *map(str, (x, y, s, r, o, mu, nu, n, j, g, h, w.d_S, w.W_S, w.TV_S)),
    }  # "-" is a limit's side
    for fact in conclusions.values():
        names = {str(part) for part in fact.formula.atoms(sp.Symbol)}
        names |= {str(part.func) for part in fact.formula.atoms(sp.core.function.AppliedUndef)}
        assert names <= allowed
    for axiom in ax.ALL:
        assert axiom.name and axiom.source.startswith("[")
        assert not re.search(r"return|model|error|bound of|gap|polic", axiom.name)
