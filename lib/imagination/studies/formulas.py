"""A formula of anyone's in the constants of two worlds: read, and evaluated on many worlds at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from imagination import sums
from imagination.claim import Claim
from imagination.latex import latex
from imagination.results.return_gap.claims import LEMMA_1

__all__ = ["CONSTANTS", "CONTRACTION", "NAMES", "NO_VALUE", "Formula", "asked", "read"]

CONSTANTS = ("gamma", "L_f", "L_r", "L_pi", "eps_dyn", "eps_rew")
"""What every pair of worlds has."""

NAMES = (*CONSTANTS, "horizon", "diameter", "L")
"""What a formula may be written in; ``L`` is ``L_f (1 + L_pi)``."""

ALIASES = {"H": "horizon", "D": "diameter"} | {
    f"{letter}_{error}": f"eps_{error}" for letter in ("epsilon", "varepsilon") for error in ("dyn", "rew")
}
"""Other names that a symbol of SymPy may have."""

CONTRACTION = "gamma L_f (1 + L_pi) >= 1, where no formula without horizon or diameter can hold"

NO_VALUE = "it has no value there (NaN, such as the root of a negative number, or an error)"

_SAMPLE = 3


@dataclass(frozen=True)
class Formula:
    """What was read.

    Attributes
    ----------
    title : str
        How it is shown: in TeX, or the name of a callable.
    names : tuple of str
        Those of `NAMES` that it is written in.
    function : callable
        Takes them by name.
    """

    title: str
    names: tuple[str, ...]
    function: Callable[..., Any]

    @property
    def endless(self) -> bool:
        """Whether it speaks of infinite returns in worlds without a diameter."""
        return "horizon" not in self.names and "diameter" not in self.names

    def __call__(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its values for columns of constants, (n,); where it raises an error for a number, NaN.

        Raises
        ------
        ValueError
            If a value is no number, or it fails for another reason than the numbers.
        """
        columns = {name: np.asarray(table[name], float) for name in self.names if name != "L"}
        if "L" in self.names:
            columns["L"] = np.asarray(table["L_f"] * (1 + table["L_pi"]), float)
        count = len(table["gamma"])
        with np.errstate(all="ignore"):
            together = self._together(columns, count)
            if together is not None:
                return together
            return np.array([self._one(columns, row) for row in range(count)])

    def _together(self, columns: Mapping[str, np.ndarray], count: int) -> np.ndarray | None:
        """All values at once; None where it is written for single numbers, or mixes up its rows."""
        try:
            values = np.broadcast_to(_number(self.function(**columns)), (count,))
            some = np.unique(np.linspace(0, count - 1, _SAMPLE).astype(int))
            alone = np.array([self._one(columns, row) for row in some])
        except Exception:
            return None
        return values if np.allclose(values[some], alone, rtol=1e-9, equal_nan=True) else None

    def _one(self, columns: Mapping[str, np.ndarray], row: int) -> Any:
        at = {name: float(column[row]) for name, column in columns.items()}
        try:
            value = self.function(**{name: np.float64(number) for name, number in at.items()})
        except (ArithmeticError, ValueError):
            return np.nan
        except Exception as error:
            raise ValueError(f"formula: {self.title} fails for {at}: {error!r}") from error
        value = _number(value)
        if value.ndim:
            raise ValueError(f"formula: {self.title} must be one number, got {value!r} for {at}")
        return value[()]


def _number(value: Any) -> np.ndarray:
    """Real or complex numbers, as they are."""
    array = np.asarray(value)
    if array.dtype == object and all(isinstance(each, sp.Expr) for each in array.flat):
        array = array.astype(complex)
    if array.dtype == bool or not np.issubdtype(array.dtype, np.number):
        raise ValueError(f"formula: must be a number, got {value!r}")
    return array.astype(complex if np.iscomplexobj(array) else float)


def read(formula: Any) -> Formula:
    """Read an expression of SymPy, a claim, or a callable.

    Raises
    ------
    ValueError
        If it is none of these, or written in anything but `NAMES`.
    """
    if isinstance(formula, Claim):
        formula = formula.expression
    if isinstance(formula, int | float) and not isinstance(formula, bool):
        formula = sp.sympify(formula)
    if isinstance(formula, sp.Expr):
        return _expression(formula)
    if callable(formula) and not isinstance(formula, type | sp.Basic):
        return _callable(formula)
    raise ValueError(f"formula: must be an expression of SymPy or a callable, got {formula!r}")


def _expression(formula: sp.Expr) -> Formula:
    symbols = sorted(formula.free_symbols, key=str)
    names = [ALIASES.get(str(symbol), str(symbol)) for symbol in symbols]
    _check(names, [str(symbol) for symbol in symbols], "symbols")
    if unknown := formula.atoms(sp.core.function.AppliedUndef):
        raise ValueError(f"formula: {unknown.pop()} is unknown; write it out in {', '.join(NAMES)}")
    own = {name: sp.Symbol(name) for name in names}  # a letter may come with and without assumptions
    plain = formula.xreplace(dict(zip(symbols, (own[name] for name in names), strict=True)))
    compiled = sp.lambdify(list(own.values()), plain, modules=[sums.NUMERIC, "numpy"])
    function = lambda **values: compiled(*(values[name] for name in own))  # noqa: E731
    return Formula(rf"\[{latex(formula)}\]", tuple(own), function)


def _callable(formula: Callable[..., Any]) -> Formula:
    try:
        parameters = inspect.signature(formula).parameters.values()
    except (TypeError, ValueError) as error:
        raise ValueError(f"formula: {formula!r} does not tell its arguments; wrap it in a lambda") from error
    names = [
        p.name
        for p in parameters
        if p.kind is not p.VAR_KEYWORD and (p.default is p.empty or p.name in CONSTANTS)
    ]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        names = list(dict.fromkeys([*names, *CONSTANTS]))
    fixed = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL)]
    if fixed:
        raise ValueError(f"formula: its arguments are given by name, and {', '.join(fixed)} cannot be")
    _check(names, names, "arguments")
    return Formula(getattr(formula, "__name__", type(formula).__name__), tuple(names), formula)


def _check(names: list[str], given: list[str], what: str) -> None:
    unknown = [shown for name, shown in zip(names, given, strict=True) if name not in NAMES]
    if unknown:
        raise ValueError(f"formula: its {what} must be among {', '.join(NAMES)}, got {', '.join(unknown)}")


def asked(formula: Formula, table: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The values of a formula, and why it is silent, (n,) of str; that is empty where it speaks.

    One without horizon and diameter is asked only where errors contract.
    """
    reasons = np.full(len(table["gamma"]), "", dtype=object)
    if formula.endless:
        speaks = LEMMA_1.applies(**{name: table[name] for name in LEMMA_1.arguments})
        reasons[~speaks] = CONTRACTION
    rows = np.flatnonzero(reasons == "")
    found = formula({name: column[rows] for name, column in table.items()}) if len(rows) else np.empty(0)
    values = np.full(len(reasons), np.nan, dtype=found.dtype)
    values[rows] = found
    reasons[rows[np.isinf(found)]] = "its value is infinite"
    reasons[rows[np.iscomplex(found)]] = "its value is complex"
    reasons[rows[np.isnan(found)]] = NO_VALUE
    return values, reasons
