"""Which objective should a plan have whose budget trains a policy? A trial, fixed before it was run.

    python -m imagination.studies.loop.objectives --scale tune --record
    python -m imagination.studies.loop.objectives --scale full --record

make the records again, that of tuning first.

- *Systems:* the spiral, the grid, and Gymnasium's Pendulum-v1 (`split_systems`), each with one budget; a
  transition costs 1 and a reward label 5.
- *Pilots:* ten for each system, of twenty seeds each, at four sizes, on seeds of their own. Nobody is charged
  for them. At the two larger sizes one component at a time is swapped against one of 16 times the largest
  size: policies are trained in (pilot's dynamics, good reward), (good dynamics, pilot's reward) and (good,
  good). What the first two return less than the third is their regret: `kappas.fit` makes kappas of it.
  The mean sizes of their gaps between imagined and real return, over the mean errors, make the realised
  multiplier.
- *Arms:* the planner with objective "regret" and these kappas; with objective "bound" and the realised
  multiplier; half of the budget each; by cost, as many samples of each. Both plans come from the same pilot,
  with the planner's defaults. An arm takes half and half where the planner refuses its pilot or kappas.
- *Seeds:* twenty for each pilot, so 200, used for nothing else. In all arms a seed has the same first
  samples, the same luck in training and the same starts.
- *Training:* the same for all arms. On the spiral REINFORCE, its rate tuned on other seeds at half and half;
  on the others the best policy of the learned world, which has nothing to tune.
- *Measure:* the mean regret; primary is its difference from half and half's. Seeds of one pilot share a plan,
  so the interval is Student's over the ten pilots' means of paired differences, of level 0.95. The arm
  "regret" wins where the interval lies below 0, loses where it lies above, and is undecided else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imagination import records
from imagination.decide import kappas, planner
from imagination.studies.loop.objectives_report import ARMS, RECORD, compared
from imagination.studies.loop.split_systems import SYSTEMS, Spiral, System
from imagination.trials.recording import Command, rounded

__all__ = ["SCALES", "pilot", "planned", "run", "systems", "tried"]

Array = NDArray[Any]

COST_DYN, COST_REW = 1.0, 5.0
RATES = (0.002, 0.005, 0.01, 0.02)
"""Of the spiral's training, tried on the seeds of tuning."""


@dataclass(frozen=True)
class Scale:
    """How many pilots, the seeds of each, those that its plan is tried on, and how much larger "good" is."""

    pilots: int = 10
    seeds: int = 20
    tried: int = 20
    good: int = 16


SCALES = {
    "quick": Scale(pilots=2, seeds=4, tried=3, good=4),
    "tune": Scale(pilots=1, tried=40),
    "full": Scale(),
}


def systems() -> dict[str, System]:
    """The systems, with the spiral's rate as it was tuned."""
    tuned = records.load(f"{RECORD}-tuning").groupby("rate")["regret"].mean().idxmin()
    return {**SYSTEMS, "spiral": replace(Spiral(), rate=float(tuned))}


def pilot(system: System, scale: Scale, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Errors by size, as the planner reads them; what swaps lose, as `kappas.fit` reads it, and `gap`."""
    drawn = system.drawn(scale.seeds, max(system.pilot) * scale.good, rng)
    fits = [system.dynamics, system.reward]
    sizes = (*system.pilot, max(system.pilot) * scale.good)
    models = {
        name: {size: fit(samples, size) for size in sizes}
        for name, fit, samples in zip(planner.QUANTITIES, fits, drawn, strict=True)
    }
    good = {name: of_size[sizes[-1]] for name, of_size in models.items()}
    errors = {size: system.errors(*(models[name][size] for name in planner.QUANTITIES)) for size in sizes}
    luck = int(rng.integers(2**31))
    best = system.trained(**_named(good), seed=luck)
    measured, swapped = [], []
    for number, name in enumerate(planner.QUANTITIES):
        for size in system.pilot:
            found = {"quantity": name, "samples": size, "seed": np.arange(scale.seeds)}
            measured.append(pd.DataFrame({**found, "error": errors[size][number]}))
            if size in system.pilot[-2:]:
                out = system.trained(**_named(good | {name: models[name][size]}), seed=luck)
                lost = {"regret": best.real - out.real, "gap": np.abs(out.imagined - out.real)}
                swapped.append(measured[-1].assign(**lost))
    return pd.concat(measured, ignore_index=True), pd.concat(swapped, ignore_index=True)


def _named(models: dict[str, Array]) -> dict[str, Array]:
    return {"dynamics": models["dynamics"], "reward": models["reward"]}


def planned(
    system: System, measured: pd.DataFrame, swapped: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Every arm's split: `arm`, `N_dyn`, `N_rew` and the `multiplier`, NaN without a plan."""
    half = int(system.budget / 2 / COST_DYN), int(system.budget / 2 / COST_REW)
    each = int(system.budget / (COST_DYN + COST_REW))
    rows = {"half and half": (*half, np.nan), "by cost": (each, each, np.nan)}
    prices: dict[str, Any] = {
        "budget": system.budget,
        "cost_dyn": COST_DYN,
        "cost_rew": COST_REW,
        "replicates": 100,
    }
    means = swapped.groupby("quantity")[["gap", "error"]].mean()
    weight = means["gap"] / means["error"]
    for arm in ("regret", "bound"):
        try:
            options: dict[str, Any] = {"multiplier": weight["dynamics"] / weight["reward"]}
            if arm == "regret":
                found = kappas.fit(swapped.drop(columns="gap"))
                options = {"kappa_dyn": found["dynamics"], "kappa_rew": found["reward"]}
            plan = planner.plan(measured, **prices, **options, objective=arm, rng=rng)
            rows[arm] = (*plan.split["samples"].astype(int), plan.multiplier)
        except ValueError:
            rows[arm] = (*half, np.nan)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["N_dyn", "N_rew", "multiplier"])
    return table.rename_axis("arm").loc[list(ARMS)].reset_index()


def tried(system: System, plans: pd.DataFrame, seeds: int, rng: np.random.Generator) -> pd.DataFrame:
    """Every arm's regrets: the rows of plans, by `pilot` and `arm`, for each of `seeds` with its `regret`."""
    count, pilots = int(system.budget / min(COST_DYN, COST_REW)), plans["pilot"].nunique()
    drawn = [system.drawn(seeds, count, own) for own in rng.spawn(pilots)]
    luck, tables = int(rng.integers(2**31)), []
    for _, rows in plans.groupby("arm", sort=False):
        bought = list(zip(drawn, rows["N_dyn"], rows["N_rew"], strict=True))
        dynamics = np.concatenate([system.dynamics(of_dyn, N) for (of_dyn, _), N, _ in bought])
        reward = np.concatenate([system.reward(of_rew, N) for (_, of_rew), _, N in bought])
        out = system.trained(dynamics, reward, seed=luck)
        table = rows.loc[rows.index.repeat(seeds)]
        tables.append(table.assign(seed=np.arange(len(table)), regret=out.best - out.real))
    return pd.concat(tables, ignore_index=True)


def run(scale: str = "full", *, seed: int = 0) -> dict[str, pd.DataFrame]:
    """The spiral's tuning; or all arms' regrets, with what the pilots measured under "-pilots"."""
    sizes, found, pilots = SCALES[scale], [], []
    if scale == "tune":
        half = pd.DataFrame({"arm": ["half and half"], "pilot": 0, "N_dyn": 150, "N_rew": 30})
        for rate in RATES:
            own = np.random.default_rng(_streams(seed, "spiral")[2])
            found.append(tried(replace(Spiral(), rate=rate), half, sizes.tried, own).assign(rate=rate))
        return {"-tuning": rounded(pd.concat(found, ignore_index=True)[["rate", "seed", "regret"]], 7)}
    for name, system in systems().items():
        of_pilots, of_seeds, _ = _streams(seed, name)
        plans = []
        for number, own in enumerate(np.random.default_rng(of_pilots).spawn(sizes.pilots)):
            measured, swapped = pilot(system, sizes, own)
            plans.append(planned(system, measured, swapped, own).assign(pilot=number))
            whole = measured.merge(swapped, how="left", on=list(measured))
            pilots.append(whole.assign(system=name, pilot=number))
        regrets = tried(
            system, pd.concat(plans, ignore_index=True), sizes.tried, np.random.default_rng(of_seeds)
        )
        found.append(regrets.assign(system=name, worth=system.worth))
    columns = ["system", "pilot", "seed", "arm", "N_dyn", "N_rew", "multiplier", "regret", "worth"]
    return {
        "": rounded(pd.concat(found, ignore_index=True)[columns], {"multiplier": 9, "regret": 9, "worth": 9}),
        "-pilots": pd.concat(pilots, ignore_index=True),
    }


def _streams(seed: int, system: str) -> list[np.random.SeedSequence]:
    """Of pilots, of what the plans are tried on, and of tuning."""
    return np.random.SeedSequence([seed, *system.encode()]).spawn(3)


def _told(found: dict[str, pd.DataFrame]) -> str:
    if "-tuning" in found:
        return found["-tuning"].groupby("rate")["regret"].describe().to_string()
    means = found[""].pivot_table("regret", "system", "arm", sort=False)
    return f"{means.to_string()}\n\n{compared(found['']).to_string()}"


main = Command(
    module="imagination.studies.loop.objectives",
    record=RECORD,
    run=run,
    say=_told,
    parameters=lambda scale: {
        **vars(SCALES[scale]),
        "costs": [COST_DYN, COST_REW],
        **({"rates": RATES} if scale == "tune" else {"systems": {n: repr(s) for n, s in systems().items()}}),
    },
    scales=SCALES,
)


if __name__ == "__main__":
    raise SystemExit(main())
