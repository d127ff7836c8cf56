r"""Stochastic worlds: Lemma 1 for kernels, in Wasserstein distance; Asadi's bound; the simulation lemma.

Laws are points of a metric space of their own. The proofs go through the values of n steps: their Lipschitz
constants turn the distance of two laws into a difference of values (Kantorovich duality), and these add up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import return_gap as rg
from imagination.theory import series
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis, Quantity
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.sums import DoubleGeometricSum, GeometricSum
from imagination.theory.terms import Expectation, mapping, natural, point, real, renamed

n, x, y, z = w.n, w.x, w.y, w.z
a, b = w.a, w.b
c = point("c", "action")

P, P_hat = (mapping(name, ("state", "action"), "law of state") for name in ("P", "Phat"))
pi = mapping("pi", ("state",), "law of action")
Q, Q_hat = (mapping(name, ("natural", "state", "action")) for name in ("Q", "Qhat"))
V, V_hat, V_inf, V_hat_inf, r, r_hat = w.V, w.V_hat, w.V_inf, w.V_hat_inf, w.r, w.r_hat

_SLOPE = w.L_r * (1 + w.L_pi)
_RATE = w.gamma * w.L


def expected(law: Any, variable: Any, term: sp.Expr) -> sp.Expr:
    """The expectation of a term in `variable` under a law."""
    return Expectation(law, sp.Lambda(variable, term))


LIPSCHITZ_P = Hypothesis(
    "P is Lipschitz",
    sp.Le(w.W_S(P(x, a), P(y, b)), w.L_f * (w.d_S(x, y) + w.d_A(a, b))),
    "in Wasserstein distance",
)
LIPSCHITZ_P_HAT = Hypothesis(
    "P-hat is Lipschitz", sp.Le(w.W_S(P_hat(x, a), P_hat(y, b)), w.L_f * (w.d_S(x, y) + w.d_A(a, b)))
)
LIPSCHITZ_PI = Hypothesis(
    "pi is Lipschitz", sp.Le(w.W_A(pi(x), pi(y)), w.L_pi * w.d_S(x, y)), "in Wasserstein distance"
)
KERNEL_ERROR = Hypothesis(
    "kernel error",
    sp.Le(w.W_S(P_hat(x, a), P(x, a)), w.eps_dyn),
    "in Wasserstein distance, at every state and action",
)


def _values(values: Any, actions: Any, kernel: Any, reward: Any, hat: str) -> tuple[Hypothesis, ...]:
    return (
        Hypothesis(f"{hat}no steps, no value", sp.Eq(values(0, x), 0)),
        Hypothesis(
            f"{hat}value of n + 1 steps", sp.Eq(values(n + 1, x), expected(pi(x), c, actions(n, x, c)))
        ),
        Hypothesis(
            f"{hat}value of an action",
            sp.Eq(actions(n, x, a), reward(x, a) + w.gamma * expected(kernel(x, a), z, values(n, z))),
        ),
    )


REAL_VALUES = _values(V, Q, P, r, "")
LEARNED_VALUES = _values(V_hat, Q_hat, P_hat, r_hat, "learned: ")
LEARNED_LIMIT = Hypothesis("the learned value exists", sp.Eq(sp.Limit(V_hat(n, x), n, sp.oo), V_hat_inf(x)))

_BASIC = (*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS)
_NUMBERS = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW)
_KERNELS = (
    LIPSCHITZ_P,
    w.LIPSCHITZ_R,
    LIPSCHITZ_PI,
    KERNEL_ERROR,
    w.MODEL_REW,
    *REAL_VALUES,
    *LEARNED_VALUES,
)

STOCHASTIC_FINITE = Claim(
    name="Finite horizon, stochastic",
    source="[this book]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, *_KERNELS),
    quantity=sp.Abs(V(n, x) - V_hat(n, x)),
    expression=w.eps_rew * GeometricSum(w.gamma, n)
    + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, n),
    variables=(n, x),
    meaning="the gap of n-step values from every state",
)

WASSERSTEIN_BOUND = Claim(
    name="Lemma 1 for kernels",
    source="[AML18, with a learned reward added]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, w.CONTRACTION, *_KERNELS, w.VALUE_LIMIT, LEARNED_LIMIT),
    quantity=sp.Abs(V_inf(x) - V_hat_inf(x)),
    expression=rg.LEMMA_1.expression,
    variables=(x,),
    meaning="the gap of values from every state; the same bound as for deterministic worlds",
)

# A third world, with the learned kernel and the real reward, stands between the two.
V_mixed = mapping("V'", ("natural", "state"))
Q_mixed = mapping("Q'", ("natural", "state", "action"))
MIXED_VALUES = _values(V_mixed, Q_mixed, P_hat, r, "learned kernel, real reward: ")
_MIXED = (
    LIPSCHITZ_P_HAT,
    w.LIPSCHITZ_R,
    LIPSCHITZ_PI,
    KERNEL_ERROR,
    w.MODEL_REW,
    *REAL_VALUES,
    *LEARNED_VALUES,
    *MIXED_VALUES,
)

MIXED_FINITE = replace(
    STOCHASTIC_FINITE,
    name="Finite horizon, learned kernel and real reward",
    source="[this book]",
    hypotheses=(*_BASIC, *_MIXED),
)

MIXED_BOUND = replace(
    WASSERSTEIN_BOUND,
    name="Lemma 1 for kernels, learned kernel and real reward",
    source="[this book]",
    hypotheses=(*_BASIC, w.CONTRACTION, *_MIXED, w.VALUE_LIMIT, LEARNED_LIMIT),
)

_NO_POLICY = {w.L_pi: sp.S.Zero, w.eps_rew: sp.S.Zero}


def _asadi(name: str, kernel: Hypothesis, reward: tuple[Hypothesis, ...]) -> Claim:
    kept = [
        h
        for h in WASSERSTEIN_BOUND.hypotheses
        if h not in (*w.ERRORS, w.CONTRACTION, LIPSCHITZ_P, *w.CONSTANTS)
    ]
    zeroed = [replace(h, relation=h.relation.xreplace(_NO_POLICY)) for h in kept]
    contraction = Hypothesis("gamma * L_f < 1", sp.Lt(w.gamma * w.L_f, 1))
    numbers = (*(w.nonnegative(q) for q in (w.LIP_F, w.LIP_R, w.EPS_DYN)), contraction)
    return Claim(
        name=name,
        source="[AML18]",
        symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.EPS_DYN),
        hypotheses=(
            *(h for h in zeroed if h.is_numeric),
            *numbers,
            *(h for h in zeroed if not h.is_numeric),
            kernel,
            *reward,
        ),
        quantity=WASSERSTEIN_BOUND.quantity,
        expression=w.gamma * w.L_r * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L_f)),
        variables=(x,),
        meaning="known reward, policy part of the kernel",
    )


_LIPSCHITZ_R_HAT = Hypothesis(
    "r-hat is Lipschitz", sp.Le(sp.Abs(r_hat(x, a) - r_hat(y, b)), w.L_r * (w.d_S(x, y) + w.d_A(a, b)))
)

ASADI_VALUE_BOUND = _asadi("Asadi's value bound", LIPSCHITZ_P, ())
ASADI_VALUE_BOUND_LEARNED = _asadi("Asadi's value bound, learned side", LIPSCHITZ_P_HAT, (_LIPSCHITZ_R_HAT,))

# The simulation lemma: total variation, and the span of the true value.
span = real("span")
U = mapping("U", ("natural", "state"))
SPAN = Quantity(span, "span", "largest value minus smallest value in the real world")
_TV_ERROR = Hypothesis("kernel error", sp.Le(w.TV_S(P_hat(x, a), P(x, a)), w.eps_dyn), "in total variation")
_SPAN_BOUND = Hypothesis("span", sp.Le(sp.Abs(V_inf(x) - V_inf(y)), span), "no two values differ by more")
Q_inf = mapping(r"Q_{\infty}", ("state", "action"))
_BELLMAN = (
    Hypothesis("Bellman equation", sp.Eq(V_inf(x), expected(pi(x), c, Q_inf(x, c)))),
    Hypothesis("value of an action", sp.Eq(Q_inf(x, a), r(x, a) + w.gamma * expected(P(x, a), z, V_inf(z)))),
)
_ITERATION = (
    Hypothesis("value iteration starts at the real value", sp.Eq(U(0, x), V_inf(x))),
    Hypothesis(
        "value iteration in the learned world", sp.Eq(U(n + 1, x), expected(pi(x), c, Q_hat(n, x, c)))
    ),
    Hypothesis(
        "learned value of an action",
        sp.Eq(Q_hat(n, x, a), r_hat(x, a) + w.gamma * expected(P_hat(x, a), z, U(n, z))),
    ),
    Hypothesis(
        "value iteration converges",
        sp.Eq(sp.Limit(U(n, x), n, sp.oo), V_hat_inf(x)),
        "to the learned value, from any start",
    ),
)

SIMULATION_LEMMA = Claim(
    name="Simulation lemma",
    source="[KS02, Lemma 4; this book]",
    symbols=(w.GAMMA, w.EPS_DYN, w.EPS_REW, SPAN),
    hypotheses=(
        *w.DISCOUNT,
        *w.ERRORS,
        w.nonnegative(SPAN),
        _TV_ERROR,
        w.MODEL_REW,
        _SPAN_BOUND,
        *_BELLMAN,
        *_ITERATION,
    ),
    quantity=sp.Abs(V_inf(x) - V_hat_inf(x)),
    expression=(w.eps_rew + w.gamma * w.eps_dyn * span) / (1 - w.gamma),
    variables=(x,),
    meaning="no metric on states, no Lipschitz constant: total variation and the span of the value",
)

# -- example worlds: point masses ----------------------------------------------------------------------------

_X, _Y, _A = real("X Y A")
_N = natural("N")
_half, _quarter = sp.Rational(1, 2), sp.Rational(1, 4)
_distance = sp.Lambda((_X, _Y), sp.Abs(_X - _Y))
_slope = sp.Rational(8, 3) * (1 - _quarter**_N)
_offset = sp.Rational(14, 3) + sp.Rational(16, 3) * _quarter**_N - 10 * _half**_N

LINE = World(
    {w.gamma: _half, w.L_f: _quarter, w.L_r: 1, w.L_pi: 1, w.eps_dyn: 1, w.eps_rew: 1},
    {
        w.d_S: _distance,
        w.d_A: _distance,
        w.W_S: _distance,
        w.W_A: _distance,
        P: sp.Lambda((_X, _A), (_X + _A) / 4),
        P_hat: sp.Lambda((_X, _A), (_X + _A) / 4 + 1),
        pi: sp.Lambda(_X, _X),
        r: sp.Lambda((_X, _A), _X + _A),
        r_hat: sp.Lambda((_X, _A), _X + _A + 1),
        V: sp.Lambda((_N, _X), _slope * _X),
        V_hat: sp.Lambda((_N, _X), _slope * _X + _offset),
        Q: sp.Lambda((_N, _X, _A), _X + _A + _slope * (_X + _A) / 8),
        Q_hat: sp.Lambda((_N, _X, _A), _X + _A + 1 + (_slope * ((_X + _A) / 4 + 1) + _offset) / 2),
        V_inf: sp.Lambda(_X, sp.Rational(8, 3) * _X),
        V_hat_inf: sp.Lambda(_X, sp.Rational(8, 3) * _X + sp.Rational(14, 3)),
    },
)

# The same line with the third world: its values solve V'(x) = 2x + E V'(x/2 + 1)/2, or with roles exchanged
# V'(x) = 2x + 1 + V'(x/2)/2.
_one_kernel = sp.Rational(8, 3) + sp.Rational(16, 3) * _quarter**_N - 8 * _half**_N
MIXED_LINE = World(
    LINE.numbers,
    {
        **LINE.maps,
        V_mixed: sp.Lambda((_N, _X), _slope * _X + _one_kernel),
        Q_mixed: sp.Lambda((_N, _X, _A), _X + _A + (_slope * ((_X + _A) / 4 + 1) + _one_kernel) / 2),
    },
)
_one_reward = 2 - 2 * _half**_N
EXCHANGED_LINE = World(
    LINE.numbers,
    {
        **LINE.maps,
        V_mixed: sp.Lambda((_N, _X), _slope * _X + _one_reward),
        Q_mixed: sp.Lambda((_N, _X, _A), _X + _A + 1 + (_slope * (_X + _A) / 4 + _one_reward) / 2),
    },
)

# One action, known reward r(x) = x, and a kernel that quarters the state.
_one = sp.Rational(8, 7) * (1 - sp.Rational(1, 8) ** _N)
KNOWN_REWARD = World(
    {w.gamma: _half, w.L_f: _quarter, w.L_r: 1, w.eps_dyn: 1},
    {
        **LINE.maps,
        P: sp.Lambda((_X, _A), _X / 4),
        P_hat: sp.Lambda((_X, _A), _X / 4),
        pi: sp.Lambda(_X, sp.S.Zero),
        r: sp.Lambda((_X, _A), _X),
        r_hat: sp.Lambda((_X, _A), _X),
        V: sp.Lambda((_N, _X), _one * _X),
        V_hat: sp.Lambda((_N, _X), _one * _X),
        Q: sp.Lambda((_N, _X, _A), _X + _one * _X / 8),
        Q_hat: sp.Lambda((_N, _X, _A), _X + _one * _X / 8),
        V_inf: sp.Lambda(_X, sp.Rational(8, 7) * _X),
        V_hat_inf: sp.Lambda(_X, sp.Rational(8, 7) * _X),
    },
)

CONSTANT = World(
    {w.gamma: _half, w.eps_dyn: 1, w.eps_rew: 1, span: 1},
    {
        w.TV_S: sp.Lambda((_X, _Y), sp.S.Zero),
        P: sp.Lambda((_X, _A), sp.S.Zero),
        P_hat: sp.Lambda((_X, _A), sp.S.Zero),
        pi: sp.Lambda(_X, sp.S.Zero),
        r: sp.Lambda((_X, _A), sp.S.Zero),
        r_hat: sp.Lambda((_X, _A), sp.S.One),
        V_inf: sp.Lambda(_X, sp.S.Zero),
        V_hat_inf: sp.Lambda(_X, sp.Integer(2)),
        Q_inf: sp.Lambda((_X, _A), sp.S.Zero),
        Q_hat: sp.Lambda((_N, _X, _A), 2 - _half**_N),
        U: sp.Lambda((_N, _X), 2 - 2 * _half**_N),
    },
)


# -- proofs --------------------------------------------------------------------------------------------------


def _signs(p: Proof) -> tuple[Fact, Fact]:
    slope = p.inequality(
        sp.Ge(_SLOPE, 0),
        [w.nonnegative(w.LIP_R), w.nonnegative(w.LIP_PI)],
        "a product of nonnegative numbers",
    )
    rate = p.inequality(
        sp.Ge(_RATE, 0),
        [w.nonnegative(w.GAMMA), w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI)],
        "a product of nonnegative numbers",
    )
    return slope, rate


def _value_constant(p: Proof, slope_sign: Fact, rate_sign: Fact) -> Fact:
    """|V_n(x) - V_n(y)| <= L_r (1 + L_pi) G_n(gamma L) d(x, y), for every n, x and y."""
    recursion = p.cite(series.geometric_recursion(), {series.x: _RATE})
    positive = p.induction(
        sp.Ge(GeometricSum(_RATE, n), 0), n, [recursion, rate_sign], "a sum of nonnegative terms"
    )
    start, value, action = REAL_VALUES
    reward, kernel, policy = p.given(w.LIPSCHITZ_R), p.given(LIPSCHITZ_P), p.given(LIPSCHITZ_PI)
    statement = sp.Le(sp.Abs(V(n, x) - V(n, y)), _SLOPE * GeometricSum(_RATE, n) * w.d_S(x, y))
    with p.by_induction(statement, n, "the Lipschitz constant of n-step values") as by:
        k = by.k
        begin = p.given(start)
        by.base(
            p.inequality(sp.Le(sp.Abs(V(0, x) - V(0, y)), 0), [begin, begin.at({x: y})], "no steps, no value")
        )
        K = _SLOPE * GeometricSum(_RATE, k)
        M = w.L_r + w.gamma * w.L_f * K
        u = point("u", "state")
        K_sign = p.inequality(sp.Ge(K, 0), [slope_sign, positive.at(n=k)], "a product of nonnegative numbers")
        M_sign = p.inequality(
            sp.Ge(M, 0),
            [K_sign, w.nonnegative(w.LIP_R), w.nonnegative(w.LIP_F), w.nonnegative(w.GAMMA)],
            "nonnegative parts",
        )
        duality = p.axiom(
            ax.KANTOROVICH, z, u, P(x, a), P(y, b), using=[by.hypothesis.at({x: z, y: u})],
            reason="a Lipschitz function's expectation moves with the law",
        )  # fmt: skip
        moved = p.inequality(
            sp.Le(
                sp.Abs(expected(P(x, a), z, V(k, z)) - expected(P(y, b), z, V(k, z))),
                K * w.L_f * (w.d_S(x, y) + w.d_A(a, b)),
            ),
            [duality, kernel, K_sign],
            "and the law moves with state and action",
        )
        q = p.given(action)
        smooth = p.inequality(
            sp.Le(sp.Abs(Q(k, x, a) - Q(k, y, b)), M * (w.d_S(x, y) + w.d_A(a, b))),
            [q.at(n=k), q.at({n: k, x: y, a: b}), moved, reward, w.nonnegative(w.GAMMA)],
            "reward now, value later",
        )
        same = p.axiom(ax.SELF_DISTANCE, c)
        first = p.inequality(
            sp.Le(sp.Abs(Q(k, x, c) - Q(k, y, c)), M * w.d_S(x, y)),
            [smooth.at({a: c, b: c}), same],
            "the same action twice",
        )
        average = p.axiom(ax.EXPECTATION, c, pi(x), using=[first], reason="average over the policy's actions")
        at_y = p.axiom(ax.SELF_DISTANCE, y)
        second = p.inequality(
            sp.Le(sp.Abs(Q(k, y, c) - Q(k, y, b)), M * w.d_A(c, b)),
            [smooth.at({x: y, a: c}), at_y],
            "the same state twice",
        )
        change = p.axiom(
            ax.KANTOROVICH, c, b, pi(x), pi(y), using=[second], reason="the policy's law moves with the state"
        )
        v = p.given(value)
        by.step(
            p.inequality(
                sp.Le(sp.Abs(V(k + 1, x) - V(k + 1, y)), _SLOPE * GeometricSum(_RATE, k + 1) * w.d_S(x, y)),
                [v.at(n=k), v.at({n: k, x: y}), average, change, policy, M_sign, recursion.at(n=k)],
                "add the two: the constant of k + 1 steps",
            )
        )
    return by.fact


@cache
def proof_of_finite_horizon() -> Theorem:
    """The gap of n-step values from every state."""
    p = Proof(STOCHASTIC_FINITE, LINE)
    slope_sign, rate_sign = _signs(p)
    lipschitz = _value_constant(p, slope_sign, rate_sign)
    identity = p.cite(series.double_identity(), {series.x: w.gamma, series.y: w.L})
    double = p.inequality(
        sp.Eq(
            DoubleGeometricSum(w.gamma, w.L, n + 1),
            w.gamma * DoubleGeometricSum(w.gamma, w.L, n) + w.gamma * GeometricSum(_RATE, n),
            evaluate=False,
        ),
        [identity],
        "the double sum, one step further",
    )
    single = p.cite(series.geometric_recursion(), {series.x: w.gamma})
    kernel_error, reward_error = p.given(KERNEL_ERROR), p.given(w.MODEL_REW)
    mirrored = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
    start, value, action = (p.given(h) for h in REAL_VALUES)
    start_hat, value_hat, action_hat = (p.given(h) for h in LEARNED_VALUES)
    with p.by_induction(STOCHASTIC_FINITE.statement, n, "the gap of n-step values") as by:
        k = by.k
        by.base(p.inequality(sp.Le(sp.Abs(V(0, x) - V_hat(0, x)), 0), [start, start_hat], "no steps, no gap"))
        K = _SLOPE * GeometricSum(_RATE, k)
        B = STOCHASTIC_FINITE.expression.xreplace({n: k})
        u = point("u", "state")
        by_law = p.axiom(
            ax.KANTOROVICH, z, u, P(x, a), P_hat(x, a), using=[lipschitz.at({n: k, x: z, y: u})],
            reason="the real value, expected under the two laws",
        )  # fmt: skip
        positive = p.induction(
            sp.Ge(GeometricSum(_RATE, n), 0), n,
            [rate_sign, p.cite(series.geometric_recursion(), {series.x: _RATE})],
            "a sum of nonnegative terms",
        )  # fmt: skip
        K_sign = p.inequality(sp.Ge(K, 0), [slope_sign, positive.at(n=k)], "a product of nonnegative numbers")
        close = p.inequality(
            sp.Le(sp.Abs(expected(P(x, a), z, V(k, z)) - expected(P_hat(x, a), z, V(k, z))), K * w.eps_dyn),
            [by_law, kernel_error, mirrored, K_sign],
            "differs by the kernel's error",
        )
        by_value = p.axiom(
            ax.EXPECTATION,
            z,
            P_hat(x, a),
            using=[by.hypothesis.at({x: z})],
            reason="the two values, under the learned law",
        )
        actions = p.inequality(
            sp.Le(sp.Abs(Q(k, x, a) - Q_hat(k, x, a)), w.eps_rew + w.gamma * (K * w.eps_dyn + B)),
            [action.at(n=k), action_hat.at(n=k), close, by_value, reward_error, w.nonnegative(w.GAMMA)],
            "reward error now, kernel error and value error later",
        )
        average = p.axiom(
            ax.EXPECTATION, c, pi(x), using=[actions.at({a: c})], reason="average over the policy's actions"
        )
        by.step(
            p.inequality(
                sp.Le(
                    sp.Abs(V(k + 1, x) - V_hat(k + 1, x)), STOCHASTIC_FINITE.expression.xreplace({n: k + 1})
                ),
                [value.at(n=k), value_hat.at(n=k), average, double.at(n=k), single.at(n=k)],
                "which is the bound of k + 1 steps",
            )
        )
    return p.qed(by.fact)


@cache
def proof_of_bound() -> Theorem:
    """Lemma 1 for kernels."""
    p = Proof(WASSERSTEIN_BOUND, LINE)
    finite = p.cite(proof_of_finite_horizon())
    return p.qed(_to_limit(p, finite))


def _to_limit(p: Proof, finite: Fact) -> Fact:
    """From the bound of n-step values to that of the values, where discounting outweighs their growth."""
    slope_sign, _ = _signs(p)
    rate_sign = p.inequality(
        sp.Ge(w.L, 0), [w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI)], "a product of nonnegative numbers"
    )
    single = p.cite(series.geometric_bound(), {series.x: w.gamma}, [*w.DISCOUNT])
    double = p.cite(
        series.double_bound(), {series.x: w.gamma, series.y: w.L}, [*w.DISCOUNT, rate_sign, w.CONTRACTION]
    )
    weight = p.inequality(
        sp.Ge(_SLOPE * w.eps_dyn, 0),
        [slope_sign, w.nonnegative(w.EPS_DYN)],
        "a product of nonnegative numbers",
    )
    uniform = p.inequality(
        sp.Le(sp.Abs(V(n, x) - V_hat(n, x)), WASSERSTEIN_BOUND.expression),
        [finite, single, double, weight, w.nonnegative(w.EPS_REW)],
        "both sums stay below their limits",
    )
    limits = [p.given(w.VALUE_LIMIT), p.given(LEARNED_LIMIT)]
    return p.pass_to_limit(uniform, n, limits, "let n grow")


_SWAP = {
    P: P_hat,
    P_hat: P,
    r: r_hat,
    r_hat: r,
    Q: Q_hat,
    Q_hat: Q,
    V: V_hat,
    V_hat: V,
    V_inf: V_hat_inf,
    V_hat_inf: V_inf,
}


def _reward_change(p: Proof) -> Fact:
    """|V'_n(x) - V-hat_n(x)| <= eps_rew G_n(gamma): one kernel, two rewards."""
    start, value, action = (p.given(h) for h in MIXED_VALUES)
    start_hat, value_hat, action_hat = (p.given(h) for h in LEARNED_VALUES)
    single = p.cite(series.geometric_recursion(), {series.x: w.gamma})
    statement = sp.Le(sp.Abs(V_mixed(n, x) - V_hat(n, x)), w.eps_rew * GeometricSum(w.gamma, n))
    with p.by_induction(statement, n, "only the reward differs, and only by eps_rew a step") as by:
        k = by.k
        by.base(
            p.inequality(
                sp.Le(sp.Abs(V_mixed(0, x) - V_hat(0, x)), 0), [start, start_hat], "no steps, no gap"
            )
        )
        later = p.axiom(
            ax.EXPECTATION,
            z,
            P_hat(x, a),
            using=[by.hypothesis.at({x: z})],
            reason="the two values, under one law",
        )
        actions = p.inequality(
            sp.Le(sp.Abs(Q_mixed(k, x, a) - Q_hat(k, x, a)), w.eps_rew * GeometricSum(w.gamma, k + 1)),
            [action.at(n=k), action_hat.at(n=k), later, w.MODEL_REW, single.at(n=k), w.nonnegative(w.GAMMA)],
            "reward error now, the old gap later",
        )
        average = p.axiom(ax.EXPECTATION, c, pi(x), using=[actions.at({a: c})], reason="average over actions")
        by.step(
            p.inequality(
                sp.Le(sp.Abs(V_mixed(k + 1, x) - V_hat(k + 1, x)), w.eps_rew * GeometricSum(w.gamma, k + 1)),
                [value.at(n=k), value_hat.at(n=k), average],
                "one more step",
            )
        )
    return by.fact


@cache
def proof_of_mixed_finite_horizon() -> Theorem:
    """The n-step bound from the learned kernel's and the real reward's constants."""
    p = Proof(MIXED_FINITE, MIXED_LINE)
    symmetric = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
    mirrored = p.inequality(
        sp.Le(w.W_S(P(x, a), P_hat(x, a)), w.eps_dyn),
        [symmetric, KERNEL_ERROR],
        "the same error, from the other side",
    )
    one_reward: dict[Any, Any] = {
        P: P_hat, P_hat: P, r_hat: r, V: V_mixed, V_hat: V, Q: Q_mixed, Q_hat: Q, w.eps_rew: sp.S.Zero,
    }  # fmt: skip
    kernels = p.cite(
        proof_of_finite_horizon(),
        one_reward,
        [mirrored, *_BASIC],
        "change the kernel, with the real reward in both",
    )
    rewards = _reward_change(p)
    return p.qed(
        p.inequality(MIXED_FINITE.statement, [kernels, rewards], "first change the kernel, then the reward")
    )


OTHER_SIDE = {"real": "learned", "learned": "real"}


def check_sides(kernel: str, reward: str) -> None:
    """Refuse anything but "real" and "learned" for whose constants are used.

    Raises
    ------
    ValueError
    """
    for name, side in (("kernel", kernel), ("reward", reward)):
        if side not in OTHER_SIDE:
            raise ValueError(f"{name} must be 'real' or 'learned', got {side!r}")


def exchanged(hypothesis: Hypothesis, maps: dict[Any, Any]) -> Hypothesis:
    """The hypothesis about the other side; the two errors are the same from either side."""
    if hypothesis in (KERNEL_ERROR, w.MODEL_REW, w.VALUE_LIMIT, LEARNED_LIMIT):
        return hypothesis
    relation = renamed(hypothesis.relation, maps)
    if relation == hypothesis.relation:
        return hypothesis
    return replace(hypothesis, relation=relation, name=f"exchanged: {hypothesis.name}")


@cache
def proof_of_either_side(kernel: str = "learned", reward: str = "real") -> Theorem:
    """Lemma 1 for kernels with the constants of either side, for kernel and reward independently.

    Parameters
    ----------
    kernel, reward : {"real", "learned"}
        Whose Lipschitz constant is used.
    """
    check_sides(kernel, reward)
    if kernel == reward == "real":
        return proof_of_bound()
    if (kernel, reward) == ("learned", "real"):
        p = Proof(MIXED_BOUND, MIXED_LINE)
        return p.qed(_to_limit(p, p.cite(proof_of_mixed_finite_horizon())))
    # Exchange what is real and what is learned in a theorem that is proved already.
    source = proof_of_either_side(OTHER_SIDE[kernel], OTHER_SIDE[reward])
    maps = {**_SWAP, V_mixed: V_mixed, Q_mixed: Q_mixed}
    claim = replace(
        source.claim,
        name=f"Lemma 1 for kernels, {kernel} kernel and {reward} reward",
        source="[this book]",
        hypotheses=tuple(exchanged(h, maps) for h in source.claim.hypotheses),
    )
    p = Proof(claim, EXCHANGED_LINE)
    symmetric = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
    mirrored = p.inequality(
        sp.Le(w.W_S(P(x, a), P_hat(x, a)), w.eps_dyn),
        [symmetric, KERNEL_ERROR],
        "the same error, from the other side",
    )
    using: list[Fact | Hypothesis] = [mirrored, *(h for h in claim.hypotheses if h.is_numeric)]
    return p.qed(p.cite(source, maps, using, "the same theorem, with real and learned exchanged"))


@cache
def proof_of_asadi_value_bound(learned: bool = False) -> Theorem:
    """Asadi's value bound from either kernel's constant, and so from the smaller of the two."""
    claim = ASADI_VALUE_BOUND_LEARNED if learned else ASADI_VALUE_BOUND
    p = Proof(claim, KNOWN_REWARD)
    using: list[Any] = [h for h in claim.hypotheses if h.is_numeric]
    if learned:
        symmetric = p.axiom(ax.SYMMETRY, P_hat(x, a), P(x, a))
        kernel_error = next(h for h in claim.hypotheses if h.name == "kernel error")
        using.append(
            p.inequality(
                sp.Le(w.W_S(P(x, a), P_hat(x, a)), w.eps_dyn),
                [symmetric, kernel_error],
                "the same error, seen from the other side",
            )
        )
    where: dict[Any, Any] = {w.L_pi: sp.S.Zero, w.eps_rew: sp.S.Zero, **(_SWAP if learned else {})}
    general = p.cite(proof_of_bound(), where, using, "with known reward, and the policy part of the kernel")
    return p.qed(p.inequality(claim.statement, [general], "the reward's term is gone"))


@cache
def proof_of_simulation_lemma() -> Theorem:
    """The simulation lemma, by value iteration in the learned world that starts at the real value."""
    p = Proof(SIMULATION_LEMMA, CONSTANT)
    start, step, action_step, converges = _ITERATION
    cost = w.eps_rew + w.gamma * w.eps_dyn * span
    recursion = p.cite(series.geometric_recursion(), {series.x: w.gamma})
    value, action = (p.given(h) for h in _BELLMAN)
    error, reward = p.given(_TV_ERROR), p.given(w.MODEL_REW)
    u = point("u", "state")
    by_law = p.axiom(
        ax.SPAN, z, u, P_hat(x, a), P(x, a), using=[p.given(_SPAN_BOUND).at({x: z, y: u})],
        reason="the real value, expected under the two laws",
    )  # fmt: skip
    statement = sp.Le(sp.Abs(V_inf(x) - U(n, x)), cost * GeometricSum(w.gamma, n))
    with p.by_induction(statement, n, "the gap after n sweeps of value iteration") as by:
        k = by.k
        by.base(p.inequality(sp.Le(sp.Abs(V_inf(x) - U(0, x)), 0), [p.given(start)], "it starts there"))
        by_value = p.axiom(
            ax.EXPECTATION,
            z,
            P_hat(x, a),
            using=[by.hypothesis.at({x: z})],
            reason="the two values, under the learned law",
        )
        inside = p.inequality(
            sp.Le(sp.Abs(Q_inf(x, a) - Q_hat(k, x, a)), cost * GeometricSum(w.gamma, k + 1)),
            [action, p.given(action_step).at(n=k), by_law, by_value, error, reward, recursion.at(n=k),
             w.nonnegative(w.GAMMA), w.nonnegative(SPAN)],
            "reward error now, kernel error and the old gap later",
        )  # fmt: skip
        average = p.axiom(
            ax.EXPECTATION, c, pi(x), using=[inside.at({a: c})], reason="average over the policy's actions"
        )
        by.step(
            p.inequality(
                sp.Le(sp.Abs(V_inf(x) - U(k + 1, x)), cost * GeometricSum(w.gamma, k + 1)),
                [value, p.given(step).at(n=k), average],
                "one more sweep",
            )
        )
    bounded = p.cite(series.geometric_bound(), {series.x: w.gamma}, [*w.DISCOUNT])
    cost_sign = p.inequality(
        sp.Ge(cost, 0), [w.nonnegative(w.GAMMA), *w.ERRORS, w.nonnegative(SPAN)], "nonnegative parts"
    )
    uniform = p.inequality(
        sp.Le(sp.Abs(V_inf(x) - U(n, x)), SIMULATION_LEMMA.expression),
        [by.fact, bounded, cost_sign, *w.DISCOUNT],
        "the geometric sum stays below its limit",
    )
    return p.qed(p.pass_to_limit(uniform, n, [p.given(converges)], "let the sweeps go on"))
