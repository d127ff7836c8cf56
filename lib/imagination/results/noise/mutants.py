"""Mutants of Theorem 2's bounds: slips that a derivation or a program invites.

Some slips turn out not to be wrong, because Theorem 2 is loose enough to bear them: those are `BORNE`.
"""

from __future__ import annotations

import sympy as sp

from imagination.claim import Claim
from imagination.results.noise.claims import DISCOUNTED, PAPER, SHARP, H, K, W, gamma, sigma
from imagination.trials.trial import Mutant, Slip, put, times

__all__ = ["BORNE", "MUTANTS"]


def slips(of: Claim, made: dict[str, Slip | str]) -> tuple[Mutant, ...]:
    """Mutants by name: a slip in the expression, or the column that is read for the scores' norm."""
    norm = "W_H" if of == PAPER else "W_bar"
    return tuple(
        Mutant(name, of, instead={norm: slip}) if isinstance(slip, str) else Mutant(name, of, slip)
        for name, slip in made.items()
    )


MUTANTS: tuple[Mutant, ...] = (
    *slips(
        PAPER,
        {
            "H dropped": times(1 / H),
            "root of H": times(1 / sp.sqrt(H)),
            "K squared": times(1 / K),
            "1/(1 − γ)² dropped": times((1 - gamma) ** 2),
            "σ for σ²": times(1 / sigma),
            "1 + γ for 1 − γ": times((1 - gamma) ** 2 / (1 + gamma) ** 2),
            "norm at t = 0 for the largest": "W_first",
            "norm's mean squared, not its square's mean": "W_max_mean",
        },
    ),
    *slips(
        SHARP,
        {
            "H off by one": times((H - 1) / H),
            "H dropped": times(1 / H),
            "K squared": times(1 / K),
            "W for W²": times(1 / W),
            "1/(1 − γ²) dropped: one reward a score": times(1 - gamma**2),
            "γ squared twice": put(gamma, gamma**2),
            "1 + γ² for 1 − γ²": times((1 - gamma**2) / (1 + gamma**2)),
            "norm at t = 0 for the largest": "W_first",
        },
    ),
    *slips(
        DISCOUNTED,
        {
            "(1 − γ²) for (1 − γ²)²": times(1 - gamma**2),
            "(1 − γ⁴) for (1 − γ²)": put(gamma, gamma**2),
            "K squared": times(1 / K),
            "norm averaged over time": "W_mean",
        },
    ),
)
"""Versions that are wrong, in the order of the bounds."""

BORNE: tuple[Mutant, ...] = (
    *slips(
        PAPER,
        {
            "1 − γ for (1 − γ)²": times(1 - gamma),
            "1 − γ² for (1 − γ)²": times((1 - gamma) / (1 + gamma)),
            "mean norm W̄ for W_H": "W_bar",
            "norm averaged over time": "W_mean",
        },
    ),
    *slips(SHARP, {"norm averaged over time": "W_mean"}),
)
"""Slips that make a bound smaller and leave it true."""
