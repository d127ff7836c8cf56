"""Pages that reach nothing, and what they complained about."""

from typing import Any

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
