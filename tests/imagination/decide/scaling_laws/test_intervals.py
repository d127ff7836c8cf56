import numpy as np
import pytest
from scipy import stats

from imagination.decide.scaling_laws.intervals import SCALES, student, students_factor


def test_a_symmetric_spread_by_hand():
    draws = np.array([-1.0, 1, -1, 1]) + 5
    low, high = student(5.0, draws, 3, 0.95)
    assert (low, high) == pytest.approx((5 - 3.1824463, 5 + 3.1824463))
    low, high = student(5.0, draws, 3, 0.95, further=np.sqrt(3))
    assert (low, high) == pytest.approx((5 - 2 * 3.1824463, 5 + 2 * 3.1824463))


def test_the_mean_of_normal_numbers_is_held_as_often_as_said():
    """The textbook's interval, from draws of the mean: 95% within four binomial deviations."""
    rng = np.random.default_rng(1)
    values = rng.standard_normal((4000, 3))
    mean, error = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(3)
    draws = mean + error * np.array([[-1.0], [1.0]])
    low, high = student(mean, draws, 2, 0.95)
    assert np.allclose(high - low, 2 * stats.t.ppf(0.975, 2) * error)
    assert abs(((low < 0) & (high > 0)).mean() - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


def test_draws_of_another_law_widen_the_side_they_lie_on():
    draws = np.array([0.9, 1.1, 0.9, 1.1, 3.0])
    alike = draws < 2
    low, high = student(1.0, draws, 10, 0.95, alike=alike)
    reach = students_factor(0.95, 10)
    assert low == pytest.approx(1 - 0.1 * reach)
    assert high == pytest.approx(1 + reach * np.sqrt(2 * (2 * 0.01 + 4) / 5))
    assert high > 3
    none = student(1.0, draws, 10, 0.95, alike=np.zeros(5, bool))
    assert none[0] == pytest.approx(1 - reach * np.sqrt(2 * 2 * 0.01 / 5)) and none[1] == high


@pytest.mark.parametrize("scale, low, high", [("log", 0, np.inf), ("log-odds", 0, 1), ("root", 0, np.inf)])
def test_intervals_hold_only_what_is_possible(scale, low, high):
    draws = np.array([1e-6, 0.999])
    ends = student(0.3, draws, 1, 0.999, scale=scale)
    assert low <= ends[0] < 0.3 < ends[1] <= high and np.isfinite(ends).all()


def test_scales_lead_there_and_back():
    values = np.array([0.1, 0.5, 0.9])
    for there, back in SCALES.values():
        assert back(there(values)) == pytest.approx(values)


@pytest.mark.parametrize("level", [0, 1, 1.5, np.nan])
def test_a_level_is_a_probability(level):
    with pytest.raises(ValueError, match="level"):
        students_factor(level, 3)
