import numpy as np
import pytest
import torch

from imagination.lipschitz import sampled_lipschitz
from imagination.models.quadratic import QuadraticFormReward, linear_dynamics, quadratic_reward
from imagination.results.return_gap.systems import draw
from imagination.worlds.continuous import Transitions, UniformBall
from imagination.worlds.linear_quadratic import linear_quadratic


@pytest.fixture(scope="module")
def seen() -> tuple:
    rng = np.random.default_rng(0)
    mdp = linear_quadratic(rng, L_f=np.full(3, 0.6), discount=0.9, d_state=3, d_action=2, action_radius=1.0)
    state, action = (
        UniformBall(np.full(3, 0.4), 3).sample(rng, 60),
        UniformBall(np.ones(3), 2).sample(rng, 60),
    )
    next_state, reward = mdp.step(state, action)
    return mdp, Transitions(state, action, reward, next_state)


def test_without_noise_the_system_is_found(seen: tuple) -> None:
    mdp, transitions = seen
    found = linear_dynamics(transitions)
    np.testing.assert_allclose(found.state_matrix, mdp.dynamics.base.state_matrix, atol=1e-9)
    np.testing.assert_allclose(found.action_matrix, mdp.dynamics.base.action_matrix, atol=1e-9)
    np.testing.assert_array_equal(found.offset, 0)
    reward = quadratic_reward(transitions, np.ones(3), np.ones(3))
    np.testing.assert_allclose(reward.form[:, :3, :3], -mdp.reward.state_cost, atol=1e-8)
    np.testing.assert_allclose(reward.form[:, 3:, 3:], -mdp.reward.action_cost, atol=1e-8)
    np.testing.assert_allclose(reward.form[:, :3, 3:], 0, atol=1e-8)


def test_the_certified_constant_is_never_too_small() -> None:
    rng = np.random.default_rng(1)
    form = rng.standard_normal((4, 5, 5))
    reward = QuadraticFormReward(form + np.swapaxes(form, 1, 2), 3, np.full(4, 1.5), np.full(4, 0.5))
    states, actions = UniformBall(np.full(4, 3.0), 3), UniformBall(np.full(4, 2.0), 2)
    observed = sampled_lipschitz(reward, states, actions, rng, 4096)
    assert (observed <= reward.lipschitz()).all()
    assert (observed > 0.3 * reward.lipschitz()).all()


def test_the_certified_constants_of_numbers_by_hand() -> None:
    """Of 2s² − 3sa + 5a² with |s| ≤ 7 and |a| ≤ 0.5 the slopes are at most 28 + 1.5 and 21 + 5."""
    form = np.array([[[2.0, -1.5], [-1.5, 5.0]]])
    reward = QuadraticFormReward(form, 1, np.array([7.0]), np.array([0.5]))
    np.testing.assert_allclose(np.concatenate(reward.block_lipschitz()), [29.5, 26.0])
    np.testing.assert_allclose(reward.lipschitz(), 29.5)
    np.testing.assert_allclose(reward(np.full((1, 1, 1), 9.0), np.ones((1, 1, 1))), 98 - 10.5 + 1.25)


def test_it_runs_in_torch_too() -> None:
    pair = draw("linear-quadratic", np.random.default_rng(2), 2)
    d = pair.start.shape[-1]
    action = pair.policy(pair.start)
    size = d + action.shape[-1]
    reward = QuadraticFormReward(np.tile(np.eye(size), (2, 1, 1)), d, np.ones(2), np.ones(2))
    inputs = torch.as_tensor(pair.start), torch.as_tensor(action)
    np.testing.assert_allclose(reward.to("torch")(*inputs).numpy(), reward(pair.start, action))
