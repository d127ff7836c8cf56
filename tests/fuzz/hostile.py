"""What may stand in an argument's place: of the kind that is documented, and that nobody means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp
import torch

NUMBERS: tuple[Any, ...] = (
    *(np.nan, np.inf, -np.inf, -0.0, 0, -1, 1, 0.5, 1.5, 1e308, -1e308, 5e-324),
    *(10**400, -(10**400), 2**63, 2**70, True, np.float32(0.5), np.int8(3), np.float64(1e300)),
    *(Fraction(1, 3), Fraction(10**400, 3), Decimal("0.5"), sp.Rational(1, 3), sp.oo, sp.nan, sp.pi),
    *("many", "0.5", "", None, 1j, [], [0.5], (0.5, 0.5, 0.5), [[1.0], [1.0, 2.0]]),
)
ENTRIES = (np.nan, np.inf, -np.inf, -0.0, 0.0, -1.0, 1.5, 1e308, -1e308, 5e-324, 1e-308, 2.0**63)
TEXTS = ("", "nobody", "REWARD", None, 3, "é\n")
TABLES: tuple[Callable[[pd.DataFrame], Any], ...] = (
    lambda table: table.iloc[:0],
    lambda table: table.iloc[:1],
    lambda table: table.iloc[:, :1],
    lambda table: table.assign(**{table.columns[-1]: np.nan}),
    lambda table: table.assign(**{table.columns[-1]: "many"}),
    lambda table: table.assign(**{table.columns[-1]: 1e308}),
    lambda table: table.assign(**{table.columns[-1]: -5e-324}),
    lambda table: table.assign(**{table.columns[0]: np.inf}),
    lambda table: pd.concat([table, table]),
    lambda table: table.set_index(table.index[::-1] + 7),
    lambda table: table.iloc[:, ::-1],
)


def _with_entry(array: Any, entry: float) -> Any:
    changed = np.array(array, float)
    if changed.size:
        changed.reshape(-1)[changed.size // 2] = entry
    return changed


def _object(array: np.ndarray, make: Callable[[Any], Any]) -> np.ndarray:
    return np.array([make(float(x)) for x in array.ravel()] or [None], object)[: array.size].reshape(
        array.shape
    )


def _read_only(array: np.ndarray) -> np.ndarray:
    changed = array.copy()
    changed.flags.writeable = False
    return changed


ARRAYS: tuple[Callable[[np.ndarray], Any], ...] = (
    *(lambda a, e=e: _with_entry(a, e) for e in ENTRIES),
    *(lambda a, e=e: np.full_like(a, e, float) for e in ENTRIES),
    *(lambda a, kind=kind: a.astype(kind) for kind in (np.float32, np.int8, bool, complex, object, str)),
    *(lambda a, e=e: e for e in (np.array(0.5), 0.5, None, "many", 10**400, [], np.zeros((2, 0, 2)))),
    lambda a: a * 1e300,
    lambda a: -1 * a,
    lambda a: a[..., :0],
    lambda a: a[:0],
    lambda a: a[:1],
    lambda a: a[None],
    lambda a: a[0],
    lambda a: a[..., None],
    lambda a: a.T,
    lambda a: np.concatenate([a, a], -1),
    lambda a: np.repeat(a, 2, -1)[..., ::2],
    lambda a: a[::-1],
    _read_only,
    lambda a: np.asfortranarray(a),
    lambda a: a.tolist(),
    lambda a: tuple(a.tolist()),
    lambda a: _object(a, Fraction),
    lambda a: _object(a, sp.Float),
    lambda a: _object(a, lambda x: 10**400),
    lambda a: pd.Series(a) if a.ndim == 1 else pd.DataFrame(a) if a.ndim == 2 else a,
    lambda a: torch.tensor(a),
)
TENSORS: tuple[Callable[[torch.Tensor], Any], ...] = (
    *(lambda a, e=e: torch.as_tensor(_with_entry(a, e), dtype=a.dtype) for e in ENTRIES),
    *(lambda a, e=e: torch.full(a.shape, e, dtype=torch.float64).to(a.dtype) for e in ENTRIES[:11]),
    *(lambda a, kind=kind: a.to(kind) for kind in (torch.float32, torch.int8, torch.bool)),
    *(lambda a, e=e: e for e in (None, "many", torch.tensor(0.5), 10**400)),
    lambda a: a[..., :0],
    lambda a: a[:0],
    lambda a: a[:1],
    lambda a: a[None],
    lambda a: a[0],
    lambda a: a[..., None],
    lambda a: a.mT if a.ndim > 1 else a,
    lambda a: torch.cat([a, a], -1),
    lambda a: a.repeat_interleave(2, -1)[..., ::2],
    lambda a: a.clone().requires_grad_() if a.is_floating_point() else a,
)
SEQUENCES: tuple[Callable[[Any], Any], ...] = (
    *(
        lambda a, e=e: e
        for e in ([], (), None, [-1], [1.5], [10**400], ["many"], [None], [np.nan], 3, [0, 0])
    ),
    lambda a: [*a, *a[:1]],
    lambda a: a[:1],
    lambda a: tuple(a),
    lambda a: np.array(a, object),
)


@dataclass
class Answers:
    """Somebody's function of batches; spoilt, it answers (first, if with several) something hostile."""

    function: Callable[..., np.ndarray]
    way: Callable[[np.ndarray], Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        answer = self.function(*arguments)
        if self.way is None:
            return answer
        with np.errstate(all="ignore"):
            return (self.way(answer[0]), *answer[1:]) if isinstance(answer, tuple) else self.way(answer)


def spoilt(value: Any, rng: np.random.Generator) -> tuple[Any, str]:
    """A hostile value in the place of a good one, and which it was; a good one of no such kind stays."""

    def chosen(name: str, ways: tuple[Any, ...]) -> tuple[Any, str]:
        which = int(rng.integers(len(ways)))
        return ways[which], f"{name}[{which}]"

    if isinstance(value, bool) or hasattr(value, "_fields"):
        return value, ""
    if isinstance(value, int | float | np.number):  # a count may be large: then so is what was asked for
        return chosen("NUMBERS", NUMBERS)
    if isinstance(value, str):
        return chosen("TEXTS", TEXTS)
    if isinstance(value, Answers) and rng.random() < 0.9:
        way, how = chosen("ARRAYS", ARRAYS)
        return replace(value, way=way), f"returns {how}"
    if isinstance(value, Answers):
        return chosen("NUMBERS", NUMBERS)
    if isinstance(value, Mapping) and value:
        key = list(value)[rng.integers(len(value))]
        if rng.random() < 0.1:
            return {name: part for name, part in value.items() if name != key}, f"no {key}"
        part, how = spoilt(value[key], rng)
        return {**value, key: part}, f"{key}: {how}"
    for kind, name, ways in (
        (np.ndarray, "ARRAYS", ARRAYS),
        (torch.Tensor, "TENSORS", TENSORS),
        (pd.DataFrame, "TABLES", TABLES),
        (list | tuple, "SEQUENCES", SEQUENCES),
    ):
        if isinstance(value, kind):
            way, how = chosen(name, ways)
            with np.errstate(all="ignore"):
                return way(value), how
    return value, ""
