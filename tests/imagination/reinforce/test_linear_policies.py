import pytest
import torch

from imagination.reinforce.linear_policies import LinearGaussianPolicy


@pytest.fixture
def policy() -> LinearGaussianPolicy:
    return LinearGaussianPolicy(torch.randn(2, 3, 4, dtype=torch.float64), 0.3)


def test_scores_are_gradients_of_the_log_density(policy: LinearGaussianPolicy) -> None:
    generator = torch.Generator().manual_seed(0)
    state = torch.randn(2, 5, 6, 4, generator=generator, dtype=torch.float64)
    action = torch.randn(2, 5, 6, 3, generator=generator, dtype=torch.float64)
    weight = torch.randn(2, 5, 6, generator=generator, dtype=torch.float64)
    vector = policy.flat().requires_grad_(True)
    total = (policy.with_flat(vector).log_prob(state, action) * weight).sum()
    (expected,) = torch.autograd.grad(total, vector)
    torch.testing.assert_close(policy.score_sum(state, action, weight).sum(1), expected)
    torch.testing.assert_close(policy.total_score(state, action, weight), expected)
    single = policy.score_sum(state[:, :, :1], action[:, :, :1], torch.ones(2, 5, 1, dtype=torch.float64))
    torch.testing.assert_close(policy.score_square(state, action)[:, :, 0], single.square().sum(-1))


def test_the_log_density_is_torch_s(policy: LinearGaussianPolicy) -> None:
    state, action = torch.randn(2, 5, 6, 4).double(), torch.randn(2, 5, 6, 3).double()
    normal = torch.distributions.Normal(policy.mean(state), policy.std)
    torch.testing.assert_close(policy.log_prob(state, action), normal.log_prob(action).sum(-1))


def test_samples_have_the_mean_and_the_spread(policy: LinearGaussianPolicy) -> None:
    state = torch.ones(2, 20_000, 4, dtype=torch.float64)
    drawn = policy.sample(state, torch.Generator().manual_seed(1))
    torch.testing.assert_close(drawn.mean(1), policy.mean(state)[:, 0], atol=0.01, rtol=0)
    torch.testing.assert_close(drawn.std(1), torch.full((2, 3), 0.3).double(), atol=0.01, rtol=0)


def test_a_spread_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="std"):
        LinearGaussianPolicy(torch.zeros(1, 1, 1), 0.0)
