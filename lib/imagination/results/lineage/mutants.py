"""Mutants of the bounds of others: what is lost when one is quoted from memory."""

from __future__ import annotations

import sympy as sp

from imagination.quantities import L_V, eps_dyn, eps_rew, gamma
from imagination.results.lineage import claims
from imagination.trials.trial import Mutant, put, times

__all__ = ["MUTANTS"]

MUTANTS = (
    Mutant("half the width", claims.CLASSICAL, put(claims.R, claims.R / 2)),
    Mutant("one horizon", claims.CLASSICAL, put((1 - gamma) ** 2, 1 - gamma)),
    Mutant("reward error forgotten", claims.CLASSICAL, put(eps_rew, 0)),
    Mutant("half the size", claims.NOT_CENTRED, put(claims.V_MAX.symbol, claims.V_MAX.symbol / 2)),
    Mutant("reward error once", claims.NOT_CENTRED, put(eps_rew, (1 - gamma) * eps_rew)),
    Mutant("half the width", claims.BOTH_IN_RANGE, put(claims.R, claims.R / 2)),
    Mutant("the real rewards' width", claims.BOTH_IN_RANGE, instead={"common_width": "width"}),
    Mutant("reward error forgotten", claims.BOTH_IN_RANGE, put(eps_rew, 0)),
    Mutant("half the width", claims.PER_TIME, put(claims.R, claims.R / 2)),
    Mutant("errors do not add up", claims.PER_TIME, instead={"drift": "last_drift"}),
    Mutant("reward error once", claims.PER_TIME, put(eps_rew, (1 - gamma) * eps_rew)),
    Mutant("half the width", claims.LARGEST_MEAN, put(claims.R, claims.R / 2)),
    Mutant("one horizon", claims.LARGEST_MEAN, put((1 - gamma) ** 2, 1 - gamma)),
    Mutant("horizon forgotten", claims.PERFORMANCE, times(1 - gamma)),
    Mutant("one discount too many", claims.PERFORMANCE, times(gamma)),
    Mutant("where the old policy goes", claims.PERFORMANCE, instead={"advantage": "own_advantage"}),
    Mutant("for every policy", claims.VALUE_EQUIVALENT, instead={"J": "other_J"}),
    Mutant("for every discount", claims.VALUE_EQUIVALENT, instead={"J": "later_J"}),
    Mutant("one policy's error", claims.MODEL_OPTIMAL, times(sp.Rational(1, 2))),
    Mutant("one discount too many", claims.MODEL_OPTIMAL, times(gamma)),
    Mutant("reward error forgotten", claims.MODEL_OPTIMAL, put(eps_rew, 0)),
    Mutant("dynamics error forgotten", claims.MODEL_OPTIMAL, put(eps_dyn * L_V, 0)),
    Mutant("one policy's penalty", claims.PESSIMISM, times(sp.Rational(1, 2))),
    Mutant("the first step is free", claims.PESSIMISM, times(gamma)),
)
