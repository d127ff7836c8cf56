"""The table on the lecturers' page: what each exercise tests, from the exercises' files."""

from __future__ import annotations

import re
from pathlib import Path

from classroom.chapters import Question, path_of, pieces, read, source_of
from classroom.exercises import exercises, numbers

BEGIN = "<!-- exercises: written by `python -m classroom table` -->"
END = "<!-- end of exercises -->"


def lines(number: str, folder: Path) -> list[str]:
    """A chapter's rows: a heading, and a table of its exercises."""
    cells, known = read(path_of(number, folder)), exercises(number)
    title = source_of(cells[0]).partition("# ")[2].splitlines()[0]
    rows = [
        f"| {question.title} | {exercise.level} | {exercise.tests} | {exercise.points} |"
        for question in pieces(cells)
        if isinstance(question, Question)
        for exercise in [known[question.label]]
    ]
    head = ["| exercise | level | what it tests | points |", "| --- | --- | --- | --- |"]
    return [f"**{int(number)}. {title}**", "", *head, *rows, ""]


def rewritten(page: str, folder: Path) -> str:
    """A page's text with the table of all chapters that have exercises, in the place of the one that it had.

    Raises
    ------
    ValueError
        The page has no place for the table.
    """
    if not (BEGIN in page and END in page):
        raise ValueError(f"the page needs a line {BEGIN!r} and, below it, {END!r}")
    there = [number for number in numbers() if any(folder.glob(f"{number}_*.ipynb"))]
    table = "\n".join(line for number in there for line in lines(number, folder))
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n\n{table}\n{END}", page)
