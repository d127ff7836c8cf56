"""A plan as text for a terminal; it loads nothing that draws."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.decide.planner import Plan
from imagination.decide.scaling_laws import ScalingLaw

__all__ = ["text"]


def text(plan: Plan) -> str:
    """Return the plan as a report of lines below 100 characters."""
    percent = f"{100 * plan.level:g}%"
    what, weights, total = _objective(plan)
    parts = [
        *_kappas(plan, percent),
        f"What the pilot says (brackets: {percent} intervals)",
        _laws(plan),
        f"\nHow to split a budget of {_amount(plan.budget)} "
        f"(a dynamics sample costs {plan.cost_dyn:g}, a reward sample {plan.cost_rew:g}, "
        f"{weights})",
        *(["  with no more reward labels than transitions"] if plan.labels_on_visited else []),
        _split(plan),
        f"\n  Expected {what}: {_range(plan.error.value, plan.error.low, plan.error.high)}, that is",
        f"  {total} of the reward.",
        f"  Knowing the true laws would save at most {_share(plan.hindsight)} of it ({percent}).",
        f"\nHow much more {what} other rules would leave",
        _rules(plan),
    ]
    if plan.warnings:
        parts += ["", *(_wrapped(f"Warning: {warning}.") for warning in plan.warnings)]
    return "\n".join(parts)


def _objective(plan: Plan) -> tuple[str, str, str]:
    """What is minimised: its name, its weights, and its sum up to the words that end it."""
    dyn, rew = (f"{plan.split.loc[name, 'error']:.3g}" for name in ("dynamics", "reward"))
    if plan.objective.name == "bound":
        weight = f"{plan.multiplier:.4g}"
        return "error", f"multiplier {weight}", f"{weight} x {dyn} of the dynamics + {rew}"
    of_dyn, of_rew = f"{plan.objective.kappa_dyn:.4g}", f"{plan.objective.kappa_rew:.4g}"
    total = f"{of_dyn} x {dyn}^2 of the dynamics + {of_rew} x {rew}^2"
    return "regret", f"least\n  regret, kappas {of_dyn} and {of_rew}", total


def _kappas(plan: Plan, percent: str) -> list[str]:
    lines = []
    for name, kappa in plan.objective.measured.items():
        lines.append(f"  {name:<9} {_range(kappa.value, kappa.low, kappa.high)}, from {kappa.runs} policies")
        if not np.isnan(kappa.order):
            order = _range(kappa.order, kappa.order_low, kappa.order_high)
            lines[-1] += f", whose regret grows as error^{order}"
    title = f"Return lost for each squared error (brackets: {percent} intervals)"
    return [title, *lines, ""] if lines else []


def _laws(plan: Plan) -> str:
    lines = []
    for name, law in plan.laws.items():
        table = law.summary(level=plan.level)
        shown = law.with_floor or law.floor_chosen
        floor = f" + {_range(*table.loc['floor'])}" if shown else ""
        lines.append(
            f"  {name:<9} error = {_range(*table.loc['amplitude'])} "
            f"x N^-{_range(*table.loc['exponent'])}{floor}"
        )
        lines.append(
            f"  {'':<9} {len(law.errors)} measurements at {law.samples.min():,.0f} to "
            f"{law.samples.max():,.0f} samples; R^2 of the mean logarithms {law.r_squared_of_means:.3f}"
        )
        lines += [f"  {'':<9} {said}" for said in (_rests_on(law), _hindcast(law))]
    return "\n".join(lines)


def _rests_on(law: ScalingLaw) -> str:
    seeds = f"intervals from {law.freedom + 1} seeds"
    counted = seeds if law.resampling == "seeds" else "no seeds: measurements count as independent"
    floor = f"; floor in {_share(law.floor_chosen)} of replicates" if law.floor_chosen else ""
    degrees = "1 degree" if law.freedom == 1 else f"{law.freedom} degrees"
    return f"{counted} (Student's t, {degrees}){floor}"


def _hindcast(law: ScalingLaw) -> str:
    back = law.hindcast
    if back is None:
        return "no hindcast: too few sample sizes"
    which = "your largest size" if back.left_out == 1 else f"your {back.left_out} largest sizes"
    return (
        f"left out {which}: predicted {back.predicted:.3g} at {back.samples:,.0f}, "
        f"measured {back.measured:.3g}"
    )


def _split(plan: Plan) -> str:
    rows = plan.split
    shown = {
        "samples": rows["samples"].map("{:,.0f}".format),
        "optimum in": _intervals(rows, "low", "high", "{:,.0f}".format),
        "of the budget": rows["share"].map(_share),
        "in": _intervals(rows, "share_low", "share_high", _share),
        "error": rows["error"].map("{:.3g}".format),
        "within": _intervals(rows, "error_low", "error_high", "{:.3g}".format),
    }
    return _indented(pd.DataFrame(shown))


def _rules(plan: Plan) -> str:
    rows = plan.rules.set_index("rule").rename_axis(None)
    shown = {
        "dynamics": rows["N_dyn"].map("{:,.0f}".format),
        "reward": rows["N_rew"].map("{:,.0f}".format),
        f"more {'error' if plan.objective.name == 'bound' else 'regret'}": rows["regret"].map(_share),
        "in": _intervals(rows, "low", "high", _share),
    }
    return _indented(pd.DataFrame(shown))


def _intervals(rows: pd.DataFrame, low: str, high: str, number: Callable[[float], str]) -> list[str]:
    return [f"[{number(a)}, {number(b)}]" for a, b in zip(rows[low], rows[high], strict=True)]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) and value < 1e15 else f"{value:g}"


def _indented(table: pd.DataFrame) -> str:
    return "\n".join("  " + line.rstrip() for line in table.to_string().splitlines())


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 98, subsequent_indent="  ")


def _range(value: float, low: float, high: float) -> str:
    return f"{value:.3g} [{low:.3g}, {high:.3g}]"


def _share(share: float) -> str:
    """A share as a percentage with two digits that matter, and none that do not."""
    return f"{100 * share:.0f}%" if abs(share) >= 0.1 else f"{100 * share:.2g}%"
