import itertools

import numpy as np
import pytest

from imagination.reinforce import exact
from imagination.reinforce.problems import Problem, tabular_policy
from imagination.results.bias import trial
from imagination.results.bias.mutants import MUTANTS
from imagination.trials.trial import Mutant, mutation_scores
from imagination.worlds import makers


@pytest.fixture(scope="module")
def table():
    return trial.run("quick", seed=3, only=range(0, 36, 2))


@pytest.fixture
def small():
    rng = np.random.default_rng(4)
    mdp = makers.garnet(1, 2, 2, 2, 0.7, rng)
    return Problem(mdp, tabular_policy(rng.standard_normal((1, 2, 2))), 2), rng.standard_normal((1, 2, 2))


def enumerated_gradients(problem, rewards):
    """Every rollout's probability and discounted estimate, by hand."""
    pi, P, H = problem.policy.probabilities[0], problem.mdp.transition[0], problem.horizon
    gamma, S, A = problem.discount[0], *rewards.shape
    found = []
    for path in itertools.product(itertools.product(range(S), range(A)), repeat=H):
        probability = problem.mdp.initial[0][path[0][0]]
        for t, (s, a) in enumerate(path):
            probability *= pi[s, a] * (P[s, a, path[t + 1][0]] if t + 1 < H else 1)
        estimate = np.zeros((S, A))
        for t, (s, a) in enumerate(path):
            togo = sum(gamma**u * rewards[path[u]] for u in range(t, H))
            estimate[s] -= pi[s] * togo
            estimate[s, a] += togo
        found.append((probability, estimate.ravel()))
    return found


def test_the_error_of_two_rollouts_by_enumerating_all_pairs(small):
    problem, b = small
    truth = exact.gradient(problem)
    rollouts = enumerated_gradients(problem, (problem.mdp.reward + b)[0])
    assert sum(p for p, _ in rollouts) == pytest.approx(1)
    expected = sum(
        p * q * ((g + h) / 2 - truth[0]) @ ((g + h) / 2 - truth[0])
        for (p, g), (q, h) in itertools.product(rollouts, rollouts)
    )
    found = trial.mean_squared_error(problem, b, sigma=0.0, rollouts=2, truth=truth)
    assert found[0] == pytest.approx(expected, rel=1e-12)


def test_differences_of_returns_are_the_gradient(small):
    problem, b = small
    np.testing.assert_allclose(trial.difference_gradient(problem), exact.gradient(problem), atol=1e-10)
    np.testing.assert_allclose(
        trial.difference_gradient(problem, b), exact.bias_gradient(problem, b), atol=1e-10
    )


class TestTrial:
    def test_it_is_large_and_has_every_bias(self, table):
        assert len(table) >= 1000 and set(table["bias"]) == set(trial.BIASES)
        full = sum(batch["size"] for batch in trial.configurations("full"))
        assert full >= 10_000

    def test_no_bias_where_the_bias_is_constant_but_the_rewards_differ(self, table):
        constant = table[table["bias"] == "constant"]
        assert constant["bias_gradient"].max() < 1e-8 and constant["return"].abs().min() > 0
        assert table.loc[table["bias"] == "opposite", "inner"].max() < 0

    def test_every_mutant_is_caught(self, table):
        scores = mutation_scores(trial.TRIALS, MUTANTS, table, by="bias")
        assert scores["share"].min() >= 0.75 and scores["excess"].min() > 0.1

    def test_the_right_version_is_not_caught(self, table):
        (own,) = trial.TRIALS
        found = own.outcome(table, (Mutant("right", own.claim),))
        assert (found.problems, found.violations, found.mutants, found.caught) == (len(table), 0, 1, 0)
        assert found.off == pytest.approx(table["off"].max(), rel=1e-4) and found.off < trial.TOLERANCE

    def test_bad_names_are_refused(self):
        with pytest.raises(ValueError, match="scale must be one of quick, full, got 'big'"):
            trial.configurations("big")
        with pytest.raises(ValueError, match="kind must be one of"):
            trial.draw_problems(np.random.default_rng(0), 2, "kind")
