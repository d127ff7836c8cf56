import numpy as np
import pytest

from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED, THEOREM_2
from imagination.studies import which_gradient
from imagination.studies.violated_hypotheses import problem


def test_directions_part_as_gamma_falls():
    table = which_gradient.directions((0.5, 0.9, 0.999), horizon=20, size=30)
    assert len(table) == 3 * 2 * 30
    medians = table.groupby("gamma")[["cosine", "apart", "length"]].median()
    assert medians["cosine"].is_monotonic_increasing and medians["apart"].is_monotonic_decreasing
    assert medians.loc[0.999, "cosine"] > 0.9999 and medians["length"].min() > 1


def test_long_after_in_closed_form():
    """At θ = 0, π(1) = 1/2 and a score times reward has mean reward/4: no action changes what comes later."""
    gamma, horizon = 0.5, 20
    world = which_gradient.long_after(gamma, horizon)
    rest = (gamma - gamma**horizon) / (1 - gamma)
    assert exact.gradient(world)[0, 0] == pytest.approx((1 - 0.2 * rest) / 4)
    assert exact.expected(world, THEOREM_2)[0, 0] == pytest.approx((1 - 0.2 * 19) / 4)


def test_following_theorem_2_can_lose_everything():
    curves = which_gradient.follow(which_gradient.long_after(0.5, 20), steps=200, rate=0.3)
    assert np.all(np.diff(curves["discounted"][0]) > 0) and np.all(np.diff(curves["Theorem 2"][0]) < 0)
    assert curves["discounted"][0, -1] == pytest.approx(0.8, abs=1e-3)
    assert curves["Theorem 2"][0, -1] == pytest.approx(0, abs=1e-3)


def test_both_are_the_same_where_gamma_is_nearly_one():
    table = which_gradient.trained((0.9999,), horizon=5, size=10, steps=40)
    assert table["lost"].abs().max() < 1e-3 and (table["gain"] > 0).all()


def test_what_is_lost_is_a_share_of_the_larger_gain():
    table = which_gradient.trained((0.5,), horizon=10, size=40, steps=20)
    problem = which_gradient.random_problems(40, 0.5, 10, 0, features=2)
    ends = [
        curve[:, -1] - curve[:, 0] for curve in which_gradient.follow(problem, steps=20, rate=0.3).values()
    ]
    papers, ours = ends
    assert (papers > ours).any() and (ours > papers).any()
    shared = table[table["policy"] == "shared"]
    np.testing.assert_array_equal(shared["gain"], ours)
    np.testing.assert_allclose(shared["lost"], (ours - papers) / np.maximum(papers, ours))


def test_random_problems_are_the_same_for_every_discount():
    one, two = (which_gradient.random_problems(4, gamma, 5, 7, features=2) for gamma in (0.1, 0.9))
    np.testing.assert_array_equal(one.mdp.transition, two.mdp.transition)
    np.testing.assert_array_equal(one.policy.parameters, two.policy.parameters)


def test_noise_can_be_bought_back():
    one = problem(3, horizon=10)
    curves, more = which_gradient.bought_back(
        one, sigma=3.0, rollouts=8, steps=40, rate=0.05, seeds=40, generator=np.random.default_rng(0)
    )
    variance = exact.moments(one, DISCOUNTED).variance[0]
    added = exact.added_noise_variance(one, DISCOUNTED, sigma=3.0)[0]
    assert (variance + added) / more <= variance / 8 < (variance + added) / (more - 1)
    spread = {name: curve[:, -1].std() for name, curve in curves.items()}
    assert spread["with noise"] > 2 * spread["with noise, more rollouts"]
    assert all(curve.shape == (40, 41) for curve in curves.values())
