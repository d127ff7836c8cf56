"""Mutants of the return-gap bounds: would the trial have noticed?

Each is made from the claim's own expression by the kind of slip that a derivation invites, and is smaller
than the truth somewhere. The systems of the trial know neither claim nor slip.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from imagination.quantities import D, H, L, L_f, L_pi, L_r, eps_dyn, eps_rew, gamma
from imagination.results.return_gap.claims import (
    BOUNDED_STATES,
    BOUNDED_STATES_FINITE,
    FINITE_HORIZON,
    LEMMA_1,
)
from imagination.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum
from imagination.trials.trial import Mutant, Slip, put, swap, times

__all__ = ["MUTANTS"]


def _in_dynamics(factor: sp.Expr, in_reward: sp.Expr | int = 1) -> Slip:
    """Multiply the dynamics' part by a factor that should not be there, and maybe the reward's part."""
    return lambda whole: in_reward * whole.subs(eps_dyn, 0) + factor * whole.subs(eps_rew, 0)


def _in_reward(factor: sp.Expr) -> Slip:
    return _in_dynamics(sp.S.One, factor)


def _in_sum(form: type[sp.Function], change: Callable[..., sp.Expr]) -> Slip:
    return lambda expression: expression.replace(form, change)


def _larger_part(expression: sp.Expr) -> sp.Expr:
    return sp.Max(expression.subs(eps_dyn, 0), expression.subs(eps_rew, 0))


_ONE, _LOOP = 1 - gamma, 1 - gamma * L

_OF_LEMMA_1: dict[str, Slip] = {
    "L_pi for 1 + L_pi in the reward's slope": _in_dynamics(L_pi / (1 + L_pi)),
    "policy forgotten in the reward's slope": _in_dynamics(1 / (1 + L_pi)),
    "policy forgotten in the closed loop": _in_dynamics(_LOOP / (1 - gamma * L_f)),
    "L_pi for 1 + L_pi in the closed loop": _in_dynamics(_LOOP / (1 - gamma * L_f * L_pi)),
    "1 - L for 1 - gamma L": _in_dynamics(_LOOP / (1 - L)),
    "1 - gamma^2 L for 1 - gamma L": _in_dynamics(_LOOP / (1 - gamma**2 * L)),
    "growth of state errors forgotten": _in_dynamics(_LOOP),
    "gamma squared for gamma": _in_dynamics(gamma),
    "1/(1 - gamma) missing in the dynamics' part": _in_dynamics(_ONE),
    "1/(1 - gamma) missing in the reward's part": _in_reward(_ONE),
    "gamma dropped: a sum of one step": times(_ONE),
    "errors swapped": swap(eps_dyn, eps_rew),
    "L_r dropped": put(L_r, 1),
    "L_f dropped": put(L_f, 1),
    "L_f and L_r swapped": swap(L_f, L_r),
    "eps_dyn squared": put(eps_dyn, eps_dyn**2),
    "the larger part for the sum of both": _larger_part,
    "reward error forgotten": put(eps_rew, 0),
}

_OF_FINITE: dict[str, Slip] = {
    "H off by one": put(H, H - 1),
    "H off by one in the dynamics' part": _in_sum(
        DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, y, n - 1)
    ),
    "growth discounted twice": _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, x * y, n)),
    "errors do not grow": _in_sum(DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, sp.S.One, n)),
    "policy forgotten in the closed loop": _in_sum(
        DoubleGeometricSum, lambda x, y, n: DoubleGeometricSum(x, L_f, n)
    ),
    "gamma^H forgotten to be discounted": _in_sum(GeometricSum, lambda x, n: GeometricSum(x**2, n)),
}

_OF_BOUNDED: dict[str, Slip] = {
    "radius for diameter": put(D, D / 2),
    "cap on the sum for a cap on each step": _in_sum(
        CappedGeometricSum, lambda x, y, a, cap, n: sp.Min(cap, CappedGeometricSum(x, y, a, cap, n))
    ),
    "steady growth for geometric": _in_sum(
        CappedGeometricSum, lambda x, y, a, cap, n: CappedGeometricSum(x, sp.S.One, a, cap, n)
    ),
    "cap reached a step late": _in_sum(
        CappedGeometricSum, lambda x, y, a, cap, n: x * CappedGeometricSum(x, y, a, cap, n)
    ),
}

MUTANTS: tuple[Mutant, ...] = (
    *(Mutant(name, LEMMA_1, slip) for name, slip in _OF_LEMMA_1.items()),
    Mutant(
        "mean errors for suprema", LEMMA_1, instead={"eps_dyn": "eps_dyn_mean", "eps_rew": "eps_rew_mean"}
    ),
    *(Mutant(name, FINITE_HORIZON, slip) for name, slip in _OF_FINITE.items()),
    *(Mutant(name, BOUNDED_STATES, slip) for name, slip in _OF_BOUNDED.items()),
    Mutant("H off by one", BOUNDED_STATES_FINITE, put(H, H - 1)),
    Mutant("radius for diameter", BOUNDED_STATES_FINITE, put(D, D / 2)),
)
"""The mutants, claim by claim. The record does not keep mean errors: that one is tried on fresh systems."""
