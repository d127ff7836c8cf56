"""The claims about sensitivities on numbers: passes through random worlds, the multiplier in another unit."""

import numpy as np
import pytest

from imagination import return_gap
from imagination.results.budget.claims import MULTIPLIER
from imagination.results.sensitivity import claims


def one_pass(rng, horizon, size, last):
    """What nudges do to the rewards, each error times the costate after it, and what is left at the end."""
    gamma = 0.9
    F = rng.normal(size=(horizon, size, size))
    errors, slopes = rng.normal(size=(2, horizon, size))
    nudges, costates = [np.zeros(size)], [last * rng.normal(size=size)]
    for jacobian, error in zip(F, errors, strict=True):
        nudges.append(jacobian @ nudges[-1] + error)
    for t in reversed(range(horizon)):
        costates.insert(0, gamma**t * slopes[t] + F[t].T @ costates[0])
    moved = sum(gamma**t * slopes[t] @ nudges[t] for t in range(horizon))
    priced = sum(costates[t + 1] @ errors[t] for t in range(horizon))
    return moved, priced, costates[-1] @ nudges[-1]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("last", [0.0, 1.0])
@pytest.mark.parametrize("horizon", [1, 2, 7])
def test_costates_price_errors(size, last, horizon):
    moved, priced, left = one_pass(np.random.default_rng(horizon), horizon, size, last)
    np.testing.assert_allclose(claims.ADJOINT.evaluate(priced=priced, last=left), moved, rtol=1e-10)
    if not last:
        np.testing.assert_allclose(claims.FIRST_ORDER.evaluate(priced=priced), moved, rtol=1e-10)
    elif horizon > 1:
        assert abs(claims.FIRST_ORDER.evaluate(priced=priced) - moved) > 1e-3


def test_the_multiplier_is_the_bound_in_units_of_constant_reward_errors():
    constants = {"gamma": 0.8, "L_f": np.array([0.3, 0.7]), "L_r": 1.4, "L_pi": 0.5}
    D = MULTIPLIER.evaluate(**constants)
    dynamics_alone = return_gap.bound(**constants, eps_dyn=0.2, eps_rew=0)
    np.testing.assert_allclose((1 - 0.8) * dynamics_alone, D * 0.2, rtol=1e-14)
    np.testing.assert_allclose(claims.NEVER_TOO_SMALL.evaluate(**constants, eps_dyn=0.2), D * 0.2, rtol=1e-14)
