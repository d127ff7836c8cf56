"""Links within a book are followed, those to other sites asked, and a missing network is told apart."""

import pytest

from press import links


@pytest.fixture
def printed(tiny):
    """A book of two printed pages."""
    front = (
        '<a href="other.html">1</a><a href="other.html#there">2</a><a href="#here">3</a><p id="here"></p>'
        '<a href="https://example.org/a#b">4</a><img src="data:image/png;base64,"><a href="#">5</a>'
        '<a href="other.html?q=1#there">6</a>'
    )
    tiny.write("_build/html/front.html", front)
    tiny.write("_build/html/other.html", '<a name="there" href="front.html#here">back</a>')
    links.targets.cache_clear()
    return tiny


def test_links_that_lead_somewhere(printed):
    assert links.dead(printed.book.html) == []


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("gone.html", "no such file"),
        ("other.html#gone", "no such place"),
        ("#gone", "no such place"),
        ("../other.html", "no such file"),
    ],
)
def test_links_that_lead_nowhere(printed, link, why):
    printed.write("_build/html/third.html", f'<a href="{link}">gone</a>')
    assert links.dead(printed.book.html) == [f"third.html: {link} ({why})"]


def test_other_sites_are_asked_once(printed):
    assert links.external(printed.book) == {"https://example.org/a": "front.html"}


@pytest.mark.parametrize(
    ("answers", "status", "said"),
    [
        ({"a": "", "b": ""}, 0, "2 of 2 links to other sites lead somewhere"),
        ({"a": "", "b": "404 Not Found"}, 1, "front.html: b: 404 Not Found"),
        ({"a": "", "b": links.NO_ANSWER}, 1, "front.html: b: no answer"),
        ({"a": links.NO_ANSWER, "b": links.NO_ANSWER}, 2, "there seems to be no network"),
        ({}, 0, "0 of 0"),
    ],
)
def test_what_is_said_of_the_answers(answers, status, said):
    lines = []
    checked = links.check(dict.fromkeys(answers, "front.html"), answers.__getitem__)
    assert links.report(checked, lines.append) == status
    assert any(said in line for line in lines)


def test_a_site_that_cannot_be_reached():
    assert links.ask("http://127.0.0.1:9/nothing") == links.NO_ANSWER
    assert links.ask("https://") == links.NO_ANSWER
