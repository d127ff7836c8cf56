"""Further proofs of :mod:`imagination.theory.policy_gradient`: squared eligibilities, and norms of scores."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
from imagination.theory import series
from imagination.theory.policy_gradient_proofs import (
    STILL,
    SUCCESSOR,
    both_sides,
    expand_inside,
    martingale,
    on_average,
    over_successors,
    sides,
    split,
    total,
    turned,
)
from imagination.theory.proof import Fact, Proof, Theorem
from imagination.theory.terms import mapping, natural

j, n, t, x, u, k, a, z, m, i = pg.j, pg.n, pg.t, pg.x, pg.u, pg.k, pg.a, pg.z, pg.m, pg.i
_v, _d = pg.eligibility, rn.d
_ZERO = sp.Integer(0)


@cache
def shift() -> Theorem:
    """The eligibility's second moment, from the first step's score and what follows."""
    p = Proof(pg.SHIFT, STILL)
    later, (first, grow) = p.given(pg.SQUARED_SCORE[1]), map(p.given, pg.TRACE)
    with p.by_induction(pg.SHIFT.statement, t, "one step later") as ind:
        ind.base(
            p.equality(
                *both_sides(pg.SHIFT.statement, {t: _ZERO}),
                [grow.at(t=_ZERO), first, first.at({x: z}), later.at(t=_ZERO)],
                "the first step",
            )
        )
        following = pg.lam**2 * pg.traces(j, ind.k, z) + pg.scores(j, ind.k + 1, z)
        inside = expand_inside(
            p, SUCCESSOR, z, pg.traces(j, ind.k + 1, z), following, [grow.at({t: ind.k, x: z})]
        )
        apart = inside[1].formula.rhs
        each = p.equality(over_successors(pg.traces(j, ind.k + 1, z)), apart, inside, "for every action")
        ind.step(
            p.equality(
                *both_sides(pg.SHIFT.statement, {t: ind.k + 1}),
                [grow.at(t=ind.k + 1), ind.hypothesis, later.at(t=ind.k + 1),
                 *on_average(p, over_successors(pg.traces(j, ind.k + 1, z)), apart, [each])],
                "the recursion, averaged over the first step",
            )
        )  # fmt: skip
    return p.qed(ind.fact)


@cache
def sum_shift() -> Theorem:
    """The weighted sum of these moments, from the first step's score and what follows."""
    p = Proof(pg.SUM_SHIFT, STILL)
    shifted = p.cite(shift())
    first = p.given(pg.TRACE[0])

    def ahead(steps: Any) -> sp.Expr:
        return pg.weighted_traces.xreplace({x: z, n: steps})

    with p.by_induction(pg.SUM_SHIFT.statement, n, "one term at a time") as ind:
        empty = p.axiom(ax.LINEAR, z, SUCCESSOR, _ZERO)
        averages = on_average(p, over_successors(ahead(_ZERO)), _ZERO, [empty])
        total_ = pg.weighted_traces
        more = p.equality(
            total_.xreplace({n: n + 1}),
            total_ + pg.delta ** (2 * n) * pg.traces(j, n, x),
            reason="one term more",
        )
        ind.base(p.equality(*sides(pg.SUM_SHIFT, _ZERO), [more.at(n=_ZERO), first, *averages], "one term"))
        more = ahead(ind.k) + pg.delta ** (2 * ind.k) * pg.traces(j, ind.k, z)
        linear = p.axiom(ax.LINEAR, z, SUCCESSOR, more)
        averages = on_average(p, over_successors(more), linear.formula.rhs, [linear])
        ind.step(
            p.equality(
                *sides(pg.SUM_SHIFT, ind.k + 1),
                [ind.hypothesis, shifted.at(t=ind.k), *averages],
                "one term more on both sides",
            )
        )
    return p.qed(ind.fact)


@cache
def eligibility() -> Theorem:
    """The expected squared eligibilities; their cross terms vanish."""
    p = Proof(pg.ELIGIBILITY, STILL)
    ones, zero, shifted = p.cite(total()), p.cite(martingale()), p.cite(sum_shift())
    recursion = p.cite(series.geometric_recursion(), {series.x: pg.ratio})
    now = p.given(pg.SQUARED_SCORE[0])
    none, grow = map(p.given, pg.SQUARES)
    with p.by_induction(pg.ELIGIBILITY.statement, n, "one step at a time") as ind:
        ind.base(p.equality(*sides(pg.ELIGIBILITY, _ZERO), [none], "no steps"))
        known = ind.hypothesis.at({x: z, u: _v, k: pg.delta * k})
        inside = expand_inside(
            p, SUCCESSOR, z, pg.squares(j, ind.k, z, _v, pg.delta * k), known.formula.rhs, [known]
        )
        apart = inside[1].formula.rhs
        before = k**2 * _v**2 + over_successors(pg.squares(j, ind.k, z, _v, pg.delta * k))
        each = p.equality(before, k**2 * _v**2 + apart, inside, "for every action")
        averages = on_average(p, before, k**2 * _v**2 + apart, [each])
        ind.step(
            p.equality(
                *sides(pg.ELIGIBILITY, ind.k + 1),
                [grow.at(n=ind.k), *averages, ones, zero, now, shifted.at(n=ind.k), recursion.at(n=ind.k)],
                "the cross term vanishes",
            )
        )
    return p.qed(ind.fact)


# -- norms ---------------------------------------------------------------------------------------------------


def ordered(p: Proof, less: sp.Expr, more: sp.Expr, each: Fact) -> Fact:
    """From an inequality for every action, that of the averages over actions."""
    sign = p.given(pg.NONNEGATIVE[0])
    weighted = p.inequality(
        sp.Le(pg.pi(a, x) * less, pg.pi(a, x) * more), [each, sign], "times a probability"
    )
    summed = p.induction(
        sp.Le(pg.over_actions(pg.pi(a, x) * less, i), pg.over_actions(pg.pi(a, x) * more, i)),
        i,
        [weighted.at(a=i)],
        "on average over actions",
    )
    return summed.at(i=m)


@cache
def grows() -> Theorem:
    """A maximum over more steps is not smaller."""
    p = Proof(pg.GROWS, STILL)
    ones = p.cite(total())
    none, more = map(p.given, pg.MAXIMA)
    y = pg.y
    later = sp.Max(y, pg.norm(a, x))
    with p.by_induction(pg.GROWS.statement, n, "one step more") as ind:
        start = sp.Max(y, 0)
        above_ = p.inequality(sp.Ge(pg.maxima(0, z, later), start), [none.at({x: z, y: later})], "a maximum")
        constant = p.axiom(ax.LINEAR, z, SUCCESSOR, start)
        order = p.axiom(ax.MONOTONE, z, SUCCESSOR, using=[above_])
        each = p.inequality(
            sp.Ge(over_successors(pg.maxima(0, z, later)), start),
            [order, constant],
            "on average over successors",
        )
        averages = ordered(p, start, over_successors(pg.maxima(0, z, later)), each)
        apart = split(p, pg.pi(a, x) * start)
        ind.base(
            p.inequality(
                sp.Le(pg.maxima(0, x, y), pg.maxima(1, x, y)),
                [averages, apart, ones, none, more.at(n=_ZERO)],
                "already after one step",
            )
        )
        known = ind.hypothesis.at({x: z, y: later})
        order = p.axiom(ax.MONOTONE, z, SUCCESSOR, using=[known])
        averages = ordered(p, order.formula.lts, order.formula.gts, order)
        ind.step(
            p.inequality(
                sp.Le(pg.maxima(ind.k + 1, x, y), pg.maxima(ind.k + 2, x, y)),
                [averages, more.at(n=ind.k), more.at(n=ind.k + 1)],
                "after one step more",
            )
        )
    return p.qed(ind.fact)


@cache
def above() -> Theorem:
    """The expectation of a maximum is above each expectation."""
    p = Proof(pg.ABOVE, STILL)
    none, more = map(p.given, pg.MAXIMA)
    now, later = map(p.given, pg.NORMS)
    y = pg.y
    moved = sp.Max(y, pg.norm(a, x))
    with p.by_induction(pg.ABOVE.statement, t, "one step at a time") as ind:
        start = p.inequality(
            sp.Ge(pg.maxima(0, z, moved), pg.norm(a, x)), [none.at({x: z, y: moved})], "a maximum"
        )
        constant = p.axiom(ax.LINEAR, z, SUCCESSOR, pg.norm(a, x))
        order = p.axiom(ax.MONOTONE, z, SUCCESSOR, using=[start])
        each = p.inequality(
            sp.Ge(over_successors(pg.maxima(0, z, moved)), pg.norm(a, x)), [order, constant], "on average"
        )
        averages = ordered(p, pg.norm(a, x), over_successors(pg.maxima(0, z, moved)), each)
        ind.base(
            p.inequality(
                sp.Le(pg.norms(0, x), pg.maxima(1, x, y)), [averages, now, more.at(n=_ZERO)], "the first step"
            )
        )
        order = p.axiom(ax.MONOTONE, z, SUCCESSOR, using=[ind.hypothesis.at({x: z, y: moved})])
        averages = ordered(p, order.formula.lts, order.formula.gts, order)
        ind.step(
            p.inequality(
                sp.Le(pg.norms(ind.k + 1, x), pg.maxima(ind.k + 2, x, y)),
                [averages, later.at(t=ind.k), more.at(n=ind.k + 1)],
                "a later step",
            )
        )
    return p.qed(ind.fact)


def added_up(term: sp.Expr, count: Any = _d) -> sp.Sum:
    """A sum over the parameters."""
    return sp.Sum(term, (j, 0, count - 1))


@cache
def coordinates() -> Theorem:
    """The second moments of a score's coordinates add up to that of its norm."""
    p = Proof(pg.COORDINATES, STILL)
    norm, (now, later), (first, more) = (
        p.given(pg.NORM), map(p.given, pg.SQUARED_SCORE), map(p.given, pg.NORMS)
    )  # fmt: skip

    v = natural("v")

    def exchanged(term: sp.Expr, whole: sp.Expr, each: Fact, name: str) -> tuple[Fact, Fact]:
        """The sum over coordinates of averages over actions, as the average of the sums."""
        partial = mapping(name, ("natural", "natural", "state"))
        named = p.define_map(
            partial, (j, v, x), pg.over_actions(pg.pi(a, x) * term, v), "the first v actions"
        )
        last = (pg.pi(a, x) * term).xreplace({a: v})
        grown = p.equality(
            partial(j, v + 1, x), partial(j, v, x) + last, [named, named.at(v=v + 1)], "one action more"
        )
        relation = sp.Eq(
            added_up(partial(j, i, x)), pg.over_actions(pg.pi(a, x) * added_up(term), i), evaluate=False
        )
        with p.by_induction(relation, i, "two finite sums, in either order") as ind:
            none = p.equality(partial(j, 0, x), 0, [named.at(v=_ZERO)], "no actions")
            ind.base(p.equality(*both_sides(relation, {i: _ZERO}), [none, split(p, _ZERO, j, _d)], "none"))
            more = grown.at(v=ind.k)
            apart = split(p, more.formula.rhs, j, _d)
            ind.step(
                p.equality(
                    *both_sides(relation, {i: ind.k + 1}),
                    [more, apart, ind.hypothesis],
                    "one more",
                )
            )
        swapped = ind.fact.at(i=m)
        inside = p.equality(
            swapped.formula.rhs, pg.over_actions(pg.pi(a, x) * whole), [each], "for every action"
        )
        return p.equality(
            added_up(partial(j, m, x)), inside.formula.rhs, [swapped, inside], "together"
        ), named.at(v=m)

    squares, named = exchanged(pg.score(j, a, x) ** 2, pg.norm(a, x), turned(p, norm), "s1")
    relation = pg.COORDINATES.statement
    with p.by_induction(relation, t, "step by step") as ind:
        now_ = p.equality(pg.scores(j, 0, x), named.formula.lhs, [now, named], "now")
        start = p.equality(added_up(pg.scores(j, 0, x)), squares.formula.lhs, [now_], "now")
        ind.base(p.equality(*both_sides(relation, {t: _ZERO}), [start, squares, first], "now"))
        ahead = over_successors(pg.scores(j, ind.k, z))
        parameters = natural("parameters")
        inside = sp.Eq(
            over_successors(added_up(pg.scores(j, ind.k, z), parameters)),
            added_up(ahead, parameters),
            evaluate=False,
        )
        with p.by_induction(inside, parameters, "the expectation of a finite sum") as inner:
            none = p.axiom(ax.LINEAR, z, SUCCESSOR, _ZERO)
            inner.base(p.equality(*both_sides(inside, {parameters: _ZERO}), [none], "no terms"))
            both = added_up(pg.scores(j, ind.k, z), inner.k) + pg.scores(inner.k, ind.k, z)
            linear = p.axiom(ax.LINEAR, z, SUCCESSOR, both)
            inner.step(
                p.equality(
                    *both_sides(inside, {parameters: inner.k + 1}),
                    [linear, inner.hypothesis],
                    "one more",
                )
            )
        known = p.equality(
            over_successors(added_up(pg.scores(j, ind.k, z))), over_successors(pg.norms(ind.k, z)),
            [ind.hypothesis.at({x: z})], "known for the successor",
        )  # fmt: skip
        summed = p.equality(
            added_up(ahead),
            over_successors(pg.norms(ind.k, z)),
            [turned(p, inner.fact.at(parameters=_d)), known],
            "so for each action",
        )
        following, named = exchanged(ahead, over_successors(pg.norms(ind.k, z)), summed, "s2")
        later_ = p.equality(
            pg.scores(j, ind.k + 1, x), named.formula.lhs, [later.at(t=ind.k), named], "later"
        )
        start = p.equality(
            added_up(pg.scores(j, ind.k + 1, x)), following.formula.lhs, [later_], "after a step"
        )
        ind.step(
            p.equality(
                *both_sides(relation, {t: ind.k + 1}),
                [start, following, more.at(t=ind.k)],
                "later",
            )
        )
    return p.qed(ind.fact)
