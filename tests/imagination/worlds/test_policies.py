"""Policies: what they do, and that none is steeper than it certifies."""

import numpy as np
import pytest

from imagination.worlds.continuous import UniformBall, norm
from imagination.worlds.policies import (
    BallClippedPolicy,
    ClippedPolicy,
    ConstantPolicy,
    LinearPolicy,
    NetworkPolicy,
    random_linear_policy,
    random_network_policy,
)

WANTED = np.array([0.0, 0.5, 3.0])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def policies(rng: np.random.Generator) -> dict:
    linear = random_linear_policy(rng, WANTED, 4, 2)
    return {
        "linear": linear,
        "network": random_network_policy(rng, WANTED, 4, 2),
        "constant": ConstantPolicy(rng.standard_normal((3, 2))),
        "clipped": ClippedPolicy(linear, np.full((3, 2), -0.3), np.full((3, 2), 0.5)),
        "ball": BallClippedPolicy(linear, np.full(3, 0.4)),
    }


@pytest.mark.parametrize("name", ["linear", "network", "constant", "clipped", "ball"])
def test_no_policy_is_steeper_than_it_certifies(rng, name):
    policy = policies(rng)[name]
    expected = np.zeros(3) if name == "constant" else WANTED
    np.testing.assert_allclose(policy.lipschitz(), expected, rtol=1e-12)
    states = UniformBall(np.full(3, 2.0), 4)
    here, far = states.sample(rng, 4096), states.sample(rng, 4096)
    for there in (far, here + 0.01 * (far - here)):
        rise = norm(policy(here) - policy(there))
        assert np.all(rise <= expected[:, None] * norm(here - there) * (1 + 1e-9))
    assert policy(states.sample(rng, 7)).shape == (3, 7, 2)


def test_linear_policies_multiply_and_constant_ones_do_not(rng):
    state = rng.standard_normal((3, 6, 4))
    linear, constant = policies(rng)["linear"], policies(rng)["constant"]
    np.testing.assert_allclose(linear(state), np.einsum("cij,ckj->cki", linear.gain, state), rtol=1e-12)
    np.testing.assert_array_equal(constant(state), np.repeat(constant.action[:, None], 6, axis=1))


def test_clipping_keeps_actions_in_their_set(rng):
    state = 10 * rng.standard_normal((3, 50, 4))
    box, ball = policies(rng)["clipped"](state), policies(rng)["ball"](state)
    assert box.min() >= -0.3 and box.max() <= 0.5
    assert norm(ball).max() <= 0.4 + 1e-12


def test_torch_agrees_with_numpy(rng):
    import torch

    state = rng.standard_normal((3, 6, 4))
    for policy in policies(rng).values():
        twin = policy.to("torch")
        np.testing.assert_allclose(
            twin(torch.as_tensor(state)).numpy(), policy(state), rtol=1e-12, atol=1e-14
        )


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="gain"):
        LinearPolicy(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="output"):
        NetworkPolicy(np.zeros((1, 8, 4)), np.zeros((1, 8)), np.zeros((1, 2, 9)))
