"""A theorem's card, for the page: what it says, of what, under which assumptions, and that Coq checked it.

The formula is the claim's own, from which every number of the book is computed. The Coq statement, its place
and what it assumes are read from the record of the check. Only the words are written by hand, beside the
results, in :mod:`imagination.results`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from imagination.claim import Claim
from imagination.formal import record
from imagination.latex import in_lines, latex
from imagination.results.registry import WORDS
from imagination.results.result import Words

__all__ = ["Card", "card", "formulas", "place"]

PAGE = "../formal/sources.html"
"""Where the Coq sources are printed, seen from the page of a chapter."""

_RELATIONS = {"<=": r"\le", "<": "<", "==": "="}


@dataclass(frozen=True)
class Card:
    """A theorem as a page shows it.

    Attributes
    ----------
    checked : Checked
        What Coq checked: statement, place, axioms.
    words : Words
    claims : tuple of Claim
        The formulas that it is about.
    definitions : tuple of str
        The Coq definitions that its statement is written in.
    refuted : tuple of str
        Wrong versions whose negation Coq proved, in words.
    """

    checked: record.Checked
    words: Words
    claims: tuple[Claim, ...]
    definitions: tuple[str, ...]
    refuted: tuple[str, ...]

    def formulas(self) -> list[str]:
        """The statement's formulas, in TeX."""
        return formulas(self.claims, self.words)

    def __repr__(self) -> str:
        return f"<Card {self.checked.name}: {self.checked.file}, line {self.checked.line}>"

    def _repr_html_(self) -> str:
        words, checked = self.words, self.checked
        shown = "".join(
            rf"<div class='claim-statement'>\[{_text(in_lines(formula))}\]</div>"
            for formula in self.formulas()
        )
        said = [("", words.also), ("Fixed:", words.fixed), ("For all:", words.for_all)]
        told = "".join(f"<p><em>{title}</em> {_text(text)}</p>" for title, text in said if text)
        assumed = dict.fromkeys(
            (*words.assumptions, *(text for each in self.claims for text in each.assumes))
        )
        lists = [("Definitions:", words.definitions), ("Assumptions of content:", tuple(assumed))]
        listed = "".join(
            f"<p><em>{title}</em></p>{_items(map(_text, items))}" for title, items in lists if items
        )
        axioms = [f"<code>{escape(a)}</code>: {escape(record.ALLOWED[a])}" for a in checked.assumptions]
        proved = (
            f"<p>Proved in Coq, assuming {'what is folded in below' if axioms else 'nothing'}: the theorem"
            f" {place(checked)}.</p>"
        )
        refuted = _items(map(escape, self.refuted))
        coq = f"<pre>{escape(checked.statement)}</pre>"
        made_of = f"<pre>{escape(chr(10).join(self.definitions))}</pre>"
        return (
            f"<div class='claim tex2jax_process'><p><strong>{words.title}</strong> "
            f"<span class='claim-source'>{words.source}</span></p>{shown}{told}{listed}{proved}"
            + _folded(f"It assumes {len(axioms)} axioms of Coq's real numbers", _items(axioms))
            + _folded("The statement in Coq", coq)
            + _folded(f"Definitions that it is written in: {len(self.definitions)}", made_of)
            + (
                _folded(f"{len(self.refuted)} wrong versions, refuted in Coq", refuted)
                if self.refuted
                else ""
            )
            + "</div>"
        )


def formulas(claims: Iterable[Claim], words: Words | None) -> list[str]:
    """The formulas of claims, in TeX, with the left side that the words say, if they say one."""
    if words is None or not words.left:
        return [latex(claim.statement) for claim in claims]
    return [f"{words.left} {_RELATIONS[c.relation]} {latex(c.expression)}" for c in claims]


def place(checked: record.Checked) -> str:
    """A theorem's name and, linked from the page of a chapter, where it stands, as HTML."""
    link = f"{PAGE}#formal-{label(Path(checked.file).stem)}"
    where = f"<a href='{link}'>{escape(checked.file)}, line {checked.line}</a>"
    return f"<code>{escape(checked.name)}</code> of {where}"


def label(stem: str) -> str:
    """How the printed sources are referred to: ``ReturnGap`` as ``return-gap``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "-", stem).lower()


def _text(words: str) -> str:
    """Words with formulas, as HTML: without this, ``u<H`` would begin a tag."""
    return escape(words, quote=False)


def _items(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{each}</li>' for each in items)}</ul>"


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>{body}</details>"


def card(name: str, *claims: Claim) -> Card:
    """Return the card of a theorem.

    Parameters
    ----------
    name : str
        The theorem's name in Coq, such as ``"lemma_1"``.
    *claims : Claim
        The claims whose formulas it is about.

    Raises
    ------
    ValueError
        If nobody has put the theorem into words, or the record of the check is absent, stale, or without it.
    """
    if name not in WORDS:
        raise ValueError(f"name: must be one of {', '.join(WORDS)}, got {name!r}")
    checked, stored = record.theorem(name), record.stored()
    used = stored["theorems"][name]["definitions"]
    definitions = tuple(stored["definitions"][each]["text"] for each in used)
    refuted = tuple(mutant.words for mutant in record.mutants(checked.result)) if checked.result else ()
    return Card(checked, WORDS[name], claims, definitions, refuted)
