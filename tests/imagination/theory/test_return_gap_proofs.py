"""Part A is proved and rests on listed axioms alone; wrong versions of it are not proved in the same way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import sympy as sp

from imagination.theory import axioms as ax
from imagination.theory import return_gap as rg
from imagination.theory import return_gap_proofs as proofs
from imagination.theory import worlds as w
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError, Theorem
from imagination.theory.sums import CappedGeometricSum, DoubleGeometricSum, GeometricSum

PROOFS: dict[str, Callable[[], Theorem]] = {
    "STATE_ERROR": proofs.state_error,
    "FINITE_HORIZON": proofs.finite_horizon,
    "LEMMA_1": proofs.lemma_1,
    "BOUNDED_STATES_FINITE": proofs.bounded_states_finite,
    "BOUNDED_STATES": proofs.bounded_states,
    "ATTAINED_FINITE": proofs.attained_finite,
    "ATTAINED": proofs.attained,
    "EITHER_SIDE": proofs.either_side,
    "PARTIAL_IDENTITY": proofs.partial_identity,
    "IDENTITY": proofs.identity,
    "MIRROR": proofs.mirror,
    "VALUE_LIPSCHITZ": proofs.value_lipschitz,
    "AVERAGE_ERROR": proofs.average_error,
    "SUPREMA_GIVE_LEMMA_1": proofs.suprema_give_lemma_1,
    "REGRET": proofs.regret,
} | {f"MONOTONE {code}": partial(proofs.monotone, code) for code in rg.MONOTONE}


def the_claim(name: str) -> Claim:
    return rg.MONOTONE[name.split()[1]] if name.startswith("MONOTONE") else getattr(rg, name)


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem, claim = PROOFS[name](), the_claim(name)
    assert theorem.claim == claim
    assert theorem.steps[-1].formula == claim.statement
    assert all(any(axiom is known for known in ax.ALL) for axiom in theorem.assumptions)
    html = theorem._repr_html_()
    assert theorem.summary in html and html.count("<li>") == len(theorem.steps)
    assert all(axiom.source in html.replace("&amp;", "&") for axiom in theorem.assumptions)


def test_no_claim_is_left_out() -> None:
    claims = {name for name, value in vars(rg).items() if isinstance(value, Claim)}
    assert claims <= set(PROOFS)


def test_lemma_1_rests_on_three_facts_about_metrics_and_on_limits() -> None:
    rests = set(proofs.lemma_1().assumptions)
    assert rests == {ax.TRIANGLE, ax.SYMMETRY, ax.SELF_DISTANCE, ax.LIMIT_ORDER, ax.LIMIT_ALGEBRA}


g, L, slope = w.gamma, w.L, w.L_r * (1 + w.L_pi)
rewards = w.eps_rew / (1 - g)
states = g * slope * w.eps_dyn / ((1 - g) * (1 - g * L))

WRONG: dict[str, tuple[str, sp.Expr]] = {
    "gamma dropped": ("LEMMA_1", rewards + states / g),
    "gamma squared": ("LEMMA_1", rewards + g * states),
    "L_pi for 1 + L_pi": ("LEMMA_1", rewards + g * w.L_r * w.L_pi * w.eps_dyn / ((1 - g) * (1 - g * L))),
    "1 - L for 1 - gamma L": ("LEMMA_1", rewards + g * slope * w.eps_dyn / ((1 - g) * (1 - L))),
    "1 - gamma L_f for 1 - gamma L": (
        "LEMMA_1",
        rewards + g * slope * w.eps_dyn / ((1 - g) * (1 - g * w.L_f)),
    ),
    "one horizon factor lost": ("LEMMA_1", rewards + states * (1 - g)),
    "the errors exchanged": (
        "LEMMA_1",
        w.eps_dyn / (1 - g) + g * slope * w.eps_rew / ((1 - g) * (1 - g * L)),
    ),
    "the reward's error left out": ("LEMMA_1", states),
    "the dynamics' error left out": ("LEMMA_1", rewards),
    "half of it": ("LEMMA_1", (rewards + states) / 2),
    "state error of one step less": ("STATE_ERROR", w.eps_dyn * (GeometricSum(L, w.t) - 1)),
    "state error without the policy": ("STATE_ERROR", w.eps_dyn * GeometricSum(w.L_f, w.t)),
    "finite horizon without the reward's error": (
        "FINITE_HORIZON",
        slope * w.eps_dyn * DoubleGeometricSum(g, L, w.H),
    ),
    "finite horizon with L_r alone": (
        "FINITE_HORIZON",
        w.eps_rew * GeometricSum(g, w.H) + w.L_r * w.eps_dyn * DoubleGeometricSum(g, L, w.H),
    ),
    "finite horizon with gamma and L exchanged": (
        "FINITE_HORIZON",
        w.eps_rew * GeometricSum(g, w.H) + slope * w.eps_dyn * DoubleGeometricSum(L, g, w.H),
    ),
    "cap and growth exchanged": (
        "BOUNDED_STATES_FINITE",
        w.eps_rew * GeometricSum(g, w.H) + slope * CappedGeometricSum(g, L, w.D, w.eps_dyn, w.H),
    ),
    "the cap once only": ("BOUNDED_STATES", rewards + slope * w.D),
    "attained with a factor": ("ATTAINED", 2 * rg.LEMMA_1.expression),
    "attained without rewards": ("ATTAINED_FINITE", slope * w.eps_dyn * DoubleGeometricSum(g, L, w.H)),
    "the product of both sides' constants": (
        "EITHER_SIDE",
        rg.LEMMA_1.expression.xreplace({w.L_f: w.L_f * w.L_f_hat}),
    ),
    "the identity with the wrong sign": ("IDENTITY", w.J_inf - w.J_hat_inf),
    "value without the policy": ("VALUE_LIPSCHITZ", w.L_r / (1 - g * L) * w.d_S(w.x, w.y)),
    "value without the future": ("VALUE_LIPSCHITZ", slope * w.d_S(w.x, w.y)),
    "average without L_V": ("AVERAGE_ERROR", rg.AVERAGE_ERROR.expression.xreplace({w.L_V: sp.S.One})),
    "regret counted once": ("REGRET", rg.REGRET.expression - rg.REGRET.symbols[4].symbol),
    "suprema without gamma": ("SUPREMA_GIVE_LEMMA_1", rewards + states / g),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(rg, name, the_claim(name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", rg.MONOTONE)
def test_the_weight_of_an_error_does_not_decrease(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = rg.MONOTONE[code]
    backwards = Claim(
        claim.name,
        claim.source,
        claim.symbols,
        claim.hypotheses,
        claim.expression,
        claim.quantity,
        claim.relation,
    )
    monkeypatch.setitem(rg.MONOTONE, code, backwards)
    with pytest.raises(ProofError):
        proofs.monotone.__wrapped__(code)
