"""What a reader sees: every page of the book, in a browser that can reach no other host."""

import importlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from press import links, reference, run_times
from press.book import Book
from press.store import Executed

ROOT = Path(__file__).parents[2]

PHONE = {"width": 390, "height": 844}

PAGES = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in Book(ROOT).documents()]
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

OPEN_ALL = """() => {
    document.querySelectorAll('button.toggle-button').forEach(button => button.click());
    document.querySelectorAll('details').forEach(details => { details.open = true; });
}"""

IMAGES = """() => [...document.images].map(image => ({
    source: image.getAttribute('src').slice(0, 80),
    alt: image.getAttribute('alt') ?? '',
    broken: !(image.complete && image.naturalWidth > 0),
}))"""


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_page(watch, address, name):
    """One page on a desktop, then on a phone, then with its solutions open."""
    watched = watch()
    page = watched.open(address + name)
    assert watched.foreign == []
    assert watched.complaints == []
    check_formulas(page)
    images = page.evaluate(IMAGES)
    assert [image for image in images if image["broken"]] == []
    assert [image for image in images if not is_description(image["alt"])] == []
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    page.evaluate(OPEN_ALL)
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    assert watched.complaints == []


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


@pytest.mark.parametrize("name", [PAGES[0], PAGES[2], PAGES[-2]])
def test_page_from_a_folder_without_a_server(watch, printed, name):
    url = (printed / name).as_uri()
    watched = watch(allowed="file://")
    page = watched.open(url)
    assert watched.foreign == []
    assert watched.complaints == []
    check_formulas(page)


def test_the_entrance_leads_to_the_front_page(watch, address):
    watched = watch()
    watched.page.goto(f"{address}index.html")
    watched.page.wait_for_url(f"{address}{PAGES[0]}")
    assert watched.page.title().startswith("On Training in Imagination")
    assert watched.foreign == []
    assert watched.complaints == []


@pytest.mark.parametrize("place", ["a server", "a folder"])
def test_search_finds_a_word_of_the_book(watch, address, printed, place):
    root, allowed = (address, address) if place == "a server" else (f"{printed.as_uri()}/", "file://")
    watched = watch(allowed=allowed)
    page = watched.open(f"{root}{PAGES[2]}")
    page.keyboard.press("Control+k")
    page.keyboard.type("Lipschitz")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{root}search.html?q=Lipschitz")
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


def test_the_browser_sees_what_is_wrong(watch, address, printed):
    """These tests can fail: a page with every fault, put beside the others for a moment."""
    faulty = printed / "faulty.html"
    faulty.write_text(
        "<html><head><script src='https://cdn.example/a.js'></script></head><body><main>"
        "<p>\\(x</p><div style='width: 2000px'>wide</div><img src='none.png' alt='figure.png'>"
        "<mjx-merror>Undefined</mjx-merror><script>console.error('oh')</script></main></body></html>"
    )
    try:
        watched = watch(PHONE)
        page = watched.open(f"{address}faulty.html")
        assert watched.foreign == ["https://cdn.example/a.js"]
        assert any("oh" in complaint for complaint in watched.complaints)
        assert any("404" in complaint for complaint in watched.complaints)
        assert page.evaluate(WIDER_THAN_THE_PAGE) != []
        assert page.evaluate(IMAGES)[0]["broken"]
        assert not is_description(page.evaluate(IMAGES)[0]["alt"])
        assert UNTYPESET.findall(page.evaluate(VISIBLE_TEXT)) == ["\\("]
        with pytest.raises(AssertionError):
            check_formulas(page)
    finally:
        faulty.unlink()


def test_every_public_name_is_in_the_reference(printed):
    pages = [path.read_text(encoding="utf-8") for path in (printed / "chapters/reference").glob("*.html")]
    shown = {name for page in pages for name in re.findall(r'<dt [^>]*\bid="(imagination\.[\w.]+)"', page)}
    for place in ("decide", "worlds", "models", "reinforce", "trials", "results/*/claims", "rollouts"):
        for name in reference.modules(place):
            module = importlib.import_module(name)
            public = [each for each in getattr(module, "__all__", ()) if callable(getattr(module, each))]
            missing = {f"{name}.{each}" for each in public} - shown
            assert not missing, f"without a docstring, or not printed: {sorted(missing)}"
