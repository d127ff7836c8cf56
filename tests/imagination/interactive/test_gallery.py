"""The figures on a page: they compute what the library computes, and answer to keyboard, mouse and touch."""

import functools
import gzip
import re
from fractions import Fraction

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.imagination.watched import PHONE

from imagination import interactive
from imagination.claim import HypothesisError
from imagination.decide import allocation
from imagination.decide import label_cost as fidelity
from imagination.interactive.figure import Figure
from imagination.results.curvature import claims as straightening
from imagination.results.noise import claims as reward_noise
from imagination.results.return_gap import claims as return_gap

NAMES = interactive.__all__


def figure(name: str) -> Figure:
    return getattr(interactive, name)()


@pytest.fixture(scope="module")
def pages(make_page):
    """One page for each figure, opened once."""
    return functools.cache(lambda name: opened(make_page(), name))


def opened(watched, name):
    watched.show(figure(name)._repr_html_())
    return watched


def settings(name: str, count: int, seed: int = 1) -> list[dict[str, float]]:
    """Random settings of the sliders."""
    rng = np.random.default_rng(seed)
    sliders = figure(name).sliders
    return [
        {**figure(name).fixed, **{s.code: float(rng.choice(s.stops)) for s in sliders}} for _ in range(count)
    ]


def on_the_page(page, cases: list[dict[str, float]], program: str = "at") -> list[dict[str, float]]:
    """What the page computes at each setting."""
    script = """([cases, program]) => cases.map((values) =>
        Object.fromEntries(Object.entries(document.querySelector('.answering').figure[program](values))
            .map(([name, value]) => [name, String(value)])))"""
    found = page.evaluate(script, [cases, program])
    return [{name: float(value) for name, value in numbers.items()} for numbers in found]


def column(rows: list[dict[str, float]], name: str) -> np.ndarray:
    return np.array([row[name] for row in rows])


def or_nan(function, **values) -> float:
    """What the library says, NaN where it refuses."""
    try:
        return float(function(**values))
    except HypothesisError:
        return np.nan


# What is computed


def contracts(case: dict[str, float]) -> bool:
    """Whether gamma L < 1, exactly."""
    gamma, L_f, L_pi = (Fraction(case[name]) for name in ("gamma", "L_f", "L_pi"))
    return gamma * L_f * (1 + L_pi) < 1


def test_return_gap_is_the_librarys(pages):
    cases = settings("return_gap", 400)
    found = on_the_page(pages("return_gap").page, cases)
    at = {name: column(cases, name) for name in cases[0]}
    horizon, diameter = at.pop("horizon"), at.pop("diameter")
    finite, bounded = return_gap.bound(**at, horizon=horizon), return_gap.bound(**at, diameter=diameter)
    np.testing.assert_allclose(column(found, "finite"), finite, rtol=1e-11)
    np.testing.assert_allclose(column(found, "bounded"), bounded, rtol=1e-11)
    exists = np.array([contracts(case) for case in cases])
    assert 50 < exists.sum() < 350
    wanted = return_gap.bound(**{name: values[exists] for name, values in at.items()})
    np.testing.assert_allclose(column(found, "lemma_1")[exists], wanted, rtol=1e-13)
    assert np.isnan(column(found, "lemma_1")[~exists]).all()
    np.testing.assert_array_equal(column(found, "growth") < 1, exists)


def test_return_gap_on_the_boundary_itself(pages):
    """gamma L is 1 in decimals; on which side the floats lie, the library knows, and so does the page."""
    at = {"L_r": 1.0, "eps_dyn": 0.01, "eps_rew": 0.02, "horizon": 30.0, "diameter": 1.0}
    decimals = [
        (0.8, 1.25, 0.0),
        (0.5, 1.0, 1.0),
        (0.4, 1.25, 1.0),
        (0.9, 0.74, 0.5),
        (0.64, 1.25, 0.25),
        (0.5, 1.6, 0.25),
    ]
    cases = [{**at, "gamma": g, "L_f": f, "L_pi": p} for g, f, p in decimals]
    found = column(on_the_page(pages("return_gap").page, cases), "lemma_1")
    numbers = [{k: v for k, v in case.items() if k not in ("horizon", "diameter")} for case in cases]
    np.testing.assert_allclose(found, [or_nan(return_gap.bound, **values) for values in numbers], rtol=1e-13)


@pytest.mark.parametrize("code", ["L_f", "gamma", "L_pi"])
def test_the_boundary_is_where_lemma_1_ends(pages, code):
    cases = settings("return_gap", 60, seed=2)
    cases = [case for case in cases if min(case["gamma"], case["L_f"]) > 0]
    edges = column(on_the_page(pages("return_gap").page, cases), f"edge_{code}")
    for side, exists in ((1 - 1e-9, True), (1 + 1e-9, False)):
        moved = [{**case, code: edge * side} for case, edge in zip(cases, edges, strict=True)]
        inside = np.array([case["gamma"] < 1 and case["L_pi"] >= 0 for case in moved])
        found = column(on_the_page(pages("return_gap").page, moved), "lemma_1")
        assert inside.sum() > 10
        assert (np.isfinite(found[inside]) == exists).all()


def test_budget_is_the_librarys(pages):
    cases = settings("budget", 300)
    found = on_the_page(pages("budget").page, cases)
    problem = {name: column(cases, name) for name in cases[0] if name != "factor"}
    best = allocation.allocate(**problem)
    misled = allocation.allocate(**{**problem, "multiplier": problem["multiplier"] * column(cases, "factor")})
    np.testing.assert_allclose(column(found, "N_dyn"), best.N_dyn, rtol=1e-11)
    np.testing.assert_allclose(column(found, "N_rew"), best.N_rew, rtol=1e-11)
    np.testing.assert_allclose(column(found, "least"), best.error, rtol=1e-11)
    paid = problem["multiplier"] * misled.eps_dyn + misled.eps_rew
    np.testing.assert_allclose(column(found, "misled"), paid, rtol=1e-11)
    np.testing.assert_allclose(column(found, "price"), 100 * (paid / best.error - 1), rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(column(found, "ratio"), best.N_dyn / best.N_rew, rtol=1e-10)
    share = problem["c_dyn"] * best.N_dyn / problem["budget"]
    np.testing.assert_allclose(column(found, "share"), 100 * share, rtol=1e-11)


def test_no_split_is_better_than_the_marked_one(pages):
    cases = settings("budget", 60)
    least = column(on_the_page(pages("budget").page, cases), "least")
    splits = np.geomspace(1e-4, 1e4, 41).tolist()
    points = [{**case, "money": money} for case in cases for money in splits]
    curve = on_the_page(pages("budget").page, points, "along")
    assert (column(curve, "total").reshape(60, 41) >= least[:, None] * (1 - 1e-12)).all()


def test_fidelity_is_the_librarys(pages):
    cases = settings("fidelity", 300)
    found = on_the_page(pages("fidelity").page, cases)
    at = {name: column(cases, name) for name in cases[0]}
    setting = {name: at[name] for name in ("noise_free_variance", "noise_factor", "fixed_cost")}
    laws = {
        "power": (fidelity.PowerLaw(at["amplitude"], at["exponent"]), 100.0),
        "floor": (fidelity.Floor(at["floor"], at["amplitude"]), 100.0),
        "bounded": (fidelity.Bounded(at["largest"], at["noise_free_cost"]), at["noise_free_cost"]),
    }
    numbers = {"cheapest": 0, "interior": 1, "dearest": 2}
    for name, (law, highest) in laws.items():
        best = fidelity.optimal_cost(law, **setting, cost_range=(0.1, highest))
        np.testing.assert_allclose(column(found, f"cost_{name}"), best.cost, rtol=1e-9)
        np.testing.assert_allclose(column(found, f"least_{name}"), best.objective, rtol=1e-11)
        which = column(found, f"which_{name}")
        wanted = np.array([numbers[regime] for regime in best.regime])
        np.testing.assert_array_equal(which, np.minimum(wanted, 1) if name == "bounded" else wanted)
        assert len(set(which)) == (2 if name == "bounded" else 3)


@pytest.mark.parametrize("form", ["paper", "sharp", "discounted"])
def test_noise_is_the_librarys(pages, form):
    cases = settings("noise", 200)
    found = column(on_the_page(pages("noise").page, cases), form)
    at = {name: column(cases, name) for name in cases[0]}
    np.testing.assert_allclose(found, reward_noise.added_variance_bound(**at, form=form), rtol=1e-12)


def test_curvature_is_the_librarys(pages):
    cases = [{"eps": eps} for eps in figure("curvature").sliders[0].stops]
    found = on_the_page(pages("curvature").page, cases)
    for name, sharp in (("sharp", True), ("paper", False)):
        wanted = [or_nan(straightening.curvature_bound, eps=case["eps"], sharp=sharp) for case in cases]
        np.testing.assert_allclose(column(found, name), wanted, rtol=1e-13)
    assert np.isnan(column(found, "paper")[-1])


@pytest.mark.parametrize("name", NAMES)
def test_the_page_and_the_paper_run_the_same_programs(pages, name):
    cases = settings(name, 20, seed=4)
    extra = set(figure(name).curve_program.inputs) - set(cases[0])
    cases = [{**case, **dict.fromkeys(extra, 1.7)} for case in cases]
    for program, which in (("at", figure(name).at), ("along", figure(name).curve_program)):
        found = on_the_page(pages(name).page, cases, program)
        wanted = [which.run(case) for case in cases]
        for output in which.outputs:
            np.testing.assert_allclose(
                column(found, output), column(wanted, output), rtol=1e-9, atol=1e-8, err_msg=output
            )


# How it answers


def printed(page) -> dict[str, float]:
    """The numbers in the rows, with all their digits."""
    script = """() => Object.fromEntries([...document.querySelectorAll('[data-row]')]
        .map((row) => [row.dataset.row, row.querySelector('data').value]))"""
    return {name: float(value) for name, value in page.evaluate(script).items()}


def curves(page) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('[data-curve]')].map((path) => path.getAttribute('d'))"
    )


def setting_of(page) -> dict[str, float]:
    return page.evaluate("document.querySelector('.answering').figure.values()")


def settle(page) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def picture_of(page) -> list:
    """All that changes when a slider moves something."""
    marks = page.evaluate(
        "[...document.querySelectorAll('[data-marker]')].map((m) => m.getAttribute('transform'))"
    )
    return [
        curves(page),
        marks,
        page.locator(".answering-chart .line").evaluate_all("l => l.map(e => e.getAttribute('d'))"),
    ]


def agrees(page, name: str) -> None:
    """The rows show what Python computes at the page's setting."""
    wanted = figure(name).at.run(setting_of(page))
    for key, value in printed(page).items():
        np.testing.assert_allclose(value, wanted[key], rtol=1e-9, atol=1e-8, err_msg=key)


@pytest.mark.parametrize("name", NAMES)
def test_each_slider_answers_to_the_keyboard_and_to_the_mouse(pages, name):
    page = pages(name).page
    for slider in figure(name).sliders:
        page.get_by_role("button", name="Reset").click()
        before, at_first = picture_of(page), setting_of(page)
        control = page.locator(f'input[name="{slider.code}"]')
        control.focus()
        page.keyboard.press("ArrowRight")
        settle(page)
        place = slider.stops.index(slider.start) + 1
        assert setting_of(page) == {**at_first, slider.code: slider.stops[place]}
        agrees(page, name)
        by_key = picture_of(page)
        assert by_key != before, slider.code
        for key, stop in (("End", slider.stops[-1]), ("Home", slider.stops[0])):
            page.keyboard.press(key)
            settle(page)
            assert setting_of(page)[slider.code] == stop
            agrees(page, name)
        box = control.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
        settle(page)
        moved = setting_of(page)[slider.code]
        assert slider.stops[0] < moved < slider.stops[-1]
        agrees(page, name)
        shown = page.locator(f'[data-number="{slider.code}"]').inner_text()
        assert control.get_attribute("aria-valuetext") == shown
        assert number(shown) == pytest.approx(moved, rel=1e-12)
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert setting_of(page) == figure(name).start
    assert pages(name).complaints == []
    assert pages(name).requests == []


def number(shown: str) -> float:
    """A printed number, read as a reader reads it."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    if power := re.fullmatch(r"(?:([\d.]+)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", shown):
        return float(f"{power[1] or 1}e{power[2].translate(raised)}")
    return float(shown.replace(",", ""))


def test_numbers_are_printed_so_that_they_can_be_read(pages):
    page = pages("return_gap").page
    page.locator('input[name="eps_dyn"]').focus()
    page.keyboard.press("Home")
    settle(page)
    assert page.locator('[data-number="eps_dyn"]').inner_text() == "0.0001"
    page.get_by_role("button", name="Reset").click()
    assert page.locator('[data-row="lemma_1"] data').inner_text() == "0.6154"
    in_numbers = page.locator('[data-row="lemma_1"] math').text_content()
    assert in_numbers == "=0.021−0.9+0.9·1·(1+0.5)·0.01(1−0.9)·(1−0.9·0.5·(1+0.5))"


def test_beyond_the_boundary_lemma_1_falls_silent(pages):
    page = pages("return_gap").page
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert page.locator("[data-note]").inner_text().startswith("γ L = 0.675 is below 1")
    assert page.locator("[data-marker=lemma_1]").count() == 1
    slider = page.locator('input[name="L_f"]')
    slider.focus()
    while setting_of(page)["L_f"] < 0.75:
        page.keyboard.press("ArrowRight")
    settle(page)
    assert "has crossed the boundary" in page.locator("[data-note]").inner_text()
    assert page.locator('[data-row="lemma_1"] data').inner_text() == "says nothing"
    assert page.locator("[data-marker=lemma_1]").count() == 0
    assert page.locator("[data-marker=finite]").count() == 1
    assert page.locator(".answering-chart .beyond").count() == 1
    said = page.locator(".answering-chart svg").first.get_attribute("aria-label")
    assert "Lemma 1: says nothing" in said


@pytest.mark.parametrize("name", [name for name in NAMES if len(figure(name).axes) > 1])
def test_another_axis_can_be_chosen(pages, name):
    page = pages(name).page
    page.get_by_role("button", name="Reset").click()
    seen = set()
    for k, _axis in enumerate(figure(name).axes):
        page.locator("select").select_option(index=k)
        settle(page)
        drawn = curves(page)
        assert len(drawn) == len(figure(name).curves)
        assert all(path.startswith("M") for path in drawn)
        assert "NaN" not in "".join(drawn)
        seen.add(tuple(drawn))
    assert len(seen) == len(figure(name).axes)
    page.get_by_role("button", name="Reset").click()


def test_two_figures_on_a_page_answer_apart(make_page):
    watched = make_page()
    page = watched.show(figure("curvature")._repr_html_() * 2)
    first, second = page.locator("input[name=eps]").all()
    first.focus()
    page.keyboard.press("End")
    settle(page)
    assert page.locator("[data-number=eps]").all_inner_texts() == ["1", "0.6"]
    assert second.input_value() != first.input_value()


def test_a_finger_moves_a_slider(make_page):
    watched = make_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page = watched.show(figure("noise")._repr_html_())
    box = page.locator('input[name="sigma"]').bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.85, box["y"] + box["height"] / 2)
    settle(page)
    assert setting_of(page)["sigma"] > 2
    agrees(page, "noise")


# How it looks and weighs


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_it_fits_a_phone_and_can_be_touched(make_page, name, theme):
    watched = make_page(viewport=PHONE)
    page = watched.show(figure(name)._repr_html_(), theme=theme)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for control in page.locator(".answering-live :is(input, button, select)").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    inside = page.evaluate("""() => [...document.querySelectorAll('.answering-chart text')].filter((text) => {
        const box = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
        return box.left < all.left - 1 || box.right > all.right + 1
            || box.top < all.top - 1 || box.bottom > all.bottom + 1;
    }).map((text) => text.textContent)""")
    assert inside == []
    watched.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_fault(pages, name):
    found = Axe().run(pages(name).page, options={"rules": {"region": {"enabled": False}}})
    assert found.response["violations"] == []


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_there_is_the_picture(pages, name):
    page = pages(name).page
    picture, live = page.locator(".answering-still"), page.locator(".answering-live")
    assert (picture.is_visible(), live.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (picture.is_visible(), live.is_visible()) == (True, False)
    assert page.locator(".answering-still img").evaluate("image => image.naturalWidth") > 100
    page.emulate_media(media="screen")


def test_without_scripts_there_is_the_picture(make_page):
    watched = make_page(java_script_enabled=False)
    page = watched.show(figure("noise")._repr_html_())
    assert page.locator(".answering-still").is_visible()
    assert page.locator(".answering-live").count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_it_is_light_and_keeps_to_itself(name):
    html = figure(name)._repr_html_()
    assert len(gzip.compress(html.encode())) < 60_000
    without = re.sub(r'src="data:[^"]*"', "", html).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//cdn|@import|\burl\(|\bfetch\(|XMLHttpRequest|import\(", without)
    assert " id=" not in without
    assert "$" not in re.sub(r"<script>.*?</script>", "", without, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_twice(name):
    assert getattr(interactive, name).__wrapped__()._repr_html_() == figure(name)._repr_html_()
