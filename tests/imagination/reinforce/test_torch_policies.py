"""Scores written out by hand against automatic differentiation, rollout by rollout."""

import numpy as np
import pytest
import torch

from imagination.reinforce.torch_policies import (
    CategoricalPolicy,
    GaussianPolicy,
    TabularPolicy,
    draw,
    random_categorical_policy,
    random_gaussian_policy,
)

C, K, T, D_STATE = 2, 3, 4, 3


def policies():
    generator = torch.Generator().manual_seed(0)
    gaussian = random_gaussian_policy(generator, C, D_STATE, 2, width=5, std=0.4)
    gaussian = gaussian.with_flat(
        gaussian.flat() + 0.1 * torch.randn(gaussian.flat().shape, generator=generator)
    )
    return {
        "gaussian": gaussian,
        "categorical": random_categorical_policy(generator, C, D_STATE, 4, width=5),
        "tabular": TabularPolicy(torch.randn(C, D_STATE, 4, generator=generator, dtype=torch.float64)),
    }


@pytest.fixture(params=["gaussian", "categorical", "tabular"])
def case(request):
    """A policy with states, actions and weights of rollouts."""
    generator = torch.Generator().manual_seed(1)
    policy = policies()[request.param]
    if isinstance(policy, TabularPolicy):
        state = torch.randint(D_STATE, (C, K, T), generator=generator)
    else:
        state = torch.randn(C, K, T, D_STATE, generator=generator, dtype=torch.float64)
    action = torch.stack([policy.sample(state[:, :, t], generator) for t in range(T)], dim=2)
    return policy, state, action, torch.randn(C, K, T, generator=generator, dtype=torch.float64)


def by_autograd(policy, state, action, weight):
    """The gradient of Σ_t weight_t log π(a_t|s_t) of each rollout, one by one."""
    result = torch.zeros(C, K, policy.n_parameters, dtype=torch.float64)
    for k in range(K):
        vector = policy.flat().requires_grad_()
        one = slice(k, k + 1)
        log_prob = policy.with_flat(vector).log_prob(state[:, one], action[:, one])
        (result[:, k],) = torch.autograd.grad((weight[:, one] * log_prob).sum(), vector)
    return result


def test_every_rollouts_score_is_that_of_autograd(case):
    policy, state, action, weight = case
    expected = by_autograd(policy, state, action, weight)
    torch.testing.assert_close(policy.score_sum(state, action, weight), expected, rtol=1e-12, atol=1e-12)


def test_every_rollouts_score_is_that_of_vectorised_autograd():
    policy = policies()["gaussian"]
    generator = torch.Generator().manual_seed(2)
    state = torch.randn(C, K, T, D_STATE, generator=generator, dtype=torch.float64)
    action = torch.randn(C, K, T, 2, generator=generator, dtype=torch.float64)

    one = policy.take(slice(0, 1))

    def of_rollout(vector, s, a):
        return one.with_flat(vector[None]).log_prob(s[None, None], a[None, None]).sum()

    each = torch.func.vmap(torch.func.grad(of_rollout), in_dims=(None, 0, 0))
    expected = torch.stack([each(policy.flat()[c], state[c], action[c]) for c in range(C)])
    ours = policy.score_sum(state, action, torch.ones(C, K, T, dtype=torch.float64))
    torch.testing.assert_close(ours, expected, rtol=1e-12, atol=1e-12)


def test_the_total_score_is_the_sum_over_rollouts(case):
    policy, state, action, weight = case
    expected = policy.score_sum(state, action, weight).sum(1)
    torch.testing.assert_close(policy.total_score(state, action, weight), expected, rtol=1e-12, atol=1e-12)


def test_squared_norms_of_scores_are_those_of_the_scores(case):
    policy, state, action, _ = case
    for t in range(T):
        here = torch.zeros(C, K, T, dtype=torch.float64)
        here[..., t] = 1
        expected = policy.score_sum(state, action, here).square().sum(-1)
        ours = policy.score_square(state, action)[..., t]
        torch.testing.assert_close(ours, expected, rtol=1e-12, atol=1e-12)


def test_log_probabilities_are_those_of_torch_distributions(case):
    policy, state, action, _ = case
    if isinstance(policy, GaussianPolicy):
        reference = torch.distributions.Normal(policy.mean(state), policy.log_std.exp()[:, None, None])
        expected = reference.log_prob(action).sum(-1)
    elif isinstance(policy, CategoricalPolicy):
        expected = torch.distributions.Categorical(policy.probabilities(state)).log_prob(action)
    else:
        probabilities = torch.stack([policy.probabilities()[c][state[c]] for c in range(C)])
        expected = torch.distributions.Categorical(probabilities).log_prob(action)
    torch.testing.assert_close(policy.log_prob(state, action), expected, rtol=1e-12, atol=1e-12)


def test_flat_vectors_go_there_and_back(case):
    policy = case[0]
    back = policy.with_flat(policy.flat())
    for name, array in policy.arrays().items():
        assert torch.equal(back.arrays()[name], array)
    with pytest.raises(ValueError, match="vector must be an array of shape"):
        policy.with_flat(policy.flat()[:, 1:])


def test_actions_are_drawn_with_their_probabilities():
    generator = torch.Generator().manual_seed(3)
    policy = policies()["categorical"]
    state = torch.randn(C, 1, D_STATE, generator=generator, dtype=torch.float64).expand(-1, 40_000, -1)
    counts = torch.nn.functional.one_hot(policy.sample(state, generator), 4).double().mean(1)
    p = policy.probabilities(state)[:, 0]
    assert float(((counts - p) / (p * (1 - p) / 40_000).sqrt()).abs().max()) < 4.5


def test_gaussian_actions_have_their_mean_and_deviation():
    generator = torch.Generator().manual_seed(4)
    policy = policies()["gaussian"]
    state = torch.randn(C, 1, D_STATE, generator=generator, dtype=torch.float64).expand(-1, 40_000, -1)
    standard = (policy.sample(state, generator) - policy.mean(state)) / policy.log_std.exp()[:, None]
    assert float(standard.mean(1).abs().max()) < 4.5 / 200
    assert float((standard.square().mean(1) - 1).abs().max()) < 4.5 * 2**0.5 / 200


def test_inversion_never_draws_what_has_no_probability():
    cumulative = torch.tensor([0.0, 0.5, 0.5, 1.0, 1.0]).expand(10_000, 5)
    assert set(draw(cumulative, torch.Generator().manual_seed(0)).tolist()) == {1, 3}


def test_bad_sizes_are_named():
    generator = torch.Generator()
    with pytest.raises(ValueError, match="std must be finite and > 0, got 0"):
        random_gaussian_policy(generator, 1, 2, 1, std=0)
    with pytest.raises(ValueError, match="width must be a whole number, at least 1, got 0"):
        random_categorical_policy(generator, 1, 2, 1, width=0)
    with pytest.raises(ValueError, match="output must be an array of shape"):
        random = np.random.default_rng(0).standard_normal
        CategoricalPolicy(*(torch.as_tensor(random(s)) for s in ((1, 3, 2), (1, 3), (1, 2, 4), (1, 2))))
