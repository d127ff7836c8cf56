"""Squared error is variance plus squared bias, shaping is harmless; wrong versions are not proved."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import bias
from imagination.theory import fidelity_claims as fc
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError

PROOFS = {"SQUARED_ERROR": bias.squared_error, "TELESCOPE": bias.telescope, "HARMLESS": bias.harmless}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(bias, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert set(theorem.assumptions) <= {ax.LINEAR}


def test_no_claim_is_left_out() -> None:
    assert {name for name, value in vars(bias).items() if isinstance(value, Claim)} == set(PROOFS)


def test_the_error_is_the_one_that_is_evaluated() -> None:
    assert bias.SQUARED_ERROR.expression is fc.SQUARED_ERROR


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("SQUARED_ERROR", fc.v_biased / fc.K),
        ("SQUARED_ERROR", (fc.v_biased + fc.beta**2) / fc.K),
        ("SQUARED_ERROR", fc.v_biased / fc.K + fc.beta),
        ("SQUARED_ERROR", fc.v_biased / fc.K**2 + fc.beta**2),
        ("SQUARED_ERROR", fc.v_biased + fc.beta**2),
        ("SQUARED_ERROR", fc.v_biased / fc.K - fc.beta**2),
        ("TELESCOPE", bias.TELESCOPE.expression / bias.gamma),
        ("TELESCOPE", -bias.potential(0, bias.outcome)),
        ("HARMLESS", bias.first),
        ("HARMLESS", sp.S.Zero),
    ],
)
def test_wrong_versions_are_not_proved(name: str, expression: sp.Expr, monkeypatch) -> None:
    monkeypatch.setattr(bias, name, getattr(bias, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()


@pytest.mark.parametrize("dropped", [1, 2])
def test_shaping_needs_its_end_and_its_start(dropped: int, monkeypatch) -> None:
    kept = list(bias.HARMLESS.hypotheses)
    spoilt = kept[dropped]
    kept[dropped] = replace(spoilt, relation=sp.Le(*spoilt.relation.args, evaluate=False))
    monkeypatch.setattr(bias, "HARMLESS", replace(bias.HARMLESS, hypotheses=tuple(kept)))
    with pytest.raises(ProofError):
        bias.harmless.__wrapped__()
