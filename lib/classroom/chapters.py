"""A chapter taken apart: what is story, what is exercise, what is solution, in the order of the page."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.markdown import DIRECTIVE

Cell = dict[str, Any]


class ChapterError(ValueError):
    """A chapter's exercises are not written as assignments need them; the message says what to change."""


@dataclass(frozen=True)
class Text:
    """Markdown of the story."""

    source: str


@dataclass(frozen=True)
class Code:
    """A code cell of the story."""

    cell: Cell


@dataclass(frozen=True)
class Question:
    """What an exercise asks."""

    label: str
    title: str
    body: str


@dataclass
class Solution:
    """What stands between a solution's start and end."""

    label: str
    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)

    @property
    def call(self) -> ast.Expr:
        """The last code cell's statement that checks the answer.

        Raises
        ------
        ChapterError
            There is none, or more than one.
        """
        last = ast.parse(self.code[-1]).body if self.code else []
        calls = [statement for statement in last if isinstance(statement, ast.Expr) and is_check(statement)]
        if len(calls) != 1:
            raise ChapterError(f"the last code cell of {self.label} needs one check(...), not {len(calls)}")
        return calls[0]


Piece = Text | Code | Question | Solution


def is_check(statement: ast.Expr) -> bool:
    """Whether a statement calls `check`."""
    value = statement.value
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "check"


def source_of(cell: Cell) -> str:
    """A cell's text; the format allows a list of lines."""
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def path_of(number: str, folder: Path) -> Path:
    """The notebook of the chapter with that number.

    Raises
    ------
    ChapterError
        There is none, or more than one.
    """
    found = sorted(folder.glob(f"{number}_*.ipynb"))
    if len(found) != 1:
        raise ChapterError(f"there is no chapter {number!r} in {folder}; a number has two digits, such as 04")
    return found[0]


def read(path: Path) -> list[Cell]:
    """The cells of a notebook."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def pieces(cells: list[Cell]) -> list[Piece]:
    """Take a chapter apart.

    Raises
    ------
    ChapterError
        A solution is not opened and closed as it should be.
    """
    found: list[Piece] = []
    solution: Solution | None = None
    for cell in cells:
        if cell["cell_type"] == "code":
            if solution is None:
                found.append(Code(cell))
            else:
                solution.code.append(source_of(cell))
            continue
        for gate, part in _gates(source_of(cell)):
            if gate == "solution-start":
                if solution is not None:
                    raise ChapterError(f"the solution of {solution.label} is still open at {part}")
                solution = Solution(str(part))
                found.append(solution)
            elif gate == "solution-end":
                if solution is None:
                    raise ChapterError("a solution ends that did not begin")
                solution = None
            elif solution is not None:
                if isinstance(part, Question):
                    raise ChapterError(f"the solution of {solution.label} is still open at {part.label}")
                solution.prose.append(str(part))
            else:
                found.append(part if isinstance(part, Question) else Text(str(part)))
    if solution is not None:
        raise ChapterError(f"the solution of {solution.label} does not end")
    return found


def _gates(text: str) -> Iterator[tuple[str, str | Question]]:
    """A text cut at exercises and at gates of solutions; blank pieces are left out."""
    begin = 0
    for match in DIRECTIVE.finditer(text):
        name = match["name"]
        if name not in ("exercise", "solution-start", "solution-end"):
            continue
        if before := text[begin : match.start()].strip("\n"):
            yield "text", before
        begin = match.end()
        if name == "exercise":
            labels = [line.partition("label:")[2].strip() for line in match["options"].splitlines()]
            yield "exercise", Question(labels[0], match["title"].strip(), match["body"].strip("\n"))
        else:
            yield name, match["title"].strip()
    if rest := text[begin:].strip("\n"):
        yield "text", rest
