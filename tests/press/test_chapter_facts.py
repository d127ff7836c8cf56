"""How long a page takes to read."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from press import chapter_facts


def page(*children):
    """A document with a paragraph that holds children."""
    document = new_document("page")
    document += nodes.paragraph("", "", *children)
    return document


def minutes(document):
    """What its parts add up to, before rounding."""
    return chapter_facts.minutes_to_read(document)


@pytest.mark.parametrize(
    ("children", "kind", "each"),
    [
        ([nodes.Text("word " * 3000)], "word", 3000),
        ([nodes.math_block("", "a + b = c") for _ in range(60)], "formula", 60),
        ([nodes.literal_block("", "x = 1\ny = 2\n" * 300)], "line of code", 600),
        ([nodes.math("", "x + y + z") for _ in range(1200)], "symbol", 1200),
    ],
)
def test_each_part_is_counted_once(children, kind, each):
    seconds = chapter_facts.SECONDS[kind] * each
    assert abs(60 * minutes(page(*children)) - seconds) <= 60 * chapter_facts.STEP / 2


def test_what_a_cell_prints_is_not_read_but_its_figure_is_looked_at():
    output = nodes.container(nb_element="cell_code_output")
    output += nodes.literal_block("", "line\n" * 10000)
    assert minutes(page(output)) == chapter_facts.STEP
    output += nodes.image(uri="a.png")
    figures = [output.deepcopy() for _ in range(60)]
    assert minutes(page(*figures)) == 60 * chapter_facts.SECONDS["figure"] / 60


def test_a_short_page_takes_a_step():
    assert minutes(page(nodes.Text("Hello"))) == chapter_facts.STEP
