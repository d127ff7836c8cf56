"""The repository's address: written everywhere, or nowhere."""

from pathlib import Path

import pytest
import yaml

from press import address, notebooks
from press.book import Book, BookError

ROOT = Path(__file__).parents[2]
URL = "https://github.com/someone/a-book"


@pytest.fixture
def book(tiny):
    """A book with everything that an address stands in."""
    for name in ("README.md", "CITATION.cff", "chapters/index.md"):
        tiny.write(name, (ROOT / name).read_text(encoding="utf-8"))
    tiny.chapter("01_one", "print(seed)")
    address.write(tiny.book, "")
    return tiny


def test_this_book_has_one_address_everywhere():
    assert address.changes(Book(ROOT), address.read(Book(ROOT))) == {}


def test_an_address_is_written_everywhere_and_taken_away_again(book):
    before = book.files()
    address.write(book.book, f"{URL}.git/")
    assert address.read(book.book) == URL
    assert yaml.safe_load((book.root / "_config.yml").read_text())["repository"]["url"] == URL
    assert yaml.safe_load((book.root / "CITATION.cff").read_text())["repository-code"] == URL
    assert f"git clone {URL}\ncd a-book\n" in (book.root / "README.md").read_text()
    assert f"  url    = {{{URL}}}\n}}" in (book.root / "chapters" / "index.md").read_text()
    assert f'repository = "{URL}"' in (book.root / "chapters" / "01_one.ipynb").read_text().replace("\\", "")
    assert address.write(book.book, URL) == []
    assert len(address.write(book.book, "")) == 5
    assert book.files() == before


def test_the_setup_stands_before_the_parameters_once(book):
    for _ in range(2):
        address.write(book.book)
    cells = notebooks.read(book.root / "chapters" / "01_one.ipynb")["cells"]
    assert [cell["metadata"].get("tags") for cell in cells[1:3]] == [address.SETUP_TAGS, ["parameters"]]
    assert sum("setup" in notebooks.tags_of(cell) for cell in cells) == 1


@pytest.mark.parametrize(
    "wrong", ["github.com/someone/a-book", "https://", 'https://x.org/"; import os', "ssh://x/y"]
)
def test_what_is_no_address(book, wrong):
    with pytest.raises(BookError, match="an address is https://HOST/PATH"):
        address.write(book.book, wrong)


def test_a_configuration_without_the_setting(book):
    book.write("_config.yml", "title: None\n")
    with pytest.raises(BookError, match="no setting"):
        address.read(book.book)
