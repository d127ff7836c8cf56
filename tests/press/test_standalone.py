"""A chapter that was opened alone finds, or fetches, what it needs."""

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from press import notebooks, standalone
from press.book import Book

ROOT = Path(__file__).parents[2]
LIGHT = "02_lemma_1"

OPTIONAL = {"dask", "distributed"}
"""Imported by the library only when somebody asks for a cluster."""

LISTED = {canonicalize_name(name.partition("[")[0]) for name in standalone.SCIENCE}

BROUGHT_ALONG = {"ipython", "cycler"}
"""By Jupyter, and by matplotlib."""

RUN = """
import nbformat, nbclient, sys
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[1])
"""


def test_the_list_of_packages_is_what_chapters_and_library_import():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "lib" / "imagination").rglob("*.py")]
    classroom = set((ROOT / "lib" / "classroom").rglob("*.py")) - {
        ROOT / "lib" / "classroom" / "assignments.py"
    }
    sources += [path.read_text(encoding="utf-8") for path in classroom]
    for chapter in Book(ROOT).chapters():
        cells = notebooks.read(chapter)["cells"]
        sources += [notebooks.source_of(cell) for cell in cells if cell["cell_type"] == "code"]
    imported = {name for source in sources for name in imports(source)} - set(sys.stdlib_module_names)
    where = importlib.metadata.packages_distributions()
    own = {path.name for path in (ROOT / "lib").iterdir()} | {"benchmarks"}
    packages = {canonicalize_name(where[name][0]) for name in imported - own}
    assert packages - OPTIONAL - BROUGHT_ALONG == LISTED


def locked():
    """The lock's lines by canonical name."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(line.partition("==")[0]): line for line in lines if not line.startswith("#")}


def imports(source):
    """The top-level modules that a source imports."""
    for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0]


def test_only_what_is_missing_is_asked_for(tmp_path):
    (tmp_path / "requirements.lock").write_text(
        "# all\nnumpy==1.0\nno-such-package==2.0\nno-such-part==3.0\n"
    )
    assert standalone.missing(["numpy", "no-such-package"]) == ["no-such-package"]
    assert standalone.constraints(tmp_path) == ["no-such-package==2.0", "no-such-part==3.0"]


def test_everything_is_pinned_and_nothing_is_missing_here():
    assert locked().keys() >= LISTED
    assert standalone.missing() == []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A Python that has every package, and does not know this book."""
    folder = tmp_path_factory.mktemp("python")
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A repository with what a chapter needs, as it would be published."""
    folder = tmp_path_factory.mktemp("published") / "book"
    folder.mkdir()
    for name in ("lib", "data", "formal", "chapters/exercises"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    shutil.copy(ROOT / "requirements.lock", folder)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
        who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *who, *command], cwd=folder, check=True)
    return folder.as_uri()


def run_alone(python, folder, address, cells=None):
    """Execute a chapter, or its first cells, in an empty folder."""
    notebook = notebooks.read(ROOT / "chapters" / f"{LIGHT}.ipynb")
    for cell in notebook["cells"]:
        if "setup" in notebooks.tags_of(cell):
            cell["source"] = standalone.setup_cell(address)
    notebook["cells"] = notebook["cells"][:cells]
    path = folder / "chapter.ipynb"
    path.write_bytes(notebooks.to_bytes(notebook))
    environment = {"PATH": str(python.parent) + ":/usr/bin:/bin", "HOME": str(folder), "PYTHONUTF8": "1"}
    command = [str(python), "-c", RUN, str(path)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def test_a_chapter_alone_fetches_the_book_and_runs(elsewhere, published, tmp_path):
    done = run_alone(elsewhere, tmp_path, published)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "on-training-in-imagination" / "lib" / "imagination").is_dir()
    ran = [
        cell for cell in notebooks.read(tmp_path / "chapter.ipynb")["cells"] if cell["cell_type"] == "code"
    ]
    assert all(cell["execution_count"] for cell in ran)
    assert sum(bool(cell["outputs"]) for cell in ran) > 5


def test_a_chapter_beside_the_library_fetches_nothing(elsewhere, tmp_path):
    (tmp_path / "lib").symlink_to(ROOT / "lib")
    inner = tmp_path / "chapters"
    inner.mkdir()
    done = run_alone(elsewhere, inner, "", cells=4)
    assert done.returncode == 0, done.stderr
    assert not (inner / "on-training-in-imagination").exists()


def test_a_chapter_alone_without_an_address_says_what_to_do(elsewhere, tmp_path):
    done = run_alone(elsewhere, tmp_path, "", cells=3)
    assert done.returncode != 0
    assert "The book has no address yet. Download all of it" in done.stderr


def test_binder_installs_the_same():
    script = (ROOT / "binder" / "postBuild").read_text(encoding="utf-8")
    assert "python lib/press/standalone.py" in script
    assert locked()["setuptools"] in script.split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert runtime == f"python-{project['project']['requires-python'].removeprefix('>=')}"
