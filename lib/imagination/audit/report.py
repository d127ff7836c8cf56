"""An audit as text for a terminal: first what matters. It loads nothing that draws."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from imagination.audit.evidence import SEVERITIES
from imagination.audit.parts import PARTS
from imagination.audit.trust import NEAR
from imagination.decide.planner import Estimate

__all__ = ["stopping", "stopping_table", "text"]

WIDTH = 98

DONE_BY = {"reward": "the reward", "dynamics": "the dynamics", "termination": "the ends of episodes"}

VERDICTS = {
    "flatters": "Imagination flatters this policy",
    "understates": "Imagination makes this policy look worse than it is",
    "not shown": "No return gap is shown, either way",
    "not measured": "No return gap was measured",
}

IMPROVE = {
    "dynamics": "the dynamics; spend on transitions",
    "reward": "the reward; spend on reward labels where this policy goes",
    "termination": "the termination; calibrate the probability of going on",
}

LIMITS = {
    "model": "the gap is shown to be larger: the model limits it",
    "log": "its interval is too wide to tell: the log limits it",
}

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
        parts += ["", *_gap(audit), "", *_advice(audit), *_stopping(audit), "", *_by_horizon(audit)]
    for severity in SEVERITIES:
        parts += _findings(audit, severity)
    if audit.notes:
        parts += ["", "How it was made", *(_wrapped(f"{note}", "  ") for note in audit.notes)]
    return "\n".join(parts)


def _verdict(audit: Any) -> list[str]:
    """What the audit comes to: first whether something is broken, then which way imagination misleads."""
    said = []
    if wrong := _errors(audit):
        said.append(f"Mend first: {', '.join(wrong)} (below). Other numbers mean little until then.")
    if audit.gap is None:
        said.append(f"{VERDICTS[audit.verdict]}: {audit.why}.")
        said.append("Findings below are of single steps.")
    else:
        said.append(f"{VERDICTS[audit.verdict]}: {_over(audit)}.")
    return [_wrapped(line) for line in said]


def _errors(audit: Any) -> list[str]:
    wrong = [finding.name for finding in audit.findings if finding.severity == "error"]
    return list(dict.fromkeys(wrong))


def _over(audit: Any) -> str:
    return f"by {_range(audit.gap)} over {_steps(audit.horizon)}"


def _steps(count: int) -> str:
    return f"{count:,} step{'' if count == 1 else 's'}"


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
    """What to do; which part to improve only where nothing has to be mended before."""
    lines = []
    if audit.tolerance is not None:
        steps = "none" if audit.longest_horizon is None else _steps(audit.longest_horizon)
        ends = ""
        if audit.limited_by is not None:
            already = f"already after {_steps(int(audit.by_horizon['horizon'].iloc[0]))}"
            where = already if audit.longest_horizon is None else "beyond"
            ends = f"; {where} {LIMITS[audit.limited_by]}{_shown_later(audit)}"
        within = f"gap within {audit.tolerance:.3g} either way"
        lines.append(f"Longest horizon to trust: {steps} ({within}{ends})")
    if not _errors(audit):
        which = IMPROVE.get(audit.improve, "none is surely first; more episodes would tell")
        if audit.improve == "dynamics" and any(each.name == "noise_in_world" for each in audit.findings):
            which += ", or let the model draw: it may lack the world's noise (below)"
        lines.append(f"Model to improve first: {which}")
        weight = "undetermined (why: below)" if audit.multiplier is None else _range(audit.multiplier)
        lines.append(f"Multiplier for `imagination plan`: {weight}")
    return [_wrapped(line) for line in lines]


def _shown_later(audit: Any) -> str:
    """The first longer horizon whose gap is shown to be too large, where the next one's is not."""
    rows = audit.by_horizon
    larger = (rows["gap_low"] > audit.tolerance) | (rows["gap_high"] < -audit.tolerance)
    if audit.limited_by == "model" or not larger.any():
        return ""
    return f", though after {_steps(int(rows['horizon'][larger].iloc[0]))} the gap is shown to be larger"


def _stopping(audit: Any) -> list[str]:
    return [] if audit.stopping is None else ["", *stopping(audit.stopping)]


def stopping(found: Any) -> list[str]:
    """Lines that say after how many steps to ask the value."""
    rows = found.by_horizon.set_index("horizon")
    others = [str(step) for step in found.as_good if step != found.best]
    told = f"not told from {', '.join(others)}" if others else "told from all others that were tried"
    early = "" if found.early == found.best else f"; within {NEAR:.0%} of it after {_steps(found.early)}"
    said = [
        f"Ask the value after {_steps(found.best)}: smallest observed error, {told}{early}",
        "By the rule of one more step: after "
        + _steps(found.by_rule)
        + ("" if found.by_rule < rows.index[-1] else ", the longest tried"),
    ]
    for step in dict.fromkeys((0, found.best)):
        row = rows.loc[step]
        said.append(
            f"Observed errors (root mean square) after {_steps(step)}: {row['error']:.3g}; of the imagined "
            f"steps {row['by_steps']:.3g}, of the value after them {row['by_end']:.3g}"
        )
    if found.hidden > 0.01:
        said.append(
            "The log is cut: the value stands for what comes behind, which hides about "
            f"{found.hidden:.0%} of its error"
        )
    return [_wrapped(line) for line in said]


def stopping_table(found: Any) -> list[str]:
    """The table by horizon, thinned."""
    signs = {"bias": "+", "steps": "+", "end": "+", "error": "", "bound": "", "one_more": "+"}
    rows: list[tuple[str, ...]] = [("after", *(name.replace("_", " ") for name in signs))]
    for _, row in found.by_horizon.iterrows():
        rows.append((f"{row['horizon']:.0f}", *(f"{row[name]:{sign}.3g}" for name, sign in signs.items())))
    return _table(rows, align=">")


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
