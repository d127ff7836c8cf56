"""Mutants of the curvature claims: slips that a derivation, or a hasty reader, may make."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import sympy as sp

from imagination.results.curvature.claims import PROPOSITION_1, SHARP, STRETCH, eps
from imagination.results.curvature.trial import FLATTEST
from imagination.trials.trial import Mutant, put, times

__all__ = ["CONTROLS", "MUTANTS", "STRAIGHT"]

STRAIGHT = 1e-20
"""A trajectory with less loss than this bends by rounding alone."""

_HALF = sp.Rational(1, 2)


def _instead(new: sp.Expr | int) -> Callable[[sp.Expr], sp.Expr]:
    return lambda expression: sp.sympify(new)


def _steep(table: pd.DataFrame) -> pd.Series:
    return (table["steepness"] > 0) & (table["steepness"] <= 1)


MUTANTS: tuple[Mutant, ...] = (
    Mutant("both velocities equally long", SHARP, _instead(eps**2 / 2)),
    Mutant("eps / 2 for eps", SHARP, put(eps, eps / 2)),
    Mutant("eps cubed for eps squared", SHARP, put(eps, eps ** sp.Rational(3, 2))),
    Mutant("a root too many", SHARP, _instead(1 - (1 - eps**2) ** sp.Rational(1, 4))),
    Mutant("half the bound", SHARP, times(_HALF)),
    Mutant("mean change of velocity for the largest", SHARP, instead={"eps": "steepness"}, speaks=_steep),
    Mutant("velocities two steps apart", SHARP, instead={"loss": "loss_apart"}),
    Mutant("1 + eps for 1 - eps", PROPOSITION_1, times((1 - eps) / (1 + eps))),
    Mutant("4 for 2 in the divisor", PROPOSITION_1, times(_HALF)),
    Mutant("eps cubed for eps squared", PROPOSITION_1, times(eps)),
    Mutant("straight maps do not stretch", STRETCH, _instead(1)),
    Mutant("L_f at most 1 - eps", STRETCH, _instead(1 - eps)),
    Mutant("eps / 2 for eps", STRETCH, put(eps, eps / 2)),
    Mutant("no loss, so L_f at most 1", STRETCH, _instead(1), speaks=lambda table: table["loss"] < STRAIGHT),
    Mutant("straight maps do not shrink", FLATTEST, _instead(1)),
    Mutant("eps squared for eps", FLATTEST, put(eps, eps**2)),
)
"""All of them are wrong."""

CONTROLS: tuple[Mutant, ...] = (
    *(Mutant("none", claim) for claim in (SHARP, PROPOSITION_1, STRETCH, FLATTEST)),
    Mutant("1 - eps^2 for 1 - eps", PROPOSITION_1, times(1 / (1 + eps))),
    Mutant("twice the bound", SHARP, times(2)),
)
"""What must not be caught: the claims themselves, a slip that happens to be true, and a loose version."""
