"""The table of all results: complete, with links to places that exist, and every kind of row told apart."""

from dataclasses import replace

import pytest

from imagination.catalogue import (
    chapter_contents,
    outcomes,
    results_table,
)
from imagination.formal import record
from imagination.results.registry import RESULTS, TOPICS


@pytest.fixture(scope="module")
def rows():
    return results_table.rows(outcomes.read_all())


def row_of(rows, name):
    return next(row for row in rows if row.name == name)


def test_every_result_has_one_row_topic_by_topic(rows):
    assert sorted(row.name for row in rows) == sorted(RESULTS)
    assert list(dict.fromkeys(row.topic for row in rows)) == list(TOPICS)
    for topic in TOPICS:
        chapters = [row.result.chapter for row in rows if row.topic == topic]
        assert chapters == sorted(chapters)


def test_links_lead_to_places_that_exist(rows):
    read = chapter_contents.chapters()
    named = {chapter.name: chapter for chapter in read}
    for row in rows:
        page, _, anchor = row.address.partition("#")
        chapter = named[page.removesuffix(".html")]
        places = {each.label for each in chapter.results} | {cell.section for cell in chapter.cells.values()}
        assert not anchor or anchor in places, row.name


def test_what_stands_under_no_number_leads_to_its_section(rows):
    stray = replace(RESULTS["Lemma 1"], label="")
    cell = {chapter.name: chapter for chapter in chapter_contents.chapters()}[stray.chapter].cells[stray.cell]
    (row,) = (row for row in rows if row.name == "Lemma 1")
    assert row.address == "02_lemma_1.html#thm-lemma-1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_table, "RESULTS", {"Lemma 1": stray})
        (moved,) = results_table.rows({})
    assert moved.numbered is None and moved.address == f"02_lemma_1.html#{cell.section}"


def test_a_trial_of_no_claim_is_refused():
    stray = outcomes.Trial("Lemma 7", "trial", 1, 0)
    with pytest.raises(ValueError, match="Lemma 7"):
        results_table.rows({"Lemma 7": [stray]})


def test_a_theorem_that_was_not_checked_is_refused(monkeypatch):
    monkeypatch.setattr(results_table, "RESULTS", {"A": replace(RESULTS["Lemma 1"], theorem="lemma_7")})
    with pytest.raises(record.FormalError, match="lemma_7"):
        results_table.rows({})


def test_a_row_says_how_its_result_is_known(rows):
    lemma = row_of(rows, "Lemma 1")
    assert lemma.status == results_table.PROVED
    assert lemma.refuted == len(record.mutants("Lemma 1"))
    plain = replace(lemma, checked=None)
    assert plain.status == results_table.DERIVED
    assert replace(plain, result=replace(lemma.result, theorem="", cell="")).status == results_table.OPEN
    assert row_of(rows, "Bounded noise").status == results_table.DEFINITION


def test_a_result_in_several_cases_shows_them_all(rows):
    row = row_of(rows, "Corollary 1")
    assert len(row.formulas) == len(row.result.claims) == 4


def test_what_a_row_supposes_is_what_its_card_says(rows):
    said = row_of(rows, "Lemma 1").supposed
    assert r"\(d(\pi(x), \pi(y)) \le L_\pi\, d(x,y)\)" in said
    assert len(set(said)) == len(said)
    bare = replace(RESULTS["Lemma 1"], theorem="")
    assert "gamma < 1" in replace(row_of(rows, "Lemma 1"), result=bare).supposed


def test_the_loosest_bound_comes_first(rows):
    loose = results_table.looseness(rows)
    assert loose["median"].is_monotonic_increasing
    assert (loose["median"] <= loose["largest"]).all()


def test_the_trial_with_the_most_problems_speaks_for_a_bound(rows):
    row = row_of(rows, "Finite horizon")
    few, many = (replace(row.trials[0], problems=n, median=1 / n, largest=2 / n) for n in (5, 500))
    for trials in ((few, many), (many, few)):
        (told,) = results_table.looseness([replace(row, trials=trials)]).to_dict("records")
        assert (told["problems"], told["median"], told["largest"]) == (505, many.median, many.largest)


def test_all_axioms_are_listed_and_each_is_needed(rows):
    table = results_table.assumed(rows).set_index("axiom")["results that rest on it"]
    assert set(table.index) == set(record.ALLOWED)
    assert (table > 0).all()
    proved = sum(row.checked is not None for row in rows)
    assert table.max() <= proved
