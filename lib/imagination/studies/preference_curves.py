"""Over-optimisation of rewards learned from comparisons: true return by how far a policy has gone.

    python -m imagination.studies.preference_curves --record

makes the recorded curves again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination import records
from imagination.studies import preferences
from imagination.studies.preferences import Answers, Learned
from imagination.trials.recording import Command
from imagination.trials.sweep import generator

__all__ = ["COUNTS", "FORMS", "GRID", "MODELS", "RECORD", "SCALES", "fitted", "of", "recorded", "run"]

Array = NDArray[np.floating]

RECORD = "preferences"
COUNTS = (50, 200, 800)
GRID = np.linspace(0, 3, 31)
"""Distances from the start: roots of the divergence."""

MODELS: Mapping[str, Callable[[Array, Array], Learned]] = {
    "flat": preferences.flat,
    "shrunk": preferences.shrunk,
}
"""Reward models: next to the largest likelihood, and with the prior that makes the comparisons likeliest."""

SCALES = {"quick": {"seeds": 50}, "full": {"seeds": 120}}
FRESH = (0.5, 1.0, 2.0)
"""Distances of the policies whose answers are compared, where comparisons are refreshed."""

_DRAWS = 2.0 ** np.arange(15)
_STEPS = np.unique(np.round(2.0 ** np.arange(0, 10.1, 0.5)))
_RESAMPLES = 1000

FORMS: Mapping[str, Callable[[Array], Array]] = {
    "best of n": lambda d: np.stack([d, -(d**2)], axis=-1),
    "RL": lambda d: np.stack([d, -d * np.log(np.where(d > 0, d, 1))], axis=-1),
}
"""What d (alpha - beta d) and d (alpha - beta log d) multiply alpha and beta by [GSH23]."""


def fitted(distance: ArrayLike, gain: ArrayLike, form: str, *, until: float = np.inf) -> dict[str, Any]:
    """Fit one of `FORMS` by least squares to the points up to a distance.

    Returns
    -------
    dict
        `alpha`, `beta`; `peak`, the distance at which the form is largest (infinite if it only rises);
        `fit`, the form at all distances; `R2`, on the points that were fitted.

    Raises
    ------
    ValueError
        If there is no such form, or fewer than three points.
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    distance, gain = np.asarray(distance, float), np.asarray(gain, float)
    used, design = distance <= until, FORMS[form](distance)
    if used.sum() < 3:
        raise ValueError(f"until must leave three points or more, got {until} which leaves {used.sum()}")
    (alpha, beta), *_ = np.linalg.lstsq(design[used], gain[used], rcond=None)
    fit, seen = design @ [alpha, beta], gain[used]
    peak = np.inf
    if beta > 0:
        with np.errstate(over="ignore"):  # farther than there are numbers
            peak = alpha / (2 * beta) if form == "best of n" else np.exp(alpha / beta - 1)
    unexplained = ((seen - fit[used]) ** 2).sum() / ((seen - seen.mean()) ** 2).sum()
    return {"alpha": alpha, "beta": beta, "peak": float(peak), "fit": fit, "R2": 1 - unexplained}


def _tilted(problems: Answers, rewards: Array) -> tuple[Array, Array]:
    policies, _ = preferences.tilted(problems.chance, rewards, GRID)
    return problems.gain(policies), problems.gain(policies, rewards)


def _along(problems: Answers, rewards: Array, policies: Array) -> tuple[Array, Array]:
    far = np.sqrt(preferences.divergence(policies, problems.chance))
    both = problems.gain(policies), problems.gain(policies, rewards)
    true, proxy = (preferences.on_grid(far, each, GRID) for each in both)
    return true, proxy


def of(
    problems: Answers, count: int, model: str, rng: np.random.Generator, *, fresh: Sequence[float] = FRESH
) -> dict[tuple[str, str], Any]:
    """True and learned gains (B, D) on `GRID`, by where comparisons are from and by the way up."""
    learn = MODELS[model]
    rewards = learn(*preferences.compared(problems, count, rng)).rewards(problems)
    best = preferences.best_of(problems.chance, rewards, _DRAWS)
    climbed = preferences.ascended(problems.chance, rewards, np.append(0, _STEPS))
    found = {
        ("start", "penalty"): _tilted(problems, rewards),
        ("start", "best of n"): _along(problems, rewards, best),
        ("start", "gradient"): _along(problems, rewards, climbed),
    }
    for distance in fresh:
        data = preferences.refreshed(problems, count, rng, learn, distance=distance)
        found[f"refreshed at {distance:g}", "penalty"] = _tilted(problems, learn(*data).rewards(problems))
    return found


def _summed(
    found: Mapping[tuple[str, str], Any], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means over seeds and where they peak, with bootstrap intervals over whole seeds."""
    seeds = len(next(iter(found.values()))[0])
    weights = (
        np.vstack([np.ones(seeds), rng.multinomial(seeds, np.full(seeds, 1 / seeds), _RESAMPLES)]) / seeds
    )
    curves, peaks, base = [], [], weights @ found["start", "penalty"][0]
    for (collected, way), (true, learned) in found.items():
        who = {"collected": collected, "way": way}
        means = weights @ true
        low, high = np.quantile(means[1:], [0.025, 0.975], axis=0)
        columns = {"true": means[0], "true low": low, "true high": high, "learned": learned.mean(axis=0)}
        curves.append(pd.DataFrame(who | {"distance": GRID} | columns))
        top = means.max(axis=1)
        values = {
            "peak": GRID[means.argmax(axis=1)], "height": top, "lost": top - means[:, -1],
            "ahead": top - base.max(axis=1),
        }  # fmt: skip
        for name, value in values.items():
            ends = np.quantile(value[1:], [0.025, 0.975])
            who |= {name: value[0], f"{name} low": ends[0], f"{name} high": ends[1]}
        peaks.append(who | {"each": true.max(axis=1).mean()})
    return pd.concat(curves, ignore_index=True), pd.DataFrame(peaks)


def run(
    scale: str = "quick", *, seed: int = 0, which: Sequence[tuple[str, int, str]] | None = None
) -> dict[str, pd.DataFrame]:
    """Draw problems of every family, learn rewards from comparisons, climb them; or do `which` alone.

    Returns
    -------
    dict
        "": `family`, `comparisons`, `model`, where they were `collected`, the `way` up, `distance`; over
        seeds the mean `true` gain with the ends of its 95% interval, and the `learned` one.
        "-peaks": of each of these curves of means the `peak`, its `height`, what is `lost` from there to the
        last distance, by how much its height is `ahead` of that of the KL penalty with comparisons from the
        start, each with the ends of its interval; `each`, the mean height if every seed stops at its own.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    every = [(f, n, m) for f in preferences.FAMILIES for n in COUNTS for m in MODELS]
    tables: dict[str, list[pd.DataFrame]] = {"": [], "-peaks": []}
    for family, count, model in every if which is None else which:
        rng = generator(seed, every.index((family, count, model)))
        problems = preferences.draw(family, SCALES[scale]["seeds"], rng)
        both = _summed(of(problems, count, model, rng), rng)
        for name, table in zip(tables, both, strict=True):
            who = {"family": family, "comparisons": count, "model": model}
            tables[name].append(pd.DataFrame(who, index=table.index).join(table))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def recorded(part: str = "") -> pd.DataFrame:
    """One of the recorded tables at full scale: see `run`."""
    return records.load(RECORD + part)


main = Command(
    module="imagination.studies.preference_curves",
    record=RECORD,
    run=run,
    say=lambda tables: tables["-peaks"].round(2).to_string(),
    parameters=lambda scale: SCALES[scale] | {"counts": list(COUNTS), "fresh": list(FRESH)},
    scales=SCALES,
    compact=lambda table: table.round(4),
)


if __name__ == "__main__":
    raise SystemExit(main())
