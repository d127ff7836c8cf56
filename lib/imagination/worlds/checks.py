"""Guards of public functions: bad input is a ValueError that names the argument, the value and the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

P = ParamSpec("P")
R = TypeVar("R")


def finite(
    name: str, value: ArrayLike, *, least: float = -np.inf, above: float = -np.inf
) -> NDArray[np.float64]:
    """`value` as an array of finite floats, all >= `least` and > `above`, or a ValueError that names it."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        kind = type(value).__name__
        raise ValueError(f"{name} must be numbers that floats can hold, got {kind} of others") from None
    bad = ~(np.isfinite(array) & (array >= least) & (array > above))
    if bad.any():
        rules = ["finite"] + [f">= {least:g}"] * (least > -np.inf) + [f"> {above:g}"] * (above > -np.inf)
        raise ValueError(f"{name} must be {' and '.join(rules)}, got {array[bad][0]}")
    return array


def broadcast(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """`array` broadcast to `shape`, or a ValueError that names it."""
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"{name} must have shape {shape} or broadcast to it, got {array.shape}") from None


def whole(name: str, value: int, *, least: int = 0) -> int:
    """`value` as a whole number of at least `least` that an index can hold, or a ValueError that names it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value < 2**63:
        shown = repr(value) if not isinstance(value, int) or abs(value) < 2**63 else "more than 2^63"
        raise ValueError(f"{name} must be a whole number, at least {least}, got {shown}")
    return int(value)


def numeric(function: Callable[P, R]) -> Callable[P, R]:
    """Let an overflow be infinite without a warning, and a result in numpy that is NaN a ValueError.

    A caller who has told numpy to ignore what is invalid, with `numpy.errstate`, gets the NaN.
    """

    @wraps(function)
    def guarded(*arguments: P.args, **options: P.kwargs) -> R:
        name = function.__qualname__
        try:
            with np.errstate(all="ignore"):
                result = function(*arguments, **options)
        except (ArithmeticError, MemoryError) as error:
            raise ValueError(f"{name}: its arguments are too large or too small ({error})") from error
        if np.geterr()["invalid"] == "ignore":
            return result
        parts = vars(result).values() if is_dataclass(result) else [result]
        if any(np.isnan(part).any() for part in parts if isinstance(part, np.ndarray | np.floating)):
            raise ValueError(f"{name}: its arguments are too large or too small; the result is no number")
        return result

    return guarded
