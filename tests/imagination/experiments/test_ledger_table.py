"""The table of all results: complete, its notes about claims that exist, its links to places that do."""

import re
from dataclasses import replace

import pytest

from imagination.experiments import ledger, ledger_chapters, ledger_notes, ledger_table, ledger_trials
from imagination.theory import axioms


@pytest.fixture(scope="module")
def rows():
    return ledger_table.rows(ledger.recorded(), ledger_trials.read_all())


def test_every_claim_has_one_row(rows):
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    assert set(ledger.claims()) | set(ledger.recorded()) == set(names)


def test_every_result_from_elsewhere_says_what_differs(rows):
    silent = [row.name for row in rows if "this book" not in row.source and not row.differs]
    assert silent == []


def test_every_note_is_about_a_claim(rows):
    names = {row.name for row in rows}
    assert set(ledger_notes.DIFFERS) <= names
    assert set(ledger_notes.PROVED_BELOW) <= names


def test_every_module_belongs_to_a_part():
    for stated in ledger.claims().values():
        assert ledger_notes.part_of(stated.module) in ledger_notes.PARTS
    with pytest.raises(ValueError, match="no part"):
        ledger_notes.part_of("cookery")


def test_links_lead_to_places_that_exist(rows):
    read = ledger_chapters.chapters()
    labels = ledger_chapters.results(read)
    names = {chapter.name for chapter in read}
    for row in rows:
        assert row.chapter in names, row.name
        assert row.result is None or labels[row.result.label] == row.result


def test_homes_are_found_in_the_chapters(rows):
    home = {row.name: (row.chapter, row.result.label if row.result else None) for row in rows}
    assert home["Lemma 1"] == ("02_lemma_1", "thm-lemma-1")
    assert home["Simulation lemma"] == ("05_stochastic_worlds", "thm-simulation")
    assert home["Geometric bound"] == ("02_lemma_1", None)
    assert home["Up to the crossing"][1] == "thm-crossing"


def test_a_trial_of_no_claim_is_refused():
    stray = ledger_trials.Trial("Lemma 7", "trial", 1, 0)
    with pytest.raises(ValueError, match="Lemma 7"):
        ledger_table.rows(ledger.recorded(), {"Lemma 7": [stray]})


def test_nothing_is_open(rows):
    assert {row.status for row in rows} <= {"proved", "definition"}


def test_the_page_shows_every_row_and_opens_what_it_closes(rows):
    page = ledger_table.html(rows)
    assert page.count("<tr>") == len(rows) + 1
    for tag in ("div", "table", "tr", "td", "th", "details", "a"):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag
    assert r"\(" in page
    assert "tabindex='0'" in page


def test_the_loosest_bound_comes_first(rows):
    loose = ledger_table.looseness(rows)
    assert loose["median"].is_monotonic_increasing
    assert (loose["median"] <= loose["largest"]).all()


def test_the_trial_with_the_most_problems_speaks_for_a_bound(rows):
    row = next(row for row in rows if row.name == "Finite horizon")
    few, many = (replace(row.trials[0], problems=n, median=1 / n, largest=2 / n) for n in (5, 500))
    for trials in ((few, many), (many, few)):
        (told,) = ledger_table.looseness([replace(row, trials=trials)]).to_dict("records")
        assert (told["problems"], told["median"], told["largest"]) == (505, many.median, many.largest)


def test_long_formulas_are_folded_under_their_meaning(rows):
    page = ledger_table.html(rows)
    for row in rows:
        folded = f"</summary>\\({row.formula}\\)" in page
        assert folded == (len(row.formula) > ledger_table.LONG), row.name


def test_all_axioms_are_listed_and_each_is_needed(rows):
    table = ledger_table.assumed(rows).set_index("axiom")["results that rest on it"]
    assert set(table.index) == {axiom.name for axiom in axioms.ALL}
    assert (table > 0).all()
