"""Part E's claims on costs and bias are proved; wrong versions of them are not proved in the same way."""

from __future__ import annotations

import pytest
import sympy as sp

from imagination.theory import fidelity_claims as fc
from imagination.theory import fidelity_proofs as proofs
from imagination.theory.claim import Claim
from imagination.theory.proof import ProofError

LAWS = {"POWER_NOISE", "BOUNDED_NOISE", "FLOOR_NOISE"}  # they say what noise is supposed to be
PROOFS = {name: getattr(proofs, name.lower()) for name, value in vars(fc).items()
          if isinstance(value, Claim) and name not in LAWS}  # fmt: skip


@pytest.mark.parametrize("name", PROOFS)
def test_every_claim_is_proved(name: str) -> None:
    theorem = PROOFS[name]()
    assert theorem.claim == getattr(fc, name)
    assert theorem.steps[-1].formula == theorem.claim.statement


def _backwards(name: str) -> Claim:
    claim = getattr(fc, name)
    return Claim(
        claim.name,
        claim.source,
        claim.symbols,
        claim.hypotheses,
        claim.expression,
        claim.quantity,
        claim.relation,
    )


@pytest.mark.parametrize(
    "name",
    ["BUY_FIDELITY", "BUY_ROLLOUTS", "CHEAPEST", "BOTH_ENDS", "MINIMUM", "CHEAPER", "DEARER", "AN_END_WINS",
     "WORTH_IT", "NEVER_BEYOND"],
)  # fmt: skip
def test_the_other_way_round_is_not_proved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fc, name, _backwards(name))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()


WRONG: dict[str, tuple[str, sp.Expr]] = {
    "variance times budget squared": ("OBJECTIVE", fc.OBJECTIVE.expression / fc.B),
    "the fixed cost forgotten": ("OBJECTIVE", fc.OBJECTIVE.expression.xreplace({fc.c_0: sp.S.Zero})),
    "the noise's root": ("PHI", fc.PHI.expression / fc.s),
    "slope without p": ("SLOPE", fc.SLOPE.expression.xreplace({fc.p: sp.S.One})),
    "noise-free labels without a fixed cost": ("NOISE_FREE_LABELS", -fc.c_max * fc.V),
    "noise-free labels, roles exchanged": ("NOISE_FREE_LABELS", -fc.NOISE_FREE_LABELS.expression),
    "which end, without the fixed cost": (
        "WHICH_END",
        fc.WHICH_END.expression.xreplace({fc.c_0: sp.S.Zero}),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_same_proof_does_not_prove_a_wrong_claim(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, expression = WRONG[what]
    monkeypatch.setattr(fc, name, getattr(fc, name).mutated("wrong", expression))
    with pytest.raises(ProofError):
        PROOFS[name].__wrapped__()


@pytest.mark.parametrize("wrong", [fc.POWER_OPTIMUM / fc.q, fc.POWER_OPTIMUM**2])
def test_another_cost_is_not_proved_to_be_best(wrong: sp.Expr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fc, "POWER_OPTIMUM", wrong)
    with pytest.raises(ProofError):
        proofs.interior.__wrapped__()
