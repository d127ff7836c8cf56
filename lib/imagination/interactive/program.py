"""What a figure computes, step by step: written once, run by Python for paper and by the browser on a page.

A step names a number that later steps may use. :meth:`Program.javascript` prints the steps,
:meth:`Program.run` takes them on numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from imagination.claim import Claim, HypothesisError
from imagination.interactive.javascript import claim as printed_claim
from imagination.interactive.javascript import number
from imagination.sums import NUMERIC


@dataclass(frozen=True)
class Let:
    """A number given by an expression of earlier ones."""

    name: str
    expression: sp.Expr


@dataclass(frozen=True)
class Value:
    """The value of a claim whose arguments are earlier numbers; NaN where one of its hypotheses fails."""

    name: str
    claim: Claim


@dataclass(frozen=True)
class Root:
    """Where an expression that goes from below 0 to above 0 in `symbol` is 0, between two positive numbers.

    The nearer end where it does not cross.
    """

    name: str
    expression: sp.Expr
    symbol: sp.Symbol
    low: sp.Expr
    high: sp.Expr


Step = Let | Value | Root
Function = Callable[[Mapping[str, Any]], np.ndarray]


@dataclass(frozen=True)
class Program:
    """Steps, and what the symbols in them are called.

    Parameters
    ----------
    inputs : tuple of str
        Names of the numbers that it starts from.
    names : mapping
        The name of each symbol; several symbols may share one.
    steps : tuple of Let, Value and Root
        Each with a name of its own.

    Raises
    ------
    ValueError
        If a name is given twice, or a step uses one that is not known yet.
    """

    inputs: tuple[str, ...]
    names: Mapping[sp.Symbol, str]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        known = set(self.inputs)
        if len(known) < len(self.inputs):
            raise ValueError(f"inputs: {self.inputs} repeat a name")
        for step in self.steps:
            if step.name in known:
                raise ValueError(f"steps: {step.name!r} is given twice")
            if unknown := self._used(step) - known:
                raise ValueError(f"steps: {step.name!r} uses {', '.join(sorted(unknown))}, not known yet")
            known.add(step.name)

    def _used(self, step: Step) -> set[str]:
        if isinstance(step, Value):
            return set(step.claim.arguments)
        symbols = set(step.expression.free_symbols)
        if isinstance(step, Root):
            symbols = (symbols - {step.symbol}) | step.low.free_symbols | step.high.free_symbols
        if nameless := {s for s in symbols if s not in self.names}:
            raise ValueError(f"names: {sorted(map(str, nameless))} of step {step.name!r} have none")
        return {self.names[s] for s in symbols}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of all numbers, the inputs first."""
        return (*self.inputs, *(step.name for step in self.steps))

    # -- in the browser --------------------------------------------------------------------------------------

    def javascript(self) -> str:
        """A function from an object with the inputs to an object with all numbers; it reads ``N``."""
        claims, lines = [], []
        for step in self.steps:
            if isinstance(step, Value):
                claims.append(f"  {step.name}: {printed_claim(step.claim)},")
                made = f"N.evaluate(claims.{step.name}, {', '.join(step.claim.arguments)})"
            elif isinstance(step, Let):
                made = number(step.expression, self.names)
            else:
                unknown = {**self.names, step.symbol: step.name}
                inside = number(step.expression, unknown)
                ends = ", ".join(number(end, self.names) for end in (step.low, step.high))
                made = f"N.root(({step.name}) => {inside}, {ends})"
            lines.append(f"  const {step.name} = {made};")
        inputs = ", ".join(self.inputs)
        return "\n".join([
            "(() => {", "const claims = {", *claims, "};",
            f"return ({{{inputs}}}) => {{", *lines, f"  return {{{', '.join(self.outputs)}}};", "};", "})()",
        ])  # fmt: skip

    # -- in Python -------------------------------------------------------------------------------------------

    @cached_property
    def _functions(self) -> list[Function]:
        return [self._function(step) for step in self.steps]

    def _function(self, step: Step) -> Function:
        if isinstance(step, Value):
            return lambda at: _value(step.claim, at)
        if isinstance(step, Let):
            return _lambdified(step.expression, self.names)
        inside = _lambdified(step.expression, {**self.names, step.symbol: step.name})
        low, high = (_lambdified(end, self.names) for end in (step.low, step.high))
        return lambda at: _root(lambda x: inside({**at, step.name: x}), low(at), high(at))

    def run(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """All numbers, inputs included, by name.

        Parameters
        ----------
        values : mapping of array_like
            A number or an array for each of `inputs`; they broadcast.
        """
        at = {name: np.asarray(values[name], float)[()] for name in self.inputs}
        with np.errstate(all="ignore"):
            for step, function in zip(self.steps, self._functions, strict=True):
                at[step.name] = function(at)[()]
        return at


def _lambdified(expression: sp.Expr, names: Mapping[sp.Symbol, str]) -> Function:
    symbols = sorted(expression.free_symbols, key=str)
    function = sp.lambdify(symbols, expression, modules=[NUMERIC, "numpy"])
    used = [names[symbol] for symbol in symbols]
    return lambda at: np.asarray(function(*(at[name] for name in used)), float)


def _value(claim: Claim, at: Mapping[str, Any]) -> np.ndarray:
    arrays = np.broadcast_arrays(*(at[name] for name in claim.arguments))
    found = np.full(arrays[0].size, np.nan)
    _fill(found, claim, [array.ravel() for array in arrays])
    return found.reshape(arrays[0].shape)


def _fill(found: np.ndarray, claim: Claim, arrays: Sequence[np.ndarray]) -> None:
    """Evaluate all at once, or, where that is refused, each half; one that is refused alone stays NaN."""
    try:
        found[:] = claim.evaluate(**dict(zip(claim.arguments, arrays, strict=True)))
    except HypothesisError:
        middle = found.size // 2
        if middle:
            _fill(found[:middle], claim, [array[:middle] for array in arrays])
            _fill(found[middle:], claim, [array[middle:] for array in arrays])


def _root(f: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """As `root` in `numbers.js`."""
    ends = low, high
    while True:
        middle = np.sqrt(low) * np.sqrt(high)
        between = (low < middle) & (middle < high)
        if not between.any():
            break
        left = f(middle) < 0
        low, high = np.where(between & left, middle, low), np.where(between & ~left, middle, high)
    found = (low + high) / 2
    return np.where(f(ends[0]) >= 0, ends[0], np.where(f(ends[1]) <= 0, ends[1], found))
