"""The exercises' files: how they are found, what they may say, and how errors in them are named."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from classroom.exercises import LEVELS, ExerciseError, exercises, find, numbers

ROOT = Path(__file__).parents[2]

GOOD = """\
functions: classroom.computations.chapter_02

exercises:
  ex-a:
    level: check
    tests: counting
    explain: Why?
    given: [table]
    parts:
      count:
        asks: how many
        unit: labels
        type: whole number
        right: = len(table)
        also right: [3]
        wrong:
          = right + 1: one too many
          7: are there so many?
        hint: count
"""


@pytest.fixture
def written(tmp_path):
    """Writes a file of exercises into a folder."""

    def write(text):
        (tmp_path / "77.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_file_says_what_is_asked_and_what_is_right(written):
    (exercise,) = exercises("77", written(GOOD)).values()
    part = exercise.part("count")
    given = {"table": [4, 5, 6]}
    assert exercise.points == 2  # one for words
    assert part.asks == "how many [labels]"
    assert part.right_answer(given) == 3
    assert [part.is_right(answer, 3, given) for answer in (3, 4)] == [True, False]
    assert part.hint_for(4, 3, given) == "one too many"
    assert part.hint_for(7, 3, given) == "are there so many?"
    assert part.hint_for(9, 3, given) == "count"


def test_a_condition_decides_where_there_are_more_right_answers(written):
    also = "        accepts: = right <= answer < right + len(table)\n        hint: count\n"
    part = exercises("77", written(GOOD.replace("        hint: count\n", also)))["ex-a"].part("count")
    assert [part.is_right(answer, 3, {"table": "abc"}) for answer in (2, 3, 5, 6)] == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("there", "instead", "message"),
    [
        ("level: check", "level: hard", "77.yml, ex-a, level: must be one of check, apply, extend, not"),
        ("    tests: counting\n", "", "77.yml, ex-a, tests: is missing"),
        ("hint: count", "hint: [count]", r"77.yml, ex-a, count, hint: must be text, not \['count'\]"),
        ("hint: count", "hints: count", "77.yml, ex-a, count, hints: no such field; there are asks"),
        ("hint: count", "hint:", "77.yml, ex-a, count, hint: must be text, not None"),
        ("given: [table]", "given: table", "77.yml, ex-a, given: must be a list"),
        ("whole number", "integer", "77.yml, ex-a, count, type: must be one of number, whole number"),
        ("whole number", "number", "77.yml, ex-a, count, tolerance: is missing"),
        ("whole number", "number\n        tolerance: 1%", "77.yml, ex-a, count, tolerance must be such as"),
        ("whole number", "number\n        tolerance: {relative: -1}", "count, tolerance must be such as"),
        ("whole number", "one of\n        options: [a, A]", "count, options must be a list of different"),
        ("whole number", "formula\n        symbols: {x: 1}", "count, symbols must be such as"),
        ("whole number", "function\n        tolerance: {absolute: 1}\n        calls: 3", "calls must"),
        ("right: = len(table)", "right: len(table)", "count, right: .* asked for, not 'len.*begins with ="),
        ("right: = len(table)", "right: = len(table", "count, right: '= len.table' is no Python expression"),
        ("[3]", "[3, many]", "77.yml, ex-a, count, also right: a whole number is asked for, not 'many'"),
        ("          7: are", "          seven: are", "77.yml, ex-a, count, wrong: a whole number is"),
        ("7: are there so many?", "7:", "77.yml, ex-a, count, wrong: 7 must have a hint, which is text"),
        ("          7: are", "          = right + 1: are", r"77.yml: .*'= right \+ 1'\] stand there twice"),
        ("hint: count", "hint: count\n        accepts: yes it does", "count, accepts: must be computed"),
        ("      count:", "      two words:", "77.yml, ex-a, two words: a part's name must be usable"),
        ("      count:", "      class:", "77.yml, ex-a, class: a part's name must be usable"),
        ("asks: how many", 'asks: "how\\nmany"', "77.yml, ex-a, count, asks: must be one line"),
        ("exercises:", "exercise:", "77.yml, exercise: no such field; there are exercises, functions"),
        ("level: check", "level: [", "77.yml: while parsing"),
    ],
)  # fmt: skip
def test_an_error_is_named_by_file_exercise_part_field_and_rule(written, there, instead, message):
    assert there in GOOD
    with pytest.raises(ExerciseError, match=f"(?s){message}"):
        exercises("77", written(GOOD.replace(there, instead)))


def test_a_wrong_answer_must_be_declared_unless_there_is_only_one(written):
    none = GOOD[: GOOD.index("        wrong:")] + "        hint: count\n"
    with pytest.raises(ExerciseError, match="ex-a, count, wrong: must hold one common wrong answer"):
        exercises("77", written(none))
    yes = none.replace("whole number", "yes or no").replace("[3]", "[true]")
    assert exercises("77", written(yes))["ex-a"].part("count").hint_for(False, True, {}) == "count"


@pytest.mark.parametrize(
    ("there", "instead", "message"),
    [("len(table)", "len(tables)", "name 'tables' is not"), ("chapter_02", "chapter_0", "No module named")],
)
def test_a_name_that_nobody_knows_is_said_with_its_place(written, there, instead, message):
    part = exercises("77", written(GOOD.replace(there, instead)))["ex-a"].part("count")
    with pytest.raises(ExerciseError, match=f"77.yml, ex-a, count, '= len.table.*': {message}"):
        part.right_answer({"table": [1]})


def test_an_exercise_is_found_by_its_label(written):
    assert find("ex-02-horizon").label == "ex-02-horizon"
    assert find("ex-a", written(GOOD)).level == "check"
    assert "02" in numbers()


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="'99' has no exercises; these have: 01"):
        exercises("99")
    with pytest.raises(ValueError, match="no exercise 'horizon'"):
        find("horizon")


@pytest.mark.parametrize("number", numbers())
def test_a_chapter_has_all_three_levels(number):
    assert {exercise.level for exercise in exercises(number).values()} == set(LEVELS)


def test_labels_are_unique_in_the_book():
    labels = [label for number in numbers() for label in exercises(number)]
    assert len(set(labels)) == len(labels)


# Where they are found

CHECK = """
import sys
from classroom import WrongAnswer, check
try:
    check("ex-02-horizon", longest=200)
except WrongAnswer as error:
    print(error)
print(*sorted(name for name in sys.modules if "computations.chapter" in name))
"""
SAID = [
    f"ex-02-horizon, longest: not right yet. Hint: {find('ex-02-horizon').part('longest').hint}",
    "classroom.computations.chapter_02",  # and no other chapter's
]


def test_a_check_far_from_the_chapters_imports_what_it_needs(tmp_path):
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines() == SAID, done.stderr


def test_the_installed_classroom_has_its_exercises(tmp_path):
    """From a wheel, in a Python of its own that borrows all other packages."""
    book = tmp_path / "book"
    shutil.copytree(ROOT / "lib", book / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copytree(ROOT / "chapters" / "exercises", book / "chapters" / "exercises")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, book)
    venv.create(tmp_path / "python", with_pip=False, symlinks=sys.platform != "win32")
    python = tmp_path / "python" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps"]
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "-w", tmp_path, book], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    subprocess.run([*pip, "--python", python, "install", *offline, wheel], check=True)
    shutil.rmtree(book)
    places = {"base": str(tmp_path / "python"), "platbase": str(tmp_path / "python")}
    borrowed = Path(sysconfig.get_path("purelib", vars=places)) / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [python, "-c", CHECK]
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines() == SAID, done.stderr
