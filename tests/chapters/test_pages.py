"""What a reader sees: every page of the book, in a browser that can reach no other host."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from press.book import Book

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


def test_search_finds_a_word_of_the_book(watch, address):
    watched = watch()
    page = watched.open(f"{address}search.html?q=imagination")
    page.wait_for_selector("#search-results li")
    assert watched.foreign == []
    assert page.locator("#search-results li").count() >= 1


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
