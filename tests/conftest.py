"""What all tests share: random examples, browser and Coq, and how it is said that one was missing."""

import os
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from press import proofs
from press.browser import FLAGS, HOW_TO_INSTALL, find_chromium

# As the chapters and the records are computed: the number of threads changes the last digits, and a network
# that is trained for long turns them into the first. Before anything imports numpy or torch.
os.environ["OMP_NUM_THREADS"] = "1"

# No test fails because the machine is busy. CI tries the same examples each time; `make fuzz` tries others.
hypothesis.settings.register_profile("changing", deadline=None)
hypothesis.settings.register_profile("fixed", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("fixed" if os.environ.get("CI") == "true" else "changing")

NO_BROWSER = f"no Chromium or Chrome was found, so the pages were not tested in a browser. {HOW_TO_INSTALL}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the tests that need it are skipped, and fail where CI=true."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
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
def coq(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes what Coq checked. Without Coq the test is skipped, and fails where CI=true."""
    if not proofs.is_there():
        if os.environ.get("CI") == "true":
            pytest.fail(proofs.HOW_TO_INSTALL)
        pytest.skip(proofs.HOW_TO_INSTALL)
    return lambda what: record_property(CHECKED, what)


CHECKED = "what Coq checked"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or Coq; Coq goes first, so that no worker waits for it in the end."""
    for fixture, mark in (("chromium", pytest.mark.browser), ("coq", pytest.mark.coq)):
        for item in items:
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("coq") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in lines of their own that the browser's tests did not run, and whether Coq checked the proofs."""
    skipped = "\n".join(str(report.longrepr) for report in terminalreporter.getreports("skipped"))
    if NO_BROWSER in skipped:
        terminalreporter.section("PAGES NOT TESTED", sep="=", yellow=True)
        terminalreporter.line(NO_BROWSER[0].upper() + NO_BROWSER[1:] + ".")
    if proofs.HOW_TO_INSTALL in skipped:
        terminalreporter.section("PROOFS NOT CHECKED AGAIN", sep="=", yellow=True)
        terminalreporter.line(
            f"{proofs.HOW_TO_INSTALL}. The record of an earlier check belongs to these sources."
        )
    for report in terminalreporter.getreports("passed"):
        for name, what in report.user_properties:
            if name == CHECKED:
                terminalreporter.section("PROOFS CHECKED", sep="=", green=True)
                terminalreporter.line(f"{what}.")
