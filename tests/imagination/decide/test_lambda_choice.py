"""The best λ from a pilot, beside the exact one."""

import numpy as np
import pytest

from imagination.decide.lambda_choice import best_lambda
from imagination.reinforce import critics
from imagination.reinforce.problems import Problem, tabular_policy
from imagination.studies.critics import squared_errors
from imagination.worlds import makers

SIGMA, K = 0.5, 64


@pytest.fixture(scope="module")
def pilot():
    """A problem, its critic, and the scores and differences of many rollouts."""
    rng = np.random.default_rng(0)
    mdp = makers.garnet(3, 4, 2, 2, np.array([0.8, 0.9, 0.97]), rng)
    problem = Problem(mdp, tabular_policy(rng.standard_normal((3, 4, 2))), 5)
    critic = critics.true_critic(problem)
    critic[:, :-1] += 0.4 * rng.standard_normal((3, 1, 4))
    drawn = problem.rollouts(8_000, rng)
    seen = drawn.rewards + SIGMA * rng.standard_normal(drawn.rewards.shape)
    differences = critics.temporal_differences(problem, critic, drawn, seen)
    scores = problem.policy.scores[np.arange(3)[:, None, None], drawn.states[:, :, :-1], drawn.actions]
    return problem, critic, scores, differences


def test_a_long_pilot_finds_bias_variance_and_the_best_lambda(pilot):
    problem, critic, scores, differences = pilot
    found = best_lambda(scores, differences, gamma=problem.discount, rollouts=K)
    bias, variance = (each.T for each in squared_errors(problem, critic, found.lambdas, SIGMA))
    np.testing.assert_allclose(found.variance, variance, rtol=0.08)
    np.testing.assert_allclose(found.squared_bias, bias, atol=0.08 * bias.max())
    exact = bias + variance / K
    at = np.searchsorted(found.lambdas, found.best)
    assert (exact[np.arange(3), at] < 1.02 * exact.min(axis=1)).all()
    assert (found.best > 0).any() and (found.best < 1).all()


def test_the_pilot_is_the_estimates_own(pilot):
    problem, _, scores, differences = pilot
    found = best_lambda(scores[0], differences[0], gamma=problem.discount[0], rollouts=K, lambdas=[0.3])
    fade = problem.discount[0] * 0.3
    advantage, estimate = 0.0, 0.0
    for t in reversed(range(5)):
        advantage = differences[0, :, t] + fade * advantage
        estimate = scores[0, :, t] * advantage[:, None] + problem.discount[0] * estimate
    np.testing.assert_allclose(found.variance, [estimate.var(axis=0, ddof=1).sum()])


def test_more_rollouts_trust_the_labels_more(pilot):
    problem, _, scores, differences = pilot
    best = [
        best_lambda(scores, differences, gamma=problem.discount, rollouts=k).best
        for k in (1, 30, 1000, 10**6)
    ]
    assert (np.diff(best, axis=0) >= 0).all() and (best[-1] > 0.9).all()
    noisier = differences + 3 * np.random.default_rng(1).standard_normal(differences.shape)
    assert (best_lambda(scores, noisier, gamma=problem.discount, rollouts=30).best < best[1]).all()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"differences": np.zeros((4, 3))}, "scores must be"),
        ({"scores": np.zeros((1, 2, 1)), "differences": np.zeros((1, 2))}, "at least two rollouts"),
        ({"gamma": 1.2}, "gamma must lie in"),
        ({"outer": 2.0}, "outer must lie in"),
        ({"rollouts": 0}, "rollouts"),
        ({"lambdas": [0.5, 1.5]}, "lambdas must be"),
        ({"lambdas": []}, "lambdas must be"),
        ({"differences": np.full((4, 2), np.nan)}, "differences"),
    ],
)
def test_bad_input_is_refused_by_name(changed, named):
    good = {"scores": np.ones((4, 2, 1)), "differences": np.ones((4, 2)), "gamma": 0.9, "rollouts": 8}
    with pytest.raises(ValueError, match=named):
        best_lambda(**good | changed)
