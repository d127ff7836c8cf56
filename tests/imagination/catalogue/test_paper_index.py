"""The paper index: every item is there, numbers are computed, and the page is not stale."""

import re

import numpy as np
import pytest

from imagination import records
from imagination.catalogue import (
    chapter_contents as ledger_chapters,
)
from imagination.catalogue import (
    paper_index,
)
from imagination.catalogue import (
    result_table as ledger_table,
)
from imagination.catalogue.findings import FINDINGS
from imagination.catalogue.paper_index import NUMBERED, REPORTS, Number


@pytest.fixture(scope="module")
def rows():
    return ledger_table.rows({})


@pytest.fixture(scope="module")
def page():
    return paper_index.page()


@pytest.mark.parametrize("item", NUMBERED)
def test_every_numbered_item_is_a_result_that_coq_proves(rows, item):
    first = paper_index.of_item(item, rows)[0]
    assert first.name == item
    assert first.status == ledger_table.PROVED


def test_every_result_of_the_paper_stands_under_an_item(rows):
    listed = {row.name for item in NUMBERED for row in paper_index.of_item(item, rows)}
    assert listed == {row.name for row in rows if row.result.source.startswith("[TSGLH26")}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.where)
def test_what_a_report_names_is_there(report):
    cells = {name for chapter in ledger_chapters.chapters() for name in chapter.cells}
    assert report.cells and set(report.cells) <= cells
    assert not report.record or report.record in records.names()
    assert not report.finding or report.finding in {finding.name for finding in FINDINGS}


def test_every_report_has_an_answer():
    silent = [
        each.where for each in REPORTS if not each.finding and each.numbers is paper_index.Report.numbers
    ]
    assert silent == ["Deterministic worlds"]  # of which nothing is reported but words


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        (Number("", 0.11, 0.102, 0.096, 0.112), "agrees"),  # within the interval
        (Number("", 0.9995, 0.99951, form=".4f"), "agrees"),  # to the digits shown
        (Number("", 0.0, 2e-5, near=1e-4), "agrees"),
        (Number("", 0.0, 2e-4, near=1e-4), "differs"),
        (Number("", 0.0035, 0.067), "19 times that"),
        (Number("", 0.96, 1.1, 1.05, 1.14), "+14.6%"),
        (Number("", 1.0, 0.97, 0.92, 0.99, form=".0%"), "−3.0%"),
    ],
)
def test_a_verdict_is_computed(number, verdict):
    assert number.verdict == verdict


def test_a_row_shows_the_reported_number_as_it_is_reported():
    assert Number("gap", 0.0035, 0.06699).cells() == "| gap | 0.0035 | 0.067 | 19 times that |"
    assert Number("share", 1.0, 0.97, 0.92, 0.99, form=".0%").cells().startswith("| share | 100% | 97% [92%")


def test_our_numbers_follow_their_records(monkeypatch):
    before = {number.of: number.ours for number in paper_index._laws()}
    table = records.load("scaling")
    monkeypatch.setattr(
        paper_index.records, "load", lambda name: table.assign(mean_norm=table["samples"] ** -0.5)
    )
    after = {number.of: number.ours for number in paper_index._laws()}
    of = "dynamics, mean error norm: exponent"
    assert np.isclose(after[of], 0.5) and not np.isclose(before[of], 0.5)
    other = "dynamics, mean squared error: exponent"
    assert after[other] == before[other]


def test_no_number_of_ours_was_typed():
    """In what is declared digits stand for places, reported numbers, and names of things."""
    for report in REPORTS:
        said = " ".join((report.says, *report.unknown)).replace("{cite:t}`AML18`", "").replace("2³⁰", "")
        digits = re.findall(r"\d[\d.]*\d|\d", re.sub(r"\{cite:t\}`\w+`|Lemma 1|Theorem 1", "", said))
        assert set(digits) <= {"0.1", "0.684", "9.25"}, report.where


def test_the_page_is_of_this_book(page):
    stale = "run python -m imagination.catalogue.paper_index"
    assert paper_index.FILE.read_text(encoding="utf-8") == page, stale


def test_tables_are_whole(page):
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_links_of_the_page_lead_somewhere(page):
    read = ledger_chapters.chapters()
    sources = (ledger_chapters.FOLDER.parent / "formal" / "sources.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\{prf:ref\}`([^`]+)`", page)) <= set(ledger_chapters.results(read))
    assert set(re.findall(r"\{doc\}`([^`]+)`", page)) <= {chapter.name for chapter in read}
    for name in re.findall(r"<(formal-[\w-]+)>`", page):
        assert f"({name})=" in sources


def test_the_book_has_the_page():
    toc = (ledger_chapters.FOLDER.parent / "_toc.yml").read_text(encoding="utf-8")
    assert "chapters/paper-index" in toc
