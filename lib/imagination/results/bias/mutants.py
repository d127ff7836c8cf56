"""Mutants of Proposition 2: slips in what is put in, or in the expression itself."""

from __future__ import annotations

from imagination.claim import Quantity
from imagination.results.bias.claims import SQUARED_ERROR
from imagination.results.fidelity.claims import K, beta, v_biased
from imagination.symbols import real
from imagination.trials.trial import Column, Mutant, Slip, put

__all__ = ["MUTANTS"]

_inner = Quantity(real("x"), "inner", "gradient of the return times that of the bias")
_SLIPS: dict[str, Slip | dict[str, Column]] = {
    "bias divided by K": put(beta**2, beta**2 / K),
    "gradient's norm not squared": put(beta**2, beta),
    "variance not divided by K": put(v_biased, v_biased * K),
    "variance divided by K squared": put(v_biased, v_biased / K),
    "K - 1 for K": put(K, K - 1),
    "B_H undiscounted": {"bias_gradient": "undiscounted"},
    "cross term kept": lambda error: error + 2 * _inner.symbol,
    "B_H itself for its gradient": {"bias_gradient": lambda table: table["return"].abs()},
    "variance of the unbiased labels": {"variance": "unbiased variance"},
    "bias forgotten": put(beta, 0),
    "gradient of J for that of B": {"bias_gradient": "gradient"},
    "Theorem 2's estimator for the discounted one": {"mse": "mse undiscounted"},
}

MUTANTS: tuple[Mutant, ...] = tuple(
    Mutant(name, SQUARED_ERROR, instead=slip)
    if isinstance(slip, dict)
    else Mutant(name, SQUARED_ERROR, slip, brings=(_inner,))
    for name, slip in _SLIPS.items()
)
"""The slips, in the order of the chapter's table."""
