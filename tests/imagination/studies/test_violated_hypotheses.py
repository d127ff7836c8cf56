import numpy as np
import pytest
from scipy import stats

from imagination.reinforce import estimators, exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2, Estimator, Problem, tabular_policy
from imagination.reinforce.reward_errors import Independent
from imagination.results.noise.claims import added_variance_bound
from imagination.studies import violated_hypotheses
from imagination.worlds.tabular import TabularMDP

ONE = violated_hypotheses.problem(3, horizon=10)


@pytest.fixture(scope="module")
def table():
    return violated_hypotheses.measured(
        ONE, sigma=1.0, rollouts=10, repeats=400, generator=np.random.default_rng(0)
    )


def added_by_hand(coefficient: float) -> float:
    """Σ_t E‖w_t‖² Σ_{u,v ≥ t} γ^(u−t) γ^(v−t) ρ^|u−v|, for Theorem 2's weights."""
    t = np.arange(10)
    discount, C = 0.9**t, coefficient ** np.abs(t[:, None] - t)
    variances = [discount[:left] @ C[:left, :left] @ discount[:left] for left in range(10, 0, -1)]
    return float(exact.score_norms(ONE)[0] @ variances)


def test_what_each_kind_does(table):
    same = ["as supposed", "heavy tails, t(3)", "one draw for all rollouts"]
    np.testing.assert_allclose(table.loc[same, "added / expected"], 1, rtol=1e-12)
    correlated = {"correlated, 0.9": 0.9, "correlated, −0.9": -0.9, "one draw a rollout": 1.0}
    for name, coefficient in correlated.items():
        expected = added_by_hand(coefficient) / added_by_hand(0.0)
        assert table.loc[name, "added / expected"] == pytest.approx(expected, rel=1e-12)
    added = table["added / expected"]
    assert added["correlated, −0.9"] < 1 and added["correlated, 0.9"] > 2
    assert table.loc["all of it at one (s, a)", "added / expected"] > 1.2
    assert np.isinf(table.loc["heavy tails, t(1.5)", "added / expected"])
    biased = table["shift"] > 0
    assert list(table.index[biased]) == ["mean by state", "frozen reward model"]
    assert (table.loc[biased, "Theorem 2"] == "biased").all()


def test_theorem_2_survives_correlation_in_time_and_the_sharp_bound_does_not(table):
    together = table.loc["one draw a rollout"]
    assert together["Theorem 2"] == "holds" and together["sharp bound"] == "fails"


def test_measured_as_predicted(table):
    """400 repetitions: the variance within a third, where fourth moments exist; the shift to a tenth."""
    tame = table.drop(
        index=["heavy tails, t(1.5)", "heavy tails, t(3)", "mean by state", "frozen reward model"]
    )
    assert (abs(tame["sampled"] - tame["added / expected"]) < 0.35 * (1 + tame["added / expected"])).all()
    moved = table[table["shift"] > 0]
    np.testing.assert_allclose(moved["shift, measured"], moved["shift"], rtol=0.1)


def test_correlation_in_time_never_exceeds_theorem_2():
    """|C| ≤ 1 entry by entry, so the worst correlation is 1 throughout: Σ_t E‖w_t‖² (Σ_u γ^(u−t))²."""
    worst = exact.added_noise_variance(ONE, THEOREM_2, correlation=np.ones((10, 10)))[0]
    togo = (1 - 0.9 ** np.arange(10, 0, -1)) / 0.1
    assert worst == pytest.approx((exact.score_norms(ONE)[0] * togo**2).sum(), rel=1e-12)
    assert worst <= 10 * exact.mean_score_norm(ONE)[0] ** 2 / 0.1**2


def test_a_concentrated_variance_has_the_average_asked_for():
    case = violated_hypotheses.cases(ONE, sigma=2.0, generator=np.random.default_rng(0))[
        "all of it at one (s, a)"
    ]
    visits = exact.state_distributions(ONE).mean(axis=1)[..., None] * ONE.policy.probabilities
    assert (visits * case.noise.deviation**2).sum() == pytest.approx(4)
    assert np.count_nonzero(case.noise.deviation) == 1


def test_errors_of_learned_rewards_have_the_deviation_expected():
    errors = violated_hypotheses.learned_reward(ONE, 4, 2.0, np.random.default_rng(1), times=400)
    assert errors.shape == (400, 5, 3)
    assert stats.kstest(errors.ravel(), "norm").pvalue > 1e-4


def test_error_falls_or_stays_as_predicted():
    table = violated_hypotheses.error_against_rollouts(
        ONE, (1, 8, 64), sigma=1.0, repeats=200, generator=np.random.default_rng(2)
    )
    z = (table["error"] - table["predicted"]) / table["standard_error"]
    assert z.abs().max() < 5  # 12 comparisons, skewed; a wrong prediction is off by tens
    last = table[table["rollouts"] == 64].set_index("noise")["error"]
    assert last["frozen reward model"] > 5 * last["independent"]
    assert last["one draw for all rollouts"] == pytest.approx(last["independent"], rel=0.4)
    with pytest.raises(ValueError, match="estimator"):
        violated_hypotheses.error_against_rollouts(
            ONE, (1,), sigma=1.0, repeats=2, generator=np.random.default_rng(2),
            estimator=Estimator(baseline="value"),
        )  # fmt: skip


def test_gradient_errors_have_mean_zero_under_noise():
    errors = violated_hypotheses.gradient_errors(
        ONE, THEOREM_2, Independent(1.0), 50, 400, np.random.default_rng(3)
    )
    z = errors.mean(axis=0) / (errors.std(axis=0, ddof=1) / 20)
    assert np.abs(z).max() < stats.norm.isf(1e-4 / (2 * z.size))


def test_a_baseline_of_the_other_rollouts_labels_adds_its_own_noise():
    table = violated_hypotheses.leave_one_out(
        ONE, (2, 3, 10), sigma=2.0, repeats=4000, generator=np.random.default_rng(4), estimator=DISCOUNTED
    )
    limit = stats.norm.isf(1e-4 / 6)
    assert (abs(table["measured"] - table["K/(K − 1)"]) < limit * table["standard error"]).all()
    assert (table["standard error"] < 0.1).all(), "so a factor of 1 at K = 2 would be noticed"
    assert table["mean z"].max() < 5
    with pytest.raises(ValueError, match="at least 2, got 1"):
        violated_hypotheses.leave_one_out(ONE, (1,), sigma=1.0, repeats=2, generator=np.random.default_rng(4))


def test_leave_one_out_is_what_its_definition_says():
    """The estimate with each rollout's baseline computed from the others' returns to go, one by one."""
    rng, K, H, gamma = np.random.default_rng(5), 3, ONE.horizon, ONE.discount[0]
    drawn = ONE.rollouts(K, rng)
    rewards = drawn.rewards[0]
    togo = np.array([[sum(gamma ** (u - t) * r[u] for u in range(t, H)) for t in range(H)] for r in rewards])
    by_hand = 0
    for k in range(K):
        baseline = np.delete(togo, k, axis=0).mean(axis=0)
        for t in range(H):
            at = drawn.states[0, k, t], drawn.actions[0, k, t]
            by_hand = by_hand + ONE.policy.scores[0][at] * (togo[k, t] - baseline[t]) / K
    centred = (drawn.rewards - drawn.rewards.mean(axis=1, keepdims=True)) * K / (K - 1)
    found = estimators.mean_gradient(ONE, THEOREM_2, drawn, centred)
    np.testing.assert_allclose(found[0], by_hand, atol=1e-12)


def test_theorem_2_fails_with_the_average_variance_where_a_pair_is_rare():
    """One state, one step, an action taken once in a hundred times that carries all the noise."""
    chance = np.array([0.01, 0.99])
    bandit = TabularMDP(np.ones((1, 1, 2, 1)), np.zeros((1, 1, 2)), 0.0)
    pull = Problem(bandit, tabular_policy(np.log(chance)[None, None]), 1)
    uneven = np.array([[[1 / chance[0], 0]]])  # 1 on average
    added = exact.moments(pull, THEOREM_2, noise_variance=uneven).variance[0]
    average, largest = (
        added_variance_bound(
            sigma=sigma,
            horizon=1,
            gamma=0,
            rollouts=1,
            score_bound=exact.maximal_score_norm(pull)[0],
            form="paper",
        )
        for sigma in (1, 10)
    )
    assert 50 * average < added <= largest
