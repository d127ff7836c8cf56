"""What a chapter's page offers: nothing that leads nowhere, and the right addresses once there is one."""

import re

import pytest

from press import address, launch, pages, run_times

URL = "https://github.com/someone/a-book"

TOC = """format: jb-book
root: chapters/index
parts:
  - caption: First part
    numbered: true
    chapters:
      - file: chapters/01_one
      - file: chapters/02_two
"""

FRONT = """# Front

```{chapters}
01_one
: What is *in it*.

02_two
: The second.

03_gone
: Not there any more.
```
"""


def print_book(book, folder):
    """The text of two pages of a tiny book, by their names, and the folder they are in."""
    for name, text in (
        ("01_one", "# A chapter\\n\\nBefore {doc}`02_two`."),
        ("02_two", "# A second\\n\\nAfter {doc}`01_one`: $x$."),
    ):
        chapter = book.chapter(name, "print(seed)")
        book.write(f"chapters/{name}.ipynb", chapter.read_text(encoding="utf-8").replace("# A chapter", text))
    book.write("_toc.yml", TOC)
    book.write("chapters/index.md", FRONT)
    book.write(run_times.PLACE, "02_two: 30\n")
    address.write(book.book)
    printed = pages.print_pages(book.book, pages.inputs(book.book, {}), folder)
    return {path.stem: path.read_text(encoding="utf-8") for path in (printed / "chapters").glob("*")}, printed


@pytest.fixture(scope="module")
def without(new_book, tmp_path_factory):
    """A book without an address, printed."""
    return print_book(new_book(tmp_path_factory.mktemp("book")), tmp_path_factory.mktemp("work") / "pages")


@pytest.fixture(scope="module")
def published(new_book, tmp_path_factory):
    """A book with an address, printed."""
    book = new_book(tmp_path_factory.mktemp("book"))
    book.chapter("01_one", "print(seed)")
    address.write(book.book, URL)
    return print_book(book, tmp_path_factory.mktemp("work") / "pages")


def links_of(page):
    """Where a page leads outside."""
    return set(re.findall(r'href="(https://[^"]*)"', page))


def test_without_an_address_no_button_leads_anywhere(without):
    text, _ = without
    assert {link for link in links_of(text["02_two"]) if "github" in link or "binder" in link} == set()
    assert "launch-buttons" not in text["02_two"]
    assert "source-buttons" not in text["02_two"]


def test_with_an_address_the_buttons_open_this_chapter(published):
    text, _ = published
    assert {
        "https://colab.research.google.com/github/someone/a-book/blob/main/chapters/02_two.ipynb",
        "https://mybinder.org/v2/gh/someone/a-book/main?urlpath=lab/tree/chapters/02_two.ipynb",
        f"{URL}/edit/main/chapters/02_two.ipynb",
        URL,
    } <= links_of(text["02_two"])
    assert f"{URL}/edit/main/chapters/index.md" in links_of(text["index"])
    assert not any("colab" in link for link in links_of(text["index"]))


def test_a_chapter_is_downloaded_as_notebook_and_as_script(published):
    text, printed = published
    assert 'href="../_sources/chapters/02_two.py"' in text["02_two"]
    assert 'href="../_sources/chapters/02_two.ipynb"' in text["02_two"]
    script = (printed / "_sources" / "chapters" / "02_two.py").read_text(encoding="utf-8")
    assert script.startswith("# %% [markdown]\n# # A second\n#\n# After {doc}`01_one`")
    assert f'repository = "{URL}"' in script
    compile(script, "02_two.py", "exec")
    assert URL in (printed / "_sources" / "chapters" / "02_two.ipynb").read_text(encoding="utf-8")
    assert "importlib.util" not in text["02_two"]  # the setup is in the notebook, not on the page


def test_other_hosts_have_no_colab(tiny):
    class Config:
        html_theme_options = {"repository_url": "https://git.example.org/a/b"}  # noqa: RUF012

    launch.set_buttons(None, Config)
    assert Config.html_theme_options["launch_buttons"].keys() == {"notebook_interface", "binderhub_url"}
    assert Config.html_theme_options["use_edit_page_button"]


def facts(page):
    """The facts below a title, as text."""
    found = re.search(r'<ul class="chapter-facts[^"]*">(.*?)</ul>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split()) if found else None


def test_a_chapter_tells_its_times_and_what_it_builds_on(without):
    text, _ = without
    assert facts(text["01_one"]) == "Time to read : about 5 minutes Builds on : nothing before it"
    assert facts(text["02_two"]) == (
        "Time to read : about 5 minutes Time to run : about half a minute Builds on : 1 A chapter"
    )
    below_title = text["02_two"].split("</h1>")[-1].lstrip()
    assert below_title.startswith('<ul class="chapter-facts')


def test_the_front_page_lists_the_chapters_of_each_part(without):
    text, _ = without
    front = text["index"]
    assert re.search(r'class="rubric"[^>]*>First part<', front)
    assert re.search(r'href="02_two.html"[^>]*>.*?A second.*?The second\.', front, re.DOTALL)
    assert "<em>in it</em>" in front
    assert "about half a minute" in front
    assert "Not there any more" not in front
