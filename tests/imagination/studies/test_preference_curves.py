"""The curves of over-optimisation, and the forms that are fitted to them."""

import numpy as np
import pandas as pd
import pytest

from imagination import records
from imagination.studies import preference_curves as curves


@pytest.mark.parametrize(
    ("form", "alpha", "beta", "peak"), [("best of n", 2, 0.5, 2.0), ("RL", 1, 0.8, np.exp(0.25))]
)
def test_a_form_finds_itself(form, alpha, beta, peak):
    d = curves.GRID
    gain = d * (alpha - beta * d) if form == "best of n" else d * (alpha - beta * np.log(np.maximum(d, 1e-9)))
    found = curves.fitted(d, gain, form, until=1.0)
    assert np.allclose([found["alpha"], found["beta"], found["peak"], found["R2"]], [alpha, beta, peak, 1])
    assert np.allclose(found["fit"], gain)
    assert np.isinf(curves.fitted(d, d**2, form)["peak"])


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(ValueError, match="form must be one of best of n, RL"):
        curves.fitted(curves.GRID, curves.GRID, "cubic")
    with pytest.raises(ValueError, match="until must leave three points"):
        curves.fitted(curves.GRID, curves.GRID, "RL", until=0.1)
    with pytest.raises(ValueError, match="scale must be one of"):
        curves.run("huge")


def test_a_recorded_curve_is_computed_again():
    which = [("rare is bad", 50, "flat")]
    again = curves.run("full", seed=records.describe(curves.RECORD).parameters["seed"], which=which)
    for part, table in again.items():
        kept = curves.recorded(part)
        own = kept[(kept["family"] == which[0][0]) & (kept["comparisons"] == 50) & (kept["model"] == "flat")]
        pd.testing.assert_frame_equal(own.reset_index(drop=True), table.round(4), atol=2e-4)
