"""Least squares: exact recovery, the normal equations, batches, and certified sine models."""

import numpy as np
import pytest

from imagination import lipschitz
from imagination.models.least_squares import (
    affine_dynamics,
    affine_reward,
    ridge,
    sine_dynamics,
    sine_reward,
)
from imagination.worlds.continuous import AffineDynamics, AffineReward, Transitions, UniformBall

C, N = 2, 300


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(6)


def linear_data(rng: np.random.Generator) -> tuple[AffineDynamics, AffineReward, Transitions]:
    f = AffineDynamics(
        rng.standard_normal((C, 3, 3)), rng.standard_normal((C, 3, 2)), rng.standard_normal((C, 3))
    )
    r = AffineReward(rng.standard_normal((C, 3)), rng.standard_normal((C, 2)), rng.standard_normal(C))
    s, a = rng.standard_normal((C, N, 3)), rng.standard_normal((C, N, 2))
    return f, r, Transitions(s, a, r(s, a), f(s, a))


@pytest.mark.parametrize("penalty", [0.0, 0.7])
def test_ridge_solves_the_normal_equations(rng, penalty):
    features, targets = rng.standard_normal((C, N, 5)), rng.standard_normal((C, N, 2))
    weights = ridge(features, targets, penalty)
    residual = targets - features @ weights.mT
    np.testing.assert_allclose(features.mT @ residual, penalty * weights.mT, atol=1e-10)


def test_without_penalty_the_solution_of_least_norm_is_taken(rng):
    column = rng.standard_normal((1, N, 1))
    weights = ridge(np.concatenate([column, column], axis=-1), 2 * column)
    np.testing.assert_allclose(weights, [[[1.0, 1.0]]], rtol=1e-10)


def test_an_affine_world_is_recovered(rng):
    f, r, data = linear_data(rng)
    learned_f, learned_r = affine_dynamics(data), affine_reward(data)
    for path, array in f.arrays().items():
        np.testing.assert_allclose(learned_f.arrays()[path], array, atol=1e-11)
    for path, array in r.arrays().items():
        np.testing.assert_allclose(learned_r.arrays()[path], array, atol=1e-11)


def test_sine_models_learn_a_smooth_world_and_keep_their_certificate(rng):
    s, a = rng.uniform(-1, 1, (C, 2000, 3)), rng.uniform(-1, 1, (C, 2000, 2))
    next_state = s + 0.3 * np.sin(s[..., ::-1] + a[..., :1])
    data = Transitions(s, a, np.cos(s[..., 0]) + a[..., 1] ** 2, next_state)
    f, r = (
        sine_dynamics(data, rng, width=200, frequency=0.5, penalty=1e-9),
        sine_reward(data, rng, width=200, frequency=0.5, penalty=1e-9),
    )
    assert np.sqrt(np.mean((f(s, a) - next_state) ** 2)) < 2e-3
    assert np.sqrt(np.mean((r(s, a) - data.reward) ** 2)) < 5e-3
    domains = UniformBall(np.full(C, 1.0), 3), UniformBall(np.full(C, 1.0), 2)
    for map_ in (f, r):
        assert np.all(lipschitz.sampled_lipschitz(map_, *domains, rng, 500) <= map_.lipschitz() * (1 + 1e-9))


def test_a_larger_penalty_makes_a_smaller_certificate(rng):
    s, a = rng.uniform(-1, 1, (1, 500, 3)), rng.uniform(-1, 1, (1, 500, 2))
    data = Transitions(s, a, s[..., 0], s)
    loose, tight = (
        sine_reward(data, np.random.default_rng(0), width=100, frequency=0.5, penalty=penalty).lipschitz()
        for penalty in (1e-8, 1e-1)
    )
    assert tight[0] < 0.5 * loose[0]


def test_bad_input_is_refused(rng):
    _, _, data = linear_data(rng)
    with pytest.raises(ValueError, match="penalty"):
        ridge(np.ones((1, 3, 1)), np.ones((1, 3, 1)), -1.0)
    with pytest.raises(ValueError, match="targets"):
        ridge(np.ones((1, 3, 1)), np.ones((1, 4, 1)))
    with pytest.raises(ValueError, match=r"transitions\.state"):
        affine_dynamics(Transitions(data.state[0], data.action[0], data.reward[0], data.next_state[0]))
