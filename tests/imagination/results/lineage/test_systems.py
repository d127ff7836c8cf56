"""What the bounds of others speak of, by hand and beside simulation."""

import numpy as np
import pytest

from imagination import wasserstein as w
from imagination.results.lineage import systems
from imagination.worlds.tabular import TabularMDP


@pytest.fixture
def switch():
    """Two states; the real world stays, the model leaves the first with probability 0.3."""
    stay = np.eye(2)[None, :, None]
    leave = stay.copy()
    leave[0, 0, 0] = [0.7, 0.3]
    real = TabularMDP(
        stay,
        np.array([[[1.0], [0.0]]]),
        0.9,
        initial=np.eye(2)[0],
        state_metric=w.discrete_metric(2),
        action_metric=np.zeros((1, 1)),
    )
    return real, real.with_model(leave), real.uniform_policy()


def test_expected_errors_by_hand(switch):
    real, imagined, policy = switch
    tv = w.total_variation(real.transition, imagined.transition)
    found = systems.expected_errors(real, tv, policy)
    by_hand = sum(0.9**t * min(1, 0.3 * t) for t in range(400))
    assert found["drift"] == pytest.approx(by_hand, abs=1e-11)
    assert found["last_drift"] == pytest.approx(0.3 * 0.9 / 0.1)
    assert found["eps_mean"] == pytest.approx(0.3) and found["mean_error"] == pytest.approx(0.3)


def test_measured_by_hand(switch):
    row = systems.measured(switch, np.random.default_rng(0)).iloc[0]
    assert row["gap"] == pytest.approx(10 - 1 / (1 - 0.9 * 0.7))
    assert row["largest_value"] == pytest.approx(10) and row["common_width"] == pytest.approx(1)
    assert row["regret"] == row["loss"] == 0  # one action: nothing to regret


@pytest.mark.parametrize("family", systems.FAMILIES)
def test_pairs_share_all_but_the_model(family):
    real, imagined, policy = systems.FAMILIES[family](7, np.random.default_rng(1))
    assert len(real) == len(imagined) == 7
    for name in ("discount", "initial", "state_metric", "action_metric"):
        np.testing.assert_array_equal(getattr(real, name), getattr(imagined, name))
    np.testing.assert_allclose(np.sum(policy, axis=-1), 1)


def test_another_discount_changes_nothing_else():
    pair = systems.maps(3, np.random.default_rng(2))
    real, _, _ = systems.with_discount(pair, 0.5)
    np.testing.assert_array_equal(real.discount, 0.5)
    np.testing.assert_array_equal(real.transition, pair[0].transition)


def test_an_optimal_policy_has_its_values():
    real, _, _ = systems.FAMILIES["Garnet, line"](4, np.random.default_rng(3))
    values, policy = systems.optimal(real)
    np.testing.assert_allclose(real.values(policy), values, atol=1e-9)
    np.testing.assert_allclose(real.bellman(values), values, atol=1e-9)
    assert (systems.steepness(real, values) > 0).all()
