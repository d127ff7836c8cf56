"""Whom imagination prefers: every policy of the recorded loops, in models that each of them learned.

    python -m imagination.studies.loop.rankings --scale full --record

makes the records again. Any two policies have a real order and one in each model. Which orders are certain,
by what one may know, is counted by `rankings_report`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from imagination import records
from imagination.audit import intervals, rank
from imagination.studies.loop.ranking_systems import SYSTEMS, Subject, subject
from imagination.trials.recording import Command, rounded

__all__ = ["COLUMNS", "RECORD", "SCALES", "VERDICT_COLUMNS", "recorded", "returns", "run", "verdicts"]

Array = NDArray[Any]

RECORD = "imagination-rankings"

COLUMNS = {
    "system": "grid, spiral, pendulum or cart",
    "model_round": "round of the loop whose data the model was learned from",
    "model_seed": "run in which it was learned",
    "round": "round after which the policy was kept",
    "seed": "run in which it was trained",
    "imagined": "return in the model; where starts are drawn, from the same as `real`",
    "real": "return in the world",
    "eps_dyn": "the model's largest error in total variation; inf where it is not known",
    "bound": "largest gap of any policy that the model's largest errors allow; inf where none is known",
}
"""Columns of the record of returns: one row a model and policy."""

VERDICT_COLUMNS = {
    "system": "as above",
    "model_seed": "whose last model",
    "better_round": "of the policy that imagination prefers",
    "better_seed": "its run",
    "worse_round": "of the other policy",
    "worse_seed": "its run",
    "method": "audit: `imagination.audit.rank` with logs of both; weights: importance weights, a log of one",
    "starts": "whether the two logs have the same starts",
    "episodes": "in each log",
    "verdict": "safe, unsafe, undetermined; or refused, where the audit took a log for another policy's",
    "ahead": "by how much the first is better in the world",
}
"""Columns of the record of verdicts: one row a model, pair of policies and way to decide."""

SCALES: Mapping[str, Mapping[str, Any]] = {
    "quick": {"systems": SYSTEMS[:2], "seeds": 3, "rounds": 4, "models": (2, 3), "episodes": (10,)},
    "full": {"systems": SYSTEMS, "seeds": 20, "rounds": None, "models": (3, 9), "episodes": (10, 30)},
}

BACK = (0, 1, 3)
"""Verdicts are about a run's policies of the last round and so many rounds before, and another run's."""


def returns(found: Subject, models: tuple[int, ...]) -> pd.DataFrame:
    """Returns of all policies in the models of some rounds: `COLUMNS` but `system`."""
    policies = np.arange(len(found.real))
    tables = []
    for number in models:
        certificate = found.certificate(number)
        for seed in range(found.seeds):
            columns: dict[str, Any] = {"model_round": number, "model_seed": seed}
            columns |= {"round": policies // found.seeds, "seed": policies % found.seeds}
            columns |= {"imagined": found.imagined(number, seed), "real": found.real}
            columns |= {name: values[seed] for name, values in certificate.items()}
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def verdicts(found: Subject, episodes: tuple[int, ...]) -> pd.DataFrame:
    """What few real episodes say of orders in the last models: `VERDICT_COLUMNS` but `system`."""
    rows: list[dict[str, Any]] = []
    last = found.rounds - 1
    for seed in range(found.seeds):
        runs = (seed, (seed + 1) % found.seeds)
        chosen = [(last - back) * found.seeds + run for run in runs for back in BACK]
        imagined = found.imagined(last, seed)
        ways = [(number, True) for number in episodes]
        if found.chances is None:  # the grid has one start only
            ways.append((episodes[-1], False))
        for number, same in ways:
            pairs = [*_audited(found, seed, chosen, number, same)]
            if found.chances is not None:
                pairs += _weighed(found, seed, chosen, number, imagined)
            rows += [{"model_seed": seed, "starts": same, "episodes": number} | pair for pair in pairs]
    table = pd.DataFrame(rows)
    table["ahead"] = found.truth[table["better"]] - found.truth[table["worse"]]
    for role in ("better", "worse"):
        table[f"{role}_round"], table[f"{role}_seed"] = np.divmod(table[role], found.seeds)
    return table[list(VERDICT_COLUMNS)[1:]]


def _audited(
    found: Subject, seed: int, chosen: list[int], episodes: int, same: bool
) -> Iterator[dict[str, Any]]:
    """What `imagination.audit.rank` says, as whoever has the logs would ask it."""
    first = 1_000 * seed + episodes
    logs = {
        str(policy): found.log(policy, episodes, first if same else first + 100 * (1 + number))
        for number, policy in enumerate(chosen)
    }
    policies = {str(policy): found.policy(policy) for policy in chosen}
    model = found.model(found.rounds - 1, seed)
    try:
        pairs = rank(model, policies, logs, gamma=found.gamma, horizon=found.horizon).pairs
    except ValueError as error:  # one stochastic policy's log in a hundred is taken for another's
        if "the log's actions are not the policy's" not in str(error):
            raise
        pairs = pd.DataFrame(_pairs(found.imagined(found.rounds - 1, seed), chosen))
        pairs["verdict"] = "refused"
    for pair in pairs.to_dict("records"):
        names = {"better": int(pair["better"]), "worse": int(pair["worse"])}
        yield names | {"method": "audit", "verdict": pair["verdict"]}


def _pairs(imagined: Array, chosen: list[int]) -> list[dict[str, int]]:
    """All pairs, the one that imagination prefers first."""
    order = sorted(chosen, key=lambda policy: -imagined[policy])
    return [{"better": one, "worse": other} for i, one in enumerate(order) for other in order[i + 1 :]]


def _weighed(
    found: Subject, seed: int, chosen: list[int], episodes: int, imagined: Array
) -> Iterator[dict[str, Any]]:
    """The real order from a log of the preferred policy alone, weighted step by step for the other."""
    assert found.chances is not None
    for pair in _pairs(imagined, chosen):
        log = found.log(pair["better"], episodes, 1_000 * seed + episodes)
        at = log["state"][:, 0].astype(int), log["action"][:, 0]
        ratio = found.chances(pair["worse"])[at] / found.chances(pair["better"])[at]
        weight = ratio.reshape(episodes, found.horizon).cumprod(axis=1)
        earned = found.gamma ** np.arange(found.horizon) * log["reward"].reshape(episodes, -1)
        ahead = intervals.estimate(((1 - weight) * earned).sum(axis=1), 0.95)
        verdict = "safe" if ahead.low > 0 else "unsafe" if ahead.high < 0 else "undetermined"
        yield pair | {"method": "weights", "verdict": verdict}


def run(scale: str, *, seed: int) -> dict[str, pd.DataFrame]:
    """Rank the policies of all systems; returns and verdicts, by the end of their records' names.

    Seed 0 goes through the recorded loops, and trains the recorded policies.
    """
    torch.set_num_threads(1)
    sizes = SCALES[scale]
    tables: dict[str, list[pd.DataFrame]] = {"": [], "-verdicts": []}
    for name in sizes["systems"]:
        found = subject(name, sizes["seeds"], sizes["rounds"], first=seed)
        tables[""].append(returns(found, sizes["models"]).assign(system=name))
        tables["-verdicts"].append(verdicts(found, sizes["episodes"]).assign(system=name))
    columns = {"": list(COLUMNS), "-verdicts": list(VERDICT_COLUMNS)}
    return {
        suffix: rounded(pd.concat(parts, ignore_index=True)[columns[suffix]], 7)
        for suffix, parts in tables.items()
    }


def recorded() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recorded returns and verdicts."""
    return records.load(RECORD), records.load(f"{RECORD}-verdicts")


main = Command(
    module="imagination.studies.loop.rankings",
    record=RECORD,
    run=run,
    say=lambda found: found["-verdicts"].groupby(["system", "method", "episodes"])["verdict"]
    .value_counts().unstack(fill_value=0).to_string(),
    parameters=lambda scale: {**SCALES[scale], "level": 0.95, "back": BACK},
    scales=SCALES,
)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
