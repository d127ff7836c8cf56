"""Is K too small for leave-one-out? From a pilot as from all that may happen."""

import numpy as np
import pytest

from imagination import fidelity
from imagination.reinforce import exact
from imagination.reinforce.problems import DISCOUNTED
from imagination.results.group import systems

COIN = np.array([[4.0]] + 3 * [[-4 / 3]]), np.array([1.0, 0, 0, 0])


def pilot(rng, size, horizon=2):
    """Rollouts of a problem with noisy labels; and the problem, its noise and all its rollouts."""
    problem, deviation = systems.draw(rng, 1, horizon)
    one = systems.one_rollout(problem, DISCOUNTED, deviation)
    at = rng.choice(len(one.chance), size, p=one.chance / one.chance.sum())
    return one.scores[at], one.to_go[at], problem, deviation, one


def test_a_bent_coin_by_hand():
    scores, returns = (np.concatenate([each] * 5000) for each in COIN)
    found = fidelity.leave_one_out(scores=scores, returns=returns)
    assert (found.rival, found.centred, found.crossed) == pytest.approx((3, 4 / 3, 2), rel=1e-3)
    assert found.fewest == 3  # 1 + 2/(3 - 4/3) = 2.2
    assert found.variance(2) > found.rival / 2 and found.variance(3) < found.rival / 3


def test_with_the_mean_for_a_rival_it_never_wins():
    scores, returns = (np.concatenate([each] * 50) for each in COIN)
    found = fidelity.leave_one_out(scores=scores, returns=returns, baseline=np.full(200, 0.25))
    assert found.rival == pytest.approx(found.centred, rel=0.02) and found.rival < found.centred
    assert found.fewest == np.inf
    assert fidelity.leave_one_out(scores=scores, returns=returns, baseline=0.25) == found


@pytest.mark.parametrize("count", [2, 3])
def test_a_pilot_predicts_what_listing_finds(count):
    scores, returns, problem, deviation, one = pilot(np.random.default_rng(4), 20_000)
    found = fidelity.leave_one_out(scores=scores, returns=returns)
    which, chance = systems.groups(one, count)
    estimates = systems.estimates(one, which)
    mean = chance @ estimates
    listed = chance @ (estimates**2).sum(axis=1) - mean @ mean
    assert found.variance(count) == pytest.approx(listed, rel=0.05)
    plain = exact.moments(problem, DISCOUNTED, noise_variance=deviation**2).variance[0]
    assert found.rival == pytest.approx(plain, rel=0.05)


def test_a_constant_in_the_returns_is_the_rivals_business_alone():
    scores, returns, *_ = pilot(np.random.default_rng(5), 50)
    one, other = (fidelity.leave_one_out(scores=scores, returns=returns + shift) for shift in (0, 10))
    assert (one.centred, one.crossed) == pytest.approx((other.centred, other.crossed))
    assert other.rival > 10 * one.rival and other.fewest <= one.fewest


def test_whole_answers_are_rollouts_of_one_step():
    scores, returns = np.random.default_rng(6).standard_normal((9, 3)), np.arange(9.0)
    short = fidelity.leave_one_out(scores=scores, returns=returns, baseline=np.ones(9))
    long = fidelity.leave_one_out(scores=scores[:, None], returns=returns[:, None], baseline=np.ones((9, 1)))
    assert short == long


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scores": np.ones((2, 1)), "returns": np.ones(2)}, "m >= 3 rollouts"),
        ({"scores": np.ones((4, 2, 1)), "returns": np.ones((4, 3))}, r"got \(4, 2, 1\) and \(4, 3\)"),
        ({"scores": np.ones(4), "returns": np.ones(4)}, "scores and returns must be"),
        ({"scores": np.full((4, 1), np.nan), "returns": np.ones(4)}, "scores must be finite"),
        ({"scores": np.ones((4, 1)), "returns": np.ones(4), "baseline": np.ones(3)}, "baseline"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        fidelity.leave_one_out(**wrong)


def test_one_rollout_is_no_group():
    with pytest.raises(ValueError, match="rollouts must be"):
        fidelity.LeaveOneOut(3.0, 1.0, 2.0).variance(1)
