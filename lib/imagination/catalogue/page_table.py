"""The table of all that the book says, as a page shows it: numbered results, further ones, and findings.

Each entry is two rows: what it is, and what it says, with the rest folded. Without scripts every entry is
there; the script puts filters above them.
"""

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np

from imagination.catalogue import chapter_contents
from imagination.catalogue.chapter_contents import Chapter, Numbered
from imagination.catalogue.findings.finding import Measured
from imagination.catalogue.results_table import DEFINITION, DERIVED, OPEN, PROVED, Row
from imagination.formal.cards import PAGE, label, place
from imagination.trials.trial import Outcome

__all__ = ["html"]

_WORDS, _MEASURED = "argued in words", "measured"
_TRIED = "tried on systems"
_STATUS = (PROVED, DERIVED, _WORDS, DEFINITION, OPEN, _TRIED, _MEASURED)
_KINDS = ("theorem", "lemma", "proposition", "corollary")
_GROUPS = {
    "numbered": "Numbered results, in the order of the book",
    "further": "Results without a number",
    "finding": "Measured findings",
}
_HEAD = ("result", "chapter", "known by", "tried on")


def html(
    found: Iterable[Row], measured: Iterable[Measured] = (), read: tuple[Chapter, ...] | None = None
) -> str:
    """Return one table of results and findings as HTML, with filters by chapter, status, kind and text.

    Parameters
    ----------
    found : iterable of Row
        The results, see `imagination.catalogue.results_table.rows`. Those under a number come first, in the
        order of the book, and among them what is numbered and has no row.
    measured : iterable of Measured
        The findings, see `imagination.catalogue.findings.read_all`.
    read : tuple of Chapter, optional
        The chapters; those of the checkout unless given.
    """
    chapters = chapter_contents.chapters() if read is None else read
    made = list(found)
    groups = {
        "numbered": _numbered(made, chapters),
        "further": [_result(row, chapters) for row in made if row.numbered is None],
        "finding": [_finding(row, chapters) for row in measured],
    }
    head = "".join(f"<th scope='col'>{name}</th>" for name in _HEAD)
    body = "".join(
        f"<tbody class='part' data-group='{group}'><tr><th colspan='{len(_HEAD)}' scope='colgroup'>"
        f"{_GROUPS[group]}</th></tr></tbody>{''.join(entries)}"
        for group, entries in groups.items()
        if entries
    )
    script = files(__package__).joinpath("page_table.js").read_text(encoding="utf-8")
    return (
        f"<div class='results-table tex2jax_process'>{_filters(chapters)}"
        f"<table><thead><tr>{head}</tr></thead>{body}</table>\n<script>\n{script}</script></div>"
    )


def _numbered(made: list[Row], chapters: tuple[Chapter, ...]) -> list[str]:
    entries = []
    for numbered in chapter_contents.results(chapters).values():
        under = [row for row in made if row.numbered == numbered]
        entries += [_result(row, chapters) for row in under] or [_in_words(numbered, chapters)]
    return entries


def _filters(chapters: tuple[Chapter, ...]) -> str:
    """What the script shows: without it there is nothing that could filter."""
    wanted = {
        "kind": [
            ("numbered", "numbered results"),
            ("", "everything"),
            *((kind, f"numbered: {kind}") for kind in _KINDS),
            ("further", "results without a number"),
            ("finding", "measured findings"),
        ],
        "chapter": [("", "all"), *((each.name, each.called) for each in chapters)],
        "status": [("", "any"), *((each, each) for each in _STATUS if each != OPEN)],
    }
    selects = "".join(
        f"<label>{'known by' if name == 'status' else name} <select name='{name}' autocomplete='off'>"
        + "".join(f"<option value='{escape(value)}'>{escape(said)}</option>" for value, said in options)
        + "</select></label>"
        for name, options in wanted.items()
    )
    return (
        f"<form hidden role='search' aria-label='Filter the table'>{selects}"
        "<label>text <input name='text' type='search' autocomplete='off'></label>"
        "<button type='reset'>Reset</button><output aria-live='polite'></output></form>"
    )


# -- entries -------------------------------------------------------------------------------------------------


def _entry(
    group: str, kind: str, chapter: Chapter, status: Iterable[str], cells: tuple[str, str, str], more: str
) -> str:
    name, known, tried = cells
    link = f"<a href='{escape(chapter.name)}.html'>{escape(chapter.called)}</a>"
    shown = zip(_HEAD[1:], (link, known, tried), strict=True)
    return (
        f"<tbody class='entry' data-group='{group}' data-kind='{kind}' data-chapter='{escape(chapter.name)}' "
        f"data-status='{escape('|'.join(status))}'><tr><th scope='row'>{name}</th>"
        + "".join(f"<td data-head='{head}'>{cell}</td>" for head, cell in shown)
        + f"</tr><tr class='more'><td colspan='{len(_HEAD)}'>{more}</td></tr></tbody>"
    )


def _chapter(name: str, chapters: tuple[Chapter, ...]) -> Chapter:
    return next(each for each in chapters if each.name == name)


def _in_words(numbered: Numbered, chapters: tuple[Chapter, ...]) -> str:
    name = f"<a href='{escape(numbered.address)}'>{numbered.number}</a> {escape(numbered.title)}"
    where = _chapter(numbered.chapter, chapters)
    more = "Its chapter argues it from rows of this table, in words."
    return _entry("numbered", numbered.kind, where, (_WORDS,), (name, _WORDS, "–"), more)


def _result(row: Row, chapters: tuple[Chapter, ...]) -> str:
    called, name = (row.numbered.number if row.numbered else ""), escape(row.name)
    address = escape(row.address)
    name = f"<a href='{address}'>{called}</a> {name}" if called else f"<a href='{address}'>{name}</a>"
    problems = sum(trial.problems for trial in row.trials)
    broken = sum(trial.violations for trial in row.trials)
    tried = f"{problems:,} problems, {broken} violations" if problems else "–"
    known = row.status
    if row.checked:
        link = f"{PAGE}#formal-{label(Path(row.checked.file).stem)}"
        known += f": <a href='{link}'><code>{escape(row.checked.name)}</code></a>"
    status = (row.status, _TRIED) if problems else (row.status,)
    group = "numbered" if row.numbered else "further"
    kind = row.numbered.kind if row.numbered else ""
    where = _chapter(row.result.chapter, chapters)
    return _entry(group, kind, where, status, (name, known, tried), _folded(row))


def _folded(row: Row) -> str:
    """What it says in words, and under that all the rest."""
    formulas = "".join(rf"<div class='formula'>\({_text(formula)}\)</div>" for formula in row.formulas)
    count = len(row.supposed)
    supposed = (
        f"<p>Under {'this hypothesis' if count == 1 else f'these {count} hypotheses'}:</p><ul>"
        + "".join(f"<li><div class='formula'>{_text(words)}</div></li>" for words in row.supposed)
        + "</ul>"
        if count
        else ""
    )
    facts = {
        "source": escape(row.result.source),
        "what differs": escape(row.result.differs),
        "proof": _proof(row),
        "rests on": ", ".join(map(escape, row.result.rests_on)),
        "trials": "<br>".join(map(_trial, row.trials)),
    }
    told = "".join(f"<dt>{head}</dt><dd>{said}</dd>" for head, said in facts.items() if said)
    meaning = escape(row.meaning) or "what it says"
    return f"<details><summary>{meaning}</summary>{formulas}{supposed}<dl>{told}</dl></details>"


def _text(words: str) -> str:
    """Words with formulas, as HTML."""
    return escape(words, quote=False)


def _proof(row: Row) -> str:
    if row.checked is None:
        return ""
    axioms = row.checked.assumptions
    said = f"{place(row.checked)}, from {len(axioms)} axioms ({', '.join(map(escape, axioms))})"
    if row.refuted:
        said += f"; {row.refuted} wrong version{'s' * (row.refuted != 1)} refuted"
    return said


def _trial(trial: Outcome) -> str:
    text = f"{escape(trial.shown)}: {trial.problems:,} tried, {trial.violations} violations"
    if trial.mutants:
        text += f"; {trial.caught} of {trial.mutants} mutants caught"
    if np.isfinite(trial.off):
        text += f"; off by at most {trial.off:.0e}"
    if np.isfinite(trial.median):
        text += f"; used of the bound: median {trial.median:.3g}, at most {trial.largest:.3g}"
    return text


def _finding(row: Measured, chapters: tuple[Chapter, ...]) -> str:
    said = row.said
    where = next(each for each in chapters if each.number == row.finding.chapter)
    commands = "<br>".join(f"<code>{escape(command)}</code>" for command in row.commands)
    more = (
        f"{escape(said.statement)}<details><summary>{escape(said.of)}: {escape(str(said.estimate))}</summary>"
        f"Record {', '.join(map(escape, row.finding.sources))}, made by<br>{commands}</details>"
    )
    cells = escape(row.finding.name), _MEASURED, escape(said.tried)
    return _entry("finding", "", where, (_MEASURED,), cells, more)
