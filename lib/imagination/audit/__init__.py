"""How far does a world model mislead a policy? An audit of a model that need not be this book's."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """Something that an audit noticed.

    Attributes
    ----------
    name : str
        What kind of finding it is, the same in every version: for machines.
    severity : {"error", "warning", "note"}
    evidence : str
        What was measured, in one sentence with its numbers.
    advice : str
        What to do about it.
    """

    name: str
    severity: str
    evidence: str
    advice: str
