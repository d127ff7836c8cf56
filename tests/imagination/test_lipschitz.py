"""Constants and errors from both sides: certified >= observed, always, and both meet where they can."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination import lipschitz
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    UniformBall,
    UniformBox,
    spectral_norm,
)
from imagination.worlds.perturbations import PerturbedDynamics, SinePerturbation
from imagination.worlds.teacher import LOWEST_SLOPE, random_network
from imagination.worlds.teacher import NetworkDynamics as Network


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def domains(batch: int = 2) -> tuple[UniformBall, UniformBall]:
    return UniformBall(np.full(batch, 2.0), 3), UniformBall(np.full(batch, 1.0), 2)


def affine(rng: np.random.Generator) -> AffineDynamics:
    return AffineDynamics(rng.standard_normal((2, 3, 3)), rng.standard_normal((2, 3, 2)), np.zeros((2, 3)))


def network(seed: int, activation: str, constant: float = 1.0) -> Network:
    drawn = random_network(
        np.random.default_rng(seed),
        np.array([constant, 2 * constant]),
        3,
        2,
        3,
        activation=activation,
        width=12,
    )
    return Network(**drawn.arrays(), activation=activation)


@given(st.integers(0, 10**6), st.sampled_from(sorted(LOWEST_SLOPE)), st.floats(0.05, 20))
@settings(max_examples=25)
def test_certified_is_at_least_observed_always(seed, activation, constant):
    f, rng = network(seed, activation, constant), np.random.default_rng(seed)
    certified = f.lipschitz() * (1 + 1e-9)
    s, a = (domain.sample(rng, 200) for domain in domains())
    assert np.all(lipschitz.sampled_lipschitz(f, *domains(), rng, 200) <= certified)
    assert np.all(lipschitz.jacobian_lipschitz(f, s, a) <= certified)
    assert np.all(lipschitz.searched_lipschitz(f, *domains(), rng, count=8, steps=15) <= certified)


def test_the_search_finds_the_constant_of_an_affine_map(rng):
    f = affine(rng)
    exact = np.maximum(spectral_norm(f.state_matrix), spectral_norm(f.action_matrix))
    np.testing.assert_allclose(f.lipschitz(), exact)
    found = lipschitz.searched_lipschitz(f, *domains(), rng, steps=300)
    assert np.all(found <= exact * (1 + 1e-9)) and np.all(found >= 0.98 * exact)
    np.testing.assert_allclose(
        lipschitz.jacobian_lipschitz(f, *(d.sample(rng, 3) for d in domains())), exact, rtol=1e-12
    )


def test_the_search_does_not_fall_behind_sampling_alone(rng):
    f = network(3, "tanh")
    sampled = lipschitz.sampled_lipschitz(f, *domains(), np.random.default_rng(0), 64)
    searched = lipschitz.searched_lipschitz(f, *domains(), np.random.default_rng(0), steps=150)
    assert np.all(searched >= sampled)


def test_rewards_are_measured_like_dynamics(rng):
    r = AffineReward(rng.standard_normal((2, 3)), rng.standard_normal((2, 2)), np.zeros(2))
    s, a = (d.sample(rng, 3) for d in domains())
    np.testing.assert_allclose(lipschitz.jacobian_lipschitz(r, s, a), r.lipschitz(), rtol=1e-12)
    observed = lipschitz.sampled_lipschitz(r, *domains(), rng)
    assert np.all(observed <= r.lipschitz() * (1 + 1e-9)) and np.all(observed > 0.9 * r.lipschitz())


def test_close_pairs_are_not_compared(rng):
    point = (
        UniformBox(np.zeros((2, 3)), np.full((2, 3), 1e-7)),
        UniformBox(np.zeros((2, 2)), np.full((2, 2), 1e-7)),
    )
    np.testing.assert_array_equal(lipschitz.sampled_lipschitz(affine(rng), *point, rng, 50), np.zeros(2))


def test_certified_constants_carry_the_bounds_names(rng):
    from imagination.worlds.linear_quadratic import linear_quadratic
    from imagination.worlds.policies import random_linear_policy

    mdp = linear_quadratic(rng, L_f=np.array([0.5, 0.9]), discount=0.9)
    known = lipschitz.certified_constants(mdp, random_linear_policy(rng, np.array([0.1, 0.2]), 4, 2))
    np.testing.assert_allclose(known["L_f"], [0.5, 0.9])
    np.testing.assert_allclose(known["L_pi"], [0.1, 0.2])
    np.testing.assert_allclose(known["L_r"], 2.0)


def test_gradients_asked_of_what_has_none_are_refused_by_name(rng):
    def with_numpy(s, a):
        return np.sin(np.asarray(s))

    def detached(s, a):
        return s.detach() if hasattr(s, "detach") else s

    def plain(s, a):
        return s * s

    s, a = (domain.sample(rng, 5) for domain in domains())
    for map_ in (with_numpy, detached, lambda s, a: 3.0):
        with pytest.raises(ValueError, match=r"map_ has no gradient.*sampled_lipschitz"):
            lipschitz.jacobian_lipschitz(map_, s, a)
        with pytest.raises(ValueError, match="has no gradient"):
            lipschitz.searched_lipschitz(map_, *domains(), rng, count=4, steps=2)
    with pytest.raises(ValueError, match="other has no gradient"):
        lipschitz.observed_error(plain, with_numpy, *domains(), rng, count=40, steps=2)
    largest = 2 * np.abs(s).max(axis=(1, 2))
    np.testing.assert_allclose(lipschitz.jacobian_lipschitz(plain, s, a), largest)
    assert lipschitz.sampled_lipschitz(with_numpy, *domains(), rng, 50).max() <= 1
    assert np.all(lipschitz.searched_lipschitz(plain, *domains(), rng, count=4, steps=5) <= 4)


def test_observed_errors_climb_to_the_one_that_is_there(rng):
    direction = np.tile([1.0, 0.0, 0.0], (2, 1))
    wave = SinePerturbation(direction, np.ones((2, 3)), np.ones((2, 2)), np.zeros(2))
    f, scale = affine(rng), np.array([0.1, 3.0])
    model = PerturbedDynamics(f, wave, scale)
    sampled = lipschitz.observed_error(model, f, *domains(), rng, count=50, steps=0)
    searched = lipschitz.observed_error(model, f, *domains(), rng, count=50, steps=100)
    assert np.all(sampled <= model.error()) and np.all(searched <= model.error() * (1 + 1e-12))
    np.testing.assert_allclose(searched, scale, rtol=1e-3)  # |sin| reaches 1 inside the domain


# --- covers ----------------------------------------------------------------------------------------


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_a_cover_encloses_the_supremum(seed):
    rng = np.random.default_rng(seed)
    frequency, phase = rng.uniform(0.5, 4, (2, 2)), rng.uniform(0, 6, (2, 1))

    def waves(points: np.ndarray) -> np.ndarray:
        return np.sin(frequency @ points.T + phase)

    low, high = np.array([-1.0, 0.0]), np.array([2.0, 1.5])
    lower, upper = lipschitz.certified_supremum(waves, frequency, low, high, tolerance=1e-2)
    grid = np.stack(np.meshgrid(np.linspace(-1, 2, 301), np.linspace(0, 1.5, 151)), axis=-1).reshape(-1, 2)
    best = waves(grid).max(axis=-1)
    assert np.all(upper >= best) and np.all(upper - lower <= 1e-2 + 1e-12) and np.all(lower <= 1)


def test_a_cover_that_is_cut_short_is_wide_and_still_right():
    def plateau(points: np.ndarray) -> np.ndarray:  # no cell can be dropped
        return np.ones((1, len(points)))

    def tent(points: np.ndarray) -> np.ndarray:
        return 1 - np.abs(points - 0.3).sum(axis=-1)[None]

    box = np.zeros(2), np.ones(2)
    lower, upper = lipschitz.certified_supremum(plateau, np.ones((1, 2)), *box, tolerance=1e-6, max_cells=64)
    np.testing.assert_allclose([lower[0], upper[0]], [1, 1 + 1 / 8])  # 64 cells of side 1/8
    lower, upper = lipschitz.certified_supremum(tent, np.ones((1, 2)), *box, tolerance=1e-6)
    assert lower[0] <= 1 <= upper[0] <= lower[0] + 1e-6 + 1e-12


def test_bad_covers_are_refused():
    def zero(points: np.ndarray) -> np.ndarray:
        return np.zeros((1, len(points)))

    box = np.zeros(2), np.ones(2)
    for arguments, options, match in (
        ((np.ones((1, 2)), *box), {"tolerance": 0.0}, "tolerance"),
        ((np.ones((1, 2)), np.ones(2), np.zeros(2)), {"tolerance": 0.1}, "low <= high"),
        ((-np.ones((1, 2)), *box), {"tolerance": 0.1}, "slopes"),
        ((np.ones((1, 3)), *box), {"tolerance": 0.1}, "low"),
    ):
        with pytest.raises(ValueError, match=match):
            lipschitz.certified_supremum(zero, *arguments, **options)
    with pytest.raises(ValueError, match="function: its values must be finite"):
        lipschitz.certified_supremum(lambda p: zero(p) + np.nan, np.ones((1, 2)), *box, tolerance=0.1)


def test_a_relu_network_stays_within_its_enclosure(rng):
    hidden, bias = rng.standard_normal((3, 20, 4)), rng.standard_normal((3, 20))
    output, offset = rng.standard_normal((3, 5, 20)), rng.standard_normal((3, 5))
    low, high = np.full(4, -0.3), np.full(4, 0.5)
    lower, upper = lipschitz.relu_enclosure(hidden, bias, output, offset, low, high)
    x = rng.uniform(low, high, (3, 20_000, 4))
    x[:, :5_000] = np.where(x[:, :5_000] > 0.1, high, low)  # corners, where extremes are
    y = np.maximum(x @ hidden.mT + bias[:, None], 0) @ output.mT + offset[:, None]
    assert (lower <= y.min(axis=1)).all() and (y.max(axis=1) <= upper).all()
    assert np.median((upper - lower) / np.ptp(y, axis=1)) < 2.5


def test_an_enclosure_is_exact_where_no_unit_bends(rng):
    hidden, output = rng.standard_normal((1, 6, 3)), rng.standard_normal((1, 2, 6))
    bias = np.array([[9.0, 9.0, 9.0, -9.0, -9.0, -9.0]])  # three units always on, three always off
    lower, upper = lipschitz.relu_enclosure(hidden, bias, output, np.zeros((1, 2)), -np.ones(3), np.ones(3))
    linear = output[0, :, :3] @ hidden[0, :3]
    np.testing.assert_allclose(upper - lower, 2 * np.abs(linear).sum(axis=1)[None], rtol=1e-12)
    np.testing.assert_allclose(upper + lower, 2 * 9 * output[0, :, :3].sum(axis=1)[None], rtol=1e-12)
    with pytest.raises(ValueError, match="low <= high"):
        lipschitz.relu_enclosure(hidden, bias, output, np.zeros((1, 2)), np.ones(3), -np.ones(3))
