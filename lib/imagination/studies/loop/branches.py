r"""How long should a branch be that trains a policy? A trial, fixed before it was run.

    python -m imagination.studies.loop.branches_exact --scale tune --record
    python -m imagination.studies.loop.branches_exact --scale full --record

make the records of the grid and the spiral again, those of tuning first.

- *Loop:* in each round the policy plays a fixed number of real episodes. Models are fitted to all data so
  far; an estimate V̄ of the policy's value to the returns seen in this round's episodes, and to nothing that
  a model says. Then a fixed number of steps along the gradient of :math:`\sum_{t<H} \gamma^t \hat r_t +
  \gamma^H \bar V(\hat s_H)`, from real states of the log, with V̄ held. H = 0 is no arm: V̄ at a real state
  does not depend on the policy that is trained.
- *Arms:* each length H of the system, the last of which discounts V̄ to nearly nothing ("whole"), with one
  model and, with little data or a crude model, with an ensemble of five, each fitted to a bootstrap resample.
  A branch keeps the member it starts with, and starts are dealt to members alike: were one drawn at each
  step, counts would imagine with the mean of all members, which is one model again.
- *The same in all arms:* real episodes, rounds, gradient steps, starts, the critic's rule, the first policy
  and a seed's luck. What differs beside H: an arm of length H asks a model H times as often in each step.
  On the grid and the spiral gradients are exact, and their variance is none; where they are sampled it is
  recorded as `spread`.
- *Conditions:* "little data"; "more data", four times the episodes in each round; "good critic", the models
  of "little data" with a critic from 16 times the episodes, which nobody is charged for; "crude model", the
  data of "little data" with models pulled far towards what they would be without data, so that their errors
  are alike in all seeds and rounds; "no errors", the real world and the real value in the models' and the
  critic's place. There B is zero for every length, so whatever regret still depends on H is not B's matter.
- *Tuning:* one grid of rates for all arms of a system, on seeds of their own; an arm takes the rate with the
  least mean regret in its condition. `tuned` tells where that lies at an end of the grid. Sizes and
  conditions were chosen on these seeds, too.
- *Measure:* regret of the last policy in the real world, as a share of what the best policy returns beyond
  the first one. Seeds are paired across arms; intervals are Student's over seeds, differences paired.
- *Predicted:* in every round, before the policy moves, the two parts of B(H) where imagination goes from the
  log: δ_t is the mean size of the one-step Bellman error there, ε_V that of V̄'s error. They are averaged over
  rounds. "Predicted" is the arm whose own runs have the least mean B. Beside it, from the same runs: the
  first length at which the rule of one more step stops; the length whose promises really err least; and what
  a practitioner could see, the length whose promises, with a critic of half of the round's episodes, are
  closest to the other half's returns, squared and but for a constant. `after` is B(H) for the policy that
  training made of it, for which V̄ is stale.
- *Misled:* the bound misleads where the arm with the least B regrets more than the arm with the least regret,
  and the paired interval of the difference lies above 0. Its level, 0.95, is shared among the arms, since
  which of them is best is seen on the same seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray

from imagination import records
from imagination.trials.recording import Command, rounded

__all__ = ["COLUMNS", "SCALES", "Arm", "Scale", "System", "Trained", "command", "tried", "tuned"]

Array = NDArray[np.float64]

COLUMNS = {
    "system": "its name",
    "condition": "how much data, and which critic",
    "members": "models that imagine",
    "horizon": "H, imagined steps of a branch",
    "rate": "step size along the gradient",
    "seed": "the same seed has the same luck in all arms",
    "regret": "of the last policy in the real world, a share of what can be won",
    "model_part": "Σ γ^t δ_t over the steps of a branch, mean over rounds; likewise all below",
    "critic_part": "γ^H ε_V(H)",
    "error": "mean size of the error of what the branches promise",
    "after": "B(H) for the policy after training, with the same V̄",
    "best_bound": "length with the least B in this run",
    "by_rule": "first length at which one more step does not lower B",
    "best_error": "length with the least `error`",
    "best_observed": "length whose promises are closest to returns that were held out",
    "spread": "variance of the gradient over its squared length, 0 where it is exact",
}
"""Columns of the record; that of tuning has those up to `regret`."""


class Arm(NamedTuple):
    """How a policy is trained."""

    members: int
    horizon: int
    rate: float


class Trained(NamedTuple):
    """What training C seeds found; T is the largest horizon. All but `regret` are means over the rounds.

    Attributes
    ----------
    regret : (C,)
        Share of what can be won.
    step_error : (C, T)
        δ_t along branches of the policy that a round begins with.
    estimate_error : (C, T + 1)
        Error of V̄ after so many steps.
    error : (C, T + 1)
        Mean size of the error of what branches of each length promise, 0 included.
    observed : (C, T + 1)
        Mean squared difference of promises and returns held out.
    after : (C,)
        B(H) at the arm's own H for the policy that a round ends with.
    spread : (C,)
    """

    regret: Array
    step_error: Array
    estimate_error: Array
    error: Array
    observed: Array
    after: Array
    spread: Array


class System(Protocol):
    """A world in which branches are tried.

    Attributes
    ----------
    discount : float
    horizons : tuple of int
        Lengths of branches, the last of them "whole".
    rates : tuple of float
        Tried for every arm.
    conditions : tuple of str
    """

    @property
    def discount(self) -> float:
        """Of the branches and of the returns."""
        ...

    @property
    def horizons(self) -> tuple[int, ...]:
        """Lengths of branches."""
        ...

    @property
    def rates(self) -> tuple[float, ...]:
        """Step sizes tried."""
        ...

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the conditions."""
        ...

    def trained(self, arm: Arm, condition: str, count: int, luck: np.random.SeedSequence) -> Trained:
        """Train `count` seeds side by side."""
        ...


@dataclass(frozen=True)
class Scale:
    """Seeds from `first` on, in blocks that are run together; whether all rates are tried.

    Conditions that are `alone` are tried with one model only.
    """

    first: int
    seeds: int
    tuning: bool = False
    members: tuple[int, ...] = (1, 5)
    block: int = 50
    alone: tuple[str, ...] = ()

    def members_in(self, condition: str) -> tuple[int, ...]:
        """How many models are tried in a condition."""
        return (1,) if condition in self.alone else self.members


ALONE = ("more data", "good critic", "no errors")
"""Conditions of the grid and the spiral that are tried with one model only."""

SCALES = {
    "tune": Scale(first=900, seeds=100, tuning=True, alone=ALONE),
    "full": Scale(first=0, seeds=100, alone=ALONE),
    "quick": Scale(first=900, seeds=4, tuning=True, members=(1,), block=4),
}


def tried(
    name: str, system: System, condition: str, arm: Arm, first: int, count: int, *, seed: int = 0
) -> pd.DataFrame:
    """Rows of one arm and one block of seeds."""
    found = system.trained(arm, condition, count, np.random.SeedSequence([seed, first, *name.encode()]))
    weight = system.discount ** np.arange(found.estimate_error.shape[1])
    steps = np.pad((weight[:-1] * found.step_error).cumsum(axis=1), [(0, 0), (1, 0)])
    estimate = weight * found.estimate_error
    bound, H = steps + estimate, arm.horizon
    stays = found.step_error >= found.estimate_error[:, :-1] - system.discount * found.estimate_error[:, 1:]
    columns = {
        "regret": found.regret,
        "model_part": steps[:, H],
        "critic_part": estimate[:, H],
        "error": found.error[:, H],
        "after": found.after,
        "best_bound": bound.argmin(axis=1),
        "by_rule": np.where(stays.any(axis=1), stays.argmax(axis=1), stays.shape[1]),
        "best_error": found.error.argmin(axis=1),
        "best_observed": found.observed.argmin(axis=1),
        "spread": found.spread,
    }
    table = pd.DataFrame({"seed": first + np.arange(count), **columns})
    return table.assign(system=name, condition=condition, **arm._asdict())[list(COLUMNS)]


def tuned(record: str) -> pd.DataFrame:
    """Every arm's best `rate`, its mean `regret` in tuning, and whether it lies `at end` of the grid."""
    by = ["system", "condition", "members", "horizon"]
    means = records.load(f"{record}-tuning").groupby([*by, "rate"], sort=False)["regret"].mean().reset_index()
    best = means.loc[means.groupby(by, sort=False)["regret"].idxmin()]
    tried_ = means.groupby("system")["rate"].agg(["min", "max"]).loc[best["system"]].to_numpy().T
    at_end = (best["rate"].to_numpy() == tried_).any(axis=0)
    return best.assign(**{"at end": at_end}).set_index(by)


def command(
    module: str, record: str, systems: Mapping[str, System], scales: Mapping[str, Scale] = SCALES
) -> Command:
    """The command line of some systems: their tuning, or all arms at their tuned rates."""

    def run(scale: str = "full", *, seed: int = 0, workers: int = 1) -> dict[str, pd.DataFrame]:
        """Try all arms of all systems."""
        size = scales[scale]
        rates = None if size.tuning else tuned(record)["rate"]
        arms = [
            (name, condition, Arm(members, horizon, rate))
            for name, system in systems.items()
            for condition in system.conditions
            for members in size.members_in(condition)
            for horizon in system.horizons
            for rate in (system.rates if rates is None else (rates[name, condition, members, horizon],))
        ]
        found = Parallel(n_jobs=workers)(
            delayed(tried)(name, systems[name], condition, arm, first, size.block, seed=seed)
            for name, condition, arm in arms
            for first in range(size.first, size.first + size.seeds, size.block)
        )
        table = rounded(pd.concat(found, ignore_index=True), 6)
        kept = list(COLUMNS)[: list(COLUMNS).index("regret") + 1]
        return {"-tuning": table[kept]} if size.tuning else {"": table}

    def say(found: dict[str, pd.DataFrame]) -> str:
        (table,) = found.values()
        by = ["system", "condition", "members", *(["rate"] if len(found.keys() & {"-tuning"}) else [])]
        return table.pivot_table("regret", by, "horizon", sort=False).round(4).to_string()

    return Command(
        module=module,
        record=record,
        run=run,
        say=say,
        parameters=lambda scale: {
            **vars(scales[scale]),
            "systems": {name: repr(system) for name, system in systems.items()},
        },
        scales=scales,
        options=("workers",),
    )
