"""Cheap and many or dear and few: equal budgets spent on labels of different costs.

    python -m imagination.experiments.fidelity --record

makes the recorded learning curves again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from imagination import records
from imagination.experiments.bias_kinds import copies, grid, repeat
from imagination.experiments.learning import bootstrap, learn
from imagination.experiments.recording import Command
from imagination.reinforce import exact
from imagination.reinforce.estimators import estimate
from imagination.reinforce.noise import Independent
from imagination.reinforce.problems import DISCOUNTED, Estimator, Problem
from imagination.theory import fidelity

__all__ = [
    "CASES",
    "SCALES",
    "Case",
    "Follower",
    "advice",
    "along_learning",
    "curves",
    "ingredients",
    "measured",
    "recorded",
    "run",
    "verdict",
]

Array = NDArray[Any]

BUDGET = 128.0
"""What an update may cost. One rollout with the dearest labels costs as much."""

STEP_SIZE = 1.0
SCALES = {"quick": {"seeds": 50, "updates": 30}, "full": {"seeds": 400, "updates": 60}}
RECORD = "fidelity"


@dataclass(frozen=True)
class Case:
    """A kind of label: how noise falls with cost, what a rollout costs unlabelled, and what is on sale."""

    name: str
    noise: Callable[..., Any]
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
    Case("power law, p = 2", fidelity.PowerLaw(16.0, 2.0), 0.0, (1.0, 128.0)),
    Case("power law, p = 1/2", fidelity.PowerLaw(16.0, 0.5), 0.0, (1.0, 128.0)),
    Case("power law, p = 1", fidelity.PowerLaw(16.0, 1.0), 0.0, (1.0, 128.0)),
    Case("bounded, cheap rollouts", fidelity.Bounded(1.0, 64.0), 2.0, (1.0, 64.0)),
    Case("bounded, dear rollouts", fidelity.Bounded(2.0, 32.0), 32.0, (1.0, 32.0)),
    Case("floor, dear rollouts", fidelity.Floor(0.5, 16.0), 4.0, (1.0, 64.0)),
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
        Rows "E1" and "E3"; columns `cost`, `regime`, `variance`: that of an update's gradient at this cost,
        by the whole objective.
    """
    whole = {"noise_free_variance": noise_free_variance, "noise_factor": noise_factor}
    whole["fixed_cost"] = case.fixed_cost
    rows = {}
    for name, about in (("E1", {}), ("E3", whole)):
        found = fidelity.optimal_cost(case.noise, cost_range=case.cost_range, **about)
        spread = noise_free_variance + noise_factor * case.noise(found.cost)
        variance = (case.fixed_cost + found.cost) * spread / BUDGET
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

    Parameters
    ----------
    case : Case
    problem : Problem
        A batch of one.
    generator : Generator
    costs : (n,) array, optional
        Powers of two in the case's range unless told.
    rollouts : int
        Rollouts sampled for each cost; 0 for none.
    budget : float

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


def curves(
    case: Case,
    *,
    seeds: int,
    updates: int,
    generator: np.random.Generator,
    every: int = 5,
    costs: ArrayLike | None = None,
) -> pd.DataFrame:
    """Learning curves on the grid, one for each cost of a label, at equal budget.

    Returns
    -------
    DataFrame
        `case`, `cost`, `rollouts` (an update), `update`, and the true return's `mean` over seeds with its
        95% bootstrap interval, `low` and `high`.
    """
    problem = grid()
    costs = case.costs if costs is None else np.asarray(costs, dtype=float)
    K = case.rollouts(costs)
    sigma = np.sqrt(case.noise(costs))
    found = learn(
        problem.mdp,
        learners=seeds * len(costs),
        rollouts=np.tile(K, seeds),
        noise=np.tile(sigma, seeds),
        horizon=problem.horizon,
        updates=updates,
        step_size=STEP_SIZE,
        generator=generator,
        every=every,
    )
    mean, low, high = bootstrap(found.returns.reshape(seeds, len(costs), -1), generator)
    times = len(found.updates)
    return pd.DataFrame(
        {
            "case": case.name,
            "cost": np.repeat(costs, times),
            "rollouts": np.repeat(K, times),
            "update": np.tile(found.updates, len(costs)),
            "mean": mean.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )


def run(scale: str = "quick", *, seed: int = 0, cases: Sequence[Case] = CASES) -> pd.DataFrame:
    """Learning curves of several cases; the generator of a case depends on `seed` and its name alone."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    tables = []
    for case in cases:
        generator = np.random.default_rng([seed, *case.name.encode()])
        tables.append(curves(case, generator=generator, **SCALES[scale]))
    return pd.concat(tables, ignore_index=True)


def recorded() -> pd.DataFrame:
    """The recorded learning curves at full scale."""
    return records.load(RECORD)


def verdict(table: pd.DataFrame, cases: Sequence[Case] = CASES) -> pd.DataFrame:
    """What E1 and E3 advise for the first update, and the true return where each would have led.

    Parameters
    ----------
    table : DataFrame
        Learning curves, as `run` returns them.

    Returns
    -------
    DataFrame
        For each case: the `cost` advised by each, snapped to the nearest cost that was tried (in the
        logarithm); the last `mean`, `low` and `high` there; and the `best` cost of all that were tried.
    """
    V, kappa = (float(part[0]) for part in ingredients(grid()))
    last = table[table["update"] == table["update"].max()]
    rows = []
    for case in cases:
        own = last[last["case"] == case.name].set_index("cost")
        row: dict[str, Any] = {"case": case.name}
        for name, found in advice(case, V, kappa).iterrows():
            if found["regime"] == "indifferent":
                row |= {f"{name} cost": np.nan, f"{name} return": np.nan}
                continue
            tried = own.index[np.abs(np.log(own.index / found["cost"])).argmin()]
            row |= {f"{name} cost": tried, f"{name} return": own.loc[tried, "mean"]}
            row |= {f"{name} low": own.loc[tried, "low"], f"{name} high": own.loc[tried, "high"]}
        rows.append(row | {"best cost": own["mean"].idxmax(), "best return": own["mean"].max()})
    return pd.DataFrame(rows).set_index("case")


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
            found = fidelity.optimal_cost(case.noise, cost_range=case.cost_range, **about)
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

    def __call__(self, policies: Array) -> tuple[Array, Array, None]:
        if len(self.costs) % self.every == 0:
            now = repeat(self.problem.mdp, policies, self.problem.horizon)
            V, kappa = ingredients(now)
            about: dict[str, Any] = {"noise_free_variance": V, "noise_factor": kappa}
            about["fixed_cost"] = self.case.fixed_cost
            found = fidelity.optimal_cost(self.case.noise, cost_range=self.case.cost_range, **about)
            self._paid = np.asarray(found.cost)
        self.costs.append(self._paid)
        sigma = np.sqrt(self.case.noise(self._paid))
        return self.case.rollouts(self._paid), sigma, None


main = Command(
    module="imagination.experiments.fidelity",
    record=RECORD,
    run=run,
    say=lambda table: verdict(table).round(3).to_string(),
    parameters=lambda scale: SCALES[scale] | {"budget": BUDGET},
    scales=SCALES,
    compact=lambda table: table.round(6),
)


if __name__ == "__main__":
    raise SystemExit(main())
