"""The index of symbols: every letter and every map of the claims, and where each is met first.

    python -m imagination.experiments.ledger_symbols

writes the page again. Meanings and code names are those that the claims declare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy.core.function import AppliedUndef

from imagination.experiments import ledger, ledger_chapters
from imagination.experiments.ledger_table import Row, rows
from imagination.theory.claim import Claim
from imagination.theory.latex import latex
from imagination.theory.terms import natural, point, real

__all__ = ["FILE", "Letter", "Map", "letters", "main", "maps", "page"]

FILE = ledger_chapters.FOLDER / "symbols.md"
"""The page of the book."""

_INTRODUCTION = """\
# Index of symbols

Every letter and every map of the book's claims, with the place where a claim first uses it. This page is made
from the claims: meanings and names in code are those that they declare. A letter with several lines means
different things in different chapters.
{doc}`notation` explains the most frequent ones, {doc}`glossary` the words.
"""


@dataclass(frozen=True)
class Letter:
    """A number: how it is printed, its name in code, its meaning, and the claim's row that has it first."""

    formula: str
    code: str
    meaning: str
    first: Row


@dataclass(frozen=True)
class Map:
    """A map: how it is printed, from what to what, the hypothesis that introduces it, and the claim's row."""

    formula: str
    signature: str
    introduced: str
    first: Row


def _in_order(found: Sequence[Row]) -> list[tuple[Row, Claim]]:
    stated = ledger.claims()
    known = [(row, stated[row.name].claim) for row in found if row.name in stated]
    order = list(ledger_chapters.results(ledger_chapters.chapters()))
    where = {row.name: order.index(row.result.label) if row.result else len(order) for row, _ in known}
    return sorted(known, key=lambda pair: (pair[0].chapter or "99", where[pair[0].name]))


def letters(found: Sequence[Row]) -> list[Letter]:
    """Return the numbers that claims declare, each meaning once, by letter and chapter."""
    made: dict[tuple[str, str, str], Letter] = {}
    for row, claim in _in_order(found):
        for quantity in claim.symbols:
            key = (latex(quantity.symbol), quantity.code, quantity.meaning)
            made.setdefault(key, Letter(*key, first=row))
    return sorted(made.values(), key=lambda letter: (_plain(letter.formula), letter.first.chapter))


def _plain(formula: str) -> str:
    """What letters are sorted by: their names, without TeX's signs, capitals beside small ones."""
    kept = formula.replace(r"\varepsilon", "epsilon").replace(r"\mathrm", "").replace(r"\hat", "")
    return "".join(c for c in kept if c.isalnum()).lower() or kept


def maps(found: Sequence[Row]) -> list[Map]:
    """Return the maps that claims speak of, each signature once, by letter and chapter."""
    made: dict[tuple[str, tuple[str, ...], str], Map] = {}
    for row, claim in _in_order(found):
        for hypothesis in claim.hypotheses:
            for applied in sorted(hypothesis.relation.atoms(AppliedUndef), key=str):
                function: Any = applied.func
                key = (str(function), function.domain, function.codomain)
                if key not in made:
                    formula = _applied(function)
                    sorts = r" \times ".join(rf"\text{{{sort}}}" for sort in function.domain)
                    to = rf"\text{{{function.codomain}}}"
                    signature = rf"{sorts} \to {to}" if sorts else to
                    made[key] = Map(formula, signature, hypothesis.name, row)
    return sorted(made.values(), key=lambda map_: (_plain(map_.formula), map_.first.chapter))


def _applied(function: Any) -> str:
    """A map as it is printed, applied to letters of the right sorts."""
    used = {"natural": iter("tnkj"), "real": iter("yuvg"), "positive": iter("uv")}
    arguments = []
    for position, sort in enumerate(function.domain):
        name = next(used.get(sort, iter(())), "xzw"[position % 3])
        arguments.append({"natural": natural, "real": real, "positive": real}.get(sort, lambda n: None)(name))
        if arguments[-1] is None:
            arguments[-1] = point(name, sort)
    return latex(function(*arguments))


def _where(row: Row) -> str:
    if row.result:
        return f"{{prf:ref}}`{row.result.label}`"
    return f"{{doc}}`{row.chapter}`" if row.chapter else "the library"


def page(found: Sequence[Row] | None = None) -> str:
    """Return the page, in MyST; for the recorded proofs unless rows are given."""
    found = rows(ledger.recorded(), {}) if found is None else found
    lines = [
        _INTRODUCTION,
        "## Letters",
        "",
        "| symbol | meaning | in code | first met |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| ${_cell(letter.formula)}$ | {letter.meaning} | `{letter.code}` | {_where(letter.first)} |"
        for letter in letters(found)
    ]
    lines += [
        "",
        "## Maps",
        "",
        "| symbol | from what to what | introduced as | first met |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| ${_cell(map_.formula)}$ | ${map_.signature}$ | {map_.introduced} | {_where(map_.first)} |"
        for map_ in maps(found)
    ]
    return "\n".join(lines) + "\n"


def _cell(formula: str) -> str:
    """A formula that may stand in a cell of a table."""
    return formula.replace("|", r"\vert ")


def main() -> Path:
    """Write the page."""
    FILE.write_text(page(), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
