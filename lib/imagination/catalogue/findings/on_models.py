"""Findings about smooth models and about the whole loop: chapters 13 and 14."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import (
    Estimate,
    Finding,
    Said,
    Versus,
    counted,
    over,
    paired,
    shown,
    word,
)
from imagination.trials import compare

__all__ = ["FINDINGS"]

Say = Callable[..., Said]


# -- chapter 13 ----------------------------------------------------------------------------------------------


def _settings(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Means over policies at the middle horizon, a row a family and knob, a column a seed."""
    middle = sorted(table["horizon"].unique())[1]
    rows = table[table["horizon"] == middle]
    if "steps" in rows:
        rows = rows[rows["steps"] == rows["steps"].max()]
    return rows.pivot_table(
        index=["family", "knob"], columns="seed", values=column, aggfunc="mean", sort=False
    )


def _orders(table: pd.DataFrame) -> Said:
    gap = _settings(table, "gap")
    by = {
        name: gap.corrwith(_settings(table, column), method="spearman")
        for name, column in (("bound", "bound"), ("error", "eps_dyn_mean"))
    }
    bound, error = (over(by[name], np.mean) for name in ("bound", "error"))
    apart = paired(by["error"], by["bound"])
    better = word(apart, "worse than", "as well as", "better than")
    return Said(
        f"Over {counted(len(gap), 'setting')} of clips, limits and penalties, the mean error of the "
        "dynamics orders models by their "
        f"return gap {better} the bound does: rank correlations {error} and {bound}, means over seeds.",
        apart,
        "rank correlation with the gap, mean error less bound",
        counted(gap.shape[1], "seed"),
    )


def _tightest(table: pd.DataFrame) -> Said:
    gap, bound = _settings(table, "gap"), _settings(table, "bound")
    tight, good = bound.median(axis=1).idxmin(), gap.median(axis=1).idxmin()
    found = paired(gap.loc[tight], gap.loc[good], ratio=True)
    bounds, gaps = ([rows.loc[key].median() for key in (tight, good)] for rows in (bound, gap))
    return Said(
        f"The smallest bound, {bounds[0]:.3g}, is that of {tight[0]} at {tight[1]:g}; the smallest gap, "
        f"{gaps[1]:.3g}, that of {good[0]} at {good[1]:g}, whose bound is {bounds[1]:.3g}. The model that "
        "is chosen by "
        f"its bound has {found} times the gap of the other.",
        found,
        "gap of the first over gap of the second, by seed",
        counted(gap.shape[1], "seed"),
    )


def _straightened(family: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        parts = {}
        for column in ("gap", "L_f", "curvature"):
            rows = _settings(table, column).loc[family]
            parts[column] = paired(rows.iloc[-1], rows.iloc[0], ratio=True)
        first, last = rows.index[0], rows.index[-1]
        smooth, gap = (
            word(parts[name], "smaller", "neither smaller nor larger", "larger", at=1)
            for name in ("L_f", "gap")
        )
        return Said(
            f"{family}: straightened with λ = {last:g}, against λ = {first:g}, a model's curvature loss is "
            f"{parts['curvature']} times as large, its certified L_f {smooth} ({parts['L_f']} times), and "
            "its "
            f"return gap {gap} ({parts['gap']} times).",
            parts["gap"],
            "return gap, straightened over not, by seed",
            counted(table["seed"].nunique(), "seed"),
        )

    return say


# -- chapter 14 ----------------------------------------------------------------------------------------------


def _last(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["round"] == table.groupby("arm")["round"].transform("max")]


def _against_real(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        last = {arm: part["real_return"].to_numpy() for arm, part in _last(table).groupby("arm")}
        own = last.pop("imagination")
        best = max(last, key=lambda arm: compare.interquartile_mean(last[arm]))
        found, steps = Versus.of(own, last[best]), int(table["real_steps"].max())
        return Said(
            f"{system}: after {steps:,} real steps imagination's return is "
            f"{word(found.iqm, 'below', 'not told from', 'above')} that "
            f"of REINFORCE in the real world, which has the best of {counted(len(last), 'step size')} in "
            f"hindsight: {found}.",
            found.iqm,
            "difference of returns, interquartile means",
            f"{counted(len(own), 'seed')} an arm",
        )

    return say


def _rounds(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        own = table[table["arm"] == "imagination"]
        first, last = (
            own[own["round"] == at].set_index("seed")["gap"].abs()
            for at in (own["round"].min(), own["round"].max())
        )
        found = paired(last, first, ratio=True)
        return Said(
            f"{system}: from the first round to the last, the size of the return gap becomes {found} times "
            "what it was (geometric mean).",
            found,
            "size of the gap, last round over first, by seed",
            counted(len(first), "seed"),
        )

    return say


def _scores(system: str, rival: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        last = _last(table)
        own, other = (last[last["arm"] == arm] for arm in ("imagination", rival))
        found = Versus.of(own["score"], other["score"])
        steps = [int(rows["real_steps"].median()) for rows in (own, other)]
        return Said(
            f"{system}: after {steps[0]:,} real steps imagination's score is "
            f"{word(found.iqm, 'below', 'not told from', 'above')} that "
            f"of REINFORCE in the real world after {steps[1]:,}: {found}.",
            found.iqm,
            "difference of scores, interquartile means",
            f"{counted(own['seed'].nunique(), 'seed')} an arm",
        )

    return say


def _split(system: str, budget: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        sums = sorted(table["budget"].unique())
        money = sums[0] if budget == "smaller" else sums[-1]
        rows = table[(table["system"] == system) & (table["budget"] == money)]
        relative = rows.assign(relative=rows["regret"] / rows["worth"]).pivot(
            index="seed", columns="x", values="relative"
        )
        means = relative.mean()
        best, half = means.idxmin(), means.index[np.abs(means.index - 1 / 2).argmin()]
        found = paired(relative[half], relative[best])
        shown = Estimate(found.value, found.low, found.high, percent=True)
        return Said(
            f"{system}, budget {money:g}: of {counted(len(means), 'split')} tried, the one with {best:.0%} "
            "for the dynamics has the least mean "
            f"regret, {means[best]:.1%} of what can be won; half and half loses {shown} more.",
            shown,
            "regret of half and half less that of the best split (in sample)",
            counted(len(relative), "seed"),
        )

    return say


def _frozen(table: pd.DataFrame) -> Said:
    rows = table[table["trial"] == "frozen"]
    last = rows[rows["x"] == rows["x"].max()]
    own = {arm: part["real_return"].to_numpy() for arm, part in last.groupby("arm")}
    found, refitted = (Versus.of(own["fresh"], own[arm]) for arm in ("frozen", "refitted"))
    return Said(
        f"After {int(rows['x'].max())} updates, rewards whose error is drawn anew end with a return that is "
        f"{word(found.iqm, 'lower than', 'not told from', 'higher than')} that of rewards with an error of "
        "the same size that is frozen: "
        f"{found}. Against one that is refitted along the way the means differ by {refitted.mean}.",
        found.iqm,
        "difference of returns, interquartile means",
        f"{counted(last['seed'].nunique(), 'seed')} an arm",
    )


def _horizon(table: pd.DataFrame) -> Said:
    rows = table[table["trial"] == "horizons"]
    best, losses = {}, {}
    for arm, part in rows.groupby("arm", sort=False):
        wide = part.pivot(index="seed", columns="x", values="real_return")
        best[arm] = wide.apply(compare.interquartile_mean).idxmax()
        losses[arm] = paired(wide[best[arm]], wide[wide.columns.max()])
    said = ", ".join(f"{int(best[arm])} steps after {arm} of data" for arm in best)
    first = next(iter(losses))
    verdict = word(losses[first], "less", "neither less nor more", "more")
    return Said(
        f"The best horizon of imagination on the grid, of those tried, is {said}. With the least data it "
        f"earns {verdict} than the longest: the difference is {losses[first]}.",
        losses[first],
        "return of the best horizon less that of the longest, least data",
        counted(rows["seed"].nunique(), "seed"),
    )


def _arms(arms: pd.DataFrame, usual: pd.DataFrame) -> Said:
    last, before = _last(arms), _last(usual)
    base = before.loc[before["arm"] == "imagination", "score"]
    found = {arm: Versus.of(rows["score"], base) for arm, rows in last.groupby("arm", sort=False)}
    told = "; ".join(
        f"{arm} {word(versus.iqm, 'less', 'neither more nor less', 'more')} ({versus.short}; worst seed "
        f"{shown(versus.worst[0], 0)})"
        for arm, versus in found.items()
    )
    best = max(found, key=lambda arm: found[arm].iqm.value)
    steps = int(last["real_steps"].max())
    return Said(
        f"On the pendulum, after {steps:,} real steps, these changes score, against imagination as it was: "
        f"{told}.",
        found[best].iqm,
        f"difference of scores, interquartile means, {best}",
        f"{counted(last['seed'].nunique(), 'seed')} an arm",
    )


def _rival(rival: str, arm: str) -> Say:
    def say(rivals: pd.DataFrame, table: pd.DataFrame) -> Said:
        theirs = _last(rivals[rivals["arm"] == rival])
        steps = int(theirs["real_steps"].max())
        ours = table[(table["arm"] == arm) & (table["real_steps"] <= steps)]
        ours = ours[ours["round"] == ours["round"].max()]
        found = Versus.of(ours["score"], theirs["score"])
        also = "" if arm == "imagination" else f" with {arm}"
        return Said(
            f"{theirs['system'].iloc[0]}: imagination{also}, after {int(ours['real_steps'].max()):,} real "
            "steps, scores "
            f"{word(found.iqm, 'less than', 'neither less nor more than', 'more than')} {rival} after "
            f"{steps:,}: {found}.",
            found.iqm,
            "difference of scores, interquartile means",
            f"{counted(ours['seed'].nunique(), 'seed')} and {theirs['seed'].nunique()}",
        )

    return say


def _chosen(table: pd.DataFrame) -> Said:
    worlds = table.groupby("world")
    best = table.loc[worlds["imagined"].idxmax()].set_index("world")["real"]
    found = paired(best, worlds["real"].mean())
    spread = worlds["real"].agg(lambda real: real.max() - real.min()).median()
    return Said(
        "Of agents that differ by their seed, trained in one learned cart, the one with the largest "
        "imagined return earns "
        f"{word(found, 'less', 'neither less nor more', 'more')} than their mean in the real one: the "
        f"difference is {found}. Within a "
        f"world they lie {shown(spread, 0)} apart, in the middle.",
        found,
        "real return of the chosen agent less the mean of all",
        f"{counted(table['world'].nunique(), 'learned world')} of "
        f"{counted(table['agent'].nunique(), 'agent')}",
    )


FINDINGS = (
    Finding("Bound or error?", 13, "representations-smooth", _orders, ("gap", "bound", "eps_dyn_mean")),
    Finding("The model with the smallest bound", 13, "representations-smooth", _tightest, ("gap", "bound")),
    *(
        Finding(
            f"Straightened: {family}",
            13,
            "representations-latent",
            _straightened(family),
            ("gap", "L_f", "curvature"),
        )
        for family in ("moving target", "stopped target")
    ),
    Finding("Imagination on the grid", 14, "imagination-tabular", _against_real("Grid"), ("real_return",)),
    Finding("Gaps by round, grid", 14, "imagination-tabular", _rounds("Grid"), ("gap",)),
    Finding(
        "Imagination on the spiral",
        14,
        "imagination-linear-quadratic",
        _against_real("Spiral"),
        ("real_return",),
    ),
    *(
        Finding(
            f"Imagination on the {name.lower()}",
            14,
            f"imagination-{record}-scores",
            _scores(name, "real"),
            ("score",),
        )
        for name, record in (("Pendulum", "pendulum"), ("Cart", "cartpole"))
    ),
    *(
        Finding(
            f"Splits: {system}, {budget} budget",
            14,
            "imagination-splits",
            _split(system, budget),
            ("regret",),
        )
        for system in ("grid", "random worlds")
        for budget in ("smaller", "larger")
    ),
    Finding("Fresh and frozen errors", 14, "imagination-advice", _frozen, ("real_return",)),
    Finding("How long to imagine", 14, "imagination-advice", _horizon, ("real_return",)),
    Finding("Imagining more", 14, "imagination-arms+imagination-pendulum-scores", _arms, ("score",)),
    *(
        Finding(f"Against {rival}", 14, f"imagination-rivals+{record}", _rival(rival, arm), ("score",))
        for rival, record, arm in (
            ("SAC", "imagination-arms", "four times the updates"),
            ("PPO, Zoo", "imagination-cartpole-scores", "imagination"),
        )
    ),
    Finding("Choosing agents in imagination", 14, "imagination-agents", _chosen, ("imagined", "real")),
)
"""Chapters 13 and 14."""
