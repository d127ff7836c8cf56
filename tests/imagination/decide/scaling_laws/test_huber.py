import numpy as np
import pytest
from scipy.optimize import minimize

from imagination.decide.scaling_laws import huber
from imagination.decide.scaling_laws.huber import (
    Measurements,
    curve,
    descend,
    fit_batch,
    loss,
    parameters,
    slopes,
    start,
)

ANCHORS = np.array([1e3, 3e3, 1e4, 3e4, 1e5])


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def measurements(y, per_anchor):
    return Measurements(ANCHORS, np.repeat(np.arange(5), per_anchor), y, None)


def noisy(rng, law, per_anchor=6, noise=0.1, batch=1):
    a, alpha, floor = law
    mean = np.log(a * np.repeat(ANCHORS, per_anchor) ** -alpha + floor)
    return mean + noise * rng.standard_normal((batch, len(mean)))


def test_the_loss_is_half_the_square_and_then_a_line():
    assert loss(np.array([0.5, -1.0, 3.0]), 1.0) == pytest.approx([0.125, 0.5, 2.5])


@pytest.mark.parametrize("largest", [0, 10**6])
@pytest.mark.parametrize("number", [1, 7, 50])
def test_sums_of_groups(rng, monkeypatch, largest, number):
    monkeypatch.setattr(huber, "LARGEST_TABLE", largest)
    of, values = rng.integers(number, size=50), rng.standard_normal((3, 50))
    groups = huber.Groups(of, number)
    assert groups.sums(values) == pytest.approx(np.stack([np.bincount(of, row, number) for row in values]))
    assert groups.counts.tolist() == [np.sum(of == group) for group in range(number)]


def test_slopes_are_the_derivatives_of_the_curve(rng):
    theta = np.column_stack([rng.normal(size=20), rng.uniform(0.1, 2, 20), rng.normal(-2, 1, 20)])
    x, step = np.linspace(-2, 2, 5), 1e-6
    for i in range(3):
        shift = step * np.eye(3)[i]
        numeric = (curve(theta + shift, x) - curve(theta - shift, x)) / (2 * step)
        assert slopes(theta, x)[..., i] == pytest.approx(numeric, abs=1e-8)


def test_the_location_is_the_minimum_of_the_loss(rng):
    values = rng.standard_normal((3, 21))
    values[:, 0] = 1e3
    weights = np.ones_like(values)
    weights[:, 1] = 0
    for row, centre in zip(values, huber.location(values, weights), strict=True):
        kept = np.delete(row, 1)
        spread = 1.4826 * np.median(np.abs(kept - np.median(kept)))
        tried = centre + np.linspace(-1, 1, 2001)
        losses = loss(kept - tried[:, None], huber.THRESHOLD * spread).sum(axis=1)
        assert tried[losses.argmin()] == pytest.approx(centre, abs=1e-9)


def test_equal_values_are_their_own_location():
    assert huber.location(np.full((2, 4), 3.0), np.ones((2, 4))) == pytest.approx([3, 3])


@pytest.mark.parametrize("floor", [False, True])
def test_the_fit_is_the_one_a_general_optimiser_finds(rng, floor):
    y = noisy(rng, (40.0, 0.5, 0.3), batch=4)
    y[:, 3] += 2  # an outlier in each
    data = measurements(y[0], 6)
    found = fit_batch(data, y, np.ones((1, 30)), 0.1, floor)

    def objective(theta, row):
        full = theta if floor else np.append(theta, -np.inf)
        off = y[row] - curve(full[None], data.x)[0, data.at]
        return loss(off, huber.THRESHOLD * 0.1).sum()

    for row in range(4):
        begin = found[row] + 0.05 if floor else found[row, :2] + 0.05
        options = {"xatol": 1e-10, "fatol": 1e-14, "maxiter": 10_000, "maxfev": 10_000}
        best = minimize(objective, begin, args=(row,), method="Nelder-Mead", options=options)
        mine = objective(found[row] if floor else found[row, :2], row)
        assert mine == pytest.approx(best.fun, rel=1e-9)
        assert mine <= best.fun * (1 + 1e-9)


def test_a_batch_is_its_members(rng):
    y = noisy(rng, (40.0, 0.5, 0.3), batch=7)
    data = measurements(y[0], 6)
    together = fit_batch(data, y, np.ones((1, 30)), 0.1, True)
    alone = np.concatenate([fit_batch(data, row[None], np.ones((1, 30)), 0.1, True) for row in y])
    assert together == pytest.approx(alone, rel=1e-9, abs=1e-9)


def test_a_weight_of_two_is_a_measurement_twice(rng):
    y = noisy(rng, (40.0, 0.5, 0.0), per_anchor=2)
    weights = np.tile([1.0, 2.0], 5)[None]
    twice = np.repeat(np.arange(10), weights[0].astype(int))
    data = measurements(y[0], 2)
    weighted = fit_batch(data, y, weights, 0.1, False)
    again = Measurements(ANCHORS, data.at[twice], y[0, twice], None)
    assert fit_batch(again, y[:, twice], np.ones((1, 15)), 0.1, False) == pytest.approx(weighted, rel=1e-8)


def test_a_weight_of_zero_leaves_an_anchor_out(rng):
    y = noisy(rng, (40.0, 0.5, 0.0), noise=0)
    wild = y.copy()
    wild[:, 12:18] = rng.normal(size=6) * 50
    weights = (np.repeat(np.arange(5), 6) != 2).astype(float)[None]
    data = measurements(wild[0], 6)
    theta = fit_batch(data, wild, weights, 1e-6, False)
    assert parameters(data, theta)[0, :2] == pytest.approx([40.0, 0.5], rel=1e-9)


def test_starts_are_least_squares(rng):
    y = noisy(rng, (40.0, 0.5, 0.0), per_anchor=1)
    data = measurements(y[0], 1)
    slope, middle = np.polyfit(data.x, y[0], 1)
    assert start(data, y, np.ones((1, 5)), 0.0)[0, :2] == pytest.approx([middle, -slope])


def test_descending_never_climbs(rng):
    y = noisy(rng, (40.0, 0.5, 0.3), batch=50)
    data, one = measurements(y[0], 6), np.ones((50, 30))
    begin = start(data, y, one, 0.9)
    before = huber.total_loss(data, y, one, 0.1, begin)
    for steps in (1, 5, 100):
        end = descend(data, y, one, 0.1, begin, free=3, steps=steps)
        after = huber.total_loss(data, y, one, 0.1, end)
        assert (after <= before).all()
        before = after
