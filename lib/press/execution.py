"""Executes chapters side by side, each by a worker process of its own, and keeps what they print."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from press.notebooks import ChapterError
from press.store import Executed, read_record
from press.worker import Failure, Job, kernel_environment, matplotlib_folder

Say = Callable[[str], None]


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


def execute(
    chapters: Sequence[Executed], folder: Path, say: Say, workers: int, cell_timeout: float | None
) -> list[Outcome]:
    """Execute chapters, as many at once as `workers`, and keep those that go well.

    A chapter that fails stops by itself; the others go on.

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
    """
    prepare_fonts()
    longest_first = sorted(chapters, key=lambda chapter: -chapter.seconds())
    outcomes: list[Outcome] = []
    with ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        running: set[subprocess.Popen] = set()
        cleanup.callback(_stop, running)  # there are some when interrupted
        pool = cleanup.enter_context(ThreadPoolExecutor(workers))
        cleanup.callback(pool.shutdown, wait=False, cancel_futures=True)
        futures = [
            pool.submit(_execute_one, chapter, folder / chapter.chapter.stem, running, say, cell_timeout)
            for chapter in longest_first
        ]
        for future in as_completed(futures):
            outcome = future.result()
            outcomes.append(outcome)
            say(_progress(outcome, len(outcomes), len(chapters)))
    return outcomes


def _stop(running: set[subprocess.Popen]) -> None:
    for process in list(running):
        process.kill()


def _progress(outcome: Outcome, done: int, total: int) -> str:
    name, seconds = outcome.executed.chapter.stem, f"{outcome.seconds:.1f} s"
    if outcome.failure:
        seconds = f"FAILED after {seconds}"
    return f"[{done}/{total}] {name}: {seconds}, {total - done} left"


def _execute_one(
    chapter: Executed, folder: Path, running: set[subprocess.Popen], say: Say, cell_timeout: float | None
) -> Outcome:
    say(f"  {chapter.chapter.stem} ...")
    begun = time.monotonic()
    source = chapter.chapter.read_bytes()
    try:
        key = chapter.key(source)
    except ChapterError as error:
        return Outcome(chapter, Failure("the file", "", str(error)), time.monotonic() - begun)
    failure = _work(chapter, source, folder, running, cell_timeout)
    seconds = time.monotonic() - begun
    if failure is None:
        executed = (folder / "executed.ipynb").read_bytes()
        chapter.keep(key, executed, read_record(folder / "reads.jsonl"), seconds)
    return Outcome(chapter, failure, seconds)


def _work(
    chapter: Executed, source: bytes, folder: Path, running: set[subprocess.Popen], cell_timeout: float | None
) -> Failure | None:
    """Let a worker do one job; what it says in the end."""
    folder.mkdir(parents=True)
    (folder / "source.ipynb").write_bytes(source)
    job = Job(
        root=str(chapter.book.root),
        chapter=chapter.chapter.stem,
        cwd=str(chapter.chapter.parent),
        parameters=dict(chapter.parameters),
        cell_timeout=cell_timeout,
    )
    (folder / "job.json").write_text(json.dumps(asdict(job)), encoding="utf-8")
    log = folder / "log.txt"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "press.worker", str(folder)],
            stdin=subprocess.PIPE,  # kept open: its end tells the worker that the press is gone
            stdout=output,
            stderr=subprocess.STDOUT,
            env=kernel_environment(chapter.book.root, folder),
        )
    running.add(process)
    status = process.wait()
    running.discard(process)
    if process.stdin is not None:
        process.stdin.close()
    try:
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        return Failure("outside its cells", "", f"the worker ended with status {status}", tail)
    return Failure(**result) if result else None


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
