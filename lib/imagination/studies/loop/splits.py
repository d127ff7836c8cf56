"""Does the split of a budget matter elsewhere than on the spiral? The grid, and a random world for each seed.

    python -m imagination.studies.loop.splits --record

makes the record again. Money buys transitions and reward labels, each from states and actions drawn at
random; models are counted; the policy is the best one of the learned world, exactly; so is its regret. Only
the split is left to differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import records
from imagination.models.counts import CountModel
from imagination.studies.loop import gridworld
from imagination.studies.loop.advice import COST_DYN, COST_REW, SHARES
from imagination.trials.recording import Command, rounded
from imagination.worlds.makers import garnet
from imagination.worlds.tabular import TabularMDP

__all__ = ["BUDGETS", "RECORD", "SCALES", "SYSTEMS", "learned", "random_pairs", "recorded", "run", "world"]

Array = NDArray[Any]

RECORD = "imagination-splits"
SYSTEMS = ("grid", "random worlds")
BUDGETS = (500.0, 2000.0)
"""Money: about five, and twenty, units for each of the hundred states and actions of the grid."""

NOISE = {"grid": 0.3, "random worlds": 0.6}
"""Standard deviation of a label's noise: about that of the rewards themselves in the random worlds."""

SIZES = {"n_states": 20, "n_actions": 4, "branching": 3}
DISCOUNT = 0.95


@dataclass(frozen=True)
class Scale:
    """How many seeds each share and budget has."""

    seeds: int = 400


SCALES = {"quick": Scale(10), "full": Scale()}


def world(system: str, seeds: int, rng: np.random.Generator) -> TabularMDP:
    """The grid, once for each seed, or a new random world for each."""
    if system not in SYSTEMS:
        raise ValueError(f"system must be one of {', '.join(SYSTEMS)}; got {system!r}")
    if system == "grid":
        return gridworld.world(gridworld.Settings(), seeds)
    return garnet(seeds, **SIZES, discount=DISCOUNT, generator=rng)


def learned(
    real: TabularMDP, transitions: int, labels: int, noise: float, rng: np.random.Generator
) -> TabularMDP:
    """Count models of so many transitions and so many noisy labels, drawn at random."""
    states, actions, rewards, following = random_pairs(real, transitions, rng)
    empty = CountModel.empty(*real.reward.shape)
    moved = empty.observe(states, actions, 0 * rewards, following)
    states, actions, rewards, following = random_pairs(real, labels, rng)
    noisy = rewards + noise * rng.standard_normal(rewards.shape)
    return real.with_model(moved.transition(), empty.observe(states, actions, noisy, following).reward())


def random_pairs(real: TabularMDP, count: int, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """(B, count) states, actions, rewards and next states: every pair as likely as any."""
    shape = (len(real), count)
    states, actions = rng.integers(real.n_states, size=shape), rng.integers(real.n_actions, size=shape)
    rows = np.arange(len(real))[:, None]
    ends = real.transition.cumsum(axis=-1)[rows, states, actions]
    following = (rng.random(shape)[..., None] * ends[..., -1:] > ends).sum(axis=-1)
    return states, actions, real.reward[rows, states, actions], following


def run(scale: str = "full", *, seed: int = 0) -> pd.DataFrame:
    """Regret by share: `system`, `budget`, `x` (share of the dynamics), `seed`, `regret`, `worth`.

    `worth` is what the best policy earns beyond the one that draws its actions: the regret's natural unit.
    """
    seeds, tables = SCALES[scale].seeds, []
    for system in SYSTEMS:
        own = np.random.default_rng([seed, *system.encode()])
        real = world(system, seeds, own)
        best = (real.initial * real.solve().values).sum(axis=1)
        worth = best - real.returns(real.uniform_policy())
        for budget in BUDGETS:
            for share in SHARES:
                counts = int(share * budget / COST_DYN), int((1 - share) * budget / COST_REW + 1e-9)
                policy = learned(real, *counts, NOISE[system], own).solve().policy
                columns = {"x": share, "seed": np.arange(seeds), "regret": best - real.returns(policy)}
                tables.append(pd.DataFrame({"system": system, "budget": budget, **columns, "worth": worth}))
    return rounded(pd.concat(tables, ignore_index=True), {"regret": 9, "worth": 9})


def recorded() -> pd.DataFrame:
    """The recorded regrets."""
    return records.load(RECORD)


def _told(table: pd.DataFrame) -> str:
    table = table.assign(relative=table["regret"] / table["worth"])
    return table.pivot_table("relative", "x", ["system", "budget"]).round(4).to_string()


main = Command(
    module="imagination.studies.loop.splits",
    record=RECORD,
    run=run,
    say=_told,
    parameters=lambda scale: {
        "seeds": SCALES[scale].seeds, "budgets": BUDGETS, "noise": NOISE,
        "costs": [COST_DYN, COST_REW], **SIZES,
    },
    scales=SCALES,
)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
