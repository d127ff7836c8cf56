"""The ledger as a table: a row for every claim, and how it is shown on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from imagination.experiments import ledger, ledger_chapters, ledger_notes
from imagination.experiments.ledger import Proved
from imagination.experiments.ledger_chapters import Chapter, Result
from imagination.experiments.ledger_trials import Trial
from imagination.theory import axioms
from imagination.theory.latex import latex

__all__ = ["Row", "assumed", "frame", "html", "looseness", "rows"]

DEFINITION, PROVED, OPEN = "definition", "proved", "not proved"


@dataclass(frozen=True)
class Row:
    """All that the ledger knows of a claim.

    Attributes
    ----------
    name, source, part : str
    formula : str
        The claim's statement in LaTeX.
    hypotheses : tuple of str
        Their names.
    chapter : str
        Name of the chapter in which it is derived, such as ``02_lemma_1``; empty if no chapter speaks of it.
    result : Result or None
        The numbered result under which it stands there.
    proof : Proved or None
        What its proof took.
    trials : tuple of Trial
    differs : str
        What is different where it comes from.
    """

    name: str
    source: str
    part: str
    formula: str
    hypotheses: tuple[str, ...]
    chapter: str
    result: Result | None
    proof: Proved | None
    trials: tuple[Trial, ...]
    differs: str

    @property
    def status(self) -> str:
        """``"proved"``, ``"definition"`` (it only says what a letter stands for) or ``"not proved"``."""
        return PROVED if self.proof else DEFINITION if self._defines else OPEN

    @property
    def _defines(self) -> bool:
        stated = ledger.claims().get(self.name)
        return stated is not None and stated.claim.relation == "==" and stated.claim.quantity.is_Symbol

    @property
    def meaning(self) -> str:
        """What the claim says in words; empty if a proof has made it."""
        stated = ledger.claims().get(self.name)
        return stated.claim.meaning if stated else ""

    @property
    def hardest(self) -> Trial | None:
        """Of the trials of a bound, the one with the most problems; None if there is none."""
        of_bound = [trial for trial in self.trials if np.isfinite(trial.median)]
        return max(of_bound, key=lambda trial: trial.problems, default=None)

    @property
    def address(self) -> str:
        """Where it is derived, seen from the page of a chapter."""
        return self.result.address if self.result else f"{self.chapter}.html"


def _places(proved: Mapping[str, Proved]) -> dict[str, list[tuple[str, str]]]:
    """(module, attribute) of each claim and of its proof: what a chapter may name it by."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, stated in ledger.claims().items():
        found.setdefault(name, []).append((stated.module, stated.attribute))
    for name, entry in proved.items():
        found.setdefault(name, []).append((entry.module, entry.proof.partition("(")[0]))
    return found


def _homes(proved: Mapping[str, Proved], read: tuple[Chapter, ...]) -> dict[str, tuple[str, Result | None]]:
    """Chapter, and numbered result where there is one, of each claim.

    That is where a chapter first names the claim or its proof; failing that, where a theorem stands that
    uses it, or one that it uses; failing that, the chapter that speaks most of its module.
    """
    spoken, by_label = ledger_chapters.mentions(read), ledger_chapters.results(read)
    homes: dict[str, tuple[str, Result | None]] = {}
    order = {label: number for number, label in enumerate(by_label)}
    for name, places in _places(proved).items():
        met = [mention for place in places for mention in spoken.get(place, ())]
        if name in ledger_notes.PROVED_BELOW:
            result = by_label[ledger_notes.PROVED_BELOW[name]]
            homes[name] = (result.chapter, result)
        elif met:
            chapter = min(mention.chapter for mention in met)
            here = [mention.below for mention in met if mention.chapter == chapter and mention.below]
            first = min(here, key=lambda result: order[result.label], default=None)
            homes[name] = (chapter, None if places[0][0] in ledger_notes.TOOLS else first)
    for _ in proved:  # as long as it leads further
        known = len(homes)
        for name, entry in proved.items():
            users = [homes[user] for user, other in proved.items() if name in other.cited and user in homes]
            used = [homes[other] for other in entry.cited if other in homes]
            if name not in homes and (near := users or used):
                homes[name] = (min(near, key=lambda home: home[0])[0], None)
        if len(homes) == known:
            break
    module = {name: stated.module for name, stated in ledger.claims().items()}
    module |= {name: entry.module.removesuffix("_proofs") for name, entry in proved.items()}
    for name, where in module.items():
        alike = [
            homes[n][0]
            for n, other in module.items()
            if n in homes and other == where.removesuffix("_claims")
        ]
        if name not in homes and alike:
            homes[name] = (max(sorted(set(alike)), key=alike.count), None)
    return homes


def rows(
    proved: Mapping[str, Proved],
    trials: Mapping[str, Iterable[Trial]],
    read: tuple[Chapter, ...] | None = None,
) -> list[Row]:
    """Return a row for every claim of the theory, and for those that only a proof states, part by part.

    Parameters
    ----------
    proved : mapping
        Proofs by claim, see `imagination.experiments.ledger.recorded`.
    trials : mapping
        Trials by claim, see `imagination.experiments.ledger_trials.read_all`.
    read : tuple of Chapter, optional
        The chapters; those of the checkout unless given.

    Raises
    ------
    ValueError
        If a trial or a note speaks of a claim that there is not.
    """
    names = dict.fromkeys((*ledger.claims(), *proved))
    if strangers := (set(trials) | set(ledger_notes.DIFFERS) | set(ledger_notes.PROVED_BELOW)) - set(names):
        raise ValueError(f"no claim is called {', '.join(map(repr, sorted(strangers)))}")
    homes = _homes(proved, ledger_chapters.chapters() if read is None else read)
    made = [
        _row(name, proved.get(name), tuple(trials.get(name, ())), *homes.get(name, ("", None)))
        for name in names
    ]
    parts = list(ledger_notes.PARTS)
    return sorted(made, key=lambda row: (parts.index(row.part), row.chapter or "99"))


def _row(
    name: str, proof: Proved | None, trials: tuple[Trial, ...], chapter: str, result: Result | None
) -> Row:
    stated = ledger.claims().get(name)
    said = stated.claim if stated else None
    if said is not None:
        about = said.source, latex(said.statement), tuple(h.name for h in said.hypotheses)
    else:  # a proof has made it, out of another claim
        assert proof is not None
        about = proof.source, proof.formula, proof.hypotheses
    module = stated.module if stated else proof.module if proof else ""
    return Row(
        name,
        about[0],
        ledger_notes.part_of(module),
        about[1],
        about[2],
        chapter,
        result,
        proof,
        trials,
        ledger_notes.DIFFERS.get(name, ""),
    )


def frame(found: Iterable[Row]) -> pd.DataFrame:
    """Return the rows as a table of plain values, for counting and plotting."""
    return pd.DataFrame(
        [
            {
                "claim": row.name,
                "part": row.part,
                "source": row.source,
                "chapter": row.chapter,
                "status": row.status,
                "steps": row.proof.steps if row.proof else 0,
                "axioms": len(row.proof.assumptions) if row.proof else 0,
                "theorems used": len(row.proof.cited) if row.proof else 0,
                "problems": sum(trial.problems for trial in row.trials),
                "violations": sum(trial.violations for trial in row.trials),
                "planted": sum(trial.planted for trial in row.trials),
                "caught": sum(trial.caught for trial in row.trials),
                "median": hardest.median if (hardest := row.hardest) else np.nan,
                "largest": hardest.largest if hardest else np.nan,
            }
            for row in found
        ]
    )


def looseness(found: Iterable[Row]) -> pd.DataFrame:
    """Return the bounds that were tried, the loosest first: `median` and `largest` of measured over bound.

    Where a bound was tried more than once, the trial with the most problems speaks: the others saw it in
    passing, such as the rounds of a training loop.
    """
    table = frame(found).dropna(subset=["median"])
    return table.sort_values(["median", "claim"])[
        ["claim", "part", "problems", "median", "largest"]
    ].reset_index(drop=True)


def assumed(found: Iterable[Row]) -> pd.DataFrame:
    """Return all axioms: what each says, where it is proved, and how many results rest on it."""
    made = list(found)
    table = [
        {
            "axiom": axiom.name,
            "source": axiom.source,
            "results that rest on it": sum(
                row.proof is not None and axiom.name in row.proof.assumptions for row in made
            ),
        }
        for axiom in axioms.ALL
    ]
    return pd.DataFrame(table).sort_values("results that rest on it", ascending=False, kind="stable")


# -- the page ------------------------------------------------------------------------------------------------

LONG = 260
"""A formula of more letters of LaTeX is folded, its meaning in words before it."""

_HEAD = ("result", "statement", "derived in", "proof", "trial", "used of the bound", "what differs")


def html(found: Iterable[Row], read: tuple[Chapter, ...] | None = None) -> str:
    """Return the table as HTML: part by part, in a frame that scrolls, with the names kept in view."""
    titles = {c.name: c for c in (ledger_chapters.chapters() if read is None else read)}
    made = list(found)
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in _HEAD)
    body = []
    for part in dict.fromkeys(row.part for row in made):
        body.append(f"<tr class='part'><th colspan='{len(_HEAD)}' scope='colgroup'>{escape(part)}</th></tr>")
        body += [_row_html(row, titles) for row in made if row.part == part]
    return (
        "<div class='ledger tex2jax_process' role='region' aria-label='All results of the book' tabindex='0'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _row_html(row: Row, titles: Mapping[str, Chapter]) -> str:
    name = f"<strong>{escape(row.name)}</strong><br><span class='claim-source'>{escape(row.source)}</span>"
    under = ", ".join(map(escape, row.hypotheses)) or "nothing"
    count = len(row.hypotheses)
    noun = "hypothesis" if count == 1 else "hypotheses"
    formula = rf"\({row.formula}\)"
    if len(row.formula) > LONG:
        formula = f"<details><summary>{escape(row.meaning or 'a long formula')}</summary>{formula}</details>"
    statement = formula + (
        f"<details><summary>under {count} {noun}</summary>{under}</details>" if count else ""
    )
    return (
        f"<tr><th scope='row'>{name}</th><td>{statement}</td><td>{_link(row, titles)}</td>"
        f"<td>{_proof(row)}</td><td>{_trials(row)}</td><td>{_used(row)}</td>"
        f"<td class='words'>{escape(row.differs)}</td></tr>"
    )


def _link(row: Row, titles: Mapping[str, Chapter]) -> str:
    if row.chapter not in titles:
        return "the library alone"
    chapter = titles[row.chapter]
    text = f"{chapter.number}. {chapter.title}"
    return f"<a href='{escape(row.address)}'>{escape(text)}</a>"


def _proof(row: Row) -> str:
    if row.proof is None:
        return row.status
    resting = len(row.proof.assumptions)
    names = ", ".join(map(escape, row.proof.assumptions))
    axioms_ = f"{resting} axiom{'s' * (resting != 1)}"
    rest = f"<details><summary>{axioms_}</summary>{names}</details>" if resting else "arithmetic alone"
    return f"∎ {escape(row.proof.summary)}; {rest}"


def _trials(row: Row) -> str:
    if not row.trials:
        return "–"
    said = []
    for trial in row.trials:
        text = f"{trial.problems:,} tried, {trial.violations} violations"
        if trial.planted:
            text += f"; {trial.caught} of {trial.planted} planted caught"
        if np.isfinite(trial.off):
            text += f"; off by at most {trial.off:.0e}"
        said.append(f"{text} <span class='claim-source'>({escape(trial.source.rpartition('.')[2])})</span>")
    return "<br>".join(said)


def _used(row: Row) -> str:
    said = [
        f"median {trial.median:.3g}, at most {trial.largest:.3g}"
        for trial in row.trials
        if np.isfinite(trial.median)
    ]
    return "<br>".join(said) or "–"
