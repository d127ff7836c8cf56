r"""The return gap: how far the imagined return can be from the real one, given the errors of the two models.

The claims of part A as objects, and :func:`bound`, their value on numbers. Their proofs are in
:mod:`imagination.theory.return_gap_proofs`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from imagination.theory import worlds as w
from imagination.theory.claim import Claim, HypothesisError
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

_NUMBERS = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW)
_ONE_STEP = (w.LIPSCHITZ_F, w.LIPSCHITZ_R, w.LIPSCHITZ_PI, w.MODEL_DYN, w.MODEL_REW)
_WORLD = (*_ONE_STEP, *w.ROLLOUTS, *w.RETURNS)
_BASIC = (*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS)
_SLOPE = w.L_r * (1 + w.L_pi)

finite_gap = sp.Abs(w.J(w.H) - w.J_hat(w.H))
gap = sp.Abs(w.J_inf - w.J_hat_inf)


STATE_ERROR = Claim(
    name="State error",
    source="[TSGLH26, proof of Lemma 1]",
    symbols=(w.LIP_F, w.LIP_PI, w.EPS_DYN),
    hypotheses=(
        w.nonnegative(w.LIP_F),
        w.nonnegative(w.LIP_PI),
        w.nonnegative(w.EPS_DYN),
        w.LIPSCHITZ_F,
        w.LIPSCHITZ_PI,
        w.MODEL_DYN,
        *w.ROLLOUTS,
    ),
    quantity=w.d_S(w.s(w.t), w.s_hat(w.t)),
    expression=w.eps_dyn * GeometricSum(w.L, w.t),
    variables=(w.t,),
    meaning="after t steps the two rollouts are at most this far apart",
)

FINITE_HORIZON = Claim(
    name="Finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, w.HORIZON),
    hypotheses=(*_BASIC, *_WORLD),
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, w.H),
    meaning="the gap of H-step returns, however much errors grow",
)

LEMMA_1 = Claim(
    name="Lemma 1",
    source="[TSGLH26, Lemma 1]",
    symbols=(
        *_NUMBERS,
        *(
            w.Quantity(v, c, m)
            for v, c, m in ((w.J_inf, "J", "real return"), (w.J_hat_inf, "J_hat", "imagined return"))
        ),
    ),
    hypotheses=(*_BASIC, w.CONTRACTION, *_WORLD, *w.LIMITS),
    quantity=gap,
    expression=w.eps_rew / (1 - w.gamma)
    + w.gamma * _SLOPE * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L)),
    meaning="the gap of discounted returns where discounting outweighs the growth of errors",
)

BOUNDED_STATES_FINITE = Claim(
    name="Bounded states, finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, w.DIAMETER, w.HORIZON),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER), *_WORLD, w.BOUNDED),
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, w.H),
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED_STATES = Claim(
    name="Bounded states",
    source="[this book]",
    symbols=(*LEMMA_1.symbols, w.DIAMETER),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER), *_WORLD, w.BOUNDED, *w.LIMITS),
    quantity=gap,
    expression=w.eps_rew / (1 - w.gamma) + _SLOPE * CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, sp.oo),
    meaning="the gap of discounted returns when states are bounded, however much errors grow",
)

# -- Corollary 1 ---------------------------------------------------------------------------------------------

dynamics_coefficient = LEMMA_1.expression.coeff(w.eps_dyn)


def _monotone_in(quantity: w.Quantity, larger_name: str) -> Claim:
    """The claim that the coefficient of eps_dyn does not decrease in one constant."""
    larger = w.real(larger_name)
    at_larger = dynamics_coefficient.xreplace({quantity.symbol: larger})
    contraction = w.CONTRACTION.relation.xreplace({quantity.symbol: larger})
    hypotheses = [
        *w.DISCOUNT,
        *w.CONSTANTS,
        w.Hypothesis(f"{quantity.code} <= {quantity.code}_larger", sp.Le(quantity.symbol, larger)),
        w.Hypothesis("contraction at the larger value", contraction),
    ]
    if quantity is w.GAMMA:
        hypotheses.append(w.Hypothesis("gamma_larger < 1", sp.Lt(larger, 1)))
    return Claim(
        name=f"Corollary 1, {quantity.code}",
        source="[TSGLH26, Corollary 1]",
        symbols=(
            w.GAMMA,
            w.LIP_F,
            w.LIP_R,
            w.LIP_PI,
            w.Quantity(larger, f"{quantity.code}_larger", f"a larger {quantity.meaning}"),
        ),
        hypotheses=tuple(hypotheses),
        quantity=dynamics_coefficient,
        expression=at_larger,
        meaning=f"the weight of the dynamics error does not decrease in {quantity.code}",
    )


MONOTONE = {
    quantity.code: _monotone_in(quantity, name)
    for quantity, name in ((w.LIP_F, "L_f'"), (w.LIP_R, "L_r'"), (w.LIP_PI, "L_pi'"), (w.GAMMA, "gamma'"))
}

# -- the bound is attained -----------------------------------------------------------------------------------

line, line_hat = (w.mapping(name, ("natural",)) for name in ("s", "shat"))
EXTREMAL_WORLD = (
    w.Hypothesis(
        "real rollout",
        sp.Eq(line(w.t + 1), w.L_f * (line(w.t) + w.L_pi * line(w.t))),
        "f(s, a) = L_f (s + a)",
    ),
    w.Hypothesis(
        "imagined rollout",
        sp.Eq(line_hat(w.t + 1), w.L_f * (line_hat(w.t) + w.L_pi * line_hat(w.t)) + w.eps_dyn),
        "the learned dynamics add eps_dyn",
    ),
    w.Hypothesis("real start", sp.Eq(line(0), 0)),
    w.Hypothesis("imagined start", sp.Eq(line_hat(0), 0)),
    w.Hypothesis(
        "real return",
        sp.Eq(w.J(w.n), sp.Sum(w.gamma**w.t * w.L_r * (line(w.t) + w.L_pi * line(w.t)), (w.t, 0, w.n - 1))),
        "r(s, a) = L_r (s + a)",
    ),
    w.Hypothesis(
        "imagined return",
        sp.Eq(
            w.J_hat(w.n),
            sp.Sum(
                w.gamma**w.t * (w.L_r * (line_hat(w.t) + w.L_pi * line_hat(w.t)) + w.eps_rew),
                (w.t, 0, w.n - 1),
            ),
        ),
        "the learned reward adds eps_rew",
    ),
)

ATTAINED_FINITE = Claim(
    name="The finite bound is attained",
    source="[this book]",
    symbols=FINITE_HORIZON.symbols,
    hypotheses=(*_BASIC, *EXTREMAL_WORLD),
    quantity=finite_gap,
    expression=FINITE_HORIZON.expression,
    relation="==",
    meaning="on the real line, with constant errors, the gap is the bound",
)

ATTAINED = Claim(
    name="Lemma 1 is attained",
    source="[this book]",
    symbols=LEMMA_1.symbols,
    hypotheses=(*_BASIC, w.CONTRACTION, *EXTREMAL_WORLD, *w.LIMITS),
    quantity=gap,
    expression=LEMMA_1.expression,
    relation="==",
    meaning="so no bound in these quantities alone can be smaller",
)

# -- either side's constants ---------------------------------------------------------------------------------

_EITHER = {w.L_f: sp.Min(w.L_f, w.L_f_hat), w.L_r: sp.Min(w.L_r, w.L_r_hat)}

EITHER_SIDE = Claim(
    name="Either side's constants",
    source="[this book]",
    symbols=(*LEMMA_1.symbols, w.LIP_F_HAT, w.LIP_R_HAT),
    hypotheses=(
        *_BASIC,
        w.nonnegative(w.LIP_F_HAT),
        w.nonnegative(w.LIP_R_HAT),
        w.Hypothesis(
            "gamma * min(L_f, L_f_hat) * (1 + L_pi) < 1",
            w.CONTRACTION.relation.xreplace(_EITHER),
            "the smoother of the two dynamics contracts",
        ),
        *_WORLD,
        w.LIPSCHITZ_F_HAT,
        w.LIPSCHITZ_R_HAT,
        *w.LIMITS,
    ),
    quantity=gap,
    expression=LEMMA_1.expression.xreplace(_EITHER),
    meaning="the Lipschitz role may be played by the real or the learned side, independently",
)

# -- the identity behind it ----------------------------------------------------------------------------------


def _imagined_terms(f: Any, f_hat: Any, r: Any, r_hat: Any, s_hat: Any, V: Any) -> sp.Expr:
    state = s_hat(w.t)
    action = w.pi(state)
    reward_error = r_hat(state, action) - r(state, action)
    return reward_error + w.gamma * (V(f_hat(state, action)) - V(f(state, action)))


identity_sum = sp.Sum(
    w.gamma**w.t * _imagined_terms(w.f, w.f_hat, w.r, w.r_hat, w.s_hat, w.V_inf), (w.t, 0, w.n - 1)
)
mirror_sum = sp.Sum(
    w.gamma**w.t * _imagined_terms(w.f_hat, w.f, w.r_hat, w.r, w.s, w.V_hat_inf), (w.t, 0, w.n - 1)
)

PARTIAL_IDENTITY = Claim(
    name="The identity, n steps",
    source="[Kakade and Langford 2002; Luo et al. 2019]",
    symbols=(w.GAMMA,),
    hypotheses=(w.IMAGINED_ROLLOUT, w.IMAGINED_RETURN, w.BELLMAN),
    quantity=w.J_hat(w.n) + w.gamma**w.n * w.V_inf(w.s_hat(w.n)) - w.V_inf(w.s_hat(0)),
    expression=identity_sum,
    relation="==",
    variables=(w.n,),
)

_VALUE_IS_RETURN = w.Hypothesis("V is the return", sp.Eq(w.V_inf(w.s(0)), w.J_inf), "definition of V")
_TRANSVERSAL = w.Hypothesis(
    "the far future does not count", sp.Eq(sp.Limit(w.gamma**w.n * w.V_inf(w.s_hat(w.n)), w.n, sp.oo), 0),
    "true wherever V is bounded",
)  # fmt: skip

IDENTITY = Claim(
    name="The identity",
    source="[Kakade and Langford 2002; Luo et al. 2019]",
    symbols=(w.GAMMA, *LEMMA_1.symbols[-2:]),
    hypotheses=(
        w.IMAGINED_ROLLOUT,
        w.SAME_START,
        w.IMAGINED_RETURN,
        w.BELLMAN,
        _VALUE_IS_RETURN,
        w.IMAGINED_LIMIT,
        _TRANSVERSAL,
    ),
    quantity=sp.Limit(identity_sum, w.n, sp.oo),
    expression=w.J_hat_inf - w.J_inf,
    relation="==",
    meaning="the return gap is a discounted sum of one-step errors along the imagined rollout, nothing lost",
)

MIRROR = Claim(
    name="The mirror image, n steps",
    source="[Kakade and Langford 2002; Luo et al. 2019]",
    symbols=(w.GAMMA,),
    hypotheses=(
        w.REAL_ROLLOUT,
        w.RETURN,
        w.Hypothesis(
            "Bellman equation of the learned pair",
            sp.Eq(w.V_hat_inf(w.x), w.r_hat(w.x, w.pi(w.x)) + w.gamma * w.V_hat_inf(w.f_hat(w.x, w.pi(w.x)))),
        ),
    ),
    quantity=w.J(w.n) + w.gamma**w.n * w.V_hat_inf(w.s(w.n)) - w.V_hat_inf(w.s(0)),
    expression=mirror_sum,
    relation="==",
    variables=(w.n,),
    meaning="real on-policy transitions and the learned pair's own value are all it takes",
)

VALUE_LIPSCHITZ = Claim(
    name="The value is Lipschitz",
    source="[Rachelson and Lagoudakis 2010; Pirotta et al. 2015]",
    symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI),
    hypotheses=(
        *w.DISCOUNT,
        *w.CONSTANTS,
        w.CONTRACTION,
        w.LIPSCHITZ_F,
        w.LIPSCHITZ_R,
        w.LIPSCHITZ_PI,
        w.VALUE_START,
        w.VALUE_STEP,
        w.VALUE_LIMIT,
    ),
    quantity=sp.Abs(w.V_inf(w.x) - w.V_inf(w.y)),
    expression=_SLOPE / (1 - w.gamma * w.L) * w.d_S(w.x, w.y),
    variables=(w.x, w.y),
)

_state, _action = w.s_hat(w.t), w.pi(w.s_hat(w.t))

AVERAGE_ERROR = Claim(
    name="Average errors suffice",
    source="[Luo et al. 2019; this book]",
    symbols=(w.GAMMA, w.LIP_V),
    hypotheses=(
        w.nonnegative(w.GAMMA),
        w.nonnegative(w.LIP_V),
        w.IMAGINED_ROLLOUT,
        w.IMAGINED_RETURN,
        w.BELLMAN,
        w.LIPSCHITZ_V,
    ),
    quantity=sp.Abs(PARTIAL_IDENTITY.quantity),
    expression=sp.Sum(
        w.gamma**w.t
        * (
            sp.Abs(w.r_hat(_state, _action) - w.r(_state, _action))
            + w.gamma * w.L_V * w.d_S(w.f_hat(_state, _action), w.f(_state, _action))
        ),
        (w.t, 0, w.n - 1),
    ),
    variables=(w.n,),
    meaning="a discounted sum of the errors where imagination goes, not of the worst errors anywhere",
)

SUPREMA_GIVE_LEMMA_1 = Claim(
    name="Suprema give Lemma 1 back",
    source="[this book]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, w.CONTRACTION),
    quantity=(w.eps_rew + w.gamma * _SLOPE / (1 - w.gamma * w.L) * w.eps_dyn) / (1 - w.gamma),
    expression=LEMMA_1.expression,
    relation="==",
)

# -- regret --------------------------------------------------------------------------------------------------

_best, _best_hat, _chosen, _chosen_hat, _G, _delta = w.real(
    [r"{J}(\pi^{*})", r"\hat{J}(\pi^{*})", r"J(\hat{\pi})", r"\hat{J}(\hat{\pi})", "G", "delta"]
)

REGRET = Claim(
    name="Regret",
    source="[KS02]",
    symbols=(
        w.Quantity(_best, "best", "real return of any policy in the class"),
        w.Quantity(_best_hat, "best_hat", "its imagined return"),
        w.Quantity(_chosen, "chosen", "real return of the policy that was trained in imagination"),
        w.Quantity(_chosen_hat, "chosen_hat", "its imagined return"),
        w.Quantity(_G, "gap", "a bound of the return gap for every policy in the class"),
        w.Quantity(_delta, "delta", "how far the chosen policy is from the best in imagination"),
    ),
    hypotheses=(
        w.Hypothesis("gap of the best policy", sp.Le(sp.Abs(_best - _best_hat), _G)),
        w.Hypothesis("gap of the chosen policy", sp.Le(sp.Abs(_chosen - _chosen_hat), _G)),
        w.Hypothesis("nearly best in imagination", sp.Le(_best_hat, _chosen_hat + _delta)),
    ),
    quantity=_best - _chosen,
    expression=2 * _G + _delta,
    meaning="regret within the class",
)


def bound(
    *,
    gamma: Any,
    L_f: Any,
    L_r: Any,
    L_pi: Any,
    eps_dyn: Any,
    eps_rew: Any,
    horizon: Any = None,
    diameter: Any = None,
) -> Any:
    r"""The largest return gap that these constants allow.

    Parameters
    ----------
    gamma : array_like
        Discount, in [0, 1).
    L_f, L_r, L_pi : array_like
        Lipschitz constants of dynamics, reward and policy, nonnegative; distances of states and
        of actions add.
    eps_dyn, eps_rew : array_like
        Largest one-step errors of the learned dynamics (in units of the state's metric) and of the learned
        reward.
    horizon : array_like of whole numbers, optional
        Number of steps; infinite where not given.
    diameter : array_like, optional
        Largest distance between two states; unbounded where not given.

    Returns
    -------
    float or ndarray
        In units of reward, in the broadcast shape; ``inf`` where it exceeds the largest float.

    Raises
    ------
    HypothesisError
        A `ValueError` that names the argument and the rule: a discount outside [0, 1), a negative, infinite
        or NaN constant, a horizon that is not a whole number, or ``gamma L_f (1 + L_pi) >= 1`` with neither
        horizon nor diameter.

    Notes
    -----
    [TSGLH26, Lemma 1] without horizon and diameter; its finite-horizon and bounded-state forms otherwise
    (:data:`LEMMA_1`, :data:`FINITE_HORIZON`, :data:`BOUNDED_STATES`, :data:`BOUNDED_STATES_FINITE`).

    Examples
    --------
    >>> round(float(bound(gamma=0.9, L_f=0.5, L_r=1, L_pi=0.5, eps_dyn=0.01, eps_rew=0.02)), 6)
    0.615385
    """
    values = {"gamma": gamma, "L_f": L_f, "L_r": L_r, "L_pi": L_pi, "eps_dyn": eps_dyn, "eps_rew": eps_rew}
    if horizon is None and diameter is None:
        return LEMMA_1.evaluate(**values)
    if diameter is None:
        return FINITE_HORIZON.evaluate(**values, horizon=horizon)
    if horizon is None:
        return BOUNDED_STATES.evaluate(**values, diameter=diameter)
    return BOUNDED_STATES_FINITE.evaluate(**values, diameter=diameter, horizon=horizon)


__all__ = [
    "BOUNDED_STATES",
    "BOUNDED_STATES_FINITE",
    "FINITE_HORIZON",
    "LEMMA_1",
    "STATE_ERROR",
    "HypothesisError",
    "bound",
]
