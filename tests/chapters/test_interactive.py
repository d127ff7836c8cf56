"""Figures that answer back, in the printed book: where they are, what they weigh, and that they answer."""

import gzip
import re

import pytest
from tests.chapters.test_pages import check_formulas

from imagination.interactive import gallery

PLACES = {
    "return-gap": "03_what_the_constants_do",
    "budget": "07_splitting_the_budget",
    "noise": "09_noise_is_only_variance",
    "fidelity": "10_cheap_and_many_or_dear_and_few",
    "curvature": "12_straight_trajectories",
}
FIGURES = {figure().name: figure for figure in (
    gallery.return_gap, gallery.budget, gallery.noise, gallery.fidelity, gallery.curvature,
)}  # fmt: skip

FIGURE = re.compile(r'<div class="answering" data-figure="([\w-]+)">.*?</script>', re.DOTALL)


def test_each_figure_is_where_its_result_is_derived_and_nowhere_else(printed):
    found = {
        name: page.stem
        for page in sorted(printed.rglob("*.html"))
        for name in FIGURE.findall(page.read_text(encoding="utf-8"))
    }
    assert found == PLACES


def test_pages_without_them_carry_nothing_of_them(printed):
    for page in printed.rglob("*.html"):
        if page.stem not in PLACES.values():
            assert 'class="answering' not in page.read_text(encoding="utf-8")
    for shared in (*printed.rglob("*.css"), *printed.rglob("*.js")):
        if "thirdparty" not in shared.parts and shared.name != "searchindex.js":
            assert "answering-live" not in shared.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", PLACES.values())
def test_they_add_little_to_a_page(printed, place):
    page = (printed / "chapters" / f"{place}.html").read_text(encoding="utf-8")
    without = FIGURE.sub("", page)
    assert len(without) < len(page)
    added = len(gzip.compress(page.encode())) - len(gzip.compress(without.encode()))
    assert 0 < added < 500_000


@pytest.mark.parametrize("name", PLACES)
def test_they_answer_from_a_folder_without_a_network(watch, printed, name):
    watched = watch(allowed="file://")
    page = watched.open((printed / "chapters" / f"{PLACES[name]}.html").as_uri())
    check_formulas(page)
    figure = page.locator(f".answering[data-figure={name}]")
    slider = figure.locator("input[type=range]").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    setting = figure.evaluate("host => host.figure.values()")
    code = slider.get_attribute("name")
    assert setting[code] < FIGURES[name]().start[code]
    wanted = FIGURES[name]().at.run(setting)
    for row in figure.locator("[data-row]").all():
        shown = float(row.locator("data").get_attribute("value"))
        assert shown == pytest.approx(wanted[row.get_attribute("data-row")], rel=1e-9, nan_ok=True)
    assert watched.foreign == []
    assert watched.complaints == []
