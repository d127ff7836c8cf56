"""nbgrader itself, on two chapters: it makes our students' version, and marks what three students hand in.

The story's code is cut down to what the exercises need; all else is as it is.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from tests.classroom.slices import CHAPTERS, setting

from classroom.assignments import BEGIN, write
from classroom.chapters import path_of
from classroom.exercises import exercises

STUDENTS = ("blank", "mistaken", "perfect")


@pytest.fixture(scope="module", autouse=True)
def environment_is_active():
    """nbgrader calls programs of its environment by their names."""
    before = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    yield
    os.environ["PATH"] = before


def nbgrader(course, *arguments):
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=course, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def shortened(path, number):
    """Put the code that the exercises need in the place of the story's."""
    notebook = nbformat.read(path, 4)
    told = [c for c in notebook.cells if c.cell_type == "code" and "nbgrader" not in c.metadata]
    told[0].source = setting(number)
    notebook.cells = [cell for cell in notebook.cells if cell not in told[1:]]
    nbformat.write(notebook, path)


def hand_in(course, number, student, change):
    """A copy of the students' version, with every answer cell changed."""
    name = path_of(number, CHAPTERS).name
    notebook = nbformat.read(course / "release" / f"chapter-{number}" / name, 4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and cell.cell_type == "code":
            cell.source = change(marks["grade_id"], cell.source)
    path = course / "submitted" / student / f"chapter-{number}" / name
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module", params=["02", "07"])
def course(request, tmp_path_factory):
    """A course with one assignment that three students have handed in, marked."""
    number = request.param
    folder = tmp_path_factory.mktemp(f"course-{number}")
    instructor, student = write(number, CHAPTERS, folder)
    for path in (instructor, student):
        shortened(path, number)
    ours = nbformat.read(student, 4)
    nbgrader(folder, "generate_assignment", f"chapter-{number}", "--force")
    solved = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nbformat.read(instructor, 4).cells
        if BEGIN in cell.source and cell.cell_type == "code"
    }
    hand_in(folder, number, "blank", lambda label, source: source)
    hand_in(folder, number, "mistaken", lambda label, source: source.replace("= ...", "= -12345.6"))
    hand_in(folder, number, "perfect", lambda label, source: solved[label])
    nbgrader(folder, "autograde", f"chapter-{number}")
    return number, folder, ours


def test_it_makes_the_students_version_that_we_make(course):
    number, folder, ours = course
    theirs = nbformat.read(folder / "release" / f"chapter-{number}" / path_of(number, CHAPTERS).name, 4)
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]
    assert [cell.metadata for cell in theirs.cells] == [cell.metadata for cell in ours.cells]


@pytest.mark.parametrize("student", STUDENTS)
def test_it_gives_the_points_that_are_due(course, student):
    number, folder, _ = course
    known = exercises(number).values()
    checked = sum(len(exercise.parts) for exercise in known)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
        submission = book.find_submission(f"chapter-{number}", student)
        assert submission.max_score == sum(exercise.points for exercise in known)
        assert submission.score == (checked if student == "perfect" else 0)
        failed = [cell for notebook in submission.notebooks for cell in notebook.grades if cell.failed_tests]
        assert bool(failed) == (student != "perfect")


def test_the_unanswered_version_runs_but_for_what_marks_it(course):
    """In the students' version as it was handed in blank, the hidden tests alone fail."""
    number, folder, _ = course
    graded = folder / "autograded" / "blank" / f"chapter-{number}" / path_of(number, CHAPTERS).name
    for cell in nbformat.read(graded, 4).cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        assert bool(errors) == bool(
            cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade", False)
        )
        assert all(error.ename == "WrongAnswer" and "not answered yet" in error.evalue for error in errors)
