"""MyST as plain Markdown, which JupyterLab shows as it is meant: no directives, no roles."""

from __future__ import annotations

import re
from collections.abc import Callable

DIRECTIVE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}[ ]*(?P<title>[^\n]*)\n"
    r"(?P<options>(?::[\w-]+:[^\n]*\n)*)"
    r"(?P<body>(?:(?!(?P=fence)[`:]*[ ]*$)[^\n]*\n)*?)"
    r"(?P=fence)[ ]*$",
    re.MULTILINE,
)
"""A fenced directive: its name, title, options and body."""

TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
EQUATION = re.compile(r"^(\$\$|\\end\{\w+\*?\}) \((?P<label>[\w-]+)\)[ ]*$", re.MULTILINE)
ROLE = re.compile(r"\{(?P<name>[\w:-]+)\}`(?P<content>[^`]+)`")

KINDS = {"prf:example": "Example", "prf:remark": "Remark", "prf:proof": "Proof"}


def _directive(match: re.Match[str]) -> str:
    name, title = match["name"], match["title"].strip()
    body = TARGET.sub("", match["body"]).strip("\n")
    if name == "math":
        return f"$$\n{body}\n$$"
    if name.startswith("prf:"):
        kind = KINDS.get(name, name.removeprefix("prf:").capitalize())
        head = f"**{kind}** ({title})." if title else f"**{kind}.**"
    elif name == "admonition" or title:
        head = f"**{title}**"
    else:
        head = f"**{name.capitalize()}**"
    quoted = f"{head}\n\n{body}" if body else head
    return "\n".join(f"> {line}".rstrip() for line in quoted.splitlines())


def _role(match: re.Match[str]) -> str:
    name, content = match["name"], match["content"]
    shown, _, target = content.partition("<")
    if target:
        return shown.strip()
    if name == "doc":
        return f"*{content.split('/')[-1]}*"
    if name.startswith("cite"):
        return "[" + "; ".join(key.strip() for key in content.split(",")) + "]"
    if name == "eq":
        return f"({content})"
    return f"*{content}*"


def plain(text: str) -> str:
    """Turn MyST into plain Markdown; labels of figures, equations and theorems stand for their numbers.

    Parameters
    ----------
    text : str
        A Markdown cell's text.
    """
    rules: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
        (EQUATION, lambda match: f"{match[1]}\n\n({match['label']})"),
        (DIRECTIVE, _directive),
        (ROLE, _role),
        (TARGET, ""),
    ]
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
