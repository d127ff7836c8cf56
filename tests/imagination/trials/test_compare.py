from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, mannwhitneyu

from imagination.trials import compare


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


class TestInterquartileMean:
    def test_it_is_the_mean_of_the_middle_half(self) -> None:
        values = np.array([100.0, 1, 2, 3, 4, 5, 6, -100])
        assert compare.interquartile_mean(values) == pytest.approx(3.5)  # 2, 3, 4, 5

    def test_a_quarter_is_rounded_down(self) -> None:
        values = np.arange(10.0) ** 2  # 2 of 10 are cut off each end
        assert compare.interquartile_mean(values) == pytest.approx((np.arange(2, 8) ** 2).mean())


class TestInterval:
    @pytest.mark.parametrize("statistic", [compare.interquartile_mean, np.mean])
    def test_it_covers_about_as_often_as_it_says(self, rng: np.random.Generator, statistic) -> None:
        samples = rng.normal(size=(20, 400))
        _, low, high = compare.interval(samples, rng, statistic=statistic, draws=400)
        covered = ((low <= 0) & (high >= 0)).mean()
        assert 0.88 <= covered <= 0.97  # 95% nominal; 20 seeds bootstrapped cover a little less

    def test_the_interval_of_equal_seeds_is_a_point(self, rng: np.random.Generator) -> None:
        found = compare.interval(np.full((12, 3), 7.0), rng, draws=20)
        np.testing.assert_array_equal(found, np.full((3, 3), 7.0))

    def test_it_is_that_of_scipy_element_by_element(self, rng: np.random.Generator) -> None:
        values = rng.exponential(size=(11, 2, 3))
        found = compare.interval(values, np.random.default_rng(4), statistic=np.mean, draws=500)
        assert [part.shape for part in found] == [(2, 3)] * 3
        alone = bootstrap(
            (values[:, 1, 2],), lambda v: v.mean(), vectorized=False, n_resamples=500, method="percentile",
            rng=np.random.default_rng(4),
        ).confidence_interval  # fmt: skip
        assert found[0][1, 2] == pytest.approx(values[:, 1, 2].mean())
        assert (found[1][1, 2], found[2][1, 2]) == pytest.approx((alone.low, alone.high))

    @pytest.mark.parametrize(
        ("arguments", "rule"),
        [
            ({"values": np.ones(1)}, "at least 2 seeds"),
            ({"values": np.array([1.0, np.nan])}, "values must be finite"),
            ({"values": np.ones(4), "level": 1.0}, "level must lie between 0 and 1, got 1"),
            ({"values": np.ones(4), "draws": 0}, "draws must be a whole number, at least 2, got 0"),
        ],
    )
    def test_bad_input_is_named(self, rng: np.random.Generator, arguments: dict, rule: str) -> None:
        with pytest.raises(ValueError, match=rule):
            compare.interval(generator=rng, **arguments)


class TestDifference:
    def test_it_is_that_of_the_statistics_and_scipys_interval(self, rng: np.random.Generator) -> None:
        x, y = rng.normal(1, 1, 30), rng.normal(0, 3, 20)
        found = compare.difference(x, y, np.random.default_rng(5), statistic=np.mean, draws=100)
        ends = bootstrap(
            (x, y), lambda x, y: x.mean() - y.mean(), vectorized=False, n_resamples=100, method="percentile",
            rng=np.random.default_rng(5),
        ).confidence_interval  # fmt: skip
        assert found == pytest.approx((x.mean() - y.mean(), *ends))
        middle, low, high = compare.difference(x, y, rng)
        assert middle == pytest.approx(compare.interquartile_mean(x) - compare.interquartile_mean(y))
        assert low < middle < high

    def test_it_covers_about_as_often_as_it_says(self, rng: np.random.Generator) -> None:
        found = [
            compare.difference(rng.normal(0, 1, 20), rng.normal(0.5, 2, 40), rng, draws=300)
            for _ in range(200)
        ]
        assert 0.88 <= np.mean([low <= -0.5 <= high for _, low, high in found]) <= 0.99


class TestImprovement:
    def test_by_hand(self, rng: np.random.Generator) -> None:
        # pairs: 1 loses to 1.5 and 2 and 2; 2 beats 1.5 and ties twice; 3 beats all three
        found, low, high = compare.improvement([1, 2, 3], [1.5, 2, 2], rng)
        assert found == pytest.approx((1 + 2 * 0.5 + 3) / 9)
        assert low < found < high

    def test_it_is_mann_and_whitneys_statistic(self, rng: np.random.Generator) -> None:
        x, y = rng.integers(0, 9, 30), rng.integers(1, 10, 17)
        found, *_ = compare.improvement(x, y, rng)
        assert found == pytest.approx(mannwhitneyu(x, y).statistic / (30 * 17))
        assert compare.improvement(y, x, rng)[0] == pytest.approx(1 - found)

    def test_it_covers_about_as_often_as_it_says(self, rng: np.random.Generator) -> None:
        found = [compare.improvement(*rng.normal(size=(2, 30)), rng, draws=300)[1:] for _ in range(200)]
        covered = np.mean([low <= 0.5 <= high for low, high in found])
        assert 0.88 <= covered <= 0.99

    def test_no_overlap_and_no_difference(self, rng: np.random.Generator) -> None:
        assert compare.improvement([3, 4, 5], [0, 1, 2], rng) == (1, 1, 1)
        assert compare.improvement([3, 3], [3, 3, 3], rng) == (0.5, 0.5, 0.5)

    def test_bad_input_is_named(self, rng: np.random.Generator) -> None:
        with pytest.raises(ValueError, match="y must be finite"):
            compare.improvement([1, 2], [1, np.inf], rng)
        with pytest.raises(ValueError, match="one number a seed"):
            compare.improvement(np.ones((2, 2)), [1, 2], rng)


def arms(rng: np.random.Generator, seeds: int = 40) -> pd.DataFrame:
    """Arm a earns knob (1 at most), arm b less the farther its knob is from 2; noise hides neither."""
    rows = [
        (arm, knob, seed, (min(knob, 1) if arm == "a" else -abs(knob - 2)) + 0.1 * rng.normal())
        for arm in "ab"
        for knob in (0.25, 0.5, 2.0, 4.0)
        for seed in range(seeds)
    ]
    table = pd.DataFrame(rows, columns=["arm", "step", "seed", "return"])
    return table[(table["arm"] == "b") | (table["step"] < 1)]


class TestChosen:
    def test_each_arm_gets_its_best_and_ends_are_told(self, rng: np.random.Generator) -> None:
        found = compare.chosen(arms(rng), "step", "return", evaluated=range(100, 120)).set_index("arm")
        assert dict(found["step"]) == {"a": 0.5, "b": 2.0}
        assert dict(found["at end"]) == {"a": True, "b": False}
        assert found.loc["b", "return"] == pytest.approx(0, abs=0.1)
        worst = arms(rng).assign(**{"return": lambda table: -table["return"]})
        found = compare.chosen(worst, "step", "return", evaluated=()).set_index("arm")
        assert dict(found["step"]) == {"a": 0.25, "b": 4.0}
        assert dict(found["at end"]) == {"a": True, "b": True}

    def test_seeds_of_the_evaluation_are_refused(self, rng: np.random.Generator) -> None:
        with pytest.raises(ValueError, match=r"evaluated must not hold a seed of tuning, got \[39\]"):
            compare.chosen(arms(rng), "step", "return", evaluated=range(39, 60))
        with pytest.raises(ValueError, match="no column stride"):
            compare.chosen(arms(rng), "stride", "return", evaluated=())


def test_a_summary_shows_the_middle_the_mean_and_the_worst(rng: np.random.Generator) -> None:
    a, b = np.arange(20.0), np.r_[-100.0, np.full(19, 30.0)]
    table = pd.DataFrame({"arm": ["a"] * 20 + ["b"] * 20, "score": np.r_[a, b]})
    found = compare.summary(table, "score", rng)
    assert list(found.index) == ["b", "a"] and list(found["seeds"]) == [20, 20]
    assert found.loc["b", "iqm"] == 30 and found.loc["b", "mean"] == pytest.approx(23.5)
    assert found.loc["a", ["worst tenth", "worst"]].tolist() == [0.5, 0]
    for name in ("iqm", "mean"):
        assert (found[f"{name} low"] <= found[name]).all() and (found[name] <= found[f"{name} high"]).all()
    with pytest.raises(ValueError, match="table must hold at least 2 seeds of every arm, got one of"):
        compare.summary(table.iloc[19:], "score", rng)
    two = table.assign(size=0)
    assert compare.summary(two, "score", rng, by=("arm", "size")).index.names == ["arm", "size"]


class TestCurves:
    def test_they_are_intervals_group_by_group(self, rng: np.random.Generator) -> None:
        table = pd.DataFrame(
            [("a", seed, number, 10 * number, rng.normal()) for number in range(3) for seed in range(8)]
            + [("b", seed, number, 20 * number, rng.normal()) for number in range(3) for seed in range(8)],
            columns=["arm", "seed", "round", "real_steps", "return"],
        )
        found = compare.curves(table, "return", rng, keep=["real_steps"], draws=50)
        assert list(found.columns) == ["arm", "round", "real_steps", "mean", "low", "high"]
        assert list(found["real_steps"]) == [0, 10, 20, 0, 20, 40]
        middle = table.query("arm == 'b' and round == 1")["return"].to_numpy()
        assert found.loc[4, "mean"] == pytest.approx(compare.interquartile_mean(middle))
        assert (found["low"] <= found["high"]).all()
        means = compare.curves(table, "return", rng, by=["arm"], statistic=np.mean)
        assert found.shape == (6, 6) and means.loc[1, "mean"] == pytest.approx(table["return"][24:].mean())

    def test_they_refuse_a_missing_column_and_unequal_groups(self, rng: np.random.Generator) -> None:
        table = pd.DataFrame({"arm": list("aab"), "round": 0, "x": 1.0})
        with pytest.raises(ValueError, match="no column y"):
            compare.curves(table, "y", rng)
        with pytest.raises(ValueError, match="no column steps"):
            compare.curves(table, "x", rng, keep=["steps"])
        with pytest.raises(ValueError, match="same number of seeds"):
            compare.curves(table, "x", rng)
