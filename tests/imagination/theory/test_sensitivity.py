"""The claims about sensitivities are proved, and wrong versions of them are not proved in the same way."""

import numpy as np
import pytest
import sympy as sp

from imagination.theory import allocation_claims, return_gap
from imagination.theory import sensitivity as se
from imagination.theory import sensitivity_proofs as proofs
from imagination.theory import worlds as w
from imagination.theory.claim import Claim
from imagination.theory.proof import Proof, ProofError

PROOFS = {
    "ADJOINT": proofs.adjoint,
    "FIRST_ORDER": proofs.first_order,
    "NEVER_TOO_SMALL": proofs.never_too_small,
}


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name):
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(se, name)
    assert theorem.steps[-1].formula == theorem.claim.statement
    assert theorem.summary in theorem._repr_html_()


def test_no_claim_is_left_out():
    assert {name for name, value in vars(se).items() if isinstance(value, Claim)} == set(PROOFS)


def test_pricing_errors_assumes_nothing():
    assert proofs.first_order().assumptions == ()


@pytest.mark.parametrize(
    "wrong",
    [
        sp.Sum(se.pairing(se.lam(se.t), se.e(se.t)), (se.t, 0, se.n - 1)),
        sp.Sum(w.gamma * se.pairing(se.lam(se.t + 1), se.e(se.t)), (se.t, 0, se.n - 1)),
        -se.priced,
    ],
    ids=["an error is priced a step too early", "discounted once too often", "sign lost"],
)
def test_wrong_prices_are_not_proved(wrong, monkeypatch):
    monkeypatch.setattr(se, "ADJOINT", se.ADJOINT.mutated("wrong", wrong))
    with pytest.raises(ProofError):
        proofs.adjoint.__wrapped__()


def test_a_multiplier_without_gamma_is_not_derived(monkeypatch):
    wrong = se.NEVER_TOO_SMALL.mutated("wrong", se.NEVER_TOO_SMALL.expression * (1 - w.gamma))
    monkeypatch.setattr(se, "NEVER_TOO_SMALL", wrong)
    with pytest.raises(ProofError):
        proofs.never_too_small.__wrapped__()


def test_the_claim_needs_its_transpose():
    without = tuple(h for h in se.ADJOINT.hypotheses if h != se.TRANSPOSE)
    claim = Claim(
        "no transpose", "", se.ADJOINT.symbols, without, se.ADJOINT.quantity, se.priced, "==", (se.n,)
    )
    p = Proof(claim, proofs.LINE)
    with pytest.raises(ProofError, match="not a hypothesis"):
        p.given(se.TRANSPOSE)


def test_the_multiplier_is_the_bound_in_units_of_constant_reward_errors():
    constants = {"gamma": 0.8, "L_f": np.array([0.3, 0.7]), "L_r": 1.4, "L_pi": 0.5}
    D = allocation_claims.MULTIPLIER.evaluate(**constants)
    dynamics_alone = return_gap.bound(**constants, eps_dyn=0.2, eps_rew=0)
    np.testing.assert_allclose((1 - 0.8) * dynamics_alone, D * 0.2, rtol=1e-14)
    np.testing.assert_allclose(se.NEVER_TOO_SMALL.evaluate(**constants, eps_dyn=0.2), D * 0.2, rtol=1e-14)
