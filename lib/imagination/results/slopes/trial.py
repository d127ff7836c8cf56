"""Gradients through learned models on trial: random loops and steps, and what is claimed of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from imagination.results.slopes import claims
from imagination.results.slopes.systems import FAMILIES, choices, differentiated, draw, wiggles
from imagination.trials.sweep import batches, sweep
from imagination.trials.trial import Trial

__all__ = ["SCALES", "STEPS", "TRIALS", "run", "run_steps"]

SCALES = {"quick": {"batches": 8, "size": 120}, "full": {"batches": 80, "size": 250}}
"""Batches of each family, and loops in each."""

STEPS = 150
"""Steps of the returns; what is claimed holds for every number of them."""


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw loops and measure them; one row a loop.

    Columns: `family`, the constants `gamma`, `loop`, `push`, `paid`, `bend` and `paid_bend`, the errors
    `eps_dyn`, `slope_dyn` and `slope_rew`, and `error`, that of the gradient. Where the learned step's slope
    is off everywhere its values are off without bound; `eps_dyn` is then that on the states which it visits,
    and the claim does not depend on it, as nothing bends.

    Parameters
    ----------
    scale : {"quick", "full"}
    seed : int
    **options
        Passed to `imagination.trials.sweep.sweep`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    return sweep(_loops, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def run_steps(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Draw single steps; one row each.

    Columns: those of `imagination.results.slopes.systems.wiggles`, and, named ``one_...``, of `choices`.
    Parameters and options as those of `run`.
    """
    return sweep(_steps, batches(SCALES, scale, FAMILIES), seed=seed, **options)


def _loops(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    family = configuration["family"]
    loops = draw(family, rng, configuration["size"])
    learned_step, learned_reward = loops.learned
    _, real, _ = differentiated(loops.step, loops.reward, loops, STEPS)
    _, imagined, visited = differentiated(learned_step, learned_reward, loops, STEPS)
    if family == "straight":
        eps = np.max([np.abs(loops.step_off(state, loops.theta)[0]) for state in visited], axis=0)
    else:
        eps = np.abs(loops.step_off.affine[:, 0]) + np.abs(loops.step_off.waves[..., 0]).sum(axis=1)
    return pd.DataFrame(
        {
            "family": family,
            "gamma": loops.gamma,
            "loop": np.maximum(loops.step.steepest[0], learned_step.steepest[0]),
            "push": loops.step.steepest[1],
            "paid": learned_reward.steepest[0],
            "bend": loops.step.bend,
            "paid_bend": loops.reward.bend,
            "eps_dyn": eps,
            "slope_dyn": np.maximum(*loops.step_off.steepest),
            "slope_rew": np.maximum(*loops.reward_off.steepest),
            "error": np.abs(imagined - real),
        }
    )


def _steps(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    size = configuration["size"]
    drawn = {f"one_{name}": column for name, column in choices(rng, size).items()}
    return pd.DataFrame({**wiggles(rng, size), **drawn})


def _gradient(table: pd.DataFrame) -> pd.Series:
    """The unit of what is left when two gradients are subtracted."""
    return table["gamma"] * table["L_V"] * (1 + 1 / table["eps_dyn"])


_ONE = {q.code: f"one_{q.code}" for q in claims.SCORES.symbols}
TRIALS = (
    Trial(claims.WIGGLE_GAP, run_steps, "gap"),
    Trial(claims.WIGGLE, run_steps, "slope_gap", unit=_gradient),
    Trial(claims.PATHWISE, run, "error"),
    Trial(claims.SCORES, run_steps, "one_bias", columns=_ONE),
)
"""What is tried, each on the systems of which it speaks."""
