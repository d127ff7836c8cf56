"""How much of the bound real gaps use: the experiment of [TSGLH26, §3.1], done again with our own systems.

Ratios R = gap / bound of 150 globally Lipschitz synthetic systems and of 375 linear-quadratic-Gaussian
ones. The paper's generator was not at hand to copy, so nothing here is tuned towards its figures;
`DIFFERENCES` says what is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.return_gap import claims
from imagination.results.return_gap.pair import Pair
from imagination.results.return_gap.systems import draw
from imagination.results.return_gap.trial import TAIL, TOLERANCE
from imagination.rollouts import horizon_for, return_gap, truncated_tail
from imagination.trials.sweep import sweep

__all__ = ["DIFFERENCES", "DISCOUNTS", "REPORTED", "beside_reported", "calibrate", "configurations", "run"]

REPORTED = pd.DataFrame(
    {
        "configurations": [150, 375, 525],
        "median": [0.0035, 0.034, 0.015],
        "largest": [0.9995, 0.999, None],
        "above 1": [0, 0, 0],
    },
    index=pd.Index(["globally Lipschitz", "LQG", "both"], name="systems"),
)
"""What the paper reports; it gives no largest ratio for both together beyond the two above."""

DIFFERENCES = (
    "Our synthetic systems are teacher networks (tanh, sine, relu) with 1 to 6 state dimensions. "
    "We do not know which ones the paper draws.",
    "Our synthetic models are the real system plus an error of known supremum. In a third of them it has "
    "a constant direction: such errors accumulate instead of cancelling, and the ratio is large.",
    "Our constants of networks are certified by layer norms made tight. With plain products of norms the "
    "bound would be larger and the ratio smaller.",
    "Our LQG systems live on a ball, onto which both systems are projected, because a quadratic reward has "
    "no global Lipschitz constant. Real and learned systems share their process noise.",
    "Our LQG models err in every entry of every matrix, in random directions. A ratio near 1 needs errors "
    "that line up, and random ones do not.",
)
"""What differs between our generator and the paper's, as far as can be told."""

DISCOUNTS = (0.5, 0.7, 0.8, 0.9, 0.95)
NOISES = 4
"""Noise sequences averaged over for each LQG system."""


def configurations() -> list[dict[str, Any]]:
    """Return the configurations: three kinds of networks, 150 systems, and LQG, 375, for five discounts."""
    synthetic = [
        {"systems": "globally Lipschitz", "family": f"{kind} networks", "discount": discount, "size": 10}
        for kind in ("tanh", "sine", "relu")
        for discount in DISCOUNTS
    ]
    gaussian = [
        {"systems": "LQG", "family": "linear-quadratic", "discount": discount, "size": 75}
        for discount in DISCOUNTS
    ]
    return synthetic + gaussian


def calibrate(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Measure one batch of pairs, a row each.

    Columns: `systems`, `family`, `gamma`, `closed_loop`, `gap`, `tail`, `bound`, `ratio`. The gap is that
    of expected returns: over four initial states and, for LQG, noise of a random size.
    """
    pair = draw(configuration["family"], rng, configuration["size"])
    closed_loop = pair.closed_loop()
    contraction = rng.uniform(0.2, 0.95, len(pair)) / np.maximum(closed_loop, 1e-9)
    pair = pair.discounted(np.minimum(configuration["discount"], contraction))
    bound = claims.bound(**pair.constants())
    span = pair.reward_range()
    steps = horizon_for(pair.discount, span, TAIL * bound)
    noise = _noise(rng, pair, steps) if configuration["systems"] == "LQG" else None
    start = pair.start if noise is None else np.tile(pair.start, (1, NOISES, 1))
    gaps = return_gap(pair.real, pair.learned, pair.policy, start, steps, noise)
    gap, tail = np.abs(gaps.mean(axis=1)), truncated_tail(pair.discount, steps, span)
    return pd.DataFrame(
        {
            "systems": configuration["systems"],
            "family": configuration["family"],
            "gamma": pair.discount,
            "closed_loop": closed_loop,
            "gap": gap,
            "tail": tail,
            "bound": bound,
            "ratio": (gap + tail) / bound,
        }
    )


def _noise(rng: np.random.Generator, pair: Pair, steps: int) -> np.ndarray:
    size, starts, d_state = pair.start.shape
    scale = np.exp(rng.uniform(np.log(0.01), np.log(0.2), size))[:, None, None, None] * pair.radius[0]
    return scale * rng.standard_normal((size, starts * NOISES, steps, d_state))


def run(*, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Measure all 525 systems; options as in `imagination.trials.sweep.sweep`."""
    return sweep(calibrate, configurations(), seed=seed, **options)


def beside_reported(table: pd.DataFrame) -> pd.DataFrame:
    """Return our figures and the reported ones side by side: the two kinds of systems, and both."""
    rows = {}
    for name, part in [*table.groupby("systems", sort=False), ("both", table)]:
        ratio = part["ratio"]
        rows[name] = {
            "configurations": len(ratio),
            "median": ratio.median(),
            "largest": ratio.max(),
            "above 1": int((ratio > 1 + TOLERANCE).sum()),
        }
    ours = pd.DataFrame.from_dict(rows, orient="index")
    return pd.concat({"ours": ours, "reported": REPORTED.loc[list(rows)]}, axis=1)
