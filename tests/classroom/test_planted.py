"""The models of the exercises on audits: an audit finds what was planted, and nothing else."""

import numpy as np
import pytest

from classroom import planted
from imagination import audit


def audited(case, log):
    found = audit.audit(case.model, case.policy, log, gamma=planted.GAMMA)
    return found, [each.name for each in found.findings if each.severity != "note"]


def test_without_a_fault_the_model_is_the_world():
    log = planted.case("first").log
    np.testing.assert_allclose(planted.next_state(log.state, log.action), log.next_state, atol=1e-6)
    model = planted.case("second").model
    np.testing.assert_allclose(model["reward"](log.state, log.action), log.reward, atol=1e-6)
    np.testing.assert_array_equal(model["proceed"](log.state, log.action), ~log.terminated)


def test_the_first_promises_too_much():
    case = planted.case("first")
    found, alarms = audited(case, case.log)
    assert alarms == ["optimistic_reward"] and found.improve == "reward"
    off = case.model["reward"](case.log.state, case.log.action) - case.log.reward
    np.testing.assert_allclose(off, planted.FLATTERY, atol=1e-6)


def test_the_second_slips_in_one_place():
    case = planted.case("second", seed=17)
    found, alarms = audited(case, case.log)
    assert alarms == ["local_dynamics"] and found.improve == "dynamics"
    off = case.model["next_state"](case.log.state, case.log.action) - case.log.next_state
    at = case.log.state[np.abs(off[:, 1]) > 1e-5, 0]
    np.testing.assert_allclose([at.min(), at.max()], planted.ICE, atol=0.02)


def test_the_third_is_right_where_it_was_trained_and_nowhere_else():
    case = planted.case("third")
    found, alarms = audited(case, case.log)
    assert not alarms and found.longest_horizon == found.horizon
    assert max(abs(found.gap.low), abs(found.gap.high)) < 1e-3
    fresh = audit.collect(planted.WORLD, case.policy, episodes=30, seed=1)
    found, _ = audited(case, fresh)
    assert found.gap.high < -42


def test_a_name_that_there_is_not():
    with pytest.raises(ValueError, match="name must be one of first, second, third, got 'fourth'"):
        planted.case("fourth")
