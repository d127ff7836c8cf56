"""Intervals over episodes, and the longest horizon: closed forms, and whether they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from imagination.audit import intervals, trust


def test_an_interval_of_symmetric_values_is_students():
    values = np.array([-3.0, -1.0, 1.0, 3.0])[:, None] + np.array([10.0, -2.0])
    mean, low, high = intervals.means(values, 0.9)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    np.testing.assert_allclose(mean, [10, -2])
    np.testing.assert_allclose([low, high], [expected.low, expected.high])


def test_an_interval_of_skewed_values_is_longer_on_the_side_of_the_tail():
    values = np.random.default_rng(1).exponential(size=(12, 50))
    mean, low, high = intervals.means(values, 0.95)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert np.all(low <= expected.low + 1e-12) and np.all(high >= expected.high - 1e-12)
    assert np.mean(high - mean > mean - low) > 0.9
    mirrored = intervals.means(-values, 0.95)
    np.testing.assert_allclose([-mirrored[2], -mirrored[1]], [low, high])
    scaled = intervals.means(1e6 * values + 7, 0.95)
    np.testing.assert_allclose([(scaled[1] - 7) / 1e6, (scaled[2] - 7) / 1e6], [low, high])


@pytest.mark.parametrize("count", [10, 30])
@pytest.mark.parametrize("draw", ["standard_normal", "exponential", "random"])
def test_intervals_hold_the_truth(draw, count):
    """Student's alone holds 89% of exponential means with 10 episodes."""
    truth = {"standard_normal": 0.0, "exponential": 1.0, "random": 0.5}[draw]
    values = getattr(np.random.default_rng(2), draw)(size=(count, 4000))
    _, low, high = intervals.means(values, 0.95)
    assert 0.94 < np.mean((low <= truth) & (truth <= high)) < 0.985


def test_what_is_the_same_in_every_episode_is_certain_and_one_episode_says_nothing():
    values = np.full((10, 2), 0.1)
    mean, low, high = intervals.means(values, 0.95)
    np.testing.assert_allclose(np.stack([mean, low, high]), 0.1, rtol=1e-9)
    alone = intervals.estimate(np.array([3.0]), 0.95)
    assert (alone.value, alone.low, alone.high) == (3.0, -np.inf, np.inf)
    pair = intervals.estimate(np.array([1.0, 3.0]), 0.95)
    expected = stats.ttest_1samp([1.0, 3.0], 0).confidence_interval(0.95)
    assert (pair.low, pair.high) == pytest.approx((expected.low, expected.high))


def test_welch():
    rng = np.random.default_rng(3)
    one, other = rng.normal(2, 1, 9), rng.normal(0, 3, 14)
    found = intervals.welch(one, other, 0.9)
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    same = intervals.welch(np.ones(3), np.zeros(4), 0.9)
    assert (same.value, same.low, same.high) == (1.0, 1.0, 1.0)
    assert intervals.welch(one[:1], other, 0.9).high == np.inf


def test_the_longest_horizon_stops_at_the_first_failure():
    horizons = np.array([1, 2, 5, 10])
    low, high = np.array([-0.1, -0.2, -0.3, -0.1]), np.array([0.1, 0.5, 0.1, 0.1])
    assert trust.longest(horizons, low, high, 0.6) == 10
    assert trust.longest(horizons, low, high, 0.4) == 1
    assert trust.longest(horizons, low, high, 0.05) is None
    assert trust.limit(horizons, low, high, 0.6) is None
    assert trust.limit(horizons, low, high, 0.4) == "log"
    assert trust.limit(horizons, low + 0.3, high + 0.3, np.array([0.4, 0.05, 1, 1])) == "model"
    assert trust.limit(horizons, np.full(4, np.nan), high, 0.6) == "log"
    assert trust.longest(horizons, np.full(4, np.nan), high, 0.6) is None
    assert trust.longest(horizons, low, high, np.array([0.1, 0.5, 0.2, 1.0])) == 2


def test_the_longest_horizon_is_too_long_no_oftener_than_the_level_says():
    """The gap exceeds the tolerance by a hair at the third of five horizons, whose estimates are alike."""
    rng = np.random.default_rng(4)
    truth = np.array([0.2, 0.5, 1.0001, 1.2, 0.9])
    shared = rng.standard_normal((20, 3000, 1)) * 0.5
    values = truth + shared + 0.2 * rng.standard_normal((20, 3000, 5))
    _, low, high = intervals.means(values, 0.95)
    found = [trust.longest(np.arange(1, 6), *ends, 1.0) for ends in zip(low, high, strict=True)]
    wrong = np.mean([each is not None and each >= 3 for each in found])
    assert 0.005 < wrong < 0.05
    assert np.mean([each == 2 for each in found]) > 0.8


def test_default_horizons():
    length, never = np.array([40] * 19 + [3]), np.zeros(20, dtype=bool)
    assert list(trust.default_horizons(length, never, 1.0)) == [1, 2, 3, 5, 7, 10, 20, 30, 40]
    assert list(trust.default_horizons(np.array([6, 8]), np.ones(2, dtype=bool), 1.0)) == [1, 2, 3, 5, 7, 8]
    assert trust.default_horizons(np.full(5, 1000), np.zeros(5, dtype=bool), 0.9)[-1] == 44
    assert list(trust.default_horizons(length, never, 0.0)) == [1]
    assert list(trust.default_horizons(np.array([1]), np.array([True]), 0.9)) == [1]


def test_the_default_tolerance_is_a_share_of_the_spread():
    assert trust.tolerance_from(np.array([0.0, 2.0, 4.0])) == pytest.approx(0.4)
    assert trust.tolerance_from(np.full(4, 0.1)) is None
    assert trust.tolerance_from(np.array([1.0])) is None
