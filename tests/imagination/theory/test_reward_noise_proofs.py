"""Theorem 2 and its sharper forms are proved; wrong versions of them are not proved in the same way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import reward_noise as rn
from imagination.theory import reward_noise_proofs as proofs
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError, Theorem

PROOFS: dict[str, Callable[[], Theorem]] = {
    "EXACT": proofs.exact,
    "PAPER": proofs.paper,
    "SHARP": proofs.sharp,
    "DISCOUNTED": proofs.discounted,
    "SHARPER": proofs.sharper,
    "AVERAGE": proofs.average,
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(rn, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert theorem.summary in theorem._repr_html_()


def test_no_claim_is_left_out() -> None:
    assert {name for name, value in vars(rn).items() if isinstance(value, Claim)} == set(PROOFS)


def test_what_theorem_2_rests_on() -> None:
    assert set(proofs.exact().assumptions) == {ax.LINEAR, ax.LIMIT_ALGEBRA}
    assert set(proofs.paper().assumptions) == {ax.LINEAR, ax.MONOTONE}
    assert proofs.sharp().assumptions == ()


paper, sharp, less = rn.PAPER.expression, rn.SHARP.expression, rn.DISCOUNTED.expression
g, exact, average = rn.gamma, rn.EXACT.expression, rn.AVERAGE.expression
WRONG: dict[str, tuple[str, sp.Expr]] = {
    "horizon dropped": ("PAPER", paper / rn.H),
    "rollouts squared": ("PAPER", paper / rn.K),
    "sigma for sigma squared": ("PAPER", paper / rn.sigma),
    "W for W squared": ("PAPER", paper / rn.W),
    "no discount": ("PAPER", paper * (1 - g) ** 2),
    "horizon dropped, sharp": ("SHARP", sharp / rn.H),
    "gamma for gamma squared": ("SHARP", paper * (1 - g) * (1 - g**2)),
    "half of it": ("SHARP", sharp / 2),
    "one factor of two": ("DISCOUNTED", less * (1 - g**2)),
    "the discounted one with rollouts squared": ("DISCOUNTED", less / rn.K),
    "199 at any discount": ("SHARPER", paper / 199),
    "exact, twice": ("EXACT", 2 * exact),
    "exact, rollouts forgotten": ("EXACT", exact * rn.K),
    "exact, sigma for sigma squared": ("EXACT", exact / rn.sigma),
    "exact, weights not squared": (
        "EXACT", rn.sigma**2 / rn.K * sp.Sum(rn.delta**rn.t * rn.b(rn.t), (rn.t, 0, rn.H - 1)),
    ),
    "exact, scores for eligibilities": (
        "EXACT", rn.sigma**2 / rn.K * sp.Sum(rn.delta ** (2 * rn.t) * rn.v(rn.t), (rn.t, 0, rn.H - 1)),
    ),
    "an average has variance over K squared": ("AVERAGE", average / rn.K),
    "an average has the variance of one": ("AVERAGE", average * rn.K),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(rn, name, getattr(rn, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()  # type: ignore[attr-defined]


def test_the_exact_amount_allows_any_baseline() -> None:
    assert rn.EXACT.quantity.has(pg.second)
    assert any(h.relation.has(pg.base) for h in rn.EXACT.hypotheses)
    assert not rn.EXACT.expression.has(pg.base)
