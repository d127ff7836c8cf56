"""The README's picture: the quick trial's gaps against their bounds, from the numbers of the library."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from imagination import figures
from imagination.results.return_gap import trial

GROUPS = {
    "networks": ("tanh networks", "sine networks", "relu networks", "learned networks"),
    "linear-quadratic": ("linear-quadratic", "linear-quadratic, learned"),
    "tabular": ("tabular",),
    "pendulum": ("pendulum, identified",),
    "built to attain it": ("near-extremal", "extremal", "extremal, clipped"),
}
"""Families of the trial that share a colour."""


def figure(table: pd.DataFrame) -> Figure:
    """Measured return gaps and their bounds, both on logarithmic axes, below the line that none may cross.

    Parameters
    ----------
    table : DataFrame
        A trial's rows; see `imagination.results.return_gap.trial.batch`.
    """
    drawn, axes = plt.subplots(figsize=(7.2, 4.4))
    for (name, families), colour, marker in zip(
        GROUPS.items(), figures.COLOURS.values(), figures.MARKERS, strict=False
    ):
        rows = table[table.family.isin(families) & (table.gap > 0)]
        axes.plot(
            rows.bound,
            rows.gap,
            marker,
            color=colour,
            markersize=3.4,
            alpha=0.55,
            markeredgewidth=0,
            label=name,
        )
    ends = np.array([1e-4, 1e4])
    axes.plot(ends, ends, color=figures.COLOURS["black"], marker="", linewidth=1.2)
    axes.text(2.6e-4, 7e-4, "no gap may lie above its bound", rotation=29.5, fontsize=9)
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=(1e-8, 1e4))
    axes.set(xlabel="bound on the return gap [reward]", ylabel="measured return gap [reward]")
    axes.set_title(f"{len(table):,} real and learned worlds, {len(trial.violations(table))} violations")
    legend = axes.legend(loc="lower right", markerscale=2)
    for handle in legend.legend_handles:
        if handle is not None:
            handle.set_alpha(1)
    return drawn


def draw(folder: Path) -> Path:
    """Run the quick trial and write its picture into a folder; the picture's path."""
    with figures.style():
        return figures.save(figure(trial.run("quick", seed=0)), folder / "trial.png")
