"""A page as axe sees it, by day and by night, on a desktop and on a phone."""

from axe_playwright_python.sync_playwright import Axe
from tests.chapters.conftest import DESKTOP, PHONE

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on the scheme of colours, and hardly on the width; they take the most time."""

OPEN_ALL = """() => {
    document.querySelectorAll('button.toggle-button').forEach(button => button.click());
    document.querySelectorAll('details').forEach(details => { details.open = true; });
}"""

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


def open_all(page):
    """Open what can be opened, at once."""
    page.add_style_tag(content=STILL)
    page.evaluate(OPEN_ALL)


def look(page, colours_on=(DESKTOP,)):
    """What axe finds on an open page: all by day, then what the phone's width or the night can change.

    The page is not the same afterwards.
    """
    use(page, "light", DESKTOP)
    page.evaluate(ONE_OF_EACH)
    page.evaluate(Axe().axe_script)
    found = {"by day": violations(page)}
    use(page, "light", PHONE)
    found["on a phone"] = violations(page, rules={rule: {"enabled": False} for rule in COLOURS})
    page.evaluate(FEWER_ROWS)
    for viewport in colours_on:
        use(page, "dark", viewport)
        found[f"by night, {viewport['width']} wide"] = violations(page, runOnly=COLOURS)
    return {where: what for where, what in found.items() if what}
