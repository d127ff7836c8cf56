"""From pilot measurements to a split of a sampling budget.

Fit a law to the errors of the dynamics and one to those of the reward, put both into Theorem 1, and say how
sure the split is: every replicate of the bootstrap is a pilot that could have been, and has a split of its
own. ``imagination plan`` is this from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from imagination.checks import number, whole
from imagination.claim import HypothesisError
from imagination.decide import allocation, scaling_laws
from imagination.decide.pilot import COLUMNS, QUANTITIES, checked, measurements, read_pilot
from imagination.decide.scaling_laws import DecayError, ScalingLaw
from imagination.results.budget.claims import MULTIPLIER

__all__ = ["COLUMNS", "LAWS", "QUANTITIES", "RULES", "SCHEMA", "Estimate", "Plan", "plan", "read_pilot"]

LAWS = ("auto", "power", "floor")
"""Which law is fitted: the one that the measurements support, or always the one or the other."""

WRONG_MULTIPLIERS = {"ten_times_multiplier": 10.0, "tenth_of_multiplier": 0.1}
"""A plan shows what it would cost to have the multiplier wrong by these factors."""

RULES = ("half_each", "same_number", "global_constants", *WRONG_MULTIPLIERS)
"""What a plan is compared with."""

SCHEMA = 1
"""Version of what `Plan.to_dict` returns: it grows when a key is renamed, removed or means something else."""

LOST = 0.025
"""Share of replicates that may fail to decay before a law counts as not shown to decay."""


@dataclass(frozen=True)
class Estimate:
    """A number with its bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Plan:
    """A split of a budget, and how sure it is.

    Attributes
    ----------
    budget, cost_dyn, cost_rew, multiplier, level : float
        What was asked for; `level` is the probability of all intervals.
    laws : dict of str to ScalingLaw
        The laws of ``dynamics`` and ``reward``.
    split : DataFrame
        A row for each quantity: `samples` (whole numbers within the budget), the interval `low` to `high`
        of the optimum, `share` of the budget with `share_low` and `share_high`, and `error`, `error_low`,
        `error_high`: what the law expects of so many samples.
    error : Estimate
        multiplier * dynamics error + reward error that the split should leave, floors included.
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
    multiplier: float
    level: float
    laws: Mapping[str, ScalingLaw]
    split: pd.DataFrame
    error: Estimate
    hindsight: float
    rules: pd.DataFrame
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain numbers, strings, lists and dictionaries, ready for JSON.

        Returns
        -------
        dict
            The same keys for every plan: `schema` (the number `SCHEMA`) and the attributes' names, under them
            their rows and columns. Under ``laws``, each law's `amplitude`, `exponent` and `floor` (0 where
            there is none) with `value`, `low`, `high`; `form`, `measurements` (how many), `smallest_pilot`
            and `largest_pilot` [samples], `r_squared`, `resampling`. Under ``rules``, None for a rule that
            does not apply. While `schema` is the same no key changes its meaning; some may be added.
        """
        laws = {}
        for name, law in self.laws.items():
            table = law.summary(level=self.level)
            none = {"floor": {"value": 0.0, "low": 0.0, "high": 0.0}}
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
                }
            )
        rules = {name: _numbers(row) for name, row in self.rules.iterrows()}
        return {
            "schema": SCHEMA,
            "budget": self.budget,
            "cost_dyn": self.cost_dyn,
            "cost_rew": self.cost_rew,
            "multiplier": self.multiplier,
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
    level = number("level", level)
    if not 0 < level < 1:
        raise ValueError(f"level: {level:g} is no probability between 0 and 1")
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is none of {', '.join(LAWS)}")
    if whole("replicates", replicates) < 100:
        raise ValueError(f"replicates: {replicates}; intervals need 100 or more")
    if multiplier is not None:
        number("multiplier", multiplier)
    chosen, of_constants, notes = _multipliers(multiplier, constants)
    laws = {}
    for name in QUANTITIES:
        rows, said = measurements(pilot, name)
        notes += said
        try:
            laws[name] = _law(rows, law, level, replicates, rng)
        except ValueError as error:
            raise type(error)("; ".join([f"{name}: {error}", *said])) from error
    problem = _Problem(budget, cost_dyn, cost_rew, chosen, level, laws)
    return problem.solved(of_constants, notes)


def _multipliers(
    multiplier: float | None, constants: Mapping[str, float] | None
) -> tuple[float, float | None, list[str]]:
    """Return the multiplier, that of the global constants if it is another one, and what is to be said."""
    needed = ("gamma", "L_f", "L_r", "L_pi")
    if constants is not None and set(constants) != set(needed):
        raise ValueError(f"constants: got {', '.join(constants) or 'none'}; need {', '.join(needed)}")
    if multiplier is None and constants is None:
        raise ValueError("multiplier: none given, and no constants to compute it from")
    if multiplier is None:
        multiplier, constants = float(MULTIPLIER.evaluate(**constants or {})), None
    if not (np.isfinite(multiplier) and multiplier > 0):
        raise ValueError(f"multiplier: {multiplier:g}; need a positive, finite number")
    if constants is None:
        return multiplier, None, []
    try:
        other = float(MULTIPLIER.evaluate(**constants))
        if 0 < other < np.inf:
            return multiplier, other, []
        why = f"they give the multiplier {other:g}"
    except HypothesisError as error:
        why = str(error)
    return multiplier, None, [f"constants: the rule of Theorem 1 is left out of the comparison ({why})"]


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
    multiplier: float
    level: float
    laws: Mapping[str, ScalingLaw]

    def _arrays(self) -> dict[str, np.ndarray]:
        """Parameters of both laws, the fit first and then all replicates that decay."""
        found = {}
        keep = np.logical_and.reduce([law.bootstrap["exponent"] > 0 for law in self.laws.values()])
        for law, names in zip(
            self.laws.values(), (("A_dyn", "alpha", "floor_dyn"), ("A_rew", "beta", "floor_rew")), strict=True
        ):
            for name, parameter in zip(names, scaling_laws.PARAMETERS, strict=True):
                draws = law.bootstrap[parameter].to_numpy()[keep]
                found[name] = np.concatenate([[getattr(law, parameter)], draws])
        return found

    @property
    def _prices(self) -> dict[str, float]:
        return {"c_dyn": self.cost_dyn, "c_rew": self.cost_rew, "budget": self.budget}

    def _errors(self, arrays: Mapping[str, np.ndarray], N_dyn: Any, N_rew: Any) -> tuple[Any, Any, Any]:
        """Errors of dynamics and reward, and both together, of given samples under each replicate's laws."""
        dyn = scaling_laws.power_law(N_dyn, arrays["A_dyn"], arrays["alpha"], arrays["floor_dyn"])
        rew = scaling_laws.power_law(N_rew, arrays["A_rew"], arrays["beta"], arrays["floor_rew"])
        return dyn, rew, self.multiplier * dyn + rew

    def _estimate(self, values: np.ndarray) -> Estimate:
        low, high = np.quantile(values[1:], [(1 - self.level) / 2, (1 + self.level) / 2])
        return Estimate(float(values[0]), float(low), float(high))

    def solved(self, global_multiplier: float | None, notes: list[str]) -> Plan:
        """Make the plan, with these notes before its warnings."""
        arrays = self._arrays()
        central = {name: float(values[0]) for name, values in arrays.items()}
        best = allocation.allocate(**arrays, **self._prices, multiplier=self.multiplier)
        whole = allocation.allocate_whole(**central, **self._prices, multiplier=self.multiplier)
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
            multiplier=self.multiplier,
            level=self.level,
            laws=self.laws,
            split=split,
            error=self._estimate(error),
            hindsight=float(np.quantile(1 - best.error[1:] / error[1:], self.level)),
            rules=self._rules(arrays, central, best.error, global_multiplier),
            warnings=(*notes, *self._warnings(split)),
        )

    def _row(self, samples: float, optima: np.ndarray, cost: float, errors: np.ndarray) -> dict[str, float]:
        optimum, error = self._estimate(optima), self._estimate(errors)
        return {
            "samples": samples,
            "low": optimum.low,
            "high": optimum.high,
            "share": samples * cost / self.budget,
            "share_low": optimum.low * cost / self.budget,
            "share_high": optimum.high * cost / self.budget,
            "error": error.value,
            "error_low": error.low,
            "error_high": error.high,
        }

    def _rules(
        self,
        arrays: Mapping[str, np.ndarray],
        central: Mapping[str, float],
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
            others[key] = f"multiplier {factor:g} times as large", factor * self.multiplier
        for key, (name, multiplier) in others.items():
            found = allocation.allocate(**central, **self._prices, multiplier=multiplier)
            splits[key] = name, float(found.N_dyn), float(found.N_rew)
        rows = {}
        for key, (name, N_dyn, N_rew) in splits.items():
            error = self._errors(arrays, N_dyn, N_rew)[2]
            regret = self._estimate(error / best - 1)
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
            lost = len(law.bootstrap) - int((law.bootstrap["exponent"] > 0).sum())
            if lost:
                found.append(f"{name}: {lost} of {len(law.bootstrap)} replicates do not decay; left out")
        return tuple(found)
