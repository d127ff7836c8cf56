import numpy as np
import pytest

from imagination.rollouts import rollout_return
from imagination.worlds.continuous import ContinuousMDP, FixedInitial
from imagination.worlds.embedded import TableDynamics, TablePolicy, TableReward, nearest
from imagination.worlds.tabular import TabularMDP

B, N, M = 3, 5, 2


@pytest.fixture
def tables():
    rng = np.random.default_rng(0)
    states, actions = rng.standard_normal((B, N, 2)), rng.standard_normal((B, M, 3))
    return (
        TableDynamics(states, actions, rng.integers(N, size=(B, N, M))),
        TableReward(states, actions, rng.standard_normal((B, N, M))),
        TablePolicy(states, actions, rng.integers(M, size=(B, N))),
    )


def test_maps_read_their_tables(tables):
    dynamics, reward, policy = tables
    for b in range(B):
        for i in range(N):
            state = np.zeros((B, 1, 2))
            state[b, 0] = dynamics.state_points[b, i]
            assert np.array_equal(policy(state)[b, 0], policy.action_points[b, policy.choice[b, i]])
            for j in range(M):
                action = np.zeros((B, 1, 3))
                action[b, 0] = dynamics.action_points[b, j]
                following = dynamics.state_points[b, dynamics.table[b, i, j]]
                assert np.array_equal(dynamics(state, action)[b, 0], following)
                assert reward(state, action)[b, 0] == reward.table[b, i, j]


def test_constants_are_the_largest_ratios(tables):
    dynamics, reward, policy = tables
    for b in range(B):
        points, acts = dynamics.state_points[b], dynamics.action_points[b]
        pairs = [(i, j) for i in range(N) for j in range(M)]
        slopes = {"f": [], "r": []}
        for i, j in pairs:
            for k, m in pairs:
                if (i, j) != (k, m):
                    run = np.linalg.norm(points[i] - points[k]) + np.linalg.norm(acts[j] - acts[m])
                    rise = points[dynamics.table[b, i, j]] - points[dynamics.table[b, k, m]]
                    slopes["f"].append(np.linalg.norm(rise) / run)
                    slopes["r"].append(abs(reward.table[b, i, j] - reward.table[b, k, m]) / run)
        assert dynamics.lipschitz()[b] == pytest.approx(max(slopes["f"]), rel=1e-12)
        assert reward.lipschitz()[b] == pytest.approx(max(slopes["r"]), rel=1e-12)
        chosen = acts[policy.choice[b]]
        slope = max(
            np.linalg.norm(chosen[i] - chosen[k]) / np.linalg.norm(points[i] - points[k])
            for i in range(N)
            for k in range(N)
            if i != k
        )
        assert policy.lipschitz()[b] == pytest.approx(slope, rel=1e-12)


def test_returns_are_those_of_the_tabular_solver(tables):
    dynamics, reward, policy = tables
    discount = np.full(B, 0.7)
    first = np.arange(B)
    start = dynamics.state_points[np.arange(B), first]
    embedded = ContinuousMDP(dynamics, reward, FixedInitial(start), discount)
    tabular = TabularMDP(np.eye(N)[dynamics.table], reward.table, discount, np.eye(N)[first])
    expected = tabular.returns(np.eye(M)[policy.choice])
    found = rollout_return(embedded, policy, start[:, None], 120)[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_bounds_and_diameter(tables):
    dynamics, reward, _ = tables
    assert np.allclose(dynamics.bound(), np.linalg.norm(dynamics.state_points, axis=-1).max(axis=1))
    apart = np.linalg.norm(dynamics.state_points[:, :, None] - dynamics.state_points[:, None], axis=-1)
    assert np.allclose(dynamics.diameter(), apart.max(axis=(1, 2)))
    assert np.allclose(reward.bound(), np.abs(reward.table).max(axis=(1, 2)))


def test_nearest_point_answers_elsewhere():
    points = np.array([[[0.0], [1.0], [4.0]]])
    assert nearest(points, np.array([[[0.4], [0.6], [9.0]]])).tolist() == [[0, 1, 2]]


def test_bad_tables_are_refused(tables):
    dynamics, _, policy = tables
    with pytest.raises(ValueError, match=r"table must be whole numbers in \[0, 5\)"):
        TableDynamics(
            dynamics.state_points, dynamics.action_points, np.full((B, N, M), N) * (np.arange(M) > 0)
        )
    with pytest.raises(ValueError, match="choice must be whole numbers"):
        TablePolicy(policy.state_points, policy.action_points, np.full((B, N), M))
    with pytest.raises(ValueError, match="table must be an array of shape"):
        TableReward(dynamics.state_points, dynamics.action_points, np.zeros((B, N, M + 1)))
    with pytest.raises(ValueError, match="no room"):
        dynamics(np.zeros((B, 1, 2)), np.zeros((B, 1, 3)), noise=np.zeros((B, 1, 2)))
    twice = np.zeros((1, 2, 1))
    with pytest.raises(ValueError, match="two points coincide"):
        TableReward(twice, np.zeros((1, 1, 1)), np.array([[[0.0], [1.0]]])).lipschitz()
