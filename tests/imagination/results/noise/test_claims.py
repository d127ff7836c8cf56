"""The claims on noisy rewards: by hand, against all sums and all coins, and with bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from imagination import reward_noise

AT = {"sigma": 2.0, "horizon": 50, "gamma": 0.9, "rollouts": 10, "score_bound": 3.0}


def bound(form: str, **changed):
    return reward_noise.added_variance_bound(**(AT | changed), form=form)


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
        most = reward_noise.added_variance_bound(
            sigma=1, horizon=horizon, gamma=gamma, rollouts=1, score_bound=largest, form=form
        )
        assert exact <= most * (1 + 1e-12)


def test_arguments_broadcast() -> None:
    found = bound("sharp", gamma=np.array([0.0, 0.5]), rollouts=np.array([[1], [2], [4]]))
    assert found.shape == (3, 2)
    assert found[0] == pytest.approx(4 * found[2])


def test_without_discounting_of_the_future_the_three_agree_on_one_step() -> None:
    assert len({bound(form, gamma=0, horizon=1) for form in reward_noise.FORMS}) == 1


@pytest.mark.parametrize("form", reward_noise.FORMS)
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
    assert reward_noise.LEAVE_ONE_OUT.evaluate(rollouts=rollouts) == pytest.approx(own + others)


@pytest.mark.parametrize("rollouts", [0, 1, 2.5])
def test_nobody_is_left_out_alone(rollouts: float) -> None:
    with pytest.raises(ValueError, match="rollouts"):
        reward_noise.LEAVE_ONE_OUT.evaluate(rollouts=rollouts)


def heard(gamma: float, correlation: np.ndarray) -> float:
    weights = gamma ** np.arange(len(correlation))
    return weights @ correlation @ weights


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.95])
def test_no_correlation_is_worse_than_one_error_for_all(gamma: float) -> None:
    rng = np.random.default_rng(1)
    for steps in (1, 2, 7):
        factors = rng.normal(size=(200, steps, 2))
        factors /= np.linalg.norm(factors, axis=-1, keepdims=True)
        largest = max(heard(gamma, f @ f.T) for f in factors)
        one_for_all = heard(gamma, np.ones((steps, steps)))
        most = reward_noise.HEARD.evaluate(gamma=gamma, sigma=1, n=steps)
        assert most == pytest.approx(one_for_all, rel=1e-12)
        assert largest <= most * (1 + 1e-12)
        assert most <= 1 / (1 - gamma) ** 2 * (1 + 1e-12)


def test_the_bound_is_theorem_2s() -> None:
    assert reward_noise.CORRELATED.expression == reward_noise.PAPER.expression


def test_it_is_attained_as_steps_and_horizon_grow() -> None:
    # One error for all steps and equal norms: sum over t of G_(H - t)^2, over H / (1 - gamma)^2.
    gamma, horizon = 0.9, 20_000
    steps = np.arange(1, horizon + 1)
    added = (((1 - gamma**steps) / (1 - gamma)) ** 2).sum()
    most = reward_noise.CORRELATED.evaluate(gamma=gamma, sigma=1, horizon=horizon, rollouts=1, score_bound=1)
    assert 0.99 < added / most <= 1


def test_the_coin_by_hand() -> None:
    gamma = sp.Symbol("gamma")
    assert sp.expand(reward_noise.NOT_THE_GRADIENT.in_letters(gamma=gamma, horizon=2)) == 1 - gamma


@pytest.mark.parametrize("horizon", [1, 2, 3, 4])
@pytest.mark.parametrize("gamma", [0, sp.Rational(1, 2), sp.Rational(9, 10), 1])
def test_the_coin_by_enumeration(horizon: int, gamma: sp.Rational) -> None:
    score = {0: -2, 1: 2}
    mean = (
        sum(
            sum(
                score[path[t]] * sum(gamma ** (u - t) * path[u] for u in range(t, horizon))
                for t in range(horizon)
            )
            for path in itertools.product((0, 1), repeat=horizon)
        )
        / sp.Integer(2) ** horizon
    )
    gradient = sum(gamma**t for t in range(horizon))
    assert mean - gradient == reward_noise.NOT_THE_GRADIENT.in_letters(gamma=gamma, horizon=horizon)
