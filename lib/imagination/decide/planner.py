"""From pilot measurements to a split of a sampling budget.

Fit a law to the errors of the dynamics and one to those of the reward, put both into Theorem 1, and say how
sure the split is: every replicate of the bootstrap is a pilot that could have been, and has a split of its
own. ``imagination plan`` is this from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from imagination.decide import allocation, scaling_laws
from imagination.decide.scaling_laws import DecayError, ScalingLaw
from imagination.results.budget import claims as allocation_claims

__all__ = ["COLUMNS", "LAWS", "QUANTITIES", "Estimate", "Plan", "plan", "read_pilot"]

COLUMNS = ("quantity", "samples", "error")
"""What a pilot needs. A further column `seed`, if there is one, says which measurements belong together."""

QUANTITIES = ("dynamics", "reward")

LAWS = ("auto", "power", "floor")
"""Which law is fitted: the one that the measurements support, or always the one or the other."""

WRONG_MULTIPLIERS = (10.0, 0.1)
"""A plan shows what it would cost to have the multiplier wrong by these factors."""

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
        A row for each other rule: `N_dyn`, `N_rew`, `error`, `regret` (error above that of the best split,
        as a share of it) and its interval `low` to `high`.
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
        """Return everything as plain numbers, strings, lists and dictionaries, ready for JSON."""
        laws = {}
        for name, law in self.laws.items():
            table = law.summary(level=self.level)
            laws[name] = {key: _numbers(row) for key, row in table.iterrows()} | {
                "form": _form(law),
                "measurements": len(law.errors),
                "smallest_pilot": float(law.samples.min()),
                "largest_pilot": float(law.samples.max()),
                "r_squared": law.r_squared_of_means,
                "resampling": law.resampling,
            }
        return {
            "budget": self.budget,
            "cost_dyn": self.cost_dyn,
            "cost_rew": self.cost_rew,
            "multiplier": self.multiplier,
            "level": self.level,
            "laws": laws,
            "split": {name: _numbers(row) for name, row in self.split.iterrows()},
            "error": vars(self.error),
            "hindsight": self.hindsight,
            "rules": {name: _numbers(row) for name, row in self.rules.iterrows()},
            "warnings": list(self.warnings),
        }


def read_pilot(path: str | Path) -> pd.DataFrame:
    """Read pilot measurements from a CSV file.

    Returns
    -------
    DataFrame
        Columns `quantity`, `samples`, `error`, and `seed` if the file has it.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If it is no CSV file, a column is missing, or its contents are not what the column says.
    """
    try:
        table = pd.read_csv(path, skipinitialspace=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a CSV file ({str(error).strip()})") from error
    try:
        return _checked(table)
    except ValueError as error:
        raise type(error)(f"{path}: {error}") from error


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
    pilot = _checked(pilot)
    for name, value in {"budget": budget, "cost_dyn": cost_dyn, "cost_rew": cost_rew}.items():
        if not (np.isfinite(value) and value > 0):
            raise ValueError(f"{name}: {value:g}; need a positive, finite number")
    if not 0 < level < 1:
        raise ValueError(f"level: {level:g} is no probability between 0 and 1")
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is none of {', '.join(LAWS)}")
    if replicates < 100:
        raise ValueError(f"replicates: {replicates}; intervals need 100 or more")
    global_multiplier = None if constants is None else _multiplier_of(constants)
    chosen = global_multiplier if multiplier is None else multiplier
    if chosen is None:
        raise ValueError("multiplier: none given, and no constants to compute it from")
    if not (np.isfinite(chosen) and chosen > 0):
        raise ValueError(f"multiplier: {chosen:g}; need a positive, finite number")
    laws = {name: _law(pilot, name, law, level, replicates, rng) for name in QUANTITIES}
    problem = _Problem(budget, cost_dyn, cost_rew, chosen, level, laws)
    return problem.solved(None if multiplier is None else global_multiplier)


def _checked(pilot: pd.DataFrame) -> pd.DataFrame:
    """Return the pilot with clean columns, or say what is wrong with it."""
    pilot = pilot.rename(columns=lambda name: str(name).strip())
    missing = [name for name in COLUMNS if name not in pilot.columns]
    if missing:
        found = ", ".join(map(str, pilot.columns)) or "none"
        raise ValueError(f"no column {' or '.join(map(repr, missing))}; there are: {found}")
    table = pilot[[*COLUMNS, *(["seed"] if "seed" in pilot.columns else [])]].copy()
    table["quantity"] = table["quantity"].astype(str).str.strip()
    unknown = sorted(set(table["quantity"]) - set(QUANTITIES))
    if unknown:
        raise ValueError(f"quantity: {unknown[0]!r} is neither 'dynamics' nor 'reward'")
    for name in ("samples", "error"):
        numbers = pd.to_numeric(table[name], errors="coerce")
        bad = ~(np.isfinite(numbers) & (numbers > 0))
        if bad.any():
            row = int(np.argmax(bad))
            given = pilot[name].iloc[row]
            raise ValueError(f"{name}: {given!s} in measurement {row + 1}; need positive, finite numbers")
        table[name] = numbers.astype(float)
    return table


def _multiplier_of(constants: Mapping[str, float]) -> float:
    needed = ("gamma", "L_f", "L_r", "L_pi")
    if set(constants) != set(needed):
        raise ValueError(f"constants: got {', '.join(constants) or 'none'}; need {', '.join(needed)}")
    return float(allocation_claims.MULTIPLIER.evaluate(**constants))


def _law(
    pilot: pd.DataFrame, name: str, law: str, level: float, replicates: int, rng: np.random.Generator
) -> ScalingLaw:
    """Fit one quantity's law and make sure that the pilot shows it to decay."""
    rows = pilot[pilot["quantity"] == name]
    if rows.empty:
        raise ValueError(f"quantity: the pilot has no measurement of '{name}'")
    samples, errors = rows["samples"].to_numpy(), rows["error"].to_numpy()
    options: dict[str, Any] = {"replicates": replicates, "rng": rng, "seeds": _seeds(rows)}
    sizes = len(np.unique(samples))
    try:
        if law == "auto" and sizes >= 4:
            found = scaling_laws.compare(samples, errors, **options).chosen
        else:
            found = scaling_laws.fit(samples, errors, floor=law == "floor", **options)
    except ValueError as error:
        raise type(error)(f"{name}: {error}") from error
    if (found.bootstrap["exponent"] <= 0).mean() > LOST:
        low, high, _ = found.interval("exponent", level=level)
        raise DecayError(
            f"{name}: the pilot does not show that the error falls with the samples "
            f"(exponent between {low:.2g} and {high:.2g}); measure more, or over a wider range"
        )
    return found


def _seeds(rows: pd.DataFrame) -> np.ndarray | None:
    """Return the seeds if each was measured once at every sample size."""
    if "seed" not in rows.columns or rows["seed"].isna().any():
        return None
    table = pd.crosstab(rows["seed"], rows["samples"])
    return rows["seed"].to_numpy() if (table == 1).all(axis=None) and len(table) > 1 else None


def _form(law: ScalingLaw) -> str:
    return "power law with a floor" if law.with_floor else "power law"


def _numbers(row: pd.Series) -> dict[str, float]:
    return {str(key): float(value) for key, value in row.items()}


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

    def solved(self, global_multiplier: float | None) -> Plan:
        """Make the plan."""
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
            warnings=self._warnings(split, len(arrays["alpha"]) - 1),
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
            "half the budget each": (self.budget / 2 / self.cost_dyn, self.budget / 2 / self.cost_rew),
            "by cost: as many samples of each": (each, each),
        }
        others = {f"multiplier {factor:g} times as large": factor for factor in WRONG_MULTIPLIERS}
        multipliers = {name: factor * self.multiplier for name, factor in others.items()}
        if global_multiplier is not None:
            name = f"Theorem 1 with global constants (multiplier {global_multiplier:.4g})"
            multipliers = {name: global_multiplier} | multipliers
        for name, multiplier in multipliers.items():
            found = allocation.allocate(**central, **self._prices, multiplier=multiplier)
            splits[name] = float(found.N_dyn), float(found.N_rew)
        rows = {}
        for name, (N_dyn, N_rew) in splits.items():
            error = self._errors(arrays, N_dyn, N_rew)[2]
            regret = self._estimate(error / best - 1)
            rows[name] = {
                "N_dyn": N_dyn,
                "N_rew": N_rew,
                "error": error[0],
                "regret": regret.value,
                "low": regret.low,
                "high": regret.high,
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def _warnings(self, split: pd.DataFrame, kept: int) -> tuple[str, ...]:
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
