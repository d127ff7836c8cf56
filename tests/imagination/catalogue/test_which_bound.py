"""The page that finds a bound: the library's numbers, reasons for silence, keyboard, phone, no network."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.imagination.watched import PHONE

from imagination.catalogue import which_bound
from imagination.results.registry import RESULTS
from imagination.results.return_gap import claims as maps

INPUTS = {each.code: each for group in which_bound.INPUTS.values() for each in group}


@pytest.fixture(scope="module")
def watched(make_page):
    made = make_page()
    made.show(which_bound.fragment())
    return made


def typed(page, values=None, **more):
    """Clear the form, put values into it, and return the answer."""
    script = """values => {
        const host = document.querySelector('.which-bound'), form = host.querySelector('form');
        form.querySelector('button').click();
        for (const [code, x] of Object.entries(values)) form.elements[code].value = x;
        form.elements.gamma.dispatchEvent(new Event('input', {bubbles: true}));
        return host.answer;
    }"""
    return page.evaluate(script, {code: str(x) for code, x in {**(values or {}), **more}.items()})


def values(answer):
    return {each["bound"]["name"]: each["value"] for each in answer["speaking"]}


def why(answer, name):
    return next(each["why"] for each in answer["silent"] if each["bound"]["name"] == name)


def test_the_page_is_of_this_book():
    stale = "run python -m imagination.catalogue.which_bound"
    assert which_bound.FILE.read_text(encoding="utf-8") == which_bound.fragment(), stale


def test_no_bound_of_a_return_gap_is_left_out():
    asked = [bound.claim for bound in which_bound.BOUNDS]
    about = {claim.quantity for claim in asked}
    stated = [claim for result in RESULTS.values() for claim in result.claims if claim.relation == "<="]
    left_out = [claim.name for claim in stated if claim.quantity in about and claim not in asked]
    # The first's errors are functions, its form for numbers is there. The next two are never smaller than the
    # simulation lemma with a span of 2 V_max or R / (1 - gamma). One has an error for each time, one a
    # constant for each lag. The last supposes what no number says.
    assert left_out == [
        "Imagine, then estimate",
        "Classical simulation lemma",
        "Simulation lemma, not centred",
        "Errors expected at each time",
        "The gap of histories",
        "Lemma 1, the reward ignores the action",
    ]


def draws(rng, count):
    """Values for all inputs, with constants on both sides of each hypothesis."""
    found = {code: rng.uniform(0, 2, count).round(6) for code in INPUTS}
    found["gamma"] = rng.uniform(0, 0.99, count).round(6)
    found["horizon"] = rng.integers(0, 60, count).astype(float)
    found["eps_tv"], found["eps_mean"] = rng.uniform(0, 1, (2, count)).round(6)
    return found


def test_the_browser_computes_what_the_claims_do(watched):
    found = draws(np.random.default_rng(19), 40)
    settings = [{code: float(each[k]) for code, each in found.items()} for k in range(40)]
    script = """settings => { const host = document.querySelector('.which-bound');
        const {elements} = host.querySelector('form');
        return settings.flatMap((known) => ['endless', 'steps', 'critic'].flatMap((about) =>
            ['maps', 'kernels'].map((world) => {
                for (const [code, x] of Object.entries({...known, about, world})) elements[code].value = x;
                elements.gamma.dispatchEvent(new Event('input', {bubbles: true}));
                const {speaking, silent} = host.answer;
                return Object.fromEntries([...speaking.map((b) => [b.bound.name, b.value]),
                    ...silent.filter((b) => !b.apart).map((b) => [b.bound.name, null])]);
            }))); }"""
    told = watched.page.evaluate(script, settings)
    for bound in which_bound.BOUNDS:
        k = ["endless", "steps", "critic"].index(bound.about) * 2 + (bound.worlds == "kernels")
        arguments = dict(zip(bound.claim.arguments, (found[code] for code in bound.inputs), strict=True))
        wanted = bound.claim.evaluate(np.nan, **arguments)
        browser = [each[bound.claim.name] for each in told[k::6]]
        assert np.allclose(np.array(browser, float), wanted, rtol=1e-12, equal_nan=True), bound.claim.name
        assert np.isfinite(wanted).any(), bound.claim.name
    assert watched.complaints == [] and watched.requests == []


def test_the_smallest_comes_first_and_says_what_it_uses(watched):
    answer = typed(watched.page, gamma=0.95, L_f=1.2, L_r=1, L_pi=0, eps_dyn=0.01, eps_rew=0.01, diameter=1)
    assert list(values(answer)) == ["Bounded states"]
    assert why(answer, "Lemma 1") == "It needs γ L_f (1 + L_π) < 1, and the left side is 1.14."
    assert why(answer, "The closed loop itself") == "It needs ρ and λ."
    assert why(answer, "Finite horizon").startswith("It speaks of the return of H steps")
    answer = typed(watched.page, gamma=0.9, L_f=1, L_r=1, L_pi=0, eps_dyn=0.1, eps_rew=0, rho=0.5, slope=1)
    assert list(values(answer)) == ["The closed loop itself", "Lemma 1"]
    assert "it does not use ρ and λ." in watched.page.locator(".why").text_content()


def test_averages_and_the_span_have_stand_ins_and_the_card_says_so(watched):
    answer = typed(watched.page, world="kernels", gamma=0.9, width=1, eps_tv=0.05, eps_rew=0)
    known = {"gamma": 0.9, "eps_dyn": 0.05, "eps_rew": 0}
    bounds = {each.claim.name: each.claim for each in which_bound.BOUNDS}
    assert values(answer)["Simulation lemma"] == pytest.approx(
        bounds["Simulation lemma"].evaluate(**known, span=10), rel=1e-12
    )
    typed(watched.page, gamma=0.9, rho=0.5, slope=1, eps_dyn=0.1, eps_rew=0)
    assert "ε̄_dyn = 0.1 distance  (the largest error, for want of an average)" in card(watched.page)
    answer = typed(
        watched.page, about="critic", gamma=0.9, horizon=5, eps_dyn=0.1, eps_rew=0.1, L_V=2, estimate_error=1
    )
    assert answer["now"]["known"]["step_error"] == pytest.approx(0.1 + 0.9 * 2 * 0.1)


def card(page):
    return page.locator("textarea").input_value()


def test_the_learned_side_may_stand_for_the_real_one(watched):
    shared = {"gamma": 0.9, "L_pi": 0, "eps_dyn": 0.1, "eps_rew": 0}
    answer = typed(watched.page, L_f_hat=0.5, L_r_hat=1, **shared)
    assert values(answer) == pytest.approx(
        {"Either side's constants": maps.LEMMA_1.evaluate(L_f=0.5, L_r=1, **shared)}
    )
    assert "the other side's, for want of its own" in card(watched.page)


def test_what_the_rewards_alone_allow_is_said(watched):
    numbers = {"gamma": 0.9, "L_f": 1, "L_r": 1, "L_pi": 0, "eps_dyn": 0.1, "eps_rew": 0, "width": 0.1}
    answer = typed(watched.page, **numbers)
    assert answer["most"] == pytest.approx(0.1 / (1 - 0.9), rel=1e-12)
    assert (
        watched.page.locator(".best").text_content().startswith("No bound says more than the rewards alone")
    )
    answer = typed(watched.page, about="steps", horizon=3, **numbers)
    assert answer["most"] == pytest.approx(0.1 * (1 + 0.9 + 0.81), rel=1e-12)


def test_a_bound_beyond_all_numbers_is_none(watched):
    growing = {"about": "steps", "gamma": 0.9, "horizon": 9999, "L_f": 9, "L_r": 1, "L_pi": 0, "eps_rew": 0}
    typed(watched.page, growing, eps_dyn=1)
    assert "exceeds the largest number" in watched.page.locator(".best").text_content()
    typed(watched.page, growing, eps_dyn=1, width=1)
    assert "more than the rewards alone" in watched.page.locator(".best").text_content()


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("gamma", "1", "below 1"),
        ("horizon", "2.5", "a whole number"),
        ("eps_tv", "1.5", "at most 1"),
        ("L_f", "-1", "0 or more"),
        ("L_f", "much", "a number"),
    ],
)
def test_what_cannot_be_is_named_beside_its_field(watched, code, text, said):
    typed(watched.page, {"gamma": 0.9, code: text})
    assert watched.page.locator(f"[name={code}]").get_attribute("aria-invalid") == "true"
    assert said in watched.page.locator(f"#note-{code}").text_content()


def test_a_decimal_comma_is_a_point(watched):
    assert typed(watched.page, gamma="0,5")["now"]["known"] == {"gamma": 0.5}


@pytest.mark.parametrize("k", range(len(which_bound.PRESETS)))
def test_each_example_has_an_answer_and_a_card(watched, k):
    watched.page.locator("[name=preset]").select_option(str(k))
    answer = watched.page.evaluate("document.querySelector('.which-bound').answer")
    best = answer["speaking"][0]
    assert best["value"] > 0 and not best["value"] > answer["most"]
    said = card(watched.page)
    assert said.startswith(f"{best['bound']['number']}, {best['bound']['name']}")
    for line in ("Supposes: ", "Numbers put in:", "Result: at most ", "Proved in Coq: "):
        assert line in said


def test_an_address_holds_what_was_typed(watched, make_page, tmp_path):
    (tmp_path / "page.html").write_text(f"<meta charset=utf-8>{which_bound.fragment()}", encoding="utf-8")
    made = make_page()
    made.context.unroute("**/*")
    first = (tmp_path / "page.html").as_uri()
    made.page.goto(first)
    told = typed(made.page, about="steps", horizon=7, gamma=0.9, L_f=1, L_r=1, L_pi=0, eps_dyn=0.1, eps_rew=0)
    held = made.page.url
    assert "about=steps" in held and "horizon=7" in held
    made.page.goto("about:blank")
    made.page.goto(held)
    again = made.page.evaluate("document.querySelector('.which-bound').answer")
    assert values(again) == values(told) != {}


def test_it_is_filled_and_copied_by_keyboard(make_page):
    made = make_page()
    page = made.show(which_bound.fragment())
    typed(page)
    page.locator("[name=gamma]").focus()
    for text in ("0.5", "", "1", "", "", "", "0.25"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    answer = page.evaluate("document.querySelector('.which-bound').answer")
    assert answer["now"]["known"] == {
        "gamma": 0.5,
        "width": 1,
        "eps_rew": 0.25,
        "average_rew": 0.25,
        "span": 2,
    }
    page.locator("section > button").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.copied').textContent === 'Copied.'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(make_page, theme):
    made = make_page(viewport=PHONE, color_scheme=theme)
    page = made.show(which_bound.fragment(), theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert json.dumps([each["id"] for each in found if each["impact"] in ("serious", "critical")]) == "[]"


def test_without_scripts_the_bounds_are_listed(make_page):
    page = make_page(java_script_enabled=False).show(which_bound.fragment())
    assert page.locator(".still li").count() == len(which_bound.BOUNDS)
    assert page.locator("form").is_hidden()
