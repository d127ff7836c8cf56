"""Adjoints against closed forms, finite differences and forward mode."""

import numpy as np
import pytest

from imagination import sensitivities as sens
from imagination.rollouts import gaussian_noise, rollout_return
from imagination.worlds import teacher
from imagination.worlds.continuous import ConstantPerturbation, PerturbedDynamics, SinePerturbation
from imagination.worlds.extremal import extremal_system
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.policies import random_linear_policy, random_network_policy


def networks(seed=0, size=3, activation="tanh", count=2, width=5):
    rng = np.random.default_rng(seed)
    mdp = teacher.teacher(
        rng,
        L_f=np.full(size, 0.8),
        L_r=np.ones(size),
        discount=rng.uniform(0.5, 0.95, size),
        d_state=3,
        d_action=2,
        width=width,
        activation=activation,
    )
    policy = random_network_policy(rng, rng.uniform(0.2, 1, size), 3, 2, 4)
    return mdp, policy, mdp.initial.sample(rng, count), rng


@pytest.mark.parametrize("activation", ["tanh", "sin"])
def test_three_ways_agree_on_every_parameter(activation):
    mdp, policy, start, _ = networks(activation=activation)
    paths = sens.model_parameters(mdp)
    reverse = sens.adjoint(mdp, policy, start, 12, parameters=paths).parameters
    forward = sens.forward_mode(mdp, policy, start, 12, parameters=paths)
    differences = sens.finite_differences(mdp, policy, start, 12, parameters=paths)
    assert set(reverse) == set(paths) and "reward.offset" in paths
    for path in paths:
        assert reverse[path].shape == mdp.arrays()[path].shape
        np.testing.assert_allclose(forward[path], reverse[path], atol=1e-13)
        np.testing.assert_allclose(differences[path], reverse[path], atol=1e-9)


def test_chunks_do_not_change_the_derivatives(monkeypatch):
    mdp, policy, start, _ = networks()
    whole = sens.forward_mode(mdp, policy, start, 4, parameters=["dynamics.hidden_state"])
    monkeypatch.setattr(sens, "CHUNK", 7)
    parts = sens.forward_mode(mdp, policy, start, 4, parameters=["dynamics.hidden_state"])
    np.testing.assert_allclose(
        parts["dynamics.hidden_state"], whole["dynamics.hidden_state"], rtol=1e-12, atol=1e-15
    )


def test_returns_are_those_of_the_rollout_and_the_last_costate_is_zero():
    mdp, policy, start, rng = networks()
    noise = gaussian_noise(rng, np.full(3, 0.1), 2, 9, 3)
    found = sens.adjoint(mdp, policy, start, 9, noise)
    np.testing.assert_allclose(found.returns, rollout_return(mdp, policy, start, 9, noise), rtol=1e-13)
    assert found.costates.shape == found.states.shape and np.all(found.costates[:, :, -1] == 0)


def test_first_costate_is_the_slope_of_the_value():
    mdp, policy, start, _ = networks()
    found = sens.adjoint(mdp, policy, start, 15)
    for axis in range(3):
        nudge = 1e-5 * np.eye(3)[axis]
        rise = rollout_return(mdp, policy, start + nudge, 15) - rollout_return(mdp, policy, start - nudge, 15)
        np.testing.assert_allclose(found.costates[:, :, 0, axis], rise / 2e-5, atol=1e-9)


def test_costates_of_a_linear_quadratic_system_are_in_closed_form():
    """V(s) = -s' P_k s with k steps to go, so the costate is -2 gamma^t P_k s_t."""
    rng = np.random.default_rng(3)
    gamma, horizon = np.full(4, 0.8), 10
    mdp = linear_quadratic(rng, L_f=np.full(4, 0.4), discount=gamma, radius=50.0, action_radius=50.0)
    policy = random_linear_policy(rng, np.full(4, 0.5), 4, 2)
    start = rng.standard_normal((4, 3, 4))
    found = sens.adjoint(mdp, policy, start, horizon)
    loop = mdp.dynamics.base.state_matrix + mdp.dynamics.base.action_matrix @ policy.gain
    cost = mdp.reward.state_cost + policy.gain.mT @ mdp.reward.action_cost @ policy.gain
    to_go = np.zeros_like(cost)
    for t in reversed(range(horizon)):
        to_go = cost + 0.8 * loop.mT @ to_go @ loop
        expected = -2 * 0.8**t * found.states[:, :, t] @ to_go
        np.testing.assert_allclose(found.costates[:, :, t], expected, rtol=1e-10, atol=1e-14)


def priced(found, errors):
    """First-order change of the return when step t errs by ``errors[:, :, t]``, (C, K)."""
    return (found.costates[:, :, 1:] * errors).sum((-2, -1))


def test_extremal_sensitivities_are_the_coefficients_of_the_finite_bound():
    g, f, r, p, H = 0.7, 0.6, 1.3, 0.4, 25
    system = extremal_system(gamma=g, L_f=f, L_r=r, L_pi=p, eps_dyn=0.3, eps_rew=0.2)
    start = np.zeros((1, 1, 1))
    found = sens.adjoint(system.real, system.policy, start, H)
    growth = f * (1 + p)
    to_dynamics = sum(g**t * r * (1 + p) * growth**k for t in range(H) for k in range(t))
    ones = np.ones((1, 1, H))
    assert priced(found, ones[..., None]).item() == pytest.approx(to_dynamics, rel=1e-13)
    assert found.weights.sum() == pytest.approx((1 - g**H) / (1 - g), rel=1e-13)
    assert found.in_any_direction().item() == pytest.approx(to_dynamics, rel=1e-13)  # on a line
    gap = (
        rollout_return(system.imagined, system.policy, start, H)
        - rollout_return(system.real, system.policy, start, H)
    ).item()  # everything is linear, so first order is exact
    assert gap == pytest.approx(0.3 * to_dynamics + 0.2 * (1 - g**H) / (1 - g), rel=1e-12)


def test_costates_price_every_error_field_like_the_gradient_of_its_size():
    mdp, policy, start, rng = networks(count=1)
    field = SinePerturbation(
        rng.standard_normal((3, 3)),
        rng.standard_normal((3, 3)),
        rng.standard_normal((3, 2)),
        rng.uniform(0, 6, 3),
    )
    wrong = mdp.swap(dynamics=PerturbedDynamics(mdp.dynamics, field, np.zeros(3)))
    by_size = sens.adjoint(wrong, policy, start, 20, parameters=["dynamics.scale"])
    errors = np.stack([field(by_size.states[:, :, t], by_size.actions[:, :, t]) for t in range(20)], axis=2)
    change = priced(by_size, errors)
    np.testing.assert_allclose(change[:, 0], by_size.parameters["dynamics.scale"], rtol=1e-12)
    assert np.all(np.abs(change) <= by_size.in_any_direction())


def test_first_order_change_has_a_second_order_remainder():
    mdp, policy, start, rng = networks(seed=4, count=1)
    field = ConstantPerturbation(rng.standard_normal((3, 3)))
    real = sens.adjoint(mdp, policy, start, 30)
    errors = np.broadcast_to(field.direction[:, None, None, :], real.costates[:, :, 1:].shape)
    errors = errors / np.maximum(1, np.linalg.norm(errors, axis=-1, keepdims=True))
    slope = priced(real, errors)
    left = []
    for size in (1e-2, 1e-3):
        wrong = mdp.swap(dynamics=PerturbedDynamics(mdp.dynamics, field, np.full(3, size)))
        left.append(rollout_return(wrong, policy, start, 30) - real.returns - size * slope)
    order = np.log10(np.abs(left[0]) / np.abs(left[1]))
    np.testing.assert_allclose(order, 2, atol=0.1)


def test_bad_input_is_named():
    mdp, policy, start, _ = networks()
    with pytest.raises(ValueError, match=r"'dynamics\.nothing'"):
        sens.adjoint(mdp, policy, start, 3, parameters=["dynamics.nothing"])
    with pytest.raises(ValueError, match="horizon must be"):
        sens.adjoint(mdp, policy, start, 0)
    with pytest.raises(ValueError, match="step must lie"):
        sens.finite_differences(mdp, policy, start, 3, parameters=[], step=0)
