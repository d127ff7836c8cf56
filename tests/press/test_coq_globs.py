"""What rests on what: read from the files that Coq writes beside its proofs."""

import re

import pytest

from press import coq_globs, proofs

SOURCE = """\
Definition half (x : R) := x / 2.
Lemma step : half 2 = 1. Proof. unfold half. lra. Qed.
Ltac small := apply last.
Section Both.
Variable x : R.
Let small_x := step.
Theorem first : x = x. Proof. exact (of small_x). Qed.
End Both.
Theorem last : half 2 = 1. Proof. apply first. Qed.
Theorem other : True. Proof. apply (last ); apply One.deep. Qed.
"""

ITEMS = ["def half", "prf step", "var small_x", "prf first", "prf last", "prf other"]
INSIDE = {"small_x": "Both"}
NAMED = {"unfold half": "half", "apply last": "last", ":= step": "step", "of small_x": "Both.small_x",
         "apply first": "first", "(last )": "last"}  # fmt: skip


@pytest.fixture
def source(tmp_path):
    """A file and what Coq would write of it, in an order that is not that of the file."""
    (tmp_path / "Two.v").write_text(SOURCE)
    lines = ["DIGEST 0", "FImagination.Two", "sec 120:123 <> Both", "binder 17:17 <> x:1"]
    for text, name in NAMED.items():
        at = SOURCE.index(text) + text.index(name.rpartition(".")[2])
        lines.append(f"R{at}:{at} Imagination.Two <> {name} thm")
    at = SOURCE.index("One.deep")
    lines.append(f"R{at}:{at} Imagination.One <> deep thm")
    for item in ITEMS:
        kind, name = item.split()
        at = re.search(rf"(?:Definition|Lemma|Let|Theorem) ({name})\b", SOURCE).start(1)
        lines.append(f"{kind} {at}:{at} {INSIDE.get(name, '<>')} {name}")
    (tmp_path / "Two.glob").write_text("\n".join(lines) + "\n")
    return tmp_path / "Two.v"


def test_who_names_whom(source):
    two = "Imagination.Two."
    found = coq_globs.references(source)
    assert found == {
        f"{two}half": set(),
        f"{two}step": {f"{two}half"},  # and not what the tactic behind it names
        f"{two}Both.small_x": {f"{two}step"},
        f"{two}first": {f"{two}Both.small_x"},
        f"{two}last": {f"{two}first"},
        f"{two}other": {f"{two}last", "Imagination.One.deep"},
    }


def test_ways_end_at_the_first_result(source):
    uses = coq_globs.references(source) | {"Imagination.One.deep": {"Imagination.One.deeper"}}
    step, first, last, other = (f"Imagination.Two.{name}" for name in ("step", "first", "last", "other"))
    assert coq_globs.reached(other, uses, [step, last]) == {last}
    assert coq_globs.reached(other, uses, [step, first, "Imagination.One.deeper"]) == {
        first,
        "Imagination.One.deeper",
    }
    assert coq_globs.reached(first, uses, [step, first]) == {step}
    assert coq_globs.reached(step, uses, [first, last]) == set()


def test_a_theorem_is_told_what_it_rests_on(source, monkeypatch):
    called = {"first": "One thing", "last": "Another", "other": ""}
    monkeypatch.setattr(proofs.Found, "result", property(lambda each: called.get(each.name, "")))
    found = [proofs.Found(name, "Two", 1, "") for name in called]
    assert proofs.rests_on([source], found) == {"first": [], "last": ["first"], "other": ["last"]}


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "One.v").write_text("")
    (tmp_path / "One.glob").write_text("nothing\n")
    with pytest.raises(ValueError, match=r"One.glob does not say"):
        coq_globs.references(tmp_path / "One.v")
