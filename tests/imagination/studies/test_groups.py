"""Learning from groups of answers: each step has the mean that the theorem says."""

import numpy as np
import pytest
from scipy import stats

from imagination.studies import groups

TWO = groups.Questions(np.array([0.0, -2.0]), np.eye(2))


@pytest.mark.parametrize("divisor", ["none", "group"])
def test_the_mean_step_is_the_theorems(divisor):
    """One step of size 1 from many seeds, read off the chances that it leaves."""
    tpr, fpr, count = 0.9, 0.3, 5
    p = TWO.chances(np.zeros(2))
    found = groups._step(TWO, np.tile(p, (200_000, 1)), divisor, count, (tpr, fpr), np.random.default_rng(0))
    expected = 0.6 * p * (1 - p) / 2
    if divisor == "group":
        expected = expected * groups.weight(fpr + 0.6 * p, count)
    error = found.std(axis=0) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 5 * error).all()


def test_one_divisor_for_all_leaves_the_weights_alone():
    p = np.tile(TWO.chances(np.zeros(2)), (50, 1))
    plain, divided = (
        groups._step(TWO, p, divisor, 4, (1.0, 0.0), np.random.default_rng(1))
        for divisor in ("none", "batch")
    )
    some = (plain != 0).all(axis=1)
    assert some.any()
    np.testing.assert_allclose(divided[some, 0] / plain[some, 0], divided[some, 1] / plain[some, 1])


def test_weights_by_hand():
    np.testing.assert_allclose(groups.weight([0.1, 0.5], 2), 1)
    np.testing.assert_allclose(groups.weight([0.1, 0.5], 3), np.sqrt(2))
    yes = np.arange(9)
    by_hand = stats.binom.pmf(yes, 8, 0.2) @ np.sqrt(yes / 8 * (1 - yes / 8)) / 0.16
    assert groups.weight(0.2, 8)[0] == pytest.approx(by_hand)
    assert groups.weight(1e-9, 8)[0] == pytest.approx(np.sqrt(7))


def test_curves_climb_and_the_best_step_is_found():
    rng = np.random.default_rng(2)
    setting = {"divisor": "group", "count": 8, "steps": 30, "rng": rng}
    found = groups.curves(TWO, [1e-3, 1.0], seeds=20, **setting)
    assert found.shape == (2, 20, 31)
    assert (found[:, :, 0] == TWO.chances(np.zeros(2)).mean()).all()
    assert found[1, :, -1].mean() > found[0, :, -1].mean() + 0.05
    rate, learned = groups.tuned(TWO, [1e-3, 8.0], seeds=20, fresh=7, **setting)
    assert rate == 8 and learned.shape == (7, 31)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"divisor": "spread"}, "divisor must be one of none"),
        ({"count": 1}, "count"),
        ({"rate": -1.0}, "rate"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, message):
    good = {"rate": 1.0, "divisor": "none", "count": 2, "steps": 1, "seeds": 1}
    with pytest.raises(ValueError, match=message):
        groups.curves(TWO, rng=np.random.default_rng(0), **good | wrong)


def test_a_chance_of_one_has_no_weight():
    with pytest.raises(ValueError, match="rate must be"):
        groups.weight(1.0, 4)
