"""The files around the book agree with each other, and the chapters keep what they promise."""

import ast
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from press import notebooks
from press.book import Book
from press.lockfile import OF_OTHER_BUILDS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHAPTERS = Book(ROOT).chapters()
NUMBERED = [path for path in CHAPTERS if path.stem[0].isdigit()]
"""Without appendices, which have no exercises."""


def locked() -> dict[str, Requirement]:
    """The lock, by canonical name."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def exact_version(requirement: Requirement) -> str:
    """The one version that a requirement allows."""
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", requirement
    assert "*" not in specifier.version, requirement
    assert "+" not in specifier.version, requirement
    return specifier.version


# The environment


def test_every_line_of_the_lock_is_exact():
    for requirement in locked().values():
        assert requirement.url is None
        exact_version(requirement)


def test_the_lock_holds_each_package_once():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert len(locked()) == sum(not line.startswith("#") for line in lines)


def test_what_users_install_is_a_range_with_the_lock_in_it():
    lock = locked()
    extras = PROJECT["optional-dependencies"].values()
    for requirement in map(
        Requirement, [*PROJECT["dependencies"], *(line for lines in extras for line in lines)]
    ):
        assert not {each.operator for each in requirement.specifier} & {"==", "==="}, requirement
        if requirement.name != PROJECT["name"]:
            locked_version = exact_version(lock[canonicalize_name(requirement.name)])
            assert requirement.specifier.contains(locked_version), requirement


def test_the_locked_build_tool_builds():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    (setuptools,) = map(Requirement, build["requires"])
    assert setuptools.specifier.contains(exact_version(locked()["setuptools"]))


def needed(name: str, extra: str) -> list[str]:
    """What a package, or this project, says that it needs, with an extra or without."""
    if name == PROJECT["name"]:
        return PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    requirements = map(Requirement, importlib.metadata.requires(name) or ())
    return [
        str(each) for each in requirements if each.marker is None or each.marker.evaluate({"extra": extra})
    ]


def test_the_lock_is_complete_and_holds_no_more():
    """What project and extras need, and what that needs."""
    waiting = [(PROJECT["name"], extra) for extra in ("", *PROJECT["optional-dependencies"])]
    seen = set(waiting) | {("setuptools", "")}
    while waiting:
        for requirement in map(Requirement, needed(*waiting.pop())):
            name = canonicalize_name(requirement.name)
            new = {(name, extra) for extra in ("", *requirement.extras)} - seen
            if not OF_OTHER_BUILDS.match(name):
                seen |= new
                waiting += new
    here = {name for name, line in locked().items() if line.marker is None}
    assert {name for name, _ in seen} - {PROJECT["name"]} == here


def test_the_lock_is_installed():
    for name, requirement in locked().items():
        if requirement.marker is None or requirement.marker.evaluate():
            installed = importlib.metadata.version(name)
            assert installed.partition("+")[0] == exact_version(requirement), name


def test_conda_users_get_the_same_lock_and_package():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}
    assert "pip" in conda
    (python,) = (each for each in conda if each.startswith("python="))
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains(
        python.removeprefix("python=")
    )


def test_jupyter_book_reads_these_configuration_files():
    assert exact_version(locked()["jupyter-book"]).startswith("1.")


# The papers of the project


def test_licences_and_citation():
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Creative Commons Attribution 4.0" in (ROOT / "LICENSE-text").read_text(encoding="utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()


def test_the_changelog_has_its_form():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *versions = re.findall(r"^## (.*)", changelog, re.MULTILINE)
    assert first == "[Unreleased]"
    matches = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", version) for version in versions]
    assert all(matches), versions
    dates = [match[2] for match in matches]
    assert dates == sorted(dates, reverse=True)
    assert PROJECT["version"] in {match[1] for match in matches}
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)", changelog, re.MULTILINE)) <= kinds


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_a_readme_names_files_and_commands_that_exist(name):
    readme = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", readme) + re.findall(r"src=\"([^\"]+)\"", readme):
        assert link.startswith("http") or (ROOT / link).exists(), link
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)) <= targets


def test_the_readmes_examples_run(capsys):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code, shown in re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", readme, re.DOTALL):
        exec(compile(code, "README.md", "exec"), {})
        printed = capsys.readouterr().out.splitlines()
        assert [line for line in shown.splitlines() if line != "..." and line not in printed] == []


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_helps():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    for target in ("book", "test", "lab", "serve", "clean", "reproducible"):
        assert re.search(rf"^{target}\s", done.stdout, re.MULTILINE)


def test_the_workflow_fails_when_there_is_nothing_to_publish():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert any("make test" in step.get("run", "") for step in steps)
    (upload,) = (step for step in steps if "upload-pages-artifact" in step.get("uses", ""))
    assert upload["with"]["path"] == "_build/html"
    assert any("test -s _build/html/index.html" in step.get("run", "") for step in steps)


def test_library_and_planner_are_tested_on_three_systems_without_extras():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "library.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert matrix["system"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert f">={matrix['python'][0]}" == PROJECT["requires-python"]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert runs[0] == 'python -m pip install ".[dev]"'
    assert runs[1].startswith("imagination plan data/pilot.csv")
    assert runs[2].startswith("python -m pytest tests/imagination")


# The code


def test_commits_are_checked_by_the_locked_versions():
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    revisions = {repo["repo"].rpartition("/")[2]: repo["rev"] for repo in configured["repos"]}
    assert revisions == {
        "ruff-pre-commit": f"v{exact_version(locked()['ruff'])}",
        "nbstripout": exact_version(locked()["nbstripout"]),
    }


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_is_content(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_is_content():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout


# The chapters


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    """Each chapter, as a notebook."""
    return notebooks.read(request.param)


def cells(chapter, kind):
    """The texts of a chapter's cells of one kind."""
    return [notebooks.source_of(cell) for cell in chapter["cells"] if cell["cell_type"] == kind]


def test_every_notebook_is_a_chapter():
    assert sorted((ROOT / "chapters").glob("*.ipynb")) == sorted(CHAPTERS)


def test_no_notebook_stores_outputs():
    paths = [str(path) for path in CHAPTERS]
    command = [sys.executable, "-m", "nbstripout", "--keep-id", "--verify", *paths]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_chapter_begins_with_its_promise(chapter):
    first = notebooks.source_of(chapter["cells"][0])
    assert chapter["cells"][0]["cell_type"] == "markdown"
    assert first.lstrip().startswith(("# ", "("))  # a title, maybe below a label
    assert "What you will be able to do" in first


def test_a_chapter_has_its_parameters(chapter):
    notebooks.check_parameters(chapter)


@pytest.mark.parametrize("chapter", NUMBERED, ids=lambda path: path.stem, indirect=True)
def test_a_chapter_has_exercises_with_executed_solutions(chapter):
    text = "\n".join(cells(chapter, "markdown"))
    exercises = set(re.findall(r"\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)", text))
    solutions = set(re.findall(r"\{solution-start\} (\S+)\n(?:[^`\n]*\n)*?:class: dropdown", text))
    assert len(exercises) >= 3
    assert exercises == solutions
    assert count_of_executed_solutions(chapter) >= 3


def count_of_executed_solutions(chapter) -> int:
    """The solutions with code between their start and end."""
    count, code = 0, None
    for cell in chapter["cells"]:
        if cell["cell_type"] == "code":
            code = None if code is None else code + 1
            continue
        for gate in re.findall(r"\{solution-(start|end)\}", notebooks.source_of(cell)):
            if gate == "start":
                code = 0
            else:
                count, code = count + bool(code), None
    return count


def test_a_chapter_has_a_place_to_adapt(chapter):
    assert any("change this" in text.lower() for text in cells(chapter, "markdown") + cells(chapter, "code"))


def test_a_chapter_is_short_enough_to_read(chapter):
    assert len(chapter["cells"]) <= 60
    for source in cells(chapter, "code"):
        assert len(source.splitlines()) <= 30, source.splitlines()[0]


def test_no_line_of_code_is_wider_than_the_page(chapter):
    """Not even one that ruff lets pass, such as a long address."""
    assert [line for source in cells(chapter, "code") for line in source.splitlines() if len(line) > 80] == []


def test_a_chapters_figures_have_captions_and_descriptions(chapter):
    for cell in chapter["cells"]:
        if cell["cell_type"] == "code" and "plt.show()" in notebooks.source_of(cell):
            printed = cell["metadata"].get("mystnb", {})
            assert printed.get("figure", {}).get("caption"), notebooks.first_line(cell)
            assert printed.get("image", {}).get("alt"), notebooks.first_line(cell)


def test_a_chapter_imports_nothing_of_another_one(chapter):
    for source in cells(chapter, "code"):
        for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                assert not (node.module or "").startswith(("chapters", "tests"))


def test_citations_are_in_the_bibliography():
    known = set(re.findall(r"@\w+\{(\w+),", (ROOT / "references.bib").read_text(encoding="utf-8")))
    for path in CHAPTERS:
        text = "\n".join(cells(notebooks.read(path), "markdown"))
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text):
            assert {key.strip() for key in keys.split(",")} <= known, path.name


def test_recorded_results_stand_beside_how_they_were_made():
    for table in (ROOT / "data").glob("*.csv.gz"):
        record = json.loads(
            table.with_name(table.name.replace(".csv.gz", ".json")).read_text(encoding="utf-8")
        )
        assert {"command", "parameters", "versions", "commit", "sha256"} <= record.keys(), table.name
        assert {"seed", "seeds"} & record["parameters"].keys(), f"{table.name}: which random numbers?"
