"""Cards of theorems: words for what Coq checked, formulas from the claims, links that lead somewhere."""

import re

import pytest

from imagination.formal import record
from imagination.formal.cards import card, label
from imagination.latex import latex
from imagination.results.noise import claims as reward_noise
from imagination.results.registry import WORDS
from imagination.results.return_gap import claims as return_gap

FOLDER = record.folder()


def test_each_of_the_papers_results_has_a_card_and_was_checked():
    assert set(WORDS) <= set(record.load())
    assert {"lemma_1", "corollary_1", "proposition_1", "theorem_1", "theorem_2", "corollary_2"} <= set(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_a_card_says_what_is_fixed_arbitrary_assumed_and_where_it_is_proved(name):
    page = card(name)._repr_html_()
    for part in (
        "Fixed:",
        "For all:",
        "Assumptions of content:",
        "Proved in Coq, assuming",
        "statement in Coq",
    ):
        assert part in page
    for tag in ("div", "p", "ul", "li", "details", "pre", "a"):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag
    assert page.count(r"\(") == page.count(r"\)")
    assert "The 0 definitions" not in page
    assert "0 axioms" not in page


@pytest.mark.parametrize("name", WORDS)
def test_the_place_on_a_card_is_the_theorems(name):
    shown = card(name).checked
    line = (FOLDER.parent / shown.file).read_text(encoding="utf-8").splitlines()[shown.line - 1]
    assert re.search(rf"\b(Theorem|Lemma) {name}\b", line)


def test_the_formula_is_the_claims_own():
    shown = card("theorem_2", reward_noise.PAPER)
    assert latex(reward_noise.PAPER.expression) in shown._repr_html_()
    assert card("corollary_1", *return_gap.MONOTONE.values()).formulas() == [
        latex(claim.statement) for claim in return_gap.MONOTONE.values()
    ]


@pytest.mark.parametrize("name", WORDS)
def test_no_sign_of_a_formula_begins_a_tag(name):
    tags = r"/?(?:a|code|details|div|em|li|p|pre|span|strong|summary|ul)\b"
    assert re.findall(rf"<(?!{tags})", card(name, *return_gap.MONOTONE.values())._repr_html_()) == []


def test_links_lead_to_sources_that_are_printed():
    page = (FOLDER / "sources.md").read_text(encoding="utf-8")
    printed = set(re.findall(r"\{literalinclude\} (\S+)\.v", page))
    assert printed == {path.stem for path in FOLDER.glob("*.v")}
    assert [label(name) for name in re.findall(r"^## (\S+)\.v$", page, re.MULTILINE)] == re.findall(
        r"^\(formal-(\S+)\)=$", page, re.MULTILINE
    )


def test_each_result_has_wrong_versions_that_were_refuted():
    results = {name: card(name) for name in WORDS if card(name).checked.result}
    assert len(results) == len(WORDS)
    for name, shown in results.items():
        assert len(shown.refuted) >= 2 or name == "curvature_sharp", name


def test_an_unknown_theorem_is_refused():
    with pytest.raises(ValueError, match=r"name: must be one of lemma_1"):
        card("lemma_7")
