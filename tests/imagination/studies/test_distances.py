"""Which distance predicts the error of values: measurements by hand, intervals that cover, a whole record."""

import numpy as np
import pytest

from imagination import records
from imagination import wasserstein as w
from imagination.studies import distances
from imagination.worlds import makers


def test_values_and_distances_of_one_pair_by_hand():
    found = distances.mrp_errors(0.9, 3, np.random.default_rng(8), n_states=4)
    generator = np.random.default_rng(8)
    real, imagined = (makers.random_kernels(3, 4, generator) for _ in range(2))
    ramp = np.linspace(0, 1, 4)
    V, V_hat = (np.linalg.inv(np.eye(4) - 0.9 * kernel[1]) @ ramp for kernel in (real, imagined))
    assert found["ramp"][1] == pytest.approx(np.abs(V - V_hat).max())
    assert found["W1"][1, 2] == pytest.approx(w.wasserstein(real[1, 2], imagined[1, 2], w.line_metric(ramp)))
    assert found["value-aware ramp"][1, 2] == pytest.approx((imagined[1, 2] - real[1, 2]) @ V)


@pytest.mark.parametrize("kernels", distances.KERNELS)
@pytest.mark.parametrize("gamma", [0.3, 0.95])
def test_the_signed_error_where_imagination_goes_is_the_error_of_values(kernels, gamma):
    found = distances.mrp_errors(gamma, 200, np.random.default_rng(11), kernels=kernels)
    for shape in distances.reward_shapes(10):
        sums = distances.summaries(found, shape)
        exact = gamma * sums["value-aware", "where imagination goes"]
        np.testing.assert_allclose(exact, found[shape], rtol=1e-9)
        assert np.all(sums["value-aware", "signed mean"] <= sums["value-aware", "mean"] * (1 + 1e-12))


def test_unknown_kernels_are_an_error():
    with pytest.raises(ValueError, match="'odd' is none of even, uneven"):
        distances.mrp_errors(0.5, 10, np.random.default_rng(0), kernels="odd")


def test_a_perfect_predictor_has_correlation_one():
    generator = np.random.default_rng(9)
    error = generator.random(400)
    found = {"goal": error, "value-aware goal": error[:, None], "TV": 2 * error[:, None] + 1}
    found |= {"KL": -error[:, None], "W1": generator.random((400, 3)), "occupancy": np.ones((400, 1, 1))}
    table = distances.correlations(found).set_index(["distance", "aggregate"]).correlation
    assert table["TV", "max"] == pytest.approx(1) and table["KL", "mean"] == pytest.approx(-1)
    assert abs(table["W1", "mean"]) < 0.2


def test_intervals_cover_as_often_as_they_say():
    generator = np.random.default_rng(10)
    covered = 0
    for _ in range(200):
        x = generator.normal(size=1000)
        y = 0.6 * x + 0.8 * generator.normal(size=1000)
        _, low, high = distances._correlation(x, y, distances.BLOCKS)
        covered += low <= 0.6 <= high
    assert 180 <= covered <= 199


def test_too_few_pairs_are_an_error():
    with pytest.raises(ValueError, match="pairs must be at least 80 for 20 blocks, got 60"):
        distances.mrp_correlations(60, seed=0)


def test_the_record_is_whole_and_agrees_with_a_fresh_sample():
    recorded = records.load(distances.RECORD)
    assert set(recorded.pairs) == {distances.FULL_PAIRS} and recorded.gamma.nunique() == 19
    assert set(recorded.kernels) == set(distances.KERNELS)
    fresh = distances.mrp_correlations(2000, seed=1, discounts=np.array([0.5, 0.9]))
    keys = ["gamma", "kernels", "reward", "distance", "aggregate"]
    both = fresh.merge(recorded, on=keys, suffixes=("", "_recorded"))
    assert len(both) == len(fresh)
    width = (both.high - both.low) / 2 + (both.high_recorded - both.low_recorded) / 2
    assert np.all(np.abs(both.correlation - both.correlation_recorded) <= 3 * width + 0.01)


def test_two_lemmas_of_one_pair_by_hand():
    """Half the mass goes wrong, gamma = 1/2: the classical lemma allows 1, the tight one 2/3."""
    found = {"goal": np.array([1 / 3]), "value-aware goal": np.zeros((1, 2)), "TV": np.array([[0.1, 0.5]])}
    table = distances.lemmas(found, 0.5).set_index("lemma")
    assert table.loc["classical", "median"] == pytest.approx(1 / 3)
    assert table.loc["tight", "median"] == pytest.approx(1 / 2)
    assert (table["informative"] == 1).all()  # 1 and 2/3 are less than 2
    silent = distances.lemmas(found, 0.9).set_index("lemma")["informative"]
    assert silent["classical"] == 0 and silent["tight"] == 1


def test_the_record_of_lemmas_is_whole_and_agrees_with_a_fresh_sample():
    recorded = records.load(distances.LEMMAS)
    assert set(recorded.pairs) == {distances.FULL_PAIRS} and recorded.gamma.nunique() == 19
    assert (recorded.largest <= 1 + 1e-9).all()
    discounts = np.array([0.5, 0.9])
    fresh = distances.mrp_correlations(1000, seed=1, discounts=discounts, task=distances.lemmas_task)
    both = fresh.merge(recorded, on=["gamma", "kernels", "reward", "lemma"], suffixes=("", "_recorded"))
    assert len(both) == len(fresh) == 40
    np.testing.assert_allclose(both["median"], both["median_recorded"], rtol=0.15)
