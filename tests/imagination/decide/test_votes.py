"""How many votes to buy: against enumeration and simulation, and the judge whose gradient is exact."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import stats

from imagination import fidelity
from imagination.decide.noise_laws import ballots
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED
from imagination.results.verifier.claims import WORTH
from imagination.studies import biases

RULES = ("mean", "majority", "all", "any")


@pytest.mark.parametrize("rho", [0.0, 0.01, 0.3, 0.9])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.97, 1.0])
def test_ballots_are_binomial_or_beta_binomial(p: float, rho: float) -> None:
    found = ballots(p, rho, 6)
    for n in range(1, 7):
        k = np.arange(n + 1)
        if rho and 0 < p < 1:
            theta = (1 - rho) / rho
            promised = stats.betabinom.pmf(k, n, p * theta, (1 - p) * theta)
        elif rho == 0:
            promised = stats.binom.pmf(k, n, p)
        else:
            promised = 1.0 * (k == n * p)
        np.testing.assert_allclose(found[n - 1, : n + 1], promised, atol=1e-12)
        assert not found[n - 1, n + 1 :].any()


def test_fully_correlated_votes_are_one_vote() -> None:
    np.testing.assert_allclose(ballots(0.3, 1.0, 5)[:, [0, *range(1, 6)]].sum(axis=1), 1)
    for n in range(1, 6):
        np.testing.assert_allclose(ballots(0.3, 1.0, 5)[n - 1, [0, n]], [0.7, 0.3])


@pytest.mark.parametrize("rule", RULES)
def test_noise_is_that_of_all_ballots(rule: Any) -> None:
    judge = fidelity.Verifier(0.8, 0.3, share_of_ones=0.25, rule=rule)
    J, noise = 0.0, 0.0
    for rate, sign, share in ((0.8, 1, 0.25), (0.3, -1, 0.75)):
        mean = square = 0.0
        for votes in itertools.product((0, 1), repeat=4):
            chance = np.prod([rate if vote else 1 - rate for vote in votes])
            share_yes = np.mean(votes)
            said = {
                "mean": share_yes,
                "majority": share_yes > 0.5,
                "all": share_yes == 1,
                "any": share_yes > 0,
            }
            mean, square = mean + chance * said[rule], square + chance * said[rule] ** 2
        J, noise = J + sign * mean, noise + share * (square - mean**2)
    assert judge(4) == judge(4.9) == pytest.approx(noise / J**2)


def test_correlated_votes_saturate_and_the_mean_is_then_the_better_rule() -> None:
    many = 201
    noise = {
        (rule, rho): fidelity.Verifier(0.8, 0.2, 0.5, correlation=rho, rule=rule)([1, many])
        for rule in ("mean", "majority")
        for rho in (0.0, 0.3)
    }
    assert noise["majority", 0.0][1] < 1e-9 * noise["mean", 0.0][1]
    assert noise["mean", 0.3][1] == pytest.approx(0.3 * noise["mean", 0.3][0], rel=0.02)
    assert noise["mean", 0.3][1] < noise["majority", 0.3][1]


@pytest.mark.parametrize("rule", RULES)
def test_the_advice_is_the_least_of_all_plans(rule: Any) -> None:
    rng, size, most = np.random.default_rng(1), 40, 12
    tpr, fpr = 0.5 + 0.5 * rng.random(size), 0.5 * rng.random(size)
    price, V, kappa, c_0 = (rng.exponential(size=size) + 0.05 for _ in range(4))
    judges = fidelity.Verifier(tpr, fpr, rng.random(size), price, 0.3 * rng.random(size), rule)
    given = {"noise_free_variance": V, "noise_factor": kappa, "fixed_cost": c_0}
    best = fidelity.optimal_cost(judges, **given, cost_range=(price, most * price), budget=60.0)
    votes = np.arange(1, most + 1)[:, None]
    noise = judges(votes * price)
    objective = (c_0 + votes * price) * (V + kappa * noise)
    np.testing.assert_allclose(best.objective, objective.min(axis=0))
    np.testing.assert_array_equal(best.votes, 1 + objective.argmin(axis=0))
    assert best.whole is not None
    K = np.floor(60.0 / (c_0 + votes * price))
    variance = np.where(K > 0, (V + kappa * noise) / np.maximum(K, 1), np.inf)
    np.testing.assert_allclose(best.whole.variance, variance.min(axis=0))
    np.testing.assert_allclose(best.whole.cost, price * (1 + variance.argmin(axis=0)))


def test_one_vote_is_worth_what_the_claim_says() -> None:
    judge = fidelity.Verifier(0.9, 0.2, 0.4, price=2.0)
    given: dict[str, Any] = {"noise_free_variance": 3.0, "fixed_cost": 5.0}
    best = fidelity.optimal_cost(judge, noise_factor=7.0, cost_range=(2.0, 3.0), **given)
    noise = 7.0 * (0.4 * 0.9 * 0.1 + 0.6 * 0.2 * 0.8)
    per = WORTH.evaluate(tpr=0.9, fpr=0.2, cost=2.0, verdict_noise=noise, budget=1.0, **given)
    assert best.objective == pytest.approx(per) and best.votes == 1 and best.regime == "indifferent"


def test_false_yeses_that_are_not_subtracted_cost_variance_until_votes_remove_them() -> None:
    judge = fidelity.Verifier(0.9, 0.4, 0.5, price=0.1, rule="majority")
    given: dict[str, Any] = {"noise_factor": 1.0, "fixed_cost": 1.0, "cost_range": (0.1, 3.1)}
    kept = fidelity.optimal_cost(judge, noise_free_variance=lambda f: 1 + 200 * f**2, **given)
    subtracted = fidelity.optimal_cost(judge, noise_free_variance=1.0, **given)
    assert kept.votes > subtracted.votes and kept.objective > subtracted.objective
    one, other = judge.rates(31)
    f = (other / (one - other))[kept.votes - 1]
    cost = 0.1 * kept.votes
    assert kept.objective == pytest.approx((1 + cost) * (1 + 200 * f**2 + float(judge(cost))))


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"tpr": 1.5}, "tpr must lie in"),
        ({"correlation": np.nan}, "correlation must be finite"),
        ({"price": 0}, "price must be finite and > 0"),
        ({"rule": "most"}, "rule must be one of mean, majority, all, any"),
        ({"tpr": 0.2}, "tpr above fpr"),
        ({"cost_range": (1.2, 1.8)}, "whole number of votes"),
        ({"cost_range": (1, 1e6)}, "at most 1000"),
        ({"noise_free_variance": lambda f: -1.0}, "noise_free_variance must return finite numbers"),
        ({"budget": 0.5}, "budget must be enough for one rollout"),
    ],
)
def test_bad_verifiers_are_named(changed: dict[str, Any], text: str) -> None:
    law = {"tpr": 0.8, "fpr": 0.3, "share_of_ones": 0.5} | changed
    given = {name: law.pop(name) for name in ("cost_range", "noise_free_variance", "budget") if name in law}
    with pytest.raises(ValueError, match=text):
        fidelity.optimal_cost(fidelity.Verifier(**law), **({"cost_range": (1, 9)} | given))


# Rates that are the same everywhere leave the direction exact


def test_a_judge_whose_gradient_is_exact_is_not_turned_away() -> None:
    grid = biases.grid()
    r = grid.mdp.reward
    judged = grid.with_reward(0.1 + 0.6 * r)
    V = exact.moments(grid, DISCOUNTED, noise_variance=1.0).variance[0]
    own = exact.moments(judged, DISCOUNTED).variance[0]
    true, other = exact.gradient(grid)[0], exact.gradient(judged)[0]
    as_it_comes = fidelity.crossing(
        variance_noisy=V, variance_biased=own, bias_norm=np.linalg.norm(other - true)
    )
    assert as_it_comes == pytest.approx(2410, abs=1)  # what counts a shorter step as an error
    along, across = fidelity.along_gradient(gradient=true, judged=other)
    assert along == pytest.approx(0.6) and across == 0
    own_step = {"variance_noisy": V, "variance_biased": own, "bias_norm": across, "along": along}
    assert fidelity.crossing(**own_step) == np.inf


def test_the_rescaled_crossing_is_where_both_errors_are_equal() -> None:
    noisy, biased, along, across = np.array([5.0, 9.0]), 1.0, np.array([2.0, 0.5]), np.array([0.5, 0.1])
    K = fidelity.crossing(variance_noisy=noisy, variance_biased=biased, bias_norm=across, along=along)
    error = fidelity.mean_squared_error(variance=biased / along**2, rollouts=K, bias_norm=across / along)
    np.testing.assert_allclose(error, noisy / K)
    exactly = fidelity.crossing(variance_noisy=[1.0, 4.0, 9.0], variance_biased=1.0, bias_norm=0.0, along=0.5)
    assert exactly.tolist() == [-np.inf, 0.0, np.inf]


def test_what_is_along_and_what_is_across() -> None:
    rng = np.random.default_rng(2)
    true, other = rng.standard_normal((2, 5, 3))
    along, across = fidelity.along_gradient(gradient=true, judged=other)
    rest = other - along[:, None] * true
    np.testing.assert_allclose((rest * true).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(across, np.linalg.norm(rest, axis=1))
    with pytest.raises(ValueError, match="gradient must be above 0 in norm"):
        fidelity.along_gradient(gradient=np.zeros(3), judged=np.ones(3))
