"""Where the checks are: one file a chapter, `checks/chapter_NN.py`, each with its `EXERCISES`."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from classroom.exercises import Exercise

FOLDER = Path(__file__).parent / "checks"


def numbers() -> list[str]:
    """The chapters that have checks, such as ``"04"``, in order."""
    return sorted(path.stem.removeprefix("chapter_") for path in FOLDER.glob("chapter_*.py"))


@cache
def exercises(number: str) -> dict[str, Exercise]:
    """The exercises of a chapter, by label, in its order.

    Raises
    ------
    ValueError
        The chapter has no checks, or two for one label.
    """
    if number not in numbers():
        raise ValueError(f"chapter {number!r} has no checks; these have: {', '.join(numbers())}")
    declared = importlib.import_module(f"classroom.checks.chapter_{number}").EXERCISES
    found = {exercise.label: exercise for exercise in declared}
    if len(found) < len(declared):
        raise ValueError(f"chapter {number!r} has two checks for one exercise")
    return found


def find(label: str) -> Exercise:
    """The exercise of that label. Only files that mention it are imported: most need a large library.

    Raises
    ------
    ValueError
        There is none.
    """
    for number in numbers():
        text = (FOLDER / f"chapter_{number}.py").read_text(encoding="utf-8")
        if f'"{label}"' in text and label in exercises(number):
            return exercises(number)[label]
    raise ValueError(f"there is no exercise {label!r} to check; look at its label in the chapter")
