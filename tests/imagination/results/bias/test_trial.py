import itertools

import numpy as np
import pytest

from imagination.decide import label_cost as fidelity
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, Problem, tabular_policy
from imagination.results.bias import trial as bias
from imagination.studies.biases import copies, grid
from imagination.worlds import makers


@pytest.fixture(scope="module")
def table():
    return bias.run("quick", seed=3, only=range(0, 36, 2))


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
    found = bias.mean_squared_error(problem, b, sigma=0.0, rollouts=2, truth=truth)
    assert found[0] == pytest.approx(expected, rel=1e-12)


def test_differences_of_returns_are_the_gradient(small):
    problem, b = small
    np.testing.assert_allclose(bias.difference_gradient(problem), exact.gradient(problem), atol=1e-10)
    np.testing.assert_allclose(
        bias.difference_gradient(problem, b), exact.bias_gradient(problem, b), atol=1e-10
    )


class TestTrial:
    def test_it_is_large_and_has_every_bias(self, table):
        assert len(table) >= 1000 and set(table["bias"]) == set(bias.BIASES)
        full = sum(batch["size"] for batch in bias.configurations("full"))
        assert full >= 10_000

    def test_proposition_2_is_exact(self, table):
        assert table["off"].max() < bias.TOLERANCE

    def test_no_bias_where_the_bias_is_constant_but_the_rewards_differ(self, table):
        constant = table[table["bias"] == "constant"]
        assert constant["bias_gradient"].max() < 1e-8 and constant["return"].abs().min() > 0
        assert table.loc[table["bias"] == "opposite", "inner"].max() < 0

    @pytest.mark.parametrize("planted", bias.PLANTED, ids=lambda planted: planted.name)
    def test_every_planted_version_is_caught(self, planted, table):
        row = bias.power(table).set_index("planted").loc[planted.name]
        assert row["caught by"] >= 0.75 * len(table) and row["largest error"] > 0.1

    def test_the_right_version_is_not_caught(self, table, monkeypatch):
        monkeypatch.setattr(bias, "PLANTED", (bias.Planted("right", bias.predicted),))
        assert bias.power(table)["caught by"][0] == 0

    def test_bad_names_are_refused(self):
        with pytest.raises(ValueError, match="scale must be one of quick, full, got 'big'"):
            bias.configurations("big")
        with pytest.raises(ValueError, match="kind must be one of"):
            bias.draw_problems(np.random.default_rng(0), 2, "kind")


class TestAgainstRollouts:
    def test_sampled_errors_are_the_exact_ones(self):
        problem, rng = grid(6), np.random.default_rng(5)
        b = 0.3 * rng.standard_normal((1, 9, 4))
        table = bias.against_rollouts(problem, b, sigma=1.0, rollouts=[1, 8, 64], generator=rng, groups=600)
        for name in ("noisy", "biased"):
            z = (table[f"sampled {name}"] - table[name]) / table[f"sampled {name} error"]
            assert np.abs(z).max() < 5  # 6 comparisons

    def test_the_lines_cross_where_e4_says(self):
        problem, rng = grid(6), np.random.default_rng(6)
        b = 0.3 * rng.standard_normal((1, 9, 4))
        noisy = exact.moments(problem, DISCOUNTED, noise_variance=1.0).variance[0]
        biased = exact.moments(problem.with_reward(problem.mdp.reward + b), DISCOUNTED).variance[0]
        size = np.linalg.norm(exact.bias_gradient(problem, b))
        crossing = fidelity.crossing(variance_noisy=noisy, variance_biased=biased, bias_norm=size)
        table = bias.against_rollouts(
            problem, b, sigma=1.0, rollouts=[int(crossing), int(crossing) + 1], generator=rng, groups=2
        )
        assert table["biased"][0] <= table["noisy"][0] and table["biased"][1] > table["noisy"][1]


def test_the_audit_is_unbiased():
    rng = np.random.default_rng(7)
    b = 0.3 * rng.standard_normal((1, 9, 4))
    problem, count = grid(4), 2000
    many = copies(problem, count)
    found = bias.audit(many, np.repeat(b, count, axis=0), sigma=0.5, rollouts=8, generator=rng)
    true = {
        "bias_norm_squared": (exact.bias_gradient(problem, b) ** 2).sum(),
        "noisy_variance": exact.moments(problem, DISCOUNTED, noise_variance=0.25).variance[0],
        "biased_variance": exact.moments(problem.with_reward(problem.mdp.reward + b), DISCOUNTED).variance[0],
    }
    for name, value in true.items():
        z = (found[name].mean() - value) / (found[name].std() / np.sqrt(count))
        assert abs(z) < 5, name
    with pytest.raises(ValueError, match="rollouts must be at least 2, got 1"):
        bias.audit(problem, b, sigma=0.5, rollouts=1, generator=rng)
