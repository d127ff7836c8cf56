"""Reading the notebooks: numbered results, and code cells with the section that they stand in."""

import json

import pytest

from imagination.catalogue import chapter_contents as lc

CELLS = [
    ("markdown", "title", "(above)=\n# A title\n\n```{prf:definition} Not a result\n:label: def-x\n```"),
    ("code", "07-first", "assert 1 + 1 == 2"),
    ("markdown", "results", "```{prf:theorem} First\n:label: thm-first\n```\n## What $L_f$ does\n"
                 "```{prf:lemma} $L$ second\n:label: lem-second\n# no heading\n```"),
    ("markdown", "more", "```{prf:theorem} Third\n:label: thm-third\n```"),
    ("code", "07-second", "%matplotlib inline\n# a remark\nprint(letter)"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    cells = [
        {"cell_type": kind, "id": name, "source": source.splitlines(keepends=True)}
        for kind, name, source in CELLS
    ]
    (tmp_path / "07_one.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "draft.ipynb").write_text("{}")
    return tmp_path


def test_a_chapter_is_read(folder):
    (chapter,) = lc.chapters(folder)
    assert (chapter.name, chapter.number, chapter.title) == ("07_one", 7, "A title")
    assert [result.label for result in chapter.results] == ["thm-first", "lem-second", "thm-third"]
    assert chapter.results[1].address == "07_one.html#lem-second"
    assert [result.number for result in chapter.results] == ["Theorem 7.1", "Lemma 7.1", "Theorem 7.2"]


def test_cells_know_their_section(folder):
    (chapter,) = lc.chapters(folder)
    assert chapter.cells == {
        "07-first": lc.Cell("assert 1 + 1 == 2", "A title"),
        "07-second": lc.Cell("%matplotlib inline\n# a remark\nprint(letter)", "What $L_f$ does"),
    }
    assert chapter.cells["07-second"].section == "what-l-f-does"


def test_an_appendix_comes_last_and_has_no_number(folder):
    for name in ("A1_more", "08_two"):
        (folder / f"{name}.ipynb").write_text((folder / "07_one.ipynb").read_text())
    read = lc.chapters(folder)
    assert [chapter.name for chapter in read] == ["07_one", "08_two", "A1_more"]
    assert [chapter.called for chapter in read] == ["7. A title", "8. A title", "A title"]
    assert [chapter.results[0].number for chapter in read] == ["Theorem 7.1", "Theorem 8.1", "Theorem 1"]


def test_a_folder_without_chapters_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no chapters"):
        lc.chapters(tmp_path)


def test_the_books_own_chapters():
    read = lc.chapters()
    assert [chapter.name for chapter in read] == sorted(chapter.name for chapter in read)
    assert lc.results(read)["thm-lemma-1"].chapter == "02_lemma_1"
    assert read[0].title == "Training in imagination"
