"""Linear-quadratic systems: prescribed constants, Riccati's policy against rollouts, shared noise."""

import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from imagination import lipschitz
from imagination.rollouts import gaussian_noise, rollout, rollout_return
from imagination.worlds.continuous import (
    BallProjected,
    ConstantPerturbation,
    PerturbedDynamics,
    UniformBall,
    norm,
)
from imagination.worlds.linear_quadratic import linear_quadratic, optimal_gain
from imagination.worlds.policies import LinearPolicy, random_linear_policy

L_F = np.array([0.3, 0.8, 1.3])
DISCOUNT = np.array([0.9, 0.95, 0.8])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_constants_are_those_prescribed_and_attained(rng):
    mdp = linear_quadratic(rng, L_f=L_F, discount=DISCOUNT, radius=2.0, action_radius=1.5, action_cost=0.4)
    np.testing.assert_allclose(mdp.dynamics.lipschitz(), L_F, rtol=1e-12)
    np.testing.assert_allclose(mdp.reward.lipschitz(), 2 * np.maximum(2.0, 0.4 * 1.5), rtol=1e-12)
    np.testing.assert_array_equal(mdp.diameter, [4.0, 4.0, 4.0])
    # Attained: the steepest direction of Q, at the rim.
    steepest = np.linalg.eigh(mdp.reward.state_cost)[1][:, None, :, -1]
    slope = lipschitz.jacobian_lipschitz(mdp.reward, (2 - 1e-9) * steepest, np.zeros((3, 1, 2)))
    np.testing.assert_allclose(slope, mdp.reward.lipschitz(), rtol=1e-8)


def test_certified_constants_hold_outside_the_domain_too(rng):
    mdp = linear_quadratic(rng, L_f=L_F, discount=DISCOUNT)
    wide = UniformBall(np.full(3, 3.0), 4), UniformBall(np.full(3, 3.0), 2)
    for map_ in (mdp.dynamics, mdp.reward):
        assert np.all(lipschitz.sampled_lipschitz(map_, *wide, rng, 1000) <= map_.lipschitz() * (1 + 1e-9))
    s, a = (domain.sample(rng, 1000) for domain in wide)
    assert np.all(np.abs(mdp.reward(s, a)).max(axis=-1) <= mdp.reward.bound())
    assert norm(mdp.dynamics(s, a)).max() <= 1 + 1e-12


def test_the_optimal_policy_earns_what_riccati_promises(rng):
    mdp = linear_quadratic(rng, L_f=L_F, discount=DISCOUNT, radius=100.0, action_radius=1000.0)
    policy, cost_to_go = optimal_gain(mdp)
    start = 0.01 * mdp.initial.sample(rng, 5)
    promised = -np.einsum("cki,cij,ckj->ck", start, cost_to_go, start)
    np.testing.assert_allclose(rollout_return(mdp, policy, start, 600), promised, rtol=1e-9)
    for c in range(3):
        root = DISCOUNT[c] ** 0.5
        f, r = mdp.dynamics.base, mdp.reward
        alone = solve_discrete_are(
            root * f.state_matrix[c], root * f.action_matrix[c], r.state_cost[c], r.action_cost[c]
        )
        np.testing.assert_allclose(cost_to_go[c], alone, rtol=1e-9)


def test_no_other_gain_earns_more(rng):
    mdp = linear_quadratic(rng, L_f=L_F, discount=DISCOUNT, radius=100.0, action_radius=1000.0)
    policy, _ = optimal_gain(mdp)
    start = 0.01 * mdp.initial.sample(rng, 20)
    best = rollout_return(mdp, policy, start, 600)
    for _ in range(5):
        other = LinearPolicy(policy.gain + 0.05 * rng.standard_normal(policy.gain.shape))
        assert np.all(rollout_return(mdp, other, start, 600) <= best + 1e-12)


def test_with_shared_noise_the_state_error_obeys_the_recursion_on_every_path(rng):
    mdp = linear_quadratic(rng, L_f=np.array([0.5]), discount=np.array([0.9]))
    eps, policy = 0.05, random_linear_policy(rng, np.array([0.4]), 4, 2)
    push = ConstantPerturbation(np.array([[1.0, 0, 0, 0]]))
    model = mdp.swap(
        dynamics=BallProjected(PerturbedDynamics(mdp.dynamics.base, push, np.array([eps])), np.ones(1))
    )
    start, noise = mdp.initial.sample(rng, 50), gaussian_noise(rng, np.array([0.3]), 50, 30, 4)
    real, imagined = (rollout(system, policy, start, 30, noise) for system in (mdp, model))
    error = norm(real.states - imagined.states)[0]
    allowed = 0.0
    for t in range(31):
        assert error[:, t].max() <= allowed + 1e-12
        allowed = 0.5 * 1.4 * allowed + eps
    apart = rollout(mdp, policy, start, 30, gaussian_noise(rng, np.array([0.3]), 50, 30, 4))
    assert norm(apart.states - imagined.states).max() > 0.5  # noise that is not shared is another matter


def test_bad_input_is_refused(rng):
    for name in ("radius", "action_radius", "action_cost", "L_f"):
        with pytest.raises(ValueError, match=name):
            linear_quadratic(rng, **({"L_f": L_F, "discount": DISCOUNT} | {name: -1.0}))
    mdp = linear_quadratic(rng, L_f=L_F, discount=DISCOUNT)
    with pytest.raises(ValueError, match="linear-quadratic"):
        optimal_gain(
            mdp.swap(reward=PerturbedDynamics(mdp.dynamics, ConstantPerturbation(np.ones((3, 4))), L_F))
        )
