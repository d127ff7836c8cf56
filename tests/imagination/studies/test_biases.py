import numpy as np
import pytest

from imagination.decide.label_cost import crossing
from imagination.reinforce import exact
from imagination.reinforce.estimators import rollout_gradients
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Problem, tabular_policy
from imagination.studies.biases import (
    against_rollouts,
    audit,
    copies,
    fitted_rewards,
    frozen_or_fresh,
    grid,
    repeat,
    shaping,
    which_estimator,
    with_clock,
)
from imagination.worlds import makers


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture
def problem(rng):
    mdp = makers.garnet(3, 4, 2, 2, [0.6, 0.8, 0.95], rng)
    return Problem(mdp, tabular_policy(rng.standard_normal((3, 4, 2))), 5)


def test_repeat_keeps_policies(rng, problem):
    again = repeat(problem.mdp[0], problem.policy.probabilities, 5)
    np.testing.assert_allclose(again.policy.probabilities, problem.policy.probabilities)
    np.testing.assert_array_equal(again.mdp.reward[2], problem.mdp.reward[0])


@pytest.mark.parametrize("estimator", [DISCOUNTED, THEOREM_2])
def test_a_clock_changes_nothing(problem, estimator):
    clocked = with_clock(problem)
    np.testing.assert_allclose(exact.gradient(clocked), exact.gradient(problem), atol=1e-14)
    now, before = exact.moments(clocked, estimator), exact.moments(problem, estimator)
    np.testing.assert_allclose(now.variance, before.variance, rtol=1e-12)
    np.testing.assert_allclose(exact.returns(clocked), exact.returns(problem), rtol=1e-12)


@pytest.mark.parametrize("timed", [False, True])
def test_potentials_with_terminal_0_have_no_gradient_and_others_do(rng, problem, timed):
    phi = rng.standard_normal((3, 5, 4) if timed else (3, 4))
    clocked = with_clock(problem)
    harmless = shaping(problem, phi, terminal=True)
    np.testing.assert_allclose(exact.bias_gradient(clocked, harmless), 0, atol=1e-14)
    start = phi[:, 0] if timed else phi
    total = exact.returns(clocked, harmless)  # telescopes to minus the first potential
    np.testing.assert_allclose(total, -(problem.mdp.initial * start).sum(axis=1), atol=1e-13)
    harmful = exact.bias_gradient(clocked, shaping(problem, phi, terminal=False))
    assert np.linalg.norm(harmful, axis=1).min() > 1e-4


def test_shaping_by_values_is_nearly_the_value_baseline(problem):
    """The shaped reward-to-go is the reward-to-go less the potential, but for the noise of the next state."""
    V = exact.values_to_go(problem)[:, :0:-1]
    drawn = with_clock(problem).rollouts(6, np.random.default_rng(3))
    states = drawn.states[:, :, :-1]
    batch = np.arange(3)[:, None, None]
    gamma, S = problem.discount[:, None, None], 4
    at = V.reshape(3, -1)[batch, states]  # V_t(s_t), states being numbered t S + s
    after = np.concatenate([at[:, :, 1:], 0 * at[:, :, :1]], axis=2)
    realised = drawn.rewards + gamma * after - at
    by_shaping = rollout_gradients(with_clock(problem), DISCOUNTED, drawn, realised)
    table = np.zeros((3, 5, 5 * S + 1))
    for t in range(5):
        table[:, t, t * S : (t + 1) * S] = V[:, t]
    by_baseline = rollout_gradients(with_clock(problem), DISCOUNTED, drawn, baseline=table)
    np.testing.assert_allclose(by_shaping, by_baseline, atol=1e-12)


def test_frozen_errors_do_not_average_out_and_fresh_ones_do(rng):
    table = frozen_or_fresh(grid(6), [1, 10, 10_000], sigma=0.5, generator=rng, draws=50)
    assert table["fresh"][0] / table["fresh"][2] == pytest.approx(10_000)
    assert table["per rollout"][0] / table["per rollout"][2] == pytest.approx(10_000)
    assert table["frozen"][0] == pytest.approx(table["per rollout"][0])
    floor = (table["frozen"][0] - table["frozen"][1]) / 0.9  # the part that K divides
    assert table["frozen"][2] == pytest.approx(table["frozen"][0] - floor * (1 - 1e-4))
    assert table["frozen"][2] > 100 * table["fresh"][2]
    # An estimator that is off without any error stays off by as much, and pays for it once.
    off = frozen_or_fresh(
        grid(6, discount=0.5), [1, 10**12], sigma=0.5, generator=rng, draws=50, estimator=THEOREM_2
    )
    assert off["frozen"][0] == pytest.approx(off["per rollout"][0])
    assert off["per rollout"][1] == pytest.approx(off["fresh"][1]) and off["fresh"][1] > 1e-4


def test_the_floor_of_frozen_errors_is_their_bias(rng):
    """Of i.i.d. errors: sigma squared times the squared norm of the linear map from biases to gradients."""
    problem, sigma = grid(6), 0.5
    unit = np.eye(36).reshape(36, 9, 4)
    norms = (exact.bias_gradient(copies(problem, 36), unit) ** 2).sum()
    table = frozen_or_fresh(problem, [10**9], sigma=sigma, generator=rng, draws=1500)
    assert table["frozen"][0] == pytest.approx(sigma**2 * norms, rel=0.1)


def test_fitted_rewards_improve_with_labels(rng):
    problem = grid(6)
    few, many = (
        fitted_rewards(problem, labels, sigma=1.0, generator=rng, models=4000) for labels in (36, 360)
    )
    error = np.var(few - problem.mdp.reward), np.var(many - problem.mdp.reward)
    assert error[0] == pytest.approx(1, rel=0.05) and error[1] == pytest.approx(0.1, rel=0.05)
    one = fitted_rewards(problem, 1, sigma=0.0, generator=rng, models=200)
    assert set(np.unique(one)) == {0.0, 1.0}  # the other cells repeat the one label


def test_only_the_discounted_estimator_keeps_proposition_2s_promise(rng):
    bias = 0.1 * rng.standard_normal((1, 9, 4))
    table = which_estimator(grid(), bias, [0.5, 0.9, 1.0])
    np.testing.assert_allclose(table["discounted"], 0, atol=1e-25)
    np.testing.assert_allclose(table["discounted, with bias"], table["promised"], rtol=1e-9)
    assert table["undiscounted"][0] > 0.01 and table["undiscounted"][2] < 1e-25
    assert abs(table["undiscounted, with bias"][0] / table["promised"][0] - 1) > 0.5


class TestAgainstRollouts:
    def test_sampled_errors_are_the_exact_ones(self):
        problem, rng = grid(6), np.random.default_rng(5)
        b = 0.3 * rng.standard_normal((1, 9, 4))
        table = against_rollouts(problem, b, sigma=1.0, rollouts=[1, 8, 64], generator=rng, groups=600)
        for name in ("noisy", "biased"):
            z = (table[f"sampled {name}"] - table[name]) / table[f"sampled {name} error"]
            assert np.abs(z).max() < 5  # 6 comparisons

    def test_the_lines_cross_where_e4_says(self):
        problem, rng = grid(6), np.random.default_rng(6)
        b = 0.3 * rng.standard_normal((1, 9, 4))
        noisy = exact.moments(problem, DISCOUNTED, noise_variance=1.0).variance[0]
        biased = exact.moments(problem.with_reward(problem.mdp.reward + b), DISCOUNTED).variance[0]
        size = np.linalg.norm(exact.bias_gradient(problem, b))
        most = int(crossing(variance_noisy=noisy, variance_biased=biased, bias_norm=size))
        table = against_rollouts(problem, b, sigma=1.0, rollouts=[most, most + 1], generator=rng, groups=2)
        assert table["biased"][0] <= table["noisy"][0] and table["biased"][1] > table["noisy"][1]


def test_the_audit_is_unbiased():
    rng = np.random.default_rng(7)
    b = 0.3 * rng.standard_normal((1, 9, 4))
    problem, count = grid(4), 2000
    many = copies(problem, count)
    found = audit(many, np.repeat(b, count, axis=0), sigma=0.5, rollouts=8, generator=rng)
    true = {
        "bias_norm_squared": (exact.bias_gradient(problem, b) ** 2).sum(),
        "noisy_variance": exact.moments(problem, DISCOUNTED, noise_variance=0.25).variance[0],
        "biased_variance": exact.moments(problem.with_reward(problem.mdp.reward + b), DISCOUNTED).variance[0],
    }
    for name, value in true.items():
        z = (found[name].mean() - value) / (found[name].std() / np.sqrt(count))
        assert abs(z) < 5, name
    with pytest.raises(ValueError, match="rollouts must be at least 2, got 1"):
        audit(problem, b, sigma=0.5, rollouts=1, generator=rng)
