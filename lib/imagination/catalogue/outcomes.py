"""What was tried of each claim, how often it was broken, and how much of its bound was ever used.

Everything is counted from the tables of the trials: those in ``data/``, and, where a chapter runs its trial
live and keeps no record, a larger run of the same trial:

    python -m imagination.catalogue.outcomes --record
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pandas as pd

from imagination import records
from imagination.claim import Claim
from imagination.results.kernels import claims as kernels
from imagination.results.registry import TOPICS
from imagination.results.return_gap import claims as return_gap
from imagination.trials.recording import Command
from imagination.trials.trial import Mutant, Outcome, Trial

__all__ = ["IN_PASSING", "OTHER", "RECORD", "in_passing", "read", "read_all", "run", "tried", "unread"]

RECORD = "outcomes"


@cache
def tried() -> tuple[tuple[Trial, tuple[Mutant, ...]], ...]:
    """Return every trial of every topic, with the mutants of its claim."""
    found = []
    for topic in TOPICS.values():
        mutants = f"{topic.__package__}.mutants"
        known = import_module(mutants).MUTANTS if find_spec(mutants) else ()
        for name in (f"{topic.__package__}.{each}" for each in ("trial", "network_trial")):
            for trial in import_module(name).TRIALS if find_spec(name) else ():
                found.append((trial, tuple(each for each in known if each.of.name == trial.claim.name)))
    return tuple(found)


# -- bounds that a training loop writes down in passing ------------------------------------------------------

IN_PASSING: Mapping[str, Mapping[str, tuple[Claim, str]]] = {
    "imagination-tabular": {
        "lemma_1": (kernels.WASSERSTEIN_BOUND, "gap"),
        "finite": (kernels.STOCHASTIC_FINITE, "finite_gap"),
        "bounded": (kernels.BOUNDED, "gap"),
        "simulation": (kernels.SIMULATION_LEMMA, "gap"),
        "regret_bound": (return_gap.REGRET, "regret"),
    },
    "imagination-linear-quadratic": {
        "lemma_1": (return_gap.LEMMA_1, "gap"),
        "finite": (return_gap.FINITE_HORIZON, "finite_gap"),
        "bounded": (return_gap.BOUNDED_STATES, "gap"),
        "regret_bound": (return_gap.REGRET, "regret"),
    },
}
"""The bounds that a loop writes down at each round: of which claim, and of what it bounds the size."""


def in_passing(name: str) -> Iterator[Outcome]:
    """What a record of a loop says of the bounds that stand in it."""
    table = records.load(name)
    for column, (claim, about) in IN_PASSING[name].items():
        rows = table[np.isfinite(table[column]) & (table[column] > 0)]  # arms without a model have no bound
        if len(rows):  # Lemma 1 is silent where gamma L >= 1
            ratio = (rows[about].abs() / rows[column]).to_numpy()
            yield Outcome(
                claim.name,
                name,
                problems=len(ratio),
                violations=int((~(ratio <= 1 + 1e-9)).sum()),
                median=float(np.median(ratio)),
                largest=float(ratio.max()),
            )


OTHER: Mapping[str, str] = {
    "audit-*": "what an audit finds and how often its intervals hold: a tool, no claim",
    "closed-loop-pendulum*": "a closed loop, with constants that were observed: what they give is no bound",
    "fidelity": "learning curves at equal budgets: what advice is worth, no claim",
    "fidelity-seeds": "their last returns, seed by seed",
    "fidelity-tuning": "what each step size came to on other seeds",
    "goodhart*": "learning curves under a biased judge and noisy experts",
    "imagination-*-steps": "where along a rollout imagination goes wrong",
    "imagination-agents": "agents trained in learned carts, and chosen there",
    "imagination-advice": "what the book's advice is worth in the loop",
    "imagination-arms*": "ways to imagine more on the pendulum",
    "imagination-branches*": "how long branches should be that train a policy: what is measured, no claim",
    "imagination-cartpole*": "the loop, with constants that were observed: what they give is no bound",
    "imagination-objectives*": "which objective trains the better policy, at equal budgets",
    "imagination-pendulum*": "the loop, with constants that were observed: what they give is no bound",
    "imagination-rankings*": "which of two policies imagination prefers: the use of a theorem",
    "imagination-rivals*": "agents that need no model",
    "imagination-splits": "splits of a budget on the grid and on random worlds",
    "lineage": "how tight many bounds are on the same pairs: a comparison of claims that are tried elsewhere",
    "interval-coverage": "how often the planner's intervals hold what they are about",
    "preferences*": "policies that climb rewards learned from comparisons: what is measured, no claim",
    RECORD: "trials that chapters run live, counted already",
    "representations*": "learned representations: measurements, no claim",
    "scaling*": "measurements to which laws are fitted; the laws are no claims",
    "sensitivity": "how far Theorem 1 with global constants is from the best split: its use, no claim",
    "stochastic-mrp-correlations": "which distance predicts the error of values: a question, not a claim",
    "stochastic-mrp-lemmas": "how much of two simulation lemmas is used on the same pairs, in summary",
}
"""Records that try no claim, by name or pattern, and what they hold."""


def unread() -> list[str]:
    """Return the records of which nobody says what they try."""
    told = {trial.record for trial, _ in tried()} | set(IN_PASSING)
    return [
        name
        for name in records.names()
        if name not in told and not any(fnmatch(name, pattern) for pattern in OTHER)
    ]


def read(name: str) -> list[Outcome]:
    """Return what one record says of claims."""
    if name in IN_PASSING:
        return list(in_passing(name))
    table = records.load(name)
    return [trial.outcome(table, mutants) for trial, mutants in tried() if trial.record == name]


def run(*, seed: int) -> pd.DataFrame:
    """Run the trials that chapters run live, larger; one row a claim, with the fields of `Outcome`."""
    tables: dict[Callable[..., pd.DataFrame], pd.DataFrame] = {}
    found = []
    for trial, mutants in tried():
        if not trial.record:
            if trial.systems not in tables:
                tables[trial.systems] = trial.systems("full", seed=seed)
            found.append(asdict(trial.outcome(tables[trial.systems], mutants)))
    return pd.DataFrame(found)


def read_all() -> dict[str, list[Outcome]]:
    """Return all outcomes by claim: those of the records first.

    Raises
    ------
    RecordError
        If a record is damaged or missing.
    """
    names = dict.fromkeys(trial.record for trial, _ in tried() if trial.record)
    found = [outcome for name in (*names, *IN_PASSING) for outcome in read(name)]
    found += [
        Outcome(**{str(k): v for k, v in row.items()}) for row in records.load(RECORD).to_dict("records")
    ]
    by_claim: dict[str, list[Outcome]] = {}
    for outcome in found:
        by_claim.setdefault(outcome.claim, []).append(outcome)
    return by_claim


def _say(table: pd.DataFrame) -> str:
    return table.drop(columns="source").to_string(index=False, float_format=lambda x: f"{x:.3g}")


main = Command(
    module="imagination.catalogue.outcomes",
    record=RECORD,
    run=run,
    say=_say,
    parameters=lambda _: {"trials": sorted({trial.source for trial, _ in tried() if not trial.record})},
    scales={},
    violations=lambda table: table[table["violations"] > 0],
    unit="claims",
)


if __name__ == "__main__":
    raise SystemExit(main())
