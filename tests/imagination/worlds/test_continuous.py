"""The protocol: maps on numpy and torch alike, certified errors and constants, replaceable parameters."""

import numpy as np
import pytest
import torch

from imagination import lipschitz
from imagination.worlds.continuous import (
    AffineDynamics,
    AffineReward,
    BallProjected,
    BoxProjected,
    ConstantPerturbation,
    ContinuousMDP,
    FixedInitial,
    OutwardPerturbation,
    PerturbedDynamics,
    PerturbedReward,
    SinePerturbation,
    TanhPerturbation,
    UniformBall,
    UniformBox,
    additive_distance,
    norm,
)

C, D_S, D_A = 3, 4, 2


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def affine(rng: np.random.Generator) -> AffineDynamics:
    return AffineDynamics(
        rng.standard_normal((C, D_S, D_S)), rng.standard_normal((C, D_S, D_A)), rng.standard_normal((C, D_S))
    )


def linear_reward(rng: np.random.Generator) -> AffineReward:
    return AffineReward(rng.standard_normal((C, D_S)), rng.standard_normal((C, D_A)), rng.standard_normal(C))


def perturbations(rng: np.random.Generator, d_out: int) -> dict:
    direction = rng.standard_normal((C, d_out))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    found = {
        "constant": ConstantPerturbation(direction),
        "sine": SinePerturbation(
            direction, rng.standard_normal((C, D_S)), rng.standard_normal((C, D_A)), rng.standard_normal(C)
        ),
        "tanh": TanhPerturbation(
            rng.standard_normal((C, 8, D_S)),
            rng.standard_normal((C, 8, D_A)),
            rng.standard_normal((C, 8)),
            5 * rng.standard_normal((C, d_out, 8)),
        ),
    }
    if d_out == D_S:
        found["outward"] = OutwardPerturbation(np.array([0.1, 1.0, 3.0]))
    return found


def domains() -> tuple[UniformBall, UniformBall]:
    return UniformBall(np.full(C, 2.0), D_S), UniformBall(np.full(C, 1.0), D_A)


def points(rng: np.random.Generator, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    return tuple(domain.sample(rng, count) for domain in domains())  # type: ignore[return-value]


def test_affine_maps_are_matrix_products(rng):
    f, r = affine(rng), linear_reward(rng)
    s, a = points(rng, 5)
    expected = np.einsum("cij,ckj->cki", f.state_matrix, s) + np.einsum("cij,ckj->cki", f.action_matrix, a)
    np.testing.assert_allclose(f(s, a), expected + f.offset[:, None], rtol=1e-13)
    paid = np.einsum("ci,cki->ck", r.state_weight, s) + np.einsum("ci,cki->ck", r.action_weight, a)
    np.testing.assert_allclose(r(s, a), paid + r.offset[:, None], rtol=1e-12)


def test_the_additive_metric_adds(rng):
    s, a = points(rng, 5)
    t, b = points(rng, 5)
    expected = np.linalg.norm(s - t, axis=-1) + np.linalg.norm(a - b, axis=-1)
    np.testing.assert_allclose(additive_distance(s, a, t, b), expected, rtol=1e-14)


@pytest.mark.parametrize("kind", ["constant", "sine", "tanh", "outward"])
def test_a_perturbation_is_at_most_one_and_its_constant_holds(rng, kind):
    u = perturbations(rng, D_S)[kind]
    s, a = points(rng)
    assert norm(u(s, a)).max() <= 1 + 1e-12
    observed = lipschitz.sampled_lipschitz(u, *domains(), rng, 500)
    assert np.all(observed <= u.lipschitz() * (1 + 1e-9))


@pytest.mark.parametrize("kind", ["constant", "sine", "tanh", "outward"])
@pytest.mark.parametrize("projected", [False, True])
def test_the_error_of_a_perturbed_model_is_certified(rng, kind, projected):
    f, scale = affine(rng), np.array([0.0, 0.1, 2.0])
    model = PerturbedDynamics(f, perturbations(rng, D_S)[kind], scale)
    if projected:
        radius = np.full(C, 2.0)
        f, model = BallProjected(f, radius), BallProjected(model, radius)
    error = lipschitz.difference(model, f, *points(rng)).max(axis=-1)
    assert np.all(error <= model.error() * (1 + 1e-12))
    np.testing.assert_array_equal(model.error(), scale)
    if kind == "constant" and not projected:
        np.testing.assert_allclose(error, scale, rtol=1e-9)  # attained


def test_the_error_of_a_perturbed_reward_is_certified(rng):
    r, scale = linear_reward(rng), np.array([0.0, 0.1, 2.0])
    for u in perturbations(rng, 1).values():
        model = PerturbedReward(r, u, scale)
        assert np.all(lipschitz.difference(model, r, *points(rng)).max(axis=-1) <= scale * (1 + 1e-12))
        assert np.all(
            lipschitz.sampled_lipschitz(model, *domains(), rng, 500) <= model.lipschitz() * (1 + 1e-9)
        )


def test_projections_are_nearest_points(rng):
    s = 3 * rng.standard_normal((C, 50, D_S))
    ball, low = UniformBall(np.full(C, 2.0), D_S), np.full((C, D_S), -1.0)
    inside = ball.sample(rng, 50)
    for domain, member in ((ball, inside), (UniformBox(low, -low), np.clip(inside, -1, 1))):
        near = domain.project(s)
        # The nearest point p of a convex set is the one with (s − p)·(m − p) <= 0 for every member m.
        assert ((s - near) * (member - near)).sum(-1).max() <= 1e-12
        np.testing.assert_allclose(domain.project(near), near, rtol=1e-15)


def test_projected_dynamics_stay_in_their_set(rng):
    f, (s, a) = affine(rng), points(rng)
    noise = rng.standard_normal(s.shape)
    assert norm(BallProjected(f, np.full(C, 0.5))(s, a, noise)).max() <= 0.5 + 1e-12
    box = BoxProjected(f, np.full((C, D_S), -0.5), np.full((C, D_S), 0.25))
    moved = box(s, a, noise)
    assert moved.min() >= -0.5 and moved.max() <= 0.25
    np.testing.assert_allclose(box.bound(), 0.5 * D_S**0.5)


def test_torch_computes_what_numpy_computes_and_differentiates(rng):
    f = BallProjected(
        PerturbedDynamics(affine(rng), perturbations(rng, D_S)["tanh"], np.full(C, 0.3)), np.full(C, 2.0)
    )
    s, a = points(rng, 20)
    twin = f.to("torch").map_arrays(lambda array: array.clone().requires_grad_())
    value = twin(torch.as_tensor(s), torch.as_tensor(a))
    np.testing.assert_allclose(value.detach().numpy(), f(s, a), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(twin.lipschitz().detach().numpy(), f.lipschitz(), rtol=1e-12)
    (value.sum() + twin.lipschitz().sum()).backward()
    for path, parameter in twin.arrays().items():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), path
    np.testing.assert_array_equal(twin.to("numpy")(s, a), f(s, a))


def test_the_norm_has_a_gradient_at_zero():
    zero = torch.zeros((1, 1, 3), dtype=torch.float64, requires_grad=True)
    norm(zero).sum().backward()
    assert torch.equal(zero.grad, torch.zeros_like(zero))


def test_parameters_have_paths_and_can_be_replaced_and_taken(rng):
    f = PerturbedDynamics(affine(rng), ConstantPerturbation(np.ones((C, D_S))), np.full(C, 0.3))
    assert set(f.arrays()) == {
        "base.state_matrix",
        "base.action_matrix",
        "base.offset",
        "perturbation.direction",
        "scale",
    }
    doubled = f.with_arrays({"base.offset": 2 * f.base.offset})
    np.testing.assert_array_equal(doubled.base.offset, 2 * f.base.offset)
    assert doubled.base.state_matrix is f.base.state_matrix
    s, a = points(rng, 5)
    np.testing.assert_allclose(f.take(np.array([2, 0]))(s[[2, 0]], a[[2, 0]]), f(s, a)[[2, 0]], rtol=1e-13)
    with pytest.raises(ValueError, match="nowhere"):
        f.with_arrays({"nowhere": f.scale})
    with pytest.raises(ValueError, match="namespace"):
        f.to("jax")


def test_an_mdp_checks_its_discount_and_swaps_its_halves(rng):
    f, r, initial = affine(rng), linear_reward(rng), FixedInitial(np.zeros((C, D_S)))
    mdp = ContinuousMDP(f, r, initial, np.full(C, 0.9))
    other = linear_reward(rng)
    assert mdp.swap(reward=other).reward is other and mdp.swap(reward=other).dynamics is f
    s, a = points(rng, 2)
    next_state, reward = mdp.step(s, a)
    np.testing.assert_array_equal(next_state, f(s, a))
    np.testing.assert_array_equal(reward, r(s, a))
    for bad in (1.0, -0.1, np.nan):
        with pytest.raises(ValueError, match="discount"):
            ContinuousMDP(f, r, initial, np.full(C, bad))
    with pytest.raises(ValueError, match="diameter"):
        ContinuousMDP(f, r, initial, np.full(C, 0.9), diameter=np.ones(C + 1))


def test_wrong_shapes_are_refused(rng):
    with pytest.raises(ValueError, match="state_matrix"):
        AffineDynamics(np.zeros((C, D_S, 1)), np.zeros((C, D_S, D_A)), np.zeros((C, D_S)))
    with pytest.raises(ValueError, match="action_weight"):
        AffineReward(np.zeros((C, D_S)), np.zeros((C + 1, D_A)), np.zeros(C))


def test_samples_are_uniform_on_their_domains(rng):
    ball = UniformBall(np.array([1.0, 3.0]), 2).sample(rng, 20_000)
    radius = np.linalg.norm(ball, axis=-1) / np.array([[1.0], [3.0]])
    assert radius.max() <= 1
    np.testing.assert_allclose((radius < 0.5).mean(axis=1), 0.25, atol=0.015)  # a quarter of the area
    box = UniformBox(np.array([[0.0, -1.0]]), np.array([[2.0, 1.0]])).sample(rng, 20_000)
    np.testing.assert_allclose(box.mean(axis=1), [[1.0, 0.0]], atol=0.02)
    fixed = FixedInitial(np.array([[1.0, 2.0]])).sample(rng, 3)
    np.testing.assert_array_equal(fixed, np.tile([1.0, 2.0], (1, 3, 1)))
