"""Certificates of a closed loop's constant: right by hand, held as often as they say, and attained."""

import numpy as np
import pytest

from imagination.decide.loop_constant import (
    LinearRegion,
    certified_on_grid,
    linear_from_choice,
    linear_from_rollout,
)
from imagination.studies.certified_loops import COUNTS, coverage


def test_a_line_by_hand():
    """s' = s/2 from 1 and 2, seen as 1/2 + 0.1 and 1: F is 0.52, the residuals 0.08 and -0.04."""
    region = linear_from_choice([[[1.0], [2.0]]], [[[0.6], [1.0]]], level=0.5)
    assert region.matrix[0, 0, 0] == pytest.approx(0.52)
    assert region.gram[0, 0, 0] == 5
    # The median of F(1, 1) is 1; the variance is 0.08^2 + 0.04^2 with one degree of freedom.
    assert region.radius[0] == pytest.approx(np.sqrt(0.008))
    assert region.certified(np.ones((1, 1, 1)))[0] == pytest.approx(0.52 + np.sqrt(0.008 / 5))
    assert region.certified(np.full((1, 1, 1), 7.0))[0] == pytest.approx(0.52 + np.sqrt(0.008 / 5))
    assert region.holds([[[0.5]]])[0] and not region.holds([[[0.6]]])[0]


def test_without_noise_nothing_is_left_to_doubt():
    rng = np.random.default_rng(0)
    loop, root = rng.standard_normal((2, 5, 3, 3))
    state = rng.standard_normal((5, 9, 3))
    region = linear_from_choice(state, state @ loop.mT)
    exact = np.linalg.norm(root.mT @ loop @ np.linalg.inv(root.mT), ord=2, axis=(-2, -1))
    np.testing.assert_allclose(region.certified(root), exact, rtol=1e-6)


def test_no_loop_of_the_set_stretches_more_than_its_certificate_and_some_do_so_much():
    rng = np.random.default_rng(1)
    root, step = rng.standard_normal((2, 400, 3, 3))
    state = rng.standard_normal((1, 12, 3))
    estimate, gram, radius = linear_from_choice(state, 0.5 * state + 0.1 * rng.standard_normal(state.shape))
    within = LinearRegion(estimate, gram, radius * (1 + 1e-9))
    step *= radius / np.linalg.norm(step, axis=(-2, -1), keepdims=True)
    step = step @ np.linalg.inv(np.linalg.cholesky(gram))  # of length radius as the set counts
    rim = LinearRegion(estimate + step, gram, np.zeros(1))
    assert within.holds(rim.matrix).all() and not within.holds(estimate + 1.001 * step).any()
    assert (rim.observed(root) <= within.certified(root)).all()
    seldom = np.linalg.eigh(gram)
    along = seldom.eigenvectors[:, :, :1]
    worst = 0.5 * np.eye(3) + radius / np.sqrt(seldom.eigenvalues[0, 0]) * along @ along.mT
    ideal = LinearRegion(0.5 * np.eye(3)[None], gram, radius * (1 + 1e-9))
    stretch = np.linalg.norm(worst, ord=2, axis=(-2, -1))
    assert ideal.holds(worst).all() and ideal.certified(np.eye(3)[None]) == pytest.approx(stretch)


def test_coverage_is_what_it_says():
    table = coverage(1000, np.random.default_rng(2))
    chosen = table[table["way"] == "chosen states"].groupby("steps")["held"].mean()
    # 4 binomial standard deviations around 95%
    assert list(chosen.index) == list(COUNTS) and np.abs(chosen - 0.95).max() < 4 * np.sqrt(
        0.95 * 0.05 / 1000
    )
    rolled = table[table["way"] == "one rollout"]
    assert rolled["held"].mean() >= 0.95
    held = table[table["held"]]
    assert (held["certified"] >= held["true"] * (1 - 1e-9)).all()
    assert (table["observed"] < table["true"]).mean() > 0.4  # what was merely observed is not enough


def test_a_parabola_attains_the_certificate_of_a_grid():
    grid = np.linspace(-1, 1, 21)
    parabola, sine = grid**2 / 2, np.sin(3 * grid)
    np.testing.assert_allclose(certified_on_grid([parabola], 0.1, 1.0), [1.0])
    assert 3 <= certified_on_grid([sine], 0.1, 9.0)[0] <= 3.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: linear_from_choice(np.ones((1, 2, 2)), np.ones((1, 2, 2))),
            "state must have more steps than",
        ),
        (
            lambda: linear_from_choice(np.ones((1, 5, 2)), np.ones((1, 5, 2))),
            "state must span all 2 directions",
        ),
        (lambda: linear_from_choice(np.ones((1, 5, 2)), np.ones((1, 4, 2))), "following must"),
        (
            lambda: linear_from_rollout(np.ones((1, 5, 1)), np.ones((1, 5, 1)), noise=-1, largest=1),
            "noise must be",
        ),
        (lambda: certified_on_grid([[1.0]], 0.1, 1.0), "values must be two or more of each function, got 1"),
        (lambda: certified_on_grid([[1.0, 2.0]], 0.0, 1.0), "spacing must be"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
