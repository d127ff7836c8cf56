"""Cheap and many or dear and few: equal budgets spent on labels of different costs.

    python -m imagination.studies.label_budgets --record

makes the recorded learning curves again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination import records
from imagination.decide.label_cost import Bounded, Floor, PowerLaw, optimal_cost
from imagination.decide.noise_laws import Law
from imagination.reinforce import exact
from imagination.reinforce.estimators import estimate
from imagination.reinforce.problems import DISCOUNTED, Estimator, Problem
from imagination.reinforce.reward_errors import Independent
from imagination.results.fidelity.claims import OBJECTIVE
from imagination.studies.biases import copies, grid, repeat
from imagination.studies.learning import Curves, learn
from imagination.trials import compare
from imagination.trials.recording import Command

__all__ = [
    "CASES",
    "SCALES",
    "STEPS",
    "Case",
    "Follower",
    "advice",
    "along_learning",
    "arms",
    "curves",
    "ingredients",
    "learners",
    "measured",
    "piloted",
    "recorded",
    "run",
    "tune",
    "verdict",
]

Array = NDArray[np.floating]

BUDGET = 128.0
"""What an update may cost. One rollout with the dearest labels costs as much."""

STEP_SIZE = 1.0
"""Of the exact path, and of whoever does not tune it."""

STEPS = 2.0 ** np.arange(-4, 5)
"""From these every arm chooses its own, on seeds that are not compared."""

SCALES: dict[str, dict[str, list[int]]] = {
    "quick": {"updates": [30], "tuning": [16], "seeds": [50]},
    "full": {"updates": [60, 600], "tuning": [30, 20], "seeds": [100, 50]},
}
"""Lengths of the runs, and for each the number of seeds for tuning and of those that are compared."""

RECORD = "fidelity"
FIRST_EVALUATED = 1000
"""Seeds for tuning count from 0, those that are compared from here."""

PILOT = 0.1
"""Share of a run's money that the arm with a pilot spends before it begins to learn."""


@dataclass(frozen=True)
class Case:
    """A kind of label: how noise falls with cost, what a rollout costs unlabelled, and what is on sale."""

    name: str
    noise: Law
    fixed_cost: float
    cost_range: tuple[float, float]

    @property
    def costs(self) -> Array:
        """Powers of two in the range: what the experiments spend on a label."""
        low, high = np.log2(self.cost_range)
        return 2.0 ** np.arange(np.ceil(low), np.floor(high) + 1)

    def rollouts(self, costs: ArrayLike, budget: float = BUDGET) -> NDArray[np.int64]:
        """How many rollouts a budget buys, at least one."""
        return np.maximum(1, np.floor(budget / (self.fixed_cost + np.asarray(costs)))).astype(np.int64)


CASES: tuple[Case, ...] = (
    Case("power law, p = 2", PowerLaw(16.0, 2.0), 0.0, (1.0, 128.0)),
    Case("power law, p = 1/2", PowerLaw(16.0, 0.5), 0.0, (1.0, 128.0)),
    Case("power law, p = 1", PowerLaw(16.0, 1.0), 0.0, (1.0, 128.0)),
    Case("bounded, cheap rollouts", Bounded(1.0, 64.0), 2.0, (1.0, 64.0)),
    Case("bounded, dear rollouts", Bounded(2.0, 32.0), 32.0, (1.0, 32.0)),
    Case("floor, dear rollouts", Floor(0.5, 16.0), 4.0, (1.0, 64.0)),
)
"""One for each regime of Corollary 2 and of what goes beyond it. Noise is in units of reward squared."""


def ingredients(problem: Problem, estimator: Estimator = DISCOUNTED) -> tuple[Array, Array]:
    """V, the noise-free variance of one rollout's estimate, and kappa, what unit noise adds: exact, (B,)."""
    return exact.moments(problem, estimator).variance, exact.added_noise_variance(problem, estimator)


def advice(case: Case, noise_free_variance: float, noise_factor: float) -> pd.DataFrame:
    """What Corollary 2 alone says to pay (V = 0, no fixed cost), and what the whole objective says.

    Returns
    -------
    DataFrame
        Rows "E1" (Corollary 2) and "E3" (the whole objective); columns `cost`, `regime`, `variance`: that of
        an update's gradient at this cost, by the whole objective.
    """
    whole = {"noise_free_variance": noise_free_variance, "noise_factor": noise_factor}
    whole["fixed_cost"] = case.fixed_cost
    rows = {}
    for name, about in (("E1", {}), ("E3", whole)):
        found = optimal_cost(case.noise, cost_range=case.cost_range, **about)
        noise = case.noise(found.cost)
        variance = OBJECTIVE.evaluate(cost=found.cost, noise=noise, budget=BUDGET, **whole)
        rows[name] = {"cost": float(found.cost), "regime": found.regime, "variance": float(variance)}
    return pd.DataFrame.from_dict(rows, orient="index")


def measured(
    case: Case,
    problem: Problem,
    generator: np.random.Generator,
    *,
    costs: ArrayLike | None = None,
    rollouts: int = 20_000,
    budget: float = BUDGET,
) -> pd.DataFrame:
    """Variance of the gradient at equal budget against the cost of a label: exact, and sampled.

    Costs are powers of two in the case's range unless told; `rollouts` are sampled for each, or none.

    Returns
    -------
    DataFrame
        `cost`, `rollouts` that the budget buys (not rounded), `variance` of their average, exactly, by a
        recursion that knows of no decomposition into V and noise; `sampled` and its standard `error`.
    """
    costs = case.costs if costs is None else np.asarray(costs, dtype=float)
    noise = np.asarray(case.noise(costs), dtype=float)
    many = copies(problem, len(costs))
    found = exact.moments(many, DISCOUNTED, noise_variance=noise[:, None, None])
    price = (case.fixed_cost + costs) / budget
    table = pd.DataFrame({"cost": costs, "rollouts": 1 / price, "variance": found.variance * price})
    if rollouts:
        labels = Independent(np.sqrt(noise))
        seen = estimate(many, DISCOUNTED, rollouts, generator, noise=labels, center=found.mean)
        table = table.assign(sampled=seen.variance * price, error=seen.variance_error * price)
    return table


# Learning


def arms(case: Case, updates: int = 60) -> list[str]:
    """What is tried: "E1" and "E3" pay what `advice` says for the first update, "pilot" what a pilot says.

    The others, such as "8", pay that always. Longer runs are for those that E1 and E3 would lead to different
    prices.
    """
    V, kappa = (float(part[0]) for part in ingredients(grid()))
    told = advice(case, V, kappa)
    names = [name for name in told.index if told.loc[name, "regime"] != "indifferent"]
    if updates > 60:
        return [*names, "pilot"] if len(set(told.loc[names, "cost"])) > 1 else []
    return [*names, "pilot", *(f"{cost:g}" for cost in case.costs)]


def piloted(case: Case, seeds: int, spend: float, generator: np.random.Generator) -> Array:
    """Estimate V before learning, from rollouts labelled at the geometric middle of the range of costs.

    The noise and kappa are known: kappa is a sum of squared scores, which need no label.

    Each of `seeds` pilots spends so much, on two rollouts at least.

    Returns
    -------
    (seeds,) array
        The sample variance of one rollout's gradient less what noise adds. Below 0 it is put to (nearly) 0.
    """
    cost = float(np.sqrt(np.prod(case.cost_range)))
    noise, (_, kappa) = float(case.noise(cost)), ingredients(grid())
    rollouts = max(2, int(spend / (case.fixed_cost + cost)))
    labels = Independent(float(np.sqrt(noise)))
    seen = estimate(copies(grid(), seeds), DISCOUNTED, rollouts, generator, noise=labels)
    return np.maximum(seen.variance - kappa * noise, 1e-9)


def paid(case: Case, arm: str, seeds: int, spend: float, generator: np.random.Generator) -> Array:
    """What an arm's learners pay for the labels of a rollout, (seeds,); a pilot may `spend` so much."""
    V, kappa = ingredients(grid())
    if arm in ("E1", "E3"):
        return np.full(seeds, advice(case, float(V[0]), float(kappa[0])).loc[arm, "cost"])
    if arm == "pilot":
        found = optimal_cost(
            case.noise,
            noise_free_variance=piloted(case, seeds, spend, generator),
            noise_factor=np.full(seeds, kappa[0]),
            fixed_cost=case.fixed_cost,
            cost_range=case.cost_range,
        )
        return np.asarray(found.cost, dtype=float)
    return np.full(seeds, float(arm))


def learners(
    case: Case,
    arm: str,
    steps: ArrayLike,
    *,
    seeds: int,
    updates: int,
    generator: np.random.Generator,
    every: int = 5,
) -> tuple[Curves, Array]:
    """Train `seeds` learners of an arm with each of the step sizes, at equal budget.

    Returns
    -------
    Curves
        Learners with the first seed come first, those with the second next, and so on. An arm with a pilot
        begins to learn as many updates later as the pilot has cost: its returns stay put until then.
    (seeds,) array
        What they paid for a rollout's labels.
    """
    problem, steps = grid(), np.atleast_1d(np.asarray(steps, dtype=float))
    late = int(PILOT * updates) if arm == "pilot" else 0
    costs = paid(case, arm, seeds, late * BUDGET, generator)
    each = np.repeat(costs, len(steps))
    found = learn(
        problem.mdp,
        learners=seeds * len(steps),
        rollouts=case.rollouts(each),
        noise=np.sqrt(case.noise(each)),
        horizon=problem.horizon,
        updates=updates - late,
        step_size=np.tile(steps, seeds),
        generator=generator,
        every=1 if late else every,
    )
    if late:
        when = np.arange(0, updates + 1, every)
        at = np.maximum(when - late, 0)
        found = replace(found, updates=when, returns=found.returns[:, at], proxies=found.proxies[:, at])
    return found, costs


def _generator(seed: int, case: Case, arm: str, updates: int, part: int) -> np.random.Generator:
    return np.random.default_rng([seed, updates, part, *f"{case.name}, {arm}".encode()])


def tune(
    case: Case, arm: str, *, tuning: int, updates: int, seed: int = 0, steps: ArrayLike = STEPS
) -> pd.DataFrame:
    """True return of an arm after the last update, for each step size and each seed for tuning."""
    steps = np.asarray(steps, dtype=float)
    generator = _generator(seed, case, arm, updates, 0)
    found, _ = learners(case, arm, steps, seeds=tuning, updates=updates, generator=generator)
    who = {"updates": updates, "case": case.name, "arm": arm}
    numbered = {"seed": np.repeat(np.arange(tuning), len(steps)), "step": np.tile(steps, tuning)}
    return pd.DataFrame(who | numbered | {"return": found.returns[:, -1]})


def curves(
    case: Case, arm: str, step: float, *, seeds: int, updates: int, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learning curves of one arm over seeds that it was not tuned on.

    Returns
    -------
    DataFrame
        `updates` of the run, `case`, `arm`, `step`, `cost` of a rollout's labels (mean over seeds), number of
        `rollouts` an update (median), `update`, and the true return's interquartile mean `iqm` and `mean`
        over seeds with 95% bootstrap intervals.
    DataFrame
        `updates`, `case`, `arm`, `step`, `seed`, `cost`, and the last true `return`.
    """
    generator = _generator(seed, case, arm, updates, 1)
    found, costs = learners(case, arm, step, seeds=seeds, updates=updates, generator=generator)
    who = {"updates": updates, "case": case.name, "arm": arm, "step": step}
    columns = compare.means(found.returns, generator)
    about = {"cost": costs.mean(), "rollouts": np.median(case.rollouts(costs)), "update": found.updates}
    last = {"seed": FIRST_EVALUATED + np.arange(seeds), "cost": costs, "return": found.returns[:, -1]}
    return pd.DataFrame(who | about | columns), pd.DataFrame(who | last)


def run(scale: str = "quick", *, seed: int = 0, cases: Sequence[Case] = CASES) -> dict[str, pd.DataFrame]:
    """Tune and compare the arms of several cases, by `compare.after_tuning`.

    Generators depend on `seed` and names alone.
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    size = SCALES[scale]
    seeds, named = dict(zip(size["updates"], size["seeds"], strict=True)), {case.name: case for case in cases}
    tuned = [
        tune(case, arm, tuning=tuning, updates=updates, seed=seed)
        for updates, tuning in zip(size["updates"], size["tuning"], strict=True)
        for case in cases
        for arm in arms(case, updates)
    ]

    def compared(updates: int, case: str, arm: str, step: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        return curves(named[case], arm, step, seeds=seeds[updates], updates=updates, seed=seed)

    return compare.after_tuning(
        pd.concat(tuned, ignore_index=True),
        compared,
        evaluated=range(FIRST_EVALUATED, FIRST_EVALUATED + max(seeds.values())),
        by=["updates", "case", "arm"],
    )


def recorded(part: str = "") -> pd.DataFrame:
    """One of the recorded tables at full scale: see `run`."""
    return records.load(RECORD + part)


def verdict(
    seeds: pd.DataFrame, generator: np.random.Generator, *, first: str = "E3", second: str = "E1"
) -> pd.DataFrame:
    """Compare two arms in every case and length of a run in which they did not pay the same.

    `seeds` holds last returns, seed by seed, as `run` gives them. A row for each `updates` and `case`:
    `compare.versus`, and both arms' `worst tenth` of the seeds.
    """
    rows = {}
    for key, part in seeds.groupby(["updates", "case"], sort=False):
        own = dict(list(part.groupby("arm")))
        if first not in own or second not in own or np.allclose(own[first]["cost"], own[second]["cost"]):
            continue
        two = (own[first]["return"].to_numpy(), own[second]["return"].to_numpy())
        row = compare.versus(*two, generator)
        for arm, values in zip((first, second), two, strict=True):
            row[f"worst tenth, {arm}"] = np.sort(values)[: max(1, len(values) // 10)].mean()
        rows[key] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["updates", "case"])


def along_learning(
    case: Case, *, updates: int = 60, every: int = 5, estimator: Estimator = DISCOUNTED
) -> pd.DataFrame:
    """How V, kappa and the optimal cost move while a policy follows the exact gradient.

    Returns
    -------
    DataFrame
        `update`, `return`, `V`, `kappa`, `cost`.
    """
    problem, rows = grid(), []
    for update in range(updates + 1):
        if update % every == 0:
            V, kappa = (float(part[0]) for part in ingredients(problem, estimator))
            about = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": case.fixed_cost}
            found = optimal_cost(case.noise, cost_range=case.cost_range, **about)
            rows.append(
                {"update": update, "return": exact.returns(problem)[0], "V": V, "kappa": kappa}
                | {"cost": float(found.cost)}
            )
        step = STEP_SIZE * exact.gradient(problem)
        problem = problem.with_policy(problem.policy.moved(step))
    return pd.DataFrame(rows)


class Follower:
    """Pays, at every update, what the whole objective says for the policy as it is: for `learn`."""

    def __init__(self, case: Case, problem: Problem, every: int = 5):
        self.case, self.problem, self.every = case, problem, every
        self.costs: list[Array] = []

    def __call__(self, policies: Array) -> tuple[NDArray[np.int64], Array, None]:
        if len(self.costs) % self.every == 0:
            now = repeat(self.problem.mdp, policies, self.problem.horizon)
            V, kappa = ingredients(now)
            about: dict[str, Any] = {"noise_free_variance": V, "noise_factor": kappa}
            about["fixed_cost"] = self.case.fixed_cost
            found = optimal_cost(self.case.noise, cost_range=self.case.cost_range, **about)
            self._paid = np.asarray(found.cost)
        self.costs.append(self._paid)
        sigma = np.sqrt(self.case.noise(self._paid))
        return self.case.rollouts(self._paid), sigma, None


main = Command(
    module="imagination.studies.label_budgets",
    record=RECORD,
    run=run,
    say=lambda tables: verdict(tables["-seeds"], np.random.default_rng(0)).round(3).to_string(),
    parameters=lambda scale: SCALES[scale] | {"budget": BUDGET},
    scales=SCALES,
    compact=lambda table: table.round(4 if "seed" in table else 6),
)


if __name__ == "__main__":
    raise SystemExit(main())
