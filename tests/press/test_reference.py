"""The reference names every module once, and takes docstrings as they are meant."""

import re
from pathlib import Path

import pytest

from press import reference

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "chapters" / "reference").glob("*.md"))


def asked_for():
    """The modules that the pages ask for, by page."""
    for page in PAGES:
        for line in reference.MARK.findall(page.read_text(encoding="utf-8")):
            for place in line.split():
                found = list(reference.modules(place))
                assert found, f"{page.name}: there is nothing in {place}"
                yield from found


def test_every_module_of_the_library_stands_on_one_page():
    every = {
        ".".join(path.relative_to(ROOT / "lib").with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "lib" / "imagination").rglob("*.py")
    }
    # Declarations are data: the table of results shows them. The face is the index's table.
    left_out = {name for name in every if name.endswith((".declared", ".__main__"))}
    topics = {f"imagination.results.{path.name}" for path in (ROOT / "lib/imagination/results").iterdir()}
    named = list(asked_for())
    assert len(named) == len(set(named))
    assert set(named) == every - left_out - topics - {"imagination", "imagination.results"}


def test_a_mark_becomes_the_modules_there():
    source = ["# Worlds\n\n{modules} rollouts trials\n"]
    reference.expand(None, "chapters/reference/worlds", source)
    assert source[0].count(".. automodule:: ") == 1 + len(list(reference.modules("trials")))
    assert "## rollouts\n" in source[0] and "{modules}" not in source[0]
    untouched = ["{modules} rollouts"]
    reference.expand(None, "chapters/01_x", untouched)
    assert untouched == ["{modules} rollouts"]


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("a gap |J - J'| is", "a gap \\|J - J'\\| is"),
        ("``|x|`` and |y|", "``|x|`` and \\|y\\|"),
        (":math:`|x|` and `|z|`", ":math:`|x|` and `|z|`"),
        (">>> a | b", ">>> a | b"),
        (":ivar N_dyn, N_rew: samples, as numbers", ":ivar N_dyn,N_rew: samples, as numbers"),
    ],
)
def test_bars_are_bars(line, escaped):
    lines = [line]
    reference.escape(None, "", "", None, None, lines)
    assert lines == [escaped]


def test_what_others_wrote_is_left_out():
    assert reference.is_not_ours(None, "method", "copy", Path.exists, False, None) is True
    assert reference.is_not_ours(None, "function", "modules", reference.library, False, None) is True
    assert reference.is_not_ours(None, "data", "N", 3, False, None) is None


def test_the_face_on_the_page_is_the_library_s():
    import imagination

    table = (ROOT / "chapters" / "reference" / "index.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| `([\w.]+)` \|$", table, flags=re.MULTILINE)
    assert dict(rows) == {
        name: getattr(imagination, name).__name__.removeprefix("imagination.")
        for name in imagination.__all__
        if name != "extras"
    }
