"""A page as axe sees it, by day and by night, on a desktop and on a phone."""

from axe_playwright_python.sync_playwright import Axe
from tests.chapters.conftest import DESKTOP, PHONE

COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on the scheme of colours, and hardly on the width; they take the most time by far."""

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

KINDS_OF_TEXT = """() => {
    const grounds = new Map();
    const ground = node => {
        if (!node) return '';
        if (!grounds.has(node)) {
            const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(node);
            const own = [backgroundColor, backgroundImage, opacity, filter, position].join();
            const plain = 'rgba(0, 0, 0, 0),none,1,none,static';
            grounds.set(node, ground(node.parentElement) + (own === plain ? '' : `|${own}`));
        }
        return grounds.get(node);
    };
    const letters = node => {
        const { color, fontSize, fontWeight, textDecorationLine, textShadow } = getComputedStyle(node);
        return [color, fontSize, fontWeight, textDecorationLine, textShadow].join();
    };
    const kinds = new Map();
    for (const node of document.body.querySelectorAll('*')) {
        const text = [...node.childNodes].some(each => each.nodeType === 3 && each.data.trim());
        if (!(text || node.matches('button, input, select, textarea')) || !node.checkVisibility()) continue;
        const kind = [node.tagName === 'A', letters(node), letters(node.parentElement), ground(node)].join();
        kinds.set(kind, [...(kinds.get(kind) ?? []), node]);
    }
    const three = all => [...new Set([all[0], all[all.length >> 1], all.at(-1)])];
    return [...kinds.values()].flatMap(three);
}"""
"""Three of each kind of text: same letters on the same ground, within the same, have the same contrast."""

STILL = "*, *::before, *::after { animation: none !important; transition: none !important; }"
"""What unfolds fades in: measured in the middle of it, its colours are nobody's."""

RUN = "options => axe.run(document, { resultTypes: ['violations'], ...options })"
RUN_ON_KINDS = f"options => axe.run(({KINDS_OF_TEXT})(), {{ resultTypes: ['violations'], ...options }})"


def serious(result):
    """What axe found that is serious or worse: rule, element and reason."""
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in result["violations"]
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


def look(page):
    """What axe finds on an open page at both widths: colours by day and by night, all else by day.

    The page is not the same afterwards.
    """
    page.evaluate(ONE_OF_EACH)
    page.evaluate(Axe().axe_script)
    found = {}
    for viewport in (DESKTOP, PHONE):
        use(page, "light", viewport)
        others = {rule: {"enabled": False} for rule in COLOURS}
        found["all but colours", viewport["width"]] = page.evaluate(RUN, {"rules": others})
        for scheme in ("light", "dark"):
            use(page, scheme, viewport)
            found[scheme, viewport["width"]] = page.evaluate(RUN_ON_KINDS, {"runOnly": COLOURS})
    return {where: what for where, result in found.items() if (what := serious(result))}
