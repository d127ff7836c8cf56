"""Findings of the trials of bounds: chapters 4, 5, 9, 12, 16 and 21."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import (
    Estimate,
    Finding,
    Said,
    anywhere,
    counted,
    median,
    over,
    quoted,
    word,
)
from imagination.results.curvature import trial as straightening
from imagination.results.noise import network_trial as torch_noise
from imagination.results.noise import trial as reward_noise
from imagination.results.return_gap import trial
from imagination.studies import distances, observed_loops, tightness
from imagination.trials.trial import violations

__all__ = ["FINDINGS"]

Say = Callable[[pd.DataFrame], Said]

BUILT = "extremal"
"""Families with this in their names were built to attain a bound, or nearly."""


def _groups(table: pd.DataFrame, noun: str, plural: str | None = None) -> str:
    """How many were tried, and in how many configurations, whose members share what defines them."""
    return (
        f"{counted(len(table), noun, plural)}, {counted(table['configuration'].nunique(), 'configuration')}"
    )


def _broken(table: pd.DataFrame) -> Said:
    above = table["ratio"] > 1 + trial.TOLERANCE
    families = table["family"].nunique()
    return Said(
        f"{int(above.sum())} of {counted(len(table), 'pair')} of a real and a learned world in {families} "
        f"families have a return gap above their bound; the largest gap is {table['ratio'].max():.6f} of it.",
        anywhere(above, table["configuration"]),
        "share of configurations with a gap above its bound",
        _groups(table, "pair of worlds", "pairs of worlds"),
    )


def _loose(table: pd.DataFrame) -> Said:
    others = table[~table["family"].str.contains(BUILT)]
    found = median(others["ratio"], others["configuration"], percent=True)
    near = (others["ratio"] > 0.5).mean()
    return Said(
        "In families that were not built to attain a bound, the gap of the middle pair is "
        f"{found} of its bound; {near:.1%} of the pairs use more than half.",
        found,
        "gap over bound, median",
        _groups(others, "pair of worlds", "pairs of worlds"),
    )


def _correlation(
    table: pd.DataFrame, kernels: str, reward: str, gamma: float
) -> dict[tuple[str, str], Estimate]:
    rows = table[(table["kernels"] == kernels) & (table["reward"] == reward) & (table["gamma"] == gamma)]
    return {
        (row["distance"], row["aggregate"]): Estimate(row["correlation"], row["low"], row["high"])
        for row in rows.to_dict("records")
    }


def _predicts(kernels: str, reward: str, gamma: float = 0.5) -> Say:
    def say(table: pd.DataFrame) -> Said:
        found = _correlation(table, kernels, reward, gamma)
        first, second = found["W1", "max"], found["TV", "max"]
        apart = Estimate(first.value - second.value, first.low - second.high, first.high - second.low)
        better = word(apart, "worse than", "about as well as", "better than")
        return Said(
            f"With {kernels} kernels and rewards of the shape {quoted(reward)}, the largest W1 error of a "
            "state predicts "
            "the error of "
            f"values {better} total variation does (γ = {gamma:g}): correlations {first} and {second}.",
            first,
            "correlation of W1 with the error of values",
            counted(int(table["pairs"].max()), "pair of kernels", "pairs of kernels"),
        )

    return say


def _signs(kernels: str, reward: str = "ramp") -> Say:
    def say(table: pd.DataFrame) -> Said:
        gamma = table["gamma"].max()
        found = _correlation(table, kernels, reward, gamma)
        signed, size = (found["value-aware", how] for how in (distances.SIGNED[0], "max"))
        exact = found["value-aware", distances.SIGNED[1]].value
        apart = Estimate(signed.value - size.value, signed.low - size.high, signed.high - size.low)
        return Said(
            f"With {kernels} kernels and γ = {gamma:g}, the mean of one-step errors of the value with "
            "their signs predicts "
            f"the error of values {word(apart, 'worse than', 'about as well as', 'better than')} the "
            "largest size does: "
            f"correlations {signed} and {size}. Weighted by where imagination goes, the correlation is "
            f"{exact:.6f}.",
            signed,
            "correlation of the signed mean with the error of values",
            counted(int(table["pairs"].max()), "pair of kernels", "pairs of kernels"),
        )

    return say


def _noise_exactly(table: pd.DataFrame) -> Said:
    off = table[list(reward_noise.IDENTITIES)]
    broken = (off > reward_noise.TOLERANCE).any(axis=1)
    most = " and ".join(f"{worst:.2g}" for worst in off.max())
    return Said(
        "The sums that say what reward noise adds to the variance of Theorem 2's estimator and of the "
        f"discounted one are off by at most {most} of it; {int(broken.sum())} of "
        f"{counted(len(table), 'problem')} miss them by more than rounding.",
        anywhere(broken, table["configuration"]),
        "share of configurations with a problem that misses them",
        _groups(table, "problem"),
    )


def _noise_bounds(table: pd.DataFrame) -> Said:
    groups = table["configuration"]
    paper, sharp = (median(table[f"ratio_{form}"], groups, percent=True) for form in ("paper", "sharp"))
    times = median(table["ratio_sharp"] / table["ratio_paper"], groups)
    return Said(
        f"Of Theorem 2's bound the middle problem uses {paper}, of the sharp one {sharp}: the sharp one is "
        f"{times} times as small in the middle.",
        times,
        "Theorem 2's bound over the sharp one, median",
        _groups(table, "problem"),
    )


def _networks(table: pd.DataFrame) -> Said:
    cases = table.drop_duplicates(["family", "member", "horizon", "gamma", "added"])
    ratios = (cases["added"] / cases["exact"]).groupby([cases["family"], cases["member"]]).mean()
    found = over(ratios, np.mean)  # cases of one network share rollouts
    above = violations(torch_noise.TRIALS, table)
    return Said(
        f"For policies that are networks, the variance that noise adds is measured to be {found} times "
        "what the exact "
        f"sum says, by network on average; {len(above)} of {counted(len(table), 'ratio')} to a bound are "
        "above one by "
        "more than chance.",
        found,
        "measured over exact added variance",
        counted(len(ratios), "network"),
    )


def _curvature(table: pd.DataFrame) -> Said:
    compared = straightening.compared(table)
    above = compared["ratio"] > 1 + 1e-9
    used = median(compared["ratio"], compared["configuration"], percent=True)
    return Said(
        f"{int(above.sum())} of {counted(len(compared), 'velocity map')} turn by more than the sharp bound "
        f"allows; the middle map uses {used} of it, the worst {compared['ratio'].max():.6f}.",
        anywhere(above, compared["configuration"]),
        "share of configurations with a map above the sharp bound",
        _groups(compared, "map"),
    )


def _lemmas(kernels: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        gamma = table["gamma"].max()
        rows = table[(table["kernels"] == kernels) & (table["gamma"] == gamma)].set_index("lemma")
        tight, classical = (over(rows.loc[lemma, "median"], np.mean) for lemma in ("tight", "classical"))
        return Said(
            f"With {kernels} kernels and γ = {gamma:g}, the middle error of values is {tight} of the tight "
            f"simulation lemma's bound and {classical} of the classical one's, means over shapes of rewards.",
            tight,
            "error of values over the tight bound, median",
            counted(int(table["pairs"].max()), "pair of kernels", "pairs of kernels"),
        )

    return say


def _observed(phase: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = table[table["phase"] == phase]
        finite = np.isfinite(rows["bound"])
        found = replace(over(finite.groupby(rows["seed"]).mean(), np.mean), percent=True)
        above = int((rows["gap"] > rows["bound"]).sum())
        return Said(
            f"Pendulum, {phase}: with constants that were observed on visited states, the closed loop's "
            f"bound is finite in {found} of rollouts, by policy on average; {above} of "
            f"{counted(int(finite.sum()), 'gap')} are above it.",
            found,
            "share of rollouts with a finite bound",
            f"{counted(rows['seed'].nunique(), 'policy', 'policies')}, {counted(len(rows), 'rollout')}",
        )

    return say


def _shrinks(table: pd.DataFrame, weaker: str, stronger: str) -> Estimate:
    """By what factor one bound is above another; interval over batches of pairs."""
    return over((table[weaker] / table[stronger]).groupby(table["configuration"]).median(), np.median)


def _lineage(discount: float) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = table[table["discount"] == discount]
        average = _shrinks(rows, "classical", "imagined_range")
        value = _shrinks(rows, "classical", "span")
        apart = Estimate(value.value - average.value, value.low - average.high, value.high - average.low)
        more = word(apart, "less than", "about as much as", "more than")
        middle = tightness.summary(rows)["median"]
        return Said(
            f"γ = {discount:g}: the span of the value, in the place of what rewards allow, makes the "
            f"classical simulation lemma smaller by a factor of {value}. That is {more} an average along "
            f"imagination in the place of the supremum does, {average}. The error over its bound is "
            f"{middle['classical']:.2%} (median), {middle['both_in_range']:.2%} in Lobel and Parr's form, "
            f"and {middle['average_tv']:.1%} with the average in the learned value.",
            value,
            "factor by which the span of the value shrinks the bound",
            _groups(rows, "pair of worlds", "pairs of worlds"),
        )

    return say


FINDINGS = (
    Finding("No gap above its bound", 4, trial.RECORD, _broken, ("ratio",)),
    Finding("Bounds are loose", 4, trial.RECORD, _loose, ("ratio",)),
    *(
        Finding(
            f"Which distance: {kernels} kernels, {reward}",
            5,
            distances.RECORD,
            _predicts(kernels, reward),
            ("correlation", "low", "high"),
        )
        for kernels, reward in (("even", "ramp"), ("even", "shuffled"), ("uneven", "shuffled"))
    ),
    *(
        Finding(
            f"Signs: {kernels} kernels", 5, distances.RECORD, _signs(kernels), ("correlation", "low", "high")
        )
        for kernels in distances.KERNELS
    ),
    *(
        Finding(
            f"Two simulation lemmas: {kernels} kernels", 5, distances.LEMMAS, _lemmas(kernels), ("median",)
        )
        for kernels in distances.KERNELS
    ),
    Finding("What noise adds, exactly", 9, reward_noise.RECORD, _noise_exactly, reward_noise.IDENTITIES),
    Finding(
        "How much Theorem 2 overstates", 9, reward_noise.RECORD, _noise_bounds, ("ratio_paper", "ratio_sharp")
    ),
    Finding("Noise on networks", 9, torch_noise.RECORD, _networks, ("added", "exact")),
    Finding("No map above the sharp bound", 12, straightening.RECORD, _curvature, ("loss",)),
    *(
        Finding(f"An observed loop: {phase}", 16, observed_loops.RECORD, _observed(phase), ("bound",))
        for phase in observed_loops.PHASES
    ),
    *(
        Finding(
            f"What tightens a simulation lemma, γ = {discount:g}",
            21,
            tightness.RECORD,
            _lineage(discount),
            ("classical", "imagined_range", "span", "average_tv", "both_in_range", "gap"),
        )
        for discount in tightness.DISCOUNTS[1:]
    ),
)
"""Chapters 4, 5, 9, 12, 16 and 21."""
