"""Mutants of the claims about groups: slips that a derivation, or a hasty reader, invites."""

from __future__ import annotations

import sympy as sp

from imagination.results.group.claims import (
    ADDS,
    FOUR,
    NORMALISED,
    OWN_MEAN,
    SPREAD_LEAST,
    SPREAD_MOST,
    TOTAL,
    WINS,
    J,
    K,
    V_mean,
    X,
    m,
    m_others,
    p,
    s,
)
from imagination.trials.trial import Mutant, put, times

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    Mutant("as with a baseline that was fixed before", ADDS, put(m_others, 0)),
    Mutant("as with constant noise", ADDS, put(m_others, m)),
    Mutant("K others", ADDS, put(K - 1, K)),
    Mutant("noise does not average out", ADDS, times(K)),
    Mutant("the same scatter everywhere", ADDS, put(m, m_others)),
    Mutant("the others' mean taken for the mean", TOTAL, put(X, 0)),
    Mutant("K others", TOTAL, put(K - 1, K)),
    Mutant("the price does not fall", TOTAL, put(X, X * (K - 1))),
    Mutant("no baseline", TOTAL, instead={"centred": "plain"}),
    Mutant("the variance of others is added", TOTAL, put(X, V_mean)),
    Mutant("a K too small", WINS, times((K - 1) / K)),
    Mutant("the rival averages over one more", WINS, put(K, K + 1)),
    Mutant("unbiased", OWN_MEAN, times(K / (K - 1))),
    Mutant("K + 1 for K", OWN_MEAN, put(K, K + 1)),
    Mutant("a longer step", OWN_MEAN, times((K / (K - 1)) ** 2)),
    Mutant("the limit at once", NORMALISED, put(s, sp.sqrt(p * (1 - p)))),
    Mutant("no weights", NORMALISED, put(s, p * (1 - p))),
    Mutant("J is taken out", NORMALISED, put(J, 1)),
    Mutant("the root of J", NORMALISED, put(J, sp.sqrt(sp.Abs(J)))),
    Mutant("over the expected deviation", NORMALISED, lambda e: e * p * (1 - p) / s**2,
           speaks=lambda table: table["spread"] > 0),
    Mutant("divided by the spread twice", NORMALISED, put(s, sp.sqrt(p * (1 - p)) * s)),
    Mutant("K - 1 twice", SPREAD_MOST, times(sp.sqrt((K - 1) / K))),
    Mutant("the variance", SPREAD_MOST, lambda e: e**2),
    Mutant("an order too fast", SPREAD_LEAST, times(1 / K)),
    Mutant("a tenth", SPREAD_LEAST, times(sp.Rational(1, 10))),
    Mutant("nothing is missing", SPREAD_LEAST, times(0)),
    Mutant("all questions alike", FOUR, lambda e: sp.sqrt(3)),
    Mutant("as for many answers", FOUR, lambda e: 1 / sp.sqrt(p * (1 - p))),
    Mutant("as for three", FOUR, lambda e: sp.sqrt(2)),
)  # fmt: skip
