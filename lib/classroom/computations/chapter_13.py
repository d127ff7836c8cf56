"""Computations for the exercises of *Smooth models*."""

import numpy as np
import pandas as pd

from imagination.results.return_gap.claims import bound

TELLERS = ["closed", "L_f", "eps_dyn", "eps_dyn_mean", "eps_rew_mean", "curvature"]


def in_units(factor: np.ndarray | float) -> np.ndarray:
    """The bound when codes are multiplied by a factor."""
    return bound(
        gamma=0.9,
        L_f=np.maximum(0.95, 0.3 * factor),
        L_r=2 / factor,
        L_pi=0.5 / factor,
        eps_dyn=0.05 * factor,
        eps_rew=0.1,
        horizon=10,
    )


def best_factor() -> float:
    """The factor with the least bound, on a fine grid."""
    factors = np.geomspace(1, 10, 1001)
    return float(factors[np.argmin(in_units(factors))])


def correlations(latent: pd.DataFrame) -> pd.Series:
    """Rank correlation of each candidate with the gap, over the models of the family."""
    own = latent[(latent["family"] == "moving target, reward") & (latent["horizon"] == 15)]
    own = own.groupby(["knob", "seed"]).mean(numeric_only=True)
    return own[TELLERS].corrwith(own["gap"], method="spearman")
