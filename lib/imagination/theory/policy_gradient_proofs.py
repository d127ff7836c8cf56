"""The proofs of :mod:`imagination.theory.policy_gradient`: scores, moments, noise, baselines and biases.

One function a theorem, each run once in a process.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
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


def over_successors(term: sp.Expr) -> sp.Expr:
    return pg.expected(SUCCESSOR, z, term)


def expand_inside(
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


def both_sides(relation: sp.Rel, at: Any) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of a relation, at values of its variables."""
    lhs, rhs = (side.xreplace(at) for side in relation.args)
    return lhs, rhs


def sides(claim: Claim, steps: Any) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of a claim about all numbers of steps, at one number."""
    return both_sides(claim.statement, {n: steps})


def turned(p: Proof, fact: Fact) -> Fact:
    """The same equality, from right to left."""
    lhs, rhs = fact.formula.args
    return p.equality(rhs, lhs, [fact], "from right to left")


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
SUCCESSOR = pg.P(x, a)


def ahead_of(moment: Any, steps: Any, estimate: Any) -> sp.Expr:
    """A moment after one step, from which the estimate is `estimate`."""
    return moment(j, steps, z, _v, pg.delta * k, estimate)


def quiet_gain(steps: Any) -> sp.Expr:
    """What a step adds to the estimate."""
    return pg.gain(_reward, pg.base(steps, x))


@cache
def affine() -> Theorem:
    """What was estimated before adds to the mean of what is to come."""
    p = Proof(pg.AFFINE, STILL)
    ones = p.cite(total())
    start, step = map(p.given, pg.MEAN_0)
    with p.by_induction(pg.AFFINE.statement, n, "the mean adds up") as ind:
        ind.base(p.equality(*sides(pg.AFFINE, _ZERO), [start, start.at(g=_ZERO)], "nothing is to come"))
        known = ind.hypothesis.at(_NEXT)
        rest = ahead_of(pg.mean_0, ind.k, _ZERO)
        inside = []
        for estimate in (g + quiet_gain(ind.k), quiet_gain(ind.k)):
            inside += expand_inside(
                p,
                SUCCESSOR,
                z,
                ahead_of(pg.mean_0, ind.k, estimate),
                estimate + rest,
                [known.at({g: estimate})],
            )
        before, after = (
            over_successors(ahead_of(pg.mean_0, ind.k, estimate))
            for estimate in (g + quiet_gain(ind.k), quiet_gain(ind.k))
        )
        each = p.equality(before, g + after, inside, "for every action")
        averages = on_average(p, before, g + after, [each])
        ind.step(
            p.equality(
                *sides(pg.AFFINE, ind.k + 1),
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
                *sides(pg.QUADRATIC, _ZERO),
                [start, start.at(g=_ZERO), mean_start.at(g=_ZERO)],
                "nothing is to come",
            )
        )
        known, mean = ind.hypothesis.at(_NEXT), adds_up.at({**_NEXT, n: ind.k})
        first, second = (ahead_of(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.second_0))
        inside = expand_inside(
            p,
            SUCCESSOR,
            z,
            ahead_of(pg.mean_0, ind.k, quiet_gain(ind.k)),
            quiet_gain(ind.k) + first,
            [mean.at({g: quiet_gain(ind.k)})],
        )
        for estimate in (g + quiet_gain(ind.k), quiet_gain(ind.k)):
            flat = estimate**2 + 2 * estimate * first + second
            inside += expand_inside(
                p, SUCCESSOR, z, ahead_of(pg.second_0, ind.k, estimate), flat, [known.at({g: estimate})]
            )
        before = over_successors(ahead_of(pg.second_0, ind.k, g + quiet_gain(ind.k)))
        after = (
            g**2
            + 2 * g * over_successors(ahead_of(pg.mean_0, ind.k, quiet_gain(ind.k)))
            + over_successors(ahead_of(pg.second_0, ind.k, quiet_gain(ind.k)))
        )
        each = p.equality(before, after, inside, "for every action")
        averages = on_average(p, before, after, [each])
        ind.step(
            p.equality(
                *sides(pg.QUADRATIC, ind.k + 1),
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


def noisy_gain(steps: Any) -> sp.Expr:
    return pg.gain(_reward + pg.eta(e), pg.base(steps, x))


def _noise_out(
    p: Proof, moment: Any, flat: sp.Expr, quiet: sp.Expr, steps: Any, facts: list[Any], moments: list[Any]
) -> Fact:
    """E_z E_e of a moment after a noisy step, as E_z of what is left when the noise is averaged out."""
    law = pg.N(steps, x, a)
    inside = expand_inside(p, law, e, ahead_of(moment, steps, g + noisy_gain(steps)), flat, facts)
    averaged = p.equality(
        pg.expected(law, e, ahead_of(moment, steps, g + noisy_gain(steps))), quiet, [*inside, *moments],
        "the noise, averaged out",
    )  # fmt: skip
    return p.equality(
        over_successors(pg.expected(law, e, ahead_of(moment, steps, g + noisy_gain(steps)))),
        over_successors(quiet), [averaged], "whatever the successor",
    )  # fmt: skip


@cache
def unbiased() -> Theorem:
    """Noise of mean 0 leaves the mean of the estimate alone."""
    p = Proof(pg.UNBIASED, STILL)
    adds_up = p.cite(affine())
    (start, step), (start_0, step_0) = map(p.given, pg.MEAN), map(p.given, pg.MEAN_0)
    zero = p.given(pg.NOISE_MEAN)
    with p.by_induction(pg.UNBIASED.statement, n, "with noise and without") as ind:
        ind.base(p.equality(*sides(pg.UNBIASED, _ZERO), [start, start_0], "nothing is to come"))
        known, mean = ind.hypothesis.at(_NEXT), adds_up.at({**_NEXT, n: ind.k})
        rest = ahead_of(pg.mean_0, ind.k, _ZERO)
        noisy, quiet = g + noisy_gain(ind.k), g + quiet_gain(ind.k)
        each = _noise_out(
            p, pg.mean, noisy + rest, quiet + rest, ind.k,
            [known.at({g: noisy}), mean.at({g: noisy})], [zero.at(n=ind.k)],
        )  # fmt: skip
        same = p.equality(
            over_successors(ahead_of(pg.mean_0, ind.k, quiet)), over_successors(quiet + rest),
            [mean.at({g: quiet})], "without noise it is the same",
        )  # fmt: skip
        ind.step(
            p.equality(
                *sides(pg.UNBIASED, ind.k + 1),
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
        ind.base(p.equality(*sides(pg.NOISE_ADDS, _ZERO), [start, start_0, none], "nothing is to come"))
        known, flat = ind.hypothesis.at(_NEXT), square.at({**_NEXT, n: ind.k})
        first, second = (ahead_of(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.second_0))
        squares = pg.squares(j, ind.k, z, _v, pg.delta * k)
        noisy, quiet = g + noisy_gain(ind.k), g + quiet_gain(ind.k)

        def expanded(estimate: sp.Expr) -> sp.Expr:
            return estimate**2 + 2 * estimate * first + second

        left = expanded(quiet) + pg.sigma**2 * (k**2 * _v**2 + squares)
        out = _noise_out(
            p, pg.second, expanded(noisy) + pg.sigma**2 * squares, left, ind.k,
            [known.at({g: noisy}), flat.at({g: noisy})], [f.at(n=ind.k) for f in moments],
        )  # fmt: skip
        apart = p.axiom(ax.LINEAR, z, SUCCESSOR, left)
        same = expand_inside(
            p, SUCCESSOR, z, ahead_of(pg.second_0, ind.k, quiet), expanded(quiet), [flat.at({g: quiet})]
        )
        before = over_successors(pg.expected(pg.N(ind.k, x, a), e, ahead_of(pg.second, ind.k, noisy)))
        quietly = over_successors(ahead_of(pg.second_0, ind.k, quiet))
        added = k**2 * _v**2 + over_successors(squares)
        each = p.equality(before, quietly + pg.sigma**2 * added, [out, apart, *same], "for every action")
        averages = on_average(p, before, quietly + pg.sigma**2 * added, [each])
        steps = split(p, pg.pi(a, x) * added)
        ind.step(
            p.equality(
                *sides(pg.NOISE_ADDS, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), grow.at(n=ind.k), *averages, steps],
                "one step more",
            )
        )
    return p.qed(ind.fact)


# -- baselines and biases ------------------------------------------------------------------------------------


@cache
def baseline() -> Theorem:
    """A baseline leaves the mean alone, because scores average to 0."""
    p = Proof(pg.BASELINE, STILL)
    ones, zero, adds_up = p.cite(total()), p.cite(martingale()), p.cite(affine())
    (start, step), (start_0, step_0) = map(p.given, pg.PLAIN), map(p.given, pg.MEAN_0)
    with p.by_induction(pg.BASELINE.statement, n, "with a baseline and without") as ind:
        ind.base(p.equality(*sides(pg.BASELINE, _ZERO), [start, start_0], "nothing is to come"))
        mean, known = adds_up.at({**_NEXT, n: ind.k}), ind.hypothesis.at(_NEXT)
        rest = ahead_of(pg.mean_0, ind.k, _ZERO)
        with_it, without = g + quiet_gain(ind.k), g + pg.gain(_reward, _ZERO)
        moved = expand_inside(
            p, SUCCESSOR, z, ahead_of(pg.mean_0, ind.k, with_it), with_it + rest, [mean.at({g: with_it})]
        )
        back = p.equality(
            ahead_of(pg.plain, ind.k, without),
            without + rest,
            [known.at({g: without}), mean.at({g: without})],
            "known",
        )
        plain = expand_inside(p, SUCCESSOR, z, ahead_of(pg.plain, ind.k, without), without + rest, [back])
        ahead = over_successors(rest)
        averages = [
            fact
            for before, after, each in (
                (ahead_of(pg.mean_0, ind.k, with_it), with_it, moved),
                (ahead_of(pg.plain, ind.k, without), without, plain),
            )
            for fact in on_average(p, over_successors(before), after + ahead, each)
        ]
        ind.step(
            p.equality(
                *sides(pg.BASELINE, ind.k + 1),
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
            p.equality(*sides(pg.FROZEN, _ZERO), [start, start_0, start_b.at(g=_ZERO)], "nothing is to come")
        )
        at_k = {**_NEXT, n: ind.k}
        G = g + pg.gain(_reward + pg.bias(x, a), pg.base(ind.k, x))
        G_0, G_b = g + quiet_gain(ind.k), pg.gain(pg.bias(x, a), pg.no_base(ind.k, x))
        known, mean, mean_b = ind.hypothesis.at(_NEXT), adds_up.at(at_k), adds_up_b.at(at_k)
        rest, rest_b = (ahead_of(moment, ind.k, _ZERO) for moment in (pg.mean_0, pg.bias_mean))
        averages = []
        for moment, flat, facts in (
            (pg.biased, G, [known.at({g: G}), mean.at({g: G})]),
            (pg.mean_0, G_0, [mean.at({g: G_0})]),
            (pg.bias_mean, G_b, [mean_b.at({g: G_b})]),
        ):
            ahead = rest + rest_b if moment is pg.biased else rest if moment is pg.mean_0 else rest_b
            inside = expand_inside(p, SUCCESSOR, z, ahead_of(moment, ind.k, flat), flat + ahead, facts)
            averages += on_average(
                p, over_successors(ahead_of(moment, ind.k, flat)), inside[1].formula.rhs, inside
            )
        ind.step(
            p.equality(
                *sides(pg.FROZEN, ind.k + 1),
                [step.at(n=ind.k), step_0.at(n=ind.k), step_b.at({n: ind.k, g: _ZERO}), *averages, ones,
                 none.at(n=ind.k)],
                "one step more",
            )
        )  # fmt: skip
    return p.qed(ind.fact)
