import numpy as np
import pytest

from imagination import records
from imagination.experiments import goodhart
from imagination.experiments.bias_kinds import repeat
from imagination.experiments.learning import softmax
from imagination.reinforce import exact


def test_the_writers_world():
    mdp, bias = goodhart.answers(discount=0.5)
    assert goodhart.quality(4) == 1 and goodhart.quality(0) == goodhart.quality(8) == 0
    for length in (0, 3, 8):  # writes so many paragraphs and stops
        actions = np.zeros(10, dtype=int)
        actions[:length] = 1
        policy = mdp.deterministic_policy(actions)
        earned = 0.5**length * goodhart.quality(length)
        assert mdp.returns(policy, goodhart.HORIZON)[0] == pytest.approx(earned)
        judged = mdp.with_model(reward=mdp.reward + bias).returns(policy, goodhart.HORIZON)[0]
        assert judged == pytest.approx(earned + 0.5**length * goodhart.TASTE * length)
    never = mdp.deterministic_policy(np.ones(10, dtype=int))
    assert mdp.returns(never, goodhart.HORIZON)[0] == 0


class TestBuyer:
    def test_it_buys_what_has_the_smaller_error_for_its_money(self):
        mdp, bias = goodhart.answers()
        policies = softmax(np.random.default_rng(0).standard_normal((20, 10, 2)))
        problem = repeat(mdp, policies, goodhart.HORIZON)
        biases = np.broadcast_to(bias, problem.mdp.reward.shape)
        judged = problem.with_reward(problem.mdp.reward + biases)
        noisy = exact.moments(problem, goodhart.DISCOUNTED, noise_variance=0.25).variance
        biased = exact.moments(judged, goodhart.DISCOUNTED).variance
        size = (exact.bias_gradient(problem, biases) ** 2).sum(axis=1)
        for budget in (16.0, 64.0, 256.0):
            of_judge, of_expert = biased / budget + size, noisy / (budget / 4)
            buyer = goodhart.Buyer(mdp, bias, budget=budget)
            rollouts, noise, rewards = buyer(policies)
            asks = of_judge < of_expert
            np.testing.assert_array_equal(rollouts, np.where(asks, budget, budget / 4))
            np.testing.assert_array_equal(noise, np.where(asks, 0, 0.5))
            expected = np.where(asks[:, None, None], mdp.reward[0] + bias, mdp.reward[0])
            np.testing.assert_allclose(rewards, expected)
            assert buyer.shares == [asks.mean()]

    def test_memory_makes_it_buy_less_bias(self):
        mdp, bias = goodhart.answers()
        policies = softmax(np.random.default_rng(0).standard_normal((50, 10, 2)))
        shares = []
        for memory in (1, 10, 100):
            buyer = goodhart.Buyer(mdp, bias, budget=16.0, memory=memory)
            buyer(policies)
            shares.append(buyer.shares[0])
        assert shares[0] > shares[1] >= shares[2]

    def test_it_looks_only_so_often(self):
        mdp, bias = goodhart.answers()
        buyer = goodhart.Buyer(mdp, bias, budget=64.0, every=3)
        calls = []
        buyer.crossing = lambda policies: calls.append(1) or np.zeros(len(policies))
        for _ in range(7):
            buyer(np.full((2, 10, 2), 0.5))
        assert len(calls) == 3 and len(buyer.shares) == 7


def test_curves_are_reproducible_and_named():
    one, two = (goodhart.run("quick", seed=2, arms=["expert"]) for _ in range(2))
    np.testing.assert_array_equal(one["mean"], two["mean"])
    assert (one["low"] <= one["mean"]).all() and (one["mean"] <= one["high"]).all()
    with pytest.raises(ValueError, match="arm must be one of judge, expert"):
        goodhart.curves("nobody", seeds=2, updates=1, generator=np.random.default_rng(0))
    with pytest.raises(ValueError, match="scale must be one of"):
        goodhart.run("huge")


def test_random_problems_rise_and_some_fall_again():
    table = goodhart.random_problems(60, generator=np.random.default_rng(1), steps=60, error=1.5)
    assert (table["peak"] >= table[["start", "end"]].max(axis=1)).all()
    assert table["peak"].mean() > table["start"].mean() + 0.5
    assert (table["lost"] > 0.1).sum() >= 3 and (table["lost"].dropna() >= 0).all()
    honest = goodhart.random_problems(60, generator=np.random.default_rng(1), steps=60, error=0.0)
    assert honest["lost"].max() < 1e-6


class TestRecorded:
    def test_the_true_return_rises_and_falls_while_the_judge_is_ever_happier(self):
        judge = goodhart.recorded().query("arm == 'judge'")
        peak = judge["mean"].idxmax()
        assert 0 < judge.loc[peak, "update"] < 100
        assert judge["high"].iloc[-1] < judge.loc[peak, "low"] - 0.2
        assert (
            judge["judge"].diff().min() > -1e-3 and judge["judge"].iloc[-1] > judge.loc[peak, "judge"] + 0.5
        )

    def test_a_sample_computed_again_is_the_same(self):
        recorded, record = goodhart.recorded(), records.describe(goodhart.RECORD)
        assert record.parameters["seeds"] >= 50
        again = goodhart.run("full", seed=record.parameters["seed"], arms=["expert"])
        stored = recorded[recorded["arm"] == "expert"]
        for name in ("mean", "low", "high"):
            np.testing.assert_allclose(stored[name], again[name], atol=2e-6)
