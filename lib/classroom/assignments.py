"""Assignments in nbgrader's format: an instructor's notebook from a chapter, a student's from that."""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from classroom.chapters import ChapterError, Code, Question, Solution, Text, path_of, pieces, read, source_of
from classroom.exercises import Exercise, exercises
from classroom.markdown import plain

CODE_STUB = "# Your work here: give the names above their values."
TEXT_STUB = "*Your answer here.*"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS\nfrom classroom import require\n\nrequire{call}\n### END HIDDEN TESTS"

NBGRADER_CONFIG = f"""c = get_config()  # noqa: F821

c.ClearSolutions.code_stub = {{"python": "{CODE_STUB}"}}
c.ClearSolutions.text_stub = "{TEXT_STUB}"
c.ExecutePreprocessor.timeout = 600
"""
"""What nbgrader must know in the course's folder to make the same student's notebook."""

NOTE = """*How to hand in.* Run the notebook from top to bottom: it runs as it is. Under *Exercises* each
question has an answer cell, where you replace `...`, and check cells, which say what is right and give a hint
where something is wrong. A wrong answer stops *Run All*: mend it, or go on from the cell below. Leave the
check cells as they are. Save the notebook and hand it in. Words such as *fig-drift* name a figure, an
equation or a theorem of the book."""


def instructor_version(number: str, folder: Path) -> NotebookNode:
    """A chapter as an nbgrader source notebook: with solutions, hidden tests, and points.

    Parameters
    ----------
    number : str
        The chapter's, such as ``"04"``.
    folder : Path
        Where the chapters are.

    Raises
    ------
    ChapterError, ValueError
        There is no such chapter, or one of its exercises cannot be made into an assignment.
    """
    known = exercises(number)
    cells: list[NotebookNode] = []
    for piece in pieces(read(path_of(number, folder))):
        if isinstance(piece, Text):
            cells.append(_markdown(plain(piece.source)))
        elif isinstance(piece, Code):
            cells += _story_code(piece.cell)
        elif isinstance(piece, Question):
            cells.append(_question(piece, known[piece.label]))
        else:
            cells += _answer(piece, known[piece.label])
    cells.insert(1, _markdown(NOTE))
    for position, cell in enumerate(cells):
        cell["id"] = f"{number}-{position:03d}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}}
    )
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return notebook


def student_version(instructor: NotebookNode) -> NotebookNode:
    """What nbgrader makes of the instructor's version: without solutions and hidden tests.

    Its own preprocessors do it, in its own order, but for those that need its data base.
    """
    from nbconvert.exporters.exporter import ResourcesDict
    from nbgrader import preprocessors as steps

    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.ClearSolutions.text_stub = TEXT_STUB
    notebook, resources = copy.deepcopy(instructor), ResourcesDict()
    for step in (
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ClearHiddenTests,
        steps.ComputeChecksums,
        steps.CheckCellMetadata,
    ):
        notebook, resources = step(config=config).preprocess(notebook, resources)
    return notebook


def write(number: str, folder: Path, course: Path) -> tuple[Path, Path]:
    """Write both versions into a course's folder, as nbgrader expects them there.

    Parameters
    ----------
    number, folder
        As in :func:`instructor_version`.
    course : Path
        The instructor's version goes to ``source/chapter-NN/``, the student's to ``release/chapter-NN/``; an
        ``nbgrader_config.py`` is put beside them, unless there is one.

    Returns
    -------
    instructor, student : Path
    """
    instructor = instructor_version(number, folder)
    written = []
    for version, notebook in (("source", instructor), ("release", student_version(instructor))):
        path = course / version / f"chapter-{number}" / path_of(number, folder).name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        written.append(path)
    config = course / "nbgrader_config.py"
    if not config.exists():
        config.write_text(NBGRADER_CONFIG, encoding="utf-8")
    return written[0], written[1]


# -- cells ---------------------------------------------------------------------------------------------------


def _markdown(source: str, **nbgrader: Any) -> NotebookNode:
    return _marked(nbformat.v4.new_markdown_cell(source), nbgrader)


def _code(source: str, **nbgrader: Any) -> NotebookNode:
    return _marked(nbformat.v4.new_code_cell(source), nbgrader)


def _marked(cell: NotebookNode, nbgrader: dict[str, Any]) -> NotebookNode:
    """The cell with nbgrader's metadata, if it has any."""
    if nbgrader:
        unmarked = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        cell.metadata["nbgrader"] = unmarked | nbgrader
    return cell


def _story_code(cell: dict[str, Any]) -> list[NotebookNode]:
    """The cell with its tags alone, and below it what the page would print under its figure."""
    copied = _code(source_of(cell))
    if tags := cell.get("metadata", {}).get("tags"):
        copied.metadata["tags"] = list(tags)
    figure = cell.get("metadata", {}).get("mystnb", {}).get("figure")
    return [copied, _markdown(f"*{figure['name']}.* {plain(figure['caption'])}")] if figure else [copied]


def _question(question: Question, exercise: Exercise) -> NotebookNode:
    points = f"{exercise.points} point{'s' if exercise.points > 1 else ''}"
    text = f"### {question.title}\n\n({points})\n\n{plain(question.body)}"
    if exercise.explain:
        text += f"\n\n**In words** (below the answer cell): {exercise.explain}"
    return _markdown(text)


def _answer(solution: Solution, exercise: Exercise) -> list[NotebookNode]:
    """The answer cell with the solution in it, the check cells, and a cell for words if need be."""
    label = exercise.label
    prose = plain("\n\n".join(solution.prose))
    names = "\n".join(f"{part.name} = ...  # {part.asks}" for part in exercise.parts.values())
    remarks = "" if exercise.explain else re.sub(r"^", "# ", prose, flags=re.MULTILINE) + "\n"
    work = f"{BEGIN}\n{remarks if prose else ''}{answering(solution, exercise)}\n{END}"
    cells = [_code(f"{names}\n\n{work}", solution=True, grade_id=label)]
    given = given_to_check(solution)
    for name in exercise.parts:
        call = f'("{label}", {name}={name}{given})'
        hidden = HIDDEN.format(call=call)
        marks = {"grade": True, "locked": True, "points": 1, "grade_id": f"{label}-{name}"}
        cells.append(_code(f"check{call}\n{hidden}", **marks))
    if exercise.explain:
        marks = {"grade": True, "solution": True, "points": 1}
        cells.append(_markdown(f"{BEGIN}\n{prose}\n{END}", **marks, grade_id=f"{label}-in-words"))
    return cells


def answering(solution: Solution, exercise: Exercise) -> str:
    """The solution's code with the answers given to their names in place of the call that checks them.

    Raises
    ------
    ChapterError
        The call is missing or lacks an answer.
    """
    call, last = solution.call, solution.code[-1]
    values = _values(call, last)
    answers = [f"{name} = {values(name)}" for name in exercise.parts if values(name) != name]
    lines = last.splitlines()
    lines[call.lineno - 1 : call.end_lineno] = answers
    return "\n\n".join([*solution.code[:-1], "\n".join(lines)])


def _values(call: ast.Expr, source: str) -> Any:
    """A function from a part's name to the text of its value in a call that checks."""
    assert isinstance(call.value, ast.Call)
    named = {keyword.arg: ast.get_source_segment(source, keyword.value) for keyword in call.value.keywords}

    def value(name: str) -> str:
        if name in named:
            return str(named[name])
        if None in named:  # **answers
            return f'{named[None]}["{name}"]'
        raise ChapterError(f"{ast.get_source_segment(source, call)} gives no {name}")

    return value


def given_to_check(solution: Solution) -> str:
    """What the check is given, as text for another call; a name of the solution's is replaced by its dict."""
    call, source = solution.call, solution.code[-1]
    assert isinstance(call.value, ast.Call)
    values = [keyword.value for keyword in call.value.keywords if keyword.arg == "given"]
    if not values:
        return ""
    named = {
        ast.unparse(statement.targets[0]): statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
    }
    return f", given={ast.unparse(named.get(ast.unparse(values[0]), values[0]))}".replace("'", '"')
