"""What is declared of an exercise: level, parts, right answers in several forms, and common wrong ones."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from classroom.kinds import Kind

LEVELS = ("check", "apply", "extend")
"""The three levels: check what was read, apply it to another case, extend it."""


def called(function: Callable[..., Any], available: Mapping[str, Any]) -> Any:
    """Call a function with what its parameters' names ask for; defaults stay where there is nothing.

    Raises
    ------
    ValueError
        It asks for something that is not there.
    """
    wanted = inspect.signature(function).parameters
    must = [
        n
        for n, p in wanted.items()
        if p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    ]
    if missing := [name for name in must if name not in available]:
        raise ValueError(f"{function} asks for {missing}; there is {sorted(available)}")
    return function(**{name: available[name] for name in wanted if name in available})


@dataclass(frozen=True)
class Wrong:
    """A common wrong answer, and what to say to who gives it.

    Parameters
    ----------
    answer : callable
        Returns it; may ask for `right` (the right answer, as read) and for what the exercise is given, by
        parameter names.
    hint : str
        What went wrong, without saying what is right.
    """

    answer: Callable[..., Any]
    hint: str


@dataclass(frozen=True)
class Part:
    """One thing to hand in.

    Parameters
    ----------
    name : str
        The keyword in `check` and the variable in the student's answer cell; no variable of the chapter.
    asks : str
        What it is, with unit and options: the comment in the answer cell.
    kind : Kind
        How it is read and compared.
    reference : callable
        Returns a right answer, computed by the library; may ask for what the exercise is given.
    wrong : tuple of Wrong
        At least one.
    hint : str
        Said to whoever gives any other wrong answer; does not give the right one away.
    right : tuple of callable
        More ways to write it, or other answers that are right, too; may ask for `right` and what is given.
    accepts : callable, optional
        Decides in place of `kind.same`, where there is more than one right answer: may ask for `answer` (as
        read), `right` and what is given.
    points : int
        What it counts in an assignment.
    """

    name: str
    asks: str
    kind: Kind
    reference: Callable[..., Any]
    wrong: tuple[Wrong, ...]
    hint: str
    right: tuple[Callable[..., Any], ...] = ()
    accepts: Callable[..., bool] | None = None
    points: int = 1

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or keyword.iskeyword(self.name) or self.name in ("given", "label"):
            raise ValueError(f"a part's name must be usable as a variable, and not {self.name!r}")
        if not self.wrong:
            raise ValueError(f"part {self.name!r} must declare at least one common wrong answer")
        if "\n" in self.asks:
            raise ValueError(f"what part {self.name!r} asks must be one line")

    def right_answer(self, given: Mapping[str, Any]) -> Any:
        """The reference answer as it is read."""
        return self.kind.read(called(self.reference, given))

    def is_right(self, answer: Any, right: Any, given: Mapping[str, Any]) -> bool:
        """Whether an answer, as read, is right."""
        if self.accepts is None:
            return self.kind.same(answer, right)
        return bool(called(self.accepts, {**given, "answer": answer, "right": right}))

    def hint_for(self, answer: Any, right: Any, given: Mapping[str, Any]) -> str:
        """What to say to a wrong answer: that of the first common one that it is, or the general one."""
        for wrong in self.wrong:
            if self.kind.same(answer, self.kind.read(called(wrong.answer, {**given, "right": right}))):
                return wrong.hint
        return self.hint


@dataclass(frozen=True)
class Exercise:
    """An exercise of a chapter, as far as it can be checked.

    Parameters
    ----------
    label : str
        That of the chapter's `{exercise}` directive.
    level : {"check", "apply", "extend"}
    tests : str
        What it tests, in a few words, for the lecturers' table.
    parts : tuple of Part
    given : tuple of str
        Names of what the references need of the chapter; it passes them in ``check(..., given={...})``.
    example : callable, optional
        Returns a small example of what is given, by name, on which the tests try the check.
    explain : str
        A question to be answered in words, marked by a person; none if empty.
    explain_points : int
        What the words count.
    """

    label: str
    level: str
    tests: str
    parts: tuple[Part, ...]
    given: tuple[str, ...] = ()
    example: Callable[[], Mapping[str, Any]] | None = None
    explain: str = ""
    explain_points: int = 1

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level of {self.label!r} must be one of {LEVELS}, got {self.level!r}")
        names = [part.name for part in self.parts]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"{self.label!r} needs parts with different names, got {names}")
        if bool(self.given) != (self.example is not None):
            raise ValueError(f"{self.label!r} must have an example of what it is given, and only then")

    def part(self, name: str) -> Part:
        """The part of that name.

        Raises
        ------
        ValueError
            There is none; it says which there are.
        """
        for part in self.parts:
            if part.name == name:
                return part
        raise ValueError(f"{self.label} has no part {name!r}; it has {[part.name for part in self.parts]}")

    @property
    def points(self) -> int:
        """What the exercise counts in all."""
        return sum(part.points for part in self.parts) + (self.explain_points if self.explain else 0)
