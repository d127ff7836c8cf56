r"""The return gap: how far the imagined return can be from the real one, given the errors of the two models.

The claims of part A as objects, and :func:`bound`, their value on numbers. Their proofs are in
:mod:`imagination.theory.return_gap_proofs`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
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
    source="[this book, A4]",
    symbols=(*_NUMBERS, w.HORIZON),
    hypotheses=(*_BASIC, *_WORLD),
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * w.eps_dyn * DoubleGeometricSum(w.gamma, w.L, w.H),
    meaning="the gap of H-step returns, whether or not errors contract",
)

LEMMA_1 = Claim(
    name="Lemma 1",
    source="[TSGLH26, Lemma 1]",
    symbols=(*_NUMBERS, *(w.Quantity(v, c, m) for v, c, m in (
        (w.J_inf, "J", "real return"), (w.J_hat_inf, "J_hat", "imagined return")))),
    hypotheses=(*_BASIC, w.CONTRACTION, *_WORLD, *w.LIMITS),
    quantity=gap,
    expression=w.eps_rew / (1 - w.gamma)
    + w.gamma * _SLOPE * w.eps_dyn / ((1 - w.gamma) * (1 - w.gamma * w.L)),
    meaning="the gap of discounted returns when errors contract",
)

BOUNDED_STATES_FINITE = Claim(
    name="Bounded states, finite horizon",
    source="[this book, A5]",
    symbols=(*_NUMBERS, w.DIAMETER, w.HORIZON),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER), *_WORLD, w.BOUNDED),
    quantity=finite_gap,
    expression=w.eps_rew * GeometricSum(w.gamma, w.H)
    + _SLOPE * CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, w.H),
    meaning="the gap of H-step returns when no two states are further apart than D",
)

BOUNDED_STATES = Claim(
    name="Bounded states",
    source="[this book, A5]",
    symbols=(*LEMMA_1.symbols, w.DIAMETER),
    hypotheses=(*_BASIC, w.nonnegative(w.DIAMETER), *_WORLD, w.BOUNDED, *w.LIMITS),
    quantity=gap,
    expression=w.eps_rew / (1 - w.gamma)
    + _SLOPE * CappedGeometricSum(w.gamma, w.L, w.eps_dyn, w.D, sp.oo),
    meaning="the gap of discounted returns when states are bounded, whether or not errors contract",
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
        Lipschitz constants of dynamics, reward and policy, nonnegative; states and actions are measured in one metric,
        whose parts add.
    eps_dyn, eps_rew : array_like
        Largest one-step errors of the learned dynamics (in units of the state's metric) and of the learned reward.
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
        A `ValueError` that names the argument and the rule: a discount outside [0, 1), a negative, infinite or NaN
        constant, a horizon that is not a whole number, or ``gamma L_f (1 + L_pi) >= 1`` with neither horizon nor
        diameter.

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
