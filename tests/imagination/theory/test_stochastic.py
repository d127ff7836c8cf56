"""Stochastic worlds: every theorem is proved, and wrong versions of the claims are not."""

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest
import sympy as sp

from imagination.theory import axioms, return_gap, stochastic
from imagination.theory import worlds as w
from imagination.theory.proof import ProofError, Theorem

PROOFS = [
    stochastic.proof_of_finite_horizon,
    stochastic.proof_of_bound,
    stochastic.proof_of_asadi_value_bound,
    lambda: stochastic.proof_of_asadi_value_bound(learned=True),
    stochastic.proof_of_simulation_lemma,
    stochastic.proof_of_mixed_finite_horizon,
    *(partial(stochastic.proof_of_either_side, *sides) for sides in product(("real", "learned"), repeat=2)),
]


@pytest.mark.parametrize("proof", PROOFS)
def test_every_theorem_is_proved_from_listed_axioms(proof) -> None:
    theorem = proof()
    assert isinstance(theorem, Theorem)
    assert all(any(axiom is known for known in axioms.ALL) for axiom in theorem.assumptions)
    assert theorem.claim.name.replace("'", "&#x27;") in theorem._repr_html_()


def test_the_bound_is_lemma_1s_own_expression() -> None:
    assert stochastic.WASSERSTEIN_BOUND.expression == return_gap.LEMMA_1.expression


@pytest.mark.parametrize(("kernel", "reward"), list(product(("real", "learned"), repeat=2)))
def test_either_sides_constants_give_one_statement(kernel: str, reward: str) -> None:
    claim = stochastic.proof_of_either_side(kernel, reward).claim
    assert claim.statement == stochastic.WASSERSTEIN_BOUND.statement
    supposed = {h.relation for h in claim.hypotheses}
    kernels = {"real": stochastic.LIPSCHITZ_P.relation, "learned": stochastic.LIPSCHITZ_P_HAT.relation}
    rewards = {"real": w.LIPSCHITZ_R.relation, "learned": stochastic._LIPSCHITZ_R_HAT.relation}
    assert {kernels[kernel], rewards[reward]} <= supposed
    others = {*kernels.values(), *rewards.values()} - {kernels[kernel], rewards[reward]}
    assert not others & supposed


def test_unknown_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="kernel must be 'real' or 'learned', got 'left'"):
        stochastic.proof_of_either_side("left", "real")


def test_asadi_is_the_case_of_known_reward_and_no_separate_policy() -> None:
    rng = np.random.default_rng(0)
    gamma, L_f, L_r, eps = (rng.uniform(0, high, 200) for high in (0.95, 1.0, 3.0, 1.0))
    numbers = {"gamma": gamma, "L_f": L_f, "L_r": L_r, "eps_dyn": eps}
    general = return_gap.bound(**numbers, L_pi=0.0, eps_rew=0.0)
    np.testing.assert_allclose(stochastic.ASADI_VALUE_BOUND.evaluate(**numbers), general, rtol=1e-13)
    np.testing.assert_allclose(stochastic.ASADI_VALUE_BOUND_LEARNED.evaluate(**numbers), general, rtol=1e-13)


def test_simulation_lemma_by_hand() -> None:
    # gamma = 1/2: (0.1 + 0.5 * 0.2 * 3) / 0.5
    value = stochastic.SIMULATION_LEMMA.evaluate(gamma=0.5, eps_dyn=0.2, eps_rew=0.1, span=3.0)
    assert value == pytest.approx(0.8, rel=1e-14)


FINITE, BOUND, SIMULATION = (
    stochastic.STOCHASTIC_FINITE.expression,
    stochastic.WASSERSTEIN_BOUND.expression,
    stochastic.SIMULATION_LEMMA.expression,
)

_finite, _bound, _simulation = (
    ("STOCHASTIC_FINITE", "proof_of_finite_horizon"),
    ("WASSERSTEIN_BOUND", "proof_of_bound"),
    ("SIMULATION_LEMMA", "proof_of_simulation_lemma"),
)
PLANTED = {
    "no policy in the slope": (*_finite, FINITE.subs(w.L_r * (1 + w.L_pi), w.L_r)),
    "no policy in the rate": (*_finite, FINITE.xreplace({w.L: w.L_f})),
    "half the reward error": (*_finite, FINITE.xreplace({w.eps_rew: w.eps_rew / 2})),
    "no dynamics error": (*_bound, BOUND.subs(w.eps_dyn, 0)),
    "gamma squared": (*_bound, BOUND.xreplace({1 - w.gamma * w.L: 1 - w.gamma**2 * w.L})),
    "half the span": (*_simulation, SIMULATION.xreplace({stochastic.span: stochastic.span / 2})),
    "one discount too many": (*_simulation, SIMULATION.xreplace({w.eps_dyn: w.gamma * w.eps_dyn})),
}


@pytest.mark.parametrize("name", PLANTED)
def test_wrong_versions_are_not_proved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim_name, proof_name, wrong = PLANTED[name]
    claim = getattr(stochastic, claim_name)
    assert sp.simplify(wrong - claim.expression) != 0
    proof = getattr(stochastic, proof_name)
    proof()  # what it cites is proved from the right claims
    monkeypatch.setattr(stochastic, claim_name, replace(claim, expression=wrong))
    with pytest.raises(ProofError):
        proof.__wrapped__()
