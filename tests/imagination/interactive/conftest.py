"""Pages that reach nothing, in the browser that all tests share."""

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1200, "height": 900}


class Watched:
    """A page that has no network, and what it complained about."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESKTOP, **options})
        self.context.set_default_timeout(300_000)  # the machine may be busy with other things
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context.route("**/*", lambda route: route.abort())
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.note(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def note(self, url: str) -> None:
        """Remember what was asked for, but for what the page holds itself."""
        if not url.startswith(("data:", "blob:")):
            self.requests.append(url)

    def show(self, html: str, *, theme: str = "light") -> Page:
        """Put HTML on an empty page of the book's kind."""
        self.page.set_content(
            f'<!doctype html><html lang="en" data-theme="{theme}"><head><title>figure</title></head>'
            f"<body><main><h1>Figure</h1>{html}</main></body></html>"
        )
        return self.page


@pytest.fixture(scope="session")
def make_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Make watched pages, and close them at last."""
    made: list[Watched] = []

    def make(**options: Any) -> Watched:
        made.append(Watched(browser, **options))
        return made[-1]

    yield make
    for watched in made:
        watched.context.close()


@pytest.fixture(scope="session")
def javascript(make_page: Callable[..., Watched]) -> Callable[[str, Any], Any]:
    """Evaluate a function, given as JavaScript that may read ``N``, on a list of argument lists."""
    page = make_page().page
    numbers = files("imagination.interactive").joinpath("numbers.js").read_text(encoding="utf-8")

    def run(function: str, cases: Any) -> Any:
        # JSON has no infinity; here it is written as a word.
        script = f"(() => {{ {numbers} return JSON.parse({json.dumps(json.dumps(cases))},"
        script += ' (_, v) => v === "inf" ? Infinity : v)'
        script += f".map((args) => {{ const found = ({function})(...args);"
        script += " return Number.isFinite(found) ? found : String(found); }); })()"
        return [float(value) for value in page.evaluate(script)]

    return run
