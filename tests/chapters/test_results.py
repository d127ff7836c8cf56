"""Results in the printed book bear the numbers by which table, map and cards call them."""

import re

from imagination.catalogue import chapter_contents


def test_pages_count_as_the_catalogue_does(printed):
    told, counted = {}, {}
    for numbered in chapter_contents.results(chapter_contents.chapters()).values():
        page = (printed / "chapters" / f"{numbered.chapter}.html").read_text(encoding="utf-8")
        found = re.search(rf'id="{numbered.label}".*?caption-number">([^<]*)<', page, re.DOTALL)
        told[numbered.label], counted[numbered.label] = found and found[1].strip(), numbered.number
    assert told == counted
