"""Where things are in a book's folder, and what its table of contents lists."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class BookError(ValueError):
    """The folder is not a book that can be printed."""


@dataclass(frozen=True)
class Book:
    """A book's folder.

    Attributes
    ----------
    root : Path
        It holds `_config.yml`, `_toc.yml`, `chapters/`, `lib/imagination/` and `requirements.lock`.
    products : str
        Where in there the press puts all that it makes.
    """

    root: Path
    products: str = "_build"

    @property
    def build(self) -> Path:
        """Everything that the press makes."""
        return self.root / self.products

    @property
    def html(self) -> Path:
        """The printed book."""
        return self.build / "html"

    @property
    def work(self) -> Path:
        """What a running press is busy with; of no worth to the next one."""
        return self.build / "work"

    @property
    def lock(self) -> Path:
        """The exact environment."""
        return self.root / "requirements.lock"

    def documents(self) -> list[Path]:
        """The files of the table of contents, in its order.

        Raises
        ------
        BookError
            There is no table of contents, or a file that it lists is not there.
        """
        toc = self.root / "_toc.yml"
        try:
            entries = yaml.safe_load(toc.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise BookError(f"{toc} is not there: is this the book's folder?") from error
        return [self._document(name) for name in _files(entries)]

    def _document(self, name: str) -> Path:
        for suffix in (".ipynb", ".md"):
            path = self.root / f"{name.removesuffix(suffix)}{suffix}"
            if path.is_file():
                return path
        raise BookError(f"_toc.yml lists {name}, and there is neither {name}.ipynb nor {name}.md")

    def chapters(self) -> list[Path]:
        """The documents that are notebooks."""
        return [path for path in self.documents() if path.suffix == ".ipynb"]

    def find(self, name: str) -> Path:
        """The one chapter whose file name begins with `name`.

        Raises
        ------
        BookError
            None does, or more than one.
        """
        chapters = self.chapters()
        found = [path for path in chapters if path.stem == name]
        found = found or [path for path in chapters if path.stem.startswith(name)]
        if len(found) != 1:
            which = "no chapter begins" if not found else "more than one chapter begins"
            raise BookError(f"{which} with {name!r}; there are {', '.join(path.stem for path in chapters)}")
        return found[0]


def _files(entry: Any) -> Iterator[str]:
    """The `root` and `file` entries of a table of contents, from top to bottom."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from _files(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from _files(item)


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in place, on disk and whole, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    with open(draft, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
