"""Prints executed chapters as HTML, by jupyter-book, when anything that the pages are made of has changed."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from press.book import Book, BookError
from press.store import digest, environment_digest

STAMP = ".printed-from"
"""A file in the printed book that says what it was made from; it moves into place together with the pages."""

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"

NOT_PRINTED = ("__pycache__", ".ipynb_checkpoints")
BUILT = (".vo", ".vok", ".vos", ".glob", ".aux", ".cache")
"""What Coq leaves beside its sources."""


class PrintError(RuntimeError):
    """jupyter-book found something wrong; the message is what it said."""


def inputs(book: Book, executed: Mapping[Path, Path]) -> dict[str, bytes]:
    """All that the pages are made of: each file's place in the book, and its contents.

    Parameters
    ----------
    book : Book
        The book.
    executed : mapping
        For each chapter its executed copy, which is printed in its place.
    """
    files = {"_config.yml", "_toc.yml", "references.bib"}
    found = {name: (book.root / name).read_bytes() for name in files if (book.root / name).exists()}
    for path in _beside(book):
        found[path.relative_to(book.root).as_posix()] = executed.get(path, path).read_bytes()
    return found


def _beside(book: Book) -> Iterator[Path]:
    """The documents and everything that lies in their folders: pictures, styles."""
    documents = book.documents()
    for folder in sorted({path.parent for path in documents}):
        for path in sorted(folder.rglob("*")) if folder != book.root else ():
            hidden = any(part in NOT_PRINTED for part in path.relative_to(book.root).parts)
            wanted = path.suffix not in BUILT and (path.suffix != ".ipynb" or path in documents)
            if path.is_file() and not hidden and wanted:
                yield path
    yield from (path for path in documents if path.parent == book.root)


def digest_of(book: Book, files: Mapping[str, bytes]) -> str:
    """One digest of the pages' contents and of everything that turns these into pages."""
    press = sorted(path for path in Path(__file__).parent.rglob("*.py"))
    library = sorted((Path(__file__).parents[1] / "imagination").rglob("*.py"))  # its docstrings are printed
    parts = [
        {name: digest(content) for name, content in files.items()},
        [digest(path.read_bytes()) for path in (*press, *library)],
        digest(book.lock.read_bytes()) if book.lock.exists() else None,
        environment_digest(),
    ]
    return digest(json.dumps(parts, sort_keys=True).encode())


def is_printed(book: Book, wanted: str) -> bool:
    """Whether the printed book is made of just these contents."""
    stamp = book.html / STAMP
    return stamp.exists() and stamp.read_bytes() == wanted.encode() and (book.html / "index.html").exists()


def check_printed(book: Book) -> None:
    """Raise a BookError where there is no printed book."""
    if not (book.html / "index.html").exists():
        raise BookError("there is no printed book yet: python -m press book")


def print_pages(book: Book, files: Mapping[str, bytes], folder: Path) -> Path:
    """Let jupyter-book print the pages, from nothing and with warnings as errors, into a folder of their own.

    Parameters
    ----------
    book : Book
        The book.
    files : mapping
        Its `inputs`.
    folder : Path
        For the work; it must not exist.

    Returns
    -------
    Path
        The folder with the pages.

    Raises
    ------
    PrintError
        With jupyter-book's warnings and errors.
    """
    source, output = folder / "source", folder / "printed"
    for name, content in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(source), "--path-output", str(output)]
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [*command, "-W", "-n", "--keep-going", "--all"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    pages = output / "_build" / "html"
    if done.returncode != 0 or not (pages / "index.html").exists():
        raise PrintError(complaints(done.stdout, source))
    return pages


def complaints(log: str, source: Path) -> str:
    """The lines of Sphinx's output that say what is wrong; all of it if there are none."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log).replace(f"{source}{os.sep}", "")
    found = [
        line for line in plain.splitlines() if re.search(r"WARNING|ERROR|CRITICAL|Error|Exception", line)
    ]
    return "\n".join(dict.fromkeys(found)) or plain[-6000:]


def put_in_place(book: Book, pages: Path, stamp: str) -> None:
    """Exchange the printed book for new pages by renaming; see `mend` for a process that dies in between."""
    (pages / STAMP).write_text(stamp)
    previous = _previous(book)
    shutil.rmtree(previous, ignore_errors=True)
    if book.html.exists():
        os.replace(book.html, previous)
    os.replace(pages, book.html)
    shutil.rmtree(previous, ignore_errors=True)


def mend(book: Book) -> None:
    """Put the last printed book back if an earlier press died at the very moment of the exchange."""
    if not book.html.exists() and (_previous(book) / "index.html").exists():
        os.replace(_previous(book), book.html)


def _previous(book: Book) -> Path:
    return book.build / "html.previous"


def first_difference(one: Path, other: Path) -> str | None:
    """Where two folders differ: the first file by name, and the first byte in it. None if nowhere."""
    names = sorted(
        {path.relative_to(root) for root in (one, other) for path in root.rglob("*") if path.is_file()}
    )
    for name in names:
        for root, lacking in ((one, "first"), (other, "second")):
            if not (root / name).exists():
                return f"{name}: only one has it, not the {lacking}"
        difference = _first_difference((one / name).read_bytes(), (other / name).read_bytes())
        if difference:
            return f"{name}: {difference}"
    return None


def _first_difference(one: bytes, other: bytes) -> str | None:
    if one == other:
        return None
    pairs = enumerate(zip(one, other, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    line = one.count(b"\n", 0, at) + 1

    def around(content: bytes) -> str:
        return repr(content[max(0, at - 40) : at + 40].decode("utf-8", errors="replace"))

    return f"byte {at}, line {line}:\n    {around(one)}\n    {around(other)}"
