"""The theorems on sums and sequences, and wrong versions of them that the same proofs do not prove."""

from __future__ import annotations

import pytest
import sympy as sp

from imagination.theory import axioms, series
from imagination.theory.claim import Claim, Hypothesis
from imagination.theory.proof import ProofError, Theorem
from imagination.theory.sums import DoubleGeometricSum, GeometricSum

x, y, n, t = series.x, series.y, series.n, series.t
eps, c, rho, ell = series.eps, series.c, series.rho, series.ell

PROOFS = {
    "GEOMETRIC_RECURSION": series.geometric_recursion,
    "GEOMETRIC_CLOSED_FORM": series.geometric_closed_form,
    "GEOMETRIC_BOUND": series.geometric_bound,
    "DOUBLE_CLOSED_FORM": series.double_closed_form,
    "DOUBLE_IDENTITY": series.double_identity,
    "DOUBLE_BOUND": series.double_bound,
    "ERROR_GROWTH": series.error_growth,
    "DISCOUNTED_SUM": series.discounted_sum,
}

WRONG = {
    "recursion without its 1": ("GEOMETRIC_RECURSION", x * GeometricSum(x, n)),
    "closed form of one term more": ("GEOMETRIC_CLOSED_FORM", (1 - x ** (n + 1)) / (1 - x)),
    "closed form with the wrong sign": ("GEOMETRIC_CLOSED_FORM", (1 - x**n) / (1 + x)),
    "bound without its first term": ("GEOMETRIC_BOUND", x / (1 - x)),
    "bound of a faster series": ("GEOMETRIC_BOUND", 1 / (1 - x**2)),
    "double sum with its factors exchanged": (
        "DOUBLE_CLOSED_FORM",
        ((1 - (x * y) ** n) / (1 - x * y) - (1 - y**n) / (1 - y)) / (x - 1),
    ),
    "identity without its tail": ("DOUBLE_IDENTITY", x * GeometricSum(x * y, n)),
    "identity without its factor": ("DOUBLE_IDENTITY", GeometricSum(x * y, n) - x**n * GeometricSum(y, n)),
    "double bound without 1 - x": ("DOUBLE_BOUND", x / (1 - x * y)),
    "double bound with y for x y": ("DOUBLE_BOUND", x / ((1 - x) * (1 - y))),
    "double bound with x squared": ("DOUBLE_BOUND", x**2 / ((1 - x) * (1 - x * y))),
    "growth without the sum": ("ERROR_GROWTH", eps * ell**t),
    "growth of one step less": ("ERROR_GROWTH", eps * (GeometricSum(ell, t) - 1)),
    "discounted sum without its offset": ("DISCOUNTED_SUM", c * eps * DoubleGeometricSum(x, y, n)),
    "discounted sum with its ratios exchanged": (
        "DISCOUNTED_SUM",
        rho * GeometricSum(x, n) + c * eps * DoubleGeometricSum(y, x, n),
    ),
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    claim: Claim = getattr(series, name)
    assert isinstance(theorem, Theorem) and theorem.claim == claim
    assert theorem.steps[-1].formula == claim.statement
    assert theorem.assumptions == ()
    html = theorem._repr_html_()
    assert claim.name in html and theorem.summary in html and "nothing but arithmetic" in html


def test_no_claim_is_left_out() -> None:
    assert {name for name, value in vars(series).items() if isinstance(value, Claim)} == set(PROOFS)
    assert set(axioms.ALL)  # and none of them was needed


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(series, name, getattr(series, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()


@pytest.mark.parametrize(
    "name", ["GEOMETRIC_CLOSED_FORM", "GEOMETRIC_BOUND", "DOUBLE_BOUND", "DOUBLE_CLOSED_FORM", "ERROR_GROWTH"]
)
def test_every_hypothesis_is_needed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim: Claim = getattr(series, name)
    for dropped in claim.hypotheses:
        kept = tuple(
            Hypothesis(h.name, sp.Le(0, 1, evaluate=False)) if h is dropped else h for h in claim.hypotheses
        )
        weaker = Claim(
            claim.name,
            claim.source,
            claim.symbols,
            kept,
            claim.quantity,
            claim.expression,
            claim.relation,
            claim.variables,
        )
        monkeypatch.setattr(series, name, weaker)
        with pytest.raises(ProofError):
            PROOFS[name].__wrapped__()
