"""Where things are in a book's folder, and what its table of contents lists."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
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

    def contents(self) -> dict[str, Any]:
        """The table of contents.

        Raises
        ------
        BookError
            There is none, or it is damaged.
        """
        toc = self.root / "_toc.yml"
        if not toc.exists():
            raise BookError(f"{toc} is not there: is this the book's folder?")
        return read_yaml(toc)

    def parts(self) -> list[tuple[str, list[str]]]:
        """The parts of the table of contents: their captions, and the documents in each."""
        return [
            (
                part.get("caption", ""),
                [entry["file"] for entry in part.get("chapters", []) if "file" in entry],
            )
            for part in self.contents().get("parts", [self.contents()])
        ]

    def documents(self) -> list[Path]:
        """The files of the table of contents, in its order.

        Raises
        ------
        BookError
            There is no table of contents, or it is damaged, or a file that it lists is not there.
        """
        return [self._document(name) for name in _files(self.contents())]

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
                yield str(value)
            else:
                yield from _files(value)
    elif isinstance(entry, list):
        for item in entry:
            yield from _files(item)


def read_yaml(path: Path) -> dict[str, Any]:
    """What a YAML file says by names; nothing if it is empty.

    Raises
    ------
    BookError
        It is damaged.
    """
    try:
        found = yaml.safe_load(path.read_bytes()) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BookError(f"{path} is damaged: {' '.join(str(error).split())}; mend it") from error
    if not isinstance(found, dict):
        raise BookError(f"{path} is damaged: it does not hold names and what they stand for; mend it")
    return found


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in place, on disk and whole, or leave what was there.

    Raises
    ------
    OSError
        With the file's name, which a full disk does not tell.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


ADVICE = {
    errno.EACCES: "the press needs a folder of its own to write to: copy the book to one",
    errno.ENOSPC: "make room on the disk and run the same again; what is finished is kept",
}
ADVICE |= {errno.EROFS: ADVICE[errno.EACCES], errno.EPERM: ADVICE[errno.EACCES]}
ADVICE |= {errno.EDQUOT: ADVICE[errno.ENOSPC]} if hasattr(errno, "EDQUOT") else {}
"""What to do about what a system refuses."""


def told(error: OSError, place: Path) -> str:
    """What a system refused, in a line: the file, why, and what to do; `place` is where it was, if untold."""
    advice = ADVICE.get(error.errno or 0, "")
    return f"{error.filename or place}: {error.strerror or error}" + (f"; {advice}" if advice else "")
