"""Scores, moments and eligibilities: every claim is proved, wrong ones are not, and numbers agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import eligibility_proofs, policy_gradient_proofs
from imagination.theory import policy_gradient as pg
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError, Theorem
from imagination.theory.sums import GeometricSum

PROOFS: dict[str, Callable[[], Theorem]] = {
    "TOTAL": policy_gradient_proofs.total,
    "MARTINGALE": policy_gradient_proofs.martingale,
    "AFFINE": policy_gradient_proofs.affine,
    "QUADRATIC": policy_gradient_proofs.quadratic,
    "UNBIASED": policy_gradient_proofs.unbiased,
    "NOISE_ADDS": policy_gradient_proofs.noise_adds,
    "BASELINE": policy_gradient_proofs.baseline,
    "FROZEN": policy_gradient_proofs.frozen,
    "SHIFT": eligibility_proofs.shift,
    "SUM_SHIFT": eligibility_proofs.sum_shift,
    "ELIGIBILITY": eligibility_proofs.eligibility,
    "GROWS": eligibility_proofs.grows,
    "ABOVE": eligibility_proofs.above,
    "COORDINATES": eligibility_proofs.coordinates,
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(pg, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert theorem.summary in theorem._repr_html_()
    assert set(theorem.assumptions) <= {ax.LINEAR, ax.MONOTONE, ax.LIMIT_ALGEBRA}


def test_no_claim_is_left_out() -> None:
    assert {name for name, value in vars(pg).items() if isinstance(value, Claim)} == set(PROOFS)


def test_that_scores_average_to_0_is_not_assumed() -> None:
    assert set(policy_gradient_proofs.martingale().assumptions) == {ax.LIMIT_ALGEBRA}
    for claim in (value for value in vars(pg).values() if isinstance(value, Claim)):
        assert not any(h.relation.args[0] == pg.MARTINGALE.quantity for h in claim.hypotheses)


WRONG: dict[str, tuple[str, sp.Expr]] = {
    "scores average to 1": ("MARTINGALE", sp.S.One),
    "the probabilities add to 2": ("TOTAL", sp.Integer(2)),
    "the past counts twice": ("AFFINE", 2 * pg.g + pg.mean_0(pg.j, pg.n, pg.x, pg.u, pg.k, 0)),
    "the cross term once": (
        "QUADRATIC",
        pg.QUADRATIC.expression - pg.g * pg.mean_0(pg.j, pg.n, pg.x, pg.u, pg.k, 0),
    ),
    "noise with a mean": ("UNBIASED", pg.UNBIASED.expression + 1),
    "sigma for sigma squared": ("NOISE_ADDS", pg.NOISE_ADDS.expression.xreplace({pg.sigma**2: pg.sigma})),
    "noise adds nothing": ("NOISE_ADDS", pg.second_0(pg.j, pg.n, pg.x, pg.u, pg.k, pg.g)),
    "the baseline is added": ("BASELINE", pg.BASELINE.expression + pg.base(pg.n, pg.x)),
    "a frozen error averages out": ("FROZEN", pg.mean_0(pg.j, pg.n, pg.x, pg.u, pg.k, pg.g)),
    "lambda once": ("SHIFT", pg.lam * pg.scores(pg.j, 0, pg.x) + pg.on_average(pg.traces, pg.t)),
    "one step less": (
        "ELIGIBILITY",
        pg.ELIGIBILITY.expression.xreplace({GeometricSum(pg.ratio, pg.n): GeometricSum(pg.ratio, pg.n + 1)}),
    ),
    "k for k squared": ("ELIGIBILITY", pg.ELIGIBILITY.expression / pg.k),
    "the maximum a step earlier": ("ABOVE", pg.maxima(pg.t, pg.x, pg.y)),
    "coordinates twice": ("COORDINATES", 2 * pg.norms(pg.t, pg.x)),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(pg, name, getattr(pg, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()  # type: ignore[attr-defined]


NEEDED = {
    "MARTINGALE": (pg.PROBABILITIES, pg.STEPS, pg.SLOPES, pg.SCORE),
    "UNBIASED": (pg.NOISE_MEAN, *pg.MEAN),
    "NOISE_ADDS": (pg.NOISE_VARIANCE, pg.NOISE_MEAN, *pg.SQUARES),
    "BASELINE": (pg.SCORE,),
    "ELIGIBILITY": (pg.SCORE,),
    "GROWS": (pg.NONNEGATIVE[0],),
}


@pytest.mark.parametrize(("name", "hypothesis"), [(n, h) for n, hs in NEEDED.items() for h in hs])
def test_each_of_these_hypotheses_is_needed(name: str, hypothesis, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = getattr(pg, name)
    fewer = replace(claim, hypotheses=tuple(h for h in claim.hypotheses if h != hypothesis))
    monkeypatch.setattr(pg, name, fewer)
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()  # type: ignore[attr-defined]
