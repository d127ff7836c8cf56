"""A Sphinx extension: the reference of the library, made of its docstrings.

A page of `chapters/reference/` says ``{modules} worlds rollouts results/*/trial``, and in that line's place
stand all modules there with what is public in them.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FOLDER = "chapters/reference/"

MARK = re.compile(r"^\{modules\} (.+)$", re.MULTILINE)

VERBATIM = re.compile(r"(``.*?``|:math:`[^`]*`|`[^`]*`)")
"""What a line holds that is taken as it is; elsewhere a bar would begin a substitution."""


SHARED = re.compile(r"^:(ivar|vartype) \w+(, \w+)+:")
"""Attributes that are described together: of words between blanks the first would be taken for their type."""


def library() -> Path:
    """The folder of the library that is documented."""
    found = find_spec("imagination")
    assert found and found.origin
    return Path(found.origin).parent


def modules(place: str) -> Iterator[str]:
    """Full names of the modules in a place of the library: a file, a folder, or a pattern for either."""
    root = library()
    for path in sorted(root.glob(f"{place}.py")) or sorted(root.glob(f"{place}/**/*.py")):
        yield ".".join(("imagination", *path.relative_to(root).with_suffix("").parts)).removesuffix(
            ".__init__"
        )


def expand(app: Any, docname: str, source: list[str]) -> None:
    """Put the modules in the place of the line that asks for them."""
    if docname.startswith(FOLDER):
        source[0] = MARK.sub(lambda found: "\n".join(map(_sections, found[1].split())), source[0])


def _sections(place: str) -> str:
    return "\n".join(
        f"## {name.removeprefix('imagination.')}\n\n"
        f"```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n"
        for name in modules(place)
    )


def escape(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Let a bar in a docstring be a bar, and several attributes that share a line be several."""
    lines[:] = [line if line.lstrip().startswith(">>>") else _escaped(line) for line in lines]
    lines[:] = [SHARED.sub(lambda found: found[0].replace(", ", ","), line) for line in lines]


def _escaped(line: str) -> str:
    parts = VERBATIM.split(line)
    return "".join(part if number % 2 else part.replace("|", "\\|") for number, part in enumerate(parts))


def is_not_ours(app: Any, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leave out what another library brought in, such as a default that is one of its functions."""
    module = getattr(thing, "__module__", None) or "imagination"
    return True if module.partition(".")[0] != "imagination" and callable(thing) else None


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("source-read", expand)
    app.connect("autodoc-process-docstring", escape, priority=900)  # after numpydoc's sections are read
    app.connect("autodoc-skip-member", is_not_ours)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
