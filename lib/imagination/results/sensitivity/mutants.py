"""Mutants of Theorem 1's multiplier: which systems catch them, and what believing them costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sympy as sp

from imagination.quantities import L, L_f, L_pi, L_r, gamma
from imagination.results.budget.claims import MULTIPLIER
from imagination.results.sensitivity.systems import Group
from imagination.results.sensitivity.trial import LAWS, NOTHING, Laws, global_multiplier, measure
from imagination.trials.trial import Mutant, put, times

__all__ = ["MUTANTS", "believed"]

_LOOP = 1 - gamma * L

MUTANTS: tuple[Mutant, ...] = tuple(
    Mutant(name, MULTIPLIER, slip)
    for name, slip in {
        "gamma dropped": times(1 / gamma),
        "gamma squared": times(gamma),
        "1 - gamma L dropped": times(_LOOP),
        "1 - L for 1 - gamma L": times(_LOOP / (1 - L)),
        "1 - gamma L_f for 1 - gamma L": times(_LOOP / (1 - gamma * L_f)),
        "1 - gamma^2 L for 1 - gamma L": times(_LOOP / (1 - gamma**2 * L)),
        "L_r missing": times(1 / L_r),
        "1 + L_pi missing": times(1 / (1 + L_pi)),
        "L_pi for 1 + L_pi": times(L_pi / (1 + L_pi)),
        "L_f for L_r": put(L_r, L_f),
        "inverted": lambda D: 1 / D,
        "1/(1 - gamma) counted twice": times(1 / (1 - gamma)),
        "1/(1 - gamma) missing": times(1 - gamma),
        "square root": sp.sqrt,
    }.items()
)


def believed(group: Group, budget: float = 1e6, laws: Laws = LAWS) -> pd.DataFrame:
    """Return what a group makes of each mutant: a row for each, after one for the right multiplier.

    Columns: `median |l|`; `largest regret`; `smaller`, the share of systems in which the mutant is smaller
    than the right multiplier; and `looks better`, the share in which it predicts better.
    """
    right = global_multiplier(group)
    candidates = {"the right one": right}
    candidates |= {mutant.name: mutant.claim.evaluate(**group.constants()) for mutant in MUTANTS}
    sound = {name: np.isfinite(D) & (D > 0) for name, D in candidates.items()}
    usable = {name: np.where(sound[name], D, right) for name, D in candidates.items()}
    table = measure(group, budget, laws, multipliers=usable)
    for column in ("l", "regret"):  # no plan at all is as wrong as can be
        table.loc[~np.concatenate(list(sound.values())), column] = np.inf
    size = table["l"].abs().to_numpy().reshape(len(candidates), -1)
    regret = table["regret"].to_numpy().reshape(len(candidates), -1)
    return pd.DataFrame(
        {
            "median |l|": np.median(size, axis=1),
            "largest regret": regret.max(axis=1),
            "smaller": [np.mean(right > D) for D in candidates.values()],
            "looks better": (size < size[0] - NOTHING).mean(axis=1),
        },
        index=pd.Index(candidates, name="multiplier"),
    )
