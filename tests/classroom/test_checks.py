"""Every chapter's checks on its own data: right answers are accepted, wrong ones refused with their hint."""

import re
from fractions import Fraction
from functools import cache
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
import sympy as sp
from tests.classroom.slices import CHAPTERS, setting

from classroom.answers import (
    AnswerType,
    Formula,
    Number,
    Numbers,
    OneOf,
    SomeOf,
    Table,
    Unreadable,
    Whole,
    YesNo,
)
from classroom.assignments import instructor_version, student_version
from classroom.checking import UNANSWERED, WrongAnswer
from classroom.exercises import exercises, numbers

RUBBISH = (
    "forty-two", object(), [], {}, float("nan"), np.inf, 1j, [None], {"a": "b"}, lambda: 1 / 0, 1e300,
    np.arange(3.0), pd.DataFrame({"a": [1, 2]}), {"a": [1, 2]}, [[1, 2], [3]], b"bytes", "import", "x +",
)  # fmt: skip


def forms(answer_type: AnswerType, right: Any) -> list[Any]:
    """Other ways to write a right answer, all to be accepted."""
    match answer_type:
        case Number():
            rounded = float(f"{right:.12g}")
            return [
                np.float64(right),
                np.array([right]),
                [right],
                sp.Float(right),
                Fraction(rounded),
                rounded,
            ]
        case Whole():
            return [float(right), np.int64(right), np.array([right]), sp.Integer(right)]
        case YesNo():
            return [np.bool_(right), *((sp.true, "yes", "True") if right else (sp.false, "No", "false"))]
        case OneOf():
            return [right.upper(), f" {right} "]
        case SomeOf():
            names = sorted(right)
            return [names, names[::-1], tuple(names), np.array(names), {name.upper() for name in right}]
        case Numbers():
            return [right.tolist(), tuple(right.tolist()), right[None], [sp.Float(x) for x in right]]
        case Table():
            return [dict(reversed(right.items())), pd.Series(right)]
        case Formula():
            renamed = right.xreplace({symbol: sp.Symbol(str(symbol)) for symbol in right.free_symbols})
            return [renamed, sp.expand(renamed.doit()), sp.factor(renamed.doit())]
        case _:
            return []


@cache
def marked(number):
    """The cells that nbgrader knows, by their names: the instructor's and the student's."""
    instructor = instructor_version(number, CHAPTERS)
    return tuple(
        {cell.metadata.nbgrader.grade_id: cell for cell in version.cells if "nbgrader" in cell.metadata}
        for version in (instructor, student_version(instructor))
    )


@cache
def world(number):
    """The variables that a chapter's exercises need."""
    matplotlib.use("Agg")
    variables = {"__name__": "__main__"}
    run(setting(number), variables)
    return variables


def run(source, variables):
    exec(compile(source, "<cell>", "exec"), variables)


def seen_by(cell, variables):
    """What a check cell passes on as given."""
    seen = {}
    run(cell, variables | {"check": lambda label, given=None, **answers: seen.update(given or {})})
    return seen


EXERCISES = [(number, label) for number in numbers() for label in exercises(number)]


@pytest.fixture(scope="module", params=EXERCISES, ids=lambda param: param[1])
def solved(request):
    """An exercise's parts, once its solution has run: with what the story made, and no other solution.

    For each part: itself, what its check is given, its right answer, the variables, and its check cells,
    with and without the hidden test.
    """
    number, label = request.param
    instructor, student = marked(number)
    variables, found = dict(world(number)), []
    run(instructor[label].source, variables)
    for name, part in exercises(number)[label].parts.items():
        cells = [version[f"{label}-{name}"].source for version in (student, instructor)]
        given = seen_by(cells[0], variables)
        found.append((part, given, part.right_answer(given), variables, cells))
    return found


def test_the_solution_is_right_and_so_is_every_other_way_to_write_it(solved):
    for part, given, right, variables, cells in solved:
        for cell in cells:
            run(cell, variables)
        written = [part.value(part.right, given), *forms(part.answer_type, right)]
        written += [part.value(also, {**given, "right": right}) for also in part.also_right]
        for answer in written:
            assert part.is_right(part.answer_type.read(answer), right, given), answer


def test_common_wrong_answers_are_refused_with_their_hint(solved):
    for part, given, right, variables, cells in solved:
        the_other = [(not right, part.hint)] if isinstance(part.answer_type, YesNo) else []
        for wrong, hint in [*part.wrong_answers(right, given), *the_other]:
            with pytest.raises(WrongAnswer) as caught:
                run(cells[0], variables | {part.name: wrong})
            assert str(caught.value).endswith(f"Hint: {hint}"), wrong


def test_rubbish_is_refused_in_words(solved):
    for part, given, right, _, _ in solved:
        for answer in RUBBISH:
            try:
                read = part.answer_type.read(answer)
            except Unreadable as error:
                assert str(error)
            else:
                assert not part.is_right(read, right, given), answer
                assert part.hint_for(read, right, given)


def test_no_hint_tells_the_answer(solved):
    for part, _, right, _, _ in solved:
        if isinstance(right, bool) or not isinstance(right, (int, float, str)):
            continue
        told = f"{right:.3g}" if isinstance(right, float) else str(right)
        for hint in (part.hint, part.asks if not isinstance(right, str) else "", *part.wrong.values()):
            assert not re.search(rf"(?<![\w.]){re.escape(told)}(?![\w.])", hint), hint


@pytest.mark.parametrize("number", numbers())
def test_the_students_version_runs_as_it_is_and_earns_nothing(number, capsys):
    variables = dict(world(number))
    instructor, student = marked(number)
    capsys.readouterr()
    for name, cell in student.items():
        if cell.cell_type == "code":
            run(cell.source, variables)
            if cell.metadata.nbgrader.grade:
                assert UNANSWERED in capsys.readouterr().out
                with pytest.raises(WrongAnswer, match=UNANSWERED):
                    run(instructor[name].source, variables)
