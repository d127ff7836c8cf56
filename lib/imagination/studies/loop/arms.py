"""Imagination made better on Pendulum-v1: the same real steps, other ways of training in the models.

    python -m imagination.studies.loop.arms --scale tune --record
    python -m imagination.studies.loop.arms --scale full --record

make the records again, that of tuning first. Each arm is given four times the imagined updates of the record
`imagination-pendulum`: in one long training, in four shorter ones of which the best by *imagined* return goes
out, with a bonus for entropy, or in four models at once. They are given 5 rounds of real steps, half of that
record's. The generator has its seed, and the first real steps are the same but for the four starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from imagination import records
from imagination.studies.loop import pendulum
from imagination.studies.loop.gymnasium_loop import Setting, in_imagination
from imagination.trials import compare
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep

__all__ = ["ARMS", "COLUMNS", "RATES", "RECORD", "SCALES", "chosen", "rounds_of", "run", "setting_of"]

RECORD = "imagination-arms"

ARMS: dict[str, dict[str, Any]] = {
    "four times the updates": {"steps": 240},
    "four starts": {"candidates": 4},
    "entropy bonus": {"steps": 240, "entropy": 0.1},
    "four models": {"steps": 240, "members": 4},
}
"""What each arm changes of `pendulum.SETTING`."""

RATES = (0.005, 0.01, 0.02)
"""Adam's first rates, tried for each arm on the seeds of tuning."""

BLOCK = 20
"""Seeds that are run together."""

COLUMNS = (
    "arm", "rate", "seed", "round", "real_steps", "score", "imagined_return", "real_return", "gap",
    "reward_part", "dynamics_part", "rounding", "mean_error", "collected",
)  # fmt: skip

SCALES = {
    "tune": {"seeds": 4, "first": 901, "rounds": 5},
    "full": {"seeds": 20, "first": 0, "rounds": 5},
    "quick": {"seeds": 2, "first": 0, "rounds": 2},
}


def setting_of(arm: str, rate: float, rounds: int) -> Setting:
    """How an arm is trained."""
    if arm not in ARMS:
        raise ValueError(f"arm must be one of {', '.join(ARMS)}; got {arm!r}")
    return replace(pendulum.SETTING, rate=rate, rounds=rounds, **ARMS[arm])


def rounds_of(configuration: Mapping[str, Any], _: np.random.Generator) -> pd.DataFrame:
    """One arm with some seeds: a task of `sweep`."""
    torch.set_num_threads(1)
    arm, rate, first = configuration["arm"], configuration["rate"], configuration["first"]
    setting = setting_of(arm, rate, configuration["rounds"])
    table = in_imagination(setting, configuration["seeds"], first)[2]
    return table.assign(arm=arm, rate=rate, seed=first + table["seed"])[list(COLUMNS)]


def chosen() -> dict[str, float]:
    """Each arm's rate with the best interquartile mean at the end of the recorded tuning."""
    table = records.load(f"{RECORD}-tuning")
    last = table[table["round"] == table["round"].max()]
    shown = range(SCALES["full"]["first"], SCALES["full"]["first"] + SCALES["full"]["seeds"])
    best = compare.chosen(last, "rate", "score", evaluated=shown)
    return dict(zip(best["arm"], best["rate"], strict=True))


def run(scale: str, *, seed: int, workers: int = 1, store: str | None = None) -> dict[str, pd.DataFrame]:
    """Every arm's rounds, by the end of the record's name."""
    sizes = SCALES[scale]
    tuning, first, seeds = scale == "tune", sizes["first"], sizes["seeds"]
    tried = dict.fromkeys(ARMS, RATES) if tuning else {arm: (rate,) for arm, rate in chosen().items()}
    pairs = [(arm, rate) for arm, rates in tried.items() for rate in rates]
    jobs = [
        {"arm": arm, "rate": rate, "first": seed + at, "seeds": min(BLOCK, seeds), "rounds": sizes["rounds"]}
        for arm, rate in pairs
        for at in range(first, first + seeds, BLOCK)
    ]
    table = sweep(rounds_of, jobs, seed=seed, workers=workers, store=store).drop(columns="configuration")
    return {"-tuning" if tuning else "": rounded(table, 7)}


def _say(found: dict[str, pd.DataFrame]) -> str:
    (table,) = found.values()
    last = table[table["round"] == table["round"].max()]
    return last.groupby(["arm", "rate"], sort=False)["score"].describe().round(0).to_string()


main = Command(
    module="imagination.studies.loop.arms",
    record=RECORD,
    run=run,
    say=_say,
    parameters=lambda scale: {
        **SCALES[scale],
        "arms": ARMS,
        "rates": RATES if scale == "tune" else chosen(),
    },
    scales=SCALES,
    options=("workers", "store"),
)


if __name__ == "__main__":
    raise SystemExit(main())
