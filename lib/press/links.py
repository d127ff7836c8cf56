"""Links: those within the printed book must lead somewhere, those to other sites are asked one by one."""

import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

from press.book import Book

WORKERS = 8
TIMEOUT = 20.0
AGENT = "Mozilla/5.0 (compatible; on-training-in-imagination link check)"

NO_ANSWER = "no answer"
REFUSES_PROGRAMS = (403, 405, 429, 999)
"""What a site says that exists and does not talk to programs."""


class Targets(HTMLParser):
    """The links of a page, and the places in it that can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note an element's addresses and name."""
        for name, value in attributes:
            if value and name in ("href", "src"):
                self.links.add(value)
            elif value and (name == "id" or (tag == "a" and name == "name")):
                self.places.add(value)


@cache
def targets(page: Path) -> Targets:
    """What is in a printed page."""
    found = Targets()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def is_external(link: str) -> bool:
    """Whether a link leads out of the book to another site."""
    return link.startswith(("http://", "https://", "//"))


def dead(folder: Path) -> list[str]:
    """The links within a printed book that lead nowhere: to no file, or to no such place in a page."""
    found = []
    for page in pages(folder):
        for link in sorted(targets(page).links):
            if is_external(link) or link.startswith(("data:", "mailto:", "javascript:")) or link == "#":
                continue
            address, place = urldefrag(link.partition("?")[0] if "#" not in link else link)
            goal = (page.parent / unquote(address.partition("?")[0])).resolve() if address else page
            where = f"{page.relative_to(folder).as_posix()}: {link}"
            if not goal.is_file():
                found.append(f"{where} (no such file)")
            elif place and goal.suffix == ".html" and unquote(place) not in targets(goal).places:
                found.append(f"{where} (no such place)")
    return found


def pages(folder: Path) -> list[Path]:
    """The printed pages."""
    return [page for page in sorted(folder.rglob("*.html")) if "_static" not in page.parts]


def external(book: Book) -> dict[str, str]:
    """The addresses of other sites in the printed book, each with the first page that has it."""
    found: dict[str, str] = {}
    for page in pages(book.html):
        for link in sorted(filter(is_external, targets(page).links)):
            found.setdefault(urldefrag(link).url, page.relative_to(book.html).as_posix())
    return found


def ask(address: str) -> str:
    """What a site answers: empty if well, `NO_ANSWER` if it cannot be reached, else what is wrong."""
    request = urllib.request.Request(address, headers={"User-Agent": AGENT})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return ""
    except urllib.error.HTTPError as error:
        return "" if error.code in REFUSES_PROGRAMS else f"{error.code} {error.reason}"
    except (OSError, ValueError):
        return NO_ANSWER


def check(addresses: Mapping[str, str], asked: Callable[[str], str] = ask) -> dict[str, str]:
    """Ask every address; for each, with the page that has it, what was answered."""
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = pool.map(asked, addresses)
        asked_for = [f"{page}: {address}" for address, page in addresses.items()]
        return dict(zip(asked_for, answers, strict=True))


def report(answers: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Say which links are dead; the exit status: 1 for dead ones, 2 if there seems to be no network."""
    wrong = {where: said for where, said in answers.items() if said}
    if answers and all(said == NO_ANSWER for said in answers.values()):
        say(f"None of {len(answers)} other sites answers: there seems to be no network. Nothing was checked.")
        return 2
    for where, said in wrong.items():
        say(f"{where}: {said}")
    say(f"{len(answers) - len(wrong)} of {len(answers)} links to other sites lead somewhere.")
    return 1 if wrong else 0
