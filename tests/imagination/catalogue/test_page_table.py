"""The table as a page shows it: numbered results first, nothing left out, and filters that answer."""

import re
from html import escape

import pytest
from tests.imagination.watched import PHONE

from imagination.catalogue import chapter_contents, findings, outcomes, page_table, results_table

ENTRY = re.compile(r"<tbody class='entry' data-group='(\w+)' data-kind='(\w*)'.*?</tbody>", re.DOTALL)


@pytest.fixture(scope="module")
def rows():
    trials = {}
    for outcome in outcomes.read("trial"):
        trials.setdefault(outcome.claim, []).append(outcome)
    return results_table.rows(trials)


@pytest.fixture(scope="module")
def measured():
    return [finding.read() for finding in findings.FINDINGS[::9]]


@pytest.fixture(scope="module")
def page(rows, measured):
    return page_table.html(rows, measured)


def test_every_result_and_every_finding_is_an_entry(page, rows, measured):
    found = [entry[1] for entry in ENTRY.finditer(page)]
    numbered = chapter_contents.results(chapter_contents.chapters())
    in_words = set(numbered) - {row.numbered.label for row in rows if row.numbered}
    assert len(found) == len(rows) + len(in_words) + len(measured)
    assert list(dict.fromkeys(found)) == ["numbered", "further", "finding"]
    assert found == sorted(found, key=["numbered", "further", "finding"].index)
    for row in (*rows, *(each.finding for each in measured)):
        assert escape(row.name) in page


def test_numbered_results_stand_in_the_order_of_the_book(page):
    order = [each.number for each in chapter_contents.results(chapter_contents.chapters()).values()]
    shown = re.findall(r"<th scope='row'><a href='[^']+#[^']+'>(\w+ [\d.]+)</a>", page)
    assert list(dict.fromkeys(shown)) == order


def test_what_is_opened_is_closed(page):
    for tag in (
        "div",
        "table",
        "tbody",
        "tr",
        "td",
        "th",
        "details",
        "summary",
        "a",
        "ul",
        "li",
        "dl",
        "form",
    ):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag


def test_a_proved_result_says_where_how_hard_and_what(page):
    (entry,) = [each[0] for each in ENTRY.finditer(page) if ">Theorem 2.1</a> Lemma 1<" in each[0]]
    assert "<a href='../formal/sources.html#formal-return-gap'><code>lemma_1</code></a>" in entry
    assert "wrong versions refuted" in entry
    assert "problems, 0 violations" in entry
    assert r"\varepsilon_{\mathrm{dyn}}" in entry and "Under these" in entry


def test_a_finding_shows_its_sentence_its_interval_and_its_command(page, measured):
    for row in measured:
        assert escape(row.said.statement) in page
        assert all(f"<code>{command}</code>" in page for command in row.commands)


@pytest.fixture(scope="module")
def shown(make_page, page):
    watched = make_page()
    return watched.show(page), watched


class TestFilters:
    def entries(self, page):
        return page.locator("tbody.entry:not([hidden])")

    def test_it_opens_with_the_numbered_results(self, shown):
        page, watched = shown
        assert {e.get_attribute("data-group") for e in self.entries(page).all()} == {"numbered"}
        assert page.locator("tbody.part:not([hidden])").count() == 1
        assert watched.complaints == [] and watched.requests == []

    def test_each_filter_narrows_by_keyboard_and_says_how_many_are_left(self, shown):
        page, _ = shown
        page.select_option("[name=kind]", "")
        every = self.entries(page).count()
        page.select_option("[name=chapter]", label="3. What the constants do")
        page.select_option("[name=status]", "proved in Coq")
        page.locator("[name=text]").focus()
        page.keyboard.type("ATTAINED  lemma")
        left = self.entries(page)
        assert 0 < left.count() < every
        for entry in left.all():
            assert entry.get_attribute("data-chapter").startswith("03")
            assert "attained" in entry.text_content()
        assert page.locator("output").text_content() == f"{left.count()} of {every} shown"
        page.locator("[name=text]").fill("attained no such words")
        assert self.entries(page).count() == 0
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('[name=chapter]').value === ''")
        page.wait_for_function("document.querySelectorAll('tbody.entry:not([hidden])').length > 50")

    def test_findings_are_a_kind(self, shown, measured):
        page, _ = shown
        page.select_option("[name=kind]", "finding")
        assert self.entries(page).count() == len(measured)
        page.select_option("[name=status]", "measured")
        assert self.entries(page).count() == len(measured)

    def test_without_scripts_all_is_there_and_no_filter(self, make_page, page, rows):
        still = make_page(java_script_enabled=False, viewport=PHONE).show(page)
        assert still.locator("form").is_hidden()
        assert self.entries(still).count() > len(rows)
