"""A plan on paper: as text for a terminal, and as a figure."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagination import figures
from imagination.decide.planner import Plan

__all__ = ["figure", "text"]


def text(plan: Plan) -> str:
    """Return the plan as a report of lines below 100 characters."""
    percent = f"{100 * plan.level:g}%"
    parts = [
        f"What the pilot says (brackets: {percent} intervals)",
        _laws(plan),
        f"\nHow to split a budget of {_amount(plan.budget)} "
        f"(a dynamics sample costs {plan.cost_dyn:g}, a reward sample {plan.cost_rew:g}, "
        f"multiplier {plan.multiplier:.4g})",
        _split(plan),
        f"\n  Expected error: {_range(plan.error.value, plan.error.low, plan.error.high)}, that is",
        f"  {plan.multiplier:.4g} x {plan.split.loc['dynamics', 'error']:.3g} of the dynamics "
        f"+ {plan.split.loc['reward', 'error']:.3g} of the reward.",
        f"  Knowing the true laws would save at most {_share(plan.hindsight)} of it ({percent}).",
        "\nHow much more error other rules would leave",
        _rules(plan),
    ]
    if plan.warnings:
        parts += ["", *(_wrapped(f"Warning: {warning}.") for warning in plan.warnings)]
    return "\n".join(parts)


def figure(plan: Plan) -> Figure:
    """Draw the laws with the pilot, and the error as the budget's share for the dynamics varies."""
    with figures.style():
        drawn, (left, right) = figures.panels(2, width=9.6, height=4.0)
        _draw_laws(left, plan)
        _draw_shares(right, plan)
    return drawn


def _laws(plan: Plan) -> str:
    lines = []
    for name, law in plan.laws.items():
        table = law.summary(level=plan.level)
        floor = f" + {_range(*table.loc['floor'])}" if law.with_floor else ""
        lines.append(
            f"  {name:<9} error = {_range(*table.loc['amplitude'])} "
            f"x N^-{_range(*table.loc['exponent'])}{floor}"
        )
        lines.append(
            f"  {'':<9} {len(law.errors)} measurements at {law.samples.min():,.0f} to "
            f"{law.samples.max():,.0f} samples; R^2 of the mean logarithms {law.r_squared_of_means:.3f}"
        )
    return "\n".join(lines)


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
    rows = plan.rules
    shown = {
        "dynamics": rows["N_dyn"].map("{:,.0f}".format),
        "reward": rows["N_rew"].map("{:,.0f}".format),
        "more error": rows["regret"].map(_share),
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


def _draw_laws(axes: Axes, plan: Plan) -> None:
    for number, (name, law) in enumerate(plan.laws.items()):
        shade, marker = figures.colour(number), figures.MARKERS[number]
        target = plan.split.loc[name, "samples"]
        ends = min(law.samples.min(), target), max(law.samples.max(), target)
        band = law.predict(np.geomspace(ends[0] / 1.3, ends[1] * 1.3, 100), level=plan.level)
        axes.fill_between(band["samples"], band["low"], band["high"], color=shade, alpha=0.2, linewidth=0)
        beyond = band["extrapolates"]
        axes.plot(band["samples"], band["error"], color=shade, marker="", linestyle=":")
        axes.plot(band["samples"][~beyond], band["error"][~beyond], color=shade, marker="", label=name)
        axes.plot(law.samples, law.errors, color=shade, marker=marker, linestyle="", markersize=3.5)
        axes.plot(target, law(target), color=shade, marker="*", markersize=13, linestyle="")
    dark = figures.colour("black")
    axes.plot([], [], color=dark, marker="", linestyle=":", label="beyond the pilot")
    axes.plot([], [], color=dark, marker="*", markersize=11, linestyle="", label="plan")
    axes.set(xscale="log", yscale="log", xlabel="samples", ylabel="error (unit of the pilot)")
    axes.legend()


def _draw_shares(axes: Axes, plan: Plan) -> None:
    shares = 1 / (1 + np.exp(-np.linspace(-9, 9, 400)))
    dyn, rew = (plan.laws[name] for name in ("dynamics", "reward"))
    N_dyn, N_rew = shares * plan.budget / plan.cost_dyn, (1 - shares) * plan.budget / plan.cost_rew
    curve = plan.multiplier * dyn(N_dyn) + rew(N_rew)
    low, high = plan.split.loc["dynamics", ["share_low", "share_high"]]
    axes.axvspan(low, high, color=figures.colour("sky"), alpha=0.25, label="optimum in")
    axes.plot(shares, curve, color=figures.colour("black"), marker="")
    star = plan.split.loc["dynamics", "share"], plan.error.value
    axes.plot(*star, marker="*", markersize=14, linestyle="", color=figures.colour("blue"), label="plan")
    for number, (name, row) in enumerate(plan.rules.iterrows(), start=1):
        short = str(name).split(":")[0].split(" (")[0]
        at = row["N_dyn"] * plan.cost_dyn / plan.budget
        shade, marker = figures.colour(number), figures.MARKERS[number]
        axes.plot(at, row["error"], color=shade, marker=marker, linestyle="", label=short)
    top = max(plan.rules["error"].max(), plan.error.value)
    axes.set(
        xlim=(0, 1),
        ylim=(0.9 * curve.min(), max(1.25 * top, 1.6 * curve.min())),
        xlabel="share of the budget for the dynamics",
        ylabel="multiplier × dynamics error + reward error",
    )
    axes.legend(fontsize=8)
