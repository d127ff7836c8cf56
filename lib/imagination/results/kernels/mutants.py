"""Mutants of Lemma 1 for kernels and of the tight simulation lemma: what a careless reader might read."""

from __future__ import annotations

import sympy as sp

from imagination.quantities import L_f, L_pi, eps_dyn, eps_rew, gamma
from imagination.results.kernels.claims import TIGHT_SIMULATION, WASSERSTEIN_BOUND, WIDTH
from imagination.trials.trial import Mutant, Slip, put

__all__ = ["MUTANTS"]

_ARGUMENTS: dict[str, dict[str, str]] = {
    "dynamics error averaged, not its supremum": {"eps_dyn": "eps_dyn_mean"},
    "reward error averaged, not its supremum": {"eps_rew": "eps_rew_mean"},
    "total variation in place of W1": {"eps_dyn": "total_variation"},
    "W1 of the average kernel": {"eps_dyn": "average_kernel"},
    "kernel's constant over states only": {"L_f": "L_f_states"},
    "reward's constant over states only": {"L_r": "L_r_states"},
}

_SLIPS: dict[str, Slip] = {
    "policy's constant forgotten": put(L_pi, 0),
    "1 + L_π replaced by max(1, L_π)": put(L_pi, sp.Max(L_pi - 1, 0)),
    "discount applied twice to the kernel": put(L_f, gamma * L_f),
    "reward error forgotten": put(eps_rew, 0),
    "dynamics error forgotten": put(eps_dyn, 0),
}

MUTANTS: tuple[Mutant, ...] = (
    *(Mutant(name, WASSERSTEIN_BOUND, instead=instead) for name, instead in _ARGUMENTS.items()),
    Mutant(
        "distance of means in place of W1",
        WASSERSTEIN_BOUND,
        instead={"eps_dyn": "between_means"},
        speaks=lambda table: table["between_means"].notna(),
    ),
    *(Mutant(name, WASSERSTEIN_BOUND, slip) for name, slip in _SLIPS.items()),
    Mutant("reward error forgotten", TIGHT_SIMULATION, put(eps_rew, 0)),
    Mutant("half the width", TIGHT_SIMULATION, put(WIDTH.symbol, WIDTH.symbol / 2)),
    Mutant("chains that part meet again", TIGHT_SIMULATION, put(1 - gamma * (1 - eps_dyn), 1)),
)
