"""What may be declared of an exercise, and what may not."""

import pytest

from classroom.exercises import Exercise, Part, Wrong, called
from classroom.kinds import Whole

GOOD = {
    "name": "count",
    "asks": "how many",
    "kind": Whole(),
    "reference": lambda: 3,
    "wrong": (Wrong(lambda right: right + 1, "one too many"),),
    "hint": "count",
}


def test_a_part_must_declare_a_wrong_answer():
    with pytest.raises(ValueError, match="at least one common wrong answer"):
        Part(**GOOD | {"wrong": ()})


@pytest.mark.parametrize(
    "change", [{"name": "two words"}, {"name": "class"}, {"name": "given"}, {"asks": "a\nb"}]
)
def test_a_part_must_fit_an_answer_cell(change):
    with pytest.raises(ValueError, match="part"):
        Part(**GOOD | change)


def test_an_exercise_has_a_level_and_different_parts():
    part = Part(**GOOD)
    with pytest.raises(ValueError, match="level of 'ex-a'"):
        Exercise("ex-a", "hard", "counting", (part,))
    with pytest.raises(ValueError, match="different names"):
        Exercise("ex-a", "check", "counting", (part, part))
    with pytest.raises(ValueError, match="example of what it is given"):
        Exercise("ex-a", "check", "counting", (part,), given=("table",))
    assert Exercise("ex-a", "check", "counting", (part,), explain="Why?").points == 2


def test_functions_get_what_their_parameters_ask_for():
    assert called(lambda right, more=2: right + more, {"right": 1, "other": 5}) == 3
    with pytest.raises(ValueError, match=r"asks for \['table'\]"):
        called(lambda table: table, {"right": 1})


def test_a_wrong_answer_gets_its_own_hint_or_the_general_one():
    part = Part(**GOOD)
    assert part.hint_for(4, 3, {}) == "one too many"
    assert part.hint_for(9, 3, {}) == "count"
