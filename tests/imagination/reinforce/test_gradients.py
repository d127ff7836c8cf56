"""Torch estimators against exact moments, baselines that do not bias, and moments of streams."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from imagination.reinforce import exact, gradients
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.sampling import ContinuousWorld, Labels, TabularWorld, Trajectories, sample
from imagination.reinforce.torch_policies import (
    TabularPolicy,
    random_categorical_policy,
    random_gaussian_policy,
)
from imagination.worlds.linear_quadratic import linear_quadratic
from imagination.worlds.makers import garnet

HORIZON, SIGMA = 5, 0.7
ESTIMATORS = [
    THEOREM_2,
    DISCOUNTED,
    Estimator("undiscounted", reward_to_go=False),
    Estimator("discounted", reward_to_go=False),
    Estimator("discounted", "constant"),
    Estimator("undiscounted", "constant", reward_to_go=False),
]
ONCE_IN = 1e-4
"""Chance that all comparisons of a test with `z_limit` together fail although all is well."""


def z_limit(comparisons):
    return norm.isf(ONCE_IN / (2 * comparisons))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def tabular():
    """Two tabular problems, and 40,000 noisy rollouts in each."""
    mdp = garnet(2, 3, 2, 2, np.array([0.9, 0.6]), np.random.default_rng(0))
    policy = TabularPolicy(torch.randn(2, 3, 2, generator=generator(), dtype=torch.float64))
    world = TabularWorld(mdp)
    drawn = sample(world, policy, 40_000, HORIZON, generator(1))
    noisy = drawn.with_reward(Labels(SIGMA)(drawn, generator(2)))
    return Problem(mdp, tabular_policy(policy.logits.numpy()), HORIZON), policy, world, noisy


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_sampled_means_and_variances_are_the_exact_ones(tabular, estimator):
    problem, policy, world, drawn = tabular
    each = gradients.rollout_gradients(policy, drawn, estimator, world.discount).numpy()
    mean = exact.expected(problem, estimator)
    count = each.shape[1]
    error = each.std(axis=1, ddof=1) / np.sqrt(count)
    variance = exact.moments(problem, estimator, noise_variance=SIGMA**2).variance
    distance = ((each - mean[:, None]) ** 2).sum(axis=2)
    limit = z_limit(len(ESTIMATORS) * (mean.size + variance.size))
    assert np.abs((each.mean(axis=1) - mean) / error).max() < limit
    z = (distance.mean(axis=1) - variance) / (distance.std(axis=1, ddof=1) / np.sqrt(count))
    # A sampled constant is not the exact one; its loss is of the order 1/K, far below the standard error.
    assert np.abs(z).max() < limit


def test_a_network_on_one_hot_states_has_the_exact_mean_of_its_probabilities():
    mdp = garnet(1, 3, 2, 2, 0.9, np.random.default_rng(0))
    policy = random_categorical_policy(generator(), 1, 3, 2, width=4)
    world = TabularWorld(mdp, one_hot=True)
    drawn = sample(world, policy, 40_000, HORIZON, generator(1))
    each = gradients.rollout_gradients(policy, drawn, DISCOUNTED, world.discount)[0]

    # ∇J_H by the chain rule, through the logits that the network gives each of the three states
    def logits(vector):
        return policy.with_flat(vector).network(torch.eye(3, dtype=torch.float64)[None])[1]

    jacobian = torch.autograd.functional.jacobian(logits, policy.flat())[0, :, :, 0]
    problem = Problem(mdp, tabular_policy(logits(policy.flat()).numpy()), HORIZON)
    expected = torch.as_tensor(exact.gradient(problem)).reshape(3, 2, 1).mul(jacobian).sum((0, 1))
    z = (each.mean(0) - expected) / (each.std(0) / 200)
    assert float(z.abs().max()) < z_limit(len(z))


@pytest.mark.parametrize("baseline", ["none", "constant"])
def test_the_mean_gradient_is_the_mean_of_rollout_gradients(baseline):
    mdp = linear_quadratic(np.random.default_rng(0), L_f=np.array([0.7, 0.9]), discount=np.array([0.9, 0.8]))
    world, policy = ContinuousWorld(mdp), random_gaussian_policy(generator(), 2, 4, 2, width=6)
    drawn = sample(world, policy, 9, 6, generator(1))
    estimator = Estimator("discounted", baseline)
    each = gradients.rollout_gradients(policy, drawn, estimator, world.discount)
    mean = gradients.mean_gradient(policy, drawn, estimator, world.discount)
    torch.testing.assert_close(mean, each.mean(1), rtol=1e-11, atol=1e-12)


def test_a_rollouts_constant_comes_from_the_others():
    mdp = linear_quadratic(np.random.default_rng(0), L_f=np.array([0.7]), discount=np.array([0.9]))
    world, policy = ContinuousWorld(mdp), random_gaussian_policy(generator(), 1, 4, 2, width=6)
    drawn = sample(world, policy, 5, 6, generator(1))
    estimator = Estimator("discounted", "constant")
    before = gradients.optimal_baseline(policy, drawn, estimator, world.discount)
    reward = drawn.reward.clone()
    reward[:, 2] += 10 * torch.randn(reward[:, 2].shape, generator=generator(), dtype=torch.float64)
    after = gradients.optimal_baseline(policy, drawn.with_reward(reward), estimator, world.discount)
    torch.testing.assert_close(after[:, 2], before[:, 2], rtol=1e-10, atol=0)
    assert bool((after[:, [0, 1, 3, 4]] != before[:, [0, 1, 3, 4]]).all())
    alone = sample(world, policy, 1, 6, generator(1))
    with pytest.raises(ValueError, match="at least 2 rollouts"):
        gradients.optimal_baseline(policy, alone, estimator, world.discount)


@pytest.fixture(scope="module")
def fresh(tabular):
    """Rollouts that no baseline was fitted to, with the exact values of their states."""
    problem, policy, world, _ = tabular
    drawn = sample(world, policy, 40_000, HORIZON, generator(5))
    table = exact.baseline_table(problem, Estimator("discounted", "value"))
    batch, times = np.ogrid[:2, :HORIZON]
    return drawn, torch.as_tensor(table[batch[:, None], times[None], drawn.state.numpy()])


def test_a_fitted_value_comes_near_the_exact_one(tabular, fresh):
    problem, _, world, earlier = tabular
    fitted = gradients.fit_state_value(earlier, world.discount, n_states=problem.mdp.n_states)
    drawn, true = fresh
    # quadratic in time, which the values are not, and fitted to noisy returns
    assert float((fitted(drawn.state) - true).abs().max()) < 0.05 * float(true.abs().max())


def test_a_value_baseline_has_its_exact_variance(tabular, fresh):
    problem, policy, world, _ = tabular
    drawn, true = fresh
    each = gradients.rollout_gradients(policy, drawn, DISCOUNTED, world.discount, baseline=true).numpy()
    distance = ((each - exact.gradient(problem)[:, None]) ** 2).sum(axis=2)
    variance = exact.moments(problem, Estimator("discounted", "value")).variance
    z = (distance.mean(axis=1) - variance) / (distance.std(axis=1, ddof=1) / 200)
    assert np.abs(z).max() < z_limit(len(z))


def test_a_baseline_leaves_what_noise_adds_as_it_is(tabular, fresh):
    _, policy, world, _ = tabular
    drawn, true = fresh
    noisy = drawn.with_reward(Labels(SIGMA)(drawn, generator(6)))
    added = {}
    for name, baseline in (("none", None), ("value", true)):
        without, with_noise = (
            gradients.rollout_gradients(policy, rollouts, DISCOUNTED, world.discount, baseline=baseline)
            for rollouts in (drawn, noisy)
        )
        added[name] = with_noise - without
    torch.testing.assert_close(added["value"], added["none"], rtol=1e-9, atol=1e-12)


def test_a_value_baseline_must_be_given():
    mdp = linear_quadratic(np.random.default_rng(0), L_f=np.array([0.7]), discount=np.array([0.9]))
    world, policy = ContinuousWorld(mdp), random_gaussian_policy(generator(), 1, 4, 2, width=6)
    drawn = sample(world, policy, 5, 6, generator(1))
    with pytest.raises(ValueError, match="baseline must be given"):
        gradients.mean_gradient(policy, drawn, Estimator("discounted", "value"), world.discount)
    with pytest.raises(ValueError, match="n_states must be given"):
        whole = drawn.state[..., 0].long()
        gradients.fit_state_value(Trajectories(whole, drawn.action, drawn.reward), world.discount)


def test_a_value_that_the_features_can_express_is_found():
    steps = 6
    state = torch.randn(2, 300, steps, 3, generator=generator(), dtype=torch.float64)
    time = torch.arange(steps, dtype=torch.float64) / steps
    target = 1 + state[..., 0] * time - 2 * state[..., 1] ** 2 * time**2
    discount = torch.tensor([0.9, 0.5], dtype=torch.float64)
    ahead = torch.nn.functional.pad(target[..., 1:], (0, 1))
    reward = target - discount[:, None, None] * ahead  # whose returns to go are the target
    torch.testing.assert_close(gradients.returns_to_go(reward, discount), target, rtol=1e-12, atol=1e-12)
    action = torch.zeros(2, 300, steps, 1)
    fitted = gradients.fit_state_value(Trajectories(state, action, reward), discount, ridge=1e-14)
    torch.testing.assert_close(fitted(state), target, rtol=1e-6, atol=1e-6)


def test_rewards_of_the_past_need_powers_that_can_be_computed():
    reward = torch.ones(1, 1, 200, dtype=torch.float64)
    with pytest.raises(ValueError, match="discount must have"):
        gradients.coefficients(
            Estimator("undiscounted", reward_to_go=False), reward, torch.tensor([0.5], dtype=torch.float64)
        )
