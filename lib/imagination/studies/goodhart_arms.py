"""Whom to ask: a cheap judge with a taste or experts with noisy grades, each arm with its own step size.

    python -m imagination.studies.goodhart_arms --record

makes the recorded learning curves again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination import records
from imagination.studies import goodhart
from imagination.studies.learning import Curves, learn
from imagination.trials import compare
from imagination.trials.recording import Command
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "ARMS",
    "LENGTHS",
    "NOISES",
    "RECORD",
    "SCALES",
    "STEPS",
    "cells",
    "curves",
    "decided",
    "learners",
    "recorded",
    "run",
    "tune",
]

Array = NDArray[np.floating]

RECORD = "goodhart"

ARMS: dict[str, dict[str, Any]] = {
    "judge": {"rollouts": goodhart.BUDGET, "biased": True},
    "experts": {"rollouts": goodhart.BUDGET // goodhart.PRICE, "noisy": True},
    "no noise, as few": {"rollouts": goodhart.BUDGET // goodhart.PRICE},
    "no noise, as many": {"rollouts": goodhart.BUDGET},
    "judge, then experts": {"first": 10},
    "rule, 1 update": {"memory": 1},
    "rule, 10 updates": {"memory": 10},
    "rule, aligned": {"memory": 1, "aligned": True},
}
"""Who labels: the judge; experts; the truth, with as few rollouts as the experts or as many as the judge; the
judge for the first ten updates; or whom a rule says."""

NOISES = {"mild": 0.5, "loud": 2.0}
"""Standard deviation of the experts' grades. An answer is worth between 0 and 1."""

LENGTHS = {"short": 20, "long": 300}
"""Updates of a run. Every arm's step size is chosen for each length."""

STEPS = 2.0 ** np.arange(-5, 6)
SCALES = {"quick": {"tuning": 8, "seeds": 50}, "full": {"tuning": 50, "seeds": 200}}
FIRST_EVALUATED = 1000
"""Seeds for tuning count from 0, those that are compared from here."""

EVERY = 5


def learners(
    arm: str, sigma: float, steps: ArrayLike, *, seeds: int, updates: int, generator: np.random.Generator
) -> tuple[Curves, Array]:
    """Train `seeds` learners of an arm with each of the step sizes.

    Returns
    -------
    Curves
        Learners with the first seed come first, those with the second next, and so on.
    (T,) array
        Share of the learners that ask the judge when the returns are computed.
    """
    if arm not in ARMS:
        raise ValueError(f"arm must be one of {', '.join(ARMS)}, got {arm!r}")
    mdp, bias = goodhart.answers()
    about, steps = ARMS[arm], np.atleast_1d(np.asarray(steps, dtype=float))
    options: dict[str, Any] = {"learners": seeds * len(steps), "step_size": np.tile(steps, seeds)}
    options |= {"horizon": goodhart.HORIZON, "updates": updates, "every": EVERY, "generator": generator}
    if "rollouts" in about:
        rewards = mdp.reward[0] + bias if about.get("biased") else None
        noise = goodhart.grades(sigma) if about.get("noisy") else 0.0
        found = learn(mdp, rollouts=about["rollouts"], noise=noise, rewards=rewards, **options)
        return found, np.full(len(found.updates), float(rewards is not None))
    buyer: Any = _Switch(mdp, bias, sigma, **about) if "first" in about else goodhart.Buyer(
        mdp, bias, sigma=sigma, every=EVERY, **about
    )  # fmt: skip
    found = learn(mdp, rollouts=1, choose=buyer, **options)
    return found, np.array(buyer.shares)[found.updates]


class _Switch:
    """Asks the judge for the first updates, then the experts."""

    def __init__(self, mdp: TabularMDP, bias: Array, sigma: float, first: int):
        self.mdp, self.bias, self.noise, self.first = mdp, bias, goodhart.grades(sigma), first
        self.shares: list[float] = []

    def __call__(self, policies: Array) -> tuple[NDArray[np.int64], Array, Array]:
        ask = np.full(len(policies), len(self.shares) < self.first)
        self.shares.append(float(ask.mean()))
        return goodhart.bought(
            self.mdp, self.bias, self.noise, ask, np.ones(len(policies)), goodhart.BUDGET, goodhart.PRICE
        )


def cells() -> list[tuple[str, str]]:
    """Every noise with every arm; arms that buy from no expert are run once, under the noise "none"."""
    alone = [arm for arm, about in ARMS.items() if "rollouts" in about and not about.get("noisy")]
    return [("none", arm) for arm in alone] + [
        (noise, arm) for noise in NOISES for arm in ARMS if arm not in alone
    ]


def _generator(seed: int, noise: str, arm: str, part: int) -> np.random.Generator:
    return np.random.default_rng([seed, part, *f"{noise}, {arm}".encode()])


def tune(noise: str, arm: str, *, tuning: int, seed: int = 0, steps: ArrayLike = STEPS) -> pd.DataFrame:
    """True returns of an arm after each length of a run, for each step size and each seed for tuning."""
    steps = np.asarray(steps, dtype=float)
    options: dict[str, Any] = {"seeds": tuning, "updates": max(LENGTHS.values())}
    options["generator"] = _generator(seed, noise, arm, 0)
    found, _ = learners(arm, NOISES.get(noise, 0.0), steps, **options)
    who = {"noise": noise, "arm": arm}
    numbered = {"seed": np.repeat(np.arange(tuning), len(steps)), "step": np.tile(steps, tuning)}
    parts = [
        pd.DataFrame(who | {"length": name} | numbered | {"return": found.returns[:, _at(found, updates)]})
        for name, updates in LENGTHS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _at(found: Curves, updates: int) -> int:
    return int(np.flatnonzero(found.updates == updates)[0])


def curves(
    noise: str, arm: str, length: str, step: float, *, seeds: int, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learning curves of one arm over seeds that it was not tuned on.

    Returns
    -------
    DataFrame
        `noise`, `arm`, `length`, `step`, `update`; true return's interquartile mean `iqm` and `mean` over
        seeds with 95% bootstrap intervals; what the `judge` thinks (mean; of the judge's arm); the `share` of
        the seeds that ask the judge.
    DataFrame
        `noise`, `arm`, `length`, `step`, `seed`, and the last true `return`.
    """
    generator = _generator(seed, noise, arm, 1 + list(LENGTHS).index(length))
    options: dict[str, Any] = {"seeds": seeds, "updates": LENGTHS[length], "generator": generator}
    found, share = learners(arm, NOISES.get(noise, 0.0), step, **options)
    who = {"noise": noise, "arm": arm, "length": length, "step": step}
    columns = compare.means(found.returns, generator)
    columns |= {"judge": found.proxies.mean(axis=0) if arm == "judge" else np.nan, "share": share}
    last = {"seed": FIRST_EVALUATED + np.arange(seeds), "return": found.returns[:, -1]}
    return pd.DataFrame(who | {"update": found.updates} | columns), pd.DataFrame(who | last)


def run(
    scale: str = "quick", *, seed: int = 0, which: Sequence[tuple[str, str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Tune and compare the arms, or `which` (noise, arm), by `compare.after_tuning`.

    Generators depend on `seed` and names alone.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    tuning, seeds = SCALES[scale]["tuning"], SCALES[scale]["seeds"]
    tuned = pd.concat([tune(*cell, tuning=tuning, seed=seed) for cell in which or cells()], ignore_index=True)
    return compare.after_tuning(
        tuned,
        partial(curves, seeds=seeds, seed=seed),
        evaluated=range(FIRST_EVALUATED, FIRST_EVALUATED + seeds),
        by=["noise", "arm", "length"],
    )


def recorded(part: str = "") -> pd.DataFrame:
    """One of the recorded tables at full scale: see `run`."""
    return records.load(RECORD + part)


def decided(
    seeds: pd.DataFrame, pairs: Sequence[tuple[str, str]], generator: np.random.Generator
) -> pd.DataFrame:
    """Compare pairs of arms after runs of each length, under each noise, by `compare.versus`.

    `seeds` holds last returns, seed by seed, as `run` gives them.
    """
    last = {key: part["return"].to_numpy() for key, part in seeds.groupby(["noise", "arm", "length"])}

    def of(noise: str, arm: str, length: str) -> Array:
        return last[("none" if ("none", arm, length) in last else noise), arm, length]

    rows: list[dict[str, Any]] = []
    for (first, second), noise, length in product(pairs, NOISES, LENGTHS):
        two = of(noise, first, length), of(noise, second, length)
        row = {"first": first, "second": second, "noise": noise, "length": length}
        rows.append(row | compare.versus(*two, generator))
    return pd.DataFrame(rows)


main = Command(
    module="imagination.studies.goodhart_arms",
    record=RECORD,
    run=run,
    say=lambda tables: (
        tables["-seeds"]
        .groupby(["length", "noise", "arm", "step"], sort=False)["return"]
        .agg(["mean", compare.interquartile_mean, "min"])
        .to_string()
    ),
    parameters=lambda scale: SCALES[scale] | {"budget": goodhart.BUDGET},
    scales=SCALES,
    compact=lambda table: table.round(4 if "seed" in table else 6),
)


if __name__ == "__main__":
    raise SystemExit(main())
