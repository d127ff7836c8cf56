"""The tutorial "Prove your own bound": what it quotes of Coq is in the file, and Coq does answer so."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from imagination.formal import record
from press import notebooks, proofs

FORMAL = record.folder()
PAGE = FORMAL.parent / "chapters" / "A1_prove_your_own_bound.ipynb"
TEXT = "\n".join(
    notebooks.source_of(cell) for cell in notebooks.read(PAGE)["cells"] if cell["cell_type"] == "markdown"
)
TUTORIAL = (FORMAL / "Tutorial.v").read_text(encoding="utf-8")
QUOTED = re.findall(r"```coq\n(.*?)\n```", TEXT, re.DOTALL)
ANSWERS = re.findall(r"```text\n(.*?)\n```", TEXT, re.DOTALL)
ASK, MINE = (text for text in QUOTED if text.startswith("From Coq"))
COMMANDS = re.findall(r"```\n(cd formal\n.*?)\n```", TEXT, re.DOTALL)[0].splitlines()[1:]
COQC = re.findall(r"`(coqc [^`]*) Mine\.v`", TEXT)[0]


def test_what_the_page_quotes_stands_in_the_file():
    own = [text for text in QUOTED if text not in (ASK, MINE)]
    assert len(own) == 7
    for text in own:
        assert text in TUTORIAL, text


def test_quoted_lines_fit_the_page():
    assert max(len(line) for text in [*QUOTED, *ANSWERS] for line in text.splitlines()) <= 80


def test_the_statement_and_the_proof_are_quoted_whole():
    theorem = TUTORIAL[TUTORIAL.index("Theorem reward_ignores_action :") :]
    statement, proof = theorem[: theorem.index("Qed.") + 4].split("\nProof.")
    assert {statement, "Proof." + proof} <= set(QUOTED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the Coq files, as somebody who downloads the book has them."""
    copy = tmp_path_factory.mktemp("book") / "formal"
    copy.mkdir()
    for path in [*FORMAL.glob("*.v"), FORMAL / "_CoqProject"]:
        shutil.copy(path, copy)
    return copy


def run(folder: Path, command: str) -> tuple[str, str]:
    """What a command says; a make that was called by another make would tell of folders, too."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command.split(), cwd=folder, capture_output=True, encoding="utf-8", env=alone)
    return done.stdout.strip("\n"), done.stderr.strip("\n")


@pytest.mark.usefixtures("coq")
def test_coq_answers_as_the_page_says(folder):
    """In the order of the page: the build, the questions, a wrong step, a wrong statement."""
    built, asked, wrong_step, known, wrong_statement = ANSWERS
    *_, (said, _) = [run(folder, command) for command in COMMANDS]
    found = {"built": said}
    (folder / "Ask.v").write_text(ASK + "\n", encoding="utf-8")
    found["asked"], _ = run(folder, f"{COQC} Ask.v")
    left = [line for line in TUTORIAL.splitlines(keepends=True) if "rewrite (same y" not in line]
    assert len(left) == TUTORIAL.count("\n") - 1
    (folder / "Mine.v").write_text("".join(left), encoding="utf-8")
    _, found["wrong step"] = run(folder, f"{COQC} Mine.v")
    (folder / "Mine.v").write_text(MINE + "\n", encoding="utf-8")
    found["known"], found["wrong statement"] = run(folder, f"{COQC} Mine.v")
    assert found["built"] == built
    assert found["asked"].split("\n")[0] == "reward_ignores_action"
    assert "Error" in found["wrong step"] and "Error" in found["wrong statement"]
    if proofs.versions(folder) == record.stored()["versions"]:  # others word and break lines differently
        assert list(found.values()) == [built, asked, wrong_step, known, wrong_statement]


def test_the_counterexample_of_the_page_is_the_mutants():
    """The numbers of the first mutant are those that the trial finds."""
    numbers = re.search(r"smaller_is_broken _ ([^)]*\) \S+ \S+ [^)]*\) \S+ \S+)\)\.", QUOTED[-1])
    assert numbers is not None
    from imagination.studies.try_bound import reward_of_state, try_bound

    def too_small(gamma, L_f, L_r, eps_dyn, eps_rew):
        return eps_rew / (1 - gamma) + gamma * L_r * eps_dyn / ((1 - gamma) * (1 - gamma * L_f))

    found = try_bound(too_small, worlds=reward_of_state, seed=1).counterexample.constants
    given = [0.5 if text == "(1/2)" else float(text) for text in numbers[1].split()]
    assert given == list(found.values())
