"""What the trial of branches found: lengths predicted and measured, and where a bound misleads.

How it was made is told in `imagination.studies.loop.branches`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from scipy.special import stdtrit

from imagination import figures, records

__all__ = ["RECORDS", "RULES", "curves", "figure", "lengths", "recorded", "verdicts"]

RECORDS = ("imagination-branches", "imagination-branches-gymnasium")
KEY = ["system", "condition", "members"]
LEVEL = 0.95

RULES = {
    "best_bound": "least B",
    "by_rule": "one more step",
    "best_error": "least error",
    "best_observed": "held-out returns",
}
"""Ways to say a length from one run; the middle of what they say in all runs of a setting is theirs."""

HABITS = {"MBPO's 1 to 15": (1, 15), "Dreamer's 15": (15, 15)}
"""Lengths in use: MBPO's on its hopper, which grow while it trains, and Dreamer's."""

MARKS: dict[str, dict[str, Any]] = {
    "regret": {"marker": "*", "markersize": 9, "linestyle": ""},
    "bound": {"marker": "D", "markersize": 9, "linestyle": "", "fillstyle": "none"},
}
"""How the arms of least regret and of least bound are marked."""


def recorded() -> pd.DataFrame:
    """The rows of all records of the trial that are there."""
    there = [name for name in RECORDS if name in records.names()]
    return pd.concat([records.load(name) for name in there], ignore_index=True)


def curves(table: pd.DataFrame, *, level: float = LEVEL) -> pd.DataFrame:
    """Every arm's mean `regret` over its seeds, with its interval `low` to `high`, and mean B as `bound`."""
    whole = table.assign(bound=table["model_part"] + table["critic_part"])
    groups = whole.groupby([*KEY, "horizon"], sort=False)
    seeds = groups.size()
    half = stdtrit(seeds - 1, (1 + level) / 2) * groups["regret"].std() / seeds**0.5
    found = groups[["regret", "bound", "model_part", "critic_part", "error", "after"]].mean()
    return found.assign(low=found["regret"] - half, high=found["regret"] + half)


def lengths(table: pd.DataFrame) -> pd.DataFrame:
    """The lengths that are best and that are predicted, a row for each setting (`KEY`).

    Returns
    -------
    DataFrame
        `best`: the arm with the least mean regret. `bound` and `after`: those with the least mean B before
        and after training. The names of `RULES`: what each says of a run, the median over all runs.
    """
    means = curves(table)[["regret", "bound", "after"]].unstack("horizon")
    arms = {"best": "regret", "bound": "bound", "after": "after"}
    said = table.groupby(KEY, sort=False)[list(RULES)].median().rename(columns=RULES)
    return said.assign(**{name: means[of].idxmin(axis=1) for name, of in arms.items()})[[*arms, *said]]


def verdicts(table: pd.DataFrame, predicted: str | int = "bound", *, level: float = LEVEL) -> pd.DataFrame:
    """What it costs to follow a prediction, a row for each setting.

    Parameters
    ----------
    table : DataFrame
    predicted : str or int
        A column of `lengths`, or a length for all settings; the arm next to it is taken, by the logarithm of
        1 + H.
    level : float
        Of the intervals, shared among the arms: which is best is seen on the same seeds.

    Returns
    -------
    DataFrame
        `best` and `regret` there; `as good`, the shortest and the longest arm whose regret is not above it
        for sure; `followed`, the arm that is predicted, and what it regrets `more`, from `low` to `high`;
        `misled`, whether that is for sure.
    """
    rows = {}
    for key, said in lengths(table).iterrows():
        wide = _of(table, key).pivot(index="seed", columns="horizon", values="regret")
        worse = wide.sub(wide[said["best"]], axis=0)
        sure = 1 - (1 - level) / (worse.shape[1] - 1)
        half = stdtrit(len(wide) - 1, (1 + sure) / 2) * worse.std() / len(wide) ** 0.5
        good = worse.columns[worse.mean() - half <= 0]
        length = said[predicted] if isinstance(predicted, str) else predicted
        followed = wide.columns[np.abs(np.log1p(wide.columns) - np.log1p(length)).argmin()]
        rows[key] = {
            "best": int(said["best"]),
            "regret": wide[said["best"]].mean(),
            "as good": f"{good.min()} to {good.max()}" if len(good) > 1 else str(good[0]),
            "followed": followed,
            "more": worse[followed].mean(),
            "low": worse[followed].mean() - half[followed],
            "high": worse[followed].mean() + half[followed],
            "misled": bool(worse[followed].mean() - half[followed] > 0),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(KEY)


def _of(table: pd.DataFrame, key: Hashable) -> pd.DataFrame:
    return table[(table[KEY] == pd.Series(key, KEY)).all(axis=1)]


def figure(table: pd.DataFrame, condition: str) -> Figure:
    """Regret by length, a panel a system: lines with intervals, and where they are least and predicted."""
    rows = table[table["condition"] == condition]
    names = list(rows["system"].unique())
    drawn, panels = figures.panels(2, -(-len(names) // 2), width=8.0, height=3.1)
    for axes, name in zip(panels, names, strict=False):
        _panel(axes, rows[rows["system"] == name])
        axes.set_title(name)
    for axes in panels[len(names) :]:
        axes.axis("off")
    for axes in panels[::2]:
        axes.set_ylabel("regret of what can be won")
    drawn.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)
    return drawn


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    low, high = HABITS["MBPO's 1 to 15"]
    axes.axvspan(low, high, color=figures.colour("grey"), alpha=0.12, lw=0, label="MBPO's 1 to 15")
    axes.axvline(
        HABITS["Dreamer's 15"][0], color=figures.colour("grey"), ls=":", marker="", label="Dreamer's 15"
    )
    found, said = curves(rows), lengths(rows)
    for (system, condition, members), lines in found.groupby(KEY, sort=False):
        of = lines.droplevel(KEY)
        colour = figures.colour("blue" if members == 1 else "vermilion")
        label = "one model" if members == 1 else f"{members} models"
        axes.fill_between(of.index, of["low"], of["high"], color=colour, alpha=0.2, lw=0)
        axes.plot(of.index, of["regret"], color=colour, marker="", label=label)
        for which, marked in MARKS.items():
            at = int(said.loc[(system, condition, members), "best" if which == "regret" else which])
            axes.plot(at, of.loc[at, "regret"], color=colour, **marked)
    for which, marked in MARKS.items():
        axes.plot([], [], color=figures.colour("black"), label=f"least {which}", **marked)
    axes.set(xscale="log", yscale="log", xlabel="steps H of a branch")
    ticks = [tick for tick in (1, 3, 10, 30, 100) if tick <= rows["horizon"].max()]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    least, most = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if most > 5 * least else (1, 1.5, 2, 3, 5, 7)))
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
