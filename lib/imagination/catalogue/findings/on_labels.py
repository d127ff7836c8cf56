"""Findings about what to pay for labels and whom to ask: chapters 10 and 11."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import (
    Estimate,
    Finding,
    Said,
    Versus,
    anywhere,
    counted,
    quoted,
    word,
)
from imagination.results.fidelity import trial as fidelity_trial
from imagination.results.fidelity.mutants import RULES
from imagination.studies import goodhart_arms
from imagination.studies import label_budgets as fidelity
from imagination.trials.trial import violations

__all__ = ["FINDINGS"]

ADVISERS = {
    "E3": "the whole objective, which is given V and κ",
    "pilot": "the whole objective with V from a pilot that is paid for",
}


def _advice(first: str, second: str = "E1") -> Callable[[pd.DataFrame], Said]:
    def say(table: pd.DataFrame) -> Said:
        found = fidelity.verdict(table, np.random.default_rng(0), first=first, second=second)
        better, worse = int((found["iqm low"] > 0).sum()), int((found["iqm high"] < 0).sum())
        (updates, case), least = min(found.iterrows(), key=lambda row: row[1]["iqm"])
        estimate = Estimate(least["iqm"], least["iqm low"], least["iqm high"])
        mean = Estimate(least["mean"], least["mean low"], least["mean high"])
        return Said(
            f"At equal budgets, paying for labels by {ADVISERS[first]} ends at a larger return than by "
            "Corollary 2 alone in "
            f"{better} of {counted(len(found), 'comparison')} in which they pay differently, at a smaller "
            f"one in {worse}; step sizes "
            f"are tuned. Least is gained with {quoted(case)} after {updates} updates: "
            f"{estimate} between interquartile means, {mean} between means.",
            estimate,
            "smallest gain in return, interquartile means",
            f"{_seeds(table)} an arm",
        )

    return say


def _seeds(table: pd.DataFrame) -> str:
    counts = table.groupby([name for name in ("updates", "case", "noise", "length", "arm") if name in table])[
        "seed"
    ].nunique()
    low, high = int(counts.min()), int(counts.max())
    return counted(high, "seed") if low == high else f"{low} to {counted(high, 'seed')}"


def _advised(table: pd.DataFrame) -> Said:
    broken = violations(fidelity_trial.TRIALS, table)
    wrong = [rule.name for rule in RULES]
    regret, least = table["regret"], table[wrong].max().min()
    return Said(
        f"Brute force finds a better cost of a label than the advised one in {len(broken)} of "
        f"{counted(len(table), 'problem')}: the variance there is from {regret.max():.1%} below the "
        "advised one's to "
        f"{-regret.min():.1%} above. Each of {counted(len(wrong), 'wrong rule')} costs {least:.1%} or "
        "more in some problem.",
        anywhere(pd.Series(table.index.isin(broken.index), table.index), table["configuration"]),
        "share of configurations with a problem in which brute force does better",
        f"{counted(len(table), 'problem')}, {counted(table['configuration'].nunique(), 'configuration')}",
    )


def _asked(first: str, second: str, length: str) -> Callable[[pd.DataFrame], Said]:
    def say(table: pd.DataFrame) -> Said:
        rows = table[table["length"] == length]
        own = {key: part["return"].to_numpy() for key, part in rows.groupby(["noise", "arm"])}
        found = {}
        for noise in goodhart_arms.NOISES:
            two = [own[noise, arm] if (noise, arm) in own else own["none", arm] for arm in (first, second)]
            found[noise] = Versus.of(*two)
        told = "; ".join(
            f"{word(versus.iqm, 'lower', 'neither higher nor lower', 'higher')} if experts' noise is "
            f"{noise} ({versus.short})"
            for noise, versus in found.items()
        )
        updates = goodhart_arms.LENGTHS[length]
        return Said(
            f"After {updates} updates, each arm with the step size that was best on other seeds, "
            f"{quoted(first)} ends, against {quoted(second)}, {told}.",
            found[list(found)[-1]].iqm,
            f"difference of true returns, interquartile means, {list(found)[-1]} noise",
            f"{_seeds(rows)} an arm",
        )

    return say


PAIRS = (("judge", "experts"), ("no noise, as few", "experts"), ("rule, 1 update", "experts"))
"""Which arms of chapter 11 are set beside each other."""

FINDINGS = (
    *(
        Finding(name, 10, f"{fidelity.RECORD}-seeds", _advice(first), ("return",))
        for name, first in (("The whole objective", "E3"), ("The whole objective, after a pilot", "pilot"))
    ),
    Finding("What a label should cost", 10, fidelity_trial.RECORD, _advised, ("regret",)),
    *(
        Finding(
            f"{first} against {second}, {length} runs",
            11,
            f"{goodhart_arms.RECORD}-seeds",
            _asked(first, second, length),
            ("return",),
        )
        for first, second in PAIRS
        for length in goodhart_arms.LENGTHS
    ),
)
"""Chapters 10 and 11."""
