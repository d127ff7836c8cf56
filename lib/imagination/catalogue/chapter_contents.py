"""What the chapters hold: their titles, their numbered results by label, and their code cells by name."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "Cell", "Chapter", "Numbered", "chapters", "results"]

FOLDER = Path(__file__).resolve().parents[3] / "chapters"
"""The chapters of the checkout."""

_RESULT = re.compile(r"\{prf:(theorem|lemma|proposition|corollary)\}([^\n]*)\n:label: (\S+)")
_HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Numbered:
    """A numbered result of a chapter: its kind (theorem, lemma, ...), title and label, and how it is counted.

    Its count is within its chapter and kind, as the page counts.
    """

    chapter: str
    kind: str
    title: str
    label: str
    count: int = 1

    @property
    def number(self) -> str:
        """How pages refer to it: ``Theorem 3.2``; in an appendix, which has no number, ``Theorem 1``."""
        chapter = f"{int(self.chapter[:2])}." if self.chapter[0].isdigit() else ""
        return f"{self.kind.capitalize()} {chapter}{self.count}"

    @property
    def address(self) -> str:
        """Where it stands, seen from the page of another chapter."""
        return f"{self.chapter}.html#{self.label}"


@dataclass(frozen=True)
class Cell:
    """A code cell: its text, and the heading of the section in which it stands."""

    text: str
    heading: str

    @property
    def section(self) -> str:
        """The anchor that the page gives to that heading."""
        return re.sub(r"[^a-z0-9]+", "-", self.heading.lower()).strip("-")


@dataclass(frozen=True)
class Chapter:
    """A chapter, as far as those who list results read it."""

    name: str
    title: str
    results: tuple[Numbered, ...]
    cells: Mapping[str, Cell]

    @property
    def number(self) -> int:
        """Its number, which its name begins with; 0 for an appendix, whose name begins with a letter."""
        return int(self.name[:2]) if self.name[0].isdigit() else 0

    @property
    def called(self) -> str:
        """Its title, after its number if it has one."""
        return f"{self.number}. {self.title}" if self.number else self.title


def _read(path: Path) -> Chapter:
    title, heading = path.stem, ""
    numbered: list[Numbered] = []
    cells: dict[str, Cell] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cells[cell["id"]] = Cell(text, heading)
        elif cell["cell_type"] == "markdown":
            headings = _HEADING.findall(_FENCED.sub("", text))
            if headings and title == path.stem:
                title = headings[0].strip()
            heading = headings[-1].strip() if headings else heading
            for kind, name, label in _RESULT.findall(text):
                count = 1 + sum(each.kind == kind for each in numbered)
                numbered.append(Numbered(path.stem, kind, name.strip(), label, count))
    return Chapter(path.stem, title, tuple(numbered), cells)


@cache
def _read_once(path: Path, state: tuple[int, int]) -> Chapter:
    return _read(path)


def chapters(folder: Path | None = None) -> tuple[Chapter, ...]:
    """Return the chapters of a folder in order, and then its appendices.

    Raises
    ------
    ValueError
        If the folder holds none.
    """
    folder = FOLDER if folder is None else folder
    paths = sorted(folder.glob("[0-9A-Z][0-9]_*.ipynb"))
    if not paths:
        raise ValueError(f"folder: {folder} holds no chapters")
    return tuple(_read_once(path, (path.stat().st_mtime_ns, path.stat().st_size)) for path in paths)


def results(read: tuple[Chapter, ...]) -> dict[str, Numbered]:
    """Return the numbered results by label."""
    return {result.label: result for chapter in read for result in chapter.results}
