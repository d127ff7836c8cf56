"""A plan drawn: both laws with the pilot, and the error of every split."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagination import figures
from imagination.decide.planner import Plan

__all__ = ["figure"]


LABELS = {
    "bound": "multiplier × dynamics error + reward error",
    "regret": "expected regret (unit of the return)",
}
"""Of the axis of what is minimised."""


def figure(plan: Plan) -> Figure:
    """Draw the laws with the pilot, and the error as the budget's share for the dynamics varies."""
    with figures.style():
        drawn, (left, right) = figures.panels(2, width=9.6, height=4.0)
        _draw_laws(left, plan)
        _draw_shares(right, plan)
    return drawn


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
    curve = plan.objective(dyn(N_dyn), rew(N_rew))
    low, high = plan.split.loc["dynamics", ["share_low", "share_high"]]
    axes.axvspan(low, high, color=figures.colour("sky"), alpha=0.25, label="optimum in")
    axes.plot(shares, curve, color=figures.colour("black"), marker="")
    star = plan.split.loc["dynamics", "share"], plan.error.value
    axes.plot(*star, marker="*", markersize=14, linestyle="", color=figures.colour("blue"), label="plan")
    for number, (_, row) in enumerate(plan.rules.iterrows(), start=1):
        short = row["rule"].split(":")[0].split(" (")[0]
        at = row["N_dyn"] * plan.cost_dyn / plan.budget
        shade, marker = figures.colour(number), figures.MARKERS[number]
        axes.plot(at, row["error"], color=shade, marker=marker, linestyle="", label=short)
    top = max(plan.rules["error"].max(), plan.error.value)
    axes.set(
        xlim=(0, 1),
        ylim=(0.9 * curve.min(), max(1.25 * top, 1.6 * curve.min())),
        xlabel="share of the budget for the dynamics",
        ylabel=LABELS[plan.objective.name],
    )
    axes.legend(fontsize=8)
