"""The bounds on added variance: by hand, by brute force over sums, in order, and with bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagination.results.noise import claims as rn

AT = {"sigma": 2.0, "horizon": 50, "gamma": 0.9, "rollouts": 10, "score_bound": 3.0}


def bound(form: str, **changed):
    return rn.added_variance_bound(**(AT | changed), form=form)


def test_by_hand() -> None:
    assert bound("paper") == pytest.approx(4 * 50 * 9 / (10 * 0.1**2), rel=1e-12)
    assert bound("sharp") == pytest.approx(4 * 50 * 9 / (10 * 0.19), rel=1e-12)
    assert bound("discounted") == pytest.approx(4 * 9 / (10 * 0.19**2), rel=1e-12)


def test_at_99_percent_theorem_2_is_199_times_the_sharp_bound() -> None:
    assert bound("paper", gamma=0.99) / bound("sharp", gamma=0.99) == pytest.approx(199, rel=1e-10)


@given(st.floats(0, 0.99), st.integers(1, 40), st.lists(st.floats(0, 10), min_size=40, max_size=40))
def test_the_double_sum_is_below_its_bound(gamma: float, horizon: int, moments: list[float]) -> None:
    v = np.array(moments[:horizon])
    u, t = np.indices((horizon, horizon))
    past = t <= u
    largest = np.sqrt(v.max())
    for form, decay, weight in (("sharp", gamma, 1.0), ("discounted", 1.0, gamma)):
        weights = np.where(past, weight ** (2.0 * u) * decay ** (2.0 * np.where(past, u - t, 0)), 0)
        exact = (weights * v).sum()
        most = rn.added_variance_bound(
            sigma=1, horizon=horizon, gamma=gamma, rollouts=1, score_bound=largest, form=form
        )
        assert exact <= most * (1 + 1e-12)


def test_arguments_broadcast() -> None:
    found = bound("sharp", gamma=np.array([0.0, 0.5]), rollouts=np.array([[1], [2], [4]]))
    assert found.shape == (3, 2)
    assert found[0] == pytest.approx(4 * found[2])


def test_without_discounting_of_the_future_the_three_agree_on_one_step() -> None:
    assert (
        bound("paper", gamma=0, horizon=1)
        == bound("sharp", gamma=0, horizon=1)
        == bound("discounted", gamma=0, horizon=1)
    )


@pytest.mark.parametrize("form", rn.FORMS)
@pytest.mark.parametrize(
    ("name", "value"),
    [("sigma", -1), ("sigma", np.nan), ("horizon", 0), ("horizon", 2.5), ("gamma", 1.0), ("gamma", -0.1),
     ("rollouts", 0), ("rollouts", 1.5), ("score_bound", -1), ("score_bound", np.inf)],
)  # fmt: skip
def test_bad_input_is_named(form: str, name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        bound(form, **{name: value})


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(ValueError, match="'paper', 'sharp', 'discounted', got 'dull'"):
        bound("dull")


@pytest.mark.parametrize("rollouts", [2, 3, 10])
def test_leaving_one_out_by_hand(rollouts: int) -> None:
    # The variance of one error less the mean of the others', and K times that over K^2.
    own, others = 1.0, 1 / (rollouts - 1)
    assert rn.LEAVE_ONE_OUT.evaluate(rollouts=rollouts) == pytest.approx(own + others)


@pytest.mark.parametrize("rollouts", [0, 1, 2.5])
def test_nobody_is_left_out_alone(rollouts: float) -> None:
    with pytest.raises(ValueError, match="rollouts"):
        rn.LEAVE_ONE_OUT.evaluate(rollouts=rollouts)
