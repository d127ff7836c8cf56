"""A Sphinx extension: the book brings its own MathJax, and works from a folder without a server.

MathJax is put beside the pages after they are written. Under `html_static_path` each of its hundred scripts
would be loaded by every page.
"""

import re
import shutil
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

PLACE = "thirdparty/mathjax"

PARTS = (
    "tex-chtml-full.js",
    "a11y",
    "adaptors",
    "input/tex/extensions",
    "output/chtml/fonts/woff-v2",
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
    "ui",
)
"""The script with everything for TeX, and what its menu can ask for."""

FONT_PRELOAD = re.compile(r'\s*<link rel="preload" as="font"[^>]*>')


def mathjax_folder() -> Path:
    """MathJax's files, in the package that carries them (its folder's name is no module's)."""
    place = distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static/mathjax")
    return Path(str(place))


def use_local_mathjax(app: Any, config: Any) -> None:
    """Point the pages to the copy."""
    config.mathjax_path = f"{PLACE}/tex-chtml-full.js"


def copy_mathjax(app: Any, exception: Exception | None) -> None:
    """Put the copy where the pages expect it."""
    if exception is not None or app.builder.format != "html":
        return
    origin, goal = mathjax_folder(), Path(app.outdir) / "_static" / PLACE
    for part in PARTS:
        source, target = origin / part, goal / part
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def drop_font_preloads(app: Any, exception: Exception | None) -> None:
    """Take out the links that load the icons' fonts early: without a server a browser refuses them."""
    if exception is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(FONT_PRELOAD.sub("", text), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", use_local_mathjax)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", drop_font_preloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
