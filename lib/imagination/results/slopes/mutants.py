"""Mutants of the claims about gradients through a model: slips that a derivation invites."""

from __future__ import annotations

import sympy as sp

from imagination.quantities import L_V, eps_dyn, gamma
from imagination.results.slopes.claims import (
    PATHWISE,
    SCORES,
    WIGGLE,
    WIGGLE_GAP,
    B,
    L,
    L_r,
    M,
    M_r,
    s_1,
    slope_dyn,
    slope_rew,
    theta,
)
from imagination.trials.trial import Mutant, put

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("half the error", WIGGLE_GAP, put(eps_dyn, eps_dyn / 2)),
    Mutant("the error squared", WIGGLE_GAP, put(eps_dyn, eps_dyn**2)),
    Mutant("as small as the values' error", WIGGLE, put(1 / eps_dyn, eps_dyn)),
    Mutant("the sine for the cosine", WIGGLE, lambda e: e.replace(sp.cos, sp.sin)),
    Mutant("the wave's frequency for the slope", WIGGLE, lambda e: e / eps_dyn),
    Mutant("a longer wave", WIGGLE, put(theta / eps_dyn**2, theta / eps_dyn)),
    Mutant("values in the place of the step's slopes", PATHWISE, put(slope_dyn, eps_dyn)),
    Mutant("the step's slopes forgotten", PATHWISE, put(slope_dyn, 0)),
    Mutant("the reward's slopes forgotten", PATHWISE, put(slope_rew, 0)),
    Mutant("values forgotten, though the world bends", PATHWISE, put(eps_dyn, 0)),
    Mutant("the step does not bend", PATHWISE, put(M, 0)),
    Mutant("the reward does not bend", PATHWISE, put(M_r, 0)),
    Mutant("the rollout does not depend on the parameter", PATHWISE, put(B, 0)),
    Mutant("errors do not grow", PATHWISE, put(L, 0)),
    Mutant("the reward is flat", PATHWISE, put(L_r, 0)),
    Mutant("an average for a sum", PATHWISE, lambda e: e * (1 - gamma)),
    Mutant("as small as the return gap", SCORES, put(s_1, 1)),
    Mutant("half the size of the score", SCORES, put(s_1, s_1 / 2)),
    Mutant("the value's slope forgotten", SCORES, put(L_V, 1)),
)
