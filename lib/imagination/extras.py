"""Packages that not everybody needs: a module that needs one which is missing says how to install it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

__all__ = ["EXTRAS", "MissingExtra", "explained"]

EXTRAS = {
    "minari": "minari",
    "torch": "torch",
    "gymnasium": "gymnasium",
    "ot": "wasserstein",
    "z3": "derivation",
    "distributed": "dask",
    "seaborn": "book",
    "stable_baselines3": "book",
}
"""The extra of `pyproject.toml` that brings a module."""


class MissingExtra(ModuleNotFoundError):
    """A package of an extra is not installed."""


@contextmanager
def explained(module: str) -> Iterator[None]:
    """Say which extra brings what an import within does not find.

    Parameters
    ----------
    module : str
        The module that imports.

    Raises
    ------
    MissingExtra
        Instead of a ModuleNotFoundError for a package of an extra.
    """
    try:
        yield
    except MissingExtra:
        raise
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        how = f'pip install "on-training-in-imagination[{EXTRAS[package]}]"'
        message = f"No module named {package!r}, which {module} needs: {how}"
        raise MissingExtra(message, name=package) from error


class _Loader(SourceFileLoader):
    """Python's own, and an explanation."""

    def exec_module(self, module: ModuleType) -> None:
        with explained(module.__name__):
            super().exec_module(module)


class _Finder:
    """Finds this package's modules where Python does. So none of them must be written around its imports."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith("imagination."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, _Finder)
