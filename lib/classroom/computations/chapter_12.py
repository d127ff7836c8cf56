"""Computations for the exercises of *Straight trajectories*."""

import numpy as np
import sympy as sp

from imagination.derivation import Verdict, follows
from imagination.results.curvature.claims import PROPOSITION_1, SHARP, curvature_bound, eps

FLOW = 4.0
"""The Lipschitz constant of the flow in the second exercise [1/second]."""


def turn(constant: float, sharp: bool = True) -> float:
    """The angle whose loss is the bound [degrees]."""
    return float(np.degrees(np.arccos(1 - curvature_bound(constant, sharp=sharp))))


def allowed(loss: float, sharp: bool = True) -> float:
    """The constant at which a bound reaches a loss."""
    claim = SHARP if sharp else PROPOSITION_1
    return float(sp.nsolve(claim.expression - loss, eps, (1e-3, 0.9), solver="bisect"))


def above_the_sharp(factor: int = 1, below: sp.Expr | int = 1) -> Verdict:
    """That the bound of the exercise, times a factor, lies above the sharp one for 0 < eps < `below`."""
    bound = factor * eps**2 / (2 * (1 - eps**2))
    return follows(sp.Le(1 - sp.sqrt(1 - eps**2), bound), (eps > 0, eps < below))
