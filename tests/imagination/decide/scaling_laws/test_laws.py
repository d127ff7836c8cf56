import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagination.decide import scaling_laws
from imagination.decide.scaling_laws import PARAMETERS, DecayError, compare, fit

ANCHORS = np.array([2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5])


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def law(amplitude, exponent, floor=0.0):
    return lambda samples: amplitude * samples**-exponent + floor


def drawn(rng, parameters, *, per_anchor=20, noise=0.05, anchors=ANCHORS):
    samples = np.repeat(anchors, per_anchor)
    return samples, law(*parameters)(samples) * np.exp(noise * rng.standard_normal(len(samples)))


# What is fitted


@settings(max_examples=15)
@given(
    st.floats(1e-3, 1e3),
    st.floats(0.05, 2),
    st.floats(0.05, 3),
)
def test_an_exact_law_is_found_exactly(amplitude, exponent, floor_share):
    plain = fit(ANCHORS, law(amplitude, exponent)(ANCHORS), replicates=0)
    assert (plain.amplitude, plain.exponent) == pytest.approx((amplitude, exponent), rel=1e-8)
    assert plain.floor == 0
    floor = floor_share * amplitude * ANCHORS[-1] ** -exponent
    errors = law(amplitude, exponent, floor)(ANCHORS)
    found = fit(ANCHORS, errors, floor=True, replicates=0)
    assert found(ANCHORS) == pytest.approx(errors, rel=1e-6)


def test_the_reported_laws_are_recovered_from_noisy_seeds(rng):
    for parameters in ((0.34, 0.11), (90.4, 0.96)):
        found = fit(*drawn(rng, parameters, per_anchor=100), rng=rng)
        low, high, level = found.interval("exponent")
        assert low < parameters[1] < high and high - low < 0.01 and level == 0.95
        assert found.r_squared_of_means > 0.999


def test_a_floor_is_recovered_and_chosen(rng):
    result = compare(*drawn(rng, (3.0, 0.5, 0.02)), rng=rng, replicates=200)
    assert result.chosen.with_floor and result.chosen.floor == result.floored.floor
    table = result.floored.summary()
    assert (table["low"] < [3.0, 0.5, 0.02]).all() and (table["high"] > [3.0, 0.5, 0.02]).all()
    worse = result.table[["AIC", "BIC", "left out"]].diff().iloc[1]
    assert (worse < 0).all()


def test_no_floor_is_chosen_where_none_is(rng):
    chosen = [compare(*drawn(rng, (3.0, 0.5)), replicates=0).chosen.with_floor for _ in range(20)]
    assert sum(chosen) <= 2


def test_the_criteria_by_hand(rng):
    result = compare(*drawn(rng, (3.0, 0.5), per_anchor=3), replicates=0)
    for law, row in zip((result.plain, result.floored), result.table.itertuples(), strict=True):
        size, scale = np.abs(law.residuals), result.floored.scale
        near = np.minimum(size, 1.345 * scale)
        deviance = 2 * (near * (size - near / 2)).sum() / scale**2
        count = 2 + law.with_floor
        assert row[1:5] == pytest.approx(
            (count, deviance, deviance + 2 * count, deviance + count * np.log(21))
        )


def test_many_sizes_are_fitted_a_part_at_a_time(rng, monkeypatch):
    samples = np.arange(1000.0, 1400.0)
    data = samples, law(3.0, 0.5)(samples) * np.exp(0.1 * rng.standard_normal(400))
    whole, parted = (compare(*data, rng=np.random.default_rng(3), replicates=40) for _ in range(2))
    one = whole.plain.bootstrap
    monkeypatch.setattr(scaling_laws, "AT_ONCE", 7 * 400)
    pd.testing.assert_frame_equal(parted.plain.bootstrap, one, rtol=1e-9)
    fitted = np.sqrt((whole.plain.residuals**2).mean())
    assert fitted < whole.table["left out"].iloc[0] < 1.02 * fitted


def test_one_bad_seed_hardly_moves_the_law(rng):
    samples, errors = drawn(rng, (3.0, 0.5), per_anchor=5)
    before = fit(samples, errors, replicates=0).exponent
    errors[-1] *= 1000
    after = fit(samples, errors, replicates=0).exponent
    least_squares = -np.polyfit(np.log(samples), np.log(errors), 1)[0]
    assert abs(after - before) < 0.01 < 0.1 < abs(least_squares - before)


def test_the_unit_of_the_error_does_not_matter(rng):
    samples, errors = drawn(rng, (3.0, 0.5, 0.02))
    one, other = (fit(samples, errors * unit, floor=True, replicates=0) for unit in (1, 1e-6))
    assert other.exponent == pytest.approx(one.exponent, rel=1e-5)
    assert (other.amplitude, other.floor) == pytest.approx((one.amplitude * 1e-6, one.floor * 1e-6), rel=1e-4)


def test_the_order_of_measurements_does_not_matter(rng):
    samples, errors = drawn(rng, (3.0, 0.5))
    shuffled = rng.permutation(len(samples))
    one, other = fit(samples, errors, replicates=0), fit(samples[shuffled], errors[shuffled], replicates=0)
    assert (one.amplitude, one.exponent) == pytest.approx((other.amplitude, other.exponent), rel=1e-10)


# How sure one can be


@pytest.mark.parametrize(
    "per_anchor, seeds, resampling",
    [(1, False, "residuals"), (8, False, "replicates"), (8, True, "seeds")],
)
def test_intervals_cover_as_often_as_they_say(rng, per_anchor, seeds, resampling):
    """Of 100 intervals of level 0.9, 80 to 98 cover, but for a chance in a thousand on each side."""
    groups = np.tile(np.arange(per_anchor), len(ANCHORS)) if seeds else None
    covered = dict.fromkeys(PARAMETERS[:2], 0)
    for _ in range(100):
        data = drawn(rng, (3.0, 0.5), per_anchor=per_anchor)
        found = fit(*data, rng=rng, replicates=250, seeds=groups)
        assert found.resampling == resampling
        for name in covered:
            low, high, _ = found.interval(name, level=0.9)
            covered[name] += low <= {"amplitude": 3.0, "exponent": 0.5}[name] <= high
    assert all(80 <= count <= 98 for count in covered.values()), covered


def test_whole_seeds_are_drawn_where_seeds_share_their_luck(rng):
    """A seed's own factor shifts its whole curve: it widens the amplitude's interval, not the exponent's."""
    luck = np.tile(np.exp(0.5 * rng.standard_normal(20)), 7)
    samples, errors = drawn(rng, (3.0, 0.5), noise=0.02)
    groups = np.tile(np.arange(20), 7)
    shared = fit(samples, errors * luck, seeds=groups, rng=rng)
    scattered = fit(samples, errors * luck, rng=rng)

    def width(found, name):
        low, high, _ = found.interval(name)
        return high - low

    assert width(shared, "exponent") < 0.25 * width(scattered, "exponent")
    assert width(shared, "amplitude") / shared.amplitude > 0.2
    assert shared.r_squared_of_means > 0.999
    assert shared.exponent == pytest.approx(0.5, abs=0.01) and shared.scale == pytest.approx(0.02, rel=0.3)


def test_a_seed_of_an_odd_world_does_not_move_the_law(rng):
    samples, errors = drawn(rng, (3.0, 0.5), per_anchor=9, noise=0.02)
    groups = np.tile(np.arange(9), 7)
    before = fit(samples, errors, seeds=groups, replicates=0)
    after = fit(samples, np.where(groups == 4, 1000 * errors, errors), seeds=groups, replicates=0)
    assert after.exponent == pytest.approx(before.exponent, abs=1e-9)
    assert after.amplitude == pytest.approx(before.amplitude, rel=0.02)


def test_predictions_at_new_sizes(rng):
    samples, errors = drawn(rng, (3.0, 0.5), noise=0.1)
    found = fit(samples, errors, rng=rng)
    curve = found.predict([1e4, 1e6], level=0.999)
    assert curve["extrapolates"].tolist() == [False, True]
    assert curve["error"].to_numpy() == pytest.approx(found([1e4, 1e6]))
    assert (curve["low"] < law(3.0, 0.5)(curve["samples"])).all()
    assert (curve["high"] > law(3.0, 0.5)(curve["samples"])).all()


def test_residuals_and_r_squared_by_hand():
    samples, errors = np.array([1.0, 10, 100]), np.array([1.0, 0.2, 0.01])
    found = fit(samples, errors, replicates=0)
    residuals = np.log(errors) - np.log(found.amplitude * samples**-found.exponent)
    assert found.residuals == pytest.approx(residuals)
    y = np.log(errors)
    explained = 1 - (residuals**2).sum() / ((y - y.mean()) ** 2).sum()
    assert found.r_squared_of_means == pytest.approx(explained)


class Ordered:
    """Draws everything once, in its order, and a spread that is neither more nor less."""

    def chisquare(self, freedom, size):
        return np.full(size, float(freedom))

    def choice(self, values, size):
        return np.tile(values, (size[0], 1))

    def random(self, size):
        return np.tile([0.0, 0.5], (size[0], size[1] // 2))

    def integers(self, high, size):
        return np.tile(np.arange(high), (size[0], 1))


def test_resampled_residuals_have_their_leverage_taken_out():
    # On x = 0, 1, 2, 3 the leverages of a line are 1/4 + (x - 3/2)^2 / 5.
    samples, errors = np.exp(np.arange(4.0)), np.exp([0.0, -0.9, -2.2, -2.9])
    found = fit(samples, errors, resampling="residuals", replicates=2, rng=Ordered())
    off = found.residuals / np.sqrt([0.3, 0.7, 0.7, 0.3])
    expected = np.log(found(samples)) + off - off.mean()
    np.testing.assert_allclose(found._draws, np.tile(expected, (2, 1)), rtol=1e-9)


@pytest.mark.parametrize(("resampling", "seeds"), [("replicates", None), ("seeds", [0, 1] * 3)])
def test_resampled_measurements_are_spread_as_much_as_new_ones(resampling, seeds):
    # Of two that lie d to either side of their mean the variance is 2 d^2, unbiased.
    samples, means = np.repeat([1.0, 10.0, 100.0], 2), np.repeat([0.0, -1.0, -2.0], 2)
    off = np.array([0.1, -0.1, -0.2, 0.2, 0.3, -0.3])
    found = fit(samples, np.exp(means + off), seeds=seeds, resampling=resampling, replicates=1, rng=Ordered())
    np.testing.assert_allclose(found._draws[0], means + 2**0.5 * off, rtol=1e-9)


def test_the_same_generator_gives_the_same_bootstrap(rng):
    data = drawn(rng, (3.0, 0.5))
    one, other = (fit(*data, rng=np.random.default_rng(3), replicates=50) for _ in range(2))
    pd.testing.assert_frame_equal(one.bootstrap, other.bootstrap)


@pytest.mark.parametrize("seeds", [3, 8])
def test_intervals_of_few_seeds_hold_as_often_as_they_say(seeds):
    """Of 80 intervals of level 0.95, 70 or more hold but once in 300 times; quantiles of 3 seeds hold 63."""
    sizes, hits = np.array([1e3, 2e3, 4e3, 8e3, 1.6e4]), 0
    samples, members = np.tile(sizes, seeds), np.repeat(np.arange(seeds), 5)
    for pilot in range(80):
        rng = np.random.default_rng([pilot, seeds])
        luck = 0.3 * rng.standard_normal(seeds)[members] + 0.1 * rng.standard_normal(5 * seeds)
        errors = law(2.6, 0.2)(samples) * np.exp(luck)
        found = fit(samples, errors, seeds=members, replicates=100, rng=rng, must_decay=False)
        assert found.freedom == seeds - 1
        low, high, _ = found.interval("exponent")
        hits += low <= 0.2 <= high
    assert hits >= 70


def test_two_seeds_are_hardly_evidence(rng):
    samples, members = np.tile(ANCHORS, 2), np.repeat([0, 1], 7)
    errors = law(3.0, 0.5)(samples) * np.exp(0.05 * rng.standard_normal(14))
    found = fit(samples, errors, seeds=members, replicates=200, rng=rng)
    low, high, _ = found.interval("exponent")
    one, other = (fit(ANCHORS, errors[members == seed], replicates=0).exponent for seed in (0, 1))
    assert high - low == pytest.approx(2 * 12.7 * abs(one - other) / 2, rel=0.15)


def test_the_law_is_chosen_again_in_every_replicate(rng):
    samples, members = np.tile(ANCHORS, 8), np.repeat(np.arange(8), 7)
    errors = law(3.0, 0.5, 0.004)(samples) * np.exp(0.1 * rng.standard_normal(56))
    both = compare(samples, errors, seeds=members, replicates=300, rng=rng)
    chosen = both.chosen
    assert 0.02 < chosen.floor_chosen < 0.98 and both.plain.floor_chosen == 0
    for exponent in (both.plain.exponent, both.floored.exponent):
        low, high, _ = chosen.interval("exponent")
        assert low < exponent < high
    assert chosen.summary().loc["floor", "low"] == 0 < chosen.summary().loc["floor", "high"]
    alike = chosen.bootstrap["floor"][chosen.alike] > 0
    assert (alike == (chosen.floor > 0)).all()


@pytest.mark.parametrize(
    "per_anchor, options, freedom",
    [(8, {}, 49), (1, {}, 5), (1, {"floor": True}, 4), (8, {"seeds": np.tile(np.arange(8), 7)}, 7)],
)
def test_degrees_of_freedom(rng, per_anchor, options, freedom):
    samples = np.repeat(ANCHORS, per_anchor)
    assert fit(samples, law(3.0, 0.5, 0.02)(samples), replicates=0, **options).freedom == freedom


# What is refused


@pytest.mark.parametrize(
    "samples, errors, message",
    [
        ([1, 2, 3], [1, 0.5, -1], "errors must be finite and > 0, got -1"),
        ([1, 2, 3], [1, 0.5, 0], "errors must be finite and > 0, got 0"),
        ([1, 2, 3], [1, np.nan, 1], "errors must be finite and > 0, got nan"),
        ([0, 2, 3], [1, 0.5, 0.3], "samples must be finite and > 0, got 0"),
        ([1, 2, np.inf], [1, 0.5, 0.3], "samples must be finite and > 0, got inf"),
        ([1, 2, 2], [1, 0.5, 0.3], "2 different sample sizes"),
        ([], [], "0 different sample sizes"),
        ([1, 2, 3], [1, 0.5], "two equal lengths"),
        ([1, 2, 3], ["a", "b", "c"], "errors must be numbers that floats can hold"),
    ],
)
def test_bad_measurements(samples, errors, message):
    with pytest.raises(ValueError, match=message):
        fit(samples, errors, replicates=0)


def test_a_floor_needs_four_sizes():
    with pytest.raises(ValueError, match="a floor needs 4"):
        fit([1, 2, 3], [3, 2, 1.5], floor=True, replicates=0)


def test_errors_that_do_not_fall():
    with pytest.raises(DecayError, match="do not fall"):
        fit([1, 10, 100], [1, 2, 3], replicates=0)
    assert fit([1, 10, 100], [1, 2, 3], replicates=0, must_decay=False).exponent < 0


def test_bad_options(rng):
    data = drawn(rng, (3.0, 0.5), per_anchor=1)
    with pytest.raises(ValueError, match="rng: None"):
        fit(*data)
    with pytest.raises(ValueError, match="replicates must be a whole number, at least 0, got -1"):
        fit(*data, rng=rng, replicates=-1)
    with pytest.raises(ValueError, match="measured once only"):
        fit(*data, rng=rng, resampling="replicates")
    with pytest.raises(ValueError, match="needs the argument seeds"):
        fit(*drawn(rng, (3.0, 0.5)), rng=rng, resampling="seeds")
    with pytest.raises(ValueError, match="is none of seeds"):
        fit(*data, rng=rng, resampling="magic")
    with pytest.raises(ValueError, match="exactly once at each sample size"):
        fit(*data, rng=rng, seeds=np.arange(7))
    with pytest.raises(ValueError, match="one for each of the 7"):
        fit(*data, rng=rng, seeds=np.arange(6))


def test_bad_questions(rng):
    data = drawn(rng, (3.0, 0.5))
    found = fit(*data, rng=rng, replicates=20)
    with pytest.raises(ValueError, match="level must lie between 0 and 1, got 1"):
        found.interval("exponent", level=1)
    with pytest.raises(ValueError, match="name: 'alpha'"):
        found.interval("alpha")
    with pytest.raises(ValueError, match="samples must be finite and > 0, got -1"):
        found([-1])
    with pytest.raises(ValueError, match="0 were drawn"):
        fit(*data, replicates=0).interval("exponent")
