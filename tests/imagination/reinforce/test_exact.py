"""Exact quantities against enumeration of all trajectories, finite differences and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.reward_errors import autoregressive
from imagination.worlds.tabular import TabularMDP


def close(found, expected, scale=None):
    """Equal up to rounding, relative to the largest number at hand."""
    scale = np.abs(expected).max() if scale is None else scale
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * max(1.0, scale))


class TestAgainstEnumeration:
    def test_moments(self, make, enumerated, estimator):
        for problem in (make(), make(features=3, seed=1), make(horizon=1, seed=2)):
            oracle = enumerated(problem, estimator, exact.baseline_table(problem, estimator))
            whole, trace = exact.moments(problem, estimator, full=True), exact.moments(problem, estimator)
            scale = np.abs(oracle.covariance).max()
            close(whole.mean, oracle.mean, scale)
            close(exact.expected(problem, estimator), oracle.mean, scale)
            close(whole.covariance, oracle.covariance)
            close(trace.variance, np.trace(oracle.covariance, axis1=1, axis2=2), scale)
            close(whole.variance, trace.variance, scale)

    def test_noise_that_is_the_same_everywhere(self, make, enumerated, estimator):
        problem = make(seed=3)
        oracle = enumerated(problem, estimator, exact.baseline_table(problem, estimator))
        close(exact.added_noise_variance(problem, estimator), oracle.noise)
        sigma = np.array([0.5, 1.0, 3.0])
        close(
            exact.added_noise_variance(problem, estimator, sigma=sigma, rollouts=7),
            sigma**2 * oracle.noise / 7,
        )

    def test_noise_correlated_in_time(self, make, enumerated, estimator):
        problem = make(seed=4)
        C = autoregressive(problem.horizon, 0.7)
        table = exact.baseline_table(problem, estimator)
        oracle = enumerated(problem, estimator, table, correlation=C)
        close(exact.added_noise_variance(problem, estimator, correlation=C), oracle.noise)

    def test_noise_whose_variance_depends_on_the_state(self, make, enumerated, estimator):
        problem = make(seed=5)
        variance = np.random.default_rng(5).uniform(0, 2, problem.mdp.reward.shape)
        table = exact.baseline_table(problem, estimator)
        oracle = enumerated(problem, estimator, table, noise_variance=variance)
        without = exact.moments(problem, estimator).variance
        for full in (False, True):
            noisy = exact.moments(problem, estimator, noise_variance=variance, full=full)
            close(noisy.variance - without, oracle.noise, noisy.variance.max())

    def test_largest_score(self, make, enumerated):
        for problem in (make(seed=6), make(features=3, seed=7)):
            oracle = enumerated(problem, THEOREM_2, np.zeros((3, 3, 3)))
            close(exact.expected_maximal_score(problem), oracle.maximal_score)
            close(exact.maximal_score_norm(problem) ** 2, oracle.maximal_score)

    def test_rewards_that_depend_on_time(self, make, enumerated, estimator):
        problem = make(seed=8)
        reward = np.random.default_rng(8).standard_normal((3, 3, 3, 2))
        table = exact.baseline_table(problem, estimator, reward)
        oracle = enumerated(problem, estimator, table, reward=reward)
        found = exact.moments(problem, estimator, reward=reward, full=True)
        close(found.covariance, oracle.covariance)
        close(exact.expected(problem, estimator, reward), oracle.mean, np.abs(oracle.covariance).max())


class TestGradient:
    @pytest.mark.parametrize("features", [None, 4])
    def test_is_the_derivative_of_the_return(self, make, features):
        problem = make(horizon=12, features=features, seed=9)
        d, step = problem.policy.parameters.shape[1], 1e-5
        slopes = []
        for direction in np.eye(d):
            up, down = (
                exact.returns(problem.with_policy(problem.policy.moved(sign * step * direction)))
                for sign in (1, -1)
            )
            slopes.append((up - down) / (2 * step))
        np.testing.assert_allclose(exact.gradient(problem), np.stack(slopes, axis=1), atol=1e-9)

    def test_returns_are_those_of_the_mdp(self, make):
        problem = make(horizon=20)
        expected = problem.mdp.returns(problem.policy.probabilities, 20)
        np.testing.assert_allclose(exact.returns(problem), expected, rtol=1e-13)

    def test_a_bandit_in_closed_form(self):
        mdp = TabularMDP(np.ones((1, 1, 2, 1)), [[[2.0, 5.0]]], 0.5)
        problem = Problem(mdp, tabular_policy([[[0.0, np.log(3)]]]), 1)
        np.testing.assert_allclose(exact.gradient(problem), [[0.25 * 0.75 * -3, 0.25 * 0.75 * 3]])

    def test_theorem_2_estimates_another_vector_unless_gamma_is_one(self, make):
        problem = make(seed=10)
        apart = np.abs(exact.expected(problem, THEOREM_2) - exact.gradient(problem)).max(axis=1)
        assert np.all(apart > 1e-3)
        patient = make(seed=10, gamma=1.0)
        np.testing.assert_allclose(exact.expected(patient, THEOREM_2), exact.gradient(patient), atol=1e-14)

    def test_bias_adds_its_own_gradient(self, make):
        problem = make(seed=11)
        bias = np.random.default_rng(11).standard_normal(problem.mdp.reward.shape)
        biased = problem.with_reward(problem.mdp.reward + bias)
        np.testing.assert_allclose(
            exact.gradient(biased), exact.gradient(problem) + exact.bias_gradient(problem, bias), atol=1e-14
        )


class TestBaselines:
    def test_none_changes_the_mean_or_the_noise(self, make):
        problem = make(horizon=15, seed=12)
        for outer in ("undiscounted", "discounted"):
            plain = Estimator(outer)
            for baseline in ("constant", "value"):
                other = Estimator(outer, baseline)
                np.testing.assert_allclose(
                    exact.moments(problem, other).mean, exact.moments(problem, plain).mean, atol=1e-13
                )
                added = [
                    exact.moments(problem, e, noise_variance=0.3).variance
                    - exact.moments(problem, e).variance
                    for e in (plain, other)
                ]
                np.testing.assert_allclose(*added, rtol=1e-10)

    @pytest.mark.parametrize("to_go", [True, False])
    def test_the_constant_is_the_best_constant(self, make, to_go):
        problem = make(horizon=6, seed=13)
        estimator = Estimator("discounted", "constant", to_go)
        table = exact.baseline_table(problem, estimator)
        best = exact.moments(problem, estimator).variance
        for scale in (0.0, 0.9, 1.1, 2.0):
            assert np.all(exact.moments(problem, estimator, baseline=scale * table).variance > best)
        step = 1e-3
        up, down = (
            exact.moments(problem, estimator, baseline=(1 + sign * step) * table).variance for sign in (1, -1)
        )
        np.testing.assert_allclose(up, down, rtol=1e-10)  # a parabola's bottom

    def test_values_remove_the_variance_where_nothing_is_left_to_chance_but_one_action(self):
        """A bandit with equal rewards: minus its value, every estimate is 0."""
        mdp = TabularMDP(np.ones((1, 1, 2, 1)), [[[3.0, 3.0]]], 0.5)
        problem = Problem(mdp, tabular_policy([[[0.0, 1.0]]]), 3)
        assert exact.moments(problem, Estimator(baseline="value")).variance[0] == pytest.approx(0, abs=1e-12)
        assert exact.moments(problem, THEOREM_2).variance[0] > 1


class TestNoise:
    @settings(max_examples=30)
    @given(
        seed=st.integers(0, 10**6),
        horizon=st.integers(1, 40),
        n_actions=st.integers(2, 4),
        outer=st.sampled_from(["undiscounted", "discounted"]),
    )
    def test_the_sum_is_what_the_recursion_finds(self, make, seed, horizon, n_actions, outer):
        """Two ways to the same number: the sum over martingale differences, and second moments."""
        problem = make(n_actions=n_actions, horizon=horizon, seed=seed)
        noisy = exact.moments(problem, Estimator(outer), noise_variance=2.25)
        plain = exact.moments(problem, Estimator(outer))
        np.testing.assert_allclose(
            noisy.variance - plain.variance,
            exact.added_noise_variance(problem, Estimator(outer), sigma=1.5),
            rtol=1e-9,
        )

    def test_one_state_in_closed_form(self):
        """‖w‖² has mean 1 − Σ π² in a bandit; the exact amount is then a number."""
        pi, gamma, H = np.array([0.2, 0.3, 0.5]), 0.9, 4
        mdp = TabularMDP(np.ones((1, 1, 3, 1)), np.zeros((1, 1, 3)), gamma)
        problem = Problem(mdp, tabular_policy(np.log(pi)[None, None]), H)
        norm = 1 - (pi**2).sum()
        d2 = norm * sum(gamma ** (2 * (u - t)) for u in range(H) for t in range(u + 1))
        d3 = norm * sum(gamma ** (2 * u) * (u + 1) for u in range(H))
        np.testing.assert_allclose(exact.score_norms(problem), norm, rtol=1e-14)
        np.testing.assert_allclose(exact.mean_score_norm(problem) ** 2, norm, rtol=1e-14)
        np.testing.assert_allclose(exact.added_noise_variance(problem, THEOREM_2), d2, rtol=1e-14)
        np.testing.assert_allclose(exact.added_noise_variance(problem, DISCOUNTED), d3, rtol=1e-14)

    def test_the_mean_score_norm_is_that_of_the_time_at_which_it_is_largest(self):
        """From a state of an undecided policy to one of a decided policy, for good: 1 − Σ π² at each time."""
        kernel = np.zeros((1, 2, 2, 2))
        kernel[..., 1] = 1
        mdp = TabularMDP(kernel, np.zeros((1, 2, 2)), 0.9, np.array([[1.0, 0.0]]))
        problem = Problem(mdp, tabular_policy(np.log([[[0.5, 0.5], [0.9, 0.1]]])), 4)
        np.testing.assert_allclose(exact.score_norms(problem), [[0.5, 0.18, 0.18, 0.18]])
        np.testing.assert_allclose(exact.mean_score_norm(problem), 0.5**0.5)

    def test_the_largest_score_is_at_least_the_largest_mean(self, make):
        problem = make(batch=50, horizon=30, seed=15)
        assert np.all(exact.maximal_score_norm(problem) >= exact.mean_score_norm(problem))
        largest = np.sqrt((problem.policy.scores**2).sum(axis=3).max(axis=(1, 2)))
        assert np.all(exact.maximal_score_norm(problem) <= largest * (1 + 1e-12))


class TestBadInput:
    def test_each_argument_is_named(self, make):
        problem = make()
        for call, word in (
            (lambda: exact.added_noise_variance(problem, THEOREM_2, sigma=-1.0), "sigma"),
            (lambda: exact.added_noise_variance(problem, THEOREM_2, rollouts=0), "rollouts"),
            (lambda: exact.added_noise_variance(problem, THEOREM_2, correlation=np.eye(2)), "correlation"),
            (lambda: exact.moments(problem, THEOREM_2, noise_variance=-1.0), "noise_variance"),
            (lambda: exact.moments(problem, THEOREM_2, baseline=np.zeros((2, 2))), "baseline"),
            (lambda: exact.returns(problem, np.full((3, 3, 2), np.inf)), "reward"),
            (lambda: exact.returns(problem, np.zeros((4, 3, 2))), "reward"),
            (lambda: exact.returns(problem, np.zeros((3, 7, 3, 2))), "reward"),
        ):
            with pytest.raises(ValueError, match=word):
                call()
