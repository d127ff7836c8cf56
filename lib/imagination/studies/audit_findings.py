"""How often an audit finds a fault that was planted, and how often it finds one where there is none.

Random worlds (`audit_worlds`) with 30 logged episodes each. The model is the world itself, but for one
fault, whose size is drawn from the range that `SIZES` states. Whatever alarm a perfect model gets is false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np
import pandas as pd
from scipy import stats

from imagination import records
from imagination.audit import findings, places
from imagination.audit.episodes import Episodes
from imagination.audit.evidence import Evidence
from imagination.audit.parts import decompose, one_step
from imagination.audit.suspicions import Errors
from imagination.studies.audit_worlds import KINDS, Array, Model, World, collect, perfect, random_world

__all__ = ["FAULTS", "RECORD", "SIZES", "evidence", "record", "run", "tables"]

RECORD = "audit-findings"
EPISODES = 30
LEVEL = 0.95
SEED = 2026

FAULTS = {
    "reward off by one": "reward_lag",
    "terminations ignored": "continuation",
    "dynamics biased in a region": "local_dynamics",
    "optimistic reward": "optimistic_reward",
    "noise in the model": "noise_in_model",
    "none": None,
    "none, rare rewards": None,
}
"""What is planted, and the name of the finding that is right."""

CASES = dict.fromkeys(FAULTS, 200) | {"none": 600, "none, rare rewards": 300}
"""How many cases of each."""

SIZES = {
    "reward off by one": "error of the model's reward besides, share of the rewards' spread: 0 to 0.5",
    "terminations ignored": "share of episodes that ended, as it comes",
    "dynamics biased in a region": "shift, in typical steps: 0.1 to 3, where one coordinate is between "
    "quantiles that hold 10 to 40% of the steps",
    "optimistic reward": "shift near where the policy goes, share of the rewards' spread: 0.03 to 1",
    "noise in the model": "standard deviation, in typical steps: 0.05 to 2",
    "none": "none",
    "none, rare rewards": "mean number of rewards in an episode; each pays 1, with a probability that is "
    "uniform in its logarithm from 0.001 to 0.1 over states and actions",
}
"""The fault's size and its range; shifts and noise are uniform in their logarithms."""


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def evidence(fault: str, number: int, seed: int = SEED) -> tuple[Evidence, dict[str, object], Array | None]:
    """Draw case `number` with a fault: what its audit measures, what was drawn, and which steps err."""
    rng = np.random.default_rng([seed, list(FAULTS).index(fault), number])
    kinds = {"dynamics biased in a region": KINDS[1:], "none, rare rewards": KINDS[:1]}.get(fault, KINDS)
    kind, stochastic = str(rng.choice(kinds)), bool(number % 2)
    world = random_world(kind, stochastic, fault == "terminations ignored" or bool(rng.random() < 0.5), rng)
    if fault == "none, rare rewards":
        world = replace(world, reward=_rare(world.reward), reward_noise=0.0)
    log = collect(world, EPISODES, rng)
    if fault == "terminations ignored" and not log.terminated.any():
        world = random_world(kind, stochastic, True, rng)
        log = collect(world, EPISODES, rng)
    log, model, size, region = _planted(fault, world, log, rng)
    drawn: dict[str, object] = {"fault": fault, "number": number, "world": kind, "stochastic": stochastic}
    parts = decompose(
        log, model, world.policy, gamma=world.gamma, horizons=np.array([world.horizon]), rng=rng
    )
    found = Evidence(log, model, world.policy, world.gamma, LEVEL, one_step(log, model), True, parts, rng)
    return found, drawn | {"size": size}, region


def _planted(
    fault: str, world: World, log: Episodes, rng: np.random.Generator
) -> tuple[Episodes, Model, float, Array | None]:
    """A log and a model with the fault, its size, and where it is (which transitions) if in one place."""
    model = perfect(world, np.random.default_rng(rng.integers(2**32)))
    spread = float(log.reward.std())
    step = (log.next_state - log.state).std(axis=0)
    if fault == "reward off by one":
        size = float(rng.uniform(0, 0.5))
        wave = _wave(log, rng)
        wrong = replace(model, reward=lambda s, a: model.reward(s, a) + size * spread * wave(s))
        return _shifted(log, 1 if rng.random() < 0.5 else -1), wrong, size, None
    if fault == "terminations ignored":
        return log, replace(model, proceed=lambda s, a: np.ones(len(s))), float(log.ended().mean()), None
    if fault == "dynamics biased in a region":
        size = _log_uniform(rng, 0.1, 3)
        inside = _interval(log, rng)
        shift = rng.standard_normal(len(step))
        shift *= size * np.linalg.norm(step) / np.linalg.norm(shift)
        wrong = replace(model, move=lambda s, a, g: world.move(s, a, g) + inside(s)[:, None] * shift)
        return log, wrong, size, inside(log.state)
    if fault == "optimistic reward":
        size = _log_uniform(rng, 0.03, 1)
        middle, width = log.state.mean(axis=0), log.state.std(axis=0) + 1e-9

        def near(state: Array) -> Array:
            return np.exp(-(((state - middle) / width) ** 2).mean(axis=1) / 2)

        return (
            log,
            replace(model, reward=lambda s, a: model.reward(s, a) + size * spread * near(s)),
            size,
            None,
        )
    if fault == "noise in the model":
        size = _log_uniform(rng, 0.05, 2)
        noisy = lambda s, a, g: world.move(s, a, g) + size * step * g.standard_normal(s.shape)  # noqa: E731
        return log, replace(model, move=noisy, stochastic=True), size, None
    if fault == "none, rare rewards":
        log = replace(log, reward=(rng.random(len(log.reward)) < log.reward).astype(float))
        return log, model, float(log.reward.sum() / EPISODES), None
    return log, model, 0.0, None


def _rare(reward: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """Rewards from −1 to 1 as probabilities of being paid 1, from 0.001 to 0.1."""
    return lambda state, action: 10 ** (-2 + reward(state, action))


def _wave(log: Episodes, rng: np.random.Generator) -> Callable[[Array], Array]:
    """A smooth function of the state with mean square about 1."""
    width = log.state.std(axis=0) + 1e-9
    direction = rng.standard_normal(log.state.shape[1]) / width
    phase = rng.uniform(0, 2 * np.pi)
    return lambda state: np.sqrt(2) * np.sin(state @ direction + phase)


def _interval(log: Episodes, rng: np.random.Generator) -> Callable[[Array], Array]:
    """Membership of an interval of one coordinate that holds 10 to 40% of the steps."""
    coordinate = int(rng.integers(log.state.shape[1]))
    held = rng.uniform(0.1, 0.4)
    first = rng.uniform(0, 1 - held)
    low, high = np.quantile(log.state[:, coordinate], [first, first + held])
    return lambda state: (state[:, coordinate] >= low) & (state[:, coordinate] <= high)


def _shifted(log: Episodes, by: int) -> Episodes:
    """The log with its rewards written `by` rows later in their episode; 0 where none is left."""
    reward = np.zeros_like(log.reward)
    for start, length in zip(log.start, log.length, strict=True):
        own = log.reward[start : start + length]
        moved = np.roll(own, by)
        moved[0 if by > 0 else -1] = 0.0
        reward[start : start + length] = moved
    return replace(log, reward=reward)


def run(fault: str, numbers: range, seed: int = SEED) -> pd.DataFrame:
    """Audit the cases with these numbers.

    Returns
    -------
    DataFrame
        A row a case: `fault`, `number`, `world` (its kind), whether it is `stochastic`, the fault's `size`
        (see `SIZES`), whether the `right` finding was an alarm, all `alarms` by name, and the `overlap` of
        the region found with the planted one (steps in both, as a share of those in either).
    """
    rows = []
    for number in numbers:
        asked, drawn, region = evidence(fault, number, seed)
        found = findings.find(asked)
        alarms = sorted({each.name for each in found if each.severity != "note"})
        rows.append(
            drawn
            | {
                "right": FAULTS[fault] in alarms,
                "alarms": " ".join(alarms),
                "overlap": _overlap(asked, region)
                if "local_dynamics" in alarms and region is not None
                else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _overlap(asked: Evidence, planted: Array) -> float:
    """Steps in both the region found and the planted one, as a share of those in either."""
    region = places.worst_region(Errors(asked))
    if region is None:
        return np.nan
    return float((region.inside & planted).sum() / (region.inside | planted).sum())


def intervals(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Share of right findings by group, with Clopper and Pearson's 95% interval."""
    groups = rows.groupby(by, observed=True)["right"].agg(["sum", "size"])
    exact = [stats.binomtest(int(k), int(n)).proportion_ci() for k, n in groups.to_numpy()]
    shares = groups["sum"] / groups["size"]
    ends = pd.DataFrame(exact, index=groups.index, columns=["low", "high"])
    return pd.concat([groups["size"].rename("cases"), shares.rename("share"), ends], axis=1)


def tables(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What the record says.

    Returns
    -------
    dict of str to DataFrame
        ``power`` by fault; ``by chance``, by whether the world is stochastic; ``sizes``, by thirds of the
        fault's size; ``false alarms`` of perfect models (its share is that of cases with any alarm);
        ``beside``, how often each other alarm came with each fault.
    """
    planted = rows[rows["fault"].map(FAULTS).notna()]
    none = rows[rows["fault"].map(FAULTS).isna()]
    none = none.assign(right=none["alarms"].fillna("") != "")
    third = planted.groupby("fault")["size"].transform(lambda size: pd.qcut(size, 3, duplicates="drop"))
    other = (
        planted.assign(alarm=planted["alarms"].fillna("").str.split()).explode("alarm").dropna(subset="alarm")
    )
    other = other[other["alarm"] != other["fault"].map(FAULTS)]
    cases = planted.groupby("fault").size()
    return {
        "power": intervals(planted, ["fault"]),
        "by chance": intervals(planted, ["fault", "stochastic"]),
        "sizes": intervals(planted.assign(third=third), ["fault", "third"]),
        "false alarms": intervals(none, ["fault", "stochastic"]),
        "beside": (other.groupby(["fault", "alarm"]).size() / cases).rename("share").to_frame(),
    }


def record() -> records.Record:
    """Run every case and store what was found in `data/`."""
    begin = perf_counter()
    rows = pd.concat([run(fault, range(CASES[fault])) for fault in FAULTS], ignore_index=True)
    return records.save(
        RECORD,
        rows,
        command="python -m imagination.studies.audit_findings",
        parameters={"cases": CASES, "episodes": EPISODES, "level": LEVEL, "seed": SEED, "sizes": SIZES},
        seconds=perf_counter() - begin,
    )


if __name__ == "__main__":
    print(record())
