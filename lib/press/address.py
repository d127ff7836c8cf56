"""The address of the book's repository: one setting, written wherever something depends on it.

`python -m press address URL` writes it into `_config.yml` (which shows the buttons), `CITATION.cff`,
`README.md`, the front page and the first cell of code of every chapter. `python -m press address` without one
writes again the address that is set, and so gives new chapters their cell.
"""

import json
import re
from pathlib import Path

from press import notebooks, standalone
from press.book import Book, BookError, write_atomically

SETTING = re.compile(r'^(repository:\n  url: )"(.*)"$', re.MULTILINE)
CODE = re.compile(r"^repository-code: .*\n", re.MULTILINE)
BIBTEX = re.compile(
    r"(@misc\{training-in-imagination-book,.*?)(?:,\n  url    = \{[^}]*\})?(?=\n\})", re.DOTALL
)
CLONE = re.compile(r"(<!-- address -->\n).*?(?=<!-- /address -->)", re.DOTALL)

SETUP_TAGS = ["remove-cell", "setup"]


def read(book: Book) -> str:
    """The address that is set; empty where none is.

    Raises
    ------
    BookError
        `_config.yml` has no such setting.
    """
    found = SETTING.search((book.root / "_config.yml").read_text(encoding="utf-8"))
    if found is None:
        raise BookError('_config.yml has no setting repository: url: "..."')
    return found[2]


def check(address: str) -> str:
    """The address without a slash at its end.

    Raises
    ------
    BookError
        It is no address that git and a browser can open.
    """
    address = address.rstrip("/").removesuffix(".git")
    if address and not re.fullmatch(r"(https://[\w.-]+|file:///)[\w./~%-]+", address):
        raise BookError(f"an address is https://HOST/PATH or file:///PATH, not {address!r}")
    return address


def changes(book: Book, address: str) -> dict[Path, bytes]:
    """What the files that an address stands in should hold, of those that do not."""
    config = (book.root / "_config.yml").read_text(encoding="utf-8")
    wanted = {book.root / "_config.yml": SETTING.sub(rf'\1"{address}"', config)}
    for name, write in WRITERS.items():
        if (book.root / name).exists():
            wanted[book.root / name] = write((book.root / name).read_text(encoding="utf-8"), address)
    wanted |= {chapter: with_setup(chapter, address) for chapter in book.chapters()}
    return {path: text.encode() for path, text in wanted.items() if path.read_bytes() != text.encode()}


def write(book: Book, address: str | None = None) -> list[Path]:
    """Write an address, or again the one that is set; the files that changed."""
    wanted = changes(book, read(book) if address is None else check(address))
    for path, content in wanted.items():
        write_atomically(path, content)
    return list(wanted)


def _in_citation(text: str, address: str) -> str:
    text = CODE.sub("", text)
    return text.replace("license: ", f'repository-code: "{address}"\nlicense: ', 1) if address else text


def _in_readme(text: str, address: str) -> str:
    clone = f"\n```\ngit clone {address}\ncd {address.rpartition('/')[2]}\n```\n\n" if address else ""
    return CLONE.sub(lambda found: found[1] + clone, text)


def _in_bibtex(text: str, address: str) -> str:
    entry = f",\n  url    = {{{address}}}" if address else ""
    return BIBTEX.sub(lambda found: found[1] + entry, text)


WRITERS = {"CITATION.cff": _in_citation, "README.md": _in_readme, "chapters/index.md": _in_bibtex}
"""Files, and how an address is written into each."""


def with_setup(path: Path, address: str) -> str:
    """A chapter's text with its setup cell, right before the parameters."""
    notebook = notebooks.read(path)
    cells = [cell for cell in notebook["cells"] if "setup" not in notebooks.tags_of(cell)]
    place = next(
        (place for place, cell in enumerate(cells) if "parameters" in notebooks.tags_of(cell)), len(cells)
    )
    number = path.stem.partition("_")[0]
    setup = {
        "cell_type": "code",
        "execution_count": None,
        "id": f"{number}-setup",
        "metadata": {"tags": SETUP_TAGS},
        "outputs": [],
        "source": standalone.setup_cell(address).splitlines(keepends=True),
    }
    notebook["cells"] = [*cells[:place], setup, *cells[place:]]
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
