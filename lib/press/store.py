"""Executed chapters, kept for as long as all that they depend on is what it was.

For each chapter and each set of parameters there is the executed notebook and a manifest, which holds

- what is known beforehand (`key`): the chapter's cells, its parameters, the lock, the installed packages and
  the Python, and the press's own code that executes,
- what its kernel saw of the book's files while it ran (`press.file_trace`),
- the digest of the executed notebook.

A chapter is fresh when all three hold today. Each file is written whole or not at all, the manifest last.
"""

import hashlib
import json
import platform
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from press import notebooks
from press.book import Book, write_atomically
from press.file_trace import state_now
from press.worker import EXECUTION_CODE

Reads = list[tuple[str, str]]
"""What a kernel saw of the book's files: paths and states."""


def digest(content: bytes) -> str:
    """SHA-256, as text."""
    return hashlib.sha256(content).hexdigest()


@cache
def environment_digest() -> str:
    """The Python, the machine's kind, and every installed package with its version."""
    packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    return digest(json.dumps([sys.version, platform.system(), platform.machine(), packages]).encode())


@cache
def execution_code_digest(folder: Path = Path(__file__).parent) -> str:
    """The press's own code that executed notebooks depend on; `folder` is where the press lies."""
    return digest(b"\0".join((folder / name).read_bytes() for name in EXECUTION_CODE))


@dataclass(frozen=True)
class Executed:
    """A chapter with its parameters: where its executed copy is kept, and whether that is fresh.

    Attributes
    ----------
    book : Book
        The book.
    chapter : Path
        The chapter's source.
    parameters : dict
        What is passed on to it; empty for its own defaults (`scale="quick"`).
    """

    book: Book
    chapter: Path
    parameters: Mapping[str, Any]

    @property
    def edition(self) -> str:
        """A name for the parameters: `quick`, `full`, or either with a digest of further ones."""
        others = {name: value for name, value in self.parameters.items() if name != "scale"}
        scale = self.parameters.get("scale", "quick")
        return f"{scale}-{digest(json.dumps(others, sort_keys=True).encode())[:12]}" if others else scale

    @property
    def notebook(self) -> Path:
        """The executed copy."""
        return self.book.build / "executed" / self.edition / self.chapter.name

    @property
    def manifest(self) -> Path:
        """What the executed copy depends on."""
        return self.notebook.with_suffix(".json")

    def key(self, source: bytes) -> dict[str, Any]:
        """All that is known before the kernel starts, by name; `source` is the chapter's file."""
        cells = notebooks.without_outputs(notebooks.parse(source, self.chapter.name))
        return {
            "cells": digest(notebooks.to_bytes(cells)),
            "parameters": dict(self.parameters),
            "lock": digest(self.book.lock.read_bytes()) if self.book.lock.exists() else None,
            "environment": environment_digest(),
            "press": execution_code_digest(),
        }

    def staleness(self) -> str | None:
        """Why the chapter must be executed, in a few words; None if it need not be."""
        manifest = self._manifest()
        if manifest is None or not self.notebook.is_file():
            return "not executed yet"
        if digest(self.notebook.read_bytes()) != manifest["executed"]:
            return "executed copy damaged"
        for name, now in self.key(self.chapter.read_bytes()).items():
            if manifest["key"].get(name) != now:
                return f"{name} changed"
        for path, then in manifest["reads"]:
            if state_now(str(self.book.root), path, then) != then:
                return f"{path} changed"
        return None

    def _manifest(self) -> dict[str, Any] | None:
        """The manifest; None where there is none, or a damaged one."""
        try:
            found = json.loads(self.manifest.read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        match found:
            case {"key": dict(), "executed": str(), "seconds": int() | float(), "reads": list() as reads}:
                return found if all(map(_is_sight, reads)) else None
        return None

    def seconds(self) -> float:
        """How long the last execution took; infinity if unknown."""
        manifest = self._manifest()
        return manifest["seconds"] if manifest else float("inf")

    def keep(self, key: dict[str, Any], executed: bytes, reads: Reads, seconds: float) -> None:
        """Store an executed copy. `key` is the key from before the execution."""
        manifest = {"key": key, "executed": digest(executed), "seconds": round(seconds, 1), "reads": reads}
        write_atomically(self.notebook, executed)
        write_atomically(self.manifest, json.dumps(manifest).encode())


def _is_sight(seen: Any) -> bool:
    match seen:
        case [str(), str()]:
            return True
    return False


def read_trace(path: Path) -> Reads:
    """What a kernel saw, sorted, each sight once; a last line cut short by a killed process is left out."""
    sights = set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
    for line in lines:
        if line.endswith("\n"):
            sights.add(tuple(json.loads(line)))
    return sorted(sights)
