"""Build the Coq files, have them checked, and write down what was checked.

Everything is done on a copy under `_build/formal`, so that nothing but `checked.json` changes beside the
sources.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagination.formal import bounds, record
from imagination.results.registry import RESULTS, of_theorem
from press import coq_globs
from press.book import Book, BookError, write_atomically

HOW_TO_INSTALL = (
    "Coq is not installed, so the proofs were not checked again here. On Debian and Ubuntu: apt-get install"
    " coq libcoq-coquelicot; elsewhere: opam install coq coq-coquelicot"
)
LIBRARY = "Imagination"
SEALED = (
    "Coq.Reals.Rdefinitions.RbaseSymbolsImpl.",
    "Coq.Reals.Rdefinitions.RinvImpl.",
    "Coq.ssr.ssrunder.Under_rel.",
)
"""Modules of the standard library whose insides the second checker cannot see, and lists as if assumed. What
the theorems rest on is told by the first, which can."""

TOOLS = ("coqc", "coqtop", "coqchk", "coq_makefile", "make")

_STATEMENT = re.compile(r"(?m)^(?P<kind>Theorem|Corollary|Lemma) (?P<name>\w+)")
_DEFINITION = re.compile(r"(?m)^(?P<kind>Definition|Fixpoint|Inductive|Record) (?P<name>\w+)")
_IMPORT = re.compile(r"(?m)^From [A-Za-z]+ Require Import [^.]+\.")
_MARK = 'Eval compute in "This was a question"%string.'
_MUTANT = "mutant_"


class FormalError(BookError):
    """A proof does not pass, rests on something that is not allowed, or is not what the record says."""


@dataclass(frozen=True)
class Found:
    """A theorem as it stands in its file: the library asks Coq for the rest."""

    name: str
    module: str
    line: int
    words: str

    @property
    def is_mutant(self) -> bool:
        """Whether it says that a wrong version of a result is wrong: its name gives theorem and slip."""
        return self.name.startswith(_MUTANT)

    @property
    def result(self) -> str:
        """What the book calls it, or what it is a wrong version of; empty if it is no result of the book."""
        if not self.is_mutant:
            return named.name if (named := of_theorem(self.name)) else ""
        called = self.name.removeprefix(_MUTANT)
        of = [
            result
            for result in RESULTS.values()
            if result.theorem and called.startswith(f"{result.theorem}_")
        ]
        if not of:
            raise FormalError(f"{self.module}.v, line {self.line}: {self.name} names no theorem of a result")
        return max(of, key=lambda result: len(result.theorem)).name


def is_there() -> bool:
    """Whether everything is installed that checking needs."""
    return all(shutil.which(tool) for tool in TOOLS)


def statements(source: Path) -> list[Found]:
    """The theorems and corollaries of a file, and the lemmas that make a printed bound readable."""
    text = source.read_text(encoding="utf-8")
    return [
        Found(match["name"], source.stem, text.count("\n", 0, match.start()) + 1, _words(text, match.start()))
        for match in _STATEMENT.finditer(text)
        if match["kind"] != "Lemma" or match["name"].endswith("_readable")
    ]


def _words(text: str, start: int) -> str:
    """The comment that ends where something starts."""
    before = text[:start].rstrip()
    if not before.endswith("*)"):
        return ""
    comment = before[before.rindex("(*") + 2 : -2]
    return " ".join(comment.removeprefix("*").split())


def definitions(sources: list[Path]) -> dict[str, dict[str, Any]]:
    """What the statements are written in: every definition, its text, and the definitions it uses."""
    texts = {source.stem: source.read_text(encoding="utf-8") for source in sources}
    found: dict[str, dict[str, Any]] = {}
    for module, text in texts.items():
        for match in _DEFINITION.finditer(text):
            end = re.compile(r"\}\.\s" if match["kind"] == "Record" else r"\.\s").search(text, match.end())
            body = text[match.start() : end.end() - 1 if end else len(text)]
            found[f"{module}.{match['name']}"] = {
                "file": f"formal/{module}.v",
                "line": text.count("\n", 0, match.start()) + 1,
                "text": body,
                "words": _words(text, match.start()),
            }
    for name, entry in found.items():
        module = name.partition(".")[0]
        entry["uses"] = [each for each in _named(entry["text"], module, texts, found) if each != name]
    return found


def _named(text: str, module: str, texts: dict[str, str], found: dict[str, Any]) -> list[str]:
    """The definitions that a text of a module names: its own, else those of the file that it reads last."""
    imported = [name for line in _IMPORT.findall(texts[module]) for name in line.rstrip(".").split()[4:]]
    places = [module, *(name for name in reversed(imported) if name in texts)]
    fields = {
        (each.partition(".")[0], field): each
        for each, entry in found.items()
        for field in re.findall(r"(?m)(?:^|[;{])\s*(\w+) :", entry["text"])
        if entry["text"].startswith("Record")
    }
    named = []
    for word in dict.fromkeys(re.findall(r"[A-Za-z_]\w*", text)):
        for place in places:
            if (each := fields.get((place, word), f"{place}.{word}")) in found:
                named.append(each)
                break
    return list(dict.fromkeys(named))


def _all_named(names: list[str], found: dict[str, Any]) -> list[str]:
    """Those definitions and all that they are written in, what is used before what uses it."""
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name not in ordered:
            for each in found[name]["uses"]:
                visit(each)
            if name not in ordered:
                ordered.append(name)

    for name in names:
        visit(name)
    return ordered


def build(book: Book) -> Path:
    """Compile a copy of the sources; where it is.

    Raises
    ------
    FormalError
        If Coq or its library is missing, or refuses a proof.
    """
    if not is_there():
        raise FormalError(HOW_TO_INSTALL)
    sources, copy = book.root / "formal", book.build / "formal"
    copy.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in [*sources.glob("*.v"), sources / "_CoqProject"]}
    for stale in copy.glob("*.v"):
        if stale.name not in names:
            stale.unlink()
    for name in names:
        content = (sources / name).read_bytes()
        if not (copy / name).exists() or (copy / name).read_bytes() != content:
            (copy / name).write_bytes(content)
    listed = set(re.findall(r"(?m)^\w+\.v$", (copy / "_CoqProject").read_text(encoding="utf-8")))
    if listed != names - {"_CoqProject"}:
        raise FormalError(
            f"_CoqProject and the folder differ in {sorted(listed ^ (names - {'_CoqProject'}))}"
        )
    _run(copy, "coq_makefile", "-f", "_CoqProject", "-o", "CoqMakefile")
    _run(copy, "make", "--no-print-directory", "-f", "CoqMakefile")
    return copy


def check_again(copy: Path, *, libraries: bool = True) -> None:
    """Let Coq's second, smaller checker go through all compiled proofs, and through the libraries below them.

    Raises
    ------
    FormalError
        If it objects, or reports that a proof rests on anything but the allowed axioms.
    """
    modules = [f"{LIBRARY}.{path.stem}" for path in sorted(copy.glob("*.v"))]
    if not libraries:
        modules = [part for module in modules for part in ("-norec", module)]
    said = _run(copy, "coqchk", "-silent", "-o", "-Q", ".", LIBRARY, *modules)
    parts = dict(
        re.findall(r"\* ([^:\n]+):\s*\n?(.*?)(?=\n\* |\Z)", said.partition("CONTEXT SUMMARY")[2], re.DOTALL)
    )
    axioms = {line.strip() for line in parts.pop("Axioms", "unread").splitlines() if line.strip()}
    allowed = tuple(f".{known}" for known in record.ALLOWED)
    known = {a for a in axioms if a.startswith("Coq.") and a.endswith(allowed)}
    strange = {axiom for axiom in axioms - known if not axiom.startswith(SEALED)}
    others = {what: text.strip() for what, text in parts.items() if what != "Theory"}
    if strange or set(others.values()) - {"<none>"}:
        raise FormalError(f"coqchk reports {sorted(strange)} and {others}")


def ask(copy: Path, found: list[Found]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The whole statement of each theorem; and of each that states a result, and of all together, the axioms.

    To follow a proof down to its axioms takes Coq a second: too long for each of the others. All together are
    under the empty name.
    """
    ordered = sorted(found, key=lambda each: (each.module, each.line))
    script = ["From Coq Require Import String.", "Set Printing Width 100."]
    for module in sorted({each.module for each in ordered}):
        script += _IMPORT.findall((copy / f"{module}.v").read_text(encoding="utf-8"))
        script += [f"From {LIBRARY} Require Import {module}.", "Open Scope R_scope."]
        script += [f"{_MARK}\nCheck {each.name}." for each in ordered if each.module == module]
    # One term, no proof: after every step of a proof Coq would print all that it has so far.
    everything = [f"let _ := @{LIBRARY}.{each.module}.{each.name} in" for each in ordered]
    script += [_MARK, "Definition everything : True :=", *everything, "I."]
    results = [each for each in ordered if each.result and not each.is_mutant]
    script += [f"{_MARK}\nPrint Assumptions {LIBRARY}.{each.module}.{each.name}." for each in results]
    script += [_MARK, "Print Assumptions everything.", _MARK]
    said = _run(copy, "coqtop", "-quiet", "-q", "-Q", ".", LIBRARY, given="\n".join(script) + "\n")
    said = re.sub(r"(?m)^(?:Coq < )+|^Fetching opaque proofs .*\n", "", said)
    parts = re.split(r'(?m)^ *= "This was a question"(?:%string)?\n *: string\n', said)[1:-1]
    names = [*(each.name for each in results), ""]
    if len(parts) != len(ordered) + 1 + len(names):
        raise FormalError(f"Coq answered {len(parts)} of {len(ordered) + 1 + len(names)} questions:\n{said}")
    statements_ = zip(ordered, parts[: len(ordered)], strict=True)
    return (
        {each.name: _statement(each.name, part) for each, part in statements_},
        {name: _axioms(name, part) for name, part in zip(names, parts[len(ordered) + 1 :], strict=True)},
    )


def _statement(name: str, said: str) -> str:
    head, colon, text = said.strip().partition(":")
    if not colon or head.split()[0] != name:
        raise FormalError(f"{name}: Coq answered {said!r}")
    lines = text.strip().splitlines()
    return "\n".join([lines[0], *(line.removeprefix("     ").removeprefix("  ") for line in lines[1:])])


def _axioms(name: str, said: str) -> list[str]:
    if said.strip() == "Closed under the global context":
        return []
    if not said.startswith("Axioms:"):
        raise FormalError(f"{name}: Coq answered {said!r}")
    axioms = sorted(set(re.findall(r"(?m)^([A-Za-z_][\w.']*)(?=\s*:|\s*$)", said.partition("\n")[2])))
    if strange := sorted(set(axioms) - record.ALLOWED.keys()):
        raise FormalError(f"{name} rests on {', '.join(strange)}, which is not allowed")
    return axioms


def checked(book: Book, say: Callable[[str], None], *, thoroughly: bool = True) -> dict[str, Any]:
    """Build and check everything; the record of it.

    Parameters
    ----------
    book : Book
    say : callable
        Told what is going on.
    thoroughly : bool
        Let the second checker go through the libraries too, which takes longer than the rest.

    Raises
    ------
    FormalError
    """
    if (book.root / "formal" / "Bounds.v").read_text(encoding="utf-8") != bounds.text():
        raise FormalError("formal/Bounds.v is not what the claims print: python -m press formal --print")
    say("Building the proofs ...")
    copy = build(book)
    found = [each for path in sorted(copy.glob("*.v")) for each in statements(path)]
    names = [each.name for each in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FormalError(f"names that are used twice: {', '.join(twice)}")
    say(f"Asking for {len(found)} statements and what they rest on ...")
    answers, axioms = ask(copy, found)
    whole = " and the libraries below them, which takes minutes," if thoroughly else ""
    say(f"Having the proofs{whole} checked a second time ...")
    check_again(copy, libraries=thoroughly)
    sources = sorted(copy.glob("*.v"))
    texts = {source.stem: source.read_text(encoding="utf-8") for source in sources}
    terms = definitions(sources)
    used_by = rests_on(sources, found)
    entries: dict[str, dict[str, Any]] = {}
    for each in sorted(found, key=lambda each: each.name):
        statement = answers[each.name]
        entries[each.name] = {
            "result": each.result,
            "file": f"formal/{each.module}.v",
            "line": each.line,
            "statement": statement,
            "assumptions": axioms.get(each.name, axioms[""]),
            "rests_on": used_by[each.name],
            "words": each.words,
            "definitions": _all_named(_named(statement, each.module, texts, terms), terms),
        }
    used = {name for entry in entries.values() for name in entry["definitions"]}
    return {
        "theorems": {name: entry for name, entry in entries.items() if not name.startswith("mutant_")},
        "mutants": [{"name": name} | entry for name, entry in entries.items() if name.startswith("mutant_")],
        "definitions": {name: entry for name, entry in sorted(terms.items()) if name in used},
        "assumptions": axioms[""],
        "sources": record.digest(book.root / "formal"),
        "versions": versions(copy),
    }


def rests_on(sources: list[Path], found: list[Found]) -> dict[str, list[str]]:
    """For each theorem, those of other results that its proof uses, straight or through lemmas."""
    uses = {name: named for source in sources for name, named in coq_globs.references(source).items()}
    full = {each.name: f"{LIBRARY}.{each.module}.{each.name}" for each in found}
    ends = {full[each.name]: each.name for each in found if each.result and not each.is_mutant}
    return {
        name: sorted(ends[other] for other in coq_globs.reached(place, uses, ends))
        for name, place in full.items()
    }


def versions(copy: Path) -> dict[str, str]:
    """The version of Coq; its library of analysis tells none of its own."""
    coq = re.search(r"version (\S+)", _run(copy, "coqc", "--version"))
    return {"coq": coq[1] if coq else "unknown"}


def write(book: Book, say: Callable[[str], None]) -> Path:
    """Check everything and write the record; its path."""
    kept = checked(book, say)
    say(f"{told(kept)}, resting on {', '.join(kept['assumptions'])}")
    content = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    path = book.root / "formal" / "checked.json"
    write_atomically(path, content.encode("utf-8"))
    return path


def told(kept: dict[str, Any]) -> str:
    """How much a record holds, in words."""
    return f"{len(kept['theorems'])} theorems proved and {len(kept['mutants'])} wrong versions refuted"


def print_bounds(book: Book) -> Path:
    """Print `Bounds.v` from the claims; its path."""
    path = book.root / "formal" / "Bounds.v"
    write_atomically(path, bounds.text().encode("utf-8"))
    return path


def _run(where: Path, *command: str, given: str | None = None) -> str:
    """What a command says; coqchk says everything where others complain."""
    done = subprocess.run(command, cwd=where, input=given, capture_output=True, encoding="utf-8")
    if done.returncode or "Error:" in done.stderr:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise FormalError(f"{command[0]} ended with status {done.returncode}:\n{last}")
    return done.stderr if command[0] == "coqchk" else done.stdout
