"""The proofs of :mod:`imagination.theory.reward_noise`, one function a theorem, each run once in a process.

The lemmas on which they rest are in :mod:`imagination.theory.policy_gradient_proofs` and
:mod:`imagination.theory.eligibility_proofs`, and at hand here too.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
from imagination.theory import series
from imagination.theory.eligibility_proofs import (
    above,
    added_up,
    coordinates,
    eligibility,
    grows,
    shift,
    sum_shift,
)
from imagination.theory.policy_gradient_proofs import (
    STILL,
    affine,
    baseline,
    both_sides,
    expand_inside,
    frozen,
    martingale,
    noise_adds,
    quadratic,
    split,
    total,
    unbiased,
)
from imagination.theory.proof import Fact, Proof, Theorem
from imagination.theory.sums import GeometricSum
from imagination.theory.terms import real

j, n, t, x, u, k, g = pg.j, pg.n, pg.t, pg.x, pg.u, pg.k, pg.g
_ZERO = sp.Integer(0)

__all__ = [
    "above", "affine", "average", "baseline", "coordinates", "discounted", "eligibility", "exact", "frozen",
    "grows", "martingale", "noise_adds", "paper", "quadratic", "sharp", "sharper", "shift", "sum_shift",
    "total", "unbiased",
]  # fmt: skip

# -- the exact amount ----------------------------------------------------------------------------------------

_H, _d = rn.H, rn.d


def _from_start(term: sp.Expr) -> sp.Expr:
    return pg.expected(rn.rho, x, term)


def _coordinate(p: Proof) -> Fact:
    """What noise adds to the variance of one coordinate: a weighted sum of traces."""
    at = {u: _ZERO, k: sp.Integer(1), g: _ZERO, n: _H}
    adds = p.cite(noise_adds()).at(at)
    traces = p.cite(eligibility()).at({key: at[key] for key in (u, k, n)})
    weighted = pg.weighted_traces.xreplace({n: _H})
    parts_ = pg.second_0(j, _H, x, 0, 1, 0) + pg.sigma**2 * weighted
    moved = p.equality(
        _from_start(pg.second(j, _H, x, 0, 1, 0)), _from_start(parts_), [adds, traces], "at the start"
    )
    linear = p.axiom(ax.LINEAR, x, rn.rho, parts_)
    means = p.cite(unbiased()).at({u: _ZERO, k: sp.Integer(1), g: _ZERO, n: _H})
    same = p.equality(
        _from_start(pg.mean(j, _H, x, 0, 1, 0)),
        _from_start(pg.mean_0(j, _H, x, 0, 1, 0)),
        [means],
        "the means agree",
    )
    more = rn.variance(pg.mean, pg.second) - rn.variance(pg.mean_0, pg.second_0)
    return p.equality(more, pg.sigma**2 * _from_start(weighted), [moved, linear, same], "of one coordinate")


def _traces_from_start(p: Proof) -> Fact:
    """The traces' sum over coordinates is the eligibility's second moment b."""
    first, later = map(p.given, rn.ELIGIBILITY_MOMENT)
    start, grow = map(p.given, pg.TRACE)
    moment = p.given(rn.SCORE_MOMENT)
    relation = sp.Eq(added_up(_from_start(pg.traces(j, t, x))), rn.b(t), evaluate=False)
    with p.by_induction(relation, t, "coordinates add up") as ind:
        ind.base(
            p.equality(
                *both_sides(relation, {t: _ZERO}),
                [start, first, moment.at(t=_ZERO)],
                "the first step",
            )
        )
        next_trace = pg.lam**2 * pg.traces(j, ind.k, x) + pg.scores(j, ind.k + 1, x)
        linear = p.axiom(ax.LINEAR, x, rn.rho, next_trace)
        each = p.equality(
            _from_start(pg.traces(j, ind.k + 1, x)),
            linear.formula.rhs,
            [grow.at(t=ind.k), linear],
            "one coordinate",
        )
        same = p.equality(
            added_up(_from_start(pg.traces(j, ind.k + 1, x))),
            added_up(linear.formula.rhs),
            [each],
            "all of them",
        )
        apart = split(p, linear.formula.rhs, j, _d)
        ind.step(
            p.equality(
                *both_sides(relation, {t: ind.k + 1}),
                [same, apart, ind.hypothesis, later.at(t=ind.k), moment.at(t=ind.k + 1)],
                "the same recursion",
            )
        )
    return ind.fact


@cache
def exact() -> Theorem:
    """What noise adds to the trace of the covariance, exactly."""
    p = Proof(rn.EXACT, STILL)
    one = _coordinate(p)
    moments = _traces_from_start(p)

    def total_(steps: Any) -> sp.Expr:
        return _from_start(pg.weighted_traces.xreplace({n: steps}))

    relation = sp.Eq(
        added_up(total_(n)), sp.Sum(pg.delta ** (2 * t) * rn.b(t), (t, 0, n - 1)), evaluate=False
    )
    with p.by_induction(relation, n, "steps add up") as ind:
        empty = p.axiom(ax.LINEAR, x, rn.rho, _ZERO)
        none = split(p, _ZERO, j, _d)
        ind.base(p.equality(*both_sides(relation, {n: _ZERO}), [empty, none], "no steps"))
        more = pg.weighted_traces.xreplace({n: ind.k}) + pg.delta ** (2 * ind.k) * pg.traces(j, ind.k, x)
        linear = p.axiom(ax.LINEAR, x, rn.rho, more)
        same = p.equality(
            added_up(_from_start(more)), added_up(linear.formula.rhs), [linear], "all coordinates"
        )
        apart = split(p, linear.formula.rhs, j, _d)
        ind.step(
            p.equality(
                *both_sides(relation, {n: ind.k + 1}),
                [same, apart, ind.hypothesis, moments.at(t=ind.k)],
                "one step more",
            )
        )
    by_coordinate = p.equality(
        added_up(one.formula.lhs),
        added_up(one.formula.rhs),
        [one],
        "for every coordinate, so for their sum",
    )
    apart = split(p, one.formula.rhs, j, _d)
    return p.qed(
        p.equality(
            rn.EXACT.quantity,
            rn.EXACT.expression,
            [by_coordinate, apart, ind.fact.at(n=_H), rn.SOME_ROLLOUT],
            "coordinates and steps, added up",
        )
    )


# -- bounds --------------------------------------------------------------------------------------------------

_square = rn.gamma**2


def _hypotheses(p: Proof, *names: str) -> list[Fact]:
    return [p.given(next(h for h in p.claim.hypotheses if h.name == name)) for name in names]


def _discount(p: Proof) -> tuple[Fact, Fact]:
    discount = [*p.claim.hypotheses[:2]]
    return (
        p.inequality(sp.Ge(_square, 0, evaluate=False), discount, "a square"),
        p.inequality(sp.Lt(_square, 1), discount, "the square of a number below 1"),
    )


def _growing(p: Proof, weight: Any, signs: list[Fact], decay: sp.Expr) -> tuple[Fact, Fact, Fact]:
    """b_n is at most c_(n+1) times a sum of powers of the decay; c is nonnegative and does not fall."""
    first, later = (p.given(h) for h in p.claim.hypotheses if h.name.startswith("second moment of the elig"))
    none, largest, grows, _ = (p.given(h) for h in p.claim.hypotheses if h in rn.LARGEST)
    sign = p.induction(sp.Ge(rn.largest(n), 0), n, [none, grows], "it starts at 0 and does not fall")
    product = p.inequality(
        sp.Ge(decay * weight(n + 1) * (rn.largest(n + 2) - rn.largest(n + 1)), 0),
        [
            *(sign.at(n=n + 1) for sign in signs),
            grows.at(n=n + 1),
            *_decay_sign(p, decay),
            p.claim.hypotheses[0],
        ],
        "a product of nonnegative numbers",
    )
    relation = sp.Le(rn.b(n), rn.largest(n + 1) * weight(n + 1), evaluate=False)
    with p.by_induction(relation, n, "each score's share decays") as ind:
        K = ind.k
        ind.base(p.inequality(relation.xreplace({n: _ZERO}), [first, largest.at(n=_ZERO)], "the first score"))
        scaled = p.inequality(
            sp.Le(decay * rn.b(K), decay * rn.largest(K + 1) * weight(K + 1)),
            [ind.hypothesis, *_decay_sign(p, decay)],
            "decayed",
        )
        unfolded = p.equality(
            weight(K + 2), 1 + decay * weight(K + 1), _recursion(p, decay, K), "one score more"
        )
        ind.step(
            p.inequality(
                relation.xreplace({n: K + 1}),
                [scaled, unfolded, later.at(t=K), largest.at(n=K + 1), product.at(n=K)],
                "and one more score",
            )
        )
    return ind.fact, sign, grows


def _decay_sign(p: Proof, decay: sp.Expr) -> list[Fact]:
    return [_discount(p)[0]] if decay != 1 else []


def _recursion(p: Proof, decay: sp.Expr, steps: Any) -> list[Fact]:
    if decay == 1:
        return []
    return [p.cite(series.geometric_recursion(), {series.x: decay}).at(n=steps + 1)]


def _scaled(p: Proof, bound: Fact) -> Fact:
    """The claim, from a bound of the sum of b over the whole rollout."""
    positive = p.inequality(
        sp.Ge(rn.sigma**2 / rn.K, 0, evaluate=False), [rn.SOME_ROLLOUT], "a square, over a number of rollouts"
    )
    return p.inequality(
        p.claim.statement, [bound, positive, *p.claim.hypotheses[:2], rn.SOME_ROLLOUT], "times the noise"
    )


@cache
def sharp() -> Theorem:
    """Each score is answered for by 1/(1 - gamma^2) rewards."""
    p = Proof(rn.SHARP, STILL)
    at_least, below = _discount(p)

    def weight(count: Any) -> sp.Expr:
        return GeometricSum(_square, count)

    weight_0 = p.induction(
        sp.Ge(weight(n), 0, evaluate=False), n, [p.claim.hypotheses[0]], "a sum of nonnegative terms"
    )
    each, sign, grows = _growing(p, weight, [weight_0], _square)
    limit = p.cite(series.geometric_bound(), {series.x: _square}, [at_least, below])
    capped = p.inequality(
        sp.Le(rn.b(n), rn.largest(n + 1) / (1 - _square)),
        [each, limit.at(n=n + 1), sign.at(n=n + 1), below],
        "all its shares together",
    )
    sums = p.induction(
        sp.Le(sp.Sum(rn.b(t), (t, 0, n - 1)), n * rn.largest(n) / (1 - _square), evaluate=False),
        n,
        [capped, sign, grows, below],
        "one step at a time",
    )
    whole = p.given(rn.LARGEST[-1])
    bound = p.inequality(
        sp.Le(sp.Sum(rn.b(t), (t, 0, rn.H - 1)), rn.H * rn.W**2 / (1 - _square)),
        [sums.at(n=rn.H), whole, below], "over the whole rollout",
    )  # fmt: skip
    return p.qed(_scaled(p, bound))


@cache
def sharper() -> Theorem:
    """How far the sharp bound lies below Theorem 2's."""
    p = Proof(rn.SHARPER)
    return p.qed(
        p.equality(
            rn.SHARPER.quantity, rn.SHARPER.expression, [*p.claim.hypotheses[:2], rn.SOME_ROLLOUT],
            "1 - gamma^2 is (1 - gamma)(1 + gamma)",
        )
    )  # fmt: skip


def _triangle(count: Any) -> sp.Expr:
    """The sum of (t + 1) gamma^(2 t) over t < count, in closed form."""
    return (1 - rn.gamma ** (2 * count) * (1 + count * (1 - _square))) / (1 - _square) ** 2


@cache
def discounted() -> Theorem:
    """Later rewards weigh less, and that outweighs the scores that answer for them."""
    p = Proof(rn.DISCOUNTED, STILL)
    _, below = _discount(p)
    each, _, grows = _growing(p, lambda count: count, [], sp.S.One)
    power = p.inequality(
        sp.Ge(rn.gamma ** (2 * n), 0, evaluate=False),
        [*p.claim.hypotheses[:2]],
        "a power of a nonnegative number",
    )
    term = p.inequality(
        sp.Le(rn.gamma ** (2 * n) * rn.b(n), rn.gamma ** (2 * n) * rn.largest(n + 1) * (n + 1)),
        [each, power],
        "times a weight",
    )
    unfolded = p.equality(
        _triangle(n + 1), _triangle(n) + (n + 1) * rn.gamma ** (2 * n), [below], "the next term"
    )
    share = p.induction(sp.Ge(_triangle(n), 0), n, [unfolded, power, below], "a sum of nonnegative terms")
    product = p.inequality(
        sp.Ge((rn.largest(n + 1) - rn.largest(n)) * _triangle(n), 0),
        [grows, share, below],
        "a product of nonnegative numbers",
    )
    partial = p.induction(
        sp.Le(sp.Sum(rn.gamma ** (2 * t) * rn.b(t), (t, 0, n - 1)), rn.largest(n) * _triangle(n)),
        n,
        [term, unfolded, product, below],
        "one step at a time",
    )
    tail = p.inequality(
        sp.Ge(rn.gamma ** (2 * n) * (1 + n * (1 - _square)), 0), [power, below], "what is still to come"
    )
    limit = p.inequality(sp.Le(_triangle(n), 1 / (1 - _square) ** 2), [tail, below], "the sum without end")
    square = p.inequality(sp.Ge(rn.W**2, 0, evaluate=False), (), "a square")
    bound = p.inequality(
        sp.Le(sp.Sum(rn.gamma ** (2 * t) * rn.b(t), (t, 0, rn.H - 1)), rn.W**2 / (1 - _square) ** 2),
        [partial.at(n=rn.H), p.given(rn.LARGEST[-1]), limit.at(n=rn.H), square],
        "over the whole rollout",
    )
    return p.qed(_scaled(p, bound))


@cache
def paper() -> Theorem:
    """Theorem 2, from its sharper form: an expected maximum is above each expectation."""
    p = Proof(rn.PAPER, STILL)
    rising, each = p.cite(grows()), p.cite(above())
    none, moment, whole = (
        p.given(pg.MAXIMA[0]),
        *_hypotheses(p, "second moment of the score's norm", "W^2 is the expected maximum"),
    )
    named = p.define_map(
        rn.largest, (n,), _from_start(pg.maxima(n, x, _ZERO)), "the largest score of n steps"
    )
    zero = p.axiom(ax.LINEAR, x, rn.rho, _ZERO)
    at_0 = {pg.y: _ZERO}
    facts = [
        p.equality(rn.largest(0), 0, [named.at(n=_ZERO), none.at(at_0), zero], "of no steps"),
        p.inequality(
            sp.Le(rn.v(n), rn.largest(n + 1)),
            [
                p.axiom(ax.MONOTONE, x, rn.rho, using=[each.at({**at_0, t: n})]),
                named.at(n=n + 1),
                moment.at(t=n),
            ],
            "the maximum is above each",
        ),
        p.inequality(
            sp.Le(rn.largest(n), rn.largest(n + 1)),
            [p.axiom(ax.MONOTONE, x, rn.rho, using=[rising.at(at_0)]), named, named.at(n=n + 1)],
            "over more steps it is not smaller",
        ),
        p.equality(rn.largest(rn.H), rn.W**2, [named.at(n=rn.H), whole], "over the whole rollout"),
    ]
    bound = p.cite(sharp(), using=facts)
    gaps = p.inequality(
        sp.Le(1 / (1 - rn.gamma**2), 1 / (1 - rn.gamma) ** 2),
        [*p.claim.hypotheses[:2]],
        "1 - gamma is the smaller",
    )
    amount = p.inequality(
        sp.Ge(rn.sigma**2 * rn.H * rn.W**2 / rn.K, 0, evaluate=False), [rn.SOME_ROLLOUT], "squares"
    )
    return p.qed(
        p.inequality(
            rn.PAPER.statement,
            [bound, gaps, amount, *p.claim.hypotheses[:2], rn.SOME_ROLLOUT],
            "so Theorem 2 follows",
        )
    )


# -- averages ------------------------------------------------------------------------------------------------


@cache
def average() -> Theorem:
    """Of K independent rollouts the average has a K-th of the variance."""
    p = Proof(rn.AVERAGE, STILL)
    s, y = rn.total, rn.y_k
    value = rn.f(y)
    mean, square = real("a q")
    named = [
        p.define(number, pg.expected(rn.R, y, power), f"call it {number}")
        for number, power in ((mean, value), (square, value**2))
    ]
    backwards = [
        p.equality(fact.formula.rhs, fact.formula.lhs, [fact], "the other way round") for fact in named
    ]
    (none, more), (none_2, more_2) = map(p.given, rn.SUMS), map(p.given, rn.SQUARED_SUMS)

    def proved(moment: Any, closed: Any, base: Fact, step: Fact, reason: str) -> Fact:
        relation = sp.Eq(moment(n, s), closed(n, s), evaluate=False)
        with p.by_induction(relation, n, reason) as ind:
            ind.base(p.equality(*both_sides(relation, {n: _ZERO}), [base], "none yet"))
            after = closed(ind.k, s + value)
            inside = expand_inside(
                p, rn.R, y, moment(ind.k, s + value), after, [ind.hypothesis.at({s: s + value})]
            )
            ind.step(
                p.equality(
                    *both_sides(relation, {n: ind.k + 1}),
                    [step.at(n=ind.k), *inside, *backwards],
                    "one more",
                )
            )
        return ind.fact

    first = proved(rn.sums, lambda c, at: at + c * mean, none, more, "means add")
    second = proved(
        rn.squares,
        lambda c, at: (at + c * mean) ** 2 + c * (square - mean**2),
        none_2,
        more_2,
        "variances add",
    )
    at = {n: rn.K, s: _ZERO}
    return p.qed(
        p.equality(
            rn.AVERAGE.quantity,
            rn.AVERAGE.expression,
            [first.at(at), second.at(at), *named, rn.SOME_ROLLOUT],
            "divide by K",
        )
    )
