"""The proofs of :mod:`imagination.theory.reward_noise`, one function a theorem, each run once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
from imagination.theory import series
from imagination.theory.axioms.probability import parts
from imagination.theory.claim import Claim
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.sums import GeometricSum
from imagination.theory.terms import natural, real

j, n, x, u, k, g, a, z, e, m, i = pg.j, pg.n, pg.x, pg.u, pg.k, pg.g, pg.a, pg.z, pg.e, pg.m, pg.i
_ZERO = sp.Integer(0)

# -- an example world: one state, two actions of equal probability, and a fair coin's noise ------------------

_J, _A, _N = natural("J A N")
_X, _Y, _U, _K, _G = real("X Y U K G")

# A policy that ignores its parameters, with no reward and no noise.
STILL = World(
    {pg.m: 2, pg.lam: 1, pg.delta: 1, pg.sigma: 0, rn.K: 1, rn.d: 1, pg.H: 3, pg.gamma: 0, rn.W: 0},
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
        pg.base: sp.Lambda((_N, _X), _ZERO),
        pg.plain: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
        pg.biased: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
        pg.bias_mean: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
        pg.no_base: sp.Lambda((_N, _X), _ZERO),
        pg.bias: sp.Lambda((_X, _A), _ZERO),
        rn.R.func: sp.Lambda((), _ZERO),
        rn.f: sp.Lambda(_Y, _ZERO),
        rn.sums: sp.Lambda((_N, _Y), _Y),
        rn.squares: sp.Lambda((_N, _Y), _Y**2),
        pg.scores: sp.Lambda((_J, _N, _X), _ZERO),
        pg.traces: sp.Lambda((_J, _N, _X), _ZERO),
        rn.rho.func: sp.Lambda((), _ZERO),
        rn.v: sp.Lambda(_N, _ZERO),
        rn.b: sp.Lambda(_N, _ZERO),
        rn.largest: sp.Lambda(_N, _ZERO),
        pg.norm: sp.Lambda((_A, _X), _ZERO),
        pg.norms: sp.Lambda((_N, _X), _ZERO),
        pg.maxima: sp.Lambda((_N, _X, _Y), sp.Max(_Y, 0)),
        pg.squares: sp.Lambda((_J, _N, _X, _U, _K), _K**2 * _U**2 * _N),
    },
)


# -- steps that recur ----------------------------------------------------------------------------------------


def split(p: Proof, term: sp.Expr, index: Any = a, count: Any = m) -> Fact:
    """A sum over actions, or over another index, taken apart into multiples of simpler sums."""

    def added(part: sp.Expr, terms: Any) -> sp.Expr:
        return sp.Sum(part, (index, 0, terms - 1))

    apart = sp.Add(*(factor * added(rest, i) for factor, rest in parts(term, index)))
    relation = sp.Eq(added(term, i), apart, evaluate=False)
    return p.induction(relation, i, (), "sums are linear").at(i=count)


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


def on_average(p: Proof, before: sp.Expr, after: sp.Expr, each: list[Fact]) -> list[Fact]:
    """From an equality for every action, that of the averages over actions, with the right side apart."""
    weighted = pg.pi(a, x) * after
    same = p.equality(
        pg.over_actions(pg.pi(a, x) * before), pg.over_actions(weighted), each, "so for the average action"
    )
    return [same, split(p, weighted)]


def _sides(claim: Claim, steps: Any) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of a claim about all numbers of steps, at one number."""
    lhs, rhs = (side.xreplace({n: steps}) for side in claim.statement.args)
    return lhs, rhs


def _quiet(steps: Any) -> sp.Expr:
    """What a step adds to the estimate."""
    return pg.gain(_reward, pg.base(steps, x))


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
        for estimate in (g + _quiet(ind.k), _quiet(ind.k)):
            inside += _expand_inside(
                p,
                _SUCCESSOR,
                z,
                _after(pg.mean_0, ind.k, estimate),
                estimate + rest,
                [known.at({g: estimate})],
            )
        before, after = (
            _over_successors(_after(pg.mean_0, ind.k, estimate))
            for estimate in (g + _quiet(ind.k), _quiet(ind.k))
        )
        each = p.equality(before, g + after, inside, "for every action")
        averages = on_average(p, before, g + after, [each])
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
            _after(pg.mean_0, ind.k, _quiet(ind.k)),
            _quiet(ind.k) + first,
            [mean.at({g: _quiet(ind.k)})],
        )
        for estimate in (g + _quiet(ind.k), _quiet(ind.k)):
            flat = estimate**2 + 2 * estimate * first + second
            inside += _expand_inside(
                p, _SUCCESSOR, z, _after(pg.second_0, ind.k, estimate), flat, [known.at({g: estimate})]
            )
        before = _over_successors(_after(pg.second_0, ind.k, g + _quiet(ind.k)))
        after = (
            g**2
            + 2 * g * _over_successors(_after(pg.mean_0, ind.k, _quiet(ind.k)))
            + _over_successors(_after(pg.second_0, ind.k, _quiet(ind.k)))
        )
        each = p.equality(before, after, inside, "for every action")
        averages = on_average(p, before, after, [each])
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


def _noisy(steps: Any) -> sp.Expr:
    return pg.gain(_reward + pg.eta(e), pg.base(steps, x))


def _noise_out(
    p: Proof, moment: Any, flat: sp.Expr, quiet: sp.Expr, steps: Any, facts: list[Any], moments: list[Any]
) -> Fact:
    """E_z E_e of a moment after a noisy step, as E_z of what is left when the noise is averaged out."""
    law = pg.N(steps, x, a)
    inside = _expand_inside(p, law, e, _after(moment, steps, g + _noisy(steps)), flat, facts)
    averaged = p.equality(
        pg.expected(law, e, _after(moment, steps, g + _noisy(steps))), quiet, [*inside, *moments],
        "the noise, averaged out",
    )  # fmt: skip
    return p.equality(
        _over_successors(pg.expected(law, e, _after(moment, steps, g + _noisy(steps)))),
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
        noisy, quiet = g + _noisy(ind.k), g + _quiet(ind.k)
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
        noisy, quiet = g + _noisy(ind.k), g + _quiet(ind.k)

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
        averages = on_average(p, before, quietly + pg.sigma**2 * added, [each])
        steps = split(p, pg.pi(a, x) * added)
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
                 *on_average(p, _over_successors(pg.traces(j, ind.k + 1, z)), apart, [each])],
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
        averages = on_average(p, _over_successors(ahead(_ZERO)), _ZERO, [empty])
        total_ = pg.weighted_traces
        more = p.equality(
            total_.xreplace({n: n + 1}),
            total_ + pg.delta ** (2 * n) * pg.traces(j, n, x),
            reason="one term more",
        )
        ind.base(p.equality(*_sides(pg.SUM_SHIFT, _ZERO), [more.at(n=_ZERO), first, *averages], "one term"))
        more = ahead(ind.k) + pg.delta ** (2 * ind.k) * pg.traces(j, ind.k, z)
        linear = p.axiom(ax.LINEAR, z, _SUCCESSOR, more)
        averages = on_average(p, _over_successors(more), linear.formula.rhs, [linear])
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
        averages = on_average(p, before, k**2 * _v**2 + apart, [each])
        ind.step(
            p.equality(
                *_sides(pg.ELIGIBILITY, ind.k + 1),
                [grow.at(n=ind.k), *averages, ones, zero, now, shifted.at(n=ind.k), recursion.at(n=ind.k)],
                "the cross term vanishes",
            )
        )
    return p.qed(ind.fact)


# -- the exact amount ----------------------------------------------------------------------------------------

_H, _d = rn.H, rn.d


def _from_start(term: sp.Expr) -> sp.Expr:
    return pg.expected(rn.rho, x, term)


def _added_up(term: sp.Expr, count: Any = _d) -> sp.Sum:
    """A sum over the parameters."""
    return sp.Sum(term, (j, 0, count - 1))


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
    relation = sp.Eq(_added_up(_from_start(pg.traces(j, t, x))), rn.b(t), evaluate=False)
    with p.by_induction(relation, t, "coordinates add up") as ind:
        ind.base(
            p.equality(
                *(s.xreplace({t: _ZERO}) for s in relation.args), [start, first, moment.at(t=_ZERO)], "x"
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
            _added_up(_from_start(pg.traces(j, ind.k + 1, x))),
            _added_up(linear.formula.rhs),
            [each],
            "all of them",
        )
        split = split(p, linear.formula.rhs, j, _d)
        ind.step(
            p.equality(
                *(s.xreplace({t: ind.k + 1}) for s in relation.args),
                [same, split, ind.hypothesis, later.at(t=ind.k), moment.at(t=ind.k + 1)],
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
        _added_up(total_(n)), sp.Sum(pg.delta ** (2 * t) * rn.b(t), (t, 0, n - 1)), evaluate=False
    )
    with p.by_induction(relation, n, "steps add up") as ind:
        empty = p.axiom(ax.LINEAR, x, rn.rho, _ZERO)
        none = split(p, _ZERO, j, _d)
        ind.base(p.equality(*(s.xreplace({n: _ZERO}) for s in relation.args), [empty, none], "no steps"))
        more = pg.weighted_traces.xreplace({n: ind.k}) + pg.delta ** (2 * ind.k) * pg.traces(j, ind.k, x)
        linear = p.axiom(ax.LINEAR, x, rn.rho, more)
        same = p.equality(
            _added_up(_from_start(more)), _added_up(linear.formula.rhs), [linear], "all coordinates"
        )
        split = split(p, linear.formula.rhs, j, _d)
        ind.step(
            p.equality(
                *(s.xreplace({n: ind.k + 1}) for s in relation.args),
                [same, split, ind.hypothesis, moments.at(t=ind.k)],
                "one step more",
            )
        )
    coordinates = p.equality(
        _added_up(one.formula.lhs),
        _added_up(one.formula.rhs),
        [one],
        "for every coordinate, so for their sum",
    )
    split = split(p, one.formula.rhs, j, _d)
    return p.qed(
        p.equality(
            rn.EXACT.quantity,
            rn.EXACT.expression,
            [coordinates, split, ind.fact.at(n=_H), rn.SOME_ROLLOUT],
            "x",
        )
    )


# -- bounds --------------------------------------------------------------------------------------------------

_gamma, _square = rn.gamma, rn.gamma**2


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
    each, sign, grows = _growing(p, lambda count: count, [], sp.S.One)
    power = p.inequality(
        sp.Ge(rn.gamma ** (2 * n), 0, evaluate=False),
        [*p.claim.hypotheses[:2]],
        "a power of a nonnegative number",
    )
    term = p.inequality(
        sp.Le(rn.gamma ** (2 * n) * rn.b(n), rn.gamma ** (2 * n) * rn.largest(n + 1) * (n + 1)),
        [each, power],
        "x",
    )
    unfolded = p.equality(
        _triangle(n + 1), _triangle(n) + (n + 1) * rn.gamma ** (2 * n), [below], "the next term"
    )
    share = p.induction(sp.Ge(_triangle(n), 0), n, [unfolded, power, below], "a sum of nonnegative terms")
    product = p.inequality(
        sp.Ge((rn.largest(n + 1) - rn.largest(n)) * _triangle(n), 0), [grows, share, below], "x"
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


def _ordered(p: Proof, less: sp.Expr, more: sp.Expr, each: Fact) -> Fact:
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
        constant = p.axiom(ax.LINEAR, z, _SUCCESSOR, start)
        order = p.axiom(ax.MONOTONE, z, _SUCCESSOR, using=[above_])
        each = p.inequality(
            sp.Ge(_over_successors(pg.maxima(0, z, later)), start),
            [order, constant],
            "on average over successors",
        )
        averages = _ordered(p, start, _over_successors(pg.maxima(0, z, later)), each)
        split = split(p, pg.pi(a, x) * start)
        ind.base(
            p.inequality(
                sp.Le(pg.maxima(0, x, y), pg.maxima(1, x, y)),
                [averages, split, ones, none, more.at(n=_ZERO)],
                "already after one step",
            )
        )
        known = ind.hypothesis.at({x: z, y: later})
        order = p.axiom(ax.MONOTONE, z, _SUCCESSOR, using=[known])
        averages = _ordered(p, order.formula.lts, order.formula.gts, order)
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
        constant = p.axiom(ax.LINEAR, z, _SUCCESSOR, pg.norm(a, x))
        order = p.axiom(ax.MONOTONE, z, _SUCCESSOR, using=[start])
        each = p.inequality(
            sp.Ge(_over_successors(pg.maxima(0, z, moved)), pg.norm(a, x)), [order, constant], "on average"
        )
        averages = _ordered(p, pg.norm(a, x), _over_successors(pg.maxima(0, z, moved)), each)
        ind.base(
            p.inequality(
                sp.Le(pg.norms(0, x), pg.maxima(1, x, y)), [averages, now, more.at(n=_ZERO)], "the first step"
            )
        )
        order = p.axiom(ax.MONOTONE, z, _SUCCESSOR, using=[ind.hypothesis.at({x: z, y: moved})])
        averages = _ordered(p, order.formula.lts, order.formula.gts, order)
        ind.step(
            p.inequality(
                sp.Le(pg.norms(ind.k + 1, x), pg.maxima(ind.k + 2, x, y)),
                [averages, later.at(t=ind.k), more.at(n=ind.k + 1)],
                "a later step",
            )
        )
    return p.qed(ind.fact)


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
            ind.base(p.equality(*(side.xreplace({n: _ZERO}) for side in relation.args), [base], "none yet"))
            after = closed(ind.k, s + value)
            inside = _expand_inside(
                p, rn.R, y, moment(ind.k, s + value), after, [ind.hypothesis.at({s: s + value})]
            )
            ind.step(
                p.equality(
                    *(side.xreplace({n: ind.k + 1}) for side in relation.args),
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


# -- baselines and biases ------------------------------------------------------------------------------------


@cache
def baseline() -> Theorem:
    """A baseline leaves the mean alone, because scores average to 0."""
    p = Proof(pg.BASELINE, STILL)
    ones, zero, adds_up = p.cite(total()), p.cite(martingale()), p.cite(affine())
    (start, step), (start_0, step_0) = map(p.given, pg.PLAIN), map(p.given, pg.MEAN_0)
    with p.by_induction(pg.BASELINE.statement, n, "with a baseline and without") as ind:
        ind.base(p.equality(*_sides(pg.BASELINE, _ZERO), [start, start_0], "nothing is to come"))
        mean, known = adds_up.at({**_NEXT, n: ind.k}), ind.hypothesis.at(_NEXT)
        rest = _after(pg.mean_0, ind.k, _ZERO)
        with_it, without = g + _quiet(ind.k), g + pg.gain(_reward, _ZERO)
        moved = _expand_inside(
            p, _SUCCESSOR, z, _after(pg.mean_0, ind.k, with_it), with_it + rest, [mean.at({g: with_it})]
        )
        back = p.equality(
            _after(pg.plain, ind.k, without),
            without + rest,
            [known.at({g: without}), mean.at({g: without})],
            "known",
        )
        plain = _expand_inside(p, _SUCCESSOR, z, _after(pg.plain, ind.k, without), without + rest, [back])
        ahead = _over_successors(rest)
        averages = [
            fact
            for before, after, each in (
                (_after(pg.mean_0, ind.k, with_it), with_it, moved),
                (_after(pg.plain, ind.k, without), without, plain),
            )
            for fact in on_average(p, _over_successors(before), after + ahead, each)
        ]
        ind.step(
            p.equality(
                *_sides(pg.BASELINE, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), *averages, ones, zero],
                "the score's average is 0, times the baseline",
            )
        )
    return p.qed(ind.fact)


@cache
def frozen() -> Theorem:
    """An error of the reward that is the same at every visit is estimated like a reward."""
    p = Proof(pg.FROZEN, STILL)
    ones, adds_up, none = p.cite(total()), p.cite(affine()), p.given(pg.NO_BASE)
    own = {pg.mean_0: pg.bias_mean, pg.r: pg.bias, pg.base: pg.no_base}
    adds_up_b = p.cite(affine(), own)
    (start, step), (start_0, step_0), (start_b, step_b) = (
        map(p.given, moment) for moment in (pg.BIASED, pg.MEAN_0, pg.BIAS_MEAN)
    )
    with p.by_induction(pg.FROZEN.statement, n, "the estimate is linear in the reward") as ind:
        ind.base(
            p.equality(*_sides(pg.FROZEN, _ZERO), [start, start_0, start_b.at(g=_ZERO)], "nothing is to come")
        )
        at_k = {**_NEXT, n: ind.k}
        G = g + pg.gain(_reward + pg.bias(x, a), pg.base(ind.k, x))
        G_0, G_b = g + _quiet(ind.k), pg.gain(pg.bias(x, a), pg.no_base(ind.k, x))
        known, mean, mean_b = ind.hypothesis.at(_NEXT), adds_up.at(at_k), adds_up_b.at(at_k)
        rest, rest_b = (_after(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.bias_mean))
        averages = []
        for moment, flat, facts in (
            (pg.biased, G, [known.at({g: G}), mean.at({g: G})]),
            (pg.mean_0, G_0, [mean.at({g: G_0})]),
            (pg.bias_mean, G_b, [mean_b.at({g: G_b})]),
        ):
            ahead = rest + rest_b if moment is pg.biased else rest if moment is pg.mean_0 else rest_b
            inside = _expand_inside(p, _SUCCESSOR, z, _after(moment, ind.k, flat), flat + ahead, facts)
            averages += on_average(
                p, _over_successors(_after(moment, ind.k, flat)), inside[1].formula.rhs, inside
            )
        ind.step(
            p.equality(
                *_sides(pg.FROZEN, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), step_b.at({n: ind.k, g: _ZERO}), *averages, ones,
                 none.at(n=ind.k)],
                "one step more",
            )
        )  # fmt: skip
    return p.qed(ind.fact)
