"""The loop itself, and what is written down at every round.

A study of one world says four things: how data are collected, how models are learned, how a policy is
improved in them, and what is measured. `run` goes round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from imagination import records
from imagination.trials.recording import Command

__all__ = ["ROUND_COLUMNS", "STEP_COLUMNS", "Result", "command", "mean_by_round", "recorded", "run"]

ROUND_COLUMNS = {
    "arm": "which way of doing it",
    "seed": "0, 1, 2, ...",
    "round": "0, 1, 2, ...",
    "real_steps": "steps taken in the real world so far, all rounds together",
    "imagined_return": "of the policy, in the learned world in which it was trained",
    "real_return": "of the same policy in the real world",
    "gap": "imagined less real return",
    "reward_part": "the identity: what errors of the reward contribute to the gap",
    "dynamics_part": "the same for errors of the dynamics",
    "rounding": "gap less the two parts: zero but for rounding",
    "eps_dyn": "largest one-step error of the dynamics, as the bounds want it",
    "eps_rew": "largest one-step error of the reward",
    "lemma_1": "Lemma 1's bound of |gap|, inf where it is silent",
    "finite": "the finite-horizon bound of `finite_gap` (of `gap` without that column), else inf",
    "bounded": "the bound with bounded states, inf where there is none",
    "regret": "real return of the best policy of the class less `real_return`; inf where unknown",
    "regret_bound": "2 G + delta, inf where it is silent",
}
"""Columns of a record of rounds: one row an arm, seed and round. A world may add its own."""

STEP_COLUMNS = {
    "arm": "as above",
    "seed": "as above",
    "round": "as above",
    "step": "t = 0, 1, 2, ... along an imagined rollout",
    "reward_part": "what the reward's errors at step t contribute to the gap, discounted",
    "dynamics_part": "what the dynamics' errors at step t contribute to the gap, discounted",
}
"""Columns of a record of steps. Summed over all steps they are the parts of the round."""

P = TypeVar("P")
D = TypeVar("D")
M = TypeVar("M")


def run(
    policy: P,
    *,
    rounds: int,
    collect: Callable[[P, D | None], D],
    learn: Callable[[D], M],
    improve: Callable[[P, M], P],
    measure: Callable[[int, P, M, D], pd.DataFrame],
) -> tuple[P, M, pd.DataFrame]:
    """Collect, learn, train in imagination, measure; again and again.

    Parameters
    ----------
    policy : where it starts.
    rounds : how often to go round, at least 1.
    collect : acts in the real world; takes the policy and the data so far (None at first), returns all data.
    learn : makes models of the data.
    improve : trains the policy in the models. It is given nothing of the real world.
    measure : takes the number of the round, the policy it made, models and data, and returns rows of a table.

    Returns
    -------
    policy, models : those of the last round.
    table : DataFrame
        The rows of all rounds.
    """
    if isinstance(rounds, bool) or not isinstance(rounds, int) or rounds < 1:
        raise ValueError(f"rounds must be a whole number >= 1, got {rounds!r}")
    data: D | None = None
    tables = []
    for number in range(rounds):
        data = collect(policy, data)
        models = learn(data)
        policy = improve(policy, models)
        tables.append(measure(number, policy, models, data))
    return policy, models, pd.concat(tables, ignore_index=True)


@dataclass(frozen=True)
class Result:
    """Tables of rounds and steps, and how things stood after the last round of the loop in imagination."""

    rounds: pd.DataFrame
    steps: pd.DataFrame
    learned: Any
    policy: Any


def recorded(record: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recorded rounds and steps at full scale."""
    return records.load(record), records.load(f"{record}-steps")


def command(
    module: str,
    record: str,
    run: Callable[[Any, np.random.Generator], Result],
    scales: Mapping[str, Any],
    shown: Callable[[pd.DataFrame], pd.DataFrame],
) -> Command:
    """The command line of a loop: prints what is `shown` of the rounds, records them and their steps."""

    def tables(scale: str, *, seed: int) -> dict[str, pd.DataFrame]:
        """Go round at a scale; rounds and steps, by the end of their records' names."""
        found = run(scales[scale], np.random.default_rng(seed))
        return {"": found.rounds, "-steps": found.steps}

    return Command(
        module=module,
        record=record,
        run=tables,
        say=lambda found: shown(found[""]).to_string(),
        parameters=lambda scale: asdict(scales[scale]),
        scales=scales,
    )


def mean_by_round(column: str, digits: int) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """What to show of a loop: the mean of one column over seeds, an arm a row, a round a column."""
    return lambda table: table.groupby(["arm", "round"], sort=False)[column].mean().unstack().round(digits)
