"""What the scaling laws of chapter 6 owe to the recipe, and what to the dimension of the output.

    python -m imagination.studies.scaling_ablations --scale full --record

Two experiments on the worlds of `imagination.studies.scaling_runs`. `recipes` changes one part of the
training at a time: the student's width, the learning rate's schedule, the number of epochs. `outputs` trains
on targets that are all made from one and the same network z of the teacher: its first 1, 3 or 12 components,
saturated by a tanh or not. All else (states, actions, hidden layer of the teacher, seeds) is equal, so that
a difference is one of the dimension or of the tanh.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.models.fitting import Layers
from imagination.models.networks import train
from imagination.studies import scaling_runs
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.worlds.continuous import norm
from imagination.worlds.teacher import NetworkDynamics, NetworkReward, normal_teacher

__all__ = [
    "OUTPUTS",
    "RECIPES",
    "SCALES",
    "TARGETS",
    "output_configurations",
    "outputs",
    "recipe_configurations",
    "recipes",
    "recorded_outputs",
    "recorded_recipes",
    "run",
]

COOLING = "cooling rate"

RECIPES: dict[str, dict[str, Any]] = {
    "width 128": {"width": 128},
    "width 256": {"width": 256},
    COOLING: {"cooling": True},
    "1000 epochs": {"epochs": 1000, "curve": [200, 400, 500]},
}
"""Changes of the recorded sweep's recipe: width 64, constant rate, 200 epochs."""

OUTPUTS = (1, 3, 12)
"""Numbers of components that are learned."""

TARGETS = {
    "tanh(z)": lambda z: np.tanh(z),
    "z/8": lambda z: z / 8,
    "tanh(z/8)": lambda z: np.tanh(z / 8),
    "z/24": lambda z: z / 24,
}
"""What is made of the teacher's network z: the dynamics' tanh, the reward's division by √64, or both; the
last is the second in about the units of the first."""

SCALES: dict[str, dict[str, Any]] = {
    "quick": {
        "seeds": 2,
        "size": 2,
        "anchors": [500, 1000, 2000],
        "cooled": [4000],
        "long": [500, 1000],
        "epochs": 4,
    },
    "full": {
        "seeds": 10,
        "size": 5,
        "anchors": [2_000, 5_000, 10_000, 20_000],
        "cooled": [50_000, 100_000, 200_000],
        "long": [2_000, 5_000, 10_000],
        "epochs": None,
    },
}
"""Seeds, seeds trained together, numbers of transitions, further ones at which `size` seeds are trained with
a cooling rate, those of more epochs, and epochs where not as usual."""


def recipe_configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Return configurations of `scaling_runs.models`; `recipe` names the change.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    at = _scale(scale)
    made = []
    for name, changes in RECIPES.items():
        changed = changes | {"suprema": False}
        if at["epochs"]:
            changed |= {"epochs": at["epochs"], "curve": []}
        anchors = at["long"] if "epochs" in changes else at["anchors"]
        groups = scaling_runs.configurations(anchors, range(at["seeds"]), size=at["size"], **changed)
        if name == COOLING:
            groups += scaling_runs.configurations(at["cooled"], range(at["size"]), size=at["size"], **changed)
        made += [group | {"recipe": name} for group in groups]
    return made


def output_configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Return configurations of `outputs`.

    Raises
    ------
    ValueError
        If there is no such scale.
    """
    at = _scale(scale)
    changed = {"epochs": at["epochs"]} if at["epochs"] else {}
    return [
        {"outputs": count, "target": target, **configuration}
        for target in TARGETS
        for count in OUTPUTS
        for configuration in scaling_runs.configurations(
            at["anchors"], range(at["seeds"]), size=at["size"], **changed
        )
    ]


def recipes(configuration: Mapping[str, Any], rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Train and measure as `scaling_runs.models` does, with one part of the recipe changed; adds `recipe`."""
    kept = ["samples", "quantity", "seed", "epoch", "mean_norm", "mse", "spread"]
    return scaling_runs.models(configuration, rng)[kept].assign(recipe=configuration["recipe"])


def outputs(configuration: Mapping[str, Any], rng: np.random.Generator | None = None) -> pd.DataFrame:
    """Learn some components of one network of the teacher, with or without a tanh.

    Returns
    -------
    DataFrame
        A row a seed: `samples`, `seed`, `epoch`, `outputs`, `target`, `mean_norm` (mean of the error's norm
        on fresh transitions), `mse`, `spread` (mean over components of the targets' standard deviation).
    """
    settings = {**scaling_runs.SETTINGS, **configuration}
    seeds, count = settings["seeds"], settings["outputs"]
    dynamics, reward = normal_teacher([(s, 0) for s in seeds])
    learned = _data(dynamics, reward, settings, settings["samples"])
    students = train(
        *learned,
        [scaling_runs.torch_seed(seed, "dynamics") for seed in seeds],
        width=settings["width"],
        epochs=settings["epochs"],
        batch_size=settings["batch_size"],
        learning_rate=settings["learning_rate"],
        cooling="by epoch" if settings["cooling"] else "never",
        group=len(seeds),
    )
    inputs, target = (
        array.astype(float)
        for array in _data(dynamics, reward, settings, scaling_runs.VALIDATION, fresh=True)
    )
    error = _predict(students, inputs) - target
    return pd.DataFrame(
        {
            "samples": settings["samples"],
            "seed": seeds,
            "epoch": settings["epochs"],
            "outputs": count,
            "target": settings["target"],
            "mean_norm": norm(error).mean(axis=1),
            "mse": (error**2).mean(axis=(1, 2)),
            "spread": target.std(axis=1).mean(axis=1),
        }
    )


def _data(
    dynamics: NetworkDynamics,
    reward: NetworkReward,
    settings: Mapping[str, Any],
    samples: int,
    *,
    fresh: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (C, N, 16), and targets (C, N, k) made from the dynamics' network."""
    purpose = (scaling_runs.VALIDATING,) if fresh else ()
    inputs = scaling_runs.visit(dynamics, reward, settings["seeds"], samples, settings, *purpose)[0]
    state, action = inputs[..., : scaling_runs.D_STATE], inputs[..., scaling_runs.D_STATE :]
    z = dynamics.network(state.astype(float), action.astype(float))[..., : settings["outputs"]]
    return inputs, TARGETS[settings["target"]](z).astype(np.float32)


def _predict(students: Layers, inputs: np.ndarray) -> np.ndarray:
    hidden = np.maximum(inputs @ np.swapaxes(students.hidden, 1, 2) + students.bias[:, None], 0)
    return hidden @ np.swapaxes(students.output, 1, 2) + students.offset[:, None]


def run(
    scale: str = "quick", *, seed: int = 0, workers: int | None = 1, store: Any = None
) -> dict[str, pd.DataFrame]:
    """Run both experiments; seeds are those of the sweep, so `seed` changes nothing."""
    options: dict[str, Any] = {"seed": seed, "workers": workers, "store": store}
    found = {
        OUTPUTS_RECORD: sweep(outputs, output_configurations(scale), **options),
        RECIPES_RECORD: sweep(recipes, recipe_configurations(scale), **options),
    }
    return {name: table.drop(columns="configuration") for name, table in found.items()}


RECORD, OUTPUTS_RECORD, RECIPES_RECORD = "scaling", "-outputs", "-recipes"


def recorded_outputs() -> pd.DataFrame:
    """Return the recorded models of one network's components; their `quantity` is "z"."""
    return records.load(RECORD + OUTPUTS_RECORD).assign(quantity="z")


def recorded_recipes() -> pd.DataFrame:
    """Return the recorded models of changed recipes."""
    return records.load(RECORD + RECIPES_RECORD)


def say(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the mean errors by anchor."""
    by = {OUTPUTS_RECORD: ["target", "outputs"], RECIPES_RECORD: ["quantity", "recipe", "epoch"]}
    return "\n".join(
        table.pivot_table(index=by[name], columns="samples", values="mean_norm").to_string(
            float_format="{:.4g}".format
        )
        for name, table in tables.items()
    )


def _scale(scale: str) -> dict[str, Any]:
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    return SCALES[scale]


def parameters(scale: str) -> dict[str, Any]:
    """Return what the tables depend on."""
    return _scale(scale) | {"recipes": RECIPES, "outputs": list(OUTPUTS), "targets": list(TARGETS)}


main = Command(
    module="imagination.studies.scaling_ablations",
    record=RECORD,
    run=run,
    say=say,
    parameters=parameters,
    scales=SCALES,
    default="quick",
    options=("workers", "store"),
    compact=lambda table: rounded(table, 7),
    unit="models",
)


if __name__ == "__main__":
    # By its own name, so that workers and stored chunks know its tasks.
    from imagination.studies.scaling_ablations import main as named

    raise SystemExit(named())
