import numpy as np
import pytest

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


def test_it_runs_in_torch_too() -> None:
    pair = draw("linear-quadratic", np.random.default_rng(2), 2)
    d = pair.start.shape[-1]
    action = pair.policy(pair.start)
    size = d + action.shape[-1]
    reward = QuadraticFormReward(np.tile(np.eye(size), (2, 1, 1)), d, np.ones(2), np.ones(2))
    import torch

    inputs = torch.as_tensor(pair.start), torch.as_tensor(action)
    np.testing.assert_allclose(reward.to("torch")(*inputs).numpy(), reward(pair.start, action))
