"""The ledger of proofs: complete, as recorded, and quick to notice a change."""

from dataclasses import replace

import pytest
import sympy as sp

from imagination import records
from imagination.experiments import ledger
from imagination.theory import return_gap, series
from imagination.theory.proof import ProofError
from imagination.theory.theorem import Theorem


@pytest.fixture(scope="module")
def proved():
    return ledger.recorded()


def test_every_claim_is_proved_or_a_definition(proved):
    left = {name: stated.claim for name, stated in ledger.claims().items() if name not in proved}
    assert all(claim.relation == "==" and claim.quantity.is_Symbol for claim in left.values()), sorted(left)


def test_every_proof_of_the_theory_is_recorded(proved):
    calls = {f"{entry.module}.{entry.proof}" for entry in proved.values()}
    # A proof that only leads to the same theorem as another one has no entry of its own.
    missing = [called for called in ledger.proofs() if called not in calls]
    assert {called.partition("(")[0] for called in missing} <= set(ledger.ARGUMENTS)


def test_what_is_cited_is_in_the_ledger(proved):
    for entry in proved.values():
        assert set(entry.cited) <= set(proved), entry.claim


def test_assumptions_include_those_of_what_is_cited(proved):
    for entry in proved.values():
        for used in entry.cited:
            assert set(proved[used].assumptions) <= set(entry.assumptions), (entry.claim, used)


def test_nothing_rests_on_itself(proved):
    done: set[str] = set()
    while ready := {name for name, entry in proved.items() if set(entry.cited) <= done} - done:
        done |= ready
    assert done == set(proved)


SAMPLE = ("Geometric bound", "Theorem 1", "Regret", "Corollary 1, L_f", "Proposition 1", "Proposition 2")


def test_a_sample_of_the_proofs_takes_what_the_record_says(proved):
    again = ledger.again(proved, SAMPLE)
    assert again == {name: proved[name] for name in SAMPLE}


def test_a_proof_that_took_something_else_is_noticed(proved):
    one = {"Regret": replace(proved["Regret"], steps=proved["Regret"].steps + 1)}
    with pytest.raises(ledger.LedgerError, match="Regret"):
        ledger.again(one, one)


def test_a_changed_claim_is_noticed(proved):
    stale = {"Lemma 1": replace(proved["Lemma 1"], fingerprint="another")}
    assert ledger.current(stale) == ["Lemma 1"]
    assert ledger.current(proved) == []


def test_a_fingerprint_sees_every_part_of_a_claim():
    claim = return_gap.LEMMA_1
    assert ledger.fingerprint(claim) == ledger.fingerprint(replace(claim))
    for other in (
        replace(claim, expression=2 * claim.expression),
        replace(claim, hypotheses=claim.hypotheses[1:]),
        replace(claim, relation="<"),
        replace(claim, name="Lemma 2"),
    ):
        assert ledger.fingerprint(other) != ledger.fingerprint(claim)


def test_a_forged_theorem_has_no_entry():
    true = series.geometric_recursion()
    forged = Theorem(replace(true.claim, expression=sp.Integer(0)), true.steps, true.axioms, true.cited)
    with pytest.raises(ProofError):
        ledger.entry("series.geometric_recursion()", forged)


def test_unknown_proofs_and_modules_are_refused():
    with pytest.raises(ledger.LedgerError, match="no proof"):
        ledger.theorems(["return_gap_proofs.lemma_2()"])
    with pytest.raises(ledger.LedgerError, match="no module"):
        ledger.module("practice")


def test_the_record_says_how_many_theorems_it_holds(proved):
    assert records.describe(ledger.RECORD).parameters["theorems"] == len(proved)


def test_the_command_says_what_was_proved(monkeypatch, capsys):
    few = ledger.prove(["series.geometric_recursion()"])
    monkeypatch.setattr(ledger, "prove", lambda: few)
    assert ledger.main([]) == 0
    assert capsys.readouterr().out == f"1 theorems, {few['steps'].sum()} steps\n"
