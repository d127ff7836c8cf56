"""The table of all results: a row for each that is declared, with how it is proved and how it was tried."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from imagination.catalogue import chapter_contents
from imagination.catalogue.chapter_contents import Chapter, Numbered
from imagination.formal import record
from imagination.formal.cards import formulas
from imagination.results.registry import RESULTS, WORDS, topic_of
from imagination.results.result import Result
from imagination.trials.trial import Outcome

__all__ = [
    "DEFINITION",
    "DERIVED",
    "OPEN",
    "PROVED",
    "Row",
    "assumed",
    "frame",
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
    trials: tuple[Outcome, ...]

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


def rows(trials: Mapping[str, Iterable[Outcome]], read: tuple[Chapter, ...] | None = None) -> list[Row]:
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
    named = {chapter.name: chapter for chapter in (chapter_contents.chapters() if read is None else read)}
    refuted = [mutant.result for mutant in record.mutants()]
    numbered = chapter_contents.results(tuple(named.values()))
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
                    for counted in ("problems", "violations", "mutants", "caught")
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
