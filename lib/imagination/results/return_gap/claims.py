r"""The return gap: how far the imagined return can be from the real one, given the errors of the two models.

The claims as objects, and :func:`bound`, their value on numbers. They are derived in chapters 2 and 3 and
proved in `formal/ReturnGap.v`, `Either.v` and `Identity.v`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from imagination import quantities as w
from imagination.claim import Claim, HypothesisError
from imagination.quantities import shown
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.symbols import real

_NUMBERS = (w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, w.EPS_DYN, w.EPS_REW)
_BASIC = (*w.DISCOUNT, *w.CONSTANTS, *w.ERRORS)
_SLOPE = w.L_r * (1 + w.L_pi)

finite_gap, gap = (shown(rf"\lvert {J} - \hat{{J}}{h} \rvert") for J, h in (("J_H", "_H"), ("J", "")))


STATE_ERROR = Claim(
    name="State error",
    source="[TSGLH26, proof of Lemma 1]",
    symbols=(w.LIP_F, w.LIP_PI, w.EPS_DYN),
    hypotheses=(w.nonnegative(w.LIP_F), w.nonnegative(w.LIP_PI), w.nonnegative(w.EPS_DYN)),
    quantity=shown(r"d(s_t, \hat{s}_t)"),
    expression=w.eps_dyn * GeometricSum(w.L, w.t),
    variables=(w.t,),
    meaning="after t steps the two rollouts are at most this far apart",
)

FINITE_HORIZON = Claim(
    name="Finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, w.HORIZON),
    hypotheses=_BASIC,
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, w.H),
    meaning="the gap of H-step returns, however much errors grow",
)

LEMMA_1 = Claim(
    name="Lemma 1",
    source="[TSGLH26, Lemma 1]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, w.CONTRACTION),
    quantity=gap,
    expression=w.eps_rew / (1 - w.gamma)
    + w.gamma * _SLOPE * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L)),
    meaning="the gap of discounted returns where discounting outweighs the growth of errors",
)

BOUNDED_STATES_FINITE = Claim(
    name="Bounded states, finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, w.DIAMETER, w.HORIZON),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER)),
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, w.H),
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED_STATES = Claim(
    name="Bounded states",
    source="[this book]",
    symbols=(*_NUMBERS, w.DIAMETER),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER)),
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

ATTAINED_FINITE = Claim(
    name="The finite bound is attained",
    source="[this book]",
    symbols=FINITE_HORIZON.symbols,
    hypotheses=FINITE_HORIZON.hypotheses,
    quantity=finite_gap,
    expression=FINITE_HORIZON.expression,
    relation="==",
    meaning="on the real line, with constant errors, the gap is the bound",
)

ATTAINED = Claim(
    name="Lemma 1 is attained",
    source="[this book]",
    symbols=LEMMA_1.symbols,
    hypotheses=LEMMA_1.hypotheses,
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
    symbols=(*_NUMBERS, w.LIP_F_HAT, w.LIP_R_HAT),
    hypotheses=(
        *_BASIC,
        w.nonnegative(w.LIP_F_HAT),
        w.nonnegative(w.LIP_R_HAT),
        w.Hypothesis(
            "gamma * min(L_f, L_f_hat) * (1 + L_pi) < 1",
            w.CONTRACTION.relation.xreplace(_EITHER),
            "the smoother of the two dynamics contracts",
        ),
    ),
    quantity=gap,
    expression=LEMMA_1.expression.xreplace(_EITHER),
    meaning="the Lipschitz role may be played by the real or the learned side, independently",
)

# -- the identity behind it ----------------------------------------------------------------------------------


def _identity(name: str, quantity: str, mark: str, along: str, meaning: str) -> Claim:
    """What is claimed of an account of the gap: its two parts are what each model did, summed along a "
    "rollout."""
    reward, dynamics = (
        w.Quantity(shown(rf"\Delta{mark}_{{\mathrm{{{short}}}}}"), code, f"{what}, along the {along} rollout")
        for short, code, what in (
            ("rew", "reward_part", "discounted sum of the reward's errors"),
            ("dyn", "dynamics_part", "discounted sum of what the dynamics' errors are worth"),
        )
    )
    return Claim(
        name=name,
        source="[KL02; LXLTDM19]",
        symbols=(reward, dynamics),
        hypotheses=(),
        quantity=shown(quantity),
        expression=reward.symbol + dynamics.symbol,
        relation="==",
        meaning=meaning,
    )


PARTIAL_IDENTITY = _identity(
    "The identity, H steps",
    r"\hat{J}_H - J_H",
    "",
    "imagined",
    "with the values of the steps that remain; nothing is supposed",
)

IDENTITY = _identity(
    "The identity",
    r"\hat{J} - J",
    "",
    "imagined",
    "the return gap is a discounted sum of one-step errors along the imagined rollout, nothing lost",
)

MIRROR = _identity(
    "The mirror image",
    r"J_H - \hat{J}_H",
    "'",
    "real",
    "real on-policy transitions and the learned pair's own value are all it takes",
)

DISTANCE = w.Quantity(real("d"), "distance", "distance of the two states")

VALUE_LIPSCHITZ = Claim(
    name="The value is Lipschitz",
    source="[Rachelson and Lagoudakis 2010; Pirotta et al. 2015]",
    symbols=(w.GAMMA, w.LIP_F, w.LIP_R, w.LIP_PI, DISTANCE),
    hypotheses=(*w.DISCOUNT, *w.CONSTANTS, w.CONTRACTION),
    quantity=shown(r"\lvert V(x) - V(y) \rvert"),
    expression=_SLOPE / (1 - w.gamma * w.L) * DISTANCE.symbol,
    meaning="of states at distance d",
)

AVERAGE_REW = w.Quantity(
    real(r"\bar{\varepsilon}_{\mathrm{rew}}"),
    "average_rew",
    "discounted average of the reward errors along the imagined rollout",
)
AVERAGE_DYN = w.Quantity(
    real(r"\bar{\varepsilon}_{\mathrm{dyn}}"),
    "average_dyn",
    "discounted average of the dynamics errors along the imagined rollout",
)

AVERAGE_ERROR = Claim(
    name="Average errors suffice",
    source="[LXLTDM19; this book]",
    symbols=(w.GAMMA, w.LIP_V, AVERAGE_DYN, AVERAGE_REW),
    hypotheses=(*w.DISCOUNT, w.nonnegative(w.LIP_V)),
    quantity=gap,
    expression=(AVERAGE_REW.symbol + w.gamma * w.L_V * AVERAGE_DYN.symbol) / (1 - w.gamma),
    meaning="an average of the errors where imagination goes, not the worst errors anywhere",
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

_best, _best_hat, _chosen, _chosen_hat, _G, _delta = real(
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
