"""A book's table of contents, and files that are written whole."""

import errno
import os

import pytest

from press.book import Book, BookError, told, write_atomically

TOC = """
format: jb-book
root: chapters/index
parts:
  - caption: One
    chapters:
      - file: chapters/01_one
        sections:
          - file: chapters/02_two.ipynb
  - caption: Two
    chapters:
      - url: https://example.org
      - file: chapters/notes
"""


@pytest.fixture
def book(tmp_path):
    """A book whose pages are empty."""
    (tmp_path / "chapters").mkdir()
    for name in ("index.md", "01_one.ipynb", "02_two.ipynb", "notes.md", "99_unlisted.ipynb"):
        (tmp_path / "chapters" / name).touch()
    (tmp_path / "_toc.yml").write_text(TOC)
    return Book(tmp_path)


def test_documents_stand_in_the_order_of_the_table_of_contents(book):
    assert [path.name for path in book.documents()] == [
        "index.md",
        "01_one.ipynb",
        "02_two.ipynb",
        "notes.md",
    ]


def test_chapters_are_the_listed_notebooks(book):
    assert [path.stem for path in book.chapters()] == ["01_one", "02_two"]


@pytest.mark.parametrize("name", ["01", "01_one", "01_o"])
def test_a_chapter_is_found_by_how_it_begins(book, name):
    assert book.find(name).stem == "01_one"


def test_a_whole_name_wins_over_a_beginning(book):
    (book.root / "chapters" / "01_one_more.ipynb").touch()
    (book.root / "_toc.yml").write_text(TOC.replace("02_two.ipynb", "01_one_more"))
    assert book.find("01_one").stem == "01_one"
    with pytest.raises(BookError, match="more than one"):
        book.find("01")


def test_a_listed_file_must_be_there(book):
    (book.root / "chapters" / "notes.md").unlink()
    with pytest.raises(BookError, match=r"neither chapters/notes\.ipynb nor chapters/notes\.md"):
        book.documents()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "new" / "file"
    done = []
    for name in ("fsync", "replace"):
        call = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *a, n=name, c=call: (done.append(n), c(*a)))
    write_atomically(path, b"before")
    assert path.read_bytes() == b"before"
    assert done == ["fsync", "replace"]  # a power cut leaves the old content or the new

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left") as raised:
        write_atomically(path, b"after")
    assert told(raised.value, tmp_path).startswith(f"{path}: No space left on device; make room")
    assert path.read_bytes() == b"before"
    assert list(path.parent.iterdir()) == [path]


def test_what_a_system_refuses_is_told_in_a_line(tmp_path):
    refused = OSError(errno.EROFS, "Read-only file system", "/a/b")
    assert told(refused, tmp_path).startswith(
        "/a/b: Read-only file system; the press needs a folder of its own"
    )
    assert told(OSError("it is gone"), tmp_path) == f"{tmp_path}: it is gone"


@pytest.mark.parametrize("content", ["root: [", "- a", "3", "\x00"])
def test_a_damaged_table_of_contents(book, content):
    (book.root / "_toc.yml").write_text(content)
    with pytest.raises(BookError, match=r"_toc\.yml is damaged.*mend it"):
        book.documents()
