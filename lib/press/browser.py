"""Finds the browser that prints the book on paper and reads it in the tests."""

import os
import shutil

HOW_TO_INSTALL = (
    "Install one (Debian: apt-get install chromium; macOS: brew install --cask chromium; Windows: Chrome) "
    "or name one in the variable CHROMIUM"
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")

ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
"""So that it asks nobody anything, and runs wherever the book does."""


def find_chromium() -> str | None:
    """An installed Chromium or Chrome: the one named in CHROMIUM, one on the path, or in its usual place."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in BROWSERS)
    usual = (path for path in ELSEWHERE if os.path.exists(path))
    return next((path for path in (*found, *usual) if path), None)
