"""Every registered check accepts every right answer that it declares and refuses every wrong one."""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from classroom import registry
from classroom.checking import fault
from classroom.exercises import LEVELS, Exercise, Part, called

PARTS = [
    pytest.param(exercise, part, id=f"{exercise.label}-{part.name}")
    for number in registry.numbers()
    for exercise in registry.exercises(number).values()
    for part in exercise.parts
]
RUBBISH = (
    "forty-two", object(), [], {}, float("nan"), np.inf, 1j, [None], {"a": "b"}, lambda: 1 / 0, 1e300,
    np.arange(3.0), pd.DataFrame({"a": [1, 2]}), {"a": [1, 2]}, [[1, 2], [3]], b"bytes", "import", "x +",
)  # fmt: skip


@cache
def given(label: str) -> dict:
    """The example of what an exercise is given; made once."""
    exercise = registry.find(label)
    return dict(exercise.example()) if exercise.example else {}


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_right_answers_are_accepted_however_they_are_written(exercise: Exercise, part: Part):
    example = given(exercise.label)
    reference = called(part.reference, example)
    right = part.kind.read(reference)
    written = [reference, *part.kind.forms(right)]
    written += [called(form, {**example, "right": right}) for form in part.right]
    for answer in written:
        assert fault(part, answer, example) == "", answer


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_common_wrong_answers_are_refused_with_their_hint(exercise: Exercise, part: Part):
    example = given(exercise.label)
    right = part.right_answer(example)
    for wrong in part.wrong:
        answer = called(wrong.answer, {**example, "right": right})
        assert fault(part, answer, example) == wrong.hint, answer


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_rubbish_is_refused_in_words(exercise: Exercise, part: Part):
    for answer in RUBBISH:
        assert fault(part, answer, given(exercise.label)), answer


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_no_hint_tells_the_answer(exercise: Exercise, part: Part):
    right = part.right_answer(given(exercise.label))
    if isinstance(right, (bool, frozenset, list, dict)) or not isinstance(right, (int, float, str)):
        return
    told = f"{right:.3g}" if isinstance(right, float) else str(right)
    for hint in (part.hint, part.asks if not isinstance(right, str) else "", *(w.hint for w in part.wrong)):
        assert not re.search(rf"(?<![\w.]){re.escape(told)}(?![\w.])", hint), hint


@pytest.mark.parametrize("number", registry.numbers())
def test_a_chapter_has_all_three_levels(number: str):
    assert {exercise.level for exercise in registry.exercises(number).values()} == set(LEVELS)
