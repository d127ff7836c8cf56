r"""The return gap: how far the imagined return can be from the real one, given the errors of the two models.

The claims as objects, and :func:`bound`, their value on numbers. They are derived in chapters 2 and 3 and
proved in `formal/ReturnGap.v`, `Either.v` and `Identity.v`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from imagination.claim import Claim, Hypothesis, HypothesisError, Quantity
from imagination.quantities import (
    CONSTANTS,
    CONTRACTION,
    DIAMETER,
    DISCOUNT,
    EPS_DYN,
    EPS_REW,
    ERRORS,
    GAMMA,
    HORIZON,
    L_V,
    LIP_F,
    LIP_F_HAT,
    LIP_PI,
    LIP_R,
    LIP_R_HAT,
    LIP_V,
    D,
    H,
    L,
    L_f,
    L_f_hat,
    L_pi,
    L_r,
    L_r_hat,
    eps_dyn,
    eps_rew,
    gamma,
    nonnegative,
    shown,
    t,
)
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.symbols import real

__all__ = [
    "BOUNDED_STATES",
    "BOUNDED_STATES_FINITE",
    "FINITE_HORIZON",
    "FORMS",
    "LEMMA_1",
    "STATE_ERROR",
    "HypothesisError",
    "bound",
]

_CONSTANTS = (GAMMA, LIP_F, LIP_R, LIP_PI)
_NUMBERS = (*_CONSTANTS, EPS_DYN, EPS_REW)
_BASIC = (*DISCOUNT, *CONSTANTS, *ERRORS)
_SLOPE = L_r * (1 + L_pi)

finite_gap, gap = (shown(rf"\lvert {J} - \hat{{J}}{h} \rvert") for J, h in (("J_H", "_H"), ("J", "")))


STATE_ERROR = Claim(
    name="State error",
    source="[TSGLH26, proof of Lemma 1]",
    symbols=(LIP_F, LIP_PI, EPS_DYN),
    hypotheses=(nonnegative(LIP_F), nonnegative(LIP_PI), nonnegative(EPS_DYN)),
    quantity=shown(r"d(s_t, \hat{s}_t)"),
    expression=eps_dyn * GeometricSum(L, t),
    variables=(t,),
    meaning="after t steps the two rollouts are at most this far apart",
)

FINITE_HORIZON = Claim(
    name="Finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, HORIZON),
    hypotheses=_BASIC,
    quantity=finite_gap,
    expression=eps_rew * GeometricSum(gamma, H) + _SLOPE * eps_dyn * DoubleGeometricSum(gamma, L, H),
    meaning="the gap of H-step returns, however much errors grow",
)

LEMMA_1 = Claim(
    name="Lemma 1",
    source="[TSGLH26, Lemma 1]",
    symbols=_NUMBERS,
    hypotheses=(*_BASIC, CONTRACTION),
    quantity=gap,
    expression=eps_rew / (1 - gamma) + gamma * _SLOPE * eps_dyn / ((1 - gamma) * (1 - gamma * L)),
    meaning="the gap of discounted returns where discounting outweighs the growth of errors",
)

BOUNDED_STATES_FINITE = Claim(
    name="Bounded states, finite horizon",
    source="[this book]",
    symbols=(*_NUMBERS, DIAMETER, HORIZON),
    hypotheses=(*_BASIC, nonnegative(DIAMETER)),
    quantity=finite_gap,
    expression=eps_rew * GeometricSum(gamma, H) + _SLOPE * CappedGeometricSum(gamma, L, eps_dyn, D, H),
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED_STATES = Claim(
    name="Bounded states",
    source="[this book]",
    symbols=(*_NUMBERS, DIAMETER),
    hypotheses=(*_BASIC, nonnegative(DIAMETER)),
    quantity=gap,
    expression=eps_rew / (1 - gamma) + _SLOPE * CappedGeometricSum(gamma, L, eps_dyn, D, sp.oo),
    meaning="the gap of discounted returns when states are bounded, however much errors grow",
)

# -- Corollary 1 ---------------------------------------------------------------------------------------------

dynamics_coefficient = LEMMA_1.expression.coeff(eps_dyn)


def _monotone_in(quantity: Quantity, larger_name: str) -> Claim:
    """The coefficient of eps_dyn does not decrease in one constant."""
    larger = real(larger_name)
    at_larger = dynamics_coefficient.xreplace({quantity.symbol: larger})
    contraction = CONTRACTION.relation.xreplace({quantity.symbol: larger})
    hypotheses = [
        *DISCOUNT,
        *CONSTANTS,
        Hypothesis(f"{quantity.code} <= {quantity.code}_larger", sp.Le(quantity.symbol, larger)),
        Hypothesis("contraction at the larger value", contraction),
    ]
    if quantity is GAMMA:
        hypotheses.append(Hypothesis("gamma_larger < 1", sp.Lt(larger, 1)))
    return Claim(
        name=f"Corollary 1, {quantity.code}",
        source="[TSGLH26, Corollary 1]",
        symbols=(
            *_CONSTANTS,
            Quantity(larger, f"{quantity.code}_larger", f"a larger {quantity.meaning}"),
        ),
        hypotheses=tuple(hypotheses),
        quantity=dynamics_coefficient,
        expression=at_larger,
        meaning=f"the weight of the dynamics error does not decrease in {quantity.code}",
    )


MONOTONE = {
    quantity.code: _monotone_in(quantity, name)
    for quantity, name in ((LIP_F, "L_f'"), (LIP_R, "L_r'"), (LIP_PI, "L_pi'"), (GAMMA, "gamma'"))
}

# -- the bound is attained -----------------------------------------------------------------------------------

ATTAINED_FINITE = replace(
    FINITE_HORIZON,
    name="The finite bound is attained",
    relation="==",
    meaning="on the real line, with constant errors, the gap is the bound",
)

ATTAINED = replace(
    LEMMA_1,
    name="Lemma 1 is attained",
    source="[this book]",
    relation="==",
    meaning="so no bound in these quantities alone can be smaller",
)

# -- either side's constants ---------------------------------------------------------------------------------

_EITHER = {L_f: sp.Min(L_f, L_f_hat), L_r: sp.Min(L_r, L_r_hat)}

EITHER_SIDE = Claim(
    name="Either side's constants",
    source="[this book]",
    symbols=(*_NUMBERS, LIP_F_HAT, LIP_R_HAT),
    hypotheses=(
        *_BASIC,
        nonnegative(LIP_F_HAT),
        nonnegative(LIP_R_HAT),
        Hypothesis(
            "gamma * min(L_f, L_f_hat) * (1 + L_pi) < 1",
            CONTRACTION.relation.xreplace(_EITHER),
            "the smoother of the two dynamics contracts",
        ),
    ),
    quantity=gap,
    expression=LEMMA_1.expression.xreplace(_EITHER),
    meaning="the Lipschitz role may be played by the real or the learned side, independently",
)

# -- the identity behind it ----------------------------------------------------------------------------------


def _identity(name: str, quantity: str, mark: str, along: str, meaning: str) -> Claim:
    """An account of the gap: its two parts are what each model did, summed along a rollout."""
    reward, dynamics = (
        Quantity(shown(rf"\Delta{mark}_{{\mathrm{{{short}}}}}"), code, f"{what}, along the {along} rollout")
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

DISTANCE = Quantity(real("d"), "distance", "distance of the two states")

VALUE_LIPSCHITZ = Claim(
    name="The value is Lipschitz",
    source="[Rachelson and Lagoudakis 2010; Pirotta et al. 2015]",
    symbols=(*_CONSTANTS, DISTANCE),
    hypotheses=(*DISCOUNT, *CONSTANTS, CONTRACTION),
    quantity=shown(r"\lvert V(x) - V(y) \rvert"),
    expression=_SLOPE / (1 - gamma * L) * DISTANCE.symbol,
    meaning="of states at distance d",
)

AVERAGE_REW, AVERAGE_DYN = (
    Quantity(
        real(rf"\bar{{\varepsilon}}_{{\mathrm{{{short}}}}}"),
        f"average_{short}",
        f"discounted average of the {which} errors along the imagined rollout",
    )
    for short, which in (("rew", "reward"), ("dyn", "dynamics"))
)

AVERAGE_ERROR = Claim(
    name="Average errors suffice",
    source="[LXLTDM19; this book]",
    symbols=(GAMMA, LIP_V, AVERAGE_DYN, AVERAGE_REW),
    hypotheses=(*DISCOUNT, nonnegative(LIP_V)),
    quantity=gap,
    expression=(AVERAGE_REW.symbol + gamma * L_V * AVERAGE_DYN.symbol) / (1 - gamma),
    meaning="an average of the errors where imagination goes, not the worst errors anywhere",
)

SUPREMA_GIVE_LEMMA_1 = replace(
    ATTAINED,
    name="Suprema give Lemma 1 back",
    quantity=AVERAGE_ERROR.expression.xreplace(
        {
            AVERAGE_REW.symbol: eps_rew,
            AVERAGE_DYN.symbol: eps_dyn,
            L_V: VALUE_LIPSCHITZ.expression / DISTANCE.symbol,
        }
    ),
    meaning="",
)

# -- regret --------------------------------------------------------------------------------------------------

_best, _best_hat, _chosen, _chosen_hat, _G, _delta = real(
    [r"{J}(\pi^{*})", r"\hat{J}(\pi^{*})", r"J(\hat{\pi})", r"\hat{J}(\hat{\pi})", "G", "delta"]
)

REGRET = Claim(
    name="Regret",
    source="[KS02]",
    symbols=(
        Quantity(_best, "best", "real return of any policy in the class"),
        Quantity(_best_hat, "best_hat", "its imagined return"),
        Quantity(_chosen, "chosen", "real return of the policy that was trained in imagination"),
        Quantity(_chosen_hat, "chosen_hat", "its imagined return"),
        Quantity(_G, "gap", "a bound of the return gap for every policy in the class"),
        Quantity(_delta, "delta", "how far the chosen policy is from the best in imagination"),
    ),
    hypotheses=(
        Hypothesis("gap of the best policy", sp.Le(sp.Abs(_best - _best_hat), _G)),
        Hypothesis("gap of the chosen policy", sp.Le(sp.Abs(_chosen - _chosen_hat), _G)),
        Hypothesis("nearly best in imagination", sp.Le(_best_hat, _chosen_hat + _delta)),
    ),
    quantity=_best - _chosen,
    expression=2 * _G + _delta,
    meaning="regret within the class",
)

FORMS: Mapping[tuple[str, ...], Claim] = {
    (): LEMMA_1,
    ("horizon",): FINITE_HORIZON,
    ("diameter",): BOUNDED_STATES,
    ("horizon", "diameter"): BOUNDED_STATES_FINITE,
}
"""The form of the bound by what else is known of the worlds."""


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
    (:data:`FORMS`).

    Examples
    --------
    >>> round(float(bound(gamma=0.9, L_f=0.5, L_r=1, L_pi=0.5, eps_dyn=0.01, eps_rew=0.02)), 6)
    0.615385
    """
    further = {"horizon": horizon, "diameter": diameter}
    known = {name: value for name, value in further.items() if value is not None}
    return FORMS[tuple(known)].evaluate(
        gamma=gamma, L_f=L_f, L_r=L_r, L_pi=L_pi, eps_dyn=eps_dyn, eps_rew=eps_rew, **known
    )
