"""Findings about audits of world models: chapter 17."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from imagination.catalogue.findings.finding import LEVEL, Finding, Said, counted, share, word
from imagination.studies.audit_findings import FAULTS

__all__ = ["FINDINGS"]

Say = Callable[[pd.DataFrame], Said]


def _found(fault: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = table[table["fault"] == fault]
        found = share(rows["right"] == 1)
        return Said(
            f"An audit of one model with one planted fault, {fault}, names it in {found} of cases, of sizes "
            "from tiny to gross.",
            found,
            "share of audits that find the fault",
            counted(len(rows), "audit"),
        )

    return say


def _held(regime: str) -> Say:
    def say(table: pd.DataFrame) -> Said:
        rows = table[(table["regime"] == regime) & (table["quantity"] == "gap")]
        audits = int(rows["audits"].sum())
        held = share(np.arange(audits) < round(rows["held"].sum()))
        told = word(held, "less often than", "as often as", "more often than", at=LEVEL)
        return Said(
            f"{regime}: an audit's {LEVEL:.0%} interval of the return gap holds it in {held} of audits, "
            f"{told} it says.",
            held,
            "share of intervals that hold the gap",
            counted(audits, "audit"),
        )

    return say


FINDINGS = (
    *(
        Finding(f"Found by an audit: {fault}", 17, "audit-findings", _found(fault), ("right",))
        for fault, name in FAULTS.items()
        if name is not None
    ),
    *(
        Finding(f"An audit's intervals: {regime}", 17, "audit-coverage", _held(regime), ("held",))
        for regime in ("finite, worlds end", "linear-quadratic", "finite, rare disaster")
    ),
)
"""Chapter 17."""
