r"""Which gradient does an estimator estimate? Claims and proofs of D4, for finitely many successors.

A state has finitely many actions, a state and an action finitely many successors; then derivatives of values
are derivatives of finite sums. The discounted estimator's mean is the gradient of the return. That of Theorem
2's estimator is not, where there is discounting: a coin that pays 1 shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import policy_gradient as pg
from imagination.theory import policy_gradient_proofs as proofs
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.terms import mapping, natural, real

a, j, n, x, u, k, g, y, z, m = pg.a, pg.j, pg.n, pg.x, pg.u, pg.k, pg.g, pg.y, pg.z, pg.m
gamma, lam, delta = pg.gamma, pg.lam, pg.delta
c, ell, S = natural("c l S")
_ZERO, _ONE = sp.Integer(0), sp.Integer(1)

SUCCESSORS = Quantity(S, "successors", "number of successors of a state and an action")
successor = mapping("succ", ("state", "natural", "natural"), "state")
T = mapping("T", ("state", "natural", "natural"))
V = mapping("V", ("natural", "natural", "state", "real"))
slope = mapping("Q", ("natural", "natural", "natural", "state"))
mean = mapping("mu", ("natural", "natural", "state", "real", "real", "real"))


def over_successors(term: sp.Expr, count: Any = S) -> sp.Sum:
    """A term in z, the next state, averaged over successors."""
    return sp.Sum(T(x, a, c) * term.xreplace({z: successor(x, a, c)}), (c, 0, count - 1))


TRANSITIONS = Hypothesis("transition probabilities add to 1", sp.Eq(sp.Sum(T(x, a, c), (c, 0, S - 1)), 1))


def action_value(steps: Any, at: sp.Expr) -> sp.Expr:
    """What an action is worth, with the parameter at `at` from then on."""
    return pg.r(x, a) + gamma * over_successors(V(j, steps, z, at))


VALUES = (
    Hypothesis("no steps, no value", sp.Eq(V(j, 0, x, y), 0)),
    Hypothesis(
        "value of n + 1 steps",
        sp.Eq(V(j, n + 1, x, y), pg.over_actions(pg.p(j, a, x, y) * action_value(n, y))),
        "as a function of one parameter",
    ),
)
VALUE_SLOPES = Hypothesis(
    "difference quotients of the value",
    sp.Eq(pg.h(ell) * slope(ell, j, n, x), V(j, n, x, pg.theta(j) + pg.h(ell)) - V(j, n, x, pg.theta(j))),
    "along any steps that tend to 0",
)
_after = mean(j, n, z, pg.eligibility, delta * k, g + k * pg.r(x, a) * pg.eligibility)
MEAN = (
    Hypothesis("mean at the end", sp.Eq(mean(j, 0, x, u, k, g), g)),
    Hypothesis(
        "mean, one step",
        sp.Eq(mean(j, n + 1, x, u, k, g), pg.over_actions(pg.pi(a, x) * over_successors(_after))),
    ),
)


def _for(hypotheses: tuple[Hypothesis, ...], decay: Any, weight: Any) -> tuple[Hypothesis, ...]:
    at = {lam: decay, delta: weight}
    return tuple(Hypothesis(h.name, h.relation.xreplace(at), h.meaning) for h in hypotheses)


DISCOUNTED_MEAN = _for(MEAN, _ONE, gamma)
_AT = (j, n, x, u, k, g)
STRUCTURE = Claim(
    name="What an eligibility earns", source="[this book]", symbols=(pg.ACTIONS, SUCCESSORS, w.GAMMA),
    hypotheses=(pg.PROBABILITIES, pg.POLICY, TRANSITIONS, *VALUES, *DISCOUNTED_MEAN),
    quantity=mean(*_AT), expression=g + k * (u * V(j, n, x, pg.theta(j)) + mean(j, n, x, 0, 1, 0)),
    relation="==", variables=_AT, meaning="earlier scores are answered for by the value",
)  # fmt: skip
GRADIENT = Claim(
    name="The discounted estimator estimates the gradient", source="[Sutton et al. 2000; this book]",
    symbols=STRUCTURE.symbols,
    hypotheses=(*pg.SCORES, pg.NULL_SEQUENCE, TRANSITIONS, *VALUES, VALUE_SLOPES, *DISCOUNTED_MEAN),
    quantity=sp.Limit(slope(ell, j, n, x), ell, sp.oo), expression=mean(j, n, x, 0, 1, 0), relation="==",
    variables=(j, n, x), meaning="the derivative of the value of n steps, for each parameter",
)  # fmt: skip

# -- the counterexample --------------------------------------------------------------------------------------

# Heads, with probability y, pays 1; two flips; y moves about 1/2.
UNDISCOUNTED_MEAN = _for(MEAN, gamma, _ONE)
_half = sp.Rational(1, 2)
COIN = (
    Hypothesis("tails", sp.Eq(pg.p(j, 0, x, y), 1 - y)),
    Hypothesis("heads", sp.Eq(pg.p(j, 1, x, y), y)),
    Hypothesis("tails pays nothing", sp.Eq(pg.r(x, 0), 0)),
    Hypothesis("heads pays 1", sp.Eq(pg.r(x, 1), 1)),
    Hypothesis("a fair coin", sp.Eq(pg.theta(j), _half)),
    Hypothesis("score of tails", sp.Eq(pg.score(j, 0, x), -2), "derivative of log(1 - y) at 1/2"),
    Hypothesis("score of heads", sp.Eq(pg.score(j, 1, x), 2), "derivative of log y at 1/2"),
)
_COIN_SIZE = {m: sp.Integer(2), S: sp.Integer(1)}


def _sized(hypotheses: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(h.name, h.relation.xreplace(_COIN_SIZE), h.meaning) for h in hypotheses)


NOT_THE_GRADIENT = Claim(
    name="Theorem 2's estimator estimates something else", source="[this book]", symbols=(w.GAMMA,),
    hypotheses=(*COIN, pg.POLICY, *_sized((TRANSITIONS, *VALUES, *UNDISCOUNTED_MEAN)), VALUE_SLOPES),
    quantity=pg.h(ell) * mean(j, 2, x, 0, 1, 0) - pg.h(ell) * slope(ell, j, 2, x),
    expression=pg.h(ell) * (1 - gamma), relation="==", variables=(j, x, ell),
    meaning="of the coin's two flips it misses the gradient by 1 - gamma",
)  # fmt: skip

# -- example worlds ------------------------------------------------------------------------------------------

_J, _A, _N, _I = natural("J A N I")
_X, _Y, _U, _K, _G = real("X Y U K G")
STILL = World(
    {**proofs.STILL.numbers, S: 1, gamma: 0},
    {
        **proofs.STILL.maps,
        successor: sp.Lambda((_X, _A, _I), _X),
        T: sp.Lambda((_X, _A, _I), _ONE),
        V: sp.Lambda((_J, _N, _X, _Y), _ZERO),
        slope: sp.Lambda((_I, _J, _N, _X), _ZERO),
        mean: sp.Lambda((_J, _N, _X, _U, _K, _G), _G),
    },
)


# -- proofs --------------------------------------------------------------------------------------------------


def _limit_of_sum(
    p: Proof, term: sp.Expr, value: sp.Expr, index: Any, count: Any, each: Callable[[Any], list[Fact]]
) -> Fact:
    """The limit of a finite sum, from those of its terms: ``each(k)`` are facts that give the k-th."""

    def added(part: sp.Expr, terms: Any) -> sp.Sum:
        return sp.Sum(part, (index, 0, terms - 1))

    v = natural("v")
    relation = sp.Eq(sp.Limit(added(term, v), ell, sp.oo), added(value, v), evaluate=False)
    with p.by_induction(relation, v, "limits of finite sums") as ind:
        none = p.equality(added(term, _ZERO), 0, reason="no terms")
        empty = p.same_limit(none, p.limit(_ZERO, ell, _ZERO, reason="0 stays 0"), ell)
        ind.base(p.equality(sp.Limit(added(term, _ZERO), ell, sp.oo), added(value, _ZERO), [empty]))
        last = {index: ind.k}
        grown = p.equality(
            added(term, ind.k + 1), added(term, ind.k) + term.xreplace(last), reason="one more term"
        )
        both = p.limit(
            added(term, ind.k) + term.xreplace(last), ell, added(value, ind.k) + value.xreplace(last),
            [ind.hypothesis, *each(ind.k)], "the limit of a sum of two",
        )  # fmt: skip
        step = p.same_limit(grown, both, ell)
        ind.step(p.equality(sp.Limit(added(term, ind.k + 1), ell, sp.oo), added(value, ind.k + 1), [step]))
    return ind.fact.at(v=count)


@cache
def structure() -> Theorem:
    """An eligibility earns the value of the state, and new scores earn the same whatever went before."""
    p = Proof(STRUCTURE, STILL)
    ones, certain = p.cite(proofs.total()), p.given(TRANSITIONS)
    (start, step), (worthless, value) = map(p.given, DISCOUNTED_MEAN), map(p.given, VALUES)
    policy = p.given(pg.POLICY)
    with p.by_induction(STRUCTURE.statement, n, "one step at a time") as ind:
        ind.base(
            p.equality(
                *proofs.both_sides(STRUCTURE.statement, {n: _ZERO}),
                [start, start.at({g: _ZERO, k: _ONE, u: _ZERO}), worthless.at({y: pg.theta(j)})],
                "nothing is to come",
            )
        )
        K, facts = ind.k, []
        here = successor(x, a, c)
        for at in ({}, {u: _ZERO, k: _ONE, g: _ZERO}):
            v, weight = (u + pg.score(j, a, x)).xreplace(at), (gamma * k).xreplace(at)
            before = (g + k * pg.r(x, a) * (u + pg.score(j, a, x))).xreplace(at)
            known = ind.hypothesis.at({x: here, u: v, k: weight, g: before})
            summand = T(x, a, c) * known.formula.rhs
            moved = p.equality(
                sp.Sum(T(x, a, c) * known.formula.lhs, (c, 0, S - 1)),
                sp.Sum(summand, (c, 0, S - 1)),
                [known],
                "known",
            )
            apart = proofs.split(p, summand, c, S)
            each = p.equality(
                moved.formula.lhs, before + weight * (v * over_successors(V(j, K, z, pg.theta(j)))
                                                      + over_successors(mean(j, K, z, 0, 1, 0))),
                [moved, apart, certain], "averaged over successors",
            )  # fmt: skip
            facts += proofs.on_average(p, each.formula.lhs, each.formula.rhs, [each])
        moved = p.equality(
            pg.over_actions(pg.p(j, a, x, pg.theta(j)) * action_value(K, pg.theta(j))),
            pg.over_actions(pg.pi(a, x) * action_value(K, pg.theta(j))), [policy], "the policy that it is",
        )  # fmt: skip
        apart = proofs.split(p, pg.pi(a, x) * action_value(K, pg.theta(j)))
        ind.step(
            p.equality(
                *proofs.both_sides(STRUCTURE.statement, {n: K + 1}),
                [step.at(n=K), step.at({n: K, u: _ZERO, k: _ONE, g: _ZERO}), value.at({n: K, y: pg.theta(j)}),
                 moved, apart, *facts, ones],
                "the eligibility earns the value",
            )
        )  # fmt: skip
    return p.qed(ind.fact)


def _product_rule(p: Proof, K: Any) -> Fact:
    """The difference quotient of the value of K + 1 steps, as a sum over actions."""
    here, moved = pg.theta(j), pg.theta(j) + pg.h(ell)
    value, policy = p.given(VALUES[1]), p.given(pg.POLICY)
    quotients, slopes = p.given(VALUE_SLOPES), p.given(pg.SLOPES).at(n=ell)
    at_next = quotients.at({n: K, x: successor(x, a, c)})
    ahead = p.equality(
        V(j, K, successor(x, a, c), moved),
        V(j, K, successor(x, a, c), here) + pg.h(ell) * slope(ell, j, K, successor(x, a, c)),
        [at_next], "the value ahead has moved",
    )  # fmt: skip
    summand = T(x, a, c) * ahead.formula.rhs
    future = p.equality(
        over_successors(V(j, K, z, moved)), sp.Sum(summand, (c, 0, S - 1)), [ahead], "so for each successor"
    )
    apart = proofs.split(p, summand, c, S)
    worth = p.equality(
        action_value(K, moved),
        action_value(K, here) + gamma * pg.h(ell) * over_successors(slope(ell, j, K, z)),
        [future, apart], "so for the action",
    )  # fmt: skip
    chance = p.equality(
        pg.p(j, a, x, moved),
        pg.pi(a, x) + pg.h(ell) * pg.slope(ell, j, a, x),
        [slopes, policy],
        "its chance has moved",
    )
    step = _quotient(K)
    each = p.equality(
        pg.p(j, a, x, moved) * action_value(K, moved),
        pg.pi(a, x) * action_value(K, here) + pg.h(ell) * step,
        [worth, chance], "the product rule, for one action",
    )  # fmt: skip
    after = p.equality(
        pg.over_actions(each.formula.lhs), pg.over_actions(each.formula.rhs), [each], "for all actions"
    )
    split = proofs.split(p, each.formula.rhs)
    now = p.equality(
        pg.over_actions(pg.p(j, a, x, here) * action_value(K, here)),
        pg.over_actions(pg.pi(a, x) * action_value(K, here)), [policy], "the policy that it is",
    )  # fmt: skip
    gathered = proofs.split(p, pg.pi(a, x) * action_value(K, here))
    quotient = proofs.split(p, step)
    scaled = p.equality(
        pg.h(ell) * slope(ell, j, K + 1, x), pg.h(ell) * pg.over_actions(step),
        [quotients.at(n=K + 1), value.at({n: K, y: moved}), value.at({n: K, y: here}), after, split, now,
         gathered, quotient],
        "the difference of the two values",
    )  # fmt: skip
    return p.inequality(
        sp.Eq(slope(ell, j, K + 1, x), pg.over_actions(step), evaluate=False),
        [scaled, p.given(pg.STEPS).at(n=ell)], "divide by the step",
    )  # fmt: skip


def _quotient(K: Any) -> sp.Expr:
    """An action's share of the difference quotient of the value of K + 1 steps."""
    chance = pg.pi(a, x) + pg.h(ell) * pg.slope(ell, j, a, x)
    return pg.slope(ell, j, a, x) * action_value(K, pg.theta(j)) + gamma * chance * over_successors(
        slope(ell, j, K, z)
    )


@cache
def gradient() -> Theorem:
    """The policy gradient theorem for finite horizons: the estimator's mean is the value's derivative."""
    p = Proof(GRADIENT, STILL)
    p.cite(proofs.total())
    (start, step), worthless = map(p.given, DISCOUNTED_MEAN), p.given(VALUES[0])
    earned = p.cite(structure())
    here = pg.theta(j)
    null, score = p.given(pg.NULL_SEQUENCE), p.given(pg.SCORE)
    steps = p.limit(pg.h(ell), ell, _ZERO, [null], "steps tend to 0")
    scores = p.limit(pg.slope(ell, j, a, x), ell, score.formula.rhs, [score], "the score")
    with p.by_induction(GRADIENT.statement, n, "the value of one step more") as ind:
        K = ind.k
        flat = p.inequality(
            sp.Eq(slope(ell, j, 0, x), 0, evaluate=False),
            [p.given(VALUE_SLOPES).at(n=_ZERO), worthless.at({y: here}), worthless.at({y: here + pg.h(ell)}),
             p.given(pg.STEPS).at(n=ell)],
            "no value, no slope",
        )  # fmt: skip
        none = p.same_limit(flat, p.limit(_ZERO, ell, _ZERO, reason="0 stays 0"), ell)
        ind.base(
            p.equality(
                sp.Limit(slope(ell, j, 0, x), ell, sp.oo),
                mean(j, 0, x, 0, 1, 0),
                [none, start.at({g: _ZERO, k: _ONE, u: _ZERO})],
            )
        )
        rule = _product_rule(p, K)

        def ahead(index: Any) -> list[Fact]:
            return [ind.hypothesis.at({x: successor(x, a, index)})]

        future = over_successors(mean(j, K, z, 0, 1, 0))
        futures = _limit_of_sum(
            p, T(x, a, c) * slope(ell, j, K, successor(x, a, c)),
            T(x, a, c) * mean(j, K, successor(x, a, c), 0, 1, 0), c, S, ahead,
        )  # fmt: skip
        share = pg.pi(a, x) * (pg.score(j, a, x) * action_value(K, here) + gamma * future)

        def one(action: Any) -> list[Fact]:
            return [futures.at({a: action}), steps, scores.at({a: action})]

        total = _limit_of_sum(p, _quotient(K), share, a, m, one)
        limit = p.same_limit(rule, total, ell)
        mean_ = _mean_of_more(p, K, step, earned)
        ind.step(
            p.equality(
                sp.Limit(slope(ell, j, K + 1, x), ell, sp.oo),
                mean(j, K + 1, x, 0, 1, 0),
                [limit, mean_],
                "one recursion",
            )
        )
    return p.qed(ind.fact)


def _mean_of_more(p: Proof, K: Any, step: Fact, earned: Fact) -> Fact:
    """The estimator's mean for K + 1 steps: the score times what the action is worth, and what follows."""
    here, at = successor(x, a, c), {u: _ZERO, k: _ONE, g: _ZERO}
    certain = p.given(TRANSITIONS)
    before = pg.r(x, a) * pg.score(j, a, x)
    known = earned.at({n: K, x: here, u: pg.score(j, a, x), k: gamma, g: before})
    summand = T(x, a, c) * known.formula.rhs
    moved = p.equality(
        sp.Sum(T(x, a, c) * known.formula.lhs, (c, 0, S - 1)),
        sp.Sum(summand, (c, 0, S - 1)),
        [known],
        "known",
    )
    apart = proofs.split(p, summand, c, S)
    future = over_successors(mean(j, K, z, 0, 1, 0))
    worth = pg.score(j, a, x) * action_value(K, pg.theta(j)) + gamma * future
    each = p.equality(moved.formula.lhs, worth, [moved, apart, certain], "averaged over successors")
    same = p.equality(
        pg.over_actions(pg.pi(a, x) * each.formula.lhs),
        pg.over_actions(pg.pi(a, x) * worth),
        [each],
        "and actions",
    )
    return p.equality(
        mean(j, K + 1, x, 0, 1, 0),
        pg.over_actions(pg.pi(a, x) * worth),
        [step.at({n: K, **at}), same],
        "the mean",
    )


COIN_WORLD = World(
    {gamma: _half},
    {
        pg.p: sp.Lambda((_J, _A, _X, _Y), 1 - _A + (2 * _A - 1) * _Y),
        pg.pi: sp.Lambda((_A, _X), _half),
        pg.theta: sp.Lambda(_J, _half),
        pg.score: sp.Lambda((_J, _A, _X), 4 * _A - 2),
        pg.r: sp.Lambda((_X, _A), _A),
        pg.h: sp.Lambda(_N, _ONE),
        slope: sp.Lambda((_I, _J, _N, _X), 2 - 2 * _half**_N),
        successor: sp.Lambda((_X, _A, _I), _X),
        T: sp.Lambda((_X, _A, _I), _ONE),
        V: sp.Lambda((_J, _N, _X, _Y), (2 - 2 * _half**_N) * _Y),
        mean: sp.Lambda((_J, _N, _X, _U, _K, _G), _G + _K * (_U * _half * (1 - _half**_N) + _N)),
    },
)


def _written_out(p: Proof, total: sp.Sum) -> Fact:
    """A sum of one or two terms, term by term."""
    index, _, last = total.limits[0]
    v, count = natural("v"), int(last) + 1
    terms = [total.function.xreplace({index: v + k}) for k in range(count)]
    grown = p.equality(
        sp.Sum(total.function, (index, 0, v + count - 1)),
        sp.Sum(total.function, (index, 0, v - 1)) + sp.Add(*terms),
        reason="the last terms",
    )
    return p.equality(
        total, sp.Add(*(t.xreplace({v: _ZERO}) for t in terms)), [grown.at(v=_ZERO)], "all its terms"
    )


def _coin(p: Proof) -> list[Fact]:
    """The coin's probabilities, rewards and scores; the one successor is certain."""
    facts = [p.given(h) for h in COIN]
    tails, heads, *_ = facts
    policy = p.given(pg.POLICY)
    fair = [
        p.equality(
            pg.pi(k_, x), _half, [policy.at(a=sp.Integer(k_)), side.at({y: pg.theta(j)}), facts[4]], "fair"
        )
        for k_, side in ((0, tails), (1, heads))
    ]
    (certain,) = (p.given(h) for h in p.claim.hypotheses if h.name == TRANSITIONS.name)
    one = _written_out(p, certain.formula.lhs)
    sure = p.equality(
        T(x, a, 0), 1, [p.equality(T(x, a, 0), certain.formula.lhs, [one]), certain], "one successor"
    )
    return [*facts, *fair, *(sure.at(a=sp.Integer(k_)) for k_ in (0, 1))]


def _one_flip(p: Proof, total: sp.Sum, facts: list[Fact], value: sp.Expr, reason: str) -> Fact:
    """A sum over the coin's actions and the one successor of each, reduced to a value."""
    actions = _written_out(p, total)
    inner = [
        _written_out(p, part) for part in sorted(actions.formula.rhs.atoms(sp.Sum), key=sp.default_sort_key)
    ]
    return p.equality(total, value, [actions, *inner, *facts], reason)


@cache
def not_the_gradient() -> Theorem:
    """Two flips of a coin: Theorem 2's estimator has mean 2, the gradient is 1 + gamma."""
    p = Proof(NOT_THE_GRADIENT, COIN_WORLD)
    known = {h.name: p.given(h) for h in p.claim.hypotheses}
    coin = _coin(p)
    start, step = known["mean at the end"], known["mean, one step"]
    worthless, value = known["no steps, no value"], known["value of n + 1 steps"]

    def flips(left: int, where: dict[Any, Any], facts: list[Fact], result: sp.Expr) -> Fact:
        more = step.at({n: sp.Integer(left), **where})
        sums = _one_flip(p, more.formula.rhs, [*coin, *facts], result, "heads or tails")
        return p.equality(more.formula.lhs, result, [more, sums], f"flips left: {left + 1}")

    ends = [
        start.at(
            {
                x: successor(x, act, 0),
                u: gamma * u + pg.score(j, act, x),
                g: g + k * pg.r(x, act) * (gamma * u + pg.score(j, act, x)),
            }
        )
        for act in (sp.Integer(0), sp.Integer(1))
    ]
    last = flips(0, {}, ends, g + k * (gamma * u / 2 + 1))
    nexts = [
        last.at(
            {x: successor(x, act, 0), u: pg.score(j, act, x), k: _ONE, g: pg.r(x, act) * pg.score(j, act, x)}
        )
        for act in (sp.Integer(0), sp.Integer(1))
    ]
    two = flips(1, {u: _ZERO, k: _ONE, g: _ZERO}, nexts, sp.Integer(2))

    def worth(left: int, ahead: Fact, result: sp.Expr) -> Fact:
        more = value.at(n=sp.Integer(left))
        after = [ahead.at({x: successor(x, act, 0)}) for act in (sp.Integer(0), sp.Integer(1))]
        sums = _one_flip(p, more.formula.rhs, [*coin, *after], result, "heads or tails")
        return p.equality(more.formula.lhs, result, [more, sums], f"flips left: {left + 1}")

    twice = worth(1, worth(0, worthless, y), y + gamma * y)
    moved = known[VALUE_SLOPES.name].at(n=sp.Integer(2))
    here = pg.theta(j)
    return p.qed(
        p.equality(
            NOT_THE_GRADIENT.quantity, NOT_THE_GRADIENT.expression,
            [two, moved, twice.at({y: here}), twice.at({y: here + pg.h(ell)})],
            "2 is not 1 + gamma",
        )
    )  # fmt: skip
