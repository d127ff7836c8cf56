"""How long each chapter takes to run, recorded in coarse steps, so that pages stay the same byte for byte.

`python -m press times` writes the record from the last executions at the quick scale.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from press.book import Book, BookError, read_yaml, write_atomically
from press.store import Executed

PLACE = "chapters/_times.yml"

STEPS = {
    10: "under 10 seconds",
    20: "under 20 seconds",
    30: "about half a minute",
    60: "about a minute",
    90: "about a minute and a half",
    180: "a few minutes",
    600: "about ten minutes",
}
"""The steps: the most seconds of each, and how it is said."""

SLACK = 4.0
"""How many times as long, or as short, as its step an execution may take: machines differ."""

HEADER = "# Seconds that a chapter takes to run, at the quick scale. Written by `python -m press times`.\n"


def step(seconds: float) -> int:
    """The step that a time falls into.

    Raises
    ------
    ValueError
        It is above the last one.
    """
    for most in STEPS:
        if seconds <= 1.15 * most:
            return most
    raise ValueError(f"seconds: {seconds:g} is too long for a chapter; the longest step is {max(STEPS)}")


def in_words(seconds: int) -> str:
    """What a reader is told about a recorded step."""
    return STEPS[seconds]


def read(path: Path) -> dict[str, int]:
    """The record: for each chapter its step. Empty where there is none.

    Raises
    ------
    BookError
        It is damaged, or a time in it is none of the steps.
    """
    record: dict[str, int] = read_yaml(path) if path.exists() else {}
    for name, seconds in record.items():
        if seconds not in STEPS:
            raise BookError(f"{name}: {seconds!r} is none of the steps {', '.join(map(str, STEPS))}")
    return record


def write(book: Book) -> dict[str, int]:
    """Record the last executions at the quick scale; a chapter that was not executed keeps its step."""
    path = book.root / PLACE
    before = read(path)
    record = {}
    for chapter in book.chapters():
        seconds = Executed(book, chapter, {}).seconds()
        if seconds < float("inf"):
            record[chapter.stem] = step(seconds)
        elif chapter.stem in before:
            record[chapter.stem] = before[chapter.stem]
    lines = "".join(f"{name}: {seconds}\n" for name, seconds in record.items())
    write_atomically(path, (HEADER + lines).encode())
    return record


def _is_close(seconds: float, recorded: int) -> bool:
    return recorded / (3 * SLACK) <= seconds <= SLACK * recorded


def grossly_different(record: Mapping[str, int], executed: Iterable[Executed]) -> list[str]:
    """The chapters that have no record, or whose last execution took far longer or far less than recorded.

    Of a chapter that was never executed only the record can be missed.
    """
    found = []
    for chapter in executed:
        name, seconds = chapter.chapter.stem, chapter.seconds()
        if name not in record:
            found.append(f"{name}: no time to run is recorded")
        elif seconds < float("inf") and not _is_close(seconds, record[name]):
            found.append(f"{name}: took {seconds:g} s, and {record[name]} s are recorded")
    return found
