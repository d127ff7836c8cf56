"""An audit as text for a terminal: first what matters. It loads nothing that draws."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from imagination.audit.evidence import SEVERITIES
from imagination.audit.parts import PARTS
from imagination.decide.planner import Estimate

__all__ = ["text"]

WIDTH = 98

DONE_BY = {"reward": "the reward", "dynamics": "the dynamics", "termination": "the ends of episodes"}

SHOWN = 8
"""Rows of the table by horizon, at most."""


def text(audit: Any) -> str:
    """Return the audit as a report of lines below 100 characters."""
    head = (
        f"Audit of {audit.episodes:,} episodes ({audit.transitions:,} transitions in the log), discount "
        f"{audit.gamma:g}; brackets: {100 * audit.level:g}% intervals over episodes"
    )
    parts = [_wrapped(head), "", *_verdict(audit)]
    if audit.gap is not None:
        parts += ["", *_gap(audit), "", *_advice(audit), "", *_by_horizon(audit)]
    for severity in SEVERITIES:
        parts += _findings(audit, severity)
    if audit.notes:
        parts += ["", "How it was made", *(_wrapped(f"{note}", "  ") for note in audit.notes)]
    return "\n".join(parts)


def _verdict(audit: Any) -> list[str]:
    """What the audit comes to: first whether something is broken, then which way imagination misleads."""
    wrong = [finding.name for finding in audit.findings if finding.severity == "error"]
    said = []
    if wrong:
        said.append(
            f"Mend first: {', '.join(dict.fromkeys(wrong))} (below). Other numbers mean little until then."
        )
    if audit.gap is None:
        said.append(f"No return gap was measured: {audit.why}.")
        said.append("Findings below are of single steps.")
    elif audit.gap.low > 0:
        said.append(f"Imagination flatters this policy: {_over(audit)}.")
    elif audit.gap.high < 0:
        said.append(f"Imagination makes this policy look worse than it is: {_over(audit)}.")
    else:
        said.append(f"No return gap is shown, either way: {_over(audit)}.")
    return [_wrapped(line) for line in said]


def _over(audit: Any) -> str:
    steps = "step" if audit.horizon == 1 else "steps"
    return f"by {_range(audit.gap)} over {audit.horizon} {steps}"


def _gap(audit: Any) -> list[str]:
    rows = [
        ("real return", audit.real_return),
        ("imagined return", audit.imagined_return),
        ("gap (imagined less real)", audit.gap),
        *((f"  done by {DONE_BY[part]}", getattr(audit, f"{part}_part")) for part in PARTS),
    ]
    shown = [(name, *_numbers(value, _rounding(audit))) for name, value in rows]
    return ["Discounted returns", *_table(shown, align="<>")]


def _rounding(audit: Any) -> float:
    """What is smaller than this is shown as 0: what rounding leaves of returns so large."""
    return 1e-12 * max(abs(audit.real_return.value), abs(audit.imagined_return.value))


def _advice(audit: Any) -> list[str]:
    lines = []
    within = "" if audit.tolerance is None else f" (gap within {audit.tolerance:.3g} either way)"
    if audit.longest_horizon is not None:
        plural = "" if audit.longest_horizon == 1 else "s"
        lines.append(f"Longest horizon to trust: {audit.longest_horizon} step{plural}{within}")
    elif audit.tolerance is not None:
        lines.append(f"Longest horizon to trust: none{within}")
    which = "none is surely first" if audit.improve == "undetermined" else f"the {audit.improve}"
    lines.append(f"Model to improve first: {which}")
    weight = "undetermined (see the note `improve`)" if audit.multiplier is None else _range(audit.multiplier)
    lines.append(f"Multiplier for `imagination plan`: {weight}")
    return lines


def _by_horizon(audit: Any) -> list[str]:
    table = audit.by_horizon
    if len(table) > SHOWN:
        table = table.iloc[np.unique(np.linspace(0, len(table) - 1, SHOWN).round().astype(int))]
    rows: list[tuple[str, ...]] = [("steps", "gap", "", *PARTS)]
    none = _rounding(audit)
    for _, row in table.iterrows():
        gap = Estimate(row["gap"], row["gap_low"], row["gap_high"])
        each = [_number(row[part], none) for part in PARTS]
        rows.append((f"{row['horizon']:.0f}", *_numbers(gap, none), *each))
    return ["Gap and its parts by horizon", *_table(rows, align=">")]


def _findings(audit: Any, severity: str) -> list[str]:
    found = [finding for finding in audit.findings if finding.severity == severity]
    if not found:
        return []
    title = severity.capitalize() + ("s" if len(found) > 1 else "")
    lines = ["", title]
    for finding in found:
        lines.append(_wrapped(f"{finding.name}: {finding.evidence}.", "  "))
        lines.append(_wrapped(f"-> {finding.advice}.", "    "))
    return lines


def _numbers(estimate: Estimate, none: float) -> tuple[str, str]:
    low, high = _number(estimate.low, none), _number(estimate.high, none)
    return _number(estimate.value, none), f"[{low}, {high}]"


def _number(value: float, none: float) -> str:
    return "0" if abs(value) <= none else f"{value:+.3g}"


def _range(estimate: Estimate) -> str:
    return f"{estimate.value:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"


def _table(rows: Sequence[tuple[str, ...]], align: str) -> list[str]:
    """Columns as wide as their widest cell, two spaces apart; the last `align` holds for what follows."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    sides = align.ljust(len(widths), align[-1])
    lines = []
    for row in rows:
        cells = [f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _wrapped(line: str, indent: str = "") -> str:
    later = indent + "  "
    return textwrap.fill(line, WIDTH, initial_indent=indent, subsequent_indent=later, break_long_words=False)
