"""The record of what Coq checked: `formal/checked.json`, read without Coq.

`python -m press formal` writes it. It belongs to the sources whose checksum it holds: of others nothing has
been checked, and `load` refuses it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["ALLOWED", "Checked", "FormalError", "digest", "folder", "load", "mutants", "stored", "theorem"]

ALLOWED = {
    "ClassicalDedekindReals.sig_forall_dec": "real numbers: all naturals have a property, or one fails",
    "ClassicalDedekindReals.sig_not_dec": "real numbers: a negation holds or it does not",
    "Classical_Prop.classic": "a proposition holds or its negation does",
    "FunctionalExtensionality.functional_extensionality_dep": "functions with equal values are equal",
}
"""The axioms that a proof may rest on, and what they say: those of Coq's classical real numbers."""


class FormalError(ValueError):
    """The record is absent, or does not belong to the sources beside it."""


@dataclass(frozen=True)
class Checked:
    """A theorem that Coq checked.

    Attributes
    ----------
    name : str
        Its name in Coq.
    result : str
        The result that it states, as the book calls it, e.g. ``"Lemma 1"``; empty for other theorems.
    words : str
        The comment over it.
    statement : str
        What Coq answers to ``Check``: the whole statement, with every quantifier and hypothesis.
    assumptions : tuple of str
        The axioms that it rests on, all of :data:`ALLOWED`.
    rests_on : tuple of str
        Names of the theorems that state other results and that its proof uses, straight or through lemmas.
    file, line : str, int
        Where it stands, from the book's folder.
    """

    name: str
    result: str
    words: str
    statement: str
    assumptions: tuple[str, ...]
    rests_on: tuple[str, ...]
    file: str
    line: int


def folder() -> Path:
    """The folder of the Coq files in the checkout.

    Raises
    ------
    FormalError
        If there is none.
    """
    found = Path(__file__).resolve().parents[3] / "formal"
    if not found.is_dir():
        raise FormalError(f"{found}: no such folder; run from a checkout of the book")
    return found


def digest(where: Path) -> str:
    """The SHA-256 of the sources in a folder: names and contents of its Coq files and its `_CoqProject`."""
    total = hashlib.sha256()
    for path in sorted([*where.glob("*.v"), where / "_CoqProject"]):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def stored() -> dict[str, Any]:
    """The record as it is stored, whatever it belongs to."""
    path = folder() / "checked.json"
    if not path.exists():
        raise FormalError(f"{path}: not there; make it with `python -m press formal`, which needs Coq")
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def load() -> Mapping[str, Checked]:
    """Everything that was checked, by name.

    Raises
    ------
    FormalError
        If there is no record, or it was made of other sources.
    """
    record = stored()
    if record["sources"] != digest(folder()):
        raise FormalError("formal/checked.json was made of other sources: run `python -m press formal` again")
    return {name: _checked(name, entry) for name, entry in record["theorems"].items()}


def theorem(name: str) -> Checked:
    """One theorem that was checked.

    Raises
    ------
    FormalError
        If Coq checked none of this name.
    """
    if name not in load():
        near = ", ".join(get_close_matches(name, load()))
        raise FormalError(
            f"{name!r}: Coq checked no such theorem{'; there is ' if near else ''}{near}. A new one is stated"
            " in formal/ as a Theorem or Corollary; then `python -m press formal` records it"
        )
    return load()[name]


def mutants(result: str | None = None) -> list[Checked]:
    """The wrong versions whose negation Coq proved: all, or those of one result."""
    load()
    found = [_checked(entry["name"], entry) for entry in stored()["mutants"]]
    return [mutant for mutant in found if result in (None, mutant.result)]


def _checked(name: str, entry: Mapping[str, Any]) -> Checked:
    known = {key: entry[key] for key in ("result", "words", "statement", "file", "line")}
    assumptions, rests_on = (tuple(entry[key]) for key in ("assumptions", "rests_on"))
    return Checked(name=name, assumptions=assumptions, rests_on=rests_on, **known)
