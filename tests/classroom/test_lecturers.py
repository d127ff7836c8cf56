"""The page for lecturers says what the exercises' files say, and its code runs."""

import re
from pathlib import Path

import pytest
import yaml

from classroom.exercises import FOLDER
from classroom.lecturers import rewritten

CHAPTERS = Path(__file__).parents[2] / "chapters"
PAGE = (CHAPTERS / "lecturers.md").read_text(encoding="utf-8")


def test_the_table_is_that_of_the_exercises():
    """If not: `python -m classroom table`."""
    assert rewritten(PAGE, CHAPTERS) == PAGE


def test_a_page_without_a_place_for_it_is_refused():
    with pytest.raises(ValueError, match="needs a line"):
        rewritten("no place", CHAPTERS)


def test_the_cell_with_another_world_runs_and_its_bound_holds():
    (cell,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    variables: dict = {}
    exec(compile(cell, "lecturers.md", "exec"), variables)
    assert 0 < variables["gap"][0] <= variables["bound"][0]


def test_the_exercise_that_is_shown_is_the_chapters():
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    lines = (FOLDER / "02.yml").read_text(encoding="utf-8").splitlines()
    assert {f"  {line}" for line in shown.splitlines()} <= set(lines)
    assert yaml.safe_load(shown)
