"""The book without a mouse, and by night."""

from tests.chapters.axe import look, open_all, use
from tests.chapters.conftest import DESKTOP, PAGES, PHONE


def test_axe_finds_what_is_wrong(watch, address):
    """The tests of every page can fail."""
    page = watch().open(address + PAGES[0])
    open_all(page)
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
    text.wait_for()


def has_outline(page):
    """Whether it can be seen where the focus is."""
    style = "getComputedStyle(document.activeElement)"
    return page.evaluate(f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'")


def test_on_a_phone_by_keyboard_what_is_too_wide_scrolls_and_the_contents_open(watch, address):
    page = watch(PHONE).open(address + PAGES[1])
    page.locator(".bd-article pre[tabindex='0']").first.focus()
    assert has_outline(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    link = page.locator(".bd-sidebar-primary a.reference.internal").nth(2)
    assert not link.is_visible()
    page.locator("label.primary-toggle, button.primary-toggle").first.focus()
    page.keyboard.press("Enter")
    link.wait_for()


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
