"""The proofs of :mod:`imagination.theory.return_gap`, one function a theorem, each run once in a process."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import return_gap as rg
from imagination.theory import series
from imagination.theory import worlds as w
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.proof import Fact, Proof, Theorem, World
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.theory.terms import natural, real

n, t = w.n, w.t
_s, _s_hat = w.s(t), w.s_hat(t)
_a, _a_hat = w.pi(_s), w.pi(_s_hat)
_SLOPE = w.L_r * (1 + w.L_pi)

# -- example worlds: each shows that a theorem's hypotheses can hold together --------------------------------

_X, _Y, _A = real("X Y A")
_N = natural("N")
_half = sp.Rational(1, 2)

_numbers = {
    w.gamma: _half,
    w.L_f: _half / 2,
    w.L_pi: 1,
    w.L_r: 1,
    w.eps_dyn: 1,
    w.eps_rew: 1,
    w.L_f_hat: _half / 2,
    w.L_r_hat: 1,
    w.L_V: sp.Rational(8, 3),
    w.D: 0,
    w.H: 3,
    w.J_inf: 0,
    w.J_hat_inf: sp.Rational(14, 3),
}

# The real line: f(s, a) = (s + a)/4, pi(s) = s, r(s, a) = s + a, and models that err by 1 everywhere.
LINE = World(
    _numbers,
    {
        w.d_S: sp.Lambda((_X, _Y), sp.Abs(_X - _Y)),
        w.d_A: sp.Lambda((_X, _Y), sp.Abs(_X - _Y)),
        w.f: sp.Lambda((_X, _A), (_X + _A) / 4),
        w.f_hat: sp.Lambda((_X, _A), (_X + _A) / 4 + 1),
        w.r: sp.Lambda((_X, _A), _X + _A),
        w.r_hat: sp.Lambda((_X, _A), _X + _A + 1),
        w.pi: sp.Lambda(_X, _X),
        w.s: sp.Lambda(_N, sp.S.Zero),
        w.s_hat: sp.Lambda(_N, 2 - 2 * _half**_N),
        w.J: sp.Lambda(_N, sp.S.Zero),
        w.J_hat: sp.Lambda(_N, 10 * (1 - _half**_N) - sp.Rational(16, 3) * (1 - sp.Rational(1, 4) ** _N)),
        w.V: sp.Lambda((_N, _X), sp.Rational(8, 3) * (1 - sp.Rational(1, 4) ** _N) * _X),
        w.V_inf: sp.Lambda(_X, sp.Rational(8, 3) * _X),
        # Of the learned pair: V(x) = 2x + 1 + V(x/2 + 1)/2.
        w.V_hat_inf: sp.Lambda(_X, sp.Rational(8, 3) * _X + sp.Rational(14, 3)),
    },
)

# A world of one point, for claims about bounded states: nothing moves, and the learned reward is off by 1.
POINT = World(
    {**_numbers, w.J_hat_inf: 2},
    {
        **LINE.maps,
        w.d_S: sp.Lambda((_X, _Y), sp.S.Zero),
        w.d_A: sp.Lambda((_X, _Y), sp.S.Zero),
        w.f: sp.Lambda((_X, _A), sp.S.Zero),
        w.f_hat: sp.Lambda((_X, _A), sp.S.Zero),
        w.r: sp.Lambda((_X, _A), sp.S.Zero),
        w.r_hat: sp.Lambda((_X, _A), sp.S.One),
        w.s_hat: sp.Lambda(_N, sp.S.Zero),
        w.J_hat: sp.Lambda(_N, 2 - 2 * _half**_N),
    },
)

_line_state = sp.Lambda(_N, sp.S.Zero)
EXTREMAL = World(
    _numbers,
    {rg.line: _line_state, rg.line_hat: LINE.maps[w.s_hat], w.J: LINE.maps[w.J], w.J_hat: LINE.maps[w.J_hat]},
)


def _hypothesis(name: str, claim: Claim) -> Hypothesis:
    return next(h for h in claim.hypotheses if h.name == name)


# -- the state error and the reward's share of it ------------------------------------------------------------


def _rate_sign(p: Proof) -> Fact:
    return p.inequality(
        sp.Ge(w.L, 0), [w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI)], "a product of nonnegative numbers"
    )


def _one_step(p: Proof, swapped: bool = False) -> Fact:
    """The state error at t + 1 from that at t, going through f(s-hat, a-hat), or f-hat(s, a) if swapped."""
    f_real, f_imagined = w.f(_s, _a), w.f_hat(_s_hat, _a_hat)
    middle = w.f_hat(_s, _a) if swapped else w.f(_s_hat, _a_hat)
    triangle = p.axiom(
        ax.TRIANGLE, f_real, middle, f_imagined,
        reason="go through the learned successor of the real state" if swapped
        else "go through the true successor of the imagined state",
    )  # fmt: skip
    at = {w.x: _s, w.y: _s_hat, w.a: _a, w.b: _a_hat}
    smooth = p.given(w.LIPSCHITZ_F_HAT if swapped else w.LIPSCHITZ_F).at(at)
    where = {w.x: _s, w.a: _a} if swapped else {w.x: _s_hat, w.a: _a_hat}
    error = p.given(w.MODEL_DYN).at(where)
    mirrored = p.axiom(ax.SYMMETRY, *((w.f_hat(_s, _a), f_real) if swapped else (middle, f_imagined)))
    policy = p.given(w.LIPSCHITZ_PI).at({w.x: _s, w.y: _s_hat})
    constant = w.L_f_hat if swapped else w.L_f
    distance = w.d_S(_s, _s_hat)
    return p.inequality(
        sp.Le(w.d_S(w.s(t + 1), w.s_hat(t + 1)), constant * (1 + w.L_pi) * distance + w.eps_dyn),
        [triangle, mirrored, smooth, policy, error, w.REAL_ROLLOUT, w.IMAGINED_ROLLOUT,
         w.nonnegative(w.LIP_F_HAT if swapped else w.LIP_F)],
        "old error, stretched by the closed loop, plus one new model error",
    )  # fmt: skip


def _name_errors(p: Proof) -> tuple[Fact, Fact]:
    """Introduce e_t, the state error, and its start."""
    named = p.define_map(series.e, (t,), w.d_S(_s, _s_hat), "call the state error e")
    self_distance = p.axiom(ax.SELF_DISTANCE, w.s(0))
    start = p.inequality(
        sp.Eq(series.e(0), 0, evaluate=False), [named.at(t=sp.Integer(0)), self_distance, w.SAME_START],
        "both rollouts start in the same state",
    )  # fmt: skip
    return named, start


@cache
def state_error() -> Theorem:
    """Both rollouts' distance after t steps."""
    p = Proof(rg.STATE_ERROR, LINE)
    step = _one_step(p)
    named, start = _name_errors(p)
    growth = p.inequality(
        sp.Le(series.e(t + 1), w.L * series.e(t) + w.eps_dyn),
        [step, named, named.at(t=t + 1)],
        "the same in terms of e",
    )
    rate = _rate_sign(p)
    grown = p.cite(series.error_growth(), {series.ell: w.L, series.eps: w.eps_dyn}, [rate, start, growth])
    return p.qed(p.inequality(rg.STATE_ERROR.statement, [grown, named], "the recursion, unrolled"))


def _reward_step(p: Proof, swapped: bool = False) -> Fact:
    """|r(s, a) - r-hat(s-hat, a-hat)|, split at r(s-hat, a-hat), or at r-hat(s, a) if swapped."""
    smooth = p.given(w.LIPSCHITZ_R_HAT if swapped else w.LIPSCHITZ_R).at(
        {w.x: _s, w.y: _s_hat, w.a: _a, w.b: _a_hat}
    )
    error = p.given(w.MODEL_REW).at({w.x: _s, w.a: _a} if swapped else {w.x: _s_hat, w.a: _a_hat})
    policy = p.given(w.LIPSCHITZ_PI).at({w.x: _s, w.y: _s_hat})
    constant = w.LIP_R_HAT if swapped else w.LIP_R
    share = constant.symbol * (1 + w.L_pi) * w.d_S(_s, _s_hat)
    return p.inequality(
        sp.Le(sp.Abs(w.r(_s, _a) - w.r_hat(_s_hat, _a_hat)), share + w.eps_rew),
        [smooth, error, policy, w.nonnegative(constant)],
        "the reward moves with the state, and the learned reward errs" if not swapped
        else "the learned reward moves with the state, and it errs at the real state",
    )  # fmt: skip


def _return_difference(p: Proof) -> tuple[Fact, Fact]:
    """Name the reward differences u_t and write J_n - J-hat_n as their discounted sum."""
    named = p.define_map(
        series.u, (t,), w.r(_s, _a) - w.r_hat(_s_hat, _a_hat), "call the difference of the two rewards u"
    )
    difference = p.induction(
        sp.Eq(w.J(n) - w.J_hat(n), sp.Sum(w.gamma**t * series.u(t), (t, 0, n - 1)), evaluate=False),
        n,
        [
            w.RETURN,
            w.IMAGINED_RETURN,
            p.given(w.RETURN).at(n=n + 1),
            p.given(w.IMAGINED_RETURN).at(n=n + 1),
            named.at(t=n),
        ],
        "sums are linear",
    )
    return named, difference


def _discounted(p: Proof, slope: sp.Expr, rate: sp.Expr, reward: Fact, state: Fact, slope_sign: Any) -> Fact:
    """|J_n - J-hat_n| from the reward step and the state error, by the lemma on discounted sums."""
    named, difference = _return_difference(p)
    where = {series.x: w.gamma, series.y: rate, series.c: slope, series.eps: w.eps_dyn, series.rho: w.eps_rew}
    terms = p.inequality(
        sp.Le(sp.Abs(series.u(t)), w.eps_rew + slope * w.eps_dyn * GeometricSum(rate, t)),
        [named, reward, state, slope_sign],
        "put the state error into the reward's share",
    )
    summed = p.cite(series.discounted_sum(), where, [terms, w.nonnegative(w.GAMMA)])
    return p.inequality(
        sp.Le(
            sp.Abs(w.J(n) - w.J_hat(n)),
            w.eps_rew * GeometricSum(w.gamma, n) + slope * w.eps_dyn * DoubleGeometricSum(w.gamma, rate, n),
        ),
        [summed, difference],
        "the triangle inequality, with discounted weights",
    )


def _slope_sign(p: Proof) -> Fact:
    return p.inequality(
        sp.Ge(_SLOPE, 0),
        [w.nonnegative(w.LIP_R), w.nonnegative(w.LIP_PI)],
        "a product of nonnegative numbers",
    )


def _finite_gap(p: Proof) -> Fact:
    """The n-step bound, for every n."""
    state = p.cite(state_error())
    reward = _reward_step(p)
    return _discounted(p, _SLOPE, w.L, reward, state, _slope_sign(p))


@cache
def finite_horizon() -> Theorem:
    """The gap of H-step returns, for every L."""
    p = Proof(rg.FINITE_HORIZON, LINE)
    return p.qed(_finite_gap(p).at(n=w.H))


def _below_limit(
    p: Proof, gap: Fact, slope: sp.Expr, slope_sign: Fact, rate: sp.Expr, contraction: Any, rate_sign: Fact
) -> Fact:
    """Replace both sums by their limits, which they never exceed."""
    single = p.cite(series.geometric_bound(), {series.x: w.gamma}, [*w.DISCOUNT])
    double = p.cite(
        series.double_bound(), {series.x: w.gamma, series.y: rate}, [*w.DISCOUNT, rate_sign, contraction]
    )
    weight = p.inequality(
        sp.Ge(slope * w.eps_dyn, 0),
        [slope_sign, w.nonnegative(w.EPS_DYN)],
        "a product of nonnegative numbers",
    )
    return p.inequality(
        sp.Le(sp.Abs(w.J(n) - w.J_hat(n)),
              w.eps_rew / (1 - w.gamma)
              + w.gamma * slope * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * rate))),
        [gap, single, double, weight, w.nonnegative(w.EPS_REW)],
        "both sums stay below their limits",
    )  # fmt: skip


@cache
def lemma_1() -> Theorem:
    """The gap of discounted returns, where discounting outweighs the growth of errors."""
    p = Proof(rg.LEMMA_1, LINE)
    finite = p.cite(finite_horizon(), {w.H: n}, reason="the finite-horizon bound, for every n")
    rate_sign = _rate_sign(p)
    capped = _below_limit(p, finite, _SLOPE, _slope_sign(p), w.L, w.CONTRACTION, rate_sign)
    limit = p.pass_to_limit(capped, n, [p.given(w.RETURN_LIMIT), p.given(w.IMAGINED_LIMIT)], "let n grow")
    return p.qed(limit)


# -- bounded states ------------------------------------------------------------------------------------------


def _capped_gap(p: Proof) -> Fact:
    state = p.cite(state_error())
    near = p.given(w.BOUNDED).at({w.x: _s, w.y: _s_hat})
    capped = sp.Min(w.D, w.eps_dyn * GeometricSum(w.L, t))
    both = p.inequality(
        sp.Le(w.d_S(_s, _s_hat), capped), [state, near], "both bounds hold, so the smaller one does"
    )
    reward = _reward_step(p)
    sign = _slope_sign(p)
    named, difference = _return_difference(p)
    terms = p.inequality(
        sp.Le(sp.Abs(series.u(t)), w.eps_rew + _SLOPE * capped),
        [named, reward, both, sign],
        "put the state error into the reward's share",
    )
    weighted = p.inequality(
        sp.Le(sp.Abs(w.gamma**t * series.u(t)), w.gamma**t * (w.eps_rew + _SLOPE * capped)),
        [terms, w.nonnegative(w.GAMMA)],
        "a nonnegative weight keeps the inequality",
    )
    total = sp.Sum(w.gamma**t * series.u(t), (t, 0, n - 1))
    summed = p.induction(
        sp.Le(sp.Abs(total), w.eps_rew * GeometricSum(w.gamma, n) + _SLOPE * _capped_sum(n)),
        n,
        [weighted.at(t=n), w.nonnegative(w.GAMMA)],
        "the triangle inequality, one term at a time",
    )
    return p.inequality(
        sp.Le(sp.Abs(w.J(n) - w.J_hat(n)), w.eps_rew * GeometricSum(w.gamma, n) + _SLOPE * _capped_sum(n)),
        [summed, difference],
        "in terms of the returns",
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


@cache
def bounded_states_finite() -> Theorem:
    """The gap of H-step returns where states are bounded."""
    p = Proof(rg.BOUNDED_STATES_FINITE, POINT)
    return p.qed(_capped_gap(p).at(n=w.H))


@cache
def bounded_states() -> Theorem:
    """The gap of discounted returns where states are bounded, however much errors grow."""
    p = Proof(rg.BOUNDED_STATES, POINT)
    finite = p.cite(bounded_states_finite(), {w.H: n}, reason="the finite-horizon bound, for every n")
    single, series_limit = capped_limit(p)
    rewards = p.inequality(
        sp.Le(sp.Abs(w.J(n) - w.J_hat(n)), w.eps_rew / (1 - w.gamma) + _SLOPE * _capped_sum(n)),
        [finite, single, w.nonnegative(w.EPS_REW)],
        "the first sum stays below its limit",
    )
    limits = [series_limit, p.given(w.RETURN_LIMIT), p.given(w.IMAGINED_LIMIT)]
    return p.qed(p.pass_to_limit(rewards, n, limits, "let n grow"))


# -- Corollary 1 ---------------------------------------------------------------------------------------------


@cache
def monotone(code: str) -> Theorem:
    """The coefficient of eps_dyn does not decrease in the constant named `code`."""
    claim = rg.MONOTONE[code]
    p = Proof(claim)
    return p.qed(
        p.inequality(
            claim.statement,
            list(claim.hypotheses),
            "the numerator grows, or the denominator shrinks, or both",
        )
    )


# -- attainment ----------------------------------------------------------------------------------------------


def _extremal_gap(p: Proof) -> Fact:
    real_step, imagined_step, real_start, imagined_start, real_return, imagined_return = rg.EXTREMAL_WORLD
    rest = p.induction(
        sp.Eq(rg.line(t), 0, evaluate=False), t, [real_step, real_start], "the real state never leaves 0"
    )
    recursion = p.cite(series.geometric_recursion(), {series.x: w.L, series.n: t})
    drift = p.induction(
        sp.Eq(rg.line_hat(t), w.eps_dyn * GeometricSum(w.L, t), evaluate=False),
        t,
        [imagined_step, imagined_start, recursion],
        "the imagined state drifts by the recursion, with equality in every step",
    )
    nothing = p.induction(
        sp.Eq(w.J(n), 0, evaluate=False), n, [real_return, p.given(real_return).at(n=n + 1), rest.at(t=n)],
        "no state, no action, no reward",
    )  # fmt: skip
    everything = p.induction(
        sp.Eq(
            w.J_hat(n),
            w.eps_rew * GeometricSum(w.gamma, n) + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, n),
            evaluate=False,
        ),
        n,
        [imagined_return, p.given(imagined_return).at(n=n + 1), drift.at(t=n)],
        "add up the imagined rewards",
    )
    rate_sign = _rate_sign(p)
    grow = p.cite(series.geometric_recursion(), {series.x: w.L})
    geometric = p.induction(
        sp.Ge(GeometricSum(w.L, n), 0), n, [grow, rate_sign], "a sum of nonnegative terms"
    )
    discounts = p.induction(
        sp.Ge(GeometricSum(w.gamma, n), 0), n, [w.nonnegative(w.GAMMA)], "a sum of nonnegative terms"
    )
    product = p.inequality(
        sp.Ge(w.gamma**n * GeometricSum(w.L, n), 0),
        [geometric, w.nonnegative(w.GAMMA)],
        "a product of nonnegative numbers",
    )
    double = p.induction(
        sp.Ge(DoubleGeometricSum(w.gamma, w.L, n), 0), n, [product], "a sum of nonnegative terms"
    )
    weight = p.inequality(
        sp.Ge(_SLOPE * w.eps_dyn, 0),
        [_slope_sign(p), w.nonnegative(w.EPS_DYN)],
        "a product of nonnegative numbers",
    )
    sign = p.inequality(
        sp.Ge(w.J_hat(n), 0),
        [everything, discounts, double, weight, w.nonnegative(w.EPS_REW)],
        "nothing cancels",
    )
    return p.inequality(
        sp.Eq(
            sp.Abs(w.J(n) - w.J_hat(n)),
            w.eps_rew * GeometricSum(w.gamma, n) + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, n),
            evaluate=False,
        ),
        [nothing, everything, sign],
        "the gap is the imagined return itself",
    )


@cache
def attained_finite() -> Theorem:
    """Equality in the finite-horizon bound."""
    p = Proof(rg.ATTAINED_FINITE, EXTREMAL)
    return p.qed(_extremal_gap(p).at(n=w.H))


@cache
def attained() -> Theorem:
    """Equality in Lemma 1."""
    p = Proof(rg.ATTAINED, EXTREMAL)
    finite = p.cite(attained_finite(), {w.H: n}, reason="equality for every n")
    g, y = w.gamma, w.gamma * w.L
    rate_sign = _rate_sign(p)
    # gamma^n G_n(L) vanishes, also at L = 1: it is at most n q^n for q = max(gamma, gamma L).
    q = real("q")
    larger = p.define(q, sp.Max(g, y), "the slower of the two rates")
    recursion = p.cite(series.geometric_recursion(), {series.x: w.L})
    tail = g**n * GeometricSum(w.L, n)
    y_sign = p.inequality(
        sp.Ge(y, 0), [rate_sign, w.nonnegative(w.GAMMA)], "a product of nonnegative numbers"
    )
    power = p.induction(
        sp.Le(g**n, q**n), n,
        [larger, w.nonnegative(w.GAMMA), y_sign, *_power_sign(p, q, larger)],
        "a larger base has larger powers",
    )  # fmt: skip
    geometric = p.induction(
        sp.Ge(GeometricSum(w.L, n), 0), n, [recursion, rate_sign], "a sum of nonnegative terms"
    )
    low = p.inequality(
        sp.Ge(tail, 0), [geometric, w.nonnegative(w.GAMMA)], "a product of nonnegative numbers"
    )
    stretched = p.inequality(sp.Le(y * tail, q * tail), [larger, low], "q is at least gamma L")
    high = p.induction(
        sp.Le(tail, n * q**n), n,
        [power.at(n=n + 1), recursion, stretched, larger, low, w.nonnegative(w.GAMMA),
         *_power_sign(p, q, larger)],
        "each step multiplies the tail by gamma L and adds a power of gamma",
    )  # fmt: skip
    q_below = p.inequality(sp.Lt(q, 1), [larger, w.CONTRACTION, *w.DISCOUNT], "both rates are below 1")
    q_sign = p.inequality(sp.Ge(q, 0), [larger, w.nonnegative(w.GAMMA)], "q is at least gamma")
    vanishing = p.squeeze(low, high, n, [q_below, q_sign], "so it vanishes")
    identity = p.cite(series.double_identity(), {series.x: g, series.y: w.L})
    single = p.cite(series.geometric_closed_form(), {series.x: g}, [*w.DISCOUNT])
    inner = p.cite(series.geometric_closed_form(), {series.x: y}, [w.CONTRACTION])
    solved = p.inequality(
        sp.Eq(DoubleGeometricSum(g, w.L, n), (g * (1 - y**n) / (1 - y) - tail) / (1 - g), evaluate=False),
        [identity, inner, *w.DISCOUNT, w.CONTRACTION],
        "solve for the double sum",
    )
    explicit = p.inequality(
        sp.Eq(
            sp.Abs(w.J(n) - w.J_hat(n)),
            w.eps_rew * (1 - g**n) / (1 - g)
            + _SLOPE * w.eps_dyn * (g * (1 - y**n) / (1 - y) - tail) / (1 - g),
            evaluate=False,
        ),
        [finite, single, solved],
        "the gap, with both sums in closed form",
    )
    y_below = p.inequality(sp.Gt(y, -1), [y_sign], "a nonnegative number")
    limits: list[Fact | Hypothesis] = [
        p.limit(y**n, n, sp.S.Zero, [w.CONTRACTION, y_below], "a geometric sequence"),
        vanishing, *w.LIMITS, *w.DISCOUNT, w.CONTRACTION,
    ]  # fmt: skip
    limit = p.pass_to_limit(explicit, n, limits, "let n grow")
    return p.qed(p.equality(rg.ATTAINED.quantity, rg.ATTAINED.expression, [limit], "collect the terms"))


def _power_sign(p: Proof, q: sp.Symbol, larger: Fact) -> tuple[Fact, Fact]:
    sign = p.inequality(sp.Ge(q, 0), [larger, w.nonnegative(w.GAMMA)], "q is at least gamma")
    powers = p.induction(sp.Ge(q**n, 0), n, [sign], "powers of a nonnegative number")
    return sign, powers


# -- either side's constants ---------------------------------------------------------------------------------


@cache
def either_side() -> Theorem:
    """Lemma 1 with the smaller of the two constants, for dynamics and reward independently."""
    p = Proof(rg.EITHER_SIDE, LINE)
    smaller_f, smaller_r = sp.Min(w.L_f, w.L_f_hat), sp.Min(w.L_r, w.L_r_hat)
    rate, slope = smaller_f * (1 + w.L_pi), smaller_r * (1 + w.L_pi)
    signs = [w.nonnegative(q) for q in (w.LIP_F, w.LIP_R, w.LIP_PI, w.LIP_F_HAT, w.LIP_R_HAT)]
    real_side, learned_side = _one_step(p), _one_step(p, swapped=True)
    distance = w.d_S(_s, _s_hat)
    both = p.inequality(
        sp.Le(w.d_S(w.s(t + 1), w.s_hat(t + 1)), rate * distance + w.eps_dyn),
        [real_side, learned_side],
        "both recursions hold, so the one with the smaller constant does",
    )
    named, start = _name_errors(p)
    growth = p.inequality(
        sp.Le(series.e(t + 1), rate * series.e(t) + w.eps_dyn),
        [both, named, named.at(t=t + 1)],
        "in terms of e",
    )
    rate_sign = p.inequality(sp.Ge(rate, 0), signs, "a product of nonnegative numbers")
    grown = p.cite(
        series.error_growth(), {series.ell: rate, series.eps: w.eps_dyn}, [rate_sign, start, growth]
    )
    state = p.inequality(
        sp.Le(distance, w.eps_dyn * GeometricSum(rate, t)), [grown, named], "the recursion, unrolled"
    )
    reward_real = _reward_step(p)
    reward_learned = _reward_step(p, swapped=True)
    reward = p.inequality(
        sp.Le(sp.Abs(w.r(_s, _a) - w.r_hat(_s_hat, _a_hat)), slope * distance + w.eps_rew),
        [reward_real, reward_learned],
        "both hold, so the one with the smaller constant does",
    )
    slope_sign = p.inequality(sp.Ge(slope, 0), signs, "a product of nonnegative numbers")
    finite = _discounted(p, slope, rate, reward, state, slope_sign)
    contraction = next(h for h in rg.EITHER_SIDE.hypotheses if "min" in h.name)
    capped = _below_limit(p, finite, slope, slope_sign, rate, contraction, rate_sign)
    return p.qed(
        p.pass_to_limit(capped, n, [p.given(w.RETURN_LIMIT), p.given(w.IMAGINED_LIMIT)], "let n grow")
    )


# -- the identity --------------------------------------------------------------------------------------------


@cache
def partial_identity() -> Theorem:
    """The identity for n imagined steps."""
    p = Proof(rg.PARTIAL_IDENTITY, LINE)
    imagined = p.given(w.IMAGINED_RETURN)
    bellman = p.given(w.BELLMAN).at({w.x: w.s_hat(n)})
    rollout = p.given(w.IMAGINED_ROLLOUT).at(t=n)
    return p.qed(
        p.induction(
            rg.PARTIAL_IDENTITY.statement, n, [imagined, imagined.at(n=n + 1), bellman, rollout],
            "each step trades the value of a state for its reward and the value of its successor",
        )
    )  # fmt: skip


@cache
def identity() -> Theorem:
    """The return gap as a discounted sum of one-step errors along the imagined rollout."""
    p = Proof(rg.IDENTITY, LINE)
    partial = p.cite(partial_identity())
    value = _hypothesis("V is the return", rg.IDENTITY)
    far = _hypothesis("the far future does not count", rg.IDENTITY)
    start = p.inequality(
        sp.Eq(w.V_inf(w.s_hat(0)), w.J_inf, evaluate=False),
        [value, w.SAME_START],
        "both rollouts start in the same state",
    )
    moved = p.inequality(
        sp.Eq(rg.identity_sum, w.J_hat(n) + w.gamma**n * w.V_inf(w.s_hat(n)) - w.J_inf, evaluate=False),
        [partial, start],
        "the same, from the value of the start",
    )
    right = p.limit(moved.formula.rhs, n, w.J_hat_inf - w.J_inf, [w.IMAGINED_LIMIT, far], "let n grow")
    return p.qed(p.same_limit(moved, right, n, "equal sequences have equal limits"))


@cache
def mirror() -> Theorem:
    """The identity with the roles exchanged: the real rollout and the learned pair's value."""
    p = Proof(rg.MIRROR, LINE)
    swap = {
        w.f: w.f_hat, w.f_hat: w.f, w.r: w.r_hat, w.r_hat: w.r, w.s: w.s_hat, w.s_hat: w.s,
        w.J: w.J_hat, w.J_hat: w.J,
        w.V_inf: w.V_hat_inf,
    }  # fmt: skip
    return p.qed(p.cite(partial_identity(), swap, reason="the identity, with real and learned exchanged"))


@cache
def value_lipschitz() -> Theorem:
    """The value function's Lipschitz constant."""
    p = Proof(rg.VALUE_LIPSCHITZ, LINE)
    x, y = w.x, w.y
    at = {w.a: w.pi(x), w.b: w.pi(y)}
    reward = p.given(w.LIPSCHITZ_R).at(at)
    policy = p.given(w.LIPSCHITZ_PI)
    dynamics = p.given(w.LIPSCHITZ_F).at(at)
    next_x, next_y = w.f(x, w.pi(x)), w.f(y, w.pi(y))
    distance = w.d_S(x, y)
    sign = p.axiom(ax.NONNEGATIVE, x, y)
    successor = p.inequality(
        sp.Le(w.d_S(next_x, next_y), w.L * distance),
        [dynamics, policy, w.nonnegative(w.LIP_F)],
        "one step of the closed loop",
    )
    immediate = p.inequality(
        sp.Le(sp.Abs(w.r(x, w.pi(x)) - w.r(y, w.pi(y))), _SLOPE * distance),
        [reward, policy, w.nonnegative(w.LIP_R)],
        "the reward under the policy",
    )
    rate = w.gamma * w.L
    rate_sign = p.inequality(
        sp.Ge(rate, 0),
        [w.nonnegative(w.GAMMA), w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI)],
        "a product of nonnegative numbers",
    )
    recursion = p.cite(series.geometric_recursion(), {series.x: rate})
    positive = p.induction(
        sp.Ge(GeometricSum(rate, n), 0), n, [recursion, rate_sign], "a sum of nonnegative terms"
    )
    claim = sp.Le(sp.Abs(w.V(n, x) - w.V(n, y)), _SLOPE * GeometricSum(rate, n) * distance)
    slope_sign = _slope_sign(p)
    with p.by_induction(claim, n, "the constant of n steps, by induction") as by:
        k = by.k
        start, step = p.given(w.VALUE_START), p.given(w.VALUE_STEP)
        by.base(
            p.inequality(
                sp.Le(sp.Abs(w.V(0, x) - w.V(0, y)), 0), [start, start.at({x: y})], "no steps, no value"
            )
        )
        ahead = by.hypothesis.at({x: next_x, y: next_y})
        weight = p.inequality(
            sp.Ge(w.gamma * _SLOPE * GeometricSum(rate, k), 0),
            [slope_sign, positive.at(n=k), w.nonnegative(w.GAMMA)],
            "a product of nonnegative numbers",
        )
        carried = p.inequality(
            sp.Le(
                w.gamma * _SLOPE * GeometricSum(rate, k) * w.d_S(next_x, next_y),
                w.gamma * _SLOPE * GeometricSum(rate, k) * w.L * distance,
            ),
            [weight, successor],
            "the successors are that close",
        )
        by.step(
            p.inequality(
                sp.Le(sp.Abs(w.V(k + 1, x) - w.V(k + 1, y)), _SLOPE * GeometricSum(rate, k + 1) * distance),
                [
                    step.at(n=k),
                    step.at({n: k, x: y}),
                    ahead,
                    carried,
                    immediate,
                    recursion.at(n=k),
                    w.nonnegative(w.GAMMA),
                ],
                "the reward's share now, the value's share later",
            )
        )
    bounded = p.cite(series.geometric_bound(), {series.x: rate}, [rate_sign, w.CONTRACTION])
    weight = p.inequality(sp.Ge(_SLOPE * distance, 0), [slope_sign, sign], "a product of nonnegative numbers")
    uniform = p.inequality(
        sp.Le(sp.Abs(w.V(n, x) - w.V(n, y)), _SLOPE / (1 - rate) * distance),
        [by.fact, bounded, weight],
        "the geometric sum stays below its limit",
    )
    limit = p.given(w.VALUE_LIMIT)
    return p.qed(p.pass_to_limit(uniform, n, [limit, limit.at({x: y})], "let n grow"))


@cache
def average_error() -> Theorem:
    """A discounted average of one-step errors: absolute values, then V's Lipschitz constant."""
    p = Proof(rg.AVERAGE_ERROR, LINE)
    partial = p.cite(partial_identity())
    state, action = w.s_hat(n), w.pi(w.s_hat(n))
    smooth = p.given(w.LIPSCHITZ_V).at({w.x: w.f_hat(state, action), w.y: w.f(state, action)})
    term = rg.identity_sum.function.xreplace({t: n}) / w.gamma**n
    error = rg.AVERAGE_ERROR.expression.function.xreplace({t: n}) / w.gamma**n
    single = p.inequality(
        sp.Le(sp.Abs(term), error),
        [smooth, w.nonnegative(w.GAMMA)],
        "absolute values, then V's Lipschitz constant",
    )
    weighted = p.inequality(
        sp.Le(sp.Abs(w.gamma**n * term), w.gamma**n * error),
        [single, w.nonnegative(w.GAMMA)],
        "a nonnegative weight keeps the inequality",
    )
    summed = p.induction(
        sp.Le(sp.Abs(rg.identity_sum), rg.AVERAGE_ERROR.expression), n, [weighted, w.nonnegative(w.GAMMA)],
        "the triangle inequality, one term at a time",
    )  # fmt: skip
    return p.qed(p.inequality(rg.AVERAGE_ERROR.statement, [summed, partial], "in terms of the identity"))


@cache
def suprema_give_lemma_1() -> Theorem:
    """The worst errors in place of the average ones: Lemma 1's expression, to the letter."""
    claim = rg.SUPREMA_GIVE_LEMMA_1
    p = Proof(claim)
    return p.qed(
        p.equality(claim.quantity, claim.expression, [w.CONTRACTION, *w.DISCOUNT], "collect the terms")
    )


@cache
def regret() -> Theorem:
    """What training in imagination costs within a class of policies."""
    p = Proof(rg.REGRET)
    return p.qed(
        p.inequality(
            rg.REGRET.statement,
            list(rg.REGRET.hypotheses),
            "lose at most G on the way into imagination, delta there, G on the way back",
        )
    )
