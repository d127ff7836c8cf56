"""Corollary 2 and the whole objective on trial: random problems, brute force, and planted wrong rules.

The rules see four numbers of a problem. The brute force sees none of them: it tries many costs, computes the
variance of the noisy estimator at each by dynamic programming, and takes the least.

    python -m imagination.results.fidelity.trial --record

makes the recorded trial again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp
from numpy.typing import NDArray

from imagination import records
from imagination.decide import label_cost as fidelity
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, Problem
from imagination.results.bias.trial import copies_of_each, draw_problems
from imagination.results.fidelity import claims
from imagination.results.noise import claims as reward_noise
from imagination.trials.recording import Command, rounded
from imagination.trials.sweep import sweep

__all__ = [
    "FAMILIES",
    "PLANTED",
    "SCALES",
    "TOLERANCE",
    "Planted",
    "Setting",
    "configurations",
    "draw_setting",
    "power",
    "recorded",
    "run",
    "trial",
    "violations",
]

Array = NDArray[Any]

TOLERANCE = 1e-9
"""Advice is refuted if some other cost tried is better by more than this share."""

FAMILIES = ("power law", "power law, dear rollouts", "bounded", "floor")
RECORD = "fidelity-trial"
SCALES = {"quick": {"batches": 1, "size": 75}, "full": {"batches": 25, "size": 100}}
COSTS = 60
"""Costs that the brute force tries, evenly in the logarithm from end to end of the range."""

CHUNK = 300
"""Problems whose moments are computed at once."""


@dataclass(frozen=True)
class Setting:
    """What the rules see of a batch of problems; every array is (B,)."""

    family: str
    noise: Any
    V: Array
    kappa: Array
    fixed_cost: Array
    low: Array
    high: Array
    kappa_bound: Array

    def advice(self, **instead: Any) -> fidelity.OptimalCost:
        """The library's advice, with some of what it should be told replaced."""
        about = {"V": self.V, "kappa": self.kappa, "fixed_cost": self.fixed_cost, "noise": self.noise}
        about |= instead
        return fidelity.optimal_cost(
            about["noise"],
            noise_free_variance=about["V"],
            noise_factor=about["kappa"],
            fixed_cost=about["fixed_cost"],
            cost_range=(self.low, self.high),
        )

    def formula(self, expression: sp.Expr) -> Array:
        """A closed form of the claims (or a spoilt one) for these problems, clipped to the range."""
        values = {"V": self.V, "kappa": self.kappa, "c_0": self.fixed_cost, "A": self.noise.amplitude}
        if self.family == "floor":
            values["sigma_f"] = self.noise.floor
        else:
            values["q"] = np.maximum(self.noise.exponent - 1, 0)
        symbols = sorted(expression.free_symbols, key=str)
        found = sp.lambdify(symbols, expression, "numpy")(*(values[str(symbol)] for symbol in symbols))
        return np.clip(found, self.low, self.high)


def draw_setting(rng: np.random.Generator, family: str, size: int) -> tuple[Problem, Setting]:
    """Random problems and, for each, a kind of label whose noise matters there."""
    problem, *_ = draw_problems(rng, size)
    V = exact.moments(problem, DISCOUNTED).variance
    kappa = exact.added_noise_variance(problem, DISCOUNTED)
    bound = reward_noise.added_variance_bound(
        sigma=1.0,
        horizon=problem.horizon,
        gamma=problem.discount,
        rollouts=1,
        score_bound=exact.mean_score_norm(problem),
        form="discounted",
    )
    amplitude = V / kappa * 10 ** rng.uniform(-1, 4, size)
    low, high = np.ones(size), 10 ** rng.uniform(0.5, 3, size)
    fixed = 10 ** rng.uniform(-1, 2, size)
    if family == "power law":
        noise: Any = fidelity.PowerLaw(amplitude, rng.uniform(0.2, 3, size))
        fixed = np.zeros(size)
    elif family == "power law, dear rollouts":
        noise = fidelity.PowerLaw(amplitude, rng.uniform(0.2, 3, size))
    elif family == "bounded":
        noise = fidelity.Bounded(np.sqrt(V / kappa * 10 ** rng.uniform(-1, 2, size)), high)
    elif family == "floor":
        noise = fidelity.Floor(np.sqrt(V / kappa * 10 ** rng.uniform(-2, 1, size)), amplitude)
    else:
        raise ValueError(f"family must be one of {', '.join(FAMILIES)}, got {family!r}")
    return problem, Setting(family, noise, V, kappa, fixed, low, high, bound)


def variance_of_budget(problem: Problem, setting: Setting, costs: Array) -> Array:
    """(c_0 + c) times the variance of one rollout's noisy estimate, (B, n) for costs (B, n), measured."""
    count = costs.shape[1]
    noise = np.stack([np.asarray(setting.noise(costs[:, i])) for i in range(count)], axis=1)
    many, noise = copies_of_each(problem, count), np.maximum(noise, 0).reshape(-1, 1, 1)
    parts = [slice(begun, begun + CHUNK) for begun in range(0, len(many), CHUNK)]  # what stays in cache
    found = [exact.moments(many[part], DISCOUNTED, noise_variance=noise[part]).variance for part in parts]
    return (setting.fixed_cost[:, None] + costs) * np.concatenate(found).reshape(costs.shape)


def configurations(scale: str = "quick") -> list[dict[str, Any]]:
    """Batches of the trial."""
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    batches, size = SCALES[scale]["batches"], SCALES[scale]["size"]
    return [{"family": family, "size": size} for family in FAMILIES for _ in range(batches)]


def trial(configuration: Mapping[str, Any], rng: np.random.Generator) -> pd.DataFrame:
    """Draw problems, advise, and compare with brute force: one row a problem.

    Columns: `family`, `V`, `kappa`, `fixed_cost`, `highest` cost allowed, the advised `cost` and its
    `regime`; `brute cost` and `brute`, the best cost of those tried and the objective there; `regret`, by
    what share the objective at the advised cost exceeds it (negative: better than all that was tried);
    `off`, relative error of the objective that the advice promises; and for each planted rule, under its
    name, by what share the objective at its cost exceeds the best known.
    """
    problem, setting = draw_setting(rng, configuration["family"], configuration["size"])
    found = setting.advice()
    share = np.linspace(0, 1, COSTS)
    grid = setting.low[:, None] * (setting.high / setting.low)[:, None] ** share
    grid[:, -1] = setting.high  # rounding must not leave the range
    wrong = np.stack([planted.cost(setting) for planted in PLANTED], axis=1)
    advised = np.asarray(found.cost)[:, None]
    values = variance_of_budget(problem, setting, np.concatenate([advised, grid, wrong], axis=1))
    at_advice, tried, at_wrong = values[:, 0], values[:, 1 : 1 + COSTS], values[:, 1 + COSTS :]
    brute = tried.min(axis=1)
    best = np.minimum(brute, at_advice)
    table = pd.DataFrame(
        {
            "family": setting.family,
            "V": setting.V,
            "kappa": setting.kappa,
            "fixed_cost": setting.fixed_cost,
            "highest": setting.high,
            "cost": found.cost,
            "regime": found.regime,
            "brute cost": grid[np.arange(len(grid)), tried.argmin(axis=1)],
            "brute": brute,
            "regret": at_advice / brute - 1,
            "off": np.abs(found.objective / at_advice - 1),
        }
    )
    names = [planted.name for planted in PLANTED]
    return pd.concat([table, pd.DataFrame(at_wrong / best[:, None] - 1, columns=names)], axis=1)


def run(scale: str = "quick", *, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Run the trial; options as in `imagination.trials.sweep.sweep`."""
    return sweep(trial, configurations(scale), seed=seed, **options)


def violations(table: pd.DataFrame) -> pd.DataFrame:
    """Problems in which brute force beats the advice, or the advice promises another variance."""
    wrong = (table["regret"] > TOLERANCE) | (table["off"] > TOLERANCE) | table["regret"].isna()
    return table[wrong]


# Planted wrong rules


@dataclass(frozen=True)
class Planted:
    """A wrong rule: a slip in a formula, or something that the rule is not told.

    Attributes
    ----------
    name : str
    families : tuple of str
        Where it speaks; elsewhere it repeats the right advice.
    rule : callable
        Takes a `Setting` and returns costs (B,).
    """

    name: str
    families: tuple[str, ...]
    rule: Callable[[Setting], Array]

    def cost(self, setting: Setting) -> Array:
        """What it advises, within the range of costs."""
        if setting.family not in self.families:
            return np.asarray(setting.advice().cost)
        return np.clip(self.rule(setting), setting.low, setting.high)


POWER = ("power law",)
EVERYWHERE = FAMILIES


def _threshold_moved(setting: Setting) -> Array:
    return np.where(setting.noise.exponent > 2, setting.advice().cost, setting.low)


def _steep(expression: sp.Expr) -> Callable[[Setting], Array]:
    """A spoilt closed form of the interior optimum, where there is one: p > 1."""
    return lambda setting: np.where(
        setting.noise.exponent > 1, setting.formula(expression), setting.advice().cost
    )


def _deviation_for_variance(setting: Setting) -> Array:
    noise = fidelity.PowerLaw(np.sqrt(setting.noise.amplitude), setting.noise.exponent / 2)
    return np.asarray(setting.advice(noise=noise).cost)


def _other_end(setting: Setting) -> Array:
    return np.where(setting.advice().cost > setting.low, setting.low, setting.high)


def _stationary_point(setting: Setting) -> Array:
    """Where the slope of the concave objective vanishes: its maximum."""
    slope = claims.WHICH_END.expression.xreplace({claims.b: claims.c})
    (root,) = sp.solve(slope, claims.c)
    about = {"V": setting.V, "kappa": setting.kappa, "c_0": setting.fixed_cost}
    about |= {"sigma_0": setting.noise.largest, str(claims.c_max): setting.noise.noise_free_cost}
    symbols = sorted(root.free_symbols, key=str)
    return sp.lambdify(symbols, root, "numpy")(*(about[str(symbol)] for symbol in symbols))


_Q = claims.q
_BASE = claims.POWER_OPTIMUM.base

PLANTED: tuple[Planted, ...] = (
    Planted("p > 2 for p > 1", POWER, _threshold_moved),
    Planted("1/p dropped from the exponent", POWER, _steep(_BASE)),
    Planted("p for p - 1", POWER, _steep(claims.POWER_OPTIMUM.subs(_BASE, _BASE * (1 + _Q) / _Q))),
    Planted("standard deviation for variance", POWER, _deviation_for_variance),
    Planted("noise-free variance ignored", EVERYWHERE, lambda s: s.advice(V=0 * s.V).cost),
    Planted("fixed cost ignored", EVERYWHERE[1:], lambda s: s.advice(fixed_cost=0 * s.V).cost),
    Planted("V and kappa swapped", EVERYWHERE, lambda s: s.advice(V=s.kappa, kappa=s.V).cost),
    Planted("kappa ignored", EVERYWHERE, lambda s: s.advice(kappa=s.kappa**0).cost),
    Planted("bound for kappa", EVERYWHERE, lambda s: s.advice(kappa=s.kappa_bound).cost),
    Planted("floor: root dropped", ("floor",), lambda s: s.formula(claims.FLOOR_OPTIMUM**2)),
    Planted(
        "floor forgotten",
        ("floor",),
        lambda s: s.advice(noise=replace(s.noise, floor=0 * s.noise.floor)).cost,
    ),
    Planted("bounded: the other end", ("bounded",), _other_end),
    Planted("bounded: where the slope is 0", ("bounded",), _stationary_point),
)
"""Slips that a derivation, or a shopping list, invites."""


def power(table: pd.DataFrame) -> pd.DataFrame:
    """How the trial refutes each planted rule.

    Returns
    -------
    DataFrame
        `speaks in` so many problems, `caught by` so many of them, and by what factor it wastes money there:
        `median` and `largest` of (variance at its cost) / (least variance).
    """
    rows = []
    for planted in PLANTED:
        excess = table.loc[table["family"].isin(planted.families), planted.name]
        caught = excess > 10 * TOLERANCE
        rows.append(
            {
                "planted": planted.name,
                "speaks in": len(excess),
                "caught by": int(caught.sum()),
                "median": float(1 + excess[caught].median()),
                "largest": float(1 + excess.max()),
            }
        )
    return pd.DataFrame(rows)


def recorded() -> pd.DataFrame:
    """The recorded trial at full scale."""
    return records.load(RECORD)


def compact(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is recorded: what must vanish with nine digits, the rest with five."""
    digits = {str(name): 9 if name in ("regret", "off") else 5 for name in table.select_dtypes("float")}
    return rounded(table, digits)


main = Command(
    module="imagination.results.fidelity.trial",
    record=RECORD,
    run=run,
    say=lambda table: power(table).to_string(),
    parameters=lambda scale: SCALES[scale] | {"costs": COSTS},
    scales=SCALES,
    compact=compact,
    violations=violations,
)


if __name__ == "__main__":
    raise SystemExit(main())
