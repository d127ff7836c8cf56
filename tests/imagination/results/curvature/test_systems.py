import numpy as np
import pytest

from imagination.results.curvature import systems as maps
from imagination.worlds.continuous import norm, spectral_norm

CASES = [(family, dimension) for family in maps.FAMILIES for dimension in (1, 2, 5, 64)]
CASES = [case for case in CASES if case[1] > 1 or case[0] not in maps.PLANAR]


@pytest.mark.parametrize(("family", "dimension"), CASES)
def test_constants_are_certified(family, dimension):
    """No pair of states, far or near, is steeper than the map says."""
    rng = np.random.default_rng(1)
    velocity, eps, start = maps.draw(family, rng, dimension, 12, starts=16)
    np.testing.assert_allclose(velocity.lipschitz(), eps, rtol=1e-12)
    assert ((eps > 0) & (eps <= 1)).all()
    other = start[:, ::-1] + rng.standard_normal(start.shape)
    for apart in (1.0, 0.1, 1e-3):
        x, y = start, start + apart * (other - start)
        assert (norm(velocity(x) - velocity(y)) <= eps[:, None] * norm(x - y) * (1 + 1e-9)).all()


@pytest.mark.parametrize(
    "family", ["linear", "quadratic", "rotations", "multiples", "near-extremal", "extremal"]
)
def test_linear_families_have_exactly_that_constant(family):
    velocity, eps, _ = maps.draw(family, np.random.default_rng(2), 4, 10)
    matrix = velocity.factor[:, None, None] * velocity.map.matrix
    np.testing.assert_allclose(np.linalg.svd(matrix, compute_uv=False)[:, 0], eps, rtol=1e-12)


def test_networks_come_close_to_theirs_where_nothing_is_lost():
    """One hidden unit, at the steepest point of tanh: the product of the norms is the slope there."""
    one = np.ones((1, 1, 1))
    velocity = maps.Network(2 * one, np.zeros((1, 1)), 3 * one)
    near = velocity(np.array([[[1e-5]]])) / 1e-5
    np.testing.assert_allclose(near, 6, rtol=1e-8)
    np.testing.assert_allclose(velocity.lipschitz(), 6)


def test_waves_are_a_gradient():
    rng = np.random.default_rng(3)
    waves = maps.waves(rng, 3, np.ones(2))
    state, step = rng.standard_normal((2, 5, 3)), 1e-6

    def potential(z):
        inside = z @ waves.frequency.mT + waves.phase[:, None]
        return -(waves.amplitude[:, None] * np.cos(inside)).sum(-1)

    for axis in range(3):
        along = step * np.eye(3)[axis]
        slope = (potential(state + along) - potential(state - along)) / (2 * step)
        np.testing.assert_allclose(waves(state)[..., axis], slope, atol=1e-7)


def test_trajectories_by_hand():
    """v(z) = z / 2 on the line: 1, 1.5, 2.25."""
    velocity = maps.Affine(np.array([[[0.5]]]), np.zeros((1, 1)))
    moving = maps.trajectory(velocity, np.array([[[1.0]]]), 3)
    np.testing.assert_allclose(moving.states.ravel(), [1, 1.5, 2.25])
    np.testing.assert_allclose(moving.velocities.ravel(), [0.5, 0.75, 1.125])
    np.testing.assert_allclose(moving.loss(), 0)
    np.testing.assert_allclose(moving.steepness(), 0.5)
    assert moving.loss(apart=2).shape == (1, 1, 1)
    with pytest.raises(ValueError, match="steps: 1"):
        maps.trajectory(velocity, np.ones((1, 1, 1)), 1)


def test_a_velocity_too_short_to_have_a_direction_is_left_out():
    velocity = maps.Affine(np.array([[[-1.0]]]), np.ones((1, 1)))  # straight to 1, and there it stays
    moving = maps.trajectory(velocity, np.array([[[3.0]]]), 4)
    assert np.isnan(moving.loss()).all()
    np.testing.assert_array_equal(moving.moves().ravel(), [True, False, False, False])
    np.testing.assert_array_equal(moving.steepness().ravel(), [1, np.nan, np.nan])


@pytest.mark.parametrize("angle", [0, 1e-7, 1e-3, 1.0, np.pi / 2, np.pi])
def test_losses_keep_their_digits(angle):
    other = 3 * np.array([np.cos(angle), np.sin(angle)])
    loss = maps.curvature_loss(np.array([2.0, 0.0]), other)
    np.testing.assert_allclose(loss, 2 * np.sin(angle / 2) ** 2, rtol=1e-8, atol=1e-300)
    assert maps.curvature_loss(np.zeros(2), other) == 1


def test_the_turning_plane_turns_and_shortens():
    eps = np.array([0.3, 0.9])
    velocity = maps.turning_plane(eps)
    np.testing.assert_allclose(spectral_norm(velocity.matrix), eps)
    moving = maps.trajectory(velocity, np.ones((2, 1, 2)), 4)
    shrinking = norm(moving.velocities)[:, 0, 1:] / norm(moving.velocities)[:, 0, :-1]
    np.testing.assert_allclose(shrinking, np.sqrt(1 - eps**2)[:, None] * np.ones(3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("circles", 3, 2), "family: 'circles' is none of linear"),
        (("rotations", 1, 2), "dimension: 1; rotations maps need at least 2"),
        (("linear", 0, 2), "dimension: 0"),
        (("linear", 2, 0), "size: 0"),
    ],
)
def test_impossible_draws_are_refused(arguments, message):
    family, dimension, size = arguments
    with pytest.raises(ValueError, match=message):
        maps.draw(family, np.random.default_rng(0), dimension, size)
