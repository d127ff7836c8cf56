r"""Bounded states in stochastic worlds: the gap where errors need not contract.

The return is a sum over time of expected rewards. At each time the expected rewards of two worlds differ by
what the kernels' errors have piled up, and never by more than the reward can change across the whole space.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import return_gap as rg
from imagination.theory import series
from imagination.theory import stochastic as st
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.stochastic import P, P_hat, a, b, c, expected, n, pi, r, r_hat, x, y, z
from imagination.theory.sums import CappedGeometricSum, GeometricSum
from imagination.theory.terms import mapping, natural, point, real

t = w.t
u = point("u", "state")
_SLOPE = w.L_r * (1 + w.L_pi)

# Expected rewards at time t: from a state, and from a state after an action.
R, R_mixed, R_hat = (mapping(name, ("natural", "state")) for name in ("R", "R'", "Rhat"))
A, A_mixed, A_hat = (mapping(name, ("natural", "state", "action")) for name in ("A", "A'", "Ahat"))
J, J_hat = (mapping(name, ("natural", "state")) for name in ("J", "Jhat"))


def _rate_sign(p: Proof) -> Fact:
    return p.inequality(
        sp.Ge(w.L, 0), [w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI)], "a product of nonnegative numbers"
    )


def _capped_sum(count: sp.Expr) -> sp.Expr:
    return CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, count)


def capped_limit(p: Proof) -> tuple[Fact, Fact]:
    """G_n(gamma) stays below its limit, and C_n tends to C_oo; both because the discount is below 1."""
    geometric = p.induction(
        sp.Ge(GeometricSum(w.L, n), 0), n,
        [p.cite(series.geometric_recursion(), {series.x: w.L}), _rate_sign(p)],
        "a sum of nonnegative terms",
    )  # fmt: skip
    error = p.inequality(
        sp.Ge(w.eps_dyn * GeometricSum(w.L, n), 0),
        [geometric, w.nonnegative(w.EPS_DYN)],
        "a product of nonnegative numbers",
    )
    capped = sp.Min(w.D, w.eps_dyn * GeometricSum(w.L, n))
    sign = p.inequality(
        sp.Ge(capped, 0), [error, w.nonnegative(w.DIAMETER)], "the smaller of two nonnegative numbers"
    )
    term = p.inequality(
        sp.Ge(w.gamma**n * capped, 0), [sign, w.nonnegative(w.GAMMA)], "a product of nonnegative numbers"
    )
    growing = p.inequality(sp.Le(_capped_sum(n), _capped_sum(n + 1)), [term], "one more nonnegative term")
    less = p.inequality(
        sp.Le(w.gamma**n * capped, w.gamma**n * w.D),
        [w.nonnegative(w.GAMMA)],
        "a minimum is below each of its parts",
    )
    partial = p.induction(
        sp.Le(_capped_sum(n), w.D * GeometricSum(w.gamma, n)), n, [less], "each term is at most D"
    )
    single = p.cite(series.geometric_bound(), {series.x: w.gamma}, [*w.DISCOUNT])
    below = p.inequality(
        sp.Le(_capped_sum(n), w.D / (1 - w.gamma)),
        [partial, single, w.nonnegative(w.DIAMETER)],
        "so partial sums are bounded",
    )
    series_limit = p.axiom(
        ax.SERIES, n, _capped_sum(n), using=[growing, below], reason="so the series converges"
    )
    return single, series_limit


def _rewards(state: Any, action: Any, kernel: Any, reward: Any, which: str) -> tuple[Hypothesis, ...]:
    return (
        Hypothesis(f"{which}first reward", sp.Eq(state(0, x), expected(pi(x), c, reward(x, c)))),
        Hypothesis(f"{which}later rewards", sp.Eq(state(t + 1, x), expected(pi(x), c, action(t, x, c)))),
        Hypothesis(
            f"{which}reward after an action", sp.Eq(action(t, x, a), expected(kernel(x, a), z, state(t, z)))
        ),
    )


REAL = _rewards(R, A, P, r, "")
MIXED = _rewards(R_mixed, A_mixed, P_hat, r, "learned kernel, real reward: ")
LEARNED = _rewards(R_hat, A_hat, P_hat, r_hat, "learned: ")
RETURNS = tuple(
    Hypothesis(
        name, sp.Eq(total(n, x), sp.Sum(w.gamma**t * state(t, x), (t, 0, n - 1))), "definition, for every n"
    )
    for name, total, state in (("real return", J, R), ("imagined return", J_hat, R_hat))
)
LIMITS = (
    Hypothesis("the real return exists", sp.Eq(sp.Limit(J(n, x), n, sp.oo), w.V_inf(x))),
    Hypothesis("the imagined return exists", sp.Eq(sp.Limit(J_hat(n, x), n, sp.oo), w.V_hat_inf(x))),
)

_NUMBERS = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW, w.DIAMETER)
_BASIC = (*w.CONSTANTS, w.nonnegative(w.EPS_DYN), w.nonnegative(w.DIAMETER))
_SMOOTH = (w.LIPSCHITZ_R, st.LIPSCHITZ_PI, st.KERNEL_ERROR, w.BOUNDED)

KERNEL_GAP = Claim(
    name="One reward under two kernels",
    source="[this book]",
    symbols=(w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.DIAMETER),
    hypotheses=(*_BASIC, st.LIPSCHITZ_P, *_SMOOTH, *REAL, *MIXED),
    quantity=sp.Abs(R(t, x) - R_mixed(t, x)),
    expression=_SLOPE * sp.Min(w.D, w.eps_dyn * GeometricSum(w.L, t)),
    variables=(t, x),
    meaning="the expected rewards at time t",
)


def _bounded(
    kernel: str, name: str, extra: tuple[Hypothesis, ...], quantity: sp.Expr, expression: sp.Expr, free: Any
) -> Claim:
    smooth = {"real": st.LIPSCHITZ_P, "learned": st.LIPSCHITZ_P_HAT}[kernel]
    return Claim(
        name=f"{name}, stochastic" if kernel == "real" else f"{name}, stochastic, learned kernel",
        source="[this book]",
        symbols=_NUMBERS,
        hypotheses=(
            *w.DISCOUNT,
            *_BASIC,
            w.nonnegative(w.EPS_REW),
            smooth,
            *_SMOOTH,
            w.MODEL_REW,
            *REAL,
            *MIXED,
            *LEARNED,
            *RETURNS,
            *extra,
        ),
        quantity=quantity,
        expression=expression,
        variables=free,
    )


def _sum(count: sp.Expr) -> sp.Expr:
    return CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, count)


BOUNDED_FINITE = {
    kernel: _bounded(
        kernel,
        "Bounded states, n steps",
        (),
        sp.Abs(J(n, x) - J_hat(n, x)),
        rg.BOUNDED_STATES_FINITE.expression.xreplace({w.H: n}),
        (n, x),
    )
    for kernel in ("real", "learned")
}
BOUNDED = {
    kernel: _bounded(
        kernel,
        "Bounded states",
        LIMITS,
        sp.Abs(w.V_inf(x) - w.V_hat_inf(x)),
        rg.BOUNDED_STATES.expression,
        (x,),
    )
    for kernel in ("real", "learned")
}

# A world of one point, in which the learned reward is off by 1.
_X, _Y, _A = real("X Y A")
_N = natural("N")
_half = sp.Rational(1, 2)
_zero = {
    **{name: sp.Lambda((_X, _Y), sp.S.Zero) for name in (w.d_S, w.d_A, w.W_S, w.W_A, P, P_hat, r)},
    **{name: sp.Lambda((_N, _X, _A), sp.S.Zero) for name in (A, A_mixed)},
    **{name: sp.Lambda((_N, _X), sp.S.Zero) for name in (R, R_mixed, J)},
}
POINT = World(
    {w.gamma: _half, w.L_f: 2, w.L_r: 1, w.L_pi: 1, w.eps_dyn: 1, w.eps_rew: 1, w.D: 1},
    {
        **_zero,
        pi: sp.Lambda(_X, sp.S.Zero),
        r_hat: sp.Lambda((_X, _A), sp.S.One),
        R_hat: sp.Lambda((_N, _X), sp.S.One),
        A_hat: sp.Lambda((_N, _X, _A), sp.S.One),
        J_hat: sp.Lambda((_N, _X), 2 - 2 * _half**_N),
        w.V_inf: sp.Lambda(_X, sp.S.Zero),
        w.V_hat_inf: sp.Lambda(_X, sp.Integer(2)),
    },
)
# The same with roles exchanged: the third world has the real kernel and the learned reward.
EXCHANGED_POINT = World(
    POINT.numbers,
    {**POINT.maps, R_mixed: sp.Lambda((_N, _X), sp.S.One), A_mixed: sp.Lambda((_N, _X, _A), sp.S.One)},
)


def _averaged(p: Proof, smooth: Fact, g: Any, M: sp.Expr, M_sign: Fact) -> Fact:
    """From |g(x, a) - g(y, b)| <= M (d + d): how far the policy's averages of g are apart at x and y."""
    same_action, same_state = p.axiom(ax.SELF_DISTANCE, c), p.axiom(ax.SELF_DISTANCE, y)
    first = p.inequality(
        sp.Le(sp.Abs(g(x, c) - g(y, c)), M * w.d_S(x, y)),
        [smooth.at({a: c, b: c}), same_action],
        "one action, two states",
    )
    average = p.axiom(ax.EXPECTATION, c, pi(x), using=[first], reason="average over the policy's actions")
    second = p.inequality(
        sp.Le(sp.Abs(g(y, c) - g(y, b)), M * w.d_A(c, b)),
        [smooth.at({x: y, a: c}), same_state],
        "one state, two actions",
    )
    change = p.axiom(
        ax.KANTOROVICH, c, b, pi(x), pi(y), using=[second], reason="the policy's law moves with the state"
    )
    difference = sp.Abs(expected(pi(x), c, g(x, c)) - expected(pi(y), c, g(y, c)))
    return p.inequality(
        sp.Le(difference, M * (1 + w.L_pi) * w.d_S(x, y)),
        [average, change, st.LIPSCHITZ_PI, M_sign],
        "add the two",
    )


def _moves(p: Proof, real: list[Fact], slope_sign: Fact, power_sign: Fact) -> Fact:
    """|R_t(x) - R_t(y)| <= L_r (1 + L_pi) L^t d(x, y)."""
    start, later, after = real
    statement = sp.Le(sp.Abs(R(t, x) - R(t, y)), _SLOPE * w.L**t * w.d_S(x, y))
    with p.by_induction(statement, t, "expected rewards move with the state") as by:
        k = by.k
        reward = _averaged(p, p.given(w.LIPSCHITZ_R), r, w.L_r, p.given(w.nonnegative(w.LIP_R)))
        by.base(
            p.inequality(
                sp.Le(sp.Abs(R(0, x) - R(0, y)), _SLOPE * w.d_S(x, y)),
                [start, start.at({x: y}), reward],
                "now",
            )
        )
        K = _SLOPE * w.L**k
        K_sign = p.inequality(
            sp.Ge(K, 0), [slope_sign, power_sign.at(t=k)], "a product of nonnegative numbers"
        )
        duality = p.axiom(
            ax.KANTOROVICH,
            z,
            u,
            P(x, a),
            P(y, b),
            using=[by.hypothesis.at({x: z, y: u})],
            reason="the law moves",
        )
        smooth = p.inequality(
            sp.Le(sp.Abs(A(k, x, a) - A(k, y, b)), K * w.L_f * (w.d_S(x, y) + w.d_A(a, b))),
            [after.at(t=k), after.at({t: k, x: y, a: b}), duality, st.LIPSCHITZ_P, K_sign],
            "with state and action",
        )
        M_sign = p.inequality(
            sp.Ge(K * w.L_f, 0), [K_sign, w.nonnegative(w.LIP_F)], "a product of nonnegative numbers"
        )
        moved = _averaged(p, smooth, lambda s, action: A(k, s, action), K * w.L_f, M_sign)
        by.step(
            p.inequality(
                sp.Le(sp.Abs(R(k + 1, x) - R(k + 1, y)), _SLOPE * w.L ** (k + 1) * w.d_S(x, y)),
                [later.at(t=k), later.at({t: k, x: y}), moved],
                "one step later",
            )
        )
    return by.fact


def _across(p: Proof, real: list[Fact], mixed: list[Fact], slope_sign: Fact, lipschitz: Fact) -> Fact:
    """|R_t(x) - R'_t(y)| <= L_r (1 + L_pi) D, for every two states."""
    (start, later, after), (start_mixed, later_mixed, after_mixed) = real, mixed
    statement = sp.Le(sp.Abs(R(t, x) - R_mixed(t, y)), _SLOPE * w.D)
    with p.by_induction(statement, t, "no two expected rewards are further apart than this") as by:
        k = by.k
        by.base(
            p.inequality(
                sp.Le(sp.Abs(R(0, x) - R_mixed(0, y)), _SLOPE * w.D),
                [
                    lipschitz.at(t=sp.Integer(0)),
                    start.at({x: y}),
                    start_mixed.at({x: y}),
                    w.BOUNDED,
                    slope_sign,
                ],
                "the same reward at two states",
            )
        )
        laws = p.axiom(
            ax.TWO_EXPECTATIONS, z, u, P(x, a), P_hat(y, b), using=[by.hypothesis.at({x: z, y: u})],
            reason="whatever the laws are",
        )  # fmt: skip
        actions = p.inequality(
            sp.Le(sp.Abs(A(k, x, a) - A_mixed(k, y, b)), _SLOPE * w.D),
            [after.at(t=k), after_mixed.at({t: k, x: y, a: b}), laws],
            "after any two actions",
        )
        average = p.axiom(
            ax.TWO_EXPECTATIONS,
            c,
            b,
            pi(x),
            pi(y),
            using=[actions.at({a: c})],
            reason="average over both actions",
        )
        by.step(
            p.inequality(
                sp.Le(sp.Abs(R(k + 1, x) - R_mixed(k + 1, y)), _SLOPE * w.D),
                [later.at(t=k), later_mixed.at({t: k, x: y}), average],
                "one step later",
            )
        )
    return by.fact


def _piles_up(
    p: Proof, real: list[Fact], mixed: list[Fact], slope_sign: Fact, power_sign: Fact, lipschitz: Fact
) -> Fact:
    """|R_t(x) - R'_t(x)| <= L_r (1 + L_pi) eps_dyn G_t(L)."""
    (start, later, after), (start_mixed, later_mixed, after_mixed) = real, mixed
    mirrored = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
    statement = sp.Le(sp.Abs(R(t, x) - R_mixed(t, x)), _SLOPE * w.eps_dyn * GeometricSum(w.L, t))
    with p.by_induction(statement, t, "the kernels' errors pile up") as by:
        k = by.k
        by.base(
            p.inequality(
                sp.Le(sp.Abs(R(0, x) - R_mixed(0, x)), 0),
                [start, start_mixed],
                "the first reward is the same",
            )
        )
        K = _SLOPE * w.L**k
        K_sign = p.inequality(
            sp.Ge(K, 0), [slope_sign, power_sign.at(t=k)], "a product of nonnegative numbers"
        )
        by_law = p.axiom(
            ax.KANTOROVICH,
            z,
            u,
            P(x, a),
            P_hat(x, a),
            using=[lipschitz.at({t: k, x: z, y: u})],
            reason="two laws, one function",
        )
        by_value = p.axiom(
            ax.EXPECTATION, z, P_hat(x, a), using=[by.hypothesis.at({x: z})], reason="one law, two functions"
        )
        actions = p.inequality(
            sp.Le(sp.Abs(A(k, x, a) - A_mixed(k, x, a)), _SLOPE * w.eps_dyn * GeometricSum(w.L, k + 1)),
            [after.at(t=k), after_mixed.at(t=k), by_law, by_value, mirrored, st.KERNEL_ERROR, K_sign],
            "one more error, and what was wrong before",
        )
        average = p.axiom(ax.EXPECTATION, c, pi(x), using=[actions.at({a: c})], reason="average over actions")
        by.step(
            p.inequality(
                sp.Le(sp.Abs(R(k + 1, x) - R_mixed(k + 1, x)), _SLOPE * w.eps_dyn * GeometricSum(w.L, k + 1)),
                [later.at(t=k), later_mixed.at(t=k), average],
                "one step later",
            )
        )
    return by.fact


@cache
def kernel_gap() -> Theorem:
    """Expected rewards at time t under two kernels."""
    p = Proof(KERNEL_GAP, POINT)
    signs = [w.nonnegative(q) for q in (w.LIP_F, w.LIP_R, w.LIP_PI)]
    slope_sign = p.inequality(sp.Ge(_SLOPE, 0), signs, "a product of nonnegative numbers")
    rate_sign = p.inequality(sp.Ge(w.L, 0), signs, "a product of nonnegative numbers")
    power_sign = p.induction(sp.Ge(w.L**t, 0), t, [rate_sign], "powers of a nonnegative number")
    real, mixed = ([p.given(h) for h in group] for group in (REAL, MIXED))
    lipschitz = _moves(p, real, slope_sign, power_sign)
    across = _across(p, real, mixed, slope_sign, lipschitz)
    piled = _piles_up(p, real, mixed, slope_sign, power_sign, lipschitz)
    return p.qed(
        p.inequality(
            KERNEL_GAP.statement,
            [across.at({y: x}), piled, slope_sign],
            "both bounds hold, so the smaller one does",
        )
    )


def _reward_gap(p: Proof) -> Fact:
    """|R'_t(x) - R-hat_t(x)| <= eps_rew: one kernel, two rewards."""
    start, later, after = (p.given(h) for h in MIXED)
    start_hat, later_hat, after_hat = (p.given(h) for h in LEARNED)
    error = p.given(w.MODEL_REW)
    with p.by_induction(
        sp.Le(sp.Abs(R_mixed(t, x) - R_hat(t, x)), w.eps_rew), t, "the rewards' error does not grow"
    ) as by:
        k = by.k
        first = p.axiom(
            ax.EXPECTATION, c, pi(x), using=[error.at({a: c})], reason="average over the policy's actions"
        )
        by.base(
            p.inequality(
                sp.Le(sp.Abs(R_mixed(0, x) - R_hat(0, x)), w.eps_rew), [start, start_hat, first], "now"
            )
        )
        law = p.axiom(
            ax.EXPECTATION, z, P_hat(x, a), using=[by.hypothesis.at({x: z})], reason="one law, two functions"
        )
        actions = p.inequality(
            sp.Le(sp.Abs(A_mixed(k, x, a) - A_hat(k, x, a)), w.eps_rew),
            [after.at(t=k), after_hat.at(t=k), law],
            "after an action",
        )
        average = p.axiom(ax.EXPECTATION, c, pi(x), using=[actions.at({a: c})], reason="average over actions")
        by.step(
            p.inequality(
                sp.Le(sp.Abs(R_mixed(k + 1, x) - R_hat(k + 1, x)), w.eps_rew),
                [later.at(t=k), later_hat.at(t=k), average],
                "one step later",
            )
        )
    return by.fact


_EXCHANGE = {
    P: P_hat, P_hat: P, r: r_hat, r_hat: r, R: R_hat, R_hat: R, A: A_hat, A_hat: A, J: J_hat, J_hat: J,
    w.V_inf: w.V_hat_inf, w.V_hat_inf: w.V_inf,
}  # fmt: skip


def _mirrored(p: Proof) -> Fact:
    symmetric = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
    return p.inequality(
        sp.Le(w.W_S(P(x, a), P_hat(x, a)), w.eps_dyn),
        [symmetric, st.KERNEL_ERROR],
        "the same error, from the other side",
    )


def _exchanged(source: Theorem) -> Theorem:
    """The theorem with real and learned exchanged: the learned reward's constant, and the other kernel's."""
    claim = replace(
        source.claim,
        name=f"{source.claim.name}, roles exchanged",
        hypotheses=tuple(st.exchanged(h, _EXCHANGE) for h in source.claim.hypotheses),
    )
    p = Proof(claim, EXCHANGED_POINT)
    using: list[Any] = [_mirrored(p), *(h for h in claim.hypotheses if h.is_numeric)]
    return p.qed(p.cite(source, _EXCHANGE, using, "the same theorem, with real and learned exchanged"))


@cache
def bounded_finite(kernel: str = "real", reward: str = "real") -> Theorem:
    """The gap of n-step returns, from the Lipschitz constants of either side.

    Parameters
    ----------
    kernel, reward : {"real", "learned"}
        Whose Lipschitz constant is used.
    """
    st.check_sides(kernel, reward)
    if reward == "learned":
        return _exchanged(bounded_finite(st.OTHER_SIDE[kernel], "real"))
    claim = BOUNDED_FINITE[kernel]
    p = Proof(claim, POINT)
    numbers: list[Any] = [h for h in claim.hypotheses if h.is_numeric]
    if kernel == "real":
        kernels = p.cite(kernel_gap(), using=numbers)
    else:
        swap = {P: P_hat, P_hat: P, R: R_mixed, R_mixed: R, A: A_mixed, A_mixed: A}
        kernels = p.cite(kernel_gap(), swap, [_mirrored(p), *numbers], "with the two kernels exchanged")
    rewards = _reward_gap(p)
    capped = sp.Min(w.D, w.eps_dyn * GeometricSum(w.L, t))
    terms = p.inequality(
        sp.Le(sp.Abs(R(t, x) - R_hat(t, x)), w.eps_rew + _SLOPE * capped),
        [kernels, rewards],
        "first the kernel, then the reward",
    )
    weighted = p.inequality(
        sp.Le(
            sp.Abs(w.gamma**t * R(t, x) - w.gamma**t * R_hat(t, x)),
            w.gamma**t * (w.eps_rew + _SLOPE * capped),
        ),
        [terms, w.nonnegative(w.GAMMA)],
        "a nonnegative weight keeps the inequality",
    )
    real_return, imagined_return = (p.given(h) for h in RETURNS)
    return p.qed(
        p.induction(
            claim.statement, n,
            [real_return, real_return.at(n=n + 1), imagined_return, imagined_return.at(n=n + 1),
             weighted.at(t=n)],
            "the triangle inequality, one term at a time",
        )
    )  # fmt: skip


@cache
def bounded(kernel: str = "real", reward: str = "real") -> Theorem:
    """The gap of discounted returns, contracting or not; arguments as for :func:`bounded_finite`."""
    st.check_sides(kernel, reward)
    if reward == "learned":
        return _exchanged(bounded(st.OTHER_SIDE[kernel], "real"))
    claim = BOUNDED[kernel]
    p = Proof(claim, POINT)
    finite = p.cite(bounded_finite(kernel), using=[h for h in claim.hypotheses if h.is_numeric])
    single, series_limit = capped_limit(p)
    rewards = p.inequality(
        sp.Le(sp.Abs(J(n, x) - J_hat(n, x)), w.eps_rew / (1 - w.gamma) + _SLOPE * _sum(n)),
        [finite, single, w.nonnegative(w.EPS_REW)],
        "the first sum stays below its limit",
    )
    limits = [series_limit, *(p.given(h) for h in LIMITS)]
    return p.qed(p.pass_to_limit(rewards, n, limits, "let n grow"))
