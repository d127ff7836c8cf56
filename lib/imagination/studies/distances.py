"""Which distance between kernels predicts the error of values? After the random-MRP experiment of [AML18].

    python -m imagination.studies.distances

draws pairs of random kernels on a line of states, computes the error of the values of one reward, and
correlates it with several distances between the two kernels.

    python -m imagination.studies.distances --lemmas

draws the same pairs and sets the error beside two simulation lemmas.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from imagination import records
from imagination import wasserstein as w
from imagination.results.kernels import claims
from imagination.trials.sweep import sweep
from imagination.worlds import makers

Array = NDArray[Any]

RECORD, LEMMAS = "stochastic-mrp-correlations", "stochastic-mrp-lemmas"
FULL_PAIRS = 50_000
SEED = 20180710

DISTANCES = ("TV", "KL", "W1", "value-aware")
AGGREGATES = ("mean", "max")
SIGNED = ("signed mean", "where imagination goes")
"""How `correlations` sums the value-aware error over states with its signs kept."""

KERNELS: Mapping[str, Callable[[int, int, np.random.Generator], Array]] = {
    "even": makers.random_kernels,
    "uneven": lambda pairs, n_states, generator: (
        0.99 * generator.dirichlet(np.full(n_states, 0.1), (pairs, n_states)) + 0.01 / n_states
    ),
}
"""How random kernels are drawn. A row of an uneven one has most of its mass on a state or two, so that some
states are visited often and others hardly ever; the hundredth that is spread over all keeps KL finite."""

BLOCKS = 20

Task = Callable[[Mapping[str, Any], np.random.Generator], pd.DataFrame]


def reward_shapes(n_states: int) -> dict[str, Array]:
    """Rewards (n,) between 0 and 1 on a line of states: some agree with the line's order, some do not."""
    ramp = np.linspace(0, 1, n_states)
    shuffled = ramp[np.random.default_rng(7).permutation(n_states)]
    return {
        "ramp": ramp,
        "hill": 1 - np.abs(2 * ramp - 1),
        "goal": np.eye(n_states)[-1],
        "shuffled": shuffled,
        "alternating": np.arange(n_states) % 2.0,
    }


def mrp_errors(
    gamma: float, pairs: int, generator: np.random.Generator, n_states: int = 10, kernels: str = "even"
) -> dict[str, Array]:
    """Random kernel pairs on a line: their distances, and the errors of values for every reward shape.

    Parameters
    ----------
    gamma : float
        Discount, in [0, 1).
    pairs, n_states : int
    generator : Generator
    kernels : str
        One of `KERNELS`.

    Returns
    -------
    dict of arrays
        `TV`, `KL`, `W1` (B, S): distance of the two next-state distributions of every state. `occupancy`
        (B, S, S): how often, discounted, imagination that begins in a state visits each. For each shape of
        `reward_shapes`: the error ‖V − V̂‖ in the sup norm (B,) under its name, and ⟨P̂ − P, V⟩ (B, S), with
        its sign, under `value-aware NAME`.

    Raises
    ------
    ValueError
        If nobody knows such kernels.
    """
    if kernels not in KERNELS:
        raise ValueError(f"kernels: {kernels!r} is none of {', '.join(KERNELS)}")
    real, imagined = (KERNELS[kernels](pairs, n_states, generator) for _ in range(2))
    ground = w.line_metric(np.linspace(0, 1, n_states))
    found = {
        "TV": w.total_variation(real, imagined),
        "KL": w.kl_divergence(real, imagined),
        "W1": w.wasserstein(real, imagined, ground),
        "occupancy": np.linalg.inv(np.eye(n_states) - gamma * imagined),
    }
    shapes = reward_shapes(n_states)
    rewards = np.stack(list(shapes.values()), axis=1)
    values = np.linalg.solve(np.eye(n_states) - gamma * real, rewards)
    guesses = found["occupancy"] @ rewards
    error, expected = np.abs(values - guesses).max(axis=1), (imagined - real) @ values
    for k, name in enumerate(shapes):
        found[name] = error[:, k]
        found[f"value-aware {name}"] = expected[:, :, k]
    return found


def summaries(found: dict[str, Array], shape: str) -> dict[tuple[str, str], Array]:
    """One number a pair (B,) from its errors in all states, by distance and by how they are put together.

    The mean and the largest of each of `DISTANCES`. Of the value-aware error, with signs kept, the size of
    its mean, and the largest over starts of its sum *where imagination goes*, weighted by `occupancy`: times
    γ, this is ‖V − V̂‖ itself.
    """
    signed = found[f"value-aware {shape}"]
    fields = {name: np.abs(signed) if name == "value-aware" else found[name] for name in DISTANCES}
    sums = {
        (name, aggregate): getattr(np, aggregate)(field, axis=1)
        for name, field in fields.items()
        for aggregate in AGGREGATES
    }
    visited = (found["occupancy"] @ signed[:, :, None])[:, :, 0]
    along = (np.abs(signed.mean(axis=1)), np.abs(visited).max(axis=1))
    return sums | {("value-aware", name): x for name, x in zip(SIGNED, along, strict=True)}


def correlations(found: dict[str, Array], blocks: int = BLOCKS) -> pd.DataFrame:
    """Correlation of each of `summaries` with the value error, for every reward shape.

    Returns
    -------
    DataFrame
        `reward`, `distance`, `aggregate`, `correlation` (Pearson's), and the ends `low` and `high` of a 95%
        interval from the correlations within `blocks` disjoint blocks of pairs (on Fisher's scale; no
        normality of the data assumed).
    """
    shapes = [name for name in found if f"value-aware {name}" in found]
    rows = [
        (shape, *how, *_correlation(x, found[shape], blocks))
        for shape in shapes
        for how, x in summaries(found, shape).items()
    ]
    return pd.DataFrame(rows, columns=["reward", "distance", "aggregate", "correlation", "low", "high"])


def mrp_task(configuration: Mapping[str, Any], generator: np.random.Generator) -> pd.DataFrame:
    """One discount and one way to draw kernels of `mrp_correlations`."""
    gamma, pairs, kernels = (configuration[name] for name in ("gamma", "pairs", "kernels"))
    found = mrp_errors(gamma, pairs, generator, kernels=kernels)
    return correlations(found).assign(gamma=gamma, pairs=pairs, kernels=kernels)


def mrp_correlations(
    pairs: int,
    seed: int,
    discounts: Array | None = None,
    workers: int | None = 1,
    progress: bool | None = None,
    task: Task = mrp_task,
) -> pd.DataFrame:
    """`correlations` for so many pairs of each kind of 10-state `KERNELS`, at discounts 0.05, ..., 0.95.

    Another `task` measures something else on the same pairs.
    """
    discounts = np.arange(1, 20) / 20 if discounts is None else discounts
    configurations = [
        {"gamma": float(gamma), "pairs": pairs, "kernels": kernels}
        for kernels in KERNELS
        for gamma in discounts
    ]
    return sweep(task, configurations, seed=seed, workers=workers, progress=progress)


def lemmas(found: dict[str, Array], gamma: float) -> pd.DataFrame:
    """What two simulation lemmas say of the value errors, for every reward shape; rewards lie in [0, 1].

    Returns
    -------
    DataFrame
        `reward`, `lemma`, the `median` and the `largest` of error / bound, and `informative`, the share of
        bounds below what the rewards alone allow, 1 / (1 - gamma).
    """
    error_of_kernel = found["TV"].max(axis=1)
    numbers = {"gamma": gamma, "eps_dyn": error_of_kernel, "eps_rew": 0.0}
    bounds = {
        "classical": claims.SIMULATION_LEMMA.evaluate(**numbers, span=1 / (1 - gamma)),
        "tight": claims.TIGHT_SIMULATION.evaluate(**numbers, width=1.0),
    }
    rows = []
    for shape in (name for name in found if f"value-aware {name}" in found):
        for lemma, bound in bounds.items():
            used = found[shape] / bound
            informative = np.mean(bound < 1 / (1 - gamma))
            rows.append((shape, lemma, np.median(used), used.max(), informative))
    return pd.DataFrame(rows, columns=["reward", "lemma", "median", "largest", "informative"])


def lemmas_task(configuration: Mapping[str, Any], generator: np.random.Generator) -> pd.DataFrame:
    """One discount and one way to draw kernels: `lemmas` on the pairs of `mrp_task`."""
    gamma, pairs, kernels = (configuration[name] for name in ("gamma", "pairs", "kernels"))
    found = mrp_errors(gamma, pairs, generator, kernels=kernels)
    return lemmas(found, gamma).assign(gamma=gamma, pairs=pairs, kernels=kernels)


def _correlation(x: Array, y: Array, blocks: int) -> tuple[float, float, float]:
    size = len(x) // blocks
    if size < 4:
        raise ValueError(f"pairs must be at least {4 * blocks} for {blocks} blocks, got {len(x)}")
    each = _fisher(*(side[: size * blocks].reshape(blocks, size) for side in (x, y)))
    half = stats.t.ppf(0.975, blocks - 1) * each.std(ddof=1) / np.sqrt(blocks)
    pooled = _fisher(x[None], y[None])[0]
    return np.tanh(pooled), np.tanh(pooled - half), np.tanh(pooled + half)


def _fisher(x: Array, y: Array) -> Array:
    """Fisher's transform of the correlations along the last axis; a perfect one becomes 1 − 1e-15."""
    x, y = (side - side.mean(axis=1, keepdims=True) for side in (x, y))
    size = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    if not np.all(size > 0):
        raise ValueError("distances and errors must vary within every block, got a constant")
    return np.arctanh(np.clip((x * y).sum(axis=1) / size, -1 + 1e-15, 1 - 1e-15))


def record(workers: int = 1, *, of_lemmas: bool = False) -> records.Record:
    """Run the experiment at full scale and store it in `data/`."""
    start = perf_counter()
    task, name = (lemmas_task, LEMMAS) if of_lemmas else (mrp_task, RECORD)
    table = mrp_correlations(FULL_PAIRS, SEED, workers=workers, progress=True, task=task)
    return records.save(
        name,
        table.drop(columns="configuration"),
        command="python -m imagination.studies.distances" + " --lemmas" * of_lemmas,
        parameters={"pairs": FULL_PAIRS, "seed": SEED, "states": 10, "blocks": BLOCKS},
        seconds=perf_counter() - start,
        workers=workers,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=record.__doc__)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--lemmas", action="store_true", help="two simulation lemmas on the same pairs")
    chosen = parser.parse_args()
    print(record(chosen.workers, of_lemmas=chosen.lemmas))
