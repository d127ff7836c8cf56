"""The printed book as one PDF: each page by the browser, then a title, contents, page numbers and bookmarks.

The browser typesets the pages as it shows them, with MathJax's formulas and the chapters' pictures.
Solutions are open; what is too wide for the paper is made smaller; links lead to the place on paper.
"""

import html
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

from playwright.sync_api import Browser, sync_playwright
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    FloatObject,
    NameObject,
    NullObject,
    TextStringObject,
)

from press.book import Book, BookError, read_yaml, write_atomically
from press.browser import FLAGS, HOW_TO_INSTALL, find_chromium
from press.links import targets

MARGIN = "16mm"
SCALE = 0.85
WIDTH = 792
"""Pixels: the width of A4 within its margins at that scale."""

ON_SCREEN_ONLY = "reference"
"""The folder of pages that are not printed: in the library's reference names are looked up, and followed."""

PREPARE = """async () => {
    document.documentElement.dataset.theme = 'light';
    document.querySelectorAll('button.toggle-button').forEach(button => {
        if (button.classList.contains('toggle-button-hidden')) button.click();
    });
    for (const folded of document.querySelectorAll('details.hide')) {
        folded.querySelector('summary').remove();
        folded.replaceWith(...folded.childNodes);
    }
    document.querySelectorAll('details').forEach(details => { details.open = true; });
    await window.MathJax?.startup?.promise;
    document.querySelectorAll('img').forEach(image => { image.loading = 'eager'; });
    await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
    await document.fonts.ready;
    const wide = '.bd-article :is(table, mjx-container[display="true"], .formula, svg)';
    for (const node of document.querySelectorAll(wide)) {
        const room = node.parentElement.clientWidth, needed = node.scrollWidth;
        if (room > 0 && needed > room + 1) node.style.zoom = room / needed;
    }
}"""
"""Open everything, wait for formulas and pictures, and shrink what is wider than the paper."""

ANCHORS = """names => names.filter(name => document.getElementById(name)).map(name => {
    const link = document.createElement('a');
    link.href = '#' + name;
    link.textContent = '.';
    link.style.cssText = 'position: absolute; top: 0; left: 0; color: transparent; font-size: 1px';
    document.querySelector('article').append(link);
    return name;
})"""
"""A browser gives places a name on paper if something on the same page links to them: so something does."""

HEADINGS = """() => [...document.querySelectorAll('article :is(h1, h2)')].map(heading => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll('.headerlink').forEach(link => link.remove());
    return [heading.parentElement.id, copy.textContent.trim()];
})"""
"""The title and the sections: their places' names and their texts."""

FRONT = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 25mm 22mm; }}
body {{ font: 11pt/1.5 sans-serif; color: #1a1a1a; }}
h1 {{ font-size: 30pt; font-weight: 500; margin: 70mm 0 6mm; }}
h2 {{ break-before: page; font-weight: 500; }}
h3 {{ font-size: 11pt; margin: 5mm 0 1mm; }}
a {{ color: inherit; display: flex; text-decoration: none; }}
a span:first-child {{ flex: 1; }}
h3 ~ p {{ margin: 0.6mm 0; }}
</style><h1>{title}</h1><p>{author}</p><p>{licence}</p><h2>Contents</h2>{entries}</html>"""

NUMBERS = """<!DOCTYPE html><meta charset="utf-8"><style>
@page {{ size: A4; margin: 0; }}
body {{ margin: 0; font: 9pt sans-serif; color: #444; }}
p {{ box-sizing: border-box; break-after: page; height: 296mm; margin: 0; padding-top: 285mm; }}
p {{ text-align: center; }}
p:last-child {{ break-after: auto; }}
</style>{numbers}"""


@dataclass(frozen=True)
class Sheets:
    """A page of the book on paper.

    Attributes
    ----------
    part : str
        The part that it belongs to; empty for the front page.
    title : str
        Its title, with its number.
    address : str
        Where the browser found it.
    headings : list
        The names and texts of its sections.
    reader : PdfReader
        Its sheets.
    """

    part: str
    title: str
    address: str
    headings: list[tuple[str, str]]
    reader: PdfReader


def print_pdf(
    book: Book, path: Path, names: Sequence[str] | None = None, browser: Browser | None = None
) -> int:
    """Print a book, or some of its documents, into one PDF.

    Parameters
    ----------
    book : Book
        The book; its pages must have been printed.
    path : Path
        The file to write.
    names : sequence of str, optional
        Documents by their file names' stems; by default all but the library's reference.
    browser : Browser, optional
        One that is open; by default one is opened for this.

    Returns
    -------
    int
        How many pages the PDF has.

    Raises
    ------
    BookError
        There is no browser, or no such document on paper.
    """
    wanted = [(part, file) for part, file in _by_part(book) if names is None or file.stem in names]
    if len(wanted) < len(names or ()):
        raise BookError(f"there is no document for some of {', '.join(names or ())}")
    with nullcontext(browser) if browser is not None else _chromium() as opened:
        content = _bind(opened, book, list(_sheets(opened, book, wanted)))
    write_atomically(path, content)
    return len(PdfReader(path).pages)


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        raise BookError(f"no Chromium or Chrome was found, which prints the PDF. {HOW_TO_INSTALL}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


def _by_part(book: Book) -> Iterator[tuple[str, Path]]:
    """The documents that are printed with the captions of their parts, in the book's order."""
    captions = {Path(name).stem: caption for caption, names in book.parts() for name in names}
    for document in book.documents():
        if document.parent.name != ON_SCREEN_ONLY:
            yield captions.get(document.stem, ""), document


def _sheets(browser: Browser, book: Book, wanted: Sequence[tuple[str, Path]]) -> Iterator[Sheets]:
    """Print each document; places that another links to get names."""
    files = [(book.html / file.relative_to(book.root).with_suffix(".html")).resolve() for _, file in wanted]
    linked = {urljoin(file.as_uri(), link) for file in files for link in targets(file).links}
    context = browser.new_context(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    context.set_default_timeout(0)  # a page may take long where much else is going on
    for (part, _), file in zip(wanted, files, strict=True):
        page = context.new_page()
        page.emulate_media(media="print", color_scheme="light")
        page.goto(file.as_uri())
        page.evaluate(PREPARE)
        title, *headings = page.evaluate(HEADINGS)
        places = {urldefrag(link).fragment for link in linked if urldefrag(link).url == file.as_uri()}
        page.evaluate(ANCHORS, sorted(places | {name for name, _ in headings}))
        content = page.pdf(
            format="A4",
            scale=SCALE,
            print_background=True,
            margin={"top": MARGIN, "bottom": MARGIN, "left": MARGIN, "right": MARGIN},
        )
        page.close()
        yield Sheets(part, title[1], file.as_uri(), headings, PdfReader(io.BytesIO(content)))
    context.close()


def _bind(browser: Browser, book: Book, sheets: Sequence[Sheets]) -> bytes:
    """Put everything together."""
    config = read_yaml(book.root / "_config.yml")
    front = _front(browser, config, sheets)
    writer = PdfWriter()
    for page in front.pages:
        writer.add_page(page)
    places: dict[str, tuple[int, float, float]] = {}
    for each in sheets:
        start = len(writer.pages)
        places[each.address] = (start, 0.0, float(each.reader.pages[0].mediabox.top))
        for name, place in each.reader.named_destinations.items():
            number = each.reader.get_destination_page_number(place)
            if number is not None:
                at = (start + number, float(place.left or 0), float(place.top or 0))
                places[f"{each.address}#{name.removeprefix('/')}"] = at
        for page in each.reader.pages:
            _lead_links(writer.add_page(page), each.address)
    _resolve_links(writer, places)
    _outline(writer, sheets, places)
    _number(browser, writer, len(front.pages))
    writer.add_metadata({"/Title": config["title"], "/Author": config["author"]})
    writer.compress_identical_objects()
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _front(browser: Browser, config: dict[str, Any], sheets: Sequence[Sheets]) -> PdfReader:
    """The title, and the contents with the numbers of pages; these begin with 1 after the contents."""
    entries, part, number = [], "", 1
    for each in sheets:
        if each.part != part:
            part = each.part
            entries.append(f"<h3>{html.escape(part)}</h3>")
        title = html.escape(each.title)
        entries.append(f'<p><a href="{each.address}"><span>{title}</span><span>{number}</span></a></p>')
        number += len(each.reader.pages)
    names = {name: html.escape(str(config[name])) for name in ("title", "author")}
    licence = html.escape(config["html"]["extra_footer"])
    return _print(browser, FRONT.format(**names, licence=licence, entries="".join(entries)))


def _print(browser: Browser, text: str) -> PdfReader:
    page = browser.new_page()
    page.set_content(text)
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    return PdfReader(io.BytesIO(content))


def _links(page: PageObject) -> Iterator[DictionaryObject]:
    for annotation in page.get("/Annots") or []:
        link = annotation.get_object()
        if link.get("/Subtype") == "/Link":
            yield link


def _lead_links(page: PageObject, address: str) -> None:
    """Say of each link within a page of the book what page that is: names are the same in many of them."""
    for link in _links(page):
        if "/Dest" in link:
            place = TextStringObject(f"{address}#{str(link['/Dest']).removeprefix('/')}")
            link[NameObject("/A")] = DictionaryObject(
                {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): place}
            )
            del link["/Dest"]


def _resolve_links(writer: PdfWriter, places: Mapping[str, tuple[int, float, float]]) -> None:
    """Let links to the book's own pages lead to their place on paper; links to other sites stay."""
    for page in writer.pages:
        for link in _links(page):
            address = str(link.get("/A", {}).get("/URI", ""))
            place = places.get(address) or places.get(urldefrag(address).url)
            if place is not None:
                number, left, top = place
                kind = [NameObject("/XYZ"), FloatObject(left), FloatObject(top), NullObject()]
                link[NameObject("/Dest")] = ArrayObject([writer.pages[number].indirect_reference, *kind])
                del link["/A"]
            elif address.startswith("file:"):
                del link["/A"]  # a page that is not on paper


def _outline(
    writer: PdfWriter, sheets: Sequence[Sheets], places: Mapping[str, tuple[int, float, float]]
) -> None:
    """The bookmarks: parts, their pages, and the sections of each."""
    parts: dict[str, Any] = {"": None}
    for each in sheets:
        start, _, _ = places[each.address]
        if each.part not in parts:
            parts[each.part] = writer.add_outline_item(title=each.part, page_number=start, bold=True)
        chapter = writer.add_outline_item(
            title=each.title, page_number=start, parent=parts[each.part], is_open=False
        )
        for name, text in each.headings:
            number, left, top = places.get(f"{each.address}#{name}", (start, 0.0, 0.0))
            writer.add_outline_item(title=text, page_number=number, parent=chapter, fit=Fit.xyz(left, top))


def _number(browser: Browser, writer: PdfWriter, first: int) -> None:
    """Write each page's number at its foot, beginning after the front."""
    count = len(writer.pages) - first
    numbers = _print(browser, NUMBERS.format(numbers="".join(f"<p>{n + 1}</p>" for n in range(count))))
    for page, number in zip(list(writer.pages)[first:], numbers.pages, strict=True):
        page.merge_page(number)
