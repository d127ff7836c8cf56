"""What all tests share: how the page tests find a browser, and how they say that they did not."""

import os
import shutil

import pytest

HOW_TO_INSTALL = (
    "no Chromium or Chrome was found, so the pages were not tested in a browser. Install one "
    "(Debian: apt-get install chromium; macOS: brew install --cask chromium; Windows: Chrome) "
    "or name one in the variable CHROMIUM"
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")

ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


def find_chromium() -> str | None:
    """An installed Chromium or Chrome: the one named in CHROMIUM, one on the path, or in its usual place."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in BROWSERS)
    usual = (path for path in ELSEWHERE if os.path.exists(path))
    return next((path for path in (*found, *usual) if path), None)


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser's path. Without one the tests that need it are skipped, and fail where CI=true."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_INSTALL)
        request.config.stash[NOT_TESTED] = True
        pytest.skip(HOW_TO_INSTALL)
    return path


NOT_TESTED = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in a line of its own that the browser's tests did not run."""
    if config.stash.get(NOT_TESTED, False):
        terminalreporter.section("PAGES NOT TESTED", sep="=", yellow=True)
        terminalreporter.line(HOW_TO_INSTALL[0].upper() + HOW_TO_INSTALL[1:] + ".")
