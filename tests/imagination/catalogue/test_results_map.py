"""The map of results: as it is declared, drawn with links that lead somewhere, and not stale."""

import re
import xml.etree.ElementTree as ET

import pytest

from imagination.catalogue import chapter_contents, results_map
from imagination.results.registry import RESULTS
from imagination.results.result import Result

CLAIMS = RESULTS["Lemma 1"].claims


@pytest.fixture(scope="module")
def drawn():
    return results_map.graph()


def node(drawn, label):
    return next(n for n in drawn.nodes if n.numbered.label == label)


def result(name, label="", rests_on=()):
    return Result(name, CLAIMS, "02_lemma_1", label, rests_on=rests_on)


def test_ways_go_through_what_has_no_number():
    known = {
        "A": result("A", "thm-regret", ("B", "C")),
        "B": result("B", "", ("C", "D")),
        "C": result("C", "thm-lemma-1", ("E",)),
        "D": result("D", "thm-regret", ("F",)),
        "E": result("E", "lem-state-error"),
        "F": result("F", "thm-attained", ("E",)),
    }
    map_ = results_map.graph(known)
    assert [n.numbered.label for n in map_.nodes if n.members] == [
        "thm-lemma-1", "lem-state-error", "thm-attained", "thm-regret",
    ]  # fmt: skip
    assert node(map_, "thm-regret").members == ("A", "D")
    assert node(map_, "thm-regret").rests_on == ("thm-lemma-1", "thm-attained")
    assert node(map_, "lem-state-error").rests_on == ()
    assert ("thm-lemma-1", "lem-state-error") in map_.edges()


def test_every_numbered_result_stands_in_the_map_once(drawn):
    labels = [n.numbered.label for n in drawn.nodes]
    assert len(set(labels)) == len(labels)
    assert set(labels) >= {each.label for each in RESULTS.values() if each.label}


def test_arcs_are_between_results_of_the_map(drawn):
    labels = {n.numbered.label for n in drawn.nodes}
    assert set(results_map.SPEAKS_OF) <= labels
    for user, used in (*drawn.edges(), *drawn.mentions()):
        assert {user, used} <= labels
        assert user != used


def test_every_numbered_result_has_an_arc(drawn):
    joined = {label for pair in (*drawn.edges(), *drawn.mentions()) for label in pair}
    bare = [n.numbered.label for n in drawn.nodes if n.numbered.label not in joined]
    assert bare == [], "say in SPEAKS_OF what their statements are about"


def test_what_a_proof_uses_is_not_told_again(drawn):
    assert not set(drawn.edges()) & set(drawn.mentions())


def test_the_figure_is_well_formed_and_its_links_lead_to_results(drawn):
    page = results_map.fragment(drawn)
    svg = ET.fromstring(re.search(r"<div.*</div>", page, re.DOTALL)[0])
    known = {result.address for result in chapter_contents.results(chapter_contents.chapters()).values()}
    links = [a.get("href") for a in svg.iter("{http://www.w3.org/2000/svg}a")]
    assert len(links) == len(drawn.nodes)
    assert set(links) <= known
    arcs = [p for p in svg.iter("{http://www.w3.org/2000/svg}path") if "edge" in p.get("class", "")]
    assert len(arcs) == len([*drawn.edges(), *drawn.mentions()])
    for name in ("edge", "about"):
        assert sum(name in arc.get("class").split() for arc in arcs) > 0


def test_names_fit_beside_the_arcs(drawn):
    for n in drawn.nodes:
        assert len(results_map._lines(n.numbered)) <= 2, n.numbered.title


def test_the_front_pages_map_is_of_this_book(drawn):
    stale = "run python -m imagination.catalogue.results_map"
    assert results_map.FILE.read_text(encoding="utf-8") == results_map.fragment(drawn), stale
