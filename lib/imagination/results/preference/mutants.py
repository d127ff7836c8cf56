"""Mutants of the claims about comparisons: slips that a derivation, or a hasty reader, invites."""

from __future__ import annotations

import sympy as sp

from imagination.results.preference.claims import CHAIN, CONSTANT, DIFFERENCE, c, delta, n, of_length, p
from imagination.trials.trial import Mutant, put

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("odds for their logarithm", DIFFERENCE, lambda e: p / (1 - p)),
    Mutant("the logarithm of the probability", DIFFERENCE, lambda e: sp.log(p)),
    Mutant("the other way round", DIFFERENCE, lambda e: -e),
    Mutant("how far from a coin", DIFFERENCE, lambda e: 4 * (p - sp.Rational(1, 2))),
    Mutant("as if compared at once", CHAIN, put(n, 1)),
    Mutant("errors that average out", CHAIN, put(n, sp.sqrt(n))),
    Mutant("half the error", CHAIN, lambda e: e / 2),
    Mutant("probabilities for log odds", CHAIN, instead={"apart": "apart_wins"}),
    Mutant("a baseline, whatever the length", CONSTANT, put(c, 0)),
    Mutant("a penalty for length", CONSTANT, put(c, -c)),
    Mutant("any constant as one", CONSTANT, put(c, 1)),
    Mutant("the end for the length", CONSTANT, instead={"of_length": "of_end"}),
    Mutant("the constant is added", CONSTANT, lambda e: e + c),
    Mutant("length is all", CONSTANT, lambda e: c * of_length.symbol),
    Mutant("twice the error of a link", CHAIN, lambda e: 2 * delta),
)  # fmt: skip
