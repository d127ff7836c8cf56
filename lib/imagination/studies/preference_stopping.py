"""When to stop climbing a learned reward: rules that need only comparisons, each with one number to tune.

    python -m imagination.studies.preference_stopping --record

makes the recorded tables again. A rule is given a number of comparisons, and pays out of it for whatever it
holds out or asks anew. Its number is tuned twice, on seeds that it is not judged on: on problems of the same
family, and, as one has to who never sees a true return, on the other families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from imagination import records
from imagination.reinforce.problems import softmax
from imagination.studies import preferences
from imagination.studies.preference_curves import GRID, MODELS
from imagination.studies.preferences import Answers, Learned
from imagination.trials import compare
from imagination.trials.recording import Command
from imagination.trials.sweep import sweep

__all__ = ["COUNTS", "RECORD", "RULES", "SCALES", "chosen", "gains", "recorded", "regrets", "run"]

Array = NDArray[np.floating]

RECORD = "preferences-stopping"
COUNTS = (50, 200, 800)
"""Comparisons that a rule may spend."""

SCALES = {
    "quick": {"tuning": 1, "judged": 1, "size": 50},
    "full": {"tuning": 3, "judged": 4, "size": 50},
}
"""Batches of seeds, and problems in each."""

RESAMPLES = 8
"""Models of an ensemble."""

_DISTANCES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
_ERRORS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_TEMPERATURES = tuple(2.0**power for power in range(-8, 2))
_STEPS = tuple(4.0**power for power in range(6))
_SHARES = (0.1, 0.2, 0.35, 0.5, 0.7)
_FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0, 3.0)
_DUELS = np.array([5, 10, 15, 20, 25])


@dataclass(frozen=True, eq=False)
class _Case:
    """What a rule may look at: problems' features and start, comparisons, and the model learned of them."""

    problems: Answers
    data: tuple[Array, Array]
    model: str
    rng: np.random.Generator
    found: Learned
    policies: Array

    def fit(self, rows: slice = slice(None), times: Array | None = None) -> Array:
        """Rewards learned from some of the comparisons, with the prior of all."""
        apart, won = (each[:, rows] for each in self.data)
        return preferences.learned(apart, won, self.found.spread, times=times).rewards(self.problems)


def _case(problems: Answers, data: tuple[Array, Array], model: str, rng: np.random.Generator) -> _Case:
    found = MODELS[model](*data)
    policies, _ = preferences.tilted(problems.chance, found.rewards(problems), GRID)
    return _Case(problems, data, model, rng, found, policies)


def _at(case: _Case, index: NDArray[np.integer]) -> Array:
    """True gains (B, K) of stopping at points (B, K) of the grid."""
    return np.take_along_axis(case.problems.gain(case.policies), index, axis=1)


def _end(case: _Case, knobs: Array) -> Array:
    return _at(case, np.full((len(case.problems), len(knobs)), len(GRID) - 1))


def _distance(case: _Case, knobs: Array) -> Array:
    return _at(case, np.tile(np.abs(GRID - knobs[:, None]).argmin(axis=1), (len(case.problems), 1)))


def _penalty(case: _Case, knobs: Array) -> Array:
    start, rewards = np.log(case.problems.chance), case.found.rewards(case.problems)
    return case.problems.gain(softmax(start[:, None] + rewards[:, None] / knobs[:, None]))


def _steps(case: _Case, knobs: Array) -> Array:
    climbed = preferences.ascended(case.problems.chance, case.found.rewards(case.problems), knobs)
    return case.problems.gain(climbed)


def _best(score: Array, knobs: Array, spread: Array) -> NDArray[np.integer]:
    """Where the score (B, D) less so many spreads (B, D) is largest, (B, K); the first of equals."""
    return (score[:, None] - knobs[:, None] * spread[:, None]).argmax(axis=-1)


def _bound(case: _Case, knobs: Array) -> Array:
    """The learned gain less so many of its standard errors."""
    rewards = case.found.rewards(case.problems)
    error = case.found.error(case.problems, case.policies)
    return _at(case, _best(case.problems.gain(case.policies, rewards), knobs, error))


def _ensemble(case: _Case, knobs: Array) -> Array:
    """The mean gain of models of resampled comparisons, less so many of their standard deviations."""
    count = case.data[1].shape[1]
    times = case.rng.multinomial(count, np.full(count, 1 / count), (RESAMPLES, len(case.problems)))
    judged = [case.problems.gain(case.policies, case.fit(times=each)) for each in times.astype(float)]
    return _at(case, _best(np.mean(judged, axis=0), knobs, np.std(judged, axis=0, ddof=1)))


def _second(case: _Case, knobs: Array) -> Array:
    """Each half's policies, judged by the model of the other half, say how far; so many times as far."""
    half = case.data[1].shape[1] // 2
    models = case.fit(slice(half)), case.fit(slice(half, None))
    judged = [
        case.problems.gain(preferences.tilted(case.problems.chance, mine, GRID)[0], other)
        for mine, other in (models, models[::-1])
    ]
    far = GRID[np.mean(judged, axis=0).argmax(axis=1)][:, None] * knobs
    return _at(case, np.abs(GRID[:, None, None] - far).argmin(axis=0))


def _duels(case: _Case, knobs: Array) -> Array:
    """A share of the comparisons sets the policies at five distances against the start: stop at most wins."""
    count, found = case.data[1].shape[1], []
    worth = case.problems.worth
    wins = expit(worth[:, :, None] - worth[:, None])
    for share in knobs:
        kept = round(count * (1 - share))
        rest = _case(case.problems, (case.data[0][:, :kept], case.data[1][:, :kept]), case.model, case.rng)
        met = rest.policies[:, _DUELS]
        chance = np.einsum("bdn,bnm,bm->bd", met, wins, case.problems.chance)
        asked = max(1, (count - kept) // len(_DUELS))
        won = case.rng.binomial(asked, np.clip(chance, 0, 1)) / asked
        index = np.where(won.max(axis=1) > 0.5, _DUELS[won.argmax(axis=1)], 0)
        found.append(_at(rest, index[:, None])[:, 0])
    return np.stack(found, axis=1)


def _cautious(case: _Case, knobs: Array) -> Array:
    """To the end of rewards that are each less so many of their own standard errors."""
    size = case.problems.chance.shape[1]
    single = np.broadcast_to(np.eye(size), (len(case.problems), size, size))
    error = case.found.error(case.problems, single)
    sure = case.found.rewards(case.problems)[:, None] - knobs[:, None] * error[:, None]
    return case.problems.gain(np.eye(size)[sure.argmax(axis=-1)])


Rule = Callable[[_Case, Array], Array]
RULES: Mapping[str, tuple[Rule, tuple[float, ...]]] = {
    "to the end": (_end, (0.0,)),
    "distance": (_distance, _DISTANCES),
    "penalty": (_penalty, _TEMPERATURES),
    "gradient steps": (_steps, _STEPS),
    "lower bound": (_bound, _ERRORS),
    "ensemble": (_ensemble, _ERRORS),
    "second judge": (_second, _FACTORS),
    "duels": (_duels, _SHARES),
    "cautious rewards": (_cautious, _ERRORS),
}
"""Each with the values among which its number is tuned."""


def gains(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """True gains of every rule with each value of its number, on problems of one family: see `run`."""
    problems = preferences.draw(configuration["family"], configuration["size"], rng)
    data = preferences.compared(problems, configuration["comparisons"], rng)
    who = {key: configuration[key] for key in ("part", "family", "comparisons")}
    first, rows = configuration["size"] * configuration["batch"], []
    for model in MODELS:
        case = _case(problems, data, model, rng)
        oracle = problems.gain(case.policies).max(axis=1)
        for name, (rule, knobs) in RULES.items():
            table = pd.DataFrame(rule(case, np.array(knobs)), columns=knobs)
            table = table.assign(seed=first + table.index, oracle=oracle)
            long = table.melt(["seed", "oracle"], var_name="knob", value_name="gain")
            rows.append(long.assign(**who, model=model, rule=name))
    return pd.concat(rows, ignore_index=True)


def run(
    scale: str = "quick", *, seed: int = 0, families: Sequence[str] = preferences.FAMILIES, **options: Any
) -> dict[str, pd.DataFrame]:
    """Tune every rule, and judge it on other seeds.

    Returns
    -------
    dict
        "": `family`, `comparisons`, `model`, `rule` and `seed`, of seeds that nothing was tuned on: true gain
        with the number tuned on the `own` family, and tuned `elsewhere`, on the other ones; `oracle`, the
        gain at the peak of that seed's own curve, under the KL penalty and this model.
        "-tuning": for each value of each rule's number (`knob`) the mean `gain` on the seeds for tuning, that
        of the `oracle` there, and whether it was chosen, `own` and `elsewhere`.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    about = SCALES[scale]
    configurations = [
        {"part": part, "family": family, "comparisons": count, "batch": batch, "size": about["size"]}
        for family in families
        for count in COUNTS
        for part, start in (("tuning", 0), ("judged", about["tuning"]))
        for batch in range(start, start + about[part])
    ]
    options = {"progress": False} | options
    found = sweep(gains, configurations, seed=seed, **options)
    tuned = chosen(found[found["part"] == "tuning"])
    judged = found[found["part"] == "judged"]
    keys = [*_ARM, "knob"]
    parts = []
    for how in ("own", "elsewhere"):
        picked = judged.merge(tuned.loc[tuned[how], keys], on=keys)
        parts.append(picked.set_index([*_ARM, "seed"])["gain"].rename(how))
    parts.append(judged.groupby([*_ARM, "seed"], sort=False)["oracle"].first())
    return {"": pd.concat(parts, axis=1).reset_index(), "-tuning": tuned}


_ARM = ["family", "comparisons", "model", "rule"]


def chosen(tried: pd.DataFrame) -> pd.DataFrame:
    """The mean gain of each value of each rule's number, and which is best: on the family, and on the others.

    On the others gains are counted as shares of what the oracle has there.
    """
    means = tried.groupby([*_ARM, "knob"], sort=False)[["gain", "oracle"]].mean().reset_index()
    share = means["gain"] / means["oracle"]
    of_all = share.groupby([means[key] for key in (*_ARM[1:], "knob")]).transform("sum")
    scores = {"own": share, "elsewhere": of_all - share}
    for name, score in scores.items():
        best = score.groupby([means[key] for key in _ARM]).transform("idxmax")
        means[name] = means.index == best
    return means


def recorded(part: str = "") -> pd.DataFrame:
    """One of the recorded tables at full scale: see `run`."""
    return records.load(RECORD + part)


def regrets(table: pd.DataFrame, rng: np.random.Generator, *, tuned: str = "elsewhere") -> pd.DataFrame:
    """Regret of each rule against one oracle, as a share of what the oracle gains, with its interval.

    The oracle stops the flat model at each seed's own peak under the KL penalty. Regret below 0 is a gain
    that stopping alone cannot have. Families count alike.

    Returns
    -------
    DataFrame
        By `comparisons`, `model` and `rule`: `regret` with `low` and `high`, a bootstrap over seeds, and
        `worst`, that of the family where it is largest.
    """
    flat = table[table["model"] == "flat"].groupby(["family", "comparisons", "seed"])["oracle"].first()
    base = flat.groupby(["family", "comparisons"]).mean()
    rows = []
    for (count, model, rule), part in table.groupby(_ARM[1:], sort=False):
        shares = [
            (flat[family, count].reindex(own["seed"]).to_numpy() - own[tuned].to_numpy())
            / base[family, count]
            for family, own in part.groupby("family", sort=False)
        ]
        middle, low, high = compare.interval(np.stack(shares, axis=1).mean(axis=1), rng, statistic=np.mean)
        worst = max(share.mean() for share in shares)
        rows.append((count, model, rule, float(middle), float(low), float(high), worst))
    names = ["comparisons", "model", "rule", "regret", "low", "high", "worst"]
    return pd.DataFrame(rows, columns=names).set_index(names[:3])


main = Command(
    module="imagination.studies.preference_stopping",
    record=RECORD,
    run=run,
    say=lambda tables: regrets(tables[""], np.random.default_rng(0)).round(3).to_string(),
    parameters=lambda scale: SCALES[scale] | {"counts": list(COUNTS)},
    scales=SCALES,
    options=("workers", "store"),
    compact=lambda table: table.round(3),
)


if __name__ == "__main__":
    raise SystemExit(main())
