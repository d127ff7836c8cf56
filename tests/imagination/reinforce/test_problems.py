import numpy as np
import pytest

from imagination.reinforce.problems import (
    DISCOUNTED,
    THEOREM_2,
    Estimator,
    Problem,
    SoftmaxPolicy,
    softmax,
    tabular_policy,
)
from imagination.worlds.makers import garnet


class TestSoftmaxPolicy:
    def test_two_actions_in_closed_form(self):
        policy = tabular_policy([[[0.0, np.log(3)]]])
        np.testing.assert_allclose(policy.probabilities, [[[0.25, 0.75]]], rtol=1e-15)
        np.testing.assert_allclose(policy.scores, [[[[0.75, -0.75], [-0.25, 0.25]]]], rtol=1e-15)

    def test_scores_are_derivatives_of_log_probabilities(self, make):
        policy = make(features=4).policy
        step = 1e-6
        for i in range(4):
            change = step * np.eye(4)[i]
            up, down = (np.log(policy.moved(sign * change).probabilities) for sign in (1, -1))
            np.testing.assert_allclose(policy.scores[..., i], (up - down) / (2 * step), atol=1e-9)

    def test_scores_have_mean_zero(self, make):
        policy = make(features=4).policy
        mean = (policy.probabilities[..., None] * policy.scores).sum(axis=2)
        np.testing.assert_allclose(mean, 0, atol=1e-15)

    def test_large_preferences_do_not_overflow(self):
        policy = tabular_policy([[[1e4, -1e4, 0.0]]])
        np.testing.assert_array_equal(policy.probabilities, [[[1, 0, 0]]])

    @pytest.mark.parametrize(
        ("parameters", "features", "word"),
        [
            (np.zeros(3), np.zeros((2, 2, 3)), "parameters"),
            (np.zeros((1, 3)), np.zeros((2, 2, 4)), "features"),
            (np.full((1, 3), np.nan), np.zeros((2, 2, 3)), "parameters must be finite"),
            (np.zeros((2, 3)), np.zeros((3, 2, 2, 3)), "features"),
        ],
    )
    def test_bad_input(self, parameters, features, word):
        with pytest.raises(ValueError, match=word):
            SoftmaxPolicy(parameters, features)
        with pytest.raises(ValueError, match="logits"):
            tabular_policy(np.zeros((2, 2)))


class TestProblem:
    def test_parts_and_changes(self, make):
        problem = make()
        assert len(problem) == 3 and len(problem[1]) == 1 and len(problem[-1]) == 1
        part = problem[np.array([2, 0])]
        np.testing.assert_array_equal(part.policy.probabilities, problem.policy.probabilities[[2, 0]])
        np.testing.assert_array_equal(part.discount, problem.discount[[2, 0]])
        doubled = problem.with_reward(2 * problem.mdp.reward)
        np.testing.assert_array_equal(doubled.mdp.reward, 2 * problem.mdp.reward)
        assert doubled.policy is problem.policy
        model = garnet(3, 3, 2, 2, problem.mdp.discount, np.random.default_rng(9))
        assert problem.imagined(model).mdp is model

    def test_discount_of_one_is_allowed_for_a_finite_sum(self, make):
        np.testing.assert_array_equal(make(gamma=1.0).discount, np.ones(3))

    def test_rollouts_follow_the_policy(self, make):
        problem = make(batch=1)
        rollouts = problem.rollouts(5, np.random.default_rng(0))
        assert rollouts.states.shape == (1, 5, 4) and rollouts.actions.shape == (1, 5, 3)

    def test_bad_input(self, make):
        problem = make()
        for change, word in (
            ({"horizon": 0}, "horizon"),
            ({"horizon": 2.5}, "horizon"),
            ({"discount": 1.1}, "discount"),
            ({"discount": np.nan}, "discount"),
            ({"policy": tabular_policy(np.zeros((3, 2, 2)))}, "policy"),
        ):
            arguments = {"mdp": problem.mdp, "policy": problem.policy, "horizon": 4, **change}
            with pytest.raises(ValueError, match=word):
                Problem(**arguments)


class TestEstimator:
    def test_reward_weights_by_hand(self, make):
        problem = make(batch=1, horizon=3, gamma=0.5)
        np.testing.assert_allclose(
            THEOREM_2.reward_weights(problem)[0], [[1, 0.5, 0.25], [0, 1, 0.5], [0, 0, 1]]
        )
        np.testing.assert_allclose(
            DISCOUNTED.reward_weights(problem)[0], [[1, 0.5, 0.25], [0, 0.5, 0.25], [0, 0, 0.25]]
        )
        whole = Estimator("discounted", reward_to_go=False)
        np.testing.assert_allclose(whole.reward_weights(problem)[0], 3 * [[1, 0.5, 0.25]])
        past = Estimator("undiscounted", reward_to_go=False)
        np.testing.assert_allclose(past.reward_weights(problem)[0], [[1, 0.5, 0.25], [2, 1, 0.5], [4, 2, 1]])

    def test_rewards_of_the_past_need_a_discount_that_is_not_tiny(self, make):
        problem = make(batch=1, horizon=4, gamma=0.0)
        with pytest.raises(ValueError, match="discount"):
            Estimator("undiscounted", reward_to_go=False).reward_weights(problem)
        assert np.isfinite(Estimator("discounted", reward_to_go=False).reward_weights(problem)).all()

    def test_bad_input(self):
        with pytest.raises(ValueError, match="outer"):
            Estimator("both")
        with pytest.raises(ValueError, match="baseline"):
            Estimator(baseline="best")


def test_softmax_of_large_logits_is_finite():
    found = softmax(np.array([[[1000.0, 999.0], [-1000.0, -1000.0]]]))
    np.testing.assert_allclose(found[0], [[1 / (1 + np.exp(-1)), 1 / (1 + np.e)], [0.5, 0.5]])
