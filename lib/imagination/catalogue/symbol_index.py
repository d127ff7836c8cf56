"""The index of symbols: every letter of the results' claims, and where each is met first.

    python -m imagination.catalogue.symbol_index

writes the page again. Meanings and code names are those that the claims declare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imagination.catalogue import chapter_contents as ledger_chapters
from imagination.latex import latex
from imagination.results.registry import RESULTS
from imagination.results.result import Result

__all__ = ["FILE", "Letter", "letters", "main", "page"]

FILE = ledger_chapters.FOLDER / "symbols.md"
"""The page of the book."""

_INTRODUCTION = """\
# Index of symbols

Every letter of the book's claims, with the place where a claim first uses it. This page is made from the
claims: meanings and names in code are those that they declare. A letter with several lines means different
things in different chapters.
{doc}`notation` explains the most frequent ones, {doc}`glossary` the words.

| symbol | meaning | in code | first met |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Letter:
    """A number: how it is printed, its name in code, its meaning, and the result that has it first."""

    formula: str
    code: str
    meaning: str
    first: Result


def _in_order() -> Iterator[Result]:
    order = list(ledger_chapters.results(ledger_chapters.chapters()))
    place = {label: number for number, label in enumerate(order)}
    yield from sorted(RESULTS.values(), key=lambda r: (r.chapter, place.get(r.label, len(order))))


def letters() -> list[Letter]:
    """Return the numbers that claims declare, each meaning once, by letter and chapter."""
    made: dict[tuple[str, str, str], Letter] = {}
    for result in _in_order():
        for claim in result.claims:
            for quantity in claim.symbols:
                key = (latex(quantity.symbol), quantity.code, quantity.meaning)
                made.setdefault(key, Letter(*key, first=result))
    return sorted(made.values(), key=lambda letter: (_plain(letter.formula), letter.first.chapter))


def _plain(formula: str) -> str:
    """What letters are sorted by: their names, without TeX's signs, capitals beside small ones."""
    kept = formula.replace(r"\varepsilon", "epsilon").replace(r"\mathrm", "").replace(r"\hat", "")
    return "".join(c for c in kept if c.isalnum()).lower() or kept


def page() -> str:
    """Return the page, in MyST."""
    lines = []
    for letter in letters():
        place = letter.first.label
        where = f"{{prf:ref}}`{place}`" if place else f"{{doc}}`{letter.first.chapter}`"
        formula = letter.formula.replace("|", r"\vert ")  # a cell of the table would end there
        lines.append(f"| ${formula}$ | {letter.meaning} | `{letter.code}` | {where} |\n")
    return _INTRODUCTION + "".join(lines)


def main() -> Path:
    """Write the page."""
    FILE.write_text(page(), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
