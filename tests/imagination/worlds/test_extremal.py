"""The extremal system: what rolls out is what the Bellman equation says, and the constants are attained."""

import numpy as np
import pytest

from imagination.rollouts import return_gap
from imagination.worlds.extremal import extremal_system

CASES = {
    "gamma": np.array([0.9, 0.5, 0.0, 0.99]),
    "L_f": np.array([0.5, 0.2, 3.0, 0.7]),
    "L_r": np.array([2.0, 1.0, 1.0, 0.3]),
    "L_pi": np.array([0.3, 0.0, 5.0, 0.2]),
    "eps_dyn": np.array([0.1, 0.5, 0.2, 0.01]),
    "eps_rew": np.array([0.05, 0.0, 0.7, 0.2]),
}


@pytest.mark.parametrize("horizon", [1, 2, 17])
def test_the_finite_gap_is_what_a_rollout_measures(horizon):
    system = extremal_system(**CASES)
    start = system.real.initial.sample(np.random.default_rng(0), 1)
    measured = return_gap(system.real, system.imagined, system.policy, start, horizon)[:, 0]
    # The imagined value function is c + v s; the Bellman equation gives both backwards from 0.
    gamma, steepness = CASES["gamma"], 1 + CASES["L_pi"]
    value, slope = np.zeros(4), np.zeros(4)
    for _ in range(horizon):
        value = CASES["eps_rew"] + gamma * (value + slope * CASES["eps_dyn"])
        slope = steepness * (CASES["L_r"] + gamma * CASES["L_f"] * slope)
    np.testing.assert_allclose(measured, value, rtol=1e-12)


def test_constants_and_errors_are_those_asked_for():
    system = extremal_system(**CASES)
    np.testing.assert_allclose(system.real.dynamics.lipschitz(), CASES["L_f"])
    np.testing.assert_allclose(system.imagined.dynamics.lipschitz(), CASES["L_f"])
    np.testing.assert_allclose(system.real.reward.lipschitz(), CASES["L_r"])
    np.testing.assert_allclose(system.policy.lipschitz(), CASES["L_pi"])
    np.testing.assert_array_equal(system.imagined.dynamics.error(), CASES["eps_dyn"])
    np.testing.assert_array_equal(system.imagined.reward.error(), CASES["eps_rew"])


def test_clipped_states_stay_within_the_diameter():
    system = extremal_system(**(CASES | {"L_f": np.full(4, 2.0)}), diameter=0.5)
    start = system.real.initial.sample(np.random.default_rng(0), 1)
    gap = return_gap(system.real, system.imagined, system.policy, start, 50)[:, 0]
    # The imagined state after t steps is min(D, recursion); summed by hand.
    discount, closed = CASES["gamma"], 2.0 * (1 + CASES["L_pi"])
    state, total = np.zeros(4), np.zeros(4)
    for t in range(50):
        total += discount**t * (CASES["L_r"] * (1 + CASES["L_pi"]) * state + CASES["eps_rew"])
        state = np.minimum(0.5, closed * state + CASES["eps_dyn"])
    np.testing.assert_allclose(gap, total, rtol=1e-12)


def test_numbers_broadcast_and_bad_ones_are_refused():
    assert extremal_system(**(CASES | {"L_f": 0.1})).real.batch_size == 4
    for name, bad in (("L_f", -1.0), ("eps_rew", np.nan), ("gamma", 1.0), ("L_r", np.inf)):
        with pytest.raises(ValueError, match=name):
            extremal_system(**(CASES | {name: bad}))
