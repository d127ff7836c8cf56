"""The proofs of :mod:`imagination.theory.correlated_noise`, one function a theorem, each run once."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import correlated_noise as cn
from imagination.theory import policy_gradient as pg
from imagination.theory import policy_gradient_proofs as steps_
from imagination.theory import reward_noise as rn
from imagination.theory import series
from imagination.theory.eligibility_proofs import added_up
from imagination.theory.policy_gradient_proofs import (
    SUCCESSOR,
    both_sides,
    expand_inside,
    martingale,
    on_average,
    over_successors,
    sides,
    split,
    total,
)
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.sums import GeometricSum
from imagination.theory.terms import natural, real

i, j, n, t, x, z, u, k, g, y = cn.i, cn.j, cn.n, cn.t, cn.x, cn.z, cn.u, cn.k, cn.g, cn.y
b, e = cn.b, cn.e
_ZERO, _ONE = sp.Integer(0), sp.Integer(1)

_J, _N = natural("J N")
_X, _Y, _U, _K, _G, _B = real("X Y U K G B")

# The still world of the other proofs, with errors that are 0.
STILL = World(
    steps_.STILL.numbers,
    {
        **steps_.STILL.maps,
        cn.Q.func: sp.Lambda((), _ZERO),
        cn.eta: sp.Lambda((_N, _Y), _ZERO),
        cn.heard: sp.Lambda((_N, _Y), _ZERO),
        cn.score_squares: sp.Lambda((_J, _N, _X), _ZERO),
        cn.q: sp.Lambda(_Y, _ZERO),
        cn.nothing.func: sp.Lambda((), _ZERO),
        cn.value: sp.Lambda((_B, _Y), _ZERO),
        cn.blurred: sp.Lambda((_B, _N, _Y), _B),
        cn.mean: sp.Lambda((_J, _N, _X, _U, _K, _G, _B), _G),
        cn.second: sp.Lambda((_J, _N, _X, _U, _K, _G, _B), _G**2),
    },
)


# -- what a score hears --------------------------------------------------------------------------------------


def _linear(p: Proof, term: sp.Expr) -> Fact:
    return p.axiom(ax.LINEAR, e, cn.Q, term)


def _not_negative(p: Proof, square: sp.Expr) -> Fact:
    """The expectation of a square is at least 0."""
    sign = p.inequality(sp.Ge(square, 0, evaluate=False), (), "a square")
    order = p.axiom(ax.MONOTONE, e, cn.Q, using=[sign])
    zero = _linear(p, _ZERO)
    return p.inequality(sp.Ge(cn.over_errors(square), 0), [order, zero], "on average, too")


@cache
def heard_moment() -> Theorem:
    """Two errors together are at most as much as one twice, because E(G eta - N)^2 >= 0."""
    p = Proof(cn.HEARD_MOMENT, STILL)
    none, more = (p.given(h) for h in cn.HEARD_MOMENT.hypotheses[2:4])
    variance = p.given(cn.ERROR_VARIANCE)
    recursion = p.cite(series.geometric_recursion(), {series.x: cn.gamma})
    error, rest, weight = cn.eta(n, e), cn.heard(n, e), GeometricSum(cn.gamma, n)
    sign = p.induction(sp.Ge(weight, 0, evaluate=False), n, [p.claim.hypotheses[0]], "a sum of powers")
    gap = _not_negative(p, (weight * error - rest) ** 2)
    apart = _linear(p, (weight * error - rest) ** 2)
    whole = p.equality(
        cn.over_errors(cn.heard(n + 1, e) ** 2),
        cn.over_errors((error + cn.gamma * rest) ** 2),
        [more],
        "one error more",
    )
    expanded = _linear(p, (error + cn.gamma * rest) ** 2)
    both = cn.over_errors(error * rest)

    def bounded(steps: Any) -> sp.Rel:
        return sp.Le(*both_sides(p.claim.statement, {n: steps}), evaluate=False)

    nothing = p.equality(
        cn.over_errors(cn.heard(0, e) ** 2), cn.over_errors(_ZERO), [none], "no error to come"
    )
    zero = _linear(p, _ZERO)
    no_terms = p.equality(GeometricSum(cn.gamma, _ZERO), 0, reason="no terms")
    with p.by_induction(bounded(n + 1), n, "one step at a time, from the last") as ind:
        K = ind.k
        first = p.equality(
            cn.over_errors(cn.heard(1, e) ** 2),
            cn.over_errors(cn.eta(0, e) ** 2),
            [more.at(n=_ZERO), none],
            "one error",
        )
        ind.base(
            p.inequality(
                bounded(_ONE), [first, variance.at(n=_ZERO), recursion.at(n=_ZERO), no_terms], "one error"
            )
        )
        at = {n: K + 1}
        power = weight.xreplace(at)
        above = p.inequality(
            sp.Ge(power, 1), [recursion.at(n=K), sign.at(n=K), p.claim.hypotheses[0]], "1 and more"
        )
        doubled = p.inequality(
            sp.Le(
                2 * power * both.xreplace(at), power**2 * cn.sigma**2 + cn.over_errors(rest.xreplace(at) ** 2)
            ),
            [gap.at(at), apart.at(at), variance.at(at)],
            "the square, expanded",
        )
        product = p.inequality(
            sp.Le(both.xreplace(at), power * cn.sigma**2),
            [doubled, ind.hypothesis, above],
            "Cauchy and Schwarz",
        )
        scaled = p.inequality(
            sp.Le(cn.gamma * both.xreplace(at), cn.gamma * power * cn.sigma**2),
            [product, p.claim.hypotheses[0]],
            "discounted",
        )
        squared = p.inequality(
            sp.Le(cn.gamma**2 * cn.over_errors(rest.xreplace(at) ** 2), cn.gamma**2 * cn.sigma**2 * power**2),
            [ind.hypothesis],
            "discounted twice",
        )
        ind.step(
            p.inequality(
                bounded(K + 2),
                [whole.at(at), expanded.at(at), variance.at(at), recursion.at(at), scaled, squared],
                "the square of a sum",
            )
        )
    with p.by_induction(cn.HEARD_MOMENT.statement, n, "with any number of steps to come") as every:
        every.base(p.inequality(bounded(_ZERO), [nothing, zero, no_terms], "none to come"))
        every.step(ind.fact.at(n=every.k))
    return p.qed(every.fact)


@cache
def heard_bound() -> Theorem:
    """A geometric sum is below its limit."""
    p = Proof(cn.HEARD_BOUND, STILL)
    moment = p.cite(heard_moment())
    discount = p.claim.hypotheses[:2]
    limit = p.cite(series.geometric_bound(), {series.x: cn.gamma})
    weight = GeometricSum(cn.gamma, n)
    sign = p.induction(sp.Ge(weight, 0, evaluate=False), n, [discount[0]], "a sum of powers")
    squares = p.inequality(
        sp.Le(weight**2, 1 / (1 - cn.gamma) ** 2), [limit, sign, *discount], "so are the squares"
    )
    noise = p.inequality(sp.Ge(cn.sigma**2, 0, evaluate=False), (), "a square")
    return p.qed(
        p.inequality(p.claim.statement, [moment, squares, noise, *discount], "times the noise's variance")
    )


# -- the mean ------------------------------------------------------------------------------------------------

_v = pg.eligibility
_part = k * _v  # of an error in the estimate


def _next(steps: Any) -> dict:
    """Where a rollout is one step later."""
    gain = g + pg.gain(pg.r(x, cn.a), pg.base(steps, x))
    return {x: z, u: _v, k: cn.delta * k, g: gain, b: cn.blurred(b, steps, _part)}


def _ahead(moment: Any, steps: Any) -> sp.Expr:
    at = _next(steps)
    return moment(j, steps, *(at[s] for s in (x, u, k, g, b)[: len(moment.domain) - 2]))


def _centred(p: Proof) -> Fact:
    """A step's error leaves the mean of what errors have added as it is."""
    grow, zero = p.given(cn.BLUR[1]), p.given(cn.ERROR_MEAN)
    after = cn.value(b, e) + cn.c * cn.eta(n, e)
    same = p.equality(cn.over_errors(cn.value(cn.blurred(b, n, cn.c), e)), cn.over_errors(after), [grow])
    return p.equality(
        same.formula.lhs,
        cn.over_errors(cn.value(b, e)),
        [same, _linear(p, after), zero],
        "errors have mean 0",
    )


@cache
def carried_mean() -> Theorem:
    """The errors' mean is 0 at every step, so what they add has the mean that it has already."""
    p = Proof(cn.CARRIED_MEAN, STILL)
    ones, centred = p.cite(total()), _centred(p)
    (start, step), (start_0, step_0) = map(p.given, cn.MEAN), map(p.given, pg.MEAN_0)
    so_far = cn.over_errors(cn.value(b, e))
    with p.by_induction(p.claim.statement, n, "with errors and without") as ind:
        last = _linear(p, g + cn.value(b, e))
        ind.base(p.equality(*sides(p.claim, _ZERO), [start, start_0, last], "nothing is to come"))
        before = _ahead(cn.mean, ind.k)
        after = _ahead(pg.mean_0, ind.k) + so_far
        known = ind.hypothesis.at(_next(ind.k))
        inside = expand_inside(p, SUCCESSOR, z, before, after, [known, centred.at({n: ind.k, cn.c: _part})])
        averages = on_average(p, over_successors(before), inside[1].formula.rhs, inside)
        ind.step(
            p.equality(
                *sides(p.claim, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), *averages, ones],
                "one step more",
            )
        )
    return p.qed(ind.fact)


@cache
def same_mean() -> Theorem:
    """At first the errors have added nothing."""
    p = Proof(cn.SAME_MEAN, STILL)
    carried = p.cite(carried_mean()).at({b: cn.nothing})
    none = p.given(cn.BLUR[0])
    zero = p.equality(
        cn.over_errors(cn.value(cn.nothing, e)), 0, [none, _linear(p, _ZERO)], "nothing is added yet"
    )
    return p.qed(p.equality(*both_sides(p.claim.statement, {}), [carried, zero], "so the mean is the same"))


# -- the second moment ---------------------------------------------------------------------------------------


@cache
def shift() -> Theorem:
    """The first score, and what follows it."""
    p = Proof(cn.SHIFT, STILL)
    later = p.given(pg.SQUARED_SCORE[1])
    with p.by_induction(p.claim.statement, i, "one score at a time") as ind:
        empty = p.axiom(ax.LINEAR, z, SUCCESSOR, _ZERO)
        averages = on_average(p, over_successors(cn.moments_heard(_ZERO, y - 1, z)), _ZERO, [empty])
        grown = cn.moments_heard(i, y) + cn.delta ** (2 * i) * pg.scores(j, i, x) * cn.q(y - i)
        one = p.equality(cn.moments_heard(i + 1, y), grown, reason="one more").at(i=_ZERO)
        ind.base(p.equality(*both_sides(p.claim.statement, {i: _ZERO}), [one, *averages], "one score"))
        last = cn.delta ** (2 * ind.k) * pg.scores(j, ind.k, z) * cn.q(y - 1 - ind.k)
        more = cn.moments_heard(ind.k, y - 1, z) + last
        linear = p.axiom(ax.LINEAR, z, SUCCESSOR, more)
        averages = on_average(p, over_successors(more), linear.formula.rhs, [linear])
        ind.step(
            p.equality(
                *both_sides(p.claim.statement, {i: ind.k + 1}),
                [ind.hypothesis, later.at(t=ind.k), *averages],
                "one score more on both sides",
            )
        )
    return p.qed(ind.fact)


@cache
def adds() -> Theorem:
    """What a score hears is squared; two scores at different times do not meet."""
    p = Proof(cn.ADDS, STILL)
    ones, zero, shifted, centred = p.cite(total()), p.cite(martingale()), p.cite(shift()), _centred(p)
    (start, step), (start_0, step_0), (mean_start, mean_step), (none, more) = (
        map(p.given, pair) for pair in (cn.SECOND, pg.SECOND_0, pg.MEAN_0, cn.HEARD)
    )
    grow, moment, now = p.given(cn.BLUR[1]), p.given(cn.MOMENT), p.given(pg.SQUARED_SCORE[0])
    so_far, value = cn.over_errors(cn.value(b, e)), cn.value(b, e)

    def square(part: sp.Expr, steps: Any) -> Fact:
        """E(B + part N)^2, expanded."""
        linear = _linear(p, (value + part * cn.heard(steps, e)) ** 2)
        named = moment.at(n=steps)
        apart = (
            cn.over_errors(value**2)
            + 2 * part * cn.over_errors(value * cn.heard(steps, e))
            + part**2 * cn.q(steps)
        )
        return p.equality(linear.formula.lhs, apart, [linear, named], "a square, expanded")

    with p.by_induction(p.claim.statement, n, "one step at a time") as ind:
        last = [_linear(p, (g + value) ** 2), _linear(p, value**2)]
        still = p.equality(
            cn.over_errors((value + k * cn.lam * u * cn.heard(0, e)) ** 2), cn.over_errors(value**2), [none]
        )
        ind.base(
            p.equality(
                *sides(p.claim, _ZERO), [start, start_0, mean_start, *last, still], "nothing is to come"
            )
        )
        K = ind.k
        heard_next = cn.value(cn.blurred(b, K, _part), e) + cn.delta * k * cn.lam * _v * cn.heard(K, e)
        joined = p.equality(
            cn.over_errors(heard_next**2),
            cn.over_errors((value + _part * cn.heard(K + 1, e)) ** 2),
            [grow.at({n: K, cn.c: _part}), more.at(n=K)],
            "the step's error joins those to come",
        )
        apart = square(_part, K + 1).formula.rhs
        squared = p.equality(joined.formula.lhs, apart, [joined, square(_part, K + 1)], "and is expanded")
        before = _ahead(cn.second, K)
        after = (
            _ahead(pg.second_0, K)
            + 2 * _ahead(pg.mean_0, K) * so_far
            + apart
            + (cn.delta * k) ** 2 * cn.moments_heard(K, K, z)
        )
        known = ind.hypothesis.at(_next(K))
        inside = expand_inside(
            p, SUCCESSOR, z, before, after, [known, centred.at({n: K, cn.c: _part}), squared]
        )
        averages = on_average(p, over_successors(before), inside[1].formula.rhs, inside)
        ind.step(
            p.equality(
                *sides(p.claim, K + 1),
                [step.at(n=K), step_0.at(n=K), mean_step.at(n=K), *averages, ones, zero, now,
                 square(k * cn.lam * u, K + 1), shifted.at({i: K, y: K + 1})],
                "scores average to 0, so cross terms vanish",
            )
        )  # fmt: skip
    return p.qed(ind.fact)


# -- the added variance --------------------------------------------------------------------------------------


def _from_start(term: sp.Expr) -> sp.Expr:
    return pg.expected(rn.rho, x, term)


@cache
def exact() -> Theorem:
    """The scores' second moments, each with that of what it hears."""
    p = Proof(cn.EXACT, STILL)
    at = {u: _ZERO, k: _ONE, g: _ZERO, n: rn.H}
    none = p.given(cn.BLUR[0])
    nil = [
        p.equality(
            cn.over_errors(cn.value(cn.nothing, e) ** power), 0, [none, _linear(p, _ZERO)], "nothing yet"
        )
        for power in (1, 2)
    ]
    second = p.cite(adds()).at({**at, b: cn.nothing})
    added = cn.moments_heard(rn.H, rn.H)
    parts = pg.second_0(j, rn.H, x, 0, 1, 0) + added
    start = (j, rn.H, x, 0, 1, 0)
    moved = p.equality(
        _from_start(cn.second(*start, cn.nothing)), _from_start(parts), [second, *nil], "at the start"
    )
    linear = p.axiom(ax.LINEAR, x, rn.rho, parts)
    mean = p.cite(same_mean()).at(at)
    same = p.equality(
        _from_start(cn.mean(*start, cn.nothing)), _from_start(pg.mean_0(*start)), [mean], "the means agree"
    )
    coordinate = cn.EXACT.quantity.atoms(sp.Sum).pop().function
    one = p.equality(coordinate, _from_start(added), [moved, linear, same], "of one coordinate")
    score = p.given(rn.SCORE_MOMENT)
    relation = sp.Eq(
        added_up(_from_start(cn.moments_heard(n, y))),
        sp.Sum(cn.delta ** (2 * t) * rn.v(t) * cn.q(y - t), (t, 0, n - 1)),
        evaluate=False,
    )
    with p.by_induction(relation, n, "steps and coordinates add up") as ind:
        empty, no_steps = p.axiom(ax.LINEAR, x, rn.rho, _ZERO), split(p, _ZERO, j, rn.d)
        ind.base(p.equality(*both_sides(relation, {n: _ZERO}), [empty, no_steps], "no steps"))
        last = cn.delta ** (2 * ind.k) * pg.scores(j, ind.k, x) * cn.q(y - ind.k)
        more = cn.moments_heard(ind.k, y) + last
        apart = p.axiom(ax.LINEAR, x, rn.rho, more)
        all_ = p.equality(
            added_up(_from_start(more)), added_up(apart.formula.rhs), [apart], "all coordinates"
        )
        taken = split(p, apart.formula.rhs, j, rn.d)
        ind.step(
            p.equality(
                *both_sides(relation, {n: ind.k + 1}),
                [all_, taken, ind.hypothesis, score.at(t=ind.k)],
                "one step more",
            )
        )
    every = p.equality(
        added_up(one.formula.lhs), added_up(one.formula.rhs), [one], "for every coordinate, so for their sum"
    )
    return p.qed(
        p.equality(
            *both_sides(p.claim.statement, {}),
            [every, ind.fact.at({n: rn.H, y: rn.H}), rn.SOME_ROLLOUT],
            "added up",
        )
    )


@cache
def correlated() -> Theorem:
    """Every score hears at most sigma^2 / (1 - gamma)^2."""
    p = Proof(cn.CORRELATED, STILL)
    amount = p.cite(exact(), {cn.lam: cn.gamma, cn.delta: _ONE, pg.scores: cn.score_squares})
    moment = p.given(cn.MOMENT)
    most = cn.HEARD_BOUND.expression
    low = p.inequality(
        sp.Ge(cn.q(n), 0), [_not_negative(p, cn.heard(n, e) ** 2), moment], "an expected square"
    )
    high = p.inequality(sp.Le(cn.q(n), most), [p.cite(heard_bound()), moment], "what a score hears")
    none, largest, grows, whole = map(p.given, rn.LARGEST)
    sign = p.induction(sp.Ge(rn.largest(n), 0), n, [none, grows], "it starts at 0 and does not fall")
    s = natural("s")
    rising = p.induction(
        sp.Le(rn.largest(s), rn.largest(s + n), evaluate=False), n, [grows.at(n=s + n)], "it does not fall"
    )
    one = p.inequality(
        sp.Le(rn.v(s) * cn.q(n + 1), rn.largest(s + n + 1) * most),
        [largest.at(n=s), rising.at(s=s + 1), low.at(n=n + 1), high.at(n=n + 1), sign.at(n=s + n + 1)],
        "one score",
    )

    def shares(first: Any, count: Any, last: Any) -> sp.Sum:
        return sp.Sum(rn.v(first + t) * cn.q(last - t), (t, 0, count - 1))

    relation = sp.Eq(shares(s, i + 1, y), rn.v(s) * cn.q(y) + shares(s + 1, i, y - 1), evaluate=False)
    grown = p.equality(
        shares(s, i + 1, y), shares(s, i, y) + rn.v(s + i) * cn.q(y - i), reason="one score more"
    )
    with p.by_induction(relation, i, "the first score, and the others") as others:
        others.base(p.equality(*both_sides(relation, {i: _ZERO}), [grown.at(i=_ZERO)], "no others"))
        others.step(
            p.equality(
                *both_sides(relation, {i: others.k + 1}),
                [grown.at(i=others.k + 1), others.hypothesis],
                "one more",
            )
        )
    apart = others.fact
    relation = sp.Le(shares(s, n, n), n * rn.largest(s + n) * most, evaluate=False)
    with p.by_induction(relation, n, "one score at a time") as ind:
        empty = sp.Le(*both_sides(relation, {n: _ZERO}), evaluate=False)
        ind.base(p.inequality(empty, (), "no scores"))
        ind.step(
            p.inequality(
                relation.xreplace({n: ind.k + 1}),
                [apart.at({i: ind.k, y: ind.k + 1}), ind.hypothesis.at(s=s + 1), one.at(n=ind.k)],
                "one score more",
            )
        )
    bound = p.inequality(
        sp.Le(shares(_ZERO, rn.H, rn.H), rn.H * rn.W**2 * most),
        [ind.fact.at({s: _ZERO, n: rn.H}), whole],
        "over the whole rollout",
    )
    return p.qed(
        p.inequality(
            p.claim.statement,
            [amount, bound, rn.SOME_ROLLOUT, *p.claim.hypotheses[:2]],
            "on average over rollouts",
        )
    )
