"""An audit drawn: the gap and its parts by horizon, what each step did to them, and when to ask a value."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from imagination import figures
from imagination.audit.parts import PARTS
from imagination.audit.result import Audit
from imagination.audit.stopping import Stopping

__all__ = ["figure"]

NAMES = {"reward": "reward", "dynamics": "dynamics", "termination": "ends of episodes"}


def figure(audit: Audit) -> Figure:
    """Draw the gap and its parts by horizon, and the contributions by step, with interval bands.

    Where a value was given, a third panel has the observed errors by the number of steps after which it is
    asked.

    Raises
    ------
    ValueError
        If the audit has no gap; it says why.
    """
    if audit.by_horizon is None or audit.by_step is None:
        raise ValueError(f"audit has no gap to draw: {audit.why}")
    with figures.style():
        count = 2 if audit.stopping is None else 3
        drawn, axes = figures.panels(count, width=4.8 * count, height=4.0)
        _draw_horizons(axes[0], audit)
        _draw_steps(axes[1], audit)
        if audit.stopping is not None:
            _draw_stopping(axes[2], audit.stopping)
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


def _draw_stopping(axes: Axes, found: Stopping) -> None:
    table, grey = found.by_horizon, figures.colour("grey")
    names = {
        "bound": "bound",
        "by_steps": "imagined steps",
        "by_end": "the value after them",
        "error": "error",
    }
    for number, (key, name) in enumerate(names.items()):
        shade = figures.colour("black") if key == "error" else figures.colour(number)
        axes.plot(table["horizon"], table[key], color=shade, marker=figures.MARKERS[number], label=name)
    as_good = table["horizon"].isin(found.as_good)
    at_bottom = axes.get_xaxis_transform()
    axes.plot(
        table["horizon"][as_good], 0.02 + 0 * table["horizon"][as_good], "|", color=grey, markersize=12,
        transform=at_bottom, label="not told from the best",
    )  # fmt: skip
    axes.axvline(found.best, color=grey, linestyle="--", label="smallest error")
    axes.set_xscale("symlog", linthresh=1)
    axes.set(xlabel="imagined steps before the value", ylabel="root mean square (units of reward)")
    axes.set_xlim(-0.2, 1.2 * table["horizon"].iloc[-1])
    axes.set_title("when to ask the value, observed")
    axes.legend(fontsize=8)
