"""The discounted estimator's mean is the gradient, Theorem 2's is not; wrong versions are not proved."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import policy_gradient as pg
from imagination.theory import which_gradient as wg
from imagination.theory.proof import ProofError

PROOFS = {
    "STRUCTURE": wg.structure,
    "GRADIENT": wg.gradient,
    "NOT_THE_GRADIENT": wg.not_the_gradient,
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(wg, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert set(theorem.assumptions) <= {ax.LIMIT_ALGEBRA}


def test_the_coin_by_hand() -> None:
    theta, gamma = sp.symbols("theta gamma")
    value = theta + gamma * theta
    score = {0: sp.diff(sp.log(1 - theta), theta), 1: sp.diff(sp.log(theta), theta)}
    chance = {0: 1 - theta, 1: theta}
    mean = sum(
        chance[one] * chance[two] * (score[one] * (one + gamma * two) + score[two] * two)
        for one in (0, 1)
        for two in (0, 1)
    )
    gap = sp.simplify(mean - sp.diff(value, theta))
    assert gap == 1 - gamma == wg.NOT_THE_GRADIENT.expression.xreplace({pg.h(wg.ell): 1, wg.gamma: gamma})


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("GRADIENT", wg.mean(pg.j, pg.n, pg.x, 1, 1, 0)),
        ("GRADIENT", 2 * wg.GRADIENT.expression),
        ("NOT_THE_GRADIENT", sp.S.Zero),
        ("NOT_THE_GRADIENT", pg.h(wg.ell) * (1 - wg.gamma) ** 2),
        ("STRUCTURE", wg.mean(pg.j, pg.n, pg.x, 0, 1, 0)),
    ],
)
def test_wrong_versions_are_not_proved(name: str, expression: sp.Expr, monkeypatch) -> None:
    monkeypatch.setattr(wg, name, getattr(wg, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()


def test_theorem_2s_estimator_does_not_pass_for_the_gradient(monkeypatch) -> None:
    other = dict(zip(wg.DISCOUNTED_MEAN, wg.UNDISCOUNTED_MEAN, strict=True))
    hypotheses = tuple(other.get(h, h) for h in wg.GRADIENT.hypotheses)
    monkeypatch.setattr(wg, "DISCOUNTED_MEAN", wg.UNDISCOUNTED_MEAN)
    monkeypatch.setattr(wg, "GRADIENT", replace(wg.GRADIENT, hypotheses=hypotheses))
    with pytest.raises(ProofError):
        wg.gradient.__wrapped__()
