"""What a reader sees: every page of the book, in a browser that can reach no other host."""

import importlib
import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.chapters.axe import look, open_all
from tests.chapters.conftest import PAGES, PHONE, ROOT
from tests.chapters.overflow import WIDTHS, too_wide

from press import links, reference, run_times
from press.book import Book
from press.store import Executed

OTHERS = ["search.html", "genindex.html"]

UNTYPESET = re.compile(r"\\\(|\\\)|\\\[|\\\]|\\begin\{|\$\$")
"""TeX that a reader must not see as such. Text in code is left out."""

VISIBLE_TEXT = """() => {
    const page = document.querySelector('article, main') ?? document.body;
    const copy = page.cloneNode(true);
    copy.querySelectorAll('pre, code, script, style, mjx-container').forEach(node => node.remove());
    return copy.textContent;
}"""

WIDER_THAN_THE_PAGE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
        .filter(node => node.getBoundingClientRect().right > width + 1)
        .slice(0, 5)
        .map(node => node.outerHTML.slice(0, 120));
}"""

IMAGES = """() => [...document.images].map(image => ({
    source: image.getAttribute('src').slice(0, 80),
    alt: image.getAttribute('alt') ?? '',
    broken: !(image.complete && image.naturalWidth > 0),
}))"""


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_page(watch, address, name):
    """One page, loaded once: on a desktop, on a phone, with its solutions open, and as axe sees it."""
    watched = watch()
    page = watched.open(address + name)
    assert watched.foreign == []
    assert watched.complaints == []
    check_formulas(page)
    images = page.evaluate(IMAGES)
    assert [image for image in images if image["broken"]] == []
    assert [image for image in images if not is_description(image["alt"])] == []
    if name in PAGES:
        check_headings(page)
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    open_all(page)
    assert {width: wide for width in WIDTHS if (wide := too_wide(page, name, width))} == {}
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    assert watched.complaints == []
    assert look(page) == {}


def check_headings(page: Page) -> None:
    """One title, and no level left out below it."""
    levels = page.evaluate(
        "() => [...document.querySelectorAll('article :is(h1, h2, h3, h4, h5, h6)')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def is_description(alt: str) -> bool:
    """Whether a picture's text describes it: a file's name, which stands there by default, does not."""
    return bool(alt.strip()) and not re.search(r"\.(png|svg|jpe?g|gif)$|^_images", alt)


def check_formulas(page: Page) -> None:
    """Every formula is typeset, and none of them as an error."""
    errors = page.locator("mjx-merror")
    assert errors.all_inner_texts() == []
    sources = page.locator(".math").count()
    assert page.locator(".math:not(:has(mjx-container))").all_inner_texts() == []
    assert page.locator("mjx-container").count() >= sources
    assert UNTYPESET.findall(page.evaluate(VISIBLE_TEXT)) == []


@pytest.fixture(params=["a server", "a folder"])
def place(request, address, printed):
    """Where the book is read: from a server, or from a folder without one."""
    return address if request.param == "a server" else f"{printed.as_uri()}/"


def test_the_entrance_leads_to_the_front_page(watch, place):
    watched = watch(allowed=place)
    watched.page.goto(f"{place}index.html")
    watched.page.wait_for_url(f"{place}{PAGES[0]}")
    assert watched.page.title().startswith("On Training in Imagination")
    watched.settle()
    check_formulas(watched.page)
    assert watched.foreign == []
    assert watched.complaints == []


def test_search_finds_a_word_of_the_book(watch, place):
    watched = watch(allowed=place)
    page = watched.open(f"{place}{PAGES[2]}")
    check_formulas(page)
    assert watched.complaints == []
    page.keyboard.press("Control+k")
    page.keyboard.type("Lipschitz")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{place}search.html?q=Lipschitz")
    page.wait_for_selector("#search-results li a[href*='02_lemma_1.html']")  # they come one by one
    assert watched.foreign == []
    found = page.locator("#search-results li a").evaluate_all("links => links.map(link => link.href)")
    page.goto(found[0])
    assert page.locator("article h1").count() == 1


def test_links_within_the_book_lead_somewhere(printed):
    assert links.dead(printed) == []


def test_every_chapter_tells_its_times_and_what_it_builds_on(printed):
    for name in (Path(page).stem for page in PAGES if (ROOT / page).with_suffix(".ipynb").exists()):
        text = (printed / "chapters" / f"{name}.html").read_text(encoding="utf-8")
        facts = text.partition('<ul class="chapter-facts')[2].partition("</ul>")[0]
        assert re.findall(r"<strong>([^<]*)</strong>", facts) == ["Time to read", "Time to run", "Builds on"]


def test_recorded_times_to_run_are_not_grossly_wrong(printed):
    book = Book(ROOT)
    executed = [Executed(book, chapter, {}) for chapter in book.chapters()]
    assert run_times.grossly_different(run_times.read(ROOT / run_times.PLACE), executed) == []


def test_the_front_page_lists_every_chapter(printed):
    front = (printed / "chapters" / "index.html").read_text(encoding="utf-8")
    article = front[front.index("<article") : front.index("</article>")]
    listed = re.findall(r'<dt><a[^>]*href="([^"]*)\.html"', article)
    assert listed == [path.stem for path in Book(ROOT).chapters()]


FAULTY = """<html><head><script src='https://cdn.example/a.js'></script></head><body><main>
<p>\\(x</p><pre style='width: 9px; overflow: auto'>much code</pre>
<div style='width: 2000px'>wide</div><img src='none.png' alt='figure.png'>
<mjx-merror>Undefined</mjx-merror><script>console.error('oh')</script></main></body></html>"""


def test_the_browser_sees_what_is_wrong(watch, address):
    """These tests can fail: a page with every fault, as if it were beside the others."""
    watched = watch(PHONE)
    watched.page.route(
        f"{address}faulty.html", lambda route: route.fulfill(body=FAULTY, content_type="text/html")
    )
    page = watched.open(f"{address}faulty.html")
    assert watched.foreign == ["https://cdn.example/a.js"]
    assert any("oh" in complaint for complaint in watched.complaints)
    assert any("404" in complaint for complaint in watched.complaints)
    assert page.evaluate(WIDER_THAN_THE_PAGE) != []
    assert too_wide(page, "faulty.html", PHONE["width"]) == [["code", False, "much code"]]
    assert page.evaluate(IMAGES)[0]["broken"]
    assert not is_description(page.evaluate(IMAGES)[0]["alt"])
    assert UNTYPESET.findall(page.evaluate(VISIBLE_TEXT)) == ["\\("]
    with pytest.raises(AssertionError):
        check_formulas(page)


def test_every_public_name_is_in_the_reference(printed):
    pages = [path.read_text(encoding="utf-8") for path in (printed / "chapters/reference").glob("*.html")]
    shown = {name for page in pages for name in re.findall(r'<dt [^>]*\bid="(imagination\.[\w.]+)"', page)}
    places = [
        place for page in sorted((ROOT / reference.FOLDER).glob("*.md")) for place in reference.places(page)
    ]
    for name in (name for place in places for name in reference.modules(place)):
        public = reference.public(importlib.import_module(name))
        missing = {f"{name}.{each}" for each in public} - shown
        assert not missing, f"public, and not on a page of {reference.FOLDER}: {sorted(missing)}"
