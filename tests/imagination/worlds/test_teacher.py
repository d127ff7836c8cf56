"""Two-layer networks: constants as requested, above every observed one, and the forms in closed form."""

import numpy as np
import pytest

from imagination import lipschitz
from imagination.worlds.continuous import UniformBall, norm, spectral_norm
from imagination.worlds.teacher import NetworkDynamics, NetworkReward, normal_teacher, teacher

ACTIVATIONS = ["tanh", "sin", "relu"]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def domains(batch: int, radius: float = 3.0) -> tuple[UniformBall, UniformBall]:
    return UniformBall(np.full(batch, radius), 4), UniformBall(np.full(batch, radius), 2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_teachers_have_the_requested_constants_and_keep_them(rng, activation):
    wanted_f, wanted_r = np.array([0.3, 0.9, 2.0]), np.array([1.0, 0.1, 5.0])
    mdp = teacher(rng, L_f=wanted_f, L_r=wanted_r, discount=0.9, activation=activation)
    np.testing.assert_allclose(mdp.dynamics.lipschitz(), wanted_f, rtol=1e-12)
    np.testing.assert_allclose(mdp.reward.lipschitz(), wanted_r, rtol=1e-12)
    for map_ in (mdp.dynamics, mdp.reward):
        sampled = lipschitz.sampled_lipschitz(map_, *domains(3), rng, 1000)
        searched = lipschitz.searched_lipschitz(map_, *domains(3), rng, count=16, steps=40)
        assert np.all(np.maximum(sampled, searched) <= map_.lipschitz() * (1 + 1e-9))
        assert np.all(sampled > 0)


@pytest.mark.parametrize("activation", ["tanh", "sin"])
def test_bounded_teachers_stay_within_their_diameter(rng, activation):
    mdp = teacher(
        rng, L_f=np.array([0.9, 4.0]), L_r=np.array([1.0, 1.0]), discount=0.9, activation=activation
    )
    s, a = (domain.sample(rng, 2000) for domain in domains(2, 50.0))
    assert np.all(2 * norm(mdp.dynamics(s, a)).max(axis=-1) <= mdp.diameter)
    assert np.all(2 * norm(mdp.initial.sample(rng, 100)).max(axis=-1) <= mdp.diameter)
    assert np.all(np.abs(mdp.reward(s, a)).max(axis=-1) <= mdp.reward.bound())


def test_a_relu_teacher_is_unbounded_and_says_so(rng):
    mdp = teacher(rng, L_f=np.array([0.9]), L_r=np.array([1.0]), discount=0.9, activation="relu")
    assert mdp.diameter is None and np.isinf(mdp.dynamics.bound()).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("skip", [False, True])
def test_the_certificate_is_never_above_the_product_of_norms(rng, activation, skip):
    layers = [rng.standard_normal(shape) for shape in ((2, 16, 4), (2, 16, 2), (2, 16), (2, 4, 16), (2, 4))]
    f = NetworkDynamics(*layers, activation, skip=skip)
    in_state, in_action = f.block_lipschitz()
    product = spectral_norm(layers[3])
    assert np.all(in_state <= skip + product * spectral_norm(layers[0]) + 1e-9)
    assert np.all(in_action <= product * spectral_norm(layers[1]) + 1e-9)
    s, a = (domain.sample(rng, 2000) for domain in domains(2))
    assert np.all(lipschitz.jacobian_lipschitz(f, s, a) <= f.lipschitz() * (1 + 1e-12))


def test_one_hidden_unit_is_certified_exactly():
    # f = tanh(3 s + 4 a): slope 3 in s and 4 in a at the origin, and nowhere more.
    one = np.ones((1, 1, 1))
    f = NetworkReward(3 * one, 4 * one, np.zeros((1, 1)), one, np.zeros((1, 1)))
    np.testing.assert_allclose(f.block_lipschitz(), [[3.0], [4.0]], rtol=1e-14)
    np.testing.assert_allclose(f(np.full((1, 1, 1), 0.1), np.full((1, 1, 1), -0.2)), [[np.tanh(-0.5)]])


def test_dead_units_do_not_spoil_the_certificate(rng):
    layers = [rng.standard_normal(shape) for shape in ((1, 8, 4), (1, 8, 2), (1, 8), (1, 4, 8), (1, 4))]
    layers[0][:, 3], layers[3][:, :, 5] = 0.0, 0.0
    assert np.isfinite(NetworkDynamics(*layers).lipschitz()).all()


def test_bad_input_is_refused(rng):
    with pytest.raises(ValueError, match="activation"):
        teacher(rng, L_f=np.ones(1), L_r=np.ones(1), discount=0.9, activation="gelu")
    with pytest.raises(ValueError, match="L_f"):
        teacher(rng, L_f=-np.ones(1), L_r=np.ones(1), discount=0.9)
    with pytest.raises(ValueError, match="output"):
        zeros = np.zeros
        NetworkDynamics(zeros((1, 8, 4)), zeros((1, 8, 2)), zeros((1, 8)), zeros((1, 4, 7)), zeros((1, 4)))


def test_the_normal_teacher_is_the_reported_one():
    dynamics, reward = normal_teacher(range(40))
    assert dynamics.hidden_state.shape == (40, 64, 12) and dynamics.hidden_action.shape == (40, 64, 4)
    for weights in (dynamics.hidden_state, dynamics.output, reward.hidden_action, 8 * reward.output):
        np.testing.assert_allclose([weights.mean(), weights.std()], [0, 1], atol=0.06)
    assert not np.any(dynamics.bias) and not np.any(reward.offset)
    rng = np.random.default_rng(0)
    s, a = rng.uniform(-1, 1, (40, 50, 12)), rng.uniform(-1, 1, (40, 50, 4))
    plain = NetworkDynamics(**dynamics.arrays(), activation="relu")
    np.testing.assert_allclose(dynamics(s, a), np.tanh(plain(s, a)))
    assert np.all(np.linalg.norm(dynamics(s, a), axis=-1) <= dynamics.bound()[:, None])
    np.testing.assert_array_equal(normal_teacher([3])[0].output[0], dynamics.output[3])
    biased = normal_teacher(range(40), biases=True)
    np.testing.assert_allclose([biased[0].bias.std(), 8 * biased[1].offset.std()], [1, 1], atol=0.25)
