"""The map of results: which numbered result of the book rests on which, as it is declared with each.

    python -m imagination.catalogue.map

writes the map again that the front page shows. A numbered result rests on another where its proof uses it,
straight or through results that have no number of their own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from imagination.catalogue import chapter_contents as ledger_chapters
from imagination.catalogue.chapter_contents import Numbered
from imagination.results.registry import RESULTS
from imagination.results.result import Result

__all__ = ["FILE", "Map", "Node", "fragment", "graph", "main"]

FILE = ledger_chapters.FOLDER / "_static" / "results-map.html"
"""The map as the front page includes it."""


@dataclass(frozen=True)
class Node:
    """A numbered result, the names of the results that stand under it, and labels of what they rest on."""

    numbered: Numbered
    members: tuple[str, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """All numbered results under which results stand, in the book's order; `titles` are the chapters'."""

    nodes: tuple[Node, ...]
    titles: Mapping[str, str]

    def edges(self) -> Iterator[tuple[str, str]]:
        """(label, label of what it rests on)."""
        for node in self.nodes:
            yield from ((node.numbered.label, other) for other in node.rests_on)


def graph(results: Mapping[str, Result] = RESULTS) -> Map:
    """Return the map of some results; of all of them unless given."""
    read = ledger_chapters.chapters()
    nodes = []
    for label, numbered in ledger_chapters.results(read).items():
        members = tuple(name for name, result in results.items() if result.label == label)
        if members:
            nodes.append(Node(numbered, members, tuple(_reached(members, results))))
    order = [node.numbered.label for node in nodes]
    nodes = [
        Node(node.numbered, node.members, tuple(x for x in order if x in node.rests_on)) for node in nodes
    ]
    return Map(tuple(nodes), {chapter.name: chapter.called for chapter in read})


def _reached(members: tuple[str, ...], results: Mapping[str, Result]) -> set[str]:
    """Labels that are reached from some results, on ways on which no other result has a label."""
    own = results[members[0]].label
    seen, waiting, reached = set(members), [n for m in members for n in results[m].rests_on], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if label := results[name].label:
            reached.add(label)
        else:
            waiting += results[name].rests_on
    return reached - {own}


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
        if not heads or heads[-1][0] != node.numbered.chapter:
            y += HEAD
            heads.append((node.numbered.chapter, y - 10))
        at[node.numbered.label] = y + LINE / 2
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
    number = {node.numbered.label: k for k, node in enumerate(map_.nodes)}
    lit = "".join(
        f".results-map:has(.n{k}:is(:hover,:focus)) .e{k}{{opacity:1;stroke-width:2.4;"
        "stroke:var(--pst-color-link,#0b5394)}\n"
        for k in number.values()
    )
    drawn = [
        f"<path class='edge e{number[user]} e{number[used]}' d='{_arc(at[user], at[used], height)}'/>"
        for user, used in map_.edges()
    ]
    tips = [
        f"<path class='tip' d='M{TEXT + 1} {at[label]:.0f}l7 -3.5v7z'/>"
        for label in dict.fromkeys(user for user, _ in map_.edges())
    ]
    names = [
        f"<text class='chapter' x='4' y='{y:.0f}'>{escape(_plain(map_.titles[chapter]))}</text>"
        for chapter, y in heads
    ]
    names += [
        f"<a href='{escape(node.numbered.address)}' class='n{number[node.numbered.label]}'>"
        f"<text x='16' y='{at[node.numbered.label] + 4:.0f}'>{escape(_name(node.numbered))}</text></a>"
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


def _name(result: Numbered) -> str:
    title = _plain(result.title)
    short = _SHORT[result.kind]
    return f"{short} {title}" if title and not title.startswith(("Lemma", "Theorem")) else title or short


def _in_words(map_: Map) -> str:
    """The same for those who do not see it."""
    name = {node.numbered.label: _name(node.numbered) for node in map_.nodes}
    said = [
        f"<li>{escape(f'{_name(node.numbered)} rests on ' + ', '.join(name[x] for x in node.rests_on))}.</li>"
        for node in map_.nodes
        if node.rests_on
    ]
    return f"<details><summary>The same in words</summary><ul>{''.join(said)}</ul></details>\n"


def main() -> Path:
    """Write the map for the front page."""
    FILE.write_text(fragment(graph()), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
