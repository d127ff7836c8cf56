"""The book, printed; and a browser that reaches nothing but this machine."""

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest
from playwright.sync_api import Browser, Page

from press.book import Book

ROOT = Path(__file__).parents[2]
PAGES = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in Book(ROOT).documents()]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

PATIENCE = 300_000
"""Milliseconds that a page may take; a machine may be busy with other things."""

READY = """async () => {
    await window.MathJax?.startup?.promise;
    const images = [...document.images];
    images.forEach(image => { image.loading = 'eager'; });
    await Promise.allSettled(images.map(image => image.decode()));
}"""


@pytest.fixture(scope="session")
def printed() -> Path:
    """The folder of the printed book; printing it is quick where nothing has changed.

    Tests that run side by side take turns: one press at a time works on a book.
    """
    command = [sys.executable, "-m", "press", "book"]
    (ROOT / "_build").mkdir(exist_ok=True)
    with filelock.FileLock(ROOT / "_build" / "tests.lock"):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        pytest.fail(f"the book could not be printed\n{done.stdout}\n{done.stderr}", pytrace=False)
    return ROOT / "_build" / "html"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output readable."""


@pytest.fixture(scope="session")
def address(printed: Path) -> Iterator[str]:
    """The printed book on the loopback interface."""
    handler = functools.partial(QuietHandler, directory=str(printed))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Watched:
    """A page, and what it did that it must not do."""

    def __init__(self, browser: Browser, allowed: str, viewport: dict[str, int]) -> None:
        self.context = browser.new_context(viewport=viewport)
        self.context.set_default_timeout(PATIENCE)
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.allowed = (allowed, "data:", "blob:")
        self.context.route("**/*", self.answer)
        self.page: Page = self.context.new_page()
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self.miss)

    def answer(self, route) -> None:
        """Let through what this book serves itself."""
        if route.request.url.startswith(self.allowed):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def miss(self, request) -> None:
        """Note what was not to be had; leaving a page stops what it was still loading, and is no failure."""
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url}, {request.failure}")

    def hear(self, message) -> None:
        """Note what a page complains about."""
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, url: str) -> Page:
        """Open a page, and wait until it is all there."""
        self.page.goto(url, wait_until="load")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until formulas are typeset, pictures are drawn, and nothing more is fetched."""
        self.page.evaluate(READY)
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def watch(browser, address):
    """Make watched pages, and close them."""
    made = []

    def make(viewport=DESKTOP, allowed=address):
        made.append(Watched(browser, allowed, viewport))
        return made[-1]

    yield make
    for watched in made:
        watched.context.close()
