"""Computations for the exercises of *The multiplier on trial*."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from imagination.results.sensitivity.systems import REPORTED_GROUPS, draw, extremal
from imagination.results.sensitivity.trial import LAWS, global_multiplier, realised, stream
from imagination.sensitivities import adjoint, model_parameters
from imagination.studies.sensitivity_cost import network
from imagination.worlds.perturbations import SinePerturbation


@cache
def realised_over_global(phase: float = 0.1) -> float:
    """The extremal systems' realised multiplier in units of D, for a reward that errs by sin(s + phase)."""
    group, one = extremal(np.random.default_rng(0), 5), np.ones((5, 1))
    odd = replace(group, reward_error=SinePerturbation(one, one, 0 * one, phase * one[:, 0]))
    slope_dyn, slope_rew = realised(odd)
    return float(np.median(slope_dyn / slope_rew / global_multiplier(odd)))


def dearest(seed: int, part: str = "dynamics") -> tuple[str, float]:
    """The array with the parameter that moves the return most, and the derivative in it."""
    mdp, policy, start = network(np.random.default_rng(seed), width=64)
    found = adjoint(mdp, policy, start, 60, parameters=model_parameters(mdp)).parameters
    steepest = {path: float(g.flat[np.abs(g).argmax()]) for path, g in found.items() if path.startswith(part)}
    path = max(steepest, key=lambda name: abs(steepest[name]))
    return path.removeprefix(f"{part}."), steepest[path]


@cache
def half_and_half(seed: int) -> dict[str, np.ndarray]:
    """For each group the error that half and half leaves in its systems."""
    reached = {}
    for name in REPORTED_GROUPS:
        group = draw(name, stream(name, seed))
        half = np.full((len(group), 1), 5e5)
        reached[name] = group.return_error(*LAWS.errors(half, half))[:, 0]
    return reached


def ignorance_wins(table: pd.DataFrame, seed: int) -> dict[str, float]:
    """For each group the share of systems where half and half loses less than the global plan."""
    shares = {}
    for name, reached in half_and_half(seed).items():
        part = table[(table["group"] == name) & (table["multiplier"] == "global")]
        regret = reached / part["error"].to_numpy() - 1
        shares[name] = float((regret < part["regret"].to_numpy()).mean())
    return shares
