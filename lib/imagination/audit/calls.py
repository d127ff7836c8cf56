"""Calling other people's functions of batches, whether they take numpy's arrays or torch's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import numpy as np

from imagination.audit.randomness import within_reach
from imagination.audit.trees import mapped

__all__ = ["LARGEST", "PROBED", "Call", "numbers", "part", "probability", "same", "vector", "vectors"]

PROBED = 256
"""How many logged transitions a model is first asked about, twice."""


LARGEST = 1e100
"""What is larger counts as infinite: floats could not hold its powers."""


class Call:
    """Somebody's function, called with what it takes.

    What this is turns out at the first call: a torch module gets tensors of its parameters' type, on their
    device; any other function gets numpy's float64, if it fails float32, and if that fails tensors of the
    first torch module within its reach. Integers stay integers. It gets copies, of arrays and of the dicts
    and lists that hold a belief, since it may write into them.

    Parameters
    ----------
    name : what messages call it.
    function : callable
    owner : the object that it belongs to, in which torch modules are looked for as well.
    """

    def __init__(self, name: str, function: Any, owner: Any = None) -> None:
        if not callable(function):
            raise ValueError(f"{name} must be callable, got {type(function).__name__}")
        self.name, self._function, self._owner = name, function, owner
        self._give: Callable[[Any], Any] | None = None

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """The function's own answer; arguments that are no numpy arrays are passed on as they are."""
        ways = [self._give] if self._give else self._ways()
        failures = []
        for give in ways:
            try:
                with np.errstate(all="ignore"), _no_gradients():
                    answer = self._function(*map(give, arguments), **options)
            except Exception as error:
                failures.append(error)
            else:
                self._give = give
                return answer
        told = "; ".join(dict.fromkeys(map(_said, failures)))
        shapes = ", ".join(str(each.shape) for each in arguments if isinstance(each, np.ndarray))
        raise ValueError(f"{self.name} failed on a batch, of shape {shapes or '?'}: {told}") from failures[-1]

    def _ways(self) -> list[Callable[[Any], Any]]:
        ways = [_numpy(np.float64), _numpy(np.float32)]
        torch = sys.modules.get("torch")
        if torch is None:
            return ways
        near = within_reach(self._function, self._owner)
        parameters = (p for each in near if isinstance(each, torch.nn.Module) for p in each.parameters())
        first = next((p for p in parameters if p.is_floating_point()), torch.empty(0))
        tensors = _torch(first.device, first.dtype)
        itself = (self._function, getattr(self._function, "__self__", None))
        if any(isinstance(each, torch.nn.Module) for each in itself):
            return [tensors, *ways]
        return [*ways, tensors]


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _numpy(kind: type) -> Callable[[Any], Any]:
    def give(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return mapped(_itself, value)
        return np.array(value, dtype=kind if value.dtype.kind == "f" else value.dtype)

    return give


def _torch(device: Any, kind: Any) -> Callable[[Any], Any]:
    torch = sys.modules["torch"]

    def give(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return mapped(_itself, value)
        return torch.tensor(value, device=device, dtype=kind if value.dtype.kind == "f" else None)

    return give


def _itself(array: Any) -> Any:
    return array


def _no_gradients() -> Any:
    torch = sys.modules.get("torch")
    return torch.no_grad() if torch else nullcontext()


def numbers(name: str, answer: Any) -> np.ndarray:
    """An answer as numpy's float64, from whichever library and device, or a ValueError."""
    torch = sys.modules.get("torch")
    if torch and isinstance(answer, torch.Tensor):
        answer = answer.detach().cpu()
        answer = (answer if answer.is_complex() else answer.double()).numpy()
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "fiubO":  # of text and of complex numbers numpy would make others
            raise TypeError("no numbers")
        array = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(f"{name} must return an array of numbers, got {type(answer).__name__}") from None
    array[np.abs(array) >= LARGEST] *= np.inf
    return array


def vectors(name: str, answer: Any, count: int, size: int) -> np.ndarray:
    """An answer of shape (count, size); of one number a row it may be (count,)."""
    array = numbers(name, answer)
    if array.shape == (count, size):
        return array
    if (array.shape == (count,) and size == 1) or (array.shape == (size,) and count == 1):
        return array.reshape(count, size)
    raise ValueError(f"{name} must return shape ({count}, {size}), got {array.shape}")


def vector(name: str, answer: Any, count: int) -> np.ndarray:
    """An answer of one number a row, (count,) or (count, 1), as (count,)."""
    array = numbers(name, answer)
    if array.shape in ((count,), (count, 1)) or (count == 1 and array.size == 1):
        return array.reshape(count)
    raise ValueError(f"{name} must return shape ({count},), got {array.shape}")


def part(model: Any, name: str) -> Any:
    """What a mapping or an object has under a name; None if nothing."""
    return model.get(name) if isinstance(model, Mapping) else getattr(model, name, None)


def probability(name: str, answer: Any, count: int) -> np.ndarray:
    """A model's probabilities that worlds go on, (count,); NaN passes."""
    array = vector(name, answer, count)
    outside = (array < -1e-6) | (array > 1 + 1e-6)
    if outside.any():
        raise ValueError(f"{name} must return probabilities, in [0, 1], got {array[outside][0]:g}")
    return np.clip(array, 0, 1)


def same(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two answers are one, to float32's rounding."""
    with np.errstate(all="ignore"):
        scale = np.nanmax(np.abs(first[np.isfinite(first)]), initial=0.0)
        return bool(np.allclose(first, second, rtol=1e-5, atol=1e-6 * scale, equal_nan=True))
