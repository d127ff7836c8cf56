"""The index of symbols: every symbol of every claim has an entry, and the page is not stale."""

import re

from imagination.catalogue import chapter_contents as ledger_chapters
from imagination.catalogue import symbol_index as ledger_symbols
from imagination.latex import latex
from imagination.results.registry import RESULTS

LETTERS = ledger_symbols.letters()


def test_every_symbol_of_every_claim_has_an_entry():
    listed = {(letter.formula, letter.code) for letter in LETTERS}
    for result in RESULTS.values():
        for claim in result.claims:
            for quantity in claim.symbols:
                assert (latex(quantity.symbol), quantity.code) in listed, claim.name


def test_every_symbol_has_a_meaning():
    assert all(letter.meaning.strip() for letter in LETTERS)


def test_a_symbol_leads_to_where_it_is_met_first():
    (constant,) = (letter for letter in LETTERS if letter.code == "L_f")
    assert constant.first.chapter == "02_lemma_1"


def test_the_page_is_of_this_book():
    stale = "run python -m imagination.catalogue.symbol_index"
    assert ledger_symbols.FILE.read_text(encoding="utf-8") == ledger_symbols.page(), stale


def test_no_cell_of_the_page_breaks_its_table():
    rows = [line for line in ledger_symbols.page().splitlines() if line.startswith("|")]
    assert len(rows) == len(LETTERS) + 2
    assert {row.count("|") for row in rows} == {5}


def test_terms_of_the_glossary_are_linked_and_in_order():
    text = (ledger_chapters.FOLDER / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(\w[^\n]*)\n  (.+(?:\n  .+)*)", text, re.MULTILINE)
    terms = [term for term, _ in entries]
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.lower)
    unlinked = [term for term, said in entries if not re.search(r"\{(prf:ref|eq|doc)\}", said)]
    assert unlinked == []
