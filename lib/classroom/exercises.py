"""The exercises' files, `chapters/exercises/NN.yml`: levels, parts, right answers, and common wrong ones.

What begins with ``=`` in such a file is computed: one Python expression, which knows what stands in the
module that the file names, NumPy and SymPy as `np` and `sp`, what the chapter gives to the check and, but
for the right answer itself, `right`. Anything else is an answer as it stands there.
"""

from __future__ import annotations

import dataclasses
import importlib
import keyword
import re
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp
import yaml

from classroom.answers import TYPES, AnswerType, Unreadable, YesNo

CHECKOUT = Path(__file__).resolve().parents[2] / "chapters" / "exercises"
INSTALLED = Path(sysconfig.get_path("data"), "share", "on-training-in-imagination", "exercises")
FOLDER = CHECKOUT if CHECKOUT.is_dir() else INSTALLED

LEVELS = ("check", "apply", "extend")
"""The three levels: check what was read, apply it to another case, extend it."""


class ExerciseError(ValueError):
    """An exercise's file breaks a rule; the message names file, exercise, part, field and rule."""


@dataclass(frozen=True)
class Part:
    """One thing to hand in.

    Parameters
    ----------
    name : str
        The keyword in `check` and the variable in the student's answer cell; no variable of the chapter.
    asks : str
        What it is, with unit and options: the comment in the answer cell.
    answer_type : AnswerType
        How it is read and compared.
    right : object
        The right answer, or how it is computed.
    also_right : list
        More ways to write it, or other answers that are right, too.
    accepts : str
        How to decide in place of `answer_type`, where there is more than one right answer: computed from
        `answer` (as read), `right` and what is given. Empty if there is one.
    wrong : mapping
        Common wrong answers, or how they are computed, and what to say to who gives them: what went wrong,
        without saying what is right.
    hint : str
        Said to whoever gives any other wrong answer; does not give the right one away.
    place : str
        File, exercise and part, for messages.
    functions : str
        The module that computes.
    """

    name: str
    asks: str
    answer_type: AnswerType
    right: Any
    also_right: list[Any]
    accepts: str
    wrong: Mapping[Any, str]
    hint: str
    place: str
    functions: str

    def value(self, written: Any, known: Mapping[str, Any]) -> Any:
        """What is written in the file or, after a ``=``, what it computes from what is known."""
        if not is_computed(written):
            return written
        try:
            functions = vars(importlib.import_module(self.functions)) if self.functions else {}
            return eval(written[1:].strip(), {"np": np, "sp": sp, **functions, **known})
        except (NameError, ImportError) as error:
            raise ExerciseError(f"{self.place}, {written!r}: {error}; there is {sorted(known)}") from error

    def right_answer(self, given: Mapping[str, Any]) -> Any:
        """The right answer as it is read."""
        return self.answer_type.read(self.value(self.right, given))

    def is_right(self, answer: Any, right: Any, given: Mapping[str, Any]) -> bool:
        """Whether an answer, as read, is right."""
        if not self.accepts:
            return self.answer_type.same(answer, right)
        return bool(self.value(self.accepts, {**given, "answer": answer, "right": right}))

    def wrong_answers(self, right: Any, given: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
        """The common wrong answers, and what to say to each."""
        for written, hint in self.wrong.items():
            yield self.value(written, {**given, "right": right}), hint

    def hint_for(self, answer: Any, right: Any, given: Mapping[str, Any]) -> str:
        """What to say to a wrong answer: that of the first common one that it is, or the general one."""
        for wrong, hint in self.wrong_answers(right, given):
            if self.answer_type.same(answer, self.answer_type.read(wrong)):
                return hint
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
    explain : str
        A question to be answered in words, for a point that a person gives; none if empty.
    given : list of str
        Names of what the answers need of the chapter; it passes them in ``check(..., given={...})``.
    parts : mapping
        What to hand in, by name.
    """

    label: str
    level: str
    tests: str
    explain: str
    given: list[str]
    parts: Mapping[str, Part]

    def part(self, name: str) -> Part:
        """The part of that name.

        Raises
        ------
        ValueError
            There is none; it says which there are.
        """
        if name not in self.parts:
            raise ValueError(f"{self.label} has no part {name!r}; it has {list(self.parts)}")
        return self.parts[name]

    @property
    def points(self) -> int:
        """What the exercise counts in all: a point for each part, and one for words."""
        return len(self.parts) + bool(self.explain)


def is_computed(written: Any) -> bool:
    """Whether what is written in a file is an expression."""
    return isinstance(written, str) and written.startswith("=")


# -- finding them --------------------------------------------------------------------------------------------


def numbers(folder: Path = FOLDER) -> list[str]:
    """The chapters that have exercises, such as ``"04"``, in order."""
    return sorted(path.stem for path in folder.glob("[0-9][0-9].yml"))


def exercises(number: str, folder: Path = FOLDER) -> dict[str, Exercise]:
    """The exercises of a chapter, by label, in its order.

    Raises
    ------
    ValueError
        The chapter has none, or its file breaks a rule.
    """
    if number not in numbers(folder):
        raise ValueError(f"chapter {number!r} has no exercises; these have: {', '.join(numbers(folder))}")
    return read(folder / f"{number}.yml")


def find(label: str, folder: Path = FOLDER) -> Exercise:
    """The exercise of that label.

    Raises
    ------
    ValueError
        There is none, or its file breaks a rule.
    """
    for number in numbers(folder):
        text = (folder / f"{number}.yml").read_text(encoding="utf-8")
        if re.search(rf"^ +{re.escape(label)}:", text, re.MULTILINE):
            return exercises(number, folder)[label]
    raise ValueError(f"there is no exercise {label!r} in {folder}; look at its label in the chapter")


# -- reading them --------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML in which nothing stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            names = [name.value for name, _ in node.value]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise yaml.MarkedYAMLError(problem=f"{twice} stand there twice", problem_mark=node.start_mark)
        return found


def read(path: Path) -> dict[str, Exercise]:
    """The exercises of one file, by label, in its order.

    Raises
    ------
    ExerciseError
        The file breaks a rule.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.YAMLError as error:
        raise ExerciseError(f"{path.name}: {error}") from None
    file = _fields(content, path.name, {"exercises": dict}, {"functions": str})
    return {
        label: _exercise(label, fields, f"{path.name}, {label}", file["functions"])
        for label, fields in file["exercises"].items()
    }


def _exercise(label: str, content: Any, place: str, functions: str) -> Exercise:
    must = {"level": str, "tests": str, "parts": dict}
    fields = _fields(content, place, must, {"explain": str, "given": list})
    if fields["level"] not in LEVELS:
        raise ExerciseError(f"{place}, level: must be one of {', '.join(LEVELS)}, not {fields['level']!r}")
    if not fields["parts"]:
        raise ExerciseError(f"{place}, parts: there must be one at least")
    parts = {
        name: _part(name, part, f"{place}, {name}", functions) for name, part in fields.pop("parts").items()
    }
    return Exercise(label, parts=parts, **fields)


def _part(name: str, content: Any, place: str, functions: str) -> Part:
    if not str(name).isidentifier() or keyword.iskeyword(name) or name in ("given", "label"):
        raise ExerciseError(f"{place}: a part's name must be usable as a variable")
    named = content.get("type") if isinstance(content, dict) else None
    if not isinstance(named, str) or named not in TYPES:
        raise ExerciseError(f"{place}, type: must be one of {', '.join(TYPES)}, not {named!r}")
    of_type: dict[str, type] = {field.name: object for field in dataclasses.fields(TYPES[named])}
    must = {"asks": str, "type": str, "right": object, "hint": str, **of_type}
    may = {"also right": list, "accepts": str, "unit": str, "wrong": dict}
    fields = _fields(content, place, must, may)
    try:
        answer_type = TYPES[named](**{field: fields[field] for field in of_type})
    except ValueError as error:
        raise ExerciseError(f"{place}, {error}") from None
    if "\n" in fields["asks"]:
        raise ExerciseError(f"{place}, asks: must be one line")
    if not fields["wrong"] and not isinstance(answer_type, YesNo):
        raise ExerciseError(f"{place}, wrong: must hold one common wrong answer at least")
    if mute := [answer for answer, hint in fields["wrong"].items() if not isinstance(hint, str)]:
        raise ExerciseError(f"{place}, wrong: {mute[0]!r} must have a hint, which is text")
    if fields["accepts"] and not is_computed(fields["accepts"]):
        raise ExerciseError(f"{place}, accepts: must be computed, and begin with =")
    for field in ("right", "also right", "wrong", "accepts"):
        values = fields[field] if field in ("also right", "wrong") else [fields[field]]
        for value in values:
            _check_value(value, answer_type, f"{place}, {field}")
    return Part(
        name=name,
        asks=fields["asks"] + (f" [{fields['unit']}]" if fields["unit"] else ""),
        answer_type=answer_type,
        also_right=fields["also right"],
        place=place,
        functions=functions,
        **{field: fields[field] for field in ("right", "accepts", "wrong", "hint")},
    )


def _check_value(value: Any, answer_type: AnswerType, place: str) -> None:
    """Whether Python can read an expression, and the answer's type any other value."""
    try:
        if is_computed(value):
            compile(value[1:].strip(), place, "eval")
        elif value != "":
            answer_type.read(value)
    except SyntaxError as error:
        raise ExerciseError(f"{place}: {value!r} is no Python expression: {error.msg}") from None
    except Unreadable as error:
        raise ExerciseError(f"{place}: {error}; what is computed begins with =") from None


def _fields(content: Any, place: str, must: Mapping[str, type], may: Mapping[str, type]) -> dict[str, Any]:
    """The fields of a mapping, each of its type, what is left out as an empty one."""
    if not isinstance(content, dict):
        raise ExerciseError(f"{place}: must hold {', '.join(must)}, not {content!r}")
    if unknown := [field for field in content if field not in (*must, *may)]:
        raise ExerciseError(f"{place}, {unknown[0]}: no such field; there are {', '.join((*must, *may))}")
    for field in must:
        if content.get(field, "") == "":
            raise ExerciseError(f"{place}, {field}: is missing")
    for field, kind in {**must, **may}.items():
        if not isinstance(content.get(field, kind()), kind):
            said = "text" if kind is str else "a list" if kind is list else "names with values"
            raise ExerciseError(f"{place}, {field}: must be {said}, not {content[field]!r}")
    return {field: kind() for field, kind in may.items()} | content
