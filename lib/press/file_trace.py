"""Traces what a chapter's kernel learns from its book's files, so that a change of any of them is noticed.

It runs inside the kernel and inside the Python processes that the kernel starts, from before their first
import. Noted, with what was seen at that moment, are

- every file opened for reading (an audit hook: `open` is what imports, pandas, numpy and torch all end in),
- every file asked after, found or not (`os.stat` and what is built on it),
- every folder listed,
- every place where an import looked for a module in vain, since a file there would change what is imported.

Only the book's own folder counts, without `.venv` and `_build`: the installed packages are in the lock.
Modules of the book are compiled from their sources always. Python trusts a compiled file whose source has the
same size and the same second of change, and so could run a constant's old value.

Nothing here is imported but the standard library.
"""

import functools
import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from typing import Any

NOT_THE_BOOK = (".venv", "_build")
UNLISTED = ("__pycache__", ".ipynb_checkpoints")

MISSING = "missing"
FOLDER = "folder"


def state_of(path: str) -> str:
    """What there is at a path: the digest of a file's contents, `folder` or `missing`."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except IsADirectoryError:
        return FOLDER
    except (FileNotFoundError, NotADirectoryError):
        return MISSING
    except PermissionError:  # how Windows refuses to open a folder
        return FOLDER if os.path.isdir(path) else "unreadable"


def listing_of(path: str) -> str:
    """What a folder holds: the digest of its sorted names."""
    try:
        names = sorted(name for name in os.listdir(path) if name not in UNLISTED)
    except OSError:
        return MISSING
    return "names " + hashlib.sha256("\0".join(names).encode()).hexdigest()


class FileTrace:
    """Appends one line of JSON, `[path, state]`, for each thing seen for the first time.

    Parameters
    ----------
    root : str
        The book's folder; paths are written relative to it.
    file : str
        The file to append to. Several processes may share it.
    """

    def __init__(self, root: str, file: str) -> None:
        self.roots = tuple({os.path.abspath(root) + os.sep, os.path.realpath(root) + os.sep})
        self.installed = tuple(
            {os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix)}
        )
        self.file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.seen: set[tuple[str, bool]] = set()
        self.busy = threading.local()

    def inside(self, path: Any) -> str | None:
        """The path relative to the book, or None where it is none of the book's."""
        try:
            absolute = os.path.abspath(os.fsdecode(path))
        except (TypeError, ValueError):  # an open file's number
            return None
        for root in self.roots:
            if absolute.startswith(root) and not absolute.startswith(self.installed):
                relative = absolute[len(root) :].replace(os.sep, "/")
                return None if relative.split("/", 1)[0] in NOT_THE_BOOK else relative
        return None

    def note(self, path: Any, look: Callable[[str], str]) -> None:
        """Note what there is at a path, once."""
        if getattr(self.busy, "now", False):
            return
        self.busy.now = True  # looking opens files, too
        try:
            relative = self.inside(path)
            if relative is None or (relative, look is listing_of) in self.seen:
                return
            self.seen.add((relative, look is listing_of))
            line = json.dumps([relative, look(self.roots[0] + relative)]) + "\n"
            os.write(self.file, line.encode())
        finally:
            self.busy.now = False

    def audit(self, event: str, args: tuple) -> None:
        """The audit hook: opened files and listed folders."""
        if event == "open":
            path, _, flags = args
            if not (isinstance(flags, int) and flags & os.O_TRUNC):  # what it held is not looked at
                self.note(path, state_of)
        elif event in ("os.listdir", "os.scandir") and not getattr(self.busy, "now", False):
            self.busy.now = True
            try:
                caller = sys._getframe(1).f_code.co_filename
            finally:
                self.busy.now = False
            if "importlib" not in caller:  # the import system's own lookups are noted one by one
                self.note("." if args[0] is None else args[0], listing_of)

    def watch_stat(self) -> None:
        """Note what is asked after; a lookup that finds nothing opens nothing."""
        stat = os.stat

        @functools.wraps(stat)
        def noted_stat(path: Any, *args: Any, **options: Any) -> os.stat_result:
            self.note(path, state_of)
            return stat(path, *args, **options)

        os.stat = noted_stat
        for abilities in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if stat in abilities:
                abilities.add(noted_stat)
        for name in ("exists", "isfile", "isdir"):  # not built on `os.stat` everywhere
            self._watch(os.path, name)

    def _watch(self, module: Any, name: str) -> None:
        original = getattr(module, name)

        @functools.wraps(original)
        def noted(path: Any) -> bool:
            self.note(path, state_of)
            return original(path)

        setattr(module, name, noted)

    def watch_imports(self) -> None:
        """Import the book's modules from their sources, noting where they were looked for in vain."""
        outer = self

        class Finder(FileFinder):
            def find_spec(self, fullname: str, target: Any = None) -> ModuleSpec | None:
                spec = super().find_spec(fullname, target)
                place = os.path.join(self.path, fullname.rpartition(".")[2])
                for candidate in (os.path.join(place, "__init__.py"), place + ".py"):
                    if spec is not None and spec.origin == candidate:
                        break
                    outer.note(candidate, state_of)
                return spec

        make_finder = Finder.path_hook((FromSource, [".py"]))

        def hook(path: str) -> Any:
            if self.inside(os.path.join(path, "x")) is None:
                raise ImportError(path)
            return make_finder(path)

        sys.path_hooks.insert(0, hook)
        sys.path_importer_cache.clear()


class FromSource(SourceFileLoader):
    """Compiles a module's source whenever it is imported, and keeps nothing."""

    def path_stats(self, path: Any) -> Any:
        raise OSError(f"{path}: compiled files are not used")


def start(root: str, file: str) -> None:
    """Trace from now on, for as long as this process lives."""
    trace = FileTrace(root, file)
    trace.watch_imports()
    trace.watch_stat()
    sys.addaudithook(trace.audit)


def state_now(root: str, path: str, then: str) -> str:
    """What is seen today in the way in which `then` was seen."""
    look = listing_of if then.startswith("names ") else state_of
    return look(os.path.join(root, path))
