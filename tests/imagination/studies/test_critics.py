"""Learning with a critic."""

import numpy as np

from imagination.reinforce import critics, exact
from imagination.studies import biases
from imagination.studies.critics import (
    Averages,
    asked,
    curves,
    kinds,
    on_grid,
    squared_errors,
    three_critics,
    worlds,
)

GRID = biases.grid(6)


def test_averages_become_the_true_critic():
    rng = np.random.default_rng(0)
    drawn = GRID.rollouts(20_000, rng)
    learned = Averages.empty(GRID).learn(GRID, drawn, drawn.rewards)
    seen = learned.count > 200
    np.testing.assert_allclose(learned.table[seen], critics.true_critic(GRID)[seen], atol=0.1)
    assert not learned.table[:, -1].any()
    half = Averages(learned.total, learned.count, 0.5).learn(GRID, drawn, drawn.rewards)
    np.testing.assert_allclose(half.count, 1.5 * learned.count)


def test_errors_are_those_of_the_moments():
    critic = 0 * critics.true_critic(GRID)
    bias, variance = squared_errors(GRID, critic, [0.0, 1.0], 0.5)
    assert bias[0] > 1e-3 and bias[1] < 1e-20
    np.testing.assert_allclose(variance[1], critics.moments(GRID, critic, 1.0, noise_variance=0.25)[1])


def test_every_arm_learns_from_labels_without_noise():
    found, asked_for = curves(
        GRID,
        [0.9, 1.0, np.nan],
        [0.5],
        seeds=3,
        steps=30,
        rollouts=4,
        sigma=0.0,
        rng=np.random.default_rng(1),
    )
    assert found.shape == (3, 1, 3, 31)
    np.testing.assert_allclose(found[..., 0], exact.returns(GRID)[0])
    assert (found[..., -1] > found[..., 0]).all()
    assert (asked_for[:2] == [[[0.9]], [[1.0]]]).all() and (asked_for[2] != 0.9).all()


def test_own_labels_shrink_the_estimate_whatever_lambda():
    table = three_critics(
        GRID, [0.0, 1.0], rollouts=4, sigma=0.3, repeats=3000, rng=np.random.default_rng(2)
    ).set_index(["critic", "lam"])
    at_1 = table.xs(1.0, level="lam")["bias"]
    assert abs(at_1["kept"]) < 1e-12 and at_1["same labels"] > 5 * abs(at_1["fresh"])
    assert table.loc[("kept", 0.0), "bias"] > table.loc[("fresh", 0.0), "bias"]
    shares = table.xs(1.0, level="lam")["share"]
    assert abs(shares["kept"] - 1) < 1e-9 and abs(shares["fresh"] - 1) < 0.2 and shares["same labels"] < 0.5


def test_a_pilot_is_asked_for_each_critic():
    many, rng, sigma = biases.copies(GRID, 4), np.random.default_rng(3), np.full(4, 0.3)
    found = kinds(many, sigma, rng)
    assert list(found) == ["random errors", "learned from 8", "learned from 64"]
    right = critics.true_critic(many)
    apart = {name: np.abs(each - right)[:, 0, 0].mean() for name, each in found.items()}
    assert apart["learned from 64"] < apart["learned from 8"]
    assert all(not each[:, -1].any() for each in found.values())
    lambdas = np.linspace(0, 1, 11)
    few, lots = (asked(many, found["random errors"], sigma, 500, K, lambdas, rng) for K in (1, 10**6))
    assert few.shape == (4,) and set(few) <= set(lambdas) and (lots > few).all()


def test_the_parts_on_the_grid_are_a_squared_error():
    lambdas = np.linspace(0, 1, 6)
    found = on_grid([0.1, 1.0], lambdas, np.random.default_rng(4), count=2)
    assert found.bias.shape == found.quiet.shape == found.added.shape == (6, 2, 2)
    assert (found.bias[0, :, 1] > found.bias[0, :, 0]).all() and np.abs(found.bias[-1]).max() < 1e-20
    np.testing.assert_allclose(found.added, found.added[:, :1, :1] * np.ones((1, 2, 2)))
    assert (np.diff(found.added[:, 0, 0]) > 0).all()
    assert found.best(1e3, 1).max() < 0.3 < found.best(0.1, 10**7).min()


def test_worlds_are_drawn_with_their_noise():
    problem, sigma = worlds(5, np.random.default_rng(5))
    assert len(problem) == len(sigma) == 5 and problem.horizon == 10 and (sigma > 0).all()
