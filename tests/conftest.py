"""What all tests share: how the page tests find a browser, and how they say that they did not."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from press import proofs
from press.browser import FLAGS, HOW_TO_INSTALL, find_chromium

# As the chapters and the records are computed: the number of threads changes the last digits, and a network
# that is trained for long turns them into the first. Before anything imports numpy or torch.
os.environ["OMP_NUM_THREADS"] = "1"

NO_BROWSER = f"no Chromium or Chrome was found, so the pages were not tested in a browser. {HOW_TO_INSTALL}"


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser's path. Without one the tests that need it are skipped, and fail where CI=true."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
        request.config.stash[NOT_TESTED] = True
        pytest.skip(NO_BROWSER)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless browser, the only one: Playwright starts no second one beside it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def coq(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes what Coq checked. Without Coq the test is skipped, and fails where CI=true."""
    if not proofs.is_there():
        if os.environ.get("CI") == "true":
            pytest.fail(proofs.HOW_TO_INSTALL)
        request.config.stash[NOT_CHECKED] = True
        pytest.skip(proofs.HOW_TO_INSTALL)

    def say(what: str) -> None:
        request.config.stash[CHECKED] = what

    return say


NOT_TESTED = pytest.StashKey[bool]()
NOT_CHECKED = pytest.StashKey[bool]()
CHECKED = pytest.StashKey[str]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in lines of their own that the browser's tests did not run, and whether Coq checked the proofs."""
    if config.stash.get(NOT_TESTED, False):
        terminalreporter.section("PAGES NOT TESTED", sep="=", yellow=True)
        terminalreporter.line(NO_BROWSER[0].upper() + NO_BROWSER[1:] + ".")
    if config.stash.get(NOT_CHECKED, False):
        terminalreporter.section("PROOFS NOT CHECKED AGAIN", sep="=", yellow=True)
        terminalreporter.line(
            f"{proofs.HOW_TO_INSTALL}. The record of an earlier check belongs to these sources."
        )
    if checked := config.stash.get(CHECKED, ""):
        terminalreporter.section("PROOFS CHECKED", sep="=", green=True)
        terminalreporter.line(f"{checked}.")
