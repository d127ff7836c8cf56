"""An executed chapter is fresh for as long as all that it depends on is what it was, and no longer."""

import json

import pytest

from press import store


@pytest.fixture(scope="module")
def printed(new_book, tmp_path_factory):
    """A book of two executed chapters: one with a library, data and a question, one with none of these."""
    tiny = new_book(tmp_path_factory.mktemp("book"))
    tiny.write("lib/imagination/constants.py", "GAMMA = 0.9\n")
    tiny.write("lib/imagination/other.py", "X = 1\n")
    tiny.write("data/a.csv", "1\n")
    tiny.write("data/b.csv", "1\n")
    uses = "from pathlib import Path\nfrom imagination.constants import GAMMA\ndata = Path('../data')"
    asks = "print(GAMMA, (data / 'a.csv').read_text(), (data / 'later.csv').exists())"
    tiny.chapter("01_uses", uses, asks)
    tiny.chapter("02_alone", "print(seed)")
    outcomes = tiny.execute("01_uses", "02_alone")
    assert not any(outcome.failure for outcome in outcomes.values())
    return tiny


@pytest.fixture
def book(printed):
    """The book; its files come back afterwards."""
    before = printed.files()
    yield printed
    for name in printed.files().keys() - before.keys():
        (printed.root / name).unlink()
    for name, content in before.items():
        (printed.root / name).write_bytes(content)


def stale(book):
    """The chapters that must be executed."""
    return [name for name in ("01_uses", "02_alone") if book.executed(name).staleness()]


def test_nothing_changed(book):
    assert stale(book) == []


def test_files_rewritten_as_they_are(book):
    for name, content in book.files().items():
        (book.root / name).write_bytes(content)
    assert stale(book) == []


def test_a_constant_of_the_library(book):
    book.write("lib/imagination/constants.py", "GAMMA = 0.8\n")
    assert stale(book) == ["01_uses"]
    assert "constants.py" in book.executed("01_uses").staleness()


def test_a_module_that_no_chapter_uses(book):
    book.write("lib/imagination/other.py", "X = 2\n")
    book.write("lib/imagination/new.py", "X = 2\n")
    assert stale(book) == []


def test_a_module_that_takes_anothers_place(book):
    book.write("lib/imagination/constants/__init__.py", "GAMMA = 0.7\n")
    assert stale(book) == ["01_uses"]


def test_data(book):
    book.write("data/a.csv", "2\n")
    assert stale(book) == ["01_uses"]


def test_data_that_no_chapter_reads(book):
    book.write("data/b.csv", "2\n")
    assert stale(book) == []


def test_data_that_was_not_there(book):
    book.write("data/later.csv", "")
    assert stale(book) == ["01_uses"]


def test_data_that_is_gone(book):
    (book.root / "data" / "a.csv").unlink()
    assert stale(book) == ["01_uses"]


def test_a_cell(book):
    book.chapter("02_alone", "print(seed + 1)")
    assert stale(book) == ["02_alone"]


def test_stored_outputs_are_no_change(book):
    """As when JupyterLab saves a chapter that was run by hand."""
    path = book.root / "chapters" / "02_alone.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][-1] |= {"execution_count": 3, "outputs": []}
    path.write_text(json.dumps(notebook))
    assert stale(book) == []


def test_another_chapter(book):
    book.chapter("03_new", "print(seed)")
    assert stale(book) == []
    assert book.executed("03_new").staleness() == "not executed yet"


def test_the_lock(book):
    book.write("requirements.lock", "numpy==2.4.5\n")
    assert stale(book) == ["01_uses", "02_alone"]


def test_the_installed_packages_or_python(book, monkeypatch):
    monkeypatch.setattr(store, "environment_digest", lambda: "another")
    assert stale(book) == ["01_uses", "02_alone"]


def test_the_press_itself(book, monkeypatch):
    monkeypatch.setattr(store, "execution_code_digest", lambda: "another")
    assert stale(book) == ["01_uses", "02_alone"]


@pytest.mark.parametrize("parameters", [{"scale": "full"}, {"seed": 2}, {"scale": "full", "seed": 2}])
def test_parameters(book, parameters):
    assert book.executed("02_alone", **parameters).staleness() == "not executed yet"


def test_editions_do_not_mix(book):
    parameters = [{}, {"scale": "full"}, {"seed": 2}, {"seed": 3}, {"scale": "full", "seed": 2}]
    places = {book.executed("02_alone", **each).notebook for each in parameters}
    assert len(places) == len(parameters)


def test_a_damaged_copy(book):
    copy = book.executed("02_alone").notebook
    before = copy.read_bytes()
    copy.write_bytes(before[: len(before) // 2])
    assert stale(book) == ["02_alone"]
    copy.write_bytes(before)
    assert stale(book) == []


@pytest.mark.parametrize("content", ["", "{", None])
def test_a_damaged_manifest(book, content):
    manifest = book.executed("02_alone").manifest
    before = manifest.read_bytes()
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)
    assert stale(book) == ["02_alone"]
    manifest.write_bytes(before)
    assert stale(book) == []


def test_a_library_changed_while_a_chapter_ran(tiny):
    """What counts is what the kernel read, not what lies there when it ends."""
    tiny.write("lib/imagination/constants.py", "GAMMA = 0.9\n")
    change = "open('../lib/imagination/constants.py', 'w').write('GAMMA = 0.8')"
    tiny.chapter("01_one", "from imagination.constants import GAMMA", change, "print(GAMMA)")
    outcomes = tiny.execute("01_one")
    assert outcomes["01_one"].failure is None
    assert tiny.printed_text("01_one") == "0.9\n"
    assert "constants.py" in tiny.executed("01_one").staleness()
