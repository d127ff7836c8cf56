"""What correlated errors add is proved; wrong versions are not proved in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import correlated_noise as cn
from imagination.theory import correlated_noise_proofs as proofs
from imagination.theory import reward_noise as rn
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError, Theorem
from imagination.theory.sums import GeometricSum

PROOFS: dict[str, Callable[[], Theorem]] = {
    "HEARD_MOMENT": proofs.heard_moment,
    "HEARD_BOUND": proofs.heard_bound,
    "CARRIED_MEAN": proofs.carried_mean,
    "SAME_MEAN": proofs.same_mean,
    "SHIFT": proofs.shift,
    "ADDS": proofs.adds,
    "EXACT": proofs.exact,
    "CORRELATED": proofs.correlated,
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(cn, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert theorem.summary in theorem._repr_html_()


def test_no_claim_is_left_out() -> None:
    assert {name for name, value in vars(cn).items() if isinstance(value, Claim)} == set(PROOFS)


def test_what_they_rest_on() -> None:
    assert set(proofs.heard_bound().assumptions) == {ax.LINEAR, ax.MONOTONE}
    assert set(proofs.correlated().assumptions) == {ax.LINEAR, ax.MONOTONE, ax.LIMIT_ALGEBRA}


g, t, H = rn.gamma, rn.t, rn.H
most, exact, adds = cn.CORRELATED.expression, cn.EXACT.expression, cn.ADDS.expression
WRONG: dict[str, tuple[str, sp.Expr]] = {
    "as if independent": ("HEARD_MOMENT", rn.sigma**2 * GeometricSum(g**2, rn.n)),
    "sum not squared": ("HEARD_MOMENT", rn.sigma**2 * GeometricSum(g, rn.n)),
    "as if independent, without end": ("HEARD_BOUND", rn.sigma**2 / (1 - g**2)),
    "limit not squared": ("HEARD_BOUND", rn.sigma**2 / (1 - g)),
    "mean twice": ("SAME_MEAN", 2 * cn.SAME_MEAN.expression),
    "all scores hear as much as the first": (
        "EXACT", sp.Sum(rn.delta ** (2 * t) * rn.v(t) * cn.q(H), (t, 0, H - 1)) / rn.K,
    ),
    "weights not squared": ("EXACT", sp.Sum(rn.delta**t * rn.v(t) * cn.q(H - t), (t, 0, H - 1)) / rn.K),
    "rollouts forgotten": ("EXACT", exact * rn.K),
    "cross term forgotten": ("ADDS", adds - 2 * cn.pg.mean_0(*cn._AT) * cn.over_errors(cn.value(cn.b, cn.e))),
    "the sharp bound": ("CORRELATED", rn.SHARP.expression),
    "horizon dropped": ("CORRELATED", most / H),
    "rollouts squared": ("CORRELATED", most / rn.K),
    "W for W squared": ("CORRELATED", most / rn.W),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(cn, name, getattr(cn, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()  # type: ignore[attr-defined]


@pytest.mark.parametrize("dropped", [cn.ERROR_MEAN, cn.ERROR_VARIANCE, cn.CORRELATED.hypotheses[0]])
def test_every_hypothesis_on_the_errors_is_needed(dropped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = tuple(h for h in cn.CORRELATED.hypotheses if h != dropped)
    monkeypatch.setattr(cn, "CORRELATED", replace(cn.CORRELATED, hypotheses=fewer))
    with pytest.raises(ProofError):
        proofs.correlated.__wrapped__()
