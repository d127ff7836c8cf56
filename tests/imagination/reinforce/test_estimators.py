"""Sampled estimators against a loop in plain words, and against exact moments within honest intervals."""

import numpy as np
import pytest
from scipy import stats

from imagination.models.counts import CountModel
from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.reward_errors import (
    Correlated,
    Frozen,
    Independent,
    StateDependent,
    autoregressive,
)
from imagination.worlds.makers import garnet

FAMILY_WISE_ERROR = 1e-4
"""Chance that any comparison of a test below fails though all is right (Bonferroni, normal limits).

There are fewer than ten such tests, so a suite with fresh seeds fails by chance less than once in a thousand
runs, with room for means of many thousands of draws not being normal to the last digit.
"""


def disagreement(*comparisons):
    """Largest |z| over its limit for (found, expected, error): at most 1 unless something is wrong."""
    z = np.concatenate([np.ravel((found - expected) / error) for found, expected, error in comparisons])
    return np.abs(z).max() / stats.norm.isf(FAMILY_WISE_ERROR / (2 * z.size))


def by_loop(problem, estimator, rollouts, rewards, baseline):
    """The definition, in loops."""
    B, K, H = rewards.shape
    result = np.zeros((B, K, problem.policy.parameters.shape[1]))
    for b in range(B):
        gamma = problem.discount[b]
        for k in range(K):
            for t in range(H):
                first = t if estimator.reward_to_go else 0
                togo = sum(gamma ** (u - t) * rewards[b, k, u] for u in range(first, H))
                outer = gamma**t if estimator.outer == "discounted" else 1.0
                s, a = rollouts.states[b, k, t], rollouts.actions[b, k, t]
                result[b, k] += outer * (togo - baseline[b, t, s]) * problem.policy.scores[b, s, a]
    return result


def test_rollout_gradients_are_the_definition(make, estimator):
    problem = make(features=4, horizon=5)
    generator = np.random.default_rng(1)
    rollouts = problem.rollouts(6, generator)
    rewards = generator.standard_normal(rollouts.rewards.shape)
    table = exact.baseline_table(problem, estimator)
    expected = by_loop(problem, estimator, rollouts, rewards, table)
    found = estimators.rollout_gradients(problem, estimator, rollouts, rewards)
    np.testing.assert_allclose(found, expected, atol=1e-12 * np.abs(expected).max())
    mean = estimators.mean_gradient(problem, estimator, rollouts, rewards)
    np.testing.assert_allclose(mean, expected.mean(axis=1), atol=1e-12 * np.abs(expected).max())


def test_mean_and_variance_of_all_twelve(make):
    problem = make(batch=2, horizon=6, seed=2, gamma=np.array([0.7, 0.95]))
    generator = np.random.default_rng(2)
    comparisons = []
    for outer in ("undiscounted", "discounted"):
        for baseline in ("none", "constant", "value"):
            for to_go in (True, False):
                estimator = Estimator(outer, baseline, to_go)
                expected = exact.moments(problem, estimator, noise_variance=0.25)
                found = estimators.estimate(
                    problem, estimator, 40_000, generator, noise=Independent(0.5), center=expected.mean
                )
                comparisons.append((found.mean, expected.mean, found.mean_error))
                comparisons.append((found.variance, expected.variance, found.variance_error))
    assert disagreement(*comparisons) < 1


def test_noise_of_other_kinds(make):
    problem = make(batch=3, horizon=6, seed=3)
    generator = np.random.default_rng(3)
    deviation = generator.uniform(0, 2, problem.mdp.reward.shape)
    C = autoregressive(6, 0.9)
    plain = exact.moments(problem, DISCOUNTED)
    uneven = exact.moments(problem, DISCOUNTED, noise_variance=deviation**2).variance
    correlated = plain.variance + exact.added_noise_variance(problem, DISCOUNTED, sigma=2.0, correlation=C)
    comparisons = []
    for noise, variance in ((StateDependent(deviation), uneven), (Correlated(2.0, C), correlated)):
        found = estimators.estimate(problem, DISCOUNTED, 60_000, generator, noise=noise, center=plain.mean)
        comparisons.append((found.mean, plain.mean, found.mean_error))
        comparisons.append((found.variance, variance, found.variance_error))
    assert disagreement(*comparisons) < 1


def test_bias_and_a_frozen_error_move_the_mean(make):
    problem = make(batch=3, horizon=6, seed=4)
    generator = np.random.default_rng(4)
    table = generator.standard_normal(problem.mdp.reward.shape)
    timed = generator.standard_normal((3, 6, 3, 2))
    comparisons = []
    for about, bias in (
        ({"bias": table}, table),
        ({"noise": Frozen(table)}, table),
        ({"bias": timed}, timed),
    ):
        for estimator in (THEOREM_2, DISCOUNTED):
            mean = exact.expected(problem, estimator) + exact.expected(problem, estimator, bias)
            found = estimators.estimate(problem, estimator, 40_000, generator, **about)
            comparisons.append((found.mean, mean, found.mean_error))
    assert disagreement(*comparisons) < 1


def test_in_a_learned_model_the_gradient_is_the_models(make):
    problem = make(batch=2, horizon=6, seed=5)
    generator = np.random.default_rng(5)
    seen = problem.mdp.sample(problem.mdp.uniform_policy(), 20, 1, generator)
    model = CountModel.empty(2, 3, 2).observe(
        seen.states[:, :, 0], seen.actions[:, :, 0], seen.rewards[:, :, 0], seen.states[:, :, 1]
    )
    imagined = problem.imagined(model.imagine(problem.mdp))
    expected = exact.gradient(imagined)
    assert np.abs(expected - exact.gradient(problem)).max() > 0.02
    found = estimators.estimate(imagined, DISCOUNTED, 40_000, generator)
    assert disagreement((found.mean, expected, found.mean_error)) < 1


def test_z_scores_are_normal():
    """Over 500 problems the z-scores fill a standard normal distribution: the errors are honest."""
    generator = np.random.default_rng(6)
    mdp = garnet(500, 3, 2, 2, generator.uniform(0.5, 0.95, 500), generator)
    problem = Problem(mdp, tabular_policy(generator.standard_normal((500, 3, 2))), 5)
    expected = exact.gradient(problem)
    found = estimators.estimate(problem, DISCOUNTED, 2000, generator)
    z = ((found.mean - expected) / found.mean_error)[:, 0]
    assert stats.kstest(z, "norm").pvalue > FAMILY_WISE_ERROR


def test_an_estimate_does_not_depend_on_its_center_or_chunks(make, monkeypatch):
    problem = make(seed=7)
    expected = exact.moments(problem, THEOREM_2)
    free = estimators.estimate(problem, THEOREM_2, 3000, np.random.default_rng(7))
    about = estimators.estimate(problem, THEOREM_2, 3000, np.random.default_rng(7), center=expected.mean)
    np.testing.assert_allclose(free.mean, about.mean, rtol=1e-10)
    np.testing.assert_allclose(free.mean_error, about.mean_error, rtol=1e-10)
    parts = list(estimators.sample(problem, THEOREM_2, 3000, np.random.default_rng(7)))
    whole = np.concatenate(parts, axis=1)
    np.testing.assert_allclose(free.mean, whole.mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(free.variance, whole.var(axis=1, ddof=1).sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(free.mean_error, whole.std(axis=1, ddof=1) / 3000**0.5, rtol=1e-10)
    distance = ((whole - expected.mean[:, None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(about.variance, distance.mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(about.variance_error, distance.std(axis=1, ddof=1) / 3000**0.5, rtol=1e-10)
    monkeypatch.setattr(estimators, "CHUNK", 3 * 6 * 700)
    parts = list(estimators.sample(problem, THEOREM_2, 3000, np.random.default_rng(7)))
    assert [part.shape[1] for part in parts] == [700, 700, 700, 700, 200]


class TestAscend:
    def test_exact_ascent_climbs_and_sampled_ascent_follows(self, make):
        problem = make(batch=2, horizon=8, seed=8)
        _, curve = estimators.ascend(problem, DISCOUNTED, steps=60, rate=0.3)
        assert curve.shape == (2, 61) and np.all(np.diff(curve, axis=1) > 0)
        trained, sampled = estimators.ascend(
            problem, DISCOUNTED, steps=60, rate=0.3, rollouts=2000, generator=np.random.default_rng(8)
        )
        gained = (curve - curve[:, :1])[:, -1]
        assert np.all(np.abs(sampled[:, -1] - curve[:, -1]) < 0.1 * gained)
        np.testing.assert_allclose(exact.returns(trained), sampled[:, -1], rtol=1e-13)

    def test_bias_is_followed_but_not_counted(self, make):
        problem = make(batch=2, horizon=8, seed=9)
        against = -2 * problem.mdp.reward
        _, curve = estimators.ascend(problem, DISCOUNTED, steps=30, rate=0.3, bias=against)
        assert np.all(np.diff(curve, axis=1) < 0)

    def test_return_is_measured_in_the_world_named(self, make):
        problem = make(batch=2, seed=10)
        world = problem.with_reward(5.0)
        _, curve = estimators.ascend(problem, DISCOUNTED, steps=2, rate=0.1, world=world)
        np.testing.assert_allclose(curve, np.repeat(exact.returns(world)[:, None], 3, axis=1))

    def test_sampling_needs_a_generator(self, make):
        with pytest.raises(ValueError, match="generator"):
            estimators.ascend(make(), DISCOUNTED, steps=1, rate=0.1, rollouts=3)


def test_bad_input(make):
    problem = make()
    generator = np.random.default_rng(0)
    rollouts = problem.rollouts(3, generator)
    with pytest.raises(ValueError, match="rewards"):
        estimators.rollout_gradients(problem, THEOREM_2, rollouts, np.zeros((3, 3, 9)))
    with pytest.raises(ValueError, match="bias"):
        estimators.observed_rewards(rollouts, generator, bias=np.zeros((3, 2)))
    with pytest.raises(ValueError, match="count"):
        estimators.estimate(problem, THEOREM_2, 1, generator)
    with pytest.raises(ValueError, match="center"):
        estimators.estimate(problem, THEOREM_2, 5, generator, center=np.zeros(2))
