import numpy as np
import pytest

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, softmax
from imagination.studies.biases import grid, repeat
from imagination.studies.learning import learn, returns_of, sampled_gradient
from imagination.worlds import makers


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def some_policies(rng, count, S=9, A=4):
    return softmax(rng.standard_normal((count, S, A)))


def test_returns_are_those_of_the_library(rng):
    mdp, policies = grid().mdp, some_policies(rng, 5)
    many = mdp[np.zeros(5, dtype=int)]
    np.testing.assert_allclose(returns_of(mdp, policies, 7), many.returns(policies, 7), rtol=1e-12)
    rewards = rng.standard_normal(policies.shape)
    expected = many.with_model(reward=rewards).returns(policies, 7)
    np.testing.assert_allclose(returns_of(mdp, policies, 7, rewards), expected, rtol=1e-12)


@pytest.mark.parametrize("biased", [False, True])
def test_sampled_gradients_have_the_exact_mean_and_variance(rng, biased):
    mdp = makers.garnet(1, 3, 2, 2, 0.8, rng)
    policy = some_policies(rng, 1, 3, 2)
    problem, count, K = repeat(mdp, policy, 5), 60_000, 2
    rewards = rng.standard_normal((3, 2)) if biased else None
    found = sampled_gradient(
        mdp, np.repeat(policy, count, axis=0), K, 5, rng, noise=0.7, rewards=rewards
    ).reshape(count, -1)
    if biased:
        problem = problem.with_reward(rewards)
    true = exact.moments(problem, DISCOUNTED, noise_variance=0.49, full=True)
    errors = np.sqrt(np.diagonal(true.covariance[0]) / (K * count))
    assert np.abs((found.mean(axis=0) - true.mean[0]) / errors).max() < 5  # 6 comparisons: 3e-6 by chance
    distance = ((found - true.mean[0]) ** 2).sum(axis=1)
    z = (distance.mean() - true.variance[0] / K) / (distance.std() / np.sqrt(count))
    assert abs(z) < 5


def test_learners_with_few_and_many_rollouts_do_not_mix(rng):
    """Each gets the gradient of its own policy from its own rollouts, noise and rewards."""
    mdp, policies = grid().mdp, some_policies(rng, 2)
    rewards = np.stack([np.ones((9, 4)), np.zeros((9, 4))])
    found = sampled_gradient(mdp, policies, [3, 500], 4, rng, noise=[0.0, 0.0], rewards=rewards)
    assert np.abs(found[0]).max() > 0.1 and np.all(found[1] == 0)
    noisy = sampled_gradient(mdp, policies, [3, 500], 4, rng, noise=[0.0, 1.0], rewards=0 * rewards)
    assert np.all(noisy[0] == 0) and np.any(noisy[1] != 0)


def test_noise_may_sit_on_some_labels_only(rng):
    """Rewards are 0, so an estimate that is not 0 has met a noisy label, at its state or at one before it."""
    mdp, policies = grid().mdp, some_policies(rng, 2)
    noise = np.zeros((2, 9, 4))
    noise[1, :, 2] = 1.0
    options = {"noise": noise, "rewards": np.zeros((9, 4))}
    found = sampled_gradient(mdp, policies, 400, 1, rng, **options)
    assert np.all(found[0] == 0) and np.abs(found[1]).max() > 0
    one = sampled_gradient(mdp, policies, 400, 1, np.random.default_rng(1), **options | {"noise": noise[1]})
    assert np.all(one.any(axis=2).any(axis=1))
    problem = repeat(mdp, policies[1:], 3)
    count = 40_000
    many = np.repeat(policies[1:], count, axis=0)
    seen = sampled_gradient(mdp, many, 1, 3, rng, noise=noise[1]).reshape(count, -1)
    true = exact.moments(problem, DISCOUNTED, noise_variance=noise[1] ** 2)
    distance = ((seen - true.mean[0]) ** 2).sum(axis=1)
    assert abs(distance.mean() - true.variance[0]) < 5 * distance.std() / np.sqrt(count)


def test_every_learner_may_have_its_own_step(rng):
    options = {"learners": 2, "rollouts": 40_000, "horizon": 12, "updates": 1, "generator": rng}
    found = learn(grid().mdp, step_size=[0.1, 0.5], **options)
    expected = np.outer([0.1, 0.5], exact.gradient(grid()))
    np.testing.assert_allclose(found.logits.reshape(2, -1), expected, atol=0.03)
    with pytest.raises(ValueError, match=r"step_size must be positive and noise not negative, got \[1, 0\]"):
        learn(grid().mdp, step_size=[1, 0], **options)


def test_learning_is_gradient_ascent(rng):
    """With many rollouts an update is close to the exact step; returns are those before and after."""
    problem = grid()
    found = learn(
        problem.mdp, learners=2, rollouts=40_000, horizon=12, updates=1, step_size=0.5, generator=rng
    )
    step = 0.5 * exact.gradient(problem)
    np.testing.assert_allclose(found.logits.reshape(2, -1), np.tile(step, (2, 1)), atol=0.03)
    moved = problem.with_policy(problem.policy.moved(step))
    np.testing.assert_allclose(found.returns[:, 0], exact.returns(problem)[0])
    np.testing.assert_allclose(found.returns[:, 1], exact.returns(moved)[0], rtol=0.02)
    np.testing.assert_array_equal(found.proxies, found.returns)


def test_choose_sees_the_policies_and_decides(rng):
    seen = []

    def choose(policies):
        seen.append(policies)
        return np.array([1, 2]), np.zeros(2), np.zeros((9, 4))

    found = learn(
        grid().mdp, learners=2, rollouts=1, horizon=3, updates=4, step_size=1.0, generator=rng, every=2,
        choose=choose,
    )  # fmt: skip
    assert len(seen) == 5 and seen[0].shape == (2, 9, 4)
    assert np.all(found.logits == 0) and np.all(found.proxies == 0) and list(found.updates) == [0, 2, 4]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"learners": 0}, "learners must be at least 1"),
        ({"rollouts": 0}, "rollouts must be at least 1, got 0"),
        ({"step_size": 0.0}, "step_size must be positive"),
        ({"noise": -1.0}, "noise not negative, got 0.5 and -1.0"),
        ({"every": 0}, "every must be at least 1"),
        ({"horizon": 2.5}, "horizon must be a whole number"),
    ],
)
def test_bad_input_is_named(rng, change, match):
    good = {"learners": 2, "rollouts": 1, "horizon": 3, "updates": 1, "step_size": 0.5}
    with pytest.raises(ValueError, match=match):
        learn(grid().mdp, generator=rng, **good | change)
    if change == {"learners": 0}:
        with pytest.raises(ValueError, match="batch of one, got a batch of 2"):
            learn(makers.garnet(2, 9, 4, 2, 0.9, rng), generator=rng, **good)
