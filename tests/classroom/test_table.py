"""The page for lecturers says what the checks say, and its code runs."""

import re
from pathlib import Path

import pytest

from classroom import table

CHAPTERS = Path(__file__).parents[2] / "chapters"
PAGE = (CHAPTERS / "lecturers.md").read_text(encoding="utf-8")


def test_the_table_is_that_of_the_checks():
    """If not: `python -m classroom table`."""
    assert table.rewritten(PAGE, CHAPTERS) == PAGE


def test_a_page_without_a_place_for_it_is_refused():
    with pytest.raises(ValueError, match="needs a line"):
        table.rewritten("no place", CHAPTERS)


def test_the_cell_with_another_world_runs_and_its_bound_holds():
    (cell,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    variables: dict = {}
    exec(compile(cell, "lecturers.md", "exec"), variables)
    assert 0 < variables["gap"][0] <= variables["bound"][0]
