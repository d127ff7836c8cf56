"""The index of symbols: every symbol of every claim has an entry, and the page is not stale."""

import re

import pytest

from imagination.experiments import ledger, ledger_chapters, ledger_symbols, ledger_table
from imagination.theory.latex import latex


@pytest.fixture(scope="module")
def rows():
    return ledger_table.rows(ledger.recorded(), {})


def test_every_symbol_of_every_claim_has_an_entry(rows):
    listed = {(letter.formula, letter.code) for letter in ledger_symbols.letters(rows)}
    for stated in ledger.claims().values():
        for quantity in stated.claim.symbols:
            assert (latex(quantity.symbol), quantity.code) in listed, stated.claim.name


def test_every_symbol_has_a_meaning(rows):
    assert all(letter.meaning.strip() for letter in ledger_symbols.letters(rows))
    assert all(map_.introduced.strip() for map_ in ledger_symbols.maps(rows))


def test_a_map_is_printed_with_its_signature(rows):
    (dynamics,) = (m for m in ledger_symbols.maps(rows) if m.formula == "f(x, z)")
    assert dynamics.signature == r"\text{state} \times \text{action} \to \text{state}"
    assert dynamics.first.chapter == "02_lemma_1"


def test_the_page_is_of_this_book(rows):
    stale = "run python -m imagination.experiments.ledger_symbols"
    assert ledger_symbols.FILE.read_text(encoding="utf-8") == ledger_symbols.page(rows), stale


def test_no_cell_of_the_page_breaks_its_table(rows):
    for line in ledger_symbols.page(rows).splitlines():
        if line.startswith("|"):
            assert line.count("|") == 5, line


def test_terms_of_the_glossary_are_linked_and_in_order():
    text = (ledger_chapters.FOLDER / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(\w[^\n]*)\n  (.+(?:\n  .+)*)", text, re.MULTILINE)
    terms = [term for term, _ in entries]
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.lower)
    unlinked = [term for term, said in entries if not re.search(r"\{(prf:ref|eq|doc)\}", said)]
    assert unlinked == []
