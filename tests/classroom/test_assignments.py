"""Assignments of every chapter: the student's has no solution and runs, the instructor's passes."""

import ast
import json
import re
from functools import cache

import nbformat
import pytest
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3
from tests.classroom.slices import CHAPTERS, names_given, names_read, parts_of, story

from classroom.assignments import answering, given_to_check, instructor_version, student_version, write
from classroom.chapters import ChapterError, Code, Question, Solution, Text, path_of
from classroom.exercises import exercises

NUMBERS = [path.name[:2] for path in sorted(CHAPTERS.glob("[0-9][0-9]_*.ipynb"))]
every_chapter = pytest.mark.parametrize("number", NUMBERS)


def those(number, wanted):
    return [piece for piece in parts_of(number) if isinstance(piece, wanted)]


@cache
def versions(number):
    """The instructor's and the student's notebook."""
    instructor = instructor_version(number, CHAPTERS)
    return instructor, student_version(instructor)


def marked(notebook):
    """The cells that nbgrader knows, by their names."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


# What the chapters promise


@every_chapter
def test_every_exercise_has_a_check_and_every_check_an_exercise(number):
    questions = [question.label for question in those(number, Question)]
    assert list(exercises(number)) == questions
    assert [solution.label for solution in those(number, Solution)] == questions


@every_chapter
def test_an_exercises_text_begins_with_its_level(number):
    for question in those(number, Question):
        level = exercises(number)[question.label].level
        assert question.body.lstrip().startswith(f"*{level.capitalize()}.*"), question.label


@every_chapter
def test_each_solution_checks_all_parts_and_is_given_what_it_needs(number):
    for solution in those(number, Solution):
        exercise = exercises(number)[solution.label]
        call = solution.call.value
        assert call.args[0].value == solution.label
        for name in exercise.parts:
            assert f"{name} = " in answering(solution, exercise) or name in ast.unparse(call)
        given = re.findall(r'"(\w+)":', given_to_check(solution))
        assert sorted(given) == sorted(exercise.given)


@every_chapter
def test_answers_are_no_variables_of_the_story(number):
    names = [name for exercise in exercises(number).values() for name in exercise.parts]
    assert len(set(names)) == len(names)
    assert not set(names) & set().union(*map(names_given, story(parts_of(number))))


@every_chapter
def test_the_story_needs_no_solution(number):
    """What comes after an exercise uses no name that only a solution has made."""
    told, solved = set(), set()
    for piece in parts_of(number):
        if isinstance(piece, Code):
            (cell,) = story([piece])
            told |= names_given(cell)
            assert not names_read(cell) & (solved - told), cell.splitlines()[0]
        elif isinstance(piece, Solution):
            solved |= set().union(*map(names_given, piece.code))


# The student's version


ASKED = re.compile(r'"ex-[\w-]+",|(\w+)=\1,')
"""Lines of a call of `check` that stands in several: names of an exercise and its parts, which are told."""


@every_chapter
def test_the_students_version_contains_no_solution(number):
    """No line of a solution's code or prose, in no part of the file, but those that the story has as well."""
    _, student = versions(number)
    written = json.dumps(student, ensure_ascii=False)
    visible = "\n".join([*story(parts_of(number)), *(text.source for text in those(number, Text))])
    for solution in those(number, Solution):
        for line in "\n".join([*solution.prose, *solution.code]).splitlines():
            text = line.strip()
            if len(text) > 15 and text not in visible and not ASKED.fullmatch(text):
                assert json.dumps(text, ensure_ascii=False)[1:-1] not in written, text


@every_chapter
def test_the_students_version_keeps_nothing_of_the_solutions_but_their_place(number):
    _, student = versions(number)
    assert "SOLUTION" not in json.dumps(student)
    assert "HIDDEN" not in json.dumps(student)
    for cell in student.cells:
        assert set(cell.metadata) <= {"nbgrader", "tags", "deletable", "editable"}
        assert "attachments" not in cell
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@every_chapter
def test_both_versions_are_in_nbgraders_format(number):
    for notebook in versions(number):
        nbformat.validate(notebook)
        MetadataValidatorV3().validate_nb(notebook)
    instructor, student = map(marked, versions(number))
    assert instructor.keys() == student.keys()
    points = sum(cell.metadata.nbgrader.get("points", 0) for cell in student.values())
    assert points == sum(exercise.points for exercise in exercises(number).values())


@every_chapter
def test_the_story_is_told_as_in_the_chapter(number):
    _, student = versions(number)
    code = [c.source for c in student.cells if c.cell_type == "code" and "nbgrader" not in c.metadata]
    assert code == story(parts_of(number))


@every_chapter
def test_jupyterlab_can_show_the_text(number):
    _, student = versions(number)
    for cell in student.cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"^\s*(>\s*)?(`{3,}|:{3,})\{|\{[\w:]+\}`", cell.source, re.MULTILINE), (
                cell.source
            )


# The files


def test_both_versions_are_written_where_nbgrader_looks_for_them(tmp_path):
    instructor, student = write("02", CHAPTERS, tmp_path)
    assert instructor == tmp_path / "source" / "chapter-02" / path_of("02", CHAPTERS).name
    assert student == tmp_path / "release" / "chapter-02" / path_of("02", CHAPTERS).name
    assert "code_stub" in (tmp_path / "nbgrader_config.py").read_text(encoding="utf-8")


def test_the_lecturers_own_settings_are_kept(tmp_path):
    settings = tmp_path / "nbgrader_config.py"
    settings.write_text("c = get_config()  # ours\n", encoding="utf-8")
    write("02", CHAPTERS, tmp_path)
    assert settings.read_text(encoding="utf-8") == "c = get_config()  # ours\n"


def test_the_same_chapter_is_the_same_assignment(tmp_path):
    for path, again in zip(
        write("02", CHAPTERS, tmp_path / "a"), write("02", CHAPTERS, tmp_path / "b"), strict=True
    ):
        assert path.read_bytes() == again.read_bytes()


def test_a_chapter_that_is_not_there_is_named():
    with pytest.raises(ChapterError, match="no chapter '4'"):
        path_of("4", CHAPTERS)
