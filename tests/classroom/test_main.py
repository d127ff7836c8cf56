"""The classroom's commands."""

from pathlib import Path

from classroom.__main__ import main

CHAPTERS = str(Path(__file__).parents[2] / "chapters")


def test_assignment(tmp_path, capsys):
    assert main(["--chapters", CHAPTERS, "assignment", "02", "--out", str(tmp_path)]) == 0
    assert "for students:" in capsys.readouterr().out
    assert len(list(tmp_path.rglob("02_lemma_1.ipynb"))) == 2


def test_what_cannot_be_made_is_said(tmp_path, capsys):
    assert main(["--chapters", CHAPTERS, "assignment", "4", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("classroom: ")


def test_the_table_is_written_into_the_page(tmp_path, capsys):
    page = tmp_path / "lecturers.md"
    page.write_text(
        "<!-- exercises: written by `python -m classroom table` -->\nold\n<!-- end of exercises -->\n",
        encoding="utf-8",
    )
    assert main(["--chapters", str(tmp_path), "table"]) == 0
    assert "old" not in page.read_text(encoding="utf-8")
