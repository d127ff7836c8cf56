"""The proofs of :mod:`imagination.theory.reward_noise`, one function a theorem, each run once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import series
from imagination.theory.axioms.probability import parts
from imagination.theory.claim import Claim
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.terms import natural, real

j, n, x, u, k, g, a, z, e, m, i = pg.j, pg.n, pg.x, pg.u, pg.k, pg.g, pg.a, pg.z, pg.e, pg.m, pg.i
_ZERO = sp.Integer(0)

# -- an example world: one state, two actions of equal probability, and a fair coin's noise ------------------

_J, _A, _N = natural("J A N")
_X, _Y, _U, _K, _G = real("X Y U K G")

# A policy that ignores its parameters, with no reward and no noise.
STILL = World(
    {pg.m: 2, pg.lam: 1, pg.delta: 1, pg.sigma: 0},
    {
        pg.p: sp.Lambda((_J, _A, _X, _Y), sp.Rational(1, 2)),
        pg.pi: sp.Lambda((_A, _X), sp.Rational(1, 2)),
        pg.theta: sp.Lambda(_J, _ZERO),
        pg.h: sp.Lambda(_N, 1 / (1 + _N)),
        pg.slope: sp.Lambda((_N, _J, _A, _X), _ZERO),
        pg.score: sp.Lambda((_J, _A, _X), _ZERO),
        pg.P: sp.Lambda((_X, _A), _X),
        pg.N: sp.Lambda((_N, _X, _A), _ZERO),
        pg.r: sp.Lambda((_X, _A), _ZERO),
        pg.eta: sp.Lambda(_Y, _ZERO),
        pg.mean: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
        pg.mean_0: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
        pg.second: sp.Lambda((_J, _N, _X, _U, _K, _G), _G**2),
        pg.second_0: sp.Lambda((_J, _N, _X, _U, _K, _G), _G**2),
        pg.scores: sp.Lambda((_J, _N, _X), _ZERO),
        pg.traces: sp.Lambda((_J, _N, _X), _ZERO),
        pg.squares: sp.Lambda((_J, _N, _X, _U, _K), _K**2 * _U**2 * _N),
    },
)


# -- steps that recur ----------------------------------------------------------------------------------------


def _split(p: Proof, term: sp.Expr, reason: str = "sums are linear") -> Fact:
    """A sum over actions, taken apart into multiples of simpler sums."""

    def apart(count: Any) -> sp.Expr:
        return sp.Add(*(factor * pg.over_actions(rest, count) for factor, rest in parts(term, a)))

    return p.induction(sp.Eq(pg.over_actions(term, i), apart(i), evaluate=False), i, (), reason).at(i=m)


# -- the score -----------------------------------------------------------------------------------------------


@cache
def total() -> Theorem:
    """The probabilities of all actions add to 1."""
    p = Proof(pg.TOTAL, STILL)
    moved = pg.p(j, a, x, pg.theta(j))
    same = p.induction(
        sp.Eq(pg.over_actions(pg.pi(a, x), i), pg.over_actions(moved, i), evaluate=False),
        i,
        [p.given(pg.POLICY).at(a=i)],
        "the same terms",
    )
    one = p.given(pg.PROBABILITIES).at({pg.y: pg.theta(j)})
    return p.qed(p.equality(pg.TOTAL.quantity, 1, [same.at(i=m), one], "they add to 1"))


@cache
def martingale() -> Theorem:
    """Scores average to 0, because the probabilities' derivatives add up to that of the constant 1."""
    p = Proof(pg.MARTINGALE, STILL)
    slope, limit, here, moved = (
        pg.slope(n, j, a, x), pg.pi(a, x) * pg.score(j, a, x), pg.theta(j), pg.theta(j) + pg.h(n)
    )  # fmt: skip

    def added(term: sp.Expr, count: Any) -> sp.Sum:
        return pg.over_actions(term, count)

    quotients = p.induction(
        sp.Eq(
            pg.h(n) * added(slope, i),
            added(pg.p(j, a, x, moved), i) - added(pg.p(j, a, x, here), i),
            evaluate=False,
        ),
        i,
        [p.given(pg.SLOPES).at(a=i)],
        "the difference quotient of a sum is the sum of the difference quotients",
    )
    ones = p.given(pg.PROBABILITIES)
    none = p.inequality(
        sp.Eq(added(slope, m), 0, evaluate=False),
        [quotients.at(i=m), ones.at(y=here), ones.at(y=moved), pg.STEPS],
        "the probabilities add to 1 before and after a step, so there is no difference",
    )
    still = p.limit(_ZERO, n, _ZERO, reason="0 stays 0")
    relation = sp.Eq(sp.Limit(added(slope, i), n, sp.oo), added(limit, i), evaluate=False)
    with p.by_induction(relation, i, "the derivative of a finite sum is the sum of the derivatives") as ind:
        empty = p.same_limit(p.equality(added(slope, _ZERO), 0, reason="no terms"), still, n)
        ind.base(p.equality(sp.Limit(added(slope, _ZERO), n, sp.oo), added(limit, _ZERO), [empty]))
        last = {a: ind.k}
        grown = p.equality(
            added(slope, ind.k + 1), added(slope, ind.k) + slope.xreplace(last), reason="one more term"
        )
        derivative = p.given(pg.SCORE).at(last)
        both = p.limit(
            added(slope, ind.k) + slope.xreplace(last), n, added(limit, ind.k) + limit.xreplace(last),
            [ind.hypothesis, derivative], "the limit of a sum of two",
        )  # fmt: skip
        step = p.same_limit(grown, both, n)
        ind.step(p.equality(sp.Limit(added(slope, ind.k + 1), n, sp.oo), added(limit, ind.k + 1), [step]))
    zero = p.same_limit(none, still, n)
    return p.qed(p.equality(pg.MARTINGALE.quantity, 0, [ind.fact.at(i=m), zero], "one limit, found twice"))


# -- moments of a rollout's estimate -------------------------------------------------------------------------

_v = pg.eligibility
_reward = pg.r(x, a)
_NEXT = {x: z, u: _v, k: pg.delta * k}


_SUCCESSOR = pg.P(x, a)


def _after(moment: Any, steps: Any, estimate: Any) -> sp.Expr:
    """A moment after one step, from which the estimate is `estimate`."""
    return moment(j, steps, z, _v, pg.delta * k, estimate)


def _over_successors(term: sp.Expr) -> sp.Expr:
    return pg.expected(_SUCCESSOR, z, term)


def _expand_inside(
    p: Proof, law: Any, variable: Any, before: sp.Expr, after: sp.Expr, facts: list[Fact]
) -> list:
    """Rewrite an integrand by known equalities, and use that expectations are linear."""
    rewritten = p.equality(
        pg.expected(law, variable, before), pg.expected(law, variable, after), facts, "by what is known of it"
    )
    return [rewritten, p.axiom(ax.LINEAR, variable, law, after)]


def _on_average(p: Proof, before: sp.Expr, after: sp.Expr, each: list[Fact]) -> list[Fact]:
    """From an equality for every action, that of the averages over actions, with the right side apart."""
    weighted = pg.pi(a, x) * after
    same = p.equality(
        pg.over_actions(pg.pi(a, x) * before), pg.over_actions(weighted), each, "so for the average action"
    )
    return [same, _split(p, weighted)]


def _sides(claim: Claim, steps: Any) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of a claim about all numbers of steps, at one number."""
    lhs, rhs = (side.xreplace({n: steps}) for side in claim.statement.args)
    return lhs, rhs


_estimate = k * _reward * _v


@cache
def affine() -> Theorem:
    """What was estimated before adds to the mean of what is to come."""
    p = Proof(pg.AFFINE, STILL)
    ones = p.cite(total())
    start, step = map(p.given, pg.MEAN_0)
    with p.by_induction(pg.AFFINE.statement, n, "the mean adds up") as ind:
        ind.base(p.equality(*_sides(pg.AFFINE, _ZERO), [start, start.at(g=_ZERO)], "nothing is to come"))
        known = ind.hypothesis.at(_NEXT)
        rest = _after(pg.mean_0, ind.k, _ZERO)
        inside = []
        for estimate in (g + _estimate, _estimate):
            inside += _expand_inside(
                p,
                _SUCCESSOR,
                z,
                _after(pg.mean_0, ind.k, estimate),
                estimate + rest,
                [known.at({g: estimate})],
            )
        before, after = (
            _over_successors(_after(pg.mean_0, ind.k, estimate)) for estimate in (g + _estimate, _estimate)
        )
        each = p.equality(before, g + after, inside, "for every action")
        averages = _on_average(p, before, g + after, [each])
        ind.step(
            p.equality(
                *_sides(pg.AFFINE, ind.k + 1),
                [step.at(n=ind.k), step.at({n: ind.k, g: _ZERO}), *averages, ones],
                "one step more",
            )
        )
    return p.qed(ind.fact)


@cache
def quadratic() -> Theorem:
    """The second moment of a sum of what is known and what is to come."""
    p = Proof(pg.QUADRATIC, STILL)
    ones, adds_up = p.cite(total()), p.cite(affine())
    start, step = map(p.given, pg.SECOND_0)
    mean_start, mean_step = map(p.given, pg.MEAN_0)
    with p.by_induction(pg.QUADRATIC.statement, n, "the square of a sum") as ind:
        ind.base(
            p.equality(
                *_sides(pg.QUADRATIC, _ZERO),
                [start, start.at(g=_ZERO), mean_start.at(g=_ZERO)],
                "nothing is to come",
            )
        )
        known, mean = ind.hypothesis.at(_NEXT), adds_up.at({**_NEXT, n: ind.k})
        first, second = (_after(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.second_0))
        inside = _expand_inside(
            p,
            _SUCCESSOR,
            z,
            _after(pg.mean_0, ind.k, _estimate),
            _estimate + first,
            [mean.at({g: _estimate})],
        )
        for estimate in (g + _estimate, _estimate):
            flat = estimate**2 + 2 * estimate * first + second
            inside += _expand_inside(
                p, _SUCCESSOR, z, _after(pg.second_0, ind.k, estimate), flat, [known.at({g: estimate})]
            )
        before = _over_successors(_after(pg.second_0, ind.k, g + _estimate))
        after = (
            g**2
            + 2 * g * _over_successors(_after(pg.mean_0, ind.k, _estimate))
            + _over_successors(_after(pg.second_0, ind.k, _estimate))
        )
        each = p.equality(before, after, inside, "for every action")
        averages = _on_average(p, before, after, [each])
        ind.step(
            p.equality(
                *_sides(pg.QUADRATIC, ind.k + 1),
                [
                    step.at(n=ind.k),
                    step.at({n: ind.k, g: _ZERO}),
                    mean_step.at({n: ind.k, g: _ZERO}),
                    *averages,
                    ones,
                ],
                "one step more",
            )
        )
    return p.qed(ind.fact)


_noisy_estimate = k * (_reward + pg.eta(e)) * _v


def _noise_out(
    p: Proof, moment: Any, flat: sp.Expr, quiet: sp.Expr, steps: Any, facts: list[Any], moments: list[Any]
) -> Fact:
    """E_z E_e of a moment after a noisy step, as E_z of what is left when the noise is averaged out."""
    law = pg.N(steps, x, a)
    inside = _expand_inside(p, law, e, _after(moment, steps, g + _noisy_estimate), flat, facts)
    averaged = p.equality(
        pg.expected(law, e, _after(moment, steps, g + _noisy_estimate)), quiet, [*inside, *moments],
        "the noise, averaged out",
    )  # fmt: skip
    return p.equality(
        _over_successors(pg.expected(law, e, _after(moment, steps, g + _noisy_estimate))),
        _over_successors(quiet), [averaged], "whatever the successor",
    )  # fmt: skip


@cache
def unbiased() -> Theorem:
    """Noise of mean 0 leaves the mean of the estimate alone."""
    p = Proof(pg.UNBIASED, STILL)
    adds_up = p.cite(affine())
    (start, step), (start_0, step_0) = map(p.given, pg.MEAN), map(p.given, pg.MEAN_0)
    zero = p.given(pg.NOISE_MEAN)
    with p.by_induction(pg.UNBIASED.statement, n, "with noise and without") as ind:
        ind.base(p.equality(*_sides(pg.UNBIASED, _ZERO), [start, start_0], "nothing is to come"))
        known, mean = ind.hypothesis.at(_NEXT), adds_up.at({**_NEXT, n: ind.k})
        rest = _after(pg.mean_0, ind.k, _ZERO)
        noisy, quiet = g + _noisy_estimate, g + _estimate
        each = _noise_out(
            p, pg.mean, noisy + rest, quiet + rest, ind.k,
            [known.at({g: noisy}), mean.at({g: noisy})], [zero.at(n=ind.k)],
        )  # fmt: skip
        same = p.equality(
            _over_successors(_after(pg.mean_0, ind.k, quiet)), _over_successors(quiet + rest),
            [mean.at({g: quiet})], "without noise it is the same",
        )  # fmt: skip
        ind.step(
            p.equality(
                *_sides(pg.UNBIASED, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), each, same],
                "one step more",
            )
        )
    return p.qed(ind.fact)


@cache
def noise_adds() -> Theorem:
    """Noise adds to the second moment sigma^2 times the squared eligibilities."""
    p = Proof(pg.NOISE_ADDS, STILL)
    square = p.cite(quadratic())
    (start, step), (start_0, step_0) = map(p.given, pg.SECOND), map(p.given, pg.SECOND_0)
    none, grow = map(p.given, pg.SQUARES)
    moments = [p.given(pg.NOISE_MEAN), p.given(pg.NOISE_VARIANCE)]
    with p.by_induction(pg.NOISE_ADDS.statement, n, "noise adds at every step") as ind:
        ind.base(p.equality(*_sides(pg.NOISE_ADDS, _ZERO), [start, start_0, none], "nothing is to come"))
        known, flat = ind.hypothesis.at(_NEXT), square.at({**_NEXT, n: ind.k})
        first, second = (_after(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.second_0))
        squares = pg.squares(j, ind.k, z, _v, pg.delta * k)
        noisy, quiet = g + _noisy_estimate, g + _estimate

        def expanded(estimate: sp.Expr) -> sp.Expr:
            return estimate**2 + 2 * estimate * first + second

        left = expanded(quiet) + pg.sigma**2 * (k**2 * _v**2 + squares)
        out = _noise_out(
            p, pg.second, expanded(noisy) + pg.sigma**2 * squares, left, ind.k,
            [known.at({g: noisy}), flat.at({g: noisy})], [f.at(n=ind.k) for f in moments],
        )  # fmt: skip
        apart = p.axiom(ax.LINEAR, z, _SUCCESSOR, left)
        same = _expand_inside(
            p, _SUCCESSOR, z, _after(pg.second_0, ind.k, quiet), expanded(quiet), [flat.at({g: quiet})]
        )
        before = _over_successors(pg.expected(pg.N(ind.k, x, a), e, _after(pg.second, ind.k, noisy)))
        quietly = _over_successors(_after(pg.second_0, ind.k, quiet))
        added = k**2 * _v**2 + _over_successors(squares)
        each = p.equality(before, quietly + pg.sigma**2 * added, [out, apart, *same], "for every action")
        averages = _on_average(p, before, quietly + pg.sigma**2 * added, [each])
        steps = _split(p, pg.pi(a, x) * added)
        ind.step(
            p.equality(
                *_sides(pg.NOISE_ADDS, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), grow.at(n=ind.k), *averages, steps],
                "one step more",
            )
        )
    return p.qed(ind.fact)


# -- eligibilities -------------------------------------------------------------------------------------------

t = pg.t


@cache
def shift() -> Theorem:
    """The eligibility's second moment, from the first step's score and what follows."""
    p = Proof(pg.SHIFT, STILL)
    (now, later), (first, grow) = map(p.given, pg.SQUARED_SCORE), map(p.given, pg.TRACE)
    with p.by_induction(pg.SHIFT.statement, t, "one step later") as ind:
        ind.base(
            p.equality(
                *(side.xreplace({t: _ZERO}) for side in pg.SHIFT.statement.args),
                [grow.at(t=_ZERO), first, first.at({x: z}), later.at(t=_ZERO)],
                "the first step",
            )
        )
        following = pg.lam**2 * pg.traces(j, ind.k, z) + pg.scores(j, ind.k + 1, z)
        inside = _expand_inside(
            p, _SUCCESSOR, z, pg.traces(j, ind.k + 1, z), following, [grow.at({t: ind.k, x: z})]
        )
        apart = inside[1].formula.rhs
        each = p.equality(_over_successors(pg.traces(j, ind.k + 1, z)), apart, inside, "for every action")
        ind.step(
            p.equality(
                *(side.xreplace({t: ind.k + 1}) for side in pg.SHIFT.statement.args),
                [grow.at(t=ind.k + 1), ind.hypothesis, later.at(t=ind.k + 1),
                 *_on_average(p, _over_successors(pg.traces(j, ind.k + 1, z)), apart, [each])],
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
        empty = p.axiom(ax.LINEAR, z, _SUCCESSOR, _ZERO)
        averages = _on_average(p, _over_successors(ahead(_ZERO)), _ZERO, [empty])
        total_ = pg.weighted_traces
        more = p.equality(
            total_.xreplace({n: n + 1}),
            total_ + pg.delta ** (2 * n) * pg.traces(j, n, x),
            reason="one term more",
        )
        ind.base(p.equality(*_sides(pg.SUM_SHIFT, _ZERO), [more.at(n=_ZERO), first, *averages], "one term"))
        more = ahead(ind.k) + pg.delta ** (2 * ind.k) * pg.traces(j, ind.k, z)
        linear = p.axiom(ax.LINEAR, z, _SUCCESSOR, more)
        averages = _on_average(p, _over_successors(more), linear.formula.rhs, [linear])
        ind.step(
            p.equality(
                *_sides(pg.SUM_SHIFT, ind.k + 1),
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
        ind.base(p.equality(*_sides(pg.ELIGIBILITY, _ZERO), [none], "no steps"))
        known = ind.hypothesis.at({x: z, u: _v, k: pg.delta * k})
        inside = _expand_inside(
            p, _SUCCESSOR, z, pg.squares(j, ind.k, z, _v, pg.delta * k), known.formula.rhs, [known]
        )
        apart = inside[1].formula.rhs
        before = k**2 * _v**2 + _over_successors(pg.squares(j, ind.k, z, _v, pg.delta * k))
        each = p.equality(before, k**2 * _v**2 + apart, inside, "for every action")
        averages = _on_average(p, before, k**2 * _v**2 + apart, [each])
        ind.step(
            p.equality(
                *_sides(pg.ELIGIBILITY, ind.k + 1),
                [grow.at(n=ind.k), *averages, ones, zero, now, shifted.at(n=ind.k), recursion.at(n=ind.k)],
                "the cross term vanishes",
            )
        )
    return p.qed(ind.fact)
