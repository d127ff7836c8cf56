"""A result of the book: what it claims, where it is proved, where the page derives it, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from imagination.claim import Claim

__all__ = ["Printed", "Result", "Words"]

Printed = tuple[Claim, dict[str, str]]
"""A claim, and what is printed of it for Coq: its ``"expression"``, ``"quantity"``, and what it
``"supposes"`` of its numbers, each with the name of its definition in `formal/Bounds.v`."""


@dataclass(frozen=True)
class Result:
    """A result as the book lists it.

    Attributes
    ----------
    name : str
        What the book calls it.
    claims : tuple of Claim
        Its formulas; several where they are cases of one.
    chapter : str
        Name of the chapter in which it stands, such as ``"02_lemma_1"``.
    label : str
        The numbered result under which it stands there; empty if it stands under none.
    theorem : str
        The theorem that proves it in Coq; empty if its page derives it, or if it only defines a letter.
    cell : str
        The code cell in which its page derives it, or shows its card.
    rests_on : tuple of str
        Names of the results that its proof uses.
    differs : str
        What is different from the paper, or from where else it comes from.
    """

    name: str
    claims: tuple[Claim, ...]
    chapter: str
    label: str = ""
    theorem: str = ""
    cell: str = ""
    rests_on: tuple[str, ...] = ()
    differs: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, as its first claim says."""
        return self.claims[0].source

    @property
    def defines(self) -> bool:
        """Whether it only says what a letter stands for."""
        return all(claim.relation == "==" and claim.quantity.is_Symbol for claim in self.claims) and not (
            self.theorem or self.cell
        )


@dataclass(frozen=True)
class Words:
    """What a card says of a theorem, in words; TeX stands between ``\\(`` and ``\\)``.

    Attributes
    ----------
    title, source : str
        What the book calls it, and where it comes from.
    fixed : str
        What is given once, before the statement begins.
    for_all : str
        What the statement ranges over.
    definitions : tuple of str
        What only says what a letter stands for.
    assumptions : tuple of str
        What could be false of a given problem.
    left : str
        The left side in TeX, where it is not the claim's own.
    also : str
        What else is concluded.
    """

    title: str
    source: str
    fixed: str
    for_all: str
    definitions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    left: str = ""
    also: str = ""
