"""Pictures of the loop: what it is, its learning curves, and where the gap comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from imagination import figures
from imagination.trials import compare

__all__ = ["bands", "loop", "parts_by_round", "parts_by_step"]

STATIONS = {
    "act": ((0.0, 1.0), "act in the real world\n(few, dear steps)", "orange"),
    "learn": ((1.0, 1.0), "learn $\\hat f$ and $\\hat r$\nfrom all that was seen", "blue"),
    "train": ((1.0, 0.0), "train $\\pi$ by REINFORCE\nin imagination only", "blue"),
    "look": ((0.0, 0.0), "look: real return,\nimagined return, gap", "orange"),
}
"""Where the loop stops: place, words, colour (orange is real, blue imagined)."""


def loop(axes: Axes) -> None:
    """Draw the loop: four stations and what goes from one to the next."""
    width, height = 0.72, 0.42
    for (x, y), words, colour in STATIONS.values():
        box = FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0.02",
            facecolor=figures.colour(colour),
            edgecolor="none",
            alpha=0.25,
        )
        axes.add_patch(box)
        axes.text(x, y, words, ha="center", va="center", fontsize=10)
    ways = [
        ((0.38, 1.0), (0.62, 1.0), "data"),
        ((1.0, 0.77), (1.0, 0.23), "models"),
        ((0.62, 0.0), (0.38, 0.0), "policy"),
        ((0.0, 0.23), (0.0, 0.77), "again"),
    ]
    for begin, end, words in ways:
        axes.annotate("", end, begin, arrowprops={"arrowstyle": "-|>", "lw": 1.8, "color": "#1A1A1A"})
        level = begin[1] == end[1]
        x, y = (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2
        axes.text(
            x + (0 if level else 0.05),
            y + (0.07 if level else 0),
            words,
            ha="center" if level else "left",
            va="center",
        )
    axes.set(xlim=(-0.42, 1.42), ylim=(-0.28, 1.28))
    axes.axis("off")


def bands(
    axes: Axes,
    table: pd.DataFrame,
    column: str,
    names: Mapping[str, str],
    generator: np.random.Generator,
    *,
    x: str = "real_steps",
    by: str | None = None,
    colours: Sequence[str | int] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Draw interquartile means over the seeds with bands of 95% bootstrap intervals.

    Parameters
    ----------
    axes : where to draw.
    table : one row an arm, seed and value of `by`.
    column : what is averaged.
    names : label of each arm that is drawn.
    generator : of the bootstrap.
    x : column of the horizontal axis.
    by : column whose groups are averaged; `x` unless told, whose mean is taken otherwise.
    colours : of figures' palette, one an arm; in the palette's order unless told.
    **options : passed to ``axes.plot``.

    Returns
    -------
    DataFrame
        What was drawn: `arm`, `x`, `mean`, `low`, `high`.
    """
    drawn = []
    for position, (arm, name) in enumerate(names.items()):
        own = table[table["arm"] == arm]
        if own.empty:
            raise ValueError(f"names: table has no arm {arm!r}; it has {sorted(set(table['arm']))}")
        group, keep = (x, ()) if by is None else (by, (x,))
        curve = compare.curves(own, column, generator, by=("arm", group), keep=keep)
        colour = figures.colour(position if colours is None else colours[position])
        axes.plot(curve[x], curve["mean"], color=colour, label=name, **options)
        axes.fill_between(curve[x], curve["low"], curve["high"], color=colour, alpha=0.2, lw=0)
        drawn.append(curve)
    return pd.concat(drawn, ignore_index=True)


PARTS = {"reward_part": "reward error", "dynamics_part": "dynamics error"}


def parts_by_round(axes: Axes, table: pd.DataFrame, generator: np.random.Generator) -> None:
    """Draw what errors of the two models contribute to the gap, and the gap, round by round."""
    lines = {"gap": ("gap", "black"), "reward_part": (PARTS["reward_part"], 0)}
    for column, (name, colour) in {**lines, "dynamics_part": (PARTS["dynamics_part"], 1)}.items():
        curve = compare.curves(table, column, generator, by=("round",))
        paint = figures.colour(colour)  # type: ignore[arg-type]
        axes.plot(curve["round"], curve["mean"], color=paint, label=name)
        axes.fill_between(curve["round"], curve["low"], curve["high"], color=paint, alpha=0.15, lw=0)
    axes.axhline(0, color="#4A4A4A", lw=0.8, marker="")


def parts_by_step(axes: Axes, steps: pd.DataFrame, generator: np.random.Generator) -> None:
    """Draw how much of the gap comes from each step of an imagined rollout: sizes of the two parts.

    Interquartile means over the seeds of the absolute values, with intervals, so that seeds of opposite signs
    do not hide each other.
    """
    for index, (column, name) in enumerate(PARTS.items()):
        sizes = steps.assign(**{column: steps[column].abs()})
        curve = compare.curves(sizes, column, generator, by=("step",))
        paint = figures.colour(index)
        axes.plot(curve["step"], curve["mean"], color=paint, label=name, marker="")
        axes.fill_between(curve["step"], curve["low"], curve["high"], color=paint, alpha=0.2, lw=0)
