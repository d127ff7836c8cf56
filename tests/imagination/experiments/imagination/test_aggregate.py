import numpy as np
import pandas as pd
import pytest

from imagination.experiments.imagination import aggregate


def test_the_interquartile_mean_is_that_of_the_middle_half() -> None:
    values = np.array([100.0, 1, 2, 3, 4, 5, 6, -100])
    assert aggregate.interquartile_mean(values) == pytest.approx(3.5)  # 2, 3, 4, 5


def test_a_quarter_is_rounded_down() -> None:
    values = np.arange(10.0) ** 2  # 2 of 10 are cut off each end
    assert aggregate.interquartile_mean(values) == pytest.approx((np.arange(2, 8) ** 2).mean())


def test_the_interval_covers_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    samples = generator.normal(size=(20, 400))
    _, low, high = aggregate.interval(samples, generator, draws=400)
    covered = ((low <= 0) & (high >= 0)).mean()
    assert 0.88 <= covered <= 0.99  # 95% nominal; 20 seeds bootstrapped cover a little less


def test_the_interval_of_equal_seeds_is_a_point() -> None:
    mean, low, high = aggregate.interval(np.full((12, 3), 7.0), np.random.default_rng(0), draws=20)
    np.testing.assert_array_equal([mean, low, high], np.full((3, 3), 7.0))


def test_resamples_are_averaged_as_the_seeds_are() -> None:
    values = np.random.default_rng(3).normal(size=(11, 2, 3))
    _, low, high = aggregate.interval(values, np.random.default_rng(4), draws=1)
    rows = np.random.default_rng(4).integers(11, size=11)
    np.testing.assert_allclose(low, aggregate.interquartile_mean(values[rows]))
    np.testing.assert_array_equal(low, high)


def test_curves_are_intervals_group_by_group() -> None:
    generator = np.random.default_rng(1)
    table = pd.DataFrame(
        [("a", seed, number, 10 * number, generator.normal()) for number in range(3) for seed in range(8)]
        + [("b", seed, number, 20 * number, generator.normal()) for number in range(3) for seed in range(8)],
        columns=["arm", "seed", "round", "real_steps", "return"],
    )
    found = aggregate.curves(table, "return", np.random.default_rng(2), keep=["real_steps"], draws=50)
    assert list(found.columns) == ["arm", "round", "real_steps", "mean", "low", "high"]
    assert list(found["real_steps"]) == [0, 10, 20, 0, 20, 40]
    middle = table.query("arm == 'b' and round == 1")["return"].to_numpy()
    assert found.loc[4, "mean"] == pytest.approx(aggregate.interquartile_mean(middle))
    assert (found["low"] <= found["high"]).all()


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"values": np.ones(1)}, "at least 2 seeds"),
        ({"values": np.array([1.0, np.nan])}, "finite"),
        ({"values": np.ones(4), "level": 1.0}, "level"),
        ({"values": np.ones(4), "draws": 0}, "draws"),
    ],
)
def test_bad_input_is_named(arguments: dict, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        aggregate.interval(generator=np.random.default_rng(0), **arguments)


def test_curves_refuse_a_missing_column_and_unequal_groups() -> None:
    table = pd.DataFrame({"arm": list("aab"), "round": 0, "x": 1.0})
    with pytest.raises(ValueError, match="no column y"):
        aggregate.curves(table, "y", np.random.default_rng(0))
    with pytest.raises(ValueError, match="same number of seeds"):
        aggregate.curves(table, "x", np.random.default_rng(0))
