"""Gymnasium's pendulum as this study steps it, its least squares, and value iteration."""

import numpy as np
import pytest

from imagination.studies.loop import swing_up
from imagination.studies.loop.swing_up import Labelled, Plane, World


def test_an_episode_is_gymnasiums():
    gymnasium = pytest.importorskip("gymnasium")
    env = gymnasium.make("Pendulum-v1").unwrapped
    rng = np.random.default_rng(0)
    env.reset(seed=0)
    state, torques, total = rng.uniform(-1, 1, 2), rng.uniform(-1, 1, swing_up.LIMIT), 0.0
    env.state = state * [np.pi, 1]
    start = env.state.copy()[None, None]
    for torque in torques:
        total += env.step(np.array([2 * torque], dtype=np.float64))[1]
    moves = iter(torques)
    ours = swing_up.play(World(), lambda at: np.full(at.shape[:2], next(moves)), start)
    np.testing.assert_allclose(ours, [total], rtol=1e-6)


def test_least_squares_finds_what_is_a_polynomial_and_nearly_what_is_not():
    rng = np.random.default_rng(1)
    inputs = swing_up.draw(2, 4000, rng) * [1, 0.8, 1]  # slower than where speeds are clipped
    learned = World(
        swing_up.fit(Labelled(inputs, swing_up.true_change(inputs))),
        swing_up.fit(Labelled(inputs, swing_up.true_reward(inputs))),
    )
    new = swing_up.draw(2, 500, rng) * [1, 0.8, 1]
    (state, reward), (true, true_reward) = learned.step(new), World().step(new)
    assert np.abs(state - true).max() < 2e-3
    assert (
        0.05 < np.sqrt(((reward - true_reward) ** 2).mean()) < 0.5
    )  # θ² is no polynomial of cos θ and sin θ
    few = swing_up.fit(Labelled(inputs, swing_up.true_reward(inputs)).first(50))
    assert not np.allclose(few, learned.reward)


def test_a_plane_interpolates_what_is_linear_exactly_and_goes_round():
    plane, rng = Plane(angles=12, speeds=9), np.random.default_rng(2)
    points = plane.inputs()[:, 0]
    state = swing_up.draw(1, 200, rng)[..., :2]
    at, weights = plane.corners(state)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    np.testing.assert_allclose((weights * points[at, 1]).sum(axis=-1), state[..., 1], atol=1e-12)
    turned = plane.corners(state + np.array([2 * np.pi, 0]))
    np.testing.assert_array_equal(turned[0], at)
    np.testing.assert_allclose(turned[1], weights, atol=1e-9)


def test_value_iteration_swings_the_real_pendulum_up():
    start = swing_up.starts(1, 50, np.random.default_rng(3))
    found = swing_up.values(World(), 1, Plane(36, 31, 5), 0.98)
    kept = swing_up.values(World(), 1, Plane(36, 31, 5), 0.98, rounds=60)
    np.testing.assert_allclose(found.table, kept.table, atol=0.02)  # more rounds change nothing
    best = swing_up.play(World(), found.act, start)
    still = swing_up.play(World(), lambda state: 0 * state[..., 0], start)
    assert best > -200 and still < -1000
