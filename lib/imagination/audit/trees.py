"""Nested dicts, lists and tuples of arrays: the beliefs of other people's models, one trajectory a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from array_api_compat import array_namespace

__all__ = ["chosen", "joined", "leaves", "mapped"]


def mapped(change: Callable[[Any], Any], tree: Any, *others: Any) -> Any:
    """`tree` with each array changed, together with the same array of `others`; what is no array stays."""
    if hasattr(tree, "shape"):
        return change(tree, *others) if len(tree.shape) else tree
    if isinstance(tree, Mapping):
        return {key: mapped(change, part, *(other[key] for other in others)) for key, part in tree.items()}
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        parts = _fields(tree)
        changed = mapped(change, parts, *(_fields(other) for other in others))
        return dataclasses.replace(tree, **changed)
    if isinstance(tree, list | tuple):
        items = [mapped(change, *parts) for parts in zip(tree, *others, strict=True)]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return tree


def leaves(tree: Any) -> list[Any]:
    """The arrays of a tree, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found


def joined(trees: list[Any]) -> Any:
    """Trees of one form, their rows one after another."""
    if len(trees) == 1:
        return trees[0]
    return mapped(lambda *parts: array_namespace(*parts).concat(parts, axis=0), *trees)


def chosen(tree: Any, keep: np.ndarray, count: int) -> Any:
    """The rows `keep` (indices or mask) of every array that has `count` rows."""
    rows = np.flatnonzero(keep) if keep.dtype == bool else keep
    return mapped(lambda array: array[rows] if array.shape[0] == count else array, tree)


def _fields(tree: Any) -> dict[str, Any]:
    return {field.name: getattr(tree, field.name) for field in dataclasses.fields(tree)}
