"""REINFORCE with a critic: exact moments beside what is listed, and beside REINFORCE without one."""

import numpy as np
import pytest

from imagination.reinforce import critics, exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.results.critic import systems
from imagination.worlds import makers


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)
    mdp = makers.garnet(4, 4, 3, 3, rng.uniform(0.5, 0.99, 4), rng)
    return Problem(mdp, tabular_policy(rng.standard_normal((4, 4, 3))), 6)


@pytest.mark.parametrize("family", systems.FAMILIES)
@pytest.mark.parametrize("estimator", [DISCOUNTED, THEOREM_2], ids=["discounted", "undiscounted"])
def test_moments_are_those_of_all_that_may_happen(family, estimator):
    drawn = systems.draw(family, np.random.default_rng(7), 20)
    found = systems.listed(drawn)
    each = found.estimates(drawn, estimator, drawn.lam, critic=found.said)
    mean, variance = critics.moments(
        drawn.problem, drawn.critic, drawn.lam, noise_variance=drawn.sigma**2, estimator=estimator
    )
    listed = found.mean(each)
    np.testing.assert_allclose(mean, listed, atol=1e-10)
    spread = found.mean((each**2).sum(axis=2)) - (listed**2).sum(axis=1)
    np.testing.assert_allclose(variance, spread, rtol=1e-9, atol=1e-9)


def test_a_true_critic_biases_nothing_and_lambda_1_without_one_is_reinforce(problem):
    right = critics.true_critic(problem)
    np.testing.assert_allclose(right, exact.values_to_go(problem)[:, ::-1], atol=1e-12)
    for lam in (0, 0.4, 1):
        mean, _ = critics.moments(problem, right, lam)
        np.testing.assert_allclose(mean, exact.gradient(problem), atol=1e-12)
    mean, variance = critics.moments(problem, 0.0, 1.0, noise_variance=0.3)
    plain = exact.moments(problem, DISCOUNTED, noise_variance=0.3)
    np.testing.assert_allclose(mean, plain.mean, atol=1e-12)
    np.testing.assert_allclose(variance, plain.variance, rtol=1e-10)


def test_estimates_of_rollouts_scatter_as_the_moments_say(problem):
    rng = np.random.default_rng(1)
    critic = critics.true_critic(problem) + rng.standard_normal((4, 7, 4))
    drawn = problem.rollouts(20_000, rng)
    seen = drawn.rewards + 0.5 * rng.standard_normal(drawn.rewards.shape)
    found = critics.rollout_gradients(problem, critic, 0.7, drawn, seen)
    mean, variance = critics.moments(problem, critic, 0.7, noise_variance=0.25)
    error = found.std(axis=1) / np.sqrt(20_000) + 1e-12
    assert (np.abs(found.mean(axis=1) - mean) < 5 * error).all()
    np.testing.assert_allclose(found.var(axis=1).sum(axis=1), variance, rtol=0.1)


def test_what_is_no_critic_is_refused(problem):
    right = critics.true_critic(problem)
    with pytest.raises(ValueError, match="lam must lie in"):
        critics.moments(problem, right, 1.1)
    with pytest.raises(ValueError, match="critic"):
        critics.moments(problem, right[:, :-1], 0.5)
    with pytest.raises(ValueError, match="estimator must have no baseline"):
        critics.moments(problem, right, 0.5, estimator=Estimator("discounted", "value"))
    with pytest.raises(ValueError, match="rewards"):
        critics.temporal_differences(
            problem, right, problem.rollouts(3, np.random.default_rng(0)), np.zeros((4, 3, 2))
        )
