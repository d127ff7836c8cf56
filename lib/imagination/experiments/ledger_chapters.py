"""Where the chapters speak of a claim: found in the notebooks, not kept by hand.

A chapter shows a claim (``return_gap.LEMMA_1``) or runs its proof (``return_gap_proofs.lemma_1()``) in a code
cell. Reading the cells tells which chapter that is, and which numbered result stands above it.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FOLDER", "Chapter", "Mention", "Result", "chapters", "imported", "mentions", "results"]

FOLDER = Path(__file__).resolve().parents[3] / "chapters"
"""The chapters of the checkout."""

THEORY = "imagination.theory"
_RESULT = re.compile(r"\{prf:(theorem|lemma|proposition|corollary)\}([^\n]*)\n:label: (\S+)")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """A numbered result of a chapter: its kind (theorem, lemma, ...), title and label."""

    chapter: str
    kind: str
    title: str
    label: str

    @property
    def address(self) -> str:
        """Where it stands, seen from the page of another chapter."""
        return f"{self.chapter}.html#{self.label}"


@dataclass(frozen=True)
class Mention:
    """One place where a chapter's code names something of the theory.

    `below` is the numbered result that was stated last before it in the chapter, if there was one.
    """

    chapter: str
    below: Result | None


@dataclass(frozen=True)
class Chapter:
    """A chapter as far as the ledger reads it."""

    name: str
    title: str
    results: tuple[Result, ...]
    mentions: tuple[tuple[tuple[str, str], Mention], ...]

    @property
    def number(self) -> int:
        """Its number, which its name begins with; 0 for an appendix, whose name begins with a letter."""
        return int(self.name[:2]) if self.name[0].isdigit() else 0


def imported(tree: ast.AST) -> dict[str, tuple[str, ...]]:
    """Return what code imports from the theory, by the name it goes by: (module,), or (module, attribute)."""
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(THEORY):
            inside = tuple((node.module or "").removeprefix(THEORY).strip(".").split("."))
            for alias in node.names:
                found[alias.asname or alias.name] = (*(part for part in inside if part), alias.name)
    return found


def _spoken_of(tree: ast.AST, names: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(module, attribute) of everything of the theory that a cell names, in reading order."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            module = names[node.value.id]
            if len(module) == 1:
                found.append((node.lineno, node.col_offset, (module[0], node.attr)))
        elif (
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and len(names.get(node.id, ())) == 2
        ):
            module_name, attribute = names[node.id]
            found.append((node.lineno, node.col_offset, (module_name, attribute)))
    return (name for *_, name in sorted(found))


def _read(path: Path) -> Chapter:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    title, results, mentions = path.stem, [], []
    names: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if title == path.stem and (found := _TITLE.search(source)):
                title = found[1].strip()
            results += [
                Result(path.stem, kind, name.strip(), label) for kind, name, label in _RESULT.findall(source)
            ]
        elif cell["cell_type"] == "code":
            tree = ast.parse(_MAGIC.sub("", source))
            names |= imported(tree)
            here = Mention(path.stem, results[-1] if results else None)
            mentions += [(name, here) for name in _spoken_of(tree, names)]
    return Chapter(path.stem, title, tuple(results), tuple(mentions))


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


def mentions(read: tuple[Chapter, ...]) -> dict[tuple[str, str], list[Mention]]:
    """Return where each (module, attribute) of the theory is named, in the order of reading."""
    found: dict[tuple[str, str], list[Mention]] = {}
    for chapter in read:
        for name, mention in chapter.mentions:
            found.setdefault(name, []).append(mention)
    return found


def results(read: tuple[Chapter, ...]) -> dict[str, Result]:
    """Return the numbered results by label."""
    return {result.label: result for chapter in read for result in chapter.results}
