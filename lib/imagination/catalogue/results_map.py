"""The map of results: which numbered result of the book rests on which, and what each speaks of.

    python -m imagination.catalogue.results_map

writes the map again that the front page shows. A numbered result rests on another where its proof uses it,
straight or through results that have no number of their own. Many a proof uses no other result, although
its statement speaks of one: that is told in `SPEAKS_OF`, and drawn in dashes.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from imagination.catalogue import chapter_contents
from imagination.catalogue.chapter_contents import Numbered
from imagination.results.registry import RESULTS
from imagination.results.result import Result

__all__ = ["FILE", "SPEAKS_OF", "Map", "Node", "fragment", "graph", "main"]

FILE = chapter_contents.FOLDER / "_static" / "results-map.html"
"""The map as the front page includes it."""

SPEAKS_OF: Mapping[str, tuple[str, ...]] = {
    "cor-monotone": ("thm-lemma-1",),
    "thm-attained": ("thm-lemma-1",),
    "thm-either-side": ("thm-lemma-1",),
    "thm-regret": ("thm-lemma-1",),
    "prop-three-losses": ("thm-lemma-1", "thm-identity"),
    "prop-certificates": ("thm-lemma-1", "thm-identity"),
    "thm-bounded-kernels": ("thm-bounded-states", "thm-wasserstein"),
    "thm-tight-simulation": ("thm-simulation",),
    "prop-squares": ("thm-lemma-1", "thm-theorem-1"),
    "prop-relaxation": ("thm-lemma-1",),
    "prop-cliff": ("thm-lemma-1",),
    "prop-price": ("thm-theorem-1",),
    "thm-adjoint": ("thm-never-too-small",),
    "cor-fidelity": ("thm-noise",),
    "prop-towards-one": ("prop-curvature",),
    "thm-closed-loop": ("thm-lemma-1",),
    "thm-early-end": ("thm-identity",),
    "thm-one-more-step": ("thm-early-end",),
    "thm-ranking": ("thm-regret",),
    "thm-account": ("thm-identity",),
    "thm-rescaled": ("thm-crossing", "thm-varying"),
    "thm-votes": ("thm-verifier",),
    "thm-group-four": ("thm-group-spread",),
    "prop-two-steps": ("thm-critic-bias", "thm-critic-noise"),
    "thm-constant": ("thm-comparisons", "thm-verifier"),
    "thm-wiggle": ("thm-identity",),
    "thm-slopes": ("thm-wiggle", "thm-lemma-1"),
    "thm-scores": ("thm-wiggle",),
    "thm-both-in-range": ("thm-tight-simulation",),
    "thm-performance": ("thm-kernel-identity",),
    "thm-per-time": ("thm-simulation",),
    "thm-model-optimal": ("thm-regret",),
    "thm-histories": ("thm-closed-loop",),
    "thm-history-norm": ("thm-histories", "thm-closed-loop"),
}
"""What a numbered result sharpens, extends, applies or supplies, with a proof that does not use it."""


@dataclass(frozen=True)
class Node:
    """A numbered result, the names of the results that stand under it, and labels of others.

    It stands in words only where nothing stands under it. `rests_on` holds what its proof uses, `speaks_of`
    what its statement is about.
    """

    numbered: Numbered
    members: tuple[str, ...]
    rests_on: tuple[str, ...]
    speaks_of: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """All numbered results, in the book's order; `titles` are the chapters'."""

    nodes: tuple[Node, ...]
    titles: Mapping[str, str]

    def edges(self) -> Iterator[tuple[str, str]]:
        """(label, label of what its proof uses)."""
        for node in self.nodes:
            yield from ((node.numbered.label, other) for other in node.rests_on)

    def mentions(self) -> Iterator[tuple[str, str]]:
        """(label, label of what its statement speaks of)."""
        for node in self.nodes:
            yield from ((node.numbered.label, other) for other in node.speaks_of)


def graph(results: Mapping[str, Result] = RESULTS) -> Map:
    """Return the map of the book's numbered results, as some results say (all, unless given)."""
    read = chapter_contents.chapters()
    order = chapter_contents.results(read)
    nodes = []
    for label, numbered in order.items():
        members = tuple(name for name, result in results.items() if result.label == label)
        reached = _reached(members, results)
        nodes.append(
            Node(numbered, members, tuple(x for x in order if x in reached), SPEAKS_OF.get(label, ()))
        )
    return Map(tuple(nodes), {chapter.name: chapter.called for chapter in read})


def _reached(members: tuple[str, ...], results: Mapping[str, Result]) -> set[str]:
    """Labels that are reached from some results, on ways on which no other result has a label."""
    own = results[members[0]].label if members else ""
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

LINE, NEXT, HEAD, TEXT, TOP = 25, 15, 34, 236, 8
"""Heights of a line, of its second half and of a chapter's heading, width of the names, margin [px]."""

LETTERS = 32
"""Longer names take two lines."""

NAMESPACE = "xmlns='http://www.w3.org/2000/svg'"

_SHORT = {"theorem": "Thm.", "lemma": "Lemma", "proposition": "Prop.", "corollary": "Cor."}
_STYLE = """
.results-map{color:var(--pst-color-text-base,#1a1a1a);display:flex;max-width:44rem}
.bd-article .results-map svg{flex:none;max-width:none;overflow:visible}
.bd-article .results-map .arcs{flex:1;min-width:0;overflow:hidden}
.results-map text{fill:currentColor;font:13px var(--pst-font-family-base,sans-serif)}
.results-map .chapter{font-weight:600}
.results-map a text{fill:var(--pst-color-link,#0b5394)}
.results-map a:is(:hover,:focus) text{text-decoration:underline}
.results-map .edge{fill:none;stroke:currentColor;stroke-width:1.2;opacity:.45}
.results-map .edge{vector-effect:non-scaling-stroke}
.results-map .about{stroke-dasharray:4 3}
.results-map .tip{fill:currentColor;opacity:.6}
"""


def _plain(title: str) -> str:
    """A title without TeX's signs."""
    return re.sub(r"[$\\{}]", "", title).strip()


def _name(result: Numbered) -> str:
    return f"{_SHORT[result.kind]} {result.number.split()[1]} {_plain(result.title)}".strip()


def _lines(result: Numbered) -> list[str]:
    return textwrap.wrap(_name(result), LETTERS)


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
        y += LINE + NEXT * (len(_lines(node.numbered)) - 1)
    return at, heads, y + TOP


def _arc(y: float, used: float, height: float) -> str:
    """An arc from a used result to its user, within a width of 100; the further apart, the wider."""
    reach = 8 + 86 * (abs(y - used) / height) ** 0.6
    x = f"{reach * 4 / 3:.1f}"
    return f"M0 {used:.0f}C{x} {used:.0f} {x} {y:.0f} 0 {y:.0f}"


def fragment(map_: Map) -> str:
    """Return the map as a piece of HTML: an SVG whose names are links, and the same as a list of words.

    It takes its colours from the page, so it is legible by day and by night. Names keep their size where the
    page is narrow, and the arcs take what is left. A result that is pointed at brings out its arcs.
    """
    at, heads, height = _positions(map_)
    number = {node.numbered.label: k for k, node in enumerate(map_.nodes)}
    lit = "".join(
        f".results-map:has(.n{k}:is(:hover,:focus)) .e{k}{{opacity:1;stroke-width:2.4;"
        "stroke:var(--pst-color-link,#0b5394)}\n"
        for k in number.values()
    )
    arcs = [
        f"<path class='{kind} e{number[user]} e{number[used]}' d='{_arc(at[user], at[used], height)}'/>"
        for kind, pairs in (("edge", map_.edges()), ("edge about", map_.mentions()))
        for user, used in pairs
    ]
    tips = [
        f"<path class='tip' d='M{TEXT - 7} {at[label]:.0f}l7 -3.5v7z'/>"
        for label in dict.fromkeys(user for user, _ in (*map_.edges(), *map_.mentions()))
    ]
    names = [
        f"<text class='chapter' x='0' y='{y:.0f}'>{escape(_plain(map_.titles[chapter]))}</text>"
        for chapter, y in heads
    ]
    names += [
        _link(node.numbered, number[node.numbered.label], at[node.numbered.label]) for node in map_.nodes
    ]
    return (
        f"<style>{_STYLE}{lit}</style>\n"
        "<div class='results-map'>\n"
        f"<svg {NAMESPACE} width='{TEXT}' style='height:{height:.0f}px' viewBox='0 0 {TEXT} {height:.0f}' "
        "role='group' aria-label='Results by chapter, joined by arcs'>\n"
        + "\n".join([*tips, *names])
        + f"\n</svg>\n<svg {NAMESPACE} class='arcs' aria-hidden='true' style='height:{height:.0f}px' "
        f"viewBox='0 0 100 {height:.0f}' preserveAspectRatio='none'>\n"
        + "\n".join(arcs)
        + "\n</svg>\n</div>\n"
        + _in_words(map_)
    )


def _link(result: Numbered, k: int, y: float) -> str:
    """A name that leads to its result, on a line or two."""
    lines = "".join(
        f"<tspan x='{22 if n else 8}' y='{y + 4 + NEXT * n:.0f}'>{escape(line)}{' ' * (not n)}</tspan>"
        for n, line in enumerate(_lines(result))
    )
    return f"<a href='{escape(result.address)}' class='n{k}'><text>{lines}</text></a>"


def _in_words(map_: Map) -> str:
    """The same for those who do not see it."""
    name = {node.numbered.label: _name(node.numbered) for node in map_.nodes}
    said = [
        f"<li>{escape(f'{_name(node.numbered)} {verb} ' + ', '.join(name[x] for x in others))}.</li>"
        for node in map_.nodes
        for verb, others in (("rests on", node.rests_on), ("speaks of", node.speaks_of))
        if others
    ]
    return f"<details><summary>The same in words</summary><ul>{''.join(said)}</ul></details>\n"


def main() -> Path:
    """Write the map for the front page."""
    FILE.write_text(fragment(graph()), encoding="utf-8")
    return FILE


if __name__ == "__main__":
    print(main())
