"""A Sphinx extension: how long a chapter takes to read and to run, and what it builds on.

Every chapter shows this below its title, and the front page shows it in its list of chapters, which the
directive `chapters` makes. Nothing of it is typed in a chapter:

- the time to read is counted from the page's words, formulas, lines of code and figures,
- the time to run is the recorded one (`press.run_times`),
- a chapter builds on those earlier ones that it refers to.
"""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from press import run_times
from press.book import Book

SECONDS = {"word": 0.4, "formula": 20.0, "symbol": 1.0, "line of code": 4.0, "figure": 25.0}
"""What one of each takes a reader: 150 words a minute, and time to look at the rest."""

STEP = 5
"""Times to read are given in whole multiples of so many minutes."""


class ChapterFacts(nodes.General, nodes.Element):
    """Stands in the front page's list until all chapters are counted."""


class Chapters(SphinxDirective):
    """The chapters, by the parts and in the order of the table of contents, each with what is in it.

    Its text is a paragraph for each: the file's name, and below it, after a colon, what is in the chapter.
    One that is not in the table of contents is left out: a lecturer may take it out there alone.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """A list for each part, below the part's name."""
        blocks = "\n".join(self.content).strip().split("\n\n")
        texts = {name.strip(): text for name, _, text in (block.partition("\n") for block in blocks)}
        made: list[nodes.Node] = []
        for caption, docnames in Book(Path(self.env.srcdir)).parts():
            listed = [name for name in docnames if posixpath.basename(name) in texts]
            items = [self._item(name, texts[posixpath.basename(name)]) for name in listed]
            if items:
                made += [nodes.rubric("", caption)] if caption else []
                made.append(nodes.definition_list("", *items, classes=["chapters"]))
        return made

    def _item(self, docname: str, text: str) -> nodes.definition_list_item:
        term = nodes.term("", "", *self.parse_inline(f"{{doc}}`/{docname}`", lineno=self.lineno)[0])
        line = " ".join(text.strip().removeprefix(":").split())
        described = nodes.paragraph("", "", *self.parse_inline(line, lineno=self.lineno)[0])
        facts = ChapterFacts(docname=docname)
        return nodes.definition_list_item("", term, nodes.definition("", described, facts))


def minutes_to_read(doctree: nodes.document) -> int:
    """How many minutes a page takes to read, in whole steps; what its cells print is not counted."""
    counted = dict.fromkeys(SECONDS, 0)
    for node in _shown(doctree):
        if isinstance(node, nodes.math_block):
            counted["formula"] += 1
        elif isinstance(node, nodes.math):
            counted["symbol"] += 1
        elif isinstance(node, nodes.literal_block):
            counted["line of code"] += len(node.astext().splitlines())
        elif isinstance(node, nodes.Text):
            counted["word"] += len(node.astext().split())
        elif isinstance(node, nodes.figure):
            counted["figure"] += 1
    seconds = sum(SECONDS[kind] * count for kind, count in counted.items())
    return max(STEP, STEP * round(seconds / 60 / STEP))


def _shown(node: nodes.Node) -> Iterator[nodes.Node]:
    """What a reader reads: formulas and code in one piece, outputs left out but for their figures."""
    yield node
    if isinstance(node, nodes.math | nodes.math_block | nodes.literal_block):
        return
    if isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_output":
        if any(isinstance(child, nodes.image) for child in node.findall()):
            yield nodes.figure()
        return
    for child in node.children:
        yield from _shown(child)


def count(app: Any, doctree: nodes.document) -> None:
    """Note how long a page takes to read, while it still is as its author wrote it."""
    app.env.metadata[app.env.docname]["minutes_to_read"] = minutes_to_read(doctree)


def chapters_of(env: Any) -> list[str]:
    """The numbered documents that are notebooks, in the book's order."""
    return [name for name in env.toc_secnumbers if _is_notebook(env, name)]


def _is_notebook(env: Any, docname: str) -> bool:
    return str(env.doc2path(docname)).endswith(".ipynb")


def earlier_chapters(env: Any, docname: str, doctree: nodes.document) -> list[str]:
    """The chapters before this one, which are all before an appendix, to which it refers."""
    order = chapters_of(env)
    before = order[: order.index(docname)] if docname in order else order
    here = posixpath.dirname(docname)
    found = set()
    for reference in doctree.findall(nodes.reference):
        address = reference.get("refuri", "").partition("#")[0]
        if reference.get("internal") and address.endswith(".html"):
            found.add(posixpath.normpath(posixpath.join(here, address.removesuffix(".html"))))
    return [name for name in before if name in found]


def show(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the facts below a chapter's title, and into the front page's list."""
    recorded = run_times.read(Path(app.srcdir) / run_times.PLACE)
    for stand_in in list(doctree.findall(ChapterFacts)):
        stand_in.replace_self(_line(_times(app.env, stand_in["docname"], recorded)))
    if not _is_notebook(app.env, docname):
        return
    facts = _times(app.env, docname, recorded)
    earlier = earlier_chapters(app.env, docname, doctree)
    title = next(doctree.findall(nodes.title))
    place = title.parent
    place.insert(place.index(title) + 1, _line([*facts, _builds_on(app, docname, earlier)]))


def _times(env: Any, docname: str, recorded: dict[str, int]) -> list[list[nodes.Node]]:
    minutes = env.metadata[docname].get("minutes_to_read")
    facts = [_fact("Time to read", f"about {minutes} minutes")] if minutes else []
    seconds = recorded.get(posixpath.basename(docname))
    return facts + ([_fact("Time to run", run_times.in_words(seconds))] if seconds else [])


def _fact(name: str, *value: str | nodes.Node) -> list[nodes.Node]:
    shown = [nodes.Text(part) if isinstance(part, str) else part for part in value]
    return [nodes.strong("", name), nodes.Text(": "), *shown]


def _line(facts: list[list[nodes.Node]]) -> nodes.Node:
    """Facts side by side where there is room."""
    items = [nodes.list_item("", nodes.paragraph("", "", *fact)) for fact in facts]
    return nodes.bullet_list("", *items, classes=["chapter-facts"])


def _builds_on(app: Any, docname: str, earlier: list[str]) -> list[nodes.Node]:
    if not earlier:
        return _fact("Builds on", "nothing before it")
    links: list[str | nodes.Node] = []
    for name in earlier:
        number = ".".join(map(str, app.env.toc_secnumbers[name][""]))
        text = f"{number} {app.env.titles[name].astext()}"
        address = app.builder.get_relative_uri(docname, name)
        links += ["; " if links else "", nodes.reference("", text, internal=True, refuri=address)]
    return _fact("Builds on", *links)


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_node(ChapterFacts)
    app.add_directive("chapters", Chapters)
    app.connect("doctree-read", count)
    app.connect("doctree-resolved", show)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
