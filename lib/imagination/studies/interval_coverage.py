"""How often do the planner's 95% intervals hold what they speak of?

    python -m imagination.studies.interval_coverage --record

makes the record again. Pilots are drawn whose truth is known: from a law that is exact, from one with a
floor, from one that breaks beyond the pilot, and from a learner: kernel ridge regression on a function of
Friedman [Fri91], with its error measured at eight times the largest size of the pilot. Beside the intervals
of the planner stand those that quantiles of a bootstrap give if the law is chosen once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagination import records
from imagination.decide import allocation, planner, scaling_laws
from imagination.decide.scaling_laws import PARAMETERS, ScalingLaw, power_law
from imagination.trials.recording import Command, rounded

__all__ = ["LAWS", "REGIMES", "SCALES", "asked", "drawn", "learned", "recorded", "run", "summary"]

RECORD = "interval-coverage"
LEVEL = 0.95
REPLICATES = 150
FURTHER = 8
"""Errors are predicted at so many times the pilot's largest number of samples."""

SIZES = np.array([1000.0, 2000.0, 4000.0, 8000.0, 16_000.0])
COMMON, OWN = 0.3, 0.1
"""Standard deviations of log errors: a factor that a seed has everywhere, and one at each size."""

PROBLEM: dict[str, Any] = {"budget": 1e6, "cost_dyn": 1.0, "cost_rew": 5.0, "multiplier": 1.0}


@dataclass(frozen=True)
class Broken:
    """A power law whose exponent changes from `before` to `after` where the pilot ends."""

    amplitude: float
    before: float
    after: float

    def __call__(self, samples: Any) -> Any:
        """Return the error at `samples`."""
        beyond = np.maximum(np.asarray(samples) / SIZES[-1], 1.0)
        return self.amplitude * samples**-self.before * beyond ** (self.before - self.after)


LAWS: dict[str, dict[str, Any]] = {
    "exact law": {"dynamics": (2.6, 0.2, 0.0), "reward": (5.8, 0.45, 0.0)},
    "floor": {"dynamics": (2.6, 0.35, 0.05), "reward": (5.8, 0.45, 0.02)},
    "breaks beyond": {"dynamics": Broken(2.6, 0.35, 0.1), "reward": Broken(5.8, 0.45, 0.2)},
}

LEARNERS = {"dynamics": (0.3, 0.01, 0.3), "reward": (0.1, 0.01, 1.0)}
"""Kernel ridge regression: the kernel's rate, the ridge, and the standard deviation of the labels' noise."""

LEARNED = np.array([50, 100, 200, 400])

REGIMES = {"exact law": (3, 4, 8), "floor": (4, 8, 16), "learner": (4, 8), "breaks beyond": (4, 8)}
"""Numbers of seeds of the pilots, by regime."""

SCALES = {"quick": {"pilots": 4, "truths": 4}, "full": {"pilots": 170, "truths": 20}}

REFUSED = ("refused", np.nan, (1.0, 2.0), (1.0, 2.0))


# Pilots


def drawn(law: Any, seeds: int, rng: np.random.Generator) -> pd.DataFrame:
    """Measure a law at `SIZES` with so many seeds: columns `samples`, `error`, `seed`."""
    members, samples = np.repeat(np.arange(seeds), len(SIZES)), np.tile(SIZES, seeds)
    logs = COMMON * rng.standard_normal(seeds)[members] + OWN * rng.standard_normal(len(samples))
    true = law(samples) if callable(law) else power_law(samples, *law)
    return pd.DataFrame({"samples": samples, "error": true * np.exp(logs), "seed": members})


def friedman(x: np.ndarray) -> np.ndarray:
    """Return Friedman's first function of points, (..., 10) to (...)."""
    wave = 10 * np.sin(np.pi * x[..., 0] * x[..., 1])
    return wave + 20 * (x[..., 2] - 0.5) ** 2 + 10 * x[..., 3] + 5 * x[..., 4]


def learner_errors(quantity: str, sizes: Any, rng: np.random.Generator) -> np.ndarray:
    """Root mean squared errors of one seed's kernel ridge regressions, shape (sizes,)."""
    rate, ridge, noise = LEARNERS[quantity]
    tested = np.random.default_rng(0).random((500, 10))
    x = rng.random((int(max(sizes)), 10))
    y = friedman(x) + noise * rng.standard_normal(len(x))

    def kernel(points: np.ndarray) -> np.ndarray:
        return np.exp(-rate * ((points**2).sum(-1)[:, None] + (x**2).sum(-1) - 2 * points @ x.T))

    among, across, errors = kernel(x), kernel(tested), []
    for n in sizes:
        level = y[:n].mean()
        weights = np.linalg.solve(among[:n, :n] + ridge * np.eye(n), y[:n] - level)
        errors.append(np.sqrt(((across[:, :n] @ weights + level - friedman(tested)) ** 2).mean()))
    return np.array(errors)


def learned(quantity: str, seeds: int, rng: np.random.Generator) -> pd.DataFrame:
    """Measure a learner with so many seeds: columns `samples`, `error`, `seed`."""
    errors = np.concatenate([learner_errors(quantity, LEARNED, rng) for _ in range(seeds)])
    samples = np.tile(LEARNED.astype(float), seeds)
    return pd.DataFrame(
        {"samples": samples, "error": errors, "seed": np.repeat(np.arange(seeds), len(LEARNED))}
    )


# Intervals


def _quantiles(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _before(rows: pd.DataFrame, law: ScalingLaw, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Replicates of the law that was chosen once."""
    fixed = scaling_laws.fit(
        rows["samples"], rows["error"], seeds=rows["seed"], floor=law.with_floor, replicates=REPLICATES,
        rng=rng, must_decay=False,
    )  # fmt: skip
    return {name: fixed.bootstrap[name].to_numpy() for name in PARAMETERS}


def _of_law(
    quantity: str, law: ScalingLaw, fixed: dict[str, np.ndarray], exponent: float | None, error: float
) -> Iterator[tuple[Any, ...]]:
    """Yield the targets of one quantity's law: name, truth, interval before, interval now."""
    if exponent is not None:
        now = law.interval("exponent", level=LEVEL)[:2]
        yield f"{quantity}: exponent", exponent, _quantiles(fixed["exponent"]), now
    at = FURTHER * law.samples.max()
    row = law.predict([at], level=LEVEL).iloc[0]
    yield f"{quantity}: error", error, _quantiles(power_law(at, *fixed.values())), (row["low"], row["high"])


def _of_plan(
    made: planner.Plan, fixed: dict[str, dict[str, np.ndarray]], true: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield the targets of a plan: the error that it leaves and, for true power laws, the best share."""
    samples = made.split["samples"]
    values = {name: law(samples[name]) if callable(law) else power_law(samples[name], *law)
              for name, law in true.items()}  # fmt: skip
    left = sum(power_law(samples[name], *fixed[name].values()) for name in fixed)
    now = made.error.low, made.error.high
    yield "plan: error", values["dynamics"] + values["reward"], _quantiles(np.asarray(left)), now
    if not callable(true["dynamics"]):
        best, *others = (_share(laws) for laws in (true, fixed))
        row = made.split.loc["dynamics"]
        yield "plan: share", best, _quantiles(others[0]), (row["share_low"], row["share_high"])


def _share(laws: dict[str, Any]) -> Any:
    parts = [part.values() if isinstance(part, dict) else part for part in laws.values()]
    names = ("A_dyn", "alpha", "floor_dyn", "A_rew", "beta", "floor_rew")
    numbers = dict(zip(names, (np.asarray(number) for part in parts for number in part), strict=True))
    decays = (numbers["alpha"] > 0) & (numbers["beta"] > 0)
    kept: dict[str, Any] = {
        name: number[decays] if number.ndim else number for name, number in numbers.items()
    }
    prices = {"c_dyn": PROBLEM["cost_dyn"], "c_rew": PROBLEM["cost_rew"], "budget": PROBLEM["budget"]}
    return allocation.allocate(**kept, **prices, multiplier=1.0).N_dyn / PROBLEM["budget"]


def trial(regime: str, seeds: int, truths: dict[str, float], rng: np.random.Generator) -> list[tuple]:
    """Draw one pilot of both quantities; return its targets, none if the planner refuses the pilot."""
    if regime == "learner":
        tables = {name: learned(name, seeds, rng) for name in LEARNERS}
    else:
        tables = {name: drawn(law, seeds, rng) for name, law in LAWS[regime].items()}
    pilot = pd.concat(tables, names=["quantity"]).reset_index("quantity")
    try:
        made = planner.plan(pilot, **PROBLEM, level=LEVEL, replicates=REPLICATES, rng=rng)
    except scaling_laws.DecayError:
        return []
    fixed = {name: _before(tables[name], law, rng) for name, law in made.laws.items()}
    found: list[tuple] = []
    for name, law in made.laws.items():
        true = LAWS.get(regime, {}).get(name)
        exponent = true[1] if isinstance(true, tuple) else None
        found += _of_law(name, law, fixed[name], exponent, truths[name])
    return found + (list(_of_plan(made, fixed, LAWS[regime])) if regime in LAWS else [])


def true_errors(regime: str, count: int, rng: np.random.Generator) -> dict[str, float]:
    """Return the typical errors `FURTHER` from the pilot: the law's, or the centre of so many seeds'."""
    if regime == "learner":
        at = [FURTHER * LEARNED[-1]]
        logs = {name: [np.log(learner_errors(name, at, rng)) for _ in range(count)] for name in LEARNERS}
        return {name: float(np.exp(np.mean(values))) for name, values in logs.items()}
    far = FURTHER * SIZES[-1]
    return {name: float(law(far) if callable(law) else power_law(far, *law))
            for name, law in LAWS[regime].items()}  # fmt: skip


def asked(regime: str, seeds: int, pilot: int, truths: dict[str, float], seed: int) -> pd.DataFrame:
    """Return the rows of one pilot, as `run` does."""
    rng = np.random.default_rng([seed, list(REGIMES).index(regime), seeds, pilot])
    rows = []
    for target, truth, before, now in trial(regime, seeds, truths, rng) or [REFUSED]:
        ends = np.array([before, now])
        holds = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
        wide = np.diff(np.log(ends) if target.endswith("error") else ends)[:, 0]
        rows.append((regime, seeds, pilot, target, *holds, wide[1] / wide[0]))
    return pd.DataFrame(rows, columns=["regime", "seeds", "pilot", "target", "before", "now", "wider"])


def run(scale: str, *, seed: int) -> pd.DataFrame:
    """Ask the planner's intervals of pilots whose truth is known.

    Returns
    -------
    DataFrame
        A row for each `regime`, number of `seeds`, `pilot` and `target`: whether the interval holds the truth
        `before` and `now`, and how many times as wide it is now (`wider`; of errors, in logarithms).
        A pilot that the planner refuses has one row, with the target ``refused``.
    """
    parts = []
    for number, (regime, counts) in enumerate(REGIMES.items()):
        truths = true_errors(regime, SCALES[scale]["truths"], np.random.default_rng([seed, number, 0]))
        pilots = range(SCALES[scale]["pilots"])
        parts += [asked(regime, seeds, pilot, truths, seed) for seeds in counts for pilot in pilots]
    return pd.concat(parts, ignore_index=True)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return coverage by regime, seeds and kind of target.

    Returns
    -------
    DataFrame
        `before`, `now` (shares of intervals that hold the truth), `doubt` (half of the 95% interval of `now`:
        twice the binomial standard deviation, pilots counted once), `wider` (median) and number of `pilots`.
    """
    kept = table[table["target"] != "refused"]
    kinds = {"exponent": "exponent", "error": f"error at {FURTHER} N", "plan: error": "plan's error"}
    kind = kept["target"].where(kept["target"].str.startswith("plan"), kept["target"].str.split(": ").str[1])
    groups = kept.groupby(
        ["regime", kind.replace(kinds | {"plan: share": "best share"}), "seeds"], sort=False
    )
    found = groups.agg(
        before=("before", "mean"), now=("now", "mean"), wider=("wider", "median"), pilots=("pilot", "nunique")
    )
    found.insert(2, "doubt", 2 * np.sqrt(found["now"] * (1 - found["now"]) / found["pilots"]))
    return found.rename_axis(index=["regime", "of", "seeds"])


def recorded() -> pd.DataFrame:
    """Return the recorded table of `run`."""
    return records.load(RECORD)


main = Command(
    module="imagination.studies.interval_coverage",
    record=RECORD,
    run=run,
    say=lambda table: summary(table).round(3).to_string(),
    parameters=lambda scale: SCALES[scale] | {"level": LEVEL, "replicates": REPLICATES},
    scales=SCALES,
    compact=lambda table: rounded(table, 3),
    unit="intervals",
)


if __name__ == "__main__":
    raise SystemExit(main())
