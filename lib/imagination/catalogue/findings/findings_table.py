"""The measured findings as a table of plain values."""

from collections.abc import Iterable

import pandas as pd

from imagination.catalogue.findings.finding import Measured

__all__ = ["frame"]


def frame(found: Iterable[Measured]) -> pd.DataFrame:
    """Return the findings as a table of plain values, for counting and sorting."""
    return pd.DataFrame(
        [
            {
                "finding": row.finding.name,
                "chapter": row.finding.chapter,
                "statement": row.said.statement,
                "of": row.said.of,
                "estimate": row.said.estimate.value,
                "low": row.said.estimate.low,
                "high": row.said.estimate.high,
                "tried on": row.said.tried,
                "record": row.finding.record,
                "command": "; ".join(row.commands),
            }
            for row in found
        ]
    )
