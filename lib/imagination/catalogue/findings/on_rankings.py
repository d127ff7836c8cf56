"""Findings about orders of policies, imagined and real: chapter 16."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import Estimate, Finding, Said, counted, over, shown, word
from imagination.studies.loop import rankings_report as report
from imagination.studies.loop.ranking_systems import SYSTEMS

__all__ = ["FINDINGS"]

Say = Callable[[pd.DataFrame], Said]


def _percent(row: pd.Series) -> Estimate:
    return Estimate(float(row["mean"]), float(row["low"]), float(row["high"]), percent=True)


def _by_model(chosen: pd.Series, models: list[pd.Series]) -> Estimate:
    """How often something holds for a model's pairs, on average over models."""
    found = over(chosen.groupby([each[chosen.index] for each in models]).mean(), np.mean)
    return Estimate(found.value, found.low, found.high, percent=True)


def _wrong(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        asked = report.asked(table[table["system"] == system])[system]
        found = report.certain(asked)
        wrong = _percent(found.loc["imagination prefers the wrong one"])
        known = _percent(found.loc["certain: difference of gaps"])
        each = _percent(found.loc["certain: twice the larger gap"])
        return Said(
            f"{system}: of the policies of all runs and rounds, learned models put {wrong} of pairs in the "
            f"wrong order. The exact difference of the gaps makes {known} of the orders certain, twice the "
            f"larger gap {each}.",
            wrong,
            "share of pairs in the wrong order",
            f"{counted(len(asked.real), 'policy', 'policies')} in {counted(len(asked.imagined), 'model')}",
        )

    return say


def _here(system: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        asked = report.asked(table[table["system"] == system])[system]
        found = report.trained_here(asked)
        wrong = _percent(found.loc["order is wrong"])
        told = word(wrong, "less often than", "as often as", "more often than")
        gap = found.loc["gap"]
        flattery = Estimate(float(gap["mean"]), float(gap["low"]), float(gap["high"]))
        return Said(
            f"{system}: a model puts a policy that was trained in it in the wrong order {told} policies that "
            f"other runs trained elsewhere, by {wrong} of pairs; it flatters its own by {flattery} more.",
            wrong,
            "share of wrong orders, trained in the model less trained elsewhere",
            counted(len(np.unique(asked.model_seed)), "run"),
        )

    return say


def _audited(table: pd.DataFrame) -> Said:
    rows = table[(table["method"] == "audit") & (table["starts"]) & (table["verdict"] != "refused")]
    rows = rows[rows["episodes"] == rows["episodes"].max()]
    settled = rows["verdict"] != "undetermined"
    agrees = (rows["verdict"] == "safe") == (rows["ahead"] > 0)
    models = [rows["system"], rows["model_seed"]]
    known, right = (_by_model(each, models) for each in (settled, agrees[settled]))
    apart = rows["ahead"].abs().groupby([rows["system"], settled]).median().unstack()
    ratio = " and ".join(shown(value, 1) for value in (apart[True] / apart[False]).agg(["min", "max"]))
    return Said(
        f"With {counted(int(rows['episodes'].iloc[0]), 'episode')} of each policy from common starts, an "
        f"audit settles {known} of orders, and {right} of those rightly. In median, the pairs that "
        f"it settles differ between {ratio} times as much as those that it leaves open, by system.",
        right,
        "share of settled orders that are right",
        counted(len(rows), "pair"),
    )


FINDINGS = (
    *(
        Finding(
            f"Orders of policies: {system}", 16, "imagination-rankings", _wrong(system), ("imagined", "real")
        )
        for system in SYSTEMS
    ),
    *(
        Finding(
            f"Trained in the model that ranks it: {system}",
            16,
            "imagination-rankings",
            _here(system),
            ("imagined", "real"),
        )
        for system in SYSTEMS
    ),
    Finding("Orders by an audit", 16, "imagination-rankings-verdicts", _audited, ("ahead",)),
)
"""Chapter 16."""
