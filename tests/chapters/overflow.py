"""What of a page does not fit its width, and whether the page says so."""

from tests.chapters.conftest import PHONE

WIDTHS = (1280, 1024, PHONE["width"])
"""A laptop, a small one, a phone."""

TOO_WIDE = """() => {
    const styles = new Map();
    const clips = node => {
        if (!styles.has(node)) styles.set(node, getComputedStyle(node).overflowX !== 'visible');
        return styles.get(node);
    };
    const found = [];
    const look = (kind, node, right, words) => {
        for (let box = node; box && box !== document.documentElement; box = box.parentElement) {
            const { left, right: edge } = box.getBoundingClientRect();
            if (!clips(box) || right <= left + box.clientLeft + box.clientWidth + 2) continue;
            const says = box.classList.contains('scrolls') && box.matches('.more-before, .more-after');
            found.push([kind, says, words.trim().replace(/\\s+/g, ' ').slice(0, 60)]);
            right = edge;
        }
        if (right > document.documentElement.clientWidth + 2) found.push([kind, false, words]);
    };
    const article = document.querySelector('.bd-article') ?? document.body;
    const seen = node => node.checkVisibility();
    const all = selector => [...article.querySelectorAll(selector)].filter(seen);
    const content = node => node.getBoundingClientRect().left + node.scrollWidth;
    all('pre').forEach(node => look('code', node, content(node), node.textContent));
    all('table').forEach(node => look('table', node, content(node), node.textContent));
    for (const node of all('img, svg, canvas')) {
        const words = node.getAttribute('alt') ?? '';
        look('figure', node.parentElement, node.getBoundingClientRect().right, words);
    }
    for (const node of all('mjx-container:not(table mjx-container)')) {
        const formula = node.querySelector('mjx-math');
        const folded = node.closest('details')?.querySelector('summary').textContent;
        const result = folded === 'a long formula' ? 'long formula' : 'result';
        const displayed = node.closest('.claim, .cell_output, dl.py') ? result : 'formula';
        const kind = node.getAttribute('display') ? displayed : 'formula in a line';
        const words = node.querySelector('mjx-assistive-mml')?.textContent ?? '';
        if (formula) look(kind, node, formula.getBoundingClientRect().right, words);
    }
    return found;
}"""
"""What is wider than a box that it stands in: its kind, whether the box says that it scrolls, its words."""

FOLDED = {"long formula"}
"""What SymPy found, folded away: a term may be wider than any page, and nobody wrote it."""

ON_A_PHONE = FOLDED | {"code", "table", "result", "formula in a line"}
"""Eighty letters would be too small to read, columns of numbers cannot be broken, nor can what is made by machine."""

SCROLL = {
    ("chapters/15_what_we_know_and_what_we_dont.html", "table"),  # all results: columns of words, in a frame
}
"""What else may scroll on any page, and why."""


def too_wide(page, name: str, width: int) -> list[list]:
    """What does not fit, or does not say that it scrolls, on a page that is open; it is left at that width."""
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    page.evaluate("() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")
    may = ON_A_PHONE if width == PHONE["width"] else FOLDED
    found = page.evaluate(TOO_WIDE)
    return [each for each in found if not each[1] or not (each[0] in may or (name, each[0]) in SCROLL)]
