import numpy as np
import pytest

from imagination.decide.scaling_laws import compare, fit
from imagination.decide.scaling_laws.hindcast import FLATTEST, strayed

SIZES = np.array([1e3, 2e3, 4e3, 8e3])


def seeded(errors, sizes, seeds, rng, noise=0.01):
    members, samples = np.repeat(np.arange(seeds), len(sizes)), np.tile(sizes, seeds)
    return samples, np.tile(errors, seeds) * np.exp(noise * rng.standard_normal(len(samples))), members


def test_a_law_that_holds_predicts_its_largest_size():
    sizes = np.geomspace(100, 6400, 7)
    back = fit(sizes, 3 * sizes**-0.5, replicates=0).hindcast
    assert (back.samples, back.fitted_to, back.left_out) == pytest.approx((6400, 3200, 1))
    assert back.predicted == pytest.approx(back.measured) == pytest.approx(3 * 6400**-0.5)
    assert back.drift < 1e-6


def test_the_drift_of_a_law_that_bends_by_hand():
    errors = 3 * SIZES**-0.5 * np.array([1, 1, 1, 1.2])
    back = fit(SIZES, errors, replicates=0).hindcast
    assert back.predicted == pytest.approx(errors[3] / 1.2) and back.measured == pytest.approx(errors[3])
    assert back.drift == pytest.approx(np.log(1.2) / np.log(2))


def test_the_drift_is_the_root_mean_square_over_all_cuts():
    """Fits to 4 and to 3 sizes see the same line; the sizes beyond stray by 0 and 0.1, then 0.1 alone."""
    sizes = np.array([1e3, 2e3, 4e3, 8e3, 16e3])
    logs = -0.5 * np.log(sizes) + np.array([0, 0, 0, 0, 0.1])
    one, two = 0.1 / np.log(2), 0.1 * 2 / (1 + 4) / np.log(2)
    drift = fit(sizes, np.exp(logs), replicates=0).hindcast.drift
    assert drift == pytest.approx(np.sqrt((one**2 + two**2) / 2))


def test_too_few_sizes_for_a_hindcast():
    errors = 3 * SIZES**-0.5 + 0.02
    assert fit(SIZES[:3], errors[:3], replicates=0).hindcast is None
    assert fit(SIZES, errors, replicates=0, floor=True).hindcast is None
    assert compare(SIZES, errors, replicates=0).chosen.hindcast.fitted_to == 4e3


def test_of_a_logged_curve_the_upper_half_is_left_out():
    sizes = np.arange(1, 401) * 10.0
    back = fit(sizes, 3 * sizes**-0.5, replicates=0).hindcast
    assert (back.fitted_to, back.left_out) == (2000, 200) and back.drift < 1e-6


def test_sizes_close_together_leave_out_the_largest_alone():
    sizes = np.array([1000.0, 1100, 1200, 1300])
    assert fit(sizes, 3 * sizes**-0.5, replicates=0).hindcast.fitted_to == 1200


def test_it_widens_extrapolations_and_nothing_else():
    rng = np.random.default_rng(3)
    straight, bent = 3 * SIZES**-0.5, 3 * SIZES**-0.5 * np.array([1, 1, 1, 1.2])
    for errors in (straight, bent):
        samples, errors, members = seeded(errors, SIZES, 6, rng)
        law = fit(samples, errors, seeds=members, replicates=300, rng=rng)
        curve = law.predict([500, 3e3, 8e3, 64e3])
        logs = np.log(law.bootstrap["amplitude"].to_numpy()[:, None]) - law.bootstrap["exponent"].to_numpy()[
            :, None
        ] * np.log(curve["samples"].to_numpy())
        spread = np.sqrt(((logs - np.log(curve["error"].to_numpy())) ** 2).mean(axis=0))
        away = np.log([2, 1, 1, 8])
        half = np.log(curve["high"] / curve["low"]).to_numpy() / 2
        # A side to which replicates lean has up to twice the variance.
        least, most = (2.570582 * np.hypot(lean * spread, away * law.hindcast.drift) for lean in (1, 1.42))
        assert (half > 0.999 * least).all() and (half < most).all()
        assert law.distance([500, 3e3, 8e3, 64e3]) == pytest.approx(away)


def test_laws_stray_from_the_pilot_on():
    laws = np.array([2.0, 2.0]), np.array([0.5, 0.1]), np.array([0.1, 0.0])
    strays = np.array([0.1, 0.5])
    amplitude, exponent, floor = strayed(laws, 4e3, np.log(4), strays)
    before = laws[0] * 4e3 ** -laws[1] + laws[2]
    assert amplitude * 4e3**-exponent + floor == pytest.approx(before * 4**strays)
    assert exponent == pytest.approx([0.4, FLATTEST * 0.1])
    # From there back to the pilot's largest size, a law that may run on meets the one that was fitted.
    assert amplitude[0] * 1e3 ** -exponent[0] == pytest.approx(2 * 1e3**-0.5)
    assert strayed(laws, 4e3, 0.0, strays) is laws
    below = strayed(laws, 250, -np.log(4), strays)
    assert below[1] == pytest.approx([0.6, 0.6])
    assert below[0] * 250 ** -below[1] + below[2] == pytest.approx(
        (laws[0] * 250 ** -laws[1] + laws[2]) * 4**strays
    )
