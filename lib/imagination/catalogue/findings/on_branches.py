"""Findings about policies trained by branches of each length: chapter 16."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from imagination.catalogue.findings.finding import Estimate, Finding, Said, counted, paired, shown, word
from imagination.studies.loop import branches_report

__all__ = ["FINDINGS"]

Say = Callable[[pd.DataFrame], Said]

EXACT, SAMPLED = branches_report.RECORDS
TRIED = {
    EXACT: (("grid", "spiral"), ("little data", "more data", "good critic", "crude model")),
    SAMPLED: (("pendulum", "cart and pole"), ("little data",)),
}
"""Systems and conditions of each record."""


def _followed(system: str, condition: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        own = table[(table["system"] == system) & (table["condition"] == condition) & (table["members"] == 1)]
        (row,) = (row for _, row in branches_report.verdicts(own).iterrows())
        bound = branches_report.curves(own)["bound"].to_numpy()
        more = Estimate(row["more"], row["low"], row["high"], percent=True)
        told = word(more, "less regret than", "a regret not told from that of", "more regret than")
        regret = f"{shown(100 * row['regret'], 1)}% of what can be won"
        rest = f"Policies trained so have {told} those with H = {row['best']}, which have least, {regret}"
        if row["followed"] == row["best"]:
            rest = f"So is the regret of policies trained so, {regret}"
        return Said(
            f"{system}, {condition}: the bound is {shown(bound[0], 2)} for the shortest branches and least, "
            f"{shown(bound.min(), 2)}, for H = {row['followed']}. {rest}: the difference is {more}.",
            more,
            "regret where the bound is least, less the least regret",
            f"{counted(own['seed'].nunique(), 'seed')} an arm",
        )

    return say


def _together(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        own = table[(table["system"] == system) & (table["condition"] == "little data")]
        best = branches_report.lengths(own).droplevel(["system", "condition"])["best"]
        arms = [
            own[(own["members"] == members) & (own["horizon"] == length)].set_index("seed")["regret"]
            for members, length in sorted(best.items())
        ]
        change = paired(arms[1], arms[0])
        percent = Estimate(change.value, change.low, change.high, percent=True)
        told = word(percent, "less regret than", "a regret not told from that of", "more regret than")
        return Said(
            f"{system}, little data: an ensemble at its best length has {told} one model at its own; of what "
            f"can be won, the difference is {percent}.",
            percent,
            "regret of an ensemble less that of one model",
            f"{counted(own['seed'].nunique(), 'seed')} an arm",
        )

    return say


FINDINGS = (
    *(
        Finding(
            f"Branches as long as the bound says: {system}, {condition}",
            16,
            record,
            _followed(system, condition),
            ("regret", "model_part", "critic_part"),
        )
        for record, (systems, conditions) in TRIED.items()
        for system in systems
        for condition in conditions
    ),
    *(
        Finding(f"Branches in an ensemble: {system}", 16, record, _together(system), ("regret",))
        for record, (systems, _) in TRIED.items()
        for system in systems
    ),
)
"""Chapter 16."""
