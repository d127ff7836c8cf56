"""Everything that the book's proofs assume, in one place, each with its citation.

These are facts about metrics, expectations, limits, powers and derivatives. None of them speaks of returns,
models or their errors. A proof accepts an axiom only if it stands in :data:`ALL`.
"""

from __future__ import annotations

from imagination.theory.axioms.base import REGISTERED, Axiom, AxiomError
from imagination.theory.axioms.calculus import FERMAT
from imagination.theory.axioms.expectation import EXPECTATION, KANTOROVICH, SPAN, TWO_EXPECTATIONS
from imagination.theory.axioms.limits import GEOMETRIC_SEQUENCE, LIMIT_ALGEBRA, LIMIT_ORDER, SERIES
from imagination.theory.axioms.metric import (
    METRICS,
    NONNEGATIVE,
    SELF_DISTANCE,
    SYMMETRY,
    TOTAL_VARIATION,
    TRIANGLE,
    WASSERSTEIN,
)
from imagination.theory.axioms.powers import (
    BERNOULLI,
    BERNOULLI_STRICT,
    POWER_EQUALITY,
    POWER_ORDER,
    POWER_SEQUENCE,
)
from imagination.theory.axioms.probability import LINEAR, LOG_SIGN, LOG_TANGENT, MONOTONE

ALL: tuple[Axiom, ...] = tuple(REGISTERED)

__all__ = [
    "ALL",
    "BERNOULLI",
    "BERNOULLI_STRICT",
    "EXPECTATION",
    "FERMAT",
    "GEOMETRIC_SEQUENCE",
    "KANTOROVICH",
    "LIMIT_ALGEBRA",
    "LIMIT_ORDER",
    "LINEAR",
    "LOG_SIGN",
    "LOG_TANGENT",
    "METRICS",
    "MONOTONE",
    "NONNEGATIVE",
    "POWER_EQUALITY",
    "POWER_ORDER",
    "POWER_SEQUENCE",
    "SELF_DISTANCE",
    "SERIES",
    "SPAN",
    "SYMMETRY",
    "TOTAL_VARIATION",
    "TRIANGLE",
    "TWO_EXPECTATIONS",
    "WASSERSTEIN",
    "Axiom",
    "AxiomError",
]
