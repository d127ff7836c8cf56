"""Checks of the exercises of *The multiplier on trial*."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp

from classroom.exercises import Exercise, Part, Wrong
from classroom.kinds import Number, OneOf, Table
from imagination import records
from imagination.results.sensitivity import systems, trial
from imagination.sensitivities import adjoint, model_parameters
from imagination.studies import sensitivity_cost
from imagination.worlds.continuous import SinePerturbation

PLACES = ("hidden_state", "hidden_action", "bias", "output", "offset")


@cache
def realised_over_global(phase: float = 0.1) -> float:
    """The extremal systems' realised multiplier in units of D, for a reward that errs by sin(s + phase)."""
    group, one = systems.extremal(np.random.default_rng(0), 5), np.ones((5, 1))
    odd = replace(group, reward_error=SinePerturbation(one, one, 0 * one, phase * one[:, 0]))
    slope_dyn, slope_rew = trial.realised(odd)
    return float(np.median(slope_dyn / slope_rew / trial.global_multiplier(odd)))


def dearest(seed: int, part: str = "dynamics") -> tuple[str, float]:
    """The array with the parameter that moves the return most, and the derivative in it."""
    mdp, policy, start = sensitivity_cost.network(np.random.default_rng(seed), width=64)
    found = adjoint(mdp, policy, start, 60, parameters=model_parameters(mdp)).parameters
    steepest = {path: float(g.flat[np.abs(g).argmax()]) for path, g in found.items() if path.startswith(part)}
    path = max(steepest, key=lambda name: abs(steepest[name]))
    return path.removeprefix(f"{part}."), steepest[path]


@cache
def half_and_half(seed: int) -> dict[str, np.ndarray]:
    """For each group the error that half and half leaves in its systems."""
    reached = {}
    for name in systems.REPORTED_GROUPS:
        group = systems.draw(name, trial.stream(name, seed))
        half = np.full((len(group), 1), 5e5)
        reached[name] = group.return_error(*trial.LAWS.errors(half, half))[:, 0]
    return reached


def ignorance_wins(table: pd.DataFrame, seed: int, strictly_worse: bool = False) -> dict[str, float]:
    """For each group the share of systems where half and half loses less than the global plan."""
    shares = {}
    for name, reached in half_and_half(seed).items():
        part = table[(table["group"] == name) & (table["multiplier"] == "global")]
        regret = reached / part["error"].to_numpy() - 1
        shares[name] = float((regret < part["regret"].to_numpy()).mean())
        if strictly_worse:
            shares[name] = 1 - shares[name]
    return shares


def recorded_groups() -> dict[str, Any]:
    """The recorded trial at the middle budget, and the seed that it was made with."""
    recorded = trial.recorded()
    middle = recorded[(recorded["budget"] == 1e6) & recorded["group"].isin(systems.REPORTED_GROUPS)]
    return {"table": middle, "seed_of_record": records.describe(trial.RECORD).parameters["seed"]}


EXERCISES = [
    Exercise(
        label="ex-other-side",
        level="check",
        tests="compute a realised multiplier by hand; break a theorem's hypothesis",
        parts=(
            Part(
                name="multiple_of_D",
                asks="|S_f| / |S_r| divided by D",
                kind=Number(1e-3),
                reference=realised_over_global,
                right=(lambda: 1 / sp.sin(sp.Rational(1, 10)),),
                wrong=(
                    Wrong(lambda right: 1 / right, "is the realised multiplier larger or smaller than D?"),
                    Wrong(lambda: 10.0, "nearly; 0.1 is not its own sine"),
                    Wrong(lambda: 1.0, "this holds for the constant error of size 1"),
                    Wrong(
                        lambda: 1 / np.cos(0.1), "along the rollout the error itself counts, not its slope"
                    ),
                ),
                hint="which error of the reward does the real rollout, at s = 0, meet at every step?",
            ),
        ),
    ),
    Exercise(
        label="ex-dearest",
        level="apply",
        tests="sensitivities to every parameter of a model from one adjoint pass",
        given=("seed",),
        example=lambda: {"seed": 8},
        parts=(
            Part(
                name="dearest_array",
                asks=f"the array of the dynamics that holds it: {', '.join(map(repr, PLACES))}",
                kind=OneOf(*PLACES),
                reference=lambda seed: dearest(seed)[0],
                wrong=(
                    Wrong(lambda: "hidden_action", "look at the largest absolute derivative of each array"),
                    Wrong(lambda: "bias", "look at the largest absolute derivative of every array"),
                ),
                hint="compare the largest absolute derivatives of the arrays of the dynamics",
            ),
            Part(
                name="predicted_change",
                asks="the predicted change of the return when it grows by 0.01 [reward]",
                kind=Number(0.01),
                reference=lambda seed: 0.01 * dearest(seed)[1],
                wrong=(
                    Wrong(lambda seed: dearest(seed)[1], "this is the derivative"),
                    Wrong(lambda right: -right, "the sign of the derivative tells the direction"),
                    Wrong(
                        lambda seed: 0.01 * dearest(seed, "reward")[1],
                        "the reward's parameters are not asked for",
                    ),
                ),
                hint="derivative times change",
            ),
        ),
    ),
    Exercise(
        label="ex-half",
        level="extend",
        tests="judge a multiplier against knowing nothing",
        explain="When does ignorance win, and how much can it lose at most?",
        given=("table", "seed_of_record"),
        example=recorded_groups,
        parts=(
            Part(
                name="share_ignorance_wins",
                asks="group -> share of its systems where half and half loses less [dict, series]",
                kind=Table(0, 0.005),
                reference=lambda table, seed_of_record: ignorance_wins(table, seed_of_record),
                wrong=(
                    Wrong(
                        lambda table, seed_of_record: ignorance_wins(table, seed_of_record, True),
                        "a smaller regret wins",
                    ),
                    Wrong(
                        lambda right: {name: 100 * share for name, share in right.items()},
                        "a share is asked for, not percent",
                    ),
                ),
                hint="compare the two regrets system by system, then average within each group",
            ),
        ),
    ),
]
