"""Computations for the exercises of *Training in imagination, whole*."""

import numpy as np
import pandas as pd

from imagination.results.return_gap.claims import bound
from imagination.studies.loop import gridworld, rounds

WORLD: dict[str, float] = {"gamma": 0.95, "L_f": 1, "L_r": 1, "L_pi": 0.1, "eps_dyn": 0.002, "eps_rew": 0.01}


def last_round() -> pd.DataFrame:
    """The last round of imagination in the recorded run on the grid, a seed a row."""
    table, _ = rounds.recorded(gridworld.RECORD)
    ours = table[table["arm"] == "imagination"]
    return ours[ours["round"] == ours["round"].max()]


def best_horizon(*, tail: float = 1, **changed: float) -> int:
    """The horizon of imagination with the least bound."""
    world = WORLD | changed
    horizons = np.arange(1, 2000)
    later = world["gamma"] ** horizons / (1 - world["gamma"])
    return int(horizons[(bound(**world, horizon=horizons) + tail * later).argmin()])
