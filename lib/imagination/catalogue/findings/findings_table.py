"""The measured findings as a table, and how it is shown on a page."""

from collections.abc import Iterable
from html import escape

import pandas as pd

from imagination.catalogue import chapter_contents as ledger_chapters
from imagination.catalogue.chapter_contents import Chapter
from imagination.catalogue.findings.finding import Measured

__all__ = ["frame", "html"]

_HEAD = ("finding", "what the record says", "estimate, 95% interval", "tried on", "made by")


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


def html(found: Iterable[Measured], read: tuple[Chapter, ...] | None = None) -> str:
    """Return the table as HTML: chapter by chapter, in a frame that scrolls, with the names kept in view."""
    chapters = {c.number: c for c in (ledger_chapters.chapters() if read is None else read)}
    made = list(found)
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in _HEAD)
    body = []
    for number in dict.fromkeys(row.finding.chapter for row in made):
        chapter = chapters[number]
        link = f"<a href='{escape(chapter.name)}.html'>{number}. {escape(chapter.title)}</a>"
        body.append(f"<tr class='part'><th colspan='{len(_HEAD)}' scope='colgroup'>{link}</th></tr>")
        body += [_row(row) for row in made if row.finding.chapter == number]
    return (
        "<div class='ledger findings' role='region' aria-label='Measured findings of the book' tabindex='0'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _row(row: Measured) -> str:
    said = row.said
    commands = "<br>".join(f"<code>{escape(command)}</code>" for command in row.commands)
    records_ = ", ".join(map(escape, row.finding.sources))
    return (
        f"<tr><th scope='row'>{escape(row.finding.name)}</th><td class='words'>{escape(said.statement)}</td>"
        f"<td>{escape(str(said.estimate))}<br><span class='claim-source'>{escape(said.of)}</span></td>"
        f"<td>{escape(said.tried)}</td>"
        f"<td><details><summary>record {records_}</summary>{commands}</details></td></tr>"
    )
