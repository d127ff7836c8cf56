"""Kinds of answers: how one is read, when two are the same, and in which other ways one may be written.

A kind accepts every honest way to write the same answer, and says in words what it cannot read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import sympy as sp
from sympy.logic.boolalg import BooleanAtom


class Unreadable(ValueError):
    """An answer is not of the kind that is asked for; the message says which kind is."""


class Kind(Protocol):
    """What every kind of answer can do."""

    def read(self, answer: Any) -> Any:
        """The answer in its one plain form.

        Raises
        ------
        Unreadable
            It is of another kind.
        """

    def same(self, answer: Any, right: Any) -> bool:
        """Whether two answers, both as :meth:`read` returns them, are the same."""

    def forms(self, right: Any) -> Sequence[Any]:
        """Other ways to write the answer, all to be accepted."""


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


def _called(answer: Any) -> str:
    """What to call an answer in a message: short values as they are, others by their type."""
    shown = repr(answer)
    return shown if len(shown) <= 30 else f"something of type {type(answer).__name__}"


@dataclass(frozen=True)
class Number:
    """One number within a tolerance; a float, a fraction, a SymPy number, an array or series of one number.

    Parameters
    ----------
    relative, absolute : float
        An answer is right within ``absolute + relative * |right|``; the default allows for three digits.
    """

    relative: float = 5e-3
    absolute: float = 0.0

    def read(self, answer: Any) -> float:
        values = _array(answer, "one number is")
        if values.size != 1:
            raise Unreadable(f"one number is asked for, not {values.size}")
        return values.item()

    def same(self, answer: float, right: float) -> bool:
        return abs(answer - right) <= self.absolute + self.relative * abs(right)

    def forms(self, right: float) -> list[Any]:
        rounded = float(f"{right:.12g}")
        return [np.float64(right), np.array([right]), [right], sp.Float(right), Fraction(rounded), rounded]


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

    def forms(self, right: int) -> list[Any]:
        return [float(right), np.int64(right), np.array([right]), sp.Integer(right)]


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

    def forms(self, right: bool) -> list[Any]:
        return [
            np.bool_(right),
            sp.true if right else sp.false,
            *(("yes", "True") if right else ("No", "false")),
        ]


class OneOf:
    """One of several names; case and blanks around it do not matter.

    Parameters
    ----------
    *options : str
        The names. They stand in the comment of the student's answer cell.
    """

    def __init__(self, *options: str):
        self.options = options
        self._known = {option.lower(): option for option in options}

    def read(self, answer: Any) -> str:
        if isinstance(answer, str) and answer.strip().lower() in self._known:
            return self._known[answer.strip().lower()]
        raise Unreadable(f"one of {', '.join(map(repr, self.options))} is asked for, not {_called(answer)}")

    def same(self, answer: str, right: str) -> bool:
        return answer == right

    def forms(self, right: str) -> list[Any]:
        return [right.upper(), f" {right} "]


class SomeOf:
    """Several of some names: a set, list, tuple or index of them in any order.

    Parameters
    ----------
    *options : str
        The names, as for `OneOf`.
    """

    def __init__(self, *options: str):
        self.options = options
        self._each = OneOf(*options)

    def read(self, answer: Any) -> frozenset[str]:
        if isinstance(answer, (str, Mapping)) or not hasattr(answer, "__iter__"):
            raise Unreadable(f"a list of names is asked for, not {_called(answer)}")
        return frozenset(map(self._each.read, answer))

    def same(self, answer: frozenset[str], right: frozenset[str]) -> bool:
        return answer == right

    def forms(self, right: frozenset[str]) -> list[Any]:
        ordered = sorted(right)
        return [ordered, ordered[::-1], tuple(ordered), np.array(ordered), {name.upper() for name in right}]


@dataclass(frozen=True)
class Numbers:
    """Numbers in a given order: a list, array, tensor or series; axes of length 1 do not matter."""

    relative: float = 5e-3
    absolute: float = 0.0

    def read(self, answer: Any) -> np.ndarray:
        return np.squeeze(_array(answer, "a list of numbers is"))

    def same(self, answer: np.ndarray, right: np.ndarray) -> bool:
        if answer.shape != right.shape:
            return False
        return bool(np.all(np.abs(answer - right) <= self.absolute + self.relative * np.abs(right)))

    def forms(self, right: np.ndarray) -> list[Any]:
        return [right.tolist(), tuple(right.tolist()), right[None], [sp.Float(x) for x in right.ravel()]][
            : 4 if right.ndim == 1 else 3
        ]


@dataclass(frozen=True)
class Table:
    """Names with a number each: a mapping or a series, in any order; names that are numbers count as such."""

    relative: float = 5e-3
    absolute: float = 0.0

    def read(self, answer: Any) -> dict[Hashable, float]:
        if not hasattr(answer, "items"):
            raise Unreadable(f"a dictionary or series is asked for, not {_called(answer)}")
        number = Number()
        return {self._key(name): number.read(value) for name, value in answer.items()}

    @staticmethod
    def _key(name: Any) -> Hashable:
        return name.strip().lower() if isinstance(name, str) else name

    def same(self, answer: dict[Hashable, float], right: dict[Hashable, float]) -> bool:
        number = Number(self.relative, self.absolute)
        return answer.keys() == right.keys() and all(number.same(answer[key], right[key]) for key in right)

    def forms(self, right: dict[Hashable, float]) -> list[Any]:
        import pandas as pd

        return [dict(reversed(right.items())), pd.Series(right), {k: np.float64(v) for k, v in right.items()}]


class Formula:
    """A formula in named symbols: a SymPy expression in any equal form, or text that SymPy reads as one.

    Two formulas are the same if their values agree at random places. Symbols are known by their names,
    whatever is assumed of them.

    Parameters
    ----------
    **domain : tuple or range
        For each symbol's name an interval to draw from, or a range of whole numbers.
    """

    PLACES, RELATIVE = 8, 1e-9

    def __init__(self, **domain: tuple[float, float] | range):
        self.domain = domain

    def read(self, answer: Any) -> sp.Expr:
        if callable(answer) and not isinstance(answer, sp.Basic):
            raise Unreadable(f"a formula in {self._names} is asked for, not a function")
        try:
            known = {name: sp.Symbol(name) for name in self.domain}
            formula = sp.sympify(answer, locals=known)
        except (sp.SympifyError, TypeError, SyntaxError, AttributeError):
            raise Unreadable(f"a formula in {self._names} is asked for, not {_called(answer)}") from None
        if not isinstance(formula, sp.Expr):
            raise Unreadable(f"a formula in {self._names} is asked for, not {_called(answer)}")
        if strangers := {str(symbol) for symbol in formula.free_symbols} - self.domain.keys():
            raise Unreadable(f"the formula is to be in {self._names}, without {', '.join(sorted(strangers))}")
        return formula

    @property
    def _names(self) -> str:
        return ", ".join(self.domain)

    def _values(self, formula: sp.Expr) -> list[complex]:
        rng = np.random.default_rng(0)
        values = []
        for _ in range(self.PLACES):
            place = {
                name: int(rng.choice(domain)) if isinstance(domain, range) else float(rng.uniform(*domain))
                for name, domain in self.domain.items()
            }
            value = formula.subs({symbol: place[str(symbol)] for symbol in formula.free_symbols}).doit()
            values.append(complex(sp.N(value)))
        return values

    def same(self, answer: sp.Expr, right: sp.Expr) -> bool:
        try:
            return bool(
                np.allclose(self._values(answer), self._values(right), rtol=self.RELATIVE, atol=1e-12)
            )
        except (TypeError, ValueError):  # it has no value there
            return False

    def forms(self, right: sp.Expr) -> list[Any]:
        renamed = right.xreplace({symbol: sp.Symbol(str(symbol)) for symbol in right.free_symbols})
        return [
            renamed,
            sp.expand(renamed.doit()),
            sp.factor(renamed.doit()),
            renamed + 0 * sp.Symbol("unused"),
        ]


class Function:
    """A function: right if it returns what the reference returns for the arguments that are tried.

    Parameters
    ----------
    *tries : tuple
        One tuple of positional arguments for each call.
    kind : Kind
        Of what kind its values are.
    """

    def __init__(self, *tries: tuple[Any, ...], kind: Kind | None = None):
        self.tries = tries
        self.kind = kind or Numbers()

    def read(self, answer: Any) -> list[Any]:
        if not callable(answer):
            raise Unreadable(f"a function is asked for, not {_called(answer)}")
        values = []
        for arguments in self.tries:
            try:
                value = answer(*arguments)
            except Exception as error:  # whatever a student's function may do
                message = f"the function fails for {arguments}: {type(error).__name__}: {error}"
                raise Unreadable(message) from error
            values.append(self.kind.read(value))
        return values

    def same(self, answer: list[Any], right: list[Any]) -> bool:
        return all(self.kind.same(a, b) for a, b in zip(answer, right, strict=True))

    def forms(self, right: list[Any]) -> list[Callable[..., Any]]:
        return []


class Followed:
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

    def forms(self, right: Any) -> list[Any]:
        return []
