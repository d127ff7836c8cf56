"""Guards of public functions: bad input is a ValueError that names the argument, the value and the rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from array_api_compat import array_namespace, is_array_api_obj
from numpy.typing import ArrayLike, NDArray

P = ParamSpec("P")
R = TypeVar("R")


def finite(
    name: str, value: ArrayLike, *, least: float = -np.inf, above: float = -np.inf
) -> NDArray[np.float64]:
    """`value` as an array of finite floats, all >= `least` and > `above`, or a ValueError that names it."""
    array = floats(name, value)
    bad = ~(np.isfinite(array) & (array >= least) & (array > above))
    if bad.any():
        rules = ["finite"] + [f">= {least:g}"] * (least > -np.inf) + [f"> {above:g}"] * (above > -np.inf)
        raise ValueError(f"{name} must be {' and '.join(rules)}, got {array[bad][0]}")
    return array


def floats(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """`value` as an array of floats, infinite ones and NaN among them, or a ValueError that names it."""
    try:
        array = np.asarray(value)
        objects = array.ravel() if array.dtype.kind == "O" else ()
        # of None and of text numpy would make numbers
        if array.dtype.kind not in "fiubO" or any(part is None or isinstance(part, str) for part in objects):
            raise TypeError("no numbers")
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        kind = type(value).__name__
        raise ValueError(f"{name} must be numbers that floats can hold, got {kind} of others") from None


def number(name: str, value: Any, *, least: float = -np.inf, above: float = -np.inf) -> float:
    """`value` as one finite float, >= `least` and > `above`, or a ValueError that names it."""
    array = finite(name, value, least=least, above=above)
    if array.ndim:
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}")
    return float(array)


def level(value: Any) -> float:
    """The probability of an interval, strictly between 0 and 1, or a ValueError that names `level`."""
    found = number("level", value)
    if not 0 < found < 1:
        raise ValueError(f"level must lie between 0 and 1, got {value}")
    return found


def generator(value: Any) -> np.random.Generator:
    """A generator of numpy, by default one with seed 0, or a ValueError that names `rng`."""
    if value is None:
        return np.random.default_rng(0)
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {type(value).__name__}")
    return value


def broadcast(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """`array` broadcast to `shape`, or a ValueError that names it."""
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"{name} must have shape {shape} or broadcast to it, got {array.shape}") from None


def together(**arrays: NDArray[Any]) -> list[NDArray[Any]]:
    """The arrays broadcast together, or a ValueError that tells their shapes."""
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes must broadcast together, got {shapes}") from None


def one_library(**arrays: Any) -> None:
    """Raise a ValueError where some arrays are numpy's and others torch's; None and numbers go with both."""
    kinds = {name: type(array).__name__ for name, array in arrays.items() if getattr(array, "ndim", 0)}
    if len(set(kinds.values())) > 1:
        raise ValueError(f"arrays must be of one library, got {kinds}; to('torch') and to('numpy') convert")


def asked(name: str, function: Callable[..., Any], **points: Any) -> Any:
    """``function(*points)``; a ValueError that tells the shapes where it cannot take them."""
    try:
        return function(*points.values())
    except (ValueError, IndexError, RuntimeError) as error:
        shapes = ", ".join(f"{point} of shape {tuple(array.shape)}" for point, array in points.items())
        raise ValueError(f"{name} cannot take {shapes}: {error}") from error


def whole(name: str, value: int, *, least: int = 0) -> int:
    """`value` as a whole number of at least `least` that an index can hold, or a ValueError that names it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value < 2**63:
        shown = repr(value) if not isinstance(value, int) or abs(value) < 2**63 else "more than 2^63"
        raise ValueError(f"{name} must be a whole number, at least {least}, got {shown}")
    return int(value)


def check_items(name: str, items: Any, kind: type, *, least: int = 1) -> list[Any]:
    """`least` or more objects of a kind as a list, or a ValueError."""
    fine = isinstance(items, Iterable) and not isinstance(items, str)
    listed = list(items) if fine else []
    if not fine or len(listed) < least or not all(isinstance(item, kind) for item in listed):
        raise ValueError(f"{name} must be a sequence of {least} or more {kind.__name__}, got {items!r}")
    return listed


def check_index(name: str, index: Any, size: int) -> None:
    """Raise a ValueError unless all are whole numbers in [0, size)."""
    index = np.asarray(index)
    if not np.issubdtype(index.dtype, np.integer) or np.any((index < 0) | (index >= size)):
        raise ValueError(f"{name} must be whole numbers in [0, {size}), got {index}")


def counts(**values: int) -> None:
    """Raise a ValueError that names it unless each is a whole number of at least 1."""
    for name, value in values.items():
        whole(name, value, least=1)


def check_seeds(seeds: Any) -> list[Any]:
    """Seeds of numpy's generators, one or more whole numbers or tuples of them, or a ValueError."""
    for seed in seeds if isinstance(seeds, list | tuple | range | np.ndarray) else ():
        for part in seed if isinstance(seed, tuple) else (seed,):
            whole("seeds", part)
    if not isinstance(seeds, list | tuple | range | np.ndarray) or not len(seeds):
        raise ValueError(f"seeds must be a sequence of one or more whole numbers, got {seeds!r}")
    return list(seeds)


def check_shape(name: str, array: Any, shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """The shape of an array of numpy or torch; a ValueError unless it is this one (None: any length) and the
    numbers are real and finite.
    """
    found = tuple(array.shape) if is_array_api_obj(array) else None
    if (
        found is None
        or len(found) != len(shape)
        or any(w not in (None, g) for w, g in zip(shape, found, strict=True))
    ):
        wanted = "(" + ", ".join("*" if n is None else str(n) for n in shape) + ")"
        given = type(array).__name__ if found is None else found
        raise ValueError(f"{name} must be an array of shape {wanted}, got {given}")
    xp = array_namespace(array)
    if not xp.isdtype(array.dtype, ("bool", "integral", "real floating")):
        raise ValueError(f"{name} must be an array of real numbers, got {array.dtype}")
    if xp.isdtype(array.dtype, "real floating") and not bool(xp.all(xp.isfinite(array))):
        raise ValueError(f"{name} must be finite, but NaN or inf is in the array of shape {found}")
    return found


def check_box(low: Any, high: Any) -> None:
    """Raise ValueError unless these are the corners (C, d) of boxes."""
    check_shape("high", high, check_shape("low", low, (None, None)))
    one_library(low=low, high=high)
    if not bool((low <= high).all()):
        raise ValueError(f"low must be <= high, got {low} and {high}")


def check_radius(name: str, radius: Any) -> None:
    """Raise ValueError unless these are radii (C,), at least 0."""
    check_shape(name, radius, (None,))
    if not bool((radius >= 0).all()):
        raise ValueError(f"{name} must be >= 0, got {radius}")


def numeric(function: Callable[P, R]) -> Callable[P, R]:
    """Let an overflow be infinite without a warning, and a result that is NaN a ValueError.

    A caller who has told numpy to ignore what is invalid, with `numpy.errstate`, gets the NaN.
    """
    names = ", ".join(inspect.signature(function).parameters)
    extreme = f"{function.__qualname__}: its arguments are too large or too small ({names})"

    @wraps(function)
    def guarded(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            with np.errstate(all="ignore"):
                result = function(*arguments, **options)
        except (ArithmeticError, MemoryError) as error:
            raise ValueError(f"{extreme}: {error}") from error
        if np.geterr()["invalid"] != "ignore" and any(map(_is_nan, _parts(result))):
            raise ValueError(f"{extreme}; the result is no number")
        return result

    return guarded


def _parts(result: Any) -> Any:
    if is_dataclass(result):
        return vars(result).values()
    if isinstance(result, dict):
        return result.values()
    return result if isinstance(result, tuple) else [result]


def _is_nan(part: Any) -> bool:
    if not is_array_api_obj(part):
        return isinstance(part, float) and part != part
    xp = array_namespace(part)
    return xp.isdtype(part.dtype, "real floating") and bool(xp.any(xp.isnan(part)))
