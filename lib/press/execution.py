"""Executes chapters side by side, each by a worker process of its own, and keeps what they print."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from press.book import BookError
from press.notebooks import ChapterError
from press.store import Executed, read_trace
from press.worker import Failure, kernel_environment, matplotlib_folder

Say = Callable[[str], None]

PATIENCE = 5.0
"""Seconds that a worker has to end its kernel."""


@dataclass(frozen=True)
class Outcome:
    """How the execution of one chapter ended: `failure` is None if well."""

    executed: Executed
    failure: Failure | None
    seconds: float


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare_fonts() -> None:
    """Let matplotlib list the machine's fonts once, here: in a chapter it would write to stderr about it."""
    folder = matplotlib_folder(sys.prefix)
    if not any(folder.glob("fontlist-*.json")):
        folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"MPLCONFIGDIR": str(folder)}
        command = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(command, env=environment, check=True, capture_output=True)


def check_loopback() -> None:
    """See that this machine can talk to itself: without, a kernel starts and is waited for in vain.

    Raises
    ------
    BookError
        It cannot.
    """
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), timeout=10),
        ):
            pass
    except OSError as error:
        message = f"no kernel can be talked to at 127.0.0.1: {error.strerror or error}; "
        raise BookError(message + "bring the loopback interface up (Linux: ip link set lo up)") from error


def execute(
    chapters: Sequence[Executed], folder: Path, say: Say, workers: int, cell_timeout: float | None
) -> list[Outcome]:
    """Execute chapters, as many at once as `workers`, and keep those that go well.

    A chapter that fails stops by itself; the others go on. An interrupt stops all, at once; what was executed
    by then is kept.

    Parameters
    ----------
    chapters : sequence of Executed
        What to execute.
    folder : Path
        For the workers' files; made, and removed at the end.
    say : callable
        Told a line at a time what is going on.
    workers : int
        How many chapters at once.
    cell_timeout : float or None
        Seconds that a cell may take.

    Returns
    -------
    list of Outcome
        In the order in which they ended.

    Raises
    ------
    BookError
        There is no loopback interface.
    """
    check_loopback()
    prepare_fonts()
    longest_first = sorted(chapters, key=lambda chapter: -chapter.seconds())
    try:
        return asyncio.run(_execute_all(longest_first, folder, say, workers, cell_timeout))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _execute_all(
    chapters: Sequence[Executed], folder: Path, say: Say, workers: int, cell_timeout: float | None
) -> list[Outcome]:
    """Those that still run when this is left are cancelled by `asyncio.run`."""
    slots = asyncio.Semaphore(workers)
    outcomes: list[Outcome] = []

    async def execute_one(chapter: Executed) -> None:
        async with slots:
            say(f"  {chapter.chapter.stem} ...")
            outcomes.append(await _execute_one(chapter, folder / chapter.chapter.stem, cell_timeout))
        say(_progress(outcomes[-1], len(outcomes), len(chapters)))

    for ended in asyncio.as_completed([asyncio.create_task(execute_one(chapter)) for chapter in chapters]):
        await ended
    return outcomes


def _progress(outcome: Outcome, done: int, total: int) -> str:
    name, seconds = outcome.executed.chapter.stem, f"{outcome.seconds:.1f} s"
    if outcome.failure:
        seconds = f"FAILED after {seconds}"
    return f"[{done}/{total}] {name}: {seconds}, {total - done} left"


async def _execute_one(chapter: Executed, folder: Path, cell_timeout: float | None) -> Outcome:
    begun = time.monotonic()
    source = chapter.chapter.read_bytes()
    try:
        key = chapter.key(source)
    except ChapterError as error:
        return Outcome(chapter, Failure("the file", "", str(error)), time.monotonic() - begun)
    failure = await _work(chapter, source, folder, cell_timeout)
    seconds = time.monotonic() - begun
    if failure is None:
        executed = (folder / "executed.ipynb").read_bytes()
        chapter.keep(key, executed, read_trace(folder / "reads.jsonl"), seconds)
    return Outcome(chapter, failure, seconds)


async def _work(chapter: Executed, source: bytes, folder: Path, cell_timeout: float | None) -> Failure | None:
    """Let a worker do one job; what it says in the end."""
    folder.mkdir(parents=True)
    (folder / "source.ipynb").write_bytes(source)
    job = {
        "cwd": str(chapter.chapter.parent),
        "parameters": dict(chapter.parameters),
        "cell_timeout": cell_timeout,
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    log = folder / "log.txt"
    with open(log, "wb") as output:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "press.worker", str(folder)),
            stdin=subprocess.PIPE,  # kept open: its end tells the worker that the press is gone
            stdout=output,
            stderr=subprocess.STDOUT,
            env=kernel_environment(chapter.book.root, folder),
            start_new_session=True,  # a terminal's Ctrl-C is for the press
        )
    try:
        status = await worker.wait()
    finally:
        await _end(worker)
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        return Failure("outside its cells", "", f"the worker ended with status {status}", tail)
    return Failure(**result) if result else None


async def _end(worker: asyncio.subprocess.Process) -> None:
    """Have a worker end its kernel and itself; end it if it does not."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        await asyncio.wait_for(worker.wait(), PATIENCE)
    except TimeoutError:
        worker.kill()


def report(failures: Sequence[Outcome]) -> str:
    """What a reader needs to mend the chapters that failed."""
    lines = []
    for outcome in failures:
        failure = outcome.failure
        if failure is not None:
            details = failure.details.strip().splitlines()[-40:]
            lines += [f"{outcome.executed.chapter.stem}, {failure.where}: {failure.error}"]
            lines += [f"    {failure.line}"] if failure.line else []
            lines += ["", *(f"    | {line}" for line in details), ""] if details else []
    return "\n".join(lines)
