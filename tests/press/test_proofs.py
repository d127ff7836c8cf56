"""The proofs are checked again where Coq is, and what was not checked is said."""

import os
import shutil

import pytest

from imagination.formal import record
from press import proofs
from press.book import Book

ROOT = record.folder().parent


def without_layout(entries):
    """Statements and axioms, whatever the width at which Coq breaks its lines."""
    return {
        name: (" ".join(entry["statement"].split()), entry["assumptions"]) for name, entry in entries.items()
    }


def test_coq_checks_the_proofs_again(coq):
    """With CI=true the libraries too."""
    now = proofs.checked(Book(ROOT), print, thoroughly=os.environ.get("CI") == "true")
    kept = record.stored()
    for part in ("theorems", "mutants"):
        one, other = (
            each[part] if part == "theorems" else {m["name"]: m for m in each[part]} for each in (now, kept)
        )
        assert one.keys() == other.keys()
        if now["versions"] == kept["versions"]:
            assert without_layout(one) == without_layout(other)
    assert set(now["assumptions"]) <= record.ALLOWED.keys()
    coq(f"{proofs.told(now)}, checked again here by Coq {now['versions']['coq']}")


def test_without_coq_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not proofs.is_there()
    with pytest.raises(proofs.FormalError, match=r"not checked again here.*apt-get install coq"):
        proofs.build(Book(ROOT))


def test_theorems_are_found_with_their_words(tmp_path):
    (tmp_path / "One.v").write_text(
        "(** Of the file. *)\n"
        "(** Lemma 7. What it says,\n    at length. *)\n"
        "Theorem lemma_1 : True. Proof. exact I. Qed.\n"
        "(** Not told. *)\nLemma step : True. Proof. exact I. Qed.\n"
        "Lemma lemma_1_readable : True. Proof. exact I. Qed.\n"
        "(** Theorem 1 is meant, and not stated. *)\nCorollary second : True. Proof. exact I. Qed.\n"
        "(** It fails. *)\nTheorem mutant_lemma_1_half : ~ False. Proof. auto. Qed.\n"
    )
    found = proofs.statements(tmp_path / "One.v")
    assert [(each.name, each.line, each.result) for each in found] == [
        ("lemma_1", 4, "Lemma 1"),
        ("lemma_1_readable", 7, ""),
        ("second", 9, ""),
        ("mutant_lemma_1_half", 11, "Lemma 1"),
    ]
    assert found[0].words == "Lemma 7. What it says, at length."
    assert found[1].words == ""
    assert found[3].is_mutant


def test_a_mutant_is_named_after_its_theorem():
    with pytest.raises(proofs.FormalError, match=r"One.v, line 3: mutant_lemma_7_half names no theorem"):
        _ = proofs.Found("mutant_lemma_7_half", "One", 3, "").result


def test_definitions_are_found_with_what_they_use(tmp_path):
    (tmp_path / "One.v").write_text("(** A half. *)\nDefinition half : R := 1 / 2.\n")
    (tmp_path / "Two.v").write_text(
        "From Imagination Require Import One.\n"
        "Record world := {\n  state : Type;\n  far : R }.\n"
        "Definition quarter W : R := half * half * far W.\n"
        "Inductive side := near_one | far_one.\n"
        "Definition of (s : side) : R := match s with near_one => half | far_one => 1 end.\n"
    )
    found = proofs.definitions([tmp_path / "One.v", tmp_path / "Two.v"])
    assert found["One.half"]["words"] == "A half."
    assert found["One.half"]["text"] == "Definition half : R := 1 / 2."
    assert found["Two.world"]["text"].endswith("far : R }.")
    assert found["Two.quarter"]["uses"] == ["One.half", "Two.world"]
    assert found["Two.of"]["uses"] == ["Two.side", "One.half"]


def test_axioms_that_are_not_allowed_are_refused():
    said = "Axioms:\nClassical_Prop.classic : forall P : Prop, P \\/ ~ P\nmine : False\n"
    with pytest.raises(proofs.FormalError, match="rests on mine"):
        proofs._axioms("it", said)
    assert proofs._axioms("it", "Closed under the global context\n") == []
    with pytest.raises(proofs.FormalError, match="answered"):
        proofs._axioms("it", "Error: it is not there.\n")


def test_an_axiom_of_the_name_of_an_allowed_one_is_refused():
    with pytest.raises(proofs.FormalError, match="rests on classic"):
        proofs._axioms("it", "Axioms:\nclassic : False\n")


SUMMARY = """
CONTEXT SUMMARY
===============

* Theory: Set is predicative

* Axioms:
    Coq.Reals.Rdefinitions.RbaseSymbolsImpl.Rquot2
    Coq.Logic.Classical_Prop.classic{more}

* Constants/Inductives relying on type-in-type: <none>

* Constants/Inductives relying on unsafe (co)fixpoints: {unsafe}

* Inductives whose positivity is assumed: <none>

"""


@pytest.mark.parametrize(
    ("more", "unsafe", "sound"),
    [
        ("", "<none>", True),
        ("\n    Imagination.Sums.mine", "<none>", False),
        ("\n    Imagination.Classical_Prop.classic", "<none>", False),
        ("", "Imagination.Sums.loop", False),
    ],
)
def test_the_second_checkers_summary_is_read(monkeypatch, tmp_path, more, unsafe, sound):
    monkeypatch.setattr(proofs, "_run", lambda *command: SUMMARY.format(more=more, unsafe=unsafe))
    if sound:
        proofs.check_again(tmp_path)
    else:
        with pytest.raises(proofs.FormalError, match="coqchk reports"):
            proofs.check_again(tmp_path)


def test_the_book_does_not_need_coq(monkeypatch):
    """What the pages show is read from the record."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    record.load.cache_clear()
    assert record.theorem("lemma_1").statement.startswith("forall")
