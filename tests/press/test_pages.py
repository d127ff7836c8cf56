"""What pages are made of, what is said when they cannot be, and where two books differ."""

import pytest

from press import pages


@pytest.fixture
def executed(tiny):
    """A book with an executed chapter, and a function that digests what its pages are made of."""
    chapter = tiny.chapter("01_one", "print(seed)")
    copy = tiny.write("_build/executed/quick/01_one.ipynb", "executed")

    def digest():
        return pages.digest_of(tiny.book, pages.inputs(tiny.book, {chapter: copy}))

    return tiny, digest


def test_the_executed_copy_is_printed_in_the_chapters_place(executed):
    tiny, _ = executed
    chapter = tiny.root / "chapters" / "01_one.ipynb"
    copy = tiny.root / "_build" / "executed" / "quick" / "01_one.ipynb"
    files = pages.inputs(tiny.book, {chapter: copy})
    assert files["chapters/01_one.ipynb"] == b"executed"
    assert {"_config.yml", "_toc.yml", "chapters/index.md", "chapters/_static/book.css"} <= files.keys()


@pytest.mark.parametrize(
    "name",
    [
        "_build/executed/quick/01_one.ipynb",
        "_config.yml",
        "_toc.yml",
        "chapters/_static/book.css",
        "chapters/_static/new.png",
        "chapters/index.md",
        "references.bib",
        "requirements.lock",
    ],
)
def test_pages_depend_on(executed, name):
    tiny, digest = executed
    before = digest()
    path = tiny.root / name
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    tiny.write(name, f"{kept}\n")
    assert digest() != before


@pytest.mark.parametrize(
    "name", ["chapters/.ipynb_checkpoints/x.ipynb", "lib/imagination/__init__.py", "README.md"]
)
def test_pages_do_not_depend_on(executed, name):
    tiny, digest = executed
    before = digest()
    tiny.write(name, "changed")
    assert digest() == before


def test_pages_depend_on_the_press_and_the_environment(executed, monkeypatch, tmp_path_factory):
    _, digest = executed
    digests = {digest()}
    monkeypatch.setattr(pages, "environment_digest", lambda: "another")
    digests.add(digest())
    press = tmp_path_factory.mktemp("press")
    monkeypatch.setattr(pages, "__file__", str(press / "pages.py"))
    for text in ("one", "two"):
        (press / "offline.py").write_text(text)
        digests.add(digest())
    assert len(digests) == 4


def test_complaints_are_the_lines_that_say_what_is_wrong(tmp_path):
    wrong = f"\x1b[91m{tmp_path}/chapters/a.md:3: WARNING: nothing there\x1b[39;49;00m"
    log = f"Running\n{wrong}\nbuild succeeded\n"
    assert pages.complaints(log, tmp_path) == "chapters/a.md:3: WARNING: nothing there"
    assert pages.complaints("it just stopped\n", tmp_path) == "it just stopped\n"


def test_the_first_difference_is_named(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("same")
        (tmp_path / name / "b.txt").write_text(f"line\n{name}")
    one, other = tmp_path / "one", tmp_path / "other"
    assert pages.first_difference(one, one) is None
    assert pages.first_difference(one, other).startswith("b.txt: byte 6, line 2")
    (one / "a.txt").unlink()
    assert pages.first_difference(one, other) == "a.txt: only one has it, not the first"


def test_a_file_that_goes_on_differs_where_the_other_ends(tmp_path):
    for name, text in (("one", "ab"), ("other", "abc")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text)
    assert "byte 2" in pages.first_difference(tmp_path / "one", tmp_path / "other")
