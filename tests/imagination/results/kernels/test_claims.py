"""The claims about kernels: deterministic worlds' own expressions, and numbers that one can check by hand."""

import numpy as np
import pytest

from imagination import kernels, return_gap


@pytest.mark.parametrize(
    ("random", "fixed"),
    [
        (kernels.WASSERSTEIN_BOUND, return_gap.LEMMA_1),
        (kernels.STOCHASTIC_FINITE, return_gap.FINITE_HORIZON),
        (kernels.EITHER_SIDE, return_gap.EITHER_SIDE),
        (kernels.BOUNDED, return_gap.BOUNDED_STATES),
        (kernels.BOUNDED_FINITE, return_gap.BOUNDED_STATES_FINITE),
    ],
    ids=lambda claim: claim.name,
)
def test_kernels_have_the_bounds_of_maps_under_the_same_numbers(random, fixed) -> None:
    """In Coq they are the same printed definitions; here, the same expressions and arguments."""
    assert random.expression == fixed.expression and random.arguments == fixed.arguments
    assert {h.relation for h in random.hypotheses} == {h.relation for h in fixed.hypotheses}


def test_asadi_is_the_case_of_known_reward_and_no_separate_policy() -> None:
    rng = np.random.default_rng(0)
    gamma, L_f, L_r, eps = (rng.uniform(0, high, 200) for high in (0.95, 1.0, 3.0, 1.0))
    numbers = {"gamma": gamma, "L_f": L_f, "L_r": L_r, "eps_dyn": eps}
    general = return_gap.bound(**numbers, L_pi=0.0, eps_rew=0.0)
    np.testing.assert_allclose(kernels.ASADI_VALUE_BOUND.evaluate(**numbers), general, rtol=1e-13)
    np.testing.assert_allclose(kernels.ASADI_VALUE_BOUND_LEARNED.evaluate(**numbers), general, rtol=1e-13)


def test_asadi_is_attained_by_a_state_that_decays() -> None:
    """1 stays for ever and pays 1; the model lets it fall to 0 with probability e: constants 1 and 1 - e."""
    gamma, e = 0.9, 0.25
    gap = 1 / (1 - gamma) - 1 / (1 - gamma * (1 - e))
    numbers = {"gamma": gamma, "L_f": min(1, 1 - e), "L_r": 1, "eps_dyn": e}
    assert kernels.ASADI_VALUE_BOUND.evaluate(**numbers) == pytest.approx(gap, rel=1e-12)


def test_simulation_lemma_by_hand() -> None:
    # gamma = 1/2: (0.1 + 0.5 * 0.2 * 3) / 0.5
    value = kernels.SIMULATION_LEMMA.evaluate(gamma=0.5, eps_dyn=0.2, eps_rew=0.1, span=3.0)
    assert value == pytest.approx(0.8, rel=1e-14)
