"""Tiny books in temporary folders."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from press.book import Book
from press.execution import Outcome, execute
from press.store import Executed

ROOT = Path(__file__).parents[2]

PARAMETERS = 'seed = 1\nscale = "quick"'


def notebook(*cells: str, parameters: str | None = PARAMETERS) -> nbformat.NotebookNode:
    """A chapter with a title, a cell of parameters and cells of code; its ids are the cells' places."""
    made = [nbformat.v4.new_markdown_cell("# A chapter")]
    if parameters is not None:
        made.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made += [nbformat.v4.new_code_cell(cell) for cell in cells]
    for place, cell in enumerate(made):
        cell["id"] = f"cell-{place}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})


class TinyBook:
    """A book of a few cells in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.book = Book(root)
        self.said: list[str] = []
        self.write("chapters/index.md", "# Front\n")
        self.write("lib/imagination/__init__.py", "")
        self.write("requirements.lock", "numpy==2.4.6\n")
        self.write("_config.yml", (ROOT / "_config.yml").read_text(encoding="utf-8"))
        for folder in ("_root", "_static"):
            shutil.copytree(ROOT / "chapters" / folder, root / "chapters" / folder)
        self.write("references.bib", "")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the book."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def chapter(self, name: str, *cells: str, parameters: str | None = PARAMETERS) -> Path:
        """Write a chapter, and put it last in the table of contents if it is new."""
        path = self.root / "chapters" / f"{name}.ipynb"
        nbformat.write(notebook(*cells, parameters=parameters), path)
        names = sorted(path.stem for path in (self.root / "chapters").glob("*.ipynb"))
        entries = "".join(f"  - file: chapters/{name}\n" for name in names)
        toc = f"format: jb-book\nroot: chapters/index\ndefaults:\n  numbered: true\nchapters:\n{entries}"
        self.write("_toc.yml", toc)
        return path

    def executed(self, name: str, **parameters: Any) -> Executed:
        """A chapter's place in the store."""
        return Executed(self.book, self.root / "chapters" / f"{name}.ipynb", parameters)

    def execute(
        self, *names: str, cell_timeout: float | None = 300.0, **parameters: Any
    ) -> dict[str, Outcome]:
        """Execute chapters, by name."""
        wanted = [self.executed(name, **parameters) for name in names]
        outcomes = execute(wanted, self.book.work, self.said.append, 2, cell_timeout)
        return {outcome.executed.chapter.stem: outcome for outcome in outcomes}

    def printed_text(self, name: str, **parameters: Any) -> str:
        """What an executed chapter's cells wrote to stdout."""
        executed = nbformat.read(self.executed(name, **parameters).notebook, 4)
        outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
        return "".join(output["text"] for output in outputs if output["output_type"] == "stream")

    def files(self) -> Mapping[str, bytes]:
        """The sources, by name."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and "_build" not in path.parts
        }


@pytest.fixture(scope="session")
def new_book() -> type[TinyBook]:
    """Makes an empty book in a folder."""
    return TinyBook


@pytest.fixture
def tiny(tmp_path: Path) -> TinyBook:
    """An empty book."""
    return TinyBook(tmp_path)
