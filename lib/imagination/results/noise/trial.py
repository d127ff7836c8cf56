"""Theorem 2 on trial: the variance that reward noise adds, exactly, beside what the bounds allow.

    python -m imagination.results.noise.trial --scale full --record

draws the recorded trial again. Three numbers must agree or be in order for every problem: the growth of the
second moment when noise is switched on (a recursion that knows nothing of martingales), the sum over time
that chapter 9 proves it to be, and the bounds, which must not be exceeded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from imagination import records
from imagination.models.counts import CountModel
from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import (
    DISCOUNTED,
    THEOREM_2,
    Estimator,
    Problem,
    SoftmaxPolicy,
    tabular_policy,
)
from imagination.reinforce.reward_errors import Independent
from imagination.results.noise.claims import EXACT, FORMS
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep
from imagination.trials.trial import Trial, violations
from imagination.worlds import makers
from imagination.worlds.tabular import TabularMDP

__all__ = [
    "FAMILIES",
    "HORIZONS",
    "SCALES",
    "TRIALS",
    "agreement",
    "configurations",
    "looseness",
    "recorded",
    "run",
    "summary",
    "trial",
    "z_limit",
]

Generator = np.random.Generator

TOLERANCE = 1e-9
"""Room for rounding, none for a wrong bound."""

HORIZONS = (1, 2, 5, 20, 100)

SCALES = {"quick": {"batches": 1, "size": 10}, "full": {"batches": 3, "size": 40}}
"""Batches of each family and horizon, and problems in a batch."""

RECORD = "reward-noise"

ESTIMATORS = {"paper": THEOREM_2, "sharp": THEOREM_2, "discounted": DISCOUNTED}
"""The estimator that each form of the bound speaks of."""


# Families: (batch, generator) -> worlds and policies


def garnet(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """Random worlds of 6 states and 3 actions; tabular policies, from nearly even to nearly decided."""
    mdp = makers.garnet(batch, 6, 3, 3, _discounts(batch, generator), generator)
    return mdp, _tabular(mdp, generator)


def shared_features(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """The same worlds, with 4 parameters that all states share; the scores' norms may exceed 1."""
    mdp = makers.garnet(batch, 6, 3, 3, _discounts(batch, generator), generator)
    features = generator.standard_normal((batch, 6, 3, 4)) * np.exp(generator.uniform(-1, 2))
    parameters = generator.standard_normal((batch, 4))
    return mdp, SoftmaxPolicy(parameters, features)


def chain(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """A line of 6 states that slips."""
    mdp = makers.chain(6, generator.uniform(0, 0.5, batch), _discounts(batch, generator))
    return mdp, _tabular(mdp, generator)


def gridworld(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """A grid of 3 × 3 cells that slips."""
    mdp = makers.gridworld(3, 3, generator.uniform(0, 0.5, batch), _discounts(batch, generator))
    return mdp, _tabular(mdp, generator)


def learned(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """Imagined worlds: Garnets learned by counting 200 transitions."""
    mdp, policy = garnet(batch, generator)
    seen = mdp.sample(mdp.uniform_policy(), 200, 1, generator)
    model = CountModel.empty(batch, mdp.n_states, mdp.n_actions).observe(
        seen.states[:, :, 0], seen.actions[:, :, 0], seen.rewards[:, :, 0], seen.states[:, :, 1]
    )
    return model.imagine(mdp), policy


def settling(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """Worlds left for good, sooner or later, for a state where the policy is all but decided: scores fade."""
    leaving = generator.uniform(0.05, 1, batch)[:, None, None]
    transition = np.zeros((batch, 2, 2, 2))
    transition[:, 0, :, 1], transition[:, 0, :, 0] = leaving[:, 0], 1 - leaving[:, 0]
    transition[:, 1, :, 1] = 1
    reward = generator.uniform(-1, 1, (batch, 2, 2))
    mdp = TabularMDP(transition, reward, _discounts(batch, generator), initial=np.array([1.0, 0.0]))
    logits = np.zeros((batch, 2, 2))
    logits[:, 0, 0], logits[:, 1, 0] = generator.normal(0, 1, batch), generator.uniform(3, 6, batch)
    return mdp, tabular_policy(logits)


def even(batch: int, generator: Generator) -> tuple[TabularMDP, SoftmaxPolicy]:
    """Two actions, always as likely: ‖w‖² = 1/2 everywhere, so no norm is smaller than its bound."""
    mdp = makers.garnet(batch, 3, 2, 2, _discounts(batch, generator), generator)
    return mdp, tabular_policy(np.zeros((batch, 3, 2)))


FAMILIES: dict[str, Callable[[int, Generator], tuple[TabularMDP, SoftmaxPolicy]]] = {
    "Garnet": garnet,
    "Garnet, shared features": shared_features,
    "chain": chain,
    "gridworld": gridworld,
    "learned by counts": learned,
    "settling": settling,
    "even": even,
}

ATTAINING = ("settling", "even")
"""Families built to be extreme in some respect; the others were not."""


def _discounts(batch: int, generator: Generator) -> np.ndarray:
    """Discounts from 0 to 0.995, patient ones as likely as short-sighted ones; a tenth are 0."""
    discount = 1 - 10 ** -generator.uniform(0, 2.3, batch)
    return np.where(generator.random(batch) < 0.1, 0.0, discount)


def _tabular(mdp: TabularMDP, generator: Generator) -> SoftmaxPolicy:
    scale = np.exp(generator.uniform(-2, 1.2, (len(mdp), 1, 1)))
    return tabular_policy(scale * generator.standard_normal(mdp.reward.shape))


# The trial


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Return the configurations of a trial; each is a batch of problems of one family and horizon."""
    if scale not in SCALES:
        raise ValueError(f"scale: {scale!r} is none of {', '.join(SCALES)}")
    batches, size = SCALES[scale]["batches"], SCALES[scale]["size"]
    return [
        {"family": family, "horizon": horizon, "size": size}
        for _ in range(batches)
        for family in FAMILIES
        for horizon in HORIZONS
    ]


def trial(configuration: Mapping[str, Any], rng: Generator) -> pd.DataFrame:
    """Draw one batch of problems and compare what noise adds with the bounds: one row a problem.

    Columns: `family`, `horizon`, `gamma`, `sigma`, `rollouts`, `parameters` (d); norms of scores `W_H`,
    `W_bar`, `W_first` (at t = 0), `W_mean` (root of the average over time) and `W_max_mean` (E max ‖w‖, not
    squared before the expectation); `noise_free`, the variance without noise; `theorem_2` and `discounted`,
    what noise adds to each estimator by the exact sums; `off_theorem_2` and `off_discounted`, how far from
    those the growth of the second moment is, as a share of the larger variance; the bounds `paper`, `sharp`,
    `discounted_bound`, and how much of each is used, `ratio_paper`, `ratio_sharp`, `ratio_discounted`.
    """
    size, horizon = configuration["size"], configuration["horizon"]
    problem = Problem(*FAMILIES[configuration["family"]](size, rng), horizon)
    sigma, rollouts = np.exp(rng.normal(0, 1, size)), np.round(np.exp(rng.uniform(0, 7, size)))
    norms = exact.score_norms(problem)
    columns: dict[str, Any] = {
        "family": configuration["family"],
        "horizon": horizon,
        "gamma": problem.discount,
        "sigma": sigma,
        "rollouts": rollouts.astype(int),
        "parameters": problem.policy.parameters.shape[1],
        "W_H": exact.maximal_score_norm(problem),
        "W_bar": exact.mean_score_norm(problem),
        "W_first": np.sqrt(norms[:, 0]),
        "W_mean": np.sqrt(norms.mean(axis=1)),
        "W_max_mean": exact.expected_maximal_score(problem, power=1),
        "noise_free": exact.moments(problem, THEOREM_2).variance / rollouts,
    }
    for name, estimator in (("theorem_2", THEOREM_2), ("discounted", DISCOUNTED)):
        added = exact.added_noise_variance(problem, estimator, sigma=sigma) / rollouts
        noisy = exact.moments(problem, estimator, noise_variance=sigma[:, None, None] ** 2).variance
        plain = exact.moments(problem, estimator).variance
        columns |= {name: added, f"off_{name}": np.abs(noisy - plain - rollouts * added) / noisy}
    table = pd.DataFrame(columns)
    for form, own in BOUNDS.items():
        bound = own.stated(table)
        table["discounted_bound" if form == "discounted" else form] = bound
        table[f"ratio_{form}"] = table[own.measure] / bound
    return table


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial: one row a problem; options as in `imagination.trials.sweep.sweep`."""
    return sweep(trial, configurations(scale), seed=seed, **options)


IDENTITIES = ("off_theorem_2", "off_discounted")

BOUNDS: dict[str, Trial] = {
    form: Trial(
        claim,
        run,
        measure="discounted" if form == "discounted" else "theorem_2",
        columns={"score_bound": "W_H" if form == "paper" else "W_bar"},
        tolerance=TOLERANCE,
        record=RECORD,
    )
    for form, claim in FORMS.items()
}
"""The trial of each form of the bound."""

TRIALS: tuple[Trial, ...] = (
    *BOUNDS.values(),
    Trial(
        EXACT,
        run,
        measure=lambda table: table[list(IDENTITIES)].to_numpy().max(axis=1),
        states=0.0,
        unit=1.0,
        tolerance=TOLERANCE,
        record=RECORD,
    ),
)


def summary(table: pd.DataFrame, by: str = "family") -> pd.DataFrame:
    """Return, by group: problems, largest error of the sums, median and largest share used of each bound."""
    groups = table.groupby(by, sort=False)
    result = groups.size().rename("problems").to_frame()
    result["sums off by"] = groups[list(IDENTITIES)].max().max(axis=1)
    for form in ESTIMATORS:
        result[f"{form}, median"] = groups[f"ratio_{form}"].median()
        result[f"{form}, largest"] = groups[f"ratio_{form}"].max()
    return result


def looseness(
    horizons: Sequence[int], discounts: Sequence[float], *, size: int = 20, seed: int = 0
) -> pd.DataFrame:
    """How many times too large each bound is, on the same random worlds, as γ and H grow.

    Returns
    -------
    DataFrame
        A row for each `gamma` and `horizon`: medians over `size` worlds of `paper`, `sharp` and `discounted`.
    """
    rows = []
    for gamma in discounts:
        generator = np.random.default_rng(seed)  # the same worlds and policies for every γ and H
        mdp = makers.garnet(size, 6, 3, 3, gamma, generator)
        policy = tabular_policy(generator.standard_normal(mdp.reward.shape))
        for horizon in horizons:
            problem = Problem(mdp, policy, horizon)
            scores = {"W_H": exact.maximal_score_norm(problem), "W_bar": exact.mean_score_norm(problem)}
            about = pd.DataFrame({"sigma": 1.0, "horizon": horizon, "gamma": gamma, "rollouts": 1, **scores})
            row: dict[str, float] = {"gamma": gamma, "horizon": horizon}
            for form, estimator in ESTIMATORS.items():
                added = exact.added_noise_variance(problem, estimator)
                row[form] = float(np.median(BOUNDS[form].stated(about) / added))
            rows.append(row)
    return pd.DataFrame(rows)


# Exact against sampled

FAILS_BY_CHANCE = 1e-3
"""Probability that any comparison of a table exceeds `z_limit` although all is as claimed."""


def z_limit(comparisons: int, *, two_sided: bool = True) -> float:
    """What no z-score of so many exceeds with probability 0.999, if all is as claimed (Bonferroni)."""
    return float(stats.norm.isf(FAILS_BY_CHANCE / (comparisons * (2 if two_sided else 1))))


def agreement(
    problem: Problem, count: int, generator: Generator, *, sigma: float, which: Sequence[Estimator] = ()
) -> pd.DataFrame:
    """Compare sampled means and variances of `which` estimators, or all twelve, with the exact ones.

    Returns
    -------
    DataFrame
        For each estimator, from `count` rollouts of each problem: of the first one `exact variance`,
        `sampled variance` and its `z`; over all problems, the number of `comparisons` and the largest |z|.
        ``table.attrs["limit"]`` is the `z_limit` of all.
    """
    rows = []
    for estimator in which or _twelve():
        expected = exact.moments(problem, estimator, noise_variance=sigma**2)
        found = estimators.estimate(
            problem, estimator, count, generator, noise=Independent(sigma), center=expected.mean
        )
        of_mean = (found.mean - expected.mean) / found.mean_error
        of_variance = (found.variance - expected.variance) / found.variance_error
        rows.append(
            {
                "outer sum": estimator.outer,
                "baseline": estimator.baseline,
                "rewards": "to go" if estimator.reward_to_go else "all",
                "exact variance": expected.variance[0],
                "sampled variance": found.variance[0],
                "z": of_variance[0],
                "comparisons": of_mean.size + of_variance.size,
                "largest |z|": max(np.abs(of_mean).max(), np.abs(of_variance).max()),
            }
        )
    table = pd.DataFrame(rows)
    table.attrs["limit"] = z_limit(table["comparisons"].sum())
    return table


def _twelve() -> list[Estimator]:
    return [
        Estimator(outer, baseline, to_go)
        for outer in ("undiscounted", "discounted")
        for baseline in ("none", "constant", "value")
        for to_go in (True, False)
    ]


# The record


def recorded() -> pd.DataFrame:
    """Return the recorded trial at full scale."""
    return records.load(RECORD)


main = Command(
    module="imagination.results.noise.trial",
    record=RECORD,
    run=run,
    say=lambda table: summary(table).to_string(float_format=lambda x: f"{x:.4g}"),
    parameters=lambda scale: SCALES[scale],
    scales=SCALES,
    default="quick",
    options=("workers",),
    compact=lambda table: rounded(table, 12),
    violations=lambda table: violations(TRIALS, table),
)


if __name__ == "__main__":
    raise SystemExit(main())
