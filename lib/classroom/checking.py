"""`check`: a friendly line for a right answer, a hint for a wrong one, patience where there is none yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classroom.answers import Unreadable
from classroom.exercises import Exercise, Part, find

UNANSWERED = "not answered yet"


class WrongAnswer(AssertionError):
    """An answer is wrong; the message holds a hint. A notebook shows it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def is_unanswered(answer: Any) -> bool:
    """Whether an answer is still the placeholder."""
    return answer is None or answer is ...


def fault(part: Part, answer: Any, given: Mapping[str, Any]) -> str:
    """What is wrong with an answer, as a hint; empty if it is right."""
    try:
        read = part.answer_type.read(answer)
    except Unreadable as error:
        return str(error)
    right = part.right_answer(given)
    return "" if part.is_right(read, right, given) else part.hint_for(read, right, given)


def check(label: str, /, *, given: Mapping[str, Any] | None = None, **answers: Any) -> None:
    """Check answers to an exercise, and print one line.

    Parameters
    ----------
    label : str
        The exercise's label, such as ``"ex-02-horizon"``.
    given : mapping, optional
        Variables of the chapter that the right answer depends on, by name, for exercises that need some.
    **answers
        An answer for each part, or for some of them; ``...`` or None where there is none yet.

    Raises
    ------
    WrongAnswer
        An answer is wrong. The message is a hint.
    ValueError
        There is no such exercise or part, or `given` is not what the exercise needs.
    """
    exercise = find(label)
    said = _judged(exercise, given, answers)
    states = set(said.values())
    if len(states) == 1:
        print(f"{label}: {states.pop()}.")
    else:
        print(f"{label}: {', '.join(f'{name} {state}' for name, state in said.items())}.")


def require(label: str, /, *, given: Mapping[str, Any] | None = None, **answers: Any) -> None:
    """Like :func:`check`, but an answer that is not there is a wrong one: for marking."""
    for name, answer in answers.items():
        if is_unanswered(answer):
            raise WrongAnswer(f"{label}, {name}: {UNANSWERED}.")
    check(label, given=given, **answers)


def _judged(
    exercise: Exercise, given: Mapping[str, Any] | None, answers: Mapping[str, Any]
) -> dict[str, str]:
    """What to say of each part that is right or not answered yet."""
    _check_given(exercise, given)
    if not answers:
        raise ValueError(f"{exercise.label} needs an answer to {list(exercise.parts)}")
    said = {}
    for name, answer in answers.items():
        part = exercise.part(name)
        if is_unanswered(answer):
            said[name] = UNANSWERED
        elif hint := fault(part, answer, given or {}):
            raise WrongAnswer(f"{exercise.label}, {name}: not right yet. Hint: {hint}")
        else:
            said[name] = "right"
    return said


def _check_given(exercise: Exercise, given: Mapping[str, Any] | None) -> None:
    if set(given or {}) != set(exercise.given):
        raise ValueError(f"{exercise.label} needs given={sorted(exercise.given)}, got {sorted(given or {})}")
