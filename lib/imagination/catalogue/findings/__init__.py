"""The measured findings of the book, each a sentence that its record says: what stands beside the proofs."""

from imagination.catalogue.findings import (
    on_audits,
    on_bounds,
    on_branches,
    on_budgets,
    on_labels,
    on_models,
    on_preferences,
    on_rankings,
)
from imagination.catalogue.findings.finding import Estimate, Finding, Measured, Said, Versus

__all__ = ["FINDINGS", "Estimate", "Finding", "Measured", "Said", "Versus", "read_all"]

FINDINGS: tuple[Finding, ...] = tuple(
    sorted(
        (
            *on_audits.FINDINGS,
            *on_bounds.FINDINGS,
            *on_branches.FINDINGS,
            *on_budgets.FINDINGS,
            *on_labels.FINDINGS,
            *on_models.FINDINGS,
            *on_preferences.FINDINGS,
            *on_rankings.FINDINGS,
        ),
        key=lambda finding: finding.chapter,
    )
)
"""All of them, chapter by chapter."""


def read_all() -> list[Measured]:
    """Compute every finding from its record.

    Raises
    ------
    RecordError
        If a record is damaged or missing.
    """
    return [finding.read() for finding in FINDINGS]
