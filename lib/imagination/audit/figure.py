"""An audit drawn: the gap and its parts by horizon, and what each step did to them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagination import figures
from imagination.audit.parts import PARTS
from imagination.audit.result import Audit

__all__ = ["figure"]

NAMES = {"reward": "reward", "dynamics": "dynamics", "termination": "ends of episodes"}


def figure(audit: Audit) -> Figure:
    """Draw the gap and its parts by horizon, and the contributions by step, with interval bands.

    Raises
    ------
    ValueError
        If the audit has no gap; it says why.
    """
    if audit.by_horizon is None or audit.by_step is None:
        raise ValueError(f"audit has no gap to draw: {audit.why}")
    with figures.style():
        drawn, (left, right) = figures.panels(2, width=9.6, height=4.0)
        _draw_horizons(left, audit)
        _draw_steps(right, audit)
    return drawn


def _draw_horizons(axes: Axes, audit: Audit) -> None:
    table = audit.by_horizon
    assert table is not None
    if audit.tolerance is not None:
        grey = figures.colour("grey")
        wide = audit.tolerance
        axes.axhspan(-wide, wide, color=grey, alpha=0.15, linewidth=0, label="tolerance")
    for number, (key, name) in enumerate({"gap": "gap", **NAMES}.items()):
        shade = figures.colour("black") if key == "gap" else figures.colour(number - 1)
        ends = table[f"{key}_low"], table[f"{key}_high"]
        axes.fill_between(table["horizon"], *ends, color=shade, alpha=0.2, linewidth=0)
        axes.plot(table["horizon"], table[key], color=shade, marker=figures.MARKERS[number], label=name)
    if audit.longest_horizon is not None:
        axes.axvline(audit.longest_horizon, color=figures.colour("grey"), linestyle="--", label="trusted")
    axes.set(xlabel="horizon (steps)", ylabel="imagined − real return (units of reward)")
    axes.set_title("gap and its parts")
    axes.legend(fontsize=8)


def _draw_steps(axes: Axes, audit: Audit) -> None:
    table = audit.by_step
    assert table is not None
    for number, part in enumerate(PARTS):
        shade = figures.colour(number)
        ends = table[f"{part}_low"], table[f"{part}_high"]
        axes.fill_between(table["step"], *ends, step="mid", color=shade, alpha=0.2, linewidth=0)
        axes.plot(
            table["step"], table[part], color=shade, drawstyle="steps-mid", marker="", label=NAMES[part]
        )
    axes.axhline(0, color=figures.colour("grey"), linewidth=0.8)
    axes.set(xlabel="step of the real episode", ylabel="discounted contribution (units of reward)")
    axes.set_title(f"what each step did, horizon {audit.horizon}")
    axes.legend(fontsize=8)
