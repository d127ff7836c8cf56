import numpy as np
import pytest

from imagination.reinforce import exact
from imagination.reinforce.problems import softmax
from imagination.studies import goodhart
from imagination.studies.biases import repeat
from imagination.studies.learning import sampled_gradient


def some_policies(count=20):
    return softmax(np.random.default_rng(0).standard_normal((count, 10, 2)))


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


def test_grades_are_given_when_an_answer_ends_and_never_after():
    """Without a true reward only noise moves the parameters: never those of the end."""
    mdp, _ = goodhart.answers()
    policies = some_policies()
    found = sampled_gradient(
        mdp, policies, 50, goodhart.HORIZON, np.random.default_rng(1),
        noise=goodhart.grades(2.0), rewards=np.zeros((10, 2)),
    )  # fmt: skip
    assert np.all(found[:, -1] == 0) and np.all(np.abs(found[:, 0]).max(axis=1) > 0)
    assert np.all(goodhart.grades(2.0)[:, 1] == 0)


@pytest.mark.parametrize("sigma", [0.0, 2.0])
def test_moments_are_those_of_dynamic_programming(sigma):
    mdp, bias = goodhart.answers(discount=0.7)
    problem = repeat(mdp, some_policies(), goodhart.HORIZON).with_reward(
        np.tile(mdp.reward + bias, (20, 1, 1))
    )
    true = exact.moments(problem, goodhart.DISCOUNTED, noise_variance=goodhart.grades(sigma) ** 2)
    mean, variance = goodhart.moments(mdp, some_policies(), mdp.reward[0] + bias, sigma)
    np.testing.assert_allclose(mean, true.mean, atol=1e-12)
    np.testing.assert_allclose(variance, true.variance, rtol=1e-9)


class TestAlignment:
    def test_it_takes_the_judges_gradient_apart(self):
        mdp, bias = goodhart.answers()
        found = goodhart.alignment(mdp, bias, some_policies())
        true, judged = found["true"], found["judged"]
        problem = repeat(mdp, some_policies(), goodhart.HORIZON)
        np.testing.assert_allclose(true, exact.gradient(problem))
        np.testing.assert_allclose(judged, exact.gradient(problem.with_reward(problem.mdp.reward + bias)))
        off = judged - found["along"][:, None] * true
        np.testing.assert_allclose((off * true).sum(axis=1), 0, atol=1e-12)
        np.testing.assert_allclose(found["along"], found["cosine"] * found["length"])
        assert np.all(np.abs(found["cosine"]) <= 1)

    def test_no_taste_changes_nothing(self):
        mdp, bias = goodhart.answers(taste=0.0)
        found = goodhart.alignment(mdp, bias, some_policies())
        for name in ("cosine", "length", "along"):
            np.testing.assert_allclose(found[name], 1)

    def test_exact_paths_take_steps_of_the_length_they_say(self):
        paths = goodhart.exact_paths(1, step_size=1e-3)
        change = paths.pivot(index="update", columns="path", values="return").diff().loc[1]
        mdp, bias = goodhart.answers()
        start = goodhart.alignment(mdp, bias, np.full((1, 10, 2), 0.5))
        rise = 1e-3 * (start["true"] ** 2).sum()  # of a small true step, to first order
        cosine, length = start["cosine"][0], start["length"][0]
        expected = rise * np.array([1, cosine * length, length, cosine])
        np.testing.assert_allclose(change[list(goodhart.PATHS)], expected, rtol=0.01)


class TestBuyer:
    @pytest.mark.parametrize("aligned", [False, True])
    def test_it_buys_what_has_the_smaller_error_for_its_money(self, aligned):
        mdp, bias = goodhart.answers()
        policies, sigma = some_policies(300), 1.0
        problem = repeat(mdp, policies, goodhart.HORIZON)
        judged = problem.with_reward(problem.mdp.reward + bias)
        scale = goodhart.alignment(mdp, bias, policies)["along"] if aligned else np.ones(300)
        noisy = exact.moments(problem, goodhart.DISCOUNTED, noise_variance=goodhart.grades(sigma) ** 2)
        biased = exact.moments(judged, goodhart.DISCOUNTED)
        off = ((biased.mean / scale[:, None] - noisy.mean) ** 2).sum(axis=1)
        shares = []
        for budget in (4, 16, 64, 256, 16384):
            of_judge = biased.variance / scale**2 / budget + off
            asks = (of_judge < noisy.variance / (budget / 4)) & (scale > 0)
            buyer = goodhart.Buyer(mdp, bias, sigma=sigma, budget=budget, aligned=aligned)
            rollouts, noise, rewards = buyer(policies)
            shares.append(asks.mean())
            np.testing.assert_array_equal(rollouts, np.where(asks, budget, budget // 4))
            assert np.all(noise[asks] == 0) and np.all(noise[~asks] == goodhart.grades(sigma))
            np.testing.assert_allclose(rewards[asks], (mdp.reward + bias) / scale[asks, None, None])
            np.testing.assert_allclose(rewards[~asks], np.tile(mdp.reward, ((~asks).sum(), 1, 1)))
            assert buyer.shares == [asks.mean()]
        assert max(shares) > 0.5 > min(shares)

    def test_memory_makes_it_buy_less_bias(self):
        mdp, bias = goodhart.answers()
        shares = []
        for memory in (1, 10, 100):
            buyer = goodhart.Buyer(mdp, bias, sigma=2.0, memory=memory)
            buyer(some_policies(50))
            shares.append(buyer.shares[0])
        assert shares[0] > shares[1] >= shares[2]

    def test_a_judge_that_points_the_other_way_is_not_asked_however_short_its_step(self):
        mdp, bias = goodhart.answers()
        logits = np.zeros((1, 10, 2))
        for _ in range(20):  # so long has one learnt from the judge
            logits += goodhart.alignment(mdp, bias, softmax(logits))["judged"].reshape(1, 10, 2)
        policies = softmax(logits)
        assert goodhart.alignment(mdp, bias, policies)["along"][0] < 0
        buyer = goodhart.Buyer(mdp, bias, sigma=100.0, aligned=True)
        assert buyer.crossing(policies)[0] == -np.inf and buyer(policies)[0] == 4

    def test_it_looks_only_so_often(self):
        mdp, bias = goodhart.answers()
        buyer = goodhart.Buyer(mdp, bias, sigma=0.5, every=3)
        calls = []
        buyer.crossing = lambda policies: calls.append(1) or (np.zeros(len(policies)), np.ones(len(policies)))
        for _ in range(7):
            buyer(np.full((2, 10, 2), 0.5))
        assert len(calls) == 3 and len(buyer.shares) == 7


def test_random_problems_rise_and_some_fall_again():
    table = goodhart.random_problems(60, generator=np.random.default_rng(1), steps=60, error=1.5)
    assert (table["peak"] >= table[["start", "end"]].max(axis=1)).all()
    assert table["peak"].mean() > table["start"].mean() + 0.5
    assert (table["lost"] > 0.1).sum() >= 3 and (table["lost"].dropna() >= 0).all()
    honest = goodhart.random_problems(60, generator=np.random.default_rng(1), steps=60, error=0.0)
    assert honest["lost"].max() < 1e-6
