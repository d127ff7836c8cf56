"""Types of answers: how one is read, and when two are the same.

A type accepts every honest way to write the same answer, and says in words what it cannot read. The fields of
its class are those that an exercise's file gives beside its name in `TYPES`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom


class Unreadable(ValueError):
    """An answer is not of the type that is asked for; the message says which is."""


class AnswerType(Protocol):
    """What every type of answer can do."""

    def read(self, answer: Any) -> Any:
        """The answer in its one plain form.

        Raises
        ------
        Unreadable
            It is of another type.
        """

    def same(self, answer: Any, right: Any) -> bool:
        """Whether two answers, both as :meth:`read` returns them, are the same."""


def _array(answer: Any, wanted: str) -> np.ndarray:
    """Finite real numbers as an array: of lists, tensors, series and SymPy numbers, not of text and bools."""
    refused = Unreadable(f"{wanted} asked for, not {_called(answer)}")
    if isinstance(answer, (str, bytes, Mapping)):
        raise refused
    try:
        values = np.asarray(answer)
        if values.dtype == bool or np.iscomplexobj(values):
            raise refused
        values = values.astype(float)
    except (TypeError, ValueError):
        raise refused from None
    if not np.isfinite(values).all():
        raise Unreadable(f"{wanted} asked for, and finite; this is {_called(answer)}")
    return values


def _number(answer: Any) -> float:
    values = _array(answer, "one number is")
    if values.size != 1:
        raise Unreadable(f"one number is asked for, not {values.size}")
    return values.item()


def _called(answer: Any) -> str:
    """What to call an answer in a message: short values as they are, others by their type."""
    shown = repr(answer)
    return shown if len(shown) <= 30 else f"something of type {type(answer).__name__}"


@dataclass(frozen=True)
class Close:
    """What numbers are compared by.

    Parameters
    ----------
    tolerance : mapping
        An answer is right within ``absolute + relative * |right|``; one of them may be left out.
    """

    tolerance: Mapping[str, float]

    def __post_init__(self) -> None:
        given = self.tolerance
        if not (
            isinstance(given, Mapping)
            and given
            and given.keys() <= {"relative", "absolute"}
            and all(type(size) in (int, float) and 0 <= size < np.inf for size in given.values())
        ):
            raise ValueError(f"tolerance must be such as {{relative: 0.01, absolute: 0.5}}, not {given!r}")

    def close(self, answer: Any, right: Any) -> Any:
        """Whether numbers are within the tolerance, one by one."""
        allowed = self.tolerance.get("absolute", 0) + self.tolerance.get("relative", 0) * np.abs(right)
        return np.abs(answer - right) <= allowed


class Number(Close):
    """One number within a tolerance; a float, a fraction, a SymPy number, an array or series of one."""

    def read(self, answer: Any) -> float:
        return _number(answer)

    def same(self, answer: float, right: float) -> bool:
        return bool(self.close(answer, right))


@dataclass(frozen=True)
class Whole:
    """A whole number, exactly; ``12.0`` and an array that holds only 12 are 12."""

    def read(self, answer: Any) -> int:
        values = _array(answer, "a whole number is")
        if values.size != 1:
            raise Unreadable(f"one whole number is asked for, not {values.size}")
        if values.item() != round(values.item()):
            raise Unreadable(f"a whole number is asked for, not {_called(answer)}")
        return round(values.item())

    def same(self, answer: int, right: int) -> bool:
        return answer == right


@dataclass(frozen=True)
class YesNo:
    """True or False; "yes" and "no" will do."""

    def read(self, answer: Any) -> bool:
        if isinstance(answer, str) and answer.strip().lower() in ("yes", "no", "true", "false"):
            return answer.strip().lower() in ("yes", "true")
        if isinstance(answer, (bool, np.bool_, BooleanAtom)):
            return bool(answer)
        raise Unreadable(f"True or False is asked for, not {_called(answer)}")

    def same(self, answer: bool, right: bool) -> bool:
        return answer == right


@dataclass(frozen=True)
class OneOf:
    """One of several names; case and blanks around it do not matter.

    Parameters
    ----------
    options : sequence of str
        The names. They stand in the comment of the student's answer cell.
    """

    options: Sequence[str]

    def __post_init__(self) -> None:
        given = self.options
        texts = isinstance(given, Sequence) and all(isinstance(option, str) for option in given)
        if not texts or len({option.lower() for option in given}) < max(2, len(given)):
            raise ValueError(f"options must be a list of different names, not {given!r}")

    def read(self, answer: Any) -> str:
        known = {option.lower(): option for option in self.options}
        if isinstance(answer, str) and answer.strip().lower() in known:
            return known[answer.strip().lower()]
        raise Unreadable(f"one of {', '.join(map(repr, self.options))} is asked for, not {_called(answer)}")

    def same(self, answer: str, right: str) -> bool:
        return answer == right


@dataclass(frozen=True)
class SomeOf:
    """Several of some names: a set, list, tuple or index of them in any order.

    Parameters
    ----------
    options : sequence of str
        The names, as for `OneOf`.
    """

    options: Sequence[str]

    def __post_init__(self) -> None:
        OneOf(self.options)

    def read(self, answer: Any) -> frozenset[str]:
        if isinstance(answer, (str, Mapping)) or not hasattr(answer, "__iter__"):
            raise Unreadable(f"a list of names is asked for, not {_called(answer)}")
        return frozenset(map(OneOf(self.options).read, answer))

    def same(self, answer: frozenset[str], right: frozenset[str]) -> bool:
        return answer == right


class Numbers(Close):
    """Numbers in a given order: a list, array, tensor or series; axes of length 1 do not matter."""

    def read(self, answer: Any) -> np.ndarray:
        return np.squeeze(_array(answer, "a list of numbers is"))

    def same(self, answer: np.ndarray, right: np.ndarray) -> bool:
        return answer.shape == right.shape and bool(np.all(self.close(answer, right)))


class Table(Close):
    """Names with a number each: a mapping or a series, in any order; names that are numbers count as such."""

    def read(self, answer: Any) -> dict[Hashable, float]:
        if not hasattr(answer, "items"):
            raise Unreadable(f"a dictionary or series is asked for, not {_called(answer)}")
        return {
            name.strip().lower() if isinstance(name, str) else name: _number(value)
            for name, value in answer.items()
        }

    def same(self, answer: dict[Hashable, float], right: dict[Hashable, float]) -> bool:
        return answer.keys() == right.keys() and all(self.close(answer[key], right[key]) for key in right)


@dataclass(frozen=True)
class Formula:
    """A formula in named symbols: a SymPy expression in any equal form, or text that SymPy reads as one.

    Two formulas are the same if their values agree at random places. Symbols are known by their names,
    whatever is assumed of them.

    Parameters
    ----------
    symbols : mapping
        For each symbol's name an interval to draw from, as two numbers, or more numbers to choose from.
    """

    symbols: Mapping[str, Sequence[float]]

    def __post_init__(self) -> None:
        given = self.symbols
        if not (
            isinstance(given, Mapping)
            and all(isinstance(place, Sequence) and len(place) > 1 for place in given.values())
            and all(type(x) in (int, float) for place in given.values() for x in place)
        ):
            raise ValueError(f"symbols must be such as {{x: [0.1, 2], n: [1, 2, 3]}}, not {given!r}")

    def read(self, answer: Any) -> sp.Expr:
        if callable(answer) and not isinstance(answer, sp.Basic):
            raise Unreadable(f"a formula in {self._names} is asked for, not a function")
        try:
            known = {name: sp.Symbol(name) for name in self.symbols}
            formula = sp.sympify(answer, locals=known)
        except (sp.SympifyError, TypeError, SyntaxError, AttributeError):
            raise Unreadable(f"a formula in {self._names} is asked for, not {_called(answer)}") from None
        if not isinstance(formula, sp.Expr):
            raise Unreadable(f"a formula in {self._names} is asked for, not {_called(answer)}")
        if strangers := {str(symbol) for symbol in formula.free_symbols} - self.symbols.keys():
            raise Unreadable(f"the formula is to be in {self._names}, without {', '.join(sorted(strangers))}")
        return formula

    @property
    def _names(self) -> str:
        return ", ".join(self.symbols)

    def _values(self, formula: sp.Expr) -> list[complex]:
        rng = np.random.default_rng(0)
        values = []
        for _ in range(8):
            place = {
                name: float(rng.uniform(among[0], among[1])) if len(among) == 2 else rng.choice(among).item()
                for name, among in self.symbols.items()
            }
            value = formula.subs({symbol: place[str(symbol)] for symbol in formula.free_symbols}).doit()
            values.append(complex(sp.N(value)))
        return values

    def same(self, answer: sp.Expr, right: sp.Expr) -> bool:
        try:
            return bool(np.allclose(self._values(answer), self._values(right), rtol=1e-9, atol=1e-12))
        except (TypeError, ValueError):  # it has no value there
            return False


@dataclass(frozen=True)
class Function(Close):
    """A function: right if it returns what the right one returns for the arguments that are tried.

    Parameters
    ----------
    calls : sequence
        One list of positional arguments for each call; what is returned is read and compared as `Numbers`.
    """

    calls: Sequence[Sequence[Any]]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.calls, Sequence) and all(isinstance(each, Sequence) for each in self.calls)):
            raise ValueError(f"calls must be a list of lists of arguments, not {self.calls!r}")

    def read(self, answer: Any) -> list[np.ndarray]:
        if not callable(answer):
            raise Unreadable(f"a function is asked for, not {_called(answer)}")
        values = []
        for arguments in map(tuple, self.calls):
            try:
                value = answer(*arguments)
            except Exception as error:  # whatever a student's function may do
                message = f"the function fails for {arguments}: {type(error).__name__}: {error}"
                raise Unreadable(message) from error
            values.append(Numbers(self.tolerance).read(value))
        return values

    def same(self, answer: list[np.ndarray], right: list[np.ndarray]) -> bool:
        return all(map(Numbers(self.tolerance).same, answer, right))


@dataclass(frozen=True)
class Derivation:
    """A verdict of `follows`: proved, of the right statement, from no more than the right facts.

    Symbols are known by their names. Sides may be written in any equal form.
    """

    def read(self, answer: Any) -> Any:
        from imagination.derivation import Verdict

        if not isinstance(answer, Verdict):
            raise Unreadable(f"what `follows` returns is asked for, not {_called(answer)}")
        if not answer:
            raise Unreadable(f"that step is not proved: {answer.title}")
        return answer

    def same(self, answer: Any, right: Any) -> bool:
        from imagination.derivation import equal, follows

        formulas = [right.statement, *right.facts]
        letters = {symbol.name: symbol for formula in formulas for symbol in formula.free_symbols}
        own = {symbol: letters.get(symbol.name) for symbol in answer.statement.free_symbols}
        if len(own) == len(letters) == 1:  # its name is a matter of taste
            own = dict(zip(own, letters.values(), strict=True))
        if None in own.values():
            return False
        statement = answer.statement.subs(own)
        if not (isinstance(statement, sp.Rel) and isinstance(right.statement, sp.Rel)):
            return statement == right.statement
        if type(statement) not in (type(right.statement), type(right.statement.reversed)):
            return False
        gaps = [relation.gts - relation.lts for relation in (statement, right.statement)]
        if not equal(gaps[0], gaps[1], right.facts):
            return False
        facts = [fact.subs(own) for fact in answer.facts]
        return all(follows(fact, right.facts) for fact in facts if fact != sp.true)


TYPES: dict[str, Any] = {
    "number": Number,
    "whole number": Whole,
    "yes or no": YesNo,
    "one of": OneOf,
    "some of": SomeOf,
    "numbers": Numbers,
    "table": Table,
    "formula": Formula,
    "function": Function,
    "derivation": Derivation,
}
"""What an exercise's file calls them."""
