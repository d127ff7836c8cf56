"""Groups that are listed: their chances add to 1, and their estimates are those of samples."""

import numpy as np
import pytest

from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2
from imagination.results.group import systems


@pytest.fixture(scope="module")
def drawn():
    return systems.draw(np.random.default_rng(0), 6, 2)


@pytest.mark.parametrize("estimator", [DISCOUNTED, THEOREM_2])
def test_one_rollout_has_the_moments_of_recursions(drawn, estimator):
    problem, deviation = drawn
    expected = exact.moments(problem, estimator, noise_variance=deviation**2)
    for i in range(len(problem)):
        one = systems.one_rollout(problem[i], estimator, deviation[i : i + 1])
        estimate = np.einsum("khd,kh->kd", one.scores, one.to_go)
        mean = one.chance @ estimate
        np.testing.assert_allclose(mean, expected.mean[i], atol=1e-12)
        second = one.chance @ (estimate**2).sum(axis=1)
        assert second - mean @ mean == pytest.approx(expected.variance[i], rel=1e-9)


def test_a_group_of_two_by_hand(drawn):
    one = systems.one_rollout(drawn[0][0], DISCOUNTED)
    which, chance = systems.groups(one, 2)
    assert chance.sum() == pytest.approx(1) and len(chance) == len(one.chance) ** 2
    x, y = which[:, 5]
    apart = one.to_go[x] - one.to_go[y]
    by_hand = (apart @ one.scores[x] - apart @ one.scores[y]) / 2
    np.testing.assert_allclose(systems.estimates(one, which)[5], by_hand, atol=1e-14)
    np.testing.assert_allclose(systems.estimates(one, which, own=True)[5], by_hand / 2, atol=1e-14)


def test_a_listed_group_is_that_of_samples(drawn):
    problem = drawn[0][:1]
    which, chance = systems.groups(one := systems.one_rollout(problem, DISCOUNTED), 3)
    found = systems.estimates(one, which)
    many = problem[np.zeros(20_000, int)]
    drawn_groups = many.rollouts(3, np.random.default_rng(1))
    seen = drawn_groups.rewards
    others = (seen.sum(axis=1, keepdims=True) - seen) / 2  # at the same time: returns to go are linear
    silent = np.zeros((len(many), 2, 2))
    sampled = estimators.mean_gradient(many, DISCOUNTED, drawn_groups, seen - others, baseline=silent)
    mean = chance @ found
    error = np.std(sampled, axis=0) / np.sqrt(len(many))
    assert (np.abs(np.mean(sampled, axis=0) - mean) < 5 * error + 1e-12).all()
    total = chance @ (found**2).sum(axis=1) - mean @ mean
    np.testing.assert_allclose(np.var(sampled, axis=0).sum(), total, rtol=0.1)


def test_a_question_has_right_and_wrong_answers():
    rng = np.random.default_rng(2)
    for _ in range(50):
        of = systems.question(rng)
        assert 2 <= len(of.logits) <= 4 and 0 < of.right.sum() < len(of.right)
        assert 0 < of.rate < 1 and of.policy.sum() == pytest.approx(1)


def test_a_lone_answer_makes_no_step_and_two_make_a_plain_one():
    of = systems.Question(np.array([0.3, -0.2, 1.0]), np.array([1.0, 0.0, 0.0]), 0.9, 0.2)
    assert not systems.step(of, 1).any()
    slope = of.policy * (of.right - of.policy @ of.right)
    np.testing.assert_allclose(systems.step(of, 2), 0.7 * slope, atol=1e-14)
