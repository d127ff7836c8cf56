import numpy as np
import pytest

from imagination.reinforce.reward_errors import (
    Correlated,
    Frozen,
    HeavyTailed,
    Independent,
    Shared,
    StateDependent,
    Verdicts,
    autoregressive,
    look_up,
)

B, K, H, S, A = 2, 40_000, 3, 4, 2
SIX_SIGMA = 6.0
"""One comparison in 500 million is this far off by chance."""


@pytest.fixture(scope="module")
def visited():
    generator = np.random.default_rng(0)
    return generator.integers(0, S, (B, K, H)), generator.integers(0, A, (B, K, H))


def covariance(values):
    """Sample covariance over rollouts, (B, H, H), of noise with mean 0."""
    return values.swapaxes(1, 2) @ values / values.shape[1]


def test_independent(visited):
    noise = Independent(np.array([1.0, 3.0]))(*visited, np.random.default_rng(1))
    expected = np.eye(H) * np.array([1.0, 9.0])[:, None, None]
    error = np.sqrt(2 / K) * np.array([1.0, 9.0])[:, None, None]
    assert np.all(np.abs(covariance(noise) - expected) < SIX_SIGMA * error)


def test_correlated(visited):
    C = autoregressive(H, -0.8)
    np.testing.assert_allclose(C[0], [1, -0.8, 0.64])
    noise = Correlated(2.0, C)(*visited, np.random.default_rng(2))
    assert np.all(np.abs(covariance(noise) - 4 * C) < SIX_SIGMA * 4 * np.sqrt(2 / K))
    constant = Correlated(1.0, autoregressive(H, 1.0))(*visited, np.random.default_rng(2))
    np.testing.assert_allclose(constant[:, :, 0], constant[:, :, 2], atol=1e-6)


def test_heavy_tails_keep_the_deviation_asked_for(visited):
    noise = HeavyTailed.with_deviation(2.0, degrees=10)(*visited, np.random.default_rng(3))
    kurtosis = 3 + 6 / (10 - 4)
    assert abs((noise**2).mean() / 4 - 1) < SIX_SIGMA * np.sqrt((kurtosis - 1) / noise.size)
    wild = HeavyTailed(1.0, degrees=1.5)(*visited, np.random.default_rng(3))
    assert np.abs(wild).max() > 200


def test_a_verdict_is_yes_with_its_chance(visited):
    states, actions = visited
    chance = np.random.default_rng(7).random((B, S, A))
    said = Verdicts(chance)(states, actions, np.random.default_rng(8))
    assert set(np.unique(said)) == {0, 1}
    here = (states == 2) & (actions == 1)
    for b in range(B):
        count = here[b].sum()
        error = np.sqrt(chance[b, 2, 1] * (1 - chance[b, 2, 1]) / count)
        assert abs(said[b][here[b]].mean() - chance[b, 2, 1]) < SIX_SIGMA * error
    for wrong in (1.1, -0.1):
        with pytest.raises(ValueError, match=f"chance must be .*got {wrong}"):
            Verdicts(np.full((B, S, A), wrong))


def test_tables_are_looked_up(visited):
    states, actions = visited
    table = np.random.default_rng(4).uniform(1, 2, (B, S, A))
    found = Frozen(table)(states, actions, np.random.default_rng(5))
    assert found[1, 7, 2] == table[1, states[1, 7, 2], actions[1, 7, 2]]
    scaled = StateDependent(table)(states, actions, np.random.default_rng(5))
    np.testing.assert_allclose(scaled / found, np.random.default_rng(5).standard_normal(states.shape))
    timed = np.random.default_rng(6).uniform(1, 2, (B, H, S, A))
    along = look_up("table", timed, states, actions)
    assert along[0, 3, 1] == timed[0, 1, states[0, 3, 1], actions[0, 3, 1]]


def test_shared_noise_is_the_same_in_all_rollouts(visited):
    noise = Shared(2.0)(*visited, np.random.default_rng(7))
    assert noise.shape == (B, K, H) and np.ptp(noise, axis=1).max() == 0
    assert len(np.unique(noise)) == B * H


def test_bad_input(visited):
    generator = np.random.default_rng(0)
    for call, word in (
        (lambda: Independent(-1.0)(*visited, generator), "sigma"),
        (lambda: Independent(np.ones(3))(*visited, generator), "sigma"),
        (lambda: Correlated(1.0, np.eye(2))(*visited, generator), "correlation"),
        (lambda: Correlated(1.0, 1 - 2 * np.eye(3))(*visited, generator), "correlation"),
        (lambda: HeavyTailed(-1.0, 3), "scale"),
        (lambda: HeavyTailed.with_deviation(1.0, 2), "degrees"),
        (lambda: Frozen(np.zeros((S, A)))(*visited, generator), "table"),
        (lambda: StateDependent(np.zeros((B, 9, S, A)))(*visited, generator), "deviation"),
        (lambda: autoregressive(3, 1.5), "coefficient"),
    ):
        with pytest.raises(ValueError, match=word):
            call()
