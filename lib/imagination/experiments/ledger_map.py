"""The map of results: which numbered result of the book rests on which, read off the proofs.

    python -m imagination.experiments.ledger_map

writes the map again that the front page shows. A result rests on another where its proof uses it, straight
or through lemmas that have no number of their own. It is *stated with* another where its formula is made
out of the other's.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from imagination.experiments import ledger, ledger_chapters
from imagination.experiments.ledger_chapters import Result
from imagination.experiments.ledger_table import Row, rows

__all__ = ["FILE", "Map", "Node", "fragment", "graph", "main", "stated_with"]

FILE = ledger_chapters.FOLDER / "_static" / "results-map.html"
"""The map as the front page includes it."""

_NOT_SAID = {"symbols", "hypotheses", "name", "source", "arguments"}
"""What one claim may borrow from another without being stated with it."""


@dataclass(frozen=True)
class Node:
    """A numbered result and the claims that stand in it.

    `rests_on` and `stated_with` are labels of other results, in the order of the book.
    """

    result: Result
    claims: tuple[str, ...]
    rests_on: tuple[str, ...]
    stated_with: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """All numbered results that hold claims, in the order of the book; `titles` are the chapters'."""

    nodes: tuple[Node, ...]
    titles: Mapping[str, str]

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """(label, label of what it rests on, kind); kind is ``"proof"`` or ``"statement"``."""
        for node in self.nodes:
            yield from ((node.result.label, other, "proof") for other in node.rests_on)
            yield from ((node.result.label, other, "statement") for other in node.stated_with)


# -- which claims are made of which --------------------------------------------------------------------------


def _definitions(source: str) -> Iterator[tuple[list[str], ast.AST]]:
    """Names that a module defines at its top level, and the code that defines them."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield [node.name], node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
            yield names, node.value


def _mentioned(
    code: ast.AST, module: str, imports: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """(module, name) of what a piece of code makes use of, borrowed symbols and hypotheses left out."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute) and node.attr in _NOT_SAID:
            skipped |= set(ast.walk(node)) - {node}
        if node in skipped:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            whose = imports.get(node.value.id, ())
            if len(whose) == 1:
                yield whose[0], node.attr
        if isinstance(node, ast.Name):
            whose = imports.get(node.id, ())
            yield (whose[0], whose[1]) if len(whose) == 2 else (module, node.id)


@cache
def _made_of() -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """For each top-level name of the theory, the top-level names that its definition uses."""
    found: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for module in sorted({stated.module for stated in ledger.claims().values()} | {"worlds"}):
        source = inspect.getsource(ledger.module(module))
        imports = ledger_chapters.imported(ast.parse(source))
        for names, code in _definitions(source):
            uses = frozenset(_mentioned(code, module, imports))
            for name in names:
                found[module, name] = uses | found.get((module, name), frozenset())
    return found


def stated_with() -> dict[str, tuple[str, ...]]:
    """Return, for each claim, the claims out of whose formulas its own is made."""
    made = _made_of()
    holders: dict[tuple[str, str], list[str]] = {}
    for name, stated in ledger.claims().items():
        holders.setdefault((stated.module, stated.attribute), []).append(name)
    found = {}
    for name, stated in ledger.claims().items():
        own = (stated.module, stated.attribute)
        seen, waiting, others = {own}, list(made.get(own, ())), set()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            if place in holders:
                others |= set(holders[place])
            else:
                waiting += made.get(place, ())
        found[name] = tuple(other for other in ledger.claims() if other in others)
    return found


# -- the graph -----------------------------------------------------------------------------------------------


def graph(found: Sequence[Row] | None = None) -> Map:
    """Return the map for the rows of the ledger; for those of the recorded proofs unless given."""
    found = rows(ledger.recorded(), {}) if found is None else found
    read = ledger_chapters.chapters()
    label = {row.name: row.result.label for row in found if row.result}
    cited = {row.name: row.proof.cited if row.proof else () for row in found}
    made = stated_with()
    results = ledger_chapters.results(read)
    order = {name: number for number, name in enumerate(results)}
    nodes = []
    for name, result in results.items():
        members = tuple(row.name for row in found if label.get(row.name) == name)
        if not members:
            continue
        rests = _reached(members, cited, label) - {name}
        said = _reached(members, made, label) - {name} - rests
        sort = order.__getitem__
        nodes.append(Node(result, members, tuple(sorted(rests, key=sort)), tuple(sorted(said, key=sort))))
    return Map(tuple(nodes), {chapter.name: chapter.title for chapter in read})


def _reached(
    members: Sequence[str], edges: Mapping[str, Sequence[str]], label: Mapping[str, str]
) -> set[str]:
    """Labels that are reached from some claims, on ways on which no other claim has a label."""
    seen, waiting, reached = set(members), [other for name in members for other in edges.get(name, ())], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in label:
            reached.add(label[name])
        else:
            waiting += edges.get(name, ())
    return reached


# -- the figure ----------------------------------------------------------------------------------------------

LINE, HEAD, TEXT, SIDE, TOP = 24, 34, 334, 166, 8
"""Heights of a line and of a chapter's heading, widths of the names and of the arcs, margin [px]."""

_SHORT = {"theorem": "Thm.", "lemma": "Lemma", "proposition": "Prop.", "corollary": "Cor."}
_STYLE = """
.results-map{max-width:100%;overflow-x:auto}
.results-map svg{display:block;max-width:none;height:auto;color:var(--pst-color-text-base,#1a1a1a)}
.results-map text{fill:currentColor;font:13px var(--pst-font-family-base,sans-serif)}
.results-map .chapter{font-weight:600}
.results-map a text{fill:var(--pst-color-link,#0b5394)}
.results-map a:is(:hover,:focus) text{text-decoration:underline}
.results-map .edge{fill:none;stroke:currentColor;stroke-width:1.2;opacity:.45}
.results-map .statement{stroke-dasharray:4 3}
.results-map .tip{fill:currentColor;opacity:.6}
"""


def _plain(title: str) -> str:
    """A title without TeX's signs."""
    return re.sub(r"[$\\{}]", "", title).strip()


def _positions(map_: Map) -> tuple[dict[str, float], list[tuple[str, float]], float]:
    """Where each result and each chapter's heading stand, from the top, and the height of all."""
    at: dict[str, float] = {}
    heads: list[tuple[str, float]] = []
    y = float(TOP)
    for node in map_.nodes:
        if not heads or heads[-1][0] != node.result.chapter:
            y += HEAD
            heads.append((node.result.chapter, y - 10))
        at[node.result.label] = y + LINE / 2
        y += LINE
    return at, heads, y + TOP


def _arc(y: float, used: float, height: float) -> str:
    """An arc to the right of the names, from a used result to its user; the further apart, the wider."""
    reach = 14 + (SIDE - 24) * (abs(y - used) / height) ** 0.6
    x = f"{TEXT + reach * 4 / 3:.1f}"
    return f"M{TEXT} {used:.0f}C{x} {used:.0f} {x} {y:.0f} {TEXT + 7} {y:.0f}"


def fragment(map_: Map) -> str:
    """Return the map as a piece of HTML: an SVG whose names are links, and the same as a list of words.

    It takes its colours from the page, so it is legible by day and by night, and scrolls in a frame of its
    own where the page is narrow. A result that is pointed at brings out what it rests on and what rests on
    it.
    """
    at, heads, height = _positions(map_)
    number = {node.result.label: k for k, node in enumerate(map_.nodes)}
    lit = "".join(
        f".results-map:has(.n{k}:is(:hover,:focus)) .e{k}{{opacity:1;stroke-width:2.4;"
        "stroke:var(--pst-color-link,#0b5394)}\n"
        for k in number.values()
    )
    drawn = [
        f"<path class='edge {kind} e{number[user]} e{number[used]}' d='{_arc(at[user], at[used], height)}'/>"
        for user, used, kind in map_.edges()
    ]
    tips = [
        f"<path class='tip' d='M{TEXT + 1} {at[label]:.0f}l7 -3.5v7z'/>"
        for label in dict.fromkeys(user for user, *_ in map_.edges())
    ]
    names = [
        f"<text class='chapter' x='4' y='{y:.0f}'>{int(chapter[:2])}."
        f" {escape(_plain(map_.titles[chapter]))}</text>"
        for chapter, y in heads
    ]
    names += [
        f"<a href='{escape(node.result.address)}' class='n{number[node.result.label]}'>"
        f"<text x='16' y='{at[node.result.label] + 4:.0f}'>{escape(_name(node.result))}</text></a>"
        for node in map_.nodes
    ]
    width = TEXT + SIDE
    return (
        f"<style>{_STYLE}{lit}</style>\n"
        "<div class='results-map' role='region' tabindex='0' aria-label='Map of the results'>\n"
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height:.0f}' "
        f"viewBox='0 0 {width} {height:.0f}' role='group' aria-label='Results by chapter, joined by arcs'>\n"
        + "\n".join([*drawn, *tips, *names])
        + "\n</svg>\n</div>\n"
        + _in_words(map_)
    )


def _name(result: Result) -> str:
    title = _plain(result.title)
    short = _SHORT[result.kind]
    return f"{short} {title}" if title and not title.startswith(("Lemma", "Theorem")) else title or short


def _in_words(map_: Map) -> str:
    """The same for those who do not see it."""
    name = {node.result.label: _name(node.result) for node in map_.nodes}
    said = []
    for node in map_.nodes:
        parts = [
            f"{verb} {', '.join(name[other] for other in others)}"
            for verb, others in (("rests on", node.rests_on), ("is stated with", node.stated_with))
            if others
        ]
        if parts:
            said.append(f"<li>{escape(f'{name[node.result.label]}: ' + '; '.join(parts))}.</li>")
    return f"<details><summary>The same in words</summary><ul>{''.join(said)}</ul></details>\n"


def main() -> Path:
    """Write the map for the front page."""
    FILE.write_text(fragment(graph()), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
