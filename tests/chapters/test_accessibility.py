"""Every page as axe sees it, by day and by night, on a desktop and on a phone; the book without a mouse."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.chapters.conftest import DESKTOP
from tests.chapters.test_pages import OPEN_ALL, OTHERS, PAGES, PHONE

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on the scheme of colours, and hardly on the width; they take the most time."""

ONE_OF_EACH = """() => {
    for (const formula of document.querySelectorAll('mjx-container')) {
        const box = formula.getBoundingClientRect(), stand_in = document.createElement('span');
        stand_in.textContent = 'formula';
        stand_in.style.cssText = `display: inline-block; overflow: hidden; width: ${box.width}px`;
        formula.replaceChildren(stand_in);
    }
    const seen = new Set();
    for (const token of document.querySelectorAll('.highlight pre span')) {
        if (seen.has(token.className)) token.replaceWith(...token.childNodes);
        seen.add(token.className);
    }
}"""
"""Formulas are hundreds of elements each, and code has thousands of a few kinds: axe is shown one of each."""

FEWER_ROWS = "() => document.querySelectorAll('tbody tr:nth-child(n + 5)').forEach(row => row.remove())"
"""The rows of a table have the colours of its first four."""

STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"
"""What unfolds fades in: measured in the middle of it, its colours are nobody's."""

RUN = "options => axe.run(document, { resultTypes: ['violations'], ...options })"


def violations(page, **options):
    """What axe finds that is serious or worse: rule, element and reason."""
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in page.evaluate(RUN, options)["violations"]
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]


def use(page, scheme, viewport):
    """Switch to a scheme of colours and a size, and wait until the page has settled."""
    page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
    page.set_viewport_size(viewport)
    page.evaluate("() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")


def look(page, colours_on=(DESKTOP,)):
    """What axe finds on a page: everything by day, then what the phone's width or the night can change."""
    page.add_style_tag(content=STILL)
    page.evaluate(OPEN_ALL)
    page.evaluate(ONE_OF_EACH)
    page.evaluate(Axe().axe_script)
    use(page, "light", DESKTOP)
    found = {"by day": violations(page)}
    use(page, "light", PHONE)
    found["on a phone"] = violations(page, rules={rule: {"enabled": False} for rule in COLOURS})
    page.evaluate(FEWER_ROWS)
    for viewport in colours_on:
        use(page, "dark", viewport)
        found[f"by night, {viewport['width']} wide"] = violations(page, runOnly=COLOURS)
    return {where: what for where, what in found.items() if what}


@pytest.mark.parametrize("name", [*PAGES, *OTHERS])
def test_axe_finds_nothing_serious(watch, address, name):
    page = watch().open(address + name)
    if name in PAGES:
        check_headings(page)
    assert look(page, (DESKTOP, PHONE) if name in (PAGES[0], PAGES[2]) else (DESKTOP,)) == {}


def check_headings(page):
    """One title, and no level left out below it."""
    levels = page.evaluate(
        "() => [...document.querySelectorAll('article :is(h1, h2, h3, h4, h5, h6)')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_axe_finds_what_is_wrong(watch, address):
    """These tests can fail."""
    page = watch().open(address + PAGES[0])
    page.evaluate(
        """() => document.querySelector('article').insertAdjacentHTML('beforeend',
        '<p style="color: #999; background: #aaa">faint</p><img src="x.png"><button></button>')"""
    )
    rules = {rule for found in look(page).values() for rule, _, _ in found}
    assert rules == {"button-name", "color-contrast", "image-alt"}


def test_the_first_tab_skips_to_the_text(watch, address):
    page = watch().open(address + PAGES[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    assert page.locator(":focus").is_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main-content")


def test_a_solution_opens_by_keyboard(watch, address):
    page = watch().open(address + PAGES[2])
    solution = page.locator(".solution.dropdown, .dropdown.admonition").first
    button = solution.locator("button.toggle-button")
    text = solution.locator("p:not(.admonition-title)").first
    assert not text.is_visible()
    button.focus()
    assert has_outline(page)
    page.keyboard.press("Enter")
    assert text.is_visible()


def has_outline(page):
    """Whether it can be seen where the focus is."""
    style = "getComputedStyle(document.activeElement)"
    return page.evaluate(f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'")


def test_the_table_of_contents_opens_by_keyboard_on_a_phone(watch, address):
    page = watch(PHONE).open(address + PAGES[1])
    link = page.locator(".bd-sidebar-primary a.reference.internal").nth(2)
    assert not link.is_visible()
    page.locator("label.primary-toggle, button.primary-toggle").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    assert link.is_visible()


def test_what_is_too_wide_scrolls_by_keyboard(watch, address):
    page = watch(PHONE).open(address + PAGES[1])
    page.locator(".bd-article pre[tabindex='0']").first.focus()
    assert has_outline(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_figures_and_formulas_are_legible_by_night(watch, address):
    """Figures keep their sheet of paper, formulas take the colour of the text around them."""
    page = watch().open(address + PAGES[4])
    use(page, "dark", DESKTOP)
    figure = page.locator("figure img, .cell_output img").first
    assert luminance(page, figure, "backgroundColor") > 0.9
    formula = page.locator("article p mjx-container").first
    assert luminance(page, formula, "color") > 0.5
    assert luminance(page, page.locator("body"), "backgroundColor") < 0.05


def luminance(page, element, what):
    """The relative luminance of a colour, from 0 (black) to 1."""
    colour = element.evaluate(f"node => getComputedStyle(node).{what}")
    channels = [float(number) / 255 for number in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [
        ((channel + 0.055) / 1.055) ** 2.4 if channel > 0.04045 else channel / 12.92 for channel in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
