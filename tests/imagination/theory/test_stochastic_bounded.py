"""Bounded states in stochastic worlds: proved from either side's constants, and not from wrong ones."""

from dataclasses import replace
from itertools import product

import pytest
import sympy as sp

from imagination.theory import axioms, return_gap
from imagination.theory import stochastic as st
from imagination.theory import stochastic_bounded as sb
from imagination.theory import worlds as w
from imagination.theory.proof import Proof, ProofError

SIDES = list(product(("real", "learned"), repeat=2))


@pytest.mark.parametrize(("kernel", "reward"), SIDES)
def test_the_deterministic_bounds_hold_for_kernels_from_either_sides_constants(
    kernel: str, reward: str
) -> None:
    finite, endless = sb.bounded_finite(kernel, reward), sb.bounded(kernel, reward)
    assert finite.claim.expression.xreplace({w.n: w.H}) == return_gap.BOUNDED_STATES_FINITE.expression
    assert endless.claim.expression == return_gap.BOUNDED_STATES.expression
    supposed = {h.relation for h in endless.claim.hypotheses}
    kernels = {"real": st.LIPSCHITZ_P.relation, "learned": st.LIPSCHITZ_P_HAT.relation}
    assert kernels[kernel] in supposed
    assert kernels[st.OTHER_SIDE[kernel]] not in supposed
    assert w.CONTRACTION.relation not in supposed
    assert all(axiom in axioms.ALL for axiom in endless.assumptions)


def test_unknown_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="reward must be 'real' or 'learned', got 'both'"):
        sb.bounded("real", "both")


WRONG = {
    "one step's error, without the policy": w.L_r * sp.Min(w.D, w.eps_dyn),
    "half the diameter": sb.KERNEL_GAP.expression.xreplace({w.D: w.D / 2}),
    "half the error": sb.KERNEL_GAP.expression.xreplace({w.eps_dyn: w.eps_dyn / 2}),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_versions_are_not_proved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sb, "KERNEL_GAP", replace(sb.KERNEL_GAP, expression=WRONG[name]))
    with pytest.raises(ProofError):
        sb.kernel_gap.__wrapped__()


def two_laws(premise: sp.Rel, *arguments: object) -> None:
    """State the premise as a hypothesis and use the axiom on it."""
    claim = replace(sb.KERNEL_GAP, hypotheses=(*sb.KERNEL_GAP.hypotheses, w.Hypothesis("premise", premise)))
    proof = Proof(claim, sb.POINT)
    proof.axiom(axioms.TWO_EXPECTATIONS, *arguments, using=[proof.given(claim.hypotheses[-1])])


LAWS = (st.P(w.x, w.a), st.P_hat(w.y, w.b))


def test_two_expectations_apply_to_two_functions_of_two_variables() -> None:
    two_laws(sp.Le(sp.Abs(sb.R(0, st.z) - sb.R_mixed(0, sb.u)), w.D), st.z, sb.u, *LAWS)


@pytest.mark.parametrize(
    ("premise", "arguments"),
    [
        (sp.Le(sp.Abs(sb.R(0, st.z) - sb.R_mixed(0, st.z)), w.D), (st.z, sb.u, *LAWS)),
        (sp.Le(sp.Abs(sb.R(0, st.z) - sb.R_mixed(0, sb.u)), w.d_S(st.z, sb.u)), (st.z, sb.u, *LAWS)),
        (sp.Le(sp.Abs(sb.R(0, st.z) - sb.R_mixed(0, sb.u)), w.D), (st.z, st.z, *LAWS)),
        (sp.Le(sp.Abs(sb.R(0, st.z) - sb.R_mixed(0, sb.u)), w.D), (st.z, sb.u, st.pi(w.x), st.pi(w.y))),
    ],
    ids=[
        "one variable for two",
        "a bound that is not free of them",
        "twice the same",
        "laws of another space",
    ],
)
def test_two_expectations_refuse_other_forms(premise: sp.Rel, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ProofError, match="does not apply"):
        two_laws(premise, *arguments)
