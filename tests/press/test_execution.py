"""Chapters run side by side; one that fails stops itself alone, and says where and why."""

import asyncio
import errno
import socket

import pytest

from press import execution, notebooks
from press.book import BookError
from press.execution import report

FATAL = {
    "02_wrong": ("a = 1", "\n# a comment first\n1/0\nb = 2"),
    "03_missing": ("print(seed)",),
    "04_stderr": ("import sys\nprint('careful', file=sys.stderr)",),
    "05_dead": ("print('alive')", "import os\nos._exit(3)", "print('never')"),
    "06_slow": ("import time", "time.sleep(600)"),
    "07_warns": ("import warnings\nwarnings.warn('old')",),
}


@pytest.fixture(scope="module")
def run(new_book, tmp_path_factory):
    """A book with two sound chapters and some that fail each in another way, executed once."""
    tiny = new_book(tmp_path_factory.mktemp("book"))
    tiny.chapter("01_good", "print(scale, seed)", "x = 2", "x + 1")
    for name, cells in FATAL.items():
        missing = {"parameters": None} if name == "03_missing" else {}
        tiny.chapter(name, *cells, **missing)
    tiny.chapter("08_good", "print(hash('a'))")
    tiny.before = tiny.files()
    tiny.outcomes = tiny.execute("01_good", *FATAL, "08_good", cell_timeout=12.0)
    return tiny


def failure(run, name):
    return run.outcomes[name].failure


def test_the_sound_chapters_are_executed(run):
    assert failure(run, "01_good") is None
    assert failure(run, "08_good") is None
    assert run.printed_text("01_good") == "quick 1\n"


def test_an_exception(run):
    found = failure(run, "02_wrong")
    assert found.where == "cell 4 (In [3])"
    assert found.line == "# a comment first"
    assert found.error == "ZeroDivisionError: division by zero"
    assert "1/0" in found.details


def test_a_missing_parameters_cell(run):
    assert "parameters" in failure(run, "03_missing").error


@pytest.mark.parametrize(("name", "text"), [("04_stderr", "careful"), ("07_warns", "UserWarning: old")])
def test_output_on_stderr(run, name, text):
    found = failure(run, name)
    assert found.where == "cell 3 (In [2])"
    assert "stderr" in found.error
    assert text in found.details


def test_a_dead_kernel(run):
    found = failure(run, "05_dead")
    assert found.where == "cell 4 (In [3])"
    assert found.line == "import os"
    assert "kernel died" in found.error


def test_a_cell_without_end(run):
    found = failure(run, "06_slow")
    assert found.where == "cell 4 (In [3])"
    assert found.line == "time.sleep(600)"
    assert "longer than 12 s" in found.error


def test_nothing_is_kept_of_a_failed_chapter(run):
    assert all(run.executed(name).staleness() == "not executed yet" for name in FATAL)
    assert not run.executed("02_wrong").notebook.exists()


def test_the_report_names_chapter_cell_line_and_exception(run):
    text = report([run.outcomes[name] for name in FATAL])
    assert "02_wrong, cell 4 (In [3]): ZeroDivisionError: division by zero\n    # a comment first" in text
    assert all(name in text for name in FATAL)


def test_progress_names_each_chapter_its_time_and_what_is_left(run):
    ended = [line for line in run.said if line.startswith("[")]
    total = len(FATAL) + 2
    assert [line.split("]")[0] for line in ended] == [f"[{done}/{total}" for done in range(1, total + 1)]
    assert [line.split(", ")[-1] for line in ended] == [f"{left} left" for left in reversed(range(total))]
    assert all(" s, " in line for line in ended)
    assert sum("FAILED" in line for line in ended) == len(FATAL)
    assert sum(line.endswith("...") for line in run.said) == total


def test_the_sources_are_as_they_were(run):
    assert run.files() == run.before


def test_an_executed_copy_has_no_trace_of_time(run):
    executed = notebooks.read(run.executed("01_good").notebook)
    text = notebooks.to_bytes(executed).decode()
    assert "papermill" not in text
    assert "iopub" not in text
    assert [cell.get("execution_count") for cell in executed["cells"]] == [None, 1, 2, 3, 4]


def test_the_workers_files_are_removed(run):
    assert not run.book.work.exists()


ENVIRONMENT = """
import os, sys
print(os.environ["OMP_NUM_THREADS"], os.environ.get("MY_SETTING"), sys.flags.no_user_site, hash("x"))
print(list({"a", "b", "c", "d", "e"}))
import numpy
print(numpy.random.default_rng(seed).random(2000) @ numpy.random.default_rng(seed + 1).random(2000))
"""

FIGURE = """
import matplotlib.pyplot as plt
plt.plot([1, 2, seed])
plt.show()
"""


def test_two_executions_give_the_same_bytes_whatever_the_user_has_set(tiny, monkeypatch):
    tiny.chapter("01_one", ENVIRONMENT, FIGURE)
    copies = []
    for setting in ("4", "2"):
        monkeypatch.setenv("OMP_NUM_THREADS", setting)
        monkeypatch.setenv("MY_SETTING", setting)
        monkeypatch.setenv("PYTHONHASHSEED", setting)
        monkeypatch.setenv("MPLBACKEND", "svg")
        assert tiny.execute("01_one")["01_one"].failure is None
        copies.append(tiny.executed("01_one").notebook.read_bytes())
    assert copies[0] == copies[1]
    assert tiny.printed_text("01_one").startswith("1 None 1 ")
    assert b"image/png" in copies[0]


def test_parameters_are_passed_on_and_seen(tiny):
    tiny.chapter("01_one", "print(scale, seed)", "1/0 if seed == 3 else None")
    assert tiny.execute("01_one", scale="full", seed=2)["01_one"].failure is None
    assert tiny.printed_text("01_one", scale="full", seed=2) == "full 2\n"
    failed = tiny.execute("01_one", seed=3)["01_one"].failure
    assert failed.where == "cell 4 (In [3])"  # the cell with what was passed on is not the author's
    assert failed.line == "1/0 if seed == 3 else None"


def test_the_longest_chapters_come_first_and_two_at_once(tiny, monkeypatch):
    running, most = [], []

    async def pretend(chapter, folder, cell_timeout):
        running.append(chapter)
        most.append(len(running))
        await asyncio.sleep(0.01)
        running.remove(chapter)
        return execution.Outcome(chapter, None, 0.0)

    monkeypatch.setattr(execution, "_execute_one", pretend)
    for name, seconds in (("01_short", 1.0), ("02_long", 30.0), ("03_new", None)):
        tiny.chapter(name, "print(seed)")
        if seconds:
            tiny.executed(name).keep({}, b"", [], seconds)
    tiny.execute("01_short", "02_long", "03_new")
    begun = [line.split()[0] for line in tiny.said if line.endswith("...")]
    assert begun == ["03_new", "02_long", "01_short"]
    assert max(most) == 2  # as `TinyBook.execute` asks for


def test_without_a_loopback_interface_nothing_is_waited_for(tiny, monkeypatch):
    def unreachable(address):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket, "create_server", unreachable)
    tiny.chapter("01_one", "print(seed)")
    with pytest.raises(
        BookError, match=r"127\.0\.0\.1: Network is unreachable; bring the loopback interface up"
    ):
        tiny.execute("01_one")
