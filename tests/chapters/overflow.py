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
    const scrolls = node => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
    const found = [];
    const look = (kind, node, right, words) => {
        for (let box = node; box && box !== document.documentElement; box = box.parentElement) {
            const { left, right: edge } = box.getBoundingClientRect();
            if (!clips(box) || right <= left + box.clientLeft + box.clientWidth + 2) continue;
            const written = getComputedStyle(box, '::before').content.includes('scrolls');
            const says = written || getComputedStyle(box).boxShadow.includes('inset');
            found.push([kind, says && scrolls(box), words.trim().replace(/\\s+/g, ' ').slice(0, 60)]);
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
"""Eighty letters would be too small to read; columns cannot be broken, nor can every computed result."""

SCROLL = {
    # All results, and all that was measured, in columns of words; the map of them would be too small.
    ("chapters/15_what_we_know_and_what_we_dont.html", "table"),
    ("chapters/15_what_we_know_and_what_we_dont.html", "figure"),
    ("chapters/index.html", "figure"),
    # One fraction each, that nobody can break.
    ("chapters/03_what_the_constants_do.html", "result"),
    ("chapters/09_noise_is_only_variance.html", "result"),
    # Eleven columns of measurements, and names of columns as the library has them.
    ("chapters/10_cheap_and_many_or_dear_and_few.html", "table"),
    ("chapters/14_training_in_imagination_whole.html", "table"),
    # Examples in docstrings are as wide as the library's lines.
    *((f"chapters/reference/{page}.html", "code") for page in ("claims", "decide", "studies")),
}
"""What else may scroll at any width."""


def too_wide(page, name: str, width: int) -> list[list]:
    """What does not fit, or does not say that it scrolls, on an open page; it is left at that width."""
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    page.evaluate("() => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)))")
    may = ON_A_PHONE if width == PHONE["width"] else FOLDED
    found = page.evaluate(TOO_WIDE)
    return [each for each in found if not each[1] or not (each[0] in may or (name, each[0]) in SCROLL)]
