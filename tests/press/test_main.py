"""The commands, from end to end, on tiny books."""

import errno
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import filelock
import pytest

from press import __main__ as press
from press import pages


def run(book, *arguments):
    """A command's exit status."""
    return press.main(["--root", str(book.root), *arguments])


def start(book, *arguments):
    """A command in a process of its own, which can be interrupted even where the tests cannot."""
    command = [sys.executable, "-m", "press", "--root", str(book.root), *arguments]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    finally:
        signal.signal(signal.SIGINT, before)


def digest(folder):
    """A digest of a folder's files."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def printed(new_book, tmp_path_factory):
    """A printed book of two chapters, the first of which uses the library."""
    book = new_book(tmp_path_factory.mktemp("book"))
    book.write("lib/imagination/constants.py", "GAMMA = 0.9\n")
    book.chapter("01_uses", "from imagination.constants import GAMMA\nprint('gamma is', GAMMA)")
    book.chapter("02_alone", "print(scale, seed)")
    assert run(book, "book") == 0
    return book


@pytest.fixture
def book(printed):
    """The book; its files come back afterwards."""
    before = printed.files()
    yield printed
    for name in printed.files().keys() - before.keys():
        (printed.root / name).unlink()
    for name, content in before.items():
        (printed.root / name).write_bytes(content)


def test_prints_pages_with_their_outputs(book):
    assert "gamma is 0.9" in (book.book.html / "chapters" / "01_uses.html").read_text()
    assert "chapters/index.html" in (book.book.html / "index.html").read_text()


def test_does_nothing_when_nothing_changed_and_says_where_the_book_is(book, capsys):
    before = (book.book.html / "index.html").stat()
    assert run(book, "book") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["01_uses: unchanged", "02_alone: unchanged", "The pages: unchanged"]
    assert lines[-1] == os.path.join("_build", "html", "index.html")
    assert (book.book.html / "index.html").stat() == before


def test_two_presses_at_once(book, capsys):
    with filelock.FileLock(book.book.build / "press.lock"):
        assert run(book, "book") != 0
    assert "another press" in capsys.readouterr().err
    assert run(book, "book") == 0


def test_an_exchange_of_pages_that_was_interrupted_is_undone(book, capsys):
    before = digest(book.book.html)
    book.book.html.rename(book.book.build / "html.previous")
    assert run(book, "book") == 0
    assert "The pages: unchanged" in capsys.readouterr().out
    assert digest(book.book.html) == before


def test_a_changed_constant_executes_the_chapters_that_use_it(book, capsys):
    book.write("lib/imagination/constants.py", "GAMMA = 0.8\n")
    assert run(book, "book", "--chapter", "01") == 0
    said = capsys.readouterr().out
    assert "01_uses: lib/imagination/constants.py changed" in said
    assert "[1/1] 01_uses" in said
    assert "02_alone" not in said
    assert "gamma is 0.8" in (book.book.html / "chapters" / "01_uses.html").read_text()


def test_a_failing_cell_leaves_the_last_good_book(book, capsys):
    before = digest(book.book.html)
    book.chapter("01_uses", "x = 1\nx/0")
    book.chapter("02_alone", "print('another')")
    assert run(book, "book") != 0
    captured = capsys.readouterr()
    assert "01_uses, cell 3 (In [2]): ZeroDivisionError: division by zero\n    x = 1\n" in captured.err
    assert "last good book" in captured.err
    assert digest(book.book.html) == before
    assert book.printed_text("02_alone") == "another\n"  # the others finish


def test_a_page_with_a_mistake_leaves_the_last_good_book(book, capsys):
    before = digest(book.book.html)
    book.write("chapters/index.md", "# Front\n\nSee {eq}`eq-nowhere` and {cite:t}`Nobody99`.\n")
    assert run(book, "book") != 0
    captured = capsys.readouterr()
    assert "eq-nowhere" in captured.err
    assert "Nobody99" in captured.err
    assert "chapters/index.md:3" in captured.err
    assert digest(book.book.html) == before


def test_the_scale_is_passed_on_and_editions_are_kept_apart(book, capsys):
    assert run(book, "book", "--scale", "full", "--chapter", "02") == 0
    assert book.printed_text("02_alone", scale="full") == "full 1\n"
    assert book.printed_text("02_alone") == "quick 1\n"
    assert "Not printed: 01_uses" in capsys.readouterr().out  # not executed at that scale yet
    assert run(book, "book", "--chapter", "02", "-p", "seed=7") == 0
    assert book.printed_text("02_alone", seed=7) == "quick 7\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("book", "--chapter", "09"), "no chapter begins with '09'; there are 01_uses, 02_alone"),
        (("book", "--chapter", "0"), "more than one"),
        (("book", "-p", "seed"), "NAME=VALUE"),
        (("book", "-p", "seed=["), "a number, a text or a list of these, not 'seed=['"),
        (("book", "-p", "seed=2020-01-01"), "a number, a text or a list of these"),
        (("book", "-p", "seed=.nan"), "a number, a text or a list of these"),
    ],
)
def test_says_what_is_wrong_with_a_command(book, capsys, arguments, complaint):
    assert run(book, *arguments) != 0
    assert complaint in capsys.readouterr().err


def test_says_that_a_listed_chapter_is_missing(book, capsys):
    (book.root / "chapters" / "02_alone.ipynb").unlink()
    assert run(book, "book") != 0
    assert "_toc.yml lists chapters/02_alone" in capsys.readouterr().err


def test_says_that_a_folder_is_no_book(tmp_path, capsys):
    assert press.main(["--root", str(tmp_path), "book"]) != 0
    assert "_toc.yml is not there" in capsys.readouterr().err


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_says_what_the_system_refuses(book, capsys, monkeypatch, code):
    def refuse(lock, **options):
        raise OSError(code, os.strerror(code), lock.lock_file)

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    assert run(book, "book") == 1
    (line,) = capsys.readouterr().err.splitlines()
    lock = book.book.build / "press.lock"
    assert re.match(f"press: {re.escape(str(lock))}: {os.strerror(code)}; (make room|the press needs)", line)


def wait_until(condition, seconds=300.0):
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_alive(process_id):
    """Whether there is such a process, other than as a zombie."""
    try:
        with open(f"/proc/{process_id}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="asks Linux which processes live")


@needs_proc
@pytest.mark.parametrize(("sent", "said"), [(signal.SIGKILL, ""), (signal.SIGINT, "interrupted")])
def test_a_stopped_press_leaves_no_process_and_keeps_what_was_finished(tiny, tmp_path_factory, sent, said):
    started = tmp_path_factory.mktemp("signals") / "kernels"
    sleep = "[sys.executable, '-c', 'import time; time.sleep(600)']"
    tell = f"import os, subprocess, sys, time\nchild = subprocess.Popen({sleep}).pid"
    tell += f"\nopen({str(started)!r}, 'w').write(f'{{os.getpid()}} {{child}}')"
    tiny.chapter("01_fast", "print('whole')")
    tiny.chapter("02_slow", tell, "time.sleep(600)")
    process = start(tiny, "book", "--jobs", "2")
    assert any(line.startswith("[1/2] 01_fast") for line in process.stdout)
    assert wait_until(lambda: started.exists() and " " in started.read_text())
    kernel, child = map(int, started.read_text().split())
    process.send_signal(sent)
    assert said in process.communicate(timeout=300)[0]
    assert process.returncode != 0
    assert wait_until(lambda: not is_alive(kernel))
    assert wait_until(lambda: not is_alive(child))
    assert tiny.executed("01_fast").staleness() is None
    assert tiny.executed("02_slow").staleness() == "not executed yet"


def test_a_press_killed_while_it_prints_leaves_the_last_good_book(book):
    before = digest(book.book.html)
    book.write("chapters/index.md", "# Another front\n")
    process = start(book, "book")
    assert any(line.startswith("Printing the pages") for line in process.stdout)
    time.sleep(0.5)
    process.kill()
    process.wait()
    assert digest(book.book.html) == before
    assert run(book, "book") == 0
    assert "Another front" in (book.book.html / "chapters" / "index.html").read_text()


def stub_pages(book, files, folder):
    """Pages that are just the sources."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_reproducible_compares_every_executed_byte(tiny, capsys, monkeypatch):
    monkeypatch.setattr(pages, "print_pages", stub_pages)
    tiny.chapter("01_same", "import random; print(random.Random(seed).random())")
    assert run(tiny, "reproducible") == 0
    assert "byte for byte" in capsys.readouterr().out
    assert not (tiny.book.build / "executed").exists()
    tiny.chapter("01_same", "import uuid; print(uuid.uuid4().int)")
    assert run(tiny, "reproducible") != 0
    assert "executed/quick/01_same.ipynb: byte" in capsys.readouterr().err


def test_serves_the_printed_book_on_this_machine(book):
    said = []
    original, press.say = press.say, said.append
    try:
        threading.Thread(target=run, args=(book, "serve", "--port", "0"), daemon=True).start()
        assert wait_until(lambda: said)
    finally:
        press.say = original
    address = said[0].split()[4]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}chapters/index.html") as page:
        assert b"On Training in Imagination" in page.read()


def test_serving_at_a_port_that_is_taken(book, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(book, "serve", "--port", str(port)) == 1
    assert f"port {port}: Address already in use; name another" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "pdf"])
def test_there_must_be_a_printed_book(tiny, capsys, command):
    tiny.chapter("01_one", "print(seed)")
    assert run(tiny, command) != 0
    assert "no printed book" in capsys.readouterr().err


def test_the_address_is_written_and_said(tiny, capsys):
    tiny.chapter("01_one", "print(seed)")
    assert run(tiny, "address", "https://github.com/someone/book") == 0
    said = capsys.readouterr().out
    assert "_config.yml" in said
    assert said.endswith("The book's repository: https://github.com/someone/book\n")
    assert run(tiny, "address", "nowhere") != 0
    assert "an address is https://" in capsys.readouterr().err
    assert run(tiny, "address", "") == 0
    assert capsys.readouterr().out.endswith("no address yet\n")


def test_times_and_links_are_said(tiny, capsys):
    tiny.chapter("01_one", "print(seed)")
    assert run(tiny, "times") == 0
    tiny.write("_build/html/index.html", '<a href="https://127.0.0.1:9/nothing">there</a>')
    assert run(tiny, "links") == 2
    assert "there seems to be no network" in capsys.readouterr().out


def test_clean_removes_what_was_built(tiny):
    tiny.chapter("01_one", "print(seed)")
    tiny.write("_build/html/index.html", "")
    tiny.write("_build/executed/quick/01_one.ipynb", "")
    sources = tiny.files()
    assert run(tiny, "clean") == 0
    assert [path.name for path in tiny.book.build.iterdir()] == ["press.lock"]
    assert tiny.files() == sources
