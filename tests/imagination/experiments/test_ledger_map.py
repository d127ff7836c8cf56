"""The map of results: read off the proofs, drawn with links that lead somewhere, and not stale."""

import re
import xml.etree.ElementTree as ET

import pytest

from imagination.experiments import ledger, ledger_chapters, ledger_map


@pytest.fixture(scope="module")
def drawn():
    return ledger_map.graph()


def node(drawn, label):
    return next(n for n in drawn.nodes if n.result.label == label)


def test_what_rests_on_what(drawn):
    assert "lem-state-error" in node(drawn, "thm-lemma-1").rests_on
    assert node(drawn, "thm-asadi").rests_on == ("thm-wasserstein",)
    assert "thm-lemma-1" in node(drawn, "thm-theorem-1").stated_with  # its multiplier
    assert node(drawn, "thm-regret").rests_on == ()


def test_arcs_are_between_results_of_the_map(drawn):
    labels = {n.result.label for n in drawn.nodes}
    for user, used, kind in drawn.edges():
        assert {user, used} <= labels
        assert user != used
        assert kind in ("proof", "statement")


def test_what_a_claim_is_made_of():
    made = ledger_map.stated_with()
    assert made["The multiplier"] == ("Lemma 1",)
    assert "Theorem 2" in made["Sharp below Theorem 2"]
    assert made["The finite bound is attained"] == ("Finite horizon",)
    assert made["Beyond the crossing"] == ()  # it only borrows the letters of the other one
    assert made["Lemma 1"] == ()
    assert set(made) == set(ledger.claims())


def test_the_figure_is_well_formed_and_its_links_lead_to_results(drawn):
    page = ledger_map.fragment(drawn)
    svg = ET.fromstring(re.search(r"<svg.*</svg>", page, re.DOTALL)[0])
    known = {result.address for result in ledger_chapters.results(ledger_chapters.chapters()).values()}
    links = [a.get("href") for a in svg.iter("{http://www.w3.org/2000/svg}a")]
    assert len(links) == len(drawn.nodes)
    assert set(links) <= known
    arcs = [p for p in svg.iter("{http://www.w3.org/2000/svg}path") if "edge" in p.get("class", "")]
    assert len(arcs) == len(list(drawn.edges()))


def test_names_fit_beside_the_arcs(drawn):
    for n in drawn.nodes:
        assert len(ledger_map._name(n.result)) * 7 < ledger_map.TEXT - 16, n.result.title


def test_the_front_pages_map_is_of_this_book(drawn):
    stale = "run python -m imagination.experiments.ledger_map"
    assert ledger_map.FILE.read_text(encoding="utf-8") == ledger_map.fragment(drawn), stale
