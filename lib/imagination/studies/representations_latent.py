"""Corollary 1 for codes: straightened, limited or penalised latent models, trained for longer and longer.

    python -m imagination.studies.representations_latent --scale full --workers 2 --record

draws the recorded table again. Every family is trained with several numbers of steps, each with its own
schedule, so that what is said of models can be held against half the training. How models are measured stands
in `imagination.studies.representations`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.models.latent import LatentModels
from imagination.models.latent_training import LatentSetting, pendulum_trajectories, train_latent
from imagination.results.return_gap import claims as return_gap
from imagination.studies.representations import (
    DISCOUNT,
    HORIZONS,
    chosen_size,
    in_order,
    latent_subject,
    measure,
    seeded,
    violations,
)
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.worlds.gymnasium import pendulum

RECORD = "representations-latent"

STRAIGHTEN = (0.0, 0.1, 0.3, 1.0, 3.0)
SPECTRAL = (0.2, 0.5, 0.9)
JACOBIAN = (1e-3, 1e-2, 0.1)
VELOCITY = (0.01, 0.1, 1.0)
BARE = functools.partial(LatentSetting, variance=0.0, covariance=0.0)
"""Nothing but prediction and straightness."""
FREE = ("moving target, reward", 0.0)
"""The model that limits and penalties are compared with."""

LATENT: dict[str, list[tuple[float, LatentSetting]]] = {
    "stopped target": [(weight, LatentSetting(weight)) for weight in STRAIGHTEN],
    "moving target": [(weight, LatentSetting(weight, stop=0.0)) for weight in STRAIGHTEN],
    "moving target, reward": [(weight, LatentSetting(weight, stop=0.0, reward=1.0)) for weight in STRAIGHTEN],
    "trained beforehand": [(weight, BARE(weight, beforehand=True)) for weight in (0.0, 0.1)],
    "trained beforehand, slow encoder": [
        (weight, BARE(weight, beforehand=True, pace=0.1)) for weight in STRAIGHTEN
    ],
    "trained beforehand, frozen": [(0.0, BARE(0.0, beforehand=True, pace=0.0))],
    "limited predictor": [
        (limit, LatentSetting(0.0, stop=0.0, reward=1.0, spectral=limit)) for limit in SPECTRAL
    ],
    "Jacobian penalty": [
        (weight, LatentSetting(0.0, stop=0.0, reward=1.0, jacobian=weight)) for weight in JACOBIAN
    ],
    "velocity penalty": [
        (weight, LatentSetting(0.0, stop=0.0, reward=1.0, velocity=weight)) for weight in VELOCITY
    ],
    "stopped target, no regulariser": [(weight, BARE(weight)) for weight in (0.0, 0.1)],
    "moving target, no regulariser": [(weight, BARE(weight, stop=0.0)) for weight in (0.0, 0.1)],
}
"""Families of latent models; the knob is λ, a penalty's weight, or the spectral limit of predictors' layers.

Those trained beforehand have the objective of temporal straightening and nothing else.
"""

SCALES: dict[str, dict[str, Any]] = {
    "quick": {"seeds": 2, "episodes": 200, "lengths": [100, 300]},
    "full": {"seeds": 10, "episodes": 200, "lengths": [5000, 2500, 500]},
    "long": {"seeds": 10, "episodes": 200, "lengths": [5000, 2500, 500, 10000]},
}
"""Seeds, episodes of data for each, and numbers of steps of training."""

UNITS = np.geomspace(1 / 16, 16, 193)
"""Units of codes, in their own, among which the best is looked for."""


def trained(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Train the models of one family with one number of steps and measure them.

    All that is random is drawn from the configuration's seed: families and lengths share data, starts and
    batches.
    """
    del rng
    seed, steps = configuration["seed"], configuration["steps"]
    numbers, generators = seeded(seed, configuration["seeds"])
    data = pendulum_trajectories(generators, configuration["episodes"], 20)
    real = pendulum(np.full(len(numbers), DISCOUNT))
    knobs, settings = zip(*LATENT[configuration["family"]], strict=True)
    models = train_latent(data, numbers, settings, steps=steps)
    tables = []
    for knob, own in zip(knobs, split(models, len(numbers)), strict=True):
        table = measure(latent_subject(own, real), np.random.default_rng([seed, 1]))
        told = {
            "spread": own.health.spread,
            "effective_rank": own.health.effective_rank,
            "collapsed": own.health.collapsed,
            "decoding_error": np.sqrt((own.health.decoding_error**2).mean(1)),
        }
        extra = {name: values[table["seed"]] for name, values in told.items()}
        extra["rescaled"] = rescaled(own, table)
        tables.append(table.assign(family=configuration["family"], knob=knob, steps=steps, **extra))
    return in_order(pd.concat(tables, ignore_index=True), "steps")


def split(models: LatentModels, size: int) -> Iterator[LatentModels]:
    """Models in groups of `size`, in order: setting by setting."""
    for begun in range(0, len(models.decoder), size):
        yield models.take(np.arange(begun, begun + size))


def rescaled(models: LatentModels, table: pd.DataFrame) -> np.ndarray:
    """The bound for bounded states of each row of `measure`, in the codes' best unit (`UNITS`).

    Codes k times as large have k times the error and diameter, and k times the constant of ẑ' in the action;
    constants of reward and policy in the code are divided by k.
    """
    seed = table["seed"].to_numpy()
    f_code, f_action = (block[seed][:, None] for block in models.predictor.block_lipschitz())
    r_code, r_action = (block[seed][:, None] for block in models.reward.block_lipschitz())
    column = {name: table[name].to_numpy()[:, None] for name in ("L_pi", "eps_dyn", "eps_rew", "diameter")}
    shortest = np.full(len(table), np.inf)
    for horizon in HORIZONS:
        rows = table["horizon"].to_numpy() == horizon
        bounds = return_gap.bound(
            gamma=DISCOUNT,
            L_f=np.maximum(f_code, UNITS * f_action)[rows],
            L_r=np.maximum(r_code / UNITS, r_action)[rows],
            L_pi=(column["L_pi"] / UNITS)[rows],
            eps_dyn=(column["eps_dyn"] * UNITS)[rows],
            eps_rew=column["eps_rew"][rows],
            diameter=(column["diameter"] * UNITS)[rows],
            horizon=horizon,
        )
        shortest[rows] = bounds.min(1)
    return shortest


def run(
    scale: str = "quick",
    *,
    seed: int = 0,
    families: Sequence[str] = tuple(LATENT),
    seeds: int | None = None,
    lengths: Sequence[int] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Train latent models, more or less smooth, for longer and longer; measure constants, errors and gaps.

    Parameters
    ----------
    scale : {"quick", "full", "long"}
        See `SCALES`.
    seed : of everything.
    families : of `LATENT`, by name.
    seeds : only so many of the scale's seeds; the models of a seed do not depend on how many there are.
    lengths : numbers of steps of training; by default the scale's.
    **options
        Passed to `imagination.trials.sweep.sweep`: workers, store, ...

    Returns
    -------
    DataFrame
        What `imagination.studies.representations.measure` says, with the columns `family`, `knob` and
        `steps`; `spread`, `effective_rank`, `collapsed` and `decoding_error` of the codes (root mean square
        over the state's components); and `rescaled`, that for bounded states in the codes' best unit.

    Raises
    ------
    ValueError
        If there is no such scale, or there are more seeds than it has.
    """
    size = chosen_size(SCALES, scale, seeds)
    shared = {"seed": seed, "seeds": size["seeds"], "episodes": size["episodes"]}
    configurations = [
        {"family": family, "steps": steps, **shared}
        for steps in (size["lengths"] if lengths is None else lengths)
        for family in families
    ]
    return sweep(trained, configurations, seed=seed, **options).drop(columns="configuration")


def recorded() -> pd.DataFrame:
    """Return the recorded table at full scale."""
    return records.load(RECORD)


def summary(table: pd.DataFrame) -> str:
    """Return what came out, in short: medians over seeds and policies at the longest horizon."""
    last = table[table["horizon"] == max(HORIZONS)].assign(relative=table["eps_dyn_mean"] / table["step"])
    groups = last.groupby(["family", "knob", "steps"], sort=False)
    shown = ["L_f", "L_f_seen", "relative", "curvature", "closed", "gap", "spread"]
    return groups[shown].median().to_string(float_format="{:.4g}".format)


main = Command(
    module="imagination.studies.representations_latent",
    record=RECORD,
    run=run,
    say=summary,
    parameters=lambda scale: SCALES[scale],
    scales=SCALES,
    default="quick",
    options=("workers", "store"),
    compact=lambda table: rounded(table, 6),
    violations=violations,
    unit="gaps",
)


if __name__ == "__main__":
    raise SystemExit(main())
