"""From pilot measurements to a split of a sampling budget.

Fit a law to the errors of the dynamics and one to those of the reward, put both into Theorem 1, and say how
sure the split is: every replicate of the bootstrap is a pilot that could have been, and has a split of its
own. Beyond the pilot each replicate's laws run on with other exponents, off by normal draws as large as the
laws' hindcasts were (`scaling_laws`). Intervals are Student's t on the spread of what the replicates find, on
scales on which only what is possible is left. ``imagination plan`` is this from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from imagination import checks
from imagination.checks import number, whole
from imagination.decide import allocation, scaling_laws
from imagination.decide.kappas import Kappa
from imagination.decide.objective import Objective, chosen
from imagination.decide.pilot import COLUMNS, QUANTITIES, checked, measurements, read_pilot
from imagination.decide.scaling_laws import DecayError, ScalingLaw
from imagination.decide.scaling_laws.hindcast import strayed
from imagination.decide.scaling_laws.intervals import student, students_factor

__all__ = ["COLUMNS", "LAWS", "QUANTITIES", "RULES", "SCHEMA", "Estimate", "Plan", "plan", "read_pilot"]

LAWS = ("auto", "power", "floor")
"""Which law is fitted: the one that the measurements support, or always the one or the other."""

WRONG_MULTIPLIERS = {"ten_times_multiplier": 10.0, "tenth_of_multiplier": 0.1}
"""A plan shows what it would cost to have the multiplier wrong by these factors."""

RULES = ("half_each", "same_number", "global_constants", *WRONG_MULTIPLIERS)
"""What a plan is compared with."""

SCHEMA = 2
"""Version of what `Plan.to_dict` returns: it grows when a key is renamed, removed or means something else."""

LOST = 0.025
"""Share of replicates that may fail to decay before a law counts as not shown to decay."""


@dataclass(frozen=True)
class Estimate:
    """A number with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Plan:
    """A split of a budget, and how sure it is.

    Attributes
    ----------
    budget, cost_dyn, cost_rew, level : float
        What was asked for; `level` is the probability of all intervals.
    objective : Objective
        What is minimised.
    multiplier : float
        Weight in it of the dynamics' error, or of its square, beside the reward's.
    labels_on_visited : bool
        Whether rewards are labelled on visited transitions only.
    laws : dict of str to ScalingLaw
        The laws of ``dynamics`` and ``reward``.
    split : DataFrame
        A row for each quantity: `samples` (whole numbers within the budget), the interval `low` to `high`
        of the optimum, `share` of the budget with `share_low` and `share_high`, and `error`, `error_low`,
        `error_high`: what the law expects of so many samples.
    error : Estimate
        What the split should leave, floors included: multiplier * dynamics error + reward error, or for the
        objective "regret" the expected regret. Below, too, such an "error" is meant.
    hindsight : float
        With probability `level` the best split for the true laws would leave at most this share less error:
        the price of planning from a pilot [no unit].
    rules : DataFrame
        A row for each of `RULES` that applies: `rule` (in words), `N_dyn`, `N_rew`, `error`, `regret` (error
        above that of the best split, as a share of it) and its interval `low` to `high`.
    warnings : tuple of str
        Where not to trust the plan.
    """

    budget: float
    cost_dyn: float
    cost_rew: float
    objective: Objective
    labels_on_visited: bool
    level: float
    laws: Mapping[str, ScalingLaw]
    split: pd.DataFrame
    error: Estimate
    hindsight: float
    rules: pd.DataFrame
    warnings: tuple[str, ...]

    @property
    def multiplier(self) -> float:
        """How much an error of the dynamics weighs against one of the reward, in the objective."""
        return self.objective.multiplier

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain numbers, strings, lists and dictionaries, ready for JSON.

        Returns
        -------
        dict
            The same keys for every plan: `schema` (the number `SCHEMA`) and the attributes' names, under them
            their rows and columns. ``objective`` is its name; `multiplier`, `kappa_dyn` and `kappa_rew` (None
            for "bound") stand beside it, and under ``kappas`` what was measured of them (or None).
            Under ``laws``, each law's `amplitude`, `exponent` and `floor` (0 where
            there is none) with `value`, `low`, `high`; `form`, `measurements` (how many), `smallest_pilot`
            and `largest_pilot` [samples], `r_squared`; `resampling` and `freedom`, what the intervals rest
            on; `floor_chosen`, the share of replicates with a floor; `hindcast` with the attributes of
            `scaling_laws.Hindcast`, each None with too few sizes. Under ``rules``, None for a rule that does
            not apply. While `schema` is the same no key changes its meaning; some may be added.
        """
        laws, measured = {}, self.objective.measured
        for name, law in self.laws.items():
            table = law.summary(level=self.level)
            none = {"floor": {"value": 0.0, "low": 0.0, "high": 0.0}}
            back = law.hindcast
            empty = dict.fromkeys(field.name for field in fields(scaling_laws.Hindcast))
            laws[name] = (
                none
                | {str(key): _numbers(row) for key, row in table.iterrows()}
                | {
                    "form": _form(law),
                    "measurements": len(law.errors),
                    "smallest_pilot": float(law.samples.min()),
                    "largest_pilot": float(law.samples.max()),
                    "r_squared": law.r_squared_of_means,
                    "resampling": law.resampling,
                    "freedom": law.freedom,
                    "floor_chosen": law.floor_chosen,
                    "hindcast": vars(back) if back else empty,
                }
            )
        rules = {name: _numbers(row) for name, row in self.rules.iterrows()}
        return {
            "schema": SCHEMA,
            "budget": self.budget,
            "cost_dyn": self.cost_dyn,
            "cost_rew": self.cost_rew,
            "objective": self.objective.name,
            "multiplier": self.multiplier,
            "kappa_dyn": self.objective.kappa_dyn,
            "kappa_rew": self.objective.kappa_rew,
            "kappas": {name: kappa.to_dict() for name, kappa in measured.items()} or None,
            "labels_on_visited": self.labels_on_visited,
            "level": self.level,
            "laws": laws,
            "split": {name: _numbers(row) for name, row in self.split.iterrows()},
            "error": vars(self.error),
            "hindsight": self.hindsight,
            "rules": {name: rules.get(name) for name in RULES},
            "warnings": list(self.warnings),
        }


def plan(
    pilot: pd.DataFrame,
    *,
    budget: float,
    cost_dyn: float,
    cost_rew: float,
    multiplier: float | None = None,
    constants: Mapping[str, float] | None = None,
    objective: str = "bound",
    kappa_dyn: float | Kappa | None = None,
    kappa_rew: float | Kappa | None = None,
    labels_on_visited: bool = False,
    law: str = "auto",
    level: float = 0.95,
    replicates: int = 1000,
    rng: np.random.Generator,
) -> Plan:
    """Split a budget between samples for the dynamics and samples for the reward.

    Parameters
    ----------
    pilot : DataFrame
        Measured errors: columns `quantity` ("dynamics" or "reward"), `samples` and `error`, and optionally
        `seed`.
    budget : float
        What may be spent [any unit of cost].
    cost_dyn, cost_rew : float
        Cost of one sample [unit of cost a sample].
    multiplier : float, optional
        How much an error of the dynamics weighs against one of the reward: D of [TSGLH26, Thm. 1], or
        better the realised sensitivity.
    constants : mapping, optional
        `gamma`, `L_f`, `L_r` and `L_pi`. They give D where no `multiplier` is given; beside one they give
        the rule "Theorem 1 with global constants" that the plan is compared with.
    objective : {"bound", "regret"}
        "bound" minimises the weighted sum of errors, of which a certificate is made; "regret" what a policy
        is expected to lose, ``kappa_dyn * eps_dyn**2 + kappa_rew * eps_rew**2``.
    kappa_dyn, kappa_rew : float or Kappa, optional
        For "regret", instead of `multiplier` and `constants`: the return lost for each squared error, as a
        number or as :func:`imagination.decide.kappas.fit` measured it. The split depends on their ratio
        alone. Like `multiplier`, they are taken as known by the intervals.
    labels_on_visited : bool
        Whether rewards are labelled on visited transitions only: no more labels than transitions.
    law : {"auto", "power", "floor"}
        Which law to fit; "auto" chooses by BIC, and a pure power law below four sample sizes.
    level : float
        Probability of the intervals.
    replicates : int
        Size of the bootstrap, 100 or more.
    rng : numpy.random.Generator
        Draws the bootstrap.

    Returns
    -------
    Plan

    Raises
    ------
    DecayError
        If a law does not decay, or the pilot cannot tell whether it does.
    ValueError
        If the pilot, the budget or anything else is not what it should be.
    """
    pilot = checked(pilot)
    for name, value in {"budget": budget, "cost_dyn": cost_dyn, "cost_rew": cost_rew}.items():
        if not number(name, value) > 0:
            raise ValueError(f"{name}: {value:g}; need a positive, finite number")
    budget, cost_dyn, cost_rew = (
        value if type(value) in (int, float) else float(value) for value in (budget, cost_dyn, cost_rew)
    )
    if cost_dyn + cost_rew > budget:
        raise ValueError(
            f"budget: {budget:g}; one sample of each kind costs {cost_dyn + cost_rew:g}, need that or more"
        )
    level = checks.level(level)
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is none of {', '.join(LAWS)}")
    if whole("replicates", replicates) < 100:
        raise ValueError(f"replicates: {replicates}; intervals need 100 or more")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
    kappas = {"kappa_dyn": kappa_dyn, "kappa_rew": kappa_rew}
    minimised, of_constants, notes = chosen(objective, multiplier, constants, kappas)
    laws = {}
    for name in QUANTITIES:
        rows, said = measurements(pilot, name)
        notes += said
        try:
            laws[name] = _law(rows, law, level, replicates, rng)
        except ValueError as error:
            raise type(error)("; ".join([f"{name}: {error}", *said])) from error
    problem = _Problem(budget, cost_dyn, cost_rew, minimised, labels_on_visited, level, laws)
    return problem.solved(of_constants, notes, rng)


def _law(rows: pd.DataFrame, law: str, level: float, replicates: int, rng: np.random.Generator) -> ScalingLaw:
    """Fit one quantity's law and make sure that the pilot shows it to decay."""
    samples, errors = rows["samples"].to_numpy(), rows["error"].to_numpy()
    seeds = rows["seed"].to_numpy() if "seed" in rows else None
    options: dict[str, Any] = {"replicates": replicates, "rng": rng, "seeds": seeds}
    if law == "auto" and len(np.unique(samples)) >= 4:
        found = scaling_laws.compare(samples, errors, **options).chosen
    else:
        found = scaling_laws.fit(samples, errors, floor=law == "floor", **options)
    if (found.bootstrap["exponent"] <= 0).mean() > LOST:
        low, high, _ = found.interval("exponent", level=level)
        raise DecayError(
            f"the pilot does not show that the error falls with the samples "
            f"(exponent between {low:.2g} and {high:.2g}); measure more, or over a wider range"
        )
    return found


def _form(law: ScalingLaw) -> str:
    return "power law with a floor" if law.with_floor else "power law"


def _numbers(row: pd.Series) -> dict[str, Any]:
    return {str(key): value if isinstance(value, str) else float(value) for key, value in row.items()}


@dataclass(frozen=True)
class _Problem:
    """A budget to be split between two fitted laws."""

    budget: float
    cost_dyn: float
    cost_rew: float
    objective: Objective
    labels_on_visited: bool
    level: float
    laws: Mapping[str, ScalingLaw]

    @property
    def _decay(self) -> np.ndarray:
        """Which replicates decay, with an amplitude that is a number."""
        found = [law.bootstrap for law in self.laws.values()]
        return np.logical_and.reduce([(b["exponent"] > 0) & np.isfinite(b["amplitude"]) for b in found])

    def _central(self) -> dict[str, Any]:
        """Parameters of both laws as they were fitted."""
        dyn, rew = self.laws["dynamics"], self.laws["reward"]
        parts = {"A_dyn": dyn.amplitude, "alpha": dyn.exponent, "floor_dyn": dyn.floor}
        return parts | {"A_rew": rew.amplitude, "beta": rew.exponent, "floor_rew": rew.floor}

    def _arrays(self, targets: tuple[float, float], rng: np.random.Generator) -> dict[str, Any]:
        """Parameters of both laws, the fit first and then all replicates that decay, seen from a plan."""
        found: dict[str, Any] = {}
        names = (("A_dyn", "alpha", "floor_dyn"), ("A_rew", "beta", "floor_rew"))
        for law, target, mine in zip(self.laws.values(), targets, names, strict=True):
            drift = law.hindcast.drift if law.hindcast else 0.0
            strays = np.append(0.0, drift * rng.standard_normal(int(self._decay.sum())))
            fitted = tuple(
                np.append(getattr(law, name), law.bootstrap[name].to_numpy()[self._decay])
                for name in scaling_laws.PARAMETERS
            )
            away = float(law.distance(target)) * (1 if target > law.samples.max() else -1)
            found |= dict(zip(mine, strayed(fitted, target, away, strays), strict=True))
        return found

    @property
    def _asked(self) -> dict[str, Any]:
        """What a split is asked for, but for the laws and the multiplier."""
        prices = {"c_dyn": self.cost_dyn, "c_rew": self.cost_rew, "budget": self.budget}
        return prices | {"objective": self.objective.name, "labels_on_visited": self.labels_on_visited}

    def _errors(self, arrays: Mapping[str, np.ndarray], N_dyn: Any, N_rew: Any) -> tuple[Any, Any, Any]:
        """Errors of dynamics and reward, and both together, of given samples under each replicate's laws."""
        dyn = scaling_laws.power_law(N_dyn, arrays["A_dyn"], arrays["alpha"], arrays["floor_dyn"])
        rew = scaling_laws.power_law(N_rew, arrays["A_rew"], arrays["beta"], arrays["floor_rew"])
        return dyn, rew, self.objective(dyn, rew)

    @cached_property
    def _freedom(self) -> int:
        return min(law.freedom for law in self.laws.values())

    @cached_property
    def _alike(self) -> np.ndarray:
        """Which of the replicates that decay chose both laws as the fit did."""
        return np.logical_and.reduce([law.alike for law in self.laws.values()])[self._decay]

    def _estimate(self, values: np.ndarray, scale: str) -> Estimate:
        """Return the first value with the interval that the others, the replicates', give it."""
        low, high = student(values[0], values[1:], self._freedom, self.level, alike=self._alike, scale=scale)
        return Estimate(float(values[0]), float(low), float(high))

    def solved(self, global_multiplier: float | None, notes: list[str], rng: np.random.Generator) -> Plan:
        """Make the plan, with these notes before its warnings."""
        central = self._central()
        whole = allocation.allocate_whole(**central, multiplier=self.objective.multiplier, **self._asked)
        arrays = self._arrays((whole.N_dyn, whole.N_rew), rng)
        best = allocation.allocate(**arrays, multiplier=self.objective.multiplier, **self._asked)
        least = (self.objective.kappa_rew or 1.0) * best.error
        dyn, rew, error = self._errors(arrays, whole.N_dyn, whole.N_rew)
        split = pd.DataFrame(
            {
                "dynamics": self._row(whole.N_dyn, best.N_dyn, self.cost_dyn, dyn),
                "reward": self._row(whole.N_rew, best.N_rew, self.cost_rew, rew),
            }
        ).T
        return Plan(
            budget=self.budget,
            cost_dyn=self.cost_dyn,
            cost_rew=self.cost_rew,
            objective=self.objective,
            labels_on_visited=self.labels_on_visited,
            level=self.level,
            laws=self.laws,
            split=split,
            error=self._estimate(error, "log"),
            hindsight=self._hindsight(least[1:] / error[1:]),
            rules=self._rules(arrays, central, least, global_multiplier),
            warnings=(*notes, *self._warnings(split)),
        )

    def _row(self, samples: float, optima: np.ndarray, cost: float, errors: np.ndarray) -> dict[str, float]:
        share, error = self._estimate(optima * cost / self.budget, "log-odds"), self._estimate(errors, "log")
        return {
            "samples": samples,
            "low": share.low * self.budget / cost,
            "high": share.high * self.budget / cost,
            "share": samples * cost / self.budget,
            "share_low": share.low,
            "share_high": share.high,
            "error": error.value,
            "error_low": error.low,
            "error_high": error.high,
        }

    def _hindsight(self, best: np.ndarray) -> float:
        """Share that could be saved: it goes with the square of what the split is off, which is Student's."""
        saved = np.maximum(1 - best, 0).mean()
        return min(float(students_factor(self.level, self._freedom) ** 2 * saved), 1.0)

    def _rules(
        self,
        arrays: Mapping[str, np.ndarray],
        central: Mapping[str, Any],
        best: np.ndarray,
        global_multiplier: float | None,
    ) -> pd.DataFrame:
        """What other rules would have bought, and how much more error they leave than the best split."""
        each = self.budget / (self.cost_dyn + self.cost_rew)
        splits = {
            "half_each": (
                "half the budget each",
                self.budget / 2 / self.cost_dyn,
                self.budget / 2 / self.cost_rew,
            ),
            "same_number": ("by cost: as many samples of each", each, each),
        }
        others = {}
        if global_multiplier is not None:
            name = f"Theorem 1 with global constants (multiplier {global_multiplier:.4g})"
            others["global_constants"] = name, global_multiplier
        for key, factor in WRONG_MULTIPLIERS.items():
            others[key] = f"multiplier {factor:g} times as large", factor * self.objective.multiplier
        for key, (name, multiplier) in others.items():
            found = allocation.allocate(**central, **self._asked, multiplier=multiplier)
            splits[key] = name, float(found.N_dyn), float(found.N_rew)
        rows = {}
        for key, (name, N_dyn, N_rew) in splits.items():
            if self.labels_on_visited and N_rew > N_dyn * (1 + 1e-9):
                continue
            error = self._errors(arrays, N_dyn, N_rew)[2]
            regret = self._estimate(np.maximum(error / best - 1, 0), "root")
            rows[key] = {
                "rule": name,
                "N_dyn": N_dyn,
                "N_rew": N_rew,
                "error": error[0],
                "regret": regret.value,
                "low": regret.low,
                "high": regret.high,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def _warnings(self, split: pd.DataFrame) -> tuple[str, ...]:
        found = []
        for name, law in self.laws.items():
            samples = split.loc[name, "samples"]
            low, high = law.samples.min(), law.samples.max()
            if samples > high:
                found.append(
                    f"{name}: {samples:,.0f} samples are {samples / high:.3g} times the pilot's largest "
                    f"({high:,.0f}); whether the law holds so far out, the pilot cannot tell"
                )
            if samples < low:
                found.append(
                    f"{name}: {samples:,.0f} samples are fewer than the pilot's smallest ({low:,.0f}); "
                    "whether the law holds so far down, the pilot cannot tell"
                )
            if law.with_floor:
                found.append(f"{name}: the law levels off at {law.floor:.3g}; no budget buys less")
            if law.resampling == "residuals":
                found.append(f"{name}: few repeated measurements; intervals trust the form of the law")
            if law.hindcast is None:
                found.append(
                    f"{name}: too few sample sizes for a hindcast; beyond the pilot intervals trust the law"
                )
            if law.interval("exponent", level=self.level).low <= 0:
                found.append(f"{name}: so few measurements hardly show that the error falls at all")
            lost = len(law.bootstrap) - int((law.bootstrap["exponent"] > 0).sum())
            if lost:
                found.append(f"{name}: {lost} of {len(law.bootstrap)} replicates do not decay; left out")
        return tuple(found)
