"""Computations for the exercises of *Lemma 1*."""

import numpy as np

from imagination.results.return_gap.claims import bound

WORLD: dict[str, float] = {"gamma": 0.95, "L_f": 1.1, "L_r": 1, "L_pi": 0, "eps_dyn": 0.01, "eps_rew": 0.01}


def longest_horizon(**changed: float) -> int:
    """The last horizon whose bound is below 1; the bound grows with the horizon."""
    horizons = np.arange(1, 200)
    return int(horizons[bound(**WORLD | changed, horizon=horizons) < 1].max())
