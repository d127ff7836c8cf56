"""The table of all results: a row for each that is declared, with how it is proved and how it was tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from imagination.catalogue import chapter_contents as ledger_chapters
from imagination.catalogue.chapter_contents import Chapter, Numbered
from imagination.catalogue.outcomes import Trial
from imagination.formal import record
from imagination.formal.cards import formulas, place
from imagination.results.registry import RESULTS, WORDS, topic_of
from imagination.results.result import Result

__all__ = [
    "DEFINITION",
    "DERIVED",
    "OPEN",
    "PROVED",
    "Row",
    "assumed",
    "frame",
    "html",
    "looseness",
    "rows",
]

PROVED, DERIVED, DEFINITION = "proved in Coq", "derived on its page", "definition"
OPEN = "not proved"


@dataclass(frozen=True)
class Row:
    """All that is known of a result.

    Attributes
    ----------
    result : Result
        As it is declared.
    topic : str
        The topic's title.
    numbered : Numbered or None
        The numbered result under which it stands.
    address : str
        Where it stands, seen from the page of a chapter.
    checked : Checked or None
        Its theorem, as Coq checked it.
    refuted : int
        Wrong versions whose negation Coq proved.
    trials : tuple of Trial
        Those of all its claims.
    """

    result: Result
    topic: str
    numbered: Numbered | None
    address: str
    checked: record.Checked | None
    refuted: int
    trials: tuple[Trial, ...]

    @property
    def name(self) -> str:
        """What the book calls the result."""
        return self.result.name

    @property
    def status(self) -> str:
        """How it is known: proved in Coq, derived on its page, or a definition."""
        if self.checked:
            return PROVED
        return DERIVED if self.result.cell else DEFINITION if self.result.defines else OPEN

    @property
    def formulas(self) -> tuple[str, ...]:
        """Its statement in LaTeX, a formula a claim."""
        return tuple(formulas(self.result.claims, WORDS.get(self.result.theorem)))

    @property
    def supposed(self) -> tuple[str, ...]:
        """What it supposes, in words: what its card says, or else what its claims say."""
        claims, words = self.result.claims, WORDS.get(self.result.theorem)
        said = words.assumptions if words else tuple(h.name for claim in claims for h in claim.hypotheses)
        return tuple(dict.fromkeys((*said, *(text for claim in claims for text in claim.assumes))))

    @property
    def meaning(self) -> str:
        """What its claims say, in words."""
        return "; ".join(dict.fromkeys(claim.meaning for claim in self.result.claims if claim.meaning))


def rows(trials: Mapping[str, Iterable[Trial]], read: tuple[Chapter, ...] | None = None) -> list[Row]:
    """Return a row for every result, topic by topic, each in the order of the chapters.

    Parameters
    ----------
    trials : mapping
        Trials by claim, see `imagination.catalogue.outcomes.read_all`.
    read : tuple of Chapter, optional
        The chapters; those of the checkout unless given.

    Raises
    ------
    ValueError
        If a trial is of a claim that belongs to no result, or if the record of what Coq checked is stale, or
        lacks a theorem that a result names.
    """
    stated = {claim.name for result in RESULTS.values() for claim in result.claims}
    if strangers := set(trials) - stated:
        raise ValueError(f"trials: no result has a claim {', '.join(map(repr, sorted(strangers)))}")
    named = {chapter.name: chapter for chapter in (ledger_chapters.chapters() if read is None else read)}
    refuted = [mutant.result for mutant in record.mutants()]
    numbered = ledger_chapters.results(tuple(named.values()))
    made = []
    for result in RESULTS.values():
        under = numbered.get(result.label)
        cell = named[result.chapter].cells.get(result.cell)
        page = f"{result.chapter}.html"
        made.append(
            Row(
                result,
                topic_of(result.name),
                under,
                under.address if under else f"{page}#{cell.section}" if cell and cell.section else page,
                record.theorem(result.theorem) if result.theorem else None,
                refuted.count(result.name),
                tuple(each for claim in result.claims for each in trials.get(claim.name, ())),
            )
        )
    order = list(dict.fromkeys(row.topic for row in made))
    return sorted(made, key=lambda row: (order.index(row.topic), row.result.chapter))


def frame(found: Iterable[Row]) -> pd.DataFrame:
    """Return the rows as a table of plain values, for counting and plotting."""
    return pd.DataFrame(
        [
            {
                "result": row.name,
                "topic": row.topic,
                "source": row.result.source,
                "chapter": row.result.chapter,
                "status": row.status,
                "rests on": len(row.result.rests_on),
                "refuted": row.refuted,
                **{
                    counted: sum(getattr(trial, counted) for trial in row.trials)
                    for counted in ("problems", "violations", "planted", "caught")
                },
            }
            for row in found
        ]
    )


def looseness(found: Iterable[Row]) -> pd.DataFrame:
    """Return the bounds that were tried, the loosest first: `median` and `largest` of measured over bound.

    `problems` counts all trials of a claim. Where it was tried more than once, the trial with the most
    problems speaks: the others saw it in passing, such as the rounds of a training loop.
    """
    table = []
    for row in found:
        for claim in row.result.claims:
            trials = [trial for trial in row.trials if trial.claim == claim.name]
            if of_bound := [trial for trial in trials if np.isfinite(trial.median)]:
                hardest = max(of_bound, key=lambda trial: trial.problems)
                table.append(
                    {
                        "claim": claim.name,
                        "topic": row.topic,
                        "problems": sum(trial.problems for trial in trials),
                        "median": hardest.median,
                        "largest": hardest.largest,
                    }
                )
    return pd.DataFrame(table).sort_values(["median", "claim"]).reset_index(drop=True)


def assumed(found: Iterable[Row]) -> pd.DataFrame:
    """Return the axioms that a proof may rest on: what each says, and how many results rest on it."""
    made = [row.checked for row in found if row.checked]
    return pd.DataFrame(
        [
            {
                "axiom": axiom,
                "what it says": said,
                "results that rest on it": sum(axiom in entry.assumptions for entry in made),
            }
            for axiom, said in record.ALLOWED.items()
        ]
    )


# -- the page ------------------------------------------------------------------------------------------------

LONG = 260
"""Formulas of more letters of LaTeX are folded, their meaning in words before them."""

_HEAD = ("result", "statement", "derived in", "proof", "trial", "used of the bound", "what differs")


def html(found: Iterable[Row], read: tuple[Chapter, ...] | None = None) -> str:
    """Return the table as HTML: topic by topic, in a frame that scrolls, with the names kept in view."""
    titles = {c.name: c for c in (ledger_chapters.chapters() if read is None else read)}
    made = list(found)
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in _HEAD)
    body = []
    for topic in dict.fromkeys(row.topic for row in made):
        body.append(f"<tr class='part'><th colspan='{len(_HEAD)}' scope='colgroup'>{escape(topic)}</th></tr>")
        body += [_row_html(row, titles[row.result.chapter]) for row in made if row.topic == topic]
    return (
        "<div class='ledger tex2jax_process' role='region' aria-label='All results of the book' tabindex='0'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _row_html(row: Row, chapter: Chapter) -> str:
    name = (
        f"<strong>{escape(row.name)}</strong><br>"
        f"<span class='claim-source'>{escape(row.result.source)}</span>"
    )
    formula = "<br>".join(rf"\({_text(formula)}\)" for formula in row.formulas)
    if sum(map(len, row.formulas)) > LONG:
        formula = _folded(escape(row.meaning or "a long formula"), formula)
    if count := len(row.supposed):
        said = "".join(f"<li>{_text(words)}</li>" for words in row.supposed)
        noun = "hypothesis" if count == 1 else "hypotheses"
        formula += _folded(f"under {count} {noun}", f"<ul>{said}</ul>")
    link = f"<a href='{escape(row.address)}'>{escape(chapter.called)}</a>"
    return (
        f"<tr><th scope='row'>{name}</th><td>{formula}</td><td>{link}</td>"
        f"<td>{_proof(row)}</td><td>{_trials(row)}</td><td>{_used(row)}</td>"
        f"<td class='words'>{escape(row.result.differs)}</td></tr>"
    )


def _text(words: str) -> str:
    """Words with formulas, as HTML."""
    return escape(words, quote=False)


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>{body}</details>"


def _proof(row: Row) -> str:
    names = row.result.rests_on
    rests = _folded(f"rests on {len(names)}", ", ".join(map(escape, names))) if names else ""
    if row.checked is None:
        return row.status + rests
    axioms = row.checked.assumptions
    said = f"∎ {row.status}: {place(row.checked)}"
    if row.refuted:
        said += f"; {row.refuted} wrong version{'s' * (row.refuted != 1)} refuted"
    return said + _folded(f"{len(axioms)} axioms", ", ".join(map(escape, axioms))) + rests


def _trials(row: Row) -> str:
    said = []
    for trial in row.trials:
        text = f"{trial.problems:,} tried, {trial.violations} violations"
        if trial.planted:
            text += f"; {trial.caught} of {trial.planted} planted caught"
        if np.isfinite(trial.off):
            text += f"; off by at most {trial.off:.0e}"
        said.append(f"{text} <span class='claim-source'>({escape(trial.source.rpartition('.')[2])})</span>")
    return "<br>".join(said) or "–"


def _used(row: Row) -> str:
    said = [
        f"median {trial.median:.3g}, at most {trial.largest:.3g}"
        for trial in row.trials
        if np.isfinite(trial.median)
    ]
    return "<br>".join(said) or "–"
