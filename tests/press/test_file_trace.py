"""What a kernel sees of its book's files is noted, and nothing else is."""

import os
import subprocess
import sys

import pytest

from press.file_trace import FOLDER, MISSING, listing_of, state_now, state_of
from press.store import read_trace
from press.worker import kernel_environment


@pytest.fixture
def see(tiny, tmp_path_factory):
    """Run code as a kernel would; what it saw, as a dictionary."""

    def run(code):
        folder = tmp_path_factory.mktemp("job")
        trace = folder / "reads.jsonl"
        environment = kernel_environment(run.root, folder) | {"PRESS_TRACE": str(trace)}
        cwd = tiny.root / "chapters"
        done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        run.output = done.stdout.decode()
        run.sights = read_trace(trace)
        return dict(run.sights)

    run.root = tiny.root
    return run


def test_files_opened_for_reading(tiny, see):
    data = tiny.write("data/a.csv", "x\n1\n")
    seen = see("import pandas; pandas.read_csv('../data/a.csv')")
    assert seen["data/a.csv"] == state_of(str(data))


def test_files_read_by_numpy_and_by_number(tiny, see):
    tiny.write("data/a.txt", "1 2\n")
    tiny.write("data/b.txt", "3 4\n")
    seen = see("import numpy, os; numpy.loadtxt('../data/a.txt'); os.open('../data/b.txt', os.O_RDONLY)")
    assert {"data/a.txt", "data/b.txt"} <= seen.keys()


def test_modules_and_where_they_might_be_instead(tiny, see):
    tiny.write("lib/imagination/used.py", "X = 1\n")
    tiny.write("lib/imagination/unused.py", "X = 1\n")
    seen = see("import imagination.used")
    assert "lib/imagination/__init__.py" in seen
    assert "lib/imagination/used.py" in seen
    assert seen["lib/imagination/used/__init__.py"] == MISSING  # a folder there would be imported instead
    assert "lib/imagination/unused.py" not in seen


def test_modules_that_were_not_found(see):
    seen = see("import imagination\ntry:\n    import imagination.later\nexcept ImportError:\n    pass")
    assert seen["lib/imagination/later.py"] == MISSING


@pytest.mark.parametrize(
    "question",
    [
        "import pathlib; pathlib.Path('../data/later.csv').exists()",
        "import os; os.path.isfile('../data/later.csv')",
        "import os\ntry:\n    os.stat('../data/later.csv')\nexcept OSError:\n    pass",
        "try:\n    open('../data/later.csv')\nexcept OSError:\n    pass",
    ],
)
def test_files_asked_after_in_vain(see, question):
    assert see(question)["data/later.csv"] == MISSING


@pytest.mark.parametrize(
    "question",
    [
        "import os; os.listdir('../data')",
        "import glob; glob.glob('../data/*.csv')",
        "import os; list(os.walk('../data'))",
    ],
)
def test_listed_folders(tiny, see, question):
    tiny.write("data/a.csv", "")
    before = see(question)["data"]
    assert before == listing_of(str(tiny.root / "data"))
    tiny.write("data/b.csv", "")
    assert state_now(str(tiny.root), "data", before) != before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_folder_that_is_asked_after_and_listed_is_both(tiny, see, order):
    tiny.write("data/a.csv", "")
    questions = ("os.stat('../data')", "os.listdir('../data')")
    see("import os; " + "; ".join(questions[place] for place in order))
    seen = [state for name, state in see.sights if name == "data"]
    assert seen == [FOLDER, listing_of(str(tiny.root / "data"))]


def test_a_book_that_is_reached_by_another_name(tiny, see, tmp_path):
    """Files are the book's whether they are named below the link or below what it leads to."""
    tiny.write("data/a.csv", "x\n")
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(tiny.root, target_is_directory=True)
    see.root = link
    for root in (tiny.root, link):
        assert "data/a.csv" in see(f"open({str(root / 'data' / 'a.csv')!r}).read()")


def test_processes_that_the_kernel_starts(tiny, see):
    tiny.write("data/a.csv", "x\n")
    seen = see(
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'open(\"../data/a.csv\").read()'])"
    )
    assert "data/a.csv" in seen


def test_files_written_and_files_elsewhere_do_not_count(tiny, see, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "b.txt"
    other.write_text("b")
    seen = see(
        f"open('../data.txt', 'w').write('a'); open({str(other)!r}).read(); open('../_build.txt', 'w')"
    )
    assert not [name for name in seen if name.endswith(".txt")]


def test_a_constant_changed_in_the_same_second_is_seen(tiny, see):
    """Python itself runs the compiled file, whose source had the same size and second."""
    module = tiny.write("lib/imagination/constant.py", "X = 1\n")
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", "import imagination.constant as c; print(c.X)"]

    def by_python_itself():
        environment = settings | {"PYTHONPATH": str(tiny.root / "lib")}
        return subprocess.run(command, env=environment, check=True, capture_output=True).stdout.strip()

    assert by_python_itself() == b"1"
    times = module.stat()
    module.write_text("X = 2\n")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert by_python_itself() == b"1"
    seen = see("import imagination.constant as c; print(c.X)")
    assert see.output.strip() == "2"
    assert seen["lib/imagination/constant.py"] == state_of(str(module))


def test_states_tell_files_folders_and_nothing_apart(tmp_path):
    (tmp_path / "file").write_text("x")
    assert state_of(str(tmp_path)) == FOLDER
    assert state_of(str(tmp_path / "none")) == MISSING
    assert state_of(str(tmp_path / "file" / "below")) == MISSING
    assert len(state_of(str(tmp_path / "file"))) == 64


def test_a_trace_cut_short_loses_its_last_line_only(tmp_path):
    trace = tmp_path / "reads.jsonl"
    trace.write_text('["a", "missing"]\n["b", "mis')
    assert read_trace(trace) == [("a", "missing")]
