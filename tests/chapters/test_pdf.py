"""The book on paper: the front page and a chapter with proofs, figures and solutions."""

import re
import shutil
import unicodedata

import numpy as np
import pypdfium2
import pytest
from pypdf import PdfReader

from press import pdf
from press.book import Book, BookError

CHAPTER = "02_lemma_1"


@pytest.fixture(scope="module")
def copy(printed, browser, tmp_path_factory):
    """A short copy of the printed book, and its pages' texts."""
    book = Book(printed.parents[1])
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    pages = pdf.print_pdf(book, path, ["index", CHAPTER], browser)
    return PdfReader(path), path, pages


@pytest.fixture(scope="module")
def texts(copy):
    """What stands on each page."""
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in copy[0].pages]


def test_every_page_has_something_on_it(copy):
    document = pypdfium2.PdfDocument(copy[1])
    assert len(document) == copy[2]
    assert 12 <= copy[2] <= 60
    for page in document:
        picture = page.render(scale=0.5).to_numpy()
        ink = np.mean(picture.min(axis=2) < 128)
        assert 0.0005 < ink < 0.4


def test_formulas_are_typeset_and_no_tex_is_left(copy, texts):
    words = "".join(texts[2:])
    assert re.findall(r"\\\(|\\\[|\\(?:begin|frac|left|operatorname|varepsilon)\b", words) == []
    fonts = [
        font.get_object().get("/FontDescriptor", {}).get("/FontName", "")
        for page in copy[0].pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    assert any("MathJax_Main" in name for name in fonts)


def test_title_contents_and_numbers(copy, texts):
    assert "On Training in Imagination" in texts[0]
    assert re.search(
        r"Contents.*On Training in Imagination\s*1.*The return gap.*2\. Lemma 1\s*\d+", texts[1], re.DOTALL
    )
    assert [text.rstrip().endswith(str(n)) for n, text in enumerate(texts[2:], 1)] == [True] * len(texts[2:])
    start = int(re.search(r"2\. Lemma 1\s*(\d+)", texts[1])[1])
    assert "2. Lemma 1" in texts[start + 1]
    assert copy[0].metadata.title == "On Training in Imagination"


def test_solutions_are_open_and_nothing_of_the_screen_is_left(texts):
    words = " ".join(texts)
    assert words.count("Solution to Exercise") >= 3
    assert "Skip to main content" not in words
    assert "previous" not in words
    assert "Click to show" not in words


def test_bookmarks_and_links_lead_to_their_page(copy, texts):
    reader = copy[0]
    front, _, part, chapters = reader.outline
    assert [front.title, part.title] == ["On Training in Imagination", "The return gap"]
    chapter, sections = chapters
    assert chapter.title == "2. Lemma 1"
    assert "2. Lemma 1" in texts[reader.get_destination_page_number(chapter)]
    for section in sections:
        assert section.title in texts[reader.get_destination_page_number(section)]
    links = [a.get_object() for page in reader.pages for a in page.get("/Annots", [])]
    assert sum("/Dest" in link for link in links) > 10
    addresses = [str(link["/A"]["/URI"]) for link in links if "/A" in link]
    assert [address for address in addresses if address.startswith(("file:", "http://127"))] == []


def test_what_cannot_be_printed(printed, tmp_path, monkeypatch):
    book = Book(printed.parents[1])
    with pytest.raises(BookError, match="no document for some of 99_nothing"):
        pdf.print_pdf(book, tmp_path / "a.pdf", ["99_nothing"])
    with pytest.raises(BookError, match="no document for some of decide"):
        pdf.print_pdf(book, tmp_path / "a.pdf", ["decide"])  # the reference is on the screen alone
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("press.browser.ELSEWHERE", ())
    with pytest.raises(BookError, match="no Chromium or Chrome was found"):
        pdf.print_pdf(book, tmp_path / "a.pdf", [CHAPTER])
