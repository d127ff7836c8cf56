"""The press's commands: `python -m press --help`."""

import argparse
import functools
import http.server
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
import yaml

from press import address, links, pages, run_times
from press.book import Book, BookError, told
from press.execution import Outcome, cores, execute, report
from press.notebooks import SCALES, ChapterError
from press.pages import PrintError
from press.store import Executed

QUICK_CELL_TIMEOUT = 300.0
"""Seconds for one cell at the quick scale, where a whole chapter is meant to take less than 60."""


def say(line: str) -> None:
    """Print a line, at once and in one piece: several chapters speak at the same time."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def working(book: Book) -> Iterator[None]:
    """Let one press at a time work on a book, on a work folder that holds nothing of an earlier one's.

    The operating system lets go of the lock when the process ends, however it ends.
    """
    book.build.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(book.build / "press.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        message = f"another press is at work on this book (it holds {lock.lock_file}); wait for it"
        raise BookError(message) from None
    with lock:
        shutil.rmtree(book.work, ignore_errors=True)
        pages.mend(book)
        yield
        shutil.rmtree(book.work, ignore_errors=True)


def parameters_of(options: argparse.Namespace) -> dict[str, Any]:
    """What is passed on to the chapters. The default scale is their own default and is not passed on."""
    parameters: dict[str, Any] = {} if options.scale == "quick" else {"scale": options.scale}
    for setting in options.parameter:
        name, equals, value = setting.partition("=")
        if not (equals and name.isidentifier()):
            raise BookError(f"--parameter takes NAME=VALUE, not {setting!r}")
        try:
            parameters[name] = yaml.safe_load(value)
            json.dumps(parameters[name], allow_nan=False)
        except (yaml.YAMLError, TypeError, ValueError) as error:
            raise BookError(
                f"--parameter takes a number, a text or a list of these, not {setting!r}"
            ) from error
    return parameters


def execute_stale(book: Book, wanted: list[Executed], options: argparse.Namespace) -> list[Outcome]:
    """Execute those chapters that must be; return what failed."""
    stale = []
    for chapter in wanted:
        reason = "asked for" if options.again else chapter.staleness()
        say(f"{chapter.chapter.stem}: {reason or 'unchanged'}")
        stale += [chapter] if reason else []
    if not stale:
        return []
    say(f"Executing {len(stale)} of {len(wanted)} chapters, {min(options.jobs, len(stale))} at a time")
    outcomes = execute(stale, book.work / "chapters", say, options.jobs, options.cell_timeout)
    return [outcome for outcome in outcomes if outcome.failure]


def print_book(book: Book, options: argparse.Namespace) -> int:
    """The `book` command."""
    begun = time.monotonic()
    parameters = parameters_of(options)
    everything = [Executed(book, chapter, parameters) for chapter in book.chapters()]
    asked = [book.find(name) for name in options.chapter]
    wanted = [executed for executed in everything if not asked or executed.chapter in asked]
    with working(book):
        failures = execute_stale(book, wanted, options)
        if failures:
            print(f"\n{report(failures)}", file=sys.stderr)
            print("\nNothing was printed; the last good book is where it was.", file=sys.stderr)
            return 1
        stale = [executed.chapter.stem for executed in everything if executed.staleness()] if asked else []
        if stale:
            say(f"Not printed: {', '.join(stale)} must be executed first (`python -m press book`)")
            return 0
        files = pages.inputs(book, {executed.chapter: executed.notebook for executed in everything})
        wanted_digest = pages.digest_of(book, files)
        if pages.is_printed(book, wanted_digest):
            say("The pages: unchanged")
        else:
            say("Printing the pages ...")
            printed = pages.print_pages(book, files, book.work / "pages")
            pages.put_in_place(book, printed, wanted_digest)
    say(f"Done in {time.monotonic() - begun:.1f} s. The book:")
    say(str((book.html / "index.html").relative_to(book.root)))
    return 0


def check_reproducible(book: Book, options: argparse.Namespace) -> int:
    """The `reproducible` command: execute everything twice from nothing, print it twice, and compare.

    The kept copies are neither used nor touched.
    """
    with working(book):
        twice = [Book(book.root, f"{book.products}/{book.work.name}/{name}") for name in ("first", "second")]
        for copy in twice:
            say(f"From nothing, the {copy.build.name} time:")
            if print_book(copy, options):
                return 1
            for manifest in (copy.build / "executed").rglob("*.json"):
                manifest.unlink()  # it tells how long the execution took
        difference = pages.first_difference(*(copy.build for copy in twice))
    if difference:
        print(f"Not the same twice. {difference}", file=sys.stderr)
        return 1
    say("The same twice, byte for byte: every executed chapter and every page.")
    return 0


def serve(book: Book, options: argparse.Namespace) -> int:
    """The `serve` command: the printed book on this machine, for this machine."""
    pages.check_printed(book)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(book.html))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler)
    except OSError as error:
        raise BookError(f"port {options.port}: {error.strerror}; name another: --port 0 takes any") from error
    with server:
        say(f"The book is at http://127.0.0.1:{server.server_port}/ until you press Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("")
    return 0


def clean(book: Book, options: argparse.Namespace) -> int:
    """The `clean` command."""
    with working(book):
        for path in book.build.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "press.lock":
                path.unlink()
    return 0


def write_lock(book: Book, options: argparse.Namespace) -> int:
    """The `lock` command: resolve `pyproject.toml` with all its extras."""
    from press.lockfile import locked_lines

    lines = locked_lines(book.root, upgrade=options.upgrade)
    book.lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def draw_picture(book: Book, options: argparse.Namespace) -> int:
    """The `picture` command."""
    from press.readme_picture import draw

    say(str(draw(book.root / "chapters" / "_static")))
    return 0


def write_times(book: Book, options: argparse.Namespace) -> int:
    """The `times` command."""
    for name, seconds in run_times.write(book).items():
        say(f"{name}: {run_times.in_words(seconds)}")
    return 0


def write_address(book: Book, options: argparse.Namespace) -> int:
    """The `address` command."""
    for path in address.write(book, options.url):
        say(str(path.relative_to(book.root)))
    say(f"The book's repository: {address.read(book) or 'no address yet'}")
    return 0


def print_copy(book: Book, options: argparse.Namespace) -> int:
    """The `pdf` command."""
    from press.pdf import print_pdf

    pages.check_printed(book)
    path = book.build / "on-training-in-imagination.pdf"
    say(f"{print_pdf(book, path)} pages: {path.relative_to(book.root)}")
    return 0


def check_proofs(book: Book, options: argparse.Namespace) -> int:
    """The `formal` command."""
    from press import proofs

    if options.print:
        say(str(proofs.print_bounds(book).relative_to(book.root)))
        return 0
    with working(book):
        path = proofs.write(book, say)
    say(str(path.relative_to(book.root)))
    return 0


def check_links(book: Book, options: argparse.Namespace) -> int:
    """The `links` command."""
    return links.report(links.check(links.external(book)), say)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m press", description="Execute the chapters, print the book.")
    top.add_argument("--root", type=Path, default=Path.cwd(), help="the book's folder (default: this one)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    execution = argparse.ArgumentParser(add_help=False)
    execution.add_argument("--scale", choices=SCALES, default="quick", help="how much the chapters compute")
    several: dict[str, Any] = {"action": "append", "default": []}
    setting = "set a parameter of the chapters"
    execution.add_argument("-p", "--parameter", metavar="NAME=VALUE", help=setting, **several)
    execution.add_argument("--jobs", type=int, default=cores(), help="chapters at once (default: one a core)")
    execution.add_argument(
        "--cell-timeout", type=float, metavar="SECONDS", help="the longest that a cell may take"
    )

    book = commands.add_parser("book", parents=[execution], help="execute what has changed, print the book")
    book.add_argument("--chapter", metavar="NN", help="only this one; may be given again", **several)
    book.add_argument("--again", action="store_true", help="execute although nothing has changed")
    book.set_defaults(run=print_book)

    twice = commands.add_parser("reproducible", parents=[execution], help="do it twice, compare every byte")
    twice.set_defaults(run=check_reproducible, chapter=[], again=False)

    server = commands.add_parser("serve", help="show the printed book on localhost")
    server.add_argument("--port", type=int, default=8000)
    server.set_defaults(run=serve)

    commands.add_parser("clean", help="remove everything that was built").set_defaults(run=clean)
    commands.add_parser("pdf", help="print the whole book as one PDF").set_defaults(run=print_copy)
    proofs = commands.add_parser("formal", help="have Coq check the proofs, and record what it checked")
    proofs.add_argument("--print", action="store_true", help="only print formal/Bounds.v from the claims")
    proofs.set_defaults(run=check_proofs)
    commands.add_parser("links", help="ask every other site that is linked to").set_defaults(run=check_links)
    commands.add_parser("times", help="record how long the chapters take").set_defaults(run=write_times)
    where = commands.add_parser("address", help="write the address of the book's repository")
    where.add_argument("url", nargs="?", help="without one, write again the one that is set")
    where.set_defaults(run=write_address)
    lock = commands.add_parser("lock", help="lock what pyproject.toml and its extras need")
    lock.add_argument("--upgrade", action="store_true", help="the newest of all, not only what must change")
    lock.set_defaults(run=write_lock)
    commands.add_parser("picture", help="draw the README's picture again").set_defaults(run=draw_picture)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = parser().parse_args(arguments)
    if getattr(options, "cell_timeout", 0.0) is None and options.scale == "quick":
        options.cell_timeout = QUICK_CELL_TIMEOUT
    book = Book(options.root.resolve())
    try:
        return options.run(book, options)
    except (BookError, ChapterError) as error:
        print(f"press: {error}", file=sys.stderr)
    except PrintError as error:
        print(f"{error}\n\nNothing was printed; the last good book is where it was.", file=sys.stderr)
    except subprocess.CalledProcessError as error:
        print(f"press: {' '.join(error.cmd)} ended with status {error.returncode}", file=sys.stderr)
    except OSError as error:
        print(f"press: {told(error, book.build)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("press: interrupted; what was finished is kept", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
