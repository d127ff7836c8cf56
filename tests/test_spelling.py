"""No misspelt word in the text; `tests/words.txt` holds the words of the subject that no dictionary has."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from spellchecker import SpellChecker

from press import notebooks
from press.book import Book

ROOT = Path(__file__).parents[1]

WORDS = {line.lower() for line in (ROOT / "tests" / "words.txt").read_text(encoding="utf-8").split()}

TEXTS = ("README.md", "CONTRIBUTING.md", "data/README.md")
CHECKED = (
    "lib",
    "chapters",
    "tests",
    "benchmarks",
    "CHANGELOG.md",
    "Makefile",
    *TEXTS,
)
NO_TEXT = "*.svg,*.html,*.png,*.gz,__pycache__"
NAMES = "fpr,noes,notin,ot,shat,thirdparty,whis"
"""Names in the code that look like misspelt words."""

NO_PROSE = re.compile(
    r"```\{(?:raw|code-cell)[\s\S]*?```"  # what is not Markdown
    r"|```(?:\w*)\n[\s\S]*?```"  # code
    r"|\$\$[\s\S]*?\$\$|\$[^$]*\$|\\begin\{[\s\S]*?\\end\{[^}]*\}"  # formulas
    r"|`[^`]*`"  # code in a line, and where roles lead
    r"|\{[\w:-]+\}|^:[\w-]+:.*$|^```.*$"  # roles, options, directives
    r"|\b[^\W_]+(?:_[^\W_]+)+\b"  # names
    r"|\]\([^)]*\)|https?://\S+|<[^>]*>",  # links and elements
    re.MULTILINE,
)


def prose(text: str) -> Iterator[str]:
    """The words of a Markdown text that are neither code nor formula nor name."""
    for word in re.findall(r"[A-Za-z][a-z]+(?:['’][a-z]+)?", NO_PROSE.sub(" ", text)):
        yield re.sub(r"['’]s$", "", word)


def texts() -> Iterator[tuple[str, str]]:
    """All text for readers: where it stands, and the text."""
    for path in (*Book(ROOT).documents(), *(ROOT / name for name in TEXTS)):
        if path.suffix == ".md":
            yield path.name, path.read_text(encoding="utf-8")
        else:
            for place, cell in enumerate(notebooks.read(path)["cells"], 1):
                if cell["cell_type"] == "markdown":
                    yield f"{path.name}, cell {place}", notebooks.source_of(cell)


@pytest.fixture(scope="module")
def known() -> SpellChecker:
    """English."""
    return SpellChecker()


def unknown(text: str, dictionary: SpellChecker) -> set[str]:
    """The words of a text that neither the dictionary nor this book knows."""
    words = {word for word in prose(text) if word.lower() not in WORDS}
    return {word for word in words if word.lower() not in dictionary}


def test_every_word_is_one(known):
    found = {where: words for where, text in texts() if (words := unknown(text, known))}
    assert found == {}, "mend them, or add them to tests/words.txt"


def test_a_misspelt_word_is_found(known):
    text = "The qolicy of `qolicy` and $qolicy$ is ```{doc}`qolicy```; see [here](qolicy.md)."
    assert unknown(text, known) == {"qolicy"}
    assert unknown("The policy’s return in Lipschitz worlds.", known) == set()


def test_no_common_misspelling_in_any_file():
    command = [sys.executable, "-m", "codespell_lib"]
    paths = [name for name in CHECKED if (ROOT / name).exists()]
    options = ["--skip", NO_TEXT, "--ignore-words-list", NAMES]
    done = subprocess.run([*command, *options, *paths], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
