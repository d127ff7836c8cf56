"""The proof engine: what it discharges, and the many wrong steps that it must refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
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

X_SIGN = Hypothesis("x >= 0", sp.Ge(x, 0))
X_BELOW_1 = Hypothesis("x < 1", sp.Lt(x, 1))
Y_SIGN = Hypothesis("y >= 0", sp.Ge(y, 0))
START = Hypothesis("e starts at 0", sp.Eq(e(0), 0))
GROWTH = Hypothesis("e grows", sp.Le(e(t + 1), x * e(t) + y))
U_LIMIT = Hypothesis("u has a limit", sp.Eq(sp.Limit(u(n), n, sp.oo), z))
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


def eq(left: Any, right: Any) -> sp.Rel:
    return sp.Eq(left, right, evaluate=False)


def le(left: Any, right: Any) -> sp.Rel:
    return sp.Le(left, right, evaluate=False)


def refused(attempt: Callable[[], Any], match: str = "") -> None:
    with pytest.raises(ProofError, match=match):
        attempt()


def unrolled(p: Proof) -> Fact:
    return p.cite(series.geometric_recursion(), {series.x: x, series.n: t})


# -- planted wrong steps -----------------------------------------------------------------------------------------

PLANTED: dict[str, Callable[[Proof], Any]] = {
    "wrong sign": lambda p: p.equality((x - y) ** 2, x**2 + 2 * x * y + y**2),
    "missing factor": lambda p: p.equality((x + y) ** 2, x**2 + x * y + y**2),
    "hypothesis dropped from an inequality": lambda p: p.inequality(le(x**2, x), [X_SIGN]),
    "strict for weak": lambda p: p.inequality(sp.Lt(0, x), [X_SIGN]),
    "inequality the wrong way round": lambda p: p.inequality(le(x, x**2), [X_SIGN, X_BELOW_1]),
    "multiply by a number of unknown sign": lambda p: p.inequality(le(z * x, z), [X_BELOW_1]),
    "square root of a square without its absolute value": lambda p: p.equality(sp.sqrt(z**2), z),
    "absolute value dropped": lambda p: p.equality(sp.Abs(z), z),
    "absolute value of a sum is not the sum of absolute values": lambda p: p.equality(
        sp.Abs(z + y), sp.Abs(z) + sp.Abs(y)
    ),
    "triangle inequality reversed": lambda p: p.inequality(le(sp.Abs(z) + sp.Abs(y), sp.Abs(z + y))),
    "minimum taken for maximum": lambda p: p.inequality(le(sp.Max(z, y), sp.Min(z, y))),
    "minimum of three above its second part": lambda p: p.inequality(le(x + sp.S.Half, sp.Min(x + 1, y, z + 1))),
    "division by something that can be zero": lambda p: p.equality(z / z**2, 1 / z),
    "division by 1 - x where x may be 1": lambda p: p.inequality(le(1, 1 / (1 - x)), [X_SIGN]),
    "negative power that vanishes at the start": lambda p: p.equality(z ** (n - 1) * z, z**n),
    "square root of a negative number": lambda p: p.inequality(le(0, sp.sqrt(-1 - y))),
    "real power of a negative number": lambda p: p.inequality(le(0, (1 + (-2) ** z) ** 2)),
    "base case skipped": lambda p: p.induction(le(1, n), n),
    "base case false, step true": lambda p: p.induction(eq(GeometricSum(x, n), (x**n - 1) / (x - 1) + 1), n, [X_BELOW_1]),
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
    "induction over a real variable": lambda p: p.induction(sp.Ge(q, 0), q),
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
    "limit taken inside a sum": lambda p: p.limit(
        sp.Sum(x**n, (k, 0, n - 1)), n, 0, [X_SIGN, X_BELOW_1]
    ),
    "limit of an unknown sequence": lambda p: p.limit(v(n), n, z, [U_LIMIT]),
    "limit that depends on its index": lambda p: p.limit(n * x**n, n, 0 * x + n, [X_SIGN, X_BELOW_1]),
    "strict inequality passed to the limit": lambda p: p.pass_to_limit(
        p.inequality(sp.Lt(u(n), u(n) + 1)), n, [U_LIMIT]
    ),
    "passing to the limit without the limit": lambda p: p.pass_to_limit(p.inequality(le(u(n), u(n) + 1)), n),
    "squeeze between different limits": lambda p: p.squeeze(
        p.inequality(le(u(n) - 1, u(n))), p.inequality(le(u(n), u(n) + 1)), n, [U_LIMIT]
    ),
    "squeeze around two different terms": lambda p: p.squeeze(
        p.inequality(le(u(n) - 1, u(n))), p.inequality(le(v(n), v(n) + 1)), n, [U_LIMIT]
    ),
    "equality that needs a premise that is not named": lambda p: p.equality(e(0), 0),
    "hypothesis of another claim": lambda p: p.given(Hypothesis("x = 5", sp.Eq(x, 5))),
    "metric axiom across two spaces": lambda p: p.axiom(ax.TRIANGLE, s, a, r),
    "metric axiom for numbers": lambda p: p.axiom(ax.SYMMETRY, x, y),
    "triangle inequality with too few points": lambda p: p.axiom(ax.TRIANGLE, s, r),
    "triangle inequality with a wrong middle": lambda p: p.inequality(
        le(w.d_S(s, r), w.d_S(s, o)), [p.axiom(ax.TRIANGLE, s, o, r)]
    ),
    "an axiom that is used through a rule": lambda p: p.axiom(ax.LIMIT_ORDER, n),
    "theorem cited without its hypothesis": lambda p: p.cite(series.geometric_bound(), {series.x: z}, [X_SIGN]),
    "theorem cited with a hypothesis that fails": lambda p: p.cite(
        series.geometric_bound(), {series.x: x + 1}, [X_SIGN, X_BELOW_1]
    ),
    "theorem about maps cited without the fact": lambda p: p.cite(
        series.error_growth(), {series.ell: x, series.eps: z}, [X_SIGN, START]
    ),
    "comparison of a point with a number": lambda p: p.inequality(le(s, x)),
    "floating-point number": lambda p: p.inequality(le(x, sp.Float(1.0)), [X_BELOW_1]),
    "infinity": lambda p: p.inequality(sp.Lt(x, sp.oo, evaluate=False)),
    "a statement that is no relation": lambda p: p.inequality(sp.true),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_planted_wrong_step_is_refused(name: str) -> None:
    p = proof(X_SIGN, X_BELOW_1, Y_SIGN, START, GROWTH, U_LIMIT)
    with pytest.raises(ProofError):
        PLANTED[name](p)
    refused(lambda: p._repr_html_(), "not finished")


def test_there_are_many_planted_steps() -> None:
    assert len(PLANTED) >= 25


# -- each kind of step works -------------------------------------------------------------------------------------


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
    signs = p.induction(sp.Ge(x**n, 0), n, [X_SIGN])
    below = p.inequality(le(-(x**n), 0), [signs])
    above = p.inequality(le(0, x**n), [signs])
    p.squeeze(below, above, n, [X_SIGN, X_BELOW_1])
    p.pass_to_limit(p.inequality(le(u(n), u(n) + x**n), [signs]), n, [U_LIMIT, X_SIGN, X_BELOW_1])
    same = p.equality(v(n) - v(n) + u(n) + 0, u(n))
    p.same_limit(same, p.given(U_LIMIT), n)
    p.limit(n * x**n + u(n) / (2 - x**n), n, z / 2, [X_SIGN, X_BELOW_1, U_LIMIT])
    with p.by_induction(sp.Ge(GeometricSum(x, n), 0), n) as by:
        by.base(p.inequality(sp.Ge(0, 0, evaluate=False)))
        power = p.induction(sp.Ge(x**n, 0), n, [X_SIGN])
        by.step(p.inequality(sp.Ge(GeometricSum(x, by.k + 1), 0), [by.hypothesis, power.at(n=by.k)]))
    assert by.fact.formula == sp.Ge(GeometricSum(x, n), 0)
    p.cite(series.geometric_bound(), {series.x: x}, [X_SIGN, X_BELOW_1])


def test_a_proof_ends_in_its_claim_and_nowhere_else() -> None:
    bounded = claim((x,), (X_SIGN, X_BELOW_1), x**2, x)
    p = Proof(bounded)
    other = p.inequality(le(x**2, 2 * x), [X_SIGN, X_BELOW_1])
    refused(lambda: p.qed(other), "the claim says")
    refused(lambda: p.qed(p.inequality(sp.Ge(x, x**2), [X_SIGN, X_BELOW_1])), "the claim says")
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
    forged = Fact(sp.Lt(x, 0), 1, p)
    refused(lambda: forged._repr_latex_(), "not a fact")
    theorem = Theorem(claim(), (Step(1, sp.Lt(x, 0), "trust me", "Z3", ()),), (), ())
    refused(lambda: theorem._repr_html_(), "not a finished proof")


# -- smuggling: hypotheses ---------------------------------------------------------------------------------------


def constant(symbol: sp.Symbol, relation: sp.Rel) -> Callable[[], Any]:
    return lambda: Proof(claim((symbol,), (Hypothesis("h", relation),)))


def in_world(relation: sp.Rel, maps: dict[Any, sp.Lambda], **numbers: Any) -> Callable[[], Any]:
    given = {x: numbers.get("x", 0), n: numbers.get("n", 0)}
    return lambda: Proof(claim((x, n), (Hypothesis("h", relation),)), World(given, maps))


_S, _T = real("S T")
DISTANCE = sp.Lambda((_S, _T), sp.Abs(_S - _T))
ZERO = sp.Lambda((_S, _T), sp.S.Zero)

VACUOUS: dict[str, Callable[[], Any]] = {
    "contradictory numbers": lambda: Proof(claim((x,), (X_BELOW_1, Hypothesis("x > 2", sp.Gt(x, 2))))),
    "a natural number between 0 and 1": lambda: Proof(
        claim((n,), (Hypothesis("low", sp.Lt(0, n)), Hypothesis("high", sp.Lt(n, 1))))
    ),
    "a natural number equal to 1/2": constant(n, sp.Eq(2 * n, 1)),
    "an even power below 0": constant(x, sp.Lt((x**2) ** 3 + x**4, 0)),
    "a natural power of a nonnegative number below 0": lambda: Proof(
        claim((x, n), (X_SIGN, Hypothesis("h", sp.Lt(x**n, 0))))
    ),
    "a geometric sum below 0": lambda: Proof(
        claim((x, n), (X_SIGN, Hypothesis("h", sp.Lt(GeometricSum(x, n), 0))))
    ),
    "an absolute value below 0": constant(x, sp.Lt(sp.Abs(x), 0, evaluate=False)),
    "maps without a world": lambda: Proof(claim((), (START,))),
    "a world that does not interpret the map": in_world(sp.Eq(e(0), 0), {}),
    "a world where it is false": in_world(sp.Eq(e(0), 1), {e: sp.Lambda(_N, _N)}),
    "a world checked at one time only": lambda: Proof(
        claim((), (Hypothesis("h", sp.Le(1 + e(t) ** 2, 1 - t)),)), World({t: 0}, {e: sp.Lambda(_N, sp.S.Zero)})
    ),
    "a negative distance": in_world(
        sp.Eq(w.d_S(s, r), -1), {w.d_S: sp.Lambda((_S, _T), sp.Integer(-1))}
    ),
    "a distance that is not symmetric": in_world(
        sp.Eq(w.d_S(s, r), w.d_S(s, r) , evaluate=False), {w.d_S: sp.Lambda((_S, _T), sp.Max(_S - _T, 0))}
    ),
    "a negative distance of laws": in_world(
        sp.Eq(w.W_S(mu, nu), -1), {w.W_S: sp.Lambda((_S, _T), sp.Integer(-1))}
    ),
    "laws at distance 0, states not": lambda: Proof(
        claim((), (Hypothesis("laws", sp.Eq(w.W_S(mu, nu), 0)), Hypothesis("states", sp.Le(0, w.d_S(s, r))))),
        World({}, {w.W_S: ZERO, w.d_S: DISTANCE}),
    ),
    "no total variation between different laws": lambda: Proof(
        claim((), (Hypothesis("tv", sp.Eq(w.TV_S(mu, nu), 0)), Hypothesis("g", sp.Eq(g(s), g(s), evaluate=False)))),
        World({}, {w.TV_S: ZERO, g: sp.Lambda(_S, _S)}),
    ),
    "an expectation beyond every value": in_world(
        sp.Eq(Expectation(mu, sp.Lambda(s, g(s))), 1 + g(r)), {g: sp.Lambda(_S, sp.S.Zero)}
    ),
    "a map with imaginary values": in_world(sp.Eq(F(x) ** 2, -1), {F: sp.Lambda(_S, sp.I)}),
    "a map that is real in places": in_world(sp.Eq(g(s) ** 2, g(s) ** 2, evaluate=False), {g: sp.Lambda(_S, sp.sqrt(_S))}),
    "a map that divides by zero in places": in_world(sp.Eq(g(s), g(s), evaluate=False), {g: sp.Lambda(_S, 1 / _S)}),
    "a number that is imaginary": in_world(sp.Eq(x * e(0), -1), {e: sp.Lambda(_N, sp.S.One)}, x=sp.I),
    "a number that is infinite": in_world(sp.Eq(x + e(0), x), {e: sp.Lambda(_N, sp.S.One)}, x=sp.oo),
    "a natural number that is negative": in_world(sp.Eq(e(0) + n, -1), {e: sp.Lambda(_N, sp.S.Zero)}, n=-1),
    "a natural number that is a fraction": in_world(
        sp.Eq(e(0) + 2 * n, 1), {e: sp.Lambda(_N, sp.S.Zero)}, n=sp.S.Half
    ),
    "a limit that does not exist": in_world(
        sp.Eq(sp.Limit(e(t), t, sp.oo), x), {e: sp.Lambda(_N, (-1) ** _N)}, x=sp.AccumBounds(-1, 1)
    ),
    "an infinite limit": in_world(
        sp.Eq(sp.Limit(e(t), t, sp.oo), x), {e: sp.Lambda(_N, _N)}, x=sp.oo
    ),
    "one sequence with two limits": lambda: Proof(
        claim((x,), (
            Hypothesis("a", sp.Eq(sp.Limit(e(t), t, sp.oo), x)), Hypothesis("b", sp.Eq(sp.Limit(e(t), t, sp.oo), x + 1)))),
        World({x: 0}, {e: sp.Lambda(_N, sp.S.Zero)}),
    ),
    "points confused with numbers of the same name": lambda: Proof(
        claim((), (Hypothesis("h", sp.Eq(g(s), F(real("s_state")))),)),
        World({}, {g: sp.Lambda(_S, _S), F: sp.Lambda(_S, _S)}),
    ),
    "the conclusion as a hypothesis": lambda: Proof(claim((x,), (Hypothesis("h", sp.Le(sp.Abs(x), 1)),), sp.Abs(x), 1)),
    "the conclusion as an equality": lambda: Proof(claim((x,), (Hypothesis("h", sp.Eq(sp.Abs(x), 1)),), sp.Abs(x), 1)),
    "a hypothesis that divides by zero": lambda: Proof(claim((x,), (Hypothesis("h", sp.Le(1 / x, 1)),))),
    "a hypothesis in floating point": constant(x, sp.Le(x, sp.Float(0.5))),
}  # fmt: skip


@pytest.mark.parametrize("name", VACUOUS)
def test_hypotheses_that_cannot_hold_are_refused(name: str) -> None:
    with pytest.raises(ProofError):
        VACUOUS[name]()


def test_a_numeric_hypothesis_speaks_of_the_claims_symbols() -> None:
    with pytest.raises(ValueError, match="no symbols of the claim"):
        claim((), (Hypothesis("every x is nonnegative", sp.Ge(x, 0)),))


def test_total_variation_may_be_anything_in_a_world_of_one_point() -> None:
    Proof(claim((), (Hypothesis("tv", sp.Eq(w.TV_S(mu, nu), 0)),)), World({}, {w.TV_S: ZERO}))
    Proof(
        claim(
            (),
            (Hypothesis("tv", sp.Le(w.TV_S(mu, nu), 1)), Hypothesis("g", sp.Eq(g(s), g(s), evaluate=False))),
        ),
        World({}, {w.TV_S: sp.Lambda((_S, _T), sp.S.One), g: sp.Lambda(_S, _S)}),
    )
