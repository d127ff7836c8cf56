"""A Sphinx extension: the reference of the library, made of its docstrings and its claims.

A page of `chapters/reference/` says ``{modules} worlds rollouts results/*/trial``, and in that line's place
stand all modules there with what is public in them; ``{face}`` stands for the names of the public face.
"""

import ast
import functools
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.ext.autodoc import DataDocumenter, ModuleDocumenter
from sphinx.ext.napoleon import Config, NumpyDocstring
from sphinx.util.inspect import object_description

from imagination.claim import Claim
from imagination.latex import in_lines, latex

FOLDER = "chapters/reference/"

LIBRARY = Path(__file__).parents[1] / "imagination"
"""What is documented."""

MODULES = re.compile(r"^\{modules\} (.+)$", re.MULTILINE)
FACE = "{face}"

VERBATIM = re.compile(r"(``.*?``|:\w+:`[^`]*`|`[^`]*`)")
"""What a line holds that is taken as it is; elsewhere a bar would begin a substitution."""

COMMANDS = re.compile(r"\n\n(?=    python -m )")
"""Before commands in a docstring, which are not prose: their dashes stay two, and they may be wide."""

STYLE: Any = Config(  # its own reader wants another class by its annotations, and takes this one
    napoleon_custom_sections=[("Attributes", "params_style")],
    napoleon_use_param=False,
    napoleon_use_rtype=False,
)
"""Parameters that are described together stay together, and so do attributes."""

SHORT = 60
"""A datum's value is shown if it has no more letters than this."""


def places(page: Path) -> list[str]:
    """The places of the library whose modules a page asks for."""
    return " ".join(MODULES.findall(page.read_text(encoding="utf-8"))).split()


def modules(place: str) -> Iterator[str]:
    """Full names of the modules in a place of the library: a file, a folder, or a pattern for either."""
    for path in sorted(LIBRARY.glob(f"{place}.py")) or sorted(LIBRARY.glob(f"{place}/**/*.py")):
        yield module_name(path)


def module_name(path: Path) -> str:
    """What a file of the library is called where it is imported."""
    return ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts).removesuffix(".__init__")


@functools.cache
def public(module: ModuleType) -> list[str]:
    """What a module offers: its `__all__`, or else the functions, classes and claims that it defines."""
    if "__all__" in vars(module):
        return list(module.__all__)
    defined: list[str] = []
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.append(node.name)
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            defined += [name for name in names if isinstance(getattr(module, name), Claim)]
    return [name for name in defined if not name.startswith("_")]


def expand(app: Any, docname: str, source: list[str]) -> None:
    """Put the modules, or the face, in the place of the line that asks for them."""
    if docname.startswith(FOLDER):
        text = MODULES.sub(lambda found: "\n".join(map(_sections, found[1].split())), source[0])
        source[0] = text.replace(FACE, _face()) if FACE in text else text


def _sections(place: str) -> str:
    return "\n".join(
        f"## {name.removeprefix('imagination.')}\n\n"
        f"```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n"
        for name in modules(place)
    )


def _face() -> str:
    """The modules that have short names, and what is in each by its short name, linked to its entry."""
    face = importlib.import_module("imagination")
    lines = []
    for short in sorted({*face.__all__, "figures", "records"}):
        module = importlib.import_module(f"imagination.{short}") if short not in face.__all__ else None
        module = module or getattr(face, short)
        about = (inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " ")
        names = sorted(public(module), key=lambda name: name[0].isupper())  # functions before all else
        links = (f":py:obj:`{short}.{name} <{module.__name__}.{name}>`" for name in names)
        lines += [f":py:mod:`{short} <{module.__name__}>`", f"   {_escaped(about)}", ""]
        lines += ["   " + ", ".join(links), ""]
    return "\n".join(["```{eval-rst}", *lines, "```"])


def read(app: Any, what: str, name: str, thing: Any, options: Any, given: list[str]) -> None:
    """Read numpydoc's sections, and let a bar in a docstring be a bar.

    Of a datum's first line, what is before a colon would be taken for its type, if it were called one.
    """
    kind = "object" if what in ("attribute", "data", "property") else what
    lines = COMMANDS.sub("\n\n::\n\n", "\n".join(given)).split("\n")
    plain = NumpyDocstring(lines, STYLE, app, kind, name, thing, options).lines()
    given[:] = [line if line.lstrip().startswith(">>>") else _escaped(line) for line in plain]


def _escaped(line: str) -> str:
    parts = VERBATIM.split(line)
    return "".join(part if number % 2 else part.replace("|", "\\|") for number, part in enumerate(parts))


def skip(app: Any, what: str, name: str, thing: Any, skipped: bool, options: Any) -> bool | None:
    """Keep all that is public in a module; leave out what a class has of another library.

    Such as a default that is one of its functions.
    """
    if what == "module":
        module = sys.modules[app.env.temp_data["autodoc:module"]]
        return False if name in public(module) else None
    origin = getattr(thing, "__module__", None) or "imagination"
    return True if origin.partition(".")[0] != "imagination" and callable(thing) else None


class Data(DataDocumenter):
    """What is neither function nor class: its comment or what it claims, and its value if that is short."""

    @classmethod
    def can_document_member(cls, member: Any, membername: str, isattr: bool, parent: Any) -> bool:
        """Whether it has a comment, or is public without one."""
        return isinstance(parent, ModuleDocumenter) and (isattr or membername in public(parent.object))

    def check_module(self) -> bool:
        """Whether it belongs here: `public` has said so, and instances are of their class's module."""
        return True

    def should_suppress_value_header(self) -> bool:
        """Whether its value is too long to be shown."""
        return super().should_suppress_value_header() or len(object_description(self.object)) > SHORT

    def get_doc(self) -> list[list[str]]:
        """The comment below it, and what it claims: never what is said of all dictionaries or numbers."""
        comment = self.get_module_comment(self.objpath[-1]) or []
        return [[*comment, *_claimed(self.object)]] if isinstance(self.object, Claim) else [comment]


def _claimed(claim: Claim) -> list[str]:
    """A claim's name and source, its words, its formula, and what it takes."""
    words = f" {claim.meaning[0].upper()}{claim.meaning[1:]}." if claim.meaning else ""
    takes = f"It takes ``{', '.join(claim.arguments)}``." if claim.arguments else "It takes no numbers."
    formula = f".. math:: {in_lines(latex(claim.statement))}"
    return [f"{claim.name} {claim.source}.{words}", "", formula, "", takes, ""]


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_autodocumenter(Data, override=True)
    app.connect("source-read", expand)
    app.connect("autodoc-process-docstring", read)
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
