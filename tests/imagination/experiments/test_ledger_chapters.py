"""Reading the notebooks: what a chapter's code names of the theory, and below which result."""

import json

import pytest

from imagination.experiments import ledger_chapters as lc

CELLS = [
    ("markdown", "(above)=\n# A title\n\n```{prf:definition} Not a result\n:label: def-x\n```"),
    ("code", "from imagination.theory import return_gap as rg\n"
             "from imagination.theory.series import x as letter\nrg.LEMMA_1"),
    ("markdown", "```{prf:theorem} First\n:label: thm-first\n```\n"
                 "```{prf:lemma} $L$ second\n:label: lem-second\n```"),
    ("code", "%matplotlib inline\nprint(letter, rg.bound(gamma=0.5))"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    cells = [{"cell_type": kind, "source": source.splitlines(keepends=True)} for kind, source in CELLS]
    (tmp_path / "07_one.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "draft.ipynb").write_text("{}")
    return tmp_path


def test_a_chapter_is_read(folder):
    (chapter,) = lc.chapters(folder)
    assert (chapter.name, chapter.number, chapter.title) == ("07_one", 7, "A title")
    assert [result.label for result in chapter.results] == ["thm-first", "lem-second"]
    assert chapter.results[1].address == "07_one.html#lem-second"


def test_mentions_know_what_stands_above(folder):
    found = lc.mentions(lc.chapters(folder))
    assert found["return_gap", "LEMMA_1"] == [lc.Mention("07_one", None)]
    assert [m.below.label for m in found["series", "x"]] == ["lem-second"]
    assert ("return_gap", "bound") in found


def test_a_folder_without_chapters_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no chapters"):
        lc.chapters(tmp_path)


def test_the_books_own_chapters():
    read = lc.chapters()
    assert [chapter.number for chapter in read] == sorted(chapter.number for chapter in read)
    assert lc.results(read)["thm-lemma-1"].chapter == "02_lemma_1"
    assert ("return_gap", "LEMMA_1") in lc.mentions(read)
