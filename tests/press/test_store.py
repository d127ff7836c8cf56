"""An executed chapter is fresh for as long as all that it depends on is what it was, and no longer."""

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

import pytest

from press import store
from press.worker import EXECUTION_CODE


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


BOTH = ["01_uses", "02_alone"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("lib/imagination/constants.py", "GAMMA = 0.8\n", ["01_uses"]),
        ("lib/imagination/constants/__init__.py", "GAMMA = 0.7\n", ["01_uses"]),  # would be imported instead
        ("lib/imagination/other.py", "X = 2\n", []),
        ("lib/imagination/new.py", "X = 2\n", []),
        ("data/a.csv", "2\n", ["01_uses"]),
        ("data/a.csv", None, ["01_uses"]),
        ("data/b.csv", "2\n", []),
        ("data/later.csv", "", ["01_uses"]),  # which it asked after in vain
        ("requirements.lock", "numpy==2.4.5\n", BOTH),
    ],
)
def test_a_file(book, name, content, expected):
    if content is None:
        (book.root / name).unlink()
    else:
        book.write(name, content)
    assert stale(book) == expected


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


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Another installation of the same packages, in which tests change a thing; digests are taken anew."""
    for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
        (tmp_path / path.name).mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    store.environment_digest.cache_clear()
    yield tmp_path
    store.environment_digest.cache_clear()


CHANGES = {
    "nothing": lambda monkeypatch, packages: None,
    "Python": lambda monkeypatch, packages: monkeypatch.setattr(sys, "version", f"{sys.version} 2"),
    "system": lambda monkeypatch, packages: monkeypatch.setattr(platform, "system", lambda: "Plan 9"),
    "machine": lambda monkeypatch, packages: monkeypatch.setattr(platform, "machine", lambda: "abacus"),
    "package": lambda monkeypatch, packages: (packages / "more-1.0.dist-info").mkdir(),
    "version": lambda monkeypatch, packages: next(packages.glob("numpy-*")).rename(packages / "numpy-9.9"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_installed_packages_python_and_machine(book, environment, monkeypatch, change):
    CHANGES[change](monkeypatch, environment)
    assert book.executed("02_alone").staleness() == (None if change == "nothing" else "environment changed")


def test_the_press_itself(book, monkeypatch, tmp_path):
    """Every file of it that a kernel or its worker runs counts."""
    runs = "import sys, sitecustomize, press.worker, press.file_trace; print(*(m.__file__ for m in mine))"
    mine = "mine = [m for name, m in sys.modules.items() if name.startswith(('press.', 'sitecustomize'))]; "
    folder = Path(store.__file__).parent
    path = os.pathsep.join([str(folder / "kernel"), str(folder.parent)])
    command = [sys.executable, "-c", runs.replace("print", mine + "print")]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=True)
    names = {Path(name).relative_to(folder).as_posix() for name in done.stdout.decode().split()}
    assert names == set(EXECUTION_CODE)
    shutil.copytree(folder, tmp_path / "press")
    assert store.execution_code_digest(tmp_path / "press") == store.execution_code_digest()
    digests = {store.execution_code_digest()}
    for place, name in enumerate(EXECUTION_CODE, start=2):
        with open(tmp_path / "press" / name, "a") as file:
            file.write("# changed\n")
        store.execution_code_digest.cache_clear()
        digests.add(store.execution_code_digest(tmp_path / "press"))
        assert len(digests) == place
    monkeypatch.setattr(store, "execution_code_digest", lambda: "another")
    assert book.executed("02_alone").staleness() == "press changed"


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


def spoil(name, value):
    """A manifest in which a thing is not what it was, or is not there at all."""

    def spoiled(manifest):
        found = json.loads(manifest)
        if value is None:
            del found[name]
        else:
            found[name] = value
        return json.dumps(found).encode()

    return spoiled


@pytest.mark.parametrize(
    "damage",
    [
        *(lambda before, content=content: content for content in (b"", b"{", b"{}", b"[]", b"null", b"\xff")),
        *(spoil(name, value) for name in ("key", "executed", "seconds", "reads") for value in (None, "1")),
        *(spoil("reads", [value]) for value in ("a", ["a"], ["a", 1], {})),
    ],
)
def test_a_damaged_manifest(book, damage):
    executed = book.executed("02_alone")
    before = executed.manifest.read_bytes()
    executed.manifest.write_bytes(damage(before))
    assert stale(book) == ["02_alone"]
    assert executed.seconds() in (float("inf"), json.loads(before)["seconds"])
    executed.manifest.unlink()
    assert stale(book) == ["02_alone"]
    executed.manifest.write_bytes(before)
    assert stale(book) == []


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_copy_that_was_only_half_kept_is_not_taken_for_whole(book, monkeypatch, moment):
    """Killed before the first file is in place, between the two, and after both."""
    executed, places, replace = book.executed("02_alone"), [], os.replace
    before = executed.notebook.read_bytes(), executed.manifest.read_bytes()
    book.chapter("02_alone", "print(seed + 1)")
    key = executed.key(executed.chapter.read_bytes())

    def until_then(draft, place):
        places.append(place)
        if len(places) == moment:
            raise KeyboardInterrupt
        replace(draft, place)

    monkeypatch.setattr(os, "replace", until_then)
    with suppress(KeyboardInterrupt):
        executed.keep(key, b"another", [], 1.0)
    assert (executed.staleness() is None) == (moment == 3)
    monkeypatch.undo()
    executed.notebook.write_bytes(before[0])
    executed.manifest.write_bytes(before[1])


def test_changes_while_a_chapter_ran(tiny):
    """What counts is what the kernel read and what was executed, not what lies there in the end."""
    library = tiny.write("lib/imagination/constants.py", "GAMMA = 0.9\n")
    change = (
        "for name in ('lib/imagination/constants.py', 'requirements.lock', 'chapters/01_one.ipynb'):\n"
        "    with open(f'../{name}', 'r+') as file:\n"
        "        text = file.read().replace('0.9', '0.8').replace('numpy', 'scipy')\n"
        "    text = text.replace('A chapter', 'Another')\n"
        "    with open(f'../{name}', 'w') as file:\n"
        "        _ = file.write(text)"
    )
    chapter = tiny.chapter("01_one", "from imagination.constants import GAMMA", change, "print(GAMMA)")
    before = tiny.files()
    outcomes = tiny.execute("01_one")
    assert outcomes["01_one"].failure is None
    assert tiny.printed_text("01_one") == "0.9\n"
    for path, reason in (
        (chapter, "cells changed"),
        (tiny.root / "requirements.lock", "lock changed"),
        (library, "lib/imagination/constants.py changed"),
    ):
        assert path.read_bytes() != before[path.relative_to(tiny.root).as_posix()]
        assert tiny.executed("01_one").staleness() == reason
        path.write_bytes(before[path.relative_to(tiny.root).as_posix()])
    assert tiny.executed("01_one").staleness() is None
